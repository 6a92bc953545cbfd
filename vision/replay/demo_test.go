package replay_test

import (
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"gridwatch/configs"
	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/replay"

	"github.com/paulmach/orb"
	"go.yaml.in/yaml/v3"
)

// demoCity is one camera of the demonstration with every fence of it.
func demoCity(t *testing.T, camera string) vision.City {
	t.Helper()
	var demo struct {
		Cameras []struct {
			ID       string    `yaml:"id"`
			Position orb.Point `yaml:"position"`
			View     struct {
				ID    string `yaml:"id"`
				Pairs []struct {
					Pixel  orb.Point `yaml:"pixel"`
					LonLat orb.Point `yaml:"lonlat"`
				} `yaml:"pairs"`
			} `yaml:"view"`
		} `yaml:"cameras"`
		Fences []struct {
			ID         string             `yaml:"id"`
			Rule       string             `yaml:"rule"`
			Area       orb.Ring           `yaml:"area"`
			Thresholds map[string]float64 `yaml:"thresholds"`
		} `yaml:"fences"`
	}
	if err := yaml.Unmarshal(configs.Read("demo/cameras.yaml"), &demo); err != nil {
		t.Fatal(err)
	}
	city := vision.City{Rules: clipCity(t).Rules, Zone: time.FixedZone("CST", 8*3600)}
	for _, f := range demo.Fences {
		fence := geo.Fence{ID: f.ID, Name: f.ID, Rule: f.Rule, Area: orb.Polygon{append(slices.Clone(f.Area), f.Area[0])}, Thresholds: f.Thresholds}
		if err := city.Rules.CheckFence(fence); err != nil {
			t.Error(err)
		}
		city.Fences = append(city.Fences, fence)
	}
	for _, c := range demo.Cameras {
		if c.ID != camera {
			continue
		}
		var pairs []geo.Pair
		for _, p := range c.View.Pairs {
			pairs = append(pairs, geo.Pair{Pixel: p.Pixel, LonLat: p.LonLat})
		}
		ground, err := geo.SolveGround(pairs)
		if err != nil {
			t.Fatal(err)
		}
		city.Camera = vision.Camera{ID: camera, Position: c.Position, View: vision.View{ID: c.View.ID, Pairs: pairs, Ground: ground}}
		return city
	}
	t.Fatalf("there is no camera %q", camera)
	return city
}

// seenBy is a recording as another view of the same picture would have seen it: what the detector found, on that view's ground.
func seenBy(t *testing.T, name string, cam vision.Camera) []vision.Observation {
	t.Helper()
	r := recording(t, name)
	var all []vision.Observation
	for {
		o, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		var found []vision.Detection
		for _, obj := range o.Objects {
			found = append(found, vision.Detection{Class: obj.Class, Track: obj.Track, Score: obj.Score, Box: obj.Box})
		}
		o.CameraID, o.ViewID, o.Objects = cam.ID, cam.View.ID, vision.Place(found, cam.View)
		all = append(all, o)
	}
}

// What the demonstration's two cameras of the real clip say while it runs three times over: the parked van and the parked
// car are raised and escalated once each and stay, and the people on the pavement only walk.
func TestDemo_TheRealClip(t *testing.T) {
	for _, row := range []struct {
		camera string
		want   []string
	}{
		{"cam-fire", []string{
			"15.0 s: fence-fire fire_lane raised", "15.0 s: fence-fire fire_lane raised",
			"40.0 s: fence-fire fire_lane escalated", "40.0 s: fence-fire fire_lane escalated",
		}},
		{"cam-street", nil},
	} {
		t.Run(row.camera, func(t *testing.T) {
			city := demoCity(t, row.camera)
			var state vision.State
			var said []vision.Sighting
			film := seenBy(t, "vtest", city.Camera)
			for lap := range 3 {
				for _, o := range film {
					o.At = o.At.Add(time.Duration(lap) * 80 * time.Second)
					var s []vision.Sighting
					state, s, _ = vision.Step(state, o, city)
					said = append(said, s...)
				}
			}
			if got := lines(said); !slices.Equal(got, row.want) {
				t.Errorf("said %q, want %q", got, row.want)
			}
			if len(state.Occupancies) != len(row.want)/2 {
				t.Errorf("open at the end: %+v", state.Occupancies)
			}
			for _, s := range said {
				if !s.Grounded || s.SigmaM > 2 || !geo.ContainsHalfOpen(city.Fences[0].Area, s.Position) {
					t.Errorf("%s lies at %v ± %.1f m", s.Key, s.Position, s.SigmaM)
				}
			}
		})
	}
}

// What the demonstration's composed scenes say, recorded once from the decoded films: the stall while its seller is there,
// and the heap after the one who tipped it has gone, until it is taken away.
func TestDemo_TheComposedScenes(t *testing.T) {
	for _, row := range []struct {
		recording, camera string
		want              []string
		check             func(vision.Why) bool
	}{
		{
			"vending", "cam-vending", []string{
				"44.5 s: fence-vending vending raised", "59.5 s: fence-vending vending escalated",
				"76.0 s: fence-vending vending cleared",
			},
			func(w vision.Why) bool { return w.People > 0 && slices.Contains(w.Goods, vision.ClassChange) },
		},
		{
			"debris", "cam-debris", []string{"38.5 s: fence-debris debris raised", "73.5 s: fence-debris debris cleared"},
			func(w vision.Why) bool { return w.Witness == vision.ClassPerson },
		},
	} {
		t.Run(row.recording, func(t *testing.T) {
			city := demoCity(t, row.camera)
			result, err := replay.Run(recording(t, row.recording), city)
			if err != nil {
				t.Fatal(err)
			}
			if got := lines(result.Sightings); !slices.Equal(got, row.want) {
				t.Fatalf("said %q, want %q", got, row.want)
			}
			if why := result.Sightings[0].Why; !row.check(why) {
				t.Errorf("why: %+v", why)
			}
		})
	}
}
