package web

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// cookieChange answers with the session's cookie, set or taken back.
type cookieChange struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// call is the HTTP request behind a JSON door, for the few that need it.
type call struct {
	request *http.Request
}

// Resolve takes the request from huma.
func (c *call) Resolve(ctx huma.Context) []error {
	c.request, _ = humago.Unwrap(ctx)
	return nil
}

type credentials struct {
	Username string `json:"username" minLength:"1" maxLength:"64" example:"operator"`
	Password string `json:"password" minLength:"1" maxLength:"256" example:"correct horse battery"`
	Device   string `json:"device,omitempty" maxLength:"64" example:"phone-3f9a" doc:"The client's name for its device, which it keeps: receipts are told by it."`
}

// signIn begins a session.
func (s *Server) signIn(ctx context.Context, in *struct {
	call
	Body credentials
}) (*cookieChange, error) {
	if err := validText("body.device", in.Body.Device); err != nil {
		return nil, err
	}
	token, err := s.logIn(ctx, s.clientAddr(in.request), in.Body.Username, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if err := s.people.NameDevice(ctx, token, in.Body.Device, deviceKind(in.request.UserAgent())); err != nil {
		return nil, err
	}
	return &cookieChange{*s.sessionCookie(in.request, token)}, nil
}

// deviceKinds are the words of a browser's name by which people know a device, the closer one first.
var deviceKinds = []string{"iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux"}

// deviceKind is what a device calls itself, in one word.
func deviceKind(userAgent string) string {
	for _, kind := range deviceKinds {
		if strings.Contains(userAgent, kind) {
			return kind
		}
	}
	return "device"
}

// logIn tries a password from an address. Attempts are counted before it is looked at, and the right one takes its own
// back.
func (s *Server) logIn(ctx context.Context, addr netip.Addr, username, password string) (token string, err error) {
	from := network(addr)
	byName := username + " " + from
	if wait := s.byNetwork.take(from); wait > 0 {
		return "", &throttledError{after: wait}
	}
	if wait := s.byName.take(byName); wait > 0 {
		s.byNetwork.giveBack(from) // Nothing was tried.
		return "", &throttledError{after: wait}
	}
	token, _, err = s.people.Login(ctx, username, password)
	if err != nil {
		if !errors.Is(err, alerts.ErrBadLogin) { // A fault of ours is no guess of theirs.
			s.byNetwork.giveBack(from)
			s.byName.giveBack(byName)
		}
		return "", err
	}
	s.byNetwork.giveBack(from)
	s.byName.clear(byName)
	return token, nil
}

// signOut ends the session of the cookie, and every socket that it opened.
func (s *Server) signOut(ctx context.Context, in *struct{ call }) (*cookieChange, error) {
	if cookie, err := in.request.Cookie(cookieName); err == nil {
		if err := s.people.Logout(ctx, cookie.Value); err != nil {
			return nil, err
		}
		s.sockets.closeSession(cookie.Value)
	}
	return &cookieChange{*s.sessionCookie(in.request, "")}, nil
}

type meView struct {
	ID       int64        `json:"id" example:"7"`
	Username string       `json:"username" example:"officer"`
	Name     string       `json:"name" example:"王队"`
	Role     alerts.Role  `json:"role" enum:"operator,officer,property_manager,planner,administrator"`
	Beats    []beatView   `json:"beats" nullable:"false" doc:"The beats that the person is a member of."`
	City     bool         `json:"city" doc:"The person sees the whole city, not only their beats."`
	District districtView `json:"district"`
	Demo     bool         `json:"demo" doc:"Some of the boundaries are demonstration geometry."`
}

type districtView struct {
	Code     string `json:"code" example:"370305"`
	Name     string `json:"name" example:"临淄区"`
	Timezone string `json:"timezone" example:"Asia/Shanghai" doc:"The city's clocks: screens say times by them."`
}

type beatView struct {
	ID    string         `json:"id" example:"beat-07"`
	Name  string         `json:"name" example:"闻韶一队"`
	Grids []beatGridView `json:"grids" nullable:"false"`
}

type beatGridView struct {
	Net  string `json:"net" enum:"community,road"`
	Code string `json:"code" example:"370305001007001"`
	Name string `json:"name" example:"辛东社区" doc:"Empty where no edition in force has the grid."`
}

type meAnswer struct{ Body meView }

func (s *Server) me(ctx context.Context, _ *struct{}) (*meAnswer, error) {
	who := visitorOf(ctx)
	teams, err := s.roster.TeamsOf(ctx, who.ID)
	if err != nil {
		return nil, err
	}
	editions, err := s.city.Editions(ctx)
	if err != nil {
		return nil, err
	}
	return &meAnswer{meOf(who, s.district, teams, editions)}, nil
}

func meOf(who visitor, district District, teams []alerts.Team, editions []geo.Edition) meView {
	view := meView{
		ID: who.ID, Username: who.Username, Name: who.Name, Role: who.Role, City: who.Scope.City,
		Beats: make([]beatView, 0, len(teams)), District: districtView(district),
	}
	for _, team := range teams {
		view.Beats = append(view.Beats, beatOf(team))
	}
	for _, e := range editions {
		view.Demo = view.Demo || e.Demo && e.Until.IsZero()
	}
	return view
}

func beatOf(team alerts.Team) beatView {
	view := beatView{ID: team.ID, Name: team.Name, Grids: make([]beatGridView, 0, len(team.Grids))}
	for _, g := range team.Grids {
		view.Grids = append(view.Grids, beatGridView{Net: string(g.Net), Code: g.Code, Name: g.Name})
	}
	return view
}
