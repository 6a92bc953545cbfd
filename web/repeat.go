package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
)

const (
	repeatHeader = "Idempotency-Key"
	maxKeyBytes  = 128
)

// isRepeatable reports whether a door takes an Idempotency-Key: those that change something, but for signing in and for
// files that are too large to keep.
func isRepeatable(method, path string) bool {
	switch method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return strings.HasPrefix(path, "/api/") && path != "/api/session" && path != "/api/import"
	}
	return false
}

// repeatParam describes the header.
func repeatParam() *huma.Param {
	return &huma.Param{
		Name: repeatHeader, In: "header", Example: "0190c7b2-alert-4211-acknowledge",
		Description: "A name of the client's own for this request, for seven days. A repeat with it changes nothing and is answered as the first was; with another request it is refused.",
		Schema:      &huma.Schema{Type: huma.TypeString, MinLength: ptr(1), MaxLength: ptr(maxKeyBytes)},
	}
}

// once answers a repeated request as it was answered first.
func (s *Server) once(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(repeatHeader) == "" || !isRepeatable(r.Method, r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		person, _, err := s.person(r)
		if err != nil {
			next.ServeHTTP(w, r) // The door says so.
			return
		}
		if err := s.answerOnce(w, r, person.ID, next); err != nil {
			writeProblem(w, s.fail(r.Context(), err))
		}
	})
}

func (s *Server) answerOnce(w http.ResponseWriter, r *http.Request, person int64, next http.Handler) error {
	key := r.Header.Get(repeatHeader)
	if len(key) > maxKeyBytes || strings.ContainsFunc(key, func(c rune) bool { return c < '!' || c > '~' }) {
		return geo.Invalid("header."+repeatHeader, "must be at most %d letters, digits and signs, without spaces", maxKeyBytes)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFormBytes))
	if err != nil {
		return unread(err)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), requestTime)
	defer cancel()
	before, err := s.repeats.Begin(r.Context(), person, key, fingerprint(r, body))
	if err != nil {
		return err
	}
	if before != nil {
		w.Header().Set("Idempotency-Replayed", "true")
		writeAnswered(w, *before)
		return nil
	}
	answer := &kept{header: w.Header()}
	done := false
	defer func() {
		if !done { // A panic: whoever recovers answers.
			s.repeats.Forget(ctx, person, key)
		}
	}()
	next.ServeHTTP(answer, r)
	answer.WriteHeader(http.StatusOK) // Where the door said nothing.
	done = true
	given := alerts.Answered{Status: answer.status, ContentType: w.Header().Get("Content-Type"), Body: answer.body.Bytes()}
	if passes(given.Status) {
		err = s.repeats.Forget(ctx, person, key)
	} else {
		err = s.repeats.End(ctx, person, key, given)
	}
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "an answer is not remembered", slog.Any("err", err))
	}
	writeAnswered(w, given)
	return nil
}

// passes reports whether an answer may be another one in a moment.
func passes(status int) bool {
	return status >= http.StatusInternalServerError || status == http.StatusUnauthorized ||
		status == http.StatusTooManyRequests || status == statusClientClosed
}

func writeAnswered(w http.ResponseWriter, a alerts.Answered) {
	if a.ContentType != "" {
		w.Header().Set("Content-Type", a.ContentType)
	}
	w.WriteHeader(a.Status)
	w.Write(a.Body)
}

// fingerprint is the same for the same request. A form that is sent again has another boundary.
func fingerprint(r *http.Request, body []byte) []byte {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if boundary := params["boundary"]; err == nil && kind == "multipart/form-data" && boundary != "" {
		body = bytes.ReplaceAll(body, []byte(boundary), nil)
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s\n%s\n", r.Method, r.URL.RequestURI(), kind)
	sum.Write(body)
	return sum.Sum(nil)
}

// kept holds an answer back until it is remembered.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header { return k.header }

func (k *kept) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *kept) Write(p []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	return k.body.Write(p)
}
