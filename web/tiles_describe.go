package web

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gridwatch/geo"
)

// tileJSON describes a layer to any program that draws vector tiles (TileJSON 3.0.0).
type tileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Description  string        `json:"description"`
	Attribution  string        `json:"attribution"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       [4]float64    `json:"bounds"`
	Center       [3]float64    `json:"center"`
	VectorLayers []vectorLayer `json:"vector_layers"`
}

type vectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// fullZoom is the last zoom that maps ask for: its tiles have every point, and are enlarged for what is nearer.
const fullZoom = 16

const parentsText = "Seen from afar (below zoom 11), a net of more than 1000 grids is drawn by what they make up: kind is parent, " +
	"code the digits they share, grids how many."

var gridFields = map[string]string{
	"code": "String", "name": "String", "net": "String", "kind": "String", "street": "String", "demo": "Boolean", "grids": "Number",
}

// layerTexts say what each layer shows, layerFields what its features tell.
var (
	layerTexts = map[string]string{
		"outline":   "Districts.",
		"community": "Grids of the community net (社网). " + parentsText,
		"road":      "Grids of the road net (路网). " + parentsText,
		"fences":    "Geofences on the map.",
		"cameras":   "Cameras.",
	}
	layerFields = map[string]map[string]string{
		"outline":   {"code": "String", "name": "String", "demo": "Boolean"},
		"community": gridFields,
		"road":      gridFields,
		"fences":    {"id": "String", "name": "String", "rule": "String", "demo": "Boolean"},
		"cameras":   {"id": "String", "name": "String", "state": "String", "composed": "Boolean"},
	}
)

// describeTiles gives the TileJSON of a layer. With ?at= the tiles are of that moment.
func (s *Server) describeTiles(w http.ResponseWriter, r *http.Request) error {
	layer, isJSON := strings.CutSuffix(r.PathValue("layer"), ".json")
	if _, known := layers[layer]; !known || !isJSON {
		return fmt.Errorf("layer %q: %w", layer, geo.ErrNotFound)
	}
	at := r.URL.Query().Get("at")
	if _, err := time.Parse(time.RFC3339, at); at != "" && err != nil {
		return geo.Invalid("query.at", "must be a time as RFC 3339 has it")
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	bound, err := s.tiles.Bound(ctx)
	if err != nil {
		return err
	}
	tiles := s.origin(r) + "/tiles/" + layer + "/{z}/{x}/{y}.mvt"
	if at != "" {
		tiles += "?at=" + url.QueryEscape(at)
	}
	data, err := json.Marshal(tileJSON{
		TileJSON: "3.0.0", Name: layer, Description: layerTexts[layer], Attribution: s.district.Name, Scheme: "xyz",
		Tiles: []string{tiles}, MaxZoom: fullZoom,
		Bounds: [4]float64{bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]},
		Center: [3]float64{bound.Center()[0], bound.Center()[1], 11},
		VectorLayers: []vectorLayer{{
			ID: layer, Description: layerTexts[layer], MaxZoom: fullZoom, Fields: layerFields[layer],
		}},
	})
	if err != nil {
		return err
	}
	return writeKnown(w, r, data)
}

// styleText is a map of all layers. It names no glyphs and no sprite, so that it needs nothing but this server.
//
//go:embed tiles_style.json
var styleText string

// mapStyle gives a ready style for MapLibre.
func (s *Server) mapStyle(w http.ResponseWriter, r *http.Request) error {
	return writeKnown(w, r, []byte(strings.ReplaceAll(styleText, "{origin}", s.origin(r))))
}

// writeKnown writes JSON that the caller may have already.
func writeKnown(w http.ResponseWriter, r *http.Request, data []byte) error {
	tag := tagOf("", "", data)
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", tag)
	if matches(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/json")
	w.Write(data)
	return nil
}

// origin is this server as the caller reached it.
func (s *Server) origin(r *http.Request) string {
	if s.secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
