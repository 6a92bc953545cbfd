package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/jackc/pgx/v5"
)

// Condition is what is wrong with a camera's eyes now (机位异常), and the pictures that show it. The grid that the camera
// stands in has lost them.
type Condition struct {
	Code      string // One of vision.Unfits.
	ViewID    string // Empty off every known view.
	Since     time.Time
	Reference string // SHA-256 of how the view should look; empty where that is not known.
	Current   string // SHA-256 of how it looks; empty where no picture was kept.
}

// SetCondition records what is wrong with the camera's eyes, or with the zero condition that nothing is. Only a change
// makes an event: the same trouble told again keeps its beginning and its pictures.
func (s *CameraStore) SetCondition(ctx context.Context, id string, c vision.Condition) error {
	if c.Code != "" && !slices.Contains(vision.Unfits(), c.Code) {
		return fmt.Errorf("camera %q: %w", id, geo.Invalid("condition", "%q is none", c.Code))
	}
	var changed bool
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		changed, err = setCondition(ctx, tx, id, c)
		return err
	})
	if err != nil {
		return fmt.Errorf("condition of camera %q: %w", id, err)
	}
	if changed && s.Wake != nil {
		s.Wake()
	}
	return nil
}

func setCondition(ctx context.Context, tx pgx.Tx, id string, c vision.Condition) (changed bool, err error) {
	var exists bool
	if err := tx.QueryRow(ctx, `SELECT true FROM cameras WHERE id = $1 FOR UPDATE`, id).Scan(&exists); err != nil {
		return false, notFound(err)
	}
	var before string
	err = tx.QueryRow(ctx, `SELECT code FROM camera_conditions WHERE camera = $1 AND until_at IS NULL`, id).Scan(&before)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, err
	}
	if before == c.Code {
		return false, nil
	}
	if _, err := tx.Exec(ctx, `
		UPDATE camera_conditions SET until_at = now() WHERE camera = $1 AND until_at IS NULL`, id); err != nil {
		return false, err
	}
	if c.Code != "" {
		if _, err := tx.Exec(ctx, `
			INSERT INTO camera_conditions (camera, code, view, since_at, reference, current)
			SELECT $1, $2, $3, $4, (SELECT reference FROM views WHERE camera = $1 AND id = $3), $5`,
			id, c.Code, c.ViewID, c.Since, orNull(c.Current)); err != nil {
			return false, err
		}
	}
	_, err = tx.Exec(ctx, insertEvent, CameraCondition, nil, id, nil, c.Code)
	return true, err
}

// LearnReference keeps the first picture that stands for a view. A view that has one keeps it.
func (s *CameraStore) LearnReference(ctx context.Context, id, viewID, sha256 string) error {
	_, err := s.pool.Exec(ctx, `
		UPDATE views SET reference = $3, reference_at = now() WHERE camera = $1 AND id = $2 AND reference IS NULL`,
		id, viewID, sha256)
	if err != nil {
		return fmt.Errorf("reference of view %q: %w", viewID, err)
	}
	return nil
}

// Acceptance is a person's word that what a camera shows now is what a view of it shows from now on.
type Acceptance struct {
	ViewID          string // Empty takes the view that the condition is of, or the camera's only one.
	PersonID        int64
	KeepCalibration bool // The calibration is known to hold; else that of a view that has moved is taken away.
}

// AcceptReference takes the picture of the camera's condition as the view's reference. The condition ends when the camera
// is seen to look there. A camera outside the scope is not found.
func (s *CameraStore) AcceptReference(ctx context.Context, id string, a Acceptance, scope Scope) (CameraHealth, error) {
	var h CameraHealth
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if _, err := tx.Exec(ctx, `SELECT FROM cameras WHERE id = $1 FOR UPDATE`, id); err != nil {
			return err
		}
		if h, err = s.healthInScope(ctx, tx, id, scope); err != nil {
			return err
		}
		if err := acceptReference(ctx, tx, h, a); err != nil {
			return err
		}
		h, err = s.healthInScope(ctx, tx, id, scope)
		return err
	})
	if err != nil {
		return CameraHealth{}, fmt.Errorf("reference of camera %q: %w", id, err)
	}
	return h, nil
}

func acceptReference(ctx context.Context, tx pgx.Tx, h CameraHealth, a Acceptance) error {
	c := h.Condition
	if c == nil || c.Current == "" || c.Code != vision.UnfitMoved && c.Code != vision.UnfitOffView {
		return geo.Invalid("camera", "has neither moved nor left its views, so there is no picture to accept")
	}
	viewID := a.ViewID
	if viewID == "" {
		viewID = c.ViewID
	}
	if viewID == "" {
		return geo.Invalid("view", "must be named: the camera has several")
	}
	tag, err := tx.Exec(ctx, `
		UPDATE views SET reference = $3, reference_at = now(), reference_by = $4,
			pairs = CASE WHEN $5 THEN '[]' ELSE pairs END
		WHERE camera = $1 AND id = $2`, h.ID, viewID, c.Current, a.PersonID, c.Code == vision.UnfitMoved && !a.KeepCalibration)
	if err == nil && tag.RowsAffected() == 0 {
		err = geo.Invalid("view", "the camera has no view %q", viewID)
	}
	return err
}

// Picture reports whether the picture is one that a camera in the scope shows or showed: a view's reference, or one of its
// condition now.
func (s *CameraStore) Picture(ctx context.Context, id, sha256 string, scope Scope) error {
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := s.healthInScope(ctx, tx, id, scope); err != nil {
			return err
		}
		var known bool
		err := tx.QueryRow(ctx, `
			SELECT EXISTS (SELECT FROM views WHERE camera = $1 AND reference = $2)
				OR EXISTS (SELECT FROM camera_conditions WHERE camera = $1 AND until_at IS NULL AND $2 IN (reference, current))`,
			id, sha256).Scan(&known)
		if err == nil && !known {
			err = ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("picture of camera %q: %w", id, err)
	}
	return nil
}

// RecordPictureView writes down that the person looked at a picture of the camera.
func (s *CameraStore) RecordPictureView(ctx context.Context, id, sha256 string, personID int64) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO camera_picture_views (camera, sha256, person) VALUES ($1, $2, $3)`, id, sha256, personID)
	if err != nil {
		return fmt.Errorf("record the view of a picture of camera %q: %w", id, err)
	}
	return nil
}

// healthInScope reads one camera. Outside the scope there is none.
func (s *CameraStore) healthInScope(ctx context.Context, tx pgx.Tx, id string, scope Scope) (CameraHealth, error) {
	byID, err := s.healthByID(ctx, tx, []string{id})
	if err != nil {
		return CameraHealth{}, err
	}
	h := byID[id]
	if h == nil || !h.In(scope) {
		return CameraHealth{}, ErrNotFound
	}
	return *h, nil
}
