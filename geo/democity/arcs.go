package democity

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// arc is one border line between two owners, from node to node. Every border is made once and used by both neighbours:
// that is what makes the grids a coverage.
type arc struct {
	line        []xy
	left, right int16
	from, to    int // Corners of the board.
}

// corner is the number of the corner south-west of a cell.
func (f *field) corner(x, y int) int { return y*(f.width+1) + x }

func (f *field) cornerAt(corner int) xy {
	return xy{f.west + float64(corner%(f.width+1))*cellM, f.south + float64(corner/(f.width+1))*cellM}
}

// The four ways from a corner, and the cells on the left and right of each, relative to the corner.
var ways = [4]struct{ dx, dy, leftX, leftY, rightX, rightY int }{
	{1, 0, 0, 0, 0, -1},
	{0, 1, -1, 0, 0, 0},
	{-1, 0, -1, -1, -1, 0},
	{0, -1, 0, -1, -1, -1},
}

// borders returns the ways from a corner along which two owners meet, and whether the corner lies on the rim.
func (f *field) borders(corner int) (open []int, rim bool) {
	x, y := corner%(f.width+1), corner/(f.width+1)
	if x == 0 || y == 0 || x == f.width || y == f.height {
		return nil, true
	}
	for w, way := range ways {
		left := f.owner[(y+way.leftY)*f.width+x+way.leftX]
		right := f.owner[(y+way.rightY)*f.width+x+way.rightX]
		rim = rim || left < 0
		if left >= 0 && right >= 0 && left != right {
			open = append(open, w)
		}
	}
	return open, rim
}

// arcs traces every border between two owners.
func (f *field) arcs() ([]arc, error) {
	var all []arc
	used := map[[2]int]bool{} // Corner and way.
	count := (f.width + 1) * (f.height + 1)
	node := func(corner int) bool {
		open, rim := f.borders(corner)
		return len(open) > 0 && (rim || len(open) != 2)
	}
	edges := 0
	for corner := range count {
		open, _ := f.borders(corner)
		edges += len(open)
		if !node(corner) {
			continue
		}
		for _, w := range open {
			if !used[[2]int{corner, w}] {
				all = append(all, f.trace(corner, w, node, used))
			}
		}
	}
	if len(used) != edges {
		return nil, errors.New("a grid lies inside another one: move its seed")
	}
	return all, nil
}

// trace follows one border from a node to the next.
func (f *field) trace(corner, w int, node func(int) bool, used map[[2]int]bool) arc {
	x, y := corner%(f.width+1), corner/(f.width+1)
	way := ways[w]
	a := arc{
		from: corner, line: []xy{f.cornerAt(corner)},
		left:  f.owner[(y+way.leftY)*f.width+x+way.leftX],
		right: f.owner[(y+way.rightY)*f.width+x+way.rightX],
	}
	for {
		used[[2]int{corner, w}] = true
		corner += ways[w].dy*(f.width+1) + ways[w].dx
		used[[2]int{corner, (w + 2) % 4}] = true
		a.line = append(a.line, f.cornerAt(corner))
		if node(corner) {
			a.to = corner
			return a
		}
		open, _ := f.borders(corner)
		back := (w + 2) % 4
		w = open[0]
		if w == back {
			w = open[1]
		}
	}
}

const (
	toRoadM     = 110.0 // A border this near to a road, and along it, runs in the middle of it.
	toJunctionM = 260.0 // A meeting of three borders this near to a junction lies on it.
	nodeFreeM   = 130.0 // Round a meeting of borders each goes straight to it.
	simpleM     = 9.0   // What a border may lose of its shape.
)

// shape turns the stairs of cells into lines: smooth, on the roads where they follow roads, ending where borders meet
// or at a point of the outline.
func shape(arcs []arc, outline []xy, streets []centreLine, f *field) error {
	nodes := map[int]xy{}
	taken := map[xy]bool{}
	for _, a := range arcs {
		for _, corner := range []int{a.from, a.to} {
			if _, done := nodes[corner]; done {
				continue
			}
			p := f.cornerAt(corner)
			if _, rim := f.borders(corner); rim {
				p = nearestFree(outline, p, taken)
			} else {
				p = toRoads(p, streets, taken)
			}
			taken[p] = true
			nodes[corner] = p
		}
	}
	for i := range arcs {
		a := &arcs[i]
		a.line = smooth(a.line, 12)
		alongRoads(a.line, streets)
		from, to := nodes[a.from], nodes[a.to]
		_, fromRim := f.borders(a.from)
		_, toRim := f.borders(a.to)
		a.line = between(a.line, from, to, fromRim, toRim)
		a.line = roughen(simplify(a.line, simpleM), streets, uint64(300+i))
		if len(a.line) < 2 {
			return fmt.Errorf("border between %d and %d vanished", a.left, a.right)
		}
	}
	return nil
}

func nearestFree(points []xy, p xy, taken map[xy]bool) xy {
	best, at := math.Inf(1), xy{}
	for _, q := range points {
		if d := q.distance(p); d < best && !taken[q] {
			best, at = d, q
		}
	}
	return at
}

// toRoads moves a meeting of borders to a junction or to a road nearby.
func toRoads(p xy, roads []centreLine, taken map[xy]bool) xy {
	best, at := toJunctionM, p
	for _, r := range roads {
		for _, junction := range r.junctions {
			if d := junction.distance(p); d < best && !taken[junction] {
				best, at = d, junction
			}
		}
	}
	if best < toJunctionM {
		return at
	}
	best = toRoadM
	for _, r := range roads {
		if q, _ := nearestOn(r.line, p); q.distance(p) < best {
			best, at = q.distance(p), q
		}
	}
	return at
}

// alongRoads moves points onto a road where the border runs along it.
func alongRoads(line []xy, roads []centreLine) {
	moved := append([]xy(nil), line...)
	for i := 1; i < len(line)-1; i++ {
		direction := line[min(i+4, len(line)-1)].minus(line[max(i-4, 0)]).unit()
		best := toRoadM
		for _, r := range roads {
			q, along := nearestOn(r.line, line[i])
			if d := q.distance(line[i]); d < best && math.Abs(direction.dot(along)) > 0.8 {
				best, moved[i] = d, q
			}
		}
	}
	copy(line, moved)
}

// between brings a line to its two nodes: what lies near a node is left out, and so is what runs back.
func between(line []xy, from, to xy, fromRim, toRim bool) []xy {
	room := func(end, node xy, rim bool) float64 {
		if rim {
			return 1.1*end.distance(node) + nodeFreeM/2
		}
		return max(nodeFreeM, 1.2*end.distance(node))
	}
	roomFrom, roomTo := room(line[0], from, fromRim), room(line[len(line)-1], to, toRim)
	kept := []xy{from}
	for _, p := range line[1 : len(line)-1] {
		if p.distance(from) < roomFrom || p.distance(to) < roomTo {
			continue
		}
		last := kept[len(kept)-1]
		if p.distance(last) < 15 {
			continue
		}
		if len(kept) > 1 && p.minus(last).dot(last.minus(kept[len(kept)-2])) < -0.2*p.distance(last)*last.distance(kept[len(kept)-2]) {
			continue
		}
		kept = append(kept, p)
	}
	return append(kept, to)
}

// smooth takes the stairs out of a line, its ends held fast.
func smooth(line []xy, rounds int) []xy {
	for range rounds {
		next := append([]xy(nil), line...)
		for i := 1; i < len(line)-1; i++ {
			next[i] = line[i-1].plus(line[i].times(2)).plus(line[i+1]).times(0.25)
		}
		line = next
	}
	return line
}

// simplify leaves out points that lie nearer than toleranceM to the line without them (Douglas-Peucker).
func simplify(line []xy, toleranceM float64) []xy {
	if len(line) < 3 {
		return line
	}
	first, last := line[0], line[len(line)-1]
	far, at := 0.0, 0
	for i := 1; i < len(line)-1; i++ {
		q, _ := nearestOn([]xy{first, last}, line[i])
		if d := q.distance(line[i]); d > far {
			far, at = d, i
		}
	}
	if far <= toleranceM {
		return []xy{first, last}
	}
	head, tail := simplify(line[:at+1], toleranceM), simplify(line[at:], toleranceM)
	return append(head[:len(head)-1:len(head)-1], tail...)
}

// roughen bends what is long and straight and not on a road, as borders between fields are: each half of a segment
// moves its middle a little aside, and so on down to a field's length.
func roughen(line []xy, roads []centreLine, seed uint64) []xy {
	const field, aside = 90.0, 0.24
	rough := []xy{line[0]}
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		if a.distance(b) > field && !onRoad(a.to(b, 0.5), roads) {
			middle := a.to(b, 0.5)
			turn := aside * (random(int64(middle.x), int64(middle.y), seed) - 0.5)
			middle = middle.plus(b.minus(a).leftOf().times(turn))
			rough = append(rough, roughen([]xy{a, middle, b}, roads, seed)[1:]...)
		} else {
			rough = append(rough, b)
		}
	}
	return rough
}

func onRoad(p xy, roads []centreLine) bool {
	for _, r := range roads {
		if q, _ := nearestOn(r.line, p); q.distance(p) < 8 {
			return true
		}
	}
	return false
}

// snappedLine is the border on whole steps, without repeated points.
func (a arc) snappedLine() []orb.Point {
	var points []orb.Point
	for _, p := range a.line {
		if q := p.snapped(); len(points) == 0 || points[len(points)-1] != q {
			points = append(points, q)
		}
	}
	return points
}
