package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gridwatch/alerts"
)

// westRoster has the west held by its officer by day and by nobody from midnight to eight, and a property manager always.
const westRoster = `kind,id,name,unit_kind,unit,beat,post,person,hours,first_day
unit,squad,一中队,squad,,,,operator,,
post,day,白班,,squad,west,,,,
post,estate,物业,,squad,west,,,,
shift,d,,,,,day,west,08:00-24:00,2026-01-01
shift,m,,,,,estate,manager,,2026-01-01
`

// putRoster sends a roster as a file.
func (c *client) putRoster(text string) reply {
	c.w.t.Helper()
	return c.do("PUT", "/api/roster", strings.NewReader(text), "Content-Type", "text/csv")
}

// dutyWorld has the roster above.
func dutyWorld(t *testing.T) *world {
	w := newWorld(t)
	_, err := w.pool.Exec(t.Context(), `INSERT INTO people (username, name, role, password)
		SELECT 'manager', '李经理', 'property_manager', password FROM people WHERE username = 'operator'`)
	w.must(err)
	if got := w.as("admin").putRoster(westRoster); got.status != http.StatusNoContent {
		t.Fatalf("%d %s", got.status, got.body)
	}
	return w
}

func TestDuty_WhoIsOnDutyAndWhereNobodyIs(t *testing.T) {
	w := dutyWorld(t)
	operator := w.as("operator")
	noon := read[dutyListView](t, operator.get("/api/duty?at=2026-11-23T12:00:00Z"))
	if len(noon.Items) != 2 || noon.Items[1].Person.Name != "west" || noon.Items[1].Post.Unit.Name != "一中队" || noon.Items[1].Post.Beat.ID != "west" || len(noon.Holes) != 0 {
		t.Errorf("at noon: %+v", noon)
	}
	night := read[dutyListView](t, operator.get("/api/duty?at=2026-11-23T00:00:00Z"))
	want := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	if len(night.Items) != 1 || night.Items[0].Role != "property_manager" || len(night.Holes) != 1 || !night.Holes[0].Until.Equal(want) {
		t.Errorf("at midnight: %+v", night)
	}
	if len(night.Beats) != 2 { // East and road have no posts.
		t.Errorf("beats without posts: %+v", night.Beats)
	}
	holes := read[struct{ Items []holeView }](t, operator.get("/api/duty/holes?from=2026-11-23T00:00:00Z&to=2026-11-25T00:00:00Z"))
	if len(holes.Items) != 2 || holes.Items[0].Post.Name != "白班" || !holes.Items[0].Until.Equal(want) {
		t.Errorf("holes: %+v", holes)
	}
	for _, bad := range []string{"?from=2026-11-25T00:00:00Z&to=2026-11-23T00:00:00Z", "?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z", "?from=x", "?to=0999-01-01T00:00:00Z"} {
		wantProblem(t, operator.get("/api/duty/holes"+bad), http.StatusUnprocessableEntity)
	}
	wantProblem(t, operator.get("/api/duty?at=9999-01-01T00:00:00Z"), http.StatusUnprocessableEntity)
	if own := read[dutyListView](t, w.as("east").get("/api/duty?at=2026-11-23T12:00:00Z")); len(own.Items) != 0 {
		t.Errorf("the east sees %+v", own.Items)
	}
}

func TestRoster_GoesOutAsItCameIn(t *testing.T) {
	w := dutyWorld(t)
	admin := w.as("admin")
	out := w.as("operator").get("/api/roster")
	if out.status != http.StatusOK || !strings.HasPrefix(out.header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d %v", out.status, out.header)
	}
	if got := admin.putRoster(string(out.body)); got.status != http.StatusNoContent {
		t.Fatalf("%d %s", got.status, got.body)
	}
	p := wantProblem(t, admin.putRoster(strings.Replace(westRoster, "day,west,08", "day,wets,25", 1)), http.StatusUnprocessableEntity)
	if len(p.Errors) != 1 || p.Errors[0].Location != "line 5, hours" {
		t.Errorf("faults %+v", p.Errors)
	}
	p = wantProblem(t, admin.putRoster(strings.Replace(westRoster, "day,west,08", "day,wets,08", 1)), http.StatusUnprocessableEntity)
	if len(p.Errors) != 1 || p.Errors[0].Location != "line 5, person" || !strings.Contains(p.Errors[0].Message, "wets") {
		t.Errorf("faults %+v", p.Errors)
	}
	wantProblem(t, admin.putRoster("kind\n"+strings.Repeat("x", alerts.MaxRosterBytes)), http.StatusRequestEntityTooLarge)
	wantProblem(t, w.as("operator").putRoster(westRoster), http.StatusForbidden)
	if again := admin.get("/api/roster"); string(again.body) != string(out.body) {
		t.Errorf("a refused file left\n%s", again.body)
	}
}

func TestRouting_SaysWhatDispatchWouldDo(t *testing.T) {
	w := dutyWorld(t)
	try := func(body map[string]any) routingView {
		t.Helper()
		answer := w.as("operator").post("/api/routing/try", body)
		if answer.status != http.StatusOK {
			t.Fatalf("%d %s", answer.status, answer.body)
		}
		return read[routingView](t, answer)
	}
	at := func(lon, lat float64, hour string) map[string]any {
		return map[string]any{"matter": "06011", "lon": lon, "lat": lat, "at": "2026-11-23T" + hour + ":00:00Z"}
	}
	noon := try(at(westPoint.Lon(), westPoint.Lat(), "12"))
	if noon.Grid == nil || noon.Grid.Code != westCode || noon.Beat == nil || noon.Beat.ID != "west" || noon.RuleIndex == nil || *noon.RuleIndex != 1 ||
		len(noon.People) != 2 || noon.People[0].Person.Name != "west" || noon.People[1].Role != "property_manager" || noon.People[1].Post != "estate" {
		t.Errorf("at noon: %+v", noon)
	}
	if night := try(at(westPoint.Lon(), westPoint.Lat(), "02")); len(night.People) != 2 || night.People[0].Person.Name != "west" || night.People[0].Post != "" {
		t.Errorf("at night: %+v", night.People)
	}
	if len(noon.Ladder) != 2 || noon.Ladder[0].To != "leader" || noon.Ladder[0].People[0].Person.Name != "值班员" || noon.Ladder[1].AfterS != 600 {
		t.Errorf("ladder: %+v", noon.Ladder)
	}
	border := at(118.30999, 36.822, "12")
	border["sigma_m"] = 2
	if got := try(border); len(got.Near) != 1 || got.Near[0].Person.Name != "east" {
		t.Errorf("at the border: %+v", got.Near)
	}
	road := at(roadPoint.Lon(), roadPoint.Lat(), "12")
	road["matter"] = "09012"
	if got := try(road); got.Grid.Net != "road" || *got.RuleIndex != 0 || got.Rule.Matters[0] != "09*" || got.People[0].Person.Name != "road" {
		t.Errorf("on the road: %+v", got)
	}
	if got := try(at(100, 10, "12")); got.Grid != nil || len(got.People) != 0 {
		t.Errorf("outside the city: %+v", got)
	}
	for _, bad := range []map[string]any{{"matter": "x", "lon": 1, "lat": 1}, {"matter": "06011", "lon": 181, "lat": 1}, {"matter": "06011"}} {
		wantProblem(t, w.as("operator").post("/api/routing/try", bad), http.StatusUnprocessableEntity)
	}
	// What is told is what was tried: now, the one who is on duty now.
	now := try(map[string]any{"matter": "06011", "lon": westPoint.Lon(), "lat": westPoint.Lat()})
	a := w.raise("occ", "west-cam", westPoint)
	receipts := read[alertDetailView](t, w.as("operator").get(alertURL(a, ""))).Receipts
	told := map[int64]bool{}
	for _, r := range receipts {
		told[r.Person.ID] = true
	}
	for _, p := range now.People {
		if !told[p.Person.ID] || len(told) != len(now.People) {
			t.Errorf("told %+v, tried %+v", receipts, now.People)
		}
	}
}
