package alerts

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/geo/coverage"

	"github.com/paulmach/orb"
)

const (
	splitWest = `"op":"split","code":"370305001001001","line":[[118.305,36.82],[118.305,36.83]],"new":{}`
	nameEast  = `"op":"describe","code":"370305001002001","name":"东方社区"`
)

// ops is what a draft's log says, with who did it.
func (d *drafting) ops(t *testing.T, id int64) (ops []string) {
	t.Helper()
	entries, err := d.drafts.Log(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		ops = append(ops, fmt.Sprintf("v%d %s %d", e.Version, e.Op, e.By.ID))
	}
	return ops
}

func TestRebase_DoesTheDraftsCommandsAgainOnWhatWasPublishedSince(t *testing.T) {
	d := newDrafting(t)
	ctx := t.Context()
	id := d.begin(t)
	d.do(t, id, 1, nameEast)
	if _, err := d.try(t, id, 2, d.other, splitWest); err != nil {
		t.Fatal(err)
	}
	_, err := d.drafts.Rebase(ctx, id, nil, d.planner)
	wantState(t, err, "rebase what nobody overtook")
	newer := d.begin(t)
	d.do(t, newer, 1, eastward)
	d.publish(t, newer, time.Time{})
	if e, err := d.drafts.Edition(ctx, id); err != nil || e.Newer != newer {
		t.Fatalf("overtaken by %d, %v", e.Newer, err)
	}

	e, err := d.drafts.Rebase(ctx, id, nil, d.planner)
	if err != nil || e.Newer != 0 || e.Replaces != newer || e.State != geo.EditionDraft || e.Version != 6 || len(e.Changed) != 3 || !e.CanUndo {
		t.Fatalf("%+v, %v", e, err)
	}
	grids := boundaries(d.grids(t, id))
	for code, want := range map[string]orb.Polygon{
		"370305001001001": box(118.305, 36.82, 118.311, 36.83), "370305001001002": box(118.30, 36.82, 118.305, 36.83),
		"370305001002001": box(118.311, 36.82, 118.32, 36.83),
	} {
		if !sameArea(grids[code], want) {
			t.Errorf("%s is %v", code, grids[code])
		}
	}
	p, o := d.planner.ID, d.other.ID
	want := []string{fmt.Sprint("v1 begin ", p), fmt.Sprint("v2 describe ", p), fmt.Sprint("v3 split ", o),
		fmt.Sprint("v4 rebase ", p), fmt.Sprint("v5 describe ", p), fmt.Sprint("v6 split ", o)}
	if got := d.ops(t, id); !slices.Equal(got, want) {
		t.Errorf("log %q", got)
	}
	d.restart()
	for range 2 {
		if _, err := d.drafts.Undo(ctx, id, 0, d.planner); err != nil {
			t.Fatal(err)
		}
	}
	if !equalBoundaries(d.grids(t, id), d.grids(t, newer)) {
		t.Error("all undone is not the edition in force")
	}
	_, err = d.drafts.Undo(ctx, id, 0, d.planner)
	wantState(t, err, "undo the rebase")
	for range 2 {
		if _, err := d.drafts.Redo(ctx, id, 0, d.planner); err != nil {
			t.Fatal(err)
		}
	}
	third := geo.Actor{ID: d.person(t, "planner3", Planner).ID}
	if _, _, err := d.drafts.Check(ctx, id, d.planner); err != nil {
		t.Fatal(err)
	}
	if _, err := d.drafts.Submit(ctx, id, d.planner); err != nil {
		t.Fatal(err)
	}
	if _, err := d.drafts.Review(ctx, id, true, "", d.other); !errors.Is(err, geo.ErrSameHand) {
		t.Errorf("who split it reviews it: %v", err)
	}
	if _, err := d.drafts.Review(ctx, id, true, "", third); err != nil {
		t.Fatal(err)
	}
	if _, err := d.drafts.Publish(ctx, id, time.Time{}, d.planner); err != nil {
		t.Error(err)
	}
}

// sameArea holds a grid against a drawing, whatever corners lie on its sides.
func sameArea(grid orb.MultiPolygon, drawn orb.Polygon) bool {
	return len(grid) == 1 && grid.Bound() == drawn.Bound()
}

func TestRebase_WhatDoesNotApplyIsListedAndLeftOutOnlyByAPerson(t *testing.T) {
	d := newDrafting(t)
	ctx := t.Context()
	id := d.begin(t)
	d.do(t, id, 1, nameEast)
	d.do(t, id, 2, `"op":"move_vertex","from":[118.31,36.83],"to":[118.3095,36.83]`)
	newer := d.begin(t)
	d.do(t, newer, 1, eastward)
	d.publish(t, newer, time.Time{})
	before, log := d.grids(t, id), d.ops(t, id)

	_, err := d.drafts.Rebase(ctx, id, nil, d.planner)
	var late *geo.RebaseError
	if !errors.As(err, &late) || late.Onto != newer || len(late.Late) != 1 {
		t.Fatalf("%v", err)
	}
	move := late.Late[0]
	var refusal *coverage.Refusal
	if move.Seq != 3 || move.Op != "move_vertex" || move.By.ID != d.planner.ID || !errors.As(move.Reason, &refusal) ||
		refusal.Rule != coverage.NoSuchVertex || refusal.At.Orb() != (orb.Point{118.31, 36.83}) {
		t.Errorf("%+v, %v", move, move.Reason)
	}
	mine := box(118.30, 36.82, 118.31, 36.83)
	mine[0][2][0] = 118.3095
	if len(move.Shapes) != 2 || !orb.Equal(move.Shapes[0].Base, orb.MultiPolygon{box(118.30, 36.82, 118.31, 36.83)}) ||
		!orb.Equal(move.Shapes[0].Theirs, orb.MultiPolygon{box(118.30, 36.82, 118.311, 36.83)}) || !orb.Equal(move.Shapes[0].Mine, orb.MultiPolygon{mine}) {
		t.Errorf("shapes %+v", move.Shapes)
	}
	if e, err := d.drafts.Edition(ctx, id); err != nil || e.Version != 3 || e.Newer != newer || !equalBoundaries(d.grids(t, id), before) || !slices.Equal(d.ops(t, id), log) {
		t.Errorf("what was refused changed the draft: %+v, %v", e, err)
	}
	var invalid *geo.InvalidError
	if _, err := d.drafts.Rebase(ctx, id, []int64{99}, d.planner); !errors.As(err, &invalid) || invalid.Field != "leave_out" {
		t.Errorf("leave out what is not there: %v", err)
	}

	e, err := d.drafts.Rebase(ctx, id, []int64{move.Seq}, d.planner)
	if err != nil || e.Replaces != newer || !slices.Equal(e.Changed, []string{eastKey.Code}) {
		t.Fatalf("%+v, %v", e, err)
	}
	if !equalBoundaries(d.grids(t, id), d.grids(t, newer)) || d.grids(t, id)[1].Name != "东方社区" {
		t.Errorf("%+v", d.grids(t, id))
	}
	entries, err := d.drafts.Log(ctx, id)
	if err != nil || entries[2].Op != "move_vertex" || len(entries[2].Command) < 10 {
		t.Errorf("the command that was left out is not kept: %+v, %v", entries, err)
	}
	// Somebody who saw the draft before is shown what the rebase did.
	_, err = d.try(t, id, 3, d.other, `"op":"move_vertex","from":[118.3095,36.83],"to":[118.3094,36.83]`)
	var conflict *geo.ConflictError
	if !errors.As(err, &conflict) || len(conflict.Conflicts) != 2 || !orb.Equal(conflict.Conflicts[0].Base, orb.MultiPolygon{mine}) {
		t.Errorf("%v", err)
	}
}

func TestRebase_RefusesADraftThatReplacesEverything(t *testing.T) {
	d := newDrafting(t)
	grids := d.grids(t, d.begin(t))
	grids[0].Name = "西社区二"
	file, err := d.drafts.Begin(t.Context(), geo.DraftStart{Net: geo.Community, Grids: grids}, d.planner)
	if err != nil {
		t.Fatal(err)
	}
	newer := d.begin(t)
	d.do(t, newer, 1, eastward)
	d.publish(t, newer, time.Time{})
	_, err = d.drafts.Rebase(t.Context(), file.ID, nil, d.planner)
	wantState(t, err, "a draft of a file")
}

func TestPullBack_IsForWhoMadeOrSubmittedIt(t *testing.T) {
	d := newDrafting(t)
	ctx := t.Context()
	id := d.begin(t)
	d.do(t, id, 1, eastward)
	_, err := d.drafts.PullBack(ctx, id, d.planner)
	wantState(t, err, "pull back what was not submitted")
	for _, reviewed := range []bool{false, true} {
		if _, _, err := d.drafts.Check(ctx, id, d.planner); err != nil {
			t.Fatal(err)
		}
		if _, err := d.drafts.Submit(ctx, id, d.planner); err != nil {
			t.Fatal(err)
		}
		if reviewed {
			if _, err := d.drafts.Review(ctx, id, true, "同意", d.other); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.drafts.PullBack(ctx, id, d.other); !errors.Is(err, geo.ErrOtherHand) {
			t.Errorf("pulled back by another: %v", err)
		}
		e, err := d.drafts.PullBack(ctx, id, d.planner)
		if err != nil || e.State != geo.EditionDraft || e.Submitter != nil || e.Reviewer != nil || !e.CanUndo {
			t.Fatalf("%+v, %v", e, err)
		}
	}
	if ops := d.ops(t, id); ops[len(ops)-1] != fmt.Sprint("v2 pull_back ", d.planner.ID) {
		t.Errorf("log %q", ops)
	}
	d.do(t, id, 2, nameEast)
}
