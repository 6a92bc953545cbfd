package geo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
)

// What the log calls a change that is no command of the engine.
const (
	opRoad   = "road"
	opMend   = "mend"
	opRebase = "rebase"
)

// LogEntry is one thing that was done to an edition.
type LogEntry struct {
	Seq     int64
	Version int64 // Of the edition after it.
	Op      string
	Command json.RawMessage // What was asked for.
	Codes   []string        // Of the grids that it changed.
	By      *Hand
	At      time.Time
}

// Log returns everything that was done to an edition, oldest first.
func (d *Drafts) Log(ctx context.Context, id int64) ([]LogEntry, error) {
	if _, err := d.Edition(ctx, id); err != nil {
		return nil, err
	}
	rows, _ := d.store.pool.Query(ctx, `
		SELECT l.seq, l.version, l.op, l.command, l.codes, p.id, p.name, l.at
		FROM edition_log l LEFT JOIN people p ON p.id = l.person WHERE l.edition = $1 ORDER BY l.seq`, id)
	entries, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e LogEntry, err error) {
		var by handColumns
		err = row.Scan(&e.Seq, &e.Version, &e.Op, &e.Command, &e.Codes, &by.id, &by.name, &e.At)
		e.By, e.At = by.hand(), e.At.UTC()
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("log of edition %d: %w", id, err)
	}
	return entries, nil
}

// logEntry is a line to be written.
type logEntry struct {
	edition, version int64
	op               string
	command          any // As JSON; nil is nothing.
	codes            []string
	change           *coverage.Change // Nil where no grid changed.
	standing         string           // Of a change that can be undone: "done".
	person           int64
}

func (e logEntry) write(ctx context.Context, tx pgx.Tx) error {
	var before, after []byte
	if e.change != nil {
		var err error
		if before, err = json.Marshal(logged(e.change.Before)); err != nil {
			return err
		}
		if after, err = json.Marshal(logged(e.change.After)); err != nil {
			return err
		}
	}
	if e.command == nil {
		e.command = struct{}{}
	}
	if e.codes == nil {
		e.codes = []string{}
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO edition_log (edition, seq, version, op, command, codes, before, after, standing, person)
		SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, nullif($8, ''), nullif($9, 0::bigint) FROM edition_log WHERE edition = $1`,
		e.edition, e.version, e.op, e.command, e.codes, before, after, e.standing, e.person)
	if err != nil {
		return fmt.Errorf("log of edition %d: %w", e.edition, err)
	}
	return nil
}

// loggedGrid is a shape as the log keeps it.
type loggedGrid struct {
	Code     string         `json:"code"`
	Name     string         `json:"name"`
	Kind     string         `json:"kind"`
	Street   string         `json:"street"`
	Extra    string         `json:"extra,omitempty"`
	Boundary [][][][2]int32 `json:"boundary"`
}

func logged(shapes []coverage.Grid) []loggedGrid {
	grids := make([]loggedGrid, len(shapes))
	for i, shape := range shapes {
		g := loggedGrid{Code: shape.Code, Name: shape.Name, Kind: shape.Kind, Street: shape.Street, Extra: shape.Attributes}
		for _, polygon := range shape.Boundary {
			rings := make([][][2]int32, len(polygon))
			for j, points := range polygon {
				for _, p := range points {
					rings[j] = append(rings[j], [2]int32{p.X, p.Y})
				}
			}
			g.Boundary = append(g.Boundary, rings)
		}
		grids[i] = g
	}
	return grids
}

func (g loggedGrid) shape() coverage.Grid {
	shape := coverage.Grid{Code: g.Code, Name: g.Name, Kind: g.Kind, Street: g.Street, Attributes: g.Extra}
	for _, rings := range g.Boundary {
		polygon := make(coverage.Polygon, len(rings))
		for j, ring := range rings {
			for _, p := range ring {
				polygon[j] = append(polygon[j], coverage.Point{X: p[0], Y: p[1]})
			}
		}
		shape.Boundary = append(shape.Boundary, polygon)
	}
	return shape
}

// loggedChange is a change of grids that the log keeps.
type loggedChange struct {
	seq    int64
	op     string
	change coverage.Change
}

const selectLogged = `SELECT seq, op, before, after FROM edition_log WHERE edition = $1 AND before IS NOT NULL `

func scanLogged(row pgx.CollectableRow) (l loggedChange, err error) {
	var before, after []loggedGrid
	err = row.Scan(&l.seq, &l.op, &before, &after)
	l.change = coverage.Change{Before: shapesLogged(before), After: shapesLogged(after)}
	return l, err
}

func shapesLogged(grids []loggedGrid) []coverage.Grid {
	shapes := make([]coverage.Grid, len(grids))
	for i, g := range grids {
		shapes[i] = g.shape()
	}
	return shapes
}

// toUndo is the last change that stands, toRedo the last that was undone; pgx.ErrNoRows where there is none.
func toUndo(ctx context.Context, tx pgx.Tx, edition int64) (loggedChange, error) {
	rows, _ := tx.Query(ctx, selectLogged+`AND standing = 'done' ORDER BY seq DESC LIMIT 1`, edition)
	return pgx.CollectExactlyOneRow(rows, scanLogged)
}

func toRedo(ctx context.Context, tx pgx.Tx, edition int64) (loggedChange, error) {
	rows, _ := tx.Query(ctx, selectLogged+`AND standing = 'undone' ORDER BY seq LIMIT 1`, edition)
	return pgx.CollectExactlyOneRow(rows, scanLogged)
}

func setStanding(ctx context.Context, tx pgx.Tx, edition, seq int64, standing string) error {
	_, err := tx.Exec(ctx, `UPDATE edition_log SET standing = $3 WHERE edition = $1 AND seq = $2`, edition, seq, standing)
	return err
}

// dropUndone ends the way forward: after a new change, what was undone cannot be redone.
func dropUndone(ctx context.Context, tx pgx.Tx, edition int64) error {
	_, err := tx.Exec(ctx, `UPDATE edition_log SET standing = 'dropped' WHERE edition = $1 AND standing = 'undone'`, edition)
	return err
}

// changesSince are the changes of an edition's grids after a version, the newest first.
func changesSince(ctx context.Context, tx pgx.Tx, edition, version int64) ([]loggedChange, error) {
	rows, _ := tx.Query(ctx, selectLogged+`AND version > $2 ORDER BY seq DESC`, edition, version)
	return pgx.CollectRows(rows, scanLogged)
}

// errNothing says that there is nothing to undo or redo.
func errNothing(err error, what string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return stateError("there is nothing to %s", what)
	}
	return err
}
