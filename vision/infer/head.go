package infer

import (
	"fmt"
	"slices"

	ort "github.com/yalue/onnxruntime_go"
)

// head knows one kind of model: how a picture goes in and how boxes come out.
type head interface {
	// place says how large a picture is drawn, from the top left corner of the input.
	place(width, height int) (w, h int)
	// colours gives the input's planes.
	colours() *[3]plane
	// scores gives what the model thinks of a cell: one score for each label, all of them to be multiplied by weight. They
	// may be put into room, which has one place for each.
	scores(outputs [][]float32, c cell, room []float32) (labels []float32, weight float32)
	// box gives the cell's box in pixels of the input.
	box(outputs [][]float32, c cell) candidate
}

// newHead makes the head of a kind after checking that the model's outputs are what it reads.
func newHead(kind Kind, input, labels int, outputs []ort.InputOutputInfo) (head, error) {
	switch kind {
	case NanoDet:
		return newNanodet(input, labels, outputs)
	case YOLOX:
		return newYOLOX(input, labels, outputs)
	case YOLOv8:
		return newYOLOv8(input, labels, outputs)
	}
	return nil, fmt.Errorf("kind: %q is not known, want one of %q", kind, Kinds())
}

var strides = [3]int{8, 16, 32}

// cell is one place of the grids, of one grid for each stride, in which a model looks for things.
type cell struct {
	level  int // Index of the stride.
	index  int // In its own grid, row by row.
	flat   int // Over all grids.
	x, y   float32
	stride float32
}

// cellsOf lists the cells of all strides for a square input.
func cellsOf(input int) []cell {
	var all []cell
	for level, stride := range strides {
		across := input / stride
		for i := range across * across {
			all = append(all, cell{level, i, len(all), float32(i % across), float32(i / across), float32(stride)})
		}
	}
	return all
}

// checkShape says whether an output is 1×rows×columns.
func checkShape(out ort.InputOutputInfo, rows, columns int) error {
	if want := ort.NewShape(1, int64(rows), int64(columns)); !slices.Equal(out.Dimensions, want) {
		return fmt.Errorf("output %q has shape %v, want %v", out.Name, out.Dimensions, want)
	}
	return nil
}

// labelsOf says how many labels an output scores, if it can be one of a model of this kind: so many values other than scores
// stand along the given dimension.
func labelsOf(out ort.InputOutputInfo, dimension, others int) string {
	if len(out.Dimensions) != 3 || out.Dimensions[dimension] <= int64(others) {
		return ""
	}
	return fmt.Sprintf(" (the model scores %d labels)", out.Dimensions[dimension]-int64(others))
}

// plane is one third of the input: which byte of a pixel it takes, blue being 0, and the input's value for each.
type plane struct {
	channel int
	values  [256]float32
}

// letterbox is the grey around a picture that does not fill the input.
const letterbox = 114

// draw writes a w×h picture of interleaved blue, green, red as three planes of size×size.
func draw(input []float32, size int, bgr []byte, w, h int, planes *[3]plane) {
	for i := range planes {
		table, channel := &planes[i].values, planes[i].channel
		drawing := input[i*size*size:][:size*size]
		for y := range size {
			row := drawing[y*size:][:size]
			drawn := 0
			if y < h {
				drawn = w
				line := bgr[y*w*3:][:w*3]
				for x := range drawn {
					row[x] = table[line[x*3+channel]]
				}
			}
			for x := drawn; x < size; x++ {
				row[x] = table[letterbox]
			}
		}
	}
}
