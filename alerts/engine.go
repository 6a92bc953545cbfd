package alerts

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"gridwatch/alerts/bus"
	"gridwatch/vision"

	"github.com/jackc/pgx/v5/pgconn"
)

// Engine makes alerts of sightings.
type Engine struct {
	store    *Store
	dispatch *Dispatch
	bus      *bus.Bus
	log      *slog.Logger
	counters EngineCounters
}

// EngineCounters count since the start of the process.
type EngineCounters struct {
	Taken    atomic.Int64 // Sightings that changed the record.
	Repeats  atomic.Int64 // Sightings that were known already.
	Rejected atomic.Int64 // Messages that no alert can be made of.
	Retries  atomic.Int64 // Attempts that failed and were made again.
	TakeTime atomic.Int64 // Nanoseconds spent in recording what was taken.
}

const (
	// An attempt and the pause after it together stay below the time (bus: 10 s) after which a message is told again.
	attemptTimeout = 5 * time.Second
	firstPause     = 50 * time.Millisecond
	longestPause   = 2 * time.Second
	// hopelessAfter is how often the database may refuse a sighting's data before it is rejected.
	hopelessAfter = 3
)

// NewEngine returns an engine that reads the bus and writes to the store.
func NewEngine(store *Store, dispatch *Dispatch, bus *bus.Bus, log *slog.Logger) *Engine {
	return &Engine{store: store, dispatch: dispatch, bus: bus, log: log}
}

// Counters are live: read them at any time.
func (e *Engine) Counters() *EngineCounters { return &e.counters }

// Run takes sightings one by one until ctx ends or the bus is closed. A sighting is acknowledged after its record is
// committed; while the database is away it is kept and tried again.
func (e *Engine) Run(ctx context.Context) error {
	for {
		delivery, err := e.bus.Next(ctx)
		if err != nil {
			return err
		}
		if err := e.handle(ctx, delivery); err != nil {
			return err
		}
	}
}

func (e *Engine) handle(ctx context.Context, d *bus.Delivery) error {
	s, err := decodeSighting(d.Data())
	if err != nil {
		return e.reject(ctx, d, err)
	}
	err = e.untilDone(ctx, d, func(ctx context.Context) error { return e.take(ctx, s) })
	if isRefused(err) {
		return e.reject(ctx, d, err)
	}
	if err != nil {
		return err
	}
	if err := d.Ack(); err != nil {
		e.log.Debug("acknowledgement lost, the sighting will come again", "sighting", s.Key, "err", err)
	}
	return nil
}

func (e *Engine) take(ctx context.Context, s vision.Sighting) error {
	begin := time.Now()
	taken, err := e.store.take(ctx, s, e.dispatch)
	switch {
	case err != nil:
	case taken:
		e.counters.Taken.Add(1)
		e.counters.TakeTime.Add(int64(time.Since(begin)))
	default:
		e.counters.Repeats.Add(1)
	}
	return err
}

// reject keeps the message aside and ends it.
func (e *Engine) reject(ctx context.Context, d *bus.Delivery, reason error) error {
	err := e.untilDone(ctx, d, func(ctx context.Context) error { return e.store.reject(ctx, d.Data(), reason.Error()) })
	if err != nil {
		return err
	}
	e.counters.Rejected.Add(1)
	e.log.Error("sighting rejected", "reason", reason)
	if err := d.Reject("see rejected_sightings"); err != nil {
		e.log.Debug("rejection lost, the sighting will come again", "err", err)
	}
	return nil
}

// untilDone attempts the work until it succeeds, or the database refuses the data itself, or ctx ends; then the message
// goes back to the stream. Between attempts it tells the stream that the message is still in hand.
func (e *Engine) untilDone(ctx context.Context, d *bus.Delivery, work func(context.Context) error) error {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		err := attemptOnce(work)
		if err == nil {
			if attempt > 1 {
				e.log.Info("recording goes on", "attempts", attempt)
			}
			return nil
		}
		if ctx.Err() == nil && isRefused(err) && attempt >= hopelessAfter {
			return err
		}
		if attempt == 1 && ctx.Err() == nil {
			e.log.Warn("recording is disturbed, trying again", "err", err)
		}
		e.counters.Retries.Add(1)
		if err := d.InProgress(); err != nil {
			e.log.Debug("the stream cannot be told to wait", "err", err)
		}
		select {
		case <-ctx.Done():
			if err := d.Return(); err != nil {
				e.log.Debug("the message cannot be given back, it will come again later", "err", err)
			}
			return ctx.Err()
		case <-time.After(pause):
			pause = min(2*pause, longestPause)
		}
	}
}

// attemptOnce is not ended by the end of the program: a record that was begun is finished and acknowledged.
func attemptOnce(work func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), attemptTimeout)
	defer cancel()
	return work(ctx)
}

// isRefused reports whether the database understood the data and will not have it: data exceptions and violated
// constraints. Another attempt may still help, for what the data refers to may have changed meanwhile.
func isRefused(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (strings.HasPrefix(refused.Code, "22") || strings.HasPrefix(refused.Code, "23"))
}
