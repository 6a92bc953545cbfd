package geo

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// conflict says what was changed since the version that a command was made on, and what the command would have made of it.
func (d *Drafts) conflict(ctx context.Context, tx pgx.Tx, o *opened, base int64, cmd coverage.Command, by Actor) error {
	if base > o.edition.Version {
		return Invalid("base_version", "the draft is only at version %d", o.edition.Version)
	}
	since, err := changesSince(ctx, tx, o.edition.ID, base)
	if err != nil {
		return err
	}
	theirs := byCode(o.cover.Grids())
	then := maps.Clone(theirs)
	touched := map[string]bool{}
	for _, later := range since { // The newest first: each is taken back.
		for _, shape := range later.change.After {
			delete(then, shape.Code)
			touched[shape.Code] = true
		}
		for _, shape := range later.change.Before {
			then[shape.Code] = shape
			touched[shape.Code] = true
		}
	}
	mine, err := o.apart(then, cmd, by)
	if err != nil {
		return err
	}
	answer := &ConflictError{Version: o.edition.Version}
	for _, code := range slices.Sorted(maps.Keys(touched)) {
		answer.Conflicts = append(answer.Conflicts, Conflict{
			Code: code, Base: boundaryIn(then, code), Theirs: boundaryIn(theirs, code), Mine: boundaryIn(mine, code),
		})
	}
	return answer
}

// apart are the grids that the command makes of others than the draft's own; those as they are where it cannot be done.
func (o *opened) apart(grids map[string]coverage.Grid, cmd coverage.Command, by Actor) (map[string]coverage.Grid, error) {
	cover, err := coverage.New(slices.SortedFunc(maps.Values(grids), func(a, b coverage.Grid) int { return cmp.Compare(a.Code, b.Code) }))
	if err != nil {
		return nil, err
	}
	if _, err := cover.Apply(cmd, o.options(by)); err != nil {
		return grids, nil
	}
	return byCode(cover.Grids()), nil
}

func byCode(shapes []coverage.Grid) map[string]coverage.Grid {
	grids := make(map[string]coverage.Grid, len(shapes))
	for _, shape := range shapes {
		grids[shape.Code] = shape
	}
	return grids
}

// boundaryIn is the boundary of the grid with the code; nil where there is none.
func boundaryIn(grids map[string]coverage.Grid, code string) orb.MultiPolygon {
	shape, ok := grids[code]
	if !ok {
		return nil
	}
	return shape.Orb()
}
