package alerts

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// insertReceipts queues an alert for everyone who answers for its grid.
const insertReceipts = `
	INSERT INTO receipts (alert, person)
	SELECT $1, m.person
	FROM beat_grids g
	JOIN beat_members m ON m.beat = g.beat
	JOIN people p ON p.id = m.person
	WHERE g.net = $2 AND g.code = $3 AND p.active
	ON CONFLICT DO NOTHING`

// MarkDelivered records that the event reached a device of the person. An event that queued nothing for them is
// no error: operators see all and are told of nothing.
func (s *Store) MarkDelivered(ctx context.Context, seq, personID int64) error {
	_, err := s.pool.Exec(ctx, `
		UPDATE receipts SET delivered_at = now()
		WHERE person = $2 AND delivered_at IS NULL AND alert = (SELECT alert FROM events WHERE seq = $1)`, seq, personID)
	if err != nil {
		return fmt.Errorf("mark event %d delivered: %w", seq, err)
	}
	return nil
}

// MarkShown records that the event stood on the person's screen, and so had been delivered.
func (s *Store) MarkShown(ctx context.Context, seq, personID int64) error {
	_, err := s.pool.Exec(ctx, `
		UPDATE receipts SET delivered_at = coalesce(delivered_at, now()), shown_at = now()
		WHERE person = $2 AND shown_at IS NULL AND alert = (SELECT alert FROM events WHERE seq = $1)`, seq, personID)
	if err != nil {
		return fmt.Errorf("mark event %d shown: %w", seq, err)
	}
	return nil
}

func receiptsOf(ctx context.Context, tx pgx.Tx, id int64) ([]Receipt, error) {
	rows, _ := tx.Query(ctx, `
		SELECT p.id, p.name, r.queued_at, r.delivered_at, r.shown_at, r.acknowledged_at
		FROM receipts r
		JOIN people p ON p.id = r.person
		WHERE r.alert = $1
		ORDER BY r.queued_at, p.id`, id)
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Receipt, error) {
		var r Receipt
		var delivered, shown, acknowledged *time.Time
		err := row.Scan(&r.Person.ID, &r.Person.Name, &r.QueuedAt, &delivered, &shown, &acknowledged)
		r.QueuedAt = r.QueuedAt.UTC()
		r.DeliveredAt, r.ShownAt, r.AcknowledgedAt = orZero(delivered), orZero(shown), orZero(acknowledged)
		return r, err
	})
}
