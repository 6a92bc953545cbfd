package coverage

import (
	"slices"

	"github.com/paulmach/orb"
)

// split cuts a grid in two along a line.
//
// What counts of the line are its runs through the grid from border to border. Where they make more than two parts, the
// smallest part joins the largest of the parts across the line, again and again until two are left: a line that grazes a
// crooked border leaves no crumbs. The larger part keeps the code, or that in which the point keep lies; parts that the
// line does not cut stay with it. The ends of the line become vertices of the neighbours too.
func (d *draft) split(code string, line []Point, made NewGrid, keep *orb.Point) *Refusal {
	g, held := d.held[code]
	if !held {
		return notFound(code)
	}
	if made.Code == "" {
		made.Code = d.NextCode(code)
	}
	if r := d.validCode(made.Code); r != nil {
		return r
	}
	border := edgesOf(g.Boundary)
	course := d.follow(line, undirected(border))
	parts, cuts := course.halves(border)
	if len(cuts) == 0 {
		return refuse(NoCrossing, line[0], []string{code}, "the line does not cut %s in two", code)
	}
	course.settle(d, pointsIn(cuts))
	beside := across(parts, cuts)
	larger, smaller := -1, -1
	for i, p := range parts {
		switch {
		case len(beside[i]) == 0:
		case larger < 0 || p.compare(parts[larger]) > 0:
			larger, smaller = i, larger
		default:
			smaller = i
		}
	}
	if keep != nil && inside(parts[smaller].edges, PointOf(*keep).spot()) {
		smaller = larger
	}
	var kept []edge
	for i, p := range parts {
		if i != smaller {
			kept = append(kept, p.edges...)
		}
	}
	d.put(g, kept)
	d.put(Grid{Code: made.Code, Name: made.Name, Kind: made.Kind, Street: made.Street}, parts[smaller].edges)
	return nil
}

// halves cuts the ground inside the border along the course so that two parts have cuts on them, and gives these cuts; or
// none where the course cuts nothing.
func (c course) halves(border []edge) (parts []part, cuts []edge) {
	noded := c.withCuts(border, nil)
	cuts = c.runs(noded, true)
	parts = partition(noded, cuts)
	for {
		cuts = dividing(parts, cuts)
		beside := across(parts, cuts)
		least, cut := -1, 0
		for i, p := range parts {
			if len(beside[i]) == 0 {
				continue
			}
			cut++
			if least < 0 || p.compare(parts[least]) < 0 {
				least = i
			}
		}
		if cut <= 2 {
			break
		}
		into := slices.MaxFunc(beside[least], func(i, j int) int { return parts[i].compare(parts[j]) })
		parts[into].area += parts[least].area
		parts[into].edges = cancel(slices.Concat(parts[into].edges, parts[least].edges))
		parts = slices.Delete(parts, least, least+1)
	}
	// Again without the points that only served cuts which are not made.
	return partition(c.withCuts(border, pointsIn(cuts)), cuts), cuts
}

func undirected(edges []edge) []edge {
	all := make([]edge, len(edges))
	for i, e := range edges {
		all[i] = e.undirected()
	}
	slices.SortFunc(all, edge.compare)
	return slices.Compact(all)
}
