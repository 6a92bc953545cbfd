package geo

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gridwatch/geo/coverage"

	"github.com/paulmach/orb"
)

// shapeIn is a grid in units of a metre or so from a corner in Linzi, one unit of the drawing being 100 steps.
func shapeIn(code string, rings ...[][2]float64) coverage.Grid {
	var polygon coverage.Polygon
	for _, ring := range rings {
		var points []coverage.Point
		for _, p := range append(ring, ring[0]) {
			points = append(points, coverage.Point{
				X: 1_183_000_000 + int32(math.Round(100*p[0])), Y: 368_200_000 + int32(math.Round(100*p[1]))})
		}
		polygon = append(polygon, points)
	}
	return coverage.Grid{Code: code, Name: code, Kind: KindCommunity, Boundary: []coverage.Polygon{polygon}}
}

const (
	codeA = "370305001001001"
	codeB = "370305001001002"
	codeC = "370305001001003"
)

func describe(m *mending) (lines []string) {
	for _, o := range m.offers {
		lines = append(lines, fmt.Sprintf("%s %.1f m² %.2f m %v", o.Kind, o.AreaM2, o.WidthM, o.Codes))
	}
	return lines
}

func TestFindMends_TellsEachKind(t *testing.T) {
	square := shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {100, 100}, {0, 100}})
	for _, test := range []struct {
		name   string
		net    Net
		shapes []coverage.Grid
		want   []string
	}{
		{"nothing is wrong", Community, []coverage.Grid{square, shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}})}, nil},
		//  ┌────┐┌──┐
		//  │ A  ><B │   both reach a point in the middle, apart above and below
		{"an overlap and an open wedge", Community, []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {101, 50}, {100, 100}, {0, 100}}),
			shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}, {100, 50}}),
		}, []string{"overlap 49.5 m² 0.45 m [370305001001002 370305001001001]"}},
		{"a closed sliver", Community, []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {99.5, 50}, {100, 100}, {0, 100}}),
			shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}}),
		}, []string{"sliver 24.8 m² 0.22 m [370305001001001 370305001001002]"}},
		{"a closed gap", Community, []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {96, 50}, {100, 100}, {0, 100}}),
			shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}}),
		}, []string{"gap 198.0 m² 1.78 m [370305001001001 370305001001002]"}},
		{"a gap that is too wide", Community, []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {80, 50}, {100, 100}, {0, 100}}),
			shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}}),
		}, nil},
		{"a ring of free ground around an island", Community, []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {100, 100}, {0, 100}}, [][2]float64{{40, 40}, {40, 60}, {60, 60}, {60, 40}}),
			shapeIn(codeB, [][2]float64{{40.5, 40.5}, {59.5, 40.5}, {59.5, 59.5}, {40.5, 59.5}}),
		}, []string{"sliver 38.6 m² 0.49 m [370305001001001 370305001001002]"}},
		{"a corner short of a neighbour's side", Community, []coverage.Grid{square,
			shapeIn(codeB, [][2]float64{{100.5, 20}, {200, 20}, {200, 80}, {100.5, 80}}),
		}, []string{"near_miss 0.0 m² 0.45 m [370305001001001 370305001001002]", "near_miss 0.0 m² 0.45 m [370305001001001 370305001001002]"}},
		{"a corner short of a neighbour's corner", Community, []coverage.Grid{square,
			shapeIn(codeB, [][2]float64{{100.5, 0}, {200, 0}, {200, 100}, {100.5, 100}}),
		}, []string{"near_miss 0.0 m² 0.45 m [370305001001002 370305001001001]", "near_miss 0.0 m² 0.45 m [370305001001002 370305001001001]"}},
		{"short sides of an outline", Community, []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {99.5, 0}, {100, 0.5}, {100, 100}, {0, 100}}),
			shapeIn(codeB, [][2]float64{{100, 0.5}, {100.5, 0}, {200, 0}, {200, 100}, {100, 100}}),
		}, nil},
		{"blocks between corridors", Road, []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {99.5, 50}, {100, 100}, {0, 100}}),
			shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}}),
		}, nil},
		{"three share ground", Community, []coverage.Grid{square, shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}}),
			shapeIn(codeC, [][2]float64{{90, 99}, {110, 99}, {110, 150}, {90, 150}}),
		}, []string{"overlap 9.9 m² 0.99 m [370305001001001 370305001001003]", "overlap 9.9 m² 0.99 m [370305001001002 370305001001003]"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := findMends(test.net, test.shapes, 2)
			if got := describe(m); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// mendAll accepts what is offered, again and again, until nothing is.
func mendAll(t *testing.T, shapes []coverage.Grid, toleranceM float64) []coverage.Grid {
	t.Helper()
	for range 8 {
		m := findMends(Community, shapes, toleranceM)
		if len(m.offers) == 0 {
			return shapes
		}
		var all []Acceptance
		for _, o := range m.offers {
			all = append(all, Acceptance{ID: o.ID})
		}
		changed, err := m.accept(all)
		if err != nil {
			t.Fatal(err)
		}
		for _, shape := range changed {
			i := slices.IndexFunc(shapes, func(g coverage.Grid) bool { return g.Code == shape.Code })
			shapes[i] = shape
		}
		shapes = fit(shapes)
	}
	t.Fatalf("mends without end: %q", describe(findMends(Community, shapes, toleranceM)))
	return nil
}

// faults are what the coverage engine finds wrong with borders.
func faults(t *testing.T, shapes []coverage.Grid) (found []string) {
	t.Helper()
	cover, err := coverage.New(shapes)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range cover.Problems(coverage.Options{}) {
		if slices.Contains([]string{coverage.Overlaps, coverage.Gap, coverage.Sliver, coverage.TJunction}, p.Rule) {
			found = append(found, fmt.Sprint(p.Rule, " ", p.Text, " ", p.At.Orb()))
		}
	}
	return found
}

func areaM2Of(shapes []coverage.Grid) (m2 float64) {
	for _, shape := range shapes {
		m2 += shape.AreaM2()
	}
	return m2
}

func TestAccept_MendsEachKind(t *testing.T) {
	for _, test := range []struct {
		name   string
		shapes []coverage.Grid
		m2     float64 // What the grids gain.
	}{
		{"an overlap", []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {101, 50}, {100, 100}, {0, 100}}),
			shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}, {100, 50}})}, -49.6},
		{"a sliver", []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {99.5, 50}, {100, 100}, {0, 100}}),
			shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}})}, 24.8},
		{"an island", []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {100, 100}, {0, 100}}, [][2]float64{{40, 40}, {40, 60}, {60, 60}, {60, 40}}),
			shapeIn(codeB, [][2]float64{{40.5, 40.5}, {59.5, 40.5}, {59.5, 59.5}, {40.5, 59.5}})}, 38.7},
		{"corners short of a side", []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {100, 100}, {0, 100}}),
			shapeIn(codeB, [][2]float64{{100.5, 20}, {200, 20}, {200, 80}, {100.5, 80}})}, 29.7},
		{"a crossing border", []coverage.Grid{
			shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {101, 30}, {99, 70}, {100, 100}, {0, 100}}),
			shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}})}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := areaM2Of(test.shapes)
			mended := mendAll(t, slices.Clone(test.shapes), 2)
			if found := faults(t, mended); len(found) > 0 {
				t.Errorf("left: %q", found)
			}
			if gained := areaM2Of(mended) - before; math.Abs(gained-test.m2) > 0.3 {
				t.Errorf("%.2f m² were gained, want %.2f", gained, test.m2)
			}
		})
	}
}

func TestAccept_GivesTheGroundToWhomThePersonSays(t *testing.T) {
	shapes := []coverage.Grid{
		shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {99.5, 50}, {100, 100}, {0, 100}}),
		shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}}),
	}
	for _, into := range []string{codeA, codeB} {
		m := findMends(Community, shapes, 2)
		changed, err := m.accept([]Acceptance{{ID: m.offers[0].ID, Into: into}})
		if err != nil {
			t.Fatal(err)
		}
		for i, shape := range changed {
			gained := shape.AreaM2() - shapes[i].AreaM2()
			if wins := shape.Code == into; wins && math.Abs(gained-24.8) > 0.1 || !wins && math.Abs(gained) > 0.1 {
				t.Errorf("into %s: %s gained %.1f m²", into, shape.Code, gained)
			}
		}
	}
}

func TestAccept_Refuses(t *testing.T) {
	m := findMends(Community, []coverage.Grid{
		shapeIn(codeA, [][2]float64{{0, 0}, {100, 0}, {99.5, 50}, {100, 100}, {0, 100}}),
		shapeIn(codeB, [][2]float64{{100, 0}, {200, 0}, {200, 100}, {100, 100}}),
	}, 2)
	for name, accepted := range map[string][]Acceptance{
		"ids":  {{ID: "nothing"}},
		"none": {},
		"into": {{ID: m.offers[0].ID, Into: codeC}},
	} {
		_, err := m.accept(accepted)
		var invalid *InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A city whose grids were each digitised by another hand: every corner of every grid is somewhere within half a metre.
func TestMends_MakeACoverageOfWhatManyHandsDrew(t *testing.T) {
	const side, cell = 6, 60.0
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 7))
		spread := 0.4 * random.Float64()
		corner := func(x, y float64) [2]float64 { // Where the ground has it.
			return [2]float64{cell*x + 8*math.Sin(3*y+x), cell*y + 8*math.Cos(2*x+y)}
		}
		drawn := func(x, y float64) [2]float64 { // Where a hand drew it.
			p := corner(x, y)
			return [2]float64{p[0] + spread*(2*random.Float64()-1), p[1] + spread*(2*random.Float64()-1)}
		}
		var shapes []coverage.Grid
		for i := range side {
			for j := range side {
				x, y := float64(i), float64(j)
				shapes = append(shapes, shapeIn(fmt.Sprintf("370305001001%03d", 1+i*side+j), [][2]float64{
					drawn(x, y), drawn(x+.3, y), drawn(x+.7, y), drawn(x+1, y), drawn(x+1, y+.5), drawn(x+1, y+1),
					drawn(x+.7, y+1), drawn(x+.3, y+1), drawn(x, y+1), drawn(x, y+.5)}))
			}
		}
		before := areaM2Of(shapes)
		mended := mendAll(t, fit(oriented(shapes)), 2)
		if found := faults(t, mended); len(found) > 0 {
			t.Fatalf("seed %d, spread %.2f: left %d: %q", seed, spread, len(found), found[:min(5, len(found))])
		}
		if after := areaM2Of(mended); math.Abs(after-before) > 0.01*before {
			t.Fatalf("seed %d: %.0f m² became %.0f m²", seed, before, after)
		}
	}
}

func TestFit_JoinsWhatRoundingTore(t *testing.T) {
	// A third of the way along a slanted side there is no whole step: the corner of B and C is next to the side of A.
	a := orb.MultiPolygon{{{{118.30, 36.82}, {118.3012345, 36.8200011}, {118.3011111, 36.8213333}, {118.30, 36.82}}}}
	p := orb.Point{118.3012345 - 0.0001234/3, 36.8200011 + 0.0013322/3}
	b := orb.MultiPolygon{{{{118.3012345, 36.8200011}, {118.31, 36.82}, p, {118.3012345, 36.8200011}}}}
	c := orb.MultiPolygon{{{p, {118.31, 36.82}, {118.3011111, 36.8213333}, p}}}
	var grids []Grid
	for i, boundary := range []orb.MultiPolygon{a, b, c} {
		grids = append(grids, Grid{Net: Community, Code: fmt.Sprintf("37030500100100%d", i+1), Name: "格", Kind: KindCommunity, Boundary: boundary})
	}
	if found := faults(t, shapesOf(grids)); len(found) == 0 {
		t.Fatal("the fixture has no fault")
	}
	if found := faults(t, shapesOf(FitGrids(grids))); len(found) > 0 {
		t.Errorf("left: %q", found)
	}
}
