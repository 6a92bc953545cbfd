package geo_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

const squareRing = `[[118.30,36.80],[118.31,36.80],[118.31,36.81],[118.30,36.81],[118.30,36.80]]`

// surveyOf is a file of one feature.
func surveyOf(code, name, geometry string) string {
	return fmt.Sprintf(`{"type":"FeatureCollection","features":[%s]}`, featureOf(code, name, geometry))
}

func featureOf(code, name, geometry string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":%q},"geometry":%s}`, code, name, geometry)
}

func polygonOf(rings ...string) string {
	return `{"type":"Polygon","coordinates":[` + strings.Join(rings, ",") + `]}`
}

func TestReadGrids_ReadsWhatSurveysDeliver(t *testing.T) {
	hole := `[[118.302,36.802],[118.304,36.802],[118.304,36.804],[118.302,36.804],[118.302,36.802]]`
	far := `[[118.40,36.80],[118.41,36.80],[118.41,36.81],[118.40,36.80]]`
	withHeight := strings.ReplaceAll(squareRing, "]", ",12.5]")
	withHeight = strings.TrimSuffix(withHeight, ",12.5]") + "]"
	twice := strings.Replace(squareRing, "[118.31,36.80]", "[118.31,36.80],[118.31,36.80]", 1)
	square := orb.Ring{{118.30, 36.80}, {118.31, 36.80}, {118.31, 36.81}, {118.30, 36.81}, {118.30, 36.80}}
	for _, test := range []struct {
		name, geometry string
		rings          []int // Rings of each polygon.
	}{
		{"polygon", polygonOf(squareRing), []int{1}},
		{"third coordinate", polygonOf(withHeight), []int{1}},
		{"repeated point", polygonOf(twice), []int{1}},
		{"hole", polygonOf(squareRing, hole), []int{2}},
		{"multipolygon", `{"type":"MultiPolygon","coordinates":[[` + squareRing + `,` + hole + `],[` + far + `]]}`, []int{2, 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			grids, err := geo.ReadGrids(strings.NewReader(surveyOf(west, "辛东社区", test.geometry)), geo.Community, "EPSG:4326")
			if err != nil {
				t.Fatal(err)
			}
			g := grids[0]
			if g.Net != geo.Community || g.Code != west || g.Name != "辛东社区" || g.Kind != geo.KindCommunity {
				t.Errorf("got %+v", g)
			}
			var rings []int
			for _, poly := range g.Boundary {
				rings = append(rings, len(poly))
			}
			if fmt.Sprint(rings) != fmt.Sprint(test.rings) || !g.Boundary[0][0].Equal(square) {
				t.Errorf("got %v", g.Boundary)
			}
		})
	}
}

func TestReadGrids_TakesPropertiesAndSystems(t *testing.T) {
	file := `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}},"features":[
		{"type":"Feature","properties":{"code":"370305100000001","name":"齐都镇片区","kind":"section","street":"齐都镇","other":5},"geometry":` + polygonOf(squareRing) + `}]}`
	grids, err := geo.ReadGrids(strings.NewReader(file), geo.Community, "EPSG:4490")
	if err != nil || grids[0].Kind != geo.KindSection || grids[0].Street != "齐都镇" {
		t.Errorf("got %+v, %v", grids, err)
	}
	for _, crs := range []geo.CRS{geo.GCJ02, geo.BD09} {
		grids, err := geo.ReadGrids(strings.NewReader(surveyOf(west, "辛东社区", polygonOf(squareRing))), geo.Road, string(crs))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := grids[0].Boundary[0][0][0], crs.ToWGS84(orb.Point{118.30, 36.80}); got != want || grids[0].Kind != geo.KindCorridor {
			t.Errorf("%s: %v, want %v; kind %s", crs, got, want, grids[0].Kind)
		}
	}
}

func TestReadGrids_NamesTheFeatureAndTheRule(t *testing.T) {
	ok := polygonOf(squareRing)
	two := func(a, b string) string { return `{"type":"FeatureCollection","features":[` + a + `,` + b + `]}` }
	ring := func(points string) string { return surveyOf(west, "辛东社区", polygonOf("["+points+"]")) }
	named := func(crs string) string {
		return strings.Replace(surveyOf(west, "辛东社区", ok), `{"type":"F`, `{"crs":`+crs+`,"type":"F`, 1)
	}
	for _, test := range []struct{ name, file, crs, field, rule string }{
		{"no crs", surveyOf(west, "辛东社区", ok), "", "crs", "missing"},
		{"unknown crs", surveyOf(west, "辛东社区", ok), "EPSG:3857", "crs", "not known"},
		{"contradicting crs", named(`{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4548"}}`), "EPSG:4326", "crs", "the file says"},
		{"short form of another crs", named(`{"type":"name","properties":{"name":"EPSG:4490"}}`), "EPSG:4326", "crs", "stated to be EPSG:4326"},
		{"crs that cannot be read", named(`{"type":"link","properties":{"href":"x"}}`), "EPSG:4326", "crs", "cannot be read"},
		{"not JSON", `PK\x03\x04`, "EPSG:4326", "file", "not GeoJSON"},
		{"cut off", surveyOf(west, "辛东社区", ok)[:100], "EPSG:4326", "file", "not GeoJSON"},
		{"two documents", surveyOf(west, "辛东社区", ok) + `{}`, "EPSG:4326", "file", "not GeoJSON"},
		{"one feature alone", featureOf(west, "辛东社区", ok), "EPSG:4326", "type", "FeatureCollection"},
		{"no features", `{"type":"FeatureCollection","features":[]}`, "EPSG:4326", "features", "none"},
		{"not a feature", `{"type":"FeatureCollection","features":[{"type":"Polygon"}]}`, "EPSG:4326", "feature 0: type", "Feature"},
		{"duplicate code", two(featureOf(west, "甲", ok), featureOf(west, "乙", ok)), "EPSG:4326", "feature 1 " + west + " 乙: code", "duplicate code: feature 0 " + west + " 甲"},
		{"second feature", two(featureOf(west, "甲", ok), featureOf("1", "乙", ok)), "EPSG:4326", "feature 1 1 乙: code", "15 digits"},
		{"no name", surveyOf(west, "", ok), "EPSG:4326", "feature 0 " + west + ": name", "missing"},
		{"code as a number", strings.Replace(surveyOf(west, "甲", ok), `"`+west+`"`, west, 1), "EPSG:4326", "code", "JSON string"},
		{"other kind", strings.Replace(surveyOf(west, "甲", ok), `"name"`, `"kind":"corridor","name"`, 1), "EPSG:4326", "kind", "community net"},
		{"no geometry", surveyOf(west, "甲", "null"), "EPSG:4326", "geometry", "missing"},
		{"a line", surveyOf(west, "甲", `{"type":"LineString","coordinates":`+squareRing+`}`), "EPSG:4326", "geometry", "must be a Polygon"},
		{"empty polygon", surveyOf(west, "甲", `{"type":"Polygon","coordinates":[]}`), "EPSG:4326", "boundary", "empty"},
		{"empty ring", surveyOf(west, "甲", polygonOf("[]")), "EPSG:4326", "boundary", "at least 4 points"},
		{"no coordinates", surveyOf(west, "甲", `{"type":"Polygon"}`), "EPSG:4326", "boundary", "empty"},
		{"mixed dimensions", ring(`[118.30,36.80],[118.31,36.80,5],[118.31,36.81],[118.30,36.80]`), "EPSG:4326", "geometry", "stride"},
		{"one dimension", ring(`[118.30],[118.31],[118.31],[118.30]`), "EPSG:4326", "geometry", "dimension"},
		{"not closed", ring(`[118.30,36.80],[118.31,36.80],[118.31,36.81],[118.30,36.81]`), "EPSG:4326", "boundary[0][0]", "not closed"},
		{"two points", ring(`[118.30,36.80],[118.31,36.80],[118.30,36.80]`), "EPSG:4326", "boundary[0][0]", "at least 4 points"},
		{"bow-tie", ring(`[118.30,36.80],[118.31,36.81],[118.31,36.80],[118.30,36.81],[118.30,36.80]`), "EPSG:4326", "feature 0 " + west + " 辛东社区: boundary[0][0]", "crosses"},
		{"spike", ring(`[118.30,36.80],[118.31,36.80],[118.32,36.80],[118.31,36.80],[118.31,36.81],[118.30,36.80]`), "EPSG:4326", "boundary[0][0]", "crosses or touches itself"},
		{"touches itself", ring(`[118.30,36.80],[118.32,36.80],[118.31,36.81],[118.32,36.82],[118.30,36.82],[118.31,36.81],[118.30,36.80]`), "EPSG:4326", "boundary[0][0]", "touches itself"},
		{"hole outside", surveyOf(west, "甲", polygonOf(squareRing, strings.ReplaceAll(squareRing, "118.3", "118.5"))), "EPSG:4326", "boundary[0][1]", "outside its polygon"},
		{"hole across the border", surveyOf(west, "甲", polygonOf(squareRing, strings.ReplaceAll(squareRing, "118.30", "118.305"))), "EPSG:4326", "boundary[0]", "crosses"},
		{"part inside a part", surveyOf(west, "甲", `{"type":"MultiPolygon","coordinates":[[`+squareRing+`],[[[118.302,36.802],[118.304,36.802],[118.304,36.804],[118.302,36.802]]]]}`), "EPSG:4326", "boundary[1]", "lies inside polygon 0"},
		{"metres", ring(`[616720,4078122],[616820,4078122],[616820,4078222],[616720,4078122]`), "EPSG:4326", "geometry[0][0][0]: position", "metres"},
		{"metres under 4490", ring(`[616720,4078122],[616820,4078122],[616820,4078222],[616720,4078122]`), "EPSG:4490", "position", "metres"},
		{"swapped", ring(`[36.80,118.30],[36.81,118.30],[36.81,118.31],[36.80,118.30]`), "EPSG:4326", "position", "swapped"},
		{"swapped in the west", ring(`[40.0,80.0],[40.1,80.0],[40.1,80.1],[40.0,80.0]`), "EPSG:4490", "position", "swapped"},
		{"abroad in GCJ-02", ring(`[2.3,48.8],[2.4,48.8],[2.4,48.9],[2.3,48.8]`), "GCJ-02", "position", "covers China"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := geo.ReadGrids(strings.NewReader(test.file), geo.Community, test.crs)
			wantInvalid(t, err, test.field, test.rule)
		})
	}
}

func TestReadGrids_TellsABrokenDiskFromABrokenFile(t *testing.T) {
	broken := errors.New("disk")
	_, err := geo.ReadGrids(iotest.ErrReader(broken), geo.Community, "EPSG:4326")
	var invalid *geo.InvalidError
	if !errors.Is(err, broken) || errors.As(err, &invalid) {
		t.Errorf("got %v", err)
	}
}

func TestReadDistrict(t *testing.T) {
	district, err := geo.ReadDistrict(strings.NewReader(surveyOf("370305", "临淄区", polygonOf(squareRing))), "EPSG:4326")
	if err != nil || district.Code != "370305" || district.Name != "临淄区" || len(district.Outline) != 1 {
		t.Errorf("got %+v, %v", district, err)
	}
	_, err = geo.ReadDistrict(strings.NewReader(surveyOf("3703", "临淄区", polygonOf(squareRing))), "EPSG:4326")
	wantInvalid(t, err, "feature 0 3703 临淄区: code", "6 digits")
}

func FuzzReadGrids(f *testing.F) {
	f.Add([]byte(surveyOf(west, "辛东社区", polygonOf(squareRing))), "EPSG:4326")
	f.Add([]byte(surveyOf(west, "辛东社区", `{"type":"MultiPolygon","coordinates":[[`+squareRing+`]]}`)), "BD-09")
	f.Add([]byte(surveyOf(west, "x", polygonOf(`[[1,2,3,4,5],[1,2],[],null]`))), "GCJ-02")
	f.Add([]byte(`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4490"}},"features":[{"geometry":{"type":"Polygon","coordinates":[[[1e308,1e308]]]}}]}`), "EPSG:4490")
	f.Add([]byte(`{"type":"FeatureCollection","features":[null,{"properties":{"code":5,"name":[]}}]}`), "EPSG:4326")
	f.Fuzz(func(t *testing.T, data []byte, crs string) {
		for _, net := range geo.Nets {
			grids, err := geo.ReadGrids(strings.NewReader(string(data)), net, crs)
			if err != nil {
				var invalid *geo.InvalidError
				if !errors.As(err, &invalid) || invalid.Field == "" || invalid.Rule == "" {
					t.Fatalf("%v does not say what to mend", err)
				}
				continue
			}
			// What is read can be looked up in: every rule of a grid holds.
			if _, err := geo.NewIndex(grids); err != nil {
				t.Fatal(err)
			}
		}
	})
}
