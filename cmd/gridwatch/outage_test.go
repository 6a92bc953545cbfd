package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/migrations"
	"gridwatch/migrations/cluster"

	"github.com/jackc/pgx/v5/pgxpool"
)

const outagePassword = "a-long-enough-one"

// outageScene is the parked van of the real clip, in a view without calibration.
const outageScene = `
cameras:
  - {id: van, name: 试验, place_class: street, position: [118.31, 36.82], source: %q, loop: true, fps: 2, view: {id: van-1}}
fences:
  - {id: lane, name: 车道, rule: fire_lane, view: van-1, frame: [[0.83,0.1],[0.94,0.1],[0.94,0.25],[0.83,0.25]],
     thresholds: {raise_s: 12, escalate_s: 70}, demo: true}
`

// The database is stopped while sightings go on: they arrive afterwards, once.
func TestServe_DatabaseStoppedForAMinute(t *testing.T) {
	dir := t.TempDir()
	t.Cleanup(func() { cluster.Remove(filepath.Join(dir, "postgis")) })
	c := startCluster(t, dir)
	url, err := c.EnsureDatabase(t.Context(), "gridwatch")
	if err != nil {
		t.Fatal(err)
	}
	fillCity(t, url)

	p := run(t, []string{"DATABASE_URL=" + url}, "serve", "--config", serveConfig(t, dir))
	p.awaitReady(t)
	eventually(t, time.Minute, "the van was seen", func() bool {
		return p.metric(t, "gridwatch_camera_frames_total", `camera="van"`) >= 4
	})
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	stopped := time.Now()
	eventually(t, 2*time.Minute, "the kernel raised and escalated without a database", func() bool {
		return p.metric(t, "gridwatch_camera_sightings_total", `camera="van"`) >= 2
	})
	if p.metric(t, "gridwatch_sightings_taken_total", "") != 0 {
		t.Error("a sighting was taken without a database")
	}
	t.Logf("stopped for %v", time.Since(stopped).Round(time.Second))
	startCluster(t, dir)
	p.awaitReady(t)

	operator := p.signIn(t, "operator", outagePassword)
	await(t, operator.socket(0), time.Minute, "the escalation", func(e seenEvent) bool { return e.Type == "alert.escalated" })
	list := operator.alerts("")
	if len(list) != 1 || list[0].State != "escalated" {
		t.Fatalf("after the outage there are %d alerts: %+v", len(list), list)
	}
	var full seenAlert
	operator.get("/api/alerts/"+itoa(list[0].ID), &full)
	told := map[string]int{}
	for _, e := range full.Events {
		told[e.Type]++
	}
	if told["alert.raised"] != 1 || told["alert.escalated"] != 1 {
		t.Errorf("events %v, want each once", told)
	}
}

func startCluster(t *testing.T, dir string) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Start(t.Context(), cluster.Config{Dir: filepath.Join(dir, "postgis")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Stop() })
	return c
}

// fillCity makes the demonstration's grids, the outage's scene and an operator.
func fillCity(t *testing.T, url string) {
	t.Helper()
	ctx := t.Context()
	if err := migrations.Up(ctx, url, func(string) {}); err != nil {
		t.Fatal(err)
	}
	pool, err := geo.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	scene, err := readScene(fmt.Appendf(nil, outageScene, given(t, "GRIDWATCH_VTEST")), "")
	if err != nil {
		t.Fatal(err)
	}
	city := &demoCity{pool: pool, officer: "officer", scene: scene}
	if err := withPeople(ctx, pool, city); err != nil {
		t.Fatal(err)
	}
}

func withPeople(ctx context.Context, pool *pgxpool.Pool, city *demoCity) error {
	people := alerts.NewPeople(pool)
	for _, p := range []alerts.Person{
		{Username: "operator", Name: "小林", Role: alerts.Operator},
		{Username: "officer", Name: "王建国", Role: alerts.Officer},
	} {
		if _, err := people.Create(ctx, p, outagePassword); err != nil {
			return err
		}
	}
	return city.load(ctx)
}

func serveConfig(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "gridwatch.yaml")
	models := given(t, "GRIDWATCH_MODELS")
	text := fmt.Sprintf("data_dir: %s\ndetector: {model: %s, library: %s}\n", filepath.Join(dir, "data"),
		filepath.Join(models, "nanodet-g.onnx"), filepath.Join(models, "libonnxruntime.so"))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
