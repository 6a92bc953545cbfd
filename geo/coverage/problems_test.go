package coverage_test

import (
	"math"
	"slices"
	"testing"

	"gridwatch/geo/coverage"
)

func TestProblems_AWholeCoverageHasNone(t *testing.T) {
	for _, grids := range [][]coverage.Grid{nine, island, parted, slanted, comb} {
		if problems := hold(t, grids).Problems(coverage.Options{Divided: coverage.Divided(grids)}); len(problems) != 0 {
			t.Errorf("%v", problems)
		}
	}
}

func TestProblems_AreFoundWhereTheyAre(t *testing.T) {
	short := recoded(nine[4], "3703050020050")
	foreign := recoded(nine[4], code("2.6", 2))
	narrow := grid(code("1.8", 1), "0,0 4,0 4,0.05 0,0.05")
	for _, c := range []struct {
		name    string
		grids   []coverage.Grid
		opt     coverage.Options
		rule    string
		at      coverage.Point
		codes   []string
		warning bool
	}{
		{"a gap", hollow, none, coverage.Gap, at(4, 4), []string{code("2.2", 1), code("2.4", 1), code("2.6", 1), code("2.8", 1)}, false},
		{"a gap less than a metre wide", []coverage.Grid{grid(code("1.7", 1), "0,0 8,0 8,8 0,8", "2,2 2,2.05 6,2.05 6,2")}, none,
			coverage.Sliver, at(2, 2), []string{code("1.7", 1)}, false},
		{"an overlap", doubled, none, coverage.Overlaps, at(4, 0), []string{code("8.1", 1), code("8.2", 1)}, false},
		{"a grid on top of another", []coverage.Grid{a4, recoded(a4, code("1.9", 1))}, none, coverage.Overlaps, at(0, 0), []string{code("1.1", 1), code("1.9", 1)}, false},
		{"a grid inside another", []coverage.Grid{a4, grid(code("1.9", 1), "1,1 2,1 2,2 1,2")}, none, coverage.Overlaps, at(1, 1), []string{code("1.1", 1), code("1.9", 1)}, false},
		{"a corner that the neighbour has not", junction, none, coverage.TJunction, at(4, 4), []string{code("5.1", 1), code("5.2", 1), code("5.3", 1)}, false},
		{"a grid below the least area", nine, coverage.Options{MinAreaM2: 1700}, coverage.TooSmall, at(0, 0), []string{code("2.7", 1)}, false},
		{"a code of 13 digits", []coverage.Grid{short}, none, coverage.BadCode, at(4, 4), []string{"3703050020050"}, false},
		{"a grid in another community than its code says", []coverage.Grid{nine[5], nine[4]}, coverage.Options{Divided: coverage.Divided([]coverage.Grid{nine[5], foreign})},
			coverage.LeavesCommunity, at(4, 4), []string{code("2.5", 1)}, false},
		{"a narrow grid", []coverage.Grid{narrow}, none, coverage.Sliver, at(0, 0), []string{code("1.8", 1)}, true},
		{"a sequence that runs from east to west", []coverage.Grid{recoded(b4, code("1.1", 1)), recoded(c4, code("1.1", 2)), recoded(d4, code("1.1", 3))}, none,
			coverage.CodeOrder, at(0, 4), []string{code("1.1", 1), code("1.1", 2)}, true},
		{"a large grid of a divided community", []coverage.Grid{grid(code("1.1", 1), "0,0 40,0 40,40 0,40"), recoded(b40, code("1.1", 2))}, none,
			coverage.TooLarge, at(0, 0), []string{code("1.1", 1)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			problems := hold(t, c.grids).Problems(c.opt)
			i := slices.IndexFunc(problems, func(p coverage.Problem) bool { return p.Rule == c.rule && p.At == c.at })
			if i < 0 {
				t.Fatalf("no %s at %v among %v", c.rule, c.at, problems)
			}
			if p := problems[i]; p.Warning != c.warning || !slices.Equal(p.Codes, c.codes) {
				t.Errorf("%+v, want codes %v, warning %v", p, c.codes, c.warning)
			}
			for _, p := range problems {
				if p.Rule != c.rule && !p.Warning {
					t.Errorf("and %s: %s", p.Rule, p.Text)
				}
			}
		})
	}
}

var b40 = grid(code("1.1", 2), "40,0 44,0 44,40 40,40")

// A square of 1,000 units is 8.93 by 11.10 metres here, by PostGIS 1,584.7 m² for sixteen of them.
func TestAreaM2_IsThatOfTheGround(t *testing.T) {
	if m2 := a4.AreaM2(); math.Abs(m2-1584.7) > 0.5 {
		t.Errorf("%.1f m²", m2)
	}
}

func TestProblems_ALargeGridAloneInItsCommunityIsNoProblem(t *testing.T) {
	if problems := hold(t, []coverage.Grid{grid(code("1.1", 1), "0,0 40,0 40,40 0,40")}).Problems(none); len(problems) != 0 {
		t.Errorf("%v", problems)
	}
}
