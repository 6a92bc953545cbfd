package alerts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
)

// Silence keeps people from being told of a matter at a spot: in a fence, or at a camera where it has none. What is raised
// meanwhile is on record and on the centre's map.
type Silence struct {
	By     Ref
	Reason string
	Until  time.Time
}

// longestSilence keeps a matter from being forgotten.
const longestSilence = 31 * 24 * time.Hour

// silenceOfAlert is the silence of alert a that is in force and ends last, NULL where there is none.
const silenceOfAlert = `(SELECT jsonb_build_object(
			'By', jsonb_build_object('ID', w.id, 'Name', w.name), 'Reason', s.reason, 'Until', s.until_at)
		FROM silences s JOIN people w ON w.id = s.author
		WHERE s.camera = a.camera AND s.fence = a.fence AND s.matter = a.matter AND s.from_at <= now() AND now() < s.until_at
		ORDER BY s.until_at DESC LIMIT 1)`

// Silence keeps people from being told of the alert's matter at its spot until then. The alert comes back as it is
// afterwards.
func (s *Store) Silence(ctx context.Context, id, personID int64, scope Scope, until time.Time, reason string) (Alert, error) {
	if strings.TrimSpace(reason) == "" {
		return Alert{}, geo.Invalid("reason", "must say why nobody shall be told")
	}
	if err := (deed{note: reason}).validate(); err != nil {
		return Alert{}, err
	}
	until = until.Truncate(time.Microsecond) // As the database keeps it.
	if now := time.Now(); !until.After(now) || until.After(now.Add(longestSilence)) {
		return Alert{}, geo.Invalid("until", "must be a moment to come, within %d days", int(longestSilence.Hours()/24))
	}
	return s.change(ctx, id, scope, func(tx pgx.Tx, a Alert) (bool, error) {
		if was := a.Silence; was != nil && was.By.ID == personID && was.Until.Equal(until) && was.Reason == reason {
			return false, nil
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO silences (alert, camera, fence, matter, author, reason, until_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			a.ID, a.Camera.ID, a.FenceID, a.Matter, personID, reason, until); err != nil {
			return false, err
		}
		silence, err := silenceOf(ctx, tx, a)
		if err != nil {
			return false, err
		}
		_, err = tx.Exec(ctx, insertEvent, AlertSilenced, a.ID, nil, personID, silence.note())
		return true, err
	})
}

// silenceOf is the silence of an alert that is on record.
func silenceOf(ctx context.Context, tx pgx.Tx, a Alert) (*Silence, error) {
	rows, _ := tx.Query(ctx, `SELECT `+silenceOfAlert+` FROM alerts a WHERE a.id = $1`, a.ID)
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[*Silence])
}

// note tells the silence in one line.
func (s Silence) note() string {
	return fmt.Sprintf("%s: %s (until %s)", s.By.Name, s.Reason, s.Until.UTC().Format(time.RFC3339))
}
