package web

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
)

type (
	editionPath struct {
		ID int64 `path:"id" minimum:"1" example:"12"`
	}
	editionListAnswer struct{ Body editionListView }
	editionAnswer     struct{ Body editionView }
)

// listEditions gives the published editions; to those who make editions also the others.
func (s *Server) listEditions(ctx context.Context, _ *struct{}) (*editionListAnswer, error) {
	list := s.city.Editions
	if visitorOf(ctx).Scope.Drafts {
		list = s.editions.Editions
	}
	editions, err := list(ctx)
	if err != nil {
		return nil, err
	}
	return &editionListAnswer{editionsOf(editions)}, nil
}

func (s *Server) getEdition(ctx context.Context, in *editionPath) (*editionAnswer, error) {
	e, err := s.seenEdition(ctx, in.ID)
	return showEdition(e, err)
}

// seenEdition is the edition, where the visitor may see it. A draft looks like one that is not there.
func (s *Server) seenEdition(ctx context.Context, id int64) (geo.Edition, error) {
	e, err := s.editions.Edition(ctx, id)
	if err == nil && e.From.IsZero() && !visitorOf(ctx).Scope.Drafts {
		return geo.Edition{}, geo.ErrNotFound
	}
	return e, err
}

func showEdition(e geo.Edition, err error) (*editionAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &editionAnswer{editionOf(e)}, nil
}

type newEdition struct{ Body startBody }

// startBody says what a draft begins with.
type startBody struct {
	Net   string    `json:"net" enum:"community,road" example:"community"`
	From  startFrom `json:"from" required:"false" doc:"An edition's number whose grids it begins with; or the moment or day from which it shall be in force, with the grids in force then. Without it, the newest published edition."`
	Title string    `json:"title" required:"false" maxLength:"200" example:"2027 年调整" doc:"One that names the day where it is left out."`
}

// startFrom is an edition's number, a moment or a day.
type startFrom struct{ text string }

// UnmarshalJSON takes a number or a string.
func (f *startFrom) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &f.text) == nil { // A string, or null.
		return nil
	}
	var id int64
	if err := json.Unmarshal(data, &id); err != nil {
		return geo.Invalid("from", "must be the number of an edition, a moment or a day")
	}
	f.text = strconv.FormatInt(id, 10)
	return nil
}

// Schema says what UnmarshalJSON takes.
func (startFrom) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		AnyOf:    []*huma.Schema{{Type: huma.TypeInteger}, {Type: huma.TypeString}, {Type: "null"}},
		Examples: []any{3, "2026-12-01", "2026-12-01T00:00:00+08:00"},
	}
}

// start reads what f says, in the district's time.
func (f startFrom) start(zone *time.Location) (base int64, at time.Time, err error) {
	if f.text == "" {
		return 0, time.Time{}, nil
	}
	if base, err = strconv.ParseInt(f.text, 10, 64); err == nil {
		return base, time.Time{}, nil
	}
	at, err = readMoment("from", f.text, zone)
	return 0, at, err
}

// readMoment reads a moment, or a day: that is its first moment in the district's time.
func readMoment(field, text string, zone *time.Location) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return time.Time{}, geo.Invalid(field, "must be a moment like 2026-12-01T00:00:00+08:00 or a day like 2026-12-01")
	}
	return at, nil
}

// beginEdition makes a draft.
func (s *Server) beginEdition(ctx context.Context, in *newEdition) (*editionAnswer, error) {
	zone, err := time.LoadLocation(s.district.Timezone)
	if err != nil {
		return nil, err
	}
	base, planned, err := in.Body.From.start(zone)
	if err != nil {
		return nil, err
	}
	e, err := s.editions.Begin(ctx, geo.DraftStart{
		Net: geo.Net(in.Body.Net), Title: in.Body.Title, Base: base, Planned: planned,
	}, actorOf(ctx))
	return showEdition(e, err)
}

func (s *Server) submitEdition(ctx context.Context, in *editionPath) (*editionAnswer, error) {
	e, err := s.editions.Submit(ctx, in.ID, actorOf(ctx))
	return showEdition(e, err)
}

type reviewedEdition struct {
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Body struct {
		Accept bool   `json:"accept" doc:"False gives it back to be changed."`
		Note   string `json:"note" required:"false" maxLength:"200" example:"边界与现场一致"`
	}
}

func (s *Server) reviewEdition(ctx context.Context, in *reviewedEdition) (*editionAnswer, error) {
	e, err := s.editions.Review(ctx, in.ID, in.Body.Accept, in.Body.Note, actorOf(ctx))
	return showEdition(e, err)
}

type publishedEdition struct {
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Body *struct {
		From *string `json:"from" required:"false" example:"2026-12-01" doc:"A moment, or a day in the district's time; today is now. Left out, when it was planned for, or now."`
	}
}

// publishEdition puts a reviewed edition into force from a moment on.
func (s *Server) publishEdition(ctx context.Context, in *publishedEdition) (*editionAnswer, error) {
	var from time.Time
	if in.Body != nil && in.Body.From != nil && *in.Body.From != "" {
		var err error
		if from, err = s.publication(*in.Body.From, time.Now()); err != nil {
			return nil, err
		}
	}
	e, err := s.editions.Publish(ctx, in.ID, from, actorOf(ctx))
	return showEdition(e, err)
}

// publication reads from when an edition shall be in force. Of today no more than the rest is left.
func (s *Server) publication(text string, now time.Time) (time.Time, error) {
	zone, err := time.LoadLocation(s.district.Timezone)
	if err != nil {
		return time.Time{}, err
	}
	if text == now.In(zone).Format(time.DateOnly) {
		return now, nil
	}
	return readMoment("from", text, zone)
}

func (s *Server) rollbackEdition(ctx context.Context, in *editionPath) (*editionAnswer, error) {
	e, err := s.editions.Rollback(ctx, in.ID, actorOf(ctx))
	return showEdition(e, err)
}

func (s *Server) discardEdition(ctx context.Context, in *editionPath) (*editionAnswer, error) {
	e, err := s.editions.Discard(ctx, in.ID, actorOf(ctx))
	return showEdition(e, err)
}

func (s *Server) withdrawEdition(ctx context.Context, in *editionPath) (*editionAnswer, error) {
	e, err := s.editions.PullBack(ctx, in.ID, actorOf(ctx))
	return showEdition(e, err)
}

type rebasedEdition struct {
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Body *struct {
		LeaveOut []int64 `json:"leave_out" required:"false" nullable:"false" maxItems:"10000" example:"[3]" doc:"Commands to do without, by their seq in the draft's log."`
	}
}

// rebaseEdition puts a draft that was overtaken onto the edition that was published since.
func (s *Server) rebaseEdition(ctx context.Context, in *rebasedEdition) (*editionAnswer, error) {
	var leaveOut []int64
	if in.Body != nil {
		leaveOut = in.Body.LeaveOut
	}
	e, err := s.editions.Rebase(ctx, in.ID, leaveOut, actorOf(ctx))
	return showEdition(e, err)
}

type editionLogAnswer struct{ Body editionLogView }

func (s *Server) editionLog(ctx context.Context, in *editionPath) (*editionLogAnswer, error) {
	entries, err := s.editions.Log(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &editionLogAnswer{editionLogOf(entries)}, nil
}
