package geo

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// Store keeps the city in PostGIS. It is safe for many goroutines.
type Store struct {
	pool database
}

// database is a pool, or a transaction of one.
type database interface {
	Begin(ctx context.Context) (pgx.Tx, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
}

// NewStore returns a store on a pool that Open made.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

// In returns the store inside a transaction: what it puts is there when tx is committed. Not safe for two goroutines.
func (s *Store) In(tx pgx.Tx) *Store { return &Store{pool: tx} }

// District is the area that the city's grids lie in, and the base map.
type District struct {
	Code    string // 6 digits.
	Name    string
	Outline orb.MultiPolygon
	Demo    bool
}

var districtCode = regexp.MustCompile(`^[0-9]{6}$`)

// Validate returns the first rule that the district breaks.
func (d District) Validate() error {
	if !districtCode.MatchString(d.Code) {
		return Invalid("code", "must have 6 digits, not %q", d.Code)
	}
	if d.Name == "" {
		return Invalid("name", "is missing")
	}
	if err := validText("name", d.Name); err != nil {
		return err
	}
	return validBoundary("outline", d.Outline)
}

// Street is a street or town with its 9-digit code (街道、镇).
type Street struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

var streetCode = regexp.MustCompile(`^[0-9]{9}$`)

// Validate returns the first rule that the street breaks.
func (s Street) Validate() error {
	if !streetCode.MatchString(s.Code) {
		return Invalid("code", "must have 9 digits, not %q", s.Code)
	}
	if s.Name == "" {
		return Invalid("name", "is missing")
	}
	return validText("name", s.Name)
}

// PutDistrict stores the district, in place of the one with its code.
func (s *Store) PutDistrict(ctx context.Context, d District) error {
	if err := d.Validate(); err != nil {
		return fmt.Errorf("district %q: %w", d.Code, err)
	}
	_, err := s.pool.Exec(ctx, `
		INSERT INTO districts (code, name, demo, geom) VALUES ($1, $2, $3, $4)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, demo = excluded.demo, geom = excluded.geom`,
		d.Code, d.Name, d.Demo, d.Outline)
	if err != nil {
		return fmt.Errorf("district %q: %w", d.Code, invalidGeometry("outline", err))
	}
	return nil
}

// Districts returns all districts by code.
func (s *Store) Districts(ctx context.Context) ([]District, error) {
	rows, _ := s.pool.Query(ctx, `SELECT code, name, geom, demo FROM districts ORDER BY code`)
	districts, err := pgx.CollectRows(rows, scanDistrict)
	if err != nil {
		return nil, fmt.Errorf("districts: %w", err)
	}
	return districts, nil
}

func scanDistrict(row pgx.CollectableRow) (d District, err error) {
	err = row.Scan(&d.Code, &d.Name, &d.Outline, &d.Demo)
	return d, err
}

// PutStreets stores streets, all or none, in place of those with their codes.
func (s *Store) PutStreets(ctx context.Context, streets []Street) error {
	for _, street := range streets {
		if err := street.Validate(); err != nil {
			return fmt.Errorf("street %q: %w", street.Code, err)
		}
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		for _, street := range streets {
			_, err := tx.Exec(ctx, `
				INSERT INTO streets (code, name) VALUES ($1, $2)
				ON CONFLICT (code) DO UPDATE SET name = excluded.name`, street.Code, street.Name)
			if err != nil {
				return fmt.Errorf("street %q: %w", street.Code, err)
			}
		}
		return nil
	})
}

// Streets returns all streets by code.
func (s *Store) Streets(ctx context.Context) ([]Street, error) {
	rows, _ := s.pool.Query(ctx, `SELECT code, name FROM streets ORDER BY code`)
	streets, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Street])
	if err != nil {
		return nil, fmt.Errorf("streets: %w", err)
	}
	return streets, nil
}

// invalidGeometry turns the refusal of a geometry CHECK into what a person can mend, and leaves other errors alone.
func invalidGeometry(field string, err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23514" { // check_violation
		return Invalid(field, "PostGIS does not accept the geometry (constraint %s)", refused.ConstraintName)
	}
	return err
}
