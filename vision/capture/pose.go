package capture

// #include "pose.h"
import "C"

import (
	"errors"
	"image"
	"math"
	"unsafe"

	"gocv.io/x/gocv"
)

var errPose = errors.New("capture: OpenCV refused to compare two pictures")

// mostFeatures is how many corners of a picture are remembered.
const mostFeatures = 500

// features are the corners of one picture, by which it is known again. Not safe for two goroutines.
type features struct {
	size  image.Point
	found unsafe.Pointer
}

func newFeatures(grey gocv.Mat) (*features, error) {
	found := C.gridwatch_features_new(unsafe.Pointer(grey.Ptr()), mostFeatures)
	if found == nil {
		return nil, errPose
	}
	return &features{size: image.Pt(grey.Cols(), grey.Rows()), found: found}, nil
}

// Close frees the corners; a second call does nothing.
func (f *features) Close() {
	if f != nil && f.found != nil {
		C.gridwatch_features_free(f.found)
		f.found = nil
	}
}

func (f *features) count() int { return int(C.gridwatch_features_count(f.found)) }

// alignment is how one picture lies on another of the same scene.
type alignment struct {
	agree int     // So many corners agree; with few of them the rest means nothing.
	shift float64 // Way of the picture's middle, as a share of its width.
	turn  float64 // Degrees.
	zoom  float64 // 1 is the same scale.
}

// on tells how now lies on the reference f.
func (f *features) on(now *features) (alignment, error) {
	var s [4]C.double
	var matched C.int
	agree := C.gridwatch_features_align(f.found, now.found, &s[0], &matched)
	if agree < 0 {
		return alignment{}, errPose
	}
	if agree == 0 {
		return alignment{}, nil
	}
	a, b, tx, ty := float64(s[0]), float64(s[1]), float64(s[2]), float64(s[3])
	x, y := float64(f.size.X)/2, float64(f.size.Y)/2
	return alignment{
		agree: int(agree),
		shift: math.Hypot(a*x-b*y+tx-x, b*x+a*y+ty-y) / float64(f.size.X),
		turn:  math.Abs(math.Atan2(b, a)) * 180 / math.Pi,
		zoom:  math.Hypot(a, b),
	}, nil
}
