package alerts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

var (
	// ErrBadLogin says that username and password do not belong together, and not which of them is wrong.
	ErrBadLogin = errors.New("alerts: wrong username or password")
	// ErrSignedOut says that a session ended, or never was.
	ErrSignedOut = errors.New("alerts: signed out")
)

const (
	// SessionIdle ends a session that asked for nothing for that long. An open socket does not count as asking.
	SessionIdle = 12 * time.Hour
	// SessionLife ends every session.
	SessionLife = 7 * 24 * time.Hour
	// seenEvery keeps a busy session from writing its row on every request.
	seenEvery = time.Minute
)

// Login begins a session. The token is given out once and only its hash is kept.
func (p *People) Login(ctx context.Context, username, password string) (token string, person Person, err error) {
	person, hash, err := p.account(ctx, username)
	known := !errors.Is(err, pgx.ErrNoRows)
	if err != nil && known {
		return "", Person{}, fmt.Errorf("login: %w", err)
	}
	if !known {
		hash = p.decoy
	}
	ok, err := p.hasher.verify(ctx, hash, password)
	if err != nil {
		return "", Person{}, fmt.Errorf("login of %q: %w", username, err)
	}
	if !ok || !known {
		return "", Person{}, ErrBadLogin
	}
	token, err = p.begin(ctx, person.ID)
	if err != nil {
		return "", Person{}, fmt.Errorf("login of %q: %w", username, err)
	}
	return token, person, nil
}

// account returns an active person with their password hash, or pgx.ErrNoRows.
func (p *People) account(ctx context.Context, username string) (person Person, hash string, err error) {
	if !usernameForm.MatchString(username) { // Nobody has it; and the database refuses some strings with a fault.
		return Person{}, "", pgx.ErrNoRows
	}
	err = p.pool.QueryRow(ctx,
		`SELECT id, username, name, role, password FROM people WHERE username = $1 AND active`, username).
		Scan(&person.ID, &person.Username, &person.Name, &person.Role, &hash)
	return person, hash, err
}

// begin writes a new session and clears away those that ended by themselves.
func (p *People) begin(ctx context.Context, personID int64) (string, error) {
	secret := make([]byte, 32)
	rand.Read(secret) // Never fails.
	token := base64.RawURLEncoding.EncodeToString(secret)
	err := pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM sessions WHERE expires_at <= now() OR seen_at <= now() - $1::interval`,
			SessionIdle); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO sessions (token_hash, person, expires_at) VALUES ($1, $2, now() + $3::interval)`,
			tokenHash(token), personID, SessionLife)
		return err
	})
	return token, err
}

// Session returns whose session token is, and notes that it was used.
func (p *People) Session(ctx context.Context, token string) (Person, error) {
	var person Person
	var stale bool
	err := p.pool.QueryRow(ctx, `
		SELECT p.id, p.username, p.name, p.role, s.seen_at <= now() - $3::interval
		FROM sessions s JOIN people p ON p.id = s.person
		WHERE s.token_hash = $1 AND p.active AND s.expires_at > now() AND s.seen_at > now() - $2::interval`,
		tokenHash(token), SessionIdle, seenEvery).
		Scan(&person.ID, &person.Username, &person.Name, &person.Role, &stale)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, ErrSignedOut
	}
	if err != nil {
		return Person{}, fmt.Errorf("session: %w", err)
	}
	if stale {
		if _, err := p.pool.Exec(ctx, `UPDATE sessions SET seen_at = now() WHERE token_hash = $1`, tokenHash(token)); err != nil {
			return Person{}, fmt.Errorf("session of %q: %w", person.Username, err)
		}
	}
	return person, nil
}

// Ended returns those of tokens whose sessions are over. It does not keep the others alive.
func (p *People) Ended(ctx context.Context, tokens []string) ([]string, error) {
	byHash := make(map[string]string, len(tokens))
	hashes := make([][]byte, 0, len(tokens))
	for _, token := range tokens {
		hash := tokenHash(token)
		byHash[string(hash)] = token
		hashes = append(hashes, hash)
	}
	rows, _ := p.pool.Query(ctx, `
		SELECT s.token_hash FROM sessions s JOIN people p ON p.id = s.person
		WHERE s.token_hash = ANY($1) AND p.active AND s.expires_at > now() AND s.seen_at > now() - $2::interval`,
		hashes, SessionIdle)
	live, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	for _, hash := range live {
		delete(byHash, string(hash))
	}
	ended := make([]string, 0, len(byHash))
	for _, token := range byHash {
		ended = append(ended, token)
	}
	return ended, nil
}

// Logout ends one session. Ending one that is over is no error.
func (p *People) Logout(ctx context.Context, token string) error {
	if _, err := p.pool.Exec(ctx, `DELETE FROM sessions WHERE token_hash = $1`, tokenHash(token)); err != nil {
		return fmt.Errorf("logout: %w", err)
	}
	return nil
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
