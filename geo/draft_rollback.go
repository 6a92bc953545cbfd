package geo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Rollback takes a published edition back, with all that are published for later. Of one that has not begun nothing else
// is left to do: it is withdrawn, and the one before it stays. Instead of the one in force, the grids of the one before it
// are published again from now; and an older one is itself published again from now. Again means as a new edition: the
// answer is that one.
func (d *Drafts) Rollback(ctx context.Context, id int64, by Actor) (Edition, error) {
	return d.inTurn(ctx, id, by, func(t *publishing, e Edition) (int64, error) {
		if e.State != EditionPublished && e.State != EditionSuperseded {
			return 0, stateError("the edition is %s: only a published one can be rolled back", e.State)
		}
		if e.From.After(t.now) {
			return id, withdraw(ctx, t, e.Net, e.From)
		}
		if err := withdraw(ctx, t, e.Net, t.now); err != nil {
			return 0, err
		}
		inForce, err := newestOf(ctx, t.tx, e.Net)
		if err != nil {
			return 0, err
		}
		older := e.ID
		if older == inForce {
			if older, err = beforeOf(ctx, t.tx, e); err != nil {
				return 0, err
			}
		}
		return d.again(ctx, t, older, inForce)
	})
}

// withdraw takes back the editions of a net that begin at the moment or later.
func withdraw(ctx context.Context, t *publishing, net Net, from time.Time) error {
	rows, _ := t.tx.Query(ctx, `
		UPDATE editions SET state = 'withdrawn', from_at = NULL, until_at = NULL
		WHERE net = $1 AND state = 'published' AND from_at >= $2 RETURNING id`, net, from)
	gone, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("withdraw editions of the %s net: %w", net, err)
	}
	if len(gone) == 0 {
		return nil
	}
	if _, err := t.tx.Exec(ctx, `
		UPDATE editions SET until_at = NULL WHERE net = $1 AND state = 'published' AND until_at >= $2`, net, from); err != nil {
		return fmt.Errorf("go on with the edition before of the %s net: %w", net, err)
	}
	for _, id := range gone {
		e, err := t.store.Edition(ctx, id)
		if err != nil {
			return err
		}
		if err := (logEntry{edition: id, version: e.Version, op: "withdraw", person: t.by.ID}).write(ctx, t.tx); err != nil {
			return err
		}
		t.tell = append(t.tell, e)
	}
	return nil
}

// beforeOf is the edition that ended where e began.
func beforeOf(ctx context.Context, tx pgx.Tx, e Edition) (id int64, err error) {
	err = tx.QueryRow(ctx, `SELECT id FROM editions WHERE net = $1 AND until_at = $2`, e.Net, e.From).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, stateError("there is no older edition to publish again")
	}
	return id, err
}

// again publishes the grids of an older edition from now, as a new one.
func (d *Drafts) again(ctx context.Context, t *publishing, older, inForce int64) (int64, error) {
	from, err := t.store.Edition(ctx, older)
	if err != nil {
		return 0, err
	}
	var same bool
	err = t.tx.QueryRow(ctx, `SELECT count(DISTINCT coalesce(copy_of, id)) = 1 FROM editions WHERE id IN ($1, $2)`, older, inForce).Scan(&same)
	if err != nil {
		return 0, err
	}
	if same {
		return 0, stateError("these boundaries are in force already")
	}
	if err := closeEdition(ctx, t.tx, from.Net, t.now); err != nil {
		return 0, err
	}
	var id int64
	err = t.tx.QueryRow(ctx, `
		INSERT INTO editions (net, title, from_at, demo, base, replaces, copy_of, author, changed)
		SELECT net, title, $2, demo, id, $3, coalesce(copy_of, id), $4, (`+differing+`)
		FROM editions WHERE id = $1 RETURNING id`, older, t.now, inForce, t.by.ID).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("publish edition %d again: %w", older, err)
	}
	_, err = t.tx.Exec(ctx, `
		INSERT INTO grids (edition, net, code, name, kind, street, section, geom)
		SELECT $1, net, code, name, kind, street, section, geom FROM grids WHERE edition = $2`, id, older)
	if err != nil {
		return 0, fmt.Errorf("publish edition %d again: %w", older, err)
	}
	grids, err := t.store.gridsOf(ctx, id)
	if err != nil {
		return 0, err
	}
	return id, d.begins(ctx, t, id, "rollback", grids)
}

// differing are the codes of grids that two editions, $1 and $3, do not have alike.
const differing = `
	SELECT coalesce(array_agg(coalesce(a.code, b.code) ORDER BY 1), '{}')
	FROM (SELECT * FROM grids WHERE edition = $1) a
	FULL JOIN (SELECT * FROM grids WHERE edition = $3) b ON b.code = a.code
	WHERE a.code IS NULL OR b.code IS NULL OR (a.name, a.kind, a.street, a.section) IS DISTINCT FROM (b.name, b.kind, b.street, b.section)
		OR NOT a.geom = b.geom OR NOT ST_Equals(a.geom, b.geom)`
