package coverage_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/geo/coverage"
	"gridwatch/geo/democity"
)

// The whole fuzz takes minutes: go test ./geo/coverage -run RandomOperations -city-ops 20000 -large-ops 20000.
var (
	cityOps  = flag.Int("city-ops", 4_000, "how many random operations are made on the demonstration city")
	largeOps = flag.Int("large-ops", 300, "how many random operations are made on 2,000 grids")
)

// allOps is how many random operations are enough for each kind to be applied at least once.
const allOps = 4_000

func TestRandomOperations_OnTheDemonstrationCity(t *testing.T) {
	run := &fuzzRun{planner: newPlanner(t, demoCity(t), 1)}
	run.operations(*cityOps, 4)
}

func TestRandomOperations_OnTwoThousandGrids(t *testing.T) {
	run := &fuzzRun{planner: newPlanner(t, largeCity(2000), 2)}
	run.operations(*largeOps, 2)
}

// largeCity is a generated coverage in communities of fifty grids; with 2,000 grids it has some 63,000 corners and its
// rings 130,000 points.
func largeCity(n int) []geo.Grid {
	grids := democity.Synthetic(n)
	for i := range grids {
		grids[i].Code = fmt.Sprintf("370305%06d%03d", 1001+i/50, 1+i%50)
	}
	return grids
}

type fuzzRun struct {
	*planner
	applied, refused map[coverage.Op]int
	rules            map[string]int
	outline          map[[2]coverage.Point]bool
	area             int64
}

func (r *fuzzRun) operations(n, samples int) {
	t := r.t
	r.applied, r.refused, r.rules = map[coverage.Op]int{}, map[coverage.Op]int{}, map[string]int{}
	r.area, r.outline = doubledArea(r.cov.Grids()), outlineOf(t, r.cov.Grids())
	opt := coverage.Options{MinAreaM2: 100, Divided: coverage.Divided(r.cov.Grids())}
	judge := newJudge(t, r.cov.Grids())
	began := time.Now()
	for i := range n {
		r.step(opt)
		if (i+1)%(n/samples) == 0 {
			r.verify()
			judge.look(r.cov.Grids())
		}
	}
	t.Logf("%d operations in %v, %d grids; applied %v, refused %v by %v", n, time.Since(began).Round(time.Millisecond),
		len(r.codes), r.applied, r.refused, r.rules)
	for _, op := range []coverage.Op{coverage.MoveVertex, coverage.InsertVertex, coverage.DeleteVertex, coverage.MoveEdge, coverage.Split,
		coverage.Merge, coverage.Reshape, coverage.Snap, coverage.Replace, coverage.Describe, coverage.Delete, coverage.AssignHole, coverage.Create} {
		if n >= allOps && r.applied[op] == 0 {
			t.Errorf("no %s was ever applied", op)
		}
	}
}

// step makes one command up, and mends the gap that a delete or a replace leaves by two commands more.
func (r *fuzzRun) step(opt coverage.Options) {
	cmd := r.next()
	change, ok := r.apply(cmd, opt)
	if !ok {
		return
	}
	lost := doubledArea(change.Before) - doubledArea(change.After)
	switch {
	case cmd.Op == coverage.Delete && r.rng.IntN(2) == 0:
		g := change.Before[0]
		back := coverage.Command{Op: coverage.Create, Grid: &coverage.NewGrid{Code: g.Code, Name: g.Name, Kind: g.Kind, Street: g.Street,
			Geometry: &coverage.Geometry{MultiPolygon: g.Orb()}}}
		r.mend(back, change, opt)
	case cmd.Op == coverage.Delete || cmd.Op == coverage.Replace:
		r.fill(change, lost, opt)
	case lost != 0:
		r.t.Fatalf("%+v changed the doubled area by %d", cmd, -lost)
	case r.rng.IntN(8) == 0:
		r.undoRedo(change)
	}
}

func (r *fuzzRun) apply(cmd coverage.Command, opt coverage.Options) (coverage.Change, bool) {
	change, err := r.cov.Apply(cmd, opt)
	if err != nil {
		var refusal *coverage.Refusal
		if !errors.As(err, &refusal) {
			r.t.Fatalf("%+v: %v", cmd, err)
		}
		r.refused[cmd.Op]++
		r.rules[refusal.Rule]++
		return change, false
	}
	r.applied[cmd.Op]++
	r.follow(change)
	return change, true
}

// mend takes back what a change took away, by a command of its own. A border of a divided community that rounding has bent
// again and again may not be drawn anew: then the change is undone.
func (r *fuzzRun) mend(cmd coverage.Command, change coverage.Change, opt coverage.Options) {
	mended, err := r.cov.Apply(cmd, opt)
	var refusal *coverage.Refusal
	switch {
	case err == nil:
		r.applied[cmd.Op]++
		r.follow(mended)
		lost, back := doubledArea(change.Before)-doubledArea(change.After), doubledArea(mended.After)-doubledArea(mended.Before)
		if lost != back {
			r.t.Fatalf("%s gives back %d of %d", cmd.Op, back, lost)
		}
	case errors.As(err, &refusal) && refusal.Rule == coverage.LeavesCommunity:
		r.undo(change)
	default:
		r.t.Fatalf("%s does not give back what was taken: %v", cmd.Op, err)
	}
}

func (r *fuzzRun) undo(change coverage.Change) {
	if err := r.cov.Revert(change); err != nil {
		r.t.Fatal(err)
	}
	r.follow(coverage.Change{Before: change.After, After: change.Before})
}

// fill gives the gaps that a change left to grids around them. Where that cannot be, all of it is undone.
func (r *fuzzRun) fill(change coverage.Change, lost int64, opt coverage.Options) {
	around := r.neighbours(change.Before[0])
	after := fmt.Sprint(change.After)
	done := []coverage.Change{change}
	for _, at := range slices.Concat(slices.Concat(change.Before[0].Boundary...)...) {
		if strings.Contains(after, fmt.Sprint(at)) {
			continue // Not a corner that the grid has given up.
		}
		for _, code := range around {
			if lost == 0 {
				return
			}
			if filled, ok := r.apply(coverage.Command{Op: coverage.AssignHole, At: position(at), Code: code}, opt); ok {
				lost -= doubledArea(filled.After) - doubledArea(filled.Before)
				done = append(done, filled)
			}
		}
	}
	if lost == 0 {
		return
	}
	for _, change := range slices.Backward(done) {
		r.undo(change)
	}
}

func (r *fuzzRun) undoRedo(change coverage.Change) {
	whole := r.rng.IntN(50) == 0
	var after string
	if whole {
		after = fmt.Sprint(r.cov.Grids())
	}
	if err := r.cov.Revert(change); err != nil {
		r.t.Fatal(err)
	}
	for _, g := range change.Before {
		if have, _ := r.cov.Grid(g.Code); fmt.Sprint(have) != fmt.Sprint(g) {
			r.t.Fatalf("undo gives %v, not %v", have, g)
		}
	}
	if err := r.cov.Replay(change); err != nil {
		r.t.Fatal(err)
	}
	if whole && fmt.Sprint(r.cov.Grids()) != after {
		r.t.Fatal("redo gives other grids than there were")
	}
}

// verify looks at the state without the engine's own index: segments and their twins, the outline, the area.
func (r *fuzzRun) verify() {
	grids := r.cov.Grids()
	if area := doubledArea(grids); area != r.area {
		r.t.Fatalf("the doubled area is %d, not %d", area, r.area)
	}
	outline := outlineOf(r.t, grids)
	for segment := range outline {
		if !r.outline[segment] {
			r.t.Fatalf("the outline has a segment %v that it had not", segment)
		}
	}
	if len(outline) != len(r.outline) {
		r.t.Fatalf("the outline has %d segments, not %d", len(outline), len(r.outline))
	}
	again, err := coverage.New(grids)
	if err != nil {
		r.t.Fatal(err)
	}
	same(r.t, grids, again.Grids())
	for _, p := range r.cov.Problems(coverage.Options{}) {
		if !p.Warning {
			r.t.Fatalf("%s: %s %v at %v", p.Rule, p.Text, p.Codes, p.At)
		}
	}
}

// outlineOf gives the segments without a twin, those that go on straight as one; no directed segment may come twice.
func outlineOf(t testing.TB, grids []coverage.Grid) map[[2]coverage.Point]bool {
	type segment = [2]coverage.Point
	once := map[segment]bool{}
	for _, g := range grids {
		for _, poly := range g.Boundary {
			for _, ring := range poly {
				for i := 1; i < len(ring); i++ {
					s := segment{ring[i-1], ring[i]}
					if once[s] {
						t.Fatalf("%v comes twice in one direction", s)
					}
					once[s] = true
				}
			}
		}
	}
	next, before := map[coverage.Point]coverage.Point{}, map[coverage.Point]coverage.Point{}
	for s := range once {
		if !once[segment{s[1], s[0]}] {
			next[s[0]], before[s[1]] = s[1], s[0]
		}
	}
	straight := func(v coverage.Point) bool {
		a, b := before[v], next[v]
		return int64(v.X-a.X)*int64(b.Y-v.Y) == int64(v.Y-a.Y)*int64(b.X-v.X)
	}
	outline := map[segment]bool{}
	for a := range next {
		if straight(a) {
			continue
		}
		b := next[a]
		for straight(b) {
			b = next[b]
		}
		outline[segment{a, b}] = true
	}
	return outline
}

func demoCity(t testing.TB) []geo.Grid {
	grids, err := geo.ReadGrids(open(t, "../../configs/demo/linzi/community.geojson"), geo.Community, "EPSG:4326")
	if err != nil {
		t.Fatal(err)
	}
	return grids
}

func open(t testing.TB, name string) *os.File {
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}
