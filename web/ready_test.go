package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
)

func TestReady(t *testing.T) {
	works := func(context.Context) error { return nil }
	fails := func(context.Context) error { return errors.New("password=secret refused") }
	hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	tests := []struct {
		name   string
		checks map[string]func(context.Context) error
		status int
		want   map[string]string
	}{
		{"nothing to check", nil, 200, map[string]string{}},
		{"all work", map[string]func(context.Context) error{"database": works, "bus": works}, 200,
			map[string]string{"database": "ok", "bus": "ok"}},
		{"one fails", map[string]func(context.Context) error{"database": fails, "bus": works}, 503,
			map[string]string{"database": "failed", "bus": "ok"}},
		{"one hangs", map[string]func(context.Context) error{"database": hangs, "bus": works}, 503,
			map[string]string{"database": "no answer", "bus": "ok"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, log := bareServer(t, func(c *Config) { c.Ready = test.checks })
			answer := ask(s, "GET", "/readyz")
			got := read[readiness](t, answer)
			if answer.status != test.status || got.Ready != (test.status == 200) || !maps.Equal(got.Checks, test.want) {
				t.Errorf("%d %+v; want %d %v", answer.status, got, test.status, test.want)
			}
			if strings.Contains(string(answer.body), "secret") {
				t.Errorf("anyone may read %s", answer.body)
			}
			if test.want["database"] == "failed" && !strings.Contains(log.String(), "refused") {
				t.Error("the log does not say why")
			}
		})
	}
}

func TestHealthAndMetrics(t *testing.T) {
	s, _ := bareServer(t, nil)
	if got := ask(s, "GET", "/healthz"); got.status != http.StatusOK || string(got.body) != "ok" {
		t.Errorf("%d %q", got.status, got.body)
	}
	ask(s, "GET", "/api/alerts/7")
	ask(s, "GET", "/made/up/7")
	text := string(ask(s, "GET", "/metrics").body)
	for _, line := range []string{
		`gridwatch_http_requests_total{route="GET /api/alerts/{id}",status="401"} 1`,
		`gridwatch_http_requests_total{route="none",status="404"} 1`,
		`gridwatch_http_requests_total{route="GET /healthz",status="200"} 1`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no line %s in\n%s", line, text)
		}
	}
	if strings.Contains(text, "made") {
		t.Error("a path of the caller became a label")
	}
}
