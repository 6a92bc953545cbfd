package geo

import "math"

// brush draws shapes of a mesh as the rings of one tile. It is scratch space, not safe for two goroutines.
type brush struct {
	mesh   *mesh
	zoom   uint8
	origin pixel // Of the tile, in units of its zoom.

	ring   []pixel
	within bool // The ring lies inside the window.
	path   []pixel
	met    meetings
	clip   clipper

	points []pixel // The finished loops, one after the other.
	loops  []loop
}

// loop is a closed line that comes to no point twice. Its area, in half square units, is above zero when it is a border
// from outside and below when it is a hole.
type loop struct {
	from, to int // Of the brush's points.
	area     int
	outer    int // Of a hole, the loop around it.
}

func (b *brush) begin(m *mesh, z, x, y int) {
	b.mesh, b.zoom, b.origin = m, uint8(z), pixel{x * extent, y * extent}
}

// draw makes the loops of a shape, as they are in sight.
func (b *brush) draw(shape int) {
	b.points, b.loops = b.points[:0], b.loops[:0]
	b.clip.reset()
	for _, ring := range b.mesh.shapes[shape].rings {
		b.snap(ring)
		b.part(b.ring, b.give)
	}
	b.clip.cut(func(loop []pixel) { b.part(loop, b.take) })
	b.nest()
}

// snap takes a ring's points to units of the tile: those that the zoom shows, and none twice running.
func (b *brush) snap(ring []int32) {
	b.ring, b.within = b.ring[:0], true
	for _, arc := range ring {
		if arc >= 0 {
			for i := b.mesh.arcs[arc][0]; i < b.mesh.arcs[arc][1]; i++ {
				b.put(i)
			}
			continue
		}
		for i := b.mesh.arcs[^arc][1]; i > b.mesh.arcs[^arc][0]; i-- {
			b.put(i)
		}
	}
}

func (b *brush) put(i int32) {
	if b.mesh.zooms[i] > b.zoom {
		return
	}
	p := b.mesh.points[i].at(b.zoom)
	p.x, p.y = p.x-b.origin.x, p.y-b.origin.y
	if n := len(b.ring); n == 0 || b.ring[n-1] != p {
		b.ring = append(b.ring, p)
		b.within = b.within && p.inWindow()
	}
}

// at is the point in units of a zoom: from zoom 20 on, a unit of the world is several of the tile.
func (p worldPoint) at(zoom uint8) pixel {
	if shift := 32 - extentBits - int(zoom); shift > 0 {
		half := 1 << shift >> 1
		return pixel{(int(p.x) + half) >> shift, (int(p.y) + half) >> shift}
	} else {
		return pixel{int(p.x) << -shift, int(p.y) << -shift}
	}
}

// part takes a ring apart where it comes to a point again, as it may when its points fall together.
func (b *brush) part(ring []pixel, give func(loop []pixel)) {
	b.path = b.path[:0]
	b.met.clear(len(ring))
	for _, p := range ring {
		if before, again := b.met.before(p, b.path); again {
			give(b.path[before:])
			b.path = b.path[:before+1]
		} else {
			b.path = append(b.path, p)
		}
	}
	give(b.path)
}

// give passes a loop on as it is, or to be cut.
func (b *brush) give(loop []pixel) {
	if !b.within && len(loop) > 2 && outOfSight(loop) {
		b.clip.add(loop)
		return
	}
	b.take(loop)
}

func outOfSight(loop []pixel) bool {
	for _, p := range loop {
		if !p.inWindow() {
			return true
		}
	}
	return false
}

// take keeps a loop in sight if it has an area.
func (b *brush) take(points []pixel) {
	area := 0
	if len(points) > 2 {
		area = areaOf(points)
	}
	if area == 0 {
		return
	}
	from := len(b.points)
	b.points = append(b.points, points...)
	b.loops = append(b.loops, loop{from: from, to: len(b.points), area: area})
}

// areaOf is twice the area that the loop has on its right.
func areaOf(loop []pixel) (twice int) {
	a := loop[len(loop)-1]
	for _, b := range loop {
		twice += a.x*b.y - b.x*a.y
		a = b
	}
	return twice
}

// nest finds the loop around each hole: the smallest that has a point of it inside.
func (b *brush) nest() {
	for i := range b.loops {
		hole := &b.loops[i]
		if hole.area > 0 {
			continue
		}
		hole.outer = -1
		least := math.MaxInt
		for k, outer := range b.loops {
			if outer.area > 0 && outer.area < least && b.around(outer, *hole) {
				hole.outer, least = k, outer.area
			}
		}
	}
}

// around reports whether the outer loop has the hole inside. They may touch, or run along each other where a narrow strip
// between them fell together: then the corners do not all say so.
func (b *brush) around(outer, hole loop) bool {
	ring := b.points[outer.from:outer.to]
	for _, p := range b.points[hole.from:hole.to] {
		odd, on := false, false
		a := ring[len(ring)-1]
		for _, q := range ring {
			on = on || p.between(a, q)
			if (a.y > p.y) != (q.y > p.y) && float64(p.x-a.x) < float64(p.y-a.y)*float64(q.x-a.x)/float64(q.y-a.y) {
				odd = !odd
			}
			a = q
		}
		if !on {
			return odd
		}
	}
	return true // Every corner is on the outer loop.
}

// between reports whether the point lies on the line from a to b.
func (p pixel) between(a, b pixel) bool {
	return (b.x-a.x)*(p.y-a.y) == (b.y-a.y)*(p.x-a.x) &&
		min(a.x, b.x) <= p.x && p.x <= max(a.x, b.x) && min(a.y, b.y) <= p.y && p.y <= max(a.y, b.y)
}

// meetings finds the place of a point on the path, or notes it: a table with open addresses, cheaper than a map.
type meetings struct {
	slots []int32 // One more than the place in the path; what is not on the path any more counts as nothing.
}

func (m *meetings) clear(points int) {
	size := 16
	for size < 2*points {
		size *= 2
	}
	if cap(m.slots) < size {
		m.slots = make([]int32, size)
		return
	}
	m.slots = m.slots[:size]
	clear(m.slots)
}

// before is the place of p on the path, if it is there; otherwise p is noted as the next.
func (m *meetings) before(p pixel, path []pixel) (place int, met bool) {
	mask := len(m.slots) - 1
	free := -1
	for i := (p.x*73856093 ^ p.y*19349663) & mask; ; i = (i + 1) & mask {
		place := int(m.slots[i]) - 1
		switch {
		case place < 0:
			if free < 0 {
				free = i
			}
			m.slots[free] = int32(len(path)) + 1
			return 0, false
		case place >= len(path):
			if free < 0 {
				free = i
			}
		case path[place] == p:
			return place, true
		}
	}
}
