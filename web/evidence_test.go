package web

import (
	"bytes"
	"net/http"
	"testing"
)

func (w *world) views() (count int) {
	w.t.Helper()
	w.must(w.pool.QueryRow(w.t.Context(), `SELECT count(*) FROM evidence_views`).Scan(&count))
	return count
}

func TestEvidence_IsShownAndTheViewIsRecorded(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	west := w.as("west")
	got := west.get(alertURL(a, "/evidence/1"))
	detail := read[alertDetailView](t, west.get(alertURL(a, "")))
	h := got.header
	if got.status != http.StatusOK || !bytes.Equal(got.body, smallJPEG()) || h.Get("Content-Type") != "image/jpeg" ||
		h.Get("ETag") != `"`+detail.Evidence[0].SHA256+`"` || h.Get("Cache-Control") != "private, immutable" ||
		h.Get("X-Content-Type-Options") != "nosniff" {
		t.Fatalf("%d %v", got.status, h)
	}
	if detail.Evidence[0].URL != alertURL(a, "/evidence/1") {
		t.Errorf("url %q", detail.Evidence[0].URL)
	}
	if w.views() != 1 {
		t.Fatalf("%d views are recorded", w.views())
	}
	again := west.get(alertURL(a, "/evidence/1"), "If-None-Match", h.Get("ETag"))
	if again.status != http.StatusNotModified || w.views() != 2 {
		t.Fatalf("again: %d, %d views", again.status, w.views())
	}
	var person string
	var n int
	w.must(w.pool.QueryRow(t.Context(), `SELECT p.username, v.n FROM evidence_views v JOIN people p ON p.id = v.person LIMIT 1`).Scan(&person, &n))
	if person != "west" || n != 1 {
		t.Errorf("recorded %s, %d", person, n)
	}
}

func TestEvidence_ThatIsNotThere(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	west := w.as("west")
	for path, status := range map[string]int{
		alertURL(a, "/evidence/2"):            404,
		"/api/alerts/999999/evidence/1":       404,
		alertURL(a, "/evidence/0"):            422,
		alertURL(a, "/evidence/-1"):           422,
		alertURL(a, "/evidence/x"):            422,
		alertURL(a, "/evidence/99999999999"):  422,
		"/api/alerts/0/evidence/1":            422,
		"/api/alerts/1e3/evidence/1":          422,
		"/api/alerts/99999999999999999999999": 422,
	} {
		wantProblem(t, west.get(path), status)
	}
	detail := read[alertDetailView](t, west.get(alertURL(a, "")))
	w.must(w.pictures.Delete(t.Context(), detail.Evidence[0].SHA256))
	wantProblem(t, west.get(alertURL(a, "/evidence/1")), http.StatusNotFound)
	if w.views() != 0 {
		t.Errorf("%d views of nothing are recorded", w.views())
	}
}
