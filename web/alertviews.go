package web

import (
	"fmt"
	"time"

	"gridwatch/alerts"
	"gridwatch/vision"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// The views are what JSON says. Times are UTC, and null while a thing has not happened; lists are never null.

// AlertView is an alert in a list and on a socket. It is exported because huma describes no embedded type that is not.
type AlertView struct {
	ID             int64        `json:"id" example:"4211"`
	Occupancy      string       `json:"occupancy" doc:"The same for every alert of one thing at one place."`
	Rule           string       `json:"rule" example:"fire_lane"`
	Matter         matterView   `json:"matter"`
	State          string       `json:"state" enum:"raised,escalated,cleared" doc:"The kernel's word."`
	Handling       string       `json:"handling" enum:"new,acknowledged,arrived,handled" doc:"People's word."`
	Since          time.Time    `json:"since" doc:"When the thing came."`
	RaisedAt       time.Time    `json:"raised_at"`
	EscalatedAt    *time.Time   `json:"escalated_at"`
	ClearedAt      *time.Time   `json:"cleared_at"`
	AcknowledgedAt *time.Time   `json:"acknowledged_at"`
	AcknowledgedBy *personView  `json:"acknowledged_by"`
	ArrivedAt      *time.Time   `json:"arrived_at"`
	HandledAt      *time.Time   `json:"handled_at"`
	Lon            float64      `json:"lon" example:"118.3061"`
	Lat            float64      `json:"lat" example:"36.8212"`
	SigmaM         float64      `json:"sigma_m" example:"1.4" doc:"One standard deviation of the position, metres."`
	Grounded       bool         `json:"grounded" doc:"False: the position is the camera's, and area is all that is known."`
	Area           *geometry    `json:"area" doc:"The fence, where the position is not known."`
	Grid           *gridRefView `json:"grid" doc:"The grid that answers."`
	Grids          gridPairView `json:"grids" doc:"The owner in each net when it was raised."`
	Officer        *personView  `json:"officer"`
	Camera         namedView    `json:"camera"`
	Fence          namedView    `json:"fence" doc:"Empty where the alert is of a camera in trouble: its rule begins with camera_, its class is the trouble."`
	Composed       bool         `json:"composed" doc:"The scene is composed, not filmed."`
	Class          string       `json:"class" example:"vehicle"`
	Score          float64      `json:"score" example:"0.71"`
	DwellS         float64      `json:"dwell_s" example:"62.5"`
	EvidenceCount  int          `json:"evidence_count" example:"2"`

	Also       []witnessView `json:"also" nullable:"false" doc:"The other cameras that see the same thing. The alert is cleared when all of them say so; one that is offline has not."`
	ReviewOnly bool          `json:"review_only" doc:"For the centre alone: too little of what this rule raised at this camera was true."`
	Verdict    *verdictView  `json:"verdict" doc:"What people say of it; null while nobody judged."`

	Holder     *personView  `json:"holder" doc:"Who has it in hand; null while it waits for somebody."`
	MergedInto *int64       `json:"merged_into" doc:"The alert that it is the same as, as a person says; such alerts are in no list."`
	Merged     []int64      `json:"merged" nullable:"false" doc:"The alerts that are said to be the same as it."`
	Silence    *silenceView `json:"silence" doc:"Why nobody is told of it now; null where people are."`
}

// silenceView is why nobody is told of a matter at a spot for a while.
type silenceView struct {
	By     personView `json:"by"`
	Reason string     `json:"reason" example:"道路施工，已报备"`
	Until  time.Time  `json:"until"`
}

// TransformSchema says which objects may be null.
func (AlertView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "acknowledged_by", "area", "grid", "officer", "verdict", "holder", "silence")
}

type witnessView struct {
	Camera    namedView  `json:"camera"`
	Occupancy string     `json:"occupancy"`
	ClearedAt *time.Time `json:"cleared_at" doc:"When it said that the place is clear."`
}

type verdictView struct {
	Verdict string     `json:"verdict" enum:"true,false,duplicate"`
	By      personView `json:"by"`
	At      time.Time  `json:"at"`
	Note    string     `json:"note"`
}

type matterView struct {
	Code   string `json:"code" example:"09012" doc:"National code (GB/T 47678.5-2026)."`
	Name   string `json:"name" example:"占用消防通道"`
	NameEN string `json:"name_en" example:"Fire lane occupied"`
}

type personView struct {
	ID   int64  `json:"id" example:"7"`
	Name string `json:"name" example:"王队"`
}

type namedView struct {
	ID   string `json:"id" example:"cam-1"`
	Name string `json:"name" example:"辛东社区东门"`
}

type gridRefView struct {
	Code   string `json:"code" example:"370305001007001"`
	Name   string `json:"name" example:"辛东社区"`
	Net    string `json:"net" enum:"community,road"`
	Street string `json:"street" example:"闻韶街道"`
	Demo   bool   `json:"demo" doc:"Demonstration geometry."`
}

type gridPairView struct {
	Community *gridRefView `json:"community"`
	Road      *gridRefView `json:"road"`
}

// TransformSchema says which objects may be null.
func (gridPairView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "community", "road")
}

// alertDetailView is an alert with all that is known of it.
type alertDetailView struct {
	AlertView
	Events   []alertEventView `json:"events" nullable:"false" doc:"Oldest first."`
	Evidence []evidenceView   `json:"evidence" nullable:"false"`
	Why      vision.Why       `json:"why" doc:"The reason."`
	Receipts []receiptView    `json:"receipts" nullable:"false" doc:"Who was told, and how far the telling came."`
}

type alertEventView struct {
	Seq    int64       `json:"seq" example:"90211"`
	Type   string      `json:"type" example:"alert.acknowledged"`
	At     time.Time   `json:"at"`
	Person *personView `json:"person"`
	Note   string      `json:"note"`
	// Verdict is what the person said of the alert, where the event is a verdict.
	Verdict string `json:"verdict,omitempty" enum:"true,false,duplicate"`
}

// TransformSchema says which objects may be null.
func (alertEventView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "person")
}

type evidenceView struct {
	N           int        `json:"n" example:"1"`
	Kind        string     `json:"kind" enum:"reference,begin,now,escalated,clear,photo" doc:"reference is how a camera's view should look."`
	SHA256      string     `json:"sha256"`
	Bytes       int64      `json:"bytes" example:"81231"`
	ContentType string     `json:"content_type" example:"image/jpeg"`
	TakenAt     time.Time  `json:"taken_at"`
	Camera      *namedView `json:"camera" doc:"Whose picture it is; null for a person's photo."`
	URL         string     `json:"url" example:"/api/alerts/4211/evidence/1"`
}

// TransformSchema says which objects may be null.
func (evidenceView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "camera")
}

type receiptView struct {
	Person         personView `json:"person"`
	Role           string     `json:"role" enum:"operator,officer,property_manager,planner,administrator" doc:"In which the person was told."`
	Device         string     `json:"device" example:"Android 3f9a" doc:"Empty while the person has none: nobody has signed in."`
	QueuedAt       time.Time  `json:"queued_at"`
	DeliveredAt    *time.Time `json:"delivered_at"`
	ShownAt        *time.Time `json:"shown_at"`
	AcknowledgedAt *time.Time `json:"acknowledged_at"`
}

func alertOf(a alerts.Alert, matters alerts.Matters) AlertView {
	view := AlertView{
		ID: a.ID, Occupancy: a.Occupancy, Rule: a.Rule, Matter: matterOf(matters, a.Matter),
		State: string(a.State), Handling: string(a.Handling),
		Since: a.Since.UTC(), RaisedAt: a.RaisedAt.UTC(), EscalatedAt: orNull(a.EscalatedAt), ClearedAt: orNull(a.ClearedAt),
		AcknowledgedAt: orNull(a.AcknowledgedAt), AcknowledgedBy: personOf(a.AcknowledgedBy),
		ArrivedAt: orNull(a.ArrivedAt), HandledAt: orNull(a.HandledAt),
		Lon: a.Position.Lon(), Lat: a.Position.Lat(), SigmaM: a.SigmaM, Grounded: a.Grounded,
		Grid: gridRefOf(a.Grid), Grids: gridPairView{Community: gridRefOf(a.Community), Road: gridRefOf(a.Road)},
		Officer: personOf(a.Officer), Camera: namedView(a.Camera), Fence: namedView{ID: a.FenceID, Name: a.FenceName},
		Composed: a.Composed, Class: a.Class, Score: a.Score, DwellS: a.Why.DwellS, EvidenceCount: a.EvidenceCount,
		Also: []witnessView{}, ReviewOnly: a.ReviewOnly,
		Holder: personOf(a.Holder), Merged: append([]int64{}, a.Merged...),
	}
	if a.MergedInto != 0 {
		view.MergedInto = &a.MergedInto
	}
	if q := a.Silence; q != nil {
		view.Silence = &silenceView{By: personView(q.By), Reason: q.Reason, Until: q.Until.UTC()}
	}
	for _, w := range a.Also {
		view.Also = append(view.Also, witnessView{Camera: namedView(w.Camera), Occupancy: w.Occupancy, ClearedAt: orNull(w.ClearedAt)})
	}
	if v := a.Verdict; v != nil {
		view.Verdict = &verdictView{Verdict: string(v.Word), By: personView(v.By), At: v.At.UTC(), Note: v.Note}
	}
	if len(a.Area) > 0 {
		view.Area = geometryOf(a.Area)
	}
	return view
}

func alertDetailOf(a alerts.Alert, events []alerts.Event, matters alerts.Matters) alertDetailView {
	view := alertDetailView{
		AlertView: alertOf(a, matters), Why: a.Why,
		Events: []alertEventView{}, Evidence: []evidenceView{}, Receipts: []receiptView{},
	}
	if view.Why.Thresholds == nil {
		view.Why.Thresholds = map[string]float64{}
	}
	if view.Why.Tracks == nil {
		view.Why.Tracks = []int64{}
	}
	for _, e := range events {
		view.Events = append(view.Events, alertEventView{
			Seq: e.Seq, Type: string(e.Type), At: e.At.UTC(), Person: personOf(e.Person), Note: e.Note, Verdict: string(e.Verdict),
		})
	}
	for _, e := range a.Evidence {
		view.Evidence = append(view.Evidence, evidenceView{
			N: e.N, Kind: e.Kind, SHA256: e.SHA256, Bytes: e.Bytes, ContentType: e.ContentType, TakenAt: e.TakenAt.UTC(),
			Camera: cameraRefOf(e.Camera),
			URL:    fmt.Sprintf("/api/alerts/%d/evidence/%d", a.ID, e.N),
		})
	}
	for _, r := range a.Receipts {
		view.Receipts = append(view.Receipts, receiptView{
			Person: personView(r.Person), Role: string(r.Role), Device: r.Device, QueuedAt: r.QueuedAt.UTC(), DeliveredAt: orNull(r.DeliveredAt),
			ShownAt: orNull(r.ShownAt), AcknowledgedAt: orNull(r.AcknowledgedAt),
		})
	}
	return view
}

func matterOf(matters alerts.Matters, code string) matterView {
	m, _ := matters.Find(code) // An unknown code stands for itself.
	return matterView{Code: m.Code, Name: m.Name, NameEN: m.NameEn}
}

func personOf(ref *alerts.Ref) *personView {
	if ref == nil {
		return nil
	}
	return &personView{ID: ref.ID, Name: ref.Name}
}

func cameraRefOf(ref *alerts.CameraRef) *namedView {
	if ref == nil {
		return nil
	}
	view := namedView(*ref)
	return &view
}

func gridRefOf(g *alerts.GridRef) *gridRefView {
	if g == nil {
		return nil
	}
	return &gridRefView{Code: g.Code, Name: g.Name, Net: string(g.Net), Street: g.Street, Demo: g.Demo}
}

// orNull is a moment that may not have come yet.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// geometry is a GeoJSON geometry. orb's own package for it brings a database driver with it.
type geometry struct {
	Type        string       `json:"type" example:"Polygon"`
	Coordinates orb.Geometry `json:"coordinates"`
}

func geometryOf(g orb.Geometry) *geometry { return &geometry{Type: g.GeoJSONType(), Coordinates: g} }

// Schema describes a geometry without its depths of arrays.
func (geometry) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{"type", "coordinates"}, Description: "A GeoJSON geometry, WGS-84.",
		Properties: map[string]*huma.Schema{
			"type":        {Type: huma.TypeString, Examples: []any{"Polygon"}},
			"coordinates": {Type: huma.TypeArray, Items: &huma.Schema{}},
		},
	}
}
