package web

import (
	"context"
	"time"

	"gridwatch/alerts"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

type routingIn struct {
	Body struct {
		Matter string    `json:"matter" pattern:"^[0-9]{5}$" example:"09012" doc:"A national code."`
		Lon    float64   `json:"lon" minimum:"-180" maximum:"180" example:"118.3061"`
		Lat    float64   `json:"lat" minimum:"-90" maximum:"90" example:"36.8212"`
		SigmaM float64   `json:"sigma_m,omitempty" minimum:"0" maximum:"1000" example:"1.5" doc:"How far the true place may lie away."`
		At     time.Time `json:"at,omitzero" example:"2026-11-22T23:30:00+08:00" doc:"Now where it is left out."`
	}
}

type routingAnswer struct{ Body routingView }

type routingView struct {
	Grid      *gridRefView        `json:"grid" doc:"The grid that answers; null where none owns the place: then the centre has it."`
	Grids     gridPairView        `json:"grids"`
	RuleIndex *int                `json:"rule_index" doc:"Which line of the precedence decided, from 0; null where none did."`
	Rule      *precedenceRuleView `json:"rule" doc:"That line; null where none decided: the community net answers before the road net."`
	Beat      *namedView          `json:"beat"`
	People    []toldView          `json:"people" nullable:"false" doc:"Who is told at once: those on duty; of roles in which nobody is, all members of the beat. The first answers first."`
	Near      []toldView          `json:"near" nullable:"false" doc:"Who is offered it over a border."`
	Ladder    []rungView          `json:"ladder" nullable:"false" doc:"Who is told when nobody takes it."`
}

// TransformSchema says which objects may be null.
func (routingView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "grid", "rule", "beat")
}

type toldView struct {
	Person personView `json:"person"`
	Role   string     `json:"role" enum:"operator,officer,property_manager,planner,administrator"`
	Beat   string     `json:"beat" example:"beat-07" doc:"Empty where the person is told for no beat."`
	Post   string     `json:"post" example:"day-1" doc:"That the person holds; empty where they are told as a member of the beat."`
}

type rungView struct {
	AfterS float64    `json:"after_s" example:"300" doc:"Without an answer."`
	To     string     `json:"to" enum:"partner,leader,centre"`
	People []toldView `json:"people" nullable:"false"`
}

// tryRouting says who would be told.
func (s *Server) tryRouting(ctx context.Context, in *routingIn) (*routingAnswer, error) {
	trial, err := s.routing.Try(ctx, in.Body.Matter, orb.Point{in.Body.Lon, in.Body.Lat}, in.Body.SigmaM, orNow(in.Body.At))
	if err != nil {
		return nil, inBody(err)
	}
	view := routingView{
		Grid: gridRefOf(trial.Grid), Grids: gridPairView{Community: gridRefOf(trial.Community), Road: gridRefOf(trial.Road)},
		People: toldOf(trial.People), Near: toldOf(trial.Near), Ladder: []rungView{},
	}
	if trial.Rule != alerts.NoRule {
		rule := s.precedenceRuleOf(s.dispatch.Precedence()[trial.Rule])
		view.RuleIndex, view.Rule = &trial.Rule, &rule
	}
	if trial.Beat != "" {
		teams, err := s.roster.Teams(ctx)
		if err != nil {
			return nil, err
		}
		for _, team := range teams {
			if team.ID == trial.Beat {
				view.Beat = &namedView{ID: team.ID, Name: team.Name}
			}
		}
	}
	for _, rung := range trial.Ladder {
		view.Ladder = append(view.Ladder, rungView{AfterS: rung.After.Seconds(), To: string(rung.To), People: toldOf(rung.People)})
	}
	return &routingAnswer{view}, nil
}

func toldOf(people []alerts.Told) []toldView {
	views := make([]toldView, 0, len(people))
	for _, p := range people {
		views = append(views, toldView{Person: personView(p.Person), Role: string(p.Role), Beat: p.Beat, Post: p.Post})
	}
	return views
}
