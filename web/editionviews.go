package web

import (
	"encoding/json"
	"errors"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/geo/coverage"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

type editionListView struct {
	Items []editionView `json:"items" nullable:"false"`
	Next  *string       `json:"next" doc:"Always null: editions fit on one page."`
}

type editionView struct {
	ID       int64       `json:"id" example:"12"`
	Net      string      `json:"net" enum:"community,road"`
	Title    string      `json:"title" example:"2027 年调整"`
	State    string      `json:"state" enum:"draft,checked,submitted,reviewed,published,superseded,withdrawn,discarded"`
	From     *time.Time  `json:"from" doc:"In force from then on; of a draft, when it shall begin. Null while nobody said."`
	Until    *time.Time  `json:"until" doc:"Null while no later edition is published."`
	Version  int64       `json:"version" example:"7" doc:"It grows with every change of its grids."`
	Base     *int64      `json:"base" example:"3" doc:"The edition whose grids it began with."`
	Replaces *int64      `json:"replaces" example:"3" doc:"The edition that it follows, and that its changes are told against."`
	Newer    *int64      `json:"newer" example:"4" doc:"Of a draft that was overtaken: the edition published since. Null where it can be published."`
	Demo     bool        `json:"demo" doc:"Demonstration geometry."`
	Grids    int         `json:"grids" example:"54"`
	Author   *personView `json:"author" doc:"Who began it; null where it was imported by the program's owner."`
	// Submitter and reviewer are null until there is one.
	Submitter  *personView `json:"submitter"`
	Reviewer   *personView `json:"reviewer" doc:"Neither the author nor anyone who changed or submitted it."`
	ReviewNote string      `json:"review_note" doc:"What the reviewer said."`
	Changed    []string    `json:"changed" nullable:"false" doc:"Codes of the grids that differ from the edition that it follows."`
	CanUndo    bool        `json:"can_undo"`
	CanRedo    bool        `json:"can_redo"`
}

// TransformSchema says which objects may be null.
func (editionView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "author", "submitter", "reviewer")
}

func editionsOf(editions []geo.Edition) editionListView {
	list := editionListView{Items: make([]editionView, 0, len(editions))}
	for _, e := range editions {
		list.Items = append(list.Items, editionOf(e))
	}
	return list
}

func editionOf(e geo.Edition) editionView {
	view := editionView{
		ID: e.ID, Net: string(e.Net), Title: e.Title, State: string(e.State), From: orNull(e.From), Until: orNull(e.Until),
		Version: e.Version, Base: numberOrNull(e.Base), Replaces: numberOrNull(e.Replaces), Newer: numberOrNull(e.Newer), Demo: e.Demo, Grids: e.Grids,
		Author: handOf(e.Author), Submitter: handOf(e.Submitter), Reviewer: handOf(e.Reviewer), ReviewNote: e.ReviewNote,
		Changed: append([]string{}, e.Changed...), CanUndo: e.CanUndo, CanRedo: e.CanRedo,
	}
	if view.From == nil {
		view.From = orNull(e.Planned)
	}
	return view
}

func handOf(h *geo.Hand) *personView {
	if h == nil {
		return nil
	}
	return &personView{ID: h.ID, Name: h.Name}
}

func numberOrNull(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

type editedView struct {
	Version int64      `json:"version" example:"8"`
	Changed []gridView `json:"changed" nullable:"false" doc:"New grids and changed ones, as they are now."`
	Removed []string   `json:"removed" nullable:"false" doc:"Codes of grids that are gone."`
	CanUndo bool       `json:"can_undo"`
	CanRedo bool       `json:"can_redo"`
}

func editedOf(edited geo.Edited, teams []alerts.Team) editedView {
	e := edited.Edition
	return editedView{
		Version: e.Version, Changed: gridsOf(edited.Changed, &e, teams).Features, Removed: append([]string{}, edited.Removed...),
		CanUndo: e.CanUndo, CanRedo: e.CanRedo,
	}
}

type checkView struct {
	Version  int64         `json:"version" example:"8"`
	State    string        `json:"state" enum:"draft,checked" doc:"Checked where nothing but warnings was found."`
	Problems []findingView `json:"problems" nullable:"false"`
}

type findingView struct {
	Rule    string      `json:"rule" example:"gap"`
	Text    string      `json:"text" example:"a gap of 12.4 m²"`
	At      *[2]float64 `json:"at" doc:"Longitude and latitude where to look; null where it is nowhere."`
	Codes   []string    `json:"codes" nullable:"false" doc:"Of the grids that it concerns."`
	Warning bool        `json:"warning" doc:"It may be published all the same."`
}

func checkOf(e geo.Edition, problems []geo.Problem) checkView {
	view := checkView{Version: e.Version, State: string(e.State), Problems: make([]findingView, 0, len(problems))}
	for _, p := range problems {
		view.Problems = append(view.Problems, findingView{
			Rule: p.Rule, Text: p.Text, At: (*[2]float64)(p.At), Codes: append([]string{}, p.Codes...), Warning: p.Warning,
		})
	}
	return view
}

type editionLogView struct {
	Items []editionLogEntry `json:"items" nullable:"false" doc:"Oldest first."`
}

type editionLogEntry struct {
	Seq     int64           `json:"seq" example:"3"`
	Version int64           `json:"version" example:"2" doc:"Of the edition after it."`
	Op      string          `json:"op" example:"move_vertex" doc:"A command's operation, or begin, mend, road, undo, redo, rebase, check, submit, pull_back, accept, return, publish, withdraw, rollback, discard."`
	Command json.RawMessage `json:"command" doc:"What was asked for."`
	Codes   []string        `json:"codes" nullable:"false" doc:"Of the grids that it changed."`
	By      *personView     `json:"by"`
	At      time.Time       `json:"at"`
}

// TransformSchema says which objects may be null, and that a command is any object.
func (editionLogEntry) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Properties["command"] = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: s.Properties["command"].Description}
	return nullable(s, "by")
}

func editionLogOf(entries []geo.LogEntry) editionLogView {
	view := editionLogView{Items: make([]editionLogEntry, 0, len(entries))}
	for _, e := range entries {
		view.Items = append(view.Items, editionLogEntry{
			Seq: e.Seq, Version: e.Version, Op: e.Op, Command: e.Command, Codes: append([]string{}, e.Codes...), By: handOf(e.By), At: e.At,
		})
	}
	return view
}

// Refused is what a refused command's problem says besides.
type Refused struct {
	Rule  string      `json:"rule" required:"false" example:"not_simple" doc:"Of a refused command: the rule that it breaks."`
	At    *[2]float64 `json:"at" required:"false" doc:"Of a refused command: longitude and latitude where it breaks it; null where that is nowhere."`
	Codes []string    `json:"codes" required:"false" nullable:"false" doc:"Of a refused command: the grids that it concerns."`
}

// Conflicts is what a problem says besides where the draft was changed since the version that the command was made on.
type Conflicts struct {
	Version   int64          `json:"version" required:"false" example:"9" doc:"Of a command that comes too late: the draft's version now."`
	Conflicts []conflictView `json:"conflicts" required:"false" nullable:"false" doc:"Of a command that comes too late: each grid that was changed since."`
}

type conflictView struct {
	Code   string    `json:"code" example:"370305001007001"`
	Base   *geometry `json:"base" doc:"As it was at the version that the command was made on; null where there was none."`
	Theirs *geometry `json:"theirs" doc:"As it is now; null where it is gone."`
	Yours  *geometry `json:"yours" doc:"As the command would have made it; null where it would be gone."`
}

// TransformSchema says which objects may be null.
func (conflictView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "base", "theirs", "yours")
}

func refusedOf(r *coverage.Refusal) *Refused {
	refused := &Refused{Rule: r.Rule, Codes: append([]string{}, r.Codes...)}
	if r.At != (coverage.Point{}) {
		at := r.At.Orb()
		refused.At = (*[2]float64)(&at)
	}
	return refused
}

// Overtaken is what a problem says besides where commands of a draft do not apply to the edition published since.
type Overtaken struct {
	Onto int64             `json:"onto" required:"false" example:"4" doc:"Of a rebase: the edition published since."`
	Late []lateCommandView `json:"late" required:"false" nullable:"false" doc:"Of a rebase: each command that does not apply to it."`
}

type lateCommandView struct {
	Seq    int64          `json:"seq" example:"3" doc:"In the draft's log."`
	Op     string         `json:"op" example:"move_vertex"`
	By     *personView    `json:"by"`
	At     time.Time      `json:"at"`
	Rule   string         `json:"rule" example:"no_such_vertex" doc:"That it breaks; empty where the reason has no name."`
	Text   string         `json:"text" example:"no grid has a vertex there" doc:"The reason."`
	Place  *[2]float64    `json:"place" doc:"Longitude and latitude of the reason; null where that is nowhere."`
	Codes  []string       `json:"codes" nullable:"false" doc:"Of the grids that the reason concerns."`
	Shapes []conflictView `json:"shapes" nullable:"false" doc:"The grids that it changed: before it, as they would be without it, and as it made them."`
}

// TransformSchema says which objects may be null.
func (lateCommandView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "by")
}

func overtakenOf(e *geo.RebaseError) *Overtaken {
	view := &Overtaken{Onto: e.Onto, Late: make([]lateCommandView, 0, len(e.Late))}
	for _, l := range e.Late {
		late := lateCommandView{Seq: l.Seq, Op: l.Op, By: handOf(l.By), At: l.At, Text: l.Reason.Error(), Codes: []string{}, Shapes: shapesOf(l.Shapes)}
		var refusal *coverage.Refusal
		if errors.As(l.Reason, &refusal) {
			refused := refusedOf(refusal)
			late.Rule, late.Text, late.Place, late.Codes = refused.Rule, refusal.Text, refused.At, refused.Codes
		}
		view.Late = append(view.Late, late)
	}
	return view
}

func conflictsOf(e *geo.ConflictError) *Conflicts {
	return &Conflicts{Version: e.Version, Conflicts: shapesOf(e.Conflicts)}
}

func shapesOf(conflicts []geo.Conflict) []conflictView {
	views := make([]conflictView, 0, len(conflicts))
	for _, c := range conflicts {
		views = append(views, conflictView{c.Code, shapeOrNull(c.Base), shapeOrNull(c.Theirs), shapeOrNull(c.Mine)})
	}
	return views
}

func shapeOrNull(boundary orb.MultiPolygon) *geometry {
	switch len(boundary) {
	case 0:
		return nil
	case 1:
		return geometryOf(boundary[0])
	}
	return geometryOf(boundary)
}
