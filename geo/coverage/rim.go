package coverage

import (
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
	for _, s := range x.spokes[came.B] {
		e := edge{came.B, s.to}
		if x.free(e) && (!found || clockwiseFirst(came.B, came.A, e.B, next.B)) {
			next, found = e, true
		}
	}
	return next, found
}

// inGap reports whether a point of the rim that is the westernmost of its walk lies in a gap: whether one of the walks
// that the ray from it to the west meets goes around it.
func (x *index) inGap(p Point) bool {
	looked := map[edge]bool{}
	for _, u := range x.edgesIn(box{Point{-1 << 31, p.Y}, p, true}) {
		for _, e := range []edge{u, u.twin()} {
			if looked[e] || !x.free(e) {
				continue
			}
			walk, closed := x.rimFrom(e)
			looked[e] = true
			for _, f := range walk.edges {
				looked[f] = true
			}
			if closed && walk.area > 0 && inside(walk.edges, p.spot()) {
				return true
			}
		}
	}
	return false
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
	byFirst := func(a, b loop) int { return a.first().compare(b.first()) }
	slices.SortFunc(gaps, byFirst)
	slices.SortFunc(outlines, byFirst)
	return gaps, outlines
}

// gapAround is the smallest gap around the point, with the islands in it as holes.
func (c *Coverage) gapAround(at Point) (loop, bool) {
	gaps, outlines := c.rim()
	best := -1
	for i, gap := range gaps {
		if (best < 0 || gap.area < gaps[best].area) && inside(gap.edges, at.spot()) {
			best = i
		}
	}
	if best < 0 {
		return loop{}, false
	}
	gap := gaps[best]
	for _, island := range outlines {
		if gaps[best].surrounds(island) && smallestAround(island, gaps) == best {
			if inside(island.edges, at.spot()) {
				return loop{}, false
			}
			gap.edges = slices.Concat(gap.edges, island.edges)
		}
	}
	gap.area = doubledArea(gap.edges)
	return gap, true
}
