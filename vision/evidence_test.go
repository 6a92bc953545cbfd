package vision

import (
	"slices"
	"testing"
)

func TestMarks_ShowWhatTheRuleLooksAt(t *testing.T) {
	box := func(x float64) Box { return Box{X: x, Y: 0.5, W: 0.1, H: 0.1} }
	o := Observation{At: streetBegin}
	for i, class := range []string{ClassVehicle, ClassPerson, "bird", "umbrella", ClassChange} {
		o.Objects = append(o.Objects, Object{Class: class, Box: box(0.1 * float64(i))})
	}
	for rule, want := range map[string][]string{
		"fire_lane": {ClassVehicle, ClassPerson, ClassChange, "subject 0.50"},
		"vending":   {ClassVehicle, ClassPerson, "umbrella", ClassChange, "subject 0.50"},
	} {
		occ := Occupancy{Rule: rule, Class: "subject", Score: 0.5, Box: box(0.9), Since: streetBegin}
		m := marks(o, City{Rules: testRules(t)}, occ, EvidenceNow)
		var got []string
		for _, b := range m.Boxes {
			got = append(got, b.Label)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is drawn with %v, want %v", rule, got, want)
		}
	}
}
