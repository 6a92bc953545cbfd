package infer

import (
	"math"
	"slices"
	"testing"

	"gridwatch/vision"
)

func TestSuppress(t *testing.T) {
	at := func(class int, score, x float32) candidate { return candidate{class, 0, score, x, 0, x + 10, 10} }
	tests := []struct {
		name  string
		boxes []candidate
		want  []candidate
	}{
		{"nothing", nil, nil},
		{"the better of two on one spot", []candidate{at(0, 0.5, 0), at(0, 0.9, 1)}, []candidate{at(0, 0.9, 1)}},
		{"two that overlap by half an area", []candidate{at(0, 0.5, 0), at(0, 0.9, 5)}, []candidate{at(0, 0.9, 5), at(0, 0.5, 0)}},
		{"two classes on one spot", []candidate{at(0, 0.5, 0), at(1, 0.9, 0)}, []candidate{at(1, 0.9, 0), at(0, 0.5, 0)}},
		{"one that only a suppressed one overlapped", []candidate{at(0, 0.9, 0), at(0, 0.8, 3), at(0, 0.7, 6)}, []candidate{at(0, 0.9, 0), at(0, 0.7, 6)}},
		{"equal scores stay in order", []candidate{at(0, 0.5, 40), at(0, 0.5, 0), at(0, 0.5, 20)}, []candidate{at(0, 0.5, 40), at(0, 0.5, 0), at(0, 0.5, 20)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := suppress(slices.Clone(test.boxes), 0.5); !slices.Equal(got, test.want) {
				t.Errorf("kept %v, want %v", got, test.want)
			}
		})
	}
}

func TestSuppress_BoundsItsWork(t *testing.T) {
	var many []candidate
	for i := range 3 * maxCandidates {
		many = append(many, candidate{0, 0, float32(i), float32(i * 10), 0, float32(i*10 + 5), 5})
	}
	got := suppress(many, 0.5)
	if len(got) != maxCandidates || got[0].score != 3*maxCandidates-1 {
		t.Errorf("kept %d, the best with %v", len(got), got[0].score)
	}
}

func TestCandidate_Box(t *testing.T) {
	tests := []struct {
		name string
		in   candidate
		want vision.Box
	}{
		{"inside", candidate{x0: 10, y0: 20, x1: 30, y1: 30}, vision.Box{X: 0.25, Y: 0.5, W: 0.5, H: 0.25}},
		{"over every edge", candidate{x0: -10, y0: -20, x1: 80, y1: 60}, vision.Box{W: 1, H: 1}},
		{"outside", candidate{x0: 50, y0: 10, x1: 60, y1: 20}, vision.Box{X: 1, Y: 0.25, H: 0.25}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.in.box(40, 40); got != test.want {
				t.Errorf("the box is %v, want %v", got, test.want)
			}
		})
	}
}

func TestCandidate_Sound(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []candidate{{x1: 1}, {x0: 2, x1: 1, y1: 1}, {x1: nan, y1: 1}, {x1: inf, y1: 1}, {x0: -inf, x1: inf, y1: 1}} {
		if c.sound() {
			t.Errorf("%v is taken for a box", c)
		}
	}
	if c := (candidate{x1: 1, y1: 1}); !c.sound() {
		t.Errorf("%v is not taken for a box", c)
	}
}

func TestNewClasses_MergesVehicles(t *testing.T) {
	c := newClasses([]string{"person", "car", "bench", "truck"}, []string{"truck", "car"})
	if want := []string{"person", vision.ClassVehicle, "bench"}; !slices.Equal(c.names, want) {
		t.Errorf("the classes are %v, want %v", c.names, want)
	}
	if want := []int{0, 1, 2, 1}; !slices.Equal(c.of, want) {
		t.Errorf("the labels belong to %v, want %v", c.of, want)
	}
}

func TestDraw_GreysWhatThePictureLeavesFree(t *testing.T) {
	bgr := []byte{1, 2, 3, 4, 5, 6} // Two pixels beside one another.
	input := make([]float32, 3*3*3)
	draw(input, 3, bgr, 2, 1, &yoloxColours)
	want := []float32{
		1, 4, letterbox, letterbox, letterbox, letterbox, letterbox, letterbox, letterbox,
		2, 5, letterbox, letterbox, letterbox, letterbox, letterbox, letterbox, letterbox,
		3, 6, letterbox, letterbox, letterbox, letterbox, letterbox, letterbox, letterbox,
	}
	if !slices.Equal(input, want) {
		t.Errorf("the input is %v, want %v", input, want)
	}
}

func TestExpected(t *testing.T) {
	tests := []struct {
		logits []float32
		want   float64
	}{
		{[]float32{0, 0, 0}, 1},
		{[]float32{-50, -50, 50, -50}, 2},
		{[]float32{0, float32(math.Log(3))}, 0.75},
		{[]float32{1000, 1000}, 0.5}, // No overflow.
	}
	for _, test := range tests {
		if got := expected(test.logits); math.Abs(float64(got)-test.want) > 1e-6 {
			t.Errorf("of %v the mean is %v, want %v", test.logits, got, test.want)
		}
	}
}
