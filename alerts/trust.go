package alerts

import (
	"context"
	"fmt"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
)

// Floor says when a rule is not trusted at a camera any more: of its last verdicts, at least Least, less than the share
// Precision was true. What it raises there is then for review only, until enough of it is true again or an administrator
// sets the verdicts aside.
type Floor struct {
	Precision float64
	Least     int
}

// DefaultFloor is half of ten.
var DefaultFloor = Floor{Precision: 0.5, Least: 10}

// lastVerdicts is how many of a pair's verdicts decide whether it is trusted. Older ones are of another season.
const lastVerdicts = 30

// Validate returns the first rule that f breaks.
func (f Floor) Validate() error {
	if !(f.Precision >= 0 && f.Precision <= 1) { // Also refuses NaN.
		return geo.Invalid("floor", "must be a share, 0 to 1 (got %v)", f.Precision)
	}
	if f.Least < 1 || f.Least > lastVerdicts {
		return geo.Invalid("least", "must be 1 to %d (got %d)", lastVerdicts, f.Least)
	}
	return nil
}

// isBelow reports whether so many true and false alerts are too few true ones. Duplicates were there: they say nothing of
// how right the rule is.
func (f Floor) isBelow(right, wrong int) bool {
	return right+wrong >= f.Least && float64(right) < f.Precision*float64(right+wrong)
}

// Trust is how far a rule is trusted at a camera.
type Trust struct {
	Rule       string
	CameraID   string
	ReviewOnly bool
	Right      int // Verdicts, of the last ones.
	Wrong      int
}

// weigh counts the last verdicts of every rule × camera that saw the alert, and returns those that are trusted otherwise
// than before. Its caller holds the alert; pairs are locked in their order.
func (s *Store) weigh(ctx context.Context, tx pgx.Tx, alert int64) (turned []Trust, err error) {
	rows, _ := tx.Query(ctx, `SELECT DISTINCT rule, camera FROM occupancies WHERE alert = $1 ORDER BY rule, camera`, alert)
	pairs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Trust, err error) {
		return t, row.Scan(&t.Rule, &t.CameraID)
	})
	if err != nil {
		return nil, err
	}
	for _, t := range pairs {
		was, countedFrom, err := lockTrust(ctx, tx, t.Rule, t.CameraID)
		if err != nil {
			return nil, err
		}
		if t.Right, t.Wrong, err = lastWords(ctx, tx, t.Rule, t.CameraID, countedFrom); err != nil {
			return nil, err
		}
		if t.ReviewOnly = s.Floor.isBelow(t.Right, t.Wrong); t.ReviewOnly == was {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE trust SET review_only = $3, since_at = now() WHERE rule = $1 AND camera = $2`,
			t.Rule, t.CameraID, t.ReviewOnly); err != nil {
			return nil, err
		}
		turned = append(turned, t)
	}
	return turned, nil
}

// lockTrust makes the pair if need be, and keeps others from changing it until the transaction ends.
func lockTrust(ctx context.Context, tx pgx.Tx, rule, camera string) (reviewOnly bool, countedFrom *time.Time, err error) {
	if _, err := tx.Exec(ctx, `INSERT INTO trust (rule, camera) VALUES ($1, $2) ON CONFLICT DO NOTHING`, rule, camera); err != nil {
		return false, nil, err
	}
	err = tx.QueryRow(ctx, `
		SELECT review_only, nullif(counted_from, '-infinity') FROM trust WHERE rule = $1 AND camera = $2 FOR UPDATE`,
		rule, camera).Scan(&reviewOnly, &countedFrom)
	return reviewOnly, countedFrom, err
}

func lastWords(ctx context.Context, tx pgx.Tx, rule, camera string, from *time.Time) (right, wrong int, err error) {
	err = tx.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE verdict = 'true'), count(*) FILTER (WHERE verdict = 'false')
		FROM (
			SELECT a.verdict FROM alerts a
			WHERE a.verdict IN ('true', 'false') AND ($3::timestamptz IS NULL OR a.verdict_at > $3)
			AND EXISTS (SELECT FROM occupancies o WHERE o.alert = a.id AND o.rule = $1 AND o.camera = $2)
			ORDER BY a.verdict_at DESC, a.id DESC
			LIMIT $4) AS last`, rule, camera, from, lastVerdicts).Scan(&right, &wrong)
	return right, wrong, err
}

// insertTrust writes the event of a pair that is trusted otherwise than before.
const insertTrust = `
	INSERT INTO events (type, camera, person, data)
	VALUES ($1, (SELECT id FROM cameras WHERE id = $2), $3, jsonb_build_object('trust', $4::jsonb))`

func tellTrust(ctx context.Context, tx pgx.Tx, turned []Trust, person any) error {
	for _, t := range turned {
		event := ReviewEnded
		if t.ReviewOnly {
			event = ReviewBegan
		}
		if _, err := tx.Exec(ctx, insertTrust, event, t.CameraID, person, t); err != nil {
			return err
		}
	}
	return nil
}

// ResetTrust sets the verdicts of a rule at a camera aside: it is trusted again, and counting begins anew. A pair that
// nobody judged yet is ErrNotFound.
func (s *Store) ResetTrust(ctx context.Context, rule, camera string, personID int64) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `SELECT review_only FROM trust WHERE rule = $1 AND camera = $2 FOR UPDATE`, rule, camera)
		was, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
		if err != nil {
			return notFound(err)
		}
		if _, err := tx.Exec(ctx, `
			UPDATE trust SET review_only = false, counted_from = clock_timestamp(),
				since_at = CASE WHEN review_only THEN now() ELSE since_at END
			WHERE rule = $1 AND camera = $2`, rule, camera); err != nil || !was {
			return err
		}
		return tellTrust(ctx, tx, []Trust{{Rule: rule, CameraID: camera}}, personID)
	})
	if err != nil {
		return fmt.Errorf("reset the trust in %q at %q: %w", rule, camera, err)
	}
	s.wake()
	return nil
}

// Precision is how often a rule was right at a camera, over all hours or in one hour of the day.
type Precision struct {
	Rule                   string
	Camera                 CameraRef
	Hour                   *int // 0 to 23 in the city's zone; nil over all hours.
	True, False, Duplicate int
	ReviewOnly             bool // Now.
}

// Share is the part of the judged things that were there; false where none was judged.
func (p Precision) Share() (float64, bool) {
	if p.True+p.False == 0 {
		return 0, false
	}
	return float64(p.True) / float64(p.True+p.False), true
}

// Precision counts the verdicts since then by rule, camera and hour of the day (IANA zone) in which the alert was raised.
// A verdict counts for every camera that saw the thing. Each pair's sum over all hours comes before its hours; a pair for
// review only is listed even when nobody judged it lately. The floor is the one in force.
func (s *Store) Precision(ctx context.Context, since time.Time, zone string) ([]Precision, Floor, error) {
	rows, _ := s.pool.Query(ctx, `
		WITH judged AS (
			SELECT DISTINCT o.rule, o.camera, extract(hour FROM a.raised_at AT TIME ZONE $2)::int AS hour, a.verdict, a.id
			FROM alerts a
			JOIN occupancies o ON o.alert = a.id
			WHERE a.verdict_at >= $1
		), counted AS (
			SELECT rule, camera, hour, count(*) FILTER (WHERE verdict = 'true') AS right,
				count(*) FILTER (WHERE verdict = 'false') AS wrong, count(*) FILTER (WHERE verdict = 'duplicate') AS twice
			FROM judged
			GROUP BY GROUPING SETS ((rule, camera), (rule, camera, hour))
			UNION ALL
			SELECT rule, camera, NULL, 0, 0, 0 FROM trust t
			WHERE t.review_only AND NOT EXISTS (SELECT FROM judged j WHERE j.rule = t.rule AND j.camera = t.camera)
		)
		SELECT n.rule, n.camera, coalesce(c.name, n.camera), n.hour, n.right, n.wrong, n.twice, coalesce(t.review_only, false)
		FROM counted n
		LEFT JOIN cameras c ON c.id = n.camera
		LEFT JOIN trust t ON t.rule = n.rule AND t.camera = n.camera
		ORDER BY n.rule, n.camera, n.hour NULLS FIRST`, since, zone)
	items, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Precision, err error) {
		return p, row.Scan(&p.Rule, &p.Camera.ID, &p.Camera.Name, &p.Hour, &p.True, &p.False, &p.Duplicate, &p.ReviewOnly)
	})
	if err != nil {
		return nil, s.Floor, fmt.Errorf("precision: %w", err)
	}
	return items, s.Floor, nil
}
