package geo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// leastAreaM2 is the smallest grid that a command may leave.
const leastAreaM2 = 100

// Edited is what a command, an undo or a redo made of a draft.
type Edited struct {
	Edition Edition
	Changed []Grid   // New ones and changed ones, as they are now.
	Removed []string // Codes of those that are gone.
}

// ConflictError says that a draft was changed since the version that somebody saw, and how.
type ConflictError struct {
	Version   int64 // The draft's now.
	Conflicts []Conflict
}

// Conflict is one grid that changed since: as it was then, as it is now, and as the refused command would have made it of
// what it was. An empty boundary is no grid.
type Conflict struct {
	Code               string
	Base, Theirs, Mine orb.MultiPolygon
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("the draft was changed since: it is at version %d", e.Version)
}

// Command applies what somebody asks for to a draft that is at the version that they saw.
func (d *Drafts) Command(ctx context.Context, id int64, asked Asked, by Actor) (Edited, error) {
	return d.change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, o *opened) (step, error) {
		cmd, err := d.complete(ctx, tx, o, asked)
		if err != nil {
			return step{}, err
		}
		if asked.Base != o.edition.Version {
			return step{}, d.conflict(ctx, tx, o, asked.Base, cmd, by)
		}
		change, err := o.cover.Apply(cmd, o.options(by))
		return step{op: string(cmd.Op), command: cmd, change: change, standing: "done"}, err
	})
}

// Edit makes any change of a draft that is at version base, as one step that can be undone; op and command are for its log.
// apply changes the coverage and says how, or refuses and leaves it as it was.
func (d *Drafts) Edit(ctx context.Context, id, base int64, op string, command any, by Actor,
	apply func(*coverage.Coverage, coverage.Options) (coverage.Change, error)) (Edited, error) {
	return d.change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, o *opened) (step, error) {
		if base != o.edition.Version {
			return step{}, &ConflictError{Version: o.edition.Version}
		}
		change, err := apply(o.cover, o.options(by))
		return step{op: op, command: command, change: change, standing: "done"}, err
	})
}

// Undo takes back the last change that stands; base 0 is whatever version the draft is at.
func (d *Drafts) Undo(ctx context.Context, id, base int64, by Actor) (Edited, error) {
	return d.change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, o *opened) (step, error) {
		if base != 0 && base != o.edition.Version {
			return step{}, &ConflictError{Version: o.edition.Version}
		}
		last, err := toUndo(ctx, tx, id)
		if err != nil {
			return step{}, errNothing(err, "undo")
		}
		if err := o.cover.Revert(last.change); err != nil {
			return step{}, err
		}
		change := coverage.Change{Before: last.change.After, After: last.change.Before}
		return step{op: "undo", command: steppedBack{last.op, last.seq}, change: change}, setStanding(ctx, tx, id, last.seq, "undone")
	})
}

// Redo does again what was undone last; base 0 is whatever version the draft is at.
func (d *Drafts) Redo(ctx context.Context, id, base int64, by Actor) (Edited, error) {
	return d.change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, o *opened) (step, error) {
		if base != 0 && base != o.edition.Version {
			return step{}, &ConflictError{Version: o.edition.Version}
		}
		next, err := toRedo(ctx, tx, id)
		if err != nil {
			return step{}, errNothing(err, "redo")
		}
		if err := o.cover.Replay(next.change); err != nil {
			return step{}, err
		}
		return step{op: "redo", command: steppedBack{next.op, next.seq}, change: next.change}, setStanding(ctx, tx, id, next.seq, "done")
	})
}

// steppedBack is what an undo or a redo went over.
type steppedBack struct {
	Op  string `json:"of"`
	Seq int64  `json:"seq"`
}

// step is one change on its way into the record.
type step struct {
	op       string
	command  any
	change   coverage.Change
	standing string
}

// change makes one step of a draft, whole or not at all.
func (d *Drafts) change(ctx context.Context, id int64, by Actor,
	do func(context.Context, pgx.Tx, *opened) (step, error)) (Edited, error) {
	held := d.opened.of(id)
	held.Lock()
	defer held.Unlock()
	var edited Edited
	var told error // Why the step was not taken; nothing in memory was changed then.
	err := pgx.BeginFunc(ctx, d.store.pool, func(tx pgx.Tx) error {
		if err := d.hold(ctx, tx, id, held); err != nil {
			return err
		}
		o := held.open
		done, err := do(ctx, tx, o)
		if isTold(err) {
			told = err
		}
		if err != nil {
			return err
		}
		edited, err = d.write(ctx, tx, o, done, by)
		return err
	})
	if err != nil {
		if told == nil {
			held.open = nil // It may be ahead of the database.
		}
		return Edited{}, err
	}
	held.open.edition = edited.Edition
	d.wake()
	return edited, nil
}

// isTold reports whether err is an answer to whoever asked, and no fault on the way.
func isTold(err error) bool {
	var refusal *coverage.Refusal
	var conflict *ConflictError
	var state *StateError
	var invalid *InvalidError
	return errors.As(err, &refusal) || errors.As(err, &conflict) || errors.As(err, &state) || errors.As(err, &invalid)
}

// hold keeps others from changing the draft until the transaction ends, and reads it where what is kept is not as it is.
func (d *Drafts) hold(ctx context.Context, tx pgx.Tx, id int64, held *heldDraft) error {
	state, version, err := lockEdition(ctx, tx, id)
	if err != nil {
		return err
	}
	if !state.Editable() {
		return stateError("the edition is %s: its grids cannot be changed", state)
	}
	if held.open == nil || held.open.edition.Version != version {
		if held.open, err = openDraft(ctx, d.store.In(tx), id); err != nil {
			return err
		}
	}
	held.open.edition.State = state
	return nil
}

// lockEdition keeps others from changing the edition until the transaction ends.
func lockEdition(ctx context.Context, tx pgx.Tx, id int64) (state EditionState, version int64, err error) {
	err = tx.QueryRow(ctx, `SELECT state, version FROM editions WHERE id = $1 FOR UPDATE`, id).Scan(&state, &version)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return "", 0, fmt.Errorf("edition %d: %w", id, err)
	}
	return state, version, nil
}

// write records a step that the coverage made. After an error the coverage in memory is ahead of the database.
func (d *Drafts) write(ctx context.Context, tx pgx.Tx, o *opened, done step, by Actor) (Edited, error) {
	e := o.edition
	after := gridsOfShapes(done.change.After, e.Net, e.ID)
	edited := Edited{Changed: after, Removed: []string{}}
	for _, g := range after {
		if err := g.Validate(); err != nil {
			return Edited{}, under(g.label(), err)
		}
	}
	if err := writeGrids(ctx, tx, e.ID, done.change, after); err != nil {
		return Edited{}, err
	}
	for _, gone := range done.change.Before {
		if !slices.ContainsFunc(after, func(g Grid) bool { return g.Code == gone.Code }) {
			edited.Removed = append(edited.Removed, gone.Code)
		}
	}
	if done.standing != "" {
		if err := dropUndone(ctx, tx, e.ID); err != nil {
			return Edited{}, err
		}
	}
	o.follow(done.change)
	codes := codesOf(done.change)
	if _, err := tx.Exec(ctx, `
		UPDATE editions SET version = version + 1, state = 'draft', changed = $2 WHERE id = $1`, e.ID, o.changed()); err != nil {
		return Edited{}, err
	}
	entry := logEntry{edition: e.ID, version: e.Version + 1, op: done.op, command: done.command, codes: codes,
		change: &done.change, standing: done.standing, person: by.ID}
	if err := entry.write(ctx, tx); err != nil {
		return Edited{}, err
	}
	var err error
	if edited.Edition, err = d.store.In(tx).Edition(ctx, e.ID); err != nil {
		return Edited{}, err
	}
	return edited, d.record.Tell(ctx, tx, EditionNews{
		Edition: e.ID, Version: e.Version + 1, State: EditionDraft, Net: e.Net, Codes: codes,
		Bound: boundOfShapes(slices.Concat(done.change.Before, done.change.After)...),
	})
}

// writeGrids puts the grids of a change in place of those before it.
func writeGrids(ctx context.Context, tx pgx.Tx, edition int64, change coverage.Change, after []Grid) error {
	gone := make([]string, len(change.Before))
	for i, shape := range change.Before {
		gone[i] = shape.Code
	}
	if _, err := tx.Exec(ctx, `DELETE FROM grids WHERE edition = $1 AND code = ANY ($2)`, edition, gone); err != nil {
		return fmt.Errorf("grids of edition %d: %w", edition, err)
	}
	return insertGrids(ctx, tx, edition, after)
}

// options are what the engine holds a command of this person to. The corridors of a road net have no common outline, and a
// net that nothing was published of has none yet.
func (o *opened) options(by Actor) coverage.Options {
	free := o.edition.Net == Road || o.edition.Replaces == 0
	return coverage.Options{MinAreaM2: leastAreaM2, Outline: by.Outline || free, Divided: o.divided}
}
