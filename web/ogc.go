package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
)

// What of the OGC's standards /ogc keeps. Part 4 is a draft of the standard still.
var ogcConformance = []string{
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/returnables-and-receivables",
}

const (
	jsonType       = "application/json"
	geoJSONType    = "application/geo+json"
	schemaType     = "application/schema+json"
	openAPI30Type  = "application/vnd.oai.openapi+json;version=3.0"
	mergePatchType = "application/merge-patch+json"
	schemaRelation = "http://www.opengis.net/def/rel/ogc/1.0/schema"
	describedBy    = "describedBy" // Relations may be written either way (RFC 8288); older GDALs know only this one.
)

// ogcRoutes are the doors of OGC API - Features. The document at /ogc/api describes them; the main one only says that
// they are there.
func (s *Server) ogcRoutes() {
	s.describe(door("GET /ogc", "ogc", "OGC API – Features, for GIS programs",
		"Grids, roads, fences, permits, places, cameras and alerts for QGIS, GDAL and the like, by the session's cookie or by "+
			"HTTP Basic. Drafts of grids can be written there. Its own description is at /ogc/api.", gives(jsonType)))
	s.ogcDoor("GET /ogc", anyone, s.ogcLanding)
	s.ogcDoor("GET /ogc/{$}", anyone, s.ogcLanding)
	s.ogcDoor("GET /ogc/api", anyone, s.ogcAPI)
	s.ogcDoor("GET /ogc/conformance", anyone, s.ogcConformance)
	s.ogcDoor("GET /ogc/collections", signedIn, s.ogcCollections)
	s.ogcDoor("GET /ogc/collections/{collection}", signedIn, s.ogcCollection)
	s.ogcDoor("GET /ogc/collections/{collection}/schema", signedIn, s.ogcSchema)
	s.ogcDoor("GET /ogc/collections/{collection}/feature-schema", signedIn, s.ogcFeatureSchema)
	s.ogcDoor("GET /ogc/collections/{collection}/items", signedIn, s.ogcItems)
	s.ogcDoor("GET /ogc/collections/{collection}/items/{feature}", signedIn, s.ogcItem)
	s.ogcDoor("OPTIONS /ogc/collections/{collection}/items", signedIn, s.ogcOptions(allowItems))
	s.ogcDoor("OPTIONS /ogc/collections/{collection}/items/{feature}", signedIn, s.ogcOptions(allowItem))
	s.ogcDoor("POST /ogc/collections/{collection}/items", signedIn, s.ogcCreate)
	s.ogcDoor("PUT /ogc/collections/{collection}/items/{feature}", signedIn, s.ogcReplace)
	s.ogcDoor("PATCH /ogc/collections/{collection}/items/{feature}", signedIn, s.ogcUpdate)
	s.ogcDoor("DELETE /ogc/collections/{collection}/items/{feature}", signedIn, s.ogcDelete)
}

type ogcLink struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
}

// ogcAddress is the address of something under /ogc, as this caller reaches it.
func (s *Server) ogcAddress(r *http.Request, parts ...string) string {
	scheme := "http"
	if s.secure(r) {
		scheme = "https"
	}
	return scheme + "://" + r.Host + "/ogc" + strings.Join(parts, "")
}

func (s *Server) ogcLanding(w http.ResponseWriter, r *http.Request) error {
	if err := noParams(r); err != nil {
		return err
	}
	at := func(path string) string { return s.ogcAddress(r, path) }
	return writeJSON(w, jsonType, map[string]any{
		"title":       "Gridwatch 网格哨 " + s.district.Name,
		"description": "Grids of both nets, fences, permits, places, cameras and alerts. Drafts of grids can be written.",
		"links": []ogcLink{
			{at(""), "self", jsonType, "This page"},
			{at("/api"), "service-desc", openAPI30Type, "What can be asked here"},
			{at("/conformance"), "conformance", jsonType, "Which parts of the standard this keeps"},
			{at("/collections"), "data", jsonType, "The collections"},
		},
	})
}

func (s *Server) ogcConformance(w http.ResponseWriter, r *http.Request) error {
	if err := noParams(r); err != nil {
		return err
	}
	return writeJSON(w, jsonType, map[string]any{"conformsTo": ogcConformance})
}

// ogcSet is a collection of /ogc.
type ogcSet struct {
	geo.FeatureSet
	title, description string
	draft              *geo.Edition // Nil for what is in force.
}

// ogcTexts say what each collection is.
var ogcTexts = map[string][2]string{
	"grids":   {"单元网格 Grids", "The grids of both nets as they are now, or as of datetime. A grid's id stays the same over all editions."},
	"roads":   {"路网 Roads", "The sections of the road net, as the ground that they take."},
	"fences":  {"电子围栏 Fences", "Where the cameras' rules hold. A fence on a camera's frame may have no geometry."},
	"permits": {"临时摊位、疏导点 Permits", "Where and when the same scene is legal."},
	"places":  {"点位 Places", "Spots that are to be watched, by class."},
	"cameras": {"摄像机 Cameras", "Where cameras stand, and how they are."},
	"alerts":  {"告警 Alerts", "What was raised, from then until the place was clear; datetime chooses what was open at some moment of it."},
}

// ogcPublished are the collections of what is in force.
func ogcPublished() []ogcSet {
	var sets []ogcSet
	for _, set := range slices.Concat(geo.FeatureSets(), alerts.FeatureSets()) {
		text := ogcTexts[set.Name]
		sets = append(sets, ogcSet{FeatureSet: set, title: text[0], description: text[1]})
	}
	return sets
}

const draftPrefix = "grids-draft-"

// ogcDraft is the collection of the grids of a draft, which may be written.
func ogcDraft(e geo.Edition) ogcSet {
	return ogcSet{
		FeatureSet: geo.DraftFeatures(draftPrefix + strconv.FormatInt(e.ID, 10)),
		title:      fmt.Sprintf("草稿 Draft %d: %s", e.ID, e.Title),
		description: "The grids of an edition that is not published. They can be written while it is a draft; each change is " +
			"a command of the editor, with its log and its undo.",
		draft: &e,
	}
}

// ogcSet finds the collection of that name among those that the visitor may see.
func (s *Server) ogcSet(ctx context.Context, name string) (ogcSet, error) {
	for _, set := range ogcPublished() {
		if set.Name == name {
			return set, nil
		}
	}
	id, err := strconv.ParseInt(strings.TrimPrefix(name, draftPrefix), 10, 64)
	if err != nil || !visitorOf(ctx).Scope.Drafts {
		return ogcSet{}, geo.ErrNotFound
	}
	edition, err := s.editions.Edition(ctx, id)
	if err != nil {
		return ogcSet{}, err
	}
	set := ogcDraft(edition)
	if !edition.State.Open() || set.Name != name {
		return ogcSet{}, geo.ErrNotFound
	}
	return set, nil
}

// choose is the query for all that the visitor may see of a collection now.
func (set ogcSet) choose(ctx context.Context) geo.FeatureQuery {
	q := geo.FeatureQuery{Scope: gridKeys(visitorOf(ctx).Scope)}
	if set.draft != nil {
		q.Draft = set.draft.ID
	}
	return q
}

type ogcCollectionView struct {
	ID          string         `json:"id"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	Extent      *ogcExtentView `json:"extent,omitempty"`
	ItemType    string         `json:"itemType"`
	CRS         []string       `json:"crs"`
	StorageCRS  string         `json:"storageCrs"`
	Links       []ogcLink      `json:"links"`
}

type ogcExtentView struct {
	Spatial  *ogcSpatialView  `json:"spatial,omitempty"`
	Temporal *ogcTemporalView `json:"temporal,omitempty"`
}

type ogcSpatialView struct {
	BBox [][4]float64 `json:"bbox"`
	CRS  string       `json:"crs"`
}

type ogcTemporalView struct {
	Interval [][2]*time.Time `json:"interval"`
	TRS      string          `json:"trs"`
}

func (s *Server) ogcCollections(w http.ResponseWriter, r *http.Request) error {
	if err := noParams(r); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	sets := ogcPublished()
	if visitorOf(ctx).Scope.Drafts {
		editions, err := s.editions.Editions(ctx)
		if err != nil {
			return err
		}
		for _, e := range editions {
			if e.State.Open() {
				sets = append(sets, ogcDraft(e))
			}
		}
	}
	views := make([]ogcCollectionView, 0, len(sets))
	for _, set := range sets {
		view, err := s.ogcCollectionOf(r.WithContext(ctx), set)
		if err != nil {
			return err
		}
		views = append(views, view)
	}
	return writeJSON(w, jsonType, map[string]any{
		"links":       []ogcLink{{s.ogcAddress(r, "/collections"), "self", jsonType, "The collections"}},
		"collections": views,
	})
}

func (s *Server) ogcCollection(w http.ResponseWriter, r *http.Request) error {
	if err := noParams(r); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	set, err := s.ogcSet(ctx, r.PathValue("collection"))
	if err != nil {
		return err
	}
	view, err := s.ogcCollectionOf(r.WithContext(ctx), set)
	if err != nil {
		return err
	}
	return writeJSON(w, jsonType, view)
}

func (s *Server) ogcCollectionOf(r *http.Request, set ogcSet) (ogcCollectionView, error) {
	extent, err := s.city.FeatureExtent(r.Context(), set.FeatureSet, set.choose(r.Context()))
	if err != nil {
		return ogcCollectionView{}, err
	}
	at := s.ogcAddress(r, "/collections/", set.Name)
	view := ogcCollectionView{
		ID: set.Name, Title: set.title, Description: set.description, Extent: ogcExtentOf(extent),
		ItemType: "feature", StorageCRS: ogcSystems[0].URI,
		Links: []ogcLink{
			{at, "self", jsonType, set.title},
			{at + "/items", "items", geoJSONType, "The features"},
			{at + "/schema", schemaRelation, schemaType, "What a feature says"},
			{at + "/feature-schema", describedBy, schemaType, "The same, in GeoJSON"},
		},
	}
	for _, crs := range ogcSystems {
		view.CRS = append(view.CRS, crs.URI)
	}
	return view, nil
}

func ogcExtentOf(e geo.FeatureExtent) *ogcExtentView {
	view := &ogcExtentView{}
	if e.Bound != nil {
		view.Spatial = &ogcSpatialView{
			BBox: [][4]float64{{e.Bound.Min.Lon(), e.Bound.Min.Lat(), e.Bound.Max.Lon(), e.Bound.Max.Lat()}},
			CRS:  ogcSystems[0].URI,
		}
	}
	if !e.From.IsZero() {
		view.Temporal = &ogcTemporalView{
			Interval: [][2]*time.Time{{orNull(e.From), orNull(e.Until)}},
			TRS:      "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
		}
	}
	if view.Spatial == nil && view.Temporal == nil {
		return nil
	}
	return view
}

// noParams refuses parameters where there are none, as the standard wants it.
func noParams(r *http.Request) error {
	for name := range r.URL.Query() {
		return badQuery(name, "is not a parameter of this page")
	}
	return nil
}

func writeJSON(w http.ResponseWriter, kind string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Write(data)
	return nil
}
