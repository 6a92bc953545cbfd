package geo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb"
)

// pastTolerance is how far a moment may lie back and still be now: clocks differ, and a request takes its time.
const pastTolerance = time.Minute

// Publish puts a reviewed edition into force from a moment, and ends the one before it there. The zero moment is when it
// was planned for, or now. An edition that begins now takes the open matters whose ground changes hands with it.
func (d *Drafts) Publish(ctx context.Context, id int64, from time.Time, by Actor) (Edition, error) {
	return d.inTurn(ctx, id, by, func(t *publishing, e Edition) (int64, error) {
		if e.State != EditionReviewed {
			return 0, stateError("the edition is %s: only a reviewed one can be published", e.State)
		}
		if from.IsZero() && e.Planned.After(t.now) {
			from = e.Planned
		}
		if !from.After(t.now) {
			if !from.IsZero() && from.Before(t.now.Add(-pastTolerance)) {
				return 0, Invalid("from", "lies in the past: what was in force then stays as it was")
			}
			from = t.now
		}
		if e.Newer != 0 { // It would be undone, and nobody would have said so.
			return 0, stateError("edition %d was published since this draft was begun: rebase the draft on it and look at what it changes", e.Newer)
		}
		grids, err := t.store.gridsOf(ctx, id)
		if err != nil {
			return 0, err
		}
		if err := judge(ctx, t.tx, e, grids); err != nil {
			return 0, err
		}
		if err := closeEdition(ctx, t.tx, e.Net, from); err != nil {
			return 0, err
		}
		if _, err := t.tx.Exec(ctx, `UPDATE editions SET state = 'published', from_at = $2 WHERE id = $1`, id, from); err != nil {
			return 0, err
		}
		return id, d.begins(ctx, t, id, "publish", grids)
	})
}

// Import publishes grids without a draft and a review, from a moment, as the program's owner may. Who answered for the old
// ones answers for those that take their ground, and everybody is told; open matters go over with the next Sweep.
func (d *Drafts) Import(ctx context.Context, net Net, title string, from time.Time, demo bool, grids []Grid) (Edition, error) {
	if err := validEdition(net, title, from, grids); err != nil {
		return Edition{}, err
	}
	var edition Edition
	err := pgx.BeginFunc(ctx, d.store.pool, func(tx pgx.Tx) error {
		if err := lockNet(ctx, tx, net); err != nil {
			return err
		}
		before, err := newestOf(ctx, tx, net)
		if err != nil {
			return err
		}
		made, err := importGrids(ctx, tx, net, title, from, demo, grids)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			UPDATE editions SET base = nullif($2, 0::bigint), replaces = nullif($3, 0::bigint), changed = (`+differing+`) WHERE id = $1`,
			made.ID, before, before)
		if err != nil {
			return fmt.Errorf("what edition %d changes: %w", made.ID, err)
		}
		store := d.store.In(tx)
		if edition, err = store.Edition(ctx, made.ID); err != nil {
			return err
		}
		heirs, err := store.Heirs(ctx, edition)
		if err != nil {
			return err
		}
		if err := d.record.Inherit(ctx, tx, net, heirs); err != nil {
			return err
		}
		entry := logEntry{edition: edition.ID, version: edition.Version, op: "import", codes: edition.Changed}
		if err := entry.write(ctx, tx); err != nil {
			return err
		}
		return d.tell(ctx, tx, edition)
	})
	if err != nil {
		return Edition{}, alreadyDated(err)
	}
	d.wake()
	return edition, nil
}

// judge looks at an edition's grids, whatever was said of them before: the engine at all of their borders, PostGIS at what
// changed; at everything where the engine finds that grids share ground.
func judge(ctx context.Context, tx pgx.Tx, e Edition, grids []Grid) error {
	if len(grids) == 0 {
		return Invalid("grids", "there is none")
	}
	apart, err := coverage.Disjoint(shapesOf(grids))
	if err != nil {
		return err
	}
	suspects := append([]string{}, e.Changed...)
	if !apart {
		suspects = nil
	}
	if err := refuseOverlap(ctx, tx, e.ID, suspects); err != nil {
		return err
	}
	if err := refuseOutside(ctx, tx, e.ID); err != nil {
		return err
	}
	codes := make([]string, len(grids))
	for i, g := range grids {
		codes[i] = g.Code
	}
	used, err := usedCodes(ctx, tx, e, codes)
	if err == nil && len(used) > 0 {
		err = Invalid("grid "+used[0]+": code", "another grid had this code: codes are never used twice")
	}
	return err
}

// begins writes what follows from the publication of an edition with these grids: who answers for new ones, the log, and its
// open matters where it begins now.
func (d *Drafts) begins(ctx context.Context, t *publishing, id int64, op string, grids []Grid) error {
	e, err := t.store.Edition(ctx, id)
	if err != nil {
		return err
	}
	heirs, err := t.store.Heirs(ctx, e)
	if err != nil {
		return err
	}
	if err := d.record.Inherit(ctx, t.tx, e.Net, heirs); err != nil {
		return err
	}
	begun := !e.From.After(t.now)
	if _, err := t.tx.Exec(ctx, `UPDATE editions SET begun = $2 WHERE id = $1`, id, begun); err != nil {
		return err
	}
	entry := logEntry{edition: id, version: e.Version, op: op, command: map[string]time.Time{"from": e.From}, codes: e.Changed, person: t.by.ID}
	if err := entry.write(ctx, t.tx); err != nil {
		return err
	}
	t.tell = append(t.tell, e)
	if !begun {
		return nil
	}
	index, err := NewIndex(grids)
	if err != nil {
		return err
	}
	t.indices[id] = index
	return d.record.Rehome(ctx, t.tx, e, index.Locate)
}

// toldCodes is how many codes an event names; of more, only where they lie.
const toldCodes = 500

// tell is the event of an edition with all that it changes.
func (d *Drafts) tell(ctx context.Context, tx pgx.Tx, e Edition) error {
	var around orb.Polygon
	err := tx.QueryRow(ctx, `
		SELECT ST_Envelope(ST_Buffer(ST_SetSRID(ST_Extent(geom)::geometry, 4326), 0.0000001)) FROM grids
		WHERE edition IN ($1, $2) AND code = ANY ($3)`,
		e.ID, e.Replaces, e.Changed).Scan(&around)
	if err != nil {
		return fmt.Errorf("what edition %d changes: %w", e.ID, err)
	}
	news := EditionNews{Edition: e.ID, Version: e.Version, State: e.State, Net: e.Net}
	if len(e.Changed) <= toldCodes {
		news.Codes = e.Changed
	}
	if len(around) > 0 {
		news.Bound = around.Bound()
	}
	return d.record.Tell(ctx, tx, news)
}

// publishing is one step that publishes, while nobody else publishes in its net.
type publishing struct {
	tx      pgx.Tx
	store   *Store
	now     time.Time
	by      Actor
	tell    []Edition        // Their events come last: whoever writes one keeps all others waiting until the commit.
	indices map[int64]*Index // By edition, of those that lookups will need.
}

// inTurn runs a step that publishes, and lets lookups see what it did. do returns the number of the edition to answer with.
func (d *Drafts) inTurn(ctx context.Context, id int64, by Actor, do func(t *publishing, e Edition) (int64, error)) (Edition, error) {
	var answer Edition
	indices := map[int64]*Index{}
	err := pgx.BeginFunc(ctx, d.store.pool, func(tx pgx.Tx) error {
		t := &publishing{tx: tx, store: d.store.In(tx), by: by, indices: indices}
		e, err := t.store.Edition(ctx, id)
		if err != nil {
			return err
		}
		if err := lockNet(ctx, tx, e.Net); err != nil {
			return err
		}
		if _, _, err := lockEdition(ctx, tx, id); err != nil {
			return err
		}
		if e, err = t.store.Edition(ctx, id); err != nil { // As it is now that nobody else changes it.
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&t.now); err != nil {
			return err
		}
		if id, err = do(t, e); err != nil {
			return err
		}
		for _, e := range t.tell {
			if err := d.tell(ctx, tx, e); err != nil {
				return err
			}
		}
		answer, err = t.store.Edition(ctx, id)
		return err
	})
	if err != nil {
		return Edition{}, editionError(id, alreadyDated(err))
	}
	if err := d.locator.load(ctx, indices); err != nil {
		return Edition{}, err
	}
	d.wake()
	return answer, nil
}

// alreadyDated turns the refusal of two editions at one time into what a person can understand.
func alreadyDated(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23P01" { // exclusion_violation
		return stateError("another edition is published for that time")
	}
	return err
}
