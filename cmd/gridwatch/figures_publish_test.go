//go:build figures

package main

import (
	"strconv"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/geo/coverage"
	"gridwatch/geo/democity"

	"github.com/paulmach/orb"
)

// figurePublish begins a draft of a city, moves one corner of it, and publishes that.
func figurePublish(t *testing.T) map[string]any {
	found := map[string]any{}
	for _, size := range []int{2_000, 20_000} {
		found[strconv.Itoa(size)] = publishAmong(t, democity.Synthetic(size))
	}
	return found
}

func publishAmong(t *testing.T, grids []geo.Grid) map[string]any {
	pool := figureDatabase(t)
	ctx := t.Context()
	var hands [2]geo.Actor
	for i, name := range []string{"planner", "reviewer"} {
		person, err := alerts.NewPeople(pool).Create(ctx, alerts.Person{Username: name, Name: name, Role: alerts.Administrator}, outagePassword)
		if err != nil {
			t.Fatal(err)
		}
		hands[i] = geo.Actor{ID: person.ID, Outline: true}
	}
	locator := geo.NewLocator(geo.NewStore(pool))
	drafts := geo.NewDrafts(pool, locator, alerts.NewEditionRecord(nil)) // There are no alerts.
	if _, err := drafts.Import(ctx, geo.Community, "城", time.Now(), true, grids); err != nil {
		t.Fatal(err)
	}
	if err := locator.Load(ctx); err != nil {
		t.Fatal(err)
	}
	var id int64
	from := grids[len(grids)/2].Boundary[0][0][5]
	to := orb.Point{from[0] + 1e-6, from[1] + 1e-6}
	move := geo.Asked{Base: 1, Command: coverage.Command{Op: coverage.MoveVertex, From: &from, To: &to}}
	found := map[string]any{"grids": len(grids), "points": pointsOf(grids)}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"begin", func() error {
			e, err := drafts.Begin(ctx, geo.DraftStart{Net: geo.Community}, hands[0])
			id = e.ID
			return err
		}},
		{"command", func() error { _, err := drafts.Command(ctx, id, move, hands[0]); return err }},
		{"check", func() error { _, _, err := drafts.Check(ctx, id, hands[0]); return err }},
		{"submit", func() error { _, err := drafts.Submit(ctx, id, hands[0]); return err }},
		{"review", func() error { _, err := drafts.Review(ctx, id, true, "", hands[1]); return err }},
		{"publish", func() error { _, err := drafts.Publish(ctx, id, time.Time{}, hands[0]); return err }},
	} {
		began := time.Now()
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		found[step.name+"_ms"] = millis(time.Since(began).Seconds())
	}
	return found
}
