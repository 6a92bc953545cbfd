package web

import (
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/prometheus/client_golang/prometheus"
)

// bareServer has no rooms behind it: enough for what never reaches them.
func bareServer(t *testing.T, change func(*Config)) (*Server, *lines) {
	t.Helper()
	log := &lines{}
	c := Config{
		Pages: fstest.MapFS{}, Metrics: prometheus.NewRegistry(), Version: "test",
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

func ask(s *Server, method, path string, headers ...string) reply {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return reply{status: w.Code, header: w.Header(), body: w.Body.Bytes(), cookies: w.Result().Cookies()}
}

func TestGuard_HeadersOnEveryAnswer(t *testing.T) {
	s, _ := bareServer(t, nil)
	for _, path := range []string{"/login/", "/healthz", "/api/openapi.json", "/nothing", "/api/me"} {
		h := ask(s, "GET", path).header
		policy := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'self'", "img-src 'self' data: blob:", "style-src 'self' 'unsafe-inline'",
			"worker-src 'self' blob:", "connect-src 'self'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: policy %q lacks %s", path, policy, part)
			}
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" || len(h.Get("X-Request-Id")) != 16 {
			t.Errorf("%s: headers %v", path, h)
		}
		if h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: strict transport over plain HTTP", path)
		}
	}
	s, _ = bareServer(t, func(c *Config) { c.SecureCookies = true })
	if ask(s, "GET", "/healthz").header.Get("Strict-Transport-Security") == "" {
		t.Error("no strict transport although people come over HTTPS only")
	}
}

func TestGuard_WhatIsNotThereIsAProblem(t *testing.T) {
	s, _ := bareServer(t, nil)
	wantProblem(t, ask(s, "GET", "/api/nothing"), http.StatusNotFound)
	wantProblem(t, ask(s, "GET", "/.git/config"), http.StatusNotFound)
	wantProblem(t, ask(s, "GET", "/assets/"), http.StatusNotFound)
	if got := ask(s, "GET", "/assets/../nothing"); got.status != http.StatusTemporaryRedirect || got.header.Get("Location") != "/nothing" {
		t.Errorf("a path with dots: %d to %q", got.status, got.header.Get("Location"))
	}
	refused := ask(s, "PUT", "/api/session")
	wantProblem(t, refused, http.StatusMethodNotAllowed)
	if allow := refused.header.Get("Allow"); !strings.Contains(allow, "POST") || !strings.Contains(allow, "DELETE") {
		t.Errorf("Allow is %q", allow)
	}
}

func TestGuard_StopsOtherSites(t *testing.T) {
	s, _ := bareServer(t, func(c *Config) { c.Origins = []string{"https://city.example"} })
	for _, from := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Sec-Fetch-Site", "cross-site", "Origin", "http://example.com"},
	} {
		for _, door := range []string{"POST /api/session", "DELETE /api/session", "POST /api/alerts/1/acknowledge", "POST /api/alerts/1/handle"} {
			method, path, _ := strings.Cut(door, " ")
			p := wantProblem(t, ask(s, method, path, from...), http.StatusForbidden)
			if !strings.Contains(p.Detail, "another site") {
				t.Errorf("%s from %v: %q", door, from, p.Detail)
			}
		}
	}
	// What is let through meets the next check: there is no body, no session.
	for _, from := range [][]string{
		{},
		{"Origin", "http://example.com"}, // The host that httptest asks.
		{"Sec-Fetch-Site", "same-origin"},
		{"Origin", "https://city.example"},
	} {
		wantProblem(t, ask(s, "POST", "/api/alerts/1/acknowledge", from...), http.StatusUnauthorized)
	}
}

func TestGuard_APanicIsAProblemAndALine(t *testing.T) {
	s, log := bareServer(t, nil)
	s.mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("secret of the house") })
	s.mux.HandleFunc("GET /half", func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte("half"))
		panic("in the middle")
	})
	answer := ask(s, "GET", "/panic")
	wantProblem(t, answer, http.StatusInternalServerError)
	if strings.Contains(string(answer.body), "secret") {
		t.Errorf("answer %s", answer.body)
	}
	id := answer.header.Get("X-Request-Id")
	if text := log.String(); !strings.Contains(text, "secret of the house") || !strings.Contains(text, id) {
		t.Errorf("log %s", text)
	}
	front := httptest.NewServer(s.Handler())
	defer front.Close()
	got, err := http.Get(front.URL + "/half")
	if err == nil {
		_, err = io.ReadAll(got.Body)
		got.Body.Close()
	}
	if err == nil {
		t.Error("half an answer looks like a whole one")
	}
}

func TestGuard_LogTellsNoSecrets(t *testing.T) {
	s, log := bareServer(t, nil)
	ask(s, "GET", "/api/nothing?token=query-secret", "Cookie", cookieName+"=cookie-secret", "Authorization", "header-secret")
	if text := log.String(); strings.Contains(text, "secret") || !strings.Contains(text, "path=/api/nothing") {
		t.Errorf("log %s", text)
	}
}

func TestGuard_Compresses(t *testing.T) {
	s, _ := bareServer(t, nil)
	plain := ask(s, "GET", "/api/openapi.json")
	zipped := ask(s, "GET", "/api/openapi.json", "Accept-Encoding", "br, gzip;q=0.8")
	if zipped.header.Get("Content-Encoding") != "gzip" || !strings.Contains(zipped.header.Get("Vary"), "Accept-Encoding") {
		t.Fatalf("headers %v", zipped.header)
	}
	unzip, err := gzip.NewReader(strings.NewReader(string(zipped.body)))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(unzip)
	if err != nil || string(data) != string(plain.body) || len(zipped.body) >= len(plain.body) {
		t.Fatalf("%d bytes became %d (%v)", len(plain.body), len(zipped.body), err)
	}
	for _, headers := range [][]string{{}, {"Accept-Encoding", "gzip;q=0"}, {"Accept-Encoding", "br"},
		{"Accept-Encoding", "gzip", "Range", "bytes=0-9"}} {
		if got := ask(s, "GET", "/login/", headers...); got.header.Get("Content-Encoding") != "" {
			t.Errorf("%v is answered in %s", headers, got.header.Get("Content-Encoding"))
		}
	}
	// A problem that replaces an answer is whole as well.
	missing := ask(s, "GET", "/api/nothing", "Accept-Encoding", "gzip")
	if missing.status != http.StatusNotFound || missing.header.Get("Content-Type") != problemType {
		t.Errorf("%d %v", missing.status, missing.header)
	}
}

func TestGuard_ClientAddress(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "192.0.2.1:5555"
	r.Header["X-Forwarded-For"] = []string{"10.9.9.9, 198.51.100.2", "203.0.113.3"}
	direct, _ := bareServer(t, nil)
	if got := direct.clientAddr(r).String(); got != "192.0.2.1" {
		t.Errorf("without a proxy the caller's own header counts: %s", got)
	}
	behind, _ := bareServer(t, func(c *Config) { c.BehindProxy = true })
	if got := behind.clientAddr(r).String(); got != "203.0.113.3" {
		t.Errorf("behind a proxy it is %s", got)
	}
	r.Header["X-Forwarded-For"] = []string{"rubbish"}
	if got := behind.clientAddr(r).String(); got != "192.0.2.1" {
		t.Errorf("with a rubbish header it is %s", got)
	}
}

func newRequest(method, path string) *http.Request {
	return httptest.NewRequest(strings.ToUpper(method), path, nil)
}
