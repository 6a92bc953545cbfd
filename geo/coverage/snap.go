package coverage

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// finer is how many steps a unit has in the plane in which snapping measures, so that the shrinking of longitudes is told
// in whole numbers.
const finer = 1024

// plane measures distances near one latitude in whole numbers.
type plane struct{ east, north int64 }

func planeAt(p Point) plane {
	x, y := metresPerUnit(box{}.with(p))
	return plane{max(1, int64(math.Round(x/y*finer))), finer}
}

func (m plane) vector(p, q Point) (x, y int64) {
	x, y = minus(q, p)
	return x * m.east, y * m.north
}

func (m plane) squared(p, q Point) int64 {
	x, y := m.vector(p, q)
	return x*x + y*y
}

// nearestOn is the point of the edge that is nearest to p, rounded to units, halves upwards.
func (m plane) nearestOn(e edge, p Point) Point {
	ux, uy := m.vector(e.A, e.B)
	vx, vy := m.vector(e.A, p)
	along, length := bigDot(ux, uy, vx, vy), bigDot(ux, uy, ux, uy)
	if along.Sign() <= 0 {
		return e.A
	}
	if along.Cmp(length) >= 0 {
		return e.B
	}
	dx, dy := minus(e.B, e.A)
	return Point{e.A.X + int32(share(dx, along, length)), e.A.Y + int32(share(dy, along, length))}
}

// snap takes every vertex of the grids that is within the tolerance of a line to its nearest point there (of equally near
// ones the smallest), all at once, in all the grids that have it. Vertices of a border that may not bend stay.
func (d *draft) snap(codes []string, lines [][]orb.Point, toleranceM float64) *Refusal {
	var edges []edge
	for _, line := range lines {
		edges = append(edges, undirected(chain(pointsOf(line)))...)
	}
	var vertices []Point
	for _, code := range codes {
		if _, held := d.held[code]; !held {
			return notFound(code)
		}
		for _, e := range edgesOf(d.held[code].Boundary) {
			vertices = append(vertices, e.A)
		}
	}
	measure := planeAt(d.held[codes[0]].first())
	_, metres := metresPerUnit(box{}.with(d.held[codes[0]].first()))
	reach := int64(math.Round(toleranceM / metres * finer))
	slices.SortFunc(vertices, Point.Compare)
	to := map[Point]Point{}
	for _, v := range slices.Compact(vertices) {
		if slices.ContainsFunc(d.index.spokes[v], func(s spoke) bool { return d.fixed(edge{v, s.to}) }) {
			continue
		}
		if p, near := measure.nearest(edges, v, reach); near && p != v {
			to[v] = p
		}
	}
	if len(to) == 0 {
		return nil
	}
	return d.moveVertices(to)
}

// nearest is the nearest point to v on the edges, if one is within reach.
func (m plane) nearest(edges []edge, v Point, reach int64) (best Point, found bool) {
	units := int32(reach/min(m.east, m.north)) + 1
	around := box{Point{v.X - units, v.Y - units}, Point{v.X + units, v.Y + units}, true}
	least := reach * reach
	for _, e := range edges {
		if !around.meets(e.box()) {
			continue
		}
		p := m.nearestOn(e, v)
		if !around.meets(box{}.with(p)) {
			continue // Too far to be measured.
		}
		if distance := m.squared(v, p); distance < least || distance == least && (!found || p.Compare(best) < 0) {
			best, least, found = p, distance, true
		}
	}
	return best, found
}
