package alerts

import (
	"context"
	"errors"
	"math"

	"gridwatch/vision"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

const selectOccupancies = `SELECT o.said, o.alert, coalesce(o.founded, 0), o.review_only FROM occupancies o`

func scanOccupancy(row pgx.CollectableRow) (Occupancy, error) {
	var o Occupancy
	err := row.Scan(&o, &o.AlertID, &o.FoundedID, &o.ReviewOnly)
	o.Since, o.RaisedAt = o.Since.UTC(), o.RaisedAt.UTC()
	o.EscalatedAt, o.ClearedAt = o.EscalatedAt.UTC(), o.ClearedAt.UTC()
	return o, err
}

// occupancyOf is what is known of the sighting's occupancy. Of a new one that is only whether its rule is trusted.
func occupancyOf(ctx context.Context, tx pgx.Tx, in vision.Sighting) (Occupancy, error) {
	rows, _ := tx.Query(ctx, selectOccupancies+` WHERE o.id = $1`, in.Occupancy)
	o, err := pgx.CollectExactlyOneRow(rows, scanOccupancy)
	if !errors.Is(err, pgx.ErrNoRows) {
		return o, err
	}
	rows, _ = tx.Query(ctx, `
		SELECT coalesce((SELECT review_only FROM trust WHERE rule = $1 AND camera = $2), false)`, in.Rule, in.CameraID)
	o = Occupancy{}
	o.ReviewOnly, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
	return o, err
}

// around is the occupancy as it is now with all that its change may touch: what tells of the same thing as it, did so
// before, or does so of one of those.
func around(ctx context.Context, tx pgx.Tx, before, now Occupancy) ([]Occupancy, error) {
	set := []Occupancy{now}
	seen := map[string]bool{now.ID: true}
	edge := []Occupancy{now}
	if before.ID != "" {
		edge = append(edge, before)
	}
	for len(edge) > 0 {
		near, err := occupanciesNear(ctx, tx, edge)
		if err != nil {
			return nil, err
		}
		var next []Occupancy
		for _, o := range near {
			for _, e := range edge {
				if !seen[o.ID] && o.same(e) {
					seen[o.ID], next = true, append(next, o)
				}
			}
		}
		set, edge = append(set, next...), next
	}
	return set, nil
}

// occupanciesNear are those of the rule that stood told while and near where one of the others did. The caller looks
// closer: a box reaches further than a sigma.
func occupanciesNear(ctx context.Context, tx pgx.Tx, others []Occupancy) ([]Occupancy, error) {
	var bound orb.Bound
	from, until := others[0].RaisedAt, others[0].ClearedAt
	placed := false
	for _, o := range others {
		if o.RaisedAt.Before(from) {
			from = o.RaisedAt
		}
		if o.ClearedAt.IsZero() || !until.IsZero() && o.ClearedAt.After(until) {
			until = o.ClearedAt
		}
		if !o.placed() {
			continue
		}
		if reach := boxAround(o.Position); placed {
			bound = bound.Union(reach)
		} else {
			bound, placed = reach, true
		}
	}
	if !placed {
		return nil, nil
	}
	rows, _ := tx.Query(ctx, selectOccupancies+`
		WHERE o.rule = $1 AND o.geom && ST_MakeEnvelope($2, $3, $4, $5, 4326)
		AND (o.cleared_at IS NULL OR o.cleared_at > $6) AND ($7::timestamptz IS NULL OR o.raised_at < $7)`,
		others[0].Rule, bound.Min.Lon(), bound.Min.Lat(), bound.Max.Lon(), bound.Max.Lat(), from, orNull(until))
	return pgx.CollectRows(rows, scanOccupancy)
}

// boxAround holds every point that may be the same spot as p.
func boxAround(p orb.Point) orb.Bound {
	const metresOfDegree = 110_000 // A little less than there are.
	lat := reachM / metresOfDegree
	lon := lat / max(math.Cos(math.Abs(p.Lat())*math.Pi/180), 0.01)
	return orb.Bound{Min: orb.Point{p.Lon() - lon, p.Lat() - lat}, Max: orb.Point{p.Lon() + lon, p.Lat() + lat}}
}

func writeOccupancy(ctx context.Context, tx pgx.Tx, o Occupancy) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO occupancies (id, alert, founded, camera, rule, raised_at, cleared_at, geom, review_only, said)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET
			alert = EXCLUDED.alert, founded = EXCLUDED.founded, camera = EXCLUDED.camera, rule = EXCLUDED.rule,
			raised_at = EXCLUDED.raised_at, cleared_at = EXCLUDED.cleared_at, geom = EXCLUDED.geom, said = EXCLUDED.said`,
		o.ID, o.AlertID, orNull(o.FoundedID), o.CameraID, o.Rule, o.RaisedAt, orNull(o.ClearedAt), o.Position, o.ReviewOnly, o)
	return err
}

// lockAlerts reads the alerts that the occupancies are part of or were made for, and keeps others from changing them.
func lockAlerts(ctx context.Context, tx pgx.Tx, set []Occupancy) (map[int64]Alert, error) {
	ids := []int64{}
	for _, o := range set {
		ids = append(ids, o.AlertID, o.FoundedID)
	}
	if _, err := tx.Exec(ctx, `SELECT FROM alerts WHERE id = ANY($1) ORDER BY id FOR UPDATE`, ids); err != nil {
		return nil, err
	}
	known, err := alertsByID(ctx, tx, ids)
	byID := make(map[int64]Alert, len(known))
	for id, a := range known {
		byID[id] = *a
	}
	return byID, err
}

// writeAlert inserts the alert, or updates what a sighting may change of it, and returns its id.
func writeAlert(ctx context.Context, tx pgx.Tx, a Alert) (int64, error) {
	var community, road, grid GridRef
	for ref, from := range map[*GridRef]*GridRef{&community: a.Community, &road: a.Road, &grid: a.Grid} {
		if from != nil {
			*ref = *from
		}
	}
	var officer Ref
	if a.Officer != nil {
		officer = *a.Officer
	}
	var area any
	if len(a.Area) > 0 {
		area = a.Area
	}
	const columns = `occupancy, rule, matter, state, since_at, raised_at, escalated_at, cleared_at,
		geom, sigma_m, grounded, area, camera, fence, fence_name, composed, class, score, why,
		community_code, community_edition, road_code, road_edition, grid_net, grid_code, officer, joined, review_only`
	const values = `$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
		$20, $21, $22, $23, $24, $25, $26, $27, $28`
	args := []any{
		a.Occupancy, a.Rule, a.Matter, a.State, a.Since, a.RaisedAt, orNull(a.EscalatedAt), orNull(a.ClearedAt),
		a.Position, a.SigmaM, a.Grounded, area, a.Camera.ID, a.FenceID, a.FenceName, a.Composed, a.Class, a.Score, a.Why,
		orNull(community.Code), orNull(community.Edition), orNull(road.Code), orNull(road.Edition),
		orNull(grid.Net), orNull(grid.Code), orNull(officer.ID), orNull(a.joined), a.ReviewOnly,
	}
	write := `INSERT INTO alerts (` + columns + `) VALUES (` + values + `) RETURNING id`
	if a.ID != 0 {
		write = `UPDATE alerts SET (` + columns + `) = (` + values + `) WHERE id = $29 RETURNING id`
		args = append(args, a.ID)
	}
	rows, _ := tx.Query(ctx, write, args...)
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
}
