package web

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

type placeListAnswer struct{ Body placeListView }

type placeListView struct {
	Classes []placeClassView   `json:"classes" nullable:"false" doc:"The classes that places can be of."`
	Items   []watchedPlaceView `json:"items" nullable:"false"`
	Next    *string            `json:"next" doc:"Always null: places fit on one page."`
}

type placeClassView struct {
	Key    string `json:"key" example:"school"`
	Name   string `json:"name" example:"学校周边"`
	NameEN string `json:"name_en" example:"School surroundings"`
}

type watchedPlaceView struct {
	ID       string       `json:"id" example:"school-1"`
	Name     string       `json:"name" example:"实验小学东门"`
	Class    string       `json:"class" example:"school"`
	Geometry *geometry    `json:"geometry" doc:"A Point, or a Polygon where its extent is known."`
	Key      bool         `json:"key" doc:"Somebody has to see it: without a view that shows it, it stands in /api/uncovered."`
	Demo     bool         `json:"demo"`
	Grid     *gridRefView `json:"grid" doc:"The community grid that it lies in, else the road's."`
}

// TransformSchema says which objects may be null.
func (watchedPlaceView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "grid")
}

func (s *Server) watchedPlaceOf(p geo.Place) watchedPlaceView {
	return watchedPlaceView{ID: p.ID, Name: p.Name, Class: p.Class, Geometry: geometryOf(p.Geometry), Key: p.Key, Demo: p.Demo,
		Grid: gridRefOf(s.gridAt(p.Centre()))}
}

// gridAt is the community grid of a point now, else the road's; nil where there is neither.
func (s *Server) gridAt(p orb.Point) *alerts.GridRef {
	community, road := s.dispatch.Place(p, time.Now())
	if community != nil {
		return community
	}
	return road
}

// listPlaces lists the places; officers get those in the grids of their beats.
func (s *Server) listPlaces(ctx context.Context, _ *struct{}) (*placeListAnswer, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return nil, err
	}
	list := placeListView{Classes: []placeClassView{}, Items: []watchedPlaceView{}}
	for _, c := range s.placeClasses.All() {
		list.Classes = append(list.Classes, placeClassView{Key: c.Key, Name: c.Name, NameEN: c.NameEn})
	}
	scope, now := visitorOf(ctx).Scope, time.Now()
	for _, p := range places {
		community, road := s.dispatch.Place(p.Centre(), now)
		if scope.Covers(community) || scope.Covers(road) {
			list.Items = append(list.Items, s.watchedPlaceOf(p))
		}
	}
	return &placeListAnswer{list}, nil
}

type changedPlace struct {
	ID   string `path:"id" maxLength:"200"`
	Body placeBody
}

type placeBody struct {
	Name     string    `json:"name" minLength:"1" maxLength:"200"`
	Class    string    `json:"class" minLength:"1" maxLength:"200" example:"school"`
	Geometry shapeBody `json:"geometry"`
	Key      bool      `json:"key,omitempty"`
	Demo     *bool     `json:"demo,omitempty" doc:"It is of the demonstration; left out, it stays as it is."`
}

// shapeBody is a GeoJSON Point or Polygon that somebody drew.
type shapeBody struct {
	Type        string          `json:"type" enum:"Point,Polygon"`
	Coordinates json.RawMessage `json:"coordinates"`
}

func (b shapeBody) shape() (orb.Geometry, error) {
	const field = "body.geometry.coordinates"
	if b.Type == "Point" {
		var position []float64
		if err := json.Unmarshal(b.Coordinates, &position); err != nil || len(position) != 2 {
			return nil, geo.Invalid(field, "must be [longitude, latitude]")
		}
		return orb.Point{position[0], position[1]}, nil
	}
	var rings [][][]float64
	if err := json.Unmarshal(b.Coordinates, &rings); err != nil {
		return nil, geo.Invalid(field, "must be rings of [longitude, latitude]")
	}
	var area orb.Polygon
	for i, positions := range rings {
		var ring orb.Ring
		for j, position := range positions {
			if len(position) != 2 {
				return nil, geo.Invalid(fmt.Sprintf("%s[%d][%d]", field, i, j), "must be [longitude, latitude]")
			}
			ring = append(ring, orb.Point{position[0], position[1]})
		}
		area = append(area, ring)
	}
	return area, nil
}

type placeChangeAnswer struct{ Body watchedPlaceView }

// putPlace stores a place.
func (s *Server) putPlace(ctx context.Context, in *changedPlace) (*placeChangeAnswer, error) {
	if err := s.placeClasses.Check("body.class", in.Body.Class); err != nil {
		return nil, err
	}
	shape, err := in.Body.Geometry.shape()
	if err != nil {
		return nil, err
	}
	p := geo.Place{ID: in.ID, Name: in.Body.Name, Class: in.Body.Class, Geometry: shape, Key: in.Body.Key}
	if in.Body.Demo != nil {
		p.Demo = *in.Body.Demo
	} else {
		places, err := s.city.Places(ctx)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(places, func(known geo.Place) bool { return known.ID == p.ID })
		p.Demo = i >= 0 && places[i].Demo
	}
	if err := s.city.PutPlace(ctx, p); err != nil {
		return nil, err
	}
	return &placeChangeAnswer{s.watchedPlaceOf(p)}, nil
}

func (s *Server) deletePlace(ctx context.Context, in *fencePath) (*nothing, error) {
	return &nothing{}, s.city.DeletePlace(ctx, in.ID)
}
