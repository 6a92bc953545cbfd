package alerts

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// MuteReason says why people are not told of something (any more).
type MuteReason string

const (
	MuteReviewOnly MuteReason = "review_only" // Its rule is not trusted at its camera: it stays in the centre.
	// Somebody has it in hand: so far did they come.
	MuteAcknowledged = MuteReason(Acknowledged)
	MuteArrived      = MuteReason(Arrived)
	MuteHandled      = MuteReason(Handled)
)

// Mute is why people are not told of an occupancy.
type Mute struct {
	Reason MuteReason
	Since  time.Time
	// The last verdicts on the rule at the camera; both 0 where they are not the reason.
	Right, Wrong int
}

// Mutes returns why people are not told of occupancies of the camera, which are given with their rules. An occupancy that
// is no alert yet is muted where its rule is for review only.
func (s *Store) Mutes(ctx context.Context, camera string, ruleOf map[string]string) (map[string][]Mute, error) {
	byOccupancy := map[string][]Mute{}
	err := s.snapshot(ctx, func(tx pgx.Tx) error {
		review, err := reviewedRules(ctx, tx, camera)
		if err != nil {
			return err
		}
		raised, err := mutesOfAlerts(ctx, tx, ruleOf, review)
		if err != nil {
			return err
		}
		for occupancy, rule := range ruleOf {
			mutes, told := raised[occupancy]
			if m, reviewed := review[rule]; !told && reviewed && m.inForce {
				mutes = []Mute{m.Mute}
			}
			if len(mutes) > 0 {
				byOccupancy[occupancy] = mutes
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("mutes of camera %q: %w", camera, err)
	}
	return byOccupancy, nil
}

// reviewed is what the verdicts on a rule at a camera come to, and whether it is for review only now.
type reviewed struct {
	Mute
	inForce bool
}

func reviewedRules(ctx context.Context, tx pgx.Tx, camera string) (map[string]reviewed, error) {
	type pair struct {
		rule        string
		inForce     bool
		since       time.Time
		countedFrom *time.Time
	}
	rows, _ := tx.Query(ctx, `
		SELECT rule, review_only, since_at, nullif(counted_from, '-infinity') FROM trust WHERE camera = $1`, camera)
	pairs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p pair, err error) {
		return p, row.Scan(&p.rule, &p.inForce, &p.since, &p.countedFrom)
	})
	if err != nil {
		return nil, err
	}
	byRule := make(map[string]reviewed, len(pairs))
	for _, p := range pairs {
		r := reviewed{Mute: Mute{Reason: MuteReviewOnly, Since: p.since.UTC()}, inForce: p.inForce}
		if r.Right, r.Wrong, err = lastWords(ctx, tx, p.rule, camera, p.countedFrom); err != nil {
			return nil, err
		}
		byRule[p.rule] = r
	}
	return byRule, nil
}

// mutesOfAlerts are the mutes of those occupancies that are alerts: none, for one of which people are told.
func mutesOfAlerts(ctx context.Context, tx pgx.Tx, ruleOf map[string]string, review map[string]reviewed) (map[string][]Mute, error) {
	ids := []string{}
	for occupancy := range ruleOf {
		ids = append(ids, occupancy)
	}
	rows, _ := tx.Query(ctx, `
		SELECT o.id, a.review_only, a.raised_at, a.handling, coalesce(
			CASE a.handling WHEN 'arrived' THEN a.arrived_at WHEN 'handled' THEN a.handled_at END, a.acknowledged_at)
		FROM occupancies o
		JOIN alerts told ON told.id = o.alert
		JOIN alerts a ON a.id = coalesce(told.joined, told.id)
		WHERE o.id = ANY($1)`, ids)
	byOccupancy := map[string][]Mute{}
	var occupancy string
	var reviewOnly bool
	var raised time.Time
	var handling Handling
	var handledAt *time.Time
	_, err := pgx.ForEachRow(rows, []any{&occupancy, &reviewOnly, &raised, &handling, &handledAt}, func() error {
		mutes := []Mute{}
		if reviewOnly {
			m := Mute{Reason: MuteReviewOnly, Since: raised.UTC()}
			if r, judged := review[ruleOf[occupancy]]; judged {
				m.Right, m.Wrong = r.Right, r.Wrong
			}
			mutes = append(mutes, m)
		}
		if handling != New {
			mutes = append(mutes, Mute{Reason: MuteReason(handling), Since: orZero(handledAt)})
		}
		byOccupancy[occupancy] = mutes
		return nil
	})
	return byOccupancy, err
}
