package geo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb"
)

// placeOfFence is the class of the place that fence f lies in: of the polygon around its middle, or else of the nearest
// point in or beside it.
const placeOfFence = `
	SELECT p.class FROM places p
	WHERE p.geom && ST_Expand(f.geom, 0.001) AND (GeometryType(p.geom) = 'POLYGON' AND ST_Covers(p.geom, ST_Centroid(f.geom))
		OR GeometryType(p.geom) = 'POINT' AND ST_DWithin(p.geom::geography, f.geom::geography, $1))
	ORDER BY GeometryType(p.geom) DESC, ST_Area(p.geom), ST_Distance(p.geom, f.geom), p.id
	LIMIT 1`

// besidePlaceM is how far a fence may lie from the point that stands for its place, metres.
const besidePlaceM = 30

// Fences returns all fences by id.
func (s *Store) Fences(ctx context.Context) ([]Fence, error) {
	rows, _ := s.pool.Query(ctx, `
		SELECT f.id, f.name, f.rule, f.geom, f.view, f.frame, f.hours, f.thresholds, f.demo, coalesce((`+placeOfFence+`), '')
		FROM fences f ORDER BY f.id`, besidePlaceM)
	fences, err := pgx.CollectRows(rows, scanFence)
	if err != nil {
		return nil, fmt.Errorf("fences: %w", err)
	}
	return fences, nil
}

func scanFence(row pgx.CollectableRow) (f Fence, err error) {
	var view *string
	var frame orb.Ring
	err = row.Scan(&f.ID, &f.Name, &f.Rule, &f.Area, &view, &frame, &f.Hours, &f.Thresholds, &f.Demo, &f.PlaceClass)
	if view != nil {
		f.ViewID, f.Frame = *view, orb.Polygon{frame}
	}
	return f, err
}

// PutFence stores the fence, in place of the one with its id.
func (s *Store) PutFence(ctx context.Context, f Fence) error {
	if err := f.Validate(); err != nil {
		return fmt.Errorf("fence %q: %w", f.ID, err)
	}
	var area, view, frame any // SQL NULL where the fence is not drawn in that way.
	if len(f.Area) > 0 {
		area = f.Area
	}
	if f.OnFrame() {
		ring, err := json.Marshal(f.Frame[0])
		if err != nil {
			return fmt.Errorf("fence %q: %w", f.ID, err)
		}
		view, frame = f.ViewID, ring
	}
	thresholds := f.Thresholds
	if thresholds == nil {
		thresholds = map[string]float64{}
	}
	_, err := s.pool.Exec(ctx, `
		INSERT INTO fences (id, name, rule, geom, view, frame, hours, thresholds, demo)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, rule = excluded.rule, geom = excluded.geom,
			view = excluded.view, frame = excluded.frame, hours = excluded.hours,
			thresholds = excluded.thresholds, demo = excluded.demo`,
		f.ID, f.Name, f.Rule, area, view, frame, f.Hours, thresholds, f.Demo)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23503" { // foreign_key_violation
		return fmt.Errorf("fence %q: %w", f.ID, Invalid("view", "there is no view %q", f.ViewID))
	}
	if err != nil {
		return fmt.Errorf("fence %q: %w", f.ID, invalidGeometry("area", err))
	}
	return nil
}

// Permits returns all permits by id.
func (s *Store) Permits(ctx context.Context) ([]Permit, error) {
	rows, _ := s.pool.Query(ctx, `
		SELECT id, name, holder, rules, geom, hours, from_at, until_at, coalesce(stall_m2, 0) FROM permits ORDER BY id`)
	permits, err := pgx.CollectRows(rows, scanPermit)
	if err != nil {
		return nil, fmt.Errorf("permits: %w", err)
	}
	return permits, nil
}

func scanPermit(row pgx.CollectableRow) (p Permit, err error) {
	err = row.Scan(&p.ID, &p.Name, &p.Holder, &p.Rules, &p.Area, &p.Hours, &p.From, &p.Until, &p.StallM2)
	return p, err
}

// PutPermit stores the permit, in place of the one with its id.
func (s *Store) PutPermit(ctx context.Context, p Permit) error {
	if err := p.Validate(); err != nil {
		return fmt.Errorf("permit %q: %w", p.ID, err)
	}
	_, err := s.pool.Exec(ctx, `
		INSERT INTO permits (id, name, holder, rules, geom, hours, from_at, until_at, stall_m2)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9::float8, 0))
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, holder = excluded.holder, rules = excluded.rules,
			geom = excluded.geom, hours = excluded.hours, from_at = excluded.from_at, until_at = excluded.until_at,
			stall_m2 = excluded.stall_m2`,
		p.ID, p.Name, p.Holder, p.Rules, p.Area, p.Hours, p.From, p.Until, p.StallM2)
	if err != nil {
		return fmt.Errorf("permit %q: %w", p.ID, invalidGeometry("area", err))
	}
	return nil
}

// DeleteFence takes the fence away. What was raised inside it stays on record.
func (s *Store) DeleteFence(ctx context.Context, id string) error {
	return s.delete(ctx, "fence", `DELETE FROM fences WHERE id = $1`, id)
}

// DeletePermit takes the permit away.
func (s *Store) DeletePermit(ctx context.Context, id string) error {
	return s.delete(ctx, "permit", `DELETE FROM permits WHERE id = $1`, id)
}

func (s *Store) delete(ctx context.Context, what, sql, id string) error {
	tag, err := s.pool.Exec(ctx, sql, id)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("%s %q: %w", what, id, err)
	}
	return nil
}
