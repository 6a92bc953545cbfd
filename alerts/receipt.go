package alerts

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// queue notes that the people are told of an alert, each on every device on which they are signed in, and begins to wait
// for an answer. Who was told before is not told again.
func queue(ctx context.Context, tx pgx.Tx, alert int64, people []int64) error {
	var batch pgx.Batch
	batch.Queue(`
		INSERT INTO receipts (alert, person, role, device)
		SELECT $1, p.id, p.role, coalesce(d.device, '')
		FROM people p
		LEFT JOIN (SELECT DISTINCT person, device FROM sessions WHERE expires_at > now() AND seen_at > now() - $3::interval) d
			ON d.person = p.id
		WHERE p.id = ANY($2) AND p.active AND NOT EXISTS (SELECT FROM receipts r WHERE r.alert = $1 AND r.person = p.id)
		ON CONFLICT DO NOTHING`, alert, people, SessionIdle)
	batch.Queue(`UPDATE alerts SET asked_at = now() WHERE id = $1 AND asked_at IS NULL`, alert)
	return tx.SendBatch(ctx, &batch).Close()
}

// MarkDelivered records that the event reached the person's device. An event that queued nothing for them is no error:
// operators see all and are told of little.
func (s *Store) MarkDelivered(ctx context.Context, seq, personID int64, device string) error {
	if err := s.mark(ctx, seq, personID, device, false); err != nil {
		return fmt.Errorf("mark event %d delivered: %w", seq, err)
	}
	return nil
}

// MarkShown records that the event stood on the screen of the person's device, and so had been delivered.
func (s *Store) MarkShown(ctx context.Context, seq, personID int64, device string) error {
	if err := s.mark(ctx, seq, personID, device, true); err != nil {
		return fmt.Errorf("mark event %d shown: %w", seq, err)
	}
	return nil
}

// mark writes how far an event came on a device. One that the person signed in on after they were told has the receipt
// that waited for a first device, or else gets its own.
func (s *Store) mark(ctx context.Context, seq, person int64, device string, shown bool) error {
	tag, err := s.pool.Exec(ctx, `
		UPDATE receipts SET device = $3, delivered_at = coalesce(delivered_at, now()),
			shown_at = CASE WHEN $4 THEN coalesce(shown_at, now()) ELSE shown_at END
		WHERE person = $2 AND device IN ($3, '') AND alert = (SELECT alert FROM events WHERE seq = $1)`,
		seq, person, device, shown)
	if err != nil || tag.RowsAffected() > 0 {
		return err
	}
	_, err = s.pool.Exec(ctx, `
		INSERT INTO receipts AS r (alert, person, role, device, queued_at, acknowledged_at, delivered_at, shown_at)
		SELECT alert, person, role, $3, min(queued_at), min(acknowledged_at), now(), CASE WHEN $4 THEN now() END
		FROM receipts WHERE person = $2 AND alert = (SELECT alert FROM events WHERE seq = $1)
		GROUP BY alert, person, role
		ON CONFLICT (alert, person, device) DO UPDATE SET shown_at = coalesce(r.shown_at, EXCLUDED.shown_at)`,
		seq, person, device, shown)
	return err
}

func receiptsOf(ctx context.Context, tx pgx.Tx, id int64) ([]Receipt, error) {
	rows, _ := tx.Query(ctx, `
		SELECT p.id, p.name, r.role, r.device, r.queued_at, r.delivered_at, r.shown_at, r.acknowledged_at
		FROM receipts r
		JOIN people p ON p.id = r.person
		WHERE r.alert = $1
		ORDER BY r.queued_at, p.id, r.device`, id)
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Receipt, error) {
		var r Receipt
		var delivered, shown, acknowledged *time.Time
		err := row.Scan(&r.Person.ID, &r.Person.Name, &r.Role, &r.Device, &r.QueuedAt, &delivered, &shown, &acknowledged)
		r.QueuedAt = r.QueuedAt.UTC()
		r.DeliveredAt, r.ShownAt, r.AcknowledgedAt = orZero(delivered), orZero(shown), orZero(acknowledged)
		return r, err
	})
}
