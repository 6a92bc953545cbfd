package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// draftOf begins a draft of a net as a planner does, and returns its collection's address.
func (w *world) draftOf(net geo.Net) (id int64, items string) {
	w.t.Helper()
	answer := w.as("planner").post("/api/editions", map[string]any{"net": net, "title": "QGIS"})
	if answer.status != http.StatusCreated {
		w.t.Fatalf("%d %s", answer.status, answer.body)
	}
	id = read[struct{ ID int64 }](w.t, answer).ID
	return id, fmt.Sprintf("/ogc/collections/grids-draft-%d/items", id)
}

// feature writes a grid as a GIS program does.
func feature(shape orb.Polygon, properties map[string]any) string {
	data, err := json.Marshal(map[string]any{"type": "Feature", "geometry": geojson.NewGeometry(shape), "properties": properties})
	if err != nil {
		panic(err)
	}
	return string(data)
}

// write sends a body as a program does that knows no cookie. An administrator's may move the outer borders.
func (c *client) write(method, path, kind, body string, headers ...string) reply {
	c.w.t.Helper()
	return c.do(method, path, strings.NewReader(body), append(headers, "Content-Type", kind, "Authorization", basic("admin", worldPassword))...)
}

func TestOGCWrite_AsQGISDoes(t *testing.T) {
	w := newWorld(t)
	id, items := w.draftOf(geo.Community)
	qgis := w.nobody()
	auth := basic("admin", worldPassword)
	west := items + "/" + westID

	// It asks what it may do, on the items and on one of them.
	for path, want := range map[string]string{items: allowItems, west: allowItem, ogcGrids: allowRead, ogcGrids + "/" + westID: allowRead} {
		answer := qgis.do("OPTIONS", path, nil, "Authorization", auth)
		if got := answer.header.Get("Allow"); answer.status != http.StatusNoContent || got != want {
			t.Errorf("OPTIONS %s: %d %q; want %q", path, answer.status, got, want)
		}
	}
	// It makes room in the east for a grid, with a patch of the geometry alone.
	geometry, _ := json.Marshal(geojson.NewGeometry(square(118.315, 36.820, 118.320, 36.830)))
	patched := qgis.write("PATCH", items+"/"+eastID, mergePatchType, `{"geometry":`+string(geometry)+`}`)
	if patched.status != http.StatusNoContent || patched.header.Get("ETag") != `"2"` {
		t.Fatalf("%d %s %s", patched.status, patched.header.Get("ETag"), patched.body)
	}
	// It adds that grid, in the system that its project has: latitude first, and the header without brackets.
	const newCode = "370305001002002"
	flipped := orb.Polygon{{{36.820, 118.310}, {36.820, 118.315}, {36.830, 118.315}, {36.830, 118.310}, {36.820, 118.310}}}
	created := qgis.write("POST", items, geoJSONType,
		feature(flipped, map[string]any{"code": newCode, "name": "中社区", "kind": "community", "street": nil}), "Content-Crs", ogcSystems[2].URI)
	address := w.url + items + "/community-" + newCode
	if created.status != http.StatusCreated || created.header.Get("Location") != address || created.header.Get("ETag") != `"3"` {
		t.Fatalf("%d %s %s", created.status, created.header.Get("Location"), created.body)
	}
	// It changes a name, and replaces a grid whole.
	if named := qgis.write("PATCH", west, mergePatchType, `{"properties":{"name":"西区"}}`); named.status != http.StatusNoContent {
		t.Fatalf("%d %s", named.status, named.body)
	}
	replaced := qgis.write("PUT", strings.TrimPrefix(address, w.url), geoJSONType,
		feature(square(118.310, 36.820, 118.314, 36.830), map[string]any{"code": newCode, "name": "中区", "kind": "community", "street": "闻韶街道"}))
	if replaced.status != http.StatusNoContent || replaced.header.Get("ETag") != `"5"` {
		t.Fatalf("%d %s %s", replaced.status, replaced.header.Get("ETag"), replaced.body)
	}
	draft := w.as("planner").items(strings.TrimSuffix(strings.TrimPrefix(items, "/ogc/collections/"), "/items"), "")
	wantIDs(t, draft.ids(), westID, eastID, "community-"+newCode)
	middle := draft.Features[2]
	if middle.Properties["name"] != "中区" || middle.Properties["street"] != "闻韶街道" || draft.Features[0].Properties["name"] != "西区" {
		t.Errorf("%+v", draft.Features)
	}
	want := `[[[[118.31,36.82],[118.314,36.82],[118.314,36.83],[118.31,36.83],[118.31,36.82]]]]`
	if !sameRing(t, middle.Geometry.Coordinates, want) {
		t.Errorf("%s; want %s", middle.Geometry.Coordinates, want)
	}
	// Each step stands in the log, and the last one can be undone as one.
	edition := read[struct{ Version int64 }](t, w.as("planner").get(fmt.Sprintf("/api/editions/%d", id)))
	if edition.Version != 5 {
		t.Errorf("version %d", edition.Version)
	}
	if answer := w.as("planner").post(fmt.Sprintf("/api/editions/%d/undo", id), map[string]any{}); answer.status != http.StatusOK {
		t.Fatalf("%d %s", answer.status, answer.body)
	}
	undone := read[featureOf](t, w.as("planner").get(strings.TrimPrefix(address, w.url)))
	if undone.Properties["name"] != "中社区" || !sameRing(t, undone.Geometry.Coordinates,
		`[[[[118.31,36.82],[118.315,36.82],[118.315,36.83],[118.31,36.83],[118.31,36.82]]]]`) {
		t.Errorf("%+v %s", undone, undone.Geometry.Coordinates)
	}
	// It takes the grid away again, and what is in force never changed.
	if gone := qgis.do("DELETE", strings.TrimPrefix(address, w.url), nil, "Authorization", auth); gone.status != http.StatusNoContent {
		t.Fatalf("%d %s", gone.status, gone.body)
	}
	wantProblem(t, w.as("planner").get(strings.TrimPrefix(address, w.url)), http.StatusNotFound)
	wantIDs(t, w.as("planner").items("grids", "").ids(), westID, eastID, roadID)
}

// sameRing compares the only ring of a MultiPolygon, wherever it begins.
func sameRing(t *testing.T, got json.RawMessage, want string) bool {
	t.Helper()
	var a, b [][][]orb.Point
	if json.Unmarshal(got, &a) != nil || json.Unmarshal([]byte(want), &b) != nil || len(a) != 1 || len(a[0]) != 1 || len(a[0][0]) != len(b[0][0]) {
		return false
	}
	has := map[orb.Point]bool{}
	for _, p := range b[0][0] {
		has[p] = true
	}
	for _, p := range a[0][0] {
		if !has[p] {
			return false
		}
	}
	return true
}

func TestOGCWrite_HoldsToWhatTheCallerSaw(t *testing.T) {
	w := newWorld(t)
	_, items := w.draftOf(geo.Community)
	west := items + "/" + westID
	c := w.nobody()
	tag := c.get(west, "Authorization", basic("planner", worldPassword)).header.Get("ETag")
	rename := func(path, name string, headers ...string) reply {
		return c.write("PATCH", path, mergePatchType, fmt.Sprintf(`{"properties":{"name":%q}}`, name), headers...)
	}
	if answer := rename(items+"/"+eastID, "东区"); answer.status != http.StatusNoContent {
		t.Fatalf("%d %s", answer.status, answer.body)
	}
	// Another grid's change is none of this one's; its own is.
	first := rename(west, "西区", "If-Match", tag)
	if first.status != http.StatusNoContent || first.header.Get("ETag") == tag {
		t.Fatalf("%d %s %s", first.status, first.body, first.header.Get("ETag"))
	}
	wantProblem(t, rename(west, "西二区", "If-Match", tag), http.StatusPreconditionFailed)
	wantProblem(t, c.do("DELETE", west, nil, "If-Match", tag, "Authorization", basic("planner", worldPassword)), http.StatusPreconditionFailed)
	if answer := rename(west, "西三区", "If-Match", `"99", W/`+first.header.Get("ETag")); answer.status != http.StatusNoContent {
		t.Errorf("%d %s", answer.status, answer.body)
	}
	again := rename(west, "西三区") // As it is already: no new version.
	if now := c.get(west, "Authorization", basic("planner", worldPassword)).header.Get("ETag"); again.status != http.StatusNoContent || again.header.Get("ETag") != now {
		t.Errorf("%d %q; the grid has %q", again.status, again.header.Get("ETag"), now)
	}
	// Many at once: each name is one step, and nobody's is lost without a word.
	var all sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for i := range 6 {
		all.Go(func() {
			answer := rename([]string{west, items + "/" + eastID}[i%2], fmt.Sprintf("第 %d", i))
			mu.Lock()
			defer mu.Unlock()
			if answer.status == http.StatusNoContent {
				done++
			} else if answer.status != http.StatusConflict {
				t.Errorf("%d %s", answer.status, answer.body)
			}
		})
	}
	all.Wait()
	var steps int
	w.must(w.pool.QueryRow(t.Context(), `SELECT count(*) FROM edition_log WHERE command ->> 'name' LIKE '第 %'`).Scan(&steps))
	if steps != done || done == 0 {
		t.Errorf("%d of 6 writes were confirmed, and %d steps stand in the log", done, steps)
	}
}

func TestOGCWrite_RefusesWithTheRuleAndThePlace(t *testing.T) {
	w := newWorld(t)
	id, items := w.draftOf(geo.Community)
	c, west := w.nobody(), items+"/"+westID
	named := map[string]any{"name": "西社区", "kind": "community"}
	overlap := c.write("PUT", west, geoJSONType, feature(square(118.300, 36.820, 118.312, 36.830), named))
	wantProblem(t, overlap, http.StatusUnprocessableEntity)
	said := read[struct {
		Rule  string
		At    *orb.Point
		Codes []string
	}](t, overlap)
	if said.Rule != "overlaps" || said.At == nil || said.At.Lon() < 118.3 || said.At.Lon() > 118.32 || len(said.Codes) == 0 {
		t.Errorf("%s", overlap.body)
	}
	bowTie := orb.Polygon{{{118.300, 36.820}, {118.310, 36.830}, {118.310, 36.820}, {118.300, 36.830}, {118.300, 36.820}}}
	ring := func(corners string) string {
		return `{"type":"Feature","geometry":{"type":"Polygon","coordinates":` + corners + `},"properties":{"name":"西社区","kind":"community"}}`
	}
	for _, tc := range []struct {
		name, method, path, kind, body string
		status                         int
		needle                         string
	}{
		{"a bow-tie", "PUT", west, geoJSONType, feature(bowTie, named), 422, "not_simple"},
		{"heights", "PUT", west, geoJSONType, ring(`[[[118.3,36.82,5],[118.31,36.82,5],[118.31,36.83,5],[118.3,36.82,5]]]`), 422, "no heights"},
		{"half a position", "PUT", west, geoJSONType, ring(`[[[118.3],[118.31,36.82],[118.31,36.83],[118.3,36.82]]]`), 422, "2 numbers"},
		{"axes the other way", "PUT", west, geoJSONType, ring(`[[[36.82,118.3],[36.82,118.31],[36.83,118.31],[36.82,118.3]]]`), 422, ""},
		{"an open ring", "PUT", west, geoJSONType, ring(`[[[118.3,36.82],[118.31,36.82],[118.31,36.83]]]`), 422, ""},
		{"nothing", "PUT", west, geoJSONType, ring(`[]`), 422, ""},
		{"text for numbers", "PUT", west, geoJSONType, ring(`[[["118.3","36.82"]]]`), 422, "coordinates"},
		{"a point", "PUT", west, geoJSONType, `{"type":"Feature","geometry":{"type":"Point","coordinates":[118.3,36.82]},"properties":{}}`, 422, "Polygon"},
		{"no geometry", "PUT", west, geoJSONType, `{"type":"Feature","geometry":null,"properties":{"name":"x","kind":"community"}}`, 422, "geometry"},
		{"no name", "PUT", west, geoJSONType, feature(square(118.300, 36.820, 118.310, 36.830), nil), 422, "name"},
		{"a null name", "PATCH", west, mergePatchType, `{"properties":{"name":null}}`, 422, "name"},
		{"another code", "PATCH", west, mergePatchType, `{"properties":{"code":"` + eastCode + `"}}`, 422, "code"},
		{"a number for a name", "PATCH", west, mergePatchType, `{"properties":{"name":7}}`, 422, "name"},
		{"a wrong kind", "PATCH", west, mergePatchType, `{"properties":{"kind":"corridor"}}`, 422, "kind"},
		{"an unknown property", "PATCH", west, mergePatchType, `{"properties":{"colour":"red"}}`, 422, "colour"},
		{"a control character", "PATCH", west, mergePatchType, `{"properties":{"name":"a\u0000b"}}`, 422, ""},
		{"no JSON", "PATCH", west, mergePatchType, `{"properties":`, 400, ""},
		{"a list", "POST", items, geoJSONType, `[]`, 400, ""},
		{"a collection", "POST", items, geoJSONType, `{"type":"FeatureCollection","features":[]}`, 422, "type"},
		{"a code that is taken", "POST", items, geoJSONType, feature(square(118.320, 36.820, 118.325, 36.830),
			map[string]any{"code": westCode, "name": "x", "kind": "community"}), 422, "code"},
		{"14 digits", "POST", items, geoJSONType, feature(square(118.320, 36.820, 118.325, 36.830),
			map[string]any{"code": westCode[1:], "name": "x", "kind": "community"}), 422, "15"},
		{"XML", "POST", items, "application/xml", `<x/>`, 415, ""},
		{"too much", "POST", items, geoJSONType, strings.Repeat(" ", maxCommandBytes+1), 413, ""},
		{"a grid that is not there", "PATCH", items + "/community-370305001009009", mergePatchType, `{"properties":{"name":"x"}}`, 404, ""},
		{"one of the other net", "PATCH", items + "/" + roadID, mergePatchType, `{"properties":{"name":"x"}}`, 404, ""},
		{"a draft that is not there", "PATCH", "/ogc/collections/grids-draft-99/items/" + westID, mergePatchType, `{}`, 404, ""},
		{"an id written twice", "PATCH", strings.Replace(west, "draft-", "draft-0", 1), mergePatchType, `{}`, 404, ""},
		{"what is in force", "PATCH", ogcGrids + "/" + westID, mergePatchType, `{"properties":{"name":"x"}}`, 405, ""},
		{"what is in force, again", "POST", ogcGrids, geoJSONType, `{}`, 405, ""},
		{"alerts", "DELETE", "/ogc/collections/alerts/items/1", "", ``, 405, ""},
		{"a parameter", "PATCH", west + "?force=1", mergePatchType, `{}`, 400, "force"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			answer := c.write(tc.method, tc.path, tc.kind, tc.body)
			wantProblem(t, answer, tc.status)
			if !strings.Contains(string(answer.body), tc.needle) {
				t.Errorf("no %q in %s", tc.needle, answer.body)
			}
			if allow := answer.header.Get("Allow"); (allow == allowRead) != (tc.status == http.StatusMethodNotAllowed) {
				t.Errorf("Allow %q", allow)
			}
		})
	}
	wantProblem(t, c.write("PATCH", west, mergePatchType, `{}`, "Content-Crs", "EPSG:4326"), http.StatusBadRequest)
	// Nobody else sees the draft, and no site makes a browser write it.
	for _, who := range []string{"operator", "west", "idle"} {
		wantProblem(t, w.as(who).get(items), http.StatusNotFound)
		wantProblem(t, w.as(who).do("DELETE", west, nil), http.StatusNotFound)
		wantProblem(t, w.as(who).do("OPTIONS", items, nil), http.StatusNotFound)
		if list := w.as(who).get("/ogc/collections"); strings.Contains(string(list.body), draftPrefix) {
			t.Errorf("%s is told of drafts", who)
		}
	}
	wantProblem(t, c.write("PATCH", west, mergePatchType, `{"properties":{"name":"x"}}`, "Sec-Fetch-Site", "cross-site"), http.StatusForbidden)
	wantProblem(t, w.nobody().do("DELETE", west, nil), http.StatusUnauthorized)
	// All of that changed nothing; and what is submitted stands still.
	draft := read[struct{ Version int64 }](t, w.as("planner").get(fmt.Sprintf("/api/editions/%d", id)))
	if draft.Version != 1 {
		t.Errorf("version %d", draft.Version)
	}
	for _, step := range []string{"check", "submit"} {
		if answer := w.as("planner").post(fmt.Sprintf("/api/editions/%d/%s", id, step), map[string]any{}); answer.status != http.StatusOK {
			t.Fatalf("%s: %d %s", step, answer.status, answer.body)
		}
	}
	wantProblem(t, c.write("PATCH", west, mergePatchType, `{"properties":{"name":"x"}}`), http.StatusConflict)
	if allow := w.as("planner").do("OPTIONS", items, nil).header.Get("Allow"); allow != allowRead {
		t.Errorf("a submitted edition allows %q", allow)
	}
}

func TestOGCWrite_RoadsAreCorridors(t *testing.T) {
	w := newWorld(t)
	_, items := w.draftOf(geo.Road)
	created := w.nobody().write("POST", items, geoJSONType,
		feature(square(118.300, 36.8255, 118.320, 36.826), map[string]any{"code": "370305001900002", "name": "辅路"}))
	if created.status != http.StatusCreated {
		t.Fatalf("%d %s", created.status, created.body)
	}
	road := read[featureOf](t, w.as("planner").get(items+"/road-370305001900002"))
	if road.Properties["kind"] != "corridor" || road.Properties["name"] != "辅路" {
		t.Errorf("%v", road.Properties)
	}
}

// FuzzOGCFeature reads whatever bytes come as a body. What is taken has two numbers in each position.
func FuzzOGCFeature(f *testing.F) {
	f.Add([]byte(feature(square(118.3, 36.82, 118.31, 36.83), map[string]any{"code": westCode, "name": "西", "kind": "community"})), false)
	f.Add([]byte(`{"geometry":{"type":"MultiPolygon","coordinates":[[[[118.3,36.8],[118.4,36.8],[118.4,36.9],[118.3,36.8]]]]}}`), true)
	f.Add([]byte(`{"type":"Feature","geometry":null,"properties":null,"id":7,"links":[]}`), false)
	f.Add([]byte(`{"geometry":{"type":"Polygon","coordinates":[[[1e400,2]],[[1,2,3]],[]]},"properties":{"name":null}}`), true)
	f.Add([]byte(`{"geometry":{"type":"Polygon","coordinates":null}}`), true)
	f.Fuzz(func(t *testing.T, data []byte, latFirst bool) {
		body, err := parseFeature(data, ogcCRS{LatFirst: latFirst})
		if err != nil {
			if p := problemOf(err); p.Status != http.StatusBadRequest && p.Status != http.StatusUnprocessableEntity {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		now := geo.DraftGrid{Grid: geo.Grid{Net: geo.Community, Code: westCode, Name: "西社区", Kind: "community",
			Boundary: orb.MultiPolygon{square(118.3, 36.82, 118.31, 36.83)}}}
		cmds, err := body.changes(now)
		if err == nil && len(cmds) > 2 {
			t.Fatalf("%q: %v", data, cmds)
		}
		for _, cmd := range cmds {
			if err := cmd.Validate(); err == nil && cmd.Geometry != nil && len(cmd.Geometry.MultiPolygon) == 0 {
				t.Fatalf("%q: a grid without ground", data)
			}
		}
	})
}
