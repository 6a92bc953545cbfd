package web

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tornSurvey is two communities whose common border was drawn twice: a sliver lies between them.
const tornSurvey = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"370305001001001","name":"西社区"},"geometry":{"type":"Polygon","coordinates":[[[118.300,36.820],[118.310,36.820],[118.309995,36.825],[118.310,36.830],[118.300,36.830],[118.300,36.820]]]}},
{"type":"Feature","properties":{"code":"370305001002001","name":"东社区"},"geometry":{"type":"Polygon","coordinates":[[[118.310,36.820],[118.320,36.820],[118.320,36.830],[118.310,36.830],[118.310,36.820]]]}}]}`

// offeredMends is a list of mends as a page reads it.
type offeredMends struct {
	Version int64
	Total   int
	Mends   []struct {
		ID, Kind, Offer string
		Geometry        struct{ Type string }
	}
}

// imported sends a file and follows where the answer leads until it is done.
func (c *client) imported(query, file string) importView {
	c.w.t.Helper()
	answer := c.do("POST", "/api/import?"+query, strings.NewReader(file), "Content-Type", "application/octet-stream")
	if answer.status != http.StatusAccepted {
		c.w.t.Fatalf("%d %s", answer.status, answer.body)
	}
	begun := read[importView](c.w.t, answer)
	location := answer.header.Get("Location")
	if location != fmt.Sprintf("/api/imports/%d", begun.ID) || begun.State != "reading" {
		c.w.t.Errorf("began as %+v at %s", begun, location)
	}
	var now importView
	c.w.eventually(func() bool {
		now = read[importView](c.w.t, c.get(location))
		return now.State != "reading"
	})
	return now
}

// eventually asks as a page does, again and again.
func (w *world) eventually(done func() bool) {
	w.t.Helper()
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	for !done() {
		select {
		case <-w.t.Context().Done():
			w.t.Fatal("never")
		case <-every.C:
		}
	}
}

func TestImport_BecomesADraftThatIsMended(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	done := planner.imported("net=community&crs=EPSG:4490&title=2027+年普查&from=2027-01-01", tornSurvey)
	if done.State != "drafted" || done.Edition == nil || done.Grids != 2 || done.Format != "geojson" || done.Refusal != nil {
		t.Fatalf("got %+v", done)
	}
	at := fmt.Sprintf("/api/editions/%d", *done.Edition)
	draft := read[editionView](t, planner.get(at))
	if draft.State != "draft" || draft.Title != "2027 年普查" || draft.From == nil || draft.From.Format(time.DateOnly) != "2026-12-31" {
		t.Errorf("draft %+v", draft)
	}
	if published := read[editionListView](t, w.as("operator").get("/api/editions")); len(published.Items) != 2 {
		t.Errorf("an operator sees %d editions", len(published.Items))
	}
	offered := read[offeredMends](t, planner.get(at+"/mends"))
	if offered.Total != 1 || offered.Mends[0].Kind != "sliver" || offered.Mends[0].Offer != "give the sliver to 370305001001001" ||
		offered.Mends[0].Geometry.Type != "Polygon" || offered.Version != draft.Version {
		t.Fatalf("offered %+v", offered)
	}
	id := offered.Mends[0].ID
	if none := read[offeredMends](t, planner.get(at+"/mends?tolerance_m=0.01")); none.Total != 0 {
		t.Errorf("too narrow a tolerance offers %+v", none)
	}
	for name, test := range map[string]struct {
		body   map[string]any
		status int
	}{
		"stale":       {map[string]any{"base_version": draft.Version + 1, "ids": []string{id}}, 409},
		"unknown":     {map[string]any{"base_version": draft.Version, "ids": []string{"nothing"}}, 422},
		"nobody's":    {map[string]any{"base_version": draft.Version, "ids": []string{id}, "into": map[string]string{id: roadCode}}, 422},
		"no ids":      {map[string]any{"base_version": draft.Version, "ids": []string{}}, 422},
		"too lenient": {map[string]any{"base_version": draft.Version, "ids": []string{id}, "tolerance_m": 50}, 422},
	} {
		if answer := planner.post(at+"/mends", test.body); answer.status != test.status {
			t.Errorf("%s: %d %s", name, answer.status, answer.body)
		}
	}
	mended := planner.post(at+"/mends", map[string]any{"base_version": draft.Version, "ids": []string{id}, "into": map[string]string{id: eastCode}})
	edited := read[struct {
		Version int64
		Changed []any
		CanUndo bool `json:"can_undo"`
	}](t, mended)
	if mended.status != 200 || edited.Version != draft.Version+1 || len(edited.Changed) == 0 || !edited.CanUndo {
		t.Fatalf("%d %s", mended.status, mended.body)
	}
	if left := read[offeredMends](t, planner.get(at+"/mends")); left.Total != 0 {
		t.Errorf("left %+v", left)
	}
	if checked := read[checkView](t, planner.post(at+"/check", nil)); checked.State != "checked" {
		t.Errorf("check: %+v", checked)
	}
}

func TestImport_Refuses(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	done := planner.imported("net=community&crs=EPSG:4490", strings.Replace(tornSurvey, "370305001002001", "37030500100200", 1))
	if done.State != "refused" || done.Edition != nil || done.Refusal == nil || done.Refusal.Location != "feature 1 37030500100200 东社区: code" {
		t.Errorf("got %+v", done)
	}
	for _, test := range []struct {
		query  string
		status int
	}{
		{"crs=EPSG:4490", 422}, {"net=canal&crs=EPSG:4490", 422}, {"net=road&crs=EPSG:3857", 422},
		{"net=road&format=dxf", 422}, {"net=road&color=red", 422}, {"net=road&from=soon", 422},
	} {
		wantProblem(t, planner.do("POST", "/api/import?"+test.query, strings.NewReader(tornSurvey)), test.status)
	}
	for _, username := range []string{"operator", "west"} {
		wantProblem(t, w.as(username).do("POST", "/api/import?net=road", strings.NewReader(tornSurvey)), 403)
		wantProblem(t, w.as(username).get("/api/imports"), 403)
		wantProblem(t, w.as(username).get("/api/editions/1/export?format=csv"), 403)
	}
	large, err := http.NewRequestWithContext(t.Context(), "POST", w.url+"/api/import?net=road", io.LimitReader(zeros{}, 300<<20))
	w.must(err)
	large.ContentLength = 300 << 20
	large.Header.Set("Cookie", planner.cookie)
	answer, err := http.DefaultTransport.RoundTrip(large)
	if err == nil { // Or the server cut it off.
		answer.Body.Close()
		if answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("300 MB: %d", answer.StatusCode)
		}
	}
	wantProblem(t, planner.get("/api/imports/99"), 404)
	wantProblem(t, planner.get("/api/editions/99/mends"), 404)
	wantProblem(t, planner.get("/api/editions/99/export?format=csv"), 404)
	wantProblem(t, planner.get("/api/editions/1/export?format=dxf"), 422)
	wantProblem(t, planner.get("/api/editions/1/export?format=kml&crs=BD-09"), 422)
	wantProblem(t, planner.get("/api/editions/1/export?format=csv&page=2"), 422)
	if list := read[importListView](t, planner.get("/api/imports")); len(list.Items) != 1 || list.Items[0].ID != done.ID {
		t.Errorf("imports %+v", list)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestExport_IsWhatAPlannerDownloads(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	for _, test := range []struct{ query, kind, name string }{
		{"format=gpkg&crs=EPSG:4527", "application/geopackage+sqlite3", "gridwatch-community-1-v1.gpkg"},
		{"format=shp&encoding=GBK", "application/zip", "gridwatch-community-1-v1.zip"},
		{"format=geojson", "application/geo+json", "gridwatch-community-1-v1.geojson"},
	} {
		answer := planner.get("/api/editions/1/export?" + test.query)
		if answer.status != 200 || answer.header.Get("Content-Type") != test.kind ||
			answer.header.Get("Content-Disposition") != "attachment; filename="+test.name {
			t.Fatalf("%s: %d %v", test.query, answer.status, answer.header)
		}
		path := filepath.Join(t.TempDir(), test.name)
		w.must(os.WriteFile(path, answer.body, 0o600))
		if strings.HasSuffix(path, ".zip") {
			path = "/vsizip/" + path
		}
		said, err := exec.CommandContext(t.Context(), "ogrinfo", "-ro", "-al", path).Output()
		if err != nil || !bytes.Contains(said, []byte("Feature Count: 2")) || !bytes.Contains(said, []byte("西社区")) {
			t.Errorf("%s: %v\n%s", test.query, err, said)
		}
		// And it comes back as the same draft.
		if done := planner.imported("net=community", string(answer.body)); done.State != "drafted" || done.Grids != 2 {
			t.Errorf("%s: %+v", test.query, done)
		}
	}
}
