package geo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// Surveys meet to the millimetre, not to the last bit. What is smaller than these is a rounding, not an overlap; the
// index gives it one owner all the same.
const (
	overlapToleranceM2 = 0.1
	outsideToleranceM2 = 1.0
)

// ImportGrids publishes grids as a new edition of a net, in force from the moment, and ends the edition before it
// there. It takes all grids or none: an *InvalidError names the grid and the rule that failed.
func (s *Store) ImportGrids(ctx context.Context, net Net, title string, from time.Time, demo bool, grids []Grid) (Edition, error) {
	if err := validEdition(net, title, from, grids); err != nil {
		return Edition{}, err
	}
	var edition Edition
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		edition, err = importGrids(ctx, tx, net, title, from, demo, grids)
		return err
	})
	if err != nil {
		return Edition{}, err
	}
	return edition, nil
}

// importGrids publishes grids that are valid each by itself.
func importGrids(ctx context.Context, tx pgx.Tx, net Net, title string, from time.Time, demo bool, grids []Grid) (Edition, error) {
	edition := Edition{Net: net, Title: title, From: from, Demo: demo, Grids: len(grids)}
	if err := lockNet(ctx, tx, net); err != nil {
		return Edition{}, err
	}
	if err := closeEdition(ctx, tx, net, from); err != nil {
		return Edition{}, err
	}
	err := tx.QueryRow(ctx, `
		INSERT INTO editions (net, title, from_at, demo, begun) VALUES ($1, $2, $3, $4, $3 <= now()) RETURNING id, from_at`,
		net, title, from, demo).Scan(&edition.ID, &edition.From)
	if err != nil {
		return Edition{}, fmt.Errorf("edition %q: %w", title, err)
	}
	if err := insertGrids(ctx, tx, edition.ID, grids); err != nil {
		return Edition{}, err
	}
	if err := refuseOverlap(ctx, tx, edition.ID, nil); err != nil {
		return Edition{}, err
	}
	return edition, refuseOutside(ctx, tx, edition.ID)
}

func validEdition(net Net, title string, from time.Time, grids []Grid) error {
	if err := net.Validate(); err != nil {
		return err
	}
	if strings.TrimSpace(title) == "" {
		return Invalid("title", "is missing")
	}
	if err := validText("title", title); err != nil {
		return err
	}
	if from.IsZero() {
		return Invalid("from", "is missing")
	}
	if len(grids) == 0 {
		return Invalid("grids", "there is none")
	}
	first := map[string]string{} // Label of the grid that has a code.
	for _, g := range grids {
		if err := g.Validate(); err != nil {
			return under(g.label(), err)
		}
		if g.Net != net {
			return Invalid(g.label()+": net", "is %s, the edition is of the %s net", g.Net, net)
		}
		if other, ok := first[g.Code]; ok {
			return Invalid(g.label()+": code", "duplicate code: %s has it too", other)
		}
		first[g.Code] = g.label()
	}
	return nil
}

// publishLock is the class of advisory locks under which editions of a net are published one by one.
const publishLock = 0x65646974

// lockNet lets no one else publish editions of the net until the transaction ends.
func lockNet(ctx context.Context, tx pgx.Tx, net Net) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, publishLock, net); err != nil {
		return fmt.Errorf("%s net: %w", net, err)
	}
	return nil
}

// closeEdition ends the newest published edition of the net where the next begins. The net is locked.
func closeEdition(ctx context.Context, tx pgx.Tx, net Net, from time.Time) error {
	var began time.Time
	err := tx.QueryRow(ctx, `SELECT from_at FROM editions WHERE net = $1 AND state = 'published' AND until_at IS NULL`, net).Scan(&began)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("edition in force of the %s net: %w", net, err)
	}
	if !from.After(began) {
		return Invalid("from", "must be after %s, when the newest published edition begins", began.Format(time.RFC3339))
	}
	if _, err := tx.Exec(ctx, `
		UPDATE editions SET until_at = $2 WHERE net = $1 AND state = 'published' AND until_at IS NULL`, net, from); err != nil {
		return fmt.Errorf("end the newest edition of the %s net: %w", net, err)
	}
	return nil
}

// analyzeFrom is how many new grids are worth new statistics: without them the database compares each with each to find
// overlaps.
const analyzeFrom = 500

// insertGrids copies the grids in. Where the database refuses one, it is found by inserting them one by one, so that the
// error can name it.
func insertGrids(ctx context.Context, tx pgx.Tx, edition int64, grids []Grid) error {
	err := pgx.BeginFunc(ctx, tx, func(copying pgx.Tx) error {
		_, err := copying.CopyFrom(ctx, pgx.Identifier{"grids"},
			[]string{"edition", "net", "code", "name", "kind", "street", "section", "geom"},
			pgx.CopyFromSlice(len(grids), func(i int) ([]any, error) {
				g := grids[i]
				return []any{edition, string(g.Net), g.Code, g.Name, g.Kind, g.Street, g.Section, g.Boundary}, nil
			}))
		return err
	})
	if err == nil && len(grids) >= analyzeFrom {
		_, err = tx.Exec(ctx, `ANALYZE grids`)
		return err
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	for _, g := range grids {
		_, err := tx.Exec(ctx, `
			INSERT INTO grids (edition, net, code, name, kind, street, section, geom) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			edition, g.Net, g.Code, g.Name, g.Kind, g.Street, g.Section, g.Boundary)
		if err != nil {
			return under(g.label(), invalidGeometry("boundary", err))
		}
	}
	return err
}

// refuseOverlap lets PostGIS judge whether any two grids of the edition share ground, or one of the codes with another; nil
// codes are all.
func refuseOverlap(ctx context.Context, tx pgx.Tx, edition int64, codes []string) error {
	var a, b Grid
	var areaM2, lon, lat float64
	err := tx.QueryRow(ctx, `
		SELECT a.code, a.name, b.code, b.name, common.m2, ST_X(common.point), ST_Y(common.point)
		FROM grids a
		JOIN grids b ON b.edition = a.edition AND a.geom && b.geom
			AND (a.code < b.code OR a.code > b.code AND b.code <> ALL ($3))
		CROSS JOIN LATERAL (
			SELECT ST_Area(g.geom::geography) AS m2, ST_PointOnSurface(g.geom) AS point
			FROM (SELECT ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3) AS geom) g
		) common
		WHERE a.edition = $1 AND ($3::text[] IS NULL OR a.code = ANY ($3))
			AND ST_Relate(a.geom, b.geom, 'T********') AND common.m2 > $2
		ORDER BY a.code, b.code LIMIT 1`, edition, overlapToleranceM2, codes).
		Scan(&a.Code, &a.Name, &b.Code, &b.Name, &areaM2, &lon, &lat)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("overlaps of edition %d: %w", edition, err)
	}
	return Invalid(a.label()+": boundary", "overlap: shares %.1f m² with %s near longitude %.6f, latitude %.6f",
		areaM2, b.label(), lon, lat)
}

// refuseOutside holds every grid inside the district that its code names, where the city has that district.
func refuseOutside(ctx context.Context, tx pgx.Tx, edition int64) error {
	outside, err := outsideOf(ctx, tx, edition)
	if err != nil || len(outside) == 0 {
		return err
	}
	first := outside[0]
	return Invalid(first.grid.label()+": boundary", "outside the district: %.0f m² lie outside %s", first.areaM2, first.district)
}

// outside is a grid that leaves its district.
type outside struct {
	grid     Grid // Code and name.
	district string
	areaM2   float64
	at       orb.Point
}

func outsideOf(ctx context.Context, tx pgx.Tx, edition int64) ([]outside, error) {
	rows, _ := tx.Query(ctx, `
		SELECT g.code, g.name, d.name, ST_Area(rest.geom::geography), ST_PointOnSurface(rest.geom)
		FROM grids g
		JOIN districts d ON d.code = left(g.code, 6)
		CROSS JOIN LATERAL (SELECT ST_CollectionExtract(ST_Difference(g.geom, d.geom), 3) AS geom) rest
		WHERE g.edition = $1 AND NOT ST_CoveredBy(g.geom, d.geom) AND ST_Area(rest.geom::geography) > $2
		ORDER BY g.code`, edition, outsideToleranceM2)
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o outside, err error) {
		err = row.Scan(&o.grid.Code, &o.grid.Name, &o.district, &o.areaM2, &o.at)
		return o, err
	})
	if err != nil {
		return nil, fmt.Errorf("edition %d in its district: %w", edition, err)
	}
	return found, nil
}
