package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gridwatch/geo"
	"gridwatch/migrations/dbtest"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// asProgram makes this test's binary the program itself, for a child that has to end as the program ends.
const asProgram = "GRIDWATCH_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// desk is somebody at a command line, with a folder and a database.
type desk struct {
	t    *testing.T
	dir  string
	url  string
	pool *pgxpool.Pool
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir(), url: dbtest.URL(t)}
	pool, err := geo.Open(t.Context(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	d.pool = pool
	return d
}

// gridwatch runs the program to its end. What it said has both outputs.
func (d *desk) gridwatch(want int, args ...string) (said string) {
	d.t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir = d.dir
	cmd.Env = append(os.Environ(), asProgram+"=1", "DATABASE_URL="+d.url)
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		d.t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != want {
		d.t.Fatalf("%q ended with %d, want %d:\n%s", args, code, want, out)
	}
	return string(out)
}

// file writes grids as a file of the desk.
func (d *desk) file(name string, as geo.Export, grids []geo.Grid) {
	d.t.Helper()
	var out bytes.Buffer
	if err := as.Write(d.t.Context(), &out, grids); err != nil {
		d.t.Fatal(err)
	}
	d.write(name, out.String())
}

func (d *desk) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) count(sql string) (n int) {
	d.t.Helper()
	if err := d.pool.QueryRow(d.t.Context(), sql).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}

// pair are two communities side by side, the second from the longitude on.
func pair(border, second float64) []geo.Grid {
	grid := func(code, name string, west, east float64) geo.Grid {
		ring := orb.Bound{Min: orb.Point{west, 36.82}, Max: orb.Point{east, 36.83}}.ToPolygon()
		return geo.Grid{Net: geo.Community, Code: code, Name: name, Kind: geo.KindCommunity, Street: "闻韶街道", Boundary: orb.MultiPolygon{ring}}
	}
	return []geo.Grid{grid("370305001001001", "辛东社区", 118.30, border), grid("370305001001002", "牛山社区", second, 118.32)}
}

const toldEditions = `SELECT count(*) FROM events WHERE type = 'edition' AND data->'edition'->>'state' = `

func TestGrids_ThroughFilesAndBack(t *testing.T) {
	d := newDesk(t)
	gbk, err := geo.ParseExport("shp", "EPSG:4527", "GBK")
	if err != nil {
		t.Fatal(err)
	}
	d.file("grids.zip", gbk, pair(118.31, 118.31))
	if said := d.gridwatch(0, "check", "grids", "grids.zip", "--net", "community"); !strings.Contains(said, "2 grids, 0 errors") {
		t.Errorf("check: %s", said)
	}
	if said := d.gridwatch(0, "import", "grids", "grids.zip", "--net", "community", "--title", "首版"); !strings.Contains(said, "imported 2 grids") || !strings.Contains(said, "in force from") {
		t.Errorf("import: %s", said)
	}
	if n := d.count(`SELECT count(*) FROM grids WHERE name IN ('辛东社区', '牛山社区') AND street = '闻韶街道'`); n != 2 {
		t.Errorf("%d names were kept", n)
	}
	if n := d.count(toldEditions + `'published'`); n != 1 {
		t.Errorf("the first edition was told %d times", n)
	}

	d.gridwatch(0, "export", "grids", "out.zip", "--net", "community", "--format", "shp", "--encoding", "GBK")
	back, _, crs, err := geo.ReadSurvey(t.Context(), geo.Survey{Path: filepath.Join(d.dir, "out.zip"), Net: geo.Community})
	if err != nil || len(back) != 2 || back[0].Name != "辛东社区" || string(crs) != "EPSG:4490" {
		t.Errorf("exported %+v (%s), %v", back, crs, err)
	}

	d.file("next.geojson", geo.Export{Format: geo.GeoJSON, CRS: "EPSG:4326"}, pair(118.311, 118.311))
	if said := d.gridwatch(0, "import", "grids", "next.geojson", "--net", "community", "--crs", "EPSG:4326"); !strings.Contains(said, "draft") {
		t.Errorf("a second edition: %s", said)
	}
	if n := d.count(toldEditions + `'draft'`); n != 1 {
		t.Errorf("the draft was told %d times", n)
	}
	d.gridwatch(0, "import", "grids", "next.geojson", "--net", "community", "--crs", "EPSG:4326", "--publish")
	if n := d.count(toldEditions + `'published' AND jsonb_array_length(data->'edition'->'codes') = 2 AND data->'edition'->'bound' <> 'null'`); n != 2 {
		t.Errorf("%d of two editions were told with what they change", n)
	}
	if n := d.count(`SELECT count(*) FROM edition_log WHERE op = 'import'`); n != 2 {
		t.Errorf("the log has %d imports", n)
	}
}

func TestGrids_WhatIsRefusedEndsWithOneAndChangesNothing(t *testing.T) {
	d := newDesk(t)
	gauss, err := geo.ParseExport("shp", "EPSG:4527", "UTF-8")
	if err != nil {
		t.Fatal(err)
	}
	d.file("gauss.zip", gauss, pair(118.31, 118.31))
	d.file("plain.csv", geo.Export{Format: geo.CSV, CRS: "EPSG:4326"}, pair(118.31, 118.31))
	d.file("overlap.csv", geo.Export{Format: geo.CSV, CRS: "EPSG:4326"}, pair(118.312, 118.31))
	d.write("nothing.geojson", "{")
	for _, test := range []struct {
		code int
		args string
		says string
	}{
		{1, "import grids gauss.zip --net community --crs EPSG:4326", "crs"},
		{1, "import grids plain.csv --net community", "crs"},
		{1, "import grids plain.csv --net community --crs EPSG:4527", "plain.csv: "},
		{1, "import grids overlap.csv --net community --crs EPSG:4326", "overlap"},
		{1, "import grids nothing.geojson --net community --crs EPSG:4326", "nothing.geojson"},
		{1, "import grids missing.csv --net community --crs EPSG:4326", "missing.csv"},
		{1, "check grids overlap.csv --net community --crs EPSG:4326", "error overlaps"},
		{1, "check grids", "needs a file or --edition"},
		{1, "export grids out.csv --net community --format csv", "not found"},
		{1, "export grids out.xyz --net community --format xyz", "format"},
		{2, "grids", "Usage"},
	} {
		if said := d.gridwatch(test.code, strings.Fields(test.args)...); !strings.Contains(said, test.says) {
			t.Errorf("%s: %s", test.args, said)
		}
	}
	if n := d.count(`SELECT (SELECT count(*) FROM editions) + (SELECT count(*) FROM events)`); n != 0 {
		t.Errorf("%d editions and events are left", n)
	}
	files, err := filepath.Glob(filepath.Join(d.dir, "out*"))
	if err != nil || len(files) > 0 {
		t.Error(fmt.Sprint("left: ", files, err))
	}
}
