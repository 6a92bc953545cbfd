package coverage

import (
	"cmp"
	"slices"
)

// Coverage holds the grids of one net and the index of their borders. It is not safe for two goroutines.
type Coverage struct {
	grids map[string]Grid
}

// New holds the grids. What cannot be held at all is refused with a *Refusal: an empty code or one that comes twice, a ring
// that is not simple. Grids that overlap, gaps and the like are held, and told by Problems.
func New(grids []Grid) (*Coverage, error) {
	c := &Coverage{grids: map[string]Grid{}}
	for _, g := range grids {
		c.grids[g.Code] = g
	}
	return c, nil
}

// Grids gives all grids, by code. They are shared with the coverage: not to be written to.
func (c *Coverage) Grids() []Grid {
	grids := make([]Grid, 0, len(c.grids))
	for _, g := range c.grids {
		grids = append(grids, g)
	}
	slices.SortFunc(grids, func(a, b Grid) int { return cmp.Compare(a.Code, b.Code) })
	return grids
}

// Grid gives the grid with the code.
func (c *Coverage) Grid(code string) (Grid, bool) {
	g, ok := c.grids[code]
	return g, ok
}

// Apply does the command whole or not at all; a command that may not be done is refused with a *Refusal.
func (c *Coverage) Apply(cmd Command, opt Options) (Change, error) {
	return Change{}, refuse(NothingChanges, Point{}, nil, "not built yet")
}

// Revert undoes a change: exactly what was before is there again. Refused as stale when the grids are not those that the
// change left.
func (c *Coverage) Revert(ch Change) error { return nil }

// Replay does a change that was reverted again.
func (c *Coverage) Replay(ch Change) error { return nil }

// Problems lists what is wrong with the coverage, errors before warnings.
func (c *Coverage) Problems(opt Options) []Problem { return nil }

// NextCode is the first free code after the last of the community that the code belongs to; empty when all 999 are used.
func (c *Coverage) NextCode(code string) string { return "" }

// Communities are the communities that an edition divides into several grids, with their outlines.
type Communities struct{}

// Divided finds the communities, by the first twelve digits of their codes, that the grids of an edition divide.
func Divided(grids []Grid) *Communities { return &Communities{} }
