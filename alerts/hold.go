package alerts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
)

// TakenError says that somebody else has the alert in hand.
type TakenError struct{ Holder Ref }

func (e *TakenError) Error() string { return fmt.Sprintf("alerts: %s has it in hand", e.Holder.Name) }

// SettledError says that an alert is no longer what was asked of it: it is dealt with, cleared, or merged.
type SettledError struct{ Text string }

func (e *SettledError) Error() string { return "alerts: " + e.Text }

// sameAsAnother refuses what is to be done with the alert that this one was merged into.
func (a Alert) sameAsAnother() error {
	return &SettledError{fmt.Sprintf("it is the same as alert %d", a.MergedInto)}
}

// Handover says to whom an alert goes: one person, or the team of a beat.
type Handover struct {
	Person int64
	Beat   string
	Reason string
}

// Validate returns the first rule that h breaks.
func (h Handover) Validate() error {
	if (h.Person == 0) == (h.Beat == "") {
		return geo.Invalid("person", "must name a person, or else a team: one of the two")
	}
	if !validText(h.Beat) {
		return geo.Invalid("team", "must be text")
	}
	if strings.TrimSpace(h.Reason) == "" {
		return geo.Invalid("reason", "must say why")
	}
	return deed{note: h.Reason}.validate()
}

// actors are the roles whose people can take an alert.
var actors = []Role{Officer, PropertyManager, Operator, Administrator}

// Transfer asks others to take the alert: it is nobody's until one of them does. Its holder may, and the centre; where it
// has none, everybody who sees it.
func (s *Store) Transfer(ctx context.Context, id, personID int64, scope Scope, to Handover) (Alert, error) {
	if err := to.Validate(); err != nil {
		return Alert{}, err
	}
	return s.change(ctx, id, scope, func(tx pgx.Tx, a Alert) (bool, error) {
		switch {
		case a.MergedInto != 0:
			return false, a.sameAsAnother()
		case a.State == StateCleared:
			return false, &SettledError{"the place is clear"}
		case a.Handling == Handled:
			return false, &SettledError{"it is dealt with"}
		case a.Holder != nil && a.Holder.ID != personID && !scope.City:
			return false, &TakenError{*a.Holder}
		}
		asked, err := s.asked(ctx, tx, to)
		if err != nil {
			return false, err
		}
		if _, err := tx.Exec(ctx, `
			UPDATE alerts SET holder = NULL, handling = 'new', acknowledged_at = NULL, acknowledged_by = NULL, arrived_at = NULL,
				asked_at = now()
			WHERE id = $1`, a.ID); err != nil {
			return false, err
		}
		if err := offer(ctx, tx, a.ID, byTransfer, personIDs(asked)); err != nil {
			return false, err
		}
		note := fmt.Sprintf("%s: %s", names(asked), to.Reason)
		_, err = tx.Exec(ctx, insertEvent, AlertTransferred, a.ID, nil, personID, note)
		return true, err
	})
}

// asked are the people to whom an alert goes.
func (s *Store) asked(ctx context.Context, tx pgx.Tx, to Handover) ([]Told, error) {
	if to.Beat != "" {
		team, err := toldIn(ctx, tx, to.Beat, time.Now(), s.Zone)
		if err == nil && len(team) == 0 {
			err = geo.Invalid("team", "there is nobody in team %q", to.Beat)
		}
		return team, err
	}
	rows, _ := tx.Query(ctx, `SELECT id, name, role FROM people WHERE id = $1 AND active`, to.Person)
	people, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Told, err error) {
		return t, row.Scan(&t.Person.ID, &t.Person.Name, &t.Role)
	})
	if err == nil && (len(people) == 0 || !slices.Contains(actors, people[0].Role)) {
		err = geo.Invalid("person", "there is no such person, or none that takes alerts")
	}
	return people, err
}

// offerReason says why somebody is asked to take an alert that is not in their grid.
type offerReason string

const (
	atBorder   offerReason = "border"
	byTransfer offerReason = "transfer"
	byLadder   offerReason = "ladder"
)

// offer asks the people to take the alert, and tells them.
func offer(ctx context.Context, tx pgx.Tx, alert int64, reason offerReason, people []int64) error {
	if _, err := tx.Exec(ctx, `
		INSERT INTO offers (alert, person, reason) SELECT $1, unnest($2::bigint[]), $3 ON CONFLICT DO NOTHING`,
		alert, people, reason); err != nil {
		return err
	}
	return queue(ctx, tx, alert, people)
}

// change does something with an alert in one transaction, and returns it as it is afterwards. do says whether it changed
// anything; its last statement writes the event.
func (s *Store) change(ctx context.Context, id int64, scope Scope, do func(pgx.Tx, Alert) (bool, error)) (Alert, error) {
	var a Alert
	changed := false
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if a, err = lockAlert(ctx, tx, id, scope); err != nil {
			return err
		}
		if changed, err = do(tx, a); err != nil || !changed {
			return err
		}
		a, err = alertInScope(ctx, tx, a.ID, scope)
		return err
	})
	if err != nil {
		return Alert{}, fmt.Errorf("alert %d: %w", id, err)
	}
	if changed {
		s.wake()
	}
	return a, nil
}
