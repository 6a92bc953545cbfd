package alerts

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gridwatch/configs"
	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/replay"
)

func shippedRules(t *testing.T) vision.Rules {
	t.Helper()
	rules, err := vision.LoadRules(configs.Read("rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func (c *testCity) backtests(t *testing.T) (*Backtests, *Rulebook, int64) {
	t.Helper()
	book := NewRulebook(c.pool, shippedRules(t), slog.New(c.log))
	var person int64
	err := c.pool.QueryRow(t.Context(), `
		INSERT INTO people (username, name, role, password) VALUES ('admin', 'admin', 'administrator', '') RETURNING id`).Scan(&person)
	if err != nil {
		t.Fatal(err)
	}
	return NewBacktests(c.pool, geo.NewStore(c.pool), book, time.UTC), book, person
}

func raiseAfter(s float64) Draft {
	return Draft{From: noon, Until: noon.Add(time.Hour), Thresholds: map[string]map[string]float64{"fire_lane": {"raise_s": s}}}
}

// done is a back-test that has run, as if there had been nothing to find.
func (c *testCity) done(t *testing.T, store *Backtests, d Draft, person int64) Backtest {
	t.Helper()
	b, err := store.Begin(t.Context(), d, person)
	if err == nil {
		err = store.end(t.Context(), b.ID, BacktestDone, "", &Outcome{}, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Changes add up, the last one counts, and the version grows with each: also over a newer file, which may have no place
// for some.
func TestRulebook(t *testing.T) {
	c := newCity(t)
	store, book, person := c.backtests(t)
	for _, d := range []Draft{
		raiseAfter(20), {From: noon, Until: noon.Add(time.Hour), Thresholds: map[string]map[string]float64{"vending": {"near_m": 4}}}, raiseAfter(25),
	} {
		if _, err := store.Publish(t.Context(), c.done(t, store, d, person).ID, person); err != nil {
			t.Fatal(err)
		}
	}
	check := func(book *Rulebook, raise, near float64) {
		t.Helper()
		rules, err := book.InForce(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		lane, _ := rules.Rule("fire_lane")
		stall, _ := rules.Rule("vending")
		if rules.Version != book.File().Version+3 || lane.Thresholds.RaiseS != raise || stall.Thresholds.NearM != near {
			t.Errorf("version %d, raise %v s, near %v m", rules.Version, lane.Thresholds.RaiseS, stall.Thresholds.NearM)
		}
	}
	check(book, 25, 4)
	newer := strings.Replace(string(configs.Read("rules.yaml")), "escalate_s: 180", "escalate_s: 24", 1)
	file, err := vision.LoadRules([]byte(strings.Replace(newer, "raise_s: 50", "raise_s: 10", 1)))
	if err != nil {
		t.Fatal(err)
	}
	check(NewRulebook(c.pool, file, slog.New(c.log)), 10, 4) // 25 s would be later than the newer file's escalation.
	changes, err := book.Changes(t.Context())
	if err != nil || len(changes) != 3 || changes[2].By.Name != "admin" || changes[2].Thresholds["fire_lane"]["raise_s"] != 25 {
		t.Errorf("changes %+v, %v", changes, err)
	}
}

// Publishing is all or nothing: when the last part of a draft cannot be, nothing of it is in force.
func TestPublish_IsAllOrNothing(t *testing.T) {
	c := newCity(t)
	store, book, person := c.backtests(t)
	d := raiseAfter(20)
	d.Fences = []geo.Fence{{ID: "f", Name: "f", Rule: "fire_lane", Area: box(118.301, 36.821, 118.302, 36.822)}}
	b := c.done(t, store, d, person)
	if _, err := c.pool.Exec(t.Context(), `ALTER TABLE rule_changes ADD CONSTRAINT never CHECK (false) NOT VALID`); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Publish(t.Context(), b.ID, person); err == nil {
		t.Fatal("published")
	}
	fences, err := store.city.Fences(t.Context())
	if err != nil || len(fences) != 0 {
		t.Errorf("fences %v, %v", fences, err)
	}
	if b, err = store.Backtest(t.Context(), b.ID); err != nil || b.State != BacktestDone {
		t.Errorf("state %s, %v", b.State, err)
	}
	if rules, err := book.InForce(t.Context()); err != nil || rules.Version != book.File().Version {
		t.Errorf("version %d, %v", rules.Version, err)
	}
	if _, err := c.pool.Exec(t.Context(), `ALTER TABLE rule_changes DROP CONSTRAINT never`); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Publish(t.Context(), b.ID, person); err != nil {
		t.Fatal(err)
	}
	if fences, err := store.city.Fences(t.Context()); err != nil || len(fences) != 1 {
		t.Errorf("fences %v, %v", fences, err)
	}
}

// What is discarded while it runs stops, what is discarded before never begins, and neither is published any more.
func TestDiscard_StopsARun(t *testing.T) {
	c := newCity(t)
	store, _, person := c.backtests(t)
	ctx := t.Context()
	b, err := store.Begin(ctx, raiseAfter(20), person)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.progress(ctx, b.ID, 500, 1000); err != nil {
		t.Fatal(err)
	}
	if b, err = store.Backtest(ctx, b.ID); err != nil || b.Progress != 0.5 || b.Observations != 500 {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err := store.Publish(ctx, b.ID, person); !errors.Is(err, ErrDecided) {
		t.Errorf("published while it runs: %v", err)
	}
	if _, err := store.Discard(ctx, b.ID, person); err != nil {
		t.Fatal(err)
	}
	if err := store.progress(ctx, b.ID, 600, 1000); !errors.Is(err, errStopped) {
		t.Errorf("goes on: %v", err)
	}
	library, err := replay.NewLibrary(replay.LibraryConfig{Dir: t.TempDir(), Index: NewRecordings(c.pool)})
	if err != nil {
		t.Fatal(err)
	}
	next, err := store.Begin(ctx, raiseAfter(30), person)
	if err != nil {
		t.Fatal(err)
	}
	if err := NewBacktester(store, library, slog.New(c.log)).runAll(context.WithoutCancel(ctx)); err != nil {
		t.Fatal(err)
	}
	b, err1 := store.Backtest(ctx, b.ID)
	next, err2 := store.Backtest(ctx, next.ID)
	if err := errors.Join(err1, err2); err != nil || b.State != BacktestDiscarded || next.State != BacktestDone || next.Progress != 1 {
		t.Errorf("discarded: %s, next: %s %v, %v", b.State, next.State, next.Progress, err)
	}
}
