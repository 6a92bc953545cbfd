package web

import (
	"context"
	"slices"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

type uncoveredAnswer struct{ Body uncoveredListView }

type uncoveredListView struct {
	Items []uncoveredView `json:"items" nullable:"false"`
	Next  *string         `json:"next" doc:"Always null: they fit on one page."`
}

// uncoveredView is a key place of which no view shows enough.
type uncoveredView struct {
	Kind  string       `json:"kind" enum:"fence,place"`
	ID    string       `json:"id" example:"lane-3"`
	Name  string       `json:"name" example:"3 号消防通道"`
	Rule  string       `json:"rule" example:"fire_lane" doc:"Of a fence."`
	Class string       `json:"class" example:"school" doc:"Of a place; of a fence that of the place it lies in, or empty."`
	Lon   float64      `json:"lon"`
	Lat   float64      `json:"lat"`
	Seen  float64      `json:"seen" doc:"Part of its area that some view shows, 0..1."`
	Blind []string     `json:"blind" nullable:"false" doc:"Cameras that would show it and bring no frames."`
	Grid  *gridRefView `json:"grid"`
}

// TransformSchema says which objects may be null.
func (uncoveredView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "grid")
}

// enoughSeen is how much of a place must be in sight of cameras that bring frames.
const enoughSeen = 0.5

// uncovered lists the fences on the map and the key places of which no calibrated view shows half, and of those that some
// view would show, the cameras that bring no frames. Masked pixels show nothing.
func (s *Server) uncovered(ctx context.Context, _ *struct{}) (*uncoveredAnswer, error) {
	cameras, err := s.cameras.Cameras(ctx)
	if err != nil {
		return nil, err
	}
	health, err := s.cameras.Health(ctx, alerts.Scope{City: true})
	if err != nil {
		return nil, err
	}
	offline := map[string]bool{}
	for _, h := range health {
		offline[h.ID] = h.State == "offline"
	}
	fences, err := s.city.Fences(ctx)
	if err != nil {
		return nil, err
	}
	places, err := s.city.Places(ctx)
	if err != nil {
		return nil, err
	}
	list := uncoveredListView{Items: []uncoveredView{}}
	add := func(item uncoveredView, shape orb.Geometry, centre orb.Point) {
		if item.Seen, item.Blind = sightOf(shape, cameras, offline); item.Seen < enoughSeen {
			item.Lon, item.Lat, item.Grid = centre.Lon(), centre.Lat(), gridRefOf(s.gridAt(centre))
			list.Items = append(list.Items, item)
		}
	}
	for _, p := range places {
		if p.Key {
			add(uncoveredView{Kind: "place", ID: p.ID, Name: p.Name, Class: p.Class}, p.Geometry, p.Centre())
		}
	}
	for _, f := range fences {
		if !f.OnFrame() && len(f.Area) > 0 {
			centre, _ := planar.CentroidArea(f.Area)
			add(uncoveredView{Kind: "fence", ID: f.ID, Name: f.Name, Rule: f.Rule, Class: f.PlaceClass}, f.Area, centre)
		}
	}
	return &uncoveredAnswer{list}, nil
}

// samplesAcross is how finely an area is looked at.
const samplesAcross = 12

// samplesOf are the points at which a point or an area is looked at.
func samplesOf(shape orb.Geometry) (points []orb.Point) {
	area, ok := shape.(orb.Polygon)
	if !ok {
		return []orb.Point{shape.Bound().Min}
	}
	bound := area.Bound()
	for i := range samplesAcross {
		for j := range samplesAcross {
			p := orb.Point{
				bound.Min[0] + (float64(i)+0.5)/samplesAcross*(bound.Max[0]-bound.Min[0]),
				bound.Min[1] + (float64(j)+0.5)/samplesAcross*(bound.Max[1]-bound.Min[1]),
			}
			if planar.PolygonContains(area, p) {
				points = append(points, p)
			}
		}
	}
	return points
}

// sightOf is the part of the shape that cameras with frames show, and those without frames that would show some of it.
func sightOf(shape orb.Geometry, cameras []vision.Camera, offline map[string]bool) (part float64, blind []string) {
	seen := 0
	blind = []string{}
	points := samplesOf(shape)
	for _, p := range points {
		sees := false
		for _, c := range cameras {
			if !shows(c, p) {
				continue
			}
			if !offline[c.ID] {
				sees = true
			} else if !slices.Contains(blind, c.ID) {
				blind = append(blind, c.ID)
			}
		}
		if sees {
			seen++
		}
	}
	return float64(seen) / float64(max(len(points), 1)), blind
}

// shows reports whether a view of the camera shows the place, outside its masks.
func shows(c vision.Camera, p orb.Point) bool {
	if geo.DistanceM(c.Position, p) > reachM {
		return false
	}
	for _, view := range viewsOf(c) {
		if view.Ground == nil {
			continue
		}
		pixel, ok := view.Ground.Sees(p)
		masked := func(mask orb.Ring) bool { return planar.RingContains(append(slices.Clone(mask), mask[0]), pixel) }
		if ok && !slices.ContainsFunc(view.Masks, masked) {
			return true
		}
	}
	return false
}
