package web

import (
	"fmt"
	"image"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/configs"
	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// Dwelling is what the tests' cameras see now.
func (w *world) Dwelling(cameraID string) (stays []Stay) {
	for _, s := range w.stays {
		if s.CameraID == cameraID {
			stays = append(stays, s)
		}
	}
	return stays
}

// frame is a picture that only has a size.
type frame struct{ vision.Image }

func (frame) Size() image.Point { return image.Pt(640, 480) }

var filmBegin = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// film lets a van stand on the western camera's lane for 100 s, and records what its kernel is given. It returns what the
// kernel said, and what dwelt after so many seconds.
func (w *world) film(dwellingAt float64) (said []vision.Sighting) {
	w.t.Helper()
	rules, err := vision.LoadRules(configs.Read("rules.yaml"))
	w.must(err)
	lane := geo.Fence{ID: "west-frame", Name: "西巷消防通道", Rule: "fire_lane", ViewID: "west-cam",
		Frame: orb.Polygon{{{0.4, 0.4}, {0.9, 0.4}, {0.9, 0.9}, {0.4, 0.9}, {0.4, 0.4}}}}
	w.must(w.city.PutFence(w.t.Context(), lane))
	city := vision.City{
		Camera: vision.Camera{ID: "west-cam", Name: "west-cam", Position: westPoint, View: vision.View{ID: "west-cam"}},
		Fences: []geo.Fence{lane}, Rules: rules, Zone: time.UTC,
	}
	van := vision.Detection{Class: vision.ClassVehicle, Track: 3, Score: 0.8, Box: vision.Box{X: 0.5, Y: 0.5, W: 0.2, H: 0.2}}
	recorder, state := w.library.Recorder("west-cam"), vision.State{}
	for i := range 480 { // Four minutes.
		at := filmBegin.Add(time.Duration(i) * 500 * time.Millisecond)
		o := vision.Observation{CameraID: "west-cam", ViewID: "west-cam", Seq: uint64(i), At: at, Model: "test"}
		if i >= 20 && i < 220 {
			o.Objects = vision.Place([]vision.Detection{van}, city.Camera.View)
		}
		after, sightings, _ := vision.Step(state, o, city)
		w.must(recorder.Record(w.t.Context(), vision.Recorded{Before: state, After: after, Observation: o, City: city, Image: frame{}}))
		state, said = after, append(said, sightings...)
		if at.Equal(filmBegin.Add(time.Duration(dwellingAt * float64(time.Second)))) {
			w.stays = nil
			for _, occ := range state.Occupancies {
				w.stays = append(w.stays, Stay{CameraID: "west-cam", Occupancy: occ.Clone(), Raise: 50 * time.Second, Escalate: 180 * time.Second, Gate: vision.GateDwell})
			}
		}
	}
	w.must(recorder.Close())
	w.must(w.library.StoreFinished(w.t.Context()))
	return said
}

func TestTrace_SaysWhyNot(t *testing.T) {
	w := newWorld(t)
	w.film(0)
	path := func(from, until time.Time) string {
		return "/api/cameras/west-cam/trace?" + url.Values{"from": {from.Format(time.RFC3339)}, "until": {until.Format(time.RFC3339)}}.Encode()
	}
	got := read[traceView](t, w.as("operator").get(path(filmBegin, filmBegin.Add(30*time.Second))))
	if got.Frames != 61 || got.Camera != (namedView{"west-cam", "west-cam"}) || len(got.Unfit) != 0 || got.Next != nil {
		t.Fatalf("%+v", got)
	}
	i := slices.IndexFunc(got.Items, func(item traceItemView) bool { return item.Gate == "dwell" })
	if i < 0 {
		t.Fatalf("no dwell among %+v", got.Items)
	}
	dwell := got.Items[i]
	if dwell.Passed || *dwell.Fence != (namedView{"west-frame", "西巷消防通道"}) || dwell.Rule != "fire_lane" || dwell.Class != "vehicle" || dwell.Track != 3 ||
		dwell.Score != 0.8 || !slices.Equal(dwell.SizePX, []int{128, 96}) || dwell.SizeM != nil || !*dwell.Inside ||
		*dwell.Limit != 50 || *dwell.Value != 20 || dwell.Unit != "s" || dwell.Frames != 34 {
		t.Errorf("%+v", dwell)
	}
	if empty := read[traceView](t, w.as("admin").get(path(filmBegin.Add(-time.Hour), filmBegin.Add(-time.Hour+time.Minute)))); empty.Frames != 0 || empty.Items == nil {
		t.Errorf("before the recording: %+v", empty)
	}
	wantProblem(t, w.as("operator").get(path(filmBegin, filmBegin.Add(time.Hour))), http.StatusUnprocessableEntity)
	wantProblem(t, w.as("operator").get("/api/cameras/none/trace"), http.StatusNotFound)
	wantProblem(t, w.as("west").get(path(filmBegin, filmBegin.Add(time.Minute))), http.StatusForbidden)
	wantProblem(t, w.nobody().get(path(filmBegin, filmBegin.Add(time.Minute))), http.StatusUnauthorized)
}

// What people are not told of any more is said beside what the kernel said.
func TestTrace_SaysWhyPeopleAreNotTold(t *testing.T) {
	w := newWorld(t)
	said := w.film(0)
	path := "/api/cameras/west-cam/trace?" + url.Values{
		"from": {filmBegin.Format(time.RFC3339)}, "until": {filmBegin.Add(4 * time.Minute).Format(time.RFC3339)}}.Encode()
	mutes := func() (items []traceItemView) {
		for _, item := range read[traceView](t, w.as("operator").get(path)).Items {
			if item.Gate == "mute" {
				items = append(items, item)
			}
		}
		return items
	}
	exec := func(sql string, args ...any) {
		t.Helper()
		_, err := w.pool.Exec(t.Context(), sql, args...)
		w.must(err)
	}
	if got := mutes(); len(got) != 0 {
		t.Errorf("nobody is kept from hearing of it: %+v", got)
	}
	// Its rule is for review only, and no alert was made yet.
	exec(`INSERT INTO trust (rule, camera, review_only, since_at) VALUES ('fire_lane', 'west-cam', true, $1)`, filmBegin.Add(-time.Hour))
	if got := mutes(); len(got) != 1 || got[0].Note != "review_only" || got[0].Passed || got[0].Occupancy != said[0].Occupancy ||
		!got[0].From.Equal(filmBegin.Add(10*time.Second)) {
		t.Errorf("review only: %+v", got)
	}
	exec(`UPDATE trust SET review_only = false`)
	// Somebody took it on after 90 s, of which nothing is said before.
	w.must(w.bus.Publish(t.Context(), said[0]))
	a := *w.event(alerts.AlertRaised).Alert
	read[alertDetailView](t, w.as("west").post(alertURL(a, "/acknowledge"), map[string]string{}))
	exec(`UPDATE alerts SET acknowledged_at = $1`, filmBegin.Add(90*time.Second))
	got := mutes()
	if len(got) != 1 || got[0].Note != "acknowledged" || !got[0].From.Equal(filmBegin.Add(90*time.Second)) || got[0].Rule != "fire_lane" {
		t.Errorf("acknowledged: %+v", got)
	}
	exec(`UPDATE alerts SET acknowledged_at = $1`, filmBegin.Add(time.Hour))
	if got := mutes(); len(got) != 0 {
		t.Errorf("it was taken on only later: %+v", got)
	}
	// An alert for review only says how its rule did.
	exec(`UPDATE alerts SET review_only = true, handling = 'new', raised_at = $1, verdict = 'false', verdict_at = now()`, filmBegin.Add(time.Minute))
	exec(`UPDATE trust SET review_only = true`)
	got = mutes()
	if len(got) != 1 || got[0].Note != "review_only" || got[0].Unit != "verdicts" || *got[0].Value != 0 || *got[0].Limit != 1 {
		t.Errorf("judged false: %+v", got)
	}
}

func TestDwelling_ListsWhoStaysNow(t *testing.T) {
	w := newWorld(t)
	w.film(35)
	got := read[dwellingListView](t, w.as("operator").get("/api/dwelling"))
	if len(got.Items) != 1 {
		t.Fatalf("%+v", got)
	}
	item := got.Items[0]
	if item.Camera.ID != "west-cam" || item.Fence.Name != "西巷消防通道" || item.Phase != "dwelling" || item.DwellS != 25 || item.Progress != 0.5 ||
		item.Matter.Code != "09012" || item.Matter.NameEN == "" || item.Grounded || item.Lon != westPoint.Lon() || item.Gate != "dwell" || item.AlertID != nil {
		t.Errorf("%+v", item)
	}
	if other := read[dwellingListView](t, w.as("operator").get("/api/dwelling?camera=east-cam")); len(other.Items) != 0 || other.Items == nil {
		t.Errorf("of another camera: %+v", other)
	}
	// Once people were told, the stay leads to its alert and goes on to the case.
	a := w.raise(item.Occupancy, "west-cam", westPoint)
	w.stays[0].Occupancy.Told, w.stays[0].Occupancy.Phase = vision.Raised, vision.PhaseRaised
	told := read[dwellingListView](t, w.as("admin").get("/api/dwelling")).Items[0]
	if told.AlertID == nil || *told.AlertID != a.ID || told.Progress != 25.0/180 {
		t.Errorf("told: %+v, alert %d", told, a.ID)
	}
	wantProblem(t, w.as("west").get("/api/dwelling"), http.StatusForbidden)
}

// draft is a body of POST /api/backtests over the film.
func draft(more map[string]any) map[string]any {
	body := map[string]any{"from": filmBegin, "until": filmBegin.Add(5 * time.Minute)}
	maps.Copy(body, more)
	return body
}

// tried begins a back-test and waits until it ran.
func (w *world) tried(body map[string]any) backtestView {
	w.t.Helper()
	begun := w.as("admin").post("/api/backtests", body)
	if begun.status != http.StatusAccepted {
		w.t.Fatalf("%d %s", begun.status, begun.body)
	}
	path := "/api/backtests/" + read[backtestView](w.t, begun).ID
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if b := read[backtestView](w.t, w.as("admin").get(path)); b.State != "running" {
			return b
		}
	}
	w.t.Fatal("the back-test does not end")
	return backtestView{}
}

// A changed threshold, from the draft over what it would have done to what is in force, with who did it written down.
func TestBacktest_FromDraftToForce(t *testing.T) {
	w := newWorld(t)
	said := w.film(0)
	raised := said[0].At
	sooner := map[string]any{"thresholds": map[string]any{"fire_lane": map[string]any{"raise_s": 20, "escalate_s": 60}}}
	b := w.tried(draft(sooner))
	if b.State != "done" || b.Error != "" || b.Observations != 480 || b.Cameras != 1 || b.Progress != 1 || b.By.Name != "admin" {
		t.Fatalf("%+v", b)
	}
	if b.Totals != (totalsView{Earlier: 1}) || len(b.Items) != 1 {
		t.Fatalf("totals %+v, items %+v", b.Totals, b.Items)
	}
	item := b.Items[0]
	if item.Change != "earlier" || item.Camera.ID != "west-cam" || item.Fence.Name != "西巷消防通道" || item.Rule != "fire_lane" ||
		!item.Before.RaisedAt.Equal(raised) || !item.After.RaisedAt.Equal(raised.Add(-30*time.Second)) ||
		item.Before.EscalatedAt != nil || item.After.EscalatedAt == nil || !item.Before.ClearedAt.Equal(*item.After.ClearedAt) {
		t.Errorf("%+v: before %+v, after %+v", item, item.Before, item.After)
	}
	if len(item.After.Pictures) == 0 {
		t.Fatal("the draft's alert has no pictures")
	}
	picture := w.as("operator").get(item.After.Pictures[0])
	if picture.status != http.StatusOK || picture.header.Get("Content-Type") != "image/jpeg" || len(picture.body) != len(smallJPEG()) {
		t.Errorf("picture: %d %v, %d bytes", picture.status, picture.header, len(picture.body))
	}
	wantProblem(t, w.as("operator").get("/api/backtests/"+b.ID+"/pictures/"+strings.Repeat("0", 64)), http.StatusNotFound)
	wantProblem(t, w.as("west").get(item.After.Pictures[0]), http.StatusForbidden)

	before := read[ruleListView](t, w.as("operator").get("/api/rules"))
	wantProblem(t, w.as("operator").post("/api/backtests/"+b.ID+"/publish", nil), http.StatusForbidden)
	published := read[backtestView](t, w.as("admin").post("/api/backtests/"+b.ID+"/publish", nil))
	if published.State != "published" || published.DecidedBy.Name != "admin" || published.DecidedAt == nil {
		t.Fatalf("%+v", published)
	}
	after := read[ruleListView](t, w.as("operator").get("/api/rules"))
	if after.Version != before.Version+1 || len(after.Items) != len(before.Items) {
		t.Errorf("version %d, %d rules; before %d, %d", after.Version, len(after.Items), before.Version, len(before.Items))
	}
	if was, is := threshold(t, before, "raise_s"), threshold(t, after, "raise_s"); was.Value != 50 || is.Value != 20 || is.Default != 50 || is.Unit != "s" {
		t.Errorf("raise_s was %+v, is %+v", was, is)
	}
	wantProblem(t, w.as("admin").post("/api/backtests/"+b.ID+"/publish", nil), http.StatusConflict)
	wantProblem(t, w.as("admin").post("/api/backtests/"+b.ID+"/discard", nil), http.StatusConflict)

	// What is in force is what the next draft is held against.
	same := w.tried(draft(sooner))
	if same.Totals != (totalsView{Same: 1}) {
		t.Errorf("totals %+v", same.Totals)
	}
	discarded := read[backtestView](t, w.as("admin").post("/api/backtests/"+same.ID+"/discard", nil))
	list := read[backtestListView](t, w.as("operator").get("/api/backtests"))
	if discarded.State != "discarded" || len(list.Items) != 2 || list.Items[0].ID != same.ID || list.Items[1].State != "published" {
		t.Errorf("discarded %s, list %+v", discarded.State, list.Items)
	}
	wantProblem(t, w.as("admin").get("/api/backtests/99"), http.StatusNotFound)

	var audited []string
	rows, err := w.pool.Query(t.Context(), `SELECT p.username || ' ' || action || ' ' || subject FROM audit JOIN people p ON p.id = person ORDER BY audit.id`)
	w.must(err)
	for rows.Next() {
		var line string
		w.must(rows.Scan(&line))
		audited = append(audited, line)
	}
	want := []string{
		"operator backtest.picture backtest/" + b.ID, "admin backtest.published backtest/" + b.ID, "admin backtest.discarded backtest/" + same.ID,
	}
	if !slices.Equal(audited, want) {
		t.Errorf("audit %q, want %q", audited, want)
	}
}

func threshold(t *testing.T, rules ruleListView, key string) thresholdView {
	t.Helper()
	for _, rule := range rules.Items {
		for _, th := range rule.Thresholds {
			if rule.Key == "fire_lane" && th.Key == key {
				return th
			}
		}
	}
	t.Fatalf("fire_lane has no %s", key)
	return thresholdView{}
}

// A fence that is moved away misses what was raised in it, one that is drawn where the van stands finds it, and a permit
// for the place clears it: all of that is published whole.
func TestBacktest_FencesAndPermits(t *testing.T) {
	w := newWorld(t)
	w.film(0)
	corner := func(x, y, size float64) [][]float64 {
		return [][]float64{{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}}
	}
	fence := func(id, rule string, outline [][]float64) map[string]any {
		return map[string]any{"id": id, "name": id, "rule": rule, "area": nil, "view": "west-cam", "frame": outline, "hours": map[string]any{}, "thresholds": nil}
	}
	moved := w.tried(draft(map[string]any{"fences": []any{fence("west-frame", "fire_lane", corner(0.05, 0.05, 0.2))}}))
	if moved.Totals != (totalsView{Missed: 1}) || moved.Items[0].After != nil || moved.Items[0].Before.ClearedAt == nil {
		t.Errorf("moved: %+v %s", moved.Totals, moved.Error)
	}
	drawn := w.tried(draft(map[string]any{"cameras": []string{"west-cam"}, "fences": []any{fence("second", "fire_lane", corner(0.55, 0.6, 0.2))}}))
	if drawn.Totals != (totalsView{Same: 1, New: 1}) || drawn.Items[0].Change != "new" || drawn.Items[0].Fence.ID != "second" {
		t.Errorf("drawn: %+v %s", drawn.Totals, drawn.Error)
	}
	if other := w.tried(draft(map[string]any{"cameras": []string{"east-cam"}, "fences": []any{fence("second", "fire_lane", corner(0.55, 0.6, 0.2))}})); other.Totals != (totalsView{}) || other.Cameras != 0 {
		t.Errorf("another camera: %+v", other)
	}
	area := map[string]any{"type": "Polygon", "coordinates": around(westPoint, 0.001)}
	permit := map[string]any{"id": "p", "name": "临时停车", "holder": "物业", "rules": []string{"fire_lane"}, "area": area, "hours": map[string]any{},
		"from": filmBegin.Add(-time.Hour), "until": filmBegin.Add(time.Hour)}
	both := w.tried(draft(map[string]any{"permits": []any{permit}, "fences": []any{fence("second", "fire_lane", corner(0.05, 0.05, 0.2))}}))
	if both.Totals != (totalsView{Missed: 1}) {
		t.Errorf("permitted: %+v %s", both.Totals, both.Error)
	}
	before := read[ruleListView](t, w.as("operator").get("/api/rules")).Version
	if p := w.as("admin").post("/api/backtests/"+both.ID+"/publish", nil); p.status != http.StatusOK {
		t.Fatalf("%d %s", p.status, p.body)
	}
	fences, err := w.city.Fences(t.Context())
	w.must(err)
	permits, err := w.city.Permits(t.Context())
	w.must(err)
	if !slices.ContainsFunc(fences, func(f geo.Fence) bool { return f.ID == "second" }) || len(permits) != 1 || permits[0].Holder != "物业" {
		t.Errorf("fences %v, permits %v", fences, permits)
	}
	if rules := read[ruleListView](t, w.as("operator").get("/api/rules")); rules.Version != before {
		t.Errorf("rules that nobody changed have version %d, had %d", rules.Version, before)
	}
}

// A draft that cannot be is refused with the name of its field, and nothing is kept of it.
func TestBacktest_RefusesBadDrafts(t *testing.T) {
	w := newWorld(t)
	w.film(0)
	set := func(rule, key string, v float64) map[string]any {
		return map[string]any{"thresholds": map[string]any{rule: map[string]any{key: v}}}
	}
	fence := func(key string, value any) map[string]any {
		f := map[string]any{"id": "f", "name": "f", "rule": "fire_lane", "view": "west-cam", "frame": [][]float64{{0, 0}, {1, 0}, {1, 1}}}
		f[key] = value
		return map[string]any{"fences": []any{f}}
	}
	good := set("fire_lane", "raise_s", 20)
	for _, row := range []struct {
		name, field string
		body        map[string]any
	}{
		{"nothing", "thresholds", nil},
		{"no rule", "thresholds.flying", set("flying", "raise_s", 20)},
		{"no threshold", "thresholds.fire_lane.colour", set("fire_lane", "colour", 1)},
		{"not its own", "thresholds.fire_lane.min_people", set("fire_lane", "min_people", 1)},
		{"out of range", "thresholds.fire_lane.raise_s", set("fire_lane", "raise_s", -1)},
		{"do not go together", "thresholds.fire_lane.escalate_s", set("fire_lane", "escalate_s", 20)},
		{"no camera", "cameras[1]", map[string]any{"cameras": []string{"west-cam", "none"}, "thresholds": good["thresholds"]}},
		{"ends before it begins", "until", map[string]any{"until": filmBegin, "thresholds": good["thresholds"]}},
		{"too long", "until", map[string]any{"from": filmBegin.AddDate(0, -2, 0), "thresholds": good["thresholds"]}},
		{"in the future", "from", map[string]any{"from": time.Now().Add(time.Hour), "until": time.Now().Add(2 * time.Hour), "thresholds": good["thresholds"]}},
		{"fence of another rule", "fences[0].rule", fence("rule", "flying")},
		{"fence of no view", "fences[0].view", fence("view", "none")},
		{"fence of two points", "fences[0].frame", fence("frame", [][]float64{{0, 0}, {1, 1}})},
		{"fence with a bad threshold", "fences[0].thresholds.raise_s", fence("thresholds", map[string]any{"raise_s": 1e9})},
		{"permit of no rule", "permits[0].rules[0]", map[string]any{"permits": []any{map[string]any{"id": "p", "name": "p", "holder": "h", "rules": []string{"flying"},
			"area": map[string]any{"type": "Polygon", "coordinates": around(westPoint, 0.001)}, "from": filmBegin, "until": filmBegin.Add(time.Hour)}}}},
		{"permit of no time", "permits[0].until", map[string]any{"permits": []any{map[string]any{"id": "p", "name": "p", "holder": "h", "rules": []string{"fire_lane"},
			"area": map[string]any{"type": "Polygon", "coordinates": around(westPoint, 0.001)}, "from": filmBegin, "until": filmBegin}}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := wantProblem(t, w.as("admin").post("/api/backtests", draft(row.body)), http.StatusUnprocessableEntity)
			if len(p.Errors) == 0 || !strings.HasPrefix(p.Errors[0].Location, row.field) {
				t.Errorf("%+v, want %s", p.Errors, row.field)
			}
		})
	}
	wantProblem(t, w.as("operator").post("/api/backtests", draft(good)), http.StatusForbidden)
	if list := read[backtestListView](t, w.as("admin").get("/api/backtests")); len(list.Items) != 0 {
		t.Errorf("%d drafts were kept", len(list.Items))
	}
}

// A back-test that was cut off by the end of the program runs at the next start; one that was discarded does not.
func TestBacktest_GoesOnAfterARestart(t *testing.T) {
	w := newWorld(t)
	w.film(0)
	admin, err := w.people.Person(t.Context(), "admin")
	w.must(err)
	var id int64
	w.must(w.pool.QueryRow(t.Context(), `
		INSERT INTO backtests (person, draft, progress) VALUES ($1, $2, 0.5) RETURNING id`, admin.ID, alerts.Draft{
		From: filmBegin, Until: filmBegin.Add(time.Hour), Thresholds: map[string]map[string]float64{"fire_lane": {"raise_s": 20}},
	}).Scan(&id))
	w.tried(draft(map[string]any{"thresholds": map[string]any{"fire_lane": map[string]any{"raise_s": 30}}})) // Waits its turn behind it.
	if b := read[backtestView](t, w.as("admin").get(fmt.Sprintf("/api/backtests/%d", id))); b.State != "done" || b.Totals.Earlier != 1 {
		t.Errorf("%+v", b)
	}
}
