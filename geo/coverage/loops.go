package coverage

import (
	"slices"
)

// loop is a closed walk of edges.
type loop struct {
	edges []edge
	area  int64 // Doubled; positive when it turns counter-clockwise.
}

func newLoop(edges []edge) loop { return loop{edges, doubledArea(edges)} }

func (l loop) first() Point {
	least := l.edges[0].A
	for _, e := range l.edges {
		if e.A.Compare(least) < 0 {
			least = e.A
		}
	}
	return least
}

// trace walks the edges, each once, so that a loop never leaves the piece of ground on its left: where several edges leave
// a vertex it takes the first one clockwise from the edge it came by. A walk that comes to an end without closing is
// left out; that cannot be where as many edges leave each vertex as come to it.
func trace(edges []edge) []loop {
	leaving := make(map[Point][]int, len(edges))
	for i, e := range edges {
		leaving[e.A] = append(leaving[e.A], i)
	}
	walked := make([]bool, len(edges))
	var loops []loop
	for start := range edges {
		if walked[start] {
			continue
		}
		var walk []edge
		at := start
		for at >= 0 && !walked[at] {
			walked[at] = true
			walk = append(walk, edges[at])
			at = nextClockwise(edges, leaving[edges[at].B], edges[at], walked, start)
		}
		if at == start {
			loops = append(loops, newLoop(walk))
		}
	}
	return loops
}

// Walks follows directed segments, each once and with its ground on the left, as trace does.
func Walks(segments [][2]Point) [][][2]Point {
	var walks [][][2]Point
	for _, l := range trace(edgesAlong(segments)) {
		walk := make([][2]Point, len(l.edges))
		for i, e := range l.edges {
			walk[i] = [2]Point{e.A, e.B}
		}
		walks = append(walks, walk)
	}
	return walks
}

func edgesAlong(segments [][2]Point) []edge {
	edges := make([]edge, len(segments))
	for i, segment := range segments {
		edges[i] = edge{segment[0], segment[1]}
	}
	return edges
}

// nextClockwise picks among the edges that leave came.B.
func nextClockwise(edges []edge, among []int, came edge, walked []bool, start int) int {
	best := -1
	for _, i := range among {
		if walked[i] && i != start {
			continue
		}
		if best < 0 || clockwiseFirst(came.B, came.A, edges[i].B, edges[best].B) {
			best = i
		}
	}
	return best
}

// clockwiseFirst reports whether p comes before q when one turns clockwise around v from the direction of from, which
// itself comes last.
func clockwiseFirst(v, from, p, q Point) bool {
	// Going clockwise, directions below from come first, the lowest distance first; then those above it.
	pBelow, qBelow := compareAround(v, p, from) < 0, compareAround(v, q, from) < 0
	if pBelow != qBelow {
		return pBelow
	}
	if pSame, qSame := compareAround(v, p, from) == 0, compareAround(v, q, from) == 0; pSame != qSame {
		return qSame
	}
	return compareAround(v, p, q) > 0
}

// cancel takes out pairs of an edge and its twin: the border between two pieces that become one.
func cancel(edges []edge) []edge {
	count := make(map[edge]int, len(edges))
	for _, e := range edges {
		count[e]++
	}
	kept := edges[:0:0]
	for _, e := range edges {
		if count[e.twin()] > 0 {
			count[e.twin()]--
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

// edgesOf lists the directed edges of polygons.
func edgesOf(polygons []Polygon) []edge {
	n := 0
	for _, poly := range polygons {
		for _, ring := range poly {
			n += len(ring)
		}
	}
	edges := make([]edge, 0, n)
	for _, poly := range polygons {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				edges = append(edges, edge{ring[i-1], ring[i]})
			}
		}
	}
	return edges
}

// assemble makes the polygons of one grid from its directed edges, in canonical form: the rings are the loops that trace
// walks, cut where they visit a vertex twice; a hole belongs to the smallest outer ring around it. It refuses an edge
// that comes twice or with its twin, rings in rings (not_simple), and a hole without an outer ring (flips).
func assemble(code string, edges []edge) ([]Polygon, *Refusal) {
	if at, twice := repeated(edges); twice {
		return nil, refuse(NotSimple, at, []string{code}, "the border of %s folds onto itself", code)
	}
	if b := boxOf(edges); abs(int64(b.hi.X)-int64(b.lo.X)) > widest || abs(int64(b.hi.Y)-int64(b.lo.Y)) > widest {
		return nil, refuse(OffTheMap, b.lo, []string{code}, "%s spans more than 90 degrees", code)
	}
	var outers, holes []loop
	for _, walk := range trace(edges) {
		for _, ring := range cutAtRepeats(walk.edges) {
			switch {
			case ring.area > 0:
				outers = append(outers, ring)
			case ring.area < 0:
				holes = append(holes, ring)
			default:
				return nil, refuse(NotSimple, ring.first(), []string{code}, "a ring of %s has no area", code)
			}
		}
	}
	// Edges come in any order; loops are taken in the order of their first points.
	byFirst := func(a, b loop) int { return a.first().Compare(b.first()) }
	slices.SortFunc(outers, byFirst)
	slices.SortFunc(holes, byFirst)
	polygons := make([]Polygon, len(outers))
	for i, outer := range outers {
		if len(outers) > 1 && depth(outer, outers) != depth(outer, holes) {
			return nil, refuse(NotSimple, outer.first(), []string{code}, "a part of %s lies inside another", code)
		}
		polygons[i] = Polygon{outer.ring()}
	}
	for _, hole := range holes {
		owner := smallestAround(hole, outers)
		if owner < 0 {
			return nil, refuse(Flips, hole.first(), []string{code}, "a ring of %s would turn inside out", code)
		}
		if depth(hole, outers) != depth(hole, holes)+1 {
			return nil, refuse(NotSimple, hole.first(), []string{code}, "a hole of %s lies inside another", code)
		}
		polygons[owner] = append(polygons[owner], hole.ring())
	}
	return polygons, nil
}

// Around makes the polygons of a grid's ground from the directed segments around it, in any order, each with the ground on its
// left. Segments that are there in both directions have it on both sides and are left out. The error is a *Refusal.
func Around(code string, border [][2]Point) ([]Polygon, error) {
	polygons, r := assemble(code, cancel(edgesAlong(border)))
	if r != nil {
		return nil, r
	}
	return polygons, nil
}

// widest is the largest span of a grid, a quarter of the world: its doubled area fits into int64.
const widest = 90 * int64(unitsPerDegree)

// repeated finds the smallest point of edges that come twice, in the same or in both directions.
func repeated(edges []edge) (least Point, found bool) {
	seen := make(map[edge]bool, len(edges))
	for _, e := range edges {
		u := e.undirected()
		if seen[u] && (!found || u.A.Compare(least) < 0) {
			least, found = u.A, true
		}
		seen[u] = true
	}
	return least, found
}

// cutAtRepeats cuts a closed walk into rings that visit no vertex twice.
func cutAtRepeats(walk []edge) []loop {
	visited := make(map[Point]int, len(walk)) // How many edges of the stack come before the vertex.
	var stack []edge
	var rings []loop
	for _, e := range walk {
		visited[e.A] = len(stack)
		stack = append(stack, e)
		if from, again := visited[e.B]; again {
			rings = append(rings, newLoop(slices.Clone(stack[from:])))
			for _, gone := range stack[from:] {
				delete(visited, gone.A)
			}
			stack = stack[:from]
		}
	}
	return rings
}

// ring is the loop from its smallest point, closed.
func (l loop) ring() []Point {
	least := 0
	for i, e := range l.edges {
		if e.A.Compare(l.edges[least].A) < 0 {
			least = i
		}
	}
	points := make([]Point, 0, len(l.edges)+1)
	for i := range l.edges {
		points = append(points, l.edges[(least+i)%len(l.edges)].A)
	}
	return append(points, points[0])
}

// depth counts the rings that lie around the ring.
func depth(ring loop, others []loop) int {
	n := 0
	for _, other := range others {
		if other.surrounds(ring) {
			n++
		}
	}
	return n
}

// surrounds reports whether the other loop, which does not cross this one, lies inside it. Vertices that both have decide
// nothing; when the other has no vertex of its own, the middle of its first edge that is not shared does.
func (l loop) surrounds(other loop) bool {
	if !boxOf(l.edges).covers(boxOf(other.edges)) {
		return false
	}
	for _, e := range other.edges {
		if !slices.ContainsFunc(l.edges, func(f edge) bool { return f.A == e.A }) {
			return inside(l.edges, e.A.spot())
		}
	}
	for _, e := range other.edges {
		if !slices.Contains(l.edges, e) && !slices.Contains(l.edges, e.twin()) {
			return inside(l.edges, e.middle())
		}
	}
	return false
}

// smallestAround finds the outer loop with the least area that lies around the loop, or -1.
func smallestAround(l loop, outers []loop) int {
	best := -1
	for i, outer := range outers {
		if (best < 0 || outer.area < outers[best].area) && outer.surrounds(l) {
			best = i
		}
	}
	return best
}
