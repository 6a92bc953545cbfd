package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// checkTime is how long one part may take to say that it works.
const checkTime = 2 * time.Second

type readiness struct {
	Ready  bool              `json:"ready"`
	Checks map[string]string `json:"checks"`
}

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte("ok"))
	return err
}

// readyz says whether every part works. Why one does not is in the log, since anyone may ask here.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	answer := s.readiness(r.Context())
	status := http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(answer)
}

func (s *Server) readiness(ctx context.Context) readiness {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	answer := readiness{Ready: true, Checks: map[string]string{}}
	var mu sync.Mutex
	var parts sync.WaitGroup
	for name, check := range s.ready {
		parts.Go(func() {
			err := check(ctx)
			mu.Lock()
			defer mu.Unlock()
			answer.Checks[name] = word(err)
			if err != nil {
				answer.Ready = false
				s.log.LogAttrs(ctx, slog.LevelWarn, "not ready", slog.String("check", name), slog.Any("err", err))
			}
		})
	}
	parts.Wait()
	return answer
}

func word(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer"
	}
	return "failed"
}
