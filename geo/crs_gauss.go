package geo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// gauss is a Gauss-Krüger system of CGCS2000: the transverse Mercator projection about a meridian, at scale 1, as
// EPSG numbers it. There are zones of 3 and of 6 degrees, and two forms of each: with the zone's number before the
// easting's six digits, or without it.
type gauss struct {
	meridian float64 // Degrees.
	zone     int     // Before the easting; 0 for the form without.
}

const gaussMiddleM = 500_000 // The easting of the meridian, without the zone.

// gausses are all of them: EPSG:4491 to EPSG:4554.
var gausses = func() map[CRS]gauss {
	all := map[CRS]gauss{}
	put := func(epsg int, g gauss) { all[CRS(fmt.Sprintf("EPSG:%d", epsg))] = g }
	for i := range 11 { // Six degrees: zones 13 to 23.
		meridian := float64(75 + 6*i)
		put(4491+i, gauss{meridian, 13 + i})
		put(4502+i, gauss{meridian, 0})
	}
	for i := range 21 { // Three degrees: zones 25 to 45.
		meridian := float64(75 + 3*i)
		put(4513+i, gauss{meridian, 25 + i})
		put(4534+i, gauss{meridian, 0})
	}
	return all
}()

// falseEastM is what the easting of the meridian is written as.
func (g gauss) falseEastM() float64 { return float64(g.zone)*1e6 + gaussMiddleM }

// The ellipsoid of CGCS2000, and Krüger's series to the fourth power of its third flattening: within the zones they
// are exact to less than a micrometre.
const (
	cgcsA = 6378137.0
	cgcsF = 1 / 298.257222101
	cgcsN = cgcsF / (2 - cgcsF)
	n2    = cgcsN * cgcsN
	n3    = n2 * cgcsN
	n4    = n3 * cgcsN
)

var (
	cgcsE       = math.Sqrt(cgcsF * (2 - cgcsF))
	gaussRadius = cgcsA / (1 + cgcsN) * (1 + n2/4 + n4/64)

	gaussTo = [4]float64{
		cgcsN/2 - 2*n2/3 + 5*n3/16 + 41*n4/180,
		13*n2/48 - 3*n3/5 + 557*n4/1440,
		61*n3/240 - 103*n4/140,
		49561 * n4 / 161280,
	}
	gaussFrom = [4]float64{
		cgcsN/2 - 2*n2/3 + 37*n3/96 - n4/360,
		n2/48 + n3/15 - 437*n4/1440,
		17*n3/480 - 37*n4/840,
		4397 * n4 / 161280,
	}
)

// project gives easting and northing in metres.
func (g gauss) project(p orb.Point) orb.Point {
	sin, cos := math.Sincos((p[0] - g.meridian) * radians)
	t := conformal(math.Tan(p[1] * radians))
	x, y := math.Atan2(t, cos), math.Asinh(sin/math.Hypot(t, cos))
	dx, dy := series(gaussTo, x, y)
	return orb.Point{g.falseEastM() + gaussRadius*(y+dy), gaussRadius * (x + dx)}
}

// unproject gives longitude and latitude in degrees.
func (g gauss) unproject(p orb.Point) orb.Point {
	x, y := p[1]/gaussRadius, (p[0]-g.falseEastM())/gaussRadius
	dx, dy := series(gaussFrom, x, y)
	x, y = x-dx, y-dy
	sin, cos := math.Sincos(x)
	t := unconformal(sin / math.Hypot(math.Sinh(y), cos))
	return orb.Point{g.meridian + math.Atan2(math.Sinh(y), cos)/radians, math.Atan(t) / radians}
}

func series(c [4]float64, x, y float64) (dx, dy float64) {
	for i, c := range c {
		k := float64(2 * (i + 1))
		sin, cos := math.Sincos(k * x)
		dx += c * sin * math.Cosh(k*y)
		dy += c * cos * math.Sinh(k*y)
	}
	return dx, dy
}

// conformal turns the tangent of a latitude into that of its conformal latitude.
func conformal(t float64) float64 {
	s := math.Sinh(cgcsE * math.Atanh(cgcsE*t/math.Hypot(1, t)))
	return t*math.Hypot(1, s) - s*math.Hypot(1, t)
}

// unconformal is the inverse of conformal, by Newton's method.
func unconformal(want float64) float64 {
	const e2, rounds = cgcsF * (2 - cgcsF), 5
	t := want
	for range rounds {
		is := conformal(t)
		t += (want - is) / math.Hypot(1, is) * (1 + (1-e2)*t*t) / ((1 - e2) * math.Hypot(1, t))
	}
	return t
}
