package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Pair ties a pixel of a view to a point on the ground. Pixels are normalised frame coordinates, 0..1, y down.
type Pair struct {
	Pixel  orb.Point `json:"pixel"`
	LonLat orb.Point `json:"lonlat"`
}

// Ground places the pixels of one calibrated view on the map. It is immutable and safe for many goroutines.
type Ground struct {
	// ResidualM and LeaveOneOutM are root-mean-square errors of the pairs in metres: of each pair in the solution of
	// all, and of each pair in the solution of the others. Four pairs fit exactly, so there the first is 0 and the
	// second does not exist: LeaveOneOutM holds only where LeaveOneOutOK says so.
	ResidualM     float64
	LeaveOneOutM  float64
	LeaveOneOutOK bool

	frame   localFrame
	toLocal homography // Normalised pixel → local metres.
	toPixel homography // Its inverse.
}

// How well a detector finds the foot of a thing: five pixels of a 1920×1080 frame, one standard deviation.
const (
	footSigmaX = 5.0 / 1920
	footSigmaY = 5.0 / 1080
)

// maxRangeM is how far from its calibration points a view may place something. Nearer to the horizon a pixel
// spans hundreds of metres.
const maxRangeM = 5000

// At places a pixel on the map, with one standard deviation in metres, taken along the direction in which the
// position is least sure. It grows with the distance from the camera. False above the horizon, and so close below it
// that the place means nothing.
func (g *Ground) At(pixel orb.Point) (p orb.Point, sigmaM float64, ok bool) {
	m, ok := g.toLocal.apply(pixel)
	if !ok || math.Hypot(m[0], m[1]) > maxRangeM {
		return orb.Point{}, 0, false
	}
	foot := spread(g.toLocal.jacobian(pixel), footSigmaX, footSigmaY)
	return g.frame.lonLat(m), math.Hypot(foot, g.ResidualM), true
}

// Pixel is the inverse of At. False behind the camera and far outside the view's range; the pixel itself may lie
// outside the frame.
func (g *Ground) Pixel(p orb.Point) (orb.Point, bool) {
	if DistanceM(g.frame.origin, p) > maxRangeM {
		return orb.Point{}, false
	}
	return g.toPixel.apply(g.frame.metres(p))
}

// spread returns the standard deviation along the longest axis of the error ellipse that a matrix makes of two
// independent errors.
func spread(j [4]float64, sigmaX, sigmaY float64) float64 {
	a, b, c, d := j[0]*sigmaX, j[1]*sigmaY, j[2]*sigmaX, j[3]*sigmaY
	half, diff, mixed := (a*a+b*b+c*c+d*d)/2, (a*a+b*b-c*c-d*d)/2, a*c+b*d
	return math.Sqrt(half + math.Hypot(diff, mixed))
}
