package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
)

func TestTileJSON_DescribesWhatTheTilesHave(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	for layer, path := range map[string]string{
		"outline": "/16/54304/25549", "community": "/16/54304/25549", "road": "/16/54304/25548", "fences": "/16/54304/25549", "cameras": "/16/54304/25549",
	} {
		answer := c.get("/tiles/" + layer + ".json")
		if answer.status != http.StatusOK || answer.header.Get("Content-Type") != "application/json" {
			t.Fatalf("%s: %d %v", layer, answer.status, answer.header)
		}
		about := read[tileJSON](t, answer)
		if about.Bounds != [4]float64{118.29, 36.81, 118.33, 36.84} {
			t.Errorf("%s: bounds %v", layer, about.Bounds)
		}
		if len(about.VectorLayers) != 1 || about.VectorLayers[0].ID != layer || about.MinZoom != 0 || about.MaxZoom != 16 {
			t.Fatalf("%s: %+v", layer, about)
		}
		template := w.url + "/tiles/" + layer + "/{z}/{x}/{y}.mvt"
		if !slices.Equal(about.Tiles, []string{template}) {
			t.Errorf("%s: tiles %v, want %s", layer, about.Tiles, template)
		}
		tile, err := mvt.Unmarshal(c.get("/tiles/" + layer + path + ".mvt").body)
		w.must(err)
		if len(tile) != 1 || len(tile[0].Features) == 0 || tile[0].Name != layer {
			t.Fatalf("%s: %+v", layer, tile)
		}
		for key, value := range tile[0].Features[0].Properties {
			kind := "String"
			if _, flag := value.(bool); flag {
				kind = "Boolean"
			}
			if about.VectorLayers[0].Fields[key] != kind {
				t.Errorf("%s: %s is %q, its tiles have %T", layer, key, about.VectorLayers[0].Fields[key], value)
			}
		}
	}
}

func TestTileJSON_IsOfTheCallersHostAndMoment(t *testing.T) {
	w := newWorld(t)
	w.server.behindProxy = true
	c := w.as("west")
	answer := c.get("/tiles/road.json?at=2026-02-01T08:00:00%2B08:00", "X-Forwarded-Proto", "https")
	host := strings.TrimPrefix(w.url, "http://")
	if got, want := read[tileJSON](t, answer).Tiles[0], "https://"+host+"/tiles/road/{z}/{x}/{y}.mvt?at=2026-02-01T08%3A00%3A00%2B08%3A00"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	tag := answer.header.Get("ETag")
	if again := c.get("/tiles/road.json?at=2026-02-01T08:00:00%2B08:00", "X-Forwarded-Proto", "https", "If-None-Match", tag); again.status != http.StatusNotModified {
		t.Errorf("again: %d", again.status)
	}
	if plain := c.get("/tiles/road.json", "If-None-Match", tag); plain.status != http.StatusOK {
		t.Errorf("another address with the same tag: %d", plain.status)
	}
	wantProblem(t, c.get("/tiles/road.json?at=yesterday"), 422)
	wantProblem(t, c.get("/tiles/people.json"), 404)
	wantProblem(t, c.get("/tiles/road"), 404)
}

// The style names nothing that is not here, and no property that the tiles lack.
func TestMapStyle_WorksWithoutTheRestOfTheWorld(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	answer := c.get("/tiles/style.json")
	if answer.status != http.StatusOK || answer.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%d %v", answer.status, answer.header)
	}
	style := read[struct {
		Version        int
		Glyphs, Sprite any
		Sources        map[string]struct{ URL string }
		Layers         []struct {
			ID, Type, Source string
			SourceLayer      string `json:"source-layer"`
			Paint, Layout    map[string]any
		}
	}](t, answer)
	if style.Version != 8 || style.Glyphs != nil || style.Sprite != nil || len(style.Sources) != len(layers) {
		t.Errorf("%+v", style)
	}
	for name, source := range style.Sources {
		if address, err := url.Parse(source.URL); err != nil || c.get(address.Path).status != http.StatusOK || !strings.HasPrefix(source.URL, w.url) {
			t.Errorf("source %s: %s, %v", name, source.URL, err)
		}
	}
	seen := map[string]bool{}
	for _, layer := range style.Layers {
		if seen[layer.ID] || layer.Type != "background" && (style.Sources[layer.Source].URL == "" || layerFields[layer.SourceLayer] == nil) {
			t.Errorf("layer %+v", layer)
		}
		seen[layer.ID] = true
		for _, name := range propertiesIn([]any{layer.Paint, layer.Layout}) {
			if layerFields[layer.SourceLayer][name] == "" {
				t.Errorf("layer %s reads %s, which its tiles lack", layer.ID, name)
			}
		}
	}
	if again := c.get("/tiles/style.json", "If-None-Match", answer.header.Get("ETag")); again.status != http.StatusNotModified {
		t.Errorf("again: %d", again.status)
	}
}

// propertiesIn are the names in every ["get", name] of a style.
func propertiesIn(value any) (names []string) {
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			names = append(names, propertiesIn(inner)...)
		}
	case []any:
		if len(v) == 2 && v[0] == "get" {
			return []string{v[1].(string)}
		}
		for _, inner := range v {
			names = append(names, propertiesIn(inner)...)
		}
	}
	return names
}

func TestTile_ThatANewEditionLeavesAloneIsNotSentAgain(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	const west, east = "/tiles/community/17/108607/51098.mvt", "/tiles/community/17/108614/51098.mvt"
	westTag, eastTag := c.get(west).header.Get("ETag"), c.get(east).header.Get("ETag")
	grids, _, err := w.city.Grids(t.Context(), geo.Community, time.Now())
	w.must(err)
	east0 := slices.IndexFunc(grids, func(g geo.Grid) bool { return g.Code == eastCode })
	grids[east0].Boundary = orb.MultiPolygon{square(118.310, 36.820, 118.318, 36.830)}
	_, err = w.city.ImportGrids(t.Context(), geo.Community, "新版", time.Now().Add(-time.Minute), true, grids)
	w.must(err)
	left := c.get(west, "If-None-Match", westTag)
	if left.status != http.StatusNotModified || left.header.Get("ETag") == westTag {
		t.Errorf("a tile of the western community: %d %s, it was %s", left.status, left.header.Get("ETag"), westTag)
	}
	if changed := c.get(east, "If-None-Match", eastTag); changed.status != http.StatusOK {
		t.Errorf("a tile of the eastern community: %d", changed.status)
	}
}
