package vision

import (
	"testing"
)

// What a look cannot say for sure neither ends a stay nor prolongs one.
func TestStep_Doubt(t *testing.T) {
	seller, stand := person(1, 0.8, 18.2), table(2, 0, 18)
	testLives(t, []life{
		{
			name: "a gap and a pause of the camera together do not make it no stay",
			city: func(t testing.TB) City { return quickly(t, "fire_lane", true) },
			acts: []act{show(5, car(1, 0, 18)), show(14), dark(29), show(20, car(1, 0, 18))},
			want: []string{"50 fire_lane raised"},
		},
		{
			name: "of a group of which too few are left the place is clear",
			city: func(t testing.TB) City { return city(t, "bicycles") },
			acts: []act{show(650, row(3, 1, -1, 16)...), show(200, row(2, 1, -1, 16)...)},
			want: []string{"600 bicycles raised", "769 bicycles cleared"},
		},
		{
			name: "a seller whose id is another at every look is the one who stood there",
			city: vending,
			acts: []act{show(30, seller, stand), move(70, func(now float64) []Detection {
				return []Detection{person(100+int64(2*now), 0.8, 18.2), stand}
			}), show(90, seller, stand)},
			want: []string{"182 vending raised"}, // It takes so long to see that somebody stays.
		},
		{
			name: "somebody who stands where a stall was does not bring it back",
			city: vending,
			acts: []act{show(200, seller, stand), show(20), show(20, person(9, 0.8, 18.2)), show(100)},
			want: []string{"182 vending raised", "309 vending cleared"}, // The 20 s in which he stood there count for nothing.
		},
	})
}

// Who stood at a heap before it was reported was with it, too.
func TestStep_AHeapIsNotAloneBeforeItIsReported(t *testing.T) {
	c := quickly(t, "debris", true)
	c.Fences[0].Thresholds["alone_s"] = 100
	heap := reported(pile(1, 0, 18), 30, 10)
	o, cs := play(c, move(200, func(now float64) []Detection {
		shown := heap(now)
		if now < 25 {
			shown = append(shown, person(2, 1, 18))
		}
		return shown
	}))
	_, told, _ := run(o, cs)
	if len(told) != 1 {
		t.Fatalf("told %v", lines(told))
	}
	if raised := told[0].At.Sub(streetBegin).Seconds(); raised < 124 || raised > 126 {
		t.Errorf("raised at %v s, want 100 s after 25 s", raised)
	}
}
