package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"gridwatch/alerts"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// cookieName is the session's cookie.
const cookieName = "gridwatch_session"

// roles says who may use a door; nil is anyone, also without a session.
type roles []alerts.Role

var (
	anyone    roles
	signedIn  = roles(alerts.Roles)
	witnesses = roles{alerts.Operator, alerts.Officer, alerts.PropertyManager, alerts.Administrator} // Who may see pictures and act on alerts.

	judges         = roles{alerts.Operator, alerts.Administrator} // Who may say whether an alert was right.
	administrators = roles{alerts.Administrator}
	planners       = roles{alerts.Planner, alerts.Administrator} // Who may make editions, and draw fences, permits and places.
	cityWide       = roles{alerts.Operator, alerts.Planner, alerts.Administrator}
)

// visitor is who makes a request. Person and scope are looked up once per request, and every door asks this scope.
type visitor struct {
	alerts.Person
	Scope alerts.Scope
	token string
}

type visitorKey struct{}

// visitorOf returns who admit let in. Only doors with roles may ask.
func visitorOf(ctx context.Context) visitor {
	v, ok := ctx.Value(visitorKey{}).(visitor)
	if !ok {
		panic("web: a door without roles asked for its visitor")
	}
	return v
}

// admit lets a request through a door: it finds the session's person, their role and their scope.
func (s *Server) admit(r *http.Request, may roles) (context.Context, error) {
	if may == nil {
		return r.Context(), nil
	}
	v, err := s.visitor(r)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(may, v.Role) {
		return nil, errForbidden
	}
	return context.WithValue(r.Context(), visitorKey{}, v), nil
}

func (s *Server) visitor(r *http.Request) (visitor, error) {
	person, token, err := s.person(r)
	if err != nil {
		return visitor{}, err
	}
	scope, err := s.roster.ScopeOf(r.Context(), person.ID, person.Role)
	if err != nil {
		return visitor{}, err
	}
	return visitor{Person: person, Scope: scope, token: token}, nil
}

func (s *Server) person(r *http.Request) (alerts.Person, string, error) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return alerts.Person{}, "", alerts.ErrSignedOut
	}
	person, err := s.people.Session(r.Context(), cookie.Value)
	return person, cookie.Value, err
}

// gate is admit in front of a huma operation.
func (s *Server) gate(may roles) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(hc)
		ctx, err := s.admit(r, may)
		if err != nil {
			writeProblem(w, s.fail(r.Context(), err))
			return
		}
		next(huma.WithContext(hc, ctx))
	}
}

// sameOrigin reports whether a socket's handshake may come from this origin. Every browser sends Origin with it, so one
// without is no browser: it has no cookie but its own, and nobody else's page can make it call.
func (s *Server) sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return r.Header.Get("Sec-Fetch-Site") == ""
	}
	if slices.Contains(s.origins, origin) {
		return true
	}
	_, host, ok := strings.Cut(origin, "://")
	return ok && strings.EqualFold(host, r.Host)
}

// secure reports whether the browser talks TLS, here or to the proxy in front.
func (s *Server) secure(r *http.Request) bool {
	return s.secureCookie || r.TLS != nil || s.behindProxy && r.Header.Get("X-Forwarded-Proto") == "https"
}

// clientAddr is the caller's address. Behind a proxy it is the last that X-Forwarded-For names, which the proxy itself
// wrote; the ones before are the caller's word.
func (s *Server) clientAddr(r *http.Request) netip.Addr {
	if s.behindProxy {
		forwarded := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
		last := forwarded[strings.LastIndexByte(forwarded, ',')+1:]
		if addr, err := netip.ParseAddr(strings.TrimSpace(last)); err == nil {
			return addr
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, _ := netip.ParseAddr(host)
	return addr
}

// sessionCookie gives the session's token to the browser, or takes it back when it is empty.
func (s *Server) sessionCookie(r *http.Request, token string) *http.Cookie {
	cookie := &http.Cookie{
		Name: cookieName, Value: token, Path: "/",
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.secure(r),
		MaxAge: int(alerts.SessionLife.Seconds()),
	}
	if token == "" {
		cookie.MaxAge = -1
	}
	return cookie
}
