package alerts

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// NameDevice says on which device a session is. A name that its client keeps for itself stays the same from one session
// to the next; without one, the kind of device is told apart by the session.
func (p *People) NameDevice(ctx context.Context, token, name, kind string) error {
	if name == "" {
		name = kind + " " + hex.EncodeToString(tokenHash(token)[:2])
	}
	if _, err := p.pool.Exec(ctx, `UPDATE sessions SET device = $2 WHERE token_hash = $1`, tokenHash(token), name); err != nil {
		return fmt.Errorf("device of a session: %w", err)
	}
	return nil
}

// Device is on which device a session is; empty where nobody said.
func (p *People) Device(ctx context.Context, token string) (string, error) {
	rows, _ := p.pool.Query(ctx, `SELECT device FROM sessions WHERE token_hash = $1`, tokenHash(token))
	device, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
	if errors.Is(err, pgx.ErrNoRows) {
		return "", ErrSignedOut
	}
	if err != nil {
		return "", fmt.Errorf("device of a session: %w", err)
	}
	return device, nil
}
