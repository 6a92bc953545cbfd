package geo

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Place is a spot of the city that is to be watched (点位), of one of the city's classes.
type Place struct {
	ID       string
	Name     string
	Class    string       // Key of a PlaceClass.
	Geometry orb.Geometry // An orb.Point, or an orb.Polygon where its extent is known.
	Key      bool         // Somebody has to see it: one that no view shows is told.
	Demo     bool
}

// Validate returns the first rule that the place breaks. Whether its class exists, PlaceClasses.Check says.
func (p Place) Validate() error {
	for _, must := range []struct{ field, text string }{{"id", p.ID}, {"name", p.Name}, {"class", p.Class}} {
		if must.text == "" {
			return Invalid(must.field, "is missing")
		}
		if err := validText(must.field, must.text); err != nil {
			return err
		}
	}
	if !placeClassKey.MatchString(p.Class) {
		return Invalid("class", "%q is not small letters, digits and underscores", p.Class)
	}
	switch g := p.Geometry.(type) {
	case orb.Point:
		if !(math.Abs(g.Lon()) <= 180 && math.Abs(g.Lat()) <= 90) { // True for NaN.
			return Invalid("geometry", "must be a longitude and a latitude in degrees, not %v", g)
		}
		return nil
	case orb.Polygon:
		return validBoundary("geometry", orb.MultiPolygon{g})
	}
	return Invalid("geometry", "must be a point or a polygon")
}

// Centre is where the place is drawn and which grid it belongs to.
func (p Place) Centre() orb.Point {
	if area, ok := p.Geometry.(orb.Polygon); ok {
		centre, _ := planar.CentroidArea(area)
		return centre
	}
	return p.Geometry.(orb.Point)
}
