package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"gridwatch/geo"
)

// pictureKinds are what a browser may be told that a picture is.
var pictureKinds = map[string]bool{"image/jpeg": true, "image/png": true, "image/webp": true}

// evidence gives one picture of an alert and records who looked. Without the record there is no picture. A browser may
// keep it but asks each time, since each look counts.
func (s *Server) evidence(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return geo.Invalid("path.id", "must be a whole number from 1")
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > 1_000_000 {
		return geo.Invalid("path.n", "must be a whole number from 1")
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	who := visitorOf(ctx)
	e, err := s.alerts.Evidence(ctx, id, n, who.Scope)
	if err != nil {
		return err
	}
	picture, err := s.pictures.Open(ctx, e.SHA256)
	if err != nil {
		return fmt.Errorf("evidence %d of alert %d: %w", n, id, err)
	}
	defer picture.Close()
	if !pictureKinds[e.ContentType] {
		return fmt.Errorf("evidence %d of alert %d is %q, which pages do not show", n, id, e.ContentType)
	}
	if err := s.alerts.RecordView(ctx, id, n, who.ID); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", e.ContentType)
	h.Set("ETag", `"`+e.SHA256+`"`)
	h.Set("Cache-Control", "private, immutable")
	h.Set("Content-Disposition", fmt.Sprintf(`inline; filename="alert-%d-%d%s"`, id, n, extension(e.ContentType)))
	http.ServeContent(w, r, "", time.Time{}, picture)
	return nil
}

func extension(kind string) string {
	return map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}[kind]
}
