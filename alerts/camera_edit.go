package alerts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gridwatch/vision"

	"github.com/jackc/pgx/v5"
)

// Camera returns one enabled camera with its views.
func (s *CameraStore) Camera(ctx context.Context, id string) (vision.Camera, error) {
	cameras, err := s.Cameras(ctx)
	if err != nil {
		return vision.Camera{}, err
	}
	i := slices.IndexFunc(cameras, func(c vision.Camera) bool { return c.ID == id })
	if i < 0 {
		return vision.Camera{}, fmt.Errorf("camera %q: %w", id, ErrNotFound)
	}
	return cameras[i], nil
}

// DeleteCamera takes the camera away, with its views and the fences on their frames. Its alerts stay on record; those of
// its own troubles end.
func (s *CameraStore) DeleteCamera(ctx context.Context, id string) error {
	err := s.change(ctx, id, func(c *cameraChange) error {
		codes, err := c.openTroubles(ctx)
		if err != nil {
			return err
		}
		for _, code := range codes {
			if err := c.end(ctx, trouble{code: code, at: time.Now(), note: "the camera was taken away"}); err != nil {
				return err
			}
		}
		_, err = c.tx.Exec(ctx, `DELETE FROM cameras WHERE id = $1`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("camera %q: %w", id, err)
	}
	return nil
}

func (c *cameraChange) openTroubles(ctx context.Context) ([]string, error) {
	rows, _ := c.tx.Query(ctx, `
		SELECT substr(rule, $2 + 1) FROM occupancies
		WHERE camera = $1 AND starts_with(rule, $3) AND cleared_at IS NULL ORDER BY rule`, c.id, len(troubleRule), troubleRule)
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
