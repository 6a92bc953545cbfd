package alerts

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
)

func TestTake_WritesAlertEventEvidenceAndReceipts(t *testing.T) {
	c := newCity(t)
	first, second := c.person(t, "first", Officer), c.person(t, "second", Officer)
	c.beat(t, "west", westKey, "first", "second")
	c.beat(t, "east", eastKey, "second")
	in := sighting("o", vision.Raised, inWest)
	c.sight(t, in)

	a, events := c.alertOf(t, "o")
	if a.State != StateRaised || a.Handling != New || a.Matter != "09012" || !a.RaisedAt.Equal(in.At) || !a.Since.Equal(in.Since) {
		t.Errorf("alert %+v", a)
	}
	if a.Position != inWest || a.SigmaM != 0.4 || !a.Grounded || a.Area != nil {
		t.Errorf("place %v ± %v, grounded %v, area %v", a.Position, a.SigmaM, a.Grounded, a.Area)
	}
	if a.Grid == nil || a.Grid.Key() != westKey || a.Grid.Name != "西社区" || a.Grid != a.Community || a.Road != nil || !a.Grid.Demo {
		t.Errorf("grid %+v, community %+v, road %+v", a.Grid, a.Community, a.Road)
	}
	if a.Officer == nil || *a.Officer != first {
		t.Errorf("officer %+v, want the one who answers first", a.Officer)
	}
	if !reflect.DeepEqual(a.Why, in.Why) {
		t.Errorf("why %+v, want %+v", a.Why, in.Why)
	}
	if len(events) != 1 || events[0].Type != AlertRaised || events[0].Person != nil {
		t.Errorf("events %+v", events)
	}
	if got := kinds(a); !slices.Equal(got, []string{"begin", "now"}) || a.EvidenceCount != 2 || a.Evidence[1].N != 2 {
		t.Errorf("evidence %+v", a.Evidence)
	}
	if len(a.Receipts) != 2 || a.Receipts[0].Person != first || a.Receipts[1].Person != second || !a.Receipts[0].DeliveredAt.IsZero() {
		t.Errorf("receipts %+v", a.Receipts)
	}

	c.sight(t, sighting("o", vision.Escalated, inWest), sighting("o", vision.Cleared, inWest))
	a, events = c.alertOf(t, "o")
	if a.State != StateCleared || a.EscalatedAt.IsZero() || a.ClearedAt.IsZero() {
		t.Errorf("alert %+v", a)
	}
	if got := kinds(a); !slices.Equal(got, []string{"begin", "now", "escalated", "clear"}) {
		t.Errorf("evidence %v: the picture of the beginning is told three times and kept once", got)
	}
	if len(events) != 3 || events[1].Type != AlertEscalated || events[2].Type != AlertCleared {
		t.Errorf("events %+v", events)
	}
}

func TestTake_ARepeatInAnyOrderChangesNothing(t *testing.T) {
	c := newCity(t)
	c.person(t, "first", Officer)
	c.beat(t, "west", westKey, "first")
	var want Alert
	for round, seed := range []uint64{1, 2, 3, 4, 5, 6, 7, 8} {
		random := rand.New(rand.NewPCG(seed, 0))
		var thrice []vision.Sighting
		for _, kind := range []vision.Kind{vision.Raised, vision.Escalated, vision.Cleared} {
			s := sighting("same", kind, inWest)
			thrice = append(thrice, s, s, s)
		}
		random.Shuffle(len(thrice), func(i, j int) { thrice[i], thrice[j] = thrice[j], thrice[i] })
		taken := 0
		for _, s := range thrice {
			is, err := c.store.take(t.Context(), s, c.dispatch)
			if err != nil {
				t.Fatal(err)
			}
			if is {
				taken++
			}
		}
		if taken != 3 {
			t.Errorf("seed %d: %d sightings changed the record, want 3", seed, taken)
		}
		got, events := c.alertOf(t, "same")
		if len(events) != 3 || len(got.Receipts) != 1 || len(got.Evidence) != 4 {
			t.Errorf("seed %d: %d events, %d receipts, %d pictures", seed, len(events), len(got.Receipts), len(got.Evidence))
		}
		got = timeless(got)
		if round == 0 {
			want = got
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d gives\n%+v\nanother gave\n%+v", seed, got, want)
		}
		if _, err := c.pool.Exec(t.Context(), `DELETE FROM alerts`); err != nil {
			t.Fatal(err)
		}
	}
}

// timeless is the alert without what may differ between two lives of it: ids, the numbers of pictures, the clock.
func timeless(a Alert) Alert {
	a.ID = 0
	slices.SortFunc(a.Evidence, func(x, y Evidence) int { return x.TakenAt.Compare(y.TakenAt) })
	for i := range a.Evidence {
		a.Evidence[i].N = 0
	}
	for i := range a.Receipts {
		a.Receipts[i].QueuedAt = noon
	}
	return a
}

func TestTake_ManyAtOnceAreOneAlert(t *testing.T) {
	c := newCity(t)
	taken := make(chan bool)
	for range 4 {
		for _, kind := range []vision.Kind{vision.Raised, vision.Escalated, vision.Cleared} {
			go func() {
				is, err := c.store.take(t.Context(), sighting("o", kind, inWest), c.dispatch)
				if err != nil {
					t.Error(err)
				}
				taken <- is
			}()
		}
	}
	changed := 0
	for range 12 {
		if <-taken {
			changed++
		}
	}
	if a, events := c.alertOf(t, "o"); changed != 3 || len(events) != 3 || a.State != StateCleared || len(a.Evidence) != 4 {
		t.Errorf("%d changes, %d events, state %s, %d pictures", changed, len(events), a.State, len(a.Evidence))
	}
}

func TestTake_AnEscalationWithoutItsRaisingMakesTheAlert(t *testing.T) {
	c := newCity(t)
	c.sight(t, sighting("o", vision.Escalated, inEast))
	if a, events := c.alertOf(t, "o"); a.State != StateEscalated || a.EscalatedAt.IsZero() || len(events) != 1 || a.Grid.Key() != eastKey {
		t.Errorf("alert %+v, events %+v", a, events)
	}
}

func TestTake_WithoutAGridTheAlertBelongsToTheCity(t *testing.T) {
	c := newCity(t)
	c.sight(t, sighting("o", vision.Raised, nowhere))
	if a, _ := c.alertOf(t, "o"); a.Grid != nil || a.Community != nil || a.Officer != nil || len(a.Receipts) != 0 {
		t.Errorf("alert %+v", a)
	}
}

func TestTake_WithoutCalibrationTheFenceIsTheArea(t *testing.T) {
	c := newCity(t)
	in := sighting("o", vision.Raised, inWest)
	in.Grounded, in.SigmaM, in.Area = false, 0, box(118.304, 36.827, 118.306, 36.829)
	c.sight(t, in)
	if a, _ := c.alertOf(t, "o"); a.Grounded || !reflect.DeepEqual(a.Area, in.Area) || a.Position != inWest || a.Grid == nil {
		t.Errorf("alert %+v", a)
	}
}

func TestTake_AnAlertKeepsTheNamesOfItsDay(t *testing.T) {
	c := newCity(t)
	c.sight(t, sighting("o", vision.Raised, onRoad))
	later := grid(roadKey, "新南路", box(118.30, 36.82, 118.314, 36.821))
	if _, err := geo.NewStore(c.pool).ImportGrids(t.Context(), geo.Road, "later", noon.Add(time.Hour), false, []geo.Grid{later}); err != nil {
		t.Fatal(err)
	}
	if a, _ := c.alertOf(t, "o"); a.Grid != a.Road || a.Road.Name != "南路" || a.Community.Name != "西社区" {
		t.Errorf("grid %+v, road %+v, community %+v", a.Grid, a.Road, a.Community)
	}
}

func kinds(a Alert) (kinds []string) {
	for _, e := range a.Evidence {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}
