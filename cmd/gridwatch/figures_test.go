//go:build figures

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/migrations/cluster"
	"gridwatch/vision"
	"gridwatch/vision/capture"
	"gridwatch/vision/infer"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

var (
	figuresOut = flag.String("figures", "", "`FILE` for the figures")
	steadyTime = flag.Duration("steady", 10*time.Minute, "how long the demonstration is watched for growth")
)

// figures is what `make bench` writes: one group of numbers for each thing that is measured.
type figures map[string]map[string]any

// TestFigures measures. It fails only where something cannot be measured: figures are for reading, not for passing.
func TestFigures(t *testing.T) {
	f := figures{"machine": {
		"at": time.Now().UTC().Format(time.RFC3339), "cores": runtime.NumCPU(), "go": runtime.Version(), "cpu": cpuModel(),
	}}
	for _, measure := range []struct {
		name string
		run  func(*testing.T) map[string]any
	}{
		{"grid_lookup", figureLookup},
		{"detect_and_track", figureDetect},
		{"rule_kernel", figureKernel},
		{"frame_to_socket", figureLatency},
		{"steady", figureSteady},
	} {
		t.Run(measure.name, func(t *testing.T) { f[measure.name] = measure.run(t) })
	}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if *figuresOut != "" {
		if err := os.WriteFile(*figuresOut, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// figureLookup asks the index and PostGIS (one query a point) for the same points, by turns.
func figureLookup(t *testing.T) map[string]any {
	dir := t.TempDir()
	t.Cleanup(func() { cluster.Remove(filepath.Join(dir, "postgis")) })
	url, err := startCluster(t, dir).EnsureDatabase(t.Context(), "gridwatch")
	if err != nil {
		t.Fatal(err)
	}
	fillCity(t, url)
	pool, err := geo.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	grids, _, err := geo.NewStore(pool).Grids(t.Context(), geo.Community, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	index, err := geo.NewIndex(grids)
	if err != nil {
		t.Fatal(err)
	}
	points := scatter(grids, 4000)
	var ours, theirs []float64
	wrong := 0
	for range 5 {
		begin := time.Now()
		const rounds = 200
		for range rounds {
			for _, p := range points {
				index.Locate(p)
			}
		}
		ours = append(ours, float64(rounds*len(points))/time.Since(begin).Seconds())
		begin = time.Now()
		for _, p := range points {
			code := locateSQL(t, pool, p)
			if g, ok := index.Locate(p); ok != (code != "") || ok && g.Code != code {
				wrong++
			}
		}
		theirs = append(theirs, float64(len(points))/time.Since(begin).Seconds())
	}
	return map[string]any{
		"grids": len(grids), "lookups_per_s": round(median(ours)), "postgis_one_by_one_per_s": round(median(theirs)),
		"ratio": round(median(ours) / median(theirs)), "answers_that_differ": wrong,
	}
}

func locateSQL(t *testing.T, pool *pgxpool.Pool, p orb.Point) (code string) {
	err := pool.QueryRow(t.Context(), `
		SELECT coalesce((SELECT code FROM grids WHERE net = 'community' AND ST_Contains(geom, $1)), '')`, p).Scan(&code)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func scatter(grids []geo.Grid, n int) []orb.Point {
	bound := grids[0].Boundary.Bound()
	for _, g := range grids {
		bound = bound.Union(g.Boundary.Bound())
	}
	random := rand.New(rand.NewPCG(1, 2))
	points := make([]orb.Point, n)
	for i := range points {
		points[i] = orb.Point{
			bound.Min[0] + random.Float64()*(bound.Max[0]-bound.Min[0]),
			bound.Min[1] + random.Float64()*(bound.Max[1]-bound.Min[1]),
		}
	}
	return points
}

// figureDetect looks at every second's frame of the real clip on one inference thread.
func figureDetect(t *testing.T) map[string]any {
	models := given(t, "GRIDWATCH_MODELS")
	pool, err := infer.Open(infer.Config{
		Library: filepath.Join(models, "libonnxruntime.so"), Model: filepath.Join(models, "nanodet-g.onnx"),
		Kind: infer.NanoDet, Score: 0.3, NMS: 0.5, Sessions: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	tracker := vision.NewTracker(vision.DefaultTrackParams())
	frames := clipFrames(t)
	var took []float64
	for _, f := range frames {
		begin := time.Now()
		found, err := pool.Detect(t.Context(), f.Image)
		if err != nil {
			t.Fatal(err)
		}
		tracker.Update(f.At, found)
		took = append(took, time.Since(begin).Seconds())
		f.Close()
	}
	return map[string]any{
		"frames": len(took), "frames_per_s_one_core": round(float64(len(took)) / sum(took)),
		"p50_ms": millis(quantile(took, 0.5)), "p99_ms": millis(quantile(took, 0.99)),
	}
}

func clipFrames(t *testing.T) []vision.Frame {
	reader, err := capture.Open(t.Context(), vision.Camera{
		ID: "clip", FPS: 1, Source: vision.Source{URL: given(t, "GRIDWATCH_VTEST"), Fast: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var frames []vision.Frame
	for {
		f, err := reader.Next(t.Context())
		if err != nil {
			return frames
		}
		frames = append(frames, f)
	}
}

// figureKernel steps one camera with ten moving and two standing things through two fences.
func figureKernel(t *testing.T) map[string]any {
	rules, err := readRules("")
	if err != nil {
		t.Fatal(err)
	}
	lane := orb.Polygon{{{0.1, 0.1}, {0.9, 0.1}, {0.9, 0.9}, {0.1, 0.9}, {0.1, 0.1}}}
	city := vision.City{
		Camera: vision.Camera{ID: "c", Position: orb.Point{118.31, 36.82}, View: vision.View{ID: "v"}}, Rules: rules,
		Fences: []geo.Fence{
			{ID: "lane", Name: "lane", Rule: "fire_lane", ViewID: "v", Frame: lane},
			{ID: "street", Name: "street", Rule: "vending", ViewID: "v", Frame: lane},
		},
	}
	var state vision.State
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	const steps = 20_000
	begin := time.Now()
	for i := range steps {
		at = at.Add(500 * time.Millisecond)
		state, _, _ = vision.Step(state, crowd(i, at), city)
	}
	return map[string]any{"observations_per_s": round(steps / time.Since(begin).Seconds()), "objects_each": 12, "fences": 2}
}

func crowd(i int, at time.Time) vision.Observation {
	o := vision.Observation{CameraID: "c", ViewID: "v", Seq: uint64(i), At: at, Model: "bench"}
	add := func(class string, track int64, x, y float64) {
		box := vision.Box{X: x, Y: y, W: 0.06, H: 0.12}
		o.Objects = append(o.Objects, vision.Object{Class: class, Track: track, Score: 0.8, Box: box, Foot: box.Foot()})
	}
	add(vision.ClassVehicle, 1, 0.3, 0.3)
	add(vision.ClassVehicle, 2, 0.6, 0.5)
	for k := range 10 {
		phase := float64(i)/40 + float64(k)
		add(vision.ClassPerson, int64(10+k), 0.45+0.4*math.Sin(phase), 0.45+0.4*math.Cos(phase*0.7))
	}
	return o
}

// figureLatency runs the real program with many fences around one parked van, each with its own dwell, so that every
// frame for a minute raises one alert; the dwell is over at the frame, and the rest of the way is measured.
func figureLatency(t *testing.T) map[string]any {
	dir := t.TempDir()
	t.Cleanup(func() { cluster.Remove(filepath.Join(dir, "postgis")) })
	url, err := startCluster(t, dir).EnsureDatabase(t.Context(), "gridwatch")
	if err != nil {
		t.Fatal(err)
	}
	fillCity(t, url)
	const fences = 100
	pool, err := geo.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	addFences(t, geo.NewStore(pool), fences)
	p := run(t, []string{"DATABASE_URL=" + url}, "serve", "--config", serveConfig(t, dir))
	p.awaitReady(t)
	conn := p.signIn(t, "officer", outagePassword).socket(0)
	var took []float64
	for len(took) < fences {
		e := await(t, conn, 3*time.Minute, "an alert", func(e seenEvent) bool { return e.Type == "alert.raised" })
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

// slope is the least-squares growth of y for each unit of x.
func slope(x, y []float64) float64 {
	mx, my := sum(x)/float64(len(x)), sum(y)/float64(len(y))
	var above, below float64
	for i := range x {
		above += (x[i] - mx) * (y[i] - my)
		below += (x[i] - mx) * (x[i] - mx)
	}
	return above / below
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(q*float64(len(sorted)-1)+0.5)]
}

func median(values []float64) float64 { return quantile(values, 0.5) }

func millis(seconds float64) float64 { return round(seconds * 1000) }

// round keeps three decimals below ten and none above a thousand.
func round(v float64) float64 {
	scale := 1.0
	if math.Abs(v) < 1000 {
		scale = 1000
	}
	return math.Round(v*scale) / scale
}

func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return "unknown"
}
