package coverage

import (
	"cmp"
	"maps"
	"slices"
)

// Coverage holds the grids of one net and the index of their borders. It is not safe for two goroutines.
type Coverage struct {
	held     map[string]Grid
	index    index
	overlaps map[[2]string]Point // Pairs of grids that share ground, and a place where they do.
}

// New holds the grids. What cannot be held at all is refused with a *Refusal: a code that is empty or comes twice, a ring
// that is not simple. Grids that overlap, gaps and the like are held, and told by Problems.
func New(grids []Grid) (*Coverage, error) {
	c := &Coverage{held: make(map[string]Grid, len(grids)), overlaps: map[[2]string]Point{}}
	c.index.spokes = map[Point][]spoke{}
	var all []owned
	borders := make([][]edge, len(grids))
	for i, g := range grids {
		if g.Code == "" {
			return nil, refuse(BadCode, Point{}, []string{g.Code}, "a grid has no code")
		}
		if _, twice := c.held[g.Code]; twice {
			return nil, refuse(CodeTaken, Point{}, []string{g.Code}, "the code %s comes twice", g.Code)
		}
		edges, r := normal(g)
		if r != nil {
			return nil, r
		}
		c.held[g.Code], borders[i] = g, edges
		for _, e := range edges {
			c.index.add(e, g.Code)
			all = append(all, owned{e, g.Code})
		}
	}
	conflicts := c.index.conflicts(all)
	if r := worst(NotSimple, conflicts); r != nil {
		return nil, r
	}
	for i, g := range grids {
		var r *Refusal
		if g.Boundary, r = assemble(g.Code, borders[i]); r != nil {
			return nil, r
		}
		c.held[g.Code] = g
		c.addBox(g)
	}
	c.noteOverlaps(conflicts, c.codes())
	return c, nil
}

// Grids gives all grids, by code. They are shared with the coverage: not to be written to.
func (c *Coverage) Grids() []Grid {
	return slices.SortedFunc(maps.Values(c.held), byCode)
}

func byCode(a, b Grid) int { return cmp.Compare(a.Code, b.Code) }

// Grid gives the grid with the code.
func (c *Coverage) Grid(code string) (Grid, bool) {
	g, held := c.held[code]
	return g, held
}

func (c *Coverage) codes() []string { return slices.Sorted(maps.Keys(c.held)) }

func (c *Coverage) addBox(g Grid) {
	b := boxOf(edgesOf(g.Boundary))
	c.index.boxes.Insert(corner(b.lo), corner(b.hi), g.Code)
}

func (c *Coverage) dropBox(g Grid) {
	b := boxOf(edgesOf(g.Boundary))
	c.index.boxes.Delete(corner(b.lo), corner(b.hi), g.Code)
}

// swap puts grids in the place of others.
func (c *Coverage) swap(before, after []Grid, removed, added []owned) {
	for _, g := range before {
		delete(c.held, g.Code)
		c.dropBox(g)
	}
	for _, g := range after {
		c.held[g.Code] = g
		c.addBox(g)
	}
	for _, o := range removed {
		c.index.remove(o.edge, o.code)
	}
	for _, o := range added {
		c.index.add(o.edge, o.code)
	}
}

// noteOverlaps keeps the pairs among the conflicts that share ground, and those of the grids that swallow each other.
func (c *Coverage) noteOverlaps(conflicts []conflict, codes []string) {
	var found []conflict
	for _, conflict := range slices.Concat(conflicts, c.swallowed(codes, everywhere)) {
		if conflict.touch {
			found = append(found, conflictsAt(conflict.at, c.index.through(conflict.at))...)
		} else {
			found = append(found, conflict)
		}
	}
	for _, conflict := range found {
		if at, known := c.overlaps[conflict.codes]; !known || conflict.at.Compare(at) < 0 {
			c.overlaps[conflict.codes] = conflict.at
		}
	}
}

// through are the spokes of a vertex with those of the borders that it lies on without being part of them.
func (x *index) through(p Point) []spoke {
	spokes := slices.Clone(x.spokes[p])
	for _, u := range x.edgesIn(box{}.with(p)) {
		if !u.holds(p) {
			continue
		}
		for _, e := range []edge{u, u.twin()} {
			for _, code := range x.owners(e) {
				spokes = append(spokes, spoke{e.B, code, true}, spoke{e.A, code, false})
			}
		}
	}
	return spokes
}

var everywhere = box{Point{-1 << 31, -1 << 31}, Point{1<<31 - 1, 1<<31 - 1}, true}

// Revert undoes a change: exactly what was before is there again. It is refused as stale when the grids are not those that
// the change left.
func (c *Coverage) Revert(ch Change) error { return c.exchange(ch.After, ch.Before) }

// Replay does a change that was reverted again.
func (c *Coverage) Replay(ch Change) error { return c.exchange(ch.Before, ch.After) }

// Exchange does a change that was drawn up elsewhere. Only the outer outline is looked at: it stays as it is, or the options
// let it change. What is refused leaves the coverage as it was.
func (c *Coverage) Exchange(ch Change, opt Options) error {
	d := c.draft(opt)
	removed, added := difference(ch.Before, ch.After)
	rim := d.rimOf(removed, added)
	if err := c.Replay(ch); err != nil || opt.Outline {
		return err
	}
	if r := d.sameOutline(rim, d.rimOf(removed, added)); r != nil {
		if err := c.Revert(ch); err != nil {
			return err
		}
		r.Codes = codesIn(ch)
		return r
	}
	return nil
}

func codesIn(ch Change) []string {
	var codes []string
	for _, g := range slices.Concat(ch.Before, ch.After) {
		codes = append(codes, g.Code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func (c *Coverage) exchange(from, to []Grid) error {
	leaves := map[string]bool{}
	for _, g := range from {
		leaves[g.Code] = true
		if held, there := c.held[g.Code]; !there || !held.Equal(g) {
			return refuse(Stale, Point{}, []string{g.Code}, "%s is not what the change left", g.Code)
		}
	}
	for _, g := range to {
		if _, there := c.held[g.Code]; there && !leaves[g.Code] {
			return refuse(Stale, Point{}, []string{g.Code}, "%s is there already", g.Code)
		}
	}
	removed, added := difference(from, to)
	c.swap(from, to, removed, added)
	c.renewOverlaps(from, to)
	return nil
}

// renewOverlaps looks again at the pairs that a change concerns, where there are any.
func (c *Coverage) renewOverlaps(before, after []Grid) {
	concerned := false
	changed := map[string]bool{}
	for _, g := range slices.Concat(before, after) {
		changed[g.Code] = true
	}
	for codes := range c.overlaps {
		if changed[codes[0]] || changed[codes[1]] {
			delete(c.overlaps, codes)
			concerned = true
		}
	}
	if !concerned {
		return
	}
	var edges []owned
	var codes []string
	for _, g := range after {
		codes = append(codes, g.Code)
		for _, e := range edgesOf(g.Boundary) {
			edges = append(edges, owned{e, g.Code})
		}
	}
	c.noteOverlaps(c.index.conflicts(edges), codes)
}

// Equal reports whether two grids in canonical form are the same in everything.
func (g Grid) Equal(o Grid) bool {
	return g.Code == o.Code && g.Name == o.Name && g.Kind == o.Kind && g.Street == o.Street && g.Attributes == o.Attributes &&
		slices.EqualFunc(g.Boundary, o.Boundary, func(a, b Polygon) bool {
			return slices.EqualFunc(a, b, slices.Equal)
		})
}
