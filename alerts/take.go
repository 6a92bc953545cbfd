package alerts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gridwatch/vision"

	"github.com/jackc/pgx/v5"
)

// take records a sighting: occupancy, alert, evidence, receipts and event in one transaction. It returns false, having
// changed nothing, when the sighting was taken before. Its order of locks is the rule, the alerts, the feed.
func (s *Store) take(ctx context.Context, in vision.Sighting, dispatch *Dispatch) (bool, error) {
	taken := false
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		repeat, err := lockRule(ctx, tx, in)
		if err != nil || repeat {
			return err
		}
		t := taking{tx: tx, in: in, dispatch: dispatch}
		taken = true
		if err := t.merge(ctx); err != nil {
			return err
		}
		return t.writeEvents(ctx)
	})
	if err != nil {
		return false, fmt.Errorf("sighting %q: %w", in.Key, err)
	}
	if taken {
		s.wake()
	}
	return taken, nil
}

// ruleLock is the class of advisory locks under which a rule's sightings are taken in one by one, so that two cameras that
// see one thing know of each other; the other half of the lock is the rule's hash. Their events are written one by one
// anyway.
const ruleLock = 0x72756c65

func lockRule(ctx context.Context, tx pgx.Tx, in vision.Sighting) (repeat bool, err error) {
	var batch pgx.Batch
	batch.Queue(`SELECT pg_advisory_xact_lock($1, hashtext($2))`, ruleLock, in.Rule)
	batch.Queue(`SELECT EXISTS (SELECT FROM sightings WHERE key = $1)`, in.Key).QueryRow(func(row pgx.Row) error {
		return row.Scan(&repeat)
	})
	err = tx.SendBatch(ctx, &batch).Close()
	return repeat, err
}

// taking is one sighting on its way into the record.
type taking struct {
	tx       pgx.Tx
	in       vision.Sighting
	dispatch *Dispatch
	note     string // Goes with the sighting's event.
	events   []eventToWrite
}

// eventToWrite waits until everything else is written: the event, and with it the feed lock, comes last.
type eventToWrite struct {
	event  EventType
	alert  int64
	camera string
	note   string
}

// merge takes the sighting into its occupancy and makes the alerts anew of all occupancies that this may touch.
func (t *taking) merge(ctx context.Context) error {
	before, err := occupancyOf(ctx, t.tx, t.in)
	if err != nil {
		return err
	}
	now := before.Merge(t.in)
	set, err := around(ctx, t.tx, before, now)
	if err != nil {
		return err
	}
	known, err := lockAlerts(ctx, t.tx, set)
	if err != nil {
		return err
	}
	for _, group := range groupOccupancies(set) {
		if err := t.recordGroup(ctx, known, group); err != nil {
			return err
		}
	}
	return nil
}

// recordGroup writes the alert that a group of occupancies makes. It is the oldest that was made for one of them; others
// that were made for one of them turn out to be the same.
func (t *taking) recordGroup(ctx context.Context, known map[int64]Alert, group []Occupancy) error {
	founder := founderOf(group)
	before := known[founder]
	a := before.of(group)
	var near []*GridRef
	placed := a.ID == 0 || a.Occupancy != before.Occupancy || a.Position != before.Position || !a.RaisedAt.Equal(before.RaisedAt)
	if placed { // Its place may be another.
		near = t.place(&a)
	}
	team, err := toldOf(ctx, t.tx, a.Grid, time.Now(), t.dispatch.Zone)
	if err != nil {
		return err
	}
	if placed {
		a.Officer = firstOf(team)
	}
	a.joined = 0
	if a.ID, err = writeAlert(ctx, t.tx, a); err != nil {
		return err
	}
	for i, o := range group {
		if founder == 0 && i == 0 {
			o.FoundedID = a.ID
		}
		if err := t.recordOccupancy(ctx, o, a.ID); err != nil {
			return err
		}
		if o.FoundedID != 0 && o.FoundedID != a.ID {
			if err := t.join(ctx, known[o.FoundedID], a); err != nil {
				return err
			}
		}
	}
	t.tell(before, a, group)
	if a.ReviewOnly {
		return nil
	}
	silence, err := silenceOf(ctx, t.tx, a)
	if err == nil && silence == nil {
		return tell(ctx, t.tx, a, team, near, t.dispatch.Zone)
	}
	if err == nil && before.ID == 0 {
		t.events = append(t.events, eventToWrite{event: AlertSilenced, alert: a.ID, note: silence.note()})
	}
	return err
}

// founderOf is the oldest alert that was made for one of the group; 0 when none was.
func founderOf(group []Occupancy) (oldest int64) {
	for _, o := range group {
		if o.FoundedID != 0 && (oldest == 0 || o.FoundedID < oldest) {
			oldest = o.FoundedID
		}
	}
	return oldest
}

// place says which grids own the alert's place, which of them answers, and which others its sigma reaches.
func (t *taking) place(a *Alert) (near []*GridRef) {
	route := t.dispatch.Route(a.Matter, a.Position, a.reachM(), a.RaisedAt)
	a.Community, a.Road, a.Grid = route.Community, route.Road, route.Grid
	return route.Near
}

// recordOccupancy writes an occupancy that the sighting changed, or that is part of another alert now, with its pictures.
func (t *taking) recordOccupancy(ctx context.Context, o Occupancy, alert int64) error {
	from, isIn := o.AlertID, o.ID == t.in.Occupancy
	if o.AlertID = alert; from == alert && !isIn {
		return nil
	}
	if err := writeOccupancy(ctx, t.tx, o); err != nil {
		return err
	}
	var batch pgx.Batch
	if from != 0 && from != alert {
		batch.Queue(copyEvidence, alert, from, o.ID)
	}
	if isIn {
		batch.Queue(`INSERT INTO sightings (key, alert) VALUES ($1, $2)`, t.in.Key, alert)
		for _, e := range t.in.Evidence {
			batch.Queue(insertEvidence, alert, e.Kind, e.SHA256, e.Bytes, "image/jpeg", e.At, nil, o.ID)
		}
	}
	return t.tx.SendBatch(ctx, &batch).Close()
}

// join notes that an alert turned out to be another. Whoever was told of it is told that it is over.
func (t *taking) join(ctx context.Context, later, into Alert) error {
	if later.joined == into.ID {
		return nil
	}
	if _, err := t.tx.Exec(ctx, `
		UPDATE alerts SET joined = $2, state = 'cleared', cleared_at = coalesce(cleared_at, $3) WHERE id = $1`,
		later.ID, into.ID, t.in.At); err != nil {
		return err
	}
	if later.joined == 0 {
		t.events = append(t.events, eventToWrite{event: AlertCleared, alert: later.ID, note: fmt.Sprintf("the same as alert %d", into.ID)})
	}
	return nil
}

// tell chooses the event that a group's alert is worth: the sighting's own, unless another camera has said as much.
func (t *taking) tell(before, a Alert, group []Occupancy) {
	told := before.ID != 0 && before.joined == 0
	isIn := slices.ContainsFunc(group, func(o Occupancy) bool { return o.ID == t.in.Occupancy })
	alone := len(group) == 1
	event := AlertUpdated
	switch {
	case !isIn && told && before.isOf(group):
		return
	case !isIn && !told:
		event = AlertRaised // It was part of another, and stands for itself now.
	case !isIn:
	case !told || alone:
		event = sightingEvents[t.in.Kind]
	case t.in.Kind == vision.Raised:
		event = AlertJoined
	case t.in.Kind == vision.Escalated && before.EscalatedAt.IsZero(), t.in.Kind == vision.Cleared && a.State == StateCleared:
		event = sightingEvents[t.in.Kind]
	}
	t.events = append(t.events, eventToWrite{event: event, alert: a.ID, note: t.note})
	if before.ReviewOnly && !a.ReviewOnly && event != AlertRaised {
		t.events = append(t.events, eventToWrite{event: AlertRaised, alert: a.ID}) // Officers hear of it now.
	}
}

var sightingEvents = map[vision.Kind]EventType{
	vision.Raised: AlertRaised, vision.Escalated: AlertEscalated, vision.Cleared: AlertCleared,
}

func (t *taking) writeEvents(ctx context.Context) error {
	var batch pgx.Batch
	for _, e := range t.events {
		batch.Queue(insertEvent, e.event, orNull(e.alert), orNull(e.camera), nil, e.note)
	}
	return t.tx.SendBatch(ctx, &batch).Close()
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
