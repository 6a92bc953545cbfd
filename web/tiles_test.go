package web

import (
	"net/http"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

const communityTile = "/tiles/community/16/54304/25549.mvt"

func TestTile_IsAskedForAgainOnlyAfterAChange(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	first := c.get(communityTile)
	h := first.header
	if first.status != http.StatusOK || len(first.body) == 0 || h.Get("Content-Type") != "application/vnd.mapbox-vector-tile" ||
		h.Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("%d, %d bytes, %v", first.status, len(first.body), h)
	}
	tag := h.Get("ETag")
	again := c.get(communityTile, "If-None-Match", tag)
	if again.status != http.StatusNotModified || len(again.body) != 0 {
		t.Fatalf("again: %d", again.status)
	}
	if other := w.as("west").get(communityTile, "If-None-Match", tag); other.status != http.StatusOK {
		t.Errorf("another scope with the city's tag: %d", other.status)
	}
	if old := c.get(communityTile+"?at=2020-01-01T00:00:00Z", "If-None-Match", tag); old.status != http.StatusOK || len(old.body) != 0 {
		t.Errorf("before the first edition: %d, %d bytes", old.status, len(old.body))
	}
	_, err := w.city.ImportGrids(t.Context(), geo.Community, "新版", time.Now().Add(-time.Minute), true, []geo.Grid{
		{Net: geo.Community, Code: westCode, Name: "全社区", Kind: "community", Street: "闻韶街道",
			Boundary: orb.MultiPolygon{square(118.300, 36.820, 118.320, 36.830)}}})
	w.must(err)
	if changed := c.get(communityTile, "If-None-Match", tag); changed.status != http.StatusOK || changed.header.Get("ETag") == tag {
		t.Errorf("after a new edition: %d %s", changed.status, changed.header.Get("ETag"))
	}
}

func TestTile_OfCamerasIsKnownByItsBytes(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	const path = "/tiles/cameras/16/54304/25549.mvt"
	first := c.get(path)
	tag := first.header.Get("ETag")
	if first.status != http.StatusOK || first.header.Get("Cache-Control") != "private, max-age=10" || tag == "" {
		t.Fatalf("%d %v", first.status, first.header)
	}
	if again := c.get(path, "If-None-Match", tag); again.status != http.StatusNotModified {
		t.Errorf("again: %d", again.status)
	}
	w.must(w.cameras.SetOffline(t.Context(), "west-cam", time.Now(), "no frames"))
	if changed := c.get(path, "If-None-Match", tag); changed.status != http.StatusOK {
		t.Errorf("after the camera went offline: %d", changed.status)
	}
}

func TestTile_RefusesWhatIsNoTile(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	for path, status := range map[string]int{
		"/tiles/people/1/0/0.mvt":              404,
		"/tiles/community/1/0/0":               404,
		"/tiles/community/1/0/0.png":           404,
		"/tiles/community/1/2/0.mvt":           422,
		"/tiles/community/1/0/2.mvt":           422,
		"/tiles/community/23/0/0.mvt":          422,
		"/tiles/community/-1/0/0.mvt":          422,
		"/tiles/community/1/-1/0.mvt":          422,
		"/tiles/community/01/0/0.mvt":          422,
		"/tiles/community/1/+0/0.mvt":          422,
		"/tiles/community/1/0x0/0.mvt":         422,
		"/tiles/community/1/0/0.5.mvt":         422,
		"/tiles/community/1/0/.mvt":            422,
		"/tiles/community/99999999999/0/0.mvt": 422,
		"/tiles/community/1/0/0.mvt?at=today":  422,
	} {
		wantProblem(t, c.get(path), status)
	}
}
