package infer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"gridwatch/vision"
	"gridwatch/vision/capture"
)

// config is the default detector as the program runs it.
func config(t testing.TB) Config {
	return Config{Library: models(t, LibraryFile), Model: models(t, ModelFile), Kind: NanoDet, Score: 0.3, NMS: 0.5}
}

func openPool(t testing.TB, c Config) *Pool {
	t.Helper()
	p, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// grey is a picture without anything in it.
func grey(t testing.TB, w, h int) vision.Image {
	t.Helper()
	img, err := capture.NewImage(w, h, slices.Repeat([]byte{128}, w*h*3))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { img.Close() })
	return img
}

// fixedModel is a model that looks at nothing: whatever goes in, these numbers come out.
type fixedModel struct {
	input   []int
	outputs []onnxTensor
}

func (m fixedModel) write(t testing.TB) string {
	t.Helper()
	g := onnxGraph{name: "fixed", inputs: []onnxPort{{"picture", elemFloat32, m.input}}}
	for _, out := range m.outputs {
		constant := out
		constant.name += "/value"
		g.initializers = append(g.initializers, constant)
		g.nodes = append(g.nodes, onnxNode{op: "Identity", inputs: []string{constant.name}, outputs: []string{out.name}})
		g.outputs = append(g.outputs, onnxPort{out.name, out.elem, out.shape})
	}
	path := filepath.Join(t.TempDir(), "fixed.onnx")
	if err := os.WriteFile(path, g.encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// yoloxRows is a YOLOX model for pictures of 64×64, with 64, 16 and 4 cells; rows are those that are not zero.
func yoloxRows(labels int, rows map[int][]float32) fixedModel {
	const cells = 64 + 16 + 4
	data := make([]float32, cells*(5+labels))
	for cell, row := range rows {
		copy(data[cell*(5+labels):], row)
	}
	return fixedModel{[]int{1, 3, 64, 64}, []onnxTensor{float32Tensor("out", []int{1, cells, 5 + labels}, data)}}
}

func TestOpen_NamesWhatDoesNotFit(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none")
	twoOutputs := yoloxRows(80, nil)
	twoOutputs.outputs = append(twoOutputs.outputs, float32Tensor("more", []int{1}, []float32{1}))
	wholeNumbers := yoloxRows(80, nil)
	wholeNumbers.outputs[0] = int64Tensor("out", []int{1, 84, 85}, make([]int, 84*85))
	flat := yoloxRows(80, nil)
	flat.input = []int{1, 3, 64, 32}
	tests := []struct {
		name  string
		wreck func(c *Config)
		want  []string
	}{
		{"no model", func(c *Config) { c.Model = missing }, []string{"model", missing, "want an ONNX file"}},
		{"no library", func(c *Config) { c.Library = missing }, []string{"library", missing, "want the ONNX Runtime"}},
		{"another library", func(c *Config) { c.Library = c.Model }, []string{"library", "already uses"}},
		{"a model that is something else", func(c *Config) { c.Model = c.Library }, []string{"model", LibraryFile}},
		{"an unknown kind", func(c *Config) { c.Kind = "ssd" }, []string{`kind: "ssd"`, "nanodet", "yolox"}},
		{"the wrong kind", func(c *Config) { c.Kind = YOLOX }, []string{"6 outputs, a yolox model has one"}},
		{"a yolox model as nanodet", func(c *Config) { c.Model = yoloxRows(80, nil).write(t) }, []string{"1 outputs, a nanodet model has 6"}},
		{"a yolox model with two outputs", func(c *Config) { c.Kind, c.Model = YOLOX, twoOutputs.write(t) }, []string{"2 outputs"}},
		{"a model of whole numbers", func(c *Config) { c.Kind, c.Model = YOLOX, wholeNumbers.write(t) }, []string{`output "out"`, "want a float32 tensor"}},
		{"a model of pictures that are not square", func(c *Config) { c.Kind, c.Model = YOLOX, flat.write(t) }, []string{`input "picture"`, "1×3×N×N"}},
		{"another input", func(c *Config) { c.Input = 320 }, []string{`input "input_1"`, "416", "320"}},
		{"too few labels", func(c *Config) { c.Labels = COCO()[:79] }, []string{"scores of 79 labels", `output "Identity"`, "2704"}},
		{"too many labels for yolox", func(c *Config) { c.Kind, c.Model = YOLOX, yoloxRows(79, nil).write(t) }, []string{"80 labels", "85", "the model scores 79 labels"}},
		{"a label is missing for yolov8", func(c *Config) {
			c.Kind, c.Model, c.Labels = YOLOv8, yolov8Cells(3, nil).write(t), []string{"cart", "tent"}
		}, []string{"2 labels", `output "out"`, "the model scores 3 labels"}},
		{"a yolox model as yolov8", func(c *Config) { c.Kind, c.Model = YOLOv8, yoloxRows(80, nil).write(t) }, []string{`output "out"`, "[1 84 84]"}},
		{"a label twice", func(c *Config) { c.Labels = append(COCO()[:79], "car") }, []string{`labels: number 80 is "car"`}},
		{"a vehicle that is no label", func(c *Config) { c.Vehicles = []string{"tram"} }, []string{`vehicles: "tram"`}},
		{"no score", func(c *Config) { c.Score = 0 }, []string{"score: 0"}},
		{"an overlap above one", func(c *Config) { c.NMS = 1.5 }, []string{"nms: 1.5"}},
		{"sessions below zero", func(c *Config) { c.Sessions = -1 }, []string{"sessions: -1"}},
	}
	openPool(t, config(t)) // So that the library is loaded.
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := config(t)
			test.wreck(&c)
			p, err := Open(c)
			if err == nil {
				p.Close()
				t.Fatal("it opens")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error is %q, want one that says %q", err, want)
				}
			}
		})
	}
}

func TestPool_YOLOXByConfigurationAlone(t *testing.T) {
	// Cell 9 of the first grid is at 1,1; it says centre 1.5·8, size 8·e⁰. Cell 81 is the second of the last grid: at 1,0.
	model := yoloxRows(3, map[int][]float32{
		9:  {0.5, 0.5, 0, 0, 0.9, 0.2, 0.5, 1.0},  // Truck 0.9, and car 0.45.
		10: {-0.4, 0.5, 0, 0, 0.8, 0.1, 1.0, 0},   // Car 0.8 nearly there.
		81: {0.5, 0.5, 0, 0, 0.5, 1.0, 0, 0},      // A person of 32×32 pixels at the right, who reaches over the edge.
		30: {0.5, 0.5, 0, 0, 0.2, 1.0, 1.0, 1.0},  // Not good enough.
		40: {0.5, 0.5, 99, 99, 0.9, 1.0, 0, 0},    // Larger than numbers go.
		63: {0.5, 0.5, 0, 0, 0.9, 0.9, 0.9, 0.01}, // In the grey below the picture.
	})
	p := openPool(t, Config{
		Library: models(t, LibraryFile), Model: model.write(t), Kind: YOLOX, Labels: []string{"person", "car", "truck"},
		Vehicles: []string{"car", "truck"}, Score: 0.3, NMS: 0.5, Sessions: 1,
	})
	got, err := p.Detect(t.Context(), grey(t, 96, 64)) // Drawn as 64×42.
	if err != nil {
		t.Fatal(err)
	}
	want := []vision.Detection{
		{Class: vision.ClassVehicle, Label: "truck", Score: 0.9, Box: vision.Box{X: 8. / 64, Y: 8. / 42, W: 8. / 64, H: 8. / 42}},
		{Class: "person", Score: 0.5, Box: vision.Box{X: 32. / 64, Y: 0, W: 32. / 64, H: 32. / 42}},
	}
	if !slices.EqualFunc(got, want, alike) {
		t.Errorf("found %v, want %v", got, want)
	}
}

func TestPool_AModelThatKnowsNoVehicles(t *testing.T) {
	model := yoloxRows(1, map[int][]float32{9: {0.5, 0.5, 0, 0, 1, 0.75}})
	p := openPool(t, Config{
		Library: models(t, LibraryFile), Model: model.write(t), Kind: YOLOX, Labels: []string{"stall"}, Score: 0.3, NMS: 0.5,
	})
	got, err := p.Detect(t.Context(), grey(t, 64, 64))
	want := vision.Detection{Class: "stall", Score: 0.75, Box: vision.Box{X: 0.125, Y: 0.125, W: 0.125, H: 0.125}}
	if err != nil || len(got) != 1 || !alike(got[0], want) {
		t.Errorf("found %v (%v), want %v", got, err, want)
	}
}

func alike(a, b vision.Detection) bool {
	same := func(x, y float64) bool { return max(x-y, y-x) < 1e-6 }
	return a.Class == b.Class && a.Label == b.Label && same(a.Score, b.Score) &&
		same(a.Box.X, b.Box.X) && same(a.Box.Y, b.Box.Y) && same(a.Box.W, b.Box.W) && same(a.Box.H, b.Box.H)
}

func TestPool_Fingerprint(t *testing.T) {
	p := openPool(t, config(t))
	want := "sha256:" + sums[ModelFile][:12] + " nanodet-g"
	if got := p.For("camera").Fingerprint(); got != want {
		t.Errorf("the fingerprint is %q, want %q", got, want)
	}
}

func TestPool_NothingInGrey(t *testing.T) {
	p := openPool(t, config(t))
	for _, size := range [][2]int{{1, 1}, {416, 416}, {1920, 1080}} {
		got, err := p.Detect(t.Context(), grey(t, size[0], size[1]))
		if err != nil || len(got) > 0 {
			t.Errorf("%v: found %v (%v)", size, got, err)
		}
	}
}

func TestPool_RefusesAPictureThatIsClosed(t *testing.T) {
	c := config(t)
	c.Sessions = 1
	p := openPool(t, c)
	img := grey(t, 64, 64)
	img.Close()
	for range 2 { // Twice: the only session must have been given back.
		if _, err := p.Detect(t.Context(), img); err == nil {
			t.Error("a closed picture was looked at")
		}
	}
}

func TestPool_NoCameraStarves(t *testing.T) {
	c := config(t)
	c.Sessions = 2
	p := openPool(t, c)
	img := frames(t, 0.1)[0]
	size := img.Size()
	bgr := slices.Clone(img.BGR())

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	served := map[string]int{}
	var all sync.WaitGroup
	// The first camera asks with eight pictures at once, the others with one.
	for camera, callers := range map[string]int{"greedy": 8, "b": 1, "c": 1, "d": 1} {
		detector := p.For(camera)
		for range callers {
			all.Go(func() {
				own, err := capture.NewImage(size.X, size.Y, bgr)
				if err != nil {
					t.Error(err)
					return
				}
				defer own.Close()
				for {
					_, err := detector.Detect(ctx, own)
					if errors.Is(err, context.Canceled) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					served[camera]++
					if total := served["greedy"] + served["b"] + served["c"] + served["d"]; total == 48 {
						cancel()
					}
					mu.Unlock()
				}
			})
		}
	}
	all.Wait()
	// A fair share is 12; without turns the first camera would have about 35.
	for camera, n := range served {
		if n < 7 || n > 22 {
			t.Errorf("%s was served %d times of 48, all: %v", camera, n, served)
		}
	}
}

func TestPool_CloseTurnsAway(t *testing.T) {
	p, err := Open(config(t))
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	p.Close()
	if _, err := p.Detect(t.Context(), grey(t, 8, 8)); !errors.Is(err, errClosed) {
		t.Errorf("the error is %v, want %v", err, errClosed)
	}
}

func TestPool_TheHeapStaysFlat(t *testing.T) {
	c := config(t)
	c.Sessions = 1
	p := openPool(t, c)
	img := frames(t, 0.1)[0]
	detect := func(times int) {
		for range times {
			if _, err := p.Detect(t.Context(), img); err != nil {
				t.Fatal(err)
			}
		}
	}
	detect(3)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	detect(20)
	runtime.ReadMemStats(&after)
	perFrame := (after.TotalAlloc - before.TotalAlloc) / 20
	t.Logf("%d bytes of garbage for each frame", perFrame)
	if perFrame > 16<<10 {
		t.Errorf("%d bytes of garbage for each frame", perFrame)
	}
}
