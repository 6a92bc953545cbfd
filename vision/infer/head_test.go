package infer

import (
	"math"
	"testing"

	"gridwatch/vision"
)

func TestNanoDet_ReadsDistancesInBins(t *testing.T) {
	// Pictures of 64×64: 64, 16 and 4 cells. Distances have three bins; a large number in one says that distance.
	outputs := map[string][]float32{}
	shapes := map[string][]int{}
	var model fixedModel
	model.input = []int{1, 3, 64, 64}
	for _, part := range []struct {
		name    string
		columns int
	}{{"scores", 2}, {"distances", 12}} {
		for i, cells := range []int{64, 16, 4} {
			name := part.name + string(rune('0'+i))
			shapes[name] = []int{1, cells, part.columns}
			outputs[name] = make([]float32, cells*part.columns)
		}
	}
	outputs["scores1"][5*2+1] = 0.6 // Second grid, at 1,1: centre 24,24.
	for side, bin := range []int{0, 1, 2, 1} {
		outputs["distances1"][5*12+side*3+bin] = 50
	}
	for _, name := range []string{"scores0", "scores1", "scores2", "distances0", "distances1", "distances2"} {
		model.outputs = append(model.outputs, float32Tensor(name, shapes[name], outputs[name]))
	}
	p := openPool(t, Config{
		Library: models(t, LibraryFile), Model: model.write(t), Kind: NanoDet, Labels: []string{"person", "bus"},
		Vehicles: []string{"bus"}, Score: 0.3, NMS: 0.5, Sessions: 1,
	})
	got, err := p.Detect(t.Context(), grey(t, 200, 100)) // Stretched to 64×64.
	if err != nil {
		t.Fatal(err)
	}
	want := vision.Detection{Class: vision.ClassVehicle, Label: "bus", Score: 0.6, Box: vision.Box{X: 24. / 64, Y: 8. / 64, W: 32. / 64, H: 32. / 64}}
	if len(got) != 1 || !alike(got[0], want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

func TestHead_Values(t *testing.T) {
	tests := []struct {
		name    string
		head    head
		byte    int
		b, g, r float64
	}{
		{"nanodet, black", nanodet{}, 0, -103.53 / 57.375, -116.28 / 57.12, -123.675 / 58.395},
		{"nanodet, white", nanodet{}, 255, (255 - 103.53) / 57.375, (255 - 116.28) / 57.12, (255 - 123.675) / 58.395},
		{"yolox", yolox{}, 200, 200, 200, 200},
		{"yolov8", yolov8{}, 51, 0.2, 0.2, 0.2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i, p := range test.head.colours() {
				want := [3]float64{test.b, test.g, test.r}[p.channel]
				if got := float64(p.values[test.byte]); math.Abs(got-want) > 1e-5 {
					t.Errorf("plane %d is %v, want %v", i, got, want)
				}
			}
		})
	}
}

func TestYOLOX_KeepsTheAspect(t *testing.T) {
	tests := []struct{ width, height, w, h int }{
		{768, 576, 416, 312}, {100, 400, 104, 416}, {416, 416, 416, 416}, {10, 10, 416, 416}, {40000, 1, 416, 1},
	}
	for _, test := range tests {
		if w, h := (yolox{input: 416}).place(test.width, test.height); w != test.w || h != test.h {
			t.Errorf("%d×%d is drawn as %d×%d, want %d×%d", test.width, test.height, w, h, test.w, test.h)
		}
	}
}
