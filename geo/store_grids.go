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
		SELECT net, code, name, kind, street, section, geom, edition FROM grids WHERE edition = $1 ORDER BY code`, edition)
	grids, err := pgx.CollectRows(rows, scanGrid)
	if err != nil {
		return nil, fmt.Errorf("grids of edition %d: %w", edition, err)
	}
	return grids, nil
}

func scanGrid(row pgx.CollectableRow) (g Grid, err error) {
	err = row.Scan(&g.Net, &g.Code, &g.Name, &g.Kind, &g.Street, &g.Section, &g.Boundary, &g.EditionID)
	return g, err
}

// editionSQL reads editions of every state. Who asks for published ones asks for from_at, which only they have. A draft was
// overtaken where another edition than the one that it follows is the newest; a rollback may have published the same grids again.
const editionSQL = `
	SELECT e.id, e.net, e.title,
		CASE WHEN e.until_at <= now() THEN 'superseded' ELSE e.state END, e.from_at, e.until_at, e.demo,
		(SELECT count(*) FROM grids g WHERE g.edition = e.id),
		e.version, coalesce(e.base, 0), coalesce(e.replaces, 0), coalesce(newer.id, 0), e.planned_at, e.changed,
		author.id, author.name, submitter.id, submitter.name, reviewer.id, reviewer.name, e.review_note,
		EXISTS (SELECT FROM edition_log l WHERE l.edition = e.id AND l.standing = 'done'),
		EXISTS (SELECT FROM edition_log l WHERE l.edition = e.id AND l.standing = 'undone')
	FROM editions e
	LEFT JOIN people author ON author.id = e.author
	LEFT JOIN people submitter ON submitter.id = e.submitter
	LEFT JOIN people reviewer ON reviewer.id = e.reviewer
	LEFT JOIN editions replaced ON replaced.id = e.replaces
	LEFT JOIN editions newer ON e.state IN ('draft', 'checked', 'submitted', 'reviewed')
		AND newer.net = e.net AND newer.state = 'published' AND newer.until_at IS NULL
		AND coalesce(newer.copy_of, newer.id) IS DISTINCT FROM coalesce(replaced.copy_of, replaced.id)`

// Editions returns all published editions, by net and from the oldest on; those whose date lies ahead are among them.
func (s *Store) Editions(ctx context.Context) ([]Edition, error) {
	rows, _ := s.pool.Query(ctx, editionSQL+` WHERE e.from_at IS NOT NULL ORDER BY e.net, e.from_at`)
	editions, err := pgx.CollectRows(rows, scanEdition)
	if err != nil {
		return nil, fmt.Errorf("editions: %w", err)
	}
	return editions, nil
}

// AllEditions returns the editions of every state, by net and in the order in which they were made.
func (s *Store) AllEditions(ctx context.Context) ([]Edition, error) {
	rows, _ := s.pool.Query(ctx, editionSQL+` ORDER BY e.net, e.id`)
	editions, err := pgx.CollectRows(rows, scanEdition)
	if err != nil {
		return nil, fmt.Errorf("all editions: %w", err)
	}
	return editions, nil
}

// Edition returns one edition of any state.
func (s *Store) Edition(ctx context.Context, id int64) (Edition, error) {
	rows, _ := s.pool.Query(ctx, editionSQL+` WHERE e.id = $1`, id)
	edition, err := pgx.CollectExactlyOneRow(rows, scanEdition)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Edition{}, fmt.Errorf("edition %d: %w", id, err)
	}
	return edition, nil
}

// GridsOf returns the grids of one edition of any state, by code.
func (s *Store) GridsOf(ctx context.Context, id int64) ([]Grid, Edition, error) {
	edition, err := s.Edition(ctx, id)
	if err != nil {
		return nil, Edition{}, err
	}
	grids, err := s.gridsOf(ctx, id)
	return grids, edition, err
}

func scanEdition(row pgx.CollectableRow) (e Edition, err error) {
	var from, until, planned *time.Time
	var author, submitter, reviewer handColumns
	err = row.Scan(&e.ID, &e.Net, &e.Title, &e.State, &from, &until, &e.Demo, &e.Grids,
		&e.Version, &e.Base, &e.Replaces, &e.Newer, &planned, &e.Changed,
		&author.id, &author.name, &submitter.id, &submitter.name, &reviewer.id, &reviewer.name, &e.ReviewNote,
		&e.CanUndo, &e.CanRedo)
	e.From, e.Until, e.Planned = orZero(from), orZero(until), orZero(planned)
	e.Author, e.Submitter, e.Reviewer = author.hand(), submitter.hand(), reviewer.hand()
	e.CanUndo, e.CanRedo = e.CanUndo && e.State.Editable(), e.CanRedo && e.State.Editable()
	return e, err
}

// handColumns are a person who may be nobody.
type handColumns struct {
	id   *int64
	name *string
}

func (c handColumns) hand() *Hand {
	if c.id == nil || c.name == nil {
		return nil
	}
	return &Hand{ID: *c.id, Name: *c.name}
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
