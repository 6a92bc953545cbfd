package capture

// #include "pose.h"
import "C"

import (
	"bytes"
	"errors"
	"image"
	"math"
	"unsafe"

	"gridwatch/vision"

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

// newFeatures looks for corners where visible is not 0, and everywhere where it is empty.
func newFeatures(grey, visible gocv.Mat) (*features, error) {
	found := C.gridwatch_features_new(unsafe.Pointer(grey.Ptr()), unsafe.Pointer(visible.Ptr()), mostFeatures)
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
	agree  int     // So many corners agree; with few of them the rest means nothing.
	spread int     // In how many of twelve parts of the picture they lie.
	shift  float64 // Way of the picture's middle, as a share of its width.
	turn   float64 // Degrees.
	zoom   float64 // 1 is the same scale.
}

// on tells how now lies on the reference f.
func (f *features) on(now *features) (alignment, error) {
	var s [4]C.double
	var spread C.int
	agree := C.gridwatch_features_align(f.found, now.found, &s[0], &spread)
	if agree < 0 {
		return alignment{}, errPose
	}
	if agree == 0 {
		return alignment{}, nil
	}
	a, b, tx, ty := float64(s[0]), float64(s[1]), float64(s[2]), float64(s[3])
	x, y := float64(f.size.X)/2, float64(f.size.Y)/2
	return alignment{
		agree: int(agree), spread: int(spread),
		shift: math.Hypot(a*x-b*y+tx-x, b*x+a*y+ty-y) / float64(f.size.X),
		turn:  math.Abs(math.Atan2(b, a)) * 180 / math.Pi,
		zoom:  math.Hypot(a, b),
	}, nil
}

// pose names it. Few corners that agree, or many in one corner, say nothing.
func (a alignment) pose(p vision.QualityParams) vision.Pose {
	switch {
	case float64(a.agree) < p.PosePoints || float64(a.spread) < p.PoseParts || a.zoom < 0.5 || a.zoom > 2:
		return ""
	case a.shift <= p.MovedShift && a.turn <= p.MovedDeg && math.Abs(a.zoom-1) <= p.MovedZoom:
		return vision.PoseAt
	}
	return vision.PoseMoved
}

// besideMask is how far from a mask's edge corners are left alone, pixels: the edge itself stays where it is when the
// camera moves.
const besideMask = 17

// visibleParts is 0 where the camera's masks hide the picture, or nearly; empty where there are none.
func visibleParts(camera vision.Camera, size image.Point) (gocv.Mat, error) {
	visible := gocv.NewMat()
	masks := camera.Masks()
	if len(masks) == 0 {
		return visible, nil
	}
	white, err := NewImage(size.X, size.Y, bytes.Repeat([]byte{255}, 3*size.X*size.Y))
	if err != nil {
		return visible, err
	}
	defer white.Close()
	vision.Blacken(white, masks)
	kernel := gocv.GetStructuringElement(gocv.MorphRect, image.Pt(2*besideMask+1, 2*besideMask+1))
	defer kernel.Close()
	return visible, errors.Join(gocv.CvtColor(white.(*picture).mat, &visible, gocv.ColorBGRToGray), gocv.Erode(visible, &visible, kernel))
}
