package alerts

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// pictureSum is the SHA-256 of a picture that tests only name.
func pictureSum(digit string) string { return strings.Repeat(digit, 64) }

// health of the one camera that the test has.
func (c *testCity) health(t *testing.T) CameraHealth {
	t.Helper()
	all, err := c.cameras.Health(t.Context(), Scope{City: true})
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	return all[0]
}

func TestCameraStore_AConditionIsNewsOnce(t *testing.T) {
	c := newCity(t)
	if err := c.cameras.PutCamera(t.Context(), goodCamera()); err != nil {
		t.Fatal(err)
	}
	if err := c.cameras.LearnReference(t.Context(), "camera-1", "view-1", pictureSum("a")); err != nil {
		t.Fatal(err)
	}
	moved := vision.Condition{Code: vision.UnfitMoved, ViewID: "view-1", Since: noon, Current: pictureSum("b")}
	later := vision.Condition{Code: vision.UnfitMoved, ViewID: "view-1", Since: noon.Add(time.Hour), Current: pictureSum("c")}
	covered := vision.Condition{Code: vision.UnfitCovered, ViewID: "view-1", Since: noon.Add(2 * time.Hour)}
	var seen []Condition
	for _, told := range []vision.Condition{{}, moved, later, covered, {}, {}} {
		if err := c.cameras.SetCondition(t.Context(), "camera-1", told); err != nil {
			t.Fatal(err)
		}
		now := Condition{}
		if h := c.health(t); h.Condition != nil {
			now = *h.Condition
		}
		seen = append(seen, now)
	}
	first := Condition{Code: "moved", ViewID: "view-1", Since: noon.UTC(), Reference: pictureSum("a"), Current: pictureSum("b")}
	second := Condition{Code: "covered", ViewID: "view-1", Since: noon.Add(2 * time.Hour).UTC(), Reference: pictureSum("a")}
	if want := []Condition{{}, first, first, second, {}, {}}; !slices.Equal(seen, want) {
		t.Errorf("got  %+v\nwant %+v", seen, want)
	}
	events, err := c.store.eventsAfter(t.Context(), c.cameras, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, e := range events {
		if e.Alert != nil { // That the trouble makes.
			continue
		}
		if e.Type != CameraCondition || e.Camera == nil || e.Camera.Grid == nil || e.Camera.Grid.Name != "西社区" {
			t.Errorf("an event does not name the grid that lost its eyes: %+v", e)
		}
		notes = append(notes, e.Note)
	}
	if !slices.Equal(notes, []string{"moved", "covered", ""}) || len(c.events) != 3 {
		t.Errorf("events %q, %d hints", notes, len(c.events))
	}
	if n := c.count(t, `SELECT count(*) FROM camera_conditions WHERE until_at IS NOT NULL`); n != 2 {
		t.Errorf("%d conditions are on record", n)
	}
	if err := c.cameras.SetCondition(t.Context(), "nobody", moved); !errors.Is(err, ErrNotFound) {
		t.Errorf("a camera that is not there: %v", err)
	}
	var invalid *geo.InvalidError
	if err := c.cameras.SetCondition(t.Context(), "camera-1", vision.Condition{Code: "tired"}); !errors.As(err, &invalid) {
		t.Errorf("no condition: %v", err)
	}
}

func TestCameraStore_AReferenceIsLearnedOnceAndLostWithItsPicture(t *testing.T) {
	c := newCity(t)
	camera := goodCamera()
	put := func(change func(*vision.Camera)) func() error {
		return func() error {
			change(&camera)
			return c.cameras.PutCamera(t.Context(), camera)
		}
	}
	learn := func(sum string) func() error {
		return func() error { return c.cameras.LearnReference(t.Context(), "camera-1", "view-1", sum) }
	}
	for _, step := range []struct {
		name string
		do   func() error
		want string
	}{
		{"a new camera", put(func(*vision.Camera) {}), ""},
		{"learned", learn(pictureSum("a")), pictureSum("a")},
		{"learned again", learn(pictureSum("b")), pictureSum("a")},
		{"another name", put(func(c *vision.Camera) { c.Name = "二号" }), pictureSum("a")},
		{"another calibration", put(func(c *vision.Camera) { c.View.Pairs = nil }), pictureSum("a")},
		{"nothing said of masks", put(func(c *vision.Camera) { c.View.Masks = nil }), pictureSum("a")},
		{"another mask", put(func(c *vision.Camera) { c.View.Masks = []orb.Ring{{{0, 0}, {1, 0}, {1, 1}}} }), ""},
		{"learned anew", learn(pictureSum("c")), pictureSum("c")},
		{"another source", put(func(c *vision.Camera) { c.Source.URL = "rtsp://other" }), ""},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		cameras, err := c.cameras.Cameras(t.Context())
		if err != nil || len(cameras) != 1 || cameras[0].View.Reference != step.want {
			t.Errorf("%s: %+v, %v", step.name, cameras, err)
		}
	}
}

func TestCameraStore_APersonAcceptsWhatACameraShows(t *testing.T) {
	c := newCity(t)
	by := c.person(t, "operator", Operator)
	city := Scope{City: true}
	for _, row := range []struct {
		name      string
		views     []vision.View
		condition vision.Condition
		accept    Acceptance
		field     string   // Of the refusal; empty where it is accepted.
		changed   []string // Views that the picture stands for then.
		pairs     int      // That the first view has then.
	}{
		{"nothing is wrong", nil, vision.Condition{}, Acceptance{}, "camera", nil, 4},
		{"covered", nil, vision.Condition{Code: "covered", ViewID: "a", Current: pictureSum("b")}, Acceptance{}, "camera", nil, 4},
		{"moved, without a picture", nil, vision.Condition{Code: "moved", ViewID: "a"}, Acceptance{}, "camera", nil, 4},
		{"moved", nil, vision.Condition{Code: "moved", ViewID: "a", Current: pictureSum("b")}, Acceptance{}, "", []string{"a"}, 0},
		{"moved, and measured", nil, vision.Condition{Code: "moved", ViewID: "a", Current: pictureSum("b")}, Acceptance{KeepCalibration: true}, "", []string{"a"}, 4},
		{"another camera's view", nil, vision.Condition{Code: "moved", ViewID: "a", Current: pictureSum("b")}, Acceptance{ViewID: "x"}, "view", nil, 4},
		{"off every view, of which none is named", []vision.View{{ID: "b"}}, vision.Condition{Code: "off_view", Current: pictureSum("b")}, Acceptance{}, "view", nil, 4},
		{"off every view", []vision.View{{ID: "b"}}, vision.Condition{Code: "off_view", Current: pictureSum("b")}, Acceptance{ViewID: "b"}, "", []string{"b"}, 4},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := c.pool.Exec(t.Context(), `DELETE FROM cameras`); err != nil {
				t.Fatal(err)
			}
			camera := goodCamera()
			camera.View = vision.View{ID: "a", Pairs: corners()}
			if row.views != nil {
				camera.Views = append([]vision.View{camera.View}, row.views...)
			}
			if err := c.cameras.PutCamera(t.Context(), camera); err != nil {
				t.Fatal(err)
			}
			row.condition.Since, row.accept.PersonID = noon, by.ID
			if err := c.cameras.SetCondition(t.Context(), camera.ID, row.condition); err != nil {
				t.Fatal(err)
			}
			if _, err := c.cameras.AcceptReference(t.Context(), camera.ID, row.accept, Scope{Grids: []GridKey{eastKey}}); !errors.Is(err, ErrNotFound) {
				t.Errorf("from outside the scope: %v", err)
			}
			_, err := c.cameras.AcceptReference(t.Context(), camera.ID, row.accept, city)
			var invalid *geo.InvalidError
			if row.field == "" && err != nil || row.field != "" && (!errors.As(err, &invalid) || invalid.Field != row.field) {
				t.Fatalf("got %v", err)
			}
			cameras, err := c.cameras.Cameras(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var changed []string
			for _, v := range cameras[0].Poses() {
				if v.Reference == pictureSum("b") {
					changed = append(changed, v.ID)
				}
			}
			if !slices.Equal(changed, row.changed) || len(cameras[0].View.Pairs) != row.pairs {
				t.Errorf("the picture stands for %v, %d pairs are left", changed, len(cameras[0].View.Pairs))
			}
		})
	}
}

func TestCameraStore_PicturesAreShownWithinTheScope(t *testing.T) {
	c := newCity(t)
	by := c.person(t, "operator", Operator)
	if err := c.cameras.PutCamera(t.Context(), goodCamera()); err != nil {
		t.Fatal(err)
	}
	if err := c.cameras.LearnReference(t.Context(), "camera-1", "view-1", pictureSum("a")); err != nil {
		t.Fatal(err)
	}
	covered := vision.Condition{Code: "covered", ViewID: "view-1", Since: noon, Current: pictureSum("b")}
	if err := c.cameras.SetCondition(t.Context(), "camera-1", covered); err != nil {
		t.Fatal(err)
	}
	west, east := Scope{Grids: []GridKey{westKey}}, Scope{Grids: []GridKey{eastKey}}
	for _, row := range []struct {
		camera, sum string
		scope       Scope
		there       bool
	}{
		{"camera-1", pictureSum("a"), west, true}, {"camera-1", pictureSum("b"), west, true},
		{"camera-1", pictureSum("a"), east, false}, {"camera-1", pictureSum("b"), east, false},
		{"camera-1", pictureSum("c"), west, false}, {"nobody", pictureSum("a"), Scope{City: true}, false},
	} {
		err := c.cameras.Picture(t.Context(), row.camera, row.sum, row.scope)
		if row.there && err != nil || !row.there && !errors.Is(err, ErrNotFound) {
			t.Errorf("%+v: %v", row, err)
		}
	}
	if err := c.cameras.RecordPictureView(t.Context(), "camera-1", pictureSum("a"), by.ID); err != nil {
		t.Fatal(err)
	}
	if n := c.count(t, `SELECT count(*) FROM camera_picture_views WHERE person = $1`, by.ID); n != 1 {
		t.Errorf("%d views are recorded", n)
	}
	if err := c.cameras.SetCondition(t.Context(), "camera-1", vision.Condition{}); err != nil {
		t.Fatal(err)
	}
	if err := c.cameras.Picture(t.Context(), "camera-1", pictureSum("b"), west); !errors.Is(err, ErrNotFound) {
		t.Errorf("the picture of trouble that is over: %v", err)
	}
}
