package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// worldPoint is a point of the whole map: Web Mercator in 32 bits, x from the west, y from the north. A unit is nowhere
// longer than 9.4 mm, less than 1e-7° is, so two corners of a boundary never become one.
type worldPoint struct{ x, y uint32 }

func toWorld(p orb.Point) worldPoint {
	const widest = 85.05112877980659 // Where the square of the map ends.
	lat := min(max(p[1], -widest), widest) * math.Pi / 180
	return worldPoint{worldUnits((p[0] + 180) / 360), worldUnits((1 - math.Asinh(math.Tan(lat))/math.Pi) / 2)}
}

// worldUnits takes a part of the map's width to units of the world.
func worldUnits(part float64) uint32 {
	return uint32(min(max(math.Round(part*(1<<32)), 0), math.MaxUint32))
}

// mesh holds shapes that share their borders as arcs: lines from one node to the next, each kept once. A node is where
// three borders meet or where a border reaches the rim; every zoom shows it. The points between are left out by zoom, by
// a rule that sees nothing but the arc, so that the shapes on its two sides always show the same line.
type mesh struct {
	points []worldPoint
	zooms  []uint8    // The first zoom that shows each point.
	arcs   [][2]int32 // First and last point of each.
	shapes []meshShape
}

// meshShape is one shape: rings that have its inside on their right, as the arcs that they run along. ^n is arc n backward.
type meshShape struct {
	rings       [][]int32
	west, north uint32
	east, south uint32
}

// worldShape is a shape before it is in a mesh: open rings, those of its parts first to last, inside on the right.
type worldShape [][]worldPoint

// toShape puts a boundary on the map. Points that fall together become one; a ring that is left with too few is dropped.
func toShape(polys orb.MultiPolygon) worldShape {
	var shape worldShape
	for _, poly := range polys {
		for i, ring := range poly {
			points := make([]worldPoint, 0, len(ring))
			for _, p := range ring {
				if w := toWorld(p); len(points) == 0 || points[len(points)-1] != w {
					points = append(points, w)
				}
			}
			for len(points) > 1 && points[0] == points[len(points)-1] {
				points = points[:len(points)-1]
			}
			if len(points) < 3 {
				continue
			}
			if outer := i == 0; outer != (worldArea(points) > 0) {
				slices.Reverse(points)
			}
			shape = append(shape, points)
		}
	}
	return shape
}

// worldArea is twice the area of an open ring, above zero when its inside is on its right: y grows to the south.
func worldArea(ring []worldPoint) (twice float64) {
	at := func(p worldPoint) (x, y float64) {
		return float64(p.x) - float64(ring[0].x), float64(p.y) - float64(ring[0].y)
	}
	for i, p := range ring {
		px, py := at(p)
		qx, qy := at(ring[(i+1)%len(ring)])
		twice += px*qy - qx*py
	}
	return twice
}

// newMesh finds the arcs of the shapes and the zooms of their points.
func newMesh(shapes []worldShape) *mesh {
	points := 0
	for _, shape := range shapes {
		for _, ring := range shape {
			points += len(ring)
		}
	}
	b := &mesher{ids: make(map[worldPoint]int32, points/2), arcAt: map[[2]int32]int32{}}
	rings := make([][][]int32, len(shapes))
	for i, shape := range shapes {
		for _, ring := range shape {
			rings[i] = append(rings[i], b.number(ring))
		}
	}
	m := &b.mesh
	m.shapes = make([]meshShape, len(shapes))
	for i := range shapes {
		s := &m.shapes[i]
		s.west, s.north = math.MaxUint32, math.MaxUint32
		for _, ring := range rings[i] {
			s.rings = append(s.rings, b.arcsOf(ring))
			for _, id := range ring {
				p := b.known[id]
				s.west, s.east = min(s.west, p.x), max(s.east, p.x)
				s.north, s.south = min(s.north, p.y), max(s.south, p.y)
			}
		}
	}
	m.zooms = make([]uint8, len(m.points))
	for _, arc := range m.arcs {
		setZooms(m.points[arc[0]:arc[1]+1], m.zooms[arc[0]:arc[1]+1])
	}
	return m
}

// thin drops the points that only zooms after the last one show.
func (m *mesh) thin(last uint8) {
	var points []worldPoint
	var zooms []uint8
	for n, arc := range m.arcs {
		m.arcs[n][0] = int32(len(points))
		for i := arc[0]; i <= arc[1]; i++ {
			if m.zooms[i] <= last {
				points, zooms = append(points, m.points[i]), append(zooms, m.zooms[i])
			}
		}
		m.arcs[n][1] = int32(len(points)) - 1
	}
	m.points, m.zooms = points, zooms
}

// byPlace are the shapes that have any ring, those that lie near each other one after the other: what an r-tree needs to
// be filled well.
func (m *mesh) byPlace() []int32 {
	var order []int32
	place := make([]uint64, len(m.shapes))
	for i, s := range m.shapes {
		if len(s.rings) > 0 {
			order = append(order, int32(i))
			place[i] = interleaved(s.west/2+s.east/2, s.north/2+s.south/2)
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(place[a], place[b]) })
	return order
}

// interleaved takes the bits of x and y by turns: numbers that are near each other are near on the map.
func interleaved(x, y uint32) (z uint64) {
	for i := range 32 {
		z |= uint64(x>>i&1)<<(2*i) | uint64(y>>i&1)<<(2*i+1)
	}
	return z
}

// mesher is a mesh that is being made.
type mesher struct {
	mesh
	ids   map[worldPoint]int32
	known []worldPoint
	// beside are the first two points that lie next to each on any ring, -1 for none; a third makes the point a node.
	beside [][2]int32
	node   []bool
	arcAt  map[[2]int32]int32 // The arc that begins with these two points.
}

// number names the points of a ring and notes what lies beside each.
func (b *mesher) number(ring []worldPoint) []int32 {
	ids := make([]int32, len(ring))
	for i, p := range ring {
		id, known := b.ids[p]
		if !known {
			id = int32(len(b.known))
			b.ids[p] = id
			b.known = append(b.known, p)
			b.beside = append(b.beside, [2]int32{-1, -1})
			b.node = append(b.node, false)
		}
		ids[i] = id
	}
	for i, id := range ids {
		b.meets(id, ids[(i+1)%len(ids)])
		b.meets(id, ids[(i+len(ids)-1)%len(ids)])
	}
	return ids
}

func (b *mesher) meets(id, other int32) {
	beside := &b.beside[id]
	switch {
	case beside[0] == other || beside[1] == other:
	case beside[0] < 0:
		beside[0] = other
	case beside[1] < 0:
		beside[1] = other
	default:
		b.node[id] = true
	}
}

// arcsOf cuts a ring at its nodes. A ring without one is an arc by itself, which begins at its first point in the order
// of the map, wherever the ring begins.
func (b *mesher) arcsOf(ring []int32) []int32 {
	begin := 0
	for i, id := range ring {
		if b.node[id] {
			begin = i
			break
		}
		if p, first := b.known[id], b.known[ring[begin]]; p.x < first.x || p.x == first.x && p.y < first.y {
			begin = i
		}
	}
	var arcs []int32
	line := []int32{ring[begin]}
	for i := range ring {
		id := ring[(begin+i+1)%len(ring)]
		line = append(line, id)
		if b.node[id] || i == len(ring)-1 {
			arcs = append(arcs, b.arc(line))
			line = []int32{id}
		}
	}
	return arcs
}

// arc returns the arc along the line, which another shape may have made before, from its other end.
func (b *mesher) arc(line []int32) int32 {
	begins, ends := [2]int32{line[0], line[1]}, [2]int32{line[len(line)-1], line[len(line)-2]}
	if arc, known := b.arcAt[begins]; known {
		return arc
	}
	arc, first := int32(len(b.arcs)), int32(len(b.points))
	for _, id := range line {
		b.points = append(b.points, b.known[id])
	}
	b.arcs = append(b.arcs, [2]int32{first, int32(len(b.points)) - 1})
	b.arcAt[begins], b.arcAt[ends] = arc, ^arc
	return arc
}

const (
	// extent is the side of a tile in its own units: a screen shows it on 512 pixels or more.
	extent     = 4096
	extentBits = 12
	// toleranceUnits is how far a border may be drawn from where it is, in units of its tile: a quarter of a pixel.
	toleranceUnits = 2
	// fullZoom is the first zoom that shows every point. Screens enlarge its tiles for what is nearer.
	fullZoom = 16
)

// setZooms says from which zoom on each point of an arc is shown: the first at which leaving it out would move the line
// by more than the tolerance (Douglas and Peucker, all zooms at once).
func setZooms(line []worldPoint, zooms []uint8) {
	type stretch struct {
		from, to int
		most     float64 // No point between is more telling than the one that parted the stretch from its neighbour.
	}
	todo := []stretch{{0, len(line) - 1, math.Inf(1)}}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		far, at := -1.0, 0
		for i := s.from + 1; i < s.to; i++ {
			if d := asideOf(line[s.from], line[s.to], line[i]); d > far {
				far, at = d, i
			}
		}
		if far < 0 {
			continue
		}
		far = min(far, s.most)
		zooms[at] = firstZoom(far)
		todo = append(todo, stretch{s.from, at, far}, stretch{at, s.to, far})
	}
}

// firstZoom is the zoom at which so many units of the world are as much as the tolerance.
func firstZoom(units float64) uint8 {
	zoom := math.Ceil(32 - extentBits - math.Log2(units/toleranceUnits))
	return uint8(min(max(zoom, 0), fullZoom))
}

// asideOf is how far p lies from the stretch between a and b.
func asideOf(a, b, p worldPoint) float64 {
	ax, ay := float64(a.x), float64(a.y)
	dx, dy := float64(b.x)-ax, float64(b.y)-ay
	px, py := float64(p.x)-ax, float64(p.y)-ay
	along := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		along = min(max((px*dx+py*dy)/length, 0), 1)
	}
	return math.Hypot(px-along*dx, py-along*dy)
}
