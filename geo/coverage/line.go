package coverage

import (
	"slices"

	"github.com/paulmach/orb"
)

// course is a drawn line together with the borders that it meets: what lies on a border is a vertex of both.
//
// A point of the line that is a vertex of a border stays there. One that lies near a border (edge.near) is put into it, and
// where the border may not bend it goes to the nearest point that lies on it exactly, which may be a corner. Vertices of
// borders that lie near a segment of the line become points of the line. Where a segment crosses an edge otherwise, the
// crossing, rounded to units, becomes a point of both, and the nearest exact point again where the edge may not bend.
type course struct {
	points []Point
	cuts   map[edge][]Point // By undirected edge: what is to be put into it.
}

func pointsOf(line []orb.Point) []Point {
	points := make([]Point, len(line))
	for i, p := range line {
		points[i] = PointOf(p)
	}
	return points
}

func (d *draft) follow(line []Point, edges []edge) course {
	c := course{cuts: map[edge][]Point{}}
	placed := make([]Point, 0, len(line))
	on := map[Point][]edge{} // The edges that a point of the line was put into.
	vertices := map[Point]bool{}
	for _, e := range edges {
		vertices[e.A], vertices[e.B] = true, true
	}
	for _, p := range line {
		for _, e := range edges {
			if vertices[p] || !e.near(p) {
				continue
			}
			if !e.holds(p) && d.fixed(e) {
				p = latticeNearest(e, p)
			}
			on[p] = append(on[p], e)
			c.cut(e, p)
		}
		placed = append(placed, p)
	}
	for i, s := range chain(placed) {
		if i == 0 {
			c.points = append(c.points, s.A)
		}
		c.points = append(c.points, c.between(d, s, edges, on)...)
	}
	return c
}

// cut puts a point into an edge unless it is one of its ends.
func (c *course) cut(e edge, p Point) {
	if e = e.undirected(); p != e.A && p != e.B && !slices.Contains(c.cuts[e], p) {
		c.cuts[e] = append(c.cuts[e], p)
	}
}

// between is what the segment meets after its beginning, in order, and its end.
func (c *course) between(d *draft, s edge, edges []edge, on map[Point][]edge) []Point {
	var met []Point
	reach := s.box().wider()
	for _, e := range edges {
		if !reach.meets(e.box()) {
			continue
		}
		through := false
		for _, v := range []Point{e.A, e.B} {
			if v == s.A || v == s.B {
				through = true
			} else if s.near(v) {
				met, through = append(met, v), true
			}
		}
		if through || slices.Contains(on[s.A], e) || slices.Contains(on[s.B], e) || !properly(s, e) {
			continue
		}
		at := crossing(e, s)
		if d.fixed(e) {
			at = latticeCrossing(e, s)
		}
		c.cut(e, at)
		if at != s.A && at != s.B {
			met = append(met, at)
		}
	}
	slices.SortFunc(met, s.compareProjected)
	return append(slices.Compact(met), s.B)
}

// properly reports whether two edges cross between their ends.
func properly(e, f edge) bool {
	return turn(e.A, e.B, f.A)*turn(e.A, e.B, f.B) < 0 && turn(f.A, f.B, e.A)*turn(f.A, f.B, e.B) < 0
}

// withCuts puts those points into the edges that are wanted.
func (c course) withCuts(edges []edge, wanted map[Point]bool) []edge {
	for u, points := range c.cuts {
		if points = c.wantedOn(u, points, wanted); len(points) > 0 {
			edges = withPoints(edges, u, points)
		}
	}
	return edges
}

// wantedOn orders the wanted points from the smaller end of the edge.
func (c course) wantedOn(u edge, points []Point, wanted map[Point]bool) []Point {
	var kept []Point
	for _, p := range points {
		if wanted == nil || wanted[p] {
			kept = append(kept, p)
		}
	}
	slices.SortFunc(kept, u.compareProjected)
	return kept
}

// settle puts the wanted points into the borders of the draft.
func (c course) settle(d *draft, wanted map[Point]bool) {
	for u, points := range c.cuts {
		if points = c.wantedOn(u, points, wanted); len(points) > 0 {
			d.insert(u, points...)
		}
	}
}
