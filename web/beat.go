package web

import (
	"context"
	"fmt"
	"slices"

	"gridwatch/alerts"
	"gridwatch/geo"
)

type beatListAnswer struct{ Body beatListView }

type beatListView struct {
	Items    []teamView   `json:"items" nullable:"false"`
	Officers []personView `json:"officers" nullable:"false" doc:"Who can be a member."`
	Next     *string      `json:"next" doc:"Always null: beats fit on one page."`
}

// teamView is a beat with who answers for it.
type teamView struct {
	beatView
	Colour  int          `json:"colour" minimum:"0" maximum:"8" doc:"The colour it is told by on the map; 0 while nobody chose one."`
	Members []personView `json:"members" nullable:"false" doc:"The first answers first."`
}

// listBeats lists the beats, and who can be in them.
func (s *Server) listBeats(ctx context.Context, _ *struct{}) (*beatListAnswer, error) {
	teams, err := s.roster.Teams(ctx)
	if err != nil {
		return nil, err
	}
	colours, err := s.roster.Colours(ctx)
	if err != nil {
		return nil, err
	}
	officers, err := s.roster.Officers(ctx)
	if err != nil {
		return nil, err
	}
	list := beatListView{Items: []teamView{}, Officers: []personView{}}
	for _, team := range teams {
		list.Items = append(list.Items, teamOf(team, colours[team.ID]))
	}
	for _, officer := range officers {
		list.Officers = append(list.Officers, personView{ID: officer.ID, Name: officer.Name})
	}
	return &beatListAnswer{list}, nil
}

func teamOf(team alerts.Team, colour int) teamView {
	view := teamView{beatView: beatOf(team), Colour: colour, Members: []personView{}}
	for _, member := range team.Members {
		view.Members = append(view.Members, personView(member))
	}
	return view
}

type changedBeat struct {
	ID   string `path:"id" maxLength:"200"`
	Body beatBody
}

type beatBody struct {
	Name     string        `json:"name" minLength:"1" maxLength:"200"`
	Colour   int           `json:"colour,omitempty" minimum:"0" maximum:"8"`
	Grids    []beatGridKey `json:"grids" maxItems:"100000" nullable:"false"`
	Members  []int64       `json:"members" maxItems:"1000" nullable:"false" doc:"People; the first answers first."`
	TakeOver bool          `json:"take_over,omitempty" doc:"Grids that belong to other beats leave those."`
}

type beatGridKey struct {
	Net  string `json:"net" enum:"community,road"`
	Code string `json:"code" pattern:"^[0-9]{15}$"`
}

type beatAnswer struct{ Body teamView }

// putBeat stores a beat. It is in force at once: who answers is no matter of editions.
func (s *Server) putBeat(ctx context.Context, in *changedBeat) (*beatAnswer, error) {
	change := alerts.BeatChange{Colour: in.Body.Colour, TakeOver: in.Body.TakeOver, Beat: alerts.Beat{ID: in.ID, Name: in.Body.Name}}
	for _, g := range in.Body.Grids {
		change.Grids = append(change.Grids, alerts.GridKey{Net: geo.Net(g.Net), Code: g.Code})
	}
	officers, err := s.roster.Officers(ctx)
	if err != nil {
		return nil, err
	}
	for i, id := range in.Body.Members {
		at := slices.IndexFunc(officers, func(p alerts.Person) bool { return p.ID == id })
		if at < 0 {
			return nil, geo.Invalid(fmt.Sprintf("body.members[%d]", i), "is no officer")
		}
		change.Members = append(change.Members, officers[at].Username)
	}
	if err := s.roster.ChangeBeat(ctx, change); err != nil {
		return nil, err
	}
	teams, err := s.roster.Teams(ctx)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(teams, func(t alerts.Team) bool { return t.ID == in.ID })
	if at < 0 {
		return nil, geo.ErrNotFound // Somebody took it away meanwhile.
	}
	return &beatAnswer{teamOf(teams[at], in.Body.Colour)}, nil
}

type beatPath struct {
	ID string `path:"id" maxLength:"200"`
}

func (s *Server) deleteBeat(ctx context.Context, in *beatPath) (*nothing, error) {
	return &nothing{}, s.roster.DeleteBeat(ctx, in.ID)
}

// takenFaults names each grid that belongs to another beat, and that beat.
func takenFaults(taken *alerts.GridsTakenError) []Fault {
	var faults []Fault
	for _, g := range taken.Grids {
		faults = append(faults, Fault{fmt.Sprintf("body.grids[%d]", g.Place), "belongs to " + g.Beat})
	}
	return faults
}
