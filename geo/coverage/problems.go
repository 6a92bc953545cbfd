package coverage

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Rules of problems beside those that commands are refused for too (overlaps, too_small, bad_code, leaves_community).
const (
	Gap       = "gap"        // Ground between grids that no grid owns.
	Sliver    = "sliver"     // A gap, or a part of a grid, that is less than a metre wide on average.
	TJunction = "t_junction" // A vertex lies on a neighbour's border without being part of it.
	CodeOrder = "code_order" // Sequence numbers do not run from west to east or from north to south.
	TooLarge  = "too_large"  // A grid of a divided community has more than 10,000 m².
)

const (
	sliverM   = 1.0
	nominalM2 = 10_000.0
)

// Problems lists what is wrong with the coverage: errors before warnings, then by rule and place. Of the borders each
// directed segment is owned once and its twin once; what has no twin is the outer outline or the rim of a gap.
func (c *Coverage) Problems(opt Options) []Problem {
	found := slices.Concat(c.overlapping(), c.gaps(), c.junctions(), c.sizes(opt), c.codeProblems(opt))
	slices.SortStableFunc(found, func(a, b Problem) int {
		return cmp.Or(boolOrder(a.Warning, b.Warning), cmp.Compare(a.Rule, b.Rule), a.At.Compare(b.At), slices.Compare(a.Codes, b.Codes))
	})
	return found
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (c *Coverage) overlapping() []Problem {
	var found []Problem
	for codes, at := range c.overlaps {
		found = append(found, Problem{Rule: Overlaps, At: at, Codes: codes[:],
			Text: fmt.Sprintf("%s and %s own the same ground", codes[0], codes[1])})
	}
	return found
}

// gaps are the holes between the grids. A gap that is an overlap's other side is none.
func (c *Coverage) gaps() []Problem {
	loops, _ := c.rim()
	var found []Problem
	for _, gap := range loops {
		if len(c.overlaps) > 0 && c.ownedInside(gap) {
			continue
		}
		m2, width := gap.size()
		p := Problem{Rule: Gap, At: gap.first(), Codes: c.around(gap), AreaM2: m2}
		if p.Text = fmt.Sprintf("a gap of %.1f m² that no grid owns", m2); width < sliverM {
			p.Rule, p.Text = Sliver, fmt.Sprintf("a gap of %.2f m² and about %.2f m width", m2, width)
		}
		found = append(found, p)
	}
	return found
}

// ownedInside reports whether the walk runs through ground that a grid owns.
func (c *Coverage) ownedInside(walk loop) bool {
	return slices.ContainsFunc(walk.edges, func(e edge) bool {
		return slices.ContainsFunc(c.index.codesIn(e.box()), func(code string) bool {
			return !slices.Contains(c.index.sides(e), code) && inside(edgesOf(c.held[code].Boundary), e.middle())
		})
	})
}

// around are the grids on the other side of the loop.
func (c *Coverage) around(l loop) []string {
	var codes []string
	for _, e := range l.edges {
		codes = append(codes, c.index.sides(e)...)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// size is the area of a loop and its mean width: two areas by the length around it.
func (l loop) size() (m2, widthM float64) {
	b := boxOf(l.edges)
	x, y := metresPerUnit(b)
	var lengthM float64
	for _, e := range l.edges {
		dx, dy := minus(e.B, e.A)
		lengthM += math.Hypot(float64(dx)*x, float64(dy)*y)
	}
	m2 = math.Abs(areaM2(l.area, b))
	return m2, 2 * m2 / lengthM
}

// junctions are vertices that lie exactly on an edge of a grid that does not have them. One that is only next to the edge
// leaves a sliver or an overlap, which is told as such.
func (c *Coverage) junctions() []Problem {
	var found []Problem
	c.index.edges.Scan(func(_, _ [2]float64, e edge) bool {
		b := e.box()
		c.index.edges.Search(corner(b.lo), corner(b.hi), func(_, _ [2]float64, f edge) bool {
			for _, p := range []Point{f.A, f.B} {
				if !e.holds(p) {
					continue
				}
				if codes := c.atJunction(p, e); !c.overlapAmong(codes) {
					found = append(found, Problem{Rule: TJunction, At: p, Codes: codes,
						Text: "a corner lies on the border of a neighbour that has no corner there"})
				}
			}
			return true
		})
		return true
	})
	slices.SortFunc(found, func(a, b Problem) int { return cmp.Or(a.At.Compare(b.At), slices.Compare(a.Codes, b.Codes)) })
	return slices.CompactFunc(found, func(a, b Problem) bool { return a.At == b.At && slices.Equal(a.Codes, b.Codes) })
}

func (c *Coverage) atJunction(p Point, e edge) []string {
	codes := slices.Concat(c.index.codesAt(p), c.index.sides(e))
	slices.Sort(codes)
	return slices.Compact(codes)
}

// overlapAmong reports whether two of the grids overlap: that is told already.
func (c *Coverage) overlapAmong(codes []string) bool {
	for i, a := range codes {
		for _, b := range codes[i+1:] {
			if _, overlap := c.overlaps[pair(a, b)]; overlap {
				return true
			}
		}
	}
	return false
}

// sizes are grids that are too small, too large for one of a divided community, or have a part that is too narrow.
func (c *Coverage) sizes(opt Options) []Problem {
	members := map[string]int{}
	for code := range c.held {
		members[communityOf(code)]++
	}
	var found []Problem
	for code, g := range c.held {
		m2 := g.AreaM2()
		p := Problem{At: g.first(), Codes: []string{code}, AreaM2: m2}
		switch {
		case m2 < opt.MinAreaM2:
			p.Rule, p.Text = TooSmall, fmt.Sprintf("%s has %.0f m², less than %.0f m²", code, m2, opt.MinAreaM2)
			found = append(found, p)
		case m2 > nominalM2 && members[communityOf(code)] > 1:
			p.Rule, p.Text, p.Warning = TooLarge, fmt.Sprintf("%s has %.0f m², more than %.0f m²", code, m2, nominalM2), true
			found = append(found, p)
		}
		for _, poly := range g.Boundary {
			outer := newLoop(edgesOf([]Polygon{poly[:1]}))
			if m2, width := outer.size(); width < sliverM {
				found = append(found, Problem{Rule: Sliver, At: outer.first(), Codes: []string{code}, AreaM2: m2, Warning: true,
					Text: fmt.Sprintf("a part of %s is about %.2f m wide", code, width)})
			}
		}
	}
	return found
}

// codeProblems are codes without 15 digits, grids inside the outline of another community than their code names, and
// neighbours in the sequence of a community that run both from east to west and from south to north.
func (c *Coverage) codeProblems(opt Options) []Problem {
	var found []Problem
	var last Grid
	for _, g := range c.Grids() {
		switch {
		case !wellFormed(g.Code):
			found = append(found, Problem{Rule: BadCode, At: g.first(), Codes: []string{g.Code},
				Text: fmt.Sprintf("%q does not have 15 digits", g.Code)})
			continue
		case wellFormed(last.Code) && last.community() == g.community() && backwards(last, g):
			found = append(found, Problem{Rule: CodeOrder, At: g.first(), Codes: []string{last.Code, g.Code}, Warning: true,
				Text: fmt.Sprintf("%s lies north-west of %s: sequences run from west to east and from north to south", g.Code, last.Code)})
		}
		last = g
		if opt.Divided == nil {
			continue
		}
		for _, community := range opt.Divided.around(boxOf(edgesOf(g.Boundary))) {
			outline, member := opt.Divided.outlines[community], community == g.community()
			if in := outline.leftIsInside(edgesOf(g.Boundary)[0]); in && !member {
				found = append(found, Problem{Rule: LeavesCommunity, At: g.first(), Codes: []string{g.Code},
					Text: fmt.Sprintf("%s lies in community %s, whose code it does not have", g.Code, community)})
			}
		}
	}
	return found
}

// backwards reports whether the box of g begins and ends both west and north of that of the grid before it.
func backwards(before, g Grid) bool {
	a, b := boxOf(edgesOf(before.Boundary)), boxOf(edgesOf(g.Boundary))
	return b.lo.X < a.lo.X && b.hi.X < a.hi.X && b.lo.Y > a.lo.Y && b.hi.Y > a.hi.Y
}
