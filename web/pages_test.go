package web

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPages_SayWhenTheyAreNotBuilt(t *testing.T) {
	s, _ := bareServer(t, nil)
	got := ask(s, "GET", "/login/")
	if got.status != http.StatusOK || !strings.Contains(string(got.body), "<code>make</code>") {
		t.Fatalf("%d %s", got.status, got.body)
	}
}

func TestPages_AreServedAsBuilt(t *testing.T) {
	s, _ := bareServer(t, func(c *Config) {
		c.Pages = fstest.MapFS{
			".gitkeep":                {},
			"login/index.html":        {Data: []byte("<p>login")},
			"centre/index.html":       {Data: []byte("<p>centre")},
			"assets/map-1f2e.js":      {Data: []byte("export{}")},
			"assets/style-99.css":     {Data: []byte("p{}")},
			"mark.svg":                {Data: []byte("<svg/>")},
			"sw.js":                   {Data: []byte("self")},
			"manifest.webmanifest":    {Data: []byte("{}")},
			"assets/maplibre-csp.mjs": {Data: []byte("export{}")},
		}
	})
	tests := []struct{ path, kind, cache, body string }{
		{"/login/", "text/html; charset=utf-8", "no-cache", "<p>login"},
		{"/assets/map-1f2e.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "export{}"},
		{"/assets/maplibre-csp.mjs", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "export{}"},
		{"/assets/style-99.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable", "p{}"},
		{"/mark.svg", "image/svg+xml", "no-cache", "<svg/>"},
		{"/sw.js", "text/javascript; charset=utf-8", "no-cache", "self"},
		{"/manifest.webmanifest", "application/manifest+json", "no-cache", "{}"},
	}
	for _, test := range tests {
		got := ask(s, "GET", test.path)
		h := got.header
		if got.status != 200 || string(got.body) != test.body || h.Get("Content-Type") != test.kind || h.Get("Cache-Control") != test.cache {
			t.Errorf("%s: %d %s %q %q", test.path, got.status, got.body, h.Get("Content-Type"), h.Get("Cache-Control"))
		}
		if again := ask(s, "GET", test.path, "If-None-Match", h.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("%s again: %d", test.path, again.status)
		}
	}
	for _, path := range []string{"/.gitkeep", "/assets", "/assets/other.js", "/assets/../login/index.html/x", "/centre/other"} {
		if got := ask(s, "GET", path); got.status == http.StatusOK {
			t.Errorf("%s is served: %s", path, got.body)
		}
	}
}

func TestPages_AskWhoComes(t *testing.T) {
	w := newWorld(t)
	for path, to := range map[string]string{
		"/": "/login/", "/centre/": "/login/?next=%2Fcentre%2F", "/officer/": "/login/?next=%2Fofficer%2F",
		"/planner/": "/login/?next=%2Fplanner%2F",
	} {
		got := w.nobody().get(path)
		if got.status != http.StatusSeeOther || got.header.Get("Location") != to {
			t.Errorf("%s: %d to %q; want %q", path, got.status, got.header.Get("Location"), to)
		}
	}
	for who, to := range map[string]string{"operator": "/centre/", "admin": "/centre/", "west": "/officer/", "planner": "/planner/"} {
		got := w.as(who).get("/")
		if got.status != http.StatusSeeOther || got.header.Get("Location") != to {
			t.Errorf("%s: %d to %q; want %q", who, got.status, got.header.Get("Location"), to)
		}
		if got := w.as(who).get(to); got.status != http.StatusOK {
			t.Errorf("%s on %s: %d", who, to, got.status)
		}
	}
}
