package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The WGS-84 ellipsoid.
const (
	semiMajorM = 6378137.0
	flattening = 1 / 298.257223563
	eccentric2 = flattening * (2 - flattening)
)

const radians = math.Pi / 180

// localFrame measures metres east and north of an origin on the plane that touches the ellipsoid there. Within one
// kilometre its distances are true to a hundredth of a millimetre.
type localFrame struct {
	origin                         orb.Point
	sinLon, cosLon, sinLat, cosLat float64
	centre                         [3]float64 // The origin, from the centre of the earth.
}

func newLocalFrame(origin orb.Point) localFrame {
	f := localFrame{origin: origin, centre: geocentric(origin)}
	f.sinLon, f.cosLon = math.Sincos(origin[0] * radians)
	f.sinLat, f.cosLat = math.Sincos(origin[1] * radians)
	return f
}

// metres returns how far east and north of the origin p lies.
func (f localFrame) metres(p orb.Point) orb.Point {
	c := geocentric(p)
	x, y, z := c[0]-f.centre[0], c[1]-f.centre[1], c[2]-f.centre[2]
	return orb.Point{
		-f.sinLon*x + f.cosLon*y,
		-f.sinLat*f.cosLon*x - f.sinLat*f.sinLon*y + f.cosLat*z,
	}
}

// lonLat is the inverse of metres: a few steps on the true radii, each of which leaves a thousandth of the error.
func (f localFrame) lonLat(m orb.Point) orb.Point {
	p := f.origin
	for range 6 {
		rest := orb.Point{m[0], m[1]}
		at := f.metres(p)
		rest[0] -= at[0]
		rest[1] -= at[1]
		east, north := metresPerDegree(p[1])
		p[0] += rest[0] / east
		p[1] += rest[1] / north
		if math.Abs(rest[0])+math.Abs(rest[1]) < 1e-7 {
			break
		}
	}
	return p
}

// metresPerDegree returns the length of a degree of longitude and of latitude at a latitude.
func metresPerDegree(lat float64) (east, north float64) {
	sin, cos := math.Sincos(lat * radians)
	w := math.Sqrt(1 - eccentric2*sin*sin)
	return semiMajorM / w * cos * radians, semiMajorM * (1 - eccentric2) / (w * w * w) * radians
}

// geocentric returns a point of the ellipsoid in metres from the centre of the earth.
func geocentric(p orb.Point) [3]float64 {
	sinLon, cosLon := math.Sincos(p[0] * radians)
	sinLat, cosLat := math.Sincos(p[1] * radians)
	n := semiMajorM / math.Sqrt(1-eccentric2*sinLat*sinLat)
	return [3]float64{n * cosLat * cosLon, n * cosLat * sinLon, n * (1 - eccentric2) * sinLat}
}

// DistanceM is the distance of two points of the map in metres: to the millimetre inside a city, to half a percent
// around the world.
func DistanceM(a, b orb.Point) float64 {
	p, q := geocentric(a), geocentric(b)
	chord := math.Sqrt((p[0]-q[0])*(p[0]-q[0]) + (p[1]-q[1])*(p[1]-q[1]) + (p[2]-q[2])*(p[2]-q[2]))
	const meanRadiusM = 6371008.8
	return 2 * meanRadiusM * math.Asin(min(1, chord/(2*meanRadiusM)))
}
