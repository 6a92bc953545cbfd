package coverage

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// validCode refuses what a new grid cannot be called.
func (d *draft) validCode(code string) *Refusal {
	if !wellFormed(code) {
		return refuse(BadCode, Point{}, []string{code}, "%q does not have 15 digits", code)
	}
	if _, taken := d.held[code]; taken {
		return refuse(CodeTaken, Point{}, []string{code}, "%s is another grid's code", code)
	}
	return nil
}

func wellFormed(code string) bool {
	if len(code) != 15 {
		return false
	}
	for _, digit := range []byte(code) {
		if digit < '0' || digit > '9' {
			return false
		}
	}
	return true
}

// NextCode is the code after the last one of the community that the code belongs to, as this coverage knows it; empty
// where the code has no community or all 999 are used.
func (c *Coverage) NextCode(code string) string {
	if !wellFormed(code) {
		return ""
	}
	last := 0
	for other := range c.held {
		if wellFormed(other) && communityOf(other) == communityOf(code) {
			n, _ := strconv.Atoi(other[12:])
			last = max(last, n)
		}
	}
	if last == 999 {
		return ""
	}
	return fmt.Sprintf("%s%03d", communityOf(code), last+1)
}

// create adds a grid. Its vertices are put into the borders on which they lie, the neighbours' into its own.
func (d *draft) create(g Grid) *Refusal {
	if r := d.validCode(g.Code); r != nil {
		return r
	}
	return d.shape(g)
}

// replace gives a grid another boundary. Neighbours do not follow: what it leaves becomes a gap.
func (d *draft) replace(code string, boundary []Polygon) *Refusal {
	g, held := d.held[code]
	if !held {
		return notFound(code)
	}
	d.drop(code)
	g.Boundary = boundary
	return d.shape(g)
}

// Put creates grids or gives them other boundaries and attributes, all at once and as one change: only what comes of all
// of them together is judged. Neighbours do not follow.
func (c *Coverage) Put(grids []Grid, opt Options) (Change, error) {
	d := c.draft(opt)
	for _, g := range grids {
		if !wellFormed(g.Code) {
			return Change{}, refuse(BadCode, Point{}, []string{g.Code}, "%q does not have 15 digits", g.Code)
		}
		d.drop(g.Code)
	}
	for _, g := range grids {
		if r := d.shape(g); r != nil {
			return Change{}, r
		}
	}
	return d.finish()
}

func notFound(code string) *Refusal {
	return refuse(NotFound, Point{}, []string{code}, "there is no grid %q", code)
}

// shape puts a grid into the draft as it was drawn: rings may turn either way and repeat points.
func (d *draft) shape(g Grid) *Refusal {
	edges, r := normal(g)
	if r != nil {
		return r
	}
	own := map[Point]bool{}
	for _, e := range edges {
		own[e.A] = true
	}
	for _, p := range slices.SortedFunc(maps.Keys(own), Point.Compare) {
		d.weld(p, nil)
	}
	var joined []edge
	for _, e := range edges {
		line := []Point{e.A, e.B}
		for _, f := range d.index.edgesIn(e.box().wider()) {
			if d.index.has(e.twin()) {
				break // It is a border already.
			}
			for _, p := range []Point{f.A, f.B} {
				if e.near(p) && !own[p] && d.othersHave(p, g.Code) {
					line = append(line, p)
				}
			}
		}
		slices.SortFunc(line, e.compareProjected)
		joined = append(joined, chain(slices.Compact(line))...)
	}
	d.put(g, joined)
	return nil
}

func (d *draft) othersHave(p Point, code string) bool {
	return slices.ContainsFunc(d.index.spokes[p], func(s spoke) bool { return s.code != code })
}

// compareProjected orders points near the edge by how far along it they lie; of two at the same place the smaller one
// comes first.
func (e edge) compareProjected(p, q Point) int {
	ux, uy := minus(e.B, e.A)
	dx, dy := minus(p, q)
	if s := bigDot(ux, uy, dx, dy).Sign(); s != 0 {
		return s
	}
	return p.Compare(q)
}

// normal gives the edges of a boundary with its outer rings counter-clockwise, its holes clockwise, and no repeated points.
func normal(g Grid) ([]edge, *Refusal) {
	var edges []edge
	for _, poly := range g.Boundary {
		for i, points := range poly {
			for _, p := range points {
				if !onTheMap(p) {
					return nil, refuse(OffTheMap, p, []string{g.Code}, "%s leaves the map", g.Code)
				}
			}
			ring := chain(points)
			if len(ring) < 3 || points[0] != points[len(points)-1] {
				return nil, refuse(NotSimple, firstOf(points), []string{g.Code}, "a ring of %s is not a closed line with an area", g.Code)
			}
			if outer := i == 0; outer != (doubledArea(ring) > 0) {
				ring = reversed(ring)
			}
			edges = append(edges, ring...)
		}
	}
	if len(edges) == 0 {
		return nil, refuse(NotSimple, Point{}, []string{g.Code}, "%s has no boundary", g.Code)
	}
	return edges, nil
}

func firstOf(points []Point) Point {
	if len(points) == 0 {
		return Point{}
	}
	return points[0]
}

func (d *draft) delete(code string) *Refusal {
	if _, held := d.held[code]; !held {
		return notFound(code)
	}
	d.drop(code)
	return nil
}

// describe changes what is not given as nil, and the code where there is a new one.
func (d *draft) describe(code string, name, kind, street *string, newCode string) *Refusal {
	g, held := d.held[code]
	if !held {
		return notFound(code)
	}
	for field, value := range map[*string]*string{&g.Name: name, &g.Kind: kind, &g.Street: street} {
		if value != nil {
			*field = *value
		}
	}
	edges := edgesOf(g.Boundary)
	if newCode != "" && newCode != code {
		if r := d.validCode(newCode); r != nil {
			return r
		}
		d.drop(code)
		g.Code = newCode
	}
	d.put(g, edges)
	return nil
}

// merge makes one grid of several: the grid `into` takes the others in the order in which they are named, each as soon as
// it shares an edge with what there is, and keeps its own code and names.
func (d *draft) merge(codes []string, into string) *Refusal {
	if !slices.Contains(codes, into) {
		return notFound(into)
	}
	var rest []string
	for _, code := range codes {
		if _, held := d.held[code]; !held {
			return notFound(code)
		}
		if code != into && !slices.Contains(rest, code) {
			rest = append(rest, code)
		}
	}
	edges := d.touch(into)
	for len(rest) > 0 {
		next := slices.IndexFunc(rest, func(code string) bool { return touching(edges, d.touch(code)) })
		if next < 0 {
			slices.Sort(rest)
			return refuse(NotNeighbours, edges[0].A, rest, "%s shares no border with %s", rest[0], into)
		}
		edges = cancel(slices.Concat(edges, d.touch(rest[next])))
		d.drop(rest[next])
		rest = slices.Delete(rest, next, next+1)
	}
	d.put(d.held[into], edges)
	return nil
}

// touching reports whether the edges of two grids have a border in common.
func touching(a, b []edge) bool {
	have := make(map[edge]bool, len(a))
	for _, e := range a {
		have[e] = true
	}
	return slices.ContainsFunc(b, func(e edge) bool { return have[e.twin()] })
}

// assignHole gives the gap around the point to a grid that borders on it; what lies as an island in the gap stays out.
func (d *draft) assignHole(at Point, code string) *Refusal {
	if _, held := d.held[code]; !held {
		return notFound(code)
	}
	gap, found := d.index.gapAround(at)
	if !found {
		return refuse(NoHole, at, nil, "there is no gap around this place")
	}
	if !touching(d.touch(code), gap.edges) {
		return refuse(NotNeighbours, at, []string{code}, "%s does not border on the gap", code)
	}
	d.put(d.held[code], cancel(slices.Concat(d.touch(code), gap.edges)))
	return nil
}
