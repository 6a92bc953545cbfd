package geo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Grids returns the grids of a net by code, with the edition that was in force at the moment.
func (s *Store) Grids(ctx context.Context, net Net, at time.Time) ([]Grid, Edition, error) {
	if err := net.Validate(); err != nil {
		return nil, Edition{}, err
	}
	rows, _ := s.pool.Query(ctx, editionSQL+`
		WHERE e.net = $1 AND e.from_at <= $2 AND (e.until_at IS NULL OR $2 < e.until_at)`, net, at)
	edition, err := pgx.CollectExactlyOneRow(rows, scanEdition)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, Edition{}, fmt.Errorf("%s net at %s: %w", net, at.Format(time.RFC3339), ErrNotFound)
	}
	if err != nil {
		return nil, Edition{}, fmt.Errorf("%s net: %w", net, err)
	}
	grids, err := s.gridsOf(ctx, edition.ID)
	return grids, edition, err
}

func (s *Store) gridsOf(ctx context.Context, edition int64) ([]Grid, error) {
	rows, _ := s.pool.Query(ctx, `
		SELECT net, code, name, kind, street, geom, edition FROM grids WHERE edition = $1 ORDER BY code`, edition)
	grids, err := pgx.CollectRows(rows, scanGrid)
	if err != nil {
		return nil, fmt.Errorf("grids of edition %d: %w", edition, err)
	}
	return grids, nil
}

func scanGrid(row pgx.CollectableRow) (g Grid, err error) {
	err = row.Scan(&g.Net, &g.Code, &g.Name, &g.Kind, &g.Street, &g.Boundary, &g.EditionID)
	return g, err
}

const editionSQL = `
	SELECT e.id, e.net, e.title, e.from_at, e.until_at, e.demo,
		(SELECT count(*) FROM grids g WHERE g.edition = e.id)
	FROM editions e`

// Editions returns all editions, by net and from the oldest on.
func (s *Store) Editions(ctx context.Context) ([]Edition, error) {
	rows, _ := s.pool.Query(ctx, editionSQL+` ORDER BY e.net, e.from_at`)
	editions, err := pgx.CollectRows(rows, scanEdition)
	if err != nil {
		return nil, fmt.Errorf("editions: %w", err)
	}
	return editions, nil
}

func scanEdition(row pgx.CollectableRow) (e Edition, err error) {
	var until *time.Time
	err = row.Scan(&e.ID, &e.Net, &e.Title, &e.From, &until, &e.Demo, &e.Grids)
	if until != nil {
		e.Until = *until
	}
	return e, err
}
