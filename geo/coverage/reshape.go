package coverage

import (
	"slices"
)

// reshape lets the border of a grid follow a line that meets it twice or more.
//
// Every run of the line between two meetings cuts off a pocket: inside the grid the smaller part, outside the ground between
// the line and the border. Pockets outside go to the grid: its neighbours give way, and a gap is filled. A pocket inside
// goes to the neighbour with which it has the longest border (by |dx|+|dy|; of equals to the smaller code), and to nobody
// where it has none; where the grid itself is all around it, it stays. What crosses or would swallow a neighbour whole is refused.
func (d *draft) reshape(code string, line []Point) *Refusal {
	g, held := d.held[code]
	if !held {
		return notFound(code)
	}
	b := box{}
	for _, p := range line {
		b = b.with(p)
	}
	course := d.follow(line, d.index.edgesIn(b.wider()))
	border := edgesOf(g.Boundary)
	noded := course.withCuts(border, nil)
	inner, outer := course.runs(noded, true), course.runs(noded, false)
	inner = dividing(partition(noded, inner), inner)
	outer = dividing(partition(reversed(noded), outer), outer)
	cuts := slices.Concat(inner, outer)
	if len(cuts) == 0 {
		return refuse(NoCrossing, line[0], []string{code}, "the line does not meet the border of %s twice", code)
	}
	noded = course.withCuts(border, pointsIn(cuts))
	course.settle(d, pointsIn(cuts))
	kept, given := pockets(partition(noded, inner), inner)
	_, taken := pockets(partition(reversed(noded), outer), outer)
	if r := d.giveWay(code, taken, outer); r != nil {
		return r
	}
	own := map[edge]bool{}
	for _, p := range slices.Concat(kept, taken, given) {
		for _, e := range p.edges {
			own[e] = true
		}
	}
	for _, pocket := range given {
		if to := d.longestNeighbour(code, pocket); to != "" {
			d.put(d.held[to], cancel(slices.Concat(d.touch(to), pocket.edges)))
		} else if !slices.ContainsFunc(pocket.edges, func(e edge) bool { return !own[e.twin()] }) {
			kept = append(kept, pocket) // The line came back over its own pocket.
		}
	}
	var edges []edge
	for _, p := range slices.Concat(kept, taken) {
		edges = append(edges, p.edges...)
	}
	d.put(g, cancel(edges))
	return nil
}

// pockets are the parts that the cuts take off: of each piece of ground the largest part stays.
func pockets(parts []part, cuts []edge) (kept, taken []part) {
	beside := across(parts, cuts)
	piece := make([]int, len(parts)) // Of each part, from 1.
	largest := []int{-1}
	for i := range parts {
		if piece[i] > 0 {
			continue
		}
		n := len(largest)
		largest = append(largest, i)
		piece[i] = n
		for queue := []int{i}; len(queue) > 0; queue = queue[1:] {
			if parts[queue[0]].compare(parts[largest[n]]) > 0 {
				largest[n] = queue[0]
			}
			for _, j := range beside[queue[0]] {
				if piece[j] == 0 {
					piece[j] = n
					queue = append(queue, j)
				}
			}
		}
	}
	for i, p := range parts {
		if largest[piece[i]] == i {
			kept = append(kept, p)
		} else {
			taken = append(taken, p)
		}
	}
	return kept, taken
}

// giveWay takes the pockets from the grids through which the cuts run.
func (d *draft) giveWay(code string, taken []part, cuts []edge) *Refusal {
	pocket := map[edge]bool{}
	for _, p := range taken {
		for _, e := range p.edges {
			pocket[e] = true
		}
	}
	for _, other := range d.index.codesIn(boxOf(slices.Concat(cuts, reversed(cuts)))) {
		if other == code {
			continue
		}
		edges := d.current(other)
		var through []edge
		for _, e := range cuts {
			if inside(edges, e.middle()) && !slices.Contains(edges, e) && !slices.Contains(edges, e.twin()) {
				through = append(through, e)
			}
		}
		if len(through) == 0 {
			continue
		}
		var left []edge
		for _, p := range partition(edges, through) {
			lost := slices.ContainsFunc(p.edges, func(e edge) bool {
				return pocket[e] && (slices.Contains(through, e) || slices.Contains(through, e.twin()))
			})
			if !lost {
				left = append(left, p.edges...)
			}
		}
		if len(left) == 0 {
			return refuse(TooSmall, d.held[other].first(), []string{other}, "nothing would be left of %s", other)
		}
		d.put(d.held[other], left)
	}
	return nil
}

// current gives the edges of a grid as the draft has them.
func (d *draft) current(code string) []edge {
	if edges, touched := d.lines[code]; touched {
		return edges
	}
	return edgesOf(d.held[code].Boundary)
}

// longestNeighbour is the grid with which the pocket has the longest border, or none.
func (d *draft) longestNeighbour(code string, pocket part) string {
	own := map[edge]bool{}
	for _, e := range pocket.edges {
		own[e.twin()] = true
	}
	best, longest := "", int64(0)
	for _, other := range d.index.codesIn(boxOf(pocket.edges)) {
		if other == code {
			continue
		}
		var length int64
		for _, e := range d.current(other) {
			if own[e] {
				dx, dy := minus(e.B, e.A)
				length += abs(dx) + abs(dy)
			}
		}
		if length > longest {
			best, longest = other, length
		}
	}
	return best
}
