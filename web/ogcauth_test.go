package web

import (
	"encoding/base64"
	"net/http"
	"sync"
	"testing"
	"time"
)

func basic(username, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))
}

// sessionsOf is how many sessions a person has, which says how often their password was looked at and found right.
func (w *world) sessionsOf(username string) (n int) {
	w.t.Helper()
	w.must(w.pool.QueryRow(w.t.Context(),
		`SELECT count(*) FROM sessions s JOIN people p ON p.id = s.person WHERE p.username = $1`, username).Scan(&n))
	return n
}

const ogcGrids = "/ogc/collections/grids/items"

func TestOGCBasic_LooksAtAPasswordOnceForManyRequests(t *testing.T) {
	w := newWorld(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if answer := w.nobody().get(ogcGrids, "Authorization", basic("west", worldPassword)); answer.status != http.StatusOK {
				t.Errorf("%d %s", answer.status, answer.body)
			}
		})
	}
	all.Wait()
	if n := w.sessionsOf("west"); n != 1 {
		t.Errorf("%d sessions", n)
	}
	page := read[collectionOf](t, w.nobody().get(ogcGrids, "Authorization", basic("west", worldPassword)))
	wantIDs(t, page.ids(), westID) // The scope is the person's.

	// After a while it is looked at again, and the session before ends.
	w.server.basics.now = func() time.Time { return time.Now().Add(basicLife) }
	if answer := w.nobody().get(ogcGrids, "Authorization", basic("west", worldPassword)); answer.status != http.StatusOK {
		t.Errorf("%d %s", answer.status, answer.body)
	}
	if n := w.sessionsOf("west"); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

func TestOGCBasic_ForgetsAPasswordThatChangedAndAPersonWhoLeft(t *testing.T) {
	w := newWorld(t)
	try := func(password string, want int) {
		t.Helper()
		answer := w.nobody().get(ogcGrids, "Authorization", basic("west", password))
		if answer.status != want {
			t.Errorf("%d %s; want %d", answer.status, answer.body, want)
		}
		if challenge := answer.header.Get("WWW-Authenticate"); (challenge == basicChallenge) != (want == http.StatusUnauthorized) {
			t.Errorf("%d asks for %q", answer.status, challenge)
		}
	}
	try(worldPassword, http.StatusOK)
	w.must(w.people.SetPassword(t.Context(), "west", "another horse"))
	try(worldPassword, http.StatusUnauthorized)
	try("another horse", http.StatusOK)
	w.must(w.people.Deactivate(t.Context(), "west"))
	try("another horse", http.StatusUnauthorized)
}

func TestOGCBasic_SlowsGuessingDownAsSigningInDoes(t *testing.T) {
	w := newWorld(t)
	guess := func(password string) reply {
		return w.nobody().get(ogcGrids, "Authorization", basic("east", password))
	}
	for range 5 {
		wantProblem(t, guess("a wrong one"), http.StatusUnauthorized)
	}
	slowed := guess("a wrong one")
	wantProblem(t, slowed, http.StatusTooManyRequests)
	if slowed.header.Get("Retry-After") == "" {
		t.Error("it does not say when to come back")
	}
	wantProblem(t, w.nobody().post("/api/session", map[string]string{"username": "east", "password": worldPassword}), http.StatusTooManyRequests)
	if answer := w.nobody().get(ogcGrids, "Authorization", basic("west", worldPassword)); answer.status != http.StatusOK {
		t.Errorf("another person: %d", answer.status)
	}
	for _, header := range []string{basic("", ""), basic("west", ""), basic(string(make([]byte, 300)), "x"), "Basic !", "Basic", "Bearer x"} {
		wantProblem(t, w.nobody().get(ogcGrids, "Authorization", header), http.StatusUnauthorized)
	}
}

func TestOGCBasic_IsOfOGCOnlyAndNotForOtherSites(t *testing.T) {
	w := newWorld(t)
	auth := basic("planner", worldPassword)
	for _, path := range []string{"/api/grids?net=road", "/api/me", "/tiles/community/10/848/399.mvt"} {
		wantProblem(t, w.nobody().get(path, "Authorization", auth), http.StatusUnauthorized)
	}
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://elsewhere.example"}, {"Origin", "null"},
	} {
		wantProblem(t, w.nobody().get(ogcGrids, append(headers, "Authorization", auth)...), http.StatusForbidden)
	}
	if n := w.sessionsOf("planner"); n != 0 {
		t.Errorf("another site made %d sessions begin", n)
	}
	for _, headers := range [][]string{
		{}, {"Sec-Fetch-Site", "none"}, {"Sec-Fetch-Site", "same-origin"}, {"Origin", w.url},
	} {
		if answer := w.nobody().get(ogcGrids, append(headers, "Authorization", auth)...); answer.status != http.StatusOK {
			t.Errorf("%v: %d %s", headers, answer.status, answer.body)
		} else if len(answer.cookies) > 0 {
			t.Errorf("a cookie was given out: %v", answer.cookies)
		}
	}
}

func TestBasicSessions_RememberOnlySoMany(t *testing.T) {
	b := newBasicSessions()
	now := time.Now()
	b.now = func() time.Time { now = now.Add(time.Millisecond); return now }
	first := b.credential("a", "0")
	b.keep(first, "first")
	for i := range basicLimit {
		over := b.keep(b.credential("b", string(rune('0'+i))), "later")
		if last := i == basicLimit-1; last != (len(over) == 1 && over[0] == "first") {
			t.Fatalf("after %d more, %q are over", i+1, over)
		}
	}
	if b.token(first) != "" || len(b.known) != basicLimit {
		t.Errorf("%d are known", len(b.known))
	}
	if b.credential("a", "b:c") == b.credential("a:b", "c") || b.credential("a", "0") != first {
		t.Error("credentials are told apart wrongly")
	}
}
