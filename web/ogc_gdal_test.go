package web

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"gridwatch/geo"
)

// gdal runs one of GDAL's programs as a planner would, and returns what it wrote and what it asked the server for.
func (w *world) gdal(program string, args ...string) (out string, asked []string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "GDAL_HTTP_USERPWD=planner:"+worldPassword, "CPL_DEBUG=HTTP", "GDAL_HTTP_MAX_RETRY=0")
	var written, said strings.Builder
	cmd.Stdout, cmd.Stderr = &written, &said
	if err := cmd.Run(); err != nil {
		w.t.Fatalf("%s %q: %v\n%s%s", program, args, err, written.String(), said.String())
	}
	for line := range strings.Lines(said.String()) {
		if address, ok := strings.CutPrefix(strings.TrimSpace(line), "HTTP: Fetch("+w.url); ok {
			asked = append(asked, strings.TrimSuffix(address, ")"))
		}
	}
	return written.String(), asked
}

// ogr2ogr reads a collection with GDAL, as GeoJSON.
func (w *world) ogr2ogr(collection string, options ...string) (collectionOf, []string) {
	w.t.Helper()
	args := append([]string{"-preserve_fid", "-f", "GeoJSON", "/vsistdout/", "OAPIF:" + w.url + "/ogc", collection}, options...)
	out, asked := w.gdal("ogr2ogr", args...)
	var read collectionOf
	if err := json.Unmarshal([]byte(out), &read); err != nil {
		w.t.Fatalf("%s: %v in %.300s", collection, err, out)
	}
	return read, asked
}

func TestOGC_GDALReadsEveryCollection(t *testing.T) {
	w := newWorld(t)
	w.raise("occ-west", "west-cam", westPoint)
	w.must(w.city.PutPermit(t.Context(), geo.Permit{ID: "stall", Name: "夜市", Holder: "李", Rules: []string{"vending"},
		Area: around(eastPoint, 0.0002), From: edition, Until: edition.AddDate(1, 0, 0)}))
	listed, _ := w.gdal("ogrinfo", "-ro", "OAPIF:"+w.url+"/ogc")
	planner := w.as("planner")
	for _, set := range ogcPublished() {
		if !strings.Contains(listed, ": "+set.Name) {
			t.Errorf("ogrinfo does not list %s:\n%s", set.Name, listed)
		}
		about, _ := w.gdal("ogrinfo", "-ro", "-so", "OAPIF:"+w.url+"/ogc", set.Name)
		for _, c := range set.Columns {
			if kind := map[geo.ColumnKind]string{geo.TimeColumn: "DateTime", geo.FlagColumn: "Integer(Boolean)", geo.NumberColumn: "Real",
				geo.TextColumn: "String"}[c.Kind]; kind != "" && !strings.Contains(about, c.Name+": "+kind) {
				t.Errorf("%s: %s is no %s:\n%s", set.Name, c.Name, kind, about)
			}
		}
		want := planner.items(set.Name, "")
		got, _ := w.ogr2ogr(set.Name)
		if len(got.Features) != len(want.Features) || !strings.Contains(about, fmt.Sprintf("Feature Count: %d", len(want.Features))) {
			t.Errorf("%s: GDAL read %d of %d:\n%s", set.Name, len(got.Features), len(want.Features), about)
			continue
		}
		for i, f := range want.Features {
			sameFeature(t, set.Name, got.Features[i], f)
		}
	}
	for _, place := range []string{"POINT (118.305 36.822)", "POINT (118.315 36.822)"} {
		if out, _ := w.gdal("ogrinfo", "-ro", "-al", "OAPIF:"+w.url+"/ogc", "cameras"); !strings.Contains(out, place) {
			t.Errorf("no %s:\n%s", place, out)
		}
	}
}

// sameFeature fails unless GDAL read of a feature what the server says of it.
func sameFeature(t *testing.T, collection string, got, want featureOf) {
	t.Helper()
	id := got.ID // GDAL keeps a number as the feature's own, and a text as a column.
	if text, ok := got.Properties["id"]; ok {
		id = text
	}
	if fmt.Sprint(id) != fmt.Sprint(want.ID) {
		t.Errorf("%s: %v is read as %v", collection, want.ID, id)
	}
	if (got.Geometry == nil) != (want.Geometry == nil) ||
		got.Geometry != nil && (got.Geometry.Type != want.Geometry.Type || !sameNumbers(t, got.Geometry.Coordinates, want.Geometry.Coordinates)) {
		t.Errorf("%s %v: geometry %v; want %v", collection, want.ID, got.Geometry, want.Geometry)
	}
	for _, column := range []string{"name", "code", "net", "rule", "state", "holder", "score", "demo", "place_class"} {
		if fmt.Sprint(got.Properties[column]) != fmt.Sprint(want.Properties[column]) {
			t.Errorf("%s %v: %s is %v; want %v", collection, want.ID, column, got.Properties[column], want.Properties[column])
		}
	}
}

// sameNumbers compares coordinates of one form as values, but for what GDAL rounds when it writes them.
func sameNumbers(t *testing.T, a, b json.RawMessage) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		t.Fatalf("%s, %s", a, b)
	}
	var same func(x, y any) bool
	same = func(x, y any) bool {
		if n, ok := x.(float64); ok {
			m, ok := y.(float64)
			return ok && math.Abs(n-m) < 1e-12
		}
		xs, ok := x.([]any)
		ys, alike := y.([]any)
		return ok && alike && slices.EqualFunc(xs, ys, same)
	}
	return same(x, y)
}

func TestOGC_GDALHandsItsFiltersOn(t *testing.T) {
	w := newWorld(t)
	w.raise("occ-west", "west-cam", westPoint)
	handed := func(asked []string, part string) {
		t.Helper()
		if !slices.ContainsFunc(asked, func(address string) bool { return strings.Contains(address, part) }) {
			t.Errorf("the server was not asked for %s: %q", part, asked)
		}
	}
	got, asked := w.ogr2ogr("cameras", "-spat", "118.30", "36.82", "118.31", "36.83")
	handed(asked, "bbox=118.")
	if len(got.Features) != 1 || got.Features[0].Properties["id"] != "west-cam" {
		t.Errorf("by a box: %+v", got.Features)
	}
	got, asked = w.ogr2ogr("grids", "-where", "code = '"+eastCode+"'")
	handed(asked, "code="+eastCode)
	if len(got.Features) != 1 || got.Features[0].Properties["id"] != eastID {
		t.Errorf("by code: %+v", got.Features)
	}
	got, asked = w.ogr2ogr("alerts", "-where", "rule = 'debris' AND state = 'cleared'")
	handed(asked, "rule=debris&state=cleared")
	if len(got.Features) != 0 {
		t.Errorf("by rule and state: %+v", got.Features)
	}
	got, asked = w.ogr2ogr("grids", "-where", "id = '"+roadID+"'")
	handed(asked, "/items/"+roadID)
	if len(got.Features) != 1 || got.Features[0].Properties["net"] != "road" {
		t.Errorf("by id: %+v", got.Features)
	}
}

// TestOGC_GDALPagesThroughTenThousandGrids compares everything that GDAL reads with the database.
func TestOGC_GDALPagesThroughTenThousandGrids(t *testing.T) {
	w := newWorld(t)
	const many = 10_000
	w.must(w.execute(`UPDATE editions SET until_at = '2026-02-01' WHERE net = 'community'`))
	w.must(w.execute(`INSERT INTO editions (net, title, from_at) VALUES ('community', 'zehntausend', '2026-02-01')`))
	w.must(w.execute(`
		INSERT INTO grids (edition, net, code, name, kind, street, geom)
		SELECT e.id, 'community', (370305001000000 + i * 7919 % 999983)::text, '网格 ' || i, 'community', '',
			ST_Multi(ST_MakeEnvelope(118 + x * 1e-4, 36 + y * 1e-4, 118 + (x + 1) * 1e-4, 36 + (y + 1) * 1e-4, 4326))
		FROM editions e, generate_series(0, $1 - 1) i, LATERAL (SELECT i / 100 AS x, i % 100 AS y) at
		WHERE e.title = 'zehntausend'`, many))
	got, asked := w.ogr2ogr("grids", "-oo", "PAGE_SIZE=1000", "-where", "net = 'community'")
	pages := 0
	for _, address := range asked {
		if strings.Contains(address, "limit=1000") && strings.Contains(address, "net=community") {
			pages++
		}
	}
	if pages != many/1000 {
		t.Errorf("%d pages were asked for: %q", pages, asked)
	}
	want := map[string]string{}
	rows, err := w.pool.Query(t.Context(), `SELECT g.code, g.name || ' ' || ST_AsText(g.geom, 15) FROM grids g JOIN editions e ON e.id = g.edition
		WHERE e.title = 'zehntausend'`)
	w.must(err)
	for rows.Next() {
		var code, says string
		w.must(rows.Scan(&code, &says))
		want[code] = says
	}
	w.must(rows.Err())
	if len(got.Features) != many || len(want) != many {
		t.Fatalf("GDAL read %d of %d", len(got.Features), len(want))
	}
	for _, f := range got.Features {
		code := f.Properties["code"].(string)
		var shape [][][][2]float64
		if err := json.Unmarshal(f.Geometry.Coordinates, &shape); err != nil {
			t.Fatal(err)
		}
		var corners []string
		for _, p := range shape[0][0] {
			corners = append(corners, fmt.Sprintf("%v %v", p[0], p[1]))
		}
		says := fmt.Sprintf("%s MULTIPOLYGON(((%s)))", f.Properties["name"], strings.Join(corners, ","))
		if want[code] != says {
			t.Fatalf("%s is read as %s; the database has %s", code, says, want[code])
		}
		delete(want, code)
	}
}

func (w *world) execute(sql string, args ...any) error {
	_, err := w.pool.Exec(w.t.Context(), sql, args...)
	return err
}

// TestOGCSystems_HaveTheAxesOfTheRegister asks PROJ, which has the EPSG register.
func TestOGCSystems_HaveTheAxesOfTheRegister(t *testing.T) {
	w := &world{t: t}
	for _, system := range ogcSystems {
		parts := strings.Split(system.URI, "/")
		name := parts[len(parts)-3] + ":" + parts[len(parts)-1]
		wkt, _ := w.gdal("gdalsrsinfo", "-o", "wkt2_2018", name)
		latitude, longitude := strings.Index(wkt, "latitude"), strings.Index(wkt, "longitude")
		if latitude < 0 || longitude < 0 || (latitude < longitude) != system.LatFirst {
			t.Errorf("%s: latitude first is %v; the register has\n%s", name, system.LatFirst, wkt)
		}
	}
}
