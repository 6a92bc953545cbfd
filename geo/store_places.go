package geo

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Places returns all places by id.
func (s *Store) Places(ctx context.Context) ([]Place, error) {
	rows, _ := s.pool.Query(ctx, `SELECT id, name, class, geom, key, demo FROM places ORDER BY id`)
	places, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Place, err error) {
		return p, row.Scan(&p.ID, &p.Name, &p.Class, &p.Geometry, &p.Key, &p.Demo)
	})
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	return places, nil
}

// PutPlace stores the place, in place of the one with its id.
func (s *Store) PutPlace(ctx context.Context, p Place) error {
	if err := p.Validate(); err != nil {
		return fmt.Errorf("place %q: %w", p.ID, err)
	}
	_, err := s.pool.Exec(ctx, `
		INSERT INTO places (id, name, class, geom, key, demo) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, class = excluded.class, geom = excluded.geom,
			key = excluded.key, demo = excluded.demo`,
		p.ID, p.Name, p.Class, p.Geometry, p.Key, p.Demo)
	if err != nil {
		return fmt.Errorf("place %q: %w", p.ID, invalidGeometry("geometry", err))
	}
	return nil
}

// DeletePlace takes the place away.
func (s *Store) DeletePlace(ctx context.Context, id string) error {
	return s.delete(ctx, "place", `DELETE FROM places WHERE id = $1`, id)
}
