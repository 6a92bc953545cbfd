package web

import (
	"context"

	"gridwatch/alerts"
	"gridwatch/geo"
)

type precedenceAnswer struct{ Body precedenceView }

type precedenceView struct {
	Items []precedenceRuleView `json:"items" nullable:"false"`
	Next  *string              `json:"next" doc:"Always null: they fit on one page."`
}

type precedenceRuleView struct {
	Matters []string     `json:"matters" nullable:"false" example:"[\"09*\"]" doc:"Codes or patterns of them."`
	Names   []matterView `json:"names" nullable:"false" doc:"The matters of the catalogue that they name."`
	Places  []string     `json:"places" nullable:"false" doc:"Classes of places; empty is everywhere."`
	Hours   geo.Hours    `json:"hours" doc:"Weekly windows in the city's time; without windows it is always."`
	Beats   []string     `json:"beats" nullable:"false" doc:"Of the net's grid at the place; empty is all."`
	Net     string       `json:"net" enum:"community,road"`
}

// precedence says which of the two nets answers for what, where.
func (s *Server) precedence(context.Context, *struct{}) (*precedenceAnswer, error) {
	view := precedenceView{Items: []precedenceRuleView{}}
	for _, rule := range s.dispatch.Precedence() {
		view.Items = append(view.Items, s.precedenceRuleOf(rule))
	}
	return &precedenceAnswer{view}, nil
}

func (s *Server) precedenceRuleOf(rule alerts.PrecedenceRule) precedenceRuleView {
	view := precedenceRuleView{
		Matters: rule.Matters, Names: []matterView{}, Places: append([]string{}, rule.Places...), Hours: rule.Hours,
		Beats: append([]string{}, rule.Beats...), Net: string(rule.Net),
	}
	for _, matter := range s.matters.All() {
		if rule.Names(matter.Code) {
			view.Names = append(view.Names, matterOf(s.matters, matter.Code))
		}
	}
	return view
}
