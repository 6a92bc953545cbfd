package coverage_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"gridwatch/geo/coverage"
	"gridwatch/geo/democity"
)

func disjoint(t *testing.T, grids []coverage.Grid) bool {
	t.Helper()
	apart, err := coverage.Disjoint(grids)
	if err != nil {
		t.Fatal(err)
	}
	return apart
}

func overlaps(t *testing.T, grids []coverage.Grid) bool {
	t.Helper()
	return slices.ContainsFunc(hold(t, grids).Problems(none), func(p coverage.Problem) bool { return p.Rule == coverage.Overlaps })
}

func TestDisjoint_OfDrawings(t *testing.T) {
	for name, c := range map[string]struct {
		grids []coverage.Grid
		apart bool
	}{
		"nine":                        {nine, true},
		"a grid with an island":       {island, true},
		"crooked borders":             {slanted, true},
		"a gap":                       {hollow, true},
		"a corner on a border":        {junction, true},
		"nothing":                     {nil, true},
		"an overlap":                  {doubled, false},
		"a grid on top of another":    {[]coverage.Grid{a4, recoded(a4, code("1.9", 1))}, false},
		"a grid inside another":       {[]coverage.Grid{a4, grid(code("1.9", 1), "1,1 2,1 2,2 1,2")}, false},
		"a grid over inner ones only": {append(slices.Clone(nine), grid(code("1.9", 1), "4,4 8,4 8,8 4,8")), false},
		"a whole net on top":          {slices.Concat(nine, []coverage.Grid{grid(code("1.9", 1), "0,0 12,0 12,12 0,12")}), false},
	} {
		if got := disjoint(t, c.grids); got != c.apart {
			t.Errorf("%s: %v", name, got)
		}
	}
	var refusal *coverage.Refusal
	if _, err := coverage.Disjoint([]coverage.Grid{grid(code("1.1", 1), "0,0 1,1")}); !errors.As(err, &refusal) {
		t.Errorf("a ring without an area: %v", err)
	}
}

// TestDisjoint_SaysWhatHoldingAllSays bends single grids of a city, so that they overlap or leave gaps, or neither.
func TestDisjoint_SaysWhatHoldingAllSays(t *testing.T) {
	var city []coverage.Grid
	for _, g := range democity.Synthetic(49) {
		city = append(city, coverage.GridOf(g.Code, g.Name, g.Kind, g.Street, g.Boundary))
	}
	rng := rand.New(rand.NewPCG(4, 9))
	said := map[bool]int{}
	for range 60 {
		bent := slices.Clone(city)
		i := rng.IntN(len(city))
		if rng.IntN(3) == 0 {
			bent = slices.Delete(bent, i, i+1)
			i = min(i, len(bent)-1)
		}
		corners := slices.Clone(bent[i].Boundary[0][0])
		k := 1 + rng.IntN(len(corners)-2)
		reach := []int32{0, 3, 300, 30_000}[rng.IntN(4)]
		corners[k].X += rng.Int32N(2*reach+1) - reach
		corners[k].Y += rng.Int32N(2*reach+1) - reach
		bent[i].Boundary = []coverage.Polygon{{corners}}
		if _, err := coverage.New(bent); err != nil {
			continue // Its border meets itself.
		}
		want := !overlaps(t, bent)
		if got := disjoint(t, bent); got != want {
			t.Errorf("corner %d of %s moved by up to %d: %v, want %v", k, bent[i].Code, reach, got, want)
		}
		said[want]++
	}
	if said[true] < 10 || said[false] < 10 {
		t.Errorf("%d were whole, %d were not", said[true], said[false])
	}
}
