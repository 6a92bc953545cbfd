// Package geo is what the city is: its grids and their editions, fences, permits, and the way from a pixel
// or a point to the grid that answers for it. Coordinates are WGS-84 longitude, latitude in degrees (orb's order)
// unless a name says otherwise.
package geo

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paulmach/orb"
)

// Net is one of the two coverages of a city.
type Net string

const (
	Community Net = "community" // 社网: communities and town sections, a coverage without gaps.
	Road      Net = "road"      // 路网: street corridors.
)

// Nets lists every net, in the order in which screens show them.
var Nets = []Net{Community, Road}

// Validate reports a net that does not exist.
func (n Net) Validate() error {
	if n != Community && n != Road {
		return Invalid("net", "must be %q or %q, not %q", Community, Road, n)
	}
	return nil
}

// Kinds of grids. A community net has communities and sections, a road net has corridors.
const (
	KindCommunity = "community" // 社区
	KindSection   = "section"   // 片区 of a town
	KindCorridor  = "corridor"  // 道路
)

// Grid is one polygon of a net (单元网格).
type Grid struct {
	Net       Net
	Code      string // 15 digits: 6 district + 3 street + 3 community + 3 sequence (GB/T 30428.1).
	Name      string
	Kind      string   // "community", "section" or "corridor".
	Street    string   // Name of the street or town, as people say it.
	Section   *Section // What a corridor is made from; nil where it was only drawn.
	Boundary  orb.MultiPolygon
	EditionID int64
}

var gridCode = regexp.MustCompile(`^[0-9]{15}$`)

// Validate returns the first rule that the grid breaks.
func (g Grid) Validate() error {
	if err := g.Net.Validate(); err != nil {
		return err
	}
	if !gridCode.MatchString(g.Code) {
		return Invalid("code", "must have 15 digits, not %q", g.Code)
	}
	if strings.TrimSpace(g.Name) == "" {
		return Invalid("name", "is missing")
	}
	if err := validText("name", g.Name); err != nil {
		return err
	}
	if err := validText("street", g.Street); err != nil {
		return err
	}
	if corridor := g.Kind == KindCorridor; corridor != (g.Net == Road) ||
		!corridor && g.Kind != KindCommunity && g.Kind != KindSection {
		return Invalid("kind", "%q does not belong to the %s net", g.Kind, g.Net)
	}
	if g.Section != nil {
		if g.Net != Road {
			return Invalid("section", "does not belong to the %s net", g.Net)
		}
		if err := g.Section.Validate(); err != nil {
			return under("section", err)
		}
	}
	return validBoundary("boundary", g.Boundary)
}

// label names a grid in errors, for people.
func (g Grid) label() string { return strings.TrimSpace(fmt.Sprintf("grid %s %s", g.Code, g.Name)) }

const maxText = 200

// validText refuses what a name cannot be: bytes that are no text, control characters, a whole book.
func validText(field, text string) error {
	if !utf8.ValidString(text) {
		return Invalid(field, "must be UTF-8")
	}
	if utf8.RuneCountInString(text) > maxText {
		return Invalid(field, "has more than %d characters", maxText)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return Invalid(field, "has a control character")
	}
	return nil
}
