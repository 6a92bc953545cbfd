package infer

import (
	"fmt"

	ort "github.com/yalue/onnxruntime_go"
)

// yolov8 reads models as YOLOv8 and its followers export them: one column for each cell, of centre and size in pixels of the
// input and then the class scores. The picture keeps its aspect and lies in the top left corner; colours are red, green,
// blue from 0 to 1.
type yolov8 struct{ input, cells, labels int }

var yolov8Colours = func() (planes [3]plane) {
	for c := range planes {
		planes[c].channel = 2 - c
		for v := range planes[c].values {
			planes[c].values[v] = float32(v) / 255
		}
	}
	return planes
}()

func newYOLOv8(input, labels int, outputs []ort.InputOutputInfo) (head, error) {
	if len(outputs) != 1 {
		return nil, fmt.Errorf("%d outputs, a yolov8 model has one", len(outputs))
	}
	cells := len(cellsOf(input))
	if err := checkShape(outputs[0], 4+labels, cells); err != nil {
		return nil, fmt.Errorf("box and scores of %d labels: %w%s", labels, err, labelsOf(outputs[0], 1, 4))
	}
	return yolov8{input, cells, labels}, nil
}

func (m yolov8) place(width, height int) (w, h int) { return keepAspect(m.input, width, height) }

func (m yolov8) colours() *[3]plane { return &yolov8Colours }

func (m yolov8) scores(outputs [][]float32, c cell, room []float32) ([]float32, float32) {
	for label := range m.labels {
		room[label] = outputs[0][(4+label)*m.cells+c.flat]
	}
	return room, 1
}

func (m yolov8) box(outputs [][]float32, c cell) candidate {
	at := func(row int) float32 { return outputs[0][row*m.cells+c.flat] }
	x, y, w, h := at(0), at(1), at(2), at(3)
	return candidate{x0: x - w/2, y0: y - h/2, x1: x + w/2, y1: y + h/2}
}
