package geo

import (
	"context"
	"slices"

	"gridwatch/geo/coverage"
)

// Mends lists what can be mended in an edition, as it is now.
func (d *Drafts) Mends(ctx context.Context, id int64, toleranceM float64) ([]Mend, Edition, error) {
	if err := CheckTolerance(toleranceM); err != nil {
		return nil, Edition{}, err
	}
	grids, edition, err := d.Grids(ctx, id)
	if err != nil {
		return nil, Edition{}, err
	}
	return FindMends(edition.Net, grids, toleranceM), edition, nil
}

// mendsAsked are mends as a person accepts them, and the log keeps them.
type mendsAsked struct {
	ToleranceM float64      `json:"tolerance_m"`
	Accepted   []Acceptance `json:"accepted"`
}

// AcceptMends mends a draft that is at version base as a person accepts, all or none, as one step that can be undone. A
// mend that would move the outer outline needs the right to, as any other change, but in a draft of a file: its outline is
// its own, and slivers of it may reach the rim.
func (d *Drafts) AcceptMends(ctx context.Context, id, base int64, toleranceM float64, accepted []Acceptance, by Actor) (Edited, error) {
	if err := CheckTolerance(toleranceM); err != nil {
		return Edited{}, err
	}
	edition, err := d.Edition(ctx, id)
	if err != nil {
		return Edited{}, err
	}
	own, err := ownGrids(ctx, d.store.pool, id)
	if err != nil {
		return Edited{}, err
	}
	asked := mendsAsked{toleranceM, accepted}
	return d.Edit(ctx, id, base, opMend, asked, by, func(c *coverage.Coverage, opt coverage.Options) (coverage.Change, error) {
		opt.Outline = opt.Outline || own
		return mend(edition.Net, c, asked, opt)
	})
}

// mend does the mends in a coverage, or leaves it as it was.
func mend(net Net, c *coverage.Coverage, asked mendsAsked, opt coverage.Options) (coverage.Change, error) {
	change, err := mendChange(net, c.Grids(), asked.ToleranceM, asked.Accepted)
	if err != nil {
		return coverage.Change{}, err
	}
	return change, c.Exchange(change, opt)
}

// mendChange is what the mends make of the grids. Where they bring corners within a step of a neighbour's border, these are
// joined as in every import.
func mendChange(net Net, before []coverage.Grid, toleranceM float64, accepted []Acceptance) (coverage.Change, error) {
	mended, err := findMends(net, before, toleranceM).accept(accepted)
	if err != nil {
		return coverage.Change{}, err
	}
	after := slices.Clone(before)
	for i, shape := range after {
		if k := slices.IndexFunc(mended, func(g coverage.Grid) bool { return g.Code == shape.Code }); k >= 0 {
			after[i] = mended[k]
		}
	}
	var was, is []coverage.Grid
	for i, shape := range fit(after) {
		if !shape.Equal(before[i]) {
			was, is = append(was, before[i]), append(is, shape)
		}
	}
	if len(is) == 0 {
		return coverage.Change{}, Invalid("ids", "these mends change nothing")
	}
	proper, err := coverage.New(is)
	if err != nil {
		return coverage.Change{}, err
	}
	return coverage.Change{Before: was, After: proper.Grids()}, nil
}
