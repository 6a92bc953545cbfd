package alerts

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
)

// Acknowledge records that the person has seen the alert and takes it on: they hold it, and everybody else stands down.
// Whoever comes second gets a *TakenError. Here as in Arrive and Handle: a repeat changes nothing, an alert that is
// cleared is handled like any other (its times say which came first), one that was merged into another is a
// *SettledError, and one outside the scope is ErrNotFound. The alert comes back as it is afterwards.
func (s *Store) Acknowledge(ctx context.Context, id, personID int64, scope Scope, note string) (Alert, error) {
	return s.advance(ctx, id, Acknowledged, deed{person: personID, note: note}, scope)
}

// Arrive records that the person is on the spot. Who arrives at an alert that nobody holds has taken it; that somebody
// else is there too is on record and takes nothing from its holder.
func (s *Store) Arrive(ctx context.Context, id, personID int64, scope Scope, note string) (Alert, error) {
	return s.advance(ctx, id, Arrived, deed{person: personID, note: note}, scope)
}

// Handle records that the matter is dealt with, with a photo if there is one (nil if not). Who handles has acknowledged,
// though not always arrived. A handled alert takes a further photo.
func (s *Store) Handle(ctx context.Context, id, personID int64, scope Scope, note string, photo *Photo) (Alert, error) {
	return s.advance(ctx, id, Handled, deed{person: personID, note: note, photo: photo}, scope)
}

// deed is what one person did with an alert.
type deed struct {
	person int64
	note   string
	photo  *Photo
}

// maxNoteRunes is how much a person may write at once.
const maxNoteRunes = 2000

func (d deed) validate() error {
	if !validText(d.note) || utf8.RuneCountInString(d.note) > maxNoteRunes {
		return geo.Invalid("note", "must be text of at most %d characters", maxNoteRunes)
	}
	if d.photo != nil {
		return d.photo.Validate()
	}
	return nil
}

// validText reports whether the database can keep the text.
func validText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

var handlingEvents = map[Handling]EventType{
	Acknowledged: AlertAcknowledged, Arrived: AlertArrived, Handled: AlertHandled,
}

// stepsTo lists what becomes true on the way from one handling to another; nothing when it already is. Handling goes back
// only when the alert is transferred, and nobody is said to have arrived who did not say so.
func stepsTo(from, to Handling) []Handling {
	rank := map[Handling]int{New: 0, Acknowledged: 1, Arrived: 2, Handled: 3}
	if rank[to] <= rank[from] {
		return nil
	}
	if from == New && to != Acknowledged {
		return []Handling{Acknowledged, to}
	}
	return []Handling{to}
}

// advance brings the alert to a handling in one transaction and writes an event for everything that changed.
func (s *Store) advance(ctx context.Context, id int64, to Handling, d deed, scope Scope) (Alert, error) {
	if err := d.validate(); err != nil {
		return Alert{}, err
	}
	return s.change(ctx, id, scope, func(tx pgx.Tx, a Alert) (bool, error) {
		switch {
		case a.MergedInto != 0:
			return false, a.sameAsAnother()
		case to == Acknowledged && a.Holder != nil && a.Holder.ID != d.person:
			return false, &TakenError{*a.Holder}
		}
		steps := stepsTo(a.Handling, to)
		if len(steps) > 0 {
			if err := writeHandling(ctx, tx, a.ID, to, d.person); err != nil {
				return false, err
			}
		}
		added, err := addPhoto(ctx, tx, a.ID, d)
		if err != nil {
			return false, err
		}
		if added && len(steps) == 0 {
			steps = []Handling{to}
		}
		return len(steps) > 0, tellSteps(ctx, tx, a, steps, d)
	})
}

// tellSteps writes the events of what a person did, and that the alert is theirs if nobody held it.
func tellSteps(ctx context.Context, tx pgx.Tx, before Alert, steps []Handling, d deed) error {
	for i, step := range steps {
		note := ""
		if i == len(steps)-1 { // The words go with what was said, not with what follows from it.
			note = d.note
		}
		if _, err := tx.Exec(ctx, insertEvent, handlingEvents[step], before.ID, nil, d.person, note); err != nil {
			return err
		}
		if i == 0 && before.Holder == nil {
			if _, err := tx.Exec(ctx, insertEvent, AlertTaken, before.ID, nil, d.person, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// lockAlert keeps others from changing the alert until the transaction ends, and reads it.
func lockAlert(ctx context.Context, tx pgx.Tx, id int64, scope Scope) (Alert, error) {
	// The lock is a statement of its own: a joined row that is read while waiting for it would be an old one.
	if _, err := tx.Exec(ctx, `
		SELECT FROM alerts WHERE id = (SELECT coalesce(joined, id) FROM alerts WHERE id = $1) FOR UPDATE`, id); err != nil {
		return Alert{}, err
	}
	return alertInScope(ctx, tx, id, scope)
}

func writeHandling(ctx context.Context, tx pgx.Tx, id int64, to Handling, person int64) error {
	if _, err := tx.Exec(ctx, `
		UPDATE alerts SET handling = $2,
			acknowledged_at = coalesce(acknowledged_at, now()),
			acknowledged_by = coalesce(acknowledged_by, $3),
			holder = coalesce(holder, $3),
			arrived_at = CASE WHEN $2 = 'arrived' THEN now() ELSE arrived_at END,
			handled_at = CASE WHEN $2 = 'handled' THEN now() ELSE handled_at END
		WHERE id = $1`, id, to, person); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		UPDATE receipts SET acknowledged_at = now()
		WHERE alert = $1 AND person = $2 AND acknowledged_at IS NULL`, id, person)
	return err
}

// addPhoto adds the photo of a deed, if there is one, and says whether the alert did not have it yet.
func addPhoto(ctx context.Context, tx pgx.Tx, id int64, d deed) (bool, error) {
	if d.photo == nil {
		return false, nil
	}
	taken := d.photo.TakenAt
	if taken.IsZero() {
		taken = time.Now()
	}
	tag, err := tx.Exec(ctx, insertEvidence, id, "photo", d.photo.SHA256, d.photo.Bytes, d.photo.ContentType, taken, d.person, nil)
	return tag.RowsAffected() > 0, err
}
