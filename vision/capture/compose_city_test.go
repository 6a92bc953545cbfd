package capture

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"gridwatch/configs"
	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
	"go.yaml.in/yaml/v3"
)

// demoScene is as much of configs/demo/cameras.yaml as these tests ask about.
type demoScene struct {
	Cameras []struct {
		ID       string    `yaml:"id"`
		Position orb.Point `yaml:"position"`
		Source   string    `yaml:"source"`
		Composed bool      `yaml:"composed"`
		View     struct {
			Pairs []struct {
				Pixel  orb.Point `yaml:"pixel"`
				LonLat orb.Point `yaml:"lonlat"`
			} `yaml:"pairs"`
		} `yaml:"view"`
	} `yaml:"cameras"`
	Fences []struct {
		ID         string             `yaml:"id"`
		Rule       string             `yaml:"rule"`
		Area       []orb.Point        `yaml:"area"`
		Demo       bool               `yaml:"demo"`
		Thresholds map[string]float64 `yaml:"thresholds"`
	} `yaml:"fences"`
}

func readDemo(t *testing.T) demoScene {
	t.Helper()
	var s demoScene
	if err := yaml.Unmarshal(configs.Read("demo/cameras.yaml"), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s demoScene) ground(t *testing.T, camera string) *geo.Ground {
	t.Helper()
	for _, c := range s.Cameras {
		if c.ID != camera {
			continue
		}
		var pairs []geo.Pair
		for _, p := range c.View.Pairs {
			pairs = append(pairs, geo.Pair{Pixel: p.Pixel, LonLat: p.LonLat})
		}
		g, err := geo.SolveGround(pairs)
		if err != nil {
			t.Fatalf("%s: %v", camera, err)
		}
		return g
	}
	t.Fatalf("there is no camera %q", camera)
	return nil
}

func (s demoScene) fence(t *testing.T, id string) geo.Fence {
	t.Helper()
	for _, f := range s.Fences {
		if f.ID == id {
			ring := append(orb.Ring(slices.Clone(f.Area)), f.Area[0])
			return geo.Fence{ID: f.ID, Name: f.ID, Rule: f.Rule, Area: orb.Polygon{ring}, Thresholds: f.Thresholds, Demo: f.Demo}
		}
	}
	t.Fatalf("there is no fence %q", id)
	return geo.Fence{}
}

// watched are the camera of each fence and the spot of its matter in the frame, in pixels of the clip.
var watched = []struct {
	camera, fence string
	spots         map[string]orb.Point
}{
	{"cam-fire", "fence-fire", map[string]orb.Point{"van": {688, 99}, "car": {752, 93}}},
	{"cam-street", "fence-street", nil},
	{"cam-vending", "fence-vending", map[string]orb.Point{"stall": {stallX, stallY}, "seller": {sellerX, sellerY}}},
	{"cam-debris", "fence-debris", map[string]orb.Point{"heap": {heapX, heapY}}},
}

func TestDemo_ViewsAreCalibrated(t *testing.T) {
	s := readDemo(t)
	for _, w := range watched {
		g := s.ground(t, w.camera)
		if g.ResidualM > 0.3 || g.ResidualM < 0.01 {
			t.Errorf("%s: residual %.3f m, want survey-like 0.01 to 0.3", w.camera, g.ResidualM)
		}
		if !g.LeaveOneOutOK || g.LeaveOneOutM > 0.6 {
			t.Errorf("%s: leave-one-out error %.3f m, want under 0.6", w.camera, g.LeaveOneOutM)
		}
		for _, c := range s.Cameras {
			if c.ID == w.camera {
				if p, _, ok := g.At(orb.Point{0.5, 0.6}); !ok || geo.DistanceM(p, c.Position) > 60 {
					t.Errorf("%s: its view lies %.0f m away from it", w.camera, geo.DistanceM(p, c.Position))
				}
			}
		}
	}
}

func TestDemo_FencesLieInTheViewAroundTheirMatter(t *testing.T) {
	s := readDemo(t)
	rules, err := vision.LoadRules(configs.Read("rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range watched {
		g, f := s.ground(t, w.camera), s.fence(t, w.fence)
		if err := f.Validate(); err != nil {
			t.Errorf("%s: %v", w.fence, err)
		}
		if err := rules.CheckFence(f); err != nil {
			t.Errorf("%s: %v", w.fence, err)
		}
		if !f.Demo {
			t.Errorf("%s has short thresholds and does not say so", w.fence)
		}
		for _, corner := range f.Area[0] {
			if p, ok := g.Pixel(corner); !ok || p[0] < 0 || p[0] > 1 || p[1] < 0 || p[1] > 1 {
				t.Errorf("%s: corner %v is at %v of the frame", w.fence, corner, p)
			}
		}
		for name, pixel := range w.spots {
			if p, _, ok := g.At(orb.Point{pixel[0] / 768, pixel[1] / 576}); !ok || !geo.ContainsHalfOpen(f.Area, p) {
				t.Errorf("the %s lies outside of %s", name, w.fence)
			}
		}
	}
}

func TestDemo_MattersLieInTheGridsThatAnswer(t *testing.T) {
	s := readDemo(t)
	index := map[geo.Net]*geo.Index{}
	for _, net := range geo.Nets {
		grids, err := geo.ReadGrids(bytes.NewReader(configs.Read("demo/linzi/"+string(net)+".geojson")), net, "EPSG:4326")
		if err != nil {
			t.Fatal(err)
		}
		if index[net], err = geo.NewIndex(grids); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		fence  string
		onRoad bool
		name   string // Begins the name of the grid that answers.
	}{
		{"fence-fire", false, "辛东社区"},
		{"fence-street", true, "临淄大道"},
		{"fence-vending", true, "桓公路"},
		{"fence-debris", false, "辛化社区"},
	} {
		for _, corner := range s.fence(t, c.fence).Area[0] {
			road, onRoad := index[geo.Road].Locate(corner)
			if onRoad != c.onRoad {
				t.Errorf("%s: corner %v on a road corridor: %t, want %t", c.fence, corner, onRoad, c.onRoad)
				continue
			}
			grid := road
			if !onRoad {
				grid, _ = index[geo.Community].Locate(corner)
			}
			if grid == nil || !strings.HasPrefix(grid.Name, c.name) {
				t.Errorf("%s: corner %v lies in %v, want %s", c.fence, corner, grid, c.name)
			}
		}
	}
	for _, c := range s.Cameras {
		if _, ok := index[geo.Community].Locate(c.Position); !ok {
			if _, ok := index[geo.Road].Locate(c.Position); !ok {
				t.Errorf("%s stands in no grid", c.ID)
			}
		}
	}
}

func TestDemo_CamerasDoNotSeeEachOthersFences(t *testing.T) {
	s := readDemo(t)
	const reachM = 500 // So far a fence on the map concerns a camera.
	for _, c := range s.Cameras {
		for _, w := range watched {
			if w.camera == c.ID {
				continue
			}
			for _, corner := range s.fence(t, w.fence).Area[0] {
				if d := geo.DistanceM(c.Position, corner); d < reachM {
					t.Errorf("%s is %.0f m from %s", c.ID, d, w.fence)
				}
			}
		}
	}
}
