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

// SetCondition records what is wrong with the camera's eyes, or with a condition without a code that nothing is. Only a
// change makes an event: the same trouble told again keeps its beginning and its pictures. Each trouble is an alert.
func (s *CameraStore) SetCondition(ctx context.Context, id string, now vision.Condition) error {
	if now.Code != "" && !slices.Contains(vision.Unfits(), now.Code) {
		return fmt.Errorf("camera %q: %w", id, geo.Invalid("condition", "%q is none", now.Code))
	}
	if now.At.IsZero() {
		now.At = time.Now()
	}
	err := s.change(ctx, id, func(c *cameraChange) error {
		before, err := c.setCondition(ctx, now)
		if err != nil {
			return err
		}
		if before != "" && before != now.Code {
			over := trouble{code: before, at: now.At, pictures: s.picture(ctx, vision.EvidenceClear, now.Current, now.At)}
			if err := c.end(ctx, over); err != nil {
				return err
			}
		}
		if now.Code == "" {
			return nil
		}
		view, err := c.reference(ctx, now.ViewID)
		if err != nil {
			return err
		}
		pictures := append(s.picture(ctx, vision.EvidenceReference, view.sha256, view.at),
			s.picture(ctx, vision.EvidenceNow, now.Current, now.At)...)
		return c.begin(ctx, trouble{code: now.Code, since: now.Since, at: now.At, pictures: pictures})
	})
	if err != nil {
		return fmt.Errorf("condition of camera %q: %w", id, err)
	}
	return nil
}

// setCondition writes the condition where it is another than before, and returns the code of that before.
func (c *cameraChange) setCondition(ctx context.Context, now vision.Condition) (before string, err error) {
	err = c.tx.QueryRow(ctx, `SELECT code FROM camera_conditions WHERE camera = $1 AND until_at IS NULL`, c.id).Scan(&before)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", err
	}
	if before == now.Code {
		return before, nil
	}
	if _, err := c.tx.Exec(ctx, `
		UPDATE camera_conditions SET until_at = now() WHERE camera = $1 AND until_at IS NULL`, c.id); err != nil {
		return "", err
	}
	if now.Code != "" {
		if _, err := c.tx.Exec(ctx, `
			INSERT INTO camera_conditions (camera, code, view, since_at, reference, current)
			SELECT $1, $2, $3, $4, (SELECT reference FROM views WHERE camera = $1 AND id = $3), $5`,
			c.id, now.Code, now.ViewID, now.Since, orNull(now.Current)); err != nil {
			return "", err
		}
	}
	c.tell(CameraCondition, now.Code)
	return before, nil
}

// viewPicture is the picture that stands for a view, and since when it does. Empty where there is none.
type viewPicture struct {
	sha256 string
	at     time.Time
}

// reference is how the camera's view should look; of an empty id, its first.
func (c *cameraChange) reference(ctx context.Context, viewID string) (p viewPicture, err error) {
	err = c.tx.QueryRow(ctx, `
		SELECT reference, coalesce(reference_at, now()) FROM views
		WHERE camera = $1 AND reference IS NOT NULL AND ($2 = '' OR id = $2)
		ORDER BY rank, id LIMIT 1`, c.id, viewID).Scan(&p.sha256, &p.at)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return p, err
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
