package capture

// #cgo CXXFLAGS: -std=c++14
// #cgo pkg-config: opencv4
// #include "mog2.h"
import "C"

import (
	"errors"
	"unsafe"

	"gocv.io/x/gocv"
)

// Values of a MOG2 mask.
const (
	maskBackground = 0
	maskShadow     = 127
	maskForeground = 255
)

// rateRestart is the learning rate that forgets everything: this picture is the background.
const rateRestart = 1.0

var errMOG2 = errors.New("capture: OpenCV refused the background model's call")

// mog2 is one background model. Not safe for two goroutines.
type mog2 struct {
	model unsafe.Pointer
}

func newMOG2(varThreshold float64) (*mog2, error) {
	m := C.gridwatch_mog2_new(C.double(varThreshold))
	if m == nil {
		return nil, errMOG2
	}
	return &mog2{model: m}, nil
}

// Apply compares img with the model, writes the foreground into mask and then learns from img with the given rate.
func (m *mog2) Apply(img gocv.Mat, mask *gocv.Mat, rate float64) error {
	if C.gridwatch_mog2_apply(m.model, unsafe.Pointer(img.Ptr()), unsafe.Pointer(mask.Ptr()), C.double(rate)) != 0 {
		return errMOG2
	}
	return nil
}

// Tune sets the squared distance, in variances, from which a pixel is foreground, and whether one that is only darker, in
// the same colour, is marked as shadow instead.
func (m *mog2) Tune(varThreshold float64, shadows bool) {
	marked := C.int(0)
	if shadows {
		marked = 1
	}
	C.gridwatch_mog2_tune(m.model, C.double(varThreshold), marked)
}

// Background writes the picture that the model takes for empty.
func (m *mog2) Background(img *gocv.Mat) error {
	if C.gridwatch_mog2_background(m.model, unsafe.Pointer(img.Ptr())) != 0 {
		return errMOG2
	}
	return nil
}

// Close frees the model; a second call does nothing.
func (m *mog2) Close() {
	if m.model != nil {
		C.gridwatch_mog2_free(m.model)
		m.model = nil
	}
}
