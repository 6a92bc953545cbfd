package democity

import (
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func TestSynthetic_IsACoverage(t *testing.T) {
	const n = 1500
	grids := Synthetic(n)
	if _, err := geo.NewIndex(grids); err != nil || len(grids) != n {
		t.Fatalf("%d grids: %v", len(grids), err)
	}
	directed := map[[2]orb.Point]int{}
	for _, g := range grids {
		eachSegment(g.Boundary, func(a, b orb.Point) { directed[[2]orb.Point{a, b}]++ })
	}
	alone := 0
	for segment, times := range directed {
		if times != 1 {
			t.Fatalf("%v appears %d times in one direction", segment, times)
		}
		if directed[[2]orb.Point{segment[1], segment[0]}] == 0 {
			alone++
		}
	}
	if rim := 16 * 4 * 39; alone > rim { // 16 segments on each side of a board of 39×39.
		t.Errorf("%d segments have no twin, more than the rim's %d", alone, rim)
	}
}
