package web

import (
	"net/http"
	"testing"
)

type addedViewRead struct {
	View      string
	Reference string `json:"reference_url"`
	Camera    setupRead
}

func TestAddView_TakesWhatTheCameraShowsNow(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin")
	added := read[addedViewRead](t, admin.post("/api/cameras/west-cam/views", map[string]any{}))
	if added.View != "west-cam-2" || len(added.Camera.Views) != 2 || added.Camera.Views[1].ID != added.View {
		t.Errorf("added %+v", added)
	}
	if picture := admin.get(added.Reference); picture.status != http.StatusOK || picture.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("its picture: %d", picture.status)
	}
	wantProblem(t, w.as("operator").post("/api/cameras/west-cam/views", map[string]any{}), http.StatusForbidden)
	wantProblem(t, admin.post("/api/cameras/none/views", map[string]any{}), http.StatusNotFound)
}
