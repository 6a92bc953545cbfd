//go:build figures

package main

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/migrations/cluster"

	"github.com/jackc/pgx/v5/pgxpool"
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
		{"coverage", figureCoverage},
		{"tiles", figureTiles},
		{"edit_to_screen", figureEdit},
		{"publish", figurePublish},
		{"import", figureImport},
		{"detect_and_track", figureDetect},
		{"rule_kernel", figureKernel},
		{"detector", figureDetector},
		{"nothing_moved", figureStill},
		{"cost", figureCost},
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

// measuredCity is a folder with the demonstration's city in a PostGIS of its own.
func measuredCity(t *testing.T) (dir, url string, pool *pgxpool.Pool) {
	dir = t.TempDir()
	t.Cleanup(func() { cluster.Remove(filepath.Join(dir, "postgis")) })
	url, err := startCluster(t, dir).EnsureDatabase(t.Context(), "gridwatch")
	if err != nil {
		t.Fatal(err)
	}
	fillCity(t, url)
	if pool, err = geo.Open(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return dir, url, pool
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
