package alerts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gridwatch/vision"

	"github.com/jackc/pgx/v5"
)

// SetOnline records that frames come from the camera, of which look is the first. Only a change makes an event, and ends
// the alert of a camera that was offline.
func (s *CameraStore) SetOnline(ctx context.Context, id string, look vision.Look) error {
	err := s.change(ctx, id, func(c *cameraChange) error {
		before := c.state
		if err := c.setState(ctx, "online", "", time.Now(), CameraOnline); err != nil || before != "offline" {
			return err
		}
		return c.end(ctx, trouble{code: troubleOffline, at: time.Now(), pictures: s.keep(ctx, look)})
	})
	if err != nil {
		return fmt.Errorf("camera %q online: %w", id, err)
	}
	return nil
}

// SetOffline records that none have come since then, and why, and makes an alert of it. Only a change makes an event;
// another reason for the same silence does not.
func (s *CameraStore) SetOffline(ctx context.Context, id string, since time.Time, reason string) error {
	reason = strings.ToValidUTF8(strings.ReplaceAll(reason, "\x00", ""), "\uFFFD") // A source may say anything.
	err := s.change(ctx, id, func(c *cameraChange) error {
		if err := c.setState(ctx, "offline", reason, since, CameraOffline); err != nil {
			return err
		}
		view, err := c.reference(ctx, "")
		if err != nil {
			return err
		}
		return c.begin(ctx, trouble{
			code: troubleOffline, since: since, at: time.Now(), note: reason,
			pictures: s.picture(ctx, vision.EvidenceReference, view.sha256, view.at),
		})
	})
	if err != nil {
		return fmt.Errorf("camera %q offline: %w", id, err)
	}
	return nil
}

func (c *cameraChange) setState(ctx context.Context, state, reason string, since time.Time, event EventType) error {
	if c.state != state {
		c.tell(event, reason)
	}
	_, err := c.tx.Exec(ctx, `
		UPDATE cameras SET state = $2, reason = $3, state_since = CASE WHEN state = $2 THEN state_since ELSE $4 END
		WHERE id = $1`, c.id, state, reason, since)
	return err
}

const selectHealth = `
	SELECT c.id, c.name, c.geom, c.place_class, c.state, c.state_since, c.reason, c.composed,
		coalesce(v.id, c.id), coalesce(v.pairs, '[]')::text,
		n.code, n.view, n.since_at, coalesce(n.reference, ''), coalesce(n.current, '')
	FROM cameras c
	LEFT JOIN LATERAL (SELECT id, pairs FROM views WHERE camera = c.id ORDER BY rank, id LIMIT 1) v ON true
	LEFT JOIN camera_conditions n ON n.camera = c.id AND n.until_at IS NULL`

// scanHealth names the grids that the camera stands in now, and so the one that loses its eyes when it goes offline.
func (s *CameraStore) scanHealth(row pgx.CollectableRow) (CameraHealth, error) {
	var h CameraHealth
	var view, pairs string
	var condition Condition
	var code, seen *string
	var since *time.Time
	err := row.Scan(&h.ID, &h.Name, &h.Position, &h.PlaceClass, &h.State, &h.Since, &h.Reason, &h.Composed, &view, &pairs,
		&code, &seen, &since, &condition.Reference, &condition.Current)
	if err != nil {
		return CameraHealth{}, err
	}
	if code != nil {
		condition.Code, condition.ViewID, condition.Since = *code, *seen, since.UTC()
		h.Condition = &condition
	}
	h.Since = h.Since.UTC()
	now := time.Now()
	h.Grid, h.Road = s.dispatch.Place(h.Position, now)
	if ground := s.solved.of(h.ID, view, pairs).ground; ground != nil {
		h.Calibrated, h.ResidualM, h.LeaveOneOutM = true, ground.ResidualM, ground.LeaveOneOutM
	}
	return h, nil
}

// Health returns the enabled cameras that stand in the scope.
func (s *CameraStore) Health(ctx context.Context, scope Scope) ([]CameraHealth, error) {
	rows, _ := s.pool.Query(ctx, selectHealth+` WHERE c.enabled ORDER BY c.id`)
	all, err := pgx.CollectRows(rows, s.scanHealth)
	if err != nil {
		return nil, fmt.Errorf("health of the cameras: %w", err)
	}
	covered := all[:0]
	for _, h := range all {
		if h.In(scope) {
			covered = append(covered, h)
		}
	}
	return covered, nil
}

func (s *CameraStore) healthByID(ctx context.Context, tx pgx.Tx, ids []string) (map[string]*CameraHealth, error) {
	byID := make(map[string]*CameraHealth, len(ids))
	if len(ids) == 0 {
		return byID, nil
	}
	rows, _ := tx.Query(ctx, selectHealth+` WHERE c.id = ANY($1)`, ids)
	all, err := pgx.CollectRows(rows, s.scanHealth)
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	return byID, err
}
