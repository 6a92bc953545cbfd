package geo_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// surveyed are grids with everything that a file must keep: holes, several parts, names that only big encodings have.
func surveyed() []geo.Grid {
	return []geo.Grid{
		{Net: geo.Community, Code: "370305001001001", Name: "辛东社区（东区）", Kind: geo.KindCommunity, Street: "闻韶街道",
			Boundary: orb.MultiPolygon{{
				{{118.30, 36.80}, {118.31, 36.80}, {118.31, 36.81}, {118.30, 36.81}, {118.30, 36.80}},
				{{118.302, 36.802}, {118.302, 36.804}, {118.304, 36.804}, {118.304, 36.802}, {118.302, 36.802}},
			}}},
		{Net: geo.Community, Code: "370305001001002", Name: "塭街道\"引号\", 逗号", Kind: geo.KindSection, Street: "",
			Boundary: orb.MultiPolygon{
				{{{118.3100001, 36.8000003}, {118.32, 36.80}, {118.32, 36.81}, {118.3100001, 36.8000003}}},
				{{{118.33, 36.80}, {118.34, 36.80}, {118.34, 36.81}, {118.33, 36.80}}},
			}},
	}
}

// written is the export as a file on disk.
func written(t *testing.T, e geo.Export, grids []geo.Grid) string {
	t.Helper()
	var out bytes.Buffer
	if err := e.Write(t.Context(), &out, grids); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), e.FileName("grids"))
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantSame(t *testing.T, got, want []geo.Grid, degrees float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d grids, want %d", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if g.Net != w.Net || g.Code != w.Code || g.Name != w.Name || g.Kind != w.Kind || g.Street != w.Street {
			t.Errorf("got %+v, want %+v", g, w)
		}
		if fmt.Sprint(counts(g.Boundary)) != fmt.Sprint(counts(w.Boundary)) {
			t.Fatalf("%s: got %v, want %v", g.Code, g.Boundary, w.Boundary)
		}
		for j, poly := range g.Boundary {
			for k, ring := range poly {
				// Formats begin and turn rings as they like; ours are turned one way, and begin anywhere.
				for n := range ring[1:] {
					near(t, g.Code, ring[n], nearest(w.Boundary[j][k], ring[n]), degrees)
				}
				if ring.Orientation() != w.Boundary[j][k].Orientation() {
					t.Errorf("%s: ring %d turns the wrong way", g.Code, k)
				}
			}
		}
	}
}

func counts(boundary orb.MultiPolygon) (n [][]int) {
	for _, poly := range boundary {
		var rings []int
		for _, ring := range poly {
			rings = append(rings, len(ring))
		}
		n = append(n, rings)
	}
	return n
}

func nearest(ring orb.Ring, p orb.Point) orb.Point {
	best := ring[0]
	for _, q := range ring {
		if geo.DistanceM(q, p) < geo.DistanceM(best, p) {
			best = q
		}
	}
	return best
}

func TestExport_ComesBackFromEveryFormatAndSystem(t *testing.T) {
	for _, format := range geo.Formats {
		for _, crs := range []geo.CRS{geo.WGS84, geo.CGCS2000, "EPSG:4527", "EPSG:4548", "EPSG:4509", geo.GCJ02, geo.BD09} {
			byProgram := format == geo.GeoPackage || format == geo.Shapefile // Each is a handful of processes.
			if format == geo.KML && crs != geo.WGS84 || byProgram && (crs == "EPSG:4548" || crs == geo.BD09) {
				continue
			}
			t.Run(fmt.Sprint(format, " ", crs), func(t *testing.T) {
				e, err := geo.ParseExport(string(format), string(crs), "")
				if err != nil {
					t.Fatal(err)
				}
				path := written(t, e, surveyed())
				stated := ""
				if format == geo.CSV || (crs == geo.GCJ02 || crs == geo.BD09) && format != geo.GeoJSON {
					stated = string(crs) // The file cannot say it.
					_, _, _, err := geo.ReadSurvey(t.Context(), geo.Survey{Path: path, Net: geo.Community})
					wantInvalid(t, err, "crs", "missing")
				}
				grids, found, system, err := geo.ReadSurvey(t.Context(), geo.Survey{Path: path, Net: geo.Community, CRS: stated})
				if err != nil {
					t.Fatal(err)
				}
				sameSystem := system == crs || crs == "EPSG:4509" && system == "EPSG:4548" // One meridian, two numbers.
				if found != format || !sameSystem {
					t.Errorf("found %s in %s", found, system)
				}
				wantSame(t, grids, surveyed(), 2e-10)
			})
		}
	}
}

// ogr reads a file as anybody would, with GDAL's own program, and gives its rows as text.
func ogr(t *testing.T, path string) string {
	t.Helper()
	if strings.HasSuffix(path, ".zip") {
		path = "/vsizip/" + path
	}
	out, err := exec.CommandContext(t.Context(), "ogrinfo", "-ro", "-al", path).Output()
	if err != nil {
		t.Fatalf("ogrinfo %s: %v", path, err)
	}
	return string(out)
}

func TestExport_OthersReadWhatIsWritten(t *testing.T) {
	for _, test := range []struct {
		format, crs, encoding string
		system                string // What GDAL calls it.
	}{
		{"geojson", "EPSG:4490", "", "China Geodetic Coordinate System 2000"},
		{"geojson", "EPSG:4326", "", "WGS 84"},
		{"geojson", "GCJ-02", "", ""},
		{"gpkg", "EPSG:4548", "", "CGCS2000 / 3-degree Gauss-Kruger CM 117E"},
		{"gpkg", "BD-09", "", "Undefined"},
		{"shp", "EPSG:4527", "", "CGCS2000 / 3-degree Gauss-Kruger zone 39"},
		{"shp", "EPSG:4490", "GBK", "China Geodetic Coordinate System 2000"},
		{"kml", "EPSG:4326", "", "WGS 84"},
		{"csv", "EPSG:4490", "", ""},
	} {
		t.Run(test.format+" "+test.crs+" "+test.encoding, func(t *testing.T) {
			e, err := geo.ParseExport(test.format, test.crs, test.encoding)
			if err != nil {
				t.Fatal(err)
			}
			said := ogr(t, written(t, e, surveyed()))
			for _, want := range []string{"Feature Count: 2", "辛东社区（东区）", "塭街道\"引号\", 逗号", "370305001001002", test.system} {
				if !strings.Contains(said, want) {
					t.Errorf("GDAL does not see %q in\n%s", want, said)
				}
			}
		})
	}
}

func TestExport_ShapefileHasItsParts(t *testing.T) {
	e, err := geo.ParseExport("shp", "EPSG:4527", "GBK")
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.OpenReader(written(t, e, surveyed()))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var names []string
	for _, file := range archive.File {
		names = append(names, file.Name)
	}
	if got := strings.Join(names, " "); got != "grids.shp grids.shx grids.dbf grids.prj grids.cpg" {
		t.Errorf("got %s", got)
	}
}

func TestParseExport_Refuses(t *testing.T) {
	for _, test := range []struct{ format, crs, encoding, field, rule string }{
		{"dxf", "", "", "format", "must be one of"},
		{"", "", "", "format", "must be one of"},
		{"gpkg", "EPSG:3857", "", "crs", "not known"},
		{"kml", "GCJ-02", "", "crs", "always"},
		{"gpkg", "", "GBK", "encoding", "always"},
		{"shp", "", "Big5", "encoding", "UTF-8 or GBK"},
	} {
		_, err := geo.ParseExport(test.format, test.crs, test.encoding)
		wantInvalid(t, err, test.field, test.rule)
	}
}

func TestExport_RefusesWhatAFormatCannotHold(t *testing.T) {
	grids := surveyed()
	grids[0].Name = strings.Repeat("长", 90)
	e := geo.Export{Format: geo.Shapefile, CRS: geo.WGS84}
	wantInvalid(t, e.Write(t.Context(), &bytes.Buffer{}, grids), "grid 370305001001001", "254 bytes")
	grids[0].Name = "𰻝社区" // Younger than GBK.
	e.Encoding = "GB18030"
	wantInvalid(t, e.Write(t.Context(), &bytes.Buffer{}, grids), "grid 370305001001001", "GBK has not")
	wantInvalid(t, e.Write(t.Context(), &bytes.Buffer{}, nil), "grids", "none")
}
