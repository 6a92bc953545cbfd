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
	Demo       *bool              `json:"demo,omitempty" doc:"Its thresholds are shortened for a demonstration; left out, it stays as it is."`
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

// putFence stores a fence; cameras follow within seconds.
func (s *Server) putFence(ctx context.Context, in *changedFence) (*fenceChangeAnswer, error) {
	f := in.Body.fence(in.ID)
	if err := s.checkFence(f); err != nil {
		return nil, err
	}
	if in.Body.Demo != nil {
		f.Demo = *in.Body.Demo
	} else {
		fences, err := s.city.Fences(ctx)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(fences, func(known geo.Fence) bool { return known.ID == f.ID })
		f.Demo = i >= 0 && fences[i].Demo
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
	ID      string    `json:"id" example:"stall-7"`
	Name    string    `json:"name"`
	Holder  string    `json:"holder"`
	Rules   []string  `json:"rules" nullable:"false" doc:"The rules that it lifts."`
	Area    *geometry `json:"area"`
	Hours   geo.Hours `json:"hours"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until" doc:"Exclusive."`
	StallM2 *float64  `json:"stall_m2" doc:"How large each stall may be, in square metres; null where the permit does not say." example:"2"`
}

func permitOf(p geo.Permit) permitView {
	view := permitView{ID: p.ID, Name: p.Name, Holder: p.Holder, Rules: p.Rules, Area: geometryOf(p.Area), Hours: p.Hours,
		From: p.From.UTC(), Until: p.Until.UTC()}
	if p.StallM2 > 0 {
		view.StallM2 = &p.StallM2
	}
	return view
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
	Name    string       `json:"name" minLength:"1" maxLength:"200"`
	Holder  string       `json:"holder" minLength:"1" maxLength:"200"`
	Rules   []string     `json:"rules" minItems:"1" maxItems:"50" nullable:"false"`
	Area    *polygonBody `json:"area"`
	Hours   geo.Hours    `json:"hours" required:"false"`
	From    time.Time    `json:"from"`
	Until   time.Time    `json:"until"`
	StallM2 *float64     `json:"stall_m2" required:"false" exclusiveMinimum:"0" doc:"How large each stall may be, in square metres."`
}

type permitAnswer struct{ Body permitView }

func (s *Server) putPermit(ctx context.Context, in *changedPermit) (*permitAnswer, error) {
	b := in.Body
	p := geo.Permit{ID: in.ID, Name: b.Name, Holder: b.Holder, Rules: b.Rules, Area: b.Area.polygon(), Hours: b.Hours, From: b.From, Until: b.Until}
	if b.StallM2 != nil {
		p.StallM2 = *b.StallM2
	}
	rules, err := s.rules.InForce(ctx)
	if err != nil {
		return nil, err
	}
	if err := rules.CheckPermit(p); err != nil {
		return nil, err
	}
	if err := s.city.PutPermit(ctx, p); err != nil {
		return nil, err
	}
	return &permitAnswer{permitOf(p)}, nil
}

func (s *Server) deletePermit(ctx context.Context, in *fencePath) (*nothing, error) {
	return &nothing{}, s.city.DeletePermit(ctx, in.ID)
}
