package geo

import (
	"cmp"
	"math"
	"slices"

	"gridwatch/geo/coverage"

	"github.com/tidwall/rtree"
)

// stretch is a straight piece of border; its ends in order where it has no direction.
type stretch struct{ a, b coverage.Point }

func (s stretch) reversed() stretch { return stretch{s.b, s.a} }

// ordered is the stretch without direction, and whether it went that way.
func (s stretch) ordered() (stretch, bool) {
	if s.a.Compare(s.b) <= 0 {
		return s, true
	}
	return s.reversed(), false
}

func compareStretches(s, t stretch) int {
	return cmp.Or(s.a.Compare(t.a), s.b.Compare(t.b))
}

// vector is exact: coordinates are 32 bits wide.
func vector(from, to coverage.Point) (x, y int64) {
	return int64(to.X) - int64(from.X), int64(to.Y) - int64(from.Y)
}

// leftness is positive where p lies left of the line from a to b.
func leftness(a, b, p coverage.Point) int64 {
	ux, uy := vector(a, b)
	vx, vy := vector(a, p)
	return ux*vy - uy*vx
}

// beside reports whether p lies next to the stretch, not at its ends, and nearer than so many units.
func (s stretch) beside(p coverage.Point, units float64) bool {
	if p == s.a || p == s.b {
		return false
	}
	ux, uy := vector(s.a, s.b)
	vx, vy := vector(s.a, p)
	along := ux*vx + uy*vy
	return along > 0 && along < ux*ux+uy*uy && math.Abs(float64(ux*vy-uy*vx)) < units*math.Hypot(float64(ux), float64(uy))
}

// crossing is where two stretches cross each other, in whole units.
func (s stretch) crossing(t stretch) (coverage.Point, bool) {
	ta, tb := leftness(s.a, s.b, t.a), leftness(s.a, s.b, t.b)
	sa, sb := leftness(t.a, t.b, s.a), leftness(t.a, t.b, s.b)
	if (ta > 0) == (tb > 0) || (sa > 0) == (sb > 0) || ta == 0 || tb == 0 || sa == 0 || sb == 0 {
		return coverage.Point{}, false
	}
	part := float64(sa) / float64(sa-sb)
	ux, uy := vector(s.a, s.b)
	return coverage.Point{
		X: s.a.X + int32(math.Round(part*float64(ux))), Y: s.a.Y + int32(math.Round(part*float64(uy))),
	}, true
}

func (s stretch) box(room float64) (lo, hi [2]float64) {
	return [2]float64{float64(min(s.a.X, s.b.X)) - room, float64(min(s.a.Y, s.b.Y)) - room},
		[2]float64{float64(max(s.a.X, s.b.X)) + room, float64(max(s.a.Y, s.b.Y)) + room}
}

// eachStretch walks the border of a grid, with its ground on the left. Outer rings turn counter-clockwise, holes the
// other way, as the coverage engine has them.
func eachStretch(shape coverage.Grid, visit func(stretch)) {
	for _, polygon := range shape.Boundary {
		for _, ring := range polygon {
			for i := 1; i < len(ring); i++ {
				visit(stretch{ring[i-1], ring[i]})
			}
		}
	}
}

// shared is a stretch with the grids on its left and on its right, by their numbers.
type shared struct {
	stretch
	left, right []int32
}

// matched reports whether the stretch is a border as it should be: one grid on each side.
func (s shared) matched() bool {
	return len(s.left) == 1 && len(s.right) == 1 && s.left[0] != s.right[0]
}

// sharedStretches are all stretches of the grids, each once.
func sharedStretches(shapes []coverage.Grid, numbers []int32) []shared {
	type owned struct {
		stretch
		grid int32
		left bool
	}
	var all []owned
	for _, n := range numbers {
		eachStretch(shapes[n], func(s stretch) {
			ordered, left := s.ordered()
			all = append(all, owned{ordered, n, left})
		})
	}
	slices.SortFunc(all, func(s, t owned) int {
		return cmp.Or(compareStretches(s.stretch, t.stretch), cmp.Compare(s.grid, t.grid))
	})
	var merged []shared
	for _, o := range all {
		if len(merged) == 0 || merged[len(merged)-1].stretch != o.stretch {
			merged = append(merged, shared{stretch: o.stretch})
		}
		last := &merged[len(merged)-1]
		if o.left {
			last.left = append(last.left, o.grid)
		} else {
			last.right = append(last.right, o.grid)
		}
	}
	return merged
}

func everyNumber(shapes []coverage.Grid) []int32 {
	numbers := make([]int32, len(shapes))
	for i := range numbers {
		numbers[i] = int32(i)
	}
	return numbers
}

// unmatched are the stretches that have not one grid on each side: the outline, and every fault.
func unmatched(shapes []coverage.Grid) []shared {
	return slices.DeleteFunc(sharedStretches(shapes, everyNumber(shapes)), shared.matched)
}

// treeOf finds stretches by place.
func treeOf(stretches []shared) *rtree.RTreeG[int32] {
	var tree rtree.RTreeG[int32]
	for i, s := range stretches {
		lo, hi := s.box(0)
		tree.Insert(lo, hi, int32(i))
	}
	return &tree
}

// cuts are the points at which stretches are cut; the stretches have no direction.
type cuts map[stretch][]coverage.Point

func (c cuts) add(s stretch, p coverage.Point) bool {
	if p == s.a || p == s.b || slices.Contains(c[s], p) {
		return false
	}
	c[s] = append(c[s], p)
	return true
}

// line is the stretch from end to end over its cuts, in its own direction.
func (c cuts) line(s stretch) []coverage.Point {
	ordered, forward := s.ordered()
	between := slices.Clone(c[ordered])
	slices.SortFunc(between, func(p, q coverage.Point) int { return cmp.Compare(ordered.along(p), ordered.along(q)) })
	line := append(append([]coverage.Point{ordered.a}, between...), ordered.b)
	if !forward {
		slices.Reverse(line)
	}
	return line
}

func (s stretch) along(p coverage.Point) int64 {
	ux, uy := vector(s.a, s.b)
	vx, vy := vector(s.a, p)
	return ux*vx + uy*vy
}

// cut puts the cuts into the rings of a grid. A point that would come twice in a row stays once.
func (c cuts) cut(shape coverage.Grid) coverage.Grid {
	out := shape
	out.Boundary = make([]coverage.Polygon, len(shape.Boundary))
	for i, polygon := range shape.Boundary {
		for _, ring := range polygon {
			line := ring[:1:1]
			for k := 1; k < len(ring); k++ {
				line = append(line, c.line(stretch{ring[k-1], ring[k]})[1:]...)
			}
			out.Boundary[i] = append(out.Boundary[i], slices.Compact(line))
		}
	}
	return out
}
