package geo

import (
	"maps"
	"slices"
)

// union joins the shapes of the mesh that have the same name: arcs with one of them on each side fall away, and the rest
// are joined to rings again. It returns the names in the order of their first shape, and the shape of each.
func (m *mesh) union(nameOf func(shape int) string) (names []string, shapes []worldShape) {
	sides := map[string]map[int32]bool{} // Of each name, the arcs that have it on their right.
	for i, s := range m.shapes {
		name := nameOf(i)
		right := sides[name]
		if right == nil {
			right = map[int32]bool{}
			sides[name] = right
			names = append(names, name)
		}
		for _, ring := range s.rings {
			for _, arc := range ring {
				if right[^arc] {
					delete(right, ^arc)
				} else {
					right[arc] = true
				}
			}
		}
	}
	for _, name := range names {
		shapes = append(shapes, m.joined(sides[name]))
	}
	return names, shapes
}

// joined makes rings of arcs. As many arcs begin at each node as end there, so the way on never ends before it closes.
// Where a ring comes to a node again, what lies between is a ring of its own.
func (m *mesh) joined(arcs map[int32]bool) worldShape {
	from := map[worldPoint][]int32{}
	for _, arc := range inArcOrder(arcs) {
		begin, _ := m.ends(arc)
		from[begin] = append(from[begin], arc)
	}
	var shape worldShape
	for _, first := range inArcOrder(arcs) {
		var way []int32
		at := map[worldPoint]int{} // How much of the way lies before each of its nodes.
		for next, _ := m.ends(first); len(from[next]) > 0; {
			at[next] = len(way)
			arc := from[next][0]
			from[next] = from[next][1:]
			way = append(way, arc)
			_, next = m.ends(arc)
			if before, again := at[next]; again {
				shape = append(shape, m.line(way[before:]))
				for _, arc := range way[before:] {
					begin, _ := m.ends(arc)
					delete(at, begin)
				}
				way = way[:before]
			}
		}
	}
	return shape
}

// inArcOrder are the arcs by number, so that the same shapes always give the same rings.
func inArcOrder(arcs map[int32]bool) []int32 {
	return slices.Sorted(maps.Keys(arcs))
}

// ends are the points where an arc begins and ends.
func (m *mesh) ends(arc int32) (begin, end worldPoint) {
	if arc < 0 {
		end, begin = m.ends(^arc)
		return begin, end
	}
	return m.points[m.arcs[arc][0]], m.points[m.arcs[arc][1]]
}

// line is the open ring along some arcs.
func (m *mesh) line(arcs []int32) []worldPoint {
	var ring []worldPoint
	for _, arc := range arcs {
		if arc >= 0 {
			ring = append(ring, m.points[m.arcs[arc][0]:m.arcs[arc][1]]...)
			continue
		}
		for i := m.arcs[^arc][1]; i > m.arcs[^arc][0]; i-- {
			ring = append(ring, m.points[i])
		}
	}
	return ring
}
