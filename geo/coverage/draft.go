package coverage

import (
	"maps"
	"slices"
)

// draft is a command at work: the grids that it touches, as directed edges, while the coverage stays as it is.
type draft struct {
	*Coverage
	opt   Options
	grids map[string]Grid   // Touched grids that will be there afterwards; their boundary is in lines.
	lines map[string][]edge // Touched grids; a grid that will be gone has no edges.
}

func (c *Coverage) draft(opt Options) *draft {
	return &draft{Coverage: c, opt: opt, grids: map[string]Grid{}, lines: map[string][]edge{}}
}

// touch takes a grid into the draft.
func (d *draft) touch(code string) []edge {
	if _, touched := d.lines[code]; !touched {
		d.grids[code] = d.held[code]
		d.lines[code] = edgesOf(d.held[code].Boundary)
	}
	return d.lines[code]
}

// put makes a grid of these edges.
func (d *draft) put(g Grid, edges []edge) {
	d.grids[g.Code], d.lines[g.Code] = g, edges
}

// drop leaves nothing of a grid.
func (d *draft) drop(code string) {
	d.lines[code] = nil
	delete(d.grids, code)
}

func (d *draft) touched() []string { return slices.Sorted(maps.Keys(d.lines)) }

// insert puts points into a border, for the grids on both sides. The points are ordered from the smaller end of the edge.
func (d *draft) insert(e edge, points ...Point) {
	e = e.undirected()
	for _, code := range d.index.sides(e) {
		d.lines[code] = withPoints(d.touch(code), e, points)
	}
}

// withPoints gives the edges with the points put into e, or into its twin; edges without either stay as they are.
func withPoints(edges []edge, e edge, points []Point) []edge {
	for i, have := range edges {
		if have != e && have != e.twin() {
			continue
		}
		pieces := chain(append(append([]Point{e.A}, points...), e.B))
		if have != e {
			pieces = reversed(pieces)
		}
		return slices.Replace(slices.Clone(edges), i, i+1, pieces...)
	}
	return edges
}

// chain is the edges of a line; points that repeat the one before make none.
func chain(line []Point) []edge {
	edges := make([]edge, 0, len(line))
	for i := 1; i < len(line); i++ {
		if line[i-1] != line[i] {
			edges = append(edges, edge{line[i-1], line[i]})
		}
	}
	return edges
}

func reversed(edges []edge) []edge {
	back := make([]edge, len(edges))
	for i, e := range edges {
		back[len(edges)-1-i] = e.twin()
	}
	return back
}

// fixed reports whether a border may not even bend by the rounding of a new vertex: one with a grid on one side only, where
// the person has no right to the outline. A point may be put into it only where it lies on it exactly.
func (d *draft) fixed(e edge) bool {
	return !d.opt.Outline && (!d.index.has(e) || !d.index.has(e.twin()))
}

// weld puts a point that becomes a vertex into the borders that it lies on, or so near to that it can only be meant: all
// but those that end in a vertex that leaves, and those that may not bend.
func (d *draft) weld(p Point, leaves map[Point]Point) {
	if len(d.index.spokes[p]) > 0 {
		return
	}
	for _, e := range d.index.edgesIn(box{}.with(p).wider()) {
		_, a := leaves[e.A]
		_, b := leaves[e.B]
		if !a && !b && e.near(p) && (e.holds(p) || !d.fixed(e)) {
			d.insert(e, p)
		}
	}
}

// join makes the draft free of T-junctions along what is new in it: a vertex that lies exactly on an edge is put into it.
func (d *draft) join() {
	vertices := map[Point]bool{}
	for _, edges := range d.lines {
		for _, e := range edges {
			vertices[e.A] = true
		}
	}
	stays := func(p Point) bool {
		return vertices[p] || slices.ContainsFunc(d.index.spokes[p], func(s spoke) bool {
			_, touched := d.lines[s.code]
			return !touched
		})
	}
	var fresh []Point // Vertices that no grid had.
	for p := range vertices {
		if len(d.index.spokes[p]) == 0 {
			fresh = append(fresh, p)
		}
	}
	slices.SortFunc(fresh, Point.Compare)
	for _, p := range fresh {
		for _, e := range d.index.edgesIn(box{}.with(p)) {
			if e.holds(p) {
				d.insert(e, p)
			}
		}
	}
	for _, code := range d.touched() {
		var whole []edge
		for _, e := range d.lines[code] {
			whole = append(whole, chain(d.along(code, e, fresh, stays))...)
		}
		d.lines[code] = whole
	}
}

// along is the edge of a grid with the vertices that lie on it, from its beginning to its end. An edge that the grid had
// before is left as it is.
func (d *draft) along(code string, e edge, fresh []Point, stays func(Point) bool) []Point {
	line := []Point{e.A, e.B}
	if slices.Contains(d.index.spokes[e.A], spoke{e.B, code, true}) {
		return line
	}
	for _, f := range d.index.edgesIn(e.box()) {
		for _, p := range []Point{f.A, f.B} {
			if e.holds(p) && stays(p) {
				line = append(line, p)
			}
		}
	}
	for _, p := range fresh {
		if e.holds(p) {
			line = append(line, p)
		}
	}
	slices.SortFunc(line, e.compareAlong)
	return slices.Compact(line)
}

// compareAlong orders points that lie on the edge from its beginning to its end.
func (e edge) compareAlong(p, q Point) int {
	ahead := sign(int64(e.B.X) - int64(e.A.X))
	if ahead == 0 {
		ahead = sign(int64(e.B.Y) - int64(e.A.Y))
	}
	return ahead * p.Compare(q)
}
