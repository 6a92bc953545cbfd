package alerts

import (
	"context"
	"fmt"
	"sync/atomic"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// BeatIndex answers which beat holds a grid. Load swaps it whole; it is safe for many goroutines.
type BeatIndex struct {
	pool    *pgxpool.Pool
	current atomic.Pointer[map[GridKey]string]
}

// NewBeatIndex returns an index that holds no grid until it is loaded.
func NewBeatIndex(pool *pgxpool.Pool) *BeatIndex { return &BeatIndex{pool: pool} }

// Load reads all beats.
func (x *BeatIndex) Load(ctx context.Context) error {
	beats := map[GridKey]string{}
	var net geo.Net
	var code, beat string
	rows, _ := x.pool.Query(ctx, `SELECT net, code, beat FROM beat_grids`)
	_, err := pgx.ForEachRow(rows, []any{&net, &code, &beat}, func() error {
		beats[GridKey{net, code}] = beat
		return nil
	})
	if err != nil {
		return fmt.Errorf("beats of the grids: %w", err)
	}
	x.current.Store(&beats)
	return nil
}

// BeatOf is the beat that holds the grid; empty where none does.
func (x *BeatIndex) BeatOf(grid GridKey) string {
	beats := x.current.Load()
	if beats == nil {
		return ""
	}
	return (*beats)[grid]
}
