package web

import (
	"net/http"
	"testing"

	"github.com/paulmach/orb"
)

type addedViewRead struct {
	View      string
	Reference string `json:"reference_url"`
	Camera    setupRead
}

func TestAddView_TakesWhatTheCameraShowsNow(t *testing.T) {
	w := newWorld(t)
	c := w.filmed(nil)
	c.View.Masks = []orb.Ring{}
	w.must(w.cameras.PutCamera(t.Context(), c))
	admin := w.as("admin")
	answer := admin.post("/api/cameras/west-cam/views", map[string]any{})
	if answer.status != http.StatusOK {
		t.Fatalf("%d %s", answer.status, answer.body)
	}
	added := read[addedViewRead](t, answer)
	if added.View != "west-cam-2" || len(added.Camera.Views) != 2 || added.Camera.Views[1].ID != added.View {
		t.Errorf("added %+v", added)
	}
	if known := added.Camera.Views[1].Reference; known == nil || *known != added.Reference || added.Camera.Views[0].Reference != nil {
		t.Errorf("the views are known by %v and %v", added.Camera.Views[0].Reference, known)
	}
	if picture := admin.get(added.Reference); picture.status != http.StatusOK || picture.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("its picture: %d", picture.status)
	}
	wantProblem(t, w.as("operator").post("/api/cameras/west-cam/views", map[string]any{}), http.StatusForbidden)
	wantProblem(t, admin.post("/api/cameras/none/views", map[string]any{}), http.StatusNotFound)
}
