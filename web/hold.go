package web

import (
	"context"
	"errors"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
)

type handoverIn struct {
	ID   int64 `path:"id" minimum:"1" example:"4211"`
	Body struct {
		Person int64  `json:"person,omitempty" minimum:"0" example:"8" doc:"Who shall take it; or else team."`
		Team   string `json:"team,omitempty" maxLength:"200" example:"beat-07" doc:"The beat whose people on duty are asked."`
		Reason string `json:"reason" minLength:"1" maxLength:"2000" example:"在对面社区一侧"`
	}
}

// transfer asks others to take an alert.
func (s *Server) transfer(ctx context.Context, in *handoverIn) (*alertAnswer, error) {
	who := visitorOf(ctx)
	to := alerts.Handover{Person: in.Body.Person, Beat: in.Body.Team, Reason: in.Body.Reason}
	if _, err := s.alerts.Transfer(ctx, in.ID, who.ID, who.Scope, to); err != nil {
		return nil, inBody(err)
	}
	return s.getAlert(ctx, &alertPath{ID: in.ID})
}

// isFalse takes the word of whoever looked: it was not there.
func (s *Server) isFalse(ctx context.Context, in *deed) (*alertAnswer, error) {
	return s.noted(ctx, in, func(ctx context.Context, id, person int64, scope alerts.Scope, note string) (alerts.Alert, error) {
		return s.alerts.Judge(ctx, id, person, scope, alerts.VerdictFalse, note)
	})
}

type mergeIn struct {
	ID   int64 `path:"id" minimum:"1" example:"4211"`
	Body struct {
		Into int64  `json:"into" minimum:"1" example:"4210" doc:"The alert that it is the same as."`
		Note string `json:"note,omitempty" maxLength:"2000" example:"同一辆车"`
	}
}

func (s *Server) merge(ctx context.Context, in *mergeIn) (*alertAnswer, error) {
	if err := validText("body.note", in.Body.Note); err != nil {
		return nil, err
	}
	who := visitorOf(ctx)
	if err := s.alerts.Merge(ctx, in.ID, who.ID, who.Scope, in.Body.Into, in.Body.Note); err != nil {
		return nil, inBody(err)
	}
	return s.getAlert(ctx, &alertPath{ID: in.ID})
}

func (s *Server) unmerge(ctx context.Context, in *deed) (*alertAnswer, error) {
	return s.noted(ctx, in, s.alerts.Unmerge)
}

type silenceIn struct {
	ID   int64 `path:"id" minimum:"1" example:"4211"`
	Body struct {
		Until  time.Time `json:"until" example:"2026-11-23T08:00:00+08:00" doc:"Within 31 days."`
		Reason string    `json:"reason" minLength:"1" maxLength:"2000" example:"道路施工，已报备"`
	}
}

func (s *Server) silence(ctx context.Context, in *silenceIn) (*alertAnswer, error) {
	who := visitorOf(ctx)
	if _, err := s.alerts.Silence(ctx, in.ID, who.ID, who.Scope, in.Body.Until, in.Body.Reason); err != nil {
		return nil, inBody(err)
	}
	return s.getAlert(ctx, &alertPath{ID: in.ID})
}

// inBody says of a rule that another room names by its field that the field is one of the body.
func inBody(err error) error {
	var invalid *geo.InvalidError
	if errors.As(err, &invalid) {
		return geo.Invalid("body."+invalid.Field, "%s", invalid.Rule)
	}
	return err
}
