package coverage

import (
	"maps"
	"slices"
)

// rimOf finds those of the borders that a change concerns that belong to the outer outline: free edges whose walk goes
// around the coverage, or a part of it that lies apart, and not around an island in a gap. Where two grids overlap the border of one inside the other is no outline.
func (d *draft) rimOf(removed, added []owned) map[edge]bool {
	found := map[edge]bool{}
	looked := map[edge]bool{}
	for _, o := range slices.Concat(removed, added) {
		for _, e := range []edge{o.edge, o.twin()} {
			if looked[e] || !d.index.free(e) {
				continue
			}
			walk, closed := d.index.rimFrom(e)
			outer := closed && walk.area < 0 && !d.index.inGap(walk.first())
			looked[e] = true
			for _, f := range walk.edges {
				looked[f] = true
				if outer && !d.covered(f) {
					found[f] = true
				}
			}
			if outer && !d.covered(e) {
				found[e] = true
			}
		}
	}
	return found
}

// covered reports whether another grid than its owner lies over the middle of a border.
func (d *draft) covered(e edge) bool {
	if len(d.overlaps) == 0 {
		return false
	}
	owners := d.index.owners(e.twin())
	return slices.ContainsFunc(d.index.codesIn(e.box()), func(code string) bool {
		return !slices.Contains(owners, code) && inside(edgesOf(d.held[code].Boundary), e.middle())
	})
}

// sameOutline refuses a change of the outer outline; new vertices that lie exactly on it are none.
func (d *draft) sameOutline(before, after map[edge]bool) *Refusal {
	gone, come := straightened(before, after), straightened(after, before)
	if maps.Equal(gone, come) {
		return nil
	}
	return refuse(Outline, firstMoved(gone, come), nil, "the outer outline would change")
}

// firstMoved is the smallest corner that only one of the two outlines has; where they have the same ones, the smallest.
func firstMoved(gone, come map[edge]bool) Point {
	corners := func(edges map[edge]bool) map[Point]bool { return pointsIn(slices.Collect(maps.Keys(edges))) }
	before, after := corners(gone), corners(come)
	var all, moved []Point
	for _, side := range []map[Point]bool{before, after} {
		for p := range side {
			all = append(all, p)
			if before[p] != after[p] {
				moved = append(moved, p)
			}
		}
	}
	if len(moved) > 0 {
		all = moved
	}
	return slices.MinFunc(all, Point.Compare)
}

// straightened gives the edges of one side that the other has not, with those joined that go on straight.
func straightened(edges, other map[edge]bool) map[edge]bool {
	leaving, coming := map[Point][]edge{}, map[Point][]edge{}
	var own []edge
	for e := range edges {
		if !other[e] {
			own = append(own, e)
			leaving[e.A], coming[e.B] = append(leaving[e.A], e), append(coming[e.B], e)
		}
	}
	// goesOn is the one edge that continues e straight, where there is exactly one way through its end.
	goesOn := func(e edge) (edge, bool) {
		if len(leaving[e.B]) != 1 || len(coming[e.B]) != 1 {
			return edge{}, false
		}
		next := leaving[e.B][0]
		return next, edge{e.A, next.B}.holds(e.B)
	}
	joined := map[edge]bool{}
	for _, e := range own {
		if before := coming[e.A]; len(before) == 1 {
			if _, continued := goesOn(before[0]); continued {
				continue
			}
		}
		for next, straight := goesOn(e); straight; next, straight = goesOn(e) {
			e.B = next.B
		}
		joined[e] = true
	}
	return joined
}
