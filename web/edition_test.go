package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// begin makes a draft of the community net.
func (c *client) begin() editionView {
	c.w.t.Helper()
	answer := c.post("/api/editions", map[string]any{"net": "community", "title": "调整"})
	if answer.status != http.StatusCreated {
		c.w.t.Fatalf("%d %s", answer.status, answer.body)
	}
	return read[editionView](c.w.t, answer)
}

// step posts to a door of an edition, which must answer well.
func (c *client) step(id int64, door string, body any) reply {
	c.w.t.Helper()
	if body == nil {
		body = map[string]any{}
	}
	answer := c.post(fmt.Sprintf("/api/editions/%d/%s", id, door), body)
	if answer.status != http.StatusOK {
		c.w.t.Fatalf("%s: %d %s", door, answer.status, answer.body)
	}
	return answer
}

// changedGrids is what the tests read of an editedView.
type changedGrids struct {
	Version int64
	Changed []struct {
		Properties struct{ Code string }
		Geometry   struct {
			Type        string
			Coordinates [][][][2]float64
		}
	}
	CanUndo bool `json:"can_undo"`
	CanRedo bool `json:"can_redo"`
}

func (c changedGrids) codes() (codes []string) {
	for _, f := range c.Changed {
		codes = append(codes, f.Properties.Code)
	}
	return codes
}

// eastward moves the border between the communities 100 m or so to the east: the ground between goes to the west.
var eastward = map[string]any{
	"base_version": 1, "op": "move_edge", "edge": [][]float64{{118.310, 36.820}, {118.310, 36.830}}, "by": []float64{0.001, 0},
}

// between lies on that ground.
const between = "lon=118.3105&lat=36.822"

func (c *client) owner(query string) string {
	c.w.t.Helper()
	place := read[placeView](c.w.t, c.get("/api/locate?"+query))
	if place.Community == nil {
		return ""
	}
	return place.Community.Code
}

// TestEdition_FromDraftToRollback is what a planner does on the page: move a border, have it reviewed, publish it for
// tomorrow, see tomorrow's lookup differ from today's, and roll it back.
func TestEdition_FromDraftToRollback(t *testing.T) {
	w := newWorld(t)
	planner, reviewer := w.as("planner"), w.as("planner2")
	draft := planner.begin()
	if draft.State != "draft" || draft.Version != 1 || draft.Grids != 2 || draft.Author == nil || draft.From != nil || len(draft.Changed) != 0 {
		t.Fatalf("%+v", draft)
	}
	edited := read[changedGrids](t, planner.step(draft.ID, "commands", eastward))
	if edited.Version != 2 || !slices.Equal(edited.codes(), []string{westCode, eastCode}) || !edited.CanUndo || edited.CanRedo {
		t.Fatalf("%+v", edited)
	}
	for _, step := range []string{"submit", "publish"} {
		wantProblem(t, planner.post(fmt.Sprintf("/api/editions/%d/%s", draft.ID, step), map[string]any{}), http.StatusConflict)
	}
	checked := read[checkView](t, planner.step(draft.ID, "check", nil))
	if checked.State != "checked" || checked.Version != 2 {
		t.Fatalf("%+v", checked)
	}
	planner.step(draft.ID, "submit", nil)
	wantProblem(t, planner.post(fmt.Sprintf("/api/editions/%d/review", draft.ID), map[string]any{"accept": true}), http.StatusForbidden)
	wantProblem(t, planner.post(fmt.Sprintf("/api/editions/%d/commands", draft.ID), eastward), http.StatusConflict)
	reviewed := read[editionView](t, reviewer.step(draft.ID, "review", map[string]any{"accept": true, "note": "同意"}))
	if reviewed.State != "reviewed" || reviewed.Reviewer == nil || reviewed.Reviewer.Name != "planner2" || reviewed.ReviewNote != "同意" {
		t.Fatalf("%+v", reviewed)
	}
	yesterday := time.Now().Add(-24 * time.Hour).Format(time.RFC3339)
	past := wantProblem(t, planner.post(fmt.Sprintf("/api/editions/%d/publish", draft.ID), map[string]any{"from": yesterday}), http.StatusUnprocessableEntity)
	if !strings.Contains(past.Detail, "past") {
		t.Errorf("%+v", past)
	}
	if planner.owner(between) != eastCode {
		t.Error("what is not published is in force")
	}

	tomorrow := time.Now().In(time.FixedZone("", 8*3600)).AddDate(0, 0, 1)
	published := read[editionView](t, planner.step(draft.ID, "publish", map[string]any{"from": tomorrow.Format(time.DateOnly)}))
	if published.State != "published" || published.From == nil || published.From.In(tomorrow.Location()).Format(time.DateTime) != tomorrow.Format(time.DateOnly)+" 00:00:00" {
		t.Fatalf("%+v", published)
	}
	later := "&at=" + published.From.Format(time.RFC3339)
	if today, then := planner.owner(between), planner.owner(between+later); today != eastCode || then != westCode {
		t.Errorf("today %s, tomorrow %s", today, then)
	}
	if again := w.as("west").owner(between + later); again != westCode {
		t.Errorf("the officer who answers tomorrow reads %q", again)
	}
	withdrawn := read[editionView](t, planner.step(draft.ID, "rollback", nil))
	if withdrawn.State != "withdrawn" || withdrawn.From != nil {
		t.Errorf("%+v", withdrawn)
	}
	if then := planner.owner(between + later); then != eastCode {
		t.Errorf("after the rollback tomorrow's owner is %s", then)
	}
	var ops []string
	for _, entry := range read[editionLogView](t, planner.get(fmt.Sprintf("/api/editions/%d/log", draft.ID))).Items {
		ops = append(ops, entry.Op+" "+entry.By.Name)
	}
	want := []string{"begin planner", "move_edge planner", "check planner", "submit planner", "accept planner2", "publish planner", "withdraw planner"}
	if !slices.Equal(ops, want) {
		t.Errorf("log %q", ops)
	}
}

// TestEdition_PublishedNowTakesOpenMatters follows an open matter whose ground goes to another officer.
func TestEdition_PublishedNowTakesOpenMatters(t *testing.T) {
	w := newWorld(t)
	w.raise("moved", "east-cam", orb.Point{118.3105, 36.822})
	w.raise("stays", "east-cam", eastPoint)
	planner := w.as("planner")
	draft := planner.begin()
	w.event(alerts.EditionChanged)
	for _, step := range []struct {
		who  string
		door string
		body any
	}{{"planner", "commands", eastward}, {"planner", "check", nil}, {"planner", "submit", nil}, {"planner2", "review", map[string]any{"accept": true}}} {
		w.as(step.who).step(draft.ID, step.door, step.body)
		if e := w.event(alerts.EditionChanged); e.Edition.Edition != draft.ID {
			t.Fatalf("%s: %+v", step.door, e.Edition)
		}
	}
	planner.step(draft.ID, "publish", nil)
	moved := w.event(alerts.AlertRehomed)
	if moved.Rehomed.From.Code != eastCode || moved.Rehomed.To.Code != westCode || moved.Rehomed.To.Edition != draft.ID || moved.Rehomed.From.Edition == draft.ID {
		t.Errorf("%+v", moved.Rehomed)
	}
	if news := w.event(alerts.EditionChanged).Edition; news.State != geo.EditionPublished || !slices.Equal(news.Codes, []string{westCode, eastCode}) || news.Bound == nil {
		t.Errorf("%+v", news)
	}
	for officer, want := range map[string]string{"west": "moved", "east": "stays"} {
		page := read[alertPageView](t, w.as(officer).get("/api/alerts"))
		if len(page.Items) != 1 || page.Items[0].Occupancy != want {
			t.Errorf("%s has %+v", officer, page.Items)
		}
	}
	back := read[editionView](t, planner.step(draft.ID, "rollback", nil))
	if back.State != "published" || back.ID == draft.ID || back.Base == nil || *back.Replaces != draft.ID {
		t.Errorf("%+v", back)
	}
	if home := w.event(alerts.AlertRehomed).Rehomed; home.To.Code != eastCode || home.To.Edition != back.ID {
		t.Errorf("%+v", home)
	}
	if old := read[editionView](t, planner.get(fmt.Sprintf("/api/editions/%d", draft.ID))); old.State != "superseded" {
		t.Errorf("%+v", old)
	}
}

// TestEdition_DraftsAreForThoseWhoMakeThem tries every way to a draft as somebody else.
func TestEdition_DraftsAreForThoseWhoMakeThem(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	draft := planner.begin()
	planner.step(draft.ID, "commands", eastward)
	path := fmt.Sprintf("/api/editions/%d", draft.ID)
	grids := fmt.Sprintf("/api/grids?edition=%d", draft.ID)
	if mine := read[struct{ Features []any }](t, planner.get(grids)); len(mine.Features) != 2 {
		t.Errorf("the planner sees %d grids of the draft", len(mine.Features))
	}
	if all := read[editionListView](t, planner.get("/api/editions")); len(all.Items) != 3 {
		t.Errorf("the planner sees %+v", all.Items)
	}
	for _, who := range []string{"west", "operator"} {
		c := w.as(who)
		for _, e := range read[editionListView](t, c.get("/api/editions")).Items {
			if e.State != "published" {
				t.Errorf("%s sees %+v", who, e)
			}
		}
		wantProblem(t, c.get(path), http.StatusNotFound)
		wantProblem(t, c.get(grids), http.StatusNotFound)
		for _, door := range []string{"/log", "/impact"} {
			wantProblem(t, c.get(path+door), http.StatusForbidden)
		}
		for _, door := range []string{"/commands", "/undo", "/redo", "/check", "/submit", "/review", "/withdraw", "/rebase", "/publish", "/rollback", "/discard"} {
			wantProblem(t, c.post(path+door, eastward), http.StatusForbidden)
		}
		wantProblem(t, c.post("/api/editions", map[string]any{"net": "community"}), http.StatusForbidden)
	}
	// Nothing of what everybody reads has changed.
	west := w.as("west")
	if got := read[struct {
		Features []struct {
			Geometry struct{ Coordinates [][][][2]float64 }
		}
		Edition *struct{ ID int64 }
	}](t, west.get("/api/grids?net=community")); got.Edition.ID == draft.ID || got.Features[0].Geometry.Coordinates[0][0][1][0] != 118.31 {
		t.Errorf("%+v", got)
	}
	if operator := w.as("operator"); operator.owner(between) != eastCode {
		t.Error("a lookup sees the draft")
	}
	me := read[meView](t, west.get("/api/me"))
	if len(me.Beats) != 1 || len(me.Beats[0].Grids) != 1 || me.Beats[0].Grids[0].Name != "西社区" {
		t.Errorf("%+v", me.Beats)
	}
}

func TestEdition_RefusalsSayWhyAndWhere(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	draft := planner.begin()
	commands := fmt.Sprintf("/api/editions/%d/commands", draft.ID)
	for _, test := range []struct {
		name, rule string
		command    map[string]any
	}{
		{"a vertex that is not there", "no_such_vertex", map[string]any{"op": "move_vertex", "from": []float64{118.3123, 36.8211}, "to": []float64{118.3124, 36.8211}}},
		{"the outer border", "outline", map[string]any{"op": "move_edge", "edge": [][]float64{{118.3, 36.82}, {118.3, 36.83}}, "by": []float64{-0.001, 0}}},
	} {
		test.command["base_version"] = 1
		p := wantProblem(t, planner.post(commands, test.command), http.StatusUnprocessableEntity)
		if p.Refused == nil || p.Rule != test.rule || p.At == nil || p.Codes == nil {
			t.Errorf("%s: %+v", test.name, p)
		}
	}
	for name, body := range map[string]any{
		"no operation": map[string]any{"base_version": 1, "op": "explode"}, "no version": map[string]any{"op": "delete", "code": westCode},
		"a code of 14 digits": map[string]any{"base_version": 1, "op": "create", "grid": map[string]any{"code": "37030500100100", "name": "a", "kind": "community",
			"geometry": map[string]any{"type": "Polygon", "coordinates": [][][]float64{{{118.32, 36.82}, {118.325, 36.82}, {118.325, 36.825}, {118.32, 36.82}}}}}},
	} {
		if p := wantProblem(t, planner.post(commands, body), http.StatusUnprocessableEntity); len(p.Errors) == 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if e := read[editionView](t, planner.get(fmt.Sprintf("/api/editions/%d", draft.ID))); e.Version != 1 || len(e.Changed) != 0 {
		t.Errorf("what was refused left %+v", e)
	}
	// An administrator may move the outer border.
	w.as("admin").step(draft.ID, "commands", map[string]any{"base_version": 1, "op": "move_edge",
		"edge": [][]float64{{118.3, 36.82}, {118.3, 36.83}}, "by": []float64{-0.001, 0}})
	late := planner.post(commands, eastward)
	conflict := read[struct {
		Status    int
		Version   int64
		Conflicts []struct {
			Code                string
			Base, Theirs, Yours *struct{ Type string }
		}
	}](t, late)
	if late.status != http.StatusConflict || conflict.Version != 2 || len(conflict.Conflicts) != 1 || conflict.Conflicts[0].Code != westCode ||
		conflict.Conflicts[0].Base == nil || conflict.Conflicts[0].Theirs == nil || conflict.Conflicts[0].Yours == nil {
		t.Errorf("%d %s", late.status, late.body)
	}
	undone := read[changedGrids](t, w.as("planner2").step(draft.ID, "undo", map[string]any{"base_version": 2}))
	if undone.Version != 3 || undone.CanUndo || !undone.CanRedo || !slices.Equal(undone.codes(), []string{westCode}) {
		t.Errorf("%+v", undone)
	}
	wantProblem(t, planner.do("POST", fmt.Sprintf("/api/editions/%d/undo", draft.ID), nil), http.StatusConflict) // Nothing more to undo.
	if redone := read[changedGrids](t, planner.step(draft.ID, "redo", nil)); redone.Version != 4 {
		t.Errorf("%+v", redone)
	}
}

func TestEdition_ImpactOverHTTP(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	draft := planner.begin()
	planner.step(draft.ID, "commands", eastward)
	impact := read[struct {
		Grids  []gridImpactView
		Beats  []beatImpactView
		Alerts []any
		Moved  struct {
			Type        string
			Coordinates [][][][2]float64
		}
	}](t, planner.get(fmt.Sprintf("/api/editions/%d/impact?days=7", draft.ID)))
	if len(impact.Grids) != 2 || len(impact.Beats) != 3 || impact.Alerts == nil || impact.Moved.Type != "MultiPolygon" || len(impact.Moved.Coordinates) != 1 {
		t.Errorf("%+v", impact)
	}
	wantProblem(t, planner.get(fmt.Sprintf("/api/editions/%d/impact?days=0", draft.ID)), http.StatusUnprocessableEntity)
	wantProblem(t, planner.get("/api/editions/999/impact"), http.StatusNotFound)
}

// TestEdition_StartsFromAnEditionOrAMoment also reads what a draft begins with.
func TestEdition_StartsFromAnEditionOrAMoment(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	first := read[editionListView](t, planner.get("/api/editions")).Items[0]
	for _, from := range []any{first.ID, fmt.Sprint(first.ID), "2027-01-01", "2027-01-01T00:00:00+08:00", nil} {
		answer := planner.post("/api/editions", map[string]any{"net": "community", "from": from})
		e := read[editionView](t, answer)
		if answer.status != http.StatusCreated || e.Base == nil || *e.Base != first.ID || e.Grids != 2 || !strings.HasPrefix(e.Title, "草稿") {
			t.Errorf("from %v: %d %s", from, answer.status, answer.body)
		}
		if day, isDay := from.(string); isDay && strings.HasPrefix(day, "2027") != (e.From != nil && e.From.Equal(time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC))) {
			t.Errorf("from %v it begins at %v", from, e.From)
		}
	}
	road := read[editionListView](t, planner.get("/api/editions")).Items
	other := road[len(road)-1] // Nets in order: the last is of the road net.
	for body, status := range map[string]int{
		`{"net":"community","from":999}`:                                 http.StatusNotFound,
		fmt.Sprintf(`{"net":"community","from":%d}`, other.ID):           http.StatusUnprocessableEntity,
		`{"net":"community","from":"soon"}`:                              http.StatusUnprocessableEntity,
		`{"net":"rail"}`:                                                 http.StatusUnprocessableEntity,
		`{"net":"community","title":"` + strings.Repeat("长", 201) + `"}`: http.StatusUnprocessableEntity,
	} {
		wantProblem(t, planner.do("POST", "/api/editions", strings.NewReader(body), "Content-Type", "application/json"), status)
	}
}

// TestEdition_OvertakenIsRebased is two planners at once: the slower one puts the draft onto what the faster one published.
func TestEdition_OvertakenIsRebased(t *testing.T) {
	w := newWorld(t)
	planner, reviewer := w.as("planner"), w.as("planner2")
	slow, fast := planner.begin(), reviewer.begin()
	planner.step(slow.ID, "commands", map[string]any{"base_version": 1, "op": "describe", "code": eastCode, "name": "东方社区"})
	planner.step(slow.ID, "commands", map[string]any{"base_version": 2, "op": "move_vertex", "from": []float64{118.31, 36.83}, "to": []float64{118.3095, 36.83}})
	wantProblem(t, planner.post(fmt.Sprintf("/api/editions/%d/withdraw", slow.ID), map[string]any{}), http.StatusConflict)
	planner.step(slow.ID, "check", nil)
	planner.step(slow.ID, "submit", nil)
	reviewer.step(fast.ID, "commands", eastward)
	reviewer.step(fast.ID, "check", nil)
	reviewer.step(fast.ID, "submit", nil)
	planner.step(fast.ID, "review", map[string]any{"accept": true})
	reviewer.step(fast.ID, "publish", nil)

	reviewer.step(slow.ID, "review", map[string]any{"accept": true})
	wantProblem(t, planner.post(fmt.Sprintf("/api/editions/%d/publish", slow.ID), map[string]any{}), http.StatusConflict)
	wantProblem(t, planner.post(fmt.Sprintf("/api/editions/%d/rebase", slow.ID), map[string]any{}), http.StatusConflict)
	wantProblem(t, reviewer.post(fmt.Sprintf("/api/editions/%d/withdraw", slow.ID), map[string]any{}), http.StatusForbidden)
	back := read[editionView](t, planner.step(slow.ID, "withdraw", nil))
	if back.State != "draft" || back.Submitter != nil || back.Newer == nil || *back.Newer != fast.ID {
		t.Fatalf("%+v", back)
	}
	refused := planner.post(fmt.Sprintf("/api/editions/%d/rebase", slow.ID), map[string]any{})
	late := read[struct {
		Onto int64
		Late []struct {
			Seq            int64
			Op, Rule, Text string
			By             personView
			Place          [2]float64
			Shapes         []struct {
				Code          string
				Theirs, Yours *struct{ Type string }
			}
		}
	}](t, refused)
	if refused.status != http.StatusConflict || late.Onto != fast.ID || len(late.Late) != 1 {
		t.Fatalf("%d %s", refused.status, refused.body)
	}
	move := late.Late[0]
	if move.Seq != 3 || move.Op != "move_vertex" || move.By.Name != "planner" || move.Rule != "no_such_vertex" || move.Text == "" ||
		move.Place != [2]float64{118.31, 36.83} || len(move.Shapes) != 2 || move.Shapes[0].Code != westCode ||
		move.Shapes[0].Theirs == nil || move.Shapes[0].Yours == nil {
		t.Errorf("%+v", move)
	}
	wantProblem(t, planner.post(fmt.Sprintf("/api/editions/%d/rebase", slow.ID), map[string]any{"leave_out": []int{9}}), http.StatusUnprocessableEntity)
	done := read[editionView](t, planner.step(slow.ID, "rebase", map[string]any{"leave_out": []int64{move.Seq}}))
	if done.Newer != nil || *done.Replaces != fast.ID || !slices.Equal(done.Changed, []string{eastCode}) {
		t.Errorf("%+v", done)
	}
}
