package vision

import (
	"testing"
	"time"
)

// BenchmarkStep is a busy street: three fences, a parked car, a stall, a heap and ten people who walk.
func BenchmarkStep(b *testing.B) {
	c := city(b, "fire_lane", "vending", "debris")
	script, _ := play(c, move(300, with(walkers, car(1, 0, 18), person(2, -1.5, 14.2), table(3, -2, 14), pile(4, 2, 22))))
	var state State
	var shift time.Duration
	for i := 0; b.Loop(); i++ {
		if i > 0 && i%len(script) == 0 {
			shift += 300 * time.Second
		}
		o := script[i%len(script)]
		o.At = o.At.Add(shift)
		state, _, _ = Step(state, o, c)
	}
	if len(state.Occupancies) != 4 {
		b.Fatalf("%d occupancies are open, want the car and the heap in the lane, the stall, and the heap", len(state.Occupancies))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "observations/s")
}
