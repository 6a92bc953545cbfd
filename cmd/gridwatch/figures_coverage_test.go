//go:build figures

package main

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"gridwatch/geo/coverage"
	"gridwatch/geo/democity"

	"github.com/paulmach/orb"
)

// figureCoverage measures commands on a coverage as a planner gives them, their undo, and the validation of the whole.
func figureCoverage(t *testing.T) map[string]any {
	found := map[string]any{}
	for _, size := range []int{120, 2_000, 20_000} {
		found[strconv.Itoa(size)] = editAmong(t, size)
	}
	return found
}

// editAmong makes each kind of command many times, on grids all over the city. Each change is undone, so that every
// command finds the same city.
func editAmong(t *testing.T, size int) map[string]any {
	const times, validations = 200, 5
	var grids []coverage.Grid
	for _, g := range democity.Synthetic(size) {
		grids = append(grids, coverage.GridOf(g.Code, g.Name, g.Kind, g.Street, g.Boundary))
	}
	began := time.Now()
	cover, err := coverage.New(grids)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]any{"hold_ms": millis(time.Since(began).Seconds()), "corners": corners(grids)}
	rng := rand.New(rand.NewPCG(uint64(size), 1))
	var all, undo []float64
	for _, op := range []coverage.Op{coverage.MoveVertex, coverage.InsertVertex, coverage.DeleteVertex, coverage.MoveEdge, coverage.Split,
		coverage.Merge, coverage.Reshape, coverage.Snap, coverage.Delete, coverage.AssignHole} {
		var took []float64
		for tries := 0; len(took) < times && tries < 10*times; tries++ {
			i := rng.IntN(size - 1)
			var before coverage.Change
			if op == coverage.AssignHole {
				if before, err = cover.Apply(coverage.Command{Op: coverage.Delete, Code: grids[i].Code}, coverage.Options{}); err != nil {
					continue // It lies on the outline.
				}
			}
			began := time.Now()
			change, err := cover.Apply(edit(op, grids[i], grids[i+1], rng), coverage.Options{MinAreaM2: 100})
			elapsed := time.Since(began).Seconds()
			if err == nil {
				took = append(took, elapsed)
				began = time.Now()
				err = cover.Revert(change)
				undo = append(undo, time.Since(began).Seconds())
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := cover.Revert(before); err != nil {
				t.Fatal(err)
			}
		}
		if len(took) == 0 {
			t.Fatalf("no %s was applied", op)
		}
		found[string(op)] = p50p99(took)
		all = append(all, took...)
	}
	var valid []float64
	for range validations {
		began := time.Now()
		cover.Problems(coverage.Options{MinAreaM2: 100})
		valid = append(valid, time.Since(began).Seconds())
	}
	found["all_operations"], found["undo"], found["validation"] = p50p99(all), p50p99(undo), p50p99(valid)
	return found
}

func p50p99(seconds []float64) map[string]any {
	return map[string]any{"n": len(seconds), "p50_ms": millis(median(seconds)), "p99_ms": millis(quantile(seconds, 0.99))}
}

func corners(grids []coverage.Grid) int {
	seen := map[coverage.Point]bool{}
	for _, g := range grids {
		for _, p := range g.Boundary[0][0] {
			seen[p] = true
		}
	}
	return len(seen)
}

// edit makes a command up that concerns the grid, and the one after it where there are two.
func edit(op coverage.Op, g, next coverage.Grid, rng *rand.Rand) coverage.Command {
	ring := g.Orb()[0][0]
	k := rng.IntN(len(ring) - 4)
	a, b := ring[k], ring[k+1]
	x, y := b[0]-a[0], b[1]-a[1]
	aside := 0.3 * (rng.Float64() - 0.5)
	at := orb.Point{a[0] + x/2 - aside*y, a[1] + y/2 + aside*x}
	cmd := coverage.Command{Op: op, Code: g.Code}
	switch op {
	case coverage.MoveVertex:
		cmd.From, cmd.To = &a, &at
	case coverage.InsertVertex:
		cmd.Edge, cmd.At = []orb.Point{a, b}, &at
	case coverage.DeleteVertex:
		cmd.At = &a
	case coverage.MoveEdge:
		cmd.Edge, cmd.By = []orb.Point{a, b}, &orb.Point{aside * y, -aside * x}
	case coverage.Split:
		bound := ring.Bound()
		middle := bound.Center()[0]
		cmd.Line = []orb.Point{{middle, bound.Bottom() - 0.001}, {middle, bound.Top() + 0.001}}
		cmd.New = &coverage.NewGrid{Code: "370399999999999"}
	case coverage.Merge:
		cmd.Codes, cmd.Into = []string{g.Code, next.Code}, g.Code
	case coverage.Reshape:
		cmd.Line = []orb.Point{a, at, ring[k+2]}
	case coverage.Snap:
		cmd.Codes, cmd.ToleranceM = []string{g.Code}, 20
		cmd.Lines = [][]orb.Point{{at, ring[k+2], ring[k+3]}}
	case coverage.AssignHole:
		inside := ring.Bound().Center()
		cmd.At, cmd.Code = &inside, next.Code
	}
	return cmd
}
