package main

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/vision"
)

// cityView holds fences, permits and rules as the kernel needs them, and reads them again every few seconds: what is
// changed in the database applies without a restart. What cannot be read stays as it was.
type cityView struct {
	store   *geo.Store
	locator *geo.Locator
	places  *geo.PlaceIndex
	beats   *alerts.BeatIndex
	rules   *alerts.Rulebook
	zone    *time.Location
	log     *slog.Logger
	current atomic.Pointer[marked]
}

// marked is what is drawn on the map for the kernel, and the rules in force.
type marked struct {
	fences  []geo.Fence
	permits []geo.Permit
	rules   vision.Rules
}

const refreshEvery = 5 * time.Second

func newCityView(store *geo.Store, beats *alerts.BeatIndex, locator *geo.Locator, rules *alerts.Rulebook, zone *time.Location, log *slog.Logger) *cityView {
	return &cityView{
		store: store, locator: locator, places: geo.NewPlaceIndex(store), beats: beats, rules: rules, zone: zone, log: log,
	}
}

func (v *cityView) load(ctx context.Context) error {
	fences, err := v.store.Fences(ctx)
	if err != nil {
		return err
	}
	permits, err := v.store.Permits(ctx)
	if err != nil {
		return err
	}
	rules, err := v.rules.InForce(ctx)
	if err != nil {
		return err
	}
	if err := v.places.Load(ctx); err != nil {
		return err
	}
	if err := v.beats.Load(ctx); err != nil {
		return err
	}
	v.current.Store(&marked{fences: fences, permits: permits, rules: rules})
	return nil
}

// follow reads the grids again as soon as editions are published, by whichever process, until ctx ends.
func (v *cityView) follow(ctx context.Context, feed *alerts.Feed) error {
	for ctx.Err() == nil {
		news, err := feed.Subscribe(-1, alerts.Scope{}) // Of no grid: only what concerns everybody.
		if err != nil {
			return nil // The feed has stopped.
		}
		stop := context.AfterFunc(ctx, news.Close)
		for e := range news.Events() {
			if e.Edition == nil {
				continue
			}
			if err := v.locator.Load(ctx); err != nil && ctx.Err() == nil {
				v.log.Warn("grids could not be read again", "err", err)
			}
		}
		stop()
	}
	return nil
}

// Run refreshes the view and the grid index until ctx ends.
func (v *cityView) Run(ctx context.Context) error {
	every := time.NewTicker(refreshEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
		if err := v.load(ctx); err != nil && ctx.Err() == nil {
			v.log.Warn("fences, permits, places and rules could not be read again", "err", err)
		}
		if err := v.locator.Load(ctx); err != nil && ctx.Err() == nil {
			v.log.Warn("grids could not be read again", "err", err)
		}
	}
}
