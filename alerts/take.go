package alerts

import (
	"context"
	"errors"
	"fmt"

	"gridwatch/vision"

	"github.com/jackc/pgx/v5"
)

// occupancyLock is the class of advisory locks under which an occupancy's sightings are taken in one by one; the other
// half of the lock is the occupancy's hash.
const occupancyLock = 0x6f636375

// take records a sighting: alert, evidence, receipts and event in one transaction. It returns false, having changed
// nothing, when the sighting was taken before. Its order of locks is the occupancy, the alert, the feed.
func (s *Store) take(ctx context.Context, in vision.Sighting, dispatch *Dispatch) (bool, error) {
	taken := false
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		known, repeat, err := lockOccupancy(ctx, tx, in)
		if err != nil || repeat {
			return err
		}
		a := known.Merge(in)
		if known.ID == 0 || !a.RaisedAt.Equal(known.RaisedAt) { // Its place may be another.
			a.Community, a.Road = dispatch.Place(a.Position, a.RaisedAt)
			a.Grid = dispatch.Responsible(a.Matter, a.Community, a.Road)
			if a.Officer, err = officerOf(ctx, tx, a.Grid); err != nil {
				return err
			}
		}
		if a.ID, err = writeAlert(ctx, tx, a); err != nil {
			return err
		}
		taken = true
		return writeSighting(ctx, tx, a, in)
	})
	if err != nil {
		return false, fmt.Errorf("sighting %q: %w", in.Key, err)
	}
	if taken {
		s.wake()
	}
	return taken, nil
}

// lockOccupancy keeps every other taker of this occupancy out until the transaction ends, and returns what is known of
// it: the zero alert when nothing is.
func lockOccupancy(ctx context.Context, tx pgx.Tx, in vision.Sighting) (known Alert, repeat bool, err error) {
	var batch pgx.Batch
	batch.Queue(`SELECT pg_advisory_xact_lock($1, hashtext($2))`, occupancyLock, in.Occupancy)
	batch.Queue(`SELECT EXISTS (SELECT FROM sightings WHERE key = $1)`, in.Key).QueryRow(func(row pgx.Row) error {
		return row.Scan(&repeat)
	})
	batch.Queue(`SELECT FROM alerts WHERE occupancy = $1 FOR UPDATE`, in.Occupancy)
	batch.Queue(selectAlerts+` WHERE a.occupancy = $1`, in.Occupancy).Query(func(rows pgx.Rows) error {
		a, err := pgx.CollectOneRow(rows, scanAlert)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		known = a
		return err
	})
	err = tx.SendBatch(ctx, &batch).Close()
	return known, repeat, err
}

func officerOf(ctx context.Context, tx pgx.Tx, grid *GridRef) (*Ref, error) {
	if grid == nil {
		return nil, nil
	}
	return answers(ctx, tx, grid.Key())
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
	rows, _ := tx.Query(ctx, `
		INSERT INTO alerts (occupancy, rule, matter, state, since_at, raised_at, escalated_at, cleared_at,
			geom, sigma_m, grounded, area, camera, fence, fence_name, composed, class, score, why,
			community_code, community_edition, road_code, road_edition, grid_net, grid_code, officer)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
			$20, $21, $22, $23, $24, $25, $26)
		ON CONFLICT (occupancy) DO UPDATE SET
			rule = EXCLUDED.rule, matter = EXCLUDED.matter, state = EXCLUDED.state,
			since_at = EXCLUDED.since_at, raised_at = EXCLUDED.raised_at,
			escalated_at = EXCLUDED.escalated_at, cleared_at = EXCLUDED.cleared_at,
			geom = EXCLUDED.geom, sigma_m = EXCLUDED.sigma_m, grounded = EXCLUDED.grounded, area = EXCLUDED.area,
			camera = EXCLUDED.camera, fence = EXCLUDED.fence, fence_name = EXCLUDED.fence_name,
			composed = EXCLUDED.composed, class = EXCLUDED.class, score = EXCLUDED.score, why = EXCLUDED.why,
			community_code = EXCLUDED.community_code, community_edition = EXCLUDED.community_edition,
			road_code = EXCLUDED.road_code, road_edition = EXCLUDED.road_edition,
			grid_net = EXCLUDED.grid_net, grid_code = EXCLUDED.grid_code, officer = EXCLUDED.officer
		RETURNING id`,
		a.Occupancy, a.Rule, a.Matter, a.State, a.Since, a.RaisedAt, orNull(a.EscalatedAt), orNull(a.ClearedAt),
		a.Position, a.SigmaM, a.Grounded, area, a.Camera.ID, a.FenceID, a.FenceName, a.Composed, a.Class, a.Score, a.Why,
		orNull(community.Code), orNull(community.Edition), orNull(road.Code), orNull(road.Edition),
		orNull(grid.Net), orNull(grid.Code), orNull(officer.ID))
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
}

var sightingEvents = map[vision.Kind]EventType{
	vision.Raised: AlertRaised, vision.Escalated: AlertEscalated, vision.Cleared: AlertCleared,
}

// writeSighting adds what hangs on the alert; the event, and with it the feed lock, comes last.
func writeSighting(ctx context.Context, tx pgx.Tx, a Alert, in vision.Sighting) error {
	var batch pgx.Batch
	batch.Queue(`INSERT INTO sightings (key, alert) VALUES ($1, $2)`, in.Key, a.ID)
	for _, e := range in.Evidence {
		batch.Queue(insertEvidence, a.ID, e.Kind, e.SHA256, e.Bytes, "image/jpeg", e.At, nil)
	}
	if a.Grid != nil {
		batch.Queue(insertReceipts, a.ID, a.Grid.Net, a.Grid.Code)
	}
	batch.Queue(insertEvent, sightingEvents[in.Kind], a.ID, nil, nil, "")
	return tx.SendBatch(ctx, &batch).Close()
}

// reject keeps a message that no alert can be made of, with the reason. A repeat changes nothing.
func (s *Store) reject(ctx context.Context, data []byte, reason string) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO rejected_sightings (sha256, reason, data) VALUES (encode(sha256($1), 'hex'), $2, $1)
		ON CONFLICT DO NOTHING`, data, reason)
	if err != nil {
		return fmt.Errorf("keep a rejected sighting: %w", err)
	}
	return nil
}
