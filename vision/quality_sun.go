package vision

import (
	"math"
	"time"

	"github.com/paulmach/orb"
)

// Daylight reports whether the sun stands high enough at a place for every camera to see.
func (p QualityParams) Daylight(at orb.Point, t time.Time) bool { return sunDeg(at, t) >= p.DaySunDeg }

// sunDeg is how high the sun stands over the horizon, in degrees, to about half a degree: by day or by night is all that
// it is asked for. (Almanac for Computers' low-precision position of the sun.)
func sunDeg(at orb.Point, t time.Time) float64 {
	const rad = math.Pi / 180
	days := float64(t.Unix())/86400 - 10957.5 // Since noon of the first of January 2000.
	mean := (280.460 + 0.9856474*days) * rad
	anomaly := (357.528 + 0.9856003*days) * rad
	ecliptic := mean + (1.915*math.Sin(anomaly)+0.020*math.Sin(2*anomaly))*rad
	tilt := 23.439 * rad
	declination := math.Asin(math.Sin(tilt) * math.Sin(ecliptic))
	ascension := math.Atan2(math.Cos(tilt)*math.Sin(ecliptic), math.Cos(ecliptic))
	sidereal := (280.46062 + 360.98564737*days + at.Lon()) * rad
	hour := sidereal - ascension
	lat := at.Lat() * rad
	return math.Asin(math.Sin(lat)*math.Sin(declination)+math.Cos(lat)*math.Cos(declination)*math.Cos(hour)) / rad
}
