package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func area(polygon orb.Polygon) map[string]any {
	return map[string]any{"type": "Polygon", "coordinates": polygon}
}

// altered is a body with other values for some of its keys.
func altered(body map[string]any, with map[string]any) map[string]any {
	other := maps.Clone(body)
	maps.Copy(other, with)
	return other
}

func TestFencesAndPermits_AreThePlanners(t *testing.T) {
	w := newWorld(t)
	ground := area(square(118.305, 36.822, 118.306, 36.823))
	bodies := map[string]map[string]any{
		"/api/fences/new":    {"name": "新围栏", "rule": "fire_lane", "area": ground},
		"/api/permits/night": {"name": "夜市", "holder": "合作社", "rules": []string{"vending"}, "area": ground, "from": edition, "until": edition.AddDate(0, 1, 0)},
	}
	for path, body := range bodies {
		for _, who := range []string{"operator", "west"} {
			wantProblem(t, w.as(who).send("PUT", path, body), http.StatusForbidden)
			wantProblem(t, w.as(who).do("DELETE", path, nil), http.StatusForbidden)
		}
		for _, who := range []string{"planner", "admin"} {
			if r := w.as(who).send("PUT", path, body); r.status != http.StatusOK {
				t.Errorf("%s puts %s: %d %s", who, path, r.status, r.body)
			}
			if r := w.as(who).do("DELETE", path, nil); r.status != http.StatusNoContent {
				t.Errorf("%s deletes %s: %d %s", who, path, r.status, r.body)
			}
		}
	}
}

// A planner who takes something away and thinks better of it puts back what was read.
func TestFencesAndPlaces_ReadPutBackAsTheyWere(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	w.must(w.city.PutFence(t.Context(), geo.Fence{ID: "lane", Name: "通道", Rule: "fire_lane", Area: square(118.305, 36.822, 118.306, 36.823),
		Thresholds: map[string]float64{"raise_s": 10}, Hours: geo.Hours{Windows: []geo.Window{{From: "22:00", To: "06:00"}}}, Demo: true}))
	w.must(w.city.PutPlace(t.Context(), geo.Place{ID: "gate", Name: "东门", Class: "school", Geometry: westPoint, Key: true, Demo: true}))

	fences := func() json.RawMessage {
		type feature struct {
			Geometry   json.RawMessage
			Properties map[string]any
		}
		list := read[struct{ Features []feature }](t, planner.get("/api/fences"))
		i := slices.IndexFunc(list.Features, func(f feature) bool { return f.Properties["id"] == "lane" })
		if i < 0 {
			return nil
		}
		body := list.Features[i].Properties
		body["area"] = list.Features[i].Geometry
		delete(body, "id")
		delete(body, "view")
		delete(body, "frame")
		text, err := json.Marshal(body)
		w.must(err)
		return text
	}
	places := func() json.RawMessage {
		list := read[struct{ Items []map[string]any }](t, planner.get("/api/places"))
		if len(list.Items) == 0 {
			return nil
		}
		delete(list.Items[0], "id")
		delete(list.Items[0], "grid")
		text, err := json.Marshal(list.Items[0])
		w.must(err)
		return text
	}
	for path, now := range map[string]func() json.RawMessage{"/api/fences/lane": fences, "/api/places/gate": places} {
		before := now()
		if r := planner.do("DELETE", path, nil); r.status != http.StatusNoContent || now() != nil {
			t.Errorf("%s: %d, left %s", path, r.status, now())
		}
		if r := planner.send("PUT", path, before); r.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
		if after := now(); string(after) != string(before) || !strings.Contains(string(after), `"demo":true`) {
			t.Errorf("%s was\n%s\nand is\n%s", path, before, after)
		}
	}
}

func TestPermit_SaysHowLargeAStallMayBe(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	body := map[string]any{"name": "夜市", "holder": "合作社", "rules": []string{"vending"}, "area": area(square(118.305, 36.822, 118.306, 36.823)),
		"from": edition, "until": edition.AddDate(0, 1, 0), "stall_m2": 2.5}
	type permit = map[string]any
	if put := read[permit](t, planner.send("PUT", "/api/permits/night", body)); put["stall_m2"] != 2.5 {
		t.Errorf("put %v", put)
	}
	list := read[struct{ Items []permit }](t, w.as("west").get("/api/permits"))
	if len(list.Items) != 1 || list.Items[0]["stall_m2"] != 2.5 {
		t.Errorf("listed %v", list.Items)
	}
	delete(body, "stall_m2")
	put := read[permit](t, planner.send("PUT", "/api/permits/night", body))
	if size, said := put["stall_m2"]; !said || size != nil {
		t.Errorf("without a size it says %v", put)
	}
}

// What a form shows beside a field: which one, and why.
func TestFencesAndPermits_NameTheFieldThatIsRefused(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	ground := area(square(118.305, 36.822, 118.306, 36.823))
	bowTie := area(orb.Polygon{{{118.305, 36.822}, {118.306, 36.823}, {118.306, 36.822}, {118.305, 36.823}, {118.305, 36.822}}})
	fence := map[string]any{"name": "新围栏", "rule": "fire_lane", "area": ground}
	permit := map[string]any{"name": "夜市", "holder": "合作社", "rules": []string{"vending"}, "area": ground, "from": edition, "until": edition.AddDate(0, 1, 0)}
	place := map[string]any{"name": "东门", "class": "school", "geometry": ground}
	for _, tc := range []struct {
		path, location, rule string
		body                 map[string]any
	}{
		{"/api/fences/new", "area[0][0]", "crosses or touches itself near longitude 118.3055000, latitude 36.8225000", altered(fence, map[string]any{"area": bowTie})},
		{"/api/fences/new", "rule", `no rule "flying"`, altered(fence, map[string]any{"rule": "flying"})},
		{"/api/permits/new", "area[0][0]", "crosses or touches itself", altered(permit, map[string]any{"area": bowTie})},
		{"/api/permits/new", "rules[1]", `no rule "flying"`, altered(permit, map[string]any{"rules": []string{"vending", "flying"}})},
		{"/api/permits/new", "until", "after from", altered(permit, map[string]any{"until": edition})},
		{"/api/permits/new", "body.stall_m2", "expected number > 0", altered(permit, map[string]any{"stall_m2": 0})},
		{"/api/permits/new", "stall_m2", "at most 1000", altered(permit, map[string]any{"stall_m2": 4000})},
		{"/api/permits/new", "hours.windows[0].from", "HH:MM", altered(permit, map[string]any{"hours": map[string]any{"windows": []any{map[string]any{"from": "8", "to": "20:00"}}}})},
		{"/api/places/new", "geometry[0][0]", "crosses or touches itself", altered(place, map[string]any{"geometry": bowTie})},
		{"/api/places/new", "body.class", "no class of places", altered(place, map[string]any{"class": "moon"})},
	} {
		p := wantProblem(t, planner.send("PUT", tc.path, tc.body), http.StatusUnprocessableEntity)
		if len(p.Errors) != 1 || p.Errors[0].Location != tc.location || !strings.Contains(p.Errors[0].Message, tc.rule) {
			t.Errorf("want %s: %s, got %+v", tc.location, tc.rule, p.Errors)
		}
	}
	fences, err := w.city.Fences(t.Context())
	w.must(err)
	permits, err := w.city.Permits(t.Context())
	w.must(err)
	if slices.ContainsFunc(fences, func(f geo.Fence) bool { return f.ID == "new" }) || len(permits) != 0 {
		t.Errorf("something was stored: %v, %v", fences, permits)
	}
}
