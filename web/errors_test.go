package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/danielgtaylor/huma/v2"
)

func TestProblemOf(t *testing.T) {
	deep := func(err error) error { return fmt.Errorf("alert 7: %w", fmt.Errorf("tx: %w", err)) }
	tests := []struct {
		name   string
		err    error
		status int
	}{
		{"no such thing", deep(geo.ErrNotFound), 404},
		{"no such alert", deep(alerts.ErrNotFound), 404},
		{"picture gone", deep(vision.ErrNoBlob), 404},
		{"broken rule", deep(geo.Invalid("state", "is no state")), 422},
		{"wrong password", deep(alerts.ErrBadLogin), 401},
		{"no session", deep(alerts.ErrSignedOut), 401},
		{"other role", deep(errForbidden), 403},
		{"other site", deep(errCrossOrigin), 403},
		{"guessing", deep(&throttledError{after: time.Minute}), 429},
		{"too many sockets", deep(errFull), 429},
		{"big body", deep(&http.MaxBytesError{Limit: 10}), 413},
		{"slow database", deep(context.DeadlineExceeded), 503},
		{"stopping", deep(alerts.ErrFeedStopped), 503},
		{"caller left", deep(context.Canceled), 499},
		{"problem already", deep(problem(415, "no")), 415},
		{"anything else", errors.New("password=secret host=10.0.0.1"), 500},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := problemOf(test.err)
			if p.Status != test.status || p.Detail == "" || p.Errors == nil || p.Type != "about:blank" {
				t.Fatalf("%+v; want status %d", p, test.status)
			}
			if strings.Contains(p.Detail, "secret") {
				t.Fatalf("detail %q shows the inside", p.Detail)
			}
		})
	}
}

func TestProblem_NamesTheFieldAndTheTime(t *testing.T) {
	p := problemOf(geo.Invalid("query.at", "must be a time"))
	if len(p.Errors) != 1 || p.Errors[0] != (Fault{"query.at", "must be a time"}) {
		t.Fatalf("errors %+v", p.Errors)
	}
	w := httptest.NewRecorder()
	writeProblem(w, problemOf(&throttledError{after: 1500 * time.Millisecond}))
	if w.Code != 429 || w.Header().Get("Retry-After") != "2" || w.Header().Get("Content-Type") != problemType {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
}

func TestHumaProblem_RepeatsNoValueAndNoFault(t *testing.T) {
	detail := &huma.ErrorDetail{Message: "expected string", Location: "body.password", Value: "hunter2"}
	p := humaProblem(422, "validation failed", detail, nil).(*Problem)
	if len(p.Errors) != 1 || p.Errors[0] != (Fault{"body.password", "expected string"}) {
		t.Fatalf("errors %+v", p.Errors)
	}
	p = humaProblem(500, "unexpected", errors.New("dial tcp 10.0.0.1")).(*Problem)
	if len(p.Errors) != 0 {
		t.Fatalf("a fault of ours is told: %+v", p.Errors)
	}
}
