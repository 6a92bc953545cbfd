package coverage

import (
	"slices"
)

// part is a connected piece of ground that a line has cut out.
type part struct {
	edges []edge // Its whole border, with the ground on the left.
	area  int64  // Doubled.
	open  bool   // It has no outer border: the ground around everything.
}

func (p part) first() Point { return newLoop(p.edges).first() }

// compare orders parts by size; of two of one size the one with the smaller first point is the larger.
func (p part) compare(q part) int {
	switch {
	case p.open != q.open:
		if p.open {
			return 1
		}
		return -1
	case p.area != q.area:
		return sign(p.area - q.area)
	}
	return q.first().Compare(p.first())
}

// partition cuts the ground on the left of the edges along the cuts.
func partition(edges []edge, cuts []edge) []part {
	all := slices.Concat(edges, cuts, reversed(cuts))
	var outers, inners []loop
	for _, l := range trace(all) {
		if l.area > 0 {
			outers = append(outers, l)
		} else {
			inners = append(inners, l)
		}
	}
	parts := make([]part, len(outers), len(outers)+1)
	for i, l := range outers {
		parts[i] = part{edges: l.edges, area: l.area}
	}
	around := part{open: true}
	for _, l := range inners {
		if i := smallestAround(l, outers); i >= 0 {
			parts[i].edges = slices.Concat(parts[i].edges, l.edges)
			parts[i].area += l.area
		} else {
			around.edges = slices.Concat(around.edges, l.edges)
		}
	}
	if len(around.edges) > 0 {
		parts = append(parts, around)
	}
	for i := range parts {
		parts[i].edges = cancel(parts[i].edges) // A cut with the same part on both sides cuts nothing.
	}
	return slices.DeleteFunc(parts, func(p part) bool { return len(p.edges) == 0 })
}

// across lists, for each part, the parts on the other side of its cuts.
func across(parts []part, cuts []edge) [][]int {
	owner := map[edge]int{}
	for i, p := range parts {
		for _, e := range p.edges {
			owner[e] = i
		}
	}
	beside := make([][]int, len(parts))
	for _, e := range cuts {
		i, left := owner[e]
		j, right := owner[e.twin()]
		if left && right && i != j && !slices.Contains(beside[i], j) {
			beside[i] = append(beside[i], j)
			beside[j] = append(beside[j], i)
		}
	}
	return beside
}

// runs are the stretches of the course between vertices of the border, each within the ground (or outside it) all the way.
// Stretches that begin or end in the middle of nowhere, and those along the border, are left out. Each edge is given once,
// however often the line goes over it.
func (c course) runs(border []edge, within bool) []edge {
	vertices, own := map[Point]bool{}, map[edge]bool{}
	for _, e := range border {
		vertices[e.A], own[e.undirected()] = true, true
	}
	var runs, run []edge
	begun := false
	for _, e := range chain(c.points) {
		if vertices[e.A] {
			run, begun = nil, true
		}
		if own[e.undirected()] || inside(border, e.middle()) != within {
			begun = false
		}
		if !begun {
			continue
		}
		run = append(run, e)
		if vertices[e.B] {
			runs, begun = append(runs, run...), false
		}
	}
	return undirected(runs)
}

func pointsIn(edges []edge) map[Point]bool {
	points := map[Point]bool{}
	for _, e := range edges {
		points[e.A], points[e.B] = true, true
	}
	return points
}

// dividing keeps the cuts that have two different parts on their sides.
func dividing(parts []part, cuts []edge) []edge {
	owner := map[edge]int{}
	for i, p := range parts {
		for _, e := range p.edges {
			owner[e] = i + 1
		}
	}
	var kept []edge
	for _, e := range cuts {
		if owner[e] > 0 && owner[e.twin()] > 0 && owner[e] != owner[e.twin()] {
			kept = append(kept, e)
		}
	}
	return kept
}
