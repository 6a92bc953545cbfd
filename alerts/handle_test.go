package alerts

import (
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

// handled is a city with one alert in the west, an officer there and one elsewhere.
type handledCity struct {
	*testCity
	id              int64
	officer, other  Ref
	inside, outside Scope
}

func newHandledCity(t *testing.T) *handledCity {
	c := &handledCity{testCity: newCity(t), inside: Scope{Grids: []GridKey{westKey}}, outside: Scope{Grids: []GridKey{eastKey, roadKey}}}
	c.officer, c.other = c.person(t, "officer", Officer), c.person(t, "other", Officer)
	c.beat(t, "west", westKey, "officer")
	c.sight(t, sighting("o", vision.Raised, inWest))
	a, _ := c.alertOf(t, "o")
	c.id = a.ID
	<-c.events
	return c
}

func (c *handledCity) eventTypes(t *testing.T) (types []EventType) {
	t.Helper()
	_, events := c.alertOf(t, "o")
	for _, e := range events {
		types = append(types, e.Type)
	}
	return types
}

func TestStore_HandlingGoesForwardAndIsToldOnce(t *testing.T) {
	tests := []struct {
		name   string
		deeds  []Handling
		want   Handling
		events []EventType
	}{
		{"step by step", []Handling{Acknowledged, Arrived, Handled}, Handled, []EventType{AlertAcknowledged, AlertTaken, AlertArrived, AlertHandled}},
		{"each twice", []Handling{Acknowledged, Acknowledged, Arrived, Arrived, Handled, Handled}, Handled, []EventType{AlertAcknowledged, AlertTaken, AlertArrived, AlertHandled}},
		{"arrives at once", []Handling{Arrived}, Arrived, []EventType{AlertAcknowledged, AlertTaken, AlertArrived}},
		{"handles at once", []Handling{Handled}, Handled, []EventType{AlertAcknowledged, AlertTaken, AlertHandled}},
		{"never back", []Handling{Handled, Arrived, Acknowledged}, Handled, []EventType{AlertAcknowledged, AlertTaken, AlertHandled}},
		{"acknowledges after arriving", []Handling{Arrived, Acknowledged}, Arrived, []EventType{AlertAcknowledged, AlertTaken, AlertArrived}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newHandledCity(t)
			var a Alert
			for _, to := range test.deeds {
				var err error
				if a, err = c.do(t, to, c.inside); err != nil {
					t.Fatal(err)
				}
			}
			if a.Handling != test.want || a.AcknowledgedAt.IsZero() || a.AcknowledgedBy == nil || *a.AcknowledgedBy != c.officer {
				t.Errorf("alert %+v", a)
			}
			if a.ArrivedAt.IsZero() == slices.Contains(test.events, AlertArrived) || a.HandledAt.IsZero() == (test.want == Handled) {
				t.Errorf("arrived %s, handled %s", a.ArrivedAt, a.HandledAt)
			}
			if got := c.eventTypes(t); !slices.Equal(got, append([]EventType{AlertRaised}, test.events...)) {
				t.Errorf("events %v, want raised and %v", got, test.events)
			}
			if a, _ := c.alertOf(t, "o"); len(a.Receipts) != 1 || a.Receipts[0].AcknowledgedAt.IsZero() {
				t.Errorf("receipts %+v", a.Receipts)
			}
		})
	}
}

func (c *handledCity) do(t *testing.T, to Handling, scope Scope) (Alert, error) {
	switch to {
	case Acknowledged:
		return c.store.Acknowledge(t.Context(), c.id, c.officer.ID, scope, "")
	case Arrived:
		return c.store.Arrive(t.Context(), c.id, c.officer.ID, scope, "")
	default:
		return c.store.Handle(t.Context(), c.id, c.officer.ID, scope, "", nil)
	}
}

func TestStore_TwoAcknowledgeAtOnce(t *testing.T) {
	c := newHandledCity(t)
	by := []Ref{c.officer, c.other}
	var both sync.WaitGroup
	refused := make([]error, 2)
	for i := range by {
		both.Go(func() {
			_, refused[i] = c.store.Acknowledge(t.Context(), c.id, by[i].ID, c.inside, fmt.Sprint("note ", i))
		})
	}
	both.Wait()
	first := slices.Index(refused, nil)
	if first < 0 {
		t.Fatalf("both are refused: %v", refused)
	}
	var taken *TakenError
	if err := refused[1-first]; !errors.As(err, &taken) || taken.Holder != by[first] {
		t.Errorf("the second is told %v, and %+v has it", err, by[first])
	}
	a, events := c.alertOf(t, "o")
	if a.Holder == nil || *a.Holder != by[first] || *a.AcknowledgedBy != by[first] {
		t.Errorf("held by %+v, acknowledged by %+v", a.Holder, a.AcknowledgedBy)
	}
	if len(events) != 3 || events[1].Type != AlertAcknowledged || events[2].Type != AlertTaken ||
		*events[1].Person != by[first] || *events[2].Person != by[first] || events[1].Note != fmt.Sprint("note ", first) {
		t.Errorf("events %+v", events)
	}
	if len(c.events) != 1 {
		t.Errorf("the feed was woken %d times for one event", len(c.events))
	}
}

func TestStore_OutsideTheScopeThereIsNoAlert(t *testing.T) {
	c := newHandledCity(t)
	for _, scope := range []Scope{c.outside, {}} {
		for _, to := range []Handling{Acknowledged, Arrived, Handled} {
			if _, err := c.do(t, to, scope); !errors.Is(err, ErrNotFound) || !errors.Is(err, geo.ErrNotFound) {
				t.Errorf("%s: %v", to, err)
			}
		}
		if _, _, err := c.store.Alert(t.Context(), c.id, scope); !errors.Is(err, ErrNotFound) {
			t.Errorf("Alert: %v", err)
		}
		if _, err := c.store.Evidence(t.Context(), c.id, 1, scope); !errors.Is(err, ErrNotFound) {
			t.Errorf("Evidence: %v", err)
		}
	}
	for _, id := range []int64{0, -1, c.id + 1} {
		if _, err := c.store.Acknowledge(t.Context(), id, c.officer.ID, Scope{City: true}, ""); !errors.Is(err, ErrNotFound) {
			t.Errorf("alert %d: %v", id, err)
		}
	}
	if got := c.eventTypes(t); len(got) != 1 {
		t.Errorf("events %v", got)
	}
}

func TestStore_ACompletedPlaceCanStillBeAcknowledged(t *testing.T) {
	c := newHandledCity(t)
	c.sight(t, sighting("o", vision.Cleared, inWest))
	a, err := c.do(t, Acknowledged, c.inside)
	if err != nil || a.State != StateCleared || a.Handling != Acknowledged || !a.AcknowledgedAt.After(a.ClearedAt) {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestStore_HandleWithAPhoto(t *testing.T) {
	c := newHandledCity(t)
	photo := Photo{SHA256: fmt.Sprintf("%064x", 77), Bytes: 5000, ContentType: "image/webp", TakenAt: noon}
	handle := func(p *Photo) Alert {
		t.Helper()
		a, err := c.store.Handle(t.Context(), c.id, c.officer.ID, c.inside, "已清理", p)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	handle(&photo)
	handle(&photo) // A phone that did not hear the answer asks again.
	if a := handle(nil); a.EvidenceCount != 3 {
		t.Errorf("%d pictures, want 2 of the camera and 1 photo", a.EvidenceCount)
	}
	e, err := c.store.Evidence(t.Context(), c.id, 3, c.inside)
	if want := (Evidence{3, "photo", photo.SHA256, 5000, "image/webp", noon, nil}); err != nil || e != want {
		t.Errorf("evidence %+v, %v", e, err)
	}
	if got := c.eventTypes(t); !slices.Equal(got, []EventType{AlertRaised, AlertAcknowledged, AlertTaken, AlertHandled}) {
		t.Errorf("events %v", got)
	}
	second := photo
	second.SHA256, second.TakenAt = fmt.Sprintf("%064x", 78), time.Time{}
	handle(&second) // Another photo is news.
	if got := c.eventTypes(t); len(got) != 5 || got[4] != AlertHandled {
		t.Errorf("events %v", got)
	}
}

func TestStore_HandleRefusesABadPhoto(t *testing.T) {
	c := newHandledCity(t)
	good := Photo{SHA256: fmt.Sprintf("%064x", 1), Bytes: 1, ContentType: "image/png"}
	for field, photo := range map[string]Photo{
		"photo.sha256":       {SHA256: "../x", Bytes: 1, ContentType: good.ContentType},
		"photo.bytes":        {SHA256: good.SHA256, ContentType: good.ContentType},
		"photo.content_type": {SHA256: good.SHA256, Bytes: 1},
	} {
		_, err := c.store.Handle(t.Context(), c.id, c.officer.ID, c.inside, "", &photo)
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if got := c.eventTypes(t); len(got) != 1 {
		t.Errorf("events %v", got)
	}
}

func TestStore_ANoteGoesWithWhatWasSaid(t *testing.T) {
	c := newHandledCity(t)
	if _, err := c.store.Arrive(t.Context(), c.id, c.officer.ID, c.inside, "车主在场"); err != nil {
		t.Fatal(err)
	}
	_, events := c.alertOf(t, "o")
	if len(events) != 4 || events[1].Note != "" || events[3].Note != "车主在场" {
		t.Errorf("events %+v", events)
	}
	for _, note := range []string{"a\x00", "\xff", strings.Repeat("长", maxNoteRunes+1)} {
		_, err := c.store.Handle(t.Context(), c.id, c.officer.ID, c.inside, note, nil)
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "note" {
			t.Errorf("%.10q: %v", note, err)
		}
	}
}

func TestStore_ReceiptsFollowTheTelling(t *testing.T) {
	c := newHandledCity(t)
	_, events := c.alertOf(t, "o")
	seq := events[0].Seq
	receipt := func() Receipt {
		t.Helper()
		a, _ := c.alertOf(t, "o")
		if len(a.Receipts) != 1 {
			t.Fatalf("receipts %+v", a.Receipts)
		}
		return a.Receipts[0]
	}
	mark := func(mark func() error) {
		t.Helper()
		if err := mark(); err != nil {
			t.Fatal(err)
		}
	}
	mark(func() error { return c.store.MarkDelivered(t.Context(), seq, c.other.ID, "phone") }) // Nothing was queued for them.
	mark(func() error { return c.store.MarkDelivered(t.Context(), seq+1000, c.officer.ID, "phone") })
	if r := receipt(); !r.DeliveredAt.IsZero() {
		t.Errorf("delivered to nobody, but %+v", r)
	}
	mark(func() error { return c.store.MarkDelivered(t.Context(), seq, c.officer.ID, "phone") })
	delivered := receipt()
	if delivered.DeliveredAt.IsZero() || !delivered.ShownAt.IsZero() {
		t.Errorf("%+v", delivered)
	}
	mark(func() error { return c.store.MarkShown(t.Context(), seq, c.officer.ID, "phone") })
	shown := receipt()
	if shown.ShownAt.IsZero() || shown.DeliveredAt != delivered.DeliveredAt {
		t.Errorf("%+v", shown)
	}
	mark(func() error { return c.store.MarkDelivered(t.Context(), seq, c.officer.ID, "phone") })
	mark(func() error { return c.store.MarkShown(t.Context(), seq, c.officer.ID, "phone") })
	if again := receipt(); again != shown {
		t.Errorf("a repeat made %+v of %+v", again, shown)
	}
}

func TestStore_ShownMeansDelivered(t *testing.T) {
	c := newHandledCity(t)
	_, events := c.alertOf(t, "o")
	if err := c.store.MarkShown(t.Context(), events[0].Seq, c.officer.ID, "phone"); err != nil {
		t.Fatal(err)
	}
	if a, _ := c.alertOf(t, "o"); a.Receipts[0].DeliveredAt.IsZero() {
		t.Errorf("%+v", a.Receipts)
	}
}

func TestStore_LookingAtEvidenceIsRecorded(t *testing.T) {
	c := newHandledCity(t)
	for range 2 {
		if err := c.store.RecordView(t.Context(), c.id, 1, c.officer.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := c.count(t, `SELECT count(*) FROM evidence_views WHERE alert = $1 AND n = 1 AND person = $2`, c.id, c.officer.ID); n != 2 {
		t.Errorf("%d views on record", n)
	}
	if err := c.store.RecordView(t.Context(), c.id, 9, c.officer.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a picture that is not there: %v", err)
	}
}
