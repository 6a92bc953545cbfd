//go:build figures

package main

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/capture"
	"gridwatch/vision/infer"

	"github.com/paulmach/orb"
)

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

// figureStill shows why a look is not skipped where nothing moved: one frame of the real clip, again and again with the noise
// of a camera's sensor and nothing else, in less and less light. An answer that was held would be one throw of this dice,
// repeated for as long as nothing moves; the kernel counts on looks being made anew.
func figureStill(t *testing.T) map[string]any {
	const looks, noise = 40, 4 // Noise is the standard deviation, of 255.
	frames := clipFrames(t)
	pixels, size := slices.Clone(frames[0].Image.BGR()), frames[0].Image.Size()
	for _, f := range frames {
		f.Close()
	}
	pool := openSized(t, filepath.Join(given(t, "GRIDWATCH_MODELS"), infer.ModelFile), 416)
	defer pool.Close()
	changed := map[string]int{}
	for _, light := range []float64{1, 0.3, 0.15, 0.1, 0.07} {
		random := rand.New(rand.NewPCG(1, 2))
		first := -1
		for range looks {
			noisy := make([]byte, len(pixels))
			for i, v := range pixels {
				noisy[i] = byte(min(max(float64(v)*light+random.NormFloat64()*noise, 0), 255))
			}
			if seen := thingsSeen(t, pool, size, noisy); first < 0 {
				first = seen
			} else if seen != first {
				changed[fmt.Sprintf("light %g", light)]++
			}
		}
	}
	return map[string]any{"looks_each": looks, "looks_that_count_other_things_than_the_first": changed}
}

// thingsSeen counts the people and vehicles that the rules would use.
func thingsSeen(t *testing.T, detector vision.Detector, size image.Point, bgr []byte) (n int) {
	img, err := capture.NewImage(size.X, size.Y, bgr)
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	found, err := detector.Detect(t.Context(), img)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		if d.Score >= 0.35 && (d.Class == vision.ClassPerson || d.Class == vision.ClassVehicle) {
			n++
		}
	}
	return n
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
