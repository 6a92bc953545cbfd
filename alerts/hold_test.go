package alerts

import (
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

func TestStore_ATransferAsksOthersAndWaits(t *testing.T) {
	c := newHandledCity(t)
	if _, err := c.do(t, Acknowledged, c.inside); err != nil {
		t.Fatal(err)
	}
	elsewhere := Scope{Grids: []GridKey{eastKey}, Person: c.other.ID}
	if _, _, err := c.store.Alert(t.Context(), c.id, elsewhere); !errors.Is(err, ErrNotFound) {
		t.Fatalf("before: %v", err)
	}
	a, err := c.store.Transfer(t.Context(), c.id, c.officer.ID, c.inside, Handover{Person: c.other.ID, Reason: "在东侧"})
	if err != nil || a.Holder != nil || a.Handling != New || !a.AcknowledgedAt.IsZero() {
		t.Fatalf("%+v, %v", a, err)
	}
	if items, _, _, err := c.store.Alerts(t.Context(), Filter{}, elsewhere); err != nil || len(items) != 1 {
		t.Errorf("their list has %d alerts, %v", len(items), err)
	}
	if _, err := c.store.Evidence(t.Context(), c.id, 1, elsewhere); err != nil {
		t.Errorf("evidence: %v", err)
	}
	if a, err = c.store.Acknowledge(t.Context(), c.id, c.other.ID, elsewhere, ""); err != nil || *a.Holder != c.other {
		t.Errorf("%+v, %v", a.Holder, err)
	}
	var taken *TakenError
	if _, err := c.do(t, Acknowledged, c.inside); !errors.As(err, &taken) || taken.Holder != c.other {
		t.Errorf("the one before takes it back: %v", err)
	}
	if _, err := c.store.Transfer(t.Context(), c.id, c.officer.ID, c.inside, Handover{Person: c.officer.ID, Reason: "x"}); !errors.As(err, &taken) {
		t.Errorf("who does not hold it transfers it: %v", err)
	}
	want := []EventType{AlertRaised, AlertAcknowledged, AlertTaken, AlertTransferred, AlertAcknowledged, AlertTaken}
	if got := c.eventTypes(t); !slices.Equal(got, want) {
		t.Errorf("events %v", got)
	}
}

func TestStore_TransferRefuses(t *testing.T) {
	c := newHandledCity(t)
	planner := c.person(t, "planner", Planner)
	c.beat(t, "empty", eastKey)
	for name, to := range map[string]Handover{
		"nobody":           {Reason: "x"},
		"two":              {Person: c.other.ID, Beat: "west", Reason: "x"},
		"no reason":        {Person: c.other.ID, Reason: " "},
		"unknown person":   {Person: 999_999, Reason: "x"},
		"no actor":         {Person: planner.ID, Reason: "x"},
		"unknown team":     {Beat: "north", Reason: "x"},
		"a team of nobody": {Beat: "empty", Reason: "x"},
	} {
		_, err := c.store.Transfer(t.Context(), c.id, c.officer.ID, c.inside, to)
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c.sight(t, sighting("o", vision.Cleared, inWest))
	_, err := c.store.Transfer(t.Context(), c.id, c.officer.ID, c.inside, Handover{Person: c.other.ID, Reason: "x"})
	var settled *SettledError
	if !errors.As(err, &settled) {
		t.Errorf("a cleared one: %v", err)
	}
	if got := c.eventTypes(t); !slices.Equal(got, []EventType{AlertRaised, AlertCleared}) {
		t.Errorf("events %v", got)
	}
}

func TestStore_AMergeIsALinkThatCanBeUndone(t *testing.T) {
	c := newHandledCity(t)
	c.sight(t, sighting("p", vision.Raised, inEast))
	other, _ := c.alertOf(t, "p")
	everything := Scope{City: true}
	merge := func(id, into int64) error {
		return c.store.Merge(t.Context(), id, c.officer.ID, everything, into, "同一辆车")
	}
	for range 2 {
		if err := merge(other.ID, c.id); err != nil {
			t.Fatal(err)
		}
	}
	first, _ := c.alertOf(t, "o")
	second, events := c.alertOf(t, "p")
	if !slices.Equal(first.Merged, []int64{other.ID}) || second.MergedInto != c.id || second.EvidenceCount != 2 || len(events) != 2 {
		t.Errorf("%v, %d, %d pictures, events %+v", first.Merged, second.MergedInto, second.EvidenceCount, events)
	}
	if items, _, _, err := c.store.Alerts(t.Context(), Filter{}, everything); err != nil || len(items) != 1 {
		t.Errorf("the list has %d, %v", len(items), err)
	}
	var settled *SettledError
	var invalid *geo.InvalidError
	if _, err := c.store.Acknowledge(t.Context(), other.ID, c.other.ID, everything, ""); !errors.As(err, &settled) {
		t.Errorf("acknowledged: %v", err)
	}
	if err := merge(c.id, other.ID); !errors.As(err, &invalid) {
		t.Errorf("in a circle: %v", err)
	}
	if err := merge(c.id, c.id); !errors.As(err, &invalid) {
		t.Errorf("with itself: %v", err)
	}
	if err := merge(c.id, 999_999); !errors.Is(err, ErrNotFound) {
		t.Errorf("with nothing: %v", err)
	}
	for range 2 {
		if a, err := c.store.Unmerge(t.Context(), other.ID, c.officer.ID, everything, ""); err != nil || a.MergedInto != 0 {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	if a, err := c.store.Acknowledge(t.Context(), other.ID, c.other.ID, everything, ""); err != nil || a.EvidenceCount != 2 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestStore_ASilencedSpotTellsNobodyAndSaysWhy(t *testing.T) {
	c := newHandledCity(t)
	operator := c.person(t, "operator", Operator)
	until := time.Now().Add(time.Hour)
	for field, silence := range map[string]struct {
		until  time.Time
		reason string
	}{"until": {time.Now().Add(-time.Minute), "x"}, "reason": {until, " "}} {
		_, err := c.store.Silence(t.Context(), c.id, operator.ID, Scope{City: true}, silence.until, silence.reason)
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	a, err := c.store.Silence(t.Context(), c.id, operator.ID, Scope{City: true}, until, "施工")
	if err != nil || a.Silence == nil || a.Silence.By != operator || a.Silence.Reason != "施工" {
		t.Fatalf("%+v, %v", a.Silence, err)
	}
	later := sighting("later", vision.Raised, inWest)
	later.Position[0] += 0.001 // Another thing in the same fence.
	c.sight(t, later)
	b, events := c.alertOf(t, "later")
	if len(b.Receipts) != 0 || len(events) != 2 || events[1].Type != AlertSilenced || events[1].Note == "" {
		t.Errorf("receipts %+v, events %+v", b.Receipts, events)
	}
	elsewhere := sighting("elsewhere", vision.Raised, inWest)
	elsewhere.FenceID, elsewhere.Position = "fence-2", orb.Point{118.303, 36.828}
	c.sight(t, elsewhere)
	if b, _ := c.alertOf(t, "elsewhere"); len(b.Receipts) != 1 || b.Silence != nil {
		t.Errorf("another fence: %+v", b.Receipts)
	}
}

func TestReceipts_AreOfEachDevice(t *testing.T) {
	c := newCity(t)
	officer := c.person(t, "officer", Officer)
	c.beat(t, "west", westKey, "officer")
	people := NewPeople(c.pool)
	for i, device := range []string{"phone", "tablet", ""} {
		token, err := people.begin(t.Context(), officer.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := people.NameDevice(t.Context(), token, device, "Linux"); err != nil {
			t.Fatal(err)
		}
		if got, err := people.Device(t.Context(), token); err != nil || i < 2 && got != device || i == 2 && len(got) != len("Linux 1234") {
			t.Fatalf("device %q, %v", got, err)
		}
	}
	c.sight(t, sighting("o", vision.Raised, inWest))
	a, events := c.alertOf(t, "o")
	if len(a.Receipts) != 3 || a.Receipts[0].Role != Officer {
		t.Fatalf("receipts %+v", a.Receipts)
	}
	for _, device := range []string{"tablet", "new"} {
		if err := c.store.MarkShown(t.Context(), events[0].Seq, officer.ID, device); err != nil {
			t.Fatal(err)
		}
	}
	a, _ = c.alertOf(t, "o")
	shown := map[string]bool{}
	for _, r := range a.Receipts {
		shown[r.Device] = !r.ShownAt.IsZero() && !r.DeliveredAt.IsZero()
	}
	if len(a.Receipts) != 4 || !shown["tablet"] || !shown["new"] || shown["phone"] {
		t.Errorf("receipts %+v", a.Receipts)
	}
}

func TestTake_ABorderWithinSigmaAsksBothTeams(t *testing.T) {
	c := newCity(t)
	west, east := c.person(t, "west", Officer), c.person(t, "east", Officer)
	c.beat(t, "west", westKey, "west")
	c.beat(t, "east", eastKey, "east")
	near := sighting("near", vision.Raised, orb.Point{118.30999, 36.828}) // 0.9 m from the border.
	near.SigmaM = 2
	far := sighting("far", vision.Raised, orb.Point{118.3099, 36.829})
	far.SigmaM = 2
	c.sight(t, near, far)
	told := func(occupancy string) (people []Ref) {
		a, _ := c.alertOf(t, occupancy)
		for _, r := range a.Receipts {
			people = append(people, r.Person)
		}
		return people
	}
	if got := told("near"); !slices.Equal(got, []Ref{west, east}) {
		t.Errorf("near the border: %+v", got)
	}
	if got := told("far"); !slices.Equal(got, []Ref{west}) {
		t.Errorf("away from it: %+v", got)
	}
	a, _ := c.alertOf(t, "near")
	if a.Grid.Key() != westKey {
		t.Errorf("the grid is %+v", a.Grid)
	}
	inEast := Scope{Grids: []GridKey{eastKey}, Person: east.ID}
	if a, err := c.store.Acknowledge(t.Context(), a.ID, east.ID, inEast, ""); err != nil || *a.Holder != east {
		t.Fatalf("%+v, %v", a.Holder, err)
	}
	var taken *TakenError
	if _, err := c.store.Acknowledge(t.Context(), a.ID, west.ID, Scope{Grids: []GridKey{westKey}}, ""); !errors.As(err, &taken) || taken.Holder != east {
		t.Errorf("the other team: %v", err)
	}
}

func TestClimber_AnUnansweredAlertClimbsItsLadder(t *testing.T) {
	c := newHandledCity(t)
	leader, partner, operator := c.person(t, "leader", Officer), c.other, c.person(t, "operator", Operator)
	c.beat(t, "east", eastKey, "other")
	file := rosterFile[:len("kind,id,name,unit_kind,unit,beat,post,shift,person,hours,first_day,last_day,substitute,reason\n")] +
		`unit,squad,一中队,squad,,,,,leader,,,,,
post,west,岗,,squad,west,,,,,,,,
post,east,岗,,squad,east,,,,,,,,
shift,e,,,,,east,,other,,2026-01-01,,,
`
	if err := c.putRoster(t, file); err != nil {
		t.Fatal(err)
	}
	ladders := Ladders{
		{Matters: []string{"06*"}, Steps: []LadderStep{{time.Second, ToCentre}}},
		{Matters: []string{"*"}, Steps: []LadderStep{{5 * time.Minute, ToPartner}, {10 * time.Minute, ToLeader}, {15 * time.Minute, ToCentre}}},
	}
	told := func() (people []Ref) {
		t.Helper()
		a, _ := c.alertOf(t, "o")
		for _, r := range a.Receipts {
			people = append(people, r.Person)
		}
		return people
	}
	climb := func() {
		t.Helper()
		var both sync.WaitGroup
		for range 2 { // Two processes, each as it is after a start.
			both.Go(func() {
				if err := NewClimber(c.store, ladders, slog.New(c.log)).climb(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	// waited moves the moment at which the alert was told into the past.
	waited := func(d time.Duration) {
		t.Helper()
		if _, err := c.pool.Exec(t.Context(), `UPDATE ladder_steps SET asked_at = now() - $1::interval`, d); err != nil {
			t.Fatal(err)
		}
		if _, err := c.pool.Exec(t.Context(), `UPDATE alerts SET asked_at = now() - $1::interval`, d); err != nil {
			t.Fatal(err)
		}
		if _, err := c.pool.Exec(t.Context(), `UPDATE ladder_steps l SET asked_at = a.asked_at FROM alerts a WHERE a.id = l.alert`); err != nil {
			t.Fatal(err)
		}
	}
	climb()
	if got := told(); !slices.Equal(got, []Ref{c.officer}) {
		t.Errorf("at once: %+v", got)
	}
	waited(6 * time.Minute)
	climb()
	climb()
	if got := told(); !slices.Equal(got, []Ref{c.officer, partner}) {
		t.Errorf("after 6 minutes: %+v", got)
	}
	waited(11 * time.Minute)
	climb()
	if got := told(); !slices.Equal(got, []Ref{c.officer, partner, leader}) {
		t.Errorf("after 11 minutes: %+v", got)
	}
	// The leader is in no beat of the west, and takes it all the same.
	if _, err := c.store.Acknowledge(t.Context(), c.id, leader.ID, Scope{Person: leader.ID}, ""); err != nil {
		t.Fatal(err)
	}
	waited(time.Hour)
	climb()
	if got := told(); slices.Contains(got, operator) {
		t.Errorf("after it was taken: %+v", got)
	}
	want := []EventType{AlertRaised, AlertUnanswered, AlertUnanswered, AlertAcknowledged, AlertTaken}
	if got := c.eventTypes(t); !slices.Equal(got, want) {
		t.Errorf("events %v", got)
	}
}

func TestLadders_ByMatterAndHour(t *testing.T) {
	day, night, rest := []LadderStep{{time.Minute, ToLeader}}, []LadderStep{{2 * time.Minute, ToCentre}}, []LadderStep{{time.Hour, ToCentre}}
	ladders := Ladders{
		{Matters: []string{"09*"}, Hours: hours("08:00-20:00"), Steps: day},
		{Matters: []string{"09*"}, Steps: night},
		{Matters: []string{"*"}, Steps: rest},
	}
	if err := ladders.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		matter string
		at     time.Time
		want   []LadderStep
	}{{"09012", clock(1, "19:59"), day}, {"09012", clock(1, "20:00"), night}, {"06011", clock(1, "12:00"), rest}} {
		if got := ladders.For(test.matter, test.at, shanghai); !slices.Equal(got, test.want) {
			t.Errorf("%s at %s: %v", test.matter, test.at, got)
		}
	}
	for name, bad := range map[string]Ladder{
		"no matter": {Steps: day}, "bad pattern": {Matters: []string{"["}}, "backwards": {Matters: []string{"*"}, Steps: append(slices.Clone(night), day...)},
		"to whom": {Matters: []string{"*"}, Steps: []LadderStep{{time.Minute, "mayor"}}}, "at once": {Matters: []string{"*"}, Steps: []LadderStep{{0, ToCentre}}},
	} {
		if (Ladders{bad}).Validate() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
