package vision

import (
	"fmt"
	"slices"
	"testing"
)

func bike(track int64, x, y float64) Detection { return thing("bicycle", track, x, y, 1.7, 1.1) }

// row is so many bicycles side by side, a metre apart, from x on.
func row(n int, track int64, x, y float64) []Detection {
	var bikes []Detection
	for i := range n {
		bikes = append(bikes, bike(track+int64(i), x+float64(i), y))
	}
	return bikes
}

func TestStep_Group(t *testing.T) {
	bicycles := func(t testing.TB) City { return city(t, "bicycles") }
	shared := func(t testing.TB) City { return city(t, "shared_bikes") }
	testLives(t, []life{
		{
			name: "three bicycles together are raised, escalated and cleared, each once",
			city: bicycles,
			acts: []act{show(3700, row(3, 1, -1, 16)...), show(150)},
			want: []string{"600 bicycles raised", "3600 bicycles escalated", "3819 bicycles cleared"},
		},
		{
			name: "two are too few",
			city: bicycles,
			acts: []act{show(700, row(2, 1, -1, 16)...)},
			gate: GateCount,
		},
		{
			name: "three that stand far apart are no group",
			city: bicycles,
			acts: []act{show(700, bike(1, -2.5, 13), bike(2, 2.5, 17), bike(3, -2.5, 22))},
			gate: GateCount,
		},
		{
			name: "a motorcycle among bicycles is one of them",
			city: bicycles,
			acts: []act{show(610, append(row(2, 1, -1, 16), thing("motorcycle", 9, 1, 16, 1.8, 1.1))...)},
			want: []string{"600 bicycles raised"},
		},
		{
			name: "riders who pass are no parked bicycles",
			city: bicycles,
			acts: []act{move(700, func(t float64) []Detection {
				var riders []Detection
				for i := range 4 {
					riders = append(riders, bike(int64(i+1)+4*int64(t/3), 4*(t-3*float64(int64(t/3)))-6+float64(i), 16))
				}
				return riders
			})},
		},
		{
			name: "one taken from the group and one added change nothing",
			city: bicycles,
			acts: []act{show(300, row(4, 1, -1, 16)...), show(200, row(3, 1, -1, 16)...), show(200, row(5, 1, -1, 16)...)},
			want: []string{"600 bicycles raised"},
		},
		{
			name: "a group of which some are not seen in most looks is still there",
			city: bicycles,
			acts: []act{move(620, func(t float64) []Detection {
				if int(2*t)%2 == 0 {
					return row(2, 1, -1, 16)
				}
				return row(4, 1, -1, 16)
			})},
			want: []string{"603 bicycles raised"},
		},
		{
			name: "two groups at two ends are two",
			city: bicycles,
			acts: []act{show(610, append(row(3, 1, -2, 13), row(3, 11, -2, 22)...)...)},
			want: []string{"600 bicycles raised", "600 bicycles raised"},
		},
		{
			name: "nine shared bicycles are no pile, ten are",
			city: shared,
			acts: []act{show(620, pileOfBikes(9)...), show(620, pileOfBikes(10)...)},
			want: []string{"1222 shared_bikes raised"},
			gate: GateCount,
		},
		{
			name: "a group in a view without calibration",
			city: func(t testing.TB) City { return uncalibrated(t, "bicycles") },
			acts: []act{show(610, row(3, 1, -1, 16)...)},
			want: []string{"600 bicycles raised"},
		},
	})
}

// pileOfBikes are bicycles in rows of five.
func pileOfBikes(n int) []Detection {
	var bikes []Detection
	for i := range n {
		bikes = append(bikes, bike(int64(i+1), -2+float64(i%5), 15+1.2*float64(i/5)))
	}
	return bikes
}

// An alert of a group says how many there were, and its box holds all of them.
func TestStep_GroupIsCounted(t *testing.T) {
	bikes := row(4, 1, -1, 16)
	_, s, _ := run(play(city(t, "bicycles"), show(610, bikes...)))
	if len(s) != 1 || s[0].Why.Count != 4 || s[0].Class != "bicycle" || !slices.Equal(s[0].Why.Tracks, []int64{1, 2, 3, 4}) {
		t.Fatalf("said %+v", s)
	}
	for i, b := range bikes {
		if b.Box.covered(s[0].Box) < 0.999 {
			t.Errorf("bicycle %d at %v is outside %v", i, b.Box, s[0].Box)
		}
	}
	if fmt.Sprintf("%.1f", s[0].Why.Thresholds["min_count"]) != "3.0" {
		t.Errorf("thresholds %v", s[0].Why.Thresholds)
	}
}
