package web

import (
	"cmp"
	"context"
	"slices"
	"time"

	"gridwatch/alerts"
	"gridwatch/vision"
)

// Stay is one occupancy of a running camera, as it is now.
type Stay struct {
	CameraID  string
	Occupancy vision.Occupancy
	Raise     time.Duration // Told to people after so long…
	Escalate  time.Duration // … and as a case after so long.
	Gate      vision.Gate   // That stopped it last; empty when none did.
}

type dwellingQuery struct {
	Camera string `query:"camera" maxLength:"200" doc:"Of this camera."`
}

type dwellingAnswer struct{ Body dwellingListView }

type dwellingListView struct {
	Items []dwellingView `json:"items" nullable:"false" doc:"What is nearest to its threshold first."`
	Next  *string        `json:"next" doc:"Always null: what dwells now fits on one page."`
}

type dwellingView struct {
	Camera    namedView  `json:"camera"`
	Fence     namedView  `json:"fence"`
	Rule      string     `json:"rule" example:"fire_lane"`
	Matter    matterView `json:"matter"`
	Occupancy string     `json:"occupancy"`
	Phase     string     `json:"phase" enum:"candidate,dwelling,raised,escalated,clearing"`
	Since     time.Time  `json:"since"`
	LastSeen  time.Time  `json:"last_seen"`
	DwellS    float64    `json:"dwell_s" example:"31.5"`
	RaiseS    float64    `json:"raise_s" example:"50"`
	EscalateS float64    `json:"escalate_s" example:"180"`
	Progress  float64    `json:"progress" example:"0.63" doc:"0 to 1: to the warning, and once people were told, to the case."`
	Class     string     `json:"class" example:"vehicle"`
	Score     float64    `json:"score" example:"0.71"`
	Box       boxView    `json:"box"`
	Lon       float64    `json:"lon" example:"118.3061" doc:"The camera's own where the place is not known."`
	Lat       float64    `json:"lat" example:"36.8212"`
	SigmaM    float64    `json:"sigma_m" example:"1.4"`
	Grounded  bool       `json:"grounded"`
	Gate      string     `json:"gate" example:"dwell" doc:"What it waits for; empty when nothing stopped it."`
	AlertID   *int64     `json:"alert_id" doc:"Null while nobody was told."`
}

// listDwelling gives what stays before the cameras now, as their running kernels have it.
func (s *Server) listDwelling(ctx context.Context, q *dwellingQuery) (*dwellingAnswer, error) {
	if err := validText("query.camera", q.Camera); err != nil {
		return nil, err
	}
	cameras, err := s.cameras.Health(ctx, visitorOf(ctx).Scope)
	if err != nil {
		return nil, err
	}
	var stays []Stay
	var occupancies []string
	known := map[string]alerts.CameraHealth{}
	for _, c := range cameras {
		known[c.ID] = c
		if q.Camera == "" || q.Camera == c.ID {
			stays = append(stays, s.dwelling.Dwelling(c.ID)...)
		}
	}
	for _, stay := range stays {
		occupancies = append(occupancies, stay.Occupancy.ID)
	}
	told, err := s.alerts.AlertsOf(ctx, occupancies)
	if err != nil {
		return nil, err
	}
	list := dwellingListView{Items: make([]dwellingView, 0, len(stays))}
	for _, stay := range stays {
		item := dwellingOf(stay, known[stay.CameraID], s.matters)
		if id, ok := told[stay.Occupancy.ID]; ok {
			item.AlertID = &id
		}
		list.Items = append(list.Items, item)
	}
	slices.SortStableFunc(list.Items, func(a, b dwellingView) int {
		return cmp.Or(-cmp.Compare(a.Progress, b.Progress), a.Since.Compare(b.Since))
	})
	return &dwellingAnswer{list}, nil
}

func dwellingOf(stay Stay, camera alerts.CameraHealth, matters alerts.Matters) dwellingView {
	o := stay.Occupancy
	item := dwellingView{
		Camera: namedView(camera.CameraRef), Fence: namedView{ID: o.FenceID, Name: o.FenceName}, Rule: o.Rule,
		Matter: matterOf(matters, o.Matter), Occupancy: o.ID, Phase: string(o.Phase), Since: o.Since.UTC(), LastSeen: o.LastSeen.UTC(),
		DwellS: o.DwellS(), RaiseS: stay.Raise.Seconds(), EscalateS: stay.Escalate.Seconds(), Class: o.Class, Score: o.Score,
		Box: boxView(o.Box), Lon: camera.Position.Lon(), Lat: camera.Position.Lat(), Gate: string(stay.Gate),
	}
	if o.Spot.Grounded {
		item.Lon, item.Lat, item.SigmaM, item.Grounded = o.Spot.Position.Lon(), o.Spot.Position.Lat(), o.Spot.SigmaM, true
	}
	switch {
	case o.Told == vision.Escalated:
		item.Progress = 1
	case o.Told == vision.Raised:
		item.Progress = share(item.DwellS, item.EscalateS)
	default:
		item.Progress = share(item.DwellS, item.RaiseS)
	}
	return item
}

// share is how much of a whole is there, 0 to 1.
func share(part, whole float64) float64 {
	if whole <= 0 {
		return 1
	}
	return min(max(part/whole, 0), 1)
}
