package coverage

import (
	"cmp"
	"maps"
	"slices"
)

// conflict is a place where the borders of two grids, or of one with itself, may not be as they are.
type conflict struct {
	rule  string
	at    Point
	codes [2]string // Ordered; both the same where a grid is in its own way.
	touch bool      // One border ends on the other instead of crossing it.
}

func (c conflict) compare(o conflict) int {
	return cmp.Or(c.at.Compare(o.at), cmp.Compare(c.codes[0], o.codes[0]), cmp.Compare(c.codes[1], o.codes[1]))
}

func pair(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

func newConflict(rule string, at Point, a, b string) conflict {
	if a == b {
		rule = NotSimple
	}
	return conflict{rule: rule, at: at, codes: pair(a, b)}
}

// conflicts looks at the added edges and the vertices at their ends.
//
//   - An edge may meet another only in a vertex that both have: where it crosses or touches one of the same grid the
//     grid is not simple, where it crosses or touches another grid's it crosses it.
//   - Around a vertex the ground of a grid lies between an edge that leaves and the next one, counter-clockwise, that comes.
//     Where two such sectors share a direction their grids overlap, or the grid is not simple.
func (x *index) conflicts(added []owned) []conflict {
	var found []conflict
	looked := map[edge]bool{}
	vertices := map[Point]bool{}
	for _, o := range added {
		e := o.undirected()
		if looked[e] {
			continue
		}
		looked[e], vertices[e.A], vertices[e.B] = true, true, true
		b := e.box()
		x.edges.Search(corner(b.lo), corner(b.hi), func(_, _ [2]float64, f edge) bool {
			if at, touch, bad := meet(e, f); bad {
				for _, a := range x.sides(e) {
					for _, b := range x.sides(f) {
						c := newConflict(Crosses, at, a, b)
						c.touch = touch
						found = append(found, c)
					}
				}
			}
			return true
		})
	}
	for v := range vertices {
		found = append(found, conflictsAt(v, slices.Clone(x.spokes[v]))...)
	}
	return found
}

// meet reports whether two undirected edges meet anywhere but in ends that both have, and where: the end that lies on the
// other edge (they touch), the smallest of several; or the crossing, rounded.
func meet(e, f edge) (at Point, touch, bad bool) {
	if e == f {
		return at, false, false
	}
	for _, p := range []Point{e.A, e.B, f.A, f.B} {
		if (e.holds(p) || f.holds(p)) && (!touch || p.Compare(at) < 0) {
			at, touch = p, true
		}
	}
	if touch {
		return at, true, true
	}
	if turn(e.A, e.B, f.A)*turn(e.A, e.B, f.B) < 0 && turn(f.A, f.B, e.A)*turn(f.A, f.B, e.B) < 0 {
		if f.compare(e) < 0 {
			e, f = f, e
		}
		return crossing(e, f), false, true
	}
	return at, false, false
}

// conflictsAt looks at the sectors around one vertex, and orders its spokes.
func conflictsAt(v Point, spokes []spoke) []conflict {
	slices.SortFunc(spokes, func(a, b spoke) int {
		return cmp.Or(compareAround(v, a.to, b.to), inBeforeOut(a, b), cmp.Compare(a.code, b.code))
	})
	var open []string // Sectors that the direction lies in; at first those that go on over the east.
	last := map[string]bool{}
	for _, s := range spokes {
		last[s.code] = s.out
	}
	for _, code := range slices.Sorted(maps.Keys(last)) {
		if last[code] {
			open = append(open, code)
		}
	}
	var found []conflict
	for _, s := range spokes {
		if !s.out {
			if i := slices.Index(open, s.code); i >= 0 {
				open = slices.Delete(open, i, i+1)
			} else {
				found = append(found, newConflict(NotSimple, v, s.code, s.code))
			}
			continue
		}
		for _, code := range open {
			found = append(found, newConflict(Overlaps, v, s.code, code))
		}
		open = append(open, s.code)
	}
	return found
}

func inBeforeOut(a, b spoke) int {
	switch {
	case a.out == b.out:
		return 0
	case b.out:
		return -1
	}
	return 1
}

// swallowed finds grids that lie inside each other without their borders meeting, as they can after the borders in `moved`
// have changed: a ring that another grid swallows lies in the box of what moved.
func (c *Coverage) swallowed(codes []string, moved box) []conflict {
	var found []conflict
	for _, code := range codes {
		edges := edgesOf(c.held[code].Boundary)
		all := boxOf(edges)
		for _, other := range c.index.codesIn(all) {
			if other == code {
				continue
			}
			found = append(found, c.ringsInside(other, code, edges, moved)...)
			found = append(found, c.ringsInside(code, other, nil, moved)...)
		}
	}
	return found
}

// ringsInside finds the outer rings of a grid that lie in another grid.
func (c *Coverage) ringsInside(code, outer string, outerEdges []edge, moved box) []conflict {
	var found []conflict
	for _, poly := range c.held[code].Boundary {
		b := box{}
		for _, p := range poly[0] {
			b = b.with(p)
		}
		if !moved.covers(b) {
			continue
		}
		if outerEdges == nil {
			outerEdges = edgesOf(c.held[outer].Boundary)
		}
		if !boxOf(outerEdges).covers(b) {
			continue
		}
		for _, p := range poly[0] {
			if slices.ContainsFunc(c.index.spokes[p], func(s spoke) bool { return s.code == outer }) {
				continue // On both borders: decides nothing.
			}
			if inside(outerEdges, p.spot()) {
				found = append(found, newConflict(Overlaps, p, code, outer))
			}
			break
		}
	}
	return found
}

// worst is the refusal for the first of the conflicts under the rule, by place and then by codes.
func worst(rule string, conflicts []conflict) *Refusal {
	var first *conflict
	for i, c := range conflicts {
		if c.rule == rule && (first == nil || c.compare(*first) < 0) {
			first = &conflicts[i]
		}
	}
	if first == nil {
		return nil
	}
	switch rule {
	case NotSimple:
		return refuse(rule, first.at, first.codes[:1], "the border of %s would meet itself", first.codes[0])
	case Crosses:
		return refuse(rule, first.at, first.codes[:], "the border of %s would cross that of %s", first.codes[0], first.codes[1])
	}
	return refuse(rule, first.at, first.codes[:], "%s and %s would own the same ground", first.codes[0], first.codes[1])
}
