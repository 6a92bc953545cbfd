package geo

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"
)

// maxSurveyBytes is the largest file that is read: some hundred thousand grids.
const maxSurveyBytes = 256 << 20

// survey is what a file of any format says.
type survey struct {
	crs      CRS    // What the file says itself; empty where it says nothing.
	written  string // How it says that.
	features []surveyFeature
}

// surveyFeature is one row or feature. What is wrong with it is kept until it can be named.
type surveyFeature struct {
	kindOf string // "Feature", or what stands there instead.
	code   text
	name   text
	kind   text
	street text
	shape  geom.T // nil where there is none.
	wrong  error  // With the geometry.
}

// text is a property that must be text: a code read as a number loses digits.
type text struct {
	value string
	wrong string // What is wrong with it, if anything.
}

// columns are the names that a property may have, in any case.
var columns = map[string]func(*surveyFeature) *text{
	"code": codeOf, "编码": codeOf, "代码": codeOf, "网格编码": codeOf, "标识码": codeOf,
	"name": nameOf, "名称": nameOf, "网格名称": nameOf,
	"kind": kindOf, "类型": kindOf,
	"street": streetOf, "街道": streetOf, "街道名称": streetOf, "所属街道": streetOf,
}

func codeOf(f *surveyFeature) *text   { return &f.code }
func nameOf(f *surveyFeature) *text   { return &f.name }
func kindOf(f *surveyFeature) *text   { return &f.kind }
func streetOf(f *surveyFeature) *text { return &f.street }

// put keeps a property if it is one that grids have.
func (f *surveyFeature) put(column string, value text) {
	if at := columns[strings.ToLower(strings.TrimSpace(column))]; at != nil && *at(f) == (text{}) {
		*at(f) = value
	}
}

// kinds are the kinds of grids as people write them.
var kinds = map[string]string{"社区": KindCommunity, "片区": KindSection, "道路": KindCorridor}

// ReadGrids reads grids of a net from a GeoJSON FeatureCollection. The file's crs member says what system its
// coordinates are in, or crs does; they must not contradict each other. Features are polygons or multipolygons with the
// properties code and name, and kind and street where they have them. A third coordinate is dropped. It takes all
// features or none: an *InvalidError names the feature and the rule that failed.
func ReadGrids(r io.Reader, net Net, crs string) ([]Grid, error) {
	if err := net.Validate(); err != nil {
		return nil, err
	}
	file, err := readGeoJSON(r)
	if err != nil {
		return nil, err
	}
	grids, _, err := file.grids(net, crs)
	return grids, err
}

// ReadDistrict reads a district from a GeoJSON FeatureCollection with one feature, its outline.
func ReadDistrict(r io.Reader, crs string) (District, error) {
	file, err := readGeoJSON(r)
	if err != nil {
		return District{}, err
	}
	system, err := file.agree(crs)
	if err != nil {
		return District{}, err
	}
	if len(file.features) != 1 {
		return District{}, Invalid("features", "a district has one feature, its outline, not %d", len(file.features))
	}
	feature := file.features[0]
	district := District{Code: feature.code.value, Name: feature.name.value}
	district.Outline, err = feature.boundary(system)
	if err == nil {
		err = district.Validate()
	}
	if err != nil {
		return District{}, under(feature.label(0), err)
	}
	return district, nil
}

// agree settles in which system the coordinates are.
func (s survey) agree(stated string) (CRS, error) {
	if stated != "" {
		if _, err := ParseCRS(stated); err != nil {
			return "", err
		}
	}
	return agree(s.crs, CRS(stated), s.written)
}

// grids are all features as grids of the net, and the system that they were in.
func (s survey) grids(net Net, stated string) ([]Grid, CRS, error) {
	system, err := s.agree(stated)
	if err != nil {
		return nil, "", err
	}
	if len(s.features) == 0 {
		return nil, "", Invalid("features", "there is none")
	}
	grids := make([]Grid, 0, len(s.features))
	first := map[string]int{} // The feature that has a code.
	for i, feature := range s.features {
		grid, err := feature.grid(net, system)
		if err != nil {
			return nil, "", under(feature.label(i), err)
		}
		if other, ok := first[grid.Code]; ok {
			return nil, "", Invalid(feature.label(i)+": code", "duplicate code: %s has it too", s.features[other].label(other))
		}
		first[grid.Code] = i
		grids = append(grids, grid)
	}
	return grids, system, nil
}

// label names a feature by its place in the file and by what it calls itself.
func (f surveyFeature) label(i int) string {
	label := strings.TrimSpace(fmt.Sprintf("feature %d %.40s %.80s", i, f.code.value, f.name.value))
	return strings.ToValidUTF8(label, "?")
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
	if f.kindOf != "Feature" {
		return Grid{}, Invalid("type", "must be Feature, not %q", f.kindOf)
	}
	for _, property := range []struct {
		name string
		text text
	}{{"code", f.code}, {"name", f.name}, {"kind", f.kind}, {"street", f.street}} {
		if property.text.wrong != "" {
			return Grid{}, Invalid(property.name, "%s", property.text.wrong)
		}
	}
	grid := Grid{Net: net, Code: f.code.value, Name: f.name.value, Kind: f.kind.value, Street: f.street.value}
	if kind := kinds[grid.Kind]; kind != "" {
		grid.Kind = kind
	}
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
	if f.wrong != nil {
		return nil, f.wrong
	}
	var polygons []*geom.Polygon
	switch shape := f.shape.(type) {
	case nil:
		return nil, Invalid("geometry", "is missing, or its coordinates are not numbers")
	case *geom.Polygon:
		polygons = append(polygons, shape)
	case *geom.MultiPolygon:
		for i := range shape.NumPolygons() {
			polygons = append(polygons, shape.Polygon(i))
		}
	default:
		return nil, notAnArea(strings.TrimPrefix(fmt.Sprintf("%T", shape), "*geom."))
	}
	var boundary orb.MultiPolygon
	for i, polygon := range polygons {
		var poly orb.Polygon
		for j := range polygon.NumLinearRings() {
			ring, err := readRing(fmt.Sprintf("geometry[%d][%d]", i, j), polygon.LinearRing(j).Coords(), system)
			if err != nil {
				return nil, err
			}
			poly = append(poly, turned(ring, j == 0))
		}
		boundary = append(boundary, poly)
	}
	return boundary, nil
}

func notAnArea(kind string) error {
	return Invalid("geometry", "must be a Polygon or a MultiPolygon, not %q", kind)
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

// turned is the ring counter-clockwise, or clockwise where it is a hole: which way a file turns it says nothing.
func turned(ring orb.Ring, outer bool) orb.Ring {
	if len(ring) < 4 {
		return ring // It is refused later.
	}
	if ccw := ring.Orientation() == orb.CCW; ccw != outer {
		ring.Reverse()
	}
	return ring
}
