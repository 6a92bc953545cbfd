package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"net/http"
	"sync"
	"time"

	"gridwatch/alerts"

	"golang.org/x/sync/singleflight"
)

const (
	// basicLife is how long a password that was found right is not looked at again.
	basicLife = 10 * time.Minute
	// basicLimit is how many of them are remembered.
	basicLimit = 1000
	// maxBasicBytes is the longest name or password that is looked at.
	maxBasicBytes = 256
	// basicChallenge asks a GIS program for a password.
	basicChallenge = `Basic realm="Gridwatch", charset="UTF-8"`
)

// basicSessions are the sessions of people whose programs show a password with every request, as GIS programs do. To look
// at a password takes some 40 ms and 19 MiB, so one that was right begins a session, and the next requests go by that. It
// ends with the person's other sessions when the password changes or the account ends. No password is kept, only its HMAC
// under a key that this process made up.
type basicSessions struct {
	key    [32]byte
	now    func() time.Time
	flight singleflight.Group // Many requests at once look at a password once.

	mu    sync.Mutex
	known map[credential]basicSession
}

type credential [sha256.Size]byte

type basicSession struct {
	token string
	until time.Time
}

func newBasicSessions() *basicSessions {
	b := &basicSessions{now: time.Now, known: map[credential]basicSession{}}
	rand.Read(b.key[:]) // Never fails.
	return b
}

func (b *basicSessions) credential(username, password string) (c credential) {
	mac := hmac.New(sha256.New, b.key[:])
	mac.Write([]byte(username + "\x00" + password))
	mac.Sum(c[:0])
	return c
}

// token returns the session of a credential; empty where there is none.
func (b *basicSessions) token(c credential) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if session, ok := b.known[c]; ok && b.now().Before(session.until) {
		return session.token
	}
	return ""
}

// keep remembers the session of a credential, and returns those that it takes the place of or that are over.
func (b *basicSessions) keep(c credential, token string) (over []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	var oldest credential
	for other, session := range b.known {
		if other == c || !now.Before(session.until) {
			over = append(over, session.token)
			delete(b.known, other)
		} else if kept, ok := b.known[oldest]; !ok || session.until.Before(kept.until) {
			oldest = other
		}
	}
	if len(b.known) >= basicLimit {
		over = append(over, b.known[oldest].token)
		delete(b.known, oldest)
	}
	b.known[c] = basicSession{token: token, until: now.Add(basicLife)}
	return over
}

// forget drops the session of a credential, if it still is this one.
func (b *basicSessions) forget(c credential, token string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known[c].token == token {
		delete(b.known, c)
	}
}

// ogcDoor opens a door under /ogc. It is like the plain doors, but a program may show a password by HTTP Basic.
func (s *Server) ogcDoor(pattern string, may roles, h func(http.ResponseWriter, *http.Request) error) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		r, err := s.withBasic(r, may)
		if err == nil {
			var ctx context.Context
			if ctx, err = s.admit(r, may); err == nil {
				err = h(w, r.WithContext(ctx))
			}
		}
		if err == nil {
			return
		}
		p := s.fail(r.Context(), err)
		if p.Status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", basicChallenge)
		}
		writeProblem(w, p)
	})
}

// withBasic is r with the session of the password that it shows, if it shows one.
func (s *Server) withBasic(r *http.Request, may roles) (*http.Request, error) {
	username, password, shown := r.BasicAuth()
	if may == nil || !shown {
		return r, nil
	}
	if !s.ownRequest(r) {
		return r, errCrossOrigin // A browser adds a password that it knows to what any page makes it ask.
	}
	if len(username) > maxBasicBytes || len(password) > maxBasicBytes {
		return r, alerts.ErrBadLogin // Nobody has such a one.
	}
	token, err := s.basicToken(r, username, password)
	if err != nil {
		return r, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("Cookie", (&http.Cookie{Name: cookieName, Value: token}).String())
	return r, nil
}

// ownRequest reports whether no page of another site made a browser ask this.
func (s *Server) ownRequest(r *http.Request) bool {
	if r.Header.Get("Origin") != "" {
		return s.sameOrigin(r)
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "none" || site == "same-origin"
}

// basicToken is the session of a password: the one that it began before, or a new one.
func (s *Server) basicToken(r *http.Request, username, password string) (string, error) {
	c := s.basics.credential(username, password)
	if token := s.basics.token(c); token != "" {
		_, err := s.people.Session(r.Context(), token)
		if !errors.Is(err, alerts.ErrSignedOut) {
			return token, err
		}
		s.basics.forget(c, token)
	}
	token, err, _ := s.basics.flight.Do(string(c[:]), func() (any, error) {
		if token := s.basics.token(c); token != "" {
			return token, nil // Another request was just faster.
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), answerTime)
		defer cancel()
		token, err := s.logIn(ctx, s.clientAddr(r), username, password)
		if err != nil {
			return "", err
		}
		for _, over := range s.basics.keep(c, token) {
			if err := s.people.Logout(ctx, over); err != nil {
				return "", err
			}
		}
		return token, nil
	})
	return token.(string), err
}
