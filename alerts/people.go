package alerts

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Role says what a person may do; Scope says where.
type Role string

const (
	Operator        Role = "operator"
	Officer         Role = "officer"
	PropertyManager Role = "property_manager"
	Planner         Role = "planner"
	Administrator   Role = "administrator"
)

// Roles lists every role.
var Roles = []Role{Operator, Officer, PropertyManager, Planner, Administrator}

// Person is someone with an account.
type Person struct {
	ID       int64
	Username string
	Name     string
	Role     Role
}

// MinPasswordChars is the shortest password that a person may have.
const MinPasswordChars = 8

// maxPasswordBytes bounds what is hashed.
const maxPasswordBytes = 256

var usernameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// Validate returns the first rule that p breaks.
func (p Person) Validate() error {
	if !usernameForm.MatchString(p.Username) {
		return geo.Invalid("username", "must be 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit")
	}
	if strings.TrimSpace(p.Name) == "" || utf8.RuneCountInString(p.Name) > 64 {
		return geo.Invalid("name", "must be 1 to 64 characters")
	}
	for _, role := range Roles {
		if p.Role == role {
			return nil
		}
	}
	return geo.Invalid("role", "must be one of %v", Roles)
}

func validPassword(username, password string) error {
	if utf8.RuneCountInString(password) < MinPasswordChars {
		return geo.Invalid("password", "must have at least %d characters", MinPasswordChars)
	}
	if len(password) > maxPasswordBytes {
		return geo.Invalid("password", "must have at most %d bytes", maxPasswordBytes)
	}
	if strings.EqualFold(password, username) {
		return geo.Invalid("password", "must not be the username")
	}
	return nil
}

// People keeps accounts and their sessions.
type People struct {
	pool   *pgxpool.Pool
	hasher *hasher
	decoy  string
}

// NewPeople returns the accounts in pool's database.
func NewPeople(pool *pgxpool.Pool) *People {
	return &People{pool: pool, hasher: newHasher(), decoy: decoyHash()}
}

// Create adds person with a password and returns them with their id.
func (p *People) Create(ctx context.Context, person Person, password string) (Person, error) {
	if err := person.Validate(); err != nil {
		return Person{}, err
	}
	if err := validPassword(person.Username, password); err != nil {
		return Person{}, err
	}
	hash, err := p.hasher.hash(ctx, password)
	if err != nil {
		return Person{}, fmt.Errorf("person %q: %w", person.Username, err)
	}
	err = p.pool.QueryRow(ctx,
		`INSERT INTO people (username, name, role, password) VALUES ($1, $2, $3, $4) RETURNING id`,
		person.Username, person.Name, person.Role, hash).Scan(&person.ID)
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && pgErr.Code == "23505" { // unique_violation
		return Person{}, geo.Invalid("username", "%q is taken", person.Username)
	}
	if err != nil {
		return Person{}, fmt.Errorf("person %q: %w", person.Username, err)
	}
	return person, nil
}

// Person returns the active person with that username.
func (p *People) Person(ctx context.Context, username string) (Person, error) {
	rows, _ := p.pool.Query(ctx,
		`SELECT id, username, name, role FROM people WHERE username = $1 AND active`, username)
	person, err := pgx.CollectExactlyOneRow(rows, scanPerson)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, fmt.Errorf("person %q: %w", username, geo.ErrNotFound)
	}
	if err != nil {
		return Person{}, fmt.Errorf("person %q: %w", username, err)
	}
	return person, nil
}

// SetPassword replaces a password and ends the person's sessions.
func (p *People) SetPassword(ctx context.Context, username, password string) error {
	if err := validPassword(username, password); err != nil {
		return err
	}
	hash, err := p.hasher.hash(ctx, password)
	if err != nil {
		return fmt.Errorf("person %q: %w", username, err)
	}
	return p.change(ctx, username, `UPDATE people SET password = $2 WHERE username = $1 RETURNING id`, username, hash)
}

// Deactivate ends an account and its sessions. The person stays on the record of what they did.
func (p *People) Deactivate(ctx context.Context, username string) error {
	return p.change(ctx, username, `UPDATE people SET active = false WHERE username = $1 RETURNING id`, username)
}

// change runs an update that returns the person's id, and ends that person's sessions with it.
func (p *People) change(ctx context.Context, username, update string, args ...any) error {
	err := pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		var id int64
		if err := tx.QueryRow(ctx, update, args...).Scan(&id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE person = $1`, id)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = geo.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("person %q: %w", username, err)
	}
	return nil
}

func scanPerson(row pgx.CollectableRow) (Person, error) {
	var p Person
	err := row.Scan(&p.ID, &p.Username, &p.Name, &p.Role)
	return p, err
}
