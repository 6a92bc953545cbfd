package alerts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// Store keeps alerts, their events, evidence and receipts. It is safe for many goroutines.
type Store struct {
	pool *pgxpool.Pool
	// Wake is called after every commit that wrote an event. Nil is allowed: the feed's sweep finds the event too.
	Wake func()
	// Floor says when a rule is not trusted at a camera any more.
	Floor Floor
	// Zone is where the hours of shifts are read; nil is UTC.
	Zone *time.Location
}

// NewStore returns the store of alerts in pool's database, which geo.Open opened.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool, Floor: DefaultFloor} }

func (s *Store) wake() {
	if s.Wake != nil {
		s.Wake()
	}
}

// selectAlerts names the columns that scanAlert reads. Names of grids come from the edition that the alert was mapped with.
const selectAlerts = `
	SELECT a.id, a.occupancy, a.rule, a.matter, a.state, a.handling,
		a.since_at, a.raised_at, a.escalated_at, a.cleared_at, a.acknowledged_at, a.arrived_at, a.handled_at,
		by.id, by.name, a.geom, a.sigma_m, a.grounded, a.area,
		a.community_code, c.name, c.street, a.community_edition, ce.demo,
		a.road_code, r.name, r.street, a.road_edition, re.demo,
		a.grid_net, o.id, o.name, a.camera, coalesce(cam.name, a.camera), a.fence, a.fence_name,
		a.composed, a.class, a.score, a.why,
		(SELECT count(*) FROM evidence e WHERE e.alert = a.id AND ` + ofThisAlert + `),
		coalesce(a.joined, 0), a.review_only, a.verdict, judge.id, judge.name, a.verdict_at, a.verdict_note,
		(SELECT coalesce(jsonb_agg(jsonb_build_object('Camera', jsonb_build_object('ID', x.camera, 'Name', coalesce(xc.name, x.camera)),
				'Occupancy', x.id, 'ClearedAt', x.cleared_at) ORDER BY x.raised_at, x.id), '[]')
			FROM occupancies x LEFT JOIN cameras xc ON xc.id = x.camera WHERE x.alert = a.id AND x.id <> a.occupancy),
		holder.id, holder.name, coalesce(a.merged, 0),
		ARRAY(SELECT m.id FROM alerts m WHERE m.merged = a.id ORDER BY m.id),
		ARRAY(SELECT f.person FROM offers f WHERE f.alert = a.id), ` + silenceOfAlert + `
	FROM alerts a
	LEFT JOIN people holder ON holder.id = a.holder
	LEFT JOIN people by ON by.id = a.acknowledged_by
	LEFT JOIN people o ON o.id = a.officer
	LEFT JOIN people judge ON judge.id = a.verdict_by
	LEFT JOIN cameras cam ON cam.id = a.camera
	LEFT JOIN grids c ON c.edition = a.community_edition AND c.code = a.community_code
	LEFT JOIN editions ce ON ce.id = a.community_edition
	LEFT JOIN grids r ON r.edition = a.road_edition AND r.code = a.road_code
	LEFT JOIN editions re ON re.id = a.road_edition`

func scanAlert(row pgx.CollectableRow) (Alert, error) {
	var a Alert
	var escalated, cleared, acknowledged, arrived, handled *time.Time
	var byID, officerID, holderID *int64
	var byName, officerName, holderName, net *string
	var area orb.Polygon
	var verdict verdictColumns
	community, road := gridColumns{net: geo.Community}, gridColumns{net: geo.Road}
	err := row.Scan(&a.ID, &a.Occupancy, &a.Rule, &a.Matter, &a.State, &a.Handling,
		&a.Since, &a.RaisedAt, &escalated, &cleared, &acknowledged, &arrived, &handled,
		&byID, &byName, &a.Position, &a.SigmaM, &a.Grounded, &area,
		&community.code, &community.name, &community.street, &community.edition, &community.demo,
		&road.code, &road.name, &road.street, &road.edition, &road.demo,
		&net, &officerID, &officerName, &a.Camera.ID, &a.Camera.Name, &a.FenceID, &a.FenceName,
		&a.Composed, &a.Class, &a.Score, &a.Why, &a.EvidenceCount,
		&a.joined, &a.ReviewOnly, &verdict.word, &verdict.byID, &verdict.byName, &verdict.at, &verdict.note, &a.Also,
		&holderID, &holderName, &a.MergedInto, &a.Merged, &a.offered, &a.Silence)
	if err != nil {
		return Alert{}, err
	}
	a.Since, a.RaisedAt = a.Since.UTC(), a.RaisedAt.UTC()
	a.EscalatedAt, a.ClearedAt = orZero(escalated), orZero(cleared)
	a.AcknowledgedAt, a.ArrivedAt, a.HandledAt = orZero(acknowledged), orZero(arrived), orZero(handled)
	a.AcknowledgedBy, a.Officer, a.Holder = orNil(byID, byName), orNil(officerID, officerName), orNil(holderID, holderName)
	a.Area, a.Verdict = area, verdict.verdict()
	for i := range a.Also {
		a.Also[i].ClearedAt = a.Also[i].ClearedAt.UTC()
	}
	a.Community, a.Road = community.ref(), road.ref()
	if net != nil {
		a.Grid = map[geo.Net]*GridRef{geo.Community: a.Community, geo.Road: a.Road}[geo.Net(*net)]
	}
	return a, nil
}

// gridColumns are the columns of one net in selectAlerts; all NULL where the alert has no grid in it.
type gridColumns struct {
	net                geo.Net
	code, name, street *string
	edition            *int64
	demo               *bool
}

func (c gridColumns) ref() *GridRef {
	if c.code == nil || c.edition == nil {
		return nil
	}
	ref := &GridRef{Net: c.net, Code: *c.code, Edition: *c.edition}
	if c.name != nil {
		ref.Name, ref.Street = *c.name, *c.street
	}
	if c.demo != nil {
		ref.Demo = *c.demo
	}
	return ref
}

// Alert returns one alert with its evidence, receipts and events, oldest first.
func (s *Store) Alert(ctx context.Context, id int64, scope Scope) (Alert, []Event, error) {
	var a Alert
	var events []Event
	err := s.snapshot(ctx, func(tx pgx.Tx) (err error) {
		if a, err = alertInScope(ctx, tx, id, scope); err != nil {
			return err
		}
		id = a.ID
		if a.Evidence, err = evidenceOf(ctx, tx, id); err != nil {
			return err
		}
		if a.Receipts, err = receiptsOf(ctx, tx, id); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, selectEvents+` WHERE e.alert = $1 ORDER BY e.seq`, id)
		lines, err := pgx.CollectRows(rows, scanEventLine)
		for _, line := range lines {
			events = append(events, line.Event)
		}
		return err
	})
	if err != nil {
		return Alert{}, nil, fmt.Errorf("alert %d: %w", id, err)
	}
	return a, events, nil
}

// alertInScope reads one alert; of one that turned out to be another, that other. Outside the scope there is none.
func alertInScope(ctx context.Context, tx pgx.Tx, id int64, scope Scope) (Alert, error) {
	rows, _ := tx.Query(ctx, selectAlerts+` WHERE a.id = (SELECT coalesce(joined, id) FROM alerts WHERE id = $1)`, id)
	a, err := pgx.CollectExactlyOneRow(rows, scanAlert)
	if err == nil && !scope.CoversAlert(&a) {
		return Alert{}, ErrNotFound
	}
	return a, notFound(err)
}

// notFound says ErrNotFound where the database had no row.
func notFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// snapshot runs read in one read-only transaction that sees the database as of one moment.
func (s *Store) snapshot(ctx context.Context, read func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, read)
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func orNil(id *int64, name *string) *Ref {
	if id == nil || name == nil {
		return nil
	}
	return &Ref{ID: *id, Name: *name}
}

// orNull is the parameter of a column in which a zero value is NULL.
func orNull[T comparable](value T) any {
	var zero T
	if value == zero {
		return nil
	}
	return value
}
