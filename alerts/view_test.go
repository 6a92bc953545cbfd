package alerts

import (
	"errors"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func TestCameraStore_APoseIsAddedAsAView(t *testing.T) {
	c := newEyesCity(t)
	bare := goodCamera()
	bare.View.Masks = []orb.Ring{}
	if err := c.cameras.PutCamera(t.Context(), bare); err != nil {
		t.Fatal(err)
	}
	picture := c.blob(t, "another pose")
	id, err := c.cameras.AddView(t.Context(), "camera-1", picture, c.officer.ID)
	if err != nil {
		t.Fatal(err)
	}
	camera, err := c.cameras.Camera(t.Context(), "camera-1")
	if err != nil || len(camera.Views) != 2 || camera.Views[1].ID != id || camera.Views[1].Reference != picture ||
		camera.Views[1].Ground != nil || camera.View.ID != "view-1" {
		t.Errorf("views %+v, %v", camera.Views, err)
	}
	if again, err := c.cameras.AddView(t.Context(), "camera-1", picture, c.officer.ID); err != nil || again == id {
		t.Errorf("a third view %q, %v", again, err)
	}
	if _, err := c.cameras.AddView(t.Context(), "nobody", picture, c.officer.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a camera that is not there: %v", err)
	}
	masked := goodCamera()
	masked.View.Masks = []orb.Ring{{{0, 0}, {1, 0}, {1, 1}}}
	if err := c.cameras.PutCamera(t.Context(), masked); err != nil {
		t.Fatal(err)
	}
	var invalid *geo.InvalidError
	if _, err := c.cameras.AddView(t.Context(), "camera-1", picture, c.officer.ID); !errors.As(err, &invalid) {
		t.Errorf("with masks that were drawn in another pose: %v", err)
	}
}
