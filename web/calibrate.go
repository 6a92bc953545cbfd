package web

import (
	"context"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

type pairsQuery struct{ Body pairsBody }

type pairsBody struct {
	Pairs []pairView `json:"pairs" nullable:"false" maxItems:"100"`
	Lon   float64    `json:"lon" minimum:"-180" maximum:"180" doc:"Where the camera stands: errors count by their distance from it."`
	Lat   float64    `json:"lat" minimum:"-90" maximum:"90"`
}

type calibrationAnswer struct{ Body calibrationView }

type calibrationView struct {
	ResidualM float64         `json:"residual_m" doc:"Error over all pairs, root mean square, metres."`
	LeftOutM  *float64        `json:"leave_one_out_m" doc:"The same with each pair left out of its own solution; null for four pairs."`
	At40M     float64         `json:"at_40m_m" doc:"The error carried out to 40 m from the camera; 0 for four pairs, which say nothing of it."`
	Refused   string          `json:"refused" doc:"Why these pairs would not be stored; empty when they would."`
	Pairs     []pairErrorView `json:"pairs" nullable:"false" doc:"One for each pair, in their order."`
	Cone      *geometry       `json:"cone"`
}

// TransformSchema says which objects may be null.
func (calibrationView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "cone")
}

type pairErrorView struct {
	ErrorM   float64  `json:"error_m"`
	LeftOutM *float64 `json:"left_out_m" doc:"How far the other pairs would put it; null where they do not suffice."`
}

// calibrate tries pairs and stores nothing. What has a solution is shown with its errors, also where they are too large to
// be stored; what has none is refused.
func (s *Server) calibrate(_ context.Context, in *pairsQuery) (*calibrationAnswer, error) {
	pairs, camera := geoPairs(in.Body.Pairs), orb.Point{in.Body.Lon, in.Body.Lat}
	c, err := geo.Calibrate(pairs, camera)
	if c.Ground == nil {
		return nil, err
	}
	g := c.Ground
	view := calibrationView{ResidualM: g.ResidualM, At40M: c.At40M, Cone: coneOf(g)}
	if err != nil {
		view.Refused = err.Error()
	}
	if g.LeaveOneOutOK {
		view.LeftOutM = &g.LeaveOneOutM
	}
	for _, e := range c.Errors {
		pair := pairErrorView{ErrorM: e.ErrorM}
		if e.LeftOutOK {
			pair.LeftOutM = ptr(e.LeftOutM)
		}
		view.Pairs = append(view.Pairs, pair)
	}
	return &calibrationAnswer{view}, nil
}

type overlayAnswer struct{ Body overlayView }

type overlayView struct {
	Items []overlayItem `json:"items" nullable:"false"`
	Next  *string       `json:"next" doc:"Always null."`
}

// overlayItem is one outline on the frame of one view.
type overlayItem struct {
	View    string       `json:"view" example:"cam-1-1"`
	Kind    string       `json:"kind" enum:"community,road,fence,permit"`
	ID      string       `json:"id" doc:"A grid's code, or the id."`
	Name    string       `json:"name"`
	Rule    string       `json:"rule" doc:"Of a fence; else empty."`
	OnFrame bool         `json:"on_frame" doc:"It is drawn on this frame, not on the map."`
	Outline [][2]float64 `json:"outline" nullable:"false" doc:"0..1, y down, clipped to the frame and the horizon."`
}

// overlay draws what the map holds on the camera's frames.
func (s *Server) overlay(ctx context.Context, in *cameraPath) (*overlayAnswer, error) {
	camera, err := s.cameraInScope(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	drawn := overlayView{Items: []overlayItem{}}
	for _, net := range geo.Nets {
		grids, _, err := s.city.Grids(ctx, net, time.Now())
		if err != nil && problemOf(err).Status != 404 { // A net without an edition has no grids yet.
			return nil, err
		}
		for _, g := range grids {
			drawn.onMap(camera, overlayItem{Kind: string(net), ID: g.Code, Name: g.Name}, g.Boundary)
		}
	}
	fences, err := s.city.Fences(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range fences {
		item := overlayItem{Kind: "fence", ID: f.ID, Name: f.Name, Rule: f.Rule}
		if !f.OnFrame() {
			drawn.onMap(camera, item, orb.MultiPolygon{f.Area})
			continue
		}
		for _, view := range viewsOf(camera) {
			if view.ID == f.ViewID {
				item.View, item.OnFrame, item.Outline = view.ID, true, corners(f.Frame[0])
				drawn.Items = append(drawn.Items, item)
			}
		}
	}
	permits, err := s.city.Permits(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range permits {
		drawn.onMap(camera, overlayItem{Kind: "permit", ID: p.ID, Name: p.Name}, orb.MultiPolygon{p.Area})
	}
	return &overlayAnswer{drawn}, nil
}

// reachM is how far from a camera an area of the map may lie and still be drawn on its frames.
const reachM = 500

// onMap adds an area of the map to every view that shows it.
func (o *overlayView) onMap(camera vision.Camera, item overlayItem, area orb.MultiPolygon) {
	bound := area.Bound()
	nearest := orb.Point{
		min(max(camera.Position[0], bound.Min[0]), bound.Max[0]), min(max(camera.Position[1], bound.Min[1]), bound.Max[1]),
	}
	if len(area) == 0 || geo.DistanceM(nearest, camera.Position) > reachM {
		return
	}
	for _, view := range viewsOf(camera) {
		if view.Ground == nil {
			continue
		}
		for _, ring := range view.Ground.OnFrame(area) {
			item.View, item.Outline = view.ID, corners(ring)
			o.Items = append(o.Items, item)
		}
	}
}
