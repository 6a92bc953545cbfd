package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The constants of GCJ-02 (the ellipsoid of Krasovsky, and the box outside which nothing is shifted) and of BD-09.
const (
	gcjA               = 6378245.0
	gcjEE              = 0.00669342162296594323
	gcjWest, gcjEast   = 72.004, 137.8347
	gcjSouth, gcjNorth = 0.8293, 55.8271

	bdWave               = math.Pi * 3000 / 180
	bdStretch, bdRotate  = 2e-5, 3e-6
	bdMoveEast, bdMoveUp = 0.0065, 0.006
)

func inChina(p orb.Point) bool {
	return p[0] >= gcjWest && p[0] <= gcjEast && p[1] >= gcjSouth && p[1] <= gcjNorth
}

func wgsToGCJ(p orb.Point) orb.Point {
	if !inChina(p) {
		return p
	}
	x, y := p[0]-105, p[1]-35
	waves := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + waves +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 +
		(160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + waves +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 +
		(150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	sin, cos := math.Sincos(p[1] * radians)
	w := 1 - gcjEE*sin*sin
	root := math.Sqrt(w)
	return orb.Point{
		p[0] + east*180/(gcjA/root*cos*math.Pi),
		p[1] + north*180/(gcjA*(1-gcjEE)/(w*root)*math.Pi),
	}
}

func gcjToWGS(p orb.Point) orb.Point { return invert(wgsToGCJ, p) }

func gcjToBD(p orb.Point) orb.Point {
	r := math.Hypot(p[0], p[1]) + bdStretch*math.Sin(p[1]*bdWave)
	angle := math.Atan2(p[1], p[0]) + bdRotate*math.Cos(p[0]*bdWave)
	sin, cos := math.Sincos(angle)
	return orb.Point{r*cos + bdMoveEast, r*sin + bdMoveUp}
}

func bdToGCJ(p orb.Point) orb.Point { return invert(gcjToBD, p) }

// invert solves shift(p) = q by a fixed point: each round leaves about a hundredth of the error before it. The shift
// is small and smooth, so q itself is a good beginning.
func invert(shift func(orb.Point) orb.Point, q orb.Point) orb.Point {
	const rounds, enough = 8, 1e-13
	p := q
	for range rounds {
		s := shift(p)
		east, north := s[0]-q[0], s[1]-q[1]
		p[0] -= east
		p[1] -= north
		if math.Abs(east)+math.Abs(north) < enough {
			break
		}
	}
	return p
}
