package geo

import (
	"context"
	"errors"
	"fmt"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// Problem is what is wrong with a draft.
type Problem struct {
	Rule    string
	Text    string
	At      *orb.Point // Where to look; nil where it is nowhere.
	Codes   []string
	Warning bool // It may be published all the same.
}

// OutsideDistrict is the rule by which a grid that leaves its district is told.
const OutsideDistrict = "outside_district"

// Check looks at the whole of a draft. One without problems but warnings is checked; a change makes it a draft again.
func (d *Drafts) Check(ctx context.Context, id int64, by Actor) (Edition, []Problem, error) {
	held := d.opened.of(id)
	held.Lock()
	defer held.Unlock()
	var problems []Problem
	edition, err := d.advance(ctx, id, by, "check", func(tx pgx.Tx, state EditionState) (EditionState, error) {
		if err := d.hold(ctx, tx, id, held); err != nil {
			return "", err
		}
		var err error
		if problems, err = d.problems(ctx, tx, held.open); err != nil {
			return "", err
		}
		for _, p := range problems {
			if !p.Warning {
				return EditionDraft, nil
			}
		}
		return EditionChecked, nil
	})
	return edition, problems, err
}

func (d *Drafts) problems(ctx context.Context, tx pgx.Tx, o *opened) ([]Problem, error) {
	problems := []Problem{}
	if len(o.cover.Grids()) == 0 {
		problems = append(problems, Problem{Rule: coverage.NotFound, Text: "the edition has no grids", Codes: []string{}})
	}
	for _, p := range o.cover.Problems(o.options(Actor{})) {
		at := p.At.Orb()
		problems = append(problems, Problem{Rule: p.Rule, Text: p.Text, At: &at, Codes: p.Codes, Warning: p.Warning})
	}
	codes := []string{}
	for _, shape := range o.cover.Grids() {
		codes = append(codes, shape.Code)
	}
	used, err := usedCodes(ctx, tx, o.edition, codes)
	if err != nil {
		return nil, err
	}
	for _, code := range used {
		shape, _ := o.cover.Grid(code)
		at := shape.Boundary[0][0][0].Orb()
		problems = append(problems, Problem{Rule: CodeUsed, Text: "another grid had the code " + code + ": codes are never used twice",
			At: &at, Codes: []string{code}})
	}
	outside, err := outsideOf(ctx, tx, o.edition.ID)
	if err != nil {
		return nil, err
	}
	for _, out := range outside {
		problems = append(problems, Problem{Rule: OutsideDistrict, Text: fmt.Sprintf("%.0f m² lie outside %s", out.areaM2, out.district),
			At: &out.at, Codes: []string{out.grid.Code}})
	}
	return problems, nil
}

// Submit asks somebody else to review a checked draft. Its grids stand still from then on.
func (d *Drafts) Submit(ctx context.Context, id int64, by Actor) (Edition, error) {
	return d.advance(ctx, id, by, "submit", func(tx pgx.Tx, state EditionState) (EditionState, error) {
		if state != EditionChecked {
			return "", stateError("the edition is %s: only a checked one can be submitted", state)
		}
		_, err := tx.Exec(ctx, `UPDATE editions SET submitter = $2, reviewer = NULL, review_note = '' WHERE id = $1`, id, by.ID)
		return EditionSubmitted, err
	})
}

// PullBack makes a submitted or reviewed edition a draft again, for who made or submitted it.
func (d *Drafts) PullBack(ctx context.Context, id int64, by Actor) (Edition, error) {
	return d.advance(ctx, id, by, "pull_back", func(tx pgx.Tx, state EditionState) (EditionState, error) {
		if state != EditionSubmitted && state != EditionReviewed {
			return "", stateError("the edition is %s: only a submitted or reviewed one can be pulled back", state)
		}
		var own bool
		if err := tx.QueryRow(ctx, `SELECT $2 IN (author, submitter) FROM editions WHERE id = $1`, id, by.ID).Scan(&own); err != nil {
			return "", err
		}
		if !own {
			return "", ErrOtherHand
		}
		_, err := tx.Exec(ctx, `UPDATE editions SET submitter = NULL, reviewer = NULL, review_note = '' WHERE id = $1`, id)
		return EditionDraft, err
	})
}

// Review accepts a submitted draft, or gives it back with a note. Nobody reviews what they made, changed or submitted.
func (d *Drafts) Review(ctx context.Context, id int64, accept bool, note string, by Actor) (Edition, error) {
	if err := validText("note", note); err != nil {
		return Edition{}, err
	}
	op, next := "accept", EditionReviewed
	if !accept {
		op, next = "return", EditionDraft
	}
	return d.advance(ctx, id, by, op, func(tx pgx.Tx, state EditionState) (EditionState, error) {
		if state != EditionSubmitted {
			return "", stateError("the edition is %s: only a submitted one can be reviewed", state)
		}
		var own bool
		err := tx.QueryRow(ctx, `
			SELECT $2 IN (author, submitter) OR EXISTS (SELECT FROM edition_log WHERE edition = id AND person = $2 AND before IS NOT NULL)
			FROM editions WHERE id = $1`, id, by.ID).Scan(&own)
		if err != nil {
			return "", err
		}
		if own {
			return "", ErrSameHand
		}
		_, err = tx.Exec(ctx, `UPDATE editions SET reviewer = $2, review_note = $3 WHERE id = $1`, id, by.ID, note)
		return next, err
	})
}

// Discard gives a draft up. It and its log can still be looked at.
func (d *Drafts) Discard(ctx context.Context, id int64, by Actor) (Edition, error) {
	return d.advance(ctx, id, by, "discard", func(_ pgx.Tx, state EditionState) (EditionState, error) {
		if !state.Open() {
			return "", stateError("the edition is %s: it cannot be discarded", state)
		}
		return EditionDiscarded, nil
	})
}

// advance takes an edition from one state to the next, which decide names.
func (d *Drafts) advance(ctx context.Context, id int64, by Actor, op string,
	decide func(tx pgx.Tx, state EditionState) (EditionState, error)) (Edition, error) {
	var edition Edition
	err := pgx.BeginFunc(ctx, d.store.pool, func(tx pgx.Tx) error {
		state, version, err := lockEdition(ctx, tx, id)
		if err != nil {
			return err
		}
		next, err := decide(tx, state)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE editions SET state = $2 WHERE id = $1`, id, next); err != nil {
			return err
		}
		if err := (logEntry{edition: id, version: version, op: op, person: by.ID}).write(ctx, tx); err != nil {
			return err
		}
		if edition, err = d.store.In(tx).Edition(ctx, id); err != nil {
			return err
		}
		return d.record.Tell(ctx, tx, EditionNews{Edition: id, Version: version, State: next, Net: edition.Net})
	})
	if err != nil {
		return Edition{}, editionError(id, err)
	}
	d.wake()
	return edition, nil
}

// editionError names the edition that a fault is of; what a person is told stays as it is.
func editionError(id int64, err error) error {
	if isTold(err) || errors.Is(err, ErrSameHand) || errors.Is(err, ErrOtherHand) {
		return err
	}
	return fmt.Errorf("edition %d: %w", id, err)
}
