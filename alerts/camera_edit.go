package alerts

import (
	"context"
	"fmt"
	"slices"

	"gridwatch/vision"
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

// DeleteCamera takes the camera away, with its views and the fences on their frames. Its alerts stay on record.
func (s *CameraStore) DeleteCamera(ctx context.Context, id string) error {
	tag, err := s.pool.Exec(ctx, `DELETE FROM cameras WHERE id = $1`, id)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("camera %q: %w", id, err)
	}
	return nil
}
