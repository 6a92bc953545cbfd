package coverage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"gridwatch/geo"
	"gridwatch/geo/coverage"

	"github.com/paulmach/orb"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

const vectorsFile = "testdata/vectors.json"

// vector is one case that every engine answers alike: the grids, what is asked, and what changes or why not.
type vector struct {
	Name    string           `json:"name"`
	Grids   []vectorGrid     `json:"grids"`
	Options vectorOptions    `json:"options"`
	Command coverage.Command `json:"command"`
	Change  *vectorChange    `json:"change"`
	Refusal *vectorRefusal   `json:"refusal"`
}

type vectorGrid struct {
	Code     string            `json:"code"`
	Name     string            `json:"name"`
	Kind     string            `json:"kind"`
	Street   string            `json:"street"`
	Boundary [][][]vectorPoint `json:"boundary"`
}

// vectorOptions say by `divided` whether the grids are also the edition whose divided communities are held.
type vectorOptions struct {
	MinAreaM2 float64 `json:"min_area_m2"`
	Outline   bool    `json:"outline"`
	Divided   bool    `json:"divided"`
}

type vectorChange struct {
	Before []vectorGrid `json:"before"`
	After  []vectorGrid `json:"after"`
}

type vectorRefusal struct {
	Rule  string      `json:"rule"`
	At    vectorPoint `json:"at"`
	Codes []string    `json:"codes"`
}

type vectorPoint [2]int32

func pointsOf(p coverage.Point) vectorPoint { return vectorPoint{p.X, p.Y} }

func vectorGrids(grids []coverage.Grid) []vectorGrid {
	list := make([]vectorGrid, len(grids))
	for i, g := range grids {
		list[i] = vectorGrid{Code: g.Code, Name: g.Name, Kind: g.Kind, Street: g.Street}
		for _, poly := range g.Boundary {
			rings := make([][]vectorPoint, len(poly))
			for k, points := range poly {
				for _, p := range points {
					rings[k] = append(rings[k], pointsOf(p))
				}
			}
			list[i].Boundary = append(list[i].Boundary, rings)
		}
	}
	return list
}

func (o vectorOptions) options(grids []coverage.Grid) coverage.Options {
	opt := coverage.Options{MinAreaM2: o.MinAreaM2, Outline: o.Outline}
	if o.Divided {
		opt.Divided = coverage.Divided(grids)
	}
	return opt
}

// TestVectors holds the file, and with it the engine in TypeScript, to this engine. Whether a drawn command is applied or by
// which rule it is refused stands in the table of cases; what commands make of the grids is held by their own tests.
func TestVectors(t *testing.T) {
	var vectors []vector
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := answer(t, c.name, c.grids, c.options, command(t, c.command))
			rule := ""
			if v.Refusal != nil {
				rule = v.Refusal.Rule
			}
			if rule != c.rule {
				t.Fatalf("rule %q, want %q", rule, c.rule)
			}
			vectors = append(vectors, v)
		})
	}
	vectors = append(vectors, randomVectors(t)...)
	if t.Failed() {
		return
	}
	var want bytes.Buffer
	want.WriteString("[\n")
	for i, v := range vectors {
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		want.Write(line)
		if i < len(vectors)-1 {
			want.WriteString(",")
		}
		want.WriteString("\n")
	}
	want.WriteString("]\n")
	if *update {
		if err := os.WriteFile(vectorsFile, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want.Bytes()) {
		t.Errorf("%s is not what the engine gives: run go test ./geo/coverage -run TestVectors -update", vectorsFile)
	}
}

// answer is what the engine says to one command. It is undone again, exactly.
func answer(t *testing.T, name string, grids []coverage.Grid, options vectorOptions, cmd coverage.Command) vector {
	t.Helper()
	cov, err := coverage.New(grids)
	if err != nil {
		t.Fatal(err)
	}
	before := cov.Grids()
	v := vector{Name: name, Grids: vectorGrids(before), Options: options, Command: cmd}
	change, err := cov.Apply(cmd, options.options(grids))
	var refusal *coverage.Refusal
	switch {
	case err == nil:
		v.Change = &vectorChange{vectorGrids(change.Before), vectorGrids(change.After)}
		if err := cov.Revert(change); err != nil {
			t.Fatal(err)
		}
	case errors.As(err, &refusal):
		v.Refusal = &vectorRefusal{refusal.Rule, pointsOf(refusal.At), append([]string{}, refusal.Codes...)}
	default:
		t.Fatal(err)
	}
	same(t, before, cov.Grids())
	return v
}

func same(t testing.TB, want, have []coverage.Grid) {
	t.Helper()
	if w, h := fmt.Sprint(want), fmt.Sprint(have); w != h {
		t.Fatalf("the grids are not the same again:\nwant %s\nhave %s", w, h)
	}
}

// randomVectors are commands made up at random on nine grids with crooked borders that change all the time: of each
// operation two that are applied, and one for each rule by which it is refused.
func randomVectors(t *testing.T) []vector {
	p := newPlanner(t, crookedNine(), 3)
	options := vectorOptions{MinAreaM2: 20}
	seen := map[string]int{}
	var vectors []vector
	for i := range 3000 {
		cmd := p.next()
		change, err := p.cov.Apply(cmd, options.options(nil))
		kind, most := string(cmd.Op), 2
		var refusal *coverage.Refusal
		if errors.As(err, &refusal) {
			kind, most = kind+": "+refusal.Rule, 1
		} else if err != nil {
			t.Fatal(err)
		} else if err := p.cov.Revert(change); err != nil {
			t.Fatal(err)
		}
		if seen[kind]++; seen[kind] <= most {
			vectors = append(vectors, answer(t, fmt.Sprintf("random %d: %s", i, kind), p.cov.Grids(), options, cmd))
		}
		if err == nil && cmd.Op != coverage.Delete && cmd.Op != coverage.Replace {
			if err := p.cov.Replay(change); err != nil {
				t.Fatal(err)
			}
			p.follow(change)
		}
	}
	return vectors
}

// crookedNine are three by three grids; each border has two more corners, somewhere beside the straight line.
func crookedNine() []geo.Grid {
	rng := rand.New(rand.NewPCG(9, 9))
	corner := func(x, y int) orb.Point { return at(4*float64(x), 4*float64(y)).Orb() }
	border := func(a, b orb.Point) []orb.Point {
		line := []orb.Point{a}
		for _, share := range []float64{0.3, 0.7} {
			aside := 0.2 * (rng.Float64() - 0.5)
			x, y := b[0]-a[0], b[1]-a[1]
			line = append(line, orb.Point{a[0] + share*x - aside*y, a[1] + share*y + aside*x})
		}
		return append(line, b)
	}
	east, north := map[[2]int][]orb.Point{}, map[[2]int][]orb.Point{}
	for x := range 4 {
		for y := range 4 {
			east[[2]int{x, y}], north[[2]int{x, y}] = border(corner(x, y), corner(x+1, y)), border(corner(x, y), corner(x, y+1))
		}
	}
	back := func(line []orb.Point) []orb.Point {
		line = slices.Clone(line)
		slices.Reverse(line)
		return line
	}
	var grids []geo.Grid
	for y := range 3 {
		for x := range 3 {
			ring := orb.Ring(slices.Concat(east[[2]int{x, y}][:3], north[[2]int{x + 1, y}][:3],
				back(east[[2]int{x, y + 1}])[:3], back(north[[2]int{x, y}])))
			grids = append(grids, geo.Grid{Code: code("2.1", 1+x+3*y), Name: "网格", Kind: "community", Street: "闻韶街道",
				Boundary: orb.MultiPolygon{{ring}}})
		}
	}
	return grids
}
