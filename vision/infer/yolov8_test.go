package infer

import (
	"slices"
	"testing"

	"gridwatch/vision"
	"gridwatch/vision/capture"
)

// yolov8Cells is a YOLOv8 model for pictures of 64×64, with 64, 16 and 4 cells; columns are those that are not zero.
func yolov8Cells(labels int, columns map[int][]float32) fixedModel {
	const cells = 64 + 16 + 4
	data := make([]float32, cells*(4+labels))
	for cell, column := range columns {
		for row, v := range column {
			data[row*cells+cell] = v
		}
	}
	return fixedModel{[]int{1, 3, 64, 64}, []onnxTensor{float32Tensor("out", []int{1, 4 + labels, cells}, data)}}
}

func TestYOLOv8_ByConfigurationAlone(t *testing.T) {
	model := yolov8Cells(2, map[int][]float32{
		3:  {32, 21, 16, 10, 0.2, 0.8},
		70: {33, 21, 16, 10, 0.1, 0.7}, // The same tent from a coarser grid.
		80: {60, 40, 16, 16, 0.5, 0},   // A cart that reaches over the edge.
		5:  {32, 21, 16, 10, 0.29, 0},  // Not good enough.
	})
	p := openPool(t, Config{
		Library: models(t, LibraryFile), Model: model.write(t), Kind: YOLOv8, Labels: []string{"cart", "tent"}, Score: 0.3, NMS: 0.5, Sessions: 1,
	})
	got, err := p.Detect(t.Context(), grey(t, 96, 64)) // Drawn as 64×42.
	if err != nil {
		t.Fatal(err)
	}
	want := []vision.Detection{
		{Class: "tent", Score: 0.8, Box: vision.Box{X: 24. / 64, Y: 16. / 42, W: 16. / 64, H: 10. / 42}},
		{Class: "cart", Score: 0.5, Box: vision.Box{X: 52. / 64, Y: 32. / 42, W: 12. / 64, H: 10. / 42}},
	}
	if !slices.EqualFunc(got, want, alike) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// What goes into the model: red first, from 0 to 1, and grey where the picture does not reach.
func TestYOLOv8_TakesRedFirst(t *testing.T) {
	input := make([]float32, 3*4*4)
	img, err := capture.NewImage(4, 2, slices.Repeat([]byte{255, 51, 0}, 4*2)) // Blue 1, green 0.2, red 0.
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	draw(input, 4, img.BGR(), 4, 2, (yolov8{}).colours())
	for i, want := range []float32{0, 0.2, 1} {
		if got := input[i*16 : i*16+8]; !slices.Equal(got, slices.Repeat([]float32{want}, 8)) {
			t.Errorf("plane %d is %v, want %v", i, got, want)
		}
		if below := input[i*16+8]; below != float32(letterbox)/255 {
			t.Errorf("below the picture plane %d is %v", i, below)
		}
	}
}
