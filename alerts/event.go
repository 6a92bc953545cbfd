package alerts

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// selectEvents names the columns that scanEventLine reads.
const selectEvents = `
	SELECT e.seq, e.type, e.at, e.alert, e.camera, p.id, p.name, coalesce(e.data->>'note', ''),
		coalesce(e.data->>'verdict', ''), e.data->'trust', e.data->'edition', e.data->'rehomed'
	FROM events e
	LEFT JOIN people p ON p.id = e.person`

// eventLine is one row of events, before what it speaks of is read.
type eventLine struct {
	Event
	alert  *int64
	camera *string
}

func scanEventLine(row pgx.CollectableRow) (eventLine, error) {
	var e eventLine
	var person *int64
	var name *string
	err := row.Scan(&e.Seq, &e.Type, &e.At, &e.alert, &e.camera, &person, &name, &e.Note, &e.Verdict, &e.Trust, &e.Edition, &e.Rehomed)
	e.At = e.At.UTC()
	e.Person = orNil(person, name)
	return e, err
}

// insertEvent writes one event. It is the last statement of its transaction: a trigger takes the feed lock, which is
// held until the commit, so that events become visible in the order of their numbers.
const insertEvent = `
	INSERT INTO events (type, alert, camera, person, data)
	VALUES ($1, $2, $3, $4, jsonb_build_object('note', $5::text))`

// lastSeq returns the number of the newest event, 0 when there is none yet.
func lastSeq(ctx context.Context, db querier) (int64, error) {
	rows, _ := db.Query(ctx, `SELECT coalesce(max(seq), 0) FROM events`)
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
}

// eventsAfter returns at most limit events with a number above after, in order, each with what it speaks of, all
// read from one snapshot.
func (s *Store) eventsAfter(ctx context.Context, cameras *CameraStore, after int64, limit int) ([]Event, error) {
	var events []Event
	err := s.snapshot(ctx, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, selectEvents+` WHERE e.seq > $1 ORDER BY e.seq LIMIT $2`, after, limit)
		lines, err := pgx.CollectRows(rows, scanEventLine)
		if err != nil {
			return err
		}
		events, err = withSubjects(ctx, tx, cameras, lines)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("events after %d: %w", after, err)
	}
	return events, nil
}

// withSubjects reads each alert and camera of the lines once and hangs it on every event that speaks of it.
func withSubjects(ctx context.Context, tx pgx.Tx, cameras *CameraStore, lines []eventLine) ([]Event, error) {
	alertIDs, cameraIDs := []int64{}, []string{}
	for _, line := range lines {
		if line.alert != nil {
			alertIDs = append(alertIDs, *line.alert)
		}
		if line.camera != nil {
			cameraIDs = append(cameraIDs, *line.camera)
		}
	}
	alerts, err := alertsByID(ctx, tx, alertIDs)
	if err != nil {
		return nil, err
	}
	health, err := cameras.healthByID(ctx, tx, cameraIDs)
	if err != nil {
		return nil, err
	}
	events := make([]Event, 0, len(lines))
	for _, line := range lines {
		if line.alert != nil {
			line.Alert = alerts[*line.alert]
		}
		if line.camera != nil {
			line.Camera = health[*line.camera]
		}
		events = append(events, line.Event)
	}
	return events, nil
}

func alertsByID(ctx context.Context, tx pgx.Tx, ids []int64) (map[int64]*Alert, error) {
	byID := make(map[int64]*Alert, len(ids))
	if len(ids) == 0 {
		return byID, nil
	}
	rows, _ := tx.Query(ctx, selectAlerts+` WHERE a.id = ANY($1)`, ids)
	alerts, err := pgx.CollectRows(rows, scanAlert)
	for i := range alerts {
		byID[alerts[i].ID] = &alerts[i]
	}
	return byID, err
}
