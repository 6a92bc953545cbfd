package alerts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gridwatch/geo"
	"gridwatch/vision/replay"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// BacktestState is how far a back-test has come.
type BacktestState string

const (
	BacktestRunning   BacktestState = "running" // Or waiting for its turn.
	BacktestDone      BacktestState = "done"
	BacktestFailed    BacktestState = "failed"
	BacktestPublished BacktestState = "published"
	BacktestDiscarded BacktestState = "discarded"
)

// Backtest is a draft with what it would have changed.
type Backtest struct {
	ID           int64
	By           Ref
	CreatedAt    time.Time
	Draft        Draft
	State        BacktestState
	Progress     float64 // 0 to 1.
	Observations int64
	Error        string
	Outcome      Outcome // Only in Backtests.Backtest, once it is done.
	DecidedAt    time.Time
	DecidedBy    *Ref
}

// Outcome is what came out of a back-test.
type Outcome struct {
	Cameras     int // Whose recordings were found.
	Totals      map[replay.Change]int
	Differences []replay.Difference // What changed before what did not.
	LeftOut     int                 // Differences that were counted and not kept.
}

// mostDifferences is how many are kept: nobody reads more.
const mostDifferences = 2000

// add counts what one camera's trial came to.
func (o *Outcome) add(found replay.Finding) {
	if o.Totals == nil {
		o.Totals = map[replay.Change]int{}
	}
	if found.Observations > 0 {
		o.Cameras++
	}
	for _, d := range found.Differences {
		o.Totals[d.Change]++
		o.Differences = append(o.Differences, d)
	}
	slices.SortStableFunc(o.Differences, func(a, b replay.Difference) int { return rankOf(a) - rankOf(b) })
	if over := len(o.Differences) - mostDifferences; over > 0 {
		o.Differences, o.LeftOut = o.Differences[:mostDifferences], o.LeftOut+over
	}
}

func rankOf(d replay.Difference) int {
	if d.Change == replay.Same {
		return 1
	}
	return 0
}

// Backtests keeps back-tests. Backtester runs them. It is safe for many goroutines.
type Backtests struct {
	pool     *pgxpool.Pool
	city     *geo.Store
	rulebook *Rulebook
	zone     *time.Location
	news     chan struct{} // Capacity 1: a back-test was begun.
}

// NewBacktests returns the back-tests in pool's database.
func NewBacktests(pool *pgxpool.Pool, city *geo.Store, rulebook *Rulebook, zone *time.Location) *Backtests {
	return &Backtests{pool: pool, city: city, rulebook: rulebook, zone: zone, news: make(chan struct{}, 1)}
}

// watch is what is in force now.
func (s *Backtests) watch(ctx context.Context) (w Watch, err error) {
	w.Zone = s.zone
	if w.Rules, err = s.rulebook.InForce(ctx); err != nil {
		return Watch{}, err
	}
	if w.Fences, err = s.city.Fences(ctx); err != nil {
		return Watch{}, err
	}
	w.Permits, err = s.city.Permits(ctx)
	return w, err
}

// Begin checks a draft and lets it be run. An *InvalidError names what is wrong with it.
func (s *Backtests) Begin(ctx context.Context, d Draft, personID int64) (Backtest, error) {
	if err := s.check(ctx, d); err != nil {
		return Backtest{}, err
	}
	var id int64
	err := s.pool.QueryRow(ctx, `INSERT INTO backtests (person, draft) VALUES ($1, $2) RETURNING id`, personID, d).Scan(&id)
	if err != nil {
		return Backtest{}, fmt.Errorf("back-test: %w", err)
	}
	select {
	case s.news <- struct{}{}:
	default:
	}
	return s.Backtest(ctx, id)
}

func (s *Backtests) check(ctx context.Context, d Draft) error {
	if err := d.validTime(time.Now()); err != nil {
		return err
	}
	w, err := s.watch(ctx)
	if err != nil {
		return err
	}
	if _, err := d.Over(w); err != nil {
		return err
	}
	if i, err := s.missing(ctx, `SELECT id FROM cameras WHERE id = ANY($1)`, d.Cameras); err != nil || i >= 0 {
		return cmp.Or(err, geo.Invalid(fmt.Sprintf("cameras[%d]", max(i, 0)), "there is no such camera"))
	}
	views := make([]string, 0, len(d.Fences))
	for _, f := range d.Fences {
		views = append(views, f.ViewID)
	}
	if i, err := s.missing(ctx, `SELECT id FROM views WHERE id = ANY($1) UNION SELECT ''`, views); err != nil || i >= 0 {
		return cmp.Or(err, geo.Invalid(fmt.Sprintf("fences[%d].view", max(i, 0)), "there is no such view"))
	}
	return nil
}

// missing is the place of the first id that a query does not return, -1 when there is none.
func (s *Backtests) missing(ctx context.Context, sql string, ids []string) (int, error) {
	rows, _ := s.pool.Query(ctx, sql, append([]string{}, ids...))
	known, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return -1, fmt.Errorf("back-test: %w", err)
	}
	return slices.IndexFunc(ids, func(id string) bool { return !slices.Contains(known, id) }), nil
}

const selectBacktests = `
	SELECT b.id, p.id, p.name, b.created_at, b.draft, b.state, b.progress, b.observations, b.error,
		b.decided_at, d.id, d.name
	FROM backtests b
	JOIN people p ON p.id = b.person
	LEFT JOIN people d ON d.id = b.decided_by`

func scanBacktest(row pgx.CollectableRow) (b Backtest, err error) {
	var decidedAt *time.Time
	var decider *int64
	var name *string
	err = row.Scan(&b.ID, &b.By.ID, &b.By.Name, &b.CreatedAt, &b.Draft, &b.State, &b.Progress, &b.Observations, &b.Error,
		&decidedAt, &decider, &name)
	b.CreatedAt, b.DecidedBy = b.CreatedAt.UTC(), orNil(decider, name)
	if decidedAt != nil {
		b.DecidedAt = decidedAt.UTC()
	}
	return b, err
}

// Backtest returns one with its outcome.
func (s *Backtests) Backtest(ctx context.Context, id int64) (Backtest, error) {
	rows, _ := s.pool.Query(ctx, selectBacktests+` WHERE b.id = $1`, id)
	b, err := pgx.CollectExactlyOneRow(rows, scanBacktest)
	if err != nil {
		return Backtest{}, fmt.Errorf("back-test %d: %w", id, notFound(err))
	}
	var outcome []byte
	if err := s.pool.QueryRow(ctx, `SELECT outcome FROM backtests WHERE id = $1`, id).Scan(&outcome); err != nil {
		return Backtest{}, fmt.Errorf("back-test %d: %w", id, err)
	}
	if outcome != nil {
		if err := json.Unmarshal(outcome, &b.Outcome); err != nil {
			return Backtest{}, fmt.Errorf("outcome of back-test %d: %w", id, err)
		}
	}
	return b, nil
}

// latestBacktests is how many a list has.
const latestBacktests = 50

// Backtests returns the latest, newest first, without their outcomes.
func (s *Backtests) Backtests(ctx context.Context) ([]Backtest, error) {
	rows, _ := s.pool.Query(ctx, selectBacktests+` ORDER BY b.id DESC LIMIT $1`, latestBacktests)
	all, err := pgx.CollectRows(rows, scanBacktest)
	if err != nil {
		return nil, fmt.Errorf("back-tests: %w", err)
	}
	return all, nil
}

// ErrDecided says that a back-test is not in the state that a decision needs.
var ErrDecided = errors.New("alerts: the back-test cannot be decided on")

// Publish puts a draft that was tried into force, all of it or nothing, and writes down who did.
func (s *Backtests) Publish(ctx context.Context, id, personID int64) (Backtest, error) {
	b, err := s.Backtest(ctx, id)
	if err != nil {
		return Backtest{}, err
	}
	if err := s.check(ctx, b.Draft); err != nil { // The city may have changed since.
		return Backtest{}, err
	}
	err = s.decide(ctx, id, personID, BacktestPublished, []BacktestState{BacktestDone}, func(tx pgx.Tx) error {
		city := s.city.In(tx)
		for _, f := range b.Draft.Fences {
			if err := city.PutFence(ctx, f); err != nil {
				return err
			}
		}
		for _, p := range b.Draft.Permits {
			if err := city.PutPermit(ctx, p); err != nil {
				return err
			}
		}
		if len(b.Draft.Thresholds) == 0 {
			return nil
		}
		_, err := tx.Exec(ctx, `INSERT INTO rule_changes (person, backtest, thresholds) VALUES ($1, $2, $3)`,
			personID, id, b.Draft.Thresholds)
		return err
	})
	if err != nil {
		return Backtest{}, err
	}
	return s.Backtest(ctx, id)
}

// Discard ends a back-test without a change; one that runs is stopped.
func (s *Backtests) Discard(ctx context.Context, id, personID int64) (Backtest, error) {
	open := []BacktestState{BacktestRunning, BacktestDone, BacktestFailed}
	if err := s.decide(ctx, id, personID, BacktestDiscarded, open, func(pgx.Tx) error { return nil }); err != nil {
		return Backtest{}, err
	}
	return s.Backtest(ctx, id)
}

// decide moves a back-test to its last state, with what belongs to it and a line of the audit.
func (s *Backtests) decide(ctx context.Context, id, personID int64, to BacktestState, from []BacktestState, also func(pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `SELECT state FROM backtests WHERE id = $1 FOR UPDATE`, id)
		state, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[BacktestState])
		if err != nil {
			return notFound(err)
		}
		if !slices.Contains(from, state) {
			return fmt.Errorf("%w: it is %s", ErrDecided, state)
		}
		if err := also(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE backtests SET state = $2, decided_at = now(), decided_by = $3 WHERE id = $1`, id, to, personID); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO audit (person, action, subject, data)
			SELECT $1, 'backtest.' || $2, 'backtest/' || id, draft FROM backtests WHERE id = $3`, personID, string(to), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("back-test %d: %w", id, err)
	}
	return nil
}

// RecordView notes that somebody looked at a picture that a back-test shows. One that it does not show is not found.
func (s *Backtests) RecordView(ctx context.Context, id int64, sha256 string, personID int64) error {
	if !sha256Form.MatchString(sha256) {
		return fmt.Errorf("picture of back-test %d: %w", id, ErrNotFound)
	}
	tag, err := s.pool.Exec(ctx, `
		INSERT INTO audit (person, action, subject, data)
		SELECT $1, 'backtest.picture', 'backtest/' || id, jsonb_build_object('sha256', $2::text)
		FROM backtests WHERE id = $3 AND position($2 IN outcome::text) > 0`, personID, sha256, id)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("picture of back-test %d: %w", id, err)
	}
	return nil
}
