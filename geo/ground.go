package geo

import (
	"errors"

	"github.com/paulmach/orb"
)

// Pair ties a pixel of a view to a point on the ground. Pixels are normalised frame coordinates, 0..1, y down.
type Pair struct {
	Pixel  orb.Point `json:"pixel"`
	LonLat orb.Point `json:"lonlat"`
}

// Ground places the pixels of one calibrated view on the map. It is immutable and safe for many goroutines.
type Ground struct {
	// ResidualM and LeaveOneOutM are root-mean-square errors of the pairs in metres. LeaveOneOutM is defined only with
	// five pairs or more, and only where LeaveOneOutOK says so.
	ResidualM     float64
	LeaveOneOutM  float64
	LeaveOneOutOK bool

	origin  orb.Point  // Origin of the local metric frame.
	toLocal [9]float64 // Normalised pixel → local metres, row-major.
	toPixel [9]float64 // Its inverse.
}

// SolveGround calibrates a view from at least four pairs.
func SolveGround(pairs []Pair) (*Ground, error) { return nil, errors.ErrUnsupported }

// At places a pixel on the map, with one standard deviation in metres; false where the view does not see the ground.
func (g *Ground) At(pixel orb.Point) (p orb.Point, sigmaM float64, ok bool) { return p, 0, false }

// Pixel is the inverse of At; false behind the camera.
func (g *Ground) Pixel(p orb.Point) (orb.Point, bool) { return p, false }

// DistanceM is the distance of two points of the map in metres.
func DistanceM(a, b orb.Point) float64 { return 0 }
