package alerts

import (
	"context"
	"fmt"
	"slices"

	"gridwatch/geo"
	"gridwatch/vision"
)

// AddView adds the pose that the camera shows now as a view of its own, with the picture that shows it. It has no
// calibration and no fences yet. The picture must lie in Pictures.
func (s *CameraStore) AddView(ctx context.Context, id, sha256 string, personID int64) (viewID string, err error) {
	err = s.change(ctx, id, func(c *cameraChange) error {
		known, err := s.Camera(ctx, id)
		if err != nil {
			return err
		}
		views := known.Poses()
		if len(views) >= maxViews {
			return geo.Invalid("views", "must be %d at most", maxViews)
		}
		if slices.ContainsFunc(views, func(v vision.View) bool { return len(v.Masks) > 0 }) {
			return geo.Invalid("views", "the camera has privacy masks, and nobody knows what they should hide in another pose")
		}
		isTaken := func(id string) bool {
			return slices.ContainsFunc(views, func(v vision.View) bool { return v.ID == id })
		}
		for n := len(views) + 1; viewID == "" || isTaken(viewID); n++ {
			viewID = fmt.Sprintf("%s-%d", id, n)
		}
		_, err = c.tx.Exec(ctx, `
			INSERT INTO views (id, camera, rank, reference, reference_at, reference_by)
			VALUES ($1, $2, (SELECT 1 + max(rank) FROM views WHERE camera = $2), $3, now(), $4)`, viewID, id, sha256, personID)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("view of camera %q: %w", id, err)
	}
	return viewID, nil
}
