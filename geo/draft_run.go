package geo

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// sweepEvery bounds how late an open matter is re-homed that was recorded while an edition began.
const sweepEvery = 5 * time.Second

// Run is there when a published edition begins: it gives it the open matters whose ground it takes, and tells everybody.
// A moment that passed while no process ran is caught up with. Many processes may run it; what one did changes nothing for
// the others. It outlives a database that is away.
func (d *Drafts) Run(ctx context.Context, log *slog.Logger) error {
	for {
		if err := d.Sweep(ctx, time.Now()); err != nil && ctx.Err() == nil {
			log.Warn("open matters could not be re-homed, trying again", "err", err)
		}
		pause := sweepEvery
		if next := d.locator.next(time.Now()); !next.IsZero() {
			pause = min(pause, max(time.Until(next), 0)+time.Millisecond)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// Sweep is one round of Run.
func (d *Drafts) Sweep(ctx context.Context, now time.Time) error {
	var all error
	for _, e := range d.locator.inForce(now) {
		all = errors.Join(all, d.settle(ctx, e))
	}
	return all
}

// settle brings the open matters to an edition in force, and tells of it when nobody did.
func (d *Drafts) settle(ctx context.Context, e indexed) error {
	wrote := false
	err := pgx.BeginFunc(ctx, d.store.pool, func(tx pgx.Tx) error {
		var begun bool // Nobody publishes another edition in its place meanwhile.
		err := tx.QueryRow(ctx, `
			SELECT begun FROM editions
			WHERE id = $1 AND from_at <= clock_timestamp() AND (until_at IS NULL OR clock_timestamp() < until_at)
			FOR NO KEY UPDATE`, e.ID).Scan(&begun)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // The locator is behind, or its clock ahead.
		}
		if err != nil {
			return err
		}
		if err := d.record.Rehome(ctx, tx, e.Edition, e.index.Locate); err != nil || begun {
			return err
		}
		wrote = true
		if _, err := tx.Exec(ctx, `UPDATE editions SET begun = true WHERE id = $1`, e.ID); err != nil {
			return err
		}
		return d.tell(ctx, tx, e.Edition)
	})
	if err == nil && wrote {
		d.wake()
	}
	return err
}
