package alerts

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
)

const (
	// DefaultLimit is the length of a list for which nobody asked for another.
	DefaultLimit = 100
	// MaxLimit is the longest list.
	MaxLimit = 1000
)

// Filter chooses alerts. The zero filter chooses all.
type Filter struct {
	State    string    // Words of State or Handling, or "open" for what is not cleared; several by comma, any of them.
	Matter   string    // A national code or a rule's key.
	Since    time.Time // Raised then or later.
	CameraID string    // Of those that saw it.
	Before   string    // The cursor that the page before gave.
	Limit    int       // 0 takes DefaultLimit.
}

// choice is a checked filter in the form that the query takes. An empty list chooses all.
type choice struct {
	states, handlings []string
	before            int64
	limit             int
}

func (f Filter) check() (choice, error) {
	c := choice{states: []string{}, handlings: []string{}, before: 1<<63 - 1, limit: f.Limit}
	for word := range strings.SplitSeq(f.State, ",") {
		switch word = strings.TrimSpace(word); word {
		case "":
		case "open":
			c.states = append(c.states, string(StateRaised), string(StateEscalated))
		case string(StateRaised), string(StateEscalated), string(StateCleared):
			c.states = append(c.states, word)
		case string(New), string(Acknowledged), string(Arrived), string(Handled):
			c.handlings = append(c.handlings, word)
		default:
			return choice{}, geo.Invalid("state", "%q is not a state of an alert", word)
		}
	}
	if !validText(f.Matter) {
		return choice{}, geo.Invalid("matter", "must be a code or the key of a rule")
	}
	if !validText(f.CameraID) {
		return choice{}, geo.Invalid("camera", "must be the id of a camera")
	}
	if f.Limit < 0 || f.Limit > MaxLimit {
		return choice{}, geo.Invalid("limit", "must be between 1 and %d", MaxLimit)
	}
	if f.Limit == 0 {
		c.limit = DefaultLimit
	}
	if f.Before != "" {
		before, err := strconv.ParseInt(f.Before, 10, 64)
		if err != nil || before < 1 {
			return choice{}, geo.Invalid("cursor", "%q is not one that a list gave", f.Before)
		}
		c.before = before
	}
	return c, nil
}

// Alerts returns the chosen alerts that the scope covers, newest first; next is the cursor of the page after, empty at
// the end. seq is the number of the last event that the list contains: a subscription after it misses nothing.
func (s *Store) Alerts(ctx context.Context, f Filter, scope Scope) (items []Alert, next string, seq int64, err error) {
	c, err := f.check()
	if err != nil {
		return nil, "", 0, err
	}
	err = s.snapshot(ctx, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, selectAlerts+`
			WHERE a.id < $1 AND a.joined IS NULL AND a.merged IS NULL
			AND (cardinality($2::text[]) + cardinality($3::text[]) = 0 OR a.state = ANY($2) OR a.handling = ANY($3))
			AND ($4 = '' OR a.matter = $4 OR a.rule = $4)
			AND ($5::timestamptz IS NULL OR a.raised_at >= $5)
			AND ($6 = '' OR EXISTS (SELECT FROM occupancies x WHERE x.alert = a.id AND x.camera = $6))
			AND `+inScope(8)+`
			ORDER BY a.id DESC
			LIMIT $7`,
			append([]any{c.before, c.states, c.handlings, f.Matter, orNull(f.Since), f.CameraID, c.limit + 1}, scope.sqlArgs()...)...)
		if items, err = pgx.CollectRows(rows, scanAlert); err != nil {
			return err
		}
		seq, err = lastSeq(ctx, tx)
		return err
	})
	if err != nil {
		return nil, "", 0, fmt.Errorf("list alerts: %w", err)
	}
	if len(items) > c.limit {
		items = items[:c.limit]
		next = strconv.FormatInt(items[c.limit-1].ID, 10)
	}
	return items, next, seq, nil
}
