package alerts

import (
	"reflect"
	"testing"
	"time"

	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// told returns an occupancy's three sightings, each with its own word on everything.
func told() (raised, escalated, cleared vision.Sighting) {
	raised, escalated, cleared = sighting("o", vision.Raised, inWest), sighting("o", vision.Escalated, inEast), sighting("o", vision.Cleared, onRoad)
	escalated.Score, escalated.Class = 0.9, "truck"
	cleared.Score, cleared.Class = 0.1, "nothing"
	return raised, escalated, cleared
}

// alertFrom is the alert that one occupancy's sightings make.
func alertFrom(sightings ...vision.Sighting) Alert {
	return Alert{}.of([]Occupancy{occupancyFrom(sightings...)})
}

func occupancyFrom(sightings ...vision.Sighting) (o Occupancy) {
	for _, s := range sightings {
		o = o.Merge(s)
	}
	return o
}

func TestAlert_MergeIsTheSameInEveryOrder(t *testing.T) {
	raised, escalated, cleared := told()
	all := []vision.Sighting{raised, escalated, cleared}
	for _, told := range [][]int{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}} {
		var want *Alert
		permute(told, func(order []int) {
			var in []vision.Sighting
			for _, i := range order {
				in = append(in, all[i], all[i]) // Each with a repeat.
			}
			got := alertFrom(in...)
			if want == nil {
				want = &got
			}
			if !reflect.DeepEqual(got, *want) {
				t.Errorf("order %v gives\n%+v\nanother gives\n%+v", order, got, *want)
			}
		})
	}
}

func TestAlert_MergeOfAll(t *testing.T) {
	raised, escalated, cleared := told()
	a := alertFrom(cleared, escalated, raised)
	if a.State != StateCleared || !a.RaisedAt.Equal(raised.At) || !a.EscalatedAt.Equal(escalated.At) || !a.ClearedAt.Equal(cleared.At) {
		t.Errorf("state %s, raised %s, escalated %s, cleared %s", a.State, a.RaisedAt, a.EscalatedAt, a.ClearedAt)
	}
	if a.Position != inWest || a.Class != vision.ClassVehicle || a.Score != 0.7 {
		t.Errorf("place and class are not those of the raising: %v %s %v", a.Position, a.Class, a.Score)
	}
	if a.Why.DwellS != escalated.Why.DwellS {
		t.Errorf("the reason is not that of the escalation: %+v", a.Why)
	}
	if a.Handling != New {
		t.Errorf("handling %q", a.Handling)
	}
}

func TestAlert_MergeKeepsWhatPeopleDid(t *testing.T) {
	raised, escalated, _ := told()
	a := alertFrom(escalated)
	a.Handling, a.AcknowledgedAt = Acknowledged, noon
	a = a.of([]Occupancy{occupancyFrom(escalated, raised)})
	if a.Handling != Acknowledged || !a.AcknowledgedAt.Equal(noon) {
		t.Errorf("handling %q at %s", a.Handling, a.AcknowledgedAt)
	}
}

func TestAlert_MergeOfTheSameMoment(t *testing.T) {
	raised, escalated, _ := told()
	escalated.At = raised.At // Both in one frame.
	one, other := alertFrom(raised, escalated), alertFrom(escalated, raised)
	if !reflect.DeepEqual(one, other) || one.Position != raised.Position {
		t.Errorf("%+v\n%+v", one, other)
	}
}

func TestDecodeSighting_RoundsToTheDatabase(t *testing.T) {
	s := sighting("o", vision.Raised, orb.Point{118.3, 36.8})
	s.At = s.At.Add(1234567 * time.Nanosecond)
	got, err := decodeSighting(encode(t, s))
	if err != nil {
		t.Fatal(err)
	}
	if want := s.At.Truncate(time.Microsecond); got.At != want {
		t.Errorf("at %s, want %s", got.At, want)
	}
}

// permute calls each with every order of items.
func permute(items []int, each func([]int)) {
	var walk func(done, left []int)
	walk = func(done, left []int) {
		if len(left) == 0 {
			each(done)
			return
		}
		for i := range left {
			rest := append(append([]int{}, left[:i]...), left[i+1:]...)
			walk(append(append([]int{}, done...), left[i]), rest)
		}
	}
	walk(nil, items)
}
