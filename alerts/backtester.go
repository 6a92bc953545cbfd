package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"syscall"
	"time"

	"gridwatch/vision/replay"

	"github.com/jackc/pgx/v5"
)

// Backtester runs back-tests, one at a time, on a thread that yields to everything else.
type Backtester struct {
	store   *Backtests
	library *replay.Library
	log     *slog.Logger
}

// NewBacktester returns a stage that runs what store holds on the recordings of library.
func NewBacktester(store *Backtests, library *replay.Library, log *slog.Logger) *Backtester {
	return &Backtester{store: store, library: library, log: log}
}

const (
	backtestEvery = 30 * time.Second // Also without news: another process may have begun one.
	tellEvery     = time.Second
	lowestWeight  = 19 // The nice value of whoever can wait longest.
)

// Run works until ctx ends. A back-test that was cut off begins again at the next start.
func (b *Backtester) Run(ctx context.Context) error {
	again := time.NewTicker(backtestEvery)
	defer again.Stop()
	for {
		if err := b.runAll(ctx); err != nil && ctx.Err() == nil {
			b.log.Warn("back-tests are disturbed, trying again", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-b.store.news:
		case <-again.C:
		}
	}
}

// runAll runs what waits, oldest first.
func (b *Backtester) runAll(ctx context.Context) error {
	for ctx.Err() == nil {
		rows, _ := b.store.pool.Query(ctx, selectBacktests+` WHERE b.state = 'running' ORDER BY b.id LIMIT 1`)
		next, err := pgx.CollectRows(rows, scanBacktest)
		if err != nil || len(next) == 0 {
			return err
		}
		outcome, observations, err := b.lowly(ctx, next[0])
		switch {
		case errors.Is(err, errStopped) || ctx.Err() != nil:
		case err != nil:
			b.log.Warn("back-test failed", "backtest", next[0].ID, "err", err)
			err = b.store.end(ctx, next[0].ID, BacktestFailed, err.Error(), nil, observations)
		default:
			err = b.store.end(ctx, next[0].ID, BacktestDone, "", &outcome, observations)
		}
		if err != nil && !errors.Is(err, errStopped) {
			return err
		}
	}
	return nil
}

// errStopped says that somebody discarded the back-test while it ran.
var errStopped = errors.New("alerts: the back-test was discarded")

// lowly runs one back-test on a thread of the lowest priority. The thread ends with it.
func (b *Backtester) lowly(ctx context.Context, test Backtest) (outcome Outcome, observations int64, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if reason := recover(); reason != nil { // A draft may not end the program that watches the city.
				err = fmt.Errorf("back-test: %v", reason)
			}
		}()
		runtime.LockOSThread() // Never unlocked: a thread that has become slow is not given back.
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, 0, lowestWeight); err != nil {
			b.log.Debug("back-test runs at full priority", "err", err)
		}
		outcome, observations, err = b.run(ctx, test)
	}()
	<-done
	return outcome, observations, err
}

func (b *Backtester) run(ctx context.Context, test Backtest) (outcome Outcome, observations int64, err error) {
	now, err := b.store.watch(ctx)
	if err != nil {
		return outcome, 0, err
	}
	drafted, err := test.Draft.Over(now)
	if err != nil {
		return outcome, 0, err
	}
	cameras, total, err := b.store.recorded(ctx, test.Draft)
	if err != nil {
		return outcome, 0, err
	}
	told := time.Now()
	for _, camera := range cameras {
		found, err := b.library.Try(ctx, replay.Trial{
			CameraID: camera, From: test.Draft.From, Until: test.Draft.Until, Before: now.of, After: drafted.of,
			Progress: func(steps int) error {
				if observations += int64(steps); time.Since(told) < tellEvery {
					return nil
				}
				told = time.Now()
				return b.store.progress(ctx, test.ID, observations, total)
			},
		})
		if err != nil {
			return outcome, observations, fmt.Errorf("camera %q: %w", camera, err)
		}
		outcome.add(found)
	}
	return outcome, observations, nil
}

// recorded are the cameras of a draft, and about how many observations there are of them.
func (s *Backtests) recorded(ctx context.Context, d Draft) (cameras []string, total int64, err error) {
	rows, _ := s.pool.Query(ctx, `
		SELECT id FROM cameras WHERE cardinality($1::text[]) = 0 OR id = ANY($1) ORDER BY id`, append([]string{}, d.Cameras...))
	if cameras, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return nil, 0, fmt.Errorf("back-test: %w", err)
	}
	err = s.pool.QueryRow(ctx, `
		SELECT coalesce(sum(observations), 0) FROM recordings WHERE camera = ANY($1) AND until_at >= $2 AND from_at <= $3`,
		cameras, d.From, d.Until).Scan(&total)
	return cameras, total, err
}

// progress notes how far a back-test has come. It fails when somebody discarded it.
func (s *Backtests) progress(ctx context.Context, id, observations, total int64) error {
	tag, err := s.pool.Exec(ctx, `
		UPDATE backtests SET observations = $2, progress = $3 WHERE id = $1 AND state = 'running'`,
		id, observations, min(float64(observations)/float64(max(total, 1)), 0.99))
	if err == nil && tag.RowsAffected() == 0 {
		return errStopped
	}
	return err
}

// end notes what a back-test came to, unless somebody discarded it.
func (s *Backtests) end(ctx context.Context, id int64, state BacktestState, reason string, outcome *Outcome, observations int64) error {
	_, err := s.pool.Exec(ctx, `
		UPDATE backtests SET state = $2, error = $3, outcome = $4, observations = $5, progress = 1, ended_at = now()
		WHERE id = $1 AND state = 'running'`, id, state, reason, outcome, observations)
	if err != nil {
		return fmt.Errorf("back-test %d: %w", id, err)
	}
	return nil
}
