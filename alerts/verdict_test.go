package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
)

var everything = Scope{City: true}

// judged is a city with an operator, an officer in the west, and a camera there.
type judgedCity struct {
	*testCity
	operator, officer Ref
}

func newJudgedCity(t *testing.T) *judgedCity {
	c := &judgedCity{testCity: newCity(t)}
	c.operator, c.officer = c.person(t, "operator", Operator), c.person(t, "officer", Officer)
	c.beat(t, "west", westKey, "officer")
	c.camera(t, "camera-1", inWest)
	return c
}

// raise records an alert far from all others and returns it.
func (c *judgedCity) raise(t *testing.T, n int, camera string) Alert {
	t.Helper()
	occupancy := fmt.Sprintf("%s-%d", camera, n)
	s := sighting(occupancy, vision.Raised, inWest)
	s.Grounded, s.SigmaM, s.CameraID = false, 0, camera
	s.At = noon.Add(time.Duration(n) * time.Minute)
	c.sight(t, s)
	a, _ := c.alertOf(t, occupancy)
	return a
}

func (c *judgedCity) judge(t *testing.T, a Alert, word VerdictWord) Alert {
	t.Helper()
	a, err := c.store.Judge(t.Context(), a.ID, c.operator.ID, everything, word, "")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (c *judgedCity) trustEvents(t *testing.T) (told []string) {
	t.Helper()
	events, err := c.store.eventsAfter(t.Context(), c.cameras, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Trust != nil {
			told = append(told, fmt.Sprintf("%s %s %s %d:%d", e.Type, e.Trust.Rule, e.Trust.CameraID, e.Trust.Right, e.Trust.Wrong))
		}
	}
	return told
}

func TestStore_AVerdictMayBeChangedAndItsHistoryStays(t *testing.T) {
	c := newJudgedCity(t)
	a := c.raise(t, 1, "camera-1")
	if a.Verdict != nil {
		t.Fatalf("judged already: %+v", a.Verdict)
	}
	for _, verdict := range []struct {
		word VerdictWord
		note string
	}{{VerdictFalse, "树影"}, {VerdictFalse, "树影"}, {VerdictTrue, ""}} {
		got, err := c.store.Judge(t.Context(), a.ID, c.operator.ID, everything, verdict.word, verdict.note)
		if err != nil || got.Verdict == nil || got.Verdict.Word != verdict.word || got.Verdict.Note != verdict.note || got.Verdict.By != c.operator || got.Verdict.At.IsZero() {
			t.Fatalf("verdict %+v, %v; want %+v", got.Verdict, err, verdict)
		}
	}
	_, events := c.alertOf(t, a.Occupancy)
	var history []string
	for _, e := range events {
		if e.Type == AlertVerdict {
			history = append(history, fmt.Sprintf("%s %s %s", e.Verdict, e.Note, e.Person.Name))
		}
	}
	if want := []string{"false 树影 " + c.operator.Name, "true  " + c.operator.Name}; !slices.Equal(history, want) {
		t.Errorf("history %q, want %q: the same word again is no news", history, want)
	}
}

func TestStore_JudgeRefuses(t *testing.T) {
	c := newJudgedCity(t)
	a := c.raise(t, 1, "camera-1")
	for _, test := range []struct {
		name, note string
		word       VerdictWord
		id         int64
		scope      Scope
		missing    bool
	}{
		{"another word", "", "maybe", a.ID, everything, false},
		{"no word", "", "", a.ID, everything, false},
		{"a long note", strings.Repeat("长", 2001), VerdictTrue, a.ID, everything, false},
		{"no such alert", "", VerdictTrue, 999_999, everything, true},
		{"outside the scope", "", VerdictTrue, a.ID, Scope{Grids: []GridKey{eastKey}}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := c.store.Judge(t.Context(), test.id, c.operator.ID, test.scope, test.word, test.note)
			var invalid *geo.InvalidError
			if errors.Is(err, ErrNotFound) != test.missing || errors.As(err, &invalid) == test.missing {
				t.Errorf("got %v", err)
			}
		})
	}
	if after, events := c.alertOf(t, a.Occupancy); after.Verdict != nil || len(events) != 1 {
		t.Errorf("a refused verdict changed the alert: %+v, %d events", after.Verdict, len(events))
	}
}

// A pair falls below the floor at the verdict that makes it so, not before, says so once, and what it raises from then on is
// for the centre alone; when enough is true again it says that, too.
func TestStore_APairBelowTheFloorIsForReviewOnly(t *testing.T) {
	c := newJudgedCity(t)
	officers := Scope{Grids: []GridKey{westKey}}
	n := 0
	next := func(camera string) Alert { n++; return c.raise(t, n, camera) }
	for range 4 {
		c.judge(t, next("camera-1"), VerdictTrue)
	}
	for range 3 {
		c.judge(t, next("camera-1"), VerdictDuplicate) // They count for nothing.
	}
	for range 5 {
		c.judge(t, next("camera-1"), VerdictFalse)
	}
	if trusted := next("camera-1"); trusted.ReviewOnly {
		t.Fatal("reviewed only after nine verdicts")
	}
	if _, err := c.store.Judge(t.Context(), next("camera-1").ID, c.operator.ID, everything, VerdictFalse, ""); err != nil { // 4 of 10.
		t.Fatal(err)
	}
	if got, want := c.trustEvents(t), []string{"review.began fire_lane camera-1 4:6"}; !slices.Equal(got, want) {
		t.Fatalf("told %q, want %q", got, want)
	}
	reviewed, other := next("camera-1"), next("camera-2")
	if !reviewed.ReviewOnly || len(reviewed.Receipts) != 0 {
		t.Errorf("review only: %v, told %+v", reviewed.ReviewOnly, reviewed.Receipts)
	}
	if other.ReviewOnly || len(other.Receipts) != 1 {
		t.Errorf("another camera's alert: review only %v, told %+v", other.ReviewOnly, other.Receipts)
	}
	c.wantHidden(t, reviewed, officers)

	// What a person confirms goes to those who answer for it.
	confirmed := c.judge(t, reviewed, VerdictTrue) // 5 of 11.
	if confirmed.ReviewOnly {
		t.Error("a confirmed alert is still for review only")
	}
	if a, events := c.alertOf(t, confirmed.Occupancy); len(a.Receipts) != 1 || events[len(events)-1].Type != AlertRaised {
		t.Errorf("nobody was told of the confirmed alert: receipts %+v, events %+v", a.Receipts, events)
	}
	c.judge(t, next("camera-1"), VerdictTrue) // 6 of 12: half is not below half.
	if got, want := c.trustEvents(t), []string{"review.began fire_lane camera-1 4:6", "review.ended fire_lane camera-1 6:6"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if again := next("camera-1"); again.ReviewOnly {
		t.Error("still for review only")
	}
}

// wantHidden fails if an officer can come to the alert through any door of the store, or the centre cannot.
func (c *judgedCity) wantHidden(t *testing.T, a Alert, officers Scope) {
	t.Helper()
	if _, _, err := c.store.Alert(t.Context(), a.ID, everything); err != nil {
		t.Error(err)
	}
	_, _, alert := c.store.Alert(t.Context(), a.ID, officers)
	_, evidence := c.store.Evidence(t.Context(), a.ID, 1, officers)
	_, acknowledge := c.store.Acknowledge(t.Context(), a.ID, c.officer.ID, officers, "")
	for door, err := range map[string]error{"alert": alert, "evidence": evidence, "acknowledge": acknowledge} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", door, err)
		}
	}
	items, _, _, err := c.store.Alerts(t.Context(), Filter{}, officers)
	if err != nil || slices.ContainsFunc(items, func(x Alert) bool { return x.ID == a.ID }) {
		t.Errorf("in the list: %v, %v", occupancies(items), err)
	}
	events, err := c.store.eventsAfter(t.Context(), c.cameras, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Alert != nil && e.Alert.ID == a.ID && (e.in(officers) || !e.in(everything)) || e.Trust != nil && e.in(officers) {
			t.Errorf("event %+v reaches whom it should not", e)
		}
	}
}

func TestStore_AnAdministratorTrustsAPairAgain(t *testing.T) {
	c := newJudgedCity(t)
	admin := c.person(t, "admin", Administrator)
	if err := c.store.ResetTrust(t.Context(), "fire_lane", "camera-1", admin.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a pair that nobody judged: %v", err)
	}
	for n := range 10 {
		c.judge(t, c.raise(t, n, "camera-1"), VerdictFalse)
	}
	if err := c.store.ResetTrust(t.Context(), "fire_lane", "camera-1", admin.ID); err != nil {
		t.Fatal(err)
	}
	if a := c.raise(t, 20, "camera-1"); a.ReviewOnly {
		t.Error("still for review only")
	}
	c.judge(t, c.raise(t, 21, "camera-1"), VerdictFalse) // The old verdicts do not come back with a new one.
	if got, want := c.trustEvents(t), []string{"review.began fire_lane camera-1 0:10", "review.ended fire_lane camera-1 0:0"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// Verdicts at once decide as one after the other: the tenth makes the pair fall, whichever that is, and it is told once.
func TestStore_VerdictsAtOnceDecideOnce(t *testing.T) {
	c := newJudgedCity(t)
	var alerts []Alert
	for n := range 20 {
		alerts = append(alerts, c.raise(t, n, "camera-1"))
	}
	var judges sync.WaitGroup
	for _, a := range alerts {
		judges.Go(func() {
			if _, err := c.store.Judge(context.Background(), a.ID, c.operator.ID, everything, VerdictFalse, ""); err != nil {
				t.Error(err)
			}
		})
	}
	judges.Wait()
	if got, want := c.trustEvents(t), []string{"review.began fire_lane camera-1 0:10"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestStore_Precision(t *testing.T) {
	c := newJudgedCity(t)
	verdicts := []VerdictWord{VerdictTrue, VerdictTrue, VerdictFalse, VerdictDuplicate}
	for n, word := range verdicts {
		c.judge(t, c.raise(t, 45*n, "camera-1"), word) // 12:00, 12:45, 13:30 and 14:15 in the city.
	}
	c.raise(t, 500, "camera-1") // Nobody judged it.
	both := seenBy("camera-1", "both-1", vision.Raised, metres(0, 0), 0.5, 0)
	also := seenBy("camera-3", "both-3", vision.Raised, metres(0.5, 0), 0.5, 1)
	c.sight(t, both, also)
	shared, _ := c.alertOf(t, "both-1")
	c.judge(t, shared, VerdictFalse) // It counts for both cameras.

	items, floor, err := c.store.Precision(t.Context(), time.Now().Add(-time.Hour), "Asia/Shanghai")
	if err != nil || floor != DefaultFloor {
		t.Fatal(floor, err)
	}
	var got []string
	for _, p := range items {
		hour, share := "all", "none"
		if p.Hour != nil {
			hour = fmt.Sprint(*p.Hour)
		}
		if s, judged := p.Share(); judged {
			share = fmt.Sprintf("%.2f", s)
		}
		got = append(got, fmt.Sprintf("%s %s %s %d:%d:%d %s", p.Rule, p.Camera.Name, hour, p.True, p.False, p.Duplicate, share))
	}
	want := []string{
		"fire_lane 机 camera-1 all 2:2:1 0.50", "fire_lane 机 camera-1 12 2:1:0 0.67", "fire_lane 机 camera-1 13 0:1:0 0.00",
		"fire_lane 机 camera-1 14 0:0:1 none", "fire_lane camera-3 all 0:1:0 0.00", "fire_lane camera-3 12 0:1:0 0.00",
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if later, _, err := c.store.Precision(t.Context(), time.Now().Add(time.Hour), "Asia/Shanghai"); err != nil || len(later) != 0 {
		t.Errorf("verdicts of the future: %+v, %v", later, err)
	}
}

// A second camera that is trusted makes an alert that was for review only everybody's.
func TestTake_ATrustedCameraVouches(t *testing.T) {
	c := newJudgedCity(t)
	for n := range 10 {
		c.judge(t, c.raise(t, n, "camera-1"), VerdictFalse)
	}
	c.sight(t, seenBy("camera-1", "doubted", vision.Raised, metres(0, 0), 0.5, 0))
	a, _ := c.alertOf(t, "doubted")
	if !a.ReviewOnly {
		t.Fatal("not for review only")
	}
	c.sight(t, seenBy("camera-2", "vouched", vision.Raised, metres(0.5, 0), 0.5, 1))
	a, events := c.alertOf(t, "doubted")
	if a.ReviewOnly || len(a.Receipts) != 1 || len(a.Also) != 1 || a.Also[0].Occupancy != "vouched" {
		t.Errorf("alert %+v", a)
	}
	if n := len(events); events[n-2].Type != AlertJoined || events[n-1].Type != AlertRaised {
		t.Errorf("events %+v", events)
	}
}

func TestTake_TheAlertOfSeveralCamerasIsClearedByAll(t *testing.T) {
	c := newJudgedCity(t)
	c.sight(t, seenBy("camera-1", "one", vision.Raised, metres(0, 0), 0.5, 0), seenBy("camera-2", "two", vision.Raised, metres(1, 0), 0.5, 2),
		seenBy("camera-2", "two", vision.Escalated, metres(1, 0), 0.5, 100), seenBy("camera-1", "one", vision.Escalated, metres(0, 0), 0.5, 101),
		seenBy("camera-1", "one", vision.Cleared, metres(0, 0), 0.5, 200))
	a, _ := c.alertOf(t, "one")
	if a.State != StateEscalated || !a.ClearedAt.IsZero() || len(a.Also) != 1 || a.Also[0].Camera.ID != "camera-2" || !a.Also[0].ClearedAt.IsZero() {
		t.Fatalf("one of two has said clear: %+v", a)
	}
	c.sight(t, seenBy("camera-2", "two", vision.Cleared, metres(1, 0), 0.5, 300))
	a, events := c.alertOf(t, "one")
	if a.State != StateCleared || !a.ClearedAt.Equal(noon.Add(300*time.Second)) || len(a.Receipts) != 1 {
		t.Errorf("alert %+v", a)
	}
	var told []EventType
	for _, e := range events {
		told = append(told, e.Type)
	}
	if want := []EventType{AlertRaised, AlertJoined, AlertEscalated, AlertUpdated, AlertUpdated, AlertCleared}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v: each state once", told, want)
	}
	if got := len(a.Evidence); got != 8 || a.Evidence[0].Camera == nil || a.Evidence[0].Camera.ID != "camera-1" {
		t.Errorf("%d pictures, the first of %+v", got, a.Evidence[0].Camera)
	}
}

// Two alerts that turn out to be one are one on every door, by either number.
func TestTake_TwoAlertsThatTurnOutToBeOne(t *testing.T) {
	c := newJudgedCity(t)
	c.sight(t, seenBy("camera-1", "one", vision.Cleared, metres(0, 0), 0.5, 100), // Its raising comes late.
		seenBy("camera-2", "two", vision.Raised, metres(1, 0), 0.5, 40), seenBy("camera-2", "two", vision.Cleared, metres(1, 0), 0.5, 90))
	first, _ := c.alertOf(t, "one")
	second, _ := c.alertOf(t, "two")
	if first.ID == second.ID {
		t.Fatal("one alert already")
	}
	c.sight(t, seenBy("camera-1", "one", vision.Raised, metres(0, 0), 0.5, 10))
	for _, id := range []int64{first.ID, second.ID} {
		a, _, err := c.store.Alert(t.Context(), id, everything)
		if err != nil || a.ID != first.ID || !a.RaisedAt.Equal(noon.Add(10*time.Second)) || len(a.Also) != 1 {
			t.Errorf("alert %d is %+v, %v", id, a, err)
		}
	}
	if items, _, _, err := c.store.Alerts(t.Context(), Filter{}, everything); err != nil || len(items) != 1 {
		t.Errorf("the list has %v, %v", occupancies(items), err)
	}
	if items, _, _, err := c.store.Alerts(t.Context(), Filter{CameraID: "camera-2"}, everything); err != nil || len(items) != 1 {
		t.Errorf("the second camera's list has %v, %v", occupancies(items), err)
	}
	if a, err := c.store.Acknowledge(t.Context(), second.ID, c.officer.ID, everything, ""); err != nil || a.ID != first.ID || a.Handling != Acknowledged {
		t.Errorf("acknowledged %+v, %v", a, err)
	}
	var last, note string
	if err := c.pool.QueryRow(t.Context(), `SELECT type, data->>'note' FROM events WHERE alert = $1 ORDER BY seq DESC LIMIT 1`,
		second.ID).Scan(&last, &note); err != nil || last != string(AlertCleared) || note != fmt.Sprintf("the same as alert %d", first.ID) {
		t.Errorf("the second alert ended with %s %q, %v", last, note, err)
	}
}
