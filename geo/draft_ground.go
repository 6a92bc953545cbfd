package geo

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// Handover is a part of the city that an edition gives from one grid to another.
type Handover struct {
	From, To string // Codes; empty is no grid.
	AreaM2   float64
	Area     orb.MultiPolygon
}

// leastGroundM2 is how small a part is a rounding: the edition before may have more digits than an edited one.
const leastGroundM2 = 0.05

// MovedGround returns the ground that changes hands between an edition and the one that it follows, by the codes.
func (s *Store) MovedGround(ctx context.Context, e Edition) ([]Handover, error) {
	rows, _ := s.pool.Query(ctx, `
		WITH before AS (SELECT code, geom FROM grids WHERE edition = $2 AND code = ANY ($3)),
			after AS (SELECT code, geom FROM grids WHERE edition = $1 AND code = ANY ($3)),
			parts AS (
				SELECT b.code AS was, a.code AS becomes, ST_Intersection(b.geom, a.geom) AS geom
				FROM before b JOIN after a ON b.code <> a.code AND b.geom && a.geom AND ST_Intersects(b.geom, a.geom)
				UNION ALL
				SELECT '', a.code, ST_Difference(a.geom, coalesce(
					(SELECT ST_Union(o.geom) FROM grids o WHERE o.edition = $2 AND o.geom && a.geom), 'SRID=4326;POLYGON EMPTY'))
				FROM after a
				UNION ALL
				SELECT b.code, '', ST_Difference(b.geom, coalesce(
					(SELECT ST_Union(o.geom) FROM grids o WHERE o.edition = $1 AND o.geom && b.geom), 'SRID=4326;POLYGON EMPTY'))
				FROM before b
			)
		SELECT was, becomes, ST_Area(part.geom::geography), part.geom
		FROM parts, LATERAL (SELECT ST_Multi(ST_CollectionExtract(parts.geom, 3)) AS geom) part
		WHERE ST_Area(part.geom::geography) > $4
		ORDER BY was, becomes`, e.ID, e.Replaces, e.Changed, leastGroundM2)
	ground, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Handover])
	if err != nil {
		return nil, fmt.Errorf("ground that edition %d moves: %w", e.ID, err)
	}
	return ground, nil
}

// GridAreas returns the area of each grid of an edition in square metres on the ellipsoid, by code.
func (s *Store) GridAreas(ctx context.Context, edition int64) (map[string]float64, error) {
	rows, _ := s.pool.Query(ctx, `SELECT code, ST_Area(geom::geography) FROM grids WHERE edition = $1`, edition)
	areas := map[string]float64{}
	var code string
	var m2 float64
	_, err := pgx.ForEachRow(rows, []any{&code, &m2}, func() error {
		areas[code] = m2
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("areas of edition %d: %w", edition, err)
	}
	return areas, nil
}

// Heirs names, by the code of each grid that the edition before did not have, the one that most of its ground was part of.
func (s *Store) Heirs(ctx context.Context, e Edition) (map[string]string, error) {
	rows, _ := s.pool.Query(ctx, `
		SELECT n.code, old.code
		FROM grids n
		CROSS JOIN LATERAL (
			SELECT o.code FROM grids o
			WHERE o.edition = $2 AND o.geom && n.geom AND ST_Intersects(o.geom, n.geom)
			ORDER BY ST_Area(ST_Intersection(o.geom, n.geom)) DESC, o.code LIMIT 1
		) old
		WHERE n.edition = $1 AND NOT EXISTS (SELECT FROM grids s WHERE s.edition = $2 AND s.code = n.code)`, e.ID, e.Replaces)
	heirs := map[string]string{}
	var code, old string
	_, err := pgx.ForEachRow(rows, []any{&code, &old}, func() error {
		heirs[code] = old
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("whose ground edition %d takes: %w", e.ID, err)
	}
	return heirs, nil
}
