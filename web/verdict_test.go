package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/vision"
)

func verdictOf(word, note string) map[string]string {
	return map[string]string{"verdict": word, "note": note}
}

func TestVerdict_IsToldToAllWhoSeeTheAlert(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	operator, west, east := w.as("operator").open(""), w.as("west").open(""), w.as("east").open("")
	got := read[alertDetailView](t, w.as("operator").post(alertURL(a, "/verdict"), verdictOf("false", "树影")))
	if got.Verdict == nil || got.Verdict.Verdict != "false" || got.Verdict.Note != "树影" || got.Verdict.By.Name != "值班员" || got.ReviewOnly {
		t.Fatalf("verdict %+v, review only %v", got.Verdict, got.ReviewOnly)
	}
	if last := got.Events[len(got.Events)-1]; last.Type != "alert.verdict" || last.Verdict != "false" || last.Note != "树影" {
		t.Fatalf("last event %+v", last)
	}
	for name, socket := range map[string]*tab{"operator": operator, "west": west} {
		if e := socket.next(); e.Type != "alert.verdict" || e.Alert == nil || e.Alert.ID != a.ID || e.Alert.Verdict == nil {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if again := read[alertDetailView](t, w.as("operator").post(alertURL(a, "/verdict"), verdictOf("false", "树影"))); len(again.Events) != len(got.Events) {
		t.Error("the same verdict again is an event")
	}
	changed := read[alertDetailView](t, w.as("admin").post(alertURL(a, "/verdict"), verdictOf("duplicate", "")))
	if changed.Verdict.Verdict != "duplicate" || len(changed.Events) != len(got.Events)+1 {
		t.Errorf("changed to %+v, %d events", changed.Verdict, len(changed.Events))
	}
	w.must(w.cameras.SetOffline(t.Context(), "east-cam", time.Now(), "no frames"))
	if e := east.next(); e.Type != "camera.offline" {
		t.Errorf("the other officer heard %+v", e)
	}
}

func TestVerdict_Refuses(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	url := alertURL(a, "/verdict")
	tests := []struct {
		name   string
		who    string
		path   string
		body   any
		status int
	}{
		{"officer", "west", url, verdictOf("true", ""), http.StatusForbidden},
		{"planner", "planner", url, verdictOf("true", ""), http.StatusForbidden},
		{"another word", "operator", url, verdictOf("maybe", ""), http.StatusUnprocessableEntity},
		{"no word", "operator", url, map[string]string{"note": "x"}, http.StatusUnprocessableEntity},
		{"long note", "operator", url, verdictOf("true", strings.Repeat("长", 2001)), http.StatusUnprocessableEntity},
		{"zero byte", "operator", url, verdictOf("true", "a\x00b"), http.StatusUnprocessableEntity},
		{"unknown field", "operator", url, map[string]string{"verdict": "true", "state": "cleared"}, http.StatusUnprocessableEntity},
		{"no such alert", "operator", "/api/alerts/999999/verdict", verdictOf("true", ""), http.StatusNotFound},
		{"reset by an operator", "operator", "/api/precision/reset", map[string]string{"rule": "debris", "camera": "west-cam"}, http.StatusForbidden},
		{"reset of nothing", "admin", "/api/precision/reset", map[string]string{"rule": "debris", "camera": "west-cam"}, http.StatusNotFound},
		{"reset without a camera", "admin", "/api/precision/reset", map[string]string{"rule": "debris"}, http.StatusUnprocessableEntity},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { wantProblem(t, w.as(test.who).post(test.path, test.body), test.status) })
	}
	wantProblem(t, w.nobody().post(url, verdictOf("true", "")), http.StatusUnauthorized)
	wantProblem(t, w.as("west").get("/api/precision"), http.StatusForbidden)
	wantProblem(t, w.as("operator").get("/api/precision?days=0"), http.StatusUnprocessableEntity)
	if after := read[alertDetailView](t, w.as("operator").get(alertURL(a, ""))); after.Verdict != nil {
		t.Fatalf("a refused verdict was kept: %+v", after.Verdict)
	}
}

// TestReviewOnly_StaysInTheCentre brings a pair below the floor over the API and lets everyone try every door to what it
// raises then.
func TestReviewOnly_StaysInTheCentre(t *testing.T) {
	w := newWorld(t)
	operator := w.as("operator")
	for n := range 10 {
		a := w.raise(fmt.Sprintf("false-%d", n), "west-cam", westPoint)
		if answer := operator.post(alertURL(a, "/verdict"), verdictOf("false", "")); answer.status != http.StatusOK {
			t.Fatalf("%d %s", answer.status, answer.body)
		}
		w.event(alerts.AlertVerdict)
	}
	w.event(alerts.ReviewBegan)
	centre, phone := operator.open(""), w.as("west").open("")

	reviewed := w.raise("doubted", "west-cam", westPoint)
	if e := centre.next(); e.Type != "alert.raised" || !e.Alert.ReviewOnly {
		t.Fatalf("the centre hears %+v", e)
	}
	url := func(rest string) string { return alertURL(reviewed, rest) }
	type door struct {
		name string
		try  func(*client) int
		want []int // For operator, admin, west and east.
	}
	seen := []int{200, 200, 404, 404}
	for _, d := range []door{
		{"alert", func(c *client) int { return c.get(url("")).status }, seen},
		{"picture", func(c *client) int { return c.get(url("/evidence/1")).status }, seen},
		{"acknowledge", func(c *client) int { return c.post(url("/acknowledge"), struct{}{}).status }, []int{200, 409, 404, 404}},
		{"list", func(c *client) int {
			if !strings.Contains(string(c.get("/api/alerts").body), `"doubted"`) {
				return http.StatusNotFound
			}
			return http.StatusOK
		}, seen},
	} {
		var got []int
		for _, who := range []string{"operator", "admin", "west", "east"} {
			got = append(got, d.try(w.as(who)))
		}
		if !slices.Equal(got, d.want) {
			t.Errorf("%s: %v, want %v", d.name, got, d.want)
		}
	}
	w.event(alerts.AlertAcknowledged)

	precision := read[precisionView](t, operator.get("/api/precision"))
	if precision.Floor != 0.5 || precision.Least != 10 || len(precision.Items) != 2 {
		t.Fatalf("%+v", precision)
	}
	if sum := precision.Items[0]; sum.Hour != nil || sum.False != 10 || sum.Precision == nil || *sum.Precision != 0 || !sum.ReviewOnly || sum.Camera.ID != "west-cam" {
		t.Errorf("sum %+v", sum)
	}
	if hour := precision.Items[1].Hour; hour == nil || *hour != 16 { // 08:01 UTC in the city.
		t.Errorf("hour %v", hour)
	}

	reset := w.as("admin").post("/api/precision/reset", map[string]string{"rule": "debris", "camera": "west-cam"})
	if reset.status != http.StatusNoContent {
		t.Fatalf("reset: %d %s", reset.status, reset.body)
	}
	w.event(alerts.ReviewEnded)
	trusted := w.raise("trusted", "west-cam", westPoint)
	if e := phone.next(); e.Type != "alert.raised" || e.Alert.ID != trusted.ID || e.Alert.ReviewOnly {
		t.Errorf("the officer's first word is %+v, want the trusted alert", e)
	}
	var heard []string
	for len(heard) == 0 || heard[len(heard)-1] != "alert.raised" {
		e := centre.next()
		heard = append(heard, e.Type)
		if e.Type == "review.ended" && (e.Trust == nil || e.Trust.ReviewOnly || e.Trust.Rule != "debris" || e.Camera == nil || e.Camera.ID != "west-cam") {
			t.Errorf("the end of the review: %+v", e)
		}
	}
	if want := []string{"alert.acknowledged", "alert.taken", "review.ended", "alert.raised"}; !slices.Equal(heard, want) {
		t.Errorf("the centre heard %v, want %v", heard, want)
	}
}

// TestAlso_TwoCamerasMakeOneAlert sends what two cameras see of one thing the whole way.
func TestAlso_TwoCamerasMakeOneAlert(t *testing.T) {
	w := newWorld(t)
	phone := w.as("west").open("")
	a := w.raise("first", "west-cam", westPoint)
	second := w.sighting("second", "east-cam", westPoint, vision.Raised) // It looks over the border.
	w.must(w.bus.Publish(t.Context(), second))
	w.event(alerts.AlertJoined)
	if e := phone.next(); e.Type != "alert.raised" {
		t.Fatalf("the officer hears %+v", e)
	}
	e := phone.next()
	if e.Type != "alert.joined" || e.Alert.ID != a.ID || len(e.Alert.Also) != 1 {
		t.Fatalf("the officer hears %+v", e)
	}
	if also := e.Alert.Also[0]; also.Camera.ID != "east-cam" || also.Occupancy != "second" || also.ClearedAt != nil {
		t.Errorf("also %+v", also)
	}
	page := read[alertPageView](t, w.as("operator").get("/api/alerts?camera=east-cam"))
	if len(page.Items) != 1 || page.Items[0].ID != a.ID {
		t.Errorf("the second camera's alerts: %+v", page.Items)
	}
	clear := w.sighting("first", "west-cam", westPoint, vision.Cleared)
	clear.At = clear.At.Add(time.Minute)
	w.must(w.bus.Publish(t.Context(), clear))
	w.event(alerts.AlertUpdated)
	if e := phone.next(); e.Alert.State != "raised" || e.Alert.ClearedAt != nil {
		t.Errorf("one of two says clear: %+v", e.Alert)
	}
	clear = w.sighting("second", "east-cam", westPoint, vision.Cleared)
	clear.At = clear.At.Add(time.Minute)
	w.must(w.bus.Publish(t.Context(), clear))
	w.event(alerts.AlertCleared)
	if e := phone.next(); e.Type != "alert.cleared" || e.Alert.State != "cleared" {
		t.Errorf("both say clear: %+v", e)
	}
}
