package alerts

import (
	"context"
	"fmt"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
)

// Merge records that an alert is the same as another, as the person says. It keeps its pictures and its story, and leaves
// the lists; nobody is waited for any more. Both must lie in the scope. Unmerge undoes it.
func (s *Store) Merge(ctx context.Context, id, personID int64, scope Scope, into int64, note string) error {
	if err := (deed{note: note}).validate(); err != nil {
		return err
	}
	_, err := s.change(ctx, min(id, into), scope, func(tx pgx.Tx, first Alert) (bool, error) { // Both are locked in the order of their numbers.
		second, err := lockAlert(ctx, tx, max(id, into), scope)
		if err != nil {
			return false, err
		}
		same, other := first, second
		if id > into {
			same, other = second, first
		}
		switch {
		case same.ID == other.ID:
			return false, geo.Invalid("into", "must be another alert")
		case same.MergedInto == other.ID:
			return false, nil
		case same.MergedInto != 0:
			return false, same.sameAsAnother()
		case other.MergedInto != 0:
			return false, geo.Invalid("into", "alert %d is itself the same as alert %d", other.ID, other.MergedInto)
		case len(same.Merged) > 0:
			return false, &SettledError{fmt.Sprintf("alert %d is the same as it: undo that first", same.Merged[0])}
		}
		return true, writeMerged(ctx, tx, same.ID, other.ID, personID, note)
	})
	return err
}

// Unmerge lets an alert stand for itself again.
func (s *Store) Unmerge(ctx context.Context, id, personID int64, scope Scope, note string) (Alert, error) {
	if err := (deed{note: note}).validate(); err != nil {
		return Alert{}, err
	}
	return s.change(ctx, id, scope, func(tx pgx.Tx, a Alert) (bool, error) {
		if a.MergedInto == 0 {
			return false, nil
		}
		if _, err := tx.Exec(ctx, `UPDATE alerts SET merged = NULL WHERE id = $1`, a.ID); err != nil {
			return false, err
		}
		return true, tellMerged(ctx, tx, AlertUnmerged, a.ID, a.MergedInto, personID, note)
	})
}

func writeMerged(ctx context.Context, tx pgx.Tx, id, into, person int64, note string) error {
	if _, err := tx.Exec(ctx, `UPDATE alerts SET merged = $2 WHERE id = $1`, id, into); err != nil {
		return err
	}
	return tellMerged(ctx, tx, AlertMerged, id, into, person, note)
}

// tellMerged writes what a person said of two alerts into the story of both.
func tellMerged(ctx context.Context, tx pgx.Tx, event EventType, id, into, person int64, note string) error {
	for _, told := range [][2]int64{{id, into}, {into, id}} {
		about, words := told[0], fmt.Sprintf("alert %d", told[1])
		if note != "" {
			words += ": " + note
		}
		if _, err := tx.Exec(ctx, insertEvent, event, about, nil, person, words); err != nil {
			return err
		}
	}
	return nil
}
