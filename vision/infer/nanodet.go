package infer

import (
	"fmt"
	"math"

	ort "github.com/yalue/onnxruntime_go"
)

// nanodet reads NanoDet models: for each stride a tensor of class scores, and then for each stride one of distances from
// the cell's centre to the four sides, each a distribution over bins of one stride. The picture is stretched to the input.
type nanodet struct{ input, labels, bins int }

var nanodetColours = func() (planes [3]plane) {
	mean := [3]float32{103.53, 116.28, 123.675}
	deviation := [3]float32{57.375, 57.12, 58.395}
	for c := range planes {
		planes[c].channel = c
		for v := range planes[c].values {
			planes[c].values[v] = (float32(v) - mean[c]) / deviation[c]
		}
	}
	return planes
}()

func newNanodet(input, labels int, outputs []ort.InputOutputInfo) (head, error) {
	if len(outputs) != 2*len(strides) {
		return nil, fmt.Errorf("%d outputs, a nanodet model has %d: scores, then distances, for strides %v",
			len(outputs), 2*len(strides), strides)
	}
	first := outputs[len(strides)]
	if len(first.Dimensions) != 3 || first.Dimensions[2] < 8 {
		return nil, fmt.Errorf("distances for stride %d: output %q has shape %v, want four times the bins at its end",
			strides[0], first.Name, first.Dimensions)
	}
	bins := int(first.Dimensions[2]) / 4
	for i, stride := range strides {
		cells := (input / stride) * (input / stride)
		if err := checkShape(outputs[i], cells, labels); err != nil {
			return nil, fmt.Errorf("scores of %d labels for stride %d: %w%s", labels, stride, err, labelsOf(outputs[i], 2, 0))
		}
		if err := checkShape(outputs[len(strides)+i], cells, 4*bins); err != nil {
			return nil, fmt.Errorf("distances for stride %d: %w", stride, err)
		}
	}
	return nanodet{input, labels, bins}, nil
}

func (n nanodet) place(int, int) (w, h int) { return n.input, n.input }

func (n nanodet) colours() *[3]plane { return &nanodetColours }

func (n nanodet) scores(outputs [][]float32, c cell, _ []float32) ([]float32, float32) {
	return outputs[c.level][c.index*n.labels:][:n.labels], 1
}

func (n nanodet) box(outputs [][]float32, c cell) candidate {
	sides := outputs[len(strides)+c.level][c.index*4*n.bins:]
	side := func(i int) float32 { return expected(sides[i*n.bins:][:n.bins]) }
	x, y := c.x+0.5, c.y+0.5
	return candidate{
		x0: (x - side(0)) * c.stride, y0: (y - side(1)) * c.stride,
		x1: (x + side(2)) * c.stride, y1: (y + side(3)) * c.stride,
	}
}

// expected is the mean of the distribution over 0, 1, 2… whose logarithms these are.
func expected(logits []float32) float32 {
	top := logits[0]
	for _, v := range logits {
		top = max(top, v)
	}
	var sum, weighted float64
	for i, v := range logits {
		p := math.Exp(float64(v - top))
		sum += p
		weighted += p * float64(i)
	}
	return float32(weighted / sum)
}
