package alerts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Beat is the set of grids that one team answers for (责任网格).
type Beat struct {
	ID      string
	Name    string
	Grids   []GridKey
	Members []string // Usernames; the first answers first.
}

// Validate returns the first rule that b breaks.
func (b Beat) Validate() error {
	if strings.TrimSpace(b.ID) == "" || !validText(b.ID) {
		return geo.Invalid("id", "must be text, and not empty")
	}
	if strings.TrimSpace(b.Name) == "" || !validText(b.Name) {
		return geo.Invalid("name", "must be text, and not empty")
	}
	for _, g := range b.Grids {
		if err := g.Net.Validate(); err != nil {
			return fmt.Errorf("grids: %w", err)
		}
		if g.Code == "" {
			return geo.Invalid("grids", "code must not be empty")
		}
	}
	return nil
}

// Team is a beat as people see it: grids and members with their names.
type Team struct {
	ID      string
	Name    string
	Grids   []BeatGrid
	Members []Ref // Active people; the first answers first.
}

// BeatGrid is a grid of a beat, with its name in the edition that is in force now; empty when that has no such grid.
type BeatGrid struct {
	GridKey
	Name string
}

// Roster knows which people answer for which grids, and when.
type Roster struct {
	pool *pgxpool.Pool
	// Zone is where the hours of shifts are read; nil is UTC.
	Zone *time.Location
}

// NewRoster returns the roster in pool's database.
func NewRoster(pool *pgxpool.Pool) *Roster { return &Roster{pool: pool} }

// Answers returns the person who answers first for the grid now; nil when nobody does.
func (r *Roster) Answers(ctx context.Context, grid GridKey) (*Ref, error) {
	team, err := toldOf(ctx, r.pool, &GridRef{Net: grid.Net, Code: grid.Code}, time.Now(), r.Zone)
	return firstOf(team), err
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// PutBeat makes the beat, or replaces its name, grids and members. A grid that another beat held goes over to it.
func (r *Roster) PutBeat(ctx context.Context, b Beat) error {
	if err := b.Validate(); err != nil {
		return fmt.Errorf("beat %q: %w", b.ID, err)
	}
	return pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error { return putBeat(ctx, tx, b) })
}

func putBeat(ctx context.Context, tx pgx.Tx, b Beat) error {
	nets, codes := splitKeys(b.Grids)
	batch := &pgx.Batch{}
	batch.Queue(`
		INSERT INTO beats (id, name) VALUES ($1, $2)
		ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name`, b.ID, b.Name)
	batch.Queue(`DELETE FROM beat_grids WHERE beat = $1`, b.ID)
	batch.Queue(`
		INSERT INTO beat_grids (net, code, beat)
		SELECT DISTINCT net, code, $1 FROM unnest($2::text[], $3::text[]) AS g (net, code)
		ON CONFLICT (net, code) DO UPDATE SET beat = EXCLUDED.beat`, b.ID, nets, codes)
	batch.Queue(`DELETE FROM beat_members WHERE beat = $1`, b.ID)
	err := tx.SendBatch(ctx, batch).Close()
	if err == nil {
		err = putMembers(ctx, tx, b)
	}
	if err != nil {
		return fmt.Errorf("beat %q: %w", b.ID, err)
	}
	return nil
}

func putMembers(ctx context.Context, tx pgx.Tx, b Beat) error {
	for rank, username := range b.Members {
		tag, err := tx.Exec(ctx, `
			INSERT INTO beat_members (beat, person, rank)
			SELECT $1, id, $3 FROM people WHERE username = $2 AND active
			ON CONFLICT DO NOTHING`, b.ID, username, rank)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return geo.Invalid("members", "%q is not an active person, or is named twice", username)
		}
	}
	return nil
}

const selectTeams = `
	SELECT b.id, b.name,
		ARRAY(SELECT g.net FROM beat_grids g WHERE g.beat = b.id ORDER BY g.net, g.code),
		ARRAY(SELECT g.code FROM beat_grids g WHERE g.beat = b.id ORDER BY g.net, g.code),
		ARRAY(SELECT coalesce(n.name, '')
			FROM beat_grids g
			LEFT JOIN editions e ON e.net = g.net AND e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at)
			LEFT JOIN grids n ON n.edition = e.id AND n.code = g.code
			WHERE g.beat = b.id ORDER BY g.net, g.code),
		ARRAY(SELECT p.id FROM beat_members m JOIN people p ON p.id = m.person
			WHERE m.beat = b.id AND p.active ORDER BY m.rank, p.id),
		ARRAY(SELECT p.name FROM beat_members m JOIN people p ON p.id = m.person
			WHERE m.beat = b.id AND p.active ORDER BY m.rank, p.id)
	FROM beats b`

// Teams returns every beat with who answers for it.
func (r *Roster) Teams(ctx context.Context) ([]Team, error) {
	rows, _ := r.pool.Query(ctx, selectTeams+` ORDER BY b.id`)
	teams, err := pgx.CollectRows(rows, scanTeam)
	if err != nil {
		return nil, fmt.Errorf("beats: %w", err)
	}
	return teams, nil
}

// TeamsOf returns the beats that the person is a member of.
func (r *Roster) TeamsOf(ctx context.Context, personID int64) ([]Team, error) {
	rows, _ := r.pool.Query(ctx, selectTeams+`
		WHERE b.id IN (SELECT beat FROM beat_members WHERE person = $1)
		ORDER BY b.id`, personID)
	teams, err := pgx.CollectRows(rows, scanTeam)
	if err != nil {
		return nil, fmt.Errorf("beats of person %d: %w", personID, err)
	}
	return teams, nil
}

func scanTeam(row pgx.CollectableRow) (Team, error) {
	var t Team
	var nets []geo.Net
	var codes, gridNames, memberNames []string
	var members []int64
	if err := row.Scan(&t.ID, &t.Name, &nets, &codes, &gridNames, &members, &memberNames); err != nil {
		return Team{}, err
	}
	for i := range codes {
		t.Grids = append(t.Grids, BeatGrid{GridKey: GridKey{Net: nets[i], Code: codes[i]}, Name: gridNames[i]})
	}
	for i := range members {
		t.Members = append(t.Members, Ref{ID: members[i], Name: memberNames[i]})
	}
	return t, nil
}

// ScopeOf returns what a person may see: officers and property managers the grids of their beats, and of those in which
// they have a duty in these days; the others the city.
func (r *Roster) ScopeOf(ctx context.Context, personID int64, role Role) (Scope, error) {
	switch role {
	case Operator:
		return Scope{City: true}, nil
	case Planner, Administrator:
		return Scope{City: true, Drafts: true}, nil
	case Officer, PropertyManager:
		rows, _ := r.pool.Query(ctx, `
			SELECT g.net, g.code FROM beat_grids g
			WHERE g.beat IN (SELECT beat FROM beat_members WHERE person = $1)
			OR g.beat IN (SELECT o.beat FROM posts o JOIN shifts s ON s.post = o.id
				WHERE s.person = $1 AND current_date BETWEEN s.first_day - 1 AND coalesce(s.last_day + 1, current_date))
			OR g.beat IN (SELECT o.beat FROM posts o JOIN shifts s ON s.post = o.id JOIN shift_exceptions e ON e.shift = s.id
				WHERE e.substitute = $1 AND e.day BETWEEN current_date - 2 AND current_date + 1)
			OR g.beat IN (SELECT o.beat FROM posts o JOIN shifts s ON s.post = o.id JOIN leaves l ON l.person = s.person
				WHERE l.substitute = $1 AND current_date BETWEEN l.first_day - 1 AND l.last_day + 2)
			ORDER BY g.net, g.code`, personID)
		grids, err := pgx.CollectRows(rows, pgx.RowToStructByPos[GridKey])
		if err != nil {
			return Scope{}, fmt.Errorf("scope of person %d: %w", personID, err)
		}
		return Scope{Grids: grids, Person: personID}, nil
	default:
		return Scope{}, fmt.Errorf("scope of person %d: role %q sees nothing", personID, role)
	}
}

// splitKeys turns keys into the two columns that unnest takes. They are never nil, for NULL is not an empty array.
func splitKeys(keys []GridKey) (nets, codes []string) {
	nets, codes = make([]string, 0, len(keys)), make([]string, 0, len(keys))
	for _, k := range keys {
		nets, codes = append(nets, string(k.Net)), append(codes, k.Code)
	}
	return nets, codes
}
