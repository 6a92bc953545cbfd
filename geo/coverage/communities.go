package coverage

import "slices"

// Communities are the communities that an edition divides into several grids, with their outlines.
type Communities struct {
	outlines map[string]outline // By the first twelve digits.
}

type outline struct {
	edges []edge // The community lies on their left; what goes on straight is one edge.
	box   box
}

// Divided finds the communities that the grids of an edition divide: those whose first twelve digits two or more codes
// have.
func Divided(grids []Grid) *Communities {
	members := map[string][]Grid{}
	for _, g := range grids {
		members[g.community()] = append(members[g.community()], g)
	}
	c := &Communities{map[string]outline{}}
	for community, grids := range members {
		if len(grids) < 2 {
			continue
		}
		var edges []edge
		for _, g := range grids {
			edges = append(edges, edgesOf(g.Boundary)...)
		}
		kept := map[edge]bool{}
		for _, e := range cancel(edges) {
			kept[e] = true
		}
		var joined []edge
		for e := range straightened(kept, nil) {
			joined = append(joined, e)
		}
		slices.SortFunc(joined, edge.compare)
		c.outlines[community] = outline{joined, boxOf(joined)}
	}
	return c
}

func (c *Communities) has(community string) bool {
	if c == nil {
		return false
	}
	_, divided := c.outlines[community]
	return divided
}

// leavesCommunity refuses new borders by which a grid of a divided community owns ground outside its outline, or another
// grid ground inside. An edge that lies on one that the grid had before is not new. A border that only bends by the rounding
// of a new vertex stays on the outline.
func (d *draft) leavesCommunity(removed, added []owned) *Refusal {
	if d.opt.Outline || d.opt.Divided == nil {
		return nil
	}
	for _, o := range added {
		if slices.ContainsFunc(removed, func(had owned) bool { return had.code == o.code && had.contains(o.edge) }) {
			continue
		}
		for _, community := range d.opt.Divided.around(o.box()) {
			if at, leaves := d.opt.Divided.outlines[community].leaves(o.edge, communityOf(o.code) == community); leaves {
				return refuse(LeavesCommunity, at, []string{o.code}, "the border of %s would leave the outline of community %s",
					o.code, community)
			}
		}
		if own := communityOf(o.code); d.opt.Divided.has(own) && !d.opt.Divided.outlines[own].box.meets(o.box()) {
			return refuse(LeavesCommunity, o.A, []string{o.code}, "the border of %s would leave the outline of community %s", o.code, own)
		}
	}
	return nil
}

// around are the communities whose boxes meet the box, in order.
func (c *Communities) around(b box) []string {
	var found []string
	for community, outline := range c.outlines {
		if outline.box.meets(b) {
			found = append(found, community)
		}
	}
	slices.Sort(found)
	return found
}

// contains reports whether f lies on e, as near as rounding leaves it, and goes the same way.
func (e edge) contains(f edge) bool {
	return (f.A == e.A || e.near(f.A)) && (f.B == e.B || e.near(f.B)) && e.compareProjected(f.A, f.B) < 0
}

// leaves reports whether the ground on the left of the edge is on the wrong side of the outline, or the edge crosses it.
// The edge is looked at piece by piece between the outline's vertices that lie on it.
func (o outline) leaves(e edge, member bool) (at Point, wrong bool) {
	line := []Point{e.A, e.B}
	for _, f := range o.edges {
		if !e.box().meets(f.box()) {
			continue
		}
		if at, touch, bad := meet(e.undirected(), f.undirected()); bad && !touch && !f.near(e.A) && !f.near(e.B) {
			return at, true
		}
		if e.holds(f.A) {
			line = append(line, f.A)
		}
	}
	slices.SortFunc(line, e.compareAlong)
	for _, piece := range chain(line) {
		if o.leftIsInside(piece) != member {
			return piece.undirected().A, true
		}
	}
	return at, false
}

func (o outline) leftIsInside(e edge) bool {
	for _, f := range o.edges {
		if f.contains(e) {
			return true
		}
		if f.contains(e.twin()) {
			return false
		}
	}
	return inside(o.edges, e.middle())
}
