package alerts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/geo/coverage"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// drafting is the test city with two planners, whose border between west and east they move.
type drafting struct {
	*testCity
	drafts         *geo.Drafts
	planner, other geo.Actor
}

func newDrafting(t *testing.T) *drafting {
	t.Helper()
	d := &drafting{testCity: newCity(t)}
	d.planner = geo.Actor{ID: d.person(t, "planner", Planner).ID}
	d.other = geo.Actor{ID: d.person(t, "planner2", Planner).ID}
	d.restart()
	return d
}

// restart is another process: nothing of the one before is in memory.
func (d *drafting) restart() {
	d.drafts = geo.NewDrafts(d.pool, d.locator, NewEditionRecord(d.dispatch))
	d.drafts.Wake = d.store.Wake
}

// onMoved lies on the ground that eastward moves from east to west.
var onMoved = orb.Point{118.3105, 36.825}

// eastward moves the border 0.001 degrees to the east.
const eastward = `"op":"move_edge","edge":[[118.31,36.82],[118.31,36.83]],"by":[0.001,0]`

func (d *drafting) begin(t *testing.T) int64 {
	t.Helper()
	e, err := d.drafts.Begin(t.Context(), geo.DraftStart{Net: geo.Community}, d.planner)
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

func (d *drafting) try(t *testing.T, id, base int64, by geo.Actor, command string) (geo.Edited, error) {
	t.Helper()
	asked, err := geo.ReadAsked(fmt.Appendf(nil, `{"base_version":%d,%s}`, base, command))
	if err != nil {
		t.Fatal(err)
	}
	return d.drafts.Command(t.Context(), id, asked, by)
}

func (d *drafting) do(t *testing.T, id, base int64, command string) geo.Edited {
	t.Helper()
	edited, err := d.try(t, id, base, d.planner, command)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return edited
}

// review brings a draft to where it can be published.
func (d *drafting) review(t *testing.T, id int64) {
	t.Helper()
	if e, problems, err := d.drafts.Check(t.Context(), id, d.planner); err != nil || e.State != geo.EditionChecked {
		t.Fatalf("checked: %s, %+v, %v", e.State, problems, err)
	}
	if _, err := d.drafts.Submit(t.Context(), id, d.planner); err != nil {
		t.Fatal(err)
	}
	if _, err := d.drafts.Review(t.Context(), id, true, "", d.other); err != nil {
		t.Fatal(err)
	}
}

func (d *drafting) publish(t *testing.T, id int64, from time.Time) geo.Edition {
	t.Helper()
	d.review(t, id)
	e, err := d.drafts.Publish(t.Context(), id, from, d.planner)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (d *drafting) grids(t *testing.T, id int64) []geo.Grid {
	t.Helper()
	grids, _, err := d.drafts.Grids(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return grids
}

func (d *drafting) state(t *testing.T, id int64) geo.EditionState {
	t.Helper()
	e, err := d.drafts.Edition(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e.State
}

// owner is the code of the community grid that owns a point at a moment.
func (d *drafting) owner(at orb.Point, when time.Time) string {
	grid, _, _ := d.locator.Locate(geo.Community, at, when)
	return grid.Code
}

// boundaries are the grids by code, without the edition.
func boundaries(grids []geo.Grid) map[string]orb.MultiPolygon {
	byCode := map[string]orb.MultiPolygon{}
	for _, g := range grids {
		byCode[g.Code] = g.Boundary
	}
	return byCode
}

func equalBoundaries(a, b []geo.Grid) bool {
	one, other := boundaries(a), boundaries(b)
	for code, boundary := range one {
		if !orb.Equal(boundary, other[code]) {
			return false
		}
	}
	return len(one) == len(other)
}

func wantState(t *testing.T, err error, what string) {
	t.Helper()
	var state *geo.StateError
	if !errors.As(err, &state) {
		t.Errorf("%s: %v; want a *StateError", what, err)
	}
}

func TestDrafts_ALateCommandIsShownWhatOthersDid(t *testing.T) {
	d := newDrafting(t)
	id := d.begin(t)
	d.do(t, id, 1, eastward)
	_, err := d.try(t, id, 1, d.other, `"op":"move_vertex","from":[118.31,36.83],"to":[118.3095,36.83]`)
	var late *geo.ConflictError
	if !errors.As(err, &late) || late.Version != 2 || len(late.Conflicts) != 2 {
		t.Fatalf("%v", err)
	}
	west := late.Conflicts[0]
	mine := box(118.30, 36.82, 118.31, 36.83)
	mine[0][2][0] = 118.3095
	if west.Code != westKey.Code || !orb.Equal(west.Base, orb.MultiPolygon{box(118.30, 36.82, 118.31, 36.83)}) ||
		!orb.Equal(west.Theirs, orb.MultiPolygon{box(118.30, 36.82, 118.311, 36.83)}) || !orb.Equal(west.Mine, orb.MultiPolygon{mine}) {
		t.Errorf("west: %+v", west)
	}
	if late.Conflicts[1].Code != eastKey.Code {
		t.Errorf("east: %+v", late.Conflicts[1])
	}
	if _, err := d.try(t, id, 3, d.other, eastward); errors.As(err, &late) || err == nil {
		t.Errorf("a version that is not there yet: %v", err)
	}
	if got := d.grids(t, id); !orb.Equal(got[0].Boundary, west.Theirs) {
		t.Errorf("what was refused changed the draft to %v", got[0].Boundary)
	}
	d.do(t, id, 2, `"op":"move_vertex","from":[118.311,36.83],"to":[118.3095,36.83]`)
}

func TestDrafts_UndoAndRedoOverRestarts(t *testing.T) {
	d := newDrafting(t)
	ctx := t.Context()
	id := d.begin(t)
	states := [][]geo.Grid{d.grids(t, id)}
	d.do(t, id, 1, eastward)
	states = append(states, d.grids(t, id))
	d.do(t, id, 2, `"op":"split","code":"370305001001001","line":[[118.305,36.82],[118.305,36.83]],"new":{}`)
	states = append(states, d.grids(t, id))
	d.do(t, id, 3, `"op":"describe","code":"370305001002001","name":"东方社区"`)
	is := func(step string, want int, version int64, changed int, edited geo.Edited, err error) {
		t.Helper()
		e := edited.Edition
		if err != nil || e.Version != version || len(e.Changed) != changed || !equalBoundaries(d.grids(t, id), states[want]) {
			t.Fatalf("%s: version %d, changed %q, %v", step, e.Version, e.Changed, err)
		}
		d.restart()
	}
	edited, err := d.drafts.Undo(ctx, id, 4, d.planner)
	is("undo the name", 2, 5, 3, edited, err)
	edited, err = d.drafts.Undo(ctx, id, 0, d.other)
	is("undo the split", 1, 6, 2, edited, err)
	if len(edited.Removed) != 1 || edited.Removed[0] != "370305001001002" {
		t.Errorf("removed %q", edited.Removed)
	}
	edited, err = d.drafts.Undo(ctx, id, 0, d.planner)
	is("undo the move", 0, 7, 0, edited, err)
	_, err = d.drafts.Undo(ctx, id, 0, d.planner)
	wantState(t, err, "undo before the beginning")
	for i, want := range []int{1, 2} {
		edited, err = d.drafts.Redo(ctx, id, 0, d.planner)
		is("redo", want, int64(8+i), 1+want, edited, err)
	}
	var late *geo.ConflictError
	if _, err = d.drafts.Redo(ctx, id, 3, d.planner); !errors.As(err, &late) {
		t.Errorf("a late redo: %v", err)
	}
	d.do(t, id, 9, `"op":"merge","codes":["370305001001001","370305001001002"],"into":"370305001001001"`)
	_, err = d.drafts.Redo(ctx, id, 0, d.planner)
	wantState(t, err, "redo after a new command")
	edited, err = d.drafts.Undo(ctx, id, 0, d.planner)
	is("undo the merge", 2, 11, 3, edited, err)
}

func TestDrafts_CodesAreNeverUsedTwice(t *testing.T) {
	d := newDrafting(t)
	const split = `"op":"split","code":"370305001001001","line":[[118.305,36.82],[118.305,36.83]],"new":{%s}`
	d.beat(t, "w", westKey)
	first := d.begin(t)
	made := d.do(t, first, 1, fmt.Sprintf(split, ""))
	if len(made.Changed) != 2 || made.Changed[1].Code != "370305001001002" || made.Changed[1].Name != "西社区（新）" {
		t.Fatalf("%+v", made.Changed)
	}
	d.publish(t, first, time.Time{})
	if n := d.count(t, `SELECT count(*) FROM beat_grids WHERE beat = 'w' AND code IN ('370305001001001', '370305001001002')`); n != 2 {
		t.Errorf("the beat of the divided grid has %d of its parts", n)
	}
	second := d.begin(t)
	d.do(t, second, 1, `"op":"merge","codes":["370305001001001","370305001001002"],"into":"370305001001001"`)
	d.publish(t, second, time.Time{})
	if n := d.count(t, `SELECT count(*) FROM grid_codes WHERE code = '370305001001002' AND until_at IS NOT NULL`); n != 1 {
		t.Error("the old code is not kept with the days on which it was in force")
	}
	third := d.begin(t)
	_, err := d.try(t, third, 1, d.planner, fmt.Sprintf(split, `"code":"370305001001002"`))
	var refusal *coverage.Refusal
	if !errors.As(err, &refusal) || refusal.Rule != geo.CodeUsed || !slices.Equal(refusal.Codes, []string{"370305001001002"}) {
		t.Errorf("a used code: %v", err)
	}
	_, err = d.try(t, third, 1, d.planner, `"op":"describe","code":"370305001001001","new_code":"370305001001002"`)
	if !errors.As(err, &refusal) || refusal.Rule != geo.CodeUsed {
		t.Errorf("a used code as a new one: %v", err)
	}
	if made := d.do(t, third, 1, fmt.Sprintf(split, "")); made.Changed[1].Code != "370305001001003" {
		t.Errorf("the next free code is %q", made.Changed[1].Code)
	}
	// A file may bring what no command would let through.
	grids := d.grids(t, third)
	grids[1].Code = "370305001001002"
	fourth, err := d.drafts.Begin(t.Context(), geo.DraftStart{Net: geo.Community, Grids: grids}, d.planner)
	if err != nil {
		t.Fatal(err)
	}
	e, problems, err := d.drafts.Check(t.Context(), fourth.ID, d.planner)
	if err != nil || e.State != geo.EditionDraft || !slices.ContainsFunc(problems, func(p geo.Problem) bool { return p.Rule == geo.CodeUsed }) {
		t.Errorf("%s, %+v, %v", e.State, problems, err)
	}
}

func TestDrafts_ReviewIsByAnotherPerson(t *testing.T) {
	d := newDrafting(t)
	ctx := t.Context()
	id := d.begin(t)
	if _, err := d.try(t, id, 1, d.other, eastward); err != nil { // Who changed it is no other person either.
		t.Fatal(err)
	}
	third := geo.Actor{ID: d.person(t, "planner3", Planner).ID}
	_, err := d.drafts.Submit(ctx, id, d.planner)
	wantState(t, err, "submit what nobody checked")
	if _, _, err := d.drafts.Check(ctx, id, d.planner); err != nil {
		t.Fatal(err)
	}
	if _, err := d.drafts.Submit(ctx, id, d.planner); err != nil {
		t.Fatal(err)
	}
	for name, hand := range map[string]geo.Actor{"author": d.planner, "editor": d.other} {
		if _, err := d.drafts.Review(ctx, id, true, "", hand); !errors.Is(err, geo.ErrSameHand) {
			t.Errorf("reviewed by its %s: %v", name, err)
		}
	}
	_, err = d.try(t, id, 2, d.planner, eastward)
	wantState(t, err, "change what is being reviewed")
	back, err := d.drafts.Review(ctx, id, false, "边界压线", third)
	if err != nil || back.State != geo.EditionDraft || back.ReviewNote != "边界压线" || !back.CanUndo {
		t.Errorf("given back: %+v, %v", back, err)
	}
	d.do(t, id, 2, `"op":"describe","code":"370305001002001","name":"东方社区"`)
	if _, err := d.drafts.Discard(ctx, id, d.planner); err != nil {
		t.Fatal(err)
	}
	_, err = d.drafts.Discard(ctx, id, d.planner)
	wantState(t, err, "discard twice")
	_, err = d.drafts.Undo(ctx, id, 0, d.planner)
	wantState(t, err, "undo in what was discarded")
}

func TestDrafts_OfTwoPublishedAtOnceOneWins(t *testing.T) {
	d := newDrafting(t)
	first, second := d.begin(t), d.begin(t)
	d.do(t, first, 1, eastward)
	d.do(t, second, 1, `"op":"describe","code":"370305001002001","name":"东方社区"`)
	d.review(t, first)
	d.review(t, second)
	before := d.count(t, `SELECT count(*) FROM editions WHERE state = 'published'`)
	errs := make([]error, 4)
	var all sync.WaitGroup
	for i, id := range []int64{first, second, first, second} {
		all.Go(func() { _, errs[i] = d.drafts.Publish(t.Context(), id, time.Time{}, d.planner) })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantState(t, err, "the slower one")
	}
	states := []geo.EditionState{d.state(t, first), d.state(t, second)}
	slices.Sort(states)
	if won != 1 || !slices.Equal(states, []geo.EditionState{geo.EditionPublished, geo.EditionReviewed}) {
		t.Errorf("%d won; %v", won, states)
	}
	if n := d.count(t, `SELECT count(*) FROM editions WHERE state = 'published'`); n != before+1 {
		t.Errorf("%d editions were published", n-before)
	}
}

// halfPublished is a reviewed draft whose publication waits: it has closed the edition before, dated the new one, and cannot
// re-home an alert as long as the test holds it.
type halfPublished struct {
	*drafting
	id       int64
	editions string // As they were.
	events   int
	letGo    func()
}

func newHalfPublished(t *testing.T) *halfPublished {
	t.Helper()
	h := &halfPublished{drafting: newDrafting(t)}
	h.sight(t, sighting("o", vision.Raised, onMoved))
	h.id = h.begin(t)
	h.do(t, h.id, 1, eastward)
	h.review(t, h.id)
	h.editions, h.events = h.allEditions(t), h.count(t, `SELECT count(*) FROM events`)
	blocker, err := h.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := blocker.Exec(t.Context(), `SELECT FROM alerts FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	h.letGo = func() { blocker.Rollback(context.Background()) }
	t.Cleanup(h.letGo)
	return h
}

func (h *halfPublished) allEditions(t *testing.T) (all string) {
	t.Helper()
	if err := h.pool.QueryRow(t.Context(), `SELECT jsonb_agg(to_jsonb(e) ORDER BY id)::text FROM editions e`).Scan(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// waiting is the condition of sessions that wait for the alert.
const waiting = ` FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`

// asBefore holds that nothing of the publication is left, and that the next one works.
func (h *halfPublished) asBefore(t *testing.T) {
	t.Helper()
	if after := h.allEditions(t); after != h.editions {
		t.Errorf("editions\nwere %s\nare  %s", h.editions, after)
	}
	a, _ := h.alertOf(t, "o")
	if n := h.count(t, `SELECT count(*) FROM events`); a.Community.Code != eastKey.Code || n != h.events || h.state(t, h.id) != geo.EditionReviewed {
		t.Errorf("alert in %s, %d events more, state %s", a.Community.Code, n-h.events, h.state(t, h.id))
	}
	h.letGo()
	if _, err := h.drafts.Publish(t.Context(), h.id, time.Time{}, h.planner); err != nil {
		t.Errorf("published again: %v", err)
	}
}

func TestDrafts_TheDatabaseEndsAPublicationInTheMiddle(t *testing.T) {
	h := newHalfPublished(t)
	published := make(chan error, 1)
	go func() {
		_, err := h.drafts.Publish(t.Context(), h.id, time.Time{}, h.planner)
		published <- err
	}()
	for h.count(t, `SELECT count(pg_terminate_backend(pid))`+waiting) == 0 {
		select {
		case err := <-published:
			t.Fatalf("the publication did not wait: %v", err)
		default:
		}
	}
	if err := <-published; err == nil {
		t.Fatal("published by a dead connection")
	}
	h.asBefore(t)
}

// childPublishes says to a child of this test which draft to publish: "DATABASE_URL EDITION PERSON".
const childPublishes = "GRIDWATCH_TEST_CHILD_PUBLISHES"

// TestDrafts_ChildPublishes is the process that the next test kills.
func TestDrafts_ChildPublishes(t *testing.T) {
	var url string
	var id int64
	var by geo.Actor
	if n, _ := fmt.Sscan(os.Getenv(childPublishes), &url, &id, &by.ID); n != 3 {
		return
	}
	pool, err := geo.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	drafts := geo.NewDrafts(pool, geo.NewLocator(geo.NewStore(pool)), NewEditionRecord(nil))
	_, err = drafts.Publish(t.Context(), id, time.Time{}, by)
	t.Fatalf("nobody killed it: %v", err)
}

func TestDrafts_KilledInTheMiddleOfAPublication(t *testing.T) {
	h := newHalfPublished(t)
	child := exec.Command(os.Args[0], "-test.run=^TestDrafts_ChildPublishes$")
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %d", childPublishes, h.pool.Config().ConnString(), h.id, h.planner.ID))
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	for h.count(t, `SELECT count(*)`+waiting) == 0 {
		select {
		case err := <-ended:
			t.Fatalf("the child did not wait: %v", err)
		default:
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended
	if status := child.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
		t.Fatalf("the child ended by itself: %v", child.ProcessState)
	}
	h.letGo()
	for h.count(t, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`) > 0 {
		continue // Its session notices that nobody listens when it has the alert.
	}
	h.asBefore(t)
}

func TestDrafts_OpenMattersAreRehomed(t *testing.T) {
	d := newDrafting(t)
	d.person(t, "w", Officer)
	d.person(t, "e", Officer)
	d.beat(t, "w", westKey, "w")
	d.beat(t, "e", eastKey, "e")
	d.sight(t, sighting("moved", vision.Raised, onMoved), sighting("stays", vision.Raised, inEast),
		sighting("over", vision.Raised, onMoved), sighting("over", vision.Cleared, onMoved))
	first, _ := d.alertOf(t, "moved")
	id := d.begin(t)
	d.do(t, id, 1, eastward)
	d.publish(t, id, time.Time{})

	moved, events := d.alertOf(t, "moved")
	if moved.Community.Code != westKey.Code || moved.Community.Edition != id || moved.Grid.Key() != westKey || moved.Officer.Name != "人 w" {
		t.Errorf("moved: %+v, %+v", moved.Community, moved.Officer)
	}
	last := events[len(events)-1]
	if last.Type != AlertRehomed || last.Rehomed.From.Code != eastKey.Code || last.Rehomed.From.Edition != first.Community.Edition ||
		last.Rehomed.To.Code != westKey.Code || last.Rehomed.To.Edition != id || last.Note == "" {
		t.Errorf("event %+v, %+v", last, last.Rehomed)
	}
	if n := d.count(t, `SELECT count(*) FROM receipts r JOIN people p ON p.id = r.person WHERE r.alert = $1 AND p.username = 'w'`, moved.ID); n != 1 {
		t.Error("the new officer is not told")
	}
	for _, occupancy := range []string{"stays", "over"} {
		a, events := d.alertOf(t, occupancy)
		if a.Community.Code != eastKey.Code || a.Community.Edition != first.Community.Edition || events[len(events)-1].Type == AlertRehomed {
			t.Errorf("%s: %+v", occupancy, a.Community)
		}
	}
}

func TestDrafts_WhatBeginsLaterRehomesThen(t *testing.T) {
	d := newDrafting(t)
	ctx := t.Context()
	d.sight(t, sighting("o", vision.Raised, onMoved))
	id := d.begin(t)
	d.do(t, id, 1, eastward)
	e := d.publish(t, id, time.Now().Add(time.Hour))
	if d.owner(onMoved, time.Now()) != eastKey.Code || d.owner(onMoved, e.From) != westKey.Code {
		t.Errorf("owner now %s, then %s", d.owner(onMoved, time.Now()), d.owner(onMoved, e.From))
	}
	if err := d.drafts.Sweep(ctx, time.Now()); err != nil {
		t.Fatal(err)
	}
	if a, _ := d.alertOf(t, "o"); a.Community.Code != eastKey.Code {
		t.Fatal("re-homed before its time")
	}
	// An hour passes while nothing runs.
	for _, sql := range []string{
		`UPDATE editions SET until_at = until_at - interval '61 minutes' WHERE net = 'community' AND until_at IS NOT NULL`,
		`UPDATE editions SET from_at = from_at - interval '61 minutes' WHERE net = 'community' AND until_at IS NULL AND state = 'published'`,
	} {
		if _, err := d.pool.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.locator.Load(ctx); err != nil {
		t.Fatal(err)
	}
	d.restart()
	for range 2 {
		if err := d.drafts.Sweep(ctx, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if a, _ := d.alertOf(t, "o"); a.Community.Code != westKey.Code || a.Community.Edition != id {
		t.Errorf("after its moment the alert is in %+v", a.Community)
	}
	if n := d.count(t, `SELECT count(*) FROM events WHERE type = 'alert.rehomed'`); n != 1 {
		t.Errorf("%d events of one re-homing", n)
	}
	if n := d.count(t, `SELECT count(*) FROM events WHERE type = 'edition' AND (data->'edition'->>'edition')::bigint = $1
		AND data->'edition'->>'state' = 'published'`, id); n != 2 {
		t.Errorf("told %d times: when it was published and when it began is 2", n)
	}
}

func TestDrafts_Rollback(t *testing.T) {
	d := newDrafting(t)
	ctx := t.Context()
	d.sight(t, sighting("o", vision.Raised, onMoved))
	id, waiting := d.begin(t), d.begin(t)
	d.do(t, id, 1, eastward)
	d.do(t, waiting, 1, `"op":"describe","code":"370305001002001","name":"东方社区"`)
	base, err := d.drafts.Edition(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.drafts.Rollback(ctx, base.Base, d.planner)
	wantState(t, err, "roll the first edition back")
	_, err = d.drafts.Rollback(ctx, id, d.planner)
	wantState(t, err, "roll a draft back")
	d.publish(t, id, time.Time{})
	later := d.begin(t)
	d.do(t, later, 1, `"op":"describe","code":"370305001001001","name":"西方社区"`)
	d.publish(t, later, time.Now().Add(time.Hour))

	again, err := d.drafts.Rollback(ctx, id, d.planner)
	if err != nil {
		t.Fatal(err)
	}
	if again.State != geo.EditionPublished || again.Base != base.Base || again.Replaces != id || len(again.Changed) != 2 ||
		!equalBoundaries(d.grids(t, again.ID), d.grids(t, base.Base)) {
		t.Errorf("%+v", again)
	}
	if d.state(t, id) != geo.EditionSuperseded || d.state(t, later) != geo.EditionWithdrawn {
		t.Errorf("%s, and later %s", d.state(t, id), d.state(t, later))
	}
	if a, _ := d.alertOf(t, "o"); a.Community.Code != eastKey.Code || a.Community.Edition != again.ID {
		t.Errorf("the open matter stayed in %+v", a.Community)
	}
	if d.owner(onMoved, time.Now()) != eastKey.Code || d.owner(onMoved, time.Now().Add(2*time.Hour)) != eastKey.Code {
		t.Error("the locator holds what was taken back")
	}
	_, err = d.drafts.Rollback(ctx, base.Base, d.planner)
	wantState(t, err, "publish again what is in force")
	d.publish(t, waiting, time.Time{}) // Begun on the same boundaries.
}

// TestImpacts_OfOneBorder is worked by hand: 0.001 degrees of longitude by 0.01 of latitude at 36.825 north are
// 89.216 m by 1109.74 m, 99 006 m².
func TestImpacts_OfOneBorder(t *testing.T) {
	d := newDrafting(t)
	ctx := t.Context()
	for _, name := range []string{"w", "e"} {
		d.person(t, name, Officer)
	}
	d.beat(t, "w", westKey, "w")
	d.beat(t, "e", eastKey, "e")
	d.camera(t, "stays", inWest)
	d.camera(t, "moves", onMoved)
	for id, at := range map[string]orb.Point{"fence-stays": inEast, "fence-moves": onMoved} {
		area := box(at.Lon()-0.0001, at.Lat()-0.0001, at.Lon()+0.0001, at.Lat()+0.0001)
		if err := geo.NewStore(d.pool).PutFence(ctx, geo.Fence{ID: id, Name: id, Rule: "fire_lane", Area: area}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.pool.Exec(ctx, `INSERT INTO places (id, name, class, geom) VALUES ($1, $1, 'market', $2)`, "place-"+id, at); err != nil {
			t.Fatal(err)
		}
	}
	d.sight(t, sighting("west", vision.Raised, inWest), sighting("east", vision.Raised, inEast), sighting("open", vision.Raised, onMoved),
		sighting("closed", vision.Raised, onMoved), sighting("closed", vision.Cleared, onMoved), sighting("old", vision.Raised, onMoved))
	if _, err := d.pool.Exec(ctx, `UPDATE alerts SET raised_at = raised_at - interval '40 days', state = 'cleared' WHERE occupancy = 'old'`); err != nil {
		t.Fatal(err)
	}
	id := d.begin(t)
	d.do(t, id, 1, eastward)
	impact, err := NewImpacts(d.pool, d.dispatch).Impact(ctx, id, 30, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	const movedM2 = 99_006
	near := func(got, want float64) bool { return math.Abs(got-want) < 100 }
	if len(impact.Ground) != 1 || impact.Ground[0].From != eastKey.Code || impact.Ground[0].To != westKey.Code || !near(impact.Ground[0].AreaM2, movedM2) {
		t.Errorf("ground %+v", impact.Ground)
	}
	if len(impact.Grids) != 2 || impact.Grids[0].Code != westKey.Code || impact.Grids[0].Change != "changed" ||
		!near(impact.Grids[0].AfterAreaM2-impact.Grids[0].BeforeAreaM2, movedM2) || !near(impact.Grids[1].BeforeAreaM2-impact.Grids[1].AfterAreaM2, movedM2) {
		t.Errorf("grids %+v", impact.Grids)
	}
	open, _ := d.alertOf(t, "open")
	for what, moves := range map[string][]Move{
		"moves": impact.Cameras, "fence-moves": impact.Fences, "place-fence-moves": impact.Places, fmt.Sprint(open.ID): impact.Alerts,
	} {
		if len(moves) != 1 || moves[0].ID != what || moves[0].From.Code != eastKey.Code || moves[0].To.Code != westKey.Code {
			t.Errorf("%s: %+v", what, moves)
		}
	}
	if len(impact.Beats) != 2 {
		t.Fatalf("beats %+v", impact.Beats)
	}
	for i, want := range []struct {
		id            string
		before, after int
		gainM2        float64
	}{{"e", 3, 1, -movedM2}, {"w", 1, 3, movedM2}} {
		b := impact.Beats[i]
		if b.ID != want.id || b.BeforeAlerts != want.before || b.AfterAlerts != want.after || !near(b.AfterAreaM2-b.BeforeAreaM2, want.gainM2) {
			t.Errorf("beat %+v; want %+v", b, want)
		}
	}
	if len(impact.People) != 2 || impact.People[0].BeforeGrids != 1 || impact.People[0].AfterGrids != 1 {
		t.Errorf("officers %+v", impact.People)
	}
}
