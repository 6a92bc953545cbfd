package geo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
)

// RebaseError says which commands of a draft do not apply to the edition that it shall follow. Nothing was changed.
type RebaseError struct {
	Onto int64
	Late []LateCommand
}

// LateCommand is a command of a draft that does not apply to another edition.
type LateCommand struct {
	Seq    int64 // In the draft's log.
	Op     string
	By     *Hand
	At     time.Time
	Reason error      // A *coverage.Refusal or an *InvalidError.
	Shapes []Conflict // The grids that it changed: before it, as they would be now, and as it made them.
}

func (e *RebaseError) Error() string {
	return fmt.Sprintf("%d commands do not apply to edition %d", len(e.Late), e.Onto)
}

// rebased is what the log says of a rebase.
type rebased struct {
	From    int64   `json:"from"`
	Onto    int64   `json:"onto"`
	LeftOut []int64 `json:"left_out"` // Commands by their place in the log.
}

// Rebase puts a draft that was overtaken onto the edition that was published since: it begins with the grids of that one,
// and its commands that stand are done again, each by the person who gave it. All of them apply but those that are to be left
// out, or nothing changes and a *RebaseError lists those that do not. What was left out stays in the log.
func (d *Drafts) Rebase(ctx context.Context, id int64, leaveOut []int64, by Actor) (Edition, error) {
	held := d.opened.of(id)
	held.Lock()
	defer held.Unlock()
	var edition Edition
	err := pgx.BeginFunc(ctx, d.store.pool, func(tx pgx.Tx) error {
		if err := d.hold(ctx, tx, id, held); err != nil {
			return err
		}
		r, err := d.rebase(ctx, tx, held.open, leaveOut)
		if err != nil {
			return err
		}
		if err := r.replay(ctx, d, tx, by); err != nil {
			return err
		}
		edition, err = r.write(ctx, d, tx, by)
		return err
	})
	if err != nil {
		return Edition{}, err
	}
	held.open = nil
	d.wake()
	return edition, nil
}

// rebase is a draft on its way onto another edition.
type rebase struct {
	before []coverage.Grid // Of the draft.
	onto   *opened         // The edition in force, and what the commands make of it.
	done   []loggedCommand // The draft's commands.
	log    rebased
	steps  []logEntry
}

func (d *Drafts) rebase(ctx context.Context, tx pgx.Tx, o *opened, leaveOut []int64) (*rebase, error) {
	store := d.store.In(tx)
	e, err := store.Edition(ctx, o.edition.ID)
	if err != nil {
		return nil, err
	}
	if e.Newer == 0 {
		return nil, stateError("nothing was published since this draft was begun: it needs no rebase")
	}
	if err := refuseOwnGrids(ctx, tx, e); err != nil {
		return nil, err
	}
	r := &rebase{before: o.cover.Grids(), log: rebased{From: e.Replaces, Onto: e.Newer, LeftOut: append([]int64{}, leaveOut...)}}
	if r.done, err = commandsOf(ctx, tx, e.ID); err != nil {
		return nil, err
	}
	for _, seq := range leaveOut {
		if !slices.ContainsFunc(r.done, func(l loggedCommand) bool { return l.seq == seq }) {
			return nil, Invalid("leave_out", "%d is no command of this draft that stands", seq)
		}
	}
	grids, err := store.gridsOf(ctx, e.Newer)
	if err != nil {
		return nil, err
	}
	cover, err := coverage.New(shapesOf(grids))
	if err != nil {
		return nil, fmt.Errorf("edition %d: %w", e.Newer, err)
	}
	e.Base, e.Replaces = e.Newer, e.Newer
	r.onto = openedAfter(e, cover, cover.Grids())
	r.step(logEntry{op: opRebase, command: r.log}, changeBetween(r.before, cover.Grids()))
	return r, nil
}

// ownGrids reports whether a draft did not begin with the grids of the edition that it follows, as one of a file.
func ownGrids(ctx context.Context, q database, edition int64) (own bool, err error) {
	err = q.QueryRow(ctx, `SELECT codes <> '{}' FROM edition_log WHERE edition = $1 AND op = 'begin'`, edition).Scan(&own)
	return own, err
}

// refuseOwnGrids refuses a draft of its own grids: no command says what of it was meant to change, and all that was
// published since would be undone.
func refuseOwnGrids(ctx context.Context, tx pgx.Tx, e Edition) error {
	own, err := ownGrids(ctx, tx, e.ID)
	if err == nil && own {
		err = stateError("the draft began with other grids than those in force then, as of a file: rebased, it would undo what edition %d changed; bring the file again", e.Newer)
	}
	return err
}

// loggedCommand is a change that stands, and what was asked for.
type loggedCommand struct {
	loggedChange
	command json.RawMessage
	by      *Hand
	at      time.Time
}

// commandsOf are the changes of a draft that stand, the oldest first.
func commandsOf(ctx context.Context, tx pgx.Tx, edition int64) ([]loggedCommand, error) {
	rows, _ := tx.Query(ctx, `
		SELECT l.seq, l.op, l.before, l.after, l.command, p.id, p.name, l.at
		FROM edition_log l LEFT JOIN people p ON p.id = l.person
		WHERE l.edition = $1 AND l.standing = 'done' ORDER BY l.seq`, edition)
	commands, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l loggedCommand, err error) {
		var before, after []loggedGrid
		var by handColumns
		err = row.Scan(&l.seq, &l.op, &before, &after, &l.command, &by.id, &by.name, &l.at)
		l.change = coverage.Change{Before: shapesLogged(before), After: shapesLogged(after)}
		l.by, l.at = by.hand(), l.at.UTC()
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("commands of edition %d: %w", edition, err)
	}
	return commands, nil
}

// replay does the commands again. One that would change nothing is in force already.
func (r *rebase) replay(ctx context.Context, d *Drafts, tx pgx.Tx, by Actor) error {
	var late []LateCommand
	for _, l := range r.done {
		if slices.Contains(r.log.LeftOut, l.seq) {
			continue
		}
		change, err := d.repeat(ctx, tx, r.onto, l, by)
		switch {
		case changesNothing(err):
		case isTold(err):
			late = append(late, LateCommand{Seq: l.seq, Op: l.op, By: l.by, At: l.at, Reason: err, Shapes: r.shapes(l)})
		case err != nil:
			return err
		default:
			entry := logEntry{op: l.op, command: l.command, standing: "done"}
			if l.by != nil {
				entry.person = l.by.ID
			}
			r.onto.follow(change)
			r.step(entry, change)
		}
	}
	if len(late) > 0 {
		return &RebaseError{Onto: r.log.Onto, Late: late}
	}
	return nil
}

// repeat does a logged command again in a coverage that is not the one it was given for.
func (d *Drafts) repeat(ctx context.Context, tx pgx.Tx, o *opened, l loggedCommand, by Actor) (coverage.Change, error) {
	switch {
	case l.op == opRoad:
		asked, err := decoded[RoadAsked](l)
		if err != nil {
			return coverage.Change{}, err
		}
		return d.lay(ctx, tx, o, asked, by)
	case l.op == opMend:
		asked, err := decoded[mendsAsked](l)
		if err != nil {
			return coverage.Change{}, err
		}
		return mend(o.edition.Net, o.cover, asked, o.options(by))
	case l.command[0] == '[': // Several as one step.
		cmds, err := decoded[[]coverage.Command](l)
		if err != nil {
			return coverage.Change{}, err
		}
		return applyAll(o.cover, cmds, o.options(by))
	}
	cmd, err := decoded[coverage.Command](l)
	if err != nil {
		return coverage.Change{}, err
	}
	if err := refuseUsed(ctx, tx, o, cmd); err != nil {
		return coverage.Change{}, err
	}
	return o.cover.Apply(cmd, o.options(by))
}

func decoded[T any](l loggedCommand) (asked T, err error) {
	if err = json.Unmarshal(l.command, &asked); err != nil {
		err = fmt.Errorf("entry %d of the log, %s: %w", l.seq, l.op, err)
	}
	return asked, err
}

// shapes are the grids that a command changed, with what they would be now.
func (r *rebase) shapes(l loggedCommand) []Conflict {
	base, mine, theirs := byCode(l.change.Before), byCode(l.change.After), byCode(r.onto.cover.Grids())
	shapes := []Conflict{}
	for _, code := range codesOf(l.change) {
		shapes = append(shapes, Conflict{
			Code: code, Base: boundaryIn(base, code), Theirs: boundaryIn(theirs, code), Mine: boundaryIn(mine, code),
		})
	}
	return shapes
}

func (r *rebase) step(entry logEntry, change coverage.Change) {
	entry.change, entry.codes = &change, codesOf(change)
	r.steps = append(r.steps, entry)
}

// write makes what came of it the draft. Each step is one version; the ones before cannot be undone any more.
func (r *rebase) write(ctx context.Context, d *Drafts, tx pgx.Tx, by Actor) (Edition, error) {
	e := r.onto.edition
	change := changeBetween(r.before, r.onto.cover.Grids())
	if err := writeGrids(ctx, tx, e.ID, change, gridsOfShapes(change.After, e.Net, e.ID)); err != nil {
		return Edition{}, err
	}
	version := e.Version + int64(len(r.steps))
	if _, err := tx.Exec(ctx, `
		UPDATE editions SET version = $2, state = 'draft', base = $3, replaces = $3, changed = $4 WHERE id = $1`,
		e.ID, version, r.log.Onto, r.onto.changed()); err != nil {
		return Edition{}, err
	}
	if _, err := tx.Exec(ctx, `
		UPDATE edition_log SET standing = 'dropped' WHERE edition = $1 AND standing IN ('done', 'undone')`, e.ID); err != nil {
		return Edition{}, err
	}
	r.steps[0].person = by.ID
	for i, entry := range r.steps {
		entry.edition, entry.version = e.ID, e.Version+int64(i)+1
		if err := entry.write(ctx, tx); err != nil {
			return Edition{}, err
		}
	}
	edition, err := d.store.In(tx).Edition(ctx, e.ID)
	if err != nil {
		return Edition{}, err
	}
	return edition, d.record.Tell(ctx, tx, EditionNews{
		Edition: e.ID, Version: version, State: EditionDraft, Net: e.Net, Codes: codesOf(change),
		Bound: boundOfShapes(slices.Concat(change.Before, change.After)...),
	})
}

// changeBetween is what leads from some grids to others.
func changeBetween(before, after []coverage.Grid) coverage.Change {
	var change coverage.Change
	was, is := byCode(before), byCode(after)
	for _, g := range before {
		if now, still := is[g.Code]; !still || !now.Equal(g) {
			change.Before = append(change.Before, g)
		}
	}
	for _, g := range after {
		if then, already := was[g.Code]; !already || !then.Equal(g) {
			change.After = append(change.After, g)
		}
	}
	return change
}
