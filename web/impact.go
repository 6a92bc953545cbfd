package web

import (
	"context"
	"strconv"
	"time"

	"gridwatch/alerts"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

type impactQuery struct {
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Days int   `query:"days" minimum:"1" maximum:"366" default:"30" doc:"How many days of alerts make a beat's load."`
}

type impactAnswer struct{ Body impactView }

// editionImpact says what an edition moves.
func (s *Server) editionImpact(ctx context.Context, in *impactQuery) (*impactAnswer, error) {
	impact, err := s.impacts.Impact(ctx, in.ID, in.Days, time.Now())
	if err != nil {
		return nil, err
	}
	return &impactAnswer{impactOf(impact)}, nil
}

type impactView struct {
	Grids    []gridImpactView    `json:"grids" nullable:"false" doc:"Those that differ from the edition that it follows."`
	Cameras  []moveView          `json:"cameras" nullable:"false" doc:"That another grid owns afterwards; so below."`
	Places   []moveView          `json:"places" nullable:"false"`
	Fences   []moveView          `json:"fences" nullable:"false" doc:"By a point inside."`
	Officers []officerImpactView `json:"officers" nullable:"false" doc:"Members of the beats that have one of the grids."`
	Alerts   []alertMoveView     `json:"alerts" nullable:"false" doc:"Open ones."`
	Beats    []beatImpactView    `json:"beats" nullable:"false" doc:"Load and ground under the old and the new boundaries. New grids count for the beat whose ground they take."`
	Moved    *geometry           `json:"moved" doc:"All ground that changes hands; null where none does."`
	Ground   []groundView        `json:"ground" nullable:"false" doc:"The same, part by part."`
}

// TransformSchema says which objects may be null.
func (impactView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "moved")
}

type gridImpactView struct {
	Code         string  `json:"code" example:"370305001007001"`
	Name         string  `json:"name" example:"辛东社区"`
	Change       string  `json:"change" enum:"changed,new,removed"`
	BeforeAreaM2 float64 `json:"area_before_m2"`
	AfterAreaM2  float64 `json:"area_after_m2"`
}

type homeView struct {
	Code string `json:"code" example:"370305001007001"`
	Name string `json:"name" example:"辛东社区"`
}

type moveView struct {
	ID   string    `json:"id" example:"cam-1"`
	Name string    `json:"name" example:"辛东社区东门"`
	From *homeView `json:"from"`
	To   *homeView `json:"to"`
	Lon  float64   `json:"lon"`
	Lat  float64   `json:"lat"`
}

// TransformSchema says which objects may be null.
func (moveView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "from", "to")
}

type alertMoveView struct {
	ID   int64     `json:"id" example:"4211"`
	Name string    `json:"name" example:"3 号消防通道" doc:"Of the fence, or the rule's key."`
	From *homeView `json:"from"`
	To   *homeView `json:"to"`
	Lon  float64   `json:"lon"`
	Lat  float64   `json:"lat"`
}

// TransformSchema says which objects may be null.
func (alertMoveView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "from", "to")
}

type officerImpactView struct {
	ID          int64  `json:"id" example:"7"`
	Name        string `json:"name" example:"王队"`
	BeforeGrids int    `json:"grids_before"`
	AfterGrids  int    `json:"grids_after"`
}

type beatImpactView struct {
	ID           string  `json:"id" example:"beat-07"`
	Name         string  `json:"name" example:"闻韶一队"`
	BeforeAlerts int     `json:"alerts_before"`
	AfterAlerts  int     `json:"alerts_after"`
	BeforeAreaM2 float64 `json:"area_before_m2"`
	AfterAreaM2  float64 `json:"area_after_m2"`
}

type groundView struct {
	From     string    `json:"from" example:"370305001007001" doc:"The code of the grid that has it; empty where none does."`
	To       string    `json:"to" example:"370305001008001" doc:"The code of the grid that gets it; empty where none does."`
	AreaM2   float64   `json:"area_m2"`
	Geometry *geometry `json:"geometry"`
}

func impactOf(i alerts.Impact) impactView {
	view := impactView{
		Grids: []gridImpactView{}, Cameras: movesOf(i.Cameras), Places: movesOf(i.Places), Fences: movesOf(i.Fences),
		Officers: []officerImpactView{}, Alerts: []alertMoveView{}, Beats: []beatImpactView{}, Ground: []groundView{},
	}
	for _, g := range i.Grids {
		view.Grids = append(view.Grids, gridImpactView(g))
	}
	for _, p := range i.People {
		view.Officers = append(view.Officers, officerImpactView{p.ID, p.Name, p.BeforeGrids, p.AfterGrids})
	}
	for _, m := range movesOf(i.Alerts) {
		id, _ := strconv.ParseInt(m.ID, 10, 64) // The database wrote it.
		view.Alerts = append(view.Alerts, alertMoveView{id, m.Name, m.From, m.To, m.Lon, m.Lat})
	}
	for _, b := range i.Beats {
		view.Beats = append(view.Beats, beatImpactView{b.ID, b.Name, b.BeforeAlerts, b.AfterAlerts, b.BeforeAreaM2, b.AfterAreaM2})
	}
	var moved orb.MultiPolygon
	for _, g := range i.Ground {
		view.Ground = append(view.Ground, groundView{g.From, g.To, g.AreaM2, geometryOf(g.Area)})
		moved = append(moved, g.Area...)
	}
	if len(moved) > 0 {
		view.Moved = geometryOf(moved)
	}
	return view
}

func movesOf(moves []alerts.Move) []moveView {
	views := make([]moveView, 0, len(moves))
	for _, m := range moves {
		views = append(views, moveView{m.ID, m.Name, homeOf(m.From), homeOf(m.To), m.Position.Lon(), m.Position.Lat()})
	}
	return views
}

func homeOf(g *alerts.GridRef) *homeView {
	if g == nil {
		return nil
	}
	return &homeView{g.Code, g.Name}
}
