package web

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/vision"
)

// moveCamera says that the western camera has moved, with both pictures in the blob store.
func (w *world) moveCamera() (reference, current []byte) {
	w.t.Helper()
	reference, current = smallJPEG(), append(smallJPEG(), 0)
	var sums [2]string
	for i, data := range [][]byte{reference, current} {
		var err error
		sums[i], err = w.pictures.Put(w.t.Context(), data)
		w.must(err)
	}
	w.must(w.cameras.LearnReference(w.t.Context(), "west-cam", "west-cam", sums[0]))
	since := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	w.must(w.cameras.SetCondition(w.t.Context(), "west-cam", vision.Condition{
		Code: vision.UnfitMoved, ViewID: "west-cam", Since: since, At: since.Add(time.Minute), Current: sums[1],
	}))
	return reference, current
}

// cameraIn is one item of a list of cameras.
func cameraIn(t *testing.T, list cameraListView, id string) cameraView {
	t.Helper()
	for _, c := range list.Items {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no %s in %+v", id, list)
	return cameraView{}
}

func TestCondition_ACameraThatMovedShowsBothPictures(t *testing.T) {
	w := newWorld(t)
	reference, current := w.moveCamera()
	told := w.event(alerts.CameraCondition)
	if told.Note != "moved" || told.Camera == nil || told.Camera.Condition == nil || told.Camera.Grid.Code != westCode {
		t.Errorf("the feed says %+v", told)
	}
	west := w.as("west")
	list := read[cameraListView](t, west.get("/api/cameras"))
	c := cameraIn(t, list, "west-cam").Condition
	if c == nil || c.Code != "moved" || c.View == nil || *c.View != "west-cam" || c.Since.Format(time.RFC3339) != "2026-11-22T08:00:00Z" {
		t.Fatalf("condition %+v", c)
	}
	for url, want := range map[string][]byte{*c.Reference: reference, *c.Current: current} {
		got := west.get(url)
		if got.status != http.StatusOK || !bytes.Equal(got.body, want) || got.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s: %d %v", url, got.status, got.header)
		}
		wantProblem(t, w.as("east").get(url), http.StatusNotFound)
		wantProblem(t, w.as("planner").get(url), http.StatusForbidden)
		wantProblem(t, w.nobody().get(url), http.StatusUnauthorized)
	}
	var views int
	w.must(w.pool.QueryRow(t.Context(), `SELECT count(*) FROM camera_picture_views v JOIN people p ON p.id = v.person
		WHERE p.username = 'west' AND v.camera = 'west-cam'`).Scan(&views))
	if views != 2 {
		t.Errorf("%d views are recorded", views)
	}
	for path, status := range map[string]int{
		"/api/cameras/west-cam/pictures/" + sampleSHA('0'): 404,
		"/api/cameras/nobody/pictures/" + sampleSHA('0'):   404,
		"/api/cameras/west-cam/pictures/x":                 422,
	} {
		wantProblem(t, west.get(path), status)
	}
}

func TestCondition_TheCentreAcceptsTheNewPose(t *testing.T) {
	w := newWorld(t)
	operator := w.as("operator")
	wantProblem(t, operator.post("/api/cameras/west-cam/reference", map[string]any{}), http.StatusUnprocessableEntity)
	_, current := w.moveCamera()
	for who, status := range map[string]int{"west": 403, "planner": 403} {
		wantProblem(t, w.as(who).post("/api/cameras/west-cam/reference", map[string]any{}), status)
	}
	wantProblem(t, operator.post("/api/cameras/nobody/reference", map[string]any{}), http.StatusNotFound)
	wantProblem(t, operator.post("/api/cameras/west-cam/reference", map[string]any{"view": "east-cam"}), http.StatusUnprocessableEntity)
	wantProblem(t, operator.post("/api/cameras/west-cam/reference", map[string]any{"veiw": "west-cam"}), http.StatusUnprocessableEntity)
	before, err := w.cameras.Camera(t.Context(), "west-cam")
	w.must(err)
	accepted := operator.do("POST", "/api/cameras/west-cam/reference", nil)
	if accepted.status != http.StatusOK {
		t.Fatalf("%d %s", accepted.status, accepted.body)
	}
	after, err := w.cameras.Camera(t.Context(), "west-cam")
	w.must(err)
	if after.View.Reference != vision.Sum(current) || before.View.Reference == after.View.Reference {
		t.Errorf("the view's reference was %s and is %s", before.View.Reference, after.View.Reference)
	}
	if c := read[cameraView](t, accepted).Condition; c == nil {
		t.Error("the condition ended before the camera was seen to look there")
	}
}

func TestCondition_ATroubleIsAnAlertOfTheOfficersGrid(t *testing.T) {
	w := newWorld(t)
	reference, current := w.moveCamera()
	list := read[alertPageView](t, w.as("west").get("/api/alerts"))
	if len(list.Items) != 1 {
		t.Fatalf("the officer of the grid has %d alerts", len(list.Items))
	}
	a := list.Items[0]
	if a.Rule != "camera_moved" || a.Class != "moved" || a.Matter.Name != "监控设备异常" || a.Fence.ID != "" || a.Grid == nil ||
		a.Grid.Code != westCode || a.Camera.ID != "west-cam" || a.Since.Format(time.RFC3339) != "2026-11-22T08:00:00Z" {
		t.Errorf("got %+v", a)
	}
	full := read[alertDetailView](t, w.as("west").get(alertURL(alerts.Alert{ID: a.ID}, "")))
	if len(full.Evidence) != 2 || full.Evidence[0].Kind != "reference" || full.Evidence[0].Bytes != int64(len(reference)) {
		t.Fatalf("pictures %+v", full.Evidence)
	}
	if got := w.as("west").get(full.Evidence[1].URL); !bytes.Equal(got.body, current) {
		t.Errorf("the picture of now: %d", got.status)
	}
	if others := read[alertPageView](t, w.as("east").get("/api/alerts")); len(others.Items) != 0 {
		t.Errorf("the officer of another grid has %+v", others.Items)
	}
	taken := read[alertDetailView](t, w.as("west").post(alertURL(alerts.Alert{ID: a.ID}, "/acknowledge"), map[string]string{}))
	judged := read[alertDetailView](t, w.as("operator").post(alertURL(alerts.Alert{ID: a.ID}, "/verdict"), verdictOf("true", "杆子被撞")))
	if taken.Handling != "acknowledged" || judged.Verdict == nil || judged.Verdict.Verdict != "true" {
		t.Errorf("acknowledged %q, judged %+v", taken.Handling, judged.Verdict)
	}
}
