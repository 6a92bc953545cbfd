package web

import (
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
)

type gridCollectionView struct {
	Type     string           `json:"type" enum:"FeatureCollection"`
	Features []gridView       `json:"features" nullable:"false"`
	Edition  *gridEditionView `json:"edition" doc:"The edition that was in force; null while there is none."`
}

// TransformSchema says which objects may be null.
func (gridCollectionView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "edition")
}

type gridEditionView struct {
	ID    int64      `json:"id" example:"1"`
	Title string     `json:"title" example:"2026 年版"`
	From  *time.Time `json:"from" doc:"Null for a draft."`
	Demo  bool       `json:"demo" doc:"Demonstration geometry."`
}

type gridView struct {
	Type       string         `json:"type" enum:"Feature"`
	Geometry   *geometry      `json:"geometry"`
	Properties gridProperties `json:"properties"`
}

type gridProperties struct {
	Code     string       `json:"code" example:"370305001007001"`
	Name     string       `json:"name" example:"辛东社区"`
	Net      string       `json:"net" enum:"community,road"`
	Kind     string       `json:"kind" enum:"community,section,corridor"`
	Street   string       `json:"street" example:"闻韶街道"`
	Edition  int64        `json:"edition" example:"1"`
	Demo     bool         `json:"demo"`
	Beat     *beatRefView `json:"beat" doc:"The beat that answers now."`
	Officers []personView `json:"officers" nullable:"false" doc:"Its members; the first answers first."`
	Section  *sectionView `json:"section,omitempty" doc:"What a corridor is made from; left out where it was only drawn."`
}

// TransformSchema says which objects may be null.
func (gridProperties) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "beat")
}

type beatRefView struct {
	ID   string `json:"id" example:"beat-07"`
	Name string `json:"name" example:"闻韶一队"`
}

func gridsOf(grids []geo.Grid, edition *geo.Edition, teams []alerts.Team) gridCollectionView {
	view := gridCollectionView{Type: "FeatureCollection", Features: make([]gridView, 0, len(grids))}
	if edition == nil {
		return view
	}
	view.Edition = &gridEditionView{ID: edition.ID, Title: edition.Title, From: orNull(edition.From), Demo: edition.Demo}
	answering := map[alerts.GridKey]alerts.Team{}
	for _, team := range teams {
		for _, g := range team.Grids {
			answering[g.GridKey] = team
		}
	}
	for _, g := range grids {
		properties := gridProperties{
			Code: g.Code, Name: g.Name, Net: string(g.Net), Kind: g.Kind, Street: g.Street,
			Edition: g.EditionID, Demo: edition.Demo, Officers: []personView{},
		}
		if g.Section != nil {
			properties.Section = &sectionView{*g.Section}
		}
		if team, ok := answering[alerts.GridKey{Net: g.Net, Code: g.Code}]; ok {
			properties.Beat = &beatRefView{ID: team.ID, Name: team.Name}
			for _, member := range team.Members {
				properties.Officers = append(properties.Officers, personView(member))
			}
		}
		view.Features = append(view.Features, gridView{Type: "Feature", Geometry: geometryOf(g.Boundary), Properties: properties})
	}
	return view
}

type placeView struct {
	Community   *ownerView       `json:"community"`
	Road        *ownerView       `json:"road"`
	Responsible *responsibleView `json:"responsible" doc:"Which of the two answers; null where there is neither."`
}

// TransformSchema says which objects may be null.
func (placeView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "community", "road", "responsible")
}

type ownerView struct {
	Code   string `json:"code" example:"370305001007001"`
	Name   string `json:"name" example:"辛东社区"`
	Street string `json:"street" example:"闻韶街道"`
}

type responsibleView struct {
	Net     string      `json:"net" enum:"community,road"`
	Code    string      `json:"code" example:"370305001007001"`
	Name    string      `json:"name" example:"辛东社区"`
	Officer *personView `json:"officer" doc:"Who answers first now; null when nobody does."`
	Rule    *int        `json:"rule" doc:"Which line of the precedence decided, from 0; null when none did."`
}

// TransformSchema says which objects may be null.
func (responsibleView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "officer")
}

// placeOf says who owns a point in each net, which of them answers, and through whom; nil where there is none.
func placeOf(community, road, answers *alerts.GridRef, officer *alerts.Ref, rule int) placeView {
	view := placeView{Community: ownerOf(community), Road: ownerOf(road)}
	if answers != nil {
		view.Responsible = &responsibleView{
			Net: string(answers.Net), Code: answers.Code, Name: answers.Name, Officer: personOf(officer),
		}
		if rule != alerts.NoRule {
			view.Responsible.Rule = &rule
		}
	}
	return view
}

func ownerOf(g *alerts.GridRef) *ownerView {
	if g == nil {
		return nil
	}
	return &ownerView{Code: g.Code, Name: g.Name, Street: g.Street}
}

type cameraListView struct {
	Items []cameraView `json:"items" nullable:"false"`
	Next  *string      `json:"next" doc:"Always null: a city's cameras fit on one page."`
}

type cameraView struct {
	ID         string         `json:"id" example:"cam-1"`
	Name       string         `json:"name" example:"辛东社区东门"`
	Lon        float64        `json:"lon" example:"118.3061"`
	Lat        float64        `json:"lat" example:"36.8212"`
	PlaceClass string         `json:"place_class"`
	State      string         `json:"state" enum:"unknown,online,offline"`
	StateSince time.Time      `json:"state_since"`
	Reason     string         `json:"reason" doc:"Why it is offline."`
	Composed   bool           `json:"composed" doc:"The scene is composed, not filmed."`
	Calibrated bool           `json:"calibrated" doc:"Its pixels are placed on the ground."`
	ResidualM  *float64       `json:"residual_m" doc:"Error of the calibration over its own pairs, root mean square, metres."`
	LeftOutM   *float64       `json:"leave_one_out_m" doc:"The same with each pair left out of its own solution; null for four pairs."`
	Condition  *conditionView `json:"condition" doc:"What is wrong with what it shows; null when nothing is."`
	Grid       *gridRefView   `json:"grid" doc:"The grid that it watches for, and that has lost its eyes when it is offline or in a condition."`
}

// TransformSchema says which objects may be null.
func (cameraView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "grid", "condition")
}

func camerasOf(cameras []alerts.CameraHealth) cameraListView {
	list := cameraListView{Items: make([]cameraView, 0, len(cameras))}
	for _, c := range cameras {
		list.Items = append(list.Items, cameraOf(c))
	}
	return list
}

func cameraOf(c alerts.CameraHealth) cameraView {
	view := cameraView{
		ID: c.ID, Name: c.Name, Lon: c.Position.Lon(), Lat: c.Position.Lat(), PlaceClass: c.PlaceClass,
		State: c.State, StateSince: c.Since.UTC(), Reason: c.Reason, Composed: c.Composed, Calibrated: c.Calibrated,
		Condition: conditionOf(c.ID, c.Condition), Grid: gridRefOf(c.Grid),
	}
	if c.Calibrated {
		view.ResidualM = &c.ResidualM
	}
	if c.LeaveOneOutM > 0 {
		view.LeftOutM = &c.LeaveOneOutM
	}
	return view
}

type fenceCollectionView struct {
	Type     string      `json:"type" enum:"FeatureCollection"`
	Features []fenceView `json:"features" nullable:"false"`
}

type fenceView struct {
	Type       string          `json:"type" enum:"Feature"`
	Geometry   *geometry       `json:"geometry" doc:"Null where the fence is drawn on a camera's frame."`
	Properties fenceProperties `json:"properties"`
}

// TransformSchema says which objects may be null.
func (fenceView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "geometry")
}

type fenceProperties struct {
	ID         string             `json:"id" example:"lane-3"`
	Name       string             `json:"name" example:"3 号消防通道"`
	Rule       string             `json:"rule" example:"fire_lane"`
	Demo       bool               `json:"demo" doc:"Its thresholds are shortened for a demonstration."`
	Thresholds map[string]float64 `json:"thresholds" doc:"Those that replace the rule's own."`
	Hours      geo.Hours          `json:"hours" doc:"Without windows it is always open."`
	View       *string            `json:"view" doc:"The view on whose frame it is drawn, or null."`
	Frame      [][2]float64       `json:"frame" doc:"Its outline on that frame, 0..1, y down, or null."`
}

func fencesOf(fences []geo.Fence) fenceCollectionView {
	view := fenceCollectionView{Type: "FeatureCollection", Features: make([]fenceView, 0, len(fences))}
	for _, f := range fences {
		feature := fenceView{Type: "Feature", Properties: fenceProperties{
			ID: f.ID, Name: f.Name, Rule: f.Rule, Demo: f.Demo, Thresholds: f.Thresholds, Hours: f.Hours,
		}}
		if feature.Properties.Thresholds == nil {
			feature.Properties.Thresholds = map[string]float64{}
		}
		if f.OnFrame() {
			feature.Properties.View, feature.Properties.Frame = &f.ViewID, corners(f.Frame[0])
		}
		if len(f.Area) > 0 {
			feature.Geometry = geometryOf(f.Area)
		}
		view.Features = append(view.Features, feature)
	}
	return view
}
