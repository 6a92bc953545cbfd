package web

import (
	"context"
	"slices"
	"time"

	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// polygonBody is a GeoJSON Polygon that somebody drew.
type polygonBody struct {
	Type        string         `json:"type" enum:"Polygon"`
	Coordinates [][][2]float64 `json:"coordinates" minItems:"1" maxItems:"20" nullable:"false"`
}

func (b *polygonBody) polygon() orb.Polygon {
	if b == nil {
		return nil
	}
	var p orb.Polygon
	for _, ring := range b.Coordinates {
		p = append(p, ringOf(ring))
	}
	return p
}

type fencePath struct {
	ID string `path:"id" maxLength:"200"`
}

type changedFence struct {
	ID   string `path:"id" maxLength:"200"`
	Body fenceBody
}

type fenceBody struct {
	Name       string             `json:"name" minLength:"1" maxLength:"200"`
	Rule       string             `json:"rule" minLength:"1" maxLength:"200" example:"fire_lane"`
	Area       *polygonBody       `json:"area" required:"false" doc:"Where it lies on the map; on a frame, roughly which ground it stands for."`
	View       *string            `json:"view" required:"false" doc:"The view on whose frame it is drawn."`
	Frame      [][2]float64       `json:"frame" required:"false" maxItems:"200" doc:"Its outline on that frame, 0..1, y down."`
	Hours      geo.Hours          `json:"hours" required:"false"`
	Thresholds map[string]float64 `json:"thresholds" required:"false" doc:"Those that replace the rule's own."`
}

// TransformSchema says which objects may be null.
func (fenceBody) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "area")
}

func (b fenceBody) fence(id string) geo.Fence {
	f := geo.Fence{ID: id, Name: b.Name, Rule: b.Rule, Area: b.Area.polygon(), Hours: b.Hours, Thresholds: b.Thresholds}
	if b.View != nil {
		f.ViewID = *b.View
	}
	if ring := ringOf(b.Frame); len(ring) > 0 {
		if ring[0] != ring[len(ring)-1] {
			ring = append(ring, ring[0])
		}
		f.Frame = orb.Polygon{ring}
	}
	return f
}

type fenceChangeAnswer struct{ Body fenceView }

// putFence stores a fence; cameras follow within seconds. One of the demonstration stays marked so.
func (s *Server) putFence(ctx context.Context, in *changedFence) (*fenceChangeAnswer, error) {
	f := in.Body.fence(in.ID)
	if err := s.checkFence(f); err != nil {
		return nil, err
	}
	fences, err := s.city.Fences(ctx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(fences, func(known geo.Fence) bool { return known.ID == f.ID }); i >= 0 {
		f.Demo = fences[i].Demo
	}
	if err := s.city.PutFence(ctx, f); err != nil {
		return nil, err
	}
	return &fenceChangeAnswer{fencesOf([]geo.Fence{f}).Features[0]}, nil
}

func (s *Server) deleteFence(ctx context.Context, in *fencePath) (*nothing, error) {
	return &nothing{}, s.city.DeleteFence(ctx, in.ID)
}

type permitListAnswer struct{ Body permitListView }

type permitListView struct {
	Items []permitView `json:"items" nullable:"false"`
	Next  *string      `json:"next" doc:"Always null: permits fit on one page."`
}

type permitView struct {
	ID     string    `json:"id" example:"stall-7"`
	Name   string    `json:"name"`
	Holder string    `json:"holder"`
	Rules  []string  `json:"rules" nullable:"false" doc:"The rules that it lifts."`
	Area   *geometry `json:"area"`
	Hours  geo.Hours `json:"hours"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until" doc:"Exclusive."`
}

func permitOf(p geo.Permit) permitView {
	return permitView{ID: p.ID, Name: p.Name, Holder: p.Holder, Rules: p.Rules, Area: geometryOf(p.Area), Hours: p.Hours,
		From: p.From.UTC(), Until: p.Until.UTC()}
}

func (s *Server) listPermits(ctx context.Context, _ *struct{}) (*permitListAnswer, error) {
	permits, err := s.city.Permits(ctx)
	if err != nil {
		return nil, err
	}
	list := permitListView{Items: []permitView{}}
	for _, p := range permits {
		list.Items = append(list.Items, permitOf(p))
	}
	return &permitListAnswer{list}, nil
}

type changedPermit struct {
	ID   string `path:"id" maxLength:"200"`
	Body permitBody
}

type permitBody struct {
	Name   string       `json:"name" minLength:"1" maxLength:"200"`
	Holder string       `json:"holder" minLength:"1" maxLength:"200"`
	Rules  []string     `json:"rules" minItems:"1" maxItems:"50" nullable:"false"`
	Area   *polygonBody `json:"area"`
	Hours  geo.Hours    `json:"hours" required:"false"`
	From   time.Time    `json:"from"`
	Until  time.Time    `json:"until"`
}

type permitAnswer struct{ Body permitView }

func (s *Server) putPermit(ctx context.Context, in *changedPermit) (*permitAnswer, error) {
	b := in.Body
	p := geo.Permit{ID: in.ID, Name: b.Name, Holder: b.Holder, Rules: b.Rules, Area: b.Area.polygon(), Hours: b.Hours, From: b.From, Until: b.Until}
	if err := s.city.PutPermit(ctx, p); err != nil {
		return nil, err
	}
	return &permitAnswer{permitOf(p)}, nil
}

func (s *Server) deletePermit(ctx context.Context, in *fencePath) (*nothing, error) {
	return &nothing{}, s.city.DeletePermit(ctx, in.ID)
}
