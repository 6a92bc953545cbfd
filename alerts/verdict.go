package alerts

import (
	"context"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
)

// VerdictWord is what a person says of an alert, after looking.
type VerdictWord string

const (
	VerdictTrue      VerdictWord = "true"      // It was there.
	VerdictFalse     VerdictWord = "false"     // It was not.
	VerdictDuplicate VerdictWord = "duplicate" // It was there, and another alert had told of it.
)

// Verdict is the last word on an alert. Earlier ones are in its events.
type Verdict struct {
	Word VerdictWord
	By   Ref
	At   time.Time
	Note string
}

// verdictColumns are the columns of selectAlerts; all NULL where nobody judged.
type verdictColumns struct {
	word   *VerdictWord
	byID   *int64
	byName *string
	at     *time.Time
	note   string
}

func (c verdictColumns) verdict() *Verdict {
	by := orNil(c.byID, c.byName)
	if c.word == nil || by == nil {
		return nil
	}
	return &Verdict{Word: *c.word, By: *by, At: orZero(c.at), Note: c.note}
}

// insertVerdict writes the event of a verdict; like insertEvent it belongs at the end of its transaction.
const insertVerdict = `
	INSERT INTO events (type, alert, person, data)
	VALUES ($1, $2, $3, jsonb_build_object('note', $4::text, 'verdict', $5::text))`

// Judge records what a person says of the alert. It may be changed: the last word counts, and the same word again changes
// nothing. It decides whether the rule is trusted at the cameras that saw it. An alert that was for review only goes to
// those who answer for its grid once a person says that it is true. The alert comes back as it is afterwards.
func (s *Store) Judge(ctx context.Context, id, personID int64, scope Scope, word VerdictWord, note string) (Alert, error) {
	if word != VerdictTrue && word != VerdictFalse && word != VerdictDuplicate {
		return Alert{}, geo.Invalid("verdict", "%q is not one of %s, %s, %s", word, VerdictTrue, VerdictFalse, VerdictDuplicate)
	}
	if err := (deed{note: note}).validate(); err != nil {
		return Alert{}, err
	}
	return s.change(ctx, id, scope, func(tx pgx.Tx, a Alert) (bool, error) {
		if v := a.Verdict; v != nil && v.Word == word && v.Note == note {
			return false, nil
		}
		released := a.ReviewOnly && word == VerdictTrue
		if _, err := tx.Exec(ctx, `
			UPDATE alerts SET verdict = $2, verdict_by = $3, verdict_at = now(), verdict_note = $4, review_only = $5
			WHERE id = $1`, a.ID, word, personID, note, a.ReviewOnly && !released); err != nil {
			return false, err
		}
		if released {
			team, err := toldOf(ctx, tx, a.Grid, time.Now(), s.Zone)
			if err != nil {
				return false, err
			}
			if err := queue(ctx, tx, a.ID, personIDs(team)); err != nil {
				return false, err
			}
		}
		turned, err := s.weigh(ctx, tx, a.ID)
		if err != nil {
			return false, err
		}
		if _, err := tx.Exec(ctx, insertVerdict, AlertVerdict, a.ID, personID, note, word); err != nil {
			return false, err
		}
		if released {
			if _, err := tx.Exec(ctx, insertEvent, AlertRaised, a.ID, nil, nil, ""); err != nil {
				return false, err
			}
		}
		return true, tellTrust(ctx, tx, turned, nil)
	})
}
