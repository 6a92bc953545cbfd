package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
)

const rosterText = "One line a unit, post, shift, exception or leave; the first line names the columns kind, id, name, unit_kind, " +
	"unit, beat, post, shift, person, hours, first_day, last_day, substitute, reason. People are usernames. Hours are as " +
	"`12345 08:00-18:00; 67 22:00-06:00`, with 1 for Monday; empty is always."

const rosterExample = `kind,id,name,unit_kind,unit,beat,post,shift,person,hours,first_day,last_day,substitute,reason
unit,squad-1,闻韶一中队,squad,,,,,wang,,,,,
post,day-1,一队白班,,squad-1,beat-07,,,,08:00-18:00,,,,
shift,day-1-li,,,,,day-1,,li,12345 08:00-18:00,2026-11-01,,,
exception,,,,,,,day-1-li,,,2026-11-16,,zhao,换班
leave,,,,,,,,li,,2026-12-01,2026-12-05,zhao,年假
`

type dutyQuery struct {
	At time.Time `query:"at" example:"2026-11-22T23:30:00+08:00" doc:"The moment; now where it is left out."`
}

type dutyAnswer struct{ Body dutyListView }

type dutyListView struct {
	At    time.Time   `json:"at"`
	Items []dutyView  `json:"items" nullable:"false" doc:"Who holds which post."`
	Holes []holeView  `json:"holes" nullable:"false" doc:"Posts that should be held then and are not."`
	Beats []namedView `json:"beats" nullable:"false" doc:"Beats without any post: all their members are always told."`
}

type postView struct {
	ID   string     `json:"id" example:"day-1"`
	Name string     `json:"name" example:"一队白班"`
	Unit namedView  `json:"unit"`
	Beat *namedView `json:"beat" doc:"Null where the post is of the whole unit."`
}

// TransformSchema says which objects may be null.
func (postView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "beat")
}

type dutyView struct {
	Post      postView   `json:"post"`
	Person    personView `json:"person"`
	Role      string     `json:"role" enum:"operator,officer,property_manager,planner,administrator"`
	Shift     string     `json:"shift" example:"day-1-wang"`
	InsteadOf string     `json:"instead_of" doc:"The username whose shift it is, where a substitute holds it."`
	From      time.Time  `json:"from"`
	Until     time.Time  `json:"until"`
}

type holeView struct {
	Post  postView  `json:"post"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// holesAhead is how far a hole is followed from a moment on, so that people see when it ends.
const holesAhead = 24 * time.Hour

// duty says who is on duty at a moment.
func (s *Server) duty(ctx context.Context, q *dutyQuery) (*dutyAnswer, error) {
	at := orNow(q.At)
	if err := validDay("query.at", at); err != nil {
		return nil, err
	}
	sheet, err := s.roster.DutySheet(ctx, at, at.Add(holesAhead))
	if err != nil {
		return nil, err
	}
	shown, err := s.dutyShown(ctx)
	if err != nil {
		return nil, err
	}
	view := dutyListView{At: at.UTC(), Items: []dutyView{}, Holes: []holeView{}, Beats: []namedView{}}
	posts := postsOf(sheet.DutyRoster, shown)
	for _, d := range sheet.Duties {
		post, seen := posts[d.Post]
		if !seen || d.From.After(at) || !d.Until.After(at) {
			continue
		}
		who := sheet.People[d.Person]
		view.Items = append(view.Items, dutyView{Post: post, Person: personView(who.Person), Role: string(who.Role),
			Shift: d.Shift, InsteadOf: d.InsteadOf, From: d.From.UTC(), Until: d.Until.UTC()})
	}
	for _, h := range sheet.Holes {
		if post, seen := posts[h.Post]; seen && !h.From.After(at) {
			view.Holes = append(view.Holes, holeView{Post: post, From: h.From.UTC(), Until: h.Until.UTC()})
		}
	}
	for _, team := range shown {
		if !slices.ContainsFunc(sheet.Posts, func(p alerts.Post) bool { return p.Beat == team.ID }) {
			view.Beats = append(view.Beats, namedView{ID: team.ID, Name: team.Name})
		}
	}
	return &dutyAnswer{view}, nil
}

// dutyShown are the beats whose duty the visitor may see.
func (s *Server) dutyShown(ctx context.Context) ([]alerts.Team, error) {
	if who := visitorOf(ctx); !who.Scope.City {
		return s.roster.TeamsOf(ctx, who.ID)
	}
	return s.roster.Teams(ctx)
}

// postsOf are the posts of the roster that lie in the beats, by id; those of no beat with them.
func postsOf(roster alerts.DutyRoster, beats []alerts.Team) map[string]postView {
	posts := map[string]postView{}
	for _, p := range roster.Posts {
		view := postView{ID: p.ID, Name: p.Name, Unit: namedView{ID: p.Unit}}
		for _, u := range roster.Units {
			if u.ID == p.Unit {
				view.Unit.Name = u.Name
			}
		}
		for _, beat := range beats {
			if beat.ID == p.Beat {
				view.Beat = &namedView{ID: beat.ID, Name: beat.Name}
			}
		}
		if p.Beat == "" || view.Beat != nil {
			posts[p.ID] = view
		}
	}
	return posts
}

type holesQuery struct {
	From  time.Time `query:"from" doc:"Now where it is left out."`
	Until time.Time `query:"to" doc:"Within 92 days of from; a week later where it is left out."`
}

type holesAnswer struct {
	Body struct {
		Items []holeView `json:"items" nullable:"false"`
		Next  *string    `json:"next" doc:"Always null: they fit on one page."`
	}
}

// longestLook is how far ahead holes are looked for.
const longestLook = 92 * 24 * time.Hour

// dutyHoles says where nobody is on duty who should be.
func (s *Server) dutyHoles(ctx context.Context, q *holesQuery) (*holesAnswer, error) {
	from := orNow(q.From)
	until := q.Until
	if until.IsZero() {
		until = from.AddDate(0, 0, 7)
	}
	if err := validDay("query.from", from); err != nil {
		return nil, err
	}
	if !until.After(from) || until.Sub(from) > longestLook {
		return nil, geo.Invalid("query.to", "must be after from, by %d days at most", int(longestLook.Hours()/24))
	}
	sheet, err := s.roster.DutySheet(ctx, from, until)
	if err != nil {
		return nil, err
	}
	teams, err := s.roster.Teams(ctx)
	if err != nil {
		return nil, err
	}
	answer := &holesAnswer{}
	answer.Body.Items = []holeView{}
	posts := postsOf(sheet.DutyRoster, teams)
	for _, h := range sheet.Holes {
		answer.Body.Items = append(answer.Body.Items, holeView{Post: posts[h.Post], From: h.From.UTC(), Until: h.Until.UTC()})
	}
	return answer, nil
}

func validDay(field string, at time.Time) error {
	if at.Year() < 2000 || at.Year() >= 3000 {
		return geo.Invalid(field, "must lie between the years 2000 and 3000")
	}
	return nil
}

// exportRoster writes the roster as importRoster reads it.
func (s *Server) exportRoster(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	roster, err := s.roster.DutyRoster(ctx)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="roster.csv"`)
	return roster.WriteCSV(w)
}

// importRoster replaces the roster.
func (s *Server) importRoster(w http.ResponseWriter, r *http.Request) error {
	roster, err := alerts.ReadDutyRoster(http.MaxBytesReader(w, r.Body, alerts.MaxRosterBytes))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	if err := s.roster.PutDutyRoster(ctx, roster); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// rosterFaultsOf says what is wrong with a roster, line by line.
func rosterFaultsOf(faults alerts.RosterFaults) []Fault {
	list := make([]Fault, 0, len(faults))
	for _, f := range faults {
		list = append(list, Fault{fmt.Sprintf("line %d, %s", f.Line, f.Field), f.Rule})
	}
	return list
}
