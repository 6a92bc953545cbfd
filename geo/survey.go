package geo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"
)

// maxSurveyBytes is the largest file that is read: some hundred thousand grids.
const maxSurveyBytes = 256 << 20

// surveyFile is a GeoJSON FeatureCollection as survey offices deliver it: with the old crs member where they have one.
type surveyFile struct {
	Type     string          `json:"type"`
	CRS      json.RawMessage `json:"crs"`
	Features []surveyFeature `json:"features"`
}

type surveyFeature struct {
	Type       string `json:"type"`
	Properties struct {
		Code   text `json:"code"`
		Name   text `json:"name"`
		Kind   text `json:"kind"`
		Street text `json:"street"`
	} `json:"properties"`
	Geometry *geojson.Geometry `json:"geometry"`
}

// text is a property that must be a JSON string: a code read as a number loses digits. What else stands there is kept
// as it is written, and refused when its feature can be named.
type text struct {
	value string
	wrong string
}

func (t *text) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	if err := json.Unmarshal(data, &t.value); err != nil {
		t.wrong = string(data)
	}
	return nil
}

// ReadGrids reads grids of a net from a GeoJSON FeatureCollection whose coordinates are in the stated system. Features
// are polygons or multipolygons with the properties code and name, and kind and street where they have them. A third
// coordinate is dropped. It takes all features or none: an *InvalidError names the feature and the rule that failed.
func ReadGrids(r io.Reader, net Net, crs string) ([]Grid, error) {
	if err := net.Validate(); err != nil {
		return nil, err
	}
	system, err := ParseCRS(crs)
	if err != nil {
		return nil, err
	}
	file, err := readSurvey(r, system)
	if err != nil {
		return nil, err
	}
	grids := make([]Grid, 0, len(file.Features))
	first := map[string]string{} // Label of the feature that has a code.
	for i, feature := range file.Features {
		label := feature.label(i)
		grid, err := feature.grid(net, system)
		if err != nil {
			return nil, under(label, err)
		}
		if other, ok := first[grid.Code]; ok {
			return nil, Invalid(label+": code", "duplicate code: %s has it too", other)
		}
		first[grid.Code] = label
		grids = append(grids, grid)
	}
	return grids, nil
}

// ReadDistrict reads a district from a GeoJSON FeatureCollection with one feature, its outline.
func ReadDistrict(r io.Reader, crs string) (District, error) {
	system, err := ParseCRS(crs)
	if err != nil {
		return District{}, err
	}
	file, err := readSurvey(r, system)
	if err != nil {
		return District{}, err
	}
	if len(file.Features) != 1 {
		return District{}, Invalid("features", "a district has one feature, its outline, not %d", len(file.Features))
	}
	feature := file.Features[0]
	district := District{Code: feature.Properties.Code.value, Name: feature.Properties.Name.value}
	district.Outline, err = feature.boundary(system)
	if err == nil {
		err = district.Validate()
	}
	if err != nil {
		return District{}, under(feature.label(0), err)
	}
	return district, nil
}

func readSurvey(r io.Reader, stated CRS) (surveyFile, error) {
	var file surveyFile
	data, err := io.ReadAll(io.LimitReader(r, maxSurveyBytes+1))
	if err != nil {
		return file, fmt.Errorf("geo: read survey file: %w", err)
	}
	if len(data) > maxSurveyBytes {
		return file, Invalid("file", "is larger than %d MB", maxSurveyBytes>>20)
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return file, Invalid("file", "is not GeoJSON: %v", err)
	}
	if file.Type != "FeatureCollection" {
		return file, Invalid("type", "must be FeatureCollection, not %q", file.Type)
	}
	if len(file.Features) == 0 {
		return file, Invalid("features", "there is none")
	}
	return file, agreeOnCRS(file.CRS, stated)
}

// label names a feature by its place in the file and by what it calls itself.
func (f surveyFeature) label(i int) string {
	return strings.TrimSpace(fmt.Sprintf("feature %d %s %s", i, f.Properties.Code.value, f.Properties.Name.value))
}

// under puts the feature's name before the field of an *InvalidError.
func under(label string, err error) error {
	var invalid *InvalidError
	if errors.As(err, &invalid) {
		return &InvalidError{Field: label + ": " + invalid.Field, Rule: invalid.Rule}
	}
	return fmt.Errorf("%s: %w", label, err)
}

func (f surveyFeature) grid(net Net, system CRS) (Grid, error) {
	if f.Type != "Feature" {
		return Grid{}, Invalid("type", "must be Feature, not %q", f.Type)
	}
	p := f.Properties
	for _, property := range []struct {
		name string
		text text
	}{{"code", p.Code}, {"name", p.Name}, {"kind", p.Kind}, {"street", p.Street}} {
		if property.text.wrong != "" {
			return Grid{}, Invalid(property.name, "must be a JSON string, not %.40s", property.text.wrong)
		}
	}
	grid := Grid{Net: net, Code: p.Code.value, Name: p.Name.value, Kind: p.Kind.value, Street: p.Street.value}
	if grid.Kind == "" {
		grid.Kind = map[Net]string{Community: KindCommunity, Road: KindCorridor}[net]
	}
	var err error
	if grid.Boundary, err = f.boundary(system); err != nil {
		return Grid{}, err
	}
	return grid, grid.Validate()
}

func (f surveyFeature) boundary(system CRS) (orb.MultiPolygon, error) {
	if f.Geometry == nil {
		return nil, Invalid("geometry", "is missing")
	}
	if t := f.Geometry.Type; t != "Polygon" && t != "MultiPolygon" {
		return nil, Invalid("geometry", "must be a Polygon or a MultiPolygon, not %q", t)
	}
	shape, err := f.Geometry.Decode()
	if err != nil {
		return nil, Invalid("geometry", "%v", err)
	}
	var polygons []*geom.Polygon
	switch shape := shape.(type) {
	case *geom.Polygon:
		polygons = append(polygons, shape)
	case *geom.MultiPolygon:
		for i := range shape.NumPolygons() {
			polygons = append(polygons, shape.Polygon(i))
		}
	}
	var boundary orb.MultiPolygon
	for i, polygon := range polygons {
		var poly orb.Polygon
		for j := range polygon.NumLinearRings() {
			ring, err := readRing(fmt.Sprintf("geometry[%d][%d]", i, j), polygon.LinearRing(j).Coords(), system)
			if err != nil {
				return nil, err
			}
			poly = append(poly, ring)
		}
		boundary = append(boundary, poly)
	}
	return boundary, nil
}

// readRing brings a ring to WGS-84, in two dimensions and without repeated points.
func readRing(field string, coords []geom.Coord, system CRS) (orb.Ring, error) {
	var ring orb.Ring
	for k, c := range coords {
		p := orb.Point{c[0], c[1]}
		if err := system.holds(p); err != nil {
			return nil, under(fmt.Sprintf("%s[%d]", field, k), err)
		}
		p = system.ToWGS84(p)
		if len(ring) == 0 || ring[len(ring)-1] != p {
			ring = append(ring, p)
		}
	}
	return ring, nil
}

// holds refuses a point that cannot be in the system, and says what it probably is.
func (c CRS) holds(p orb.Point) error {
	lon, lat := p[0], p[1]
	swapped := orb.Point{lat, lon}
	switch onEarth := func(p orb.Point) bool { return p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90 }; {
	case !onEarth(p) && onEarth(swapped) || c != WGS84 && !nearChina(p) && nearChina(swapped):
		return Invalid("position", "%v is not in %s: longitude comes first, are they swapped?", p, c)
	case !onEarth(p):
		return Invalid("position", "%v is not in %s: it has degrees, are these metres?", p, c)
	case c != WGS84 && !nearChina(p):
		return Invalid("position", "%v is not in %s, which covers China", p, c)
	}
	return nil
}

// nearChina is the box of GCJ-02 with room for the shift of BD-09.
func nearChina(p orb.Point) bool {
	const room = 0.02
	return p[0] >= gcjWest-room && p[0] <= gcjEast+room && p[1] >= gcjSouth-room && p[1] <= gcjNorth+room
}

var epsgName = regexp.MustCompile(`(?i)EPSG:(?:[0-9.]*:)?([0-9]+)$`)

// agreeOnCRS refuses a file whose own crs member contradicts what its bringer says.
func agreeOnCRS(member json.RawMessage, stated CRS) error {
	if len(member) == 0 || string(member) == "null" {
		return nil
	}
	var crs struct {
		Type       string `json:"type"`
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(member, &crs); err != nil || crs.Type != "name" || crs.Properties.Name == "" {
		return Invalid("crs", "the file's crs member cannot be read: %.80s", member)
	}
	name := crs.Properties.Name
	said := CRS(name)
	if epsg := epsgName.FindStringSubmatch(name); epsg != nil {
		said = CRS("EPSG:" + epsg[1])
	} else if strings.HasSuffix(strings.ToUpper(name), ":CRS84") {
		said = WGS84
	}
	if said != stated {
		return Invalid("crs", "the file says %q, but it was stated to be %s", name, stated)
	}
	return nil
}
