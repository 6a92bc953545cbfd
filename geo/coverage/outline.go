package coverage

import "slices"

// rimOf finds those of the borders that a change concerns that belong to the outer outline: free edges whose walk goes
// around the coverage from outside. Where two grids overlap the border of one inside the other is no outline.
func (d *draft) rimOf(removed, added []owned) map[edge]bool {
	found := map[edge]bool{}
	looked := map[edge]bool{}
	for _, o := range slices.Concat(removed, added) {
		for _, e := range []edge{o.edge, o.twin()} {
			if looked[e] || !d.index.free(e) {
				continue
			}
			walk, closed := d.index.rimFrom(e)
			outer := closed && walk.area < 0
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
	var different []edge
	for e := range come {
		if !gone[e] {
			different = append(different, e.undirected())
		}
	}
	for e := range gone {
		if !come[e] {
			different = append(different, e.undirected())
		}
	}
	if len(different) == 0 {
		return nil
	}
	first := slices.MinFunc(different, edge.compare)
	return refuse(Outline, first.A, nil, "the outer outline would change")
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
