package democity

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// edge is one border line as seen from its beginning, with the owner on its left; -1 where that is not known: the
// outline knows only that it has the district on one side.
type edge struct {
	line []orb.Point
	left int16
	twin int
}

// faces walks round every face of the net of arcs and outline, and returns each owner's ring. The outline is cut at the
// points where arcs end on it.
func faces(arcs []arc, outline orb.Ring, owners int) ([]orb.Ring, error) {
	edges := cutNet(arcs, outline)
	leaving := map[orb.Point][]int{}
	for i, e := range edges {
		leaving[e.line[0]] = append(leaving[e.line[0]], i)
	}
	for _, around := range leaving {
		slices.SortFunc(around, func(i, j int) int {
			if angle(edges[i]) < angle(edges[j]) {
				return -1
			}
			return 1
		})
	}
	rings := make([]orb.Ring, owners)
	walked := make([]bool, len(edges))
	for start := range edges {
		if walked[start] {
			continue
		}
		ring, owner, err := walk(start, edges, leaving, walked)
		if err != nil {
			return nil, err
		}
		if ring.Orientation() != orb.CCW {
			continue // Around the district from outside.
		}
		if owner < 0 || rings[owner] != nil {
			return nil, fmt.Errorf("owner %d has no face of its own, or two", owner)
		}
		rings[owner] = ring
	}
	for owner, ring := range rings {
		if ring == nil {
			return nil, fmt.Errorf("owner %d has no face", owner)
		}
	}
	return rings, nil
}

// cutNet returns every border line in both directions, twins side by side.
func cutNet(arcs []arc, outline orb.Ring) []edge {
	var edges []edge
	add := func(line []orb.Point, left, right int16) {
		back := slices.Clone(line)
		slices.Reverse(back)
		n := len(edges)
		edges = append(edges, edge{line, left, n + 1}, edge{back, right, n})
	}
	ends := map[orb.Point]bool{}
	for _, a := range arcs {
		line := a.snappedLine()
		ends[line[0]], ends[line[len(line)-1]] = true, true
		add(line, a.left, a.right)
	}
	first := slices.IndexFunc(outline, func(p orb.Point) bool { return ends[p] })
	open := outline[:len(outline)-1]
	turned := append(slices.Clone(open[first:]), open[:first+1]...)
	begin := 0
	for i := 1; i < len(turned); i++ {
		if ends[turned[i]] {
			add(slices.Clone(turned[begin:i+1]), -1, -1)
			begin = i
		}
	}
	return edges
}

func angle(e edge) float64 {
	return math.Atan2(e.line[1][1]-e.line[0][1], e.line[1][0]-e.line[0][0])
}

// walk follows the face on the left of an edge back to it.
func walk(start int, edges []edge, leaving map[orb.Point][]int, walked []bool) (orb.Ring, int16, error) {
	var ring orb.Ring
	owner := int16(-1)
	for at := start; ; {
		e := edges[at]
		if walked[at] {
			return nil, 0, fmt.Errorf("borders cross near %v", e.line[0])
		}
		walked[at] = true
		if e.left >= 0 {
			if owner >= 0 && owner != e.left {
				return nil, 0, fmt.Errorf("borders of %d and %d are tangled near %v", owner, e.left, e.line[0])
			}
			owner = e.left
		}
		ring = append(ring, e.line[:len(e.line)-1]...)
		around := leaving[e.line[len(e.line)-1]]
		back := slices.Index(around, e.twin)
		at = around[(back+len(around)-1)%len(around)] // The next one clockwise.
		if at == start {
			return append(ring, ring[0]), owner, nil
		}
	}
}
