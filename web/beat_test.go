package web

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"gridwatch/geo"
)

func beat(name string, takeOver bool, members []int64, codes ...string) map[string]any {
	grids := []map[string]any{}
	for _, code := range codes {
		net := geo.Community
		if code == roadCode {
			net = geo.Road
		}
		grids = append(grids, map[string]any{"net": net, "code": code})
	}
	return map[string]any{"name": name, "colour": 3, "grids": grids, "members": append([]int64{}, members...), "take_over": takeOver}
}

func beatNamed(t *testing.T, list beatListView, id string) teamView {
	t.Helper()
	for _, b := range list.Items {
		if b.ID == id {
			return b
		}
	}
	t.Fatalf("no beat %q in %+v", id, list.Items)
	return teamView{}
}

func TestBeats_AreMadeOfGridsAndOfficers(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	list := read[beatListView](t, planner.get("/api/beats"))
	ids := map[string]int64{}
	for _, officer := range list.Officers {
		ids[officer.Name] = officer.ID
	}
	if len(list.Items) != 3 || len(list.Officers) != 4 || ids["planner"] != 0 {
		t.Fatalf("list %+v", list)
	}
	if was := beatNamed(t, list, "west"); was.Colour != 0 || was.Grids[0].Code != westCode || was.Grids[0].Name == "" || was.Members[0].Name != "west" {
		t.Errorf("the western beat is %+v", was)
	}

	// Its grid may not be taken unnoticed.
	both := beat("两网", false, []int64{ids["idle"], ids["east"]}, westCode, roadCode)
	refused := planner.send("PUT", "/api/beats/new", both)
	wantProblem(t, refused, http.StatusConflict)
	told := read[Problem](t, refused)
	if len(told.Errors) != 2 || told.Errors[0] != (Fault{"body.grids[0]", "belongs to west"}) {
		t.Errorf("told %+v", told.Errors)
	}
	if after := read[beatListView](t, planner.get("/api/beats")); len(after.Items) != 3 {
		t.Errorf("a refused beat is there: %+v", after.Items)
	}
	both["take_over"] = true
	made := read[teamView](t, planner.send("PUT", "/api/beats/new", both))
	if made.Colour != 3 || len(made.Grids) != 2 || made.Members[0].Name != "idle" || made.Members[1].Name != "east" {
		t.Errorf("made %+v", made)
	}
	if left := beatNamed(t, read[beatListView](t, planner.get("/api/beats")), "west"); len(left.Grids) != 0 {
		t.Errorf("the western beat still has %+v", left.Grids)
	}
	// Who answers for the grid follows at once.
	grids := read[struct {
		Features []struct{ Properties gridProperties }
	}](t, planner.get("/api/grids?net=road"))
	if got := grids.Features[0].Properties; got.Beat == nil || got.Beat.ID != "new" || got.Officers[0].Name != "idle" {
		t.Errorf("the road is answered for by %+v", got)
	}

	if got := planner.do("DELETE", "/api/beats/new", nil); got.status != http.StatusNoContent {
		t.Errorf("deleted: %d", got.status)
	}
	wantProblem(t, planner.do("DELETE", "/api/beats/new", nil), http.StatusNotFound)
	wantProblem(t, w.as("west").get("/api/beats"), http.StatusForbidden)
	wantProblem(t, w.as("operator").send("PUT", "/api/beats/west", beat("西", false, nil, westCode)), http.StatusForbidden)
}

func TestBeats_RefuseWhatIsNone(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	officer := read[beatListView](t, planner.get("/api/beats")).Officers[0].ID
	for name, bad := range map[string]map[string]any{
		"no name":                beat(" ", false, []int64{officer}),
		"an unknown grid":        beat("西", false, []int64{officer}, "370305999999999"),
		"a short code":           beat("西", false, []int64{officer}, "3703"),
		"nobody":                 beat("西", false, []int64{999_999}),
		"an officer twice":       beat("西", false, []int64{officer, officer}),
		"a colour of none":       {"name": "西", "colour": 9, "grids": []any{}, "members": []any{}},
		"a net of none":          {"name": "西", "grids": []any{map[string]any{"net": "water", "code": westCode}}, "members": []any{}},
		"something nobody knows": {"name": "西", "grids": []any{}, "members": []any{}, "shape": "round"},
	} {
		t.Run(name, func(t *testing.T) {
			wantProblem(t, planner.send("PUT", "/api/beats/west", bad), http.StatusUnprocessableEntity)
		})
	}
	if kept := beatNamed(t, read[beatListView](t, planner.get("/api/beats")), "west"); kept.Name != "west" || len(kept.Grids) != 1 {
		t.Errorf("the beat was changed: %+v", kept)
	}
}

// Two planners who give one grid to two beats at the same moment: one of them is told.
func TestBeats_OneGridIsNotGivenTwiceUnnoticed(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	if got := planner.do("DELETE", "/api/beats/west", nil); got.status != http.StatusNoContent {
		t.Fatalf("deleted: %d", got.status)
	}
	const planners = 6
	answers := make([]int, planners)
	var all sync.WaitGroup
	for i := range planners {
		all.Go(func() {
			answers[i] = planner.send("PUT", fmt.Sprintf("/api/beats/%d", i), beat("西", false, nil, westCode)).status
		})
	}
	all.Wait()
	count := map[int]int{}
	for _, status := range answers {
		count[status]++
	}
	if count[http.StatusOK] != 1 || count[http.StatusConflict] != planners-1 {
		t.Errorf("answered %v, want one 200 and %d times 409", answers, planners-1)
	}
}
