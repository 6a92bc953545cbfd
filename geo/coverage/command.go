package coverage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// Op names a command.
type Op string

// The operations.
const (
	MoveVertex   Op = "move_vertex"   // from, to: every grid that has the vertex follows.
	InsertVertex Op = "insert_vertex" // edge, at.
	DeleteVertex Op = "delete_vertex" // at.
	MoveEdge     Op = "move_edge"     // edge, by.
	Split        Op = "split"         // code, line, new, keep.
	Merge        Op = "merge"         // codes, into.
	Reshape      Op = "reshape"       // code, line.
	AssignHole   Op = "assign_hole"   // at, code.
	Snap         Op = "snap"          // codes, lines, tolerance_m.
	Create       Op = "create"        // grid.
	Replace      Op = "replace"       // code, geometry.
	Delete       Op = "delete"        // code.
	Describe     Op = "describe"      // code, name, kind, street, new_code: what is missing stays.
)

// Command is one operation with what it needs, in degrees as people and GeoJSON write them. Points are rounded to units
// of 1e-7 degrees before anything is decided.
type Command struct {
	Op         Op            `json:"op"`
	Code       string        `json:"code,omitempty"`
	Codes      []string      `json:"codes,omitempty"`
	Into       string        `json:"into,omitempty"`
	From       *orb.Point    `json:"from,omitempty"`
	To         *orb.Point    `json:"to,omitempty"`
	At         *orb.Point    `json:"at,omitempty"`
	By         *orb.Point    `json:"by,omitempty"`
	Keep       *orb.Point    `json:"keep,omitempty"`
	Edge       []orb.Point   `json:"edge,omitempty"`
	Line       []orb.Point   `json:"line,omitempty"`
	Lines      [][]orb.Point `json:"lines,omitempty"`
	ToleranceM float64       `json:"tolerance_m,omitempty"`
	New        *NewGrid      `json:"new,omitempty"`
	Grid       *NewGrid      `json:"grid,omitempty"`
	Geometry   *Geometry     `json:"geometry,omitempty"`
	Name       *string       `json:"name,omitempty"`
	Kind       *string       `json:"kind,omitempty"`
	Street     *string       `json:"street,omitempty"`
	NewCode    string        `json:"new_code,omitempty"`
}

// NewGrid describes the grid that a split or a create makes; a split needs no geometry, and takes the next code of the
// community where it is empty.
type NewGrid struct {
	Code     string    `json:"code,omitempty"`
	Name     string    `json:"name,omitempty"`
	Kind     string    `json:"kind,omitempty"`
	Street   string    `json:"street,omitempty"`
	Geometry *Geometry `json:"geometry,omitempty"`
}

// Geometry is a GeoJSON Polygon or MultiPolygon.
type Geometry struct{ orb.MultiPolygon }

// UnmarshalJSON reads a GeoJSON geometry; anything but polygons is refused.
func (g *Geometry) UnmarshalJSON(data []byte) error {
	read, err := geojson.UnmarshalGeometry(data)
	if err != nil {
		return fmt.Errorf("geometry: %w", err)
	}
	switch shape := read.Geometry().(type) {
	case orb.Polygon:
		g.MultiPolygon = orb.MultiPolygon{shape}
	case orb.MultiPolygon:
		g.MultiPolygon = shape
	default:
		return errors.New("geometry: must be a Polygon or a MultiPolygon")
	}
	return nil
}

// MarshalJSON writes GeoJSON.
func (g Geometry) MarshalJSON() ([]byte, error) {
	if len(g.MultiPolygon) == 1 {
		return geojson.NewGeometry(g.MultiPolygon[0]).MarshalJSON()
	}
	return geojson.NewGeometry(g.MultiPolygon).MarshalJSON()
}

// CommandError names the field of a command that cannot be read, and the rule that it breaks.
type CommandError struct{ Field, Rule string }

func (e *CommandError) Error() string { return e.Field + ": " + e.Rule }

// DecodeCommand reads one command strictly: no unknown field, nothing after it, every field that the operation needs, and
// coordinates on the map. The error is a *CommandError.
func DecodeCommand(data []byte) (Command, error) {
	var cmd Command
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&cmd); err != nil {
		return Command{}, &CommandError{"command", err.Error()}
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Command{}, &CommandError{"command", "something follows it"}
	}
	if err := cmd.Validate(); err != nil {
		return Command{}, err
	}
	return cmd, nil
}

// Limits of one command.
const (
	maxPoints     = 100_000
	maxCodes      = 10_000
	maxToleranceM = 100
)

// Validate refuses a command that lacks what its operation needs, or whose coordinates are not on the map. The error is a
// *CommandError.
func (cmd Command) Validate() error {
	checks := map[Op][]error{
		MoveVertex:   {position("from", cmd.From), position("to", cmd.To)},
		InsertVertex: {positions("edge", cmd.Edge, 2, 2), position("at", cmd.At)},
		DeleteVertex: {position("at", cmd.At)},
		MoveEdge:     {positions("edge", cmd.Edge, 2, 2), position("by", cmd.By)},
		Split:        {given("code", cmd.Code), positions("line", cmd.Line, 2, maxPoints), optional("keep", cmd.Keep), present("new", cmd.New != nil)},
		Merge:        {between("codes", len(cmd.Codes), 2, maxCodes), given("into", cmd.Into)},
		Reshape:      {given("code", cmd.Code), positions("line", cmd.Line, 2, maxPoints)},
		AssignHole:   {position("at", cmd.At), given("code", cmd.Code)},
		Snap:         {between("codes", len(cmd.Codes), 1, maxCodes), lines(cmd.Lines), tolerance(cmd.ToleranceM)},
		Create:       {present("grid", cmd.Grid != nil), cmd.Grid.geometry()},
		Replace:      {given("code", cmd.Code), shape("geometry", cmd.Geometry)},
		Delete:       {given("code", cmd.Code)},
		Describe:     {given("code", cmd.Code)},
	}
	needs, known := checks[cmd.Op]
	if !known {
		return &CommandError{"op", fmt.Sprintf("%q is not an operation", cmd.Op)}
	}
	for _, err := range needs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *NewGrid) geometry() error {
	if g == nil {
		return nil
	}
	return shape("grid.geometry", g.Geometry)
}

func present(field string, there bool) error {
	if !there {
		return &CommandError{field, "is missing"}
	}
	return nil
}

func given(field, value string) error { return present(field, value != "") }

func position(field string, p *orb.Point) error {
	if err := present(field, p != nil); err != nil {
		return err
	}
	return optional(field, p)
}

func optional(field string, p *orb.Point) error {
	if p != nil && !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
		return &CommandError{field, fmt.Sprintf("must be longitude and latitude in degrees, not %v", *p)}
	}
	return nil
}

func positions(field string, points []orb.Point, least, most int) error {
	if err := between(field, len(points), least, most); err != nil {
		return err
	}
	for i := range points {
		if err := optional(fmt.Sprintf("%s[%d]", field, i), &points[i]); err != nil {
			return err
		}
	}
	return nil
}

func between(field string, n, least, most int) error {
	if n < least || n > most {
		return &CommandError{field, fmt.Sprintf("must have %d to %d entries, not %d", least, most, n)}
	}
	return nil
}

func lines(lines [][]orb.Point) error {
	total := 0
	for i, line := range lines {
		if err := positions(fmt.Sprintf("lines[%d]", i), line, 2, maxPoints); err != nil {
			return err
		}
		total += len(line)
	}
	return between("lines", total, 2, maxPoints)
}

func tolerance(m float64) error {
	if !(m > 0 && m <= maxToleranceM) {
		return &CommandError{"tolerance_m", fmt.Sprintf("must be above 0 and at most %d metres", maxToleranceM)}
	}
	return nil
}

func shape(field string, g *Geometry) error {
	if err := present(field, g != nil && len(g.MultiPolygon) > 0); err != nil {
		return err
	}
	total := 0
	for _, poly := range g.MultiPolygon {
		if err := between(field, len(poly), 1, maxPoints); err != nil {
			return err
		}
		for _, ring := range poly {
			if err := positions(field, ring, 4, maxPoints); err != nil {
				return err
			}
			if ring[0] != ring[len(ring)-1] {
				return &CommandError{field, fmt.Sprintf("a ring is not closed: it begins at %v and ends at %v", ring[0], ring[len(ring)-1])}
			}
			total += len(ring)
		}
	}
	return between(field, total, 4, maxPoints)
}
