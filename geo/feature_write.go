package geo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
)

// DraftGrid is a grid of a draft as it is at one version of it.
type DraftGrid struct {
	Grid
	Version int64 // The draft's.
	Since   int64 // The version with which the grid became as it is.
}

// DraftGrid returns a grid of an edition that is not published.
func (d *Drafts) DraftGrid(ctx context.Context, edition int64, net Net, code string) (DraftGrid, error) {
	rows, _ := d.store.pool.Query(ctx, `
		SELECT g.net, g.code, g.name, g.kind, g.street, g.geom, g.edition, e.version,
			coalesce((SELECT max(l.version) FROM edition_log l WHERE l.edition = e.id AND g.code = ANY (l.codes)), 1)
		FROM editions e JOIN grids g ON g.edition = e.id
		WHERE e.id = $1 AND e.from_at IS NULL AND g.net = $2 AND g.code = $3`, edition, net, code)
	grid, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (g DraftGrid, err error) {
		return g, row.Scan(&g.Net, &g.Code, &g.Name, &g.Kind, &g.Street, &g.Boundary, &g.EditionID, &g.Version, &g.Since)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return DraftGrid{}, fmt.Errorf("grid %s of edition %d: %w", code, edition, err)
	}
	return grid, nil
}

// Revise applies commands to a draft that is at version base as one step: all of them or none. Those that would change
// nothing are passed over, and ErrNothing says that they all were.
func (d *Drafts) Revise(ctx context.Context, id, base int64, cmds []coverage.Command, by Actor) (Edited, error) {
	for _, cmd := range cmds {
		if err := validCommand(cmd); err != nil {
			return Edited{}, err
		}
	}
	var edited Edited
	var err error
	if len(cmds) == 1 {
		edited, err = d.Command(ctx, id, Asked{Base: base, Command: cmds[0]}, by)
	} else {
		edited, err = d.Edit(ctx, id, base, string(coverage.Replace), cmds, by,
			func(c *coverage.Coverage, opt coverage.Options) (coverage.Change, error) {
				return applyAll(c, cmds, opt)
			})
	}
	if changesNothing(err) {
		return Edited{}, ErrNothing
	}
	return edited, err
}

// ErrNothing says that commands would leave everything as it is.
var ErrNothing = errors.New("geo: nothing changes")

func changesNothing(err error) bool {
	var refusal *coverage.Refusal
	return errors.As(err, &refusal) && refusal.Rule == coverage.NothingChanges
}

// applyAll applies commands one after the other, or leaves the coverage as it was.
func applyAll(c *coverage.Coverage, cmds []coverage.Command, opt coverage.Options) (coverage.Change, error) {
	var all coverage.Change
	var nothing error
	for _, cmd := range cmds {
		change, err := c.Apply(cmd, opt)
		if changesNothing(err) {
			nothing = err
			continue
		}
		if err != nil {
			if undone := c.Revert(all); undone != nil {
				return coverage.Change{}, fmt.Errorf("take back what was refused: %w", undone)
			}
			return coverage.Change{}, err
		}
		all = followedBy(all, change)
	}
	if len(all.Before)+len(all.After) == 0 {
		return coverage.Change{}, nothing
	}
	return all, nil
}

// followedBy is one change and then another as a single one.
func followedBy(first, then coverage.Change) coverage.Change {
	var whole coverage.Change
	whole.Before = slices.Clone(first.Before)
	for _, g := range then.Before {
		if !hasShape(first.After, g.Code) {
			whole.Before = append(whole.Before, g)
		}
	}
	for _, g := range first.After {
		if !hasShape(then.Before, g.Code) {
			whole.After = append(whole.After, g)
		}
	}
	whole.After = append(whole.After, then.After...)
	return whole
}

func hasShape(grids []coverage.Grid, code string) bool {
	return slices.ContainsFunc(grids, func(g coverage.Grid) bool { return g.Code == code })
}
