package geo

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// CRS names a coordinate system that outside coordinates may be in. Nothing is ever guessed: whoever brings
// coordinates says which, or their file does.
type CRS string

const (
	WGS84    CRS = "EPSG:4326"
	CGCS2000 CRS = "EPSG:4490" // Equal to WGS-84 within decimetres, so nothing is moved.
	GCJ02    CRS = "GCJ-02"    // Amap, Tencent: shifted by some hundred metres.
	BD09     CRS = "BD-09"     // Baidu: GCJ-02, shifted again.
	// And the Gauss-Krüger systems of CGCS2000, EPSG:4491 to EPSG:4554.
)

const knownCRS = "EPSG:4326, EPSG:4490, EPSG:4491 to EPSG:4554 (CGCS2000 Gauss-Krüger), GCJ-02 or BD-09"

// ParseCRS returns the system of that name.
func ParseCRS(name string) (CRS, error) {
	crs := CRS(name)
	_, isGauss := gausses[crs]
	switch {
	case isGauss || crs == WGS84 || crs == CGCS2000 || crs == GCJ02 || crs == BD09:
		return crs, nil
	case name == "":
		return "", Invalid("crs", "is missing: say %s", knownCRS)
	}
	return "", Invalid("crs", "%q is not known: say %s", name, knownCRS)
}

// ToWGS84 moves a point of the system (longitude, latitude; or easting, northing) to WGS-84.
func (c CRS) ToWGS84(p orb.Point) orb.Point {
	switch c {
	case WGS84, CGCS2000:
		return p
	case GCJ02:
		return gcjToWGS(p)
	case BD09:
		return gcjToWGS(bdToGCJ(p))
	}
	return gausses[c].unproject(p)
}

// FromWGS84 moves a point of WGS-84 to the system.
func (c CRS) FromWGS84(p orb.Point) orb.Point {
	switch c {
	case WGS84, CGCS2000:
		return p
	case GCJ02:
		return wgsToGCJ(p)
	case BD09:
		return gcjToBD(wgsToGCJ(p))
	}
	return gausses[c].project(p)
}

// epsg is the system as GDAL knows it: GCJ-02 and BD-09 it does not know, and files in them say no system.
func (c CRS) epsg() (name string, ok bool) { return string(c), strings.HasPrefix(string(c), "EPSG:") }

// same reports whether two names mean the same coordinates: some zones of 3 and 6 degrees have one meridian.
func (c CRS) same(other CRS) bool {
	a, isGauss := gausses[c]
	return c == other || isGauss && a == gausses[other]
}

// holds refuses a point that cannot be in the system, and says what it probably is.
func (c CRS) holds(p orb.Point) error {
	if math.IsNaN(p[0]+p[1]) || math.IsInf(p[0]+p[1], 0) {
		return Invalid("position", "%v has a coordinate that is not a number", p)
	}
	if g, ok := gausses[c]; ok {
		return g.holds(c, p)
	}
	swapped := orb.Point{p[1], p[0]}
	switch {
	case !onEarth(p) && onEarth(swapped) || c != WGS84 && !nearChina(p) && nearChina(swapped):
		return Invalid("position", "%v is not in %s: longitude comes first, are they swapped?", p, c)
	case !onEarth(p):
		return Invalid("position", "%v is not in %s: it has degrees, are these metres%s?", p, c, gaussHint(p))
	case c != WGS84 && !nearChina(p):
		return Invalid("position", "%v is not in %s, which covers China", p, c)
	}
	return nil
}

func onEarth(p orb.Point) bool { return p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90 }

// nearChina is the box of GCJ-02 with room for the shift of BD-09.
func nearChina(p orb.Point) bool {
	const room = 0.02
	return p[0] >= gcjWest-room && p[0] <= gcjEast+room && p[1] >= gcjSouth-room && p[1] <= gcjNorth+room
}

// The metres that a Gauss-Krüger point in China may have: three degrees to both sides of the meridian are 334 km at
// most, and neighbouring zones overlap.
const (
	gaussSideM             = 350_000
	gaussSouthM, gaussTopM = 90_000, 6_200_000
)

// holds refuses a point that is not near the meridian in China, by its digits alone.
func (g gauss) holds(c CRS, p orb.Point) error {
	switch swapped := (orb.Point{p[1], p[0]}); {
	case g.near(p):
		return nil
	case g.near(swapped):
		return Invalid("position", "%s is not in %s: easting comes first, are they swapped?", metres(p), c)
	case onEarth(p):
		return Invalid("position", "%v is not in %s: it has metres, are these degrees of EPSG:4490 or EPSG:4326?", p, c)
	}
	return Invalid("position", "%s is not in %s, whose eastings are around %.0f: is it%s?", metres(p), c, g.falseEastM(),
		gaussHint(p))
}

func (g gauss) near(p orb.Point) bool {
	return math.Abs(p[0]-g.falseEastM()) <= gaussSideM && p[1] >= gaussSouthM && p[1] <= gaussTopM
}

func metres(p orb.Point) string { return fmt.Sprintf("[%.3f %.3f]", p[0], p[1]) }

// gaussHint names the systems that metres may be of, in either order, by the zone in the easting.
func gaussHint(p orb.Point) string {
	for _, p := range []orb.Point{p, {p[1], p[0]}} {
		if (gauss{}).near(p) {
			return " of a Gauss-Krüger system without zone (EPSG:4534 to EPSG:4554; which meridian?)"
		}
		for _, c := range gaussNames() {
			if g := gausses[c]; g.zone > 0 && g.near(p) {
				return fmt.Sprintf(" of %s (zone %d)", c, g.zone)
			}
		}
	}
	return " of another system"
}

// gaussNames lists the Gauss-Krüger systems in order; those of 3 degrees before those of 6 with the same meridian.
func gaussNames() []CRS {
	var names []CRS
	for c := range gausses {
		names = append(names, c)
	}
	slices.SortFunc(names, func(a, b CRS) int {
		if six := func(c CRS) bool { return c < "EPSG:4513" }; six(a) != six(b) {
			if six(a) {
				return 1
			}
			return -1
		}
		return strings.Compare(string(a), string(b))
	})
	return names
}

// Likely lists the systems in which p would lie inside the bound, which is in WGS-84: what a person may have meant.
func Likely(p orb.Point, bound orb.Bound) []CRS {
	var found []CRS
	for _, c := range append([]CRS{CGCS2000, GCJ02, BD09}, gaussNames()...) {
		if slices.ContainsFunc(found, c.same) || c.holds(p) != nil {
			continue
		}
		if bound.Contains(c.ToWGS84(p)) {
			found = append(found, c)
		}
	}
	return found
}

var epsgName = regexp.MustCompile(`(?i)EPSG:(?:[0-9.]*:)?([0-9]+)$`)

// crsOfName reads the name that a file gives its system.
func crsOfName(name string) CRS {
	if epsg := epsgName.FindStringSubmatch(name); epsg != nil {
		return CRS("EPSG:" + epsg[1])
	}
	if strings.HasSuffix(strings.ToUpper(name), ":CRS84") {
		return WGS84
	}
	return CRS(name)
}

// agree settles what a file says (said is empty where it says nothing) with what its bringer stated (may be empty).
func agree(said, stated CRS, written string) (CRS, error) {
	switch {
	case said == "":
		return ParseCRS(string(stated))
	case stated == "" || said.same(stated):
		if _, err := ParseCRS(string(said)); err != nil {
			return "", Invalid("crs", "the file says %q, which is none of %s", written, knownCRS)
		}
		return said, nil
	}
	return "", Invalid("crs", "the file says %q, but it was stated to be %s", written, stated)
}
