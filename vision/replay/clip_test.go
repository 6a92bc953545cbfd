package replay_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"gridwatch/configs"
	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/capture"
	"gridwatch/vision/infer"
	"gridwatch/vision/replay"

	"github.com/paulmach/orb"
)

// update writes the recording and the golden files anew.
var update = flag.Bool("update", false, "write testdata anew from the real clip")

var clipStart = time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)

// clipCity is the camera of the real clip: a parked van on a lane with double yellow lines, a forecourt and a road on
// which some eight people walk, none of whom sells or leaves anything.
func clipCity(t testing.TB) vision.City {
	t.Helper()
	rules, err := vision.LoadRules(configs.Read("rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const view = "clip/1"
	frame := func(id, rule string, thresholds map[string]float64, corners ...orb.Point) geo.Fence {
		ring := append(orb.Ring(corners), corners[0])
		return geo.Fence{ID: id, Name: id, Rule: rule, ViewID: view, Frame: orb.Polygon{ring}, Thresholds: thresholds}
	}
	soon := map[string]float64{"raise_s": 15, "escalate_s": 40}
	return vision.City{
		Camera: vision.Camera{ID: "clip", Name: "clip", Position: orb.Point{118.3, 36.8}, View: vision.View{ID: view}},
		Rules:  rules,
		Fences: []geo.Fence{
			frame("lane", "fire_lane", nil, orb.Point{0.83, 0.13}, orb.Point{0.945, 0.13}, orb.Point{0.945, 0.20}, orb.Point{0.83, 0.20}),
			frame("forecourt", "vending", soon, orb.Point{0, 0.28}, orb.Point{0.8, 0.22}, orb.Point{1, 0.5}, orb.Point{1, 0.85}, orb.Point{0.3, 0.5}, orb.Point{0, 0.43}),
			frame("grounds", "debris", soon, orb.Point{0, 0.2}, orb.Point{0.8, 0.2}, orb.Point{1, 0.3}, orb.Point{1, 1}, orb.Point{0, 1}),
		},
	}
}

// The real clip all the way: decoding, detector, tracker, change finder, kernel, pictures. The van is raised once and
// never cleared; people who walk are nothing; and the recorded observations say the same when they are replayed.
func TestClip_TheVanIsRaisedAndTheWalkersAreNothing(t *testing.T) {
	city := clipCity(t)
	seen := film(t, city, mustEnv(t, "GRIDWATCH_VTEST", "vtest.avi of Debian's opencv-doc"))
	if len(seen.sightings) != 1 {
		t.Fatalf("said %v, want one sighting: the van, raised", lines(seen.sightings))
	}
	s := seen.sightings[0]
	van := vision.Box{X: 0.849, Y: 0.076, W: 0.097, H: 0.096}
	foot, want := s.Box.Foot(), van.Foot()
	if s.Kind != vision.Raised || s.FenceID != "lane" || s.Matter != "09012" || s.Class != vision.ClassVehicle ||
		abs(foot[0]-want[0]) > 0.02 || abs(foot[1]-want[1]) > 0.02 {
		t.Errorf("said %+v", s)
	}
	if at := s.At.Sub(clipStart).Seconds(); at < 50 || at > 60 || s.DwellS < 50 {
		t.Errorf("raised %.1f s into the clip after a dwell of %.1f s", at, s.DwellS)
	}
	if len(s.Evidence) != 2 {
		t.Fatalf("evidence %+v", s.Evidence)
	}
	for _, e := range s.Evidence {
		r, err := seen.blobs.Open(t.Context(), e.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		jpeg := make([]byte, e.Bytes)
		if _, err := r.Read(jpeg); err != nil {
			t.Fatal(err)
		}
		img, err := capture.Decode(jpeg)
		if err != nil {
			t.Fatalf("the picture %q is not one: %v", e.Kind, err)
		}
		img.Close()
	}
	if open := seen.open; !slices.ContainsFunc(open, func(o vision.Occupancy) bool { return o.FenceID == "lane" && o.Phase == vision.PhaseRaised }) {
		t.Errorf("at the end open: %+v", open)
	}
	if *update {
		record(t, "vtest", seen.observations)
	}
	r, err := replay.NewReader(bytes.NewReader(zipped(t, seen.observations)))
	if err != nil {
		t.Fatal(err)
	}
	again, err := replay.Run(r, city)
	if err != nil {
		t.Fatal(err)
	}
	if live := bare(seen.sightings); !reflect.DeepEqual(again.Sightings, live) {
		t.Errorf("replayed it says\n%+v\nlive it said\n%+v", again.Sightings, live)
	}
}

// filmed is what came of a film.
type filmed struct {
	observations []vision.Observation
	sightings    []vision.Sighting
	open         []vision.Occupancy
	blobs        vision.Blobs
}

// film runs the whole pipeline over a video file as fast as it goes.
func film(t *testing.T, city vision.City, path string) filmed {
	t.Helper()
	models := mustEnv(t, "GRIDWATCH_MODELS", "the folder of nanodet-g.onnx and libonnxruntime.so")
	detector, err := infer.Open(infer.Config{
		Library: filepath.Join(models, "libonnxruntime.so"), Model: filepath.Join(models, "nanodet-g.onnx"),
		Kind: infer.NanoDet, Score: 0.35, NMS: 0.5, Sessions: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer detector.Close()
	changes, err := capture.NewChanges(capture.ChangeParams{})
	if err != nil {
		t.Fatal(err)
	}
	defer changes.Close()
	blobs, err := vision.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cam := city.Camera
	cam.FPS, cam.Source = 2, vision.Source{URL: path, Fast: true}
	reader, err := capture.OpenWith(t.Context(), cam, capture.Options{Start: clipStart})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	seen := filmed{blobs: blobs}
	p := &vision.Pipeline{
		CameraID: city.Camera.ID, Next: reader.Next, Detector: detector.For(city.Camera.ID), Tracker: vision.NewTracker(vision.DefaultTrackParams()),
		Changes: changes, City: func() vision.City { return city }, Draw: capture.Draw, Blobs: blobs,
		Sink: (*sink)(&seen.sightings), Store: store{},
		Record: func(o vision.Observation) error { seen.observations = append(seen.observations, o); return nil },
	}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	seen.open = p.Dwelling()
	return seen
}

// sink keeps what is published.
type sink []vision.Sighting

func (s *sink) Publish(_ context.Context, one vision.Sighting) error {
	*s = append(*s, one)
	return nil
}

// store keeps states in memory.
type store map[string][]byte

func (s store) Load(_ context.Context, key string) ([]byte, error)    { return s[key], nil }
func (s store) Save(_ context.Context, key string, data []byte) error { s[key] = data; return nil }

func mustEnv(t *testing.T, name, what string) string {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set: want %s, which `make test` fetches", name, what)
	}
	return v
}

func abs(x float64) float64 { return max(x, -x) }
