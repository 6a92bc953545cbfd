package web

import (
	"fmt"
	"strconv"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/vision/replay"

	"github.com/danielgtaylor/huma/v2"
)

// draftBody is a change of rules, fences and permits, and the recordings that it is to be tried on.
type draftBody struct {
	Cameras    []string                      `json:"cameras" required:"false" maxItems:"2000" doc:"Empty is all."`
	From       time.Time                     `json:"from"`
	Until      time.Time                     `json:"until"`
	Thresholds map[string]map[string]float64 `json:"thresholds" required:"false" doc:"By rule and key; what is left out stays." example:"{\"fire_lane\":{\"raise_s\":30}}"`
	Fences     []draftFence                  `json:"fences" required:"false" maxItems:"100" doc:"New ones, and in place of those with their ids."`
	Permits    []draftPermit                 `json:"permits" required:"false" maxItems:"100" doc:"The same."`
}

type draftFence struct {
	ID         string             `json:"id" minLength:"1" maxLength:"200"`
	Name       string             `json:"name" minLength:"1" maxLength:"200"`
	Rule       string             `json:"rule" minLength:"1" maxLength:"200"`
	Area       *polygonBody       `json:"area" required:"false"`
	View       *string            `json:"view" required:"false"`
	Frame      [][2]float64       `json:"frame" required:"false" maxItems:"200"`
	Hours      geo.Hours          `json:"hours" required:"false"`
	Thresholds map[string]float64 `json:"thresholds" required:"false"`
}

// TransformSchema says which objects may be null.
func (draftFence) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "area")
}

type draftPermit struct {
	ID     string       `json:"id" minLength:"1" maxLength:"200"`
	Name   string       `json:"name" minLength:"1" maxLength:"200"`
	Holder string       `json:"holder" minLength:"1" maxLength:"200"`
	Rules  []string     `json:"rules" minItems:"1" maxItems:"50" nullable:"false"`
	Area   *polygonBody `json:"area"`
	Hours  geo.Hours    `json:"hours" required:"false"`
	From   time.Time    `json:"from"`
	Until  time.Time    `json:"until"`
}

// draft takes the body at its word; what is in it is for alerts to check.
func (b draftBody) draft(known []geo.Fence) alerts.Draft {
	d := alerts.Draft{Cameras: b.Cameras, From: b.From.UTC(), Until: b.Until.UTC(), Thresholds: b.Thresholds}
	for _, f := range b.Fences {
		fence := fenceBody{Name: f.Name, Rule: f.Rule, Area: f.Area, View: f.View, Frame: f.Frame, Hours: f.Hours, Thresholds: f.Thresholds}.fence(f.ID)
		for _, k := range known {
			if k.ID == fence.ID {
				fence.Demo = k.Demo
			}
		}
		d.Fences = append(d.Fences, fence)
	}
	for _, p := range b.Permits {
		d.Permits = append(d.Permits, geo.Permit{
			ID: p.ID, Name: p.Name, Holder: p.Holder, Rules: p.Rules, Area: p.Area.polygon(), Hours: p.Hours, From: p.From.UTC(), Until: p.Until.UTC(),
		})
	}
	return d
}

type backtestListView struct {
	Items []backtestView `json:"items" nullable:"false" doc:"Newest first, without their items."`
	Next  *string        `json:"next" doc:"Always null: the latest fifty are told."`
}

type backtestView struct {
	ID           string             `json:"id" example:"12"`
	State        string             `json:"state" enum:"running,done,failed,published,discarded"`
	Progress     float64            `json:"progress" example:"0.4" doc:"0 to 1."`
	Observations int64              `json:"observations" example:"172800"`
	Cameras      int                `json:"cameras" example:"3" doc:"Of which there were recordings."`
	Error        string             `json:"error" doc:"Why it failed."`
	By           personView         `json:"by"`
	CreatedAt    time.Time          `json:"created_at"`
	From         time.Time          `json:"from"`
	Until        time.Time          `json:"until"`
	DecidedBy    *personView        `json:"decided_by" doc:"Who published or discarded it."`
	DecidedAt    *time.Time         `json:"decided_at"`
	Thresholds   map[string]changed `json:"thresholds" nullable:"false" doc:"What it changes, by rule and key."`
	Fences       []namedView        `json:"fences" nullable:"false" doc:"Fences that it draws."`
	Permits      []namedView        `json:"permits" nullable:"false" doc:"Permits that it gives."`
	Totals       totalsView         `json:"totals"`
	Items        []differenceView   `json:"items" nullable:"false" doc:"What changes first. Empty in a list."`
	LeftOut      int                `json:"left_out" doc:"Items that were counted and not kept."`
}

// changed are thresholds by key.
type changed map[string]float64

// TransformSchema says which objects may be null.
func (backtestView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "decided_by")
}

type totalsView struct {
	Same               int `json:"same"`
	New                int `json:"new"`
	Missed             int `json:"missed"`
	Earlier            int `json:"earlier"`
	Later              int `json:"later"`
	ClearedDifferently int `json:"cleared_differently"`
}

type differenceView struct {
	Change string      `json:"change" enum:"same,new,missed,earlier,later,cleared_differently"`
	Camera namedView   `json:"camera"`
	Fence  namedView   `json:"fence"`
	Rule   string      `json:"rule" example:"fire_lane"`
	Before *courseView `json:"before" doc:"Under what is in force now; null where nothing would be raised."`
	After  *courseView `json:"after" doc:"Under the draft."`
}

// TransformSchema says which objects may be null.
func (differenceView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "before", "after")
}

type courseView struct {
	RaisedAt    *time.Time `json:"raised_at" doc:"Null where it was before the time that was tried."`
	EscalatedAt *time.Time `json:"escalated_at"`
	ClearedAt   *time.Time `json:"cleared_at"`
	Ended       string     `json:"ended" example:"gone"`
	Pictures    []string   `json:"pictures" nullable:"false" doc:"Addresses of small pictures, oldest first."`
}

// backtestOf shows a back-test; cameras are the names of those that the visitor may see.
func backtestOf(b alerts.Backtest, cameras map[string]string) backtestView {
	count := func(c replay.Change) int { return b.Outcome.Totals[c] }
	view := backtestView{
		ID: strconv.FormatInt(b.ID, 10), State: string(b.State), Progress: b.Progress, Observations: b.Observations, Cameras: b.Outcome.Cameras,
		Error: b.Error, By: personView(b.By), CreatedAt: b.CreatedAt.UTC(), From: b.Draft.From.UTC(), Until: b.Draft.Until.UTC(),
		DecidedBy: personOf(b.DecidedBy), DecidedAt: orNull(b.DecidedAt), Thresholds: map[string]changed{},
		Fences: []namedView{}, Permits: []namedView{}, Items: []differenceView{}, LeftOut: b.Outcome.LeftOut,
		Totals: totalsView{
			Same: count(replay.Same), New: count(replay.New), Missed: count(replay.Missed), Earlier: count(replay.Earlier),
			Later: count(replay.Later), ClearedDifferently: count(replay.ClearedDifferently),
		},
	}
	for rule, values := range b.Draft.Thresholds {
		view.Thresholds[rule] = values
	}
	for _, f := range b.Draft.Fences {
		view.Fences = append(view.Fences, namedView{ID: f.ID, Name: f.Name})
	}
	for _, p := range b.Draft.Permits {
		view.Permits = append(view.Permits, namedView{ID: p.ID, Name: p.Name})
	}
	for _, d := range b.Outcome.Differences {
		if _, may := cameras[d.CameraID]; !may {
			continue
		}
		view.Items = append(view.Items, differenceView{
			Change: string(d.Change), Camera: named(d.CameraID, cameras), Fence: namedView{ID: d.FenceID, Name: d.FenceName}, Rule: d.Rule,
			Before: courseOf(b.ID, d.Before), After: courseOf(b.ID, d.After),
		})
	}
	return view
}

func courseOf(id int64, c *replay.Course) *courseView {
	if c == nil {
		return nil
	}
	view := courseView{RaisedAt: orNull(c.RaisedAt), EscalatedAt: orNull(c.EscalatedAt), ClearedAt: orNull(c.ClearedAt), Ended: c.Ended, Pictures: []string{}}
	for _, sha := range c.Pictures {
		view.Pictures = append(view.Pictures, fmt.Sprintf("/api/backtests/%d/pictures/%s", id, sha))
	}
	return &view
}
