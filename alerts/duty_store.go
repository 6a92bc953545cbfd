package alerts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Told is a person whom a matter is told to.
type Told struct {
	Person Ref
	Role   Role
	Beat   string
	Post   string // That they hold; empty where they are told as members of the beat.
}

// DutyRoster returns who holds which post when.
func (r *Roster) DutyRoster(ctx context.Context) (DutyRoster, error) {
	roster, err := readDutyRoster(ctx, r.pool, "")
	if err != nil {
		return DutyRoster{}, fmt.Errorf("duty roster: %w", err)
	}
	return roster, nil
}

// Told returns the people of a beat who are told of its matters at a moment: those on duty there; of roles in which
// nobody is, all its members.
func (r *Roster) Told(ctx context.Context, beat string, at time.Time) ([]Told, error) {
	return toldIn(ctx, r.pool, beat, at, r.Zone)
}

// toldOf are those who are told of matters in a grid.
func toldOf(ctx context.Context, db querier, grid *GridRef, at time.Time, zone *time.Location) ([]Told, error) {
	if grid == nil {
		return nil, nil
	}
	beat, err := beatOf(ctx, db, grid.Key())
	if err != nil || beat == "" {
		return nil, err
	}
	return toldIn(ctx, db, beat, at, zone)
}

// beatOf is the beat that holds a grid; empty where none does.
func beatOf(ctx context.Context, db querier, grid GridKey) (string, error) {
	rows, _ := db.Query(ctx, `SELECT beat FROM beat_grids WHERE net = $1 AND code = $2`, grid.Net, grid.Code)
	beats, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", fmt.Errorf("beat of grid %s: %w", grid.Code, err)
	}
	if len(beats) == 0 {
		return "", nil
	}
	return beats[0], nil
}

// toldIn returns first who is first to answer: property managers after the others.
func toldIn(ctx context.Context, db querier, beat string, at time.Time, zone *time.Location) ([]Told, error) {
	people, err := onDuty(ctx, db, beat, at, zone)
	if err != nil {
		return nil, err
	}
	held := []string{}
	for _, p := range people {
		held = append(held, string(p.Role))
	}
	rows, _ := db.Query(ctx, `
		SELECT p.id, p.name, p.role, $1, '' FROM beat_members m JOIN people p ON p.id = m.person
		WHERE m.beat = $1 AND p.active AND p.role <> ALL ($2) ORDER BY m.rank, p.id`, beat, held)
	members, err := pgx.CollectRows(rows, scanTold)
	if err != nil {
		return nil, fmt.Errorf("members of beat %q: %w", beat, err)
	}
	people = append(people, members...)
	slices.SortStableFunc(people, func(a, b Told) int {
		return cmp.Compare(rank(a.Role), rank(b.Role))
	})
	return people, nil
}

// rank is 1 for those who answer after the others.
func rank(role Role) int {
	if role == PropertyManager {
		return 1
	}
	return 0
}

func scanTold(row pgx.CollectableRow) (t Told, err error) {
	return t, row.Scan(&t.Person.ID, &t.Person.Name, &t.Role, &t.Beat, &t.Post)
}

// onDuty are the people who hold the posts of a beat at a moment.
func onDuty(ctx context.Context, db querier, beat string, at time.Time, zone *time.Location) ([]Told, error) {
	roster, err := readDutyRoster(ctx, db, beat)
	if err != nil {
		return nil, fmt.Errorf("duty in beat %q: %w", beat, err)
	}
	var posts, usernames []string
	for _, duty := range roster.On(at, zone) {
		posts, usernames = append(posts, duty.Post), append(usernames, duty.Person)
	}
	if len(posts) == 0 {
		return nil, nil
	}
	rows, _ := db.Query(ctx, `
		SELECT p.id, p.name, p.role, $1, min(d.post)
		FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS d (post, username, n)
		JOIN people p ON p.username = d.username AND p.active
		GROUP BY p.id ORDER BY min(d.n), p.id`, beat, posts, usernames)
	people, err := pgx.CollectRows(rows, scanTold)
	if err != nil {
		return nil, fmt.Errorf("duty in beat %q: %w", beat, err)
	}
	return people, nil
}

func personIDs(people []Told) []int64 {
	ids := make([]int64, 0, len(people))
	for _, p := range people {
		ids = append(ids, p.Person.ID)
	}
	return ids
}

// readDutyRoster reads what there is of a beat's posts, or of all where it is empty. People without an account any more
// are away.
func readDutyRoster(ctx context.Context, db querier, beat string) (r DutyRoster, err error) {
	read := func(into func(pgx.CollectableRow) error, query string) {
		if err != nil {
			return
		}
		rows, _ := db.Query(ctx, query, beat)
		_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) { return struct{}{}, into(row) })
	}
	read(func(row pgx.CollectableRow) error {
		var p Post
		err := row.Scan(&p.ID, &p.Name, &p.Unit, &p.Beat, &p.Hours)
		r.Posts = append(r.Posts, p)
		return err
	}, `SELECT id, name, unit, coalesce(beat, ''), hours FROM posts WHERE $1::text IN ('', beat) ORDER BY id`)
	if err != nil || len(r.Posts) == 0 && beat != "" {
		return r, err
	}
	read(func(row pgx.CollectableRow) error {
		var u Unit
		err := row.Scan(&u.ID, &u.Name, &u.Kind, &u.Leader)
		r.Units = append(r.Units, u)
		return err
	}, `SELECT u.id, u.name, u.kind, coalesce(p.username, '') FROM units u LEFT JOIN people p ON p.id = u.leader
		WHERE $1::text = '' OR EXISTS (SELECT FROM posts WHERE unit = u.id AND beat = $1) ORDER BY u.id`)
	read(func(row pgx.CollectableRow) error {
		var s Shift
		err := row.Scan(&s.ID, &s.Post, &s.Person, &s.Hours, &s.FirstDay, &s.LastDay)
		r.Shifts = append(r.Shifts, s)
		return err
	}, `SELECT s.id, s.post, p.username, s.hours, s.first_day::text, coalesce(s.last_day::text, '')
		FROM shifts s JOIN people p ON p.id = s.person JOIN posts o ON o.id = s.post
		WHERE $1::text IN ('', o.beat) ORDER BY s.id`)
	read(func(row pgx.CollectableRow) error {
		var e Exception
		err := row.Scan(&e.Shift, &e.Day, &e.Substitute, &e.Reason)
		r.Exceptions = append(r.Exceptions, e)
		return err
	}, `SELECT e.shift, e.day::text, coalesce(p.username, ''), e.reason
		FROM shift_exceptions e LEFT JOIN people p ON p.id = e.substitute
		JOIN shifts s ON s.id = e.shift JOIN posts o ON o.id = s.post
		WHERE $1::text IN ('', o.beat) ORDER BY e.shift, e.day`)
	read(func(row pgx.CollectableRow) error {
		var l Leave
		err := row.Scan(&l.Person, &l.FirstDay, &l.LastDay, &l.Substitute, &l.Reason)
		r.Leaves = append(r.Leaves, l)
		return err
	}, `SELECT p.username, l.first_day::text, l.last_day::text, coalesce(q.username, ''), l.reason
		FROM leaves l JOIN people p ON p.id = l.person LEFT JOIN people q ON q.id = l.substitute
		WHERE $1::text IS NOT NULL ORDER BY p.username, l.first_day, l.id`)
	return r, err
}

// PutDutyRoster replaces the whole roster. It is refused as a whole with RosterFaults, which name line, field and rule.
func (r *Roster) PutDutyRoster(ctx context.Context, d DutyRoster) error {
	err := pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error {
		people, beats, err := knownNames(ctx, tx)
		if err != nil {
			return err
		}
		if faults := d.faults(people, beats); len(faults) > 0 {
			return faults
		}
		return writeDutyRoster(ctx, tx, d, people)
	})
	if err != nil {
		return fmt.Errorf("duty roster: %w", err)
	}
	return nil
}

// knownNames are the active people by username, and the beats.
func knownNames(ctx context.Context, tx pgx.Tx) (people map[string]int64, beats []string, err error) {
	people = map[string]int64{}
	var username string
	var id int64
	rows, _ := tx.Query(ctx, `SELECT username, id FROM people WHERE active`)
	if _, err := pgx.ForEachRow(rows, []any{&username, &id}, func() error { people[username] = id; return nil }); err != nil {
		return nil, nil, err
	}
	rows, _ = tx.Query(ctx, `SELECT id FROM beats`)
	beats, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return people, beats, err
}

func writeDutyRoster(ctx context.Context, tx pgx.Tx, d DutyRoster, people map[string]int64) error {
	person := func(username string) any { return orNull(people[username]) }
	var batch pgx.Batch
	batch.Queue(`DELETE FROM units`) // With posts, shifts and exceptions.
	batch.Queue(`DELETE FROM leaves`)
	for _, u := range d.Units {
		batch.Queue(`INSERT INTO units (id, name, kind, leader) VALUES ($1, $2, $3, $4)`, u.ID, u.Name, u.Kind, person(u.Leader))
	}
	for _, p := range d.Posts {
		batch.Queue(`INSERT INTO posts (id, name, unit, beat, hours) VALUES ($1, $2, $3, $4, $5)`,
			p.ID, p.Name, p.Unit, orNull(p.Beat), p.Hours)
	}
	for _, s := range d.Shifts {
		batch.Queue(`INSERT INTO shifts (id, post, person, hours, first_day, last_day) VALUES ($1, $2, $3, $4, $5::text::date, $6::text::date)`,
			s.ID, s.Post, person(s.Person), s.Hours, s.FirstDay, orNull(s.LastDay))
	}
	for _, e := range d.Exceptions {
		batch.Queue(`INSERT INTO shift_exceptions (shift, day, substitute, reason) VALUES ($1, $2::text::date, $3, $4)`,
			e.Shift, e.Day, person(e.Substitute), e.Reason)
	}
	for _, l := range d.Leaves {
		batch.Queue(`INSERT INTO leaves (person, first_day, last_day, substitute, reason) VALUES ($1, $2::text::date, $3::text::date, $4, $5)`,
			person(l.Person), l.FirstDay, l.LastDay, person(l.Substitute), l.Reason)
	}
	return tx.SendBatch(ctx, &batch).Close()
}

// PersonOf returns the active people with these usernames, by username.
func (r *Roster) PersonOf(ctx context.Context, usernames []string) (map[string]Told, error) {
	rows, _ := r.pool.Query(ctx, `SELECT username, id, name, role FROM people WHERE username = ANY($1) AND active`, usernames)
	people := map[string]Told{}
	var username string
	var t Told
	_, err := pgx.ForEachRow(rows, []any{&username, &t.Person.ID, &t.Person.Name, &t.Role}, func() error {
		people[username] = t
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("people of the roster: %w", err)
	}
	return people, nil
}

// present is the roster without people who have no account any more: they hold nothing.
func (d DutyRoster) present(active map[string]Told) DutyRoster {
	d.Leaves = slices.Clone(d.Leaves)
	for _, username := range d.usernames() {
		if _, here := active[username]; username != "" && !here {
			d.Leaves = append(d.Leaves, Leave{Person: username, FirstDay: "2000-01-01", LastDay: "2999-12-31"})
		}
	}
	return d
}
