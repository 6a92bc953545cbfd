package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"path"
	"slices"
	"strings"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
)

// LadderTo is who is told next of an alert that nobody takes.
type LadderTo string

const (
	ToPartner LadderTo = "partner" // Who else of the same unit is on duty.
	ToLeader  LadderTo = "leader"  // The leader of the unit.
	ToCentre  LadderTo = "centre"  // Every operator.
)

// LadderStep is one rung: after so long without an answer these are told.
type LadderStep struct {
	After time.Duration
	To    LadderTo
}

// Ladder is for some matters, always or in some hours.
type Ladder struct {
	Matters []string // National codes or patterns of them: "09*".
	Hours   geo.Hours
	Steps   []LadderStep
}

// Ladders are tried in their order: the first that names the matter and the hour is climbed. None climbs nothing.
type Ladders []Ladder

// Validate returns the first rule that they break.
func (l Ladders) Validate() error {
	for i, ladder := range l {
		field := fmt.Sprintf("[%d]", i)
		if len(ladder.Matters) == 0 {
			return geo.Invalid(field+".matters", "must name at least one matter")
		}
		for _, pattern := range ladder.Matters {
			if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
				return geo.Invalid(field+".matters", "%q is not a pattern", pattern)
			}
		}
		if err := ladder.Hours.Validate(); err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
		last := time.Duration(0)
		for j, step := range ladder.Steps {
			below := fmt.Sprintf("%s.steps[%d]", field, j)
			if step.After <= last {
				return geo.Invalid(below+".after_min", "must be longer than that of the step before")
			}
			if step.To != ToPartner && step.To != ToLeader && step.To != ToCentre {
				return geo.Invalid(below+".to", "must be %s, %s or %s, not %q", ToPartner, ToLeader, ToCentre, step.To)
			}
			last = step.After
		}
	}
	return nil
}

// For returns the steps for a matter at a moment.
func (l Ladders) For(matter string, at time.Time, zone *time.Location) []LadderStep {
	for _, ladder := range l {
		named := slices.ContainsFunc(ladder.Matters, func(pattern string) bool {
			ok, _ := path.Match(pattern, matter) // Validate refused bad patterns.
			return ok
		})
		if named && ladder.Hours.Open(at, zone) {
			return ladder.Steps
		}
	}
	return nil
}

// peopleOn are those whom a step reaches for an alert in a beat.
func peopleOn(ctx context.Context, db querier, step LadderStep, beat string, at time.Time, zone *time.Location) ([]Told, error) {
	switch step.To {
	case ToPartner:
		return partnersIn(ctx, db, beat, at, zone)
	case ToLeader:
		rows, _ := db.Query(ctx, `
			SELECT DISTINCT p.id, p.name, p.role, '', '' FROM posts o JOIN units u ON u.id = o.unit JOIN people p ON p.id = u.leader
			WHERE o.beat = $1 AND p.active ORDER BY p.id`, beat)
		return pgx.CollectRows(rows, scanTold)
	default:
		rows, _ := db.Query(ctx, `SELECT id, name, role, '', '' FROM people WHERE role = 'operator' AND active ORDER BY id`)
		return pgx.CollectRows(rows, scanTold)
	}
}

// partnersIn are those of the beat's units who are on duty elsewhere.
func partnersIn(ctx context.Context, db querier, beat string, at time.Time, zone *time.Location) ([]Told, error) {
	rows, _ := db.Query(ctx, `
		SELECT DISTINCT other.beat FROM posts own JOIN posts other ON other.unit = own.unit
		WHERE own.beat = $1 AND other.beat IS NOT NULL ORDER BY other.beat`, beat)
	beats, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("partners of beat %q: %w", beat, err)
	}
	var partners []Told
	for _, other := range beats {
		if other == beat {
			continue
		}
		people, err := onDuty(ctx, db, other, at, zone)
		if err != nil {
			return nil, err
		}
		partners = append(partners, people...)
	}
	return partners, nil
}

// Climber sends alerts that nobody takes up their ladder. What it has done is in the database, and so is the time since
// which an answer is waited for: it may stop and start at any moment, and several may run.
type Climber struct {
	store   *Store
	ladders Ladders
	log     *slog.Logger
}

// NewClimber returns a climber for the store's alerts.
func NewClimber(store *Store, ladders Ladders, log *slog.Logger) *Climber {
	return &Climber{store, ladders, log}
}

// climbEvery bounds how late a rung is climbed.
const climbEvery = 5 * time.Second

// Run climbs until ctx ends. It outlives a database that is away.
func (c *Climber) Run(ctx context.Context) error {
	every := time.NewTicker(climbEvery)
	defer every.Stop()
	for {
		if err := c.climb(ctx); err != nil && ctx.Err() == nil {
			c.log.Warn("unanswered alerts cannot be sent up their ladder", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-every.C:
		}
	}
}

// unanswered is true of alerts a whose answer is waited for.
const unanswered = `a.handling = 'new' AND a.state <> 'cleared' AND a.joined IS NULL AND a.merged IS NULL AND NOT a.review_only
	AND a.asked_at IS NOT NULL AND coalesce(a.verdict, 'true') = 'true'`

// climb looks at every alert that waits for an answer, and lets those climb whose time it is.
func (c *Climber) climb(ctx context.Context) error {
	rows, _ := c.store.pool.Query(ctx, `
		SELECT a.id, a.matter, extract(epoch FROM now() - a.asked_at), now(),
			(SELECT coalesce(max(l.step), 0) FROM ladder_steps l WHERE l.alert = a.id AND l.asked_at = a.asked_at)
		FROM alerts a WHERE `+unanswered+` ORDER BY a.asked_at`)
	var due []int64
	var id int64
	var matter string
	var waitedS float64
	var now time.Time
	var climbed int
	_, err := pgx.ForEachRow(rows, []any{&id, &matter, &waitedS, &now, &climbed}, func() error {
		steps := c.ladders.For(matter, now, c.store.Zone)
		if climbed < len(steps) && waitedS >= steps[climbed].After.Seconds() {
			due = append(due, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := c.climbOne(ctx, id); err != nil {
			return fmt.Errorf("alert %d: %w", id, err)
		}
	}
	return nil
}

// climbOne climbs every rung of an alert whose time has come, if it still waits.
func (c *Climber) climbOne(ctx context.Context, id int64) error {
	_, err := c.store.change(ctx, id, Scope{City: true}, func(tx pgx.Tx, a Alert) (bool, error) {
		rows, _ := tx.Query(ctx, `
			SELECT extract(epoch FROM now() - a.asked_at), now(),
				(SELECT coalesce(max(l.step), 0) FROM ladder_steps l WHERE l.alert = a.id AND l.asked_at = a.asked_at)
			FROM alerts a WHERE a.id = $1 AND `+unanswered, a.ID)
		type wait struct {
			seconds float64
			now     time.Time
			climbed int
		}
		waits, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (w wait, err error) {
			return w, row.Scan(&w.seconds, &w.now, &w.climbed)
		})
		if err != nil || len(waits) == 0 || a.Silence != nil {
			return false, err
		}
		w := waits[0]
		steps := c.ladders.For(a.Matter, w.now, c.store.Zone)
		if w.climbed >= len(steps) || w.seconds < steps[w.climbed].After.Seconds() {
			return false, nil
		}
		return true, c.climbStep(ctx, tx, a, w.climbed+1, steps[w.climbed], w.now)
	})
	return err
}

// climbStep offers the alert to those on a rung, and tells the centre.
func (c *Climber) climbStep(ctx context.Context, tx pgx.Tx, a Alert, n int, step LadderStep, now time.Time) error {
	beat := ""
	if a.Grid != nil {
		var err error
		if beat, err = beatOf(ctx, tx, a.Grid.Key()); err != nil {
			return err
		}
	}
	people, err := peopleOn(ctx, tx, step, beat, now, c.store.Zone)
	if err != nil {
		return err
	}
	if err := offer(ctx, tx, a.ID, byLadder, personIDs(people)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO ladder_steps (alert, asked_at, step) SELECT id, asked_at, $2 FROM alerts WHERE id = $1`, a.ID, n); err != nil {
		return err
	}
	note := fmt.Sprintf("%s after %s: %s", step.To, step.After, names(people))
	_, err = tx.Exec(ctx, insertEvent, AlertUnanswered, a.ID, nil, nil, note)
	return err
}

// names lists people for a note.
func names(people []Told) string {
	if len(people) == 0 {
		return "nobody"
	}
	list := make([]string, 0, len(people))
	for _, p := range people {
		list = append(list, p.Person.Name)
	}
	return strings.Join(list, ", ")
}
