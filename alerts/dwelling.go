package alerts

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// AlertsOf returns the alerts that tell of occupancies, by occupancy. Those that nobody was told of are left out.
func (s *Store) AlertsOf(ctx context.Context, occupancies []string) (map[string]int64, error) {
	rows, _ := s.pool.Query(ctx, `
		SELECT o.id, coalesce(a.joined, a.id) FROM occupancies o JOIN alerts a ON a.id = o.alert
		WHERE o.id = ANY($1)`, append([]string{}, occupancies...))
	byOccupancy := map[string]int64{}
	var occupancy string
	var alert int64
	_, err := pgx.ForEachRow(rows, []any{&occupancy, &alert}, func() error {
		byOccupancy[occupancy] = alert
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("alerts of occupancies: %w", err)
	}
	return byOccupancy, nil
}
