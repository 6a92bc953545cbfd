package geo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
)

// keptDrafts is how many drafts stay open in memory.
const keptDrafts = 8

// openDrafts are the drafts that were changed last, by their numbers. What is kept is only a shortcut: a draft whose
// version in the database is another is read again.
type openDrafts struct {
	mu    *sync.Mutex
	byID  map[int64]*heldDraft
	order []int64 // The longest unused first.
}

// heldDraft is one draft's place: whoever changes the draft holds its lock.
type heldDraft struct {
	sync.Mutex
	open *opened // Nil where nothing is kept.
}

func newOpenDrafts() openDrafts { return openDrafts{mu: &sync.Mutex{}, byID: map[int64]*heldDraft{}} }

// of returns the draft's place, and lets the longest unused one go.
func (o *openDrafts) of(id int64) *heldDraft {
	o.mu.Lock()
	defer o.mu.Unlock()
	held := o.byID[id]
	if held == nil {
		held = &heldDraft{}
		o.byID[id] = held
	}
	o.order = append(slices.DeleteFunc(o.order, func(other int64) bool { return other == id }), id)
	for len(o.order) > keptDrafts {
		delete(o.byID, o.order[0])
		o.order = o.order[1:]
	}
	return held
}

// opened is a draft in memory at one version.
type opened struct {
	edition  Edition
	cover    *coverage.Coverage
	replaced map[string]coverage.Grid // Of the edition that it follows.
	divided  *coverage.Communities    // That those divide.
	differ   map[string]bool          // Codes of grids that differ from those.
}

// openDraft reads a draft.
func openDraft(ctx context.Context, store *Store, id int64) (*opened, error) {
	edition, err := store.Edition(ctx, id)
	if err != nil {
		return nil, err
	}
	grids, err := store.gridsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	cover, err := coverage.New(shapesOf(grids))
	if err != nil {
		return nil, fmt.Errorf("edition %d: %w", id, err)
	}
	before, err := canonical(ctx, store, edition.Replaces)
	if err != nil {
		return nil, err
	}
	return openedAfter(edition, cover, before), nil
}

// openedAfter is a draft that follows an edition with the grids before.
func openedAfter(edition Edition, cover *coverage.Coverage, before []coverage.Grid) *opened {
	o := &opened{edition: edition, cover: cover, replaced: byCode(before), divided: coverage.Divided(before), differ: map[string]bool{}}
	for _, shape := range before {
		o.differ[shape.Code] = true
	}
	o.compare(cover.Grids())
	return o
}

// canonical reads an edition's grids in the form in which a coverage gives them, so that they can be compared.
func canonical(ctx context.Context, store *Store, edition int64) ([]coverage.Grid, error) {
	grids, err := store.gridsOf(ctx, edition)
	if err != nil {
		return nil, err
	}
	shapes := shapesOf(grids)
	if cover, err := coverage.New(shapes); err == nil { // Otherwise they differ from whatever can be drafted.
		return cover.Grids(), nil
	}
	return shapes, nil
}

// compare notes which of the shapes differ from those of the edition that the draft follows.
func (o *opened) compare(shapes []coverage.Grid) {
	for _, shape := range shapes {
		if before, known := o.replaced[shape.Code]; known && before.Equal(shape) {
			delete(o.differ, shape.Code)
		} else {
			o.differ[shape.Code] = true
		}
	}
}

// follow notes what a change of the coverage makes of the differences.
func (o *opened) follow(change coverage.Change) {
	for _, gone := range change.Before {
		if _, known := o.replaced[gone.Code]; known {
			o.differ[gone.Code] = true
		} else {
			delete(o.differ, gone.Code)
		}
	}
	o.compare(change.After)
}

func (o *opened) changed() []string { return append([]string{}, slices.Sorted(maps.Keys(o.differ))...) }

func (o *opened) writeChanged(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE editions SET changed = $2 WHERE id = $1`, o.edition.ID, o.changed())
	return err
}
