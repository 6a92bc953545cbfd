package geo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// Drafts is the life of editions: it begins drafts, applies commands to them, and brings them to their date. Everything
// is one transaction, and every step is in the log. It is safe for many goroutines, and many processes may have one.
type Drafts struct {
	store   *Store
	locator *Locator
	record  Record
	opened  openDrafts

	// Wake is called after every commit that wrote an event; nil is allowed.
	Wake func()
}

// Record is what an edition's life changes outside of this room, in the same transaction.
type Record interface {
	// Tell writes the event of a change. It is the last that a transaction does.
	Tell(ctx context.Context, tx pgx.Tx, news EditionNews) error
	// Inherit lets whoever answers for an old grid answer for those that were made of its ground: old codes by new ones.
	Inherit(ctx context.Context, tx pgx.Tx, net Net, heirs map[string]string) error
	// Rehome gives open matters to the grids that own their ground in an edition that is in force. Where they have them
	// already, nothing changes.
	Rehome(ctx context.Context, tx pgx.Tx, inForce Edition, owner func(orb.Point) (*Grid, bool)) error
}

// EditionNews is what everybody is told of an edition that changed.
type EditionNews struct {
	Edition int64
	Version int64
	State   EditionState
	Net     Net
	Codes   []string  // Of the grids that changed.
	Bound   orb.Bound // Around them, before and after; empty where none changed.
}

// NewDrafts returns the editions in pool's database. The locator is told when lookups change.
func NewDrafts(pool *pgxpool.Pool, locator *Locator, record Record) *Drafts {
	return &Drafts{store: NewStore(pool), locator: locator, record: record, opened: newOpenDrafts()}
}

// Actor is who does something to an edition.
type Actor struct {
	ID      int64 // 0 is the program's owner, at its command line.
	Outline bool  // May move the outer border of the net, and that of a community that is divided into grids.
}

// StateError says that an edition is not where a step could be taken from, or that somebody else was faster.
type StateError struct{ Text string }

func (e *StateError) Error() string { return e.Text }

func stateError(format string, args ...any) error { return &StateError{fmt.Sprintf(format, args...)} }

// ErrSameHand says that who made or submitted an edition cannot review it.
var ErrSameHand = errors.New("geo: another person has to review it")

// ErrOtherHand says that only who made or submitted an edition can pull it back.
var ErrOtherHand = errors.New("geo: another person made and submitted it")

// DraftStart says what a draft begins with.
type DraftStart struct {
	Net     Net
	Title   string    // Empty takes one that names the day.
	Base    int64     // The edition whose grids it begins with; 0 takes the newest published one, where there is one.
	Planned time.Time // When it shall begin; with no Base, the edition in force then is taken. Zero is not said yet.
	Grids   []Grid    // In place of those of the base, where not nil.
	Demo    bool      // With Grids: demonstration geometry.
}

// Begin makes a draft. Its coordinates are rounded to 1e-7 degrees, as every edition's that is edited.
func (d *Drafts) Begin(ctx context.Context, start DraftStart, by Actor) (Edition, error) {
	if err := start.Net.Validate(); err != nil {
		return Edition{}, err
	}
	if start.Title = strings.TrimSpace(start.Title); start.Title == "" {
		start.Title = "草稿 " + time.Now().Format(time.DateOnly)
	}
	if err := validText("title", start.Title); err != nil {
		return Edition{}, err
	}
	var id int64
	err := pgx.BeginFunc(ctx, d.store.pool, func(tx pgx.Tx) (err error) {
		id, err = d.begin(ctx, tx, start, by)
		return err
	})
	if err != nil {
		return Edition{}, err
	}
	d.wake()
	return d.Edition(ctx, id)
}

func (d *Drafts) begin(ctx context.Context, tx pgx.Tx, start DraftStart, by Actor) (int64, error) {
	store := d.store.In(tx)
	replaces, err := newestOf(ctx, tx, start.Net)
	if err != nil {
		return 0, err
	}
	base, err := d.baseOf(ctx, store, start, replaces)
	if err != nil {
		return 0, err
	}
	grids := start.Grids
	if grids == nil && base.ID != 0 {
		if grids, err = store.gridsOf(ctx, base.ID); err != nil {
			return 0, err
		}
	}
	demo := start.Demo
	if start.Grids == nil {
		demo = base.Demo
	}
	cover, err := coverage.New(shapesOf(grids))
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.QueryRow(ctx, `
		INSERT INTO editions (net, title, state, demo, base, replaces, planned_at, author)
		VALUES ($1, $2, 'draft', $3, nullif($4, 0::bigint), nullif($5, 0::bigint), $6, nullif($7, 0::bigint)) RETURNING id`,
		start.Net, start.Title, demo, base.ID, replaces, orNone(start.Planned), by.ID).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("draft %q: %w", start.Title, err)
	}
	if err := insertGrids(ctx, tx, id, gridsOfShapes(cover.Grids(), start.Net, id)); err != nil {
		return 0, err
	}
	o, err := openDraft(ctx, store, id)
	if err != nil {
		return 0, err
	}
	if err := o.writeChanged(ctx, tx); err != nil {
		return 0, err
	}
	entry := logEntry{edition: id, version: 1, op: "begin", person: by.ID, codes: o.changed()}
	if err := entry.write(ctx, tx); err != nil {
		return 0, err
	}
	return id, d.record.Tell(ctx, tx, EditionNews{Edition: id, Version: 1, State: EditionDraft, Net: start.Net})
}

// baseOf is the edition that a draft begins with; the zero edition where the net has none yet.
func (d *Drafts) baseOf(ctx context.Context, store *Store, start DraftStart, newest int64) (Edition, error) {
	id := start.Base
	if id == 0 && !start.Planned.IsZero() {
		_, inForce, err := store.Grids(ctx, start.Net, start.Planned)
		if err == nil || !errors.Is(err, ErrNotFound) {
			return inForce, err
		}
	}
	if id == 0 {
		id = newest
	}
	if id == 0 {
		return Edition{}, nil
	}
	base, err := store.Edition(ctx, id)
	if err == nil && base.Net != start.Net {
		return Edition{}, Invalid("from", "edition %d is of the %s net", id, base.Net)
	}
	return base, err
}

// newestOf is the published edition of a net that no other follows yet; 0 where there is none.
func newestOf(ctx context.Context, tx pgx.Tx, net Net) (int64, error) {
	rows, _ := tx.Query(ctx, `SELECT id FROM editions WHERE net = $1 AND state = 'published' AND until_at IS NULL`, net)
	id, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// Edition returns one edition of any state; Editions returns them all; Grids those of one.
func (d *Drafts) Edition(ctx context.Context, id int64) (Edition, error) {
	return d.store.Edition(ctx, id)
}

// Editions returns the editions of every state.
func (d *Drafts) Editions(ctx context.Context) ([]Edition, error) { return d.store.AllEditions(ctx) }

// Grids returns the grids of an edition of any state.
func (d *Drafts) Grids(ctx context.Context, id int64) ([]Grid, Edition, error) {
	return d.store.GridsOf(ctx, id)
}

func (d *Drafts) wake() {
	if d.Wake != nil {
		d.Wake()
	}
}

// orNone is the parameter of a column in which the zero time is NULL.
func orNone(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
