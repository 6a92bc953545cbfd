package web

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

func TestSignIn_SetsACookieThatScriptsCannotRead(t *testing.T) {
	w := newWorld(t)
	answer := w.nobody().post("/api/session", map[string]string{"username": "operator", "password": worldPassword})
	if answer.status != http.StatusNoContent || len(answer.body) != 0 || len(answer.cookies) != 1 {
		t.Fatalf("%d %q %v", answer.status, answer.body, answer.cookies)
	}
	cookie := answer.cookies[0]
	if cookie.Name != "gridwatch_session" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode ||
		cookie.Path != "/" || cookie.Domain != "" || cookie.Secure {
		t.Fatalf("cookie %+v", cookie)
	}
	w.server.secureCookie = true
	answer = w.nobody().post("/api/session", map[string]string{"username": "operator", "password": worldPassword})
	if len(answer.cookies) != 1 || !answer.cookies[0].Secure {
		t.Fatalf("cookie over HTTPS %+v", answer.cookies)
	}
}

func TestSignIn_RefusesBodies(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		name, kind, body string
		status           int
		location         string
	}{
		{"no body", "application/json", "", 400, ""},
		{"no JSON", "application/json", "username=operator", 400, "body"},
		{"form", "application/x-www-form-urlencoded", "username=operator&password=x", 415, ""},
		{"text that is JSON", "text/plain", `{"username":"operator","password":"correct horse"}`, 415, ""},
		{"unknown field", "application/json", `{"username":"operator","password":"correct horse","admin":true}`, 422, "body.admin"},
		{"no password", "application/json", `{"username":"operator"}`, 422, "body"},
		{"number", "application/json", `{"username":7,"password":"correct horse"}`, 422, "body.username"},
		{"null", "application/json", `null`, 422, "body"},
		{"list", "application/json", `[]`, 422, "body"},
		{"long username", "application/json", `{"username":"` + strings.Repeat("a", 65) + `","password":"x"}`, 422, "body.username"},
		{"70 KB", "application/json", `{"username":"` + strings.Repeat("a", 70<<10) + `"}`, 413, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := w.nobody().do("POST", "/api/session", bytes.NewReader([]byte(test.body)), "Content-Type", test.kind)
			p := wantProblem(t, answer, test.status)
			if test.location == "" {
				return
			}
			if len(p.Errors) == 0 || p.Errors[0].Location != test.location {
				t.Errorf("errors %+v; want one at %s", p.Errors, test.location)
			}
			if strings.Contains(string(answer.body), "correct horse") {
				t.Errorf("answer repeats the password: %s", answer.body)
			}
		})
	}
}

func TestSignIn_SaysNotWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	wrong := w.nobody().post("/api/session", map[string]string{"username": "operator", "password": "incorrect horse"})
	unknown := w.nobody().post("/api/session", map[string]string{"username": "nobody", "password": "incorrect horse"})
	wantProblem(t, wrong, http.StatusUnauthorized)
	wantProblem(t, unknown, http.StatusUnauthorized)
	if !bytes.Equal(wrong.body, unknown.body) || len(wrong.cookies)+len(unknown.cookies) != 0 {
		t.Errorf("wrong password: %s, unknown person: %s", wrong.body, unknown.body)
	}
	odd := w.nobody().post("/api/session", map[string]string{"username": "a\x00b", "password": "incorrect horse"})
	wantProblem(t, odd, http.StatusUnauthorized)
}

func TestSignIn_SlowsDownWhoGuesses(t *testing.T) {
	w := newWorld(t)
	try := func(username, password string) reply {
		return w.nobody().post("/api/session", map[string]string{"username": username, "password": password})
	}
	for range 3 { // Who knows the password is not slowed down by it.
		if got := try("operator", worldPassword); got.status != http.StatusNoContent {
			t.Fatalf("login: %d", got.status)
		}
	}
	for range 5 {
		wantProblem(t, try("operator", "guess"), http.StatusUnauthorized)
	}
	stopped := try("operator", "guess")
	wantProblem(t, stopped, http.StatusTooManyRequests)
	if after := stopped.header.Get("Retry-After"); after == "" || after == "0" {
		t.Errorf("Retry-After is %q", after)
	}
	// The right password does not get through either: otherwise the refusal would say which one it is.
	wantProblem(t, try("operator", worldPassword), http.StatusTooManyRequests)
	if got := try("west", worldPassword); got.status != http.StatusNoContent {
		t.Errorf("another person from the same place: %d", got.status)
	}
}

func TestSignOut_EndsTheSession(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	if got := c.get("/api/me"); got.status != http.StatusOK {
		t.Fatalf("before: %d", got.status)
	}
	answer := c.do("DELETE", "/api/session", nil)
	if answer.status != http.StatusNoContent || len(answer.cookies) != 1 || answer.cookies[0].MaxAge >= 0 {
		t.Fatalf("%d %v", answer.status, answer.cookies)
	}
	wantProblem(t, c.get("/api/me"), http.StatusUnauthorized)
	wantProblem(t, w.nobody().get("/api/me", "Cookie", c.cookie), http.StatusUnauthorized) // The old cookie is worth nothing.
	if got := w.nobody().do("DELETE", "/api/session", nil); got.status != http.StatusNoContent {
		t.Errorf("sign out of nobody: %d", got.status)
	}
}

func TestMe(t *testing.T) {
	w := newWorld(t)
	me := read[meView](t, w.as("west").get("/api/me"))
	if me.Username != "west" || me.Role != "officer" || me.City || !me.Demo || me.District.Name != "临淄区" ||
		len(me.Beats) != 1 || len(me.Beats[0].Grids) != 1 || me.Beats[0].Grids[0] != (beatGridView{"community", westCode, "西社区"}) {
		t.Errorf("officer: %+v", me)
	}
	me = read[meView](t, w.as("operator").get("/api/me"))
	if me.Name != "值班员" || !me.City || me.Beats == nil || len(me.Beats) != 0 {
		t.Errorf("operator: %+v", me)
	}
}
