package coverage

import (
	"cmp"
	"slices"
)

// The rim is every border with a grid on one side only, turned around: the outer outline clockwise, the gaps between grids
// counter-clockwise. It is walked with the free ground on the left.

// free reports whether the directed edge has no grid on its left and one on its right.
func (x *index) free(e edge) bool { return !x.has(e) && x.has(e.twin()) }

// rimFrom walks the rim from a free edge until it closes. The walk never leaves the piece of free ground on its left.
func (x *index) rimFrom(start edge) (loop, bool) {
	var walk []edge
	seen := map[edge]bool{}
	for e := start; !seen[e]; {
		seen[e] = true
		walk = append(walk, e)
		next, found := x.nextFree(e)
		if !found {
			return loop{}, false
		}
		e = next
	}
	closed, _ := x.nextFree(walk[len(walk)-1])
	return newLoop(walk), closed == start
}

// nextFree is the first free edge clockwise from the one by which the walk came.
func (x *index) nextFree(came edge) (next edge, found bool) {
	spokes := x.spokes[came.B]
	for _, s := range spokes {
		owned := s.out || slices.ContainsFunc(spokes, func(o spoke) bool { return o.out && o.to == s.to })
		if !owned && (!found || clockwiseFirst(came.B, came.A, s.to, next.B)) {
			next, found = edge{came.B, s.to}, true
		}
	}
	return next, found
}

// inGap reports whether a point of the rim that is the westernmost of its walk lies in a gap.
func (x *index) inGap(p Point) bool {
	if lo, _ := x.edges.Bounds(); lo[0] == float64(p.X) {
		return false // Nothing lies west of it.
	}
	_, found := x.smallestGap(p)
	return found
}

// rimIn walks the rim from every free edge whose box meets the box.
func (x *index) rimIn(b box) []loop {
	return x.walks(x.edgesIn(b), func(loop) box { return everywhere })
}

// walks walks the rim from the free ones among the edges. After each walk the rest may be limited to a box.
func (x *index) walks(among []edge, limit func(loop) box) []loop {
	var walks []loop
	looked := map[edge]bool{}
	within := everywhere
	for _, u := range among {
		for _, e := range []edge{u, u.twin()} {
			if looked[e] || !x.free(e) || !within.covers(e.box()) {
				continue
			}
			walk, closed := x.rimFrom(e)
			looked[e] = true
			for _, f := range walk.edges {
				looked[f] = true
			}
			if closed {
				walks = append(walks, walk)
				within = limit(walk)
			}
		}
	}
	return walks
}

// smallestGap is the smallest of the gaps around the point. Each of them crosses the ray from the point to the west; once
// one is found, a smaller one lies in its box.
func (x *index) smallestGap(p Point) (gap loop, found bool) {
	among := x.edgesIn(box{Point{-1 << 31, p.Y}, p, true})
	slices.SortStableFunc(among, func(e, f edge) int { return cmp.Compare(f.B.X, e.B.X) }) // From the east.
	x.walks(among, func(walk loop) box {
		if walk.area > 0 && (!found || walk.area < gap.area) && inside(walk.edges, p.spot()) {
			gap, found = walk, true
		}
		if !found {
			return everywhere
		}
		return boxOf(gap.edges)
	})
	return gap, found
}

// rim walks all of it: the loops around gaps (positive) and those around the coverage and its islands (negative), each kind
// by first point.
func (c *Coverage) rim() (gaps, outlines []loop) {
	seen := map[edge]bool{}
	for _, g := range c.Grids() {
		for _, e := range edgesOf(g.Boundary) {
			e = e.twin()
			if seen[e] || c.index.has(e) {
				continue
			}
			walk, closed := c.index.rimFrom(e)
			seen[e] = true
			for _, f := range walk.edges {
				seen[f] = true
			}
			switch {
			case !closed:
			case walk.area > 0:
				gaps = append(gaps, walk)
			case walk.area < 0:
				outlines = append(outlines, walk)
			}
		}
	}
	byFirst := func(a, b loop) int { return a.first().Compare(b.first()) }
	slices.SortFunc(gaps, byFirst)
	slices.SortFunc(outlines, byFirst)
	return gaps, outlines
}

// gapAround is the smallest gap around the point, with the islands in it as holes; or, where the point lies on a rim, the
// smallest gap with this rim, for there are gaps with no room for a point.
func (x *index) gapAround(at Point) (loop, bool) {
	var touching []loop
	for _, walk := range x.rimIn(box{}.with(at)) {
		on := func(e edge) bool { return e.A == at || e.holds(at) }
		if walk.area > 0 && slices.ContainsFunc(walk.edges, on) {
			touching = append(touching, walk)
		}
	}
	gap, found := loop{}, false
	if len(touching) > 0 {
		gap, found = slices.MinFunc(touching, func(a, b loop) int {
			return cmp.Or(cmp.Compare(a.area, b.area), a.first().Compare(b.first()))
		}), true
	} else {
		gap, found = x.smallestGap(at)
	}
	if !found {
		return loop{}, false
	}
	whole := gap
	for _, island := range x.rimIn(boxOf(gap.edges)) {
		if island.area >= 0 || !gap.surrounds(island) {
			continue
		}
		if inside(island.edges, at.spot()) {
			return loop{}, false
		}
		whole.edges = slices.Concat(whole.edges, island.edges)
	}
	whole.area = doubledArea(whole.edges)
	return whole, true
}
