package geo

import (
	"fmt"
	"math"
	"math/big"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
)

// ContainsHalfOpen reports whether p belongs to the polygon, by a rule that cuts every border in half: a point on a
// border that two polygons share with the same vertices belongs to exactly one of them. Of an outer border, the western
// and southern sides belong to the polygon and the others do not. Rings may turn either way and begin anywhere.
// An empty polygon contains nothing.
func ContainsHalfOpen(poly orb.Polygon, p orb.Point) bool {
	odd := false
	for _, ring := range poly {
		odd = odd != crossesOdd(ring, p)
	}
	return odd
}

// crossesOdd reports whether the ray from p to the east crosses the ring an odd number of times.
func crossesOdd(ring orb.Ring, p orb.Point) bool {
	odd := false
	for i := 1; i < len(ring); i++ {
		odd = odd != crosses(ring[i-1], ring[i], p)
	}
	return odd
}

// crosses reports whether the ray from p to the east crosses the segment. That depends on the segment alone, not on its
// direction or on the ring around it: this is why neighbours agree.
func crosses(a, b, p orb.Point) bool {
	if (a[1] > p[1]) == (b[1] > p[1]) {
		return false // The lower end counts, the upper does not, so a corner between two segments counts once.
	}
	if a[1] > b[1] {
		a, b = b, a
	}
	return a[0] > p[0] && b[0] > p[0] || (a[0] > p[0] || b[0] > p[0]) && turn(a, b, p) > 0
}

// turn is +1 when c lies left of the line from a to b, -1 when right of it, and 0 when exactly on it. It is exact.
func turn(a, b, c orb.Point) int {
	left := (b[0] - a[0]) * (c[1] - a[1])
	right := (b[1] - a[1]) * (c[0] - a[0])
	det := left - right
	// Shewchuk's error bound of this expression: beyond it the rounded sign is the true one.
	const bound = 3.3306690738754716e-16
	if sum := math.Abs(left) + math.Abs(right); math.Abs(det) > bound*sum {
		if det > 0 {
			return 1
		}
		return -1
	}
	if a == c || b == c {
		return 0 // As the ends of neighbours are; far cheaper than to work it out.
	}
	return exactTurn(a, b, c)
}

func exactTurn(a, b, c orb.Point) int {
	minus := func(x, y float64) *big.Rat {
		return new(big.Rat).Sub(new(big.Rat).SetFloat64(x), new(big.Rat).SetFloat64(y))
	}
	left := minus(b[0], a[0])
	left.Mul(left, minus(c[1], a[1]))
	right := minus(b[1], a[1])
	right.Mul(right, minus(c[0], a[0]))
	return left.Cmp(right)
}

// validBoundary refuses what is not a polygon on the map: coordinates outside the degrees, or rings that are not rings.
func validBoundary(field string, polys orb.MultiPolygon) error {
	for i, poly := range polys {
		for j, ring := range poly {
			for k, p := range ring {
				if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
					return Invalid(fmt.Sprintf("%s[%d][%d][%d]", field, i, j, k),
						"must be longitude and latitude in degrees, not %v", p)
				}
			}
		}
	}
	return validRings(field, polys)
}

// validRings refuses rings that are open, too short, or cross or touch themselves or each other along a line; and holes
// outside their polygon. Two rings may touch in single points.
func validRings(field string, polys orb.MultiPolygon) error {
	if len(polys) == 0 {
		return Invalid(field, "is empty")
	}
	var segments []segment
	for i, poly := range polys {
		if len(poly) == 0 {
			return Invalid(field, "is empty")
		}
		for j, ring := range poly {
			name := fmt.Sprintf("%s[%d][%d]", field, i, j)
			if len(ring) < 4 {
				return Invalid(name, "a ring has at least 4 points, not %d", len(ring))
			}
			if ring[0] != ring[len(ring)-1] {
				return Invalid(name, "the ring is not closed: it begins at %v and ends at %v", ring[0], ring[len(ring)-1])
			}
			for k := 1; k < len(ring); k++ {
				if ring[k-1] == ring[k] {
					return Invalid(fmt.Sprintf("%s[%d]", name, k), "repeats the point before it")
				}
				segments = append(segments, segment{a: ring[k-1], b: ring[k], polygon: i, ring: j, n: k - 1, of: len(ring) - 1})
			}
		}
	}
	if err := crossing(field, segments); err != nil {
		return err
	}
	return validNesting(field, polys)
}

// segment is one edge of a ring, with its place in it.
type segment struct {
	a, b             orb.Point
	polygon, ring, n int
	of               int // Segments in its ring.
}

func (s segment) bounds() (lo, hi [2]float64) {
	return [2]float64{math.Min(s.a[0], s.b[0]), math.Min(s.a[1], s.b[1])},
		[2]float64{math.Max(s.a[0], s.b[0]), math.Max(s.a[1], s.b[1])}
}

// crossing finds two segments that may not meet as they do.
func crossing(field string, segments []segment) error {
	var tree rtree.RTreeG[int]
	var found error
	for i, s := range segments {
		lo, hi := s.bounds()
		tree.Search(lo, hi, func(_, _ [2]float64, j int) bool {
			if at, bad := meetBadly(s, segments[j]); bad {
				found = Invalid(fmt.Sprintf("%s[%d][%d]", field, s.polygon, s.ring),
					"crosses or touches itself near longitude %.7f, latitude %.7f", at[0], at[1])
			}
			return found == nil
		})
		if found != nil {
			return found
		}
		tree.Insert(lo, hi, i)
	}
	return nil
}

// meetBadly reports whether s and t meet in a way that rings may not, and about where.
func meetBadly(s, t segment) (at orb.Point, bad bool) {
	ta, tb := turn(s.a, s.b, t.a), turn(s.a, s.b, t.b)
	sa, sb := turn(t.a, t.b, s.a), turn(t.a, t.b, s.b)
	if ta*tb > 0 || sa*sb > 0 {
		return at, false
	}
	if ta == 0 && tb == 0 { // On one line: they may share an end, not a stretch.
		lo, hi := overlapOnLine(s, t)
		if lo == hi && (s.neighbour(t) || !s.sameRing(t)) {
			return at, false
		}
		return lo, onOrAfter(lo, hi)
	}
	if ta != 0 && tb != 0 && sa != 0 && sb != 0 {
		return midpoint(s.a, s.b), true
	}
	// One end lies on the other segment.
	at = t.a
	switch {
	case tb == 0:
		at = t.b
	case ta != 0 && sa == 0:
		at = s.a
	case ta != 0:
		at = s.b
	}
	return at, s.sameRing(t) && !s.neighbour(t)
}

func (s segment) sameRing(t segment) bool { return s.polygon == t.polygon && s.ring == t.ring }

// neighbour reports whether the segments follow each other in one ring.
func (s segment) neighbour(t segment) bool {
	return s.sameRing(t) && ((s.n+1)%s.of == t.n || (t.n+1)%s.of == s.n)
}

// overlapOnLine returns the common stretch of two segments on one line, from lo to hi; hi before lo when there is none.
func overlapOnLine(s, t segment) (lo, hi orb.Point) {
	sLo, sHi := inOrder(s.a, s.b)
	tLo, tHi := inOrder(t.a, t.b)
	lo, hi = sLo, sHi
	if before(lo, tLo) {
		lo = tLo
	}
	if before(tHi, hi) {
		hi = tHi
	}
	return lo, hi
}

func inOrder(a, b orb.Point) (lo, hi orb.Point) {
	if before(b, a) {
		return b, a
	}
	return a, b
}

func before(a, b orb.Point) bool { return a[0] < b[0] || a[0] == b[0] && a[1] < b[1] }

func onOrAfter(lo, hi orb.Point) bool { return !before(hi, lo) }

func midpoint(a, b orb.Point) orb.Point { return orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2} }

// validNesting refuses holes outside their polygon and polygons that lie in each other. Rings do not cross here, so one
// point that is not on the other ring decides.
func validNesting(field string, polys orb.MultiPolygon) error {
	for i, poly := range polys {
		for j, hole := range poly[1:] {
			if !insideOf(hole, poly[0]) {
				return Invalid(fmt.Sprintf("%s[%d][%d]", field, i, j+1), "the hole lies outside its polygon")
			}
			for k, other := range poly[1:] {
				if j != k && insideOf(hole, other) {
					return Invalid(fmt.Sprintf("%s[%d][%d]", field, i, j+1), "the hole lies inside another hole")
				}
			}
		}
		for k, other := range polys {
			if i == k || !insideOf(poly[0], other[0]) {
				continue
			}
			inHole := false
			for _, hole := range other[1:] {
				inHole = inHole || insideOf(poly[0], hole)
			}
			if !inHole {
				return Invalid(fmt.Sprintf("%s[%d]", field, i), "lies inside polygon %d", k)
			}
		}
	}
	return nil
}

// insideOf reports whether the inner ring lies inside the outer one, which it does not cross.
func insideOf(inner, outer orb.Ring) bool {
	if !outer.Bound().Intersects(inner.Bound()) {
		return false
	}
	for i := 1; i < len(inner); i++ {
		for _, p := range []orb.Point{inner[i], midpoint(inner[i-1], inner[i])} {
			if !onRing(outer, p) {
				return crossesOdd(outer, p)
			}
		}
	}
	return true // Every point is on the outer ring: the same ring.
}

func onRing(ring orb.Ring, p orb.Point) bool {
	for i := 1; i < len(ring); i++ {
		lo, hi := segment{a: ring[i-1], b: ring[i]}.bounds()
		if p[0] >= lo[0] && p[0] <= hi[0] && p[1] >= lo[1] && p[1] <= hi[1] && turn(ring[i-1], ring[i], p) == 0 {
			return true
		}
	}
	return false
}
