package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

func TestAcknowledge_OfTwoAtOnceExactlyOneHoldsIt(t *testing.T) {
	w := newWorld(t)
	w.must(w.roster.PutBeat(t.Context(), alerts.Beat{ID: "west", Name: "west",
		Grids: []alerts.GridKey{{Net: geo.Community, Code: westCode}}, Members: []string{"west", "idle"}}))
	a := w.raise("occ", "west-cam", westPoint)
	names := []string{"west", "idle", "operator", "admin"}
	sockets := map[string]*tab{}
	for _, name := range names {
		sockets[name] = w.as(name).open(fmt.Sprintf("?after=%d", 0))
	}
	answers := make([]reply, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		c := w.as(name)
		all.Go(func() { answers[i] = c.post(alertURL(a, "/acknowledge"), struct{}{}) })
	}
	all.Wait()
	first := slices.IndexFunc(answers, func(r reply) bool { return r.status == http.StatusOK })
	if first < 0 {
		t.Fatalf("nobody has it: %s", answers[0].body)
	}
	holder := read[alertDetailView](t, answers[first]).Holder
	for i, answer := range answers {
		if i == first {
			continue
		}
		p := wantProblem(t, answer, http.StatusConflict)
		if p.Holder == nil || *p.Holder != *holder || !strings.Contains(p.Detail, holder.Name) {
			t.Errorf("%s is told %s", names[i], answer.body)
		}
	}
	for name, socket := range sockets {
		for e := socket.nextOfAlert(); ; e = socket.nextOfAlert() {
			if e.Type == string(alerts.AlertTaken) {
				if e.Alert == nil || e.Alert.ID != a.ID || e.Holder == nil || *e.Holder != *holder || *e.Alert.Holder != *holder {
					t.Errorf("%s is told %+v", name, e)
				}
				break
			}
		}
	}
	again := w.as(names[first]).post(alertURL(a, "/claim"), struct{}{})
	if again.status != http.StatusOK {
		t.Errorf("the holder's repeat: %d %s", again.status, again.body)
	}
}

func TestReceipts_FollowEachDeviceOverTheSocket(t *testing.T) {
	w := newWorld(t)
	signIn := func(device string) *client {
		c := w.nobody()
		answer := c.post("/api/session", map[string]string{"username": "west", "password": worldPassword, "device": device})
		if answer.status != http.StatusNoContent {
			t.Fatalf("%d %s", answer.status, answer.body)
		}
		c.cookie = answer.cookies[0].Name + "=" + answer.cookies[0].Value
		return c
	}
	phone, silent := signIn("phone"), signIn("tablet")
	socket := phone.open("?after=0")
	a := w.raise("occ", "west-cam", westPoint)
	e := socket.nextOfAlert()
	socket.say(fmt.Sprintf(`{"type":"delivered","seq":%d}`, e.Seq))
	socket.say(fmt.Sprintf(`{"type":"shown","seq":%d}`, e.Seq))
	receipts := w.receiptsUntil(a, func(r []receiptView) bool {
		return slices.ContainsFunc(r, func(one receiptView) bool { return one.ShownAt != nil })
	})
	if len(receipts) != 2 {
		t.Fatalf("receipts %+v", receipts)
	}
	for _, r := range receipts {
		told := r.Device == "phone"
		if r.Person.Name != "west" || r.Role != "officer" || (r.DeliveredAt != nil) != told || (r.ShownAt != nil) != told || r.AcknowledgedAt != nil {
			t.Errorf("receipt %+v", r)
		}
	}
	if got := silent.post(alertURL(a, "/acknowledge"), struct{}{}); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for _, r := range w.receiptsUntil(a, func([]receiptView) bool { return true }) {
		if r.AcknowledgedAt == nil {
			t.Errorf("an acknowledgement is the person's, whichever device they have in hand: %+v", r)
		}
	}
}

// nextOfAlert is the next event that speaks of an alert.
func (k *tab) nextOfAlert() eventView {
	k.t.Helper()
	for {
		if e := k.next(); e.Alert != nil {
			return e
		}
	}
}

// receiptsUntil asks for an alert's receipts until they are so: what a socket says is written while the client goes on.
func (w *world) receiptsUntil(a alerts.Alert, so func([]receiptView) bool) []receiptView {
	w.t.Helper()
	for range 2000 {
		got := read[alertDetailView](w.t, w.as("operator").get(alertURL(a, ""))).Receipts
		if so(got) {
			return got
		}
	}
	w.t.Fatal("the receipts did not come so far")
	return nil
}

func TestBorder_OneTeamClaimsAndTheOtherStandsDown(t *testing.T) {
	w := newWorld(t)
	in := w.sighting("occ", "west-cam", orb.Point{118.30999, 36.822}, vision.Raised) // The border is 0.9 m away, sigma 1.5 m.
	west, east, road := w.as("west"), w.as("east"), w.as("road")
	socket := west.open("?after=0")
	w.must(w.bus.Publish(t.Context(), in))
	a := *w.event(alerts.AlertRaised).Alert
	for name, c := range map[string]*client{"west": west, "east": east} {
		page := read[alertPageView](t, c.get("/api/alerts"))
		if len(page.Items) != 1 || c.get(alertURL(a, "")).status != http.StatusOK || c.get(alertURL(a, "/evidence/1")).status != http.StatusOK {
			t.Errorf("%s is not offered it: %+v", name, page)
		}
	}
	wantProblem(t, road.get(alertURL(a, "")), http.StatusNotFound)
	if got := east.post(alertURL(a, "/claim"), struct{}{}); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if p := wantProblem(t, west.post(alertURL(a, "/claim"), struct{}{}), http.StatusConflict); p.Holder == nil || p.Holder.Name != "east" {
		t.Errorf("the other team is told %+v", p)
	}
	for _, want := range []alerts.EventType{alerts.AlertRaised, alerts.AlertAcknowledged, alerts.AlertTaken} {
		if e := socket.nextOfAlert(); e.Type != string(want) {
			t.Errorf("the west is told %s, want %s", e.Type, want)
		}
	}
}

func TestTransfer_GoesToAPersonOrATeamWithAReason(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	west, east := w.as("west"), w.as("east")
	url := alertURL(a, "/transfer")
	for name, test := range map[string]struct {
		body  map[string]any
		field string
	}{
		"nobody":        {map[string]any{"reason": "x"}, "body.person"},
		"no reason":     {map[string]any{"team": "east"}, "body"},
		"empty reason":  {map[string]any{"team": "east", "reason": " "}, "body.reason"},
		"unknown team":  {map[string]any{"team": "north", "reason": "x"}, "body.team"},
		"unknown field": {map[string]any{"team": "east", "reason": "x", "by": 1}, "body"},
	} {
		p := wantProblem(t, west.post(url, test.body), http.StatusUnprocessableEntity)
		if len(p.Errors) == 0 || !strings.HasPrefix(p.Errors[0].Location, test.field) {
			t.Errorf("%s: %+v", name, p.Errors)
		}
	}
	wantProblem(t, east.post(url, map[string]any{"team": "east", "reason": "x"}), http.StatusNotFound)
	got := read[alertDetailView](t, west.post(url, map[string]any{"team": "east", "reason": "在东侧"}))
	if last := got.Events[len(got.Events)-1]; last.Type != "alert.transferred" || last.Note != "east: 在东侧" || got.Holder != nil {
		t.Fatalf("%+v", got)
	}
	if got := east.post(alertURL(a, "/acknowledge"), struct{}{}); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if p := wantProblem(t, west.post(url, map[string]any{"team": "west", "reason": "回来"}), http.StatusConflict); p.Holder == nil || p.Holder.Name != "east" {
		t.Errorf("%+v", p)
	}
}

func TestFalseMergeSilence_HaveDoors(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ-a", "west-cam", westPoint)
	b := w.raise("occ-b", "west-cam", orb.Point{118.302, 36.822})
	operator := w.as("operator")
	if got := read[alertDetailView](t, w.as("west").post(alertURL(a, "/false"), map[string]string{"note": "树影"})); got.Verdict == nil || got.Verdict.Verdict != "false" {
		t.Errorf("false: %+v", got.Verdict)
	}
	merged := read[alertDetailView](t, operator.post(alertURL(b, "/merge"), map[string]any{"into": a.ID, "note": "同一处"}))
	if merged.ID != b.ID || merged.MergedInto == nil || *merged.MergedInto != a.ID || len(merged.Evidence) != 1 {
		t.Errorf("merge: %+v", merged)
	}
	wantProblem(t, w.as("west").post(alertURL(b, "/acknowledge"), struct{}{}), http.StatusConflict)
	wantProblem(t, operator.post(alertURL(b, "/merge"), map[string]any{"into": b.ID}), http.StatusUnprocessableEntity)
	if got := read[alertDetailView](t, operator.post(alertURL(b, "/unmerge"), struct{}{})); got.MergedInto != nil || len(got.Evidence) != 1 {
		t.Errorf("unmerge: %+v", got)
	}
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	silenced := read[alertDetailView](t, operator.post(alertURL(b, "/silence"), map[string]any{"until": until, "reason": "施工"}))
	if q := silenced.Silence; q == nil || !q.Until.Equal(until) || q.By.Name != "值班员" || q.Reason != "施工" {
		t.Errorf("silence: %+v", q)
	}
	wantProblem(t, operator.post(alertURL(b, "/silence"), map[string]any{"until": time.Now().Add(-time.Hour), "reason": "x"}), http.StatusUnprocessableEntity)
	wantProblem(t, operator.post(alertURL(b, "/silence"), map[string]any{"until": until}), http.StatusUnprocessableEntity)
}
