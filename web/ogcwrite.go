package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridwatch/geo"
	"gridwatch/geo/coverage"

	"github.com/paulmach/orb"
)

const (
	allowRead   = "GET, HEAD, OPTIONS"
	allowItems  = allowRead + ", POST"
	allowItem   = allowRead + ", PUT, PATCH, DELETE"
	ogcAttempts = 5 // How often a write is tried again because somebody else's came in between.
)

// ogcOptions says what may be done here: GIS programs ask before they offer to edit.
func (s *Server) ogcOptions(allow string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		set, err := s.ogcSet(r.Context(), r.PathValue("collection"))
		if err != nil {
			return err
		}
		here := allowRead
		if set.draft != nil && set.draft.State.Editable() {
			here = allow
		}
		w.Header().Set("Allow", here)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

// ogcWritable is the draft that a request wants to write. What is published cannot be written.
func (s *Server) ogcWritable(r *http.Request) (ogcSet, error) {
	set, err := s.ogcSet(r.Context(), r.PathValue("collection"))
	if err != nil {
		return ogcSet{}, err
	}
	if set.draft == nil {
		p := problem(http.StatusMethodNotAllowed, "Only drafts of grids can be written: collections "+draftPrefix+"{edition}.")
		p.allow = allowRead
		return ogcSet{}, p
	}
	return set, noParams(r)
}

// ogcCreate adds a grid to a draft.
func (s *Server) ogcCreate(w http.ResponseWriter, r *http.Request) error {
	set, err := s.ogcWritable(r)
	if err != nil {
		return err
	}
	body, err := readFeature(w, r, geoJSONType)
	if err != nil {
		return err
	}
	created, err := body.created(set.draft.Net)
	if err != nil {
		return err
	}
	edited, err := s.revise(r.Context(), set, func(context.Context, int64) (int64, []coverage.Command, error) {
		return 0, []coverage.Command{{Op: coverage.Create, Grid: created}}, nil
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", s.ogcAddress(r, "/collections/", set.Name, "/items/", string(set.draft.Net), "-", created.Code))
	w.Header().Set("ETag", versionTag(edited.Edition.Version))
	w.WriteHeader(http.StatusCreated)
	return nil
}

// ogcReplace gives a grid another boundary and other properties.
func (s *Server) ogcReplace(w http.ResponseWriter, r *http.Request) error {
	return s.ogcChange(w, r, geoJSONType, func(body featureBody, now geo.DraftGrid) ([]coverage.Command, error) {
		if err := body.whole(); err != nil {
			return nil, err
		}
		return body.changes(now)
	})
}

// ogcUpdate changes what a merge patch (RFC 7396) names of a grid.
func (s *Server) ogcUpdate(w http.ResponseWriter, r *http.Request) error {
	return s.ogcChange(w, r, mergePatchType, featureBody.changes)
}

func (s *Server) ogcChange(w http.ResponseWriter, r *http.Request, kind string,
	commands func(featureBody, geo.DraftGrid) ([]coverage.Command, error)) error {
	set, err := s.ogcWritable(r)
	if err != nil {
		return err
	}
	body, err := readFeature(w, r, kind)
	if err != nil {
		return err
	}
	return s.ogcGrid(w, r, set, func(now geo.DraftGrid) ([]coverage.Command, error) { return commands(body, now) })
}

// ogcDelete takes a grid away.
func (s *Server) ogcDelete(w http.ResponseWriter, r *http.Request) error {
	set, err := s.ogcWritable(r)
	if err != nil {
		return err
	}
	return s.ogcGrid(w, r, set, func(now geo.DraftGrid) ([]coverage.Command, error) {
		return []coverage.Command{{Op: coverage.Delete, Code: now.Code}}, nil
	})
}

// ogcGrid changes one grid of a draft, if it still is what the caller saw.
func (s *Server) ogcGrid(w http.ResponseWriter, r *http.Request, set ogcSet,
	commands func(geo.DraftGrid) ([]coverage.Command, error)) error {
	var now geo.DraftGrid
	edited, err := s.revise(r.Context(), set, func(ctx context.Context, _ int64) (int64, []coverage.Command, error) {
		var err error
		if now, err = s.draftGrid(ctx, set, r.PathValue("feature")); err != nil {
			return 0, nil, err
		}
		if given := r.Header.Values("If-Match"); len(given) > 0 && !hasTag(given, versionTag(now.Since)) {
			return 0, nil, problem(http.StatusPreconditionFailed, "The grid was changed since. Read it again, then try again.")
		}
		cmds, err := commands(now)
		return now.Version, cmds, err
	})
	tag := versionTag(edited.Edition.Version)
	if errors.Is(err, geo.ErrNothing) {
		tag, err = versionTag(now.Since), nil
	}
	if err != nil {
		return err
	}
	if r.Method != http.MethodDelete {
		w.Header().Set("ETag", tag)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// draftGrid is the grid of a draft with a feature's id.
func (s *Server) draftGrid(ctx context.Context, set ogcSet, id string) (geo.DraftGrid, error) {
	code, ofNet := strings.CutPrefix(id, string(set.draft.Net)+"-")
	if !ofNet || validText("id", code) != nil {
		return geo.DraftGrid{}, geo.ErrNotFound
	}
	return s.editions.DraftGrid(ctx, set.draft.ID, set.draft.Net, code)
}

// revise applies what plan says, on the version that it was planned on; 0 is the newest. When somebody else was faster it
// is planned again.
func (s *Server) revise(ctx context.Context, set ogcSet,
	plan func(ctx context.Context, newest int64) (base int64, cmds []coverage.Command, err error)) (geo.Edited, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	newest := set.draft.Version
	for attempt := 1; ; attempt++ {
		base, cmds, err := plan(ctx, newest)
		if err != nil {
			return geo.Edited{}, err
		}
		if len(cmds) == 0 {
			return geo.Edited{}, geo.ErrNothing
		}
		if base == 0 {
			base = newest
		}
		edited, err := s.editions.Revise(ctx, set.draft.ID, base, cmds, actorOf(ctx))
		var late *geo.ConflictError
		if !errors.As(err, &late) || attempt == ogcAttempts {
			return edited, err
		}
		newest = late.Version
	}
}

// versionTag is the ETag of a grid that became as it is with a version of its draft.
func versionTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// hasTag reports whether tag is among those of an If-Match; a proxy may have made it a weak one.
func hasTag(given []string, tag string) bool {
	for one := range strings.SplitSeq(strings.Join(given, ","), ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}

// featureBody is a feature as somebody sends it, or a part of one.
type featureBody struct {
	geometry   *coverage.Geometry // Nil where none is named.
	properties map[string]string  // What is named of them; "" for null.
}

// readFeature reads the body of a write.
func readFeature(w http.ResponseWriter, r *http.Request, kind string) (featureBody, error) {
	sent, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if !slices.Contains([]string{kind, geoJSONType, jsonType}, sent) {
		return featureBody{}, problem(http.StatusUnsupportedMediaType, "The body must be "+kind+".")
	}
	crs, err := readContentCRS(r.Header.Get("Content-Crs"))
	if err != nil {
		return featureBody{}, err
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCommandBytes))
	if err != nil {
		return featureBody{}, unread(err)
	}
	return parseFeature(data, crs)
}

// readContentCRS reads the system of a body. QGIS leaves the angle brackets out.
func readContentCRS(header string) (ogcCRS, error) {
	uri := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(header), "<"), ">")
	if uri == "" {
		return ogcSystems[0], nil
	}
	crs, err := readCRS("Content-Crs", uri)
	if err != nil {
		return ogcCRS{}, err
	}
	return crs, nil
}

func parseFeature(data []byte, crs ogcCRS) (featureBody, error) {
	var sent struct {
		Type       *string
		Geometry   json.RawMessage
		Properties map[string]*json.RawMessage
	}
	if err := json.Unmarshal(data, &sent); err != nil {
		return featureBody{}, problem(http.StatusBadRequest, "The body is not a feature in JSON.", Fault{"body", strings.TrimPrefix(err.Error(), "json: ")})
	}
	if sent.Type != nil && *sent.Type != "Feature" {
		return featureBody{}, geo.Invalid("type", "must be Feature")
	}
	body := featureBody{properties: map[string]string{}}
	if len(sent.Geometry) > 0 {
		shape, err := parsePolygons(sent.Geometry, crs)
		if err != nil {
			return featureBody{}, err
		}
		body.geometry = &coverage.Geometry{MultiPolygon: shape}
	}
	for name, value := range sent.Properties {
		if !slices.Contains([]string{"code", "name", "kind", "street"}, name) {
			return featureBody{}, geo.Invalid("properties."+name, "is not a property of a grid that can be written")
		}
		var text string
		if value != nil && json.Unmarshal(*value, &text) != nil {
			return featureBody{}, geo.Invalid("properties."+name, "must be a text")
		}
		body.properties[name] = text
	}
	return body, nil
}

// parsePolygons reads a Polygon or MultiPolygon with two numbers in each position.
func parsePolygons(data json.RawMessage, crs ogcCRS) (orb.MultiPolygon, error) {
	var sent struct {
		Type        string
		Coordinates json.RawMessage
	}
	if err := json.Unmarshal(data, &sent); err != nil || sent.Coordinates == nil {
		return nil, geo.Invalid("geometry", "must be a Polygon or a MultiPolygon in GeoJSON")
	}
	coordinates := sent.Coordinates
	switch sent.Type {
	case "Polygon":
		coordinates = slices.Concat([]byte("["), coordinates, []byte("]"))
	case "MultiPolygon":
	default:
		return nil, geo.Invalid("geometry", "must be a Polygon or a MultiPolygon")
	}
	var polygons [][][][]float64
	if err := json.Unmarshal(coordinates, &polygons); err != nil {
		return nil, geo.Invalid("geometry", "its coordinates are not those of a %s", sent.Type)
	}
	var shape orb.MultiPolygon
	for i, rings := range polygons {
		var polygon orb.Polygon
		for j, positions := range rings {
			var ring orb.Ring
			for k, position := range positions {
				if len(position) != 2 {
					return nil, geo.Invalid(fmt.Sprintf("geometry.coordinates[%d][%d][%d]", i, j, k),
						"a position has 2 numbers, not %d: grids have no heights", len(position))
				}
				p := orb.Point{position[0], position[1]}
				if crs.LatFirst {
					p[0], p[1] = p[1], p[0]
				}
				ring = append(ring, p)
			}
			polygon = append(polygon, ring)
		}
		shape = append(shape, polygon)
	}
	return shape, nil
}

// created is the grid that the body describes. A road net has nothing but corridors.
func (b featureBody) created(net geo.Net) (*coverage.NewGrid, error) {
	if b.geometry == nil {
		return nil, geo.Invalid("geometry", "is missing")
	}
	kind := b.properties["kind"]
	if kind == "" && net == geo.Road {
		kind = geo.KindCorridor
	}
	return &coverage.NewGrid{
		Code: b.properties["code"], Name: b.properties["name"], Kind: kind, Street: b.properties["street"], Geometry: b.geometry,
	}, nil
}

// whole refuses a body that lacks something of a grid.
func (b featureBody) whole() error {
	if b.geometry == nil {
		return geo.Invalid("geometry", "is missing")
	}
	for _, name := range []string{"name", "kind"} {
		if b.properties[name] == "" {
			return geo.Invalid("properties."+name, "is missing")
		}
	}
	return nil
}

// changes are the commands that make a grid what the body says of it.
func (b featureBody) changes(now geo.DraftGrid) ([]coverage.Command, error) {
	if code, named := b.properties["code"]; named && code != now.Code {
		return nil, geo.Invalid("properties.code", "cannot be changed here: it names the feature")
	}
	var cmds []coverage.Command
	if b.geometry != nil && !orb.Equal(b.geometry.MultiPolygon, now.Boundary) {
		cmds = append(cmds, coverage.Command{Op: coverage.Replace, Code: now.Code, Geometry: b.geometry})
	}
	describe := coverage.Command{Op: coverage.Describe, Code: now.Code}
	for name, field := range map[string]struct {
		is  string
		set **string
	}{"name": {now.Name, &describe.Name}, "kind": {now.Kind, &describe.Kind}, "street": {now.Street, &describe.Street}} {
		if says, named := b.properties[name]; named && says != field.is {
			*field.set = &says
		}
	}
	if describe.Name != nil || describe.Kind != nil || describe.Street != nil {
		cmds = append(cmds, describe)
	}
	return cmds, nil
}
