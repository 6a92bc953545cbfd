// Package coverage is the shared-border editing engine: the grids of one net, whose borders are shared because
// neighbours hold the same vertices. Coordinates are integers of 1e-7 degrees and every decision is exact, so that the
// engine's twin in TypeScript (web/app/planner) gives the same answer to the last unit; testdata/vectors.json holds
// the two together.
package coverage

import (
	"cmp"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Point is a longitude and a latitude in units of 1e-7 degrees.
type Point struct{ X, Y int32 }

const unitsPerDegree = 1e7

// PointOf rounds degrees to the nearest unit, halves away from zero.
func PointOf(p orb.Point) Point {
	return Point{int32(math.Round(p[0] * unitsPerDegree)), int32(math.Round(p[1] * unitsPerDegree))}
}

// Orb gives the point in degrees.
func (p Point) Orb() orb.Point {
	return orb.Point{float64(p.X) / unitsPerDegree, float64(p.Y) / unitsPerDegree}
}

// Compare orders points from west to east, and of one meridian from south to north.
func (p Point) Compare(q Point) int { return cmp.Or(cmp.Compare(p.X, q.X), cmp.Compare(p.Y, q.Y)) }

// Polygon is an outer ring, counter-clockwise, and its holes, clockwise. Rings are closed: the first point is the last.
type Polygon [][]Point

// Grid is one grid of the coverage, in canonical form when it comes out of a Coverage: each ring begins at its western
// (of several its southern) point, holes and polygons follow in the order of these points.
type Grid struct {
	Code, Name, Kind, Street string
	Attributes               string // What else is known of it, as its owner writes it; the engine only carries it.
	Boundary                 []Polygon
}

// GridOf takes degrees; rings may turn either way.
func GridOf(code, name, kind, street string, boundary orb.MultiPolygon) Grid {
	return Grid{Code: code, Name: name, Kind: kind, Street: street, Boundary: polygonsOf(boundary)}
}

func polygonsOf(boundary orb.MultiPolygon) []Polygon {
	polygons := make([]Polygon, len(boundary))
	for i, poly := range boundary {
		for _, ring := range poly {
			points := make([]Point, len(ring))
			for k, p := range ring {
				points[k] = PointOf(p)
			}
			polygons[i] = append(polygons[i], points)
		}
	}
	return polygons
}

// Orb gives the boundary in degrees.
func (g Grid) Orb() orb.MultiPolygon {
	boundary := make(orb.MultiPolygon, len(g.Boundary))
	for i, poly := range g.Boundary {
		for _, points := range poly {
			ring := make(orb.Ring, len(points))
			for k, p := range points {
				ring[k] = p.Orb()
			}
			boundary[i] = append(boundary[i], ring)
		}
	}
	return boundary
}

// community is the first twelve digits of the code: district, street, community.
func (g Grid) community() string { return communityOf(g.Code) }

func communityOf(code string) string { return code[:min(12, len(code))] }

// Change is what a command did: whole grids by code, those that are gone or were changed before, and those that are new
// or changed after. Both are ordered by code.
type Change struct{ Before, After []Grid }

// Options are what the person who edits may do, and what the edition is measured against.
type Options struct {
	MinAreaM2 float64      // No command may leave a new or shrunken grid smaller than this.
	Outline   bool         // The outer outline, and those of Divided communities, may change.
	Divided   *Communities // Of the edition that the draft began from; nil holds no community.
}

// Problem is what is wrong with a coverage as it stands.
type Problem struct {
	Rule    string
	Text    string
	At      Point
	Codes   []string
	Warning bool    // It may be published all the same.
	AreaM2  float64 // Of a gap, a sliver, a grid that is too small or too large; else zero.
}

// Rules by which a command is refused, in the order in which they are looked at.
const (
	NotFound        = "not_found"        // No grid has the code.
	CodeTaken       = "code_taken"       // Another grid has it.
	BadCode         = "bad_code"         // Not 15 digits.
	NoSuchVertex    = "no_such_vertex"   // No grid has a vertex there.
	NoSuchEdge      = "no_such_edge"     // No grid has that edge.
	Junction        = "junction"         // More than two borders meet in the vertex that shall be deleted.
	NoCrossing      = "no_crossing"      // The line does not cut the grid, or does not meet its border twice.
	NotNeighbours   = "not_neighbours"   // The grids share no edge.
	NoHole          = "no_hole"          // There is no gap around the point.
	NothingChanges  = "nothing_changes"  // The command would leave everything as it is.
	OffTheMap       = "off_the_map"      // A point leaves the longitudes and latitudes, or a grid spans a quarter of them.
	NotSimple       = "not_simple"       // A ring crosses, touches or folds onto itself, or has no area.
	Flips           = "flips"            // A ring turns inside out.
	Crosses         = "crosses"          // A border crosses a neighbour's.
	Overlaps        = "overlaps"         // Two grids own the same ground.
	LeavesCommunity = "leaves_community" // A border between communities leaves the outline of a divided community.
	TooSmall        = "too_small"        // A grid falls below the least area.
	Outline         = "outline"          // The outer outline changes.
	Stale           = "stale"            // The change to be undone is not what the coverage holds.
)

// Refusal says why a command was not applied, where, and for which grids. The zero Point says that it has no place.
type Refusal struct {
	Rule  string
	Text  string
	At    Point
	Codes []string
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("%s: %s (at %.7f, %.7f)", r.Rule, r.Text, r.At.Orb()[0], r.At.Orb()[1])
}

func refuse(rule string, at Point, codes []string, text string, args ...any) *Refusal {
	return &Refusal{Rule: rule, Text: fmt.Sprintf(text, args...), At: at, Codes: codes}
}
