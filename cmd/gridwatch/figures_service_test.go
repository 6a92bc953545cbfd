//go:build figures

package main

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// figureLatency runs the real program with many fences around one parked van, each with its own dwell, so that every
// frame for a minute raises one alert; the dwell is over at the frame, and the rest of the way is measured.
func figureLatency(t *testing.T) map[string]any {
	dir, url, pool := measuredCity(t)
	const fences = 100
	addFences(t, geo.NewStore(pool), fences)
	p := run(t, []string{"DATABASE_URL=" + url}, "serve", "--config", serveConfig(t, dir))
	p.awaitReady(t)
	conn := p.signIn(t, "officer", outagePassword).socket(0)
	var took []float64
	for len(took) < fences {
		e := await(t, conn, 3*time.Minute, "an alert", func(e seenEvent) bool {
			return e.Type == "alert.raised" && e.Alert.Rule == "fire_lane"
		})
		took = append(took, time.Since(e.Alert.RaisedAt).Seconds())
	}
	return map[string]any{"alerts": len(took), "p50_ms": millis(quantile(took, 0.5)), "p99_ms": millis(quantile(took, 0.99))}
}

func addFences(t *testing.T, store *geo.Store, n int) {
	for i := range n {
		f := geo.Fence{
			ID: fmt.Sprintf("bench-%03d", i), Name: "车道", Rule: "fire_lane", ViewID: "van-1",
			Frame:      orb.Polygon{{{0.83, 0.1}, {0.94, 0.1}, {0.94, 0.25}, {0.83, 0.25}, {0.83, 0.1}}},
			Thresholds: map[string]float64{"raise_s": 15 + 0.5*float64(i), "escalate_s": 3600},
		}
		if err := store.PutFence(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
}

// figureSteady watches the demonstration's live heap and open pictures.
func figureSteady(t *testing.T) map[string]any {
	p := startDemo(t, demoDir(t))
	var minutes, heap, pictures []float64
	ctx, cancel := context.WithTimeout(t.Context(), *steadyTime)
	defer cancel()
	begin := time.Now()
	every := time.NewTicker(10 * time.Second)
	defer every.Stop()
	for ctx.Err() == nil {
		minutes = append(minutes, time.Since(begin).Minutes())
		heap = append(heap, p.metric(t, "go_gc_heap_live_bytes", "")/1e6)
		pictures = append(pictures, p.metric(t, "gridwatch_open_pictures", ""))
		select {
		case <-ctx.Done():
		case <-every.C:
		}
	}
	third := len(heap) / 3 // The first part warms up: background models, caches, pools.
	return map[string]any{
		"minutes": round(minutes[len(minutes)-1]), "live_heap_mb_first": round(heap[third]), "live_heap_mb_last": round(heap[len(heap)-1]),
		"live_heap_growth_mb_per_min": round(slope(minutes[third:], heap[third:])),
		"open_pictures_min":           slices.Min(pictures[third:]), "open_pictures_max": slices.Max(pictures[third:]),
		"open_pictures_growth_per_min": round(slope(minutes[third:], pictures[third:])),
	}
}
