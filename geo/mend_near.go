package geo

import (
	"cmp"
	"math"
	"slices"

	"gridwatch/geo/coverage"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
)

// nearMiss is a corner that shall lie on a neighbour's corner, or on its side.
type nearMiss struct {
	from, to coverage.Point
	side     *stretch // On which to lies; nil where to is a corner.
}

// nearMisses are corners of the outline next to another grid across free ground that is open at its end: where it is
// closed it is a gap, and mended as one.
func (m *mending) nearMisses(mended map[coverage.Point]bool) []offer {
	loose := slices.DeleteFunc(slices.Clone(m.plane.lines), func(s shared) bool { return s.matched() })
	at := owners(loose)
	corners := slices.SortedFunc(func(yield func(coverage.Point) bool) {
		for p := range at {
			if !mended[p] && !yield(p) {
				return
			}
		}
	}, coverage.Point.Compare)
	var tree rtree.RTreeG[coverage.Point]
	for _, p := range corners {
		spot := [2]float64{float64(p.X), float64(p.Y)}
		tree.Insert(spot, spot, p)
	}
	lines := treeOf(loose)
	next := map[coverage.Point][]coverage.Point{}
	for _, s := range loose {
		next[s.a], next[s.b] = append(next[s.a], s.b), append(next[s.b], s.a)
	}
	var offers []offer
	taken := map[coverage.Point]bool{}
	for _, p := range corners {
		if taken[p] {
			continue
		}
		miss, distance, ok := m.nearestCorner(p, at, &tree, next, taken)
		if !ok {
			miss, distance, ok = m.nearestSide(p, at, loose, lines, next)
		}
		if !ok || !m.free(miss) {
			continue
		}
		taken[miss.from], taken[miss.to] = true, true
		offers = append(offers, m.offerMove(miss, distance, at, loose))
	}
	return offers
}

// distanceM is exact enough for some metres.
func distanceM(p, q coverage.Point) float64 {
	east, north := metresPerUnit(p)
	x, y := vector(p, q)
	return math.Hypot(float64(x)*east, float64(y)*north)
}

// reach is the tolerance in units, for searching.
func (m *mending) reach(p coverage.Point) float64 {
	east, _ := metresPerUnit(p)
	return m.toleranceM / east
}

func (m *mending) nearestCorner(p coverage.Point, at map[coverage.Point][]int32, tree *rtree.RTreeG[coverage.Point],
	next map[coverage.Point][]coverage.Point, taken map[coverage.Point]bool) (best nearMiss, least float64, ok bool) {
	lo, hi := stretch{p, p}.box(m.reach(p))
	tree.Search(lo, hi, func(_, _ [2]float64, q coverage.Point) bool {
		d := distanceM(p, q)
		if q == p || taken[q] || d > m.toleranceM || ok && d >= least || anyIn(at[p], at[q]) || smallDetail(p, q, next) {
			return true
		}
		best, least, ok = nearMiss{from: p, to: q}, d, true
		return true
	})
	return best, least, ok
}

// smallDetail reports whether two corners are near each other only because the border has short sides there: they are
// neighbours of one corner that is hardly farther away.
func smallDetail(p, q coverage.Point, next map[coverage.Point][]coverage.Point) bool {
	return slices.ContainsFunc(next[p], func(between coverage.Point) bool {
		return slices.Contains(next[q], between) && min(distanceM(p, between), distanceM(q, between)) < 2*distanceM(p, q)
	})
}

func (m *mending) nearestSide(p coverage.Point, at map[coverage.Point][]int32, loose []shared, lines *rtree.RTreeG[int32],
	next map[coverage.Point][]coverage.Point) (best nearMiss, least float64, ok bool) {
	lo, hi := stretch{p, p}.box(m.reach(p))
	lines.Search(lo, hi, func(_, _ [2]float64, i int32) bool {
		s := loose[i]
		foot, beside := s.foot(p)
		if !beside || anyIn(at[p], slices.Concat(s.left, s.right)) {
			return true
		}
		d := distanceM(p, foot)
		short := func(end coverage.Point) bool { return slices.Contains(next[p], end) && distanceM(p, end) < 2*d }
		if d > 0 && d <= m.toleranceM && (!ok || d < least) && !short(s.a) && !short(s.b) {
			best, least, ok = nearMiss{from: p, to: foot, side: &loose[i].stretch}, d, true
		}
		return true
	})
	return best, least, ok
}

// foot is the place on the stretch, not at its ends, that is nearest to p by metres.
func (s stretch) foot(p coverage.Point) (coverage.Point, bool) {
	east, north := metresPerUnit(p)
	x, y := vector(s.a, s.b)
	px, py := vector(s.a, p)
	ux, uy, vx, vy := float64(x)*east, float64(y)*north, float64(px)*east, float64(py)*north
	part := (ux*vx + uy*vy) / (ux*ux + uy*uy)
	if !(part > 0 && part < 1) {
		return coverage.Point{}, false
	}
	foot := coverage.Point{X: s.a.X + int32(math.Round(part*float64(x))), Y: s.a.Y + int32(math.Round(part*float64(y)))}
	return foot, foot != s.a && foot != s.b
}

// free reports whether nobody owns the ground that the corner would move over.
func (m *mending) free(miss nearMiss) bool {
	x, y := vector(miss.from, miss.to)
	return len(m.plane.gridsAt([2]float64{float64(miss.from.X) + float64(x)/2, float64(miss.from.Y) + float64(y)/2})) == 0
}

func (m *mending) offerMove(miss nearMiss, distance float64, at map[coverage.Point][]int32, loose []shared) offer {
	theirs := at[miss.to]
	if miss.side != nil {
		i := slices.IndexFunc(loose, func(s shared) bool { return s.stretch == *miss.side })
		theirs = slices.Concat(loose[i].left, loose[i].right)
	}
	o := offer{move: &miss, Mend: Mend{
		Kind: MendNearMiss, WidthM: distance, At: miss.from.Orb(), Ground: orb.LineString{miss.from.Orb(), miss.to.Orb()},
	}}
	for _, grids := range [][]int32{theirs, at[miss.from]} {
		var codes []string
		for _, grid := range grids {
			codes = append(codes, m.plane.shapes[grid].Code)
		}
		slices.SortFunc(codes, cmp.Compare[string])
		o.Codes = append(o.Codes, codes...)
	}
	o.Codes = slices.Compact(o.Codes)
	o.ID = o.id([]coverage.Point{miss.from, miss.to})
	return o
}
