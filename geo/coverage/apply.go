package coverage

import (
	"slices"
)

// Apply does the command whole or not at all. The grids that it would change are worked out first; then the rules are
// looked at in their order (not_simple, flips, crosses, overlaps, leaves_community, too_small, outline) and the first one
// that is broken refuses the command, at its westernmost (then southernmost) place. Two grids that overlapped before may
// go on crossing and overlapping each other, so that this can be mended step by step. The error is a *Refusal, or a
// *CommandError where the command lacks something.
func (c *Coverage) Apply(cmd Command, opt Options) (Change, error) {
	if err := cmd.Validate(); err != nil {
		return Change{}, err
	}
	d := c.draft(opt)
	if r := d.run(cmd); r != nil {
		return Change{}, r
	}
	return d.finish()
}

// finish joins what the draft left apart and makes it the state of the coverage, or leaves everything as it was.
func (d *draft) finish() (Change, error) {
	d.join()
	change, r := d.settle()
	if r != nil {
		return Change{}, r
	}
	return change, nil
}

// run works out what the command makes of the grids.
func (d *draft) run(cmd Command) *Refusal {
	switch cmd.Op {
	case MoveVertex:
		return d.moveVertex(PointOf(*cmd.From), PointOf(*cmd.To))
	case InsertVertex:
		return d.insertVertex(edge{PointOf(cmd.Edge[0]), PointOf(cmd.Edge[1])}, PointOf(*cmd.At))
	case DeleteVertex:
		return d.deleteVertex(PointOf(*cmd.At))
	case MoveEdge:
		return d.moveEdge(edge{PointOf(cmd.Edge[0]), PointOf(cmd.Edge[1])}, PointOf(*cmd.By))
	case Split:
		return d.split(cmd.Code, pointsOf(cmd.Line), *cmd.New, cmd.Keep)
	case Merge:
		return d.merge(cmd.Codes, cmd.Into)
	case Reshape:
		return d.reshape(cmd.Code, pointsOf(cmd.Line))
	case AssignHole:
		return d.assignHole(PointOf(*cmd.At), cmd.Code)
	case Snap:
		return d.snap(cmd.Codes, cmd.Lines, cmd.ToleranceM)
	case Create:
		g := cmd.Grid
		return d.create(GridOf(g.Code, g.Name, g.Kind, g.Street, g.Geometry.MultiPolygon))
	case Replace:
		return d.replace(cmd.Code, polygonsOf(cmd.Geometry.MultiPolygon))
	case Delete:
		return d.delete(cmd.Code)
	default:
		return d.describe(cmd.Code, cmd.Name, cmd.Kind, cmd.Street, cmd.NewCode)
	}
}

// settle makes the draft the state of the coverage, or leaves everything as it was.
func (d *draft) settle() (Change, *Refusal) {
	change, broken := d.change()
	if broken != nil && broken.Rule == OffTheMap {
		return Change{}, broken
	}
	if broken == nil && len(change.Before) == 0 && len(change.After) == 0 {
		return Change{}, refuse(NothingChanges, Point{}, d.touched(), "everything would stay as it is")
	}
	removed, added := d.difference()
	rim := d.rimOf(removed, added)
	d.swap(change.Before, change.After, removed, added)
	r := d.check(change, broken, removed, added)
	if r == nil && !d.opt.Outline {
		r = d.sameOutline(rim, d.rimOf(removed, added))
	}
	if r != nil {
		d.swap(change.After, change.Before, added, removed)
		return Change{}, r
	}
	d.renewOverlaps(change.Before, change.After)
	return change, nil
}

// change assembles the touched grids; those that come out as they were are left out. Of several rings that cannot be, a
// ring that is not simple is told before one that flips, and then the first by code.
func (d *draft) change() (Change, *Refusal) {
	var change Change
	var broken *Refusal
	for _, code := range d.touched() {
		before, was := d.held[code]
		after, is := d.grids[code]
		if is {
			var r *Refusal
			after.Boundary, r = assemble(code, d.lines[code])
			if r != nil && (broken == nil || broken.Rule == Flips && r.Rule != Flips) {
				broken = r
			}
			if len(after.Boundary) == 0 && r == nil && broken == nil {
				broken = refuse(TooSmall, before.first(), []string{code}, "nothing would be left of %s", code)
			}
		}
		if was && is && before.Equal(after) {
			continue
		}
		if was {
			change.Before = append(change.Before, before)
		}
		if is {
			change.After = append(change.After, after)
		}
	}
	return change, broken
}

func (g Grid) first() Point {
	if len(g.Boundary) == 0 {
		return Point{}
	}
	return g.Boundary[0][0][0]
}

// difference lists the directed edges that the draft takes away and brings.
func (d *draft) difference() (removed, added []owned) {
	for _, code := range d.touched() {
		had := map[edge]int{}
		for _, e := range edgesOf(d.held[code].Boundary) {
			had[e]++
		}
		for _, e := range d.lines[code] {
			if had[e] > 0 {
				had[e]--
				continue
			}
			added = append(added, owned{e, code})
		}
		for e, n := range had {
			for range n {
				removed = append(removed, owned{e, code})
			}
		}
	}
	slices.SortFunc(removed, compareOwned)
	slices.SortFunc(added, compareOwned)
	return removed, added
}

// check looks at the rules, all but the last, in their order. The coverage already holds the change.
func (d *draft) check(change Change, broken *Refusal, removed, added []owned) *Refusal {
	conflicts := slices.DeleteFunc(d.index.conflicts(added), func(c conflict) bool {
		_, before := d.overlaps[c.codes]
		return before
	})
	if r := worst(NotSimple, conflicts); r != nil {
		return r
	}
	if broken != nil {
		return broken
	}
	if r := worst(Crosses, conflicts); r != nil {
		return r
	}
	moved := box{}
	for _, o := range slices.Concat(removed, added) {
		moved = moved.with(o.A).with(o.B)
	}
	codes := make([]string, len(change.After))
	for i, g := range change.After {
		codes[i] = g.Code
	}
	swallowed := slices.DeleteFunc(d.swallowed(codes, moved), func(c conflict) bool {
		_, before := d.overlaps[c.codes]
		return before
	})
	if r := worst(Overlaps, slices.Concat(conflicts, swallowed)); r != nil {
		return r
	}
	if r := d.leavesCommunity(removed, added); r != nil {
		return r
	}
	return d.tooSmall(change)
}

// tooSmall refuses new and shrunken grids below the least area.
func (d *draft) tooSmall(change Change) *Refusal {
	for _, g := range change.After {
		i := slices.IndexFunc(change.Before, func(b Grid) bool { return b.Code == g.Code })
		if i >= 0 && g.doubledArea() >= change.Before[i].doubledArea() {
			continue
		}
		if m2 := g.AreaM2(); m2 < d.opt.MinAreaM2 {
			return refuse(TooSmall, g.first(), []string{g.Code}, "%s would have %.0f m², less than %.0f m²", g.Code, m2, d.opt.MinAreaM2)
		}
	}
	return nil
}
