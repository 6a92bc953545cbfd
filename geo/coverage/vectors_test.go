package coverage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"gridwatch/geo/coverage"
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

// TestVectors holds the file, and with it the engine in TypeScript, to this engine. Whether a command is applied or by
// which rule it is refused stands in the table of cases; what it makes of the grids is held by the tests of each operation.
func TestVectors(t *testing.T) {
	var vectors []vector
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			cov, err := coverage.New(c.grids)
			if err != nil {
				t.Fatal(err)
			}
			v := vector{Name: c.name, Grids: vectorGrids(cov.Grids()), Options: c.options, Command: command(t, c.command)}
			before := cov.Grids()
			change, err := cov.Apply(v.Command, c.options.options(c.grids))
			var refusal *coverage.Refusal
			switch {
			case err == nil:
				v.Change = &vectorChange{vectorGrids(change.Before), vectorGrids(change.After)}
			case errors.As(err, &refusal):
				v.Refusal = &vectorRefusal{refusal.Rule, pointsOf(refusal.At), append([]string{}, refusal.Codes...)}
			default:
				t.Fatal(err)
			}
			if got := ruleOf(err); got != c.rule {
				t.Fatalf("rule %q, want %q: %v", got, c.rule, err)
			}
			if err == nil {
				if err := cov.Revert(change); err != nil {
					t.Fatal(err)
				}
			}
			same(t, before, cov.Grids())
			vectors = append(vectors, v)
		})
	}
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

func ruleOf(err error) string {
	var refusal *coverage.Refusal
	if errors.As(err, &refusal) {
		return refusal.Rule
	}
	return ""
}

func same(t testing.TB, want, have []coverage.Grid) {
	t.Helper()
	if w, h := fmt.Sprint(want), fmt.Sprint(have); w != h {
		t.Fatalf("the grids are not the same again:\nwant %s\nhave %s", w, h)
	}
}
