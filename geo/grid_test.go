package geo_test

import (
	"math"
	"strings"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func TestGrid_Validate(t *testing.T) {
	if err := community(west, "辛东社区", box(0, 0, 1, 1)).Validate(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, field, rule string
		change            func(g *geo.Grid)
	}{
		{"other net", "net", "must be", func(g *geo.Grid) { g.Net = "river" }},
		{"14 digits", "code", "15 digits", func(g *geo.Grid) { g.Code = "37030500100100" }},
		{"16 digits", "code", "15 digits", func(g *geo.Grid) { g.Code += "1" }},
		{"letters", "code", "15 digits", func(g *geo.Grid) { g.Code = "37030500100100x" }},
		{"wide digits", "code", "15 digits", func(g *geo.Grid) { g.Code = "３７０３０５００１００１００１" }},
		{"line break after the code", "code", "15 digits", func(g *geo.Grid) { g.Code += "\n" }},
		{"no name", "name", "missing", func(g *geo.Grid) { g.Name = "\t" }},
		{"control character", "name", "control", func(g *geo.Grid) { g.Name = "a\x00b" }},
		{"not UTF-8", "name", "UTF-8", func(g *geo.Grid) { g.Name = "\xff" }},
		{"long name", "name", "200", func(g *geo.Grid) { g.Name = strings.Repeat("社", 201) }},
		{"bad street", "street", "control", func(g *geo.Grid) { g.Street = "\n" }},
		{"no kind", "kind", "community net", func(g *geo.Grid) { g.Kind = "" }},
		{"corridor in the community net", "kind", "community net", func(g *geo.Grid) { g.Kind = geo.KindCorridor }},
		{"section in the road net", "kind", "road net", func(g *geo.Grid) { g.Net, g.Kind = geo.Road, geo.KindSection }},
		{"no boundary", "boundary", "empty", func(g *geo.Grid) { g.Boundary = nil }},
		{"empty polygon", "boundary", "empty", func(g *geo.Grid) { g.Boundary = orb.MultiPolygon{{}} }},
		{"not a number", "boundary[0][0][1]", "degrees", func(g *geo.Grid) { g.Boundary[0][0][1][0] = math.NaN() }},
		{"repeated point", "boundary[0][0][1]", "repeats", func(g *geo.Grid) { g.Boundary[0][0][1] = g.Boundary[0][0][0] }},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := community(west, "辛东社区", box(0, 0, 1, 1))
			test.change(&g)
			wantInvalid(t, g.Validate(), test.field, test.rule)
		})
	}
}

func TestGrid_ValidateAgreesWithPostGIS(t *testing.T) {
	_, pool := openStore(t)
	ring := func(corners ...float64) orb.Ring {
		var r orb.Ring
		for i := 0; i < len(corners); i += 2 {
			r = append(r, orb.Point{118 + corners[i]/100, 36 + corners[i+1]/100})
		}
		return append(r, r[0])
	}
	for name, area := range map[string]orb.MultiPolygon{
		"square":                     {{ring(0, 0, 4, 0, 4, 4, 0, 4)}},
		"clockwise":                  {{ring(0, 0, 0, 4, 4, 4, 4, 0)}},
		"bow-tie":                    {{ring(0, 0, 4, 4, 4, 0, 0, 4)}},
		"spike":                      {{ring(0, 0, 4, 0, 6, 0, 4, 0, 4, 4)}},
		"corner on an edge":          {{ring(0, 0, 4, 0, 4, 4, 2, 0, 0, 4)}},
		"corner on a corner":         {{ring(0, 0, 2, 2, 4, 0, 4, 4, 2, 2, 0, 4)}},
		"hole":                       {{ring(0, 0, 4, 0, 4, 4, 0, 4), ring(1, 1, 2, 1, 2, 2)}},
		"hole touching in a point":   {{ring(0, 0, 4, 0, 4, 4, 0, 4), ring(0, 2, 2, 1, 2, 3)}},
		"hole along the border":      {{ring(0, 0, 4, 0, 4, 4, 0, 4), ring(1, 0, 2, 0, 2, 2)}},
		"hole outside":               {{ring(0, 0, 4, 0, 4, 4, 0, 4), ring(5, 1, 6, 1, 6, 2)}},
		"hole in a hole":             {{ring(0, 0, 9, 0, 9, 9, 0, 9), ring(1, 1, 8, 1, 8, 8, 1, 8), ring(2, 2, 3, 2, 3, 3)}},
		"hole twice":                 {{ring(0, 0, 9, 0, 9, 9, 0, 9), ring(1, 1, 8, 1, 8, 8, 1, 8), ring(1, 1, 8, 1, 8, 8, 1, 8)}},
		"two parts":                  {{ring(0, 0, 1, 0, 1, 1)}, {ring(2, 0, 3, 0, 3, 1)}},
		"parts touching in a corner": {{ring(0, 0, 1, 0, 1, 1)}, {ring(1, 1, 2, 1, 2, 2)}},
		"parts side by side":         {{ring(0, 0, 1, 0, 1, 1, 0, 1)}, {ring(1, 0, 2, 0, 2, 1, 1, 1)}},
		"parts overlapping":          {{ring(0, 0, 2, 0, 2, 2, 0, 2)}, {ring(1, 1, 3, 1, 3, 3, 1, 3)}},
		"part in a part":             {{ring(0, 0, 9, 0, 9, 9, 0, 9)}, {ring(1, 1, 2, 1, 2, 2)}},
		"part in a hole":             {{ring(0, 0, 9, 0, 9, 9, 0, 9), ring(1, 1, 8, 1, 8, 8, 1, 8)}, {ring(2, 2, 3, 2, 3, 3)}},
		"everything on one line":     {{ring(0, 0, 1, 0, 2, 0)}},
		"self-crossing far round":    {{ring(0, 0, 4, 0, 4, 4, 2, 4, 2, -1, 1, -1, 1, 4, 0, 4)}},
		"bend on a straight edge":    {{ring(0, 0, 2, 0, 4, 0, 4, 4, 0, 4)}},
		"hole touching in a corner":  {{ring(0, 0, 4, 0, 4, 4, 0, 4), ring(0, 0, 2, 1, 1, 2)}},
	} {
		t.Run(name, func(t *testing.T) {
			g := geo.Grid{Net: geo.Community, Code: west, Name: name, Kind: geo.KindCommunity, Boundary: area}
			var want bool
			if err := pool.QueryRow(t.Context(), `SELECT ST_IsValid($1::geometry)`, area).Scan(&want); err != nil {
				t.Fatal(err)
			}
			if err := g.Validate(); (err == nil) != want {
				t.Errorf("PostGIS says valid %v, Validate says %v", want, err)
			}
		})
	}
}

func TestFence_Validate(t *testing.T) {
	onMap := geo.Fence{ID: "f", Name: "消防通道", Rule: "fire_lane", Area: box(0, 0, 1, 1)}
	onFrame := geo.Fence{ID: "f", Name: "广场", Rule: "vending", ViewID: "v", Frame: orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}
	grounded := onFrame
	grounded.Area = box(0, 0, 1, 1)
	for _, f := range []geo.Fence{onMap, onFrame, grounded} {
		if err := f.Validate(); err != nil {
			t.Error(err)
		}
	}
	for _, test := range []struct {
		name, field, rule string
		fence             geo.Fence
		change            func(f *geo.Fence)
	}{
		{"no id", "id", "missing", onMap, func(f *geo.Fence) { f.ID = "" }},
		{"no name", "name", "missing", onMap, func(f *geo.Fence) { f.Name = "" }},
		{"no rule", "rule", "missing", onMap, func(f *geo.Fence) { f.Rule = "" }},
		{"no area", "area", "empty", onMap, func(f *geo.Fence) { f.Area = nil }},
		{"view on the map", "view", "on the map", onMap, func(f *geo.Fence) { f.ViewID = "v" }},
		{"ground of a frame", "area[0][0]", "not closed", onFrame, func(f *geo.Fence) { f.Area = orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}} }},
		{"frame without view", "view", "names its view", onFrame, func(f *geo.Fence) { f.ViewID = "" }},
		{"frame in pixels", "frame[1]", "0..1", onFrame, func(f *geo.Fence) { f.Frame = orb.Polygon{{{0, 0}, {640, 0}, {1, 1}, {0, 0}}} }},
		{"frame with a hole", "frame", "one ring", onFrame, func(f *geo.Fence) { f.Frame = orb.Polygon{f.Frame[0], f.Frame[0]} }},
		{"frame not closed", "frame[0][0]", "not closed", onFrame, func(f *geo.Fence) { f.Frame = orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}} }},
		{"negative threshold", "thresholds.raise_s", "from 0", onMap, func(f *geo.Fence) { f.Thresholds = map[string]float64{"raise_s": -1} }},
		{"hours", "hours.windows[0].from", "HH:MM", onMap, func(f *geo.Fence) { f.Hours.Windows = []geo.Window{{}} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.change(&test.fence)
			wantInvalid(t, test.fence.Validate(), test.field, test.rule)
		})
	}
}
