package web

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// contentPolicy lets a page load only what this server sends. MapLibre's worker is a blob, its styles are inline.
const contentPolicy = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; " +
	"worker-src 'self' blob:; connect-src 'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// guard puts everything around the routes that is the same for each.
func (s *Server) guard(routes *http.ServeMux) http.Handler {
	h := missing(routes)
	h = s.once(h)
	h = compress(h)
	h = s.crossOrigin.Handler(h)
	h = s.headers(h)
	h = s.recover(h)
	h = s.observe(h)
	return identify(h)
}

type requestKey struct{}

// identify gives each request an id, which the answer and the log carry.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var id [8]byte
		rand.Read(id[:]) // Never fails.
		name := hex.EncodeToString(id[:])
		w.Header().Set("X-Request-Id", name)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, name)))
	})
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// observe logs and counts each request. It writes neither query nor headers to the log.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		seen := &observed{ResponseWriter: w}
		defer func() {
			took := time.Since(began)
			s.metrics.request(r.Pattern, seen.status, took)
			s.log.LogAttrs(r.Context(), level(r, seen.status), "request",
				slog.String("request", requestID(r.Context())),
				slog.String("method", r.Method), slog.String("path", r.URL.Path),
				slog.Int("status", seen.status), slog.Int64("bytes", seen.bytes),
				slog.Duration("took", took), slog.String("from", s.clientAddr(r).String()))
		}()
		next.ServeHTTP(seen, r)
	})
}

// level keeps what comes many times a second out of an ordinary log.
func level(r *http.Request, status int) slog.Level {
	quiet := strings.HasPrefix(r.URL.Path, "/tiles/") || strings.HasPrefix(r.URL.Path, "/assets/") ||
		r.Pattern == "GET /healthz" || r.Pattern == "GET /readyz" || r.Pattern == "GET /metrics"
	if quiet && status < http.StatusInternalServerError {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// recover turns a panic into a problem, so that one request cannot end the program, and the log shows where.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			reason := recover()
			if reason == nil || reason == http.ErrAbortHandler {
				return
			}
			s.log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("request", requestID(r.Context())),
				slog.String("path", r.URL.Path), slog.Any("reason", reason), slog.String("stack", string(debug.Stack())))
			if seen, ok := w.(*observed); ok && seen.status != 0 {
				panic(http.ErrAbortHandler) // Half an answer is out: cut the connection rather than pretend.
			}
			writeProblem(w, problemOf(fmt.Errorf("panic: %v", reason)))
		}()
		next.ServeHTTP(w, r)
	})
}

// headers tells browsers what these pages never do.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
		h.Set("Cache-Control", "no-store") // A door that may be cached says so itself.
		if s.secure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// missing answers for paths and methods that no route has, with a problem instead of the mux's line of text.
func missing(routes *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := routes.Handler(r)
		if pattern != "" {
			routes.ServeHTTP(w, r)
			return
		}
		answer := &muted{header: http.Header{}}
		h.ServeHTTP(answer, r)
		if answer.status < http.StatusBadRequest { // The same path, written properly.
			h.ServeHTTP(w, r)
			return
		}
		p := problem(answer.status, "There is no such page or door.")
		if answer.status == http.StatusMethodNotAllowed {
			p = problem(answer.status, "This door does not take that method.")
			p.allow = answer.header.Get("Allow")
		}
		writeProblem(w, p)
	})
}

// muted takes only the status and headers of an answer.
type muted struct {
	header http.Header
	status int
}

func (m *muted) Header() http.Header         { return m.header }
func (m *muted) WriteHeader(status int)      { m.status = status }
func (m *muted) Write(p []byte) (int, error) { return len(p), nil }

// observed remembers what was answered.
type observed struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (o *observed) WriteHeader(status int) {
	if o.status == 0 {
		o.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

func (o *observed) Write(p []byte) (int, error) {
	if o.status == 0 {
		o.status = http.StatusOK
	}
	n, err := o.ResponseWriter.Write(p)
	o.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// Hijack gives the connection to the socket.
func (o *observed) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(o.ResponseWriter).Hijack()
	if err == nil {
		o.status = http.StatusSwitchingProtocols
	}
	return conn, rw, err
}
