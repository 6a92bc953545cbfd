package alerts

import (
	"context"
	"fmt"
	"time"

	"gridwatch/vision/replay"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Recordings is the index of what the cameras' kernels were given. It is safe for many goroutines.
type Recordings struct{ pool *pgxpool.Pool }

var _ replay.Index = (*Recordings)(nil)

// NewRecordings returns the index in pool's database.
func NewRecordings(pool *pgxpool.Pool) *Recordings { return &Recordings{pool: pool} }

// Put adds a recording with its pictures; one that is known already changes nothing.
func (s *Recordings) Put(ctx context.Context, r replay.Recording) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			INSERT INTO recordings (sha256, camera, from_at, until_at, observations, bytes)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT DO NOTHING`, r.SHA256, r.CameraID, r.From, r.Until, r.Observations, r.Bytes)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		times, pictures := make([]time.Time, 0, len(r.Pictures)), make([]string, 0, len(r.Pictures))
		for _, p := range r.Pictures {
			times, pictures = append(times, p.At), append(pictures, p.SHA256)
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO recording_pictures (recording, at, sha256)
			SELECT $1, at, sha256 FROM unnest($2::timestamptz[], $3::text[]) AS p (at, sha256)
			ON CONFLICT DO NOTHING`, r.SHA256, times, pictures)
		return err
	})
	if err != nil {
		return fmt.Errorf("recording of camera %q: %w", r.CameraID, err)
	}
	return nil
}

// Overlapping are the recordings of a camera that hold something of that time, oldest first, without their pictures.
func (s *Recordings) Overlapping(ctx context.Context, cameraID string, from, until time.Time) ([]replay.Recording, error) {
	rows, _ := s.pool.Query(ctx, `
		SELECT camera, from_at, until_at, observations, sha256, bytes FROM recordings
		WHERE camera = $1 AND until_at >= $2 AND from_at <= $3
		ORDER BY from_at, until_at`, cameraID, from, until)
	recordings, err := pgx.CollectRows(rows, scanRecording)
	if err != nil {
		return nil, fmt.Errorf("recordings of camera %q: %w", cameraID, err)
	}
	return recordings, nil
}

func scanRecording(row pgx.CollectableRow) (r replay.Recording, err error) {
	err = row.Scan(&r.CameraID, &r.From, &r.Until, &r.Observations, &r.SHA256, &r.Bytes)
	r.From, r.Until = r.From.UTC(), r.Until.UTC()
	return r, err
}

// forgetAtOnce bounds one transaction of Forget.
const forgetAtOnce = 200

// Forget removes recordings that ended before, some at a time, and returns the blobs that nothing names any more. It
// returns none when there is nothing left to remove.
func (s *Recordings) Forget(ctx context.Context, before time.Time) ([]string, error) {
	var blobs []string
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `
			SELECT sha256 FROM recordings WHERE until_at < $1 ORDER BY until_at LIMIT $2 FOR UPDATE`, before, forgetAtOnce)
		old, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(old) == 0 {
			return err
		}
		rows, _ = tx.Query(ctx, `DELETE FROM recording_pictures WHERE recording = ANY($1) RETURNING sha256`, old)
		pictures, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM recordings WHERE sha256 = ANY($1)`, old); err != nil {
			return err
		}
		rows, _ = tx.Query(ctx, unknownBlobs, append(old, pictures...))
		blobs, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("forget recordings: %w", err)
	}
	return blobs, nil
}

const unknownBlobs = `
	SELECT DISTINCT b.sha256 FROM unnest($1::text[]) AS b (sha256)
	WHERE NOT EXISTS (SELECT FROM recordings r WHERE r.sha256 = b.sha256)
	AND NOT EXISTS (SELECT FROM recording_pictures p WHERE p.sha256 = b.sha256)`

// Unknown are those of the blobs that no recording names.
func (s *Recordings) Unknown(ctx context.Context, blobs []string) ([]string, error) {
	rows, _ := s.pool.Query(ctx, unknownBlobs, append([]string{}, blobs...))
	unknown, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("unknown blobs of recordings: %w", err)
	}
	return unknown, nil
}
