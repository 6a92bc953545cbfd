//go:build figures

package main

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/capture"
	"gridwatch/vision/eval"
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

// figureStill shows what holding the detector's answer saves where nothing moves, and why it holds only where many looks
// have agreed and nothing is watched: one frame of the real clip, again and again with the noise of a camera's sensor and
// nothing else, in less and less light. One look alone is a throw of this dice.
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
	told := map[string]any{"looks_each": looks, "looks_that_count_other_things_than_the_first": changed}
	clip := quietClip(t)
	for name, lookAgain := range map[string]time.Duration{"every_frame": 0, "again_after_10s": 10 * time.Second} {
		told[name] = quietCost(t, pool, clip, lookAgain)
	}
	return told
}

const quietFor = 2 * time.Minute

// quietClip is the real clip's street without its people, with noise, two frames a second.
func quietClip(t *testing.T) string {
	frames := clipFrames(t)
	size := frames[0].Image.Size()
	var pixels [][]byte
	for n := 0; n < len(frames); n += 5 {
		pixels = append(pixels, frames[n].Image.BGR())
	}
	plate, values := make([]byte, len(pixels[0])), make([]byte, len(pixels))
	for i := range plate {
		for n := range pixels {
			values[n] = pixels[n][i]
		}
		slices.Sort(values)
		plate[i] = values[len(values)/2]
	}
	for _, f := range frames {
		f.Close()
	}
	raw := filepath.Join(t.TempDir(), "plate.bgr")
	if err := os.WriteFile(raw, plate, 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "quiet.mp4")
	ffmpeg(t, "-f", "rawvideo", "-pix_fmt", "bgr24", "-video_size", fmt.Sprintf("%dx%d", size.X, size.Y), "-framerate", "2", "-stream_loop", "-1", "-i", raw,
		"-vf", "noise=alls=6:allf=t", "-t", fmt.Sprint(quietFor.Seconds()), "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", path)
	return path
}

// quietCost is what a minute of that street takes behind the decoder, with a fence in which nothing is.
func quietCost(t *testing.T, detector vision.Detector, clip string, lookAgain time.Duration) map[string]any {
	rules, err := readRules("")
	if err != nil {
		t.Fatal(err)
	}
	const view = "quiet"
	road := orb.Polygon{{{0.77, 0.29}, {0.9, 0.24}, {0.97, 0.37}, {0.96, 0.59}, {0.7, 0.6}, {0.77, 0.29}}}
	city := vision.City{Camera: vision.Camera{ID: view, View: vision.View{ID: view}}, Rules: rules,
		Fences: []geo.Fence{{ID: "road", Name: "road", Rule: "fire_lane", ViewID: view, Frame: road}}}
	before := cpuSeconds()
	if err := readAll(t.Context(), clip, 2); err != nil {
		t.Fatal(err)
	}
	reading := cpuSeconds() - before
	before = cpuSeconds()
	sum, err := eval.Runner{Detector: detector, LookAgain: lookAgain}.Run(t.Context(), eval.Clip{Path: clip, Start: noon, FPS: 2, City: city}, eval.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{
		"cpu_s_per_camera_minute": round((cpuSeconds() - before - reading) / quietFor.Minutes()), "frames": sum.Frames, "spared": sum.Spared, "unfit": sum.Unfit,
	}
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
