package geo_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"
)

const squareWKT = "POLYGON((118.30 36.80,118.31 36.80,118.31 36.81,118.30 36.81,118.30 36.80))"

// csvOf is a table of one grid.
func csvOf(code, name, wkt string) string {
	return fmt.Sprintf("code,name,wkt\n%s,%s,%q\n", code, name, wkt)
}

// save puts a file where ReadSurvey finds it.
func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// converted is a CSV as another format, as GDAL's own program writes it.
func converted(t *testing.T, csv, name string, args ...string) string {
	t.Helper()
	in := save(t, "in.csv", []byte(csv))
	out := filepath.Join(t.TempDir(), name)
	args = append(args, "-oo", "GEOM_POSSIBLE_NAMES=wkt", "-oo", "KEEP_GEOM_COLUMNS=NO", "-oo", "AUTODETECT_TYPE=YES", "-nln", "grids", out, in)
	if said, err := exec.CommandContext(t.Context(), "ogr2ogr", args...).CombinedOutput(); err != nil {
		t.Fatalf("ogr2ogr: %v: %s", err, said)
	}
	return out
}

// zipped is an archive of these files.
func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for name, content := range files {
		w, err := archive.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return save(t, "survey.zip", out.Bytes())
}

func read(ctx context.Context, path, crs, encoding string) ([]geo.Grid, error) {
	grids, _, _, err := geo.ReadSurvey(ctx, geo.Survey{Path: path, Net: geo.Community, CRS: crs, Encoding: encoding})
	return grids, err
}

func TestReadSurvey_TakesWhatSurveysDeliver(t *testing.T) {
	square := orb.Ring{{118.30, 36.80}, {118.31, 36.80}, {118.31, 36.81}, {118.30, 36.81}, {118.30, 36.80}}
	plain := csvOf(west, "辛东社区", squareWKT)
	for _, test := range []struct{ name, path, crs string }{
		{"numbers for codes", converted(t, plain, "a.gpkg", "-f", "GPKG", "-a_srs", "EPSG:4490"), ""},
		{"numbers for codes in a shapefile", converted(t, plain, "a.shp", "-f", "ESRI Shapefile", "-a_srs", "EPSG:4490", "-lco", "ENCODING=UTF-8"), ""},
		{"heights", converted(t, csvOf(west, "辛东社区", "POLYGON Z((118.30 36.80 5,118.31 36.80 5,118.31 36.81 5,118.30 36.81 5,118.30 36.80 5))"), "z.gpkg", "-f", "GPKG", "-a_srs", "EPSG:4326"), ""},
		{"heights and measures in a shapefile", converted(t, csvOf(west, "辛东社区", "POLYGON ZM((118.30 36.80 5 1,118.31 36.80 5 1,118.31 36.81 5 1,118.30 36.81 5 1,118.30 36.80 5 1))"), "zm.shp", "-f", "ESRI Shapefile", "-a_srs", "EPSG:4326", "-lco", "ENCODING=GBK"), ""},
		{"measures", save(t, "m.csv", []byte(csvOf(west, "辛东社区", "POLYGON M((118.30 36.80 5,118.31 36.80 5,118.31 36.81 5,118.30 36.81 5,118.30 36.80 5))"))), "EPSG:4490"},
		{"a ring the wrong way", save(t, "cw.csv", []byte(csvOf(west, "辛东社区", "POLYGON((118.30 36.80,118.30 36.81,118.31 36.81,118.31 36.80,118.30 36.80))"))), "EPSG:4490"},
		{"Chinese titles and kinds", save(t, "zh.csv", []byte(fmt.Sprintf("\ufeff网格编码,名称,类型,几何\n%s,辛东社区,社区,%q\n", west, squareWKT))), "EPSG:4490"},
		{"a zip", zipped(t, map[string]string{"数据/网格.csv": plain, "__MACOSX/._网格.csv": "x", "readme.txt": "x"}), "EPSG:4490"},
		{"a zip with climbing names", zipped(t, map[string]string{"../../../../tmp/climbed.csv": plain}), "EPSG:4490"},
		{"KML of others", save(t, "a.kml", []byte(kmlOf(""))), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			grids, err := read(t.Context(), test.path, test.crs, "")
			if err != nil {
				t.Fatal(err)
			}
			if len(grids) != 1 || grids[0].Code != west || grids[0].Name != "辛东社区" || grids[0].Kind != geo.KindCommunity {
				t.Errorf("got %+v", grids)
			}
			ring := grids[0].Boundary[0][0]
			for _, p := range ring {
				near(t, "corner", p, nearest(square, p), 1e-10)
			}
			if len(ring) != 5 || ring.Orientation() != orb.CCW {
				t.Errorf("got %v", ring)
			}
		})
	}
	if _, err := os.Stat("/tmp/climbed.csv"); err == nil {
		t.Error("a name in an archive climbed out")
	}
}

func kmlOf(more string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document>` + more + `<Placemark><name>辛东社区</name>
<ExtendedData><Data name="code"><value>` + west + `</value></Data></ExtendedData>
<Polygon><outerBoundaryIs><LinearRing><coordinates>118.30,36.80,0 118.31,36.80,0 118.31,36.81,0 118.30,36.81,0 118.30,36.80,0</coordinates></LinearRing></outerBoundaryIs></Polygon>
</Placemark></Document></kml>`
}

func TestReadSurvey_ReadsGBK(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(csvOf(west, "辛东社区", squareWKT))
	if err != nil {
		t.Fatal(err)
	}
	table := save(t, "gbk.csv", []byte(gbk))
	grids, err := read(t.Context(), table, "EPSG:4490", "GBK")
	if err != nil || grids[0].Name != "辛东社区" {
		t.Errorf("stated: %v, %v", grids, err)
	}
	_, err = read(t.Context(), table, "EPSG:4490", "")
	wantInvalid(t, err, "feature 0 "+west, "not UTF-8")

	json, _ := simplifiedchinese.GBK.NewEncoder().String(surveyOf(west, "辛东社区", polygonOf(squareRing)))
	_, err = read(t.Context(), save(t, "gbk.geojson", []byte(json)), "EPSG:4490", "")
	wantInvalid(t, err, "feature 0 "+west, "not UTF-8")

	kml, _ := simplifiedchinese.GBK.NewEncoder().String(strings.Replace(kmlOf(""), "UTF-8", "GBK", 1))
	if grids, err = read(t.Context(), save(t, "gbk.kml", []byte(kml)), "", ""); err != nil || grids[0].Name != "辛东社区" {
		t.Errorf("KML that says it: %v, %v", grids, err)
	}

	shape := converted(t, csvOf(west, "辛东社区", squareWKT), "gbk.shp", "-f", "ESRI Shapefile", "-a_srs", "EPSG:4490", "-lco", "ENCODING=GBK")
	if grids, err = read(t.Context(), shape, "", ""); err != nil || grids[0].Name != "辛东社区" {
		t.Errorf(".cpg: %v, %v", grids, err)
	}
	_, err = read(t.Context(), shape, "", "UTF-8")
	wantInvalid(t, err, "encoding", "the file says")
	if err := os.Remove(strings.TrimSuffix(shape, ".shp") + ".cpg"); err != nil {
		t.Fatal(err)
	}
	forgetLanguage(t, strings.TrimSuffix(shape, ".shp")+".dbf")
	_, err = read(t.Context(), shape, "", "")
	wantInvalid(t, err, "encoding", "does not say")
	_, err = read(t.Context(), shape, "", "UTF-8")
	wantInvalid(t, err, "feature 0: name", "is not UTF-8")
	if grids, err = read(t.Context(), shape, "", "GBK"); err != nil || grids[0].Name != "辛东社区" {
		t.Errorf("stated for a shapefile: %v, %v", grids, err)
	}
}

// forgetLanguage takes the mark of its encoding out of a table.
func forgetLanguage(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[29] = 0
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReadSurvey_NamesTheFeatureAndTheRule(t *testing.T) {
	feature := "feature 1 370305001001002 坏"
	row := func(code, wkt string) string {
		return csvOf(west, "好", squareWKT) + fmt.Sprintf("%s,坏,%q\n", code, wkt)
	}
	bad := func(wkt string) string { return row("370305001001002", wkt) }
	far := strings.ReplaceAll(squareWKT, "118.3", "118.5")
	for _, test := range []struct{ name, csv, field, rule string }{
		{"bow-tie", bad("POLYGON((118.40 36.80,118.41 36.81,118.41 36.80,118.40 36.81,118.40 36.80))"), feature + ": boundary[0][0]", "crosses or touches itself"},
		{"missing vertices", bad("POLYGON((118.40 36.80,118.41 36.80,118.40 36.80))"), feature, "points"},
		{"a line", bad("LINESTRING(118.40 36.80,118.41 36.81)"), feature + ": geometry", "must be a Polygon"},
		{"a point", bad("POINT(118.40 36.80)"), feature + ": geometry", "must be a Polygon"},
		{"a collection", bad("GEOMETRYCOLLECTION(" + far + ")"), feature + ": geometry", "must be a Polygon"},
		{"empty", bad("POLYGON EMPTY"), feature, "missing"},
		{"none", bad(""), feature + ": geometry", "missing"},
		{"swapped", bad("POLYGON((36.80 118.30,36.81 118.30,36.81 118.31,36.80 118.30))"), feature + ": geometry[0][0][0]: position", "swapped"},
		{"14 digits", row("37030500100100", far), "feature 1 37030500100100 坏: code", "15 digits"},
		{"the same code", row(west, far), "feature 1 " + west + " 坏: code", "duplicate code: feature 0"},
		{"metres", bad("POLYGON((616720 4078122,616820 4078122,616820 4078222,616720 4078122))"), feature + ": geometry[0][0][0]: position", "metres"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(t.Context(), save(t, "bad.csv", []byte(test.csv)), "EPSG:4490", "")
			rule := test.rule
			if test.name == "empty" {
				rule = "is empty"
			}
			wantInvalid(t, err, test.field, rule)
			if !slices.Contains([]string{"bow-tie", "missing vertices", "a line", "empty", "14 digits"}, test.name) {
				return
			}
			_, err = read(t.Context(), converted(t, test.csv, "bad.gpkg", "-f", "GPKG", "-a_srs", "EPSG:4490", "-nlt", "GEOMETRY"), "", "")
			wantInvalid(t, err, test.field, test.rule)
		})
	}
	for _, value := range []string{"nan", "NaN", "inf", "-Infinity"} {
		_, err := read(t.Context(), save(t, "bad.csv", []byte(bad("POLYGON(("+value+" 36.80,118.41 36.81,118.41 36.80,"+value+" 36.80))"))), "EPSG:4490", "")
		wantInvalid(t, err, feature+": geometry", "not a number")
	}
	_, err := read(t.Context(), save(t, "nan.geojson", []byte(strings.Replace(surveyOf(west, "甲", polygonOf(squareRing)), "118.30", "NaN", 1))), "EPSG:4490", "")
	wantInvalid(t, err, "feature 0", "is not JSON")
}

func TestReadSurvey_RefusesFiles(t *testing.T) {
	plain := csvOf(west, "辛东社区", squareWKT)
	shape := converted(t, plain, "a.shp", "-f", "ESRI Shapefile", "-a_srs", "EPSG:4548", "-lco", "ENCODING=UTF-8")
	alone := save(t, "alone.shp", fileOf(t, shape))
	twoLayers := converted(t, plain, "two.gpkg", "-f", "GPKG", "-a_srs", "EPSG:4490")
	if said, err := exec.CommandContext(t.Context(), "ogr2ogr", "-update", "-nln", "again", twoLayers, twoLayers, "grids").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, test := range []struct{ name, path, crs, format, encoding, field, rule string }{
		{"empty", save(t, "a.csv", nil), "EPSG:4490", "", "", "file", "empty"},
		{"a picture", save(t, "a.jpg", []byte("\xff\xd8\xff\xe0 JFIF")), "EPSG:4490", "", "", "file", "none of the formats"},
		{"a format that it is not", save(t, "a.csv", []byte(plain)), "EPSG:4490", "gpkg", "", "format", "the file is csv"},
		{"a format that is none", save(t, "a.csv", []byte(plain)), "EPSG:4490", "dxf", "", "format", "one of"},
		{"an encoding that is none", save(t, "a.csv", []byte(plain)), "EPSG:4490", "", "Big5", "encoding", "UTF-8 or GBK"},
		{"no system", save(t, "a.csv", []byte(plain)), "", "", "", "crs", "missing"},
		{"another system", shape, "EPSG:4549", "", "", "crs", "the file says \"CGCS2000 / 3-degree Gauss-Kruger CM 117E\", but it was stated to be EPSG:4549"},
		{"a system that is not ours", converted(t, plain, "m.gpkg", "-f", "GPKG", "-a_srs", "EPSG:3857"), "", "", "", "crs", "Pseudo-Mercator"},
		{"another datum", converted(t, plain, "x.gpkg", "-f", "GPKG", "-a_srs", "EPSG:4610"), "", "", "", "crs", "Xian 1980"},
		{"points that are not in its system", shape, "", "", "", "feature 0 " + west + " 辛东社区: geometry[0][0][0]: position", "are these degrees"},
		{"a shapefile alone", alone, "EPSG:4490", "", "", "file", "no .dbf"},
		{"a table without boundaries", save(t, "a.csv", []byte("code,name\n1,2\n")), "EPSG:4490", "", "", "file", "no column"},
		{"a ragged table", save(t, "a.csv", []byte(plain+"x\n")), "EPSG:4490", "", "", "feature 1", "not CSV"},
		{"a table without rows", save(t, "a.csv", []byte("code,name,wkt\n")), "EPSG:4490", "", "", "features", "none"},
		{"two layers", twoLayers, "", "", "", "file", "one layer, not 2 (grids, again)"},
		{"a broken database", save(t, "a.gpkg", append([]byte("SQLite format 3\x00"), make([]byte, 4000)...)), "", "", "", "file", "cannot be read"},
		{"a broken shapefile", zipped(t, map[string]string{"a.shp": "\x00\x00\x27\x0a" + strings.Repeat("x", 200), "a.shx": "", "a.cpg": "UTF-8", "a.dbf": string(fileOf(t, strings.TrimSuffix(shape, ".shp")+".dbf"))}), "EPSG:4490", "", "", "file", "cannot be read"},
		{"a broken table", zipped(t, map[string]string{"a.shp": string(fileOf(t, shape)), "a.shx": "", "a.dbf": "x"}), "EPSG:4490", "", "", "file", ".dbf is broken"},
		{"a zip of nothing", zipped(t, map[string]string{"readme.txt": "x"}), "EPSG:4490", "", "", "file", "one survey"},
		{"a zip of two", zipped(t, map[string]string{"a.csv": plain, "b.csv": plain}), "EPSG:4490", "", "", "file", "one survey"},
		{"a zip in a zip", zipped(t, map[string]string{"a.zip": "PK\x03\x04"}), "EPSG:4490", "", "", "file", "one survey"},
		{"a zip of a zip by another name", zipped(t, map[string]string{"a.csv": "PK\x03\x04"}), "EPSG:4490", "csv", "", "file", ""},
		{"KML with a doctype", save(t, "a.kml", []byte(strings.Replace(kmlOf(""), "?>", `?><!DOCTYPE kml [<!ENTITY a "b">]>`, 1))), "", "", "", "file", "entities"},
		{"KML in another system", save(t, "a.kml", []byte(kmlOf(""))), "GCJ-02", "", "", "crs", "the file says \"WGS 84\""},
		{"KML that is cut off", save(t, "a.kml", []byte(kmlOf("")[:300])), "", "", "", "file", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, _, err := geo.ReadSurvey(t.Context(), geo.Survey{Path: test.path, Net: geo.Community, CRS: test.crs, Format: test.format, Encoding: test.encoding})
			wantInvalid(t, err, test.field, test.rule)
		})
	}
	_, err := read(t.Context(), filepath.Join(t.TempDir(), "nothing.csv"), "EPSG:4490", "")
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func fileOf(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReadSurvey_RefusesWhatIsTooLarge(t *testing.T) {
	big := filepath.Join(t.TempDir(), "big.geojson")
	file, err := os.Create(big)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(file.Truncate(300<<20), file.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = read(t.Context(), big, "EPSG:4490", "")
	wantInvalid(t, err, "file", "larger than 256 MB")

	// An archive of zeros: a thousandth of what it holds.
	bomb := filepath.Join(t.TempDir(), "bomb.zip")
	out, err := os.Create(bomb)
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(out)
	archive.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestSpeed) })
	w, err := archive.Create("grids.csv")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 300 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = read(t.Context(), bomb, "EPSG:4490", "")
	wantInvalid(t, err, "file", "the archive holds more than 256 MB")

	// One that lies about it.
	data := fileOf(t, bomb)
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	copy(data[at+24:], []byte{100, 0, 0, 0})
	_, err = read(t.Context(), save(t, "liar.zip", data), "EPSG:4490", "")
	wantInvalid(t, err, "file", "archive")

	many := map[string]string{}
	for i := range 101 {
		many[fmt.Sprintf("%d.txt", i)] = "x"
	}
	_, err = read(t.Context(), zipped(t, many), "EPSG:4490", "")
	wantInvalid(t, err, "file", "101 files")
}

// A file of a stranger may name addresses; nothing may be asked of them.
func TestReadSurvey_AsksNobody(t *testing.T) {
	var asked atomic.Int64
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.Add(1) }))
	defer stranger.Close()
	link := `<NetworkLink><Link><href>` + stranger.URL + `/more.kml</href></Link></NetworkLink>`
	_, err := read(t.Context(), save(t, "link.kml", []byte(kmlOf(link))), "", "")
	wantInvalid(t, err, "file", "not fetched")

	style := `<Style id="a"><IconStyle><Icon><href>` + stranger.URL + `/icon.png</href></Icon></IconStyle></Style><styleUrl>` + stranger.URL + `/style.kml#a</styleUrl>`
	if _, err := read(t.Context(), save(t, "style.kml", []byte(kmlOf(style))), "", ""); err != nil {
		t.Errorf("styles: %v", err)
	}
	for name, content := range map[string]string{
		"vrt.geojson": `<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/` + stranger.URL + `/a.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>`,
		"esri.json":   `{"type":"FeatureCollection","features":[],"url":"` + stranger.URL + `"}`,
	} {
		_, err := read(t.Context(), save(t, name, []byte(content)), "EPSG:4490", "")
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("%d requests went out", n)
	}
}

func TestReadSurvey_EndsWithItsCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := read(ctx, converted(t, csvOf(west, "甲", squareWKT), "a.gpkg", "-f", "GPKG", "-a_srs", "EPSG:4490"), "", "")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzReadSurvey(f *testing.F) {
	f.Add([]byte(csvOf(west, "辛东社区", squareWKT)))
	f.Add([]byte("code,name,wkt\n1,2,POLYGON((1 2,nan"))
	f.Add([]byte("wkt\nMULTIPOLYGON(((1 2,3 4,5 6,1 2)),EMPTY)\n"))
	f.Add([]byte(surveyOf(west, "辛东社区", polygonOf(squareRing))))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Add([]byte("\xef\xbb\xbfcode,geom\n\"\"\"\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("SQLite")) || bytes.Contains(data, []byte("<")) || bytes.HasPrefix(data, []byte("\x00\x00\x27\x0a")) {
			return // Another program reads these.
		}
		path := filepath.Join(dir, "fuzz.csv")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		grids, err := read(t.Context(), path, "EPSG:4490", "")
		var invalid *geo.InvalidError
		if err != nil && (!errors.As(err, &invalid) || invalid.Rule == "") {
			t.Fatalf("%v does not say what to mend", err)
		}
		if err == nil && len(grids) == 0 {
			t.Fatal("neither grids nor a reason")
		}
	})
}
