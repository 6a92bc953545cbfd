package main

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/migrations/dbtest"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// A camera that brings no frames is told of at once when it never brought any, and else when it has been silent for a
// while; the silence began when it began, and the newest reason is the one that is told.
func TestHealth_WaitsBeforeItTellsOfASilence(t *testing.T) {
	pool, err := geo.Open(t.Context(), dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	store, err := camerasIn(pool)
	if err != nil {
		t.Fatal(err)
	}
	camera := vision.Camera{ID: "cam", Name: "cam", Position: orb.Point{118.3, 36.8}, PlaceClass: "street", Source: vision.Source{URL: "rtsp://x"}}
	if err := store.PutCamera(t.Context(), camera); err != nil {
		t.Fatal(err)
	}
	begin := time.Now().Truncate(time.Millisecond).UTC()
	clock := begin
	h := newHealth(store, slog.New(slog.DiscardHandler))
	h.now = func() time.Time { return clock }
	state := func() string {
		all, err := store.Health(t.Context(), alerts.Scope{City: true})
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		said := fmt.Sprint(all[0].State, " ", all[0].Reason)
		if all[0].State == "offline" {
			said += fmt.Sprintf(" since %v", all[0].Since.Sub(begin))
		}
		return said
	}
	offline := func(reason string) func() { return func() { h.Offline("cam", reason) } }
	online := func() { h.Online("cam", vision.Look{At: clock}) }
	nothing := func() {}
	for _, step := range []struct {
		at      time.Duration
		happens func()
		want    string
		next    time.Duration // Until when nothing is due; 0 when nothing waits.
	}{
		{0, offline("refused"), "offline refused since 0s", 0},
		{5 * time.Second, online, "online ", 0},
		{10 * time.Second, offline("cut"), "online ", 30 * time.Second},
		{29 * time.Second, nothing, "online ", 30 * time.Second},
		{29500 * time.Millisecond, online, "online ", 0},
		{31 * time.Second, nothing, "online ", 0}, // It came back in time: nobody hears of it.
		{40 * time.Second, offline("cut"), "online ", 60 * time.Second},
		{50 * time.Second, offline("no route"), "online ", 60 * time.Second}, // The next attempt failed, too.
		{59999 * time.Millisecond, nothing, "online ", 60 * time.Second},
		{60 * time.Second, nothing, "offline no route since 40s", 0},
		{70 * time.Second, offline("still no route"), "offline still no route since 40s", 0},
		{80 * time.Second, online, "online ", 0},
		{81 * time.Second, offline("cut again"), "online ", 101 * time.Second}, // Each silence is waited for.
	} {
		clock = begin.Add(step.at)
		step.happens()
		next, waits := h.write(t.Context(), clock)
		if got := state(); got != step.want {
			t.Errorf("at %v: %q, want %q", step.at, got, step.want)
		}
		if waits != (step.next > 0) || waits && !next.Equal(begin.Add(step.next)) {
			t.Errorf("at %v: something waits: %v, until %v, want %v", step.at, waits, next.Sub(begin), step.next)
		}
	}
	var told []string
	rows, err := pool.Query(t.Context(), `SELECT type FROM events WHERE camera = 'cam' AND type LIKE 'camera.%line' ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var what string
		if err := rows.Scan(&what); err != nil {
			t.Fatal(err)
		}
		told = append(told, what)
	}
	if want := []string{"camera.offline", "camera.online", "camera.offline", "camera.online"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}
