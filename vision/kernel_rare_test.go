package vision

import (
	"slices"
	"testing"
	"time"
)

// A place that is visited once a minute is judged like any other, only later: no track lasts from one look to the next.
func TestStep_OneLookAMinute(t *testing.T) {
	c := city(t, "fire_lane")
	var state State
	var told []string
	for minute, there := range []bool{true, true, false, true, true, true, true, false, false, false, false, false, false, false, false} {
		var found []Detection
		if there {
			found = append(found, car(int64(minute+1), 0, 15))
		}
		at := streetBegin.Add(time.Duration(minute) * time.Minute)
		o := Observation{CameraID: "cam", ViewID: "view", Seq: uint64(minute + 1), At: at, Objects: Place(found, c.Camera.View)}
		var sightings []Sighting
		state, sightings, _ = Step(state, o, c)
		for _, s := range sightings {
			told = append(told, string(s.Kind)+" after "+s.At.Sub(streetBegin).String())
		}
	}
	if want := []string{"raised after 3m0s", "escalated after 4m0s", "cleared after 11m0s"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if len(state.Occupancies) != 0 {
		t.Errorf("%d occupancies are left", len(state.Occupancies))
	}
}
