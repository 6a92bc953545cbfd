package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"gridwatch/vision"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// RuleChange is what was published over the rules' file.
type RuleChange struct {
	ID         int64
	At         time.Time
	By         Ref
	Backtest   int64
	Thresholds map[string]map[string]float64 // By rule and key.
}

// Rulebook knows which rules are in force: those of the file, with what was published over them. It is safe for many
// goroutines.
type Rulebook struct {
	pool *pgxpool.Pool
	file vision.Rules
	log  *slog.Logger

	mu   sync.Mutex
	last int64 // Number of changes in made.
	made vision.Rules
}

// NewRulebook returns the rules of the file with the changes in pool's database.
func NewRulebook(pool *pgxpool.Pool, file vision.Rules, log *slog.Logger) *Rulebook {
	return &Rulebook{pool: pool, file: file, log: log, made: file}
}

// File returns the rules as the file has them.
func (b *Rulebook) File() vision.Rules { return b.file }

// InForce returns the rules with every change. Their version is the file's plus the number of changes, so it grows
// whoever changes what. What a newer file has no place for is logged and left out.
func (b *Rulebook) InForce(ctx context.Context) (vision.Rules, error) {
	changes, err := b.Changes(ctx)
	if err != nil {
		return vision.Rules{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := int64(len(changes)); n != b.last {
		b.made, b.last = b.lay(changes), n
	}
	return b.made, nil
}

// lay lays changes over the file's rules.
func (b *Rulebook) lay(changes []RuleChange) vision.Rules {
	all := map[string]map[string]float64{}
	for _, c := range changes {
		for rule, values := range c.Thresholds {
			if all[rule] == nil {
				all[rule] = map[string]float64{}
			}
			maps.Copy(all[rule], values)
		}
	}
	rules := b.file
	for _, key := range slices.Sorted(maps.Keys(all)) {
		changed, err := rules.With(rules.Version, map[string]map[string]float64{key: all[key]})
		if err != nil {
			b.log.Error("a published change does not fit the rules' file and is left out", "rule", key, "err", err)
			continue
		}
		rules = changed
	}
	rules.Version = b.file.Version + len(changes)
	return rules
}

// Changes are all that was published, oldest first.
func (b *Rulebook) Changes(ctx context.Context) ([]RuleChange, error) {
	rows, _ := b.pool.Query(ctx, `
		SELECT c.id, c.at, p.id, p.name, c.backtest, c.thresholds
		FROM rule_changes c JOIN people p ON p.id = c.person
		ORDER BY c.id`)
	changes, err := pgx.CollectRows(rows, scanRuleChange)
	if err != nil {
		return nil, fmt.Errorf("changes of the rules: %w", err)
	}
	return changes, nil
}

func scanRuleChange(row pgx.CollectableRow) (c RuleChange, err error) {
	err = row.Scan(&c.ID, &c.At, &c.By.ID, &c.By.Name, &c.Backtest, &c.Thresholds)
	c.At = c.At.UTC()
	return c, err
}
