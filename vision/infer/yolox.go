package infer

import (
	"fmt"
	"math"

	ort "github.com/yalue/onnxruntime_go"
)

// yolox reads YOLOX models: one row for each cell of centre, logarithm of the size, objectness and class scores. The
// picture keeps its aspect and lies in the top left corner.
type yolox struct{ input, columns int }

var yoloxColours = func() (planes [3]plane) {
	for c := range planes {
		planes[c].channel = c
		for v := range planes[c].values {
			planes[c].values[v] = float32(v)
		}
	}
	return planes
}()

func newYOLOX(input, labels int, outputs []ort.InputOutputInfo) (head, error) {
	if len(outputs) != 1 {
		return nil, fmt.Errorf("%d outputs, a yolox model has one", len(outputs))
	}
	columns := 5 + labels
	if err := checkShape(outputs[0], len(cellsOf(input)), columns); err != nil {
		return nil, fmt.Errorf("box, objectness and scores of %d labels: %w%s", labels, err, labelsOf(outputs[0], 2, 5))
	}
	return yolox{input, columns}, nil
}

func (m yolox) place(width, height int) (w, h int) { return keepAspect(m.input, width, height) }

// keepAspect is the largest size of a picture's aspect that fits into a square.
func keepAspect(side, width, height int) (w, h int) {
	scale := min(float64(side)/float64(width), float64(side)/float64(height))
	return max(int(float64(width)*scale), 1), max(int(float64(height)*scale), 1)
}

func (m yolox) colours() *[3]plane { return &yoloxColours }

func (m yolox) row(outputs [][]float32, c cell) []float32 {
	return outputs[0][c.flat*m.columns:][:m.columns]
}

func (m yolox) scores(outputs [][]float32, c cell, _ []float32) ([]float32, float32) {
	row := m.row(outputs, c)
	return row[5:], row[4]
}

func (m yolox) box(outputs [][]float32, c cell) candidate {
	row := m.row(outputs, c)
	x, y := (c.x+row[0])*c.stride, (c.y+row[1])*c.stride
	w := float32(math.Exp(float64(row[2]))) * c.stride
	h := float32(math.Exp(float64(row[3]))) * c.stride
	return candidate{x0: x - w/2, y0: y - h/2, x1: x + w/2, y1: y + h/2}
}
