package alerts

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// corners are four pairs of a frame that looks down on 20 × 10 metres.
func corners() []geo.Pair {
	return []geo.Pair{
		{Pixel: orb.Point{0.1, 0.2}, LonLat: orb.Point{118.3050, 36.8281}},
		{Pixel: orb.Point{0.9, 0.2}, LonLat: orb.Point{118.3052, 36.8281}},
		{Pixel: orb.Point{0.9, 0.9}, LonLat: orb.Point{118.3052, 36.8280}},
		{Pixel: orb.Point{0.1, 0.9}, LonLat: orb.Point{118.3050, 36.8280}},
	}
}

func goodCamera() vision.Camera {
	return vision.Camera{
		ID: "camera-1", Name: "辛店一号", Position: inWest, PlaceClass: "street", FPS: 4, Composed: true,
		Source: vision.Source{URL: "file:///x.avi", Loop: true, Fast: true, Substream: "rtsp://y", Decode: vision.DecodeKeyFrames},
		View:   vision.View{ID: "view-1", Pairs: corners(), Masks: []orb.Ring{{{0, 0}, {0.2, 0}, {0.2, 0.3}}}},
	}
}

func TestCameraStore_KeepsWhatWasPut(t *testing.T) {
	c := newCity(t)
	want := goodCamera()
	for _, name := range []string{"old name", want.Name} {
		camera := want
		camera.Name = name
		if err := c.cameras.PutCamera(t.Context(), camera); err != nil {
			t.Fatal(err)
		}
	}
	bare := vision.Camera{ID: "camera-2", Name: "二号", Position: inEast, PlaceClass: "market", Source: vision.Source{URL: "rtsp://x"}}
	if err := c.cameras.PutCamera(t.Context(), bare); err != nil {
		t.Fatal(err)
	}
	cameras, err := c.cameras.Cameras(t.Context())
	if err != nil || len(cameras) != 2 {
		t.Fatalf("%d cameras, %v", len(cameras), err)
	}
	got := cameras[0]
	if got.View.Ground == nil {
		t.Error("the view is not calibrated")
	} else if p, _, ok := got.View.Ground.At(corners()[0].Pixel); !ok || geo.DistanceM(p, corners()[0].LonLat) > 0.1 {
		t.Errorf("a calibrated pixel lies at %v", p)
	}
	got.View.Ground = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	bare.FPS, bare.View = 2, vision.View{ID: "camera-2", Pairs: []geo.Pair{}}
	if !reflect.DeepEqual(cameras[1], bare) {
		t.Errorf("got  %+v\nwant %+v", cameras[1], bare)
	}
	if _, err := c.pool.Exec(t.Context(), `UPDATE cameras SET enabled = false WHERE id = 'camera-1'`); err != nil {
		t.Fatal(err)
	}
	if cameras, err = c.cameras.Cameras(t.Context()); err != nil || len(cameras) != 1 {
		t.Errorf("%d enabled cameras, %v", len(cameras), err)
	}
}

func TestCameraStore_KeepsSeveralViewsInTheirOrder(t *testing.T) {
	c := newCity(t)
	turning := goodCamera()
	turning.Views = []vision.View{{ID: "gate", Pairs: corners()}, {ID: "alley", Masks: turning.View.Masks}, {ID: "yard"}}
	turning.View = vision.View{}
	read := func() vision.Camera {
		t.Helper()
		cameras, err := c.cameras.Cameras(t.Context())
		if err != nil || len(cameras) != 1 {
			t.Fatalf("%+v, %v", cameras, err)
		}
		return cameras[0]
	}
	ids := func(camera vision.Camera) (ids []string) {
		for _, v := range camera.Views {
			ids = append(ids, v.ID)
		}
		return ids
	}
	if err := c.cameras.PutCamera(t.Context(), turning); err != nil {
		t.Fatal(err)
	}
	got := read()
	if !slices.Equal(ids(got), []string{"gate", "alley", "yard"}) || !reflect.DeepEqual(got.View, got.Views[0]) {
		t.Fatalf("%+v", got)
	}
	if got.Views[0].Ground == nil || got.Views[1].Ground != nil || len(got.Views[1].Masks) != 1 || len(got.Views[2].Masks) != 0 {
		t.Errorf("the views share what is theirs: %+v", got.Views)
	}
	health, err := c.cameras.Health(t.Context(), Scope{City: true})
	if err != nil || len(health) != 1 || !health[0].Calibrated {
		t.Errorf("its health is not of its first view: %+v, %v", health, err)
	}
	turning.Views = []vision.View{{ID: "yard"}, {ID: "gate"}}
	if err := c.cameras.PutCamera(t.Context(), turning); err != nil {
		t.Fatal(err)
	}
	if got := read(); !slices.Equal(ids(got), []string{"yard", "gate"}) {
		t.Errorf("after a change: %v", ids(got))
	}
	turning.View, turning.Views = vision.View{ID: "gate"}, nil
	if err := c.cameras.PutCamera(t.Context(), turning); err != nil {
		t.Fatal(err)
	}
	if got := read(); got.Views != nil || got.View.ID != "gate" {
		t.Errorf("with one view again: %+v", got)
	}
}

func TestCameraStore_ABadCalibrationIsOneCamerasTrouble(t *testing.T) {
	c := newCity(t)
	for _, id := range []string{"a", "b", "c"} {
		camera := goodCamera()
		camera.ID, camera.View.ID = id, id
		if err := c.cameras.PutCamera(t.Context(), camera); err != nil {
			t.Fatal(err)
		}
	}
	for id, pairs := range map[string]string{
		"a": `[{"pixel":[0,0],"lonlat":[118,36]}]`, // One pair is not enough.
		"b": `{"not":"a list"}`,
	} {
		if _, err := c.pool.Exec(t.Context(), `UPDATE views SET pairs = $2 WHERE id = $1`, id, pairs); err != nil {
			t.Fatal(err)
		}
	}
	cameras, err := c.cameras.Cameras(t.Context())
	if err != nil || len(cameras) != 3 {
		t.Fatalf("%d cameras, %v", len(cameras), err)
	}
	health, err := c.cameras.Health(t.Context(), Scope{City: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, calibrated := range []bool{false, false, true} {
		if (cameras[i].View.Ground != nil) != calibrated || health[i].Calibrated != calibrated {
			t.Errorf("camera %s: ground %v, health %v, want %v", cameras[i].ID, cameras[i].View.Ground != nil, health[i].Calibrated, calibrated)
		}
		if g := cameras[i].View.Ground; g != nil && (health[i].ResidualM != g.ResidualM || health[i].LeaveOneOutM != g.LeaveOneOutM) {
			t.Errorf("camera %s: its health tells other errors than its ground: %+v", cameras[i].ID, health[i])
		}
	}
	<-c.log.said("view is not calibrated")
}

func TestCameraStore_RefusesWhatIsNoCamera(t *testing.T) {
	c := newCity(t)
	other := goodCamera()
	other.ID, other.View.ID = "other", "other-view"
	if err := c.cameras.PutCamera(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	drawn := geo.Fence{ID: "drawn", Name: "drawn", Rule: "debris", ViewID: "other-view", Frame: orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}
	if err := geo.NewStore(c.pool).PutFence(t.Context(), drawn); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		field string
		spoil func(*vision.Camera)
	}{
		{"id", func(c *vision.Camera) { c.ID = " " }},
		{"name", func(c *vision.Camera) { c.Name = "" }},
		{"name", func(c *vision.Camera) { c.Name = "a\x00" }},
		{"place_class", func(c *vision.Camera) { c.PlaceClass = "" }},
		{"source", func(c *vision.Camera) { c.Source.URL = "" }},
		{"substream", func(c *vision.Camera) { c.Source.Substream = "a\x00" }},
		{"decode", func(c *vision.Camera) { c.Source.Decode = "some" }},
		{"fps", func(c *vision.Camera) { c.FPS = -1 }},
		{"fps", func(c *vision.Camera) { c.FPS = 31 }},
		{"position", func(c *vision.Camera) { c.Position = orb.Point{36.8, 118.3} }},
		{"view", func(c *vision.Camera) { c.View.ID = "other-view" }},
		{"views", func(c *vision.Camera) { c.ID, c.View.ID = "other", "second-view" }}, // A fence is drawn on the first.
		{"view", func(c *vision.Camera) { c.Views = []vision.View{{ID: "a"}, {ID: "a"}} }},
		{"view", func(c *vision.Camera) { c.Views = []vision.View{{ID: "a"}, {}} }},
		{"views", func(c *vision.Camera) { c.Views = make([]vision.View, 33) }},
		{"pairs", func(c *vision.Camera) { c.Views = []vision.View{{ID: "a"}, {ID: "b", Pairs: corners()[:3]}} }},
		{"pairs", func(c *vision.Camera) { c.View.Pairs = corners()[:3] }},
		{"masks[0]", func(c *vision.Camera) { c.View.Masks = []orb.Ring{{{0, 0}, {1, 1}}} }},
		{"masks[0][2]", func(c *vision.Camera) { c.View.Masks = []orb.Ring{{{0, 0}, {1, 0}, {1, 1.1}}} }},
	}
	for _, test := range tests {
		camera := goodCamera()
		test.spoil(&camera)
		err := c.cameras.PutCamera(t.Context(), camera)
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != test.field {
			t.Errorf("%s: got %v", test.field, err)
		}
	}
	if n := c.count(t, `SELECT count(*) FROM cameras WHERE id <> 'other'`); n != 0 {
		t.Errorf("%d refused cameras were kept", n)
	}
}

func TestCameraStore_OnlyAChangeIsAnEvent(t *testing.T) {
	c := newCity(t)
	c.camera(t, "camera-1", inWest)
	health := func() CameraHealth {
		t.Helper()
		all, err := c.cameras.Health(t.Context(), Scope{City: true})
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		return all[0]
	}
	if h := health(); h.State != "unknown" || h.Calibrated {
		t.Errorf("%+v", h)
	}
	online := func() error { return c.cameras.SetOnline(t.Context(), "camera-1", vision.Look{}) }
	offline := func(reason string) func() error {
		return func() error { return c.cameras.SetOffline(t.Context(), "camera-1", time.Now(), reason) }
	}
	var since []CameraHealth
	for _, set := range []func() error{online, online, offline("unplugged"), offline("401\x00\xff"), online, online} {
		if err := set(); err != nil {
			t.Fatal(err)
		}
		since = append(since, health())
	}
	if since[0].Since != since[1].Since || since[4].Since != since[5].Since || since[2].Since != since[3].Since {
		t.Errorf("a repeat is news: %+v", since)
	}
	if !since[4].Since.After(since[2].Since) || since[4].Reason != "" {
		t.Errorf("back online: %+v", since[4])
	}
	if since[3].State != "offline" || since[3].Reason != "401\uFFFD" {
		t.Errorf("another reason: %+v", since[3])
	}
	events, err := c.store.eventsAfter(t.Context(), c.cameras, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var types []EventType
	for _, e := range events {
		types = append(types, e.Type)
	}
	if !slices.Equal(types, []EventType{CameraOnline, CameraOffline, AlertRaised, CameraOnline, AlertCleared}) || len(c.events) != 3 {
		t.Errorf("events %v, %d hints", types, len(c.events))
	}
	lost := events[1]
	if lost.Note != "unplugged" || lost.Camera == nil || lost.Camera.Grid == nil || lost.Camera.Grid.Name != "西社区" {
		t.Errorf("offline does not name the reason and the grid that lost its eyes: %+v", lost)
	}
	if err := c.cameras.SetOnline(t.Context(), "nobody", vision.Look{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a camera that is not there: %v", err)
	}
}

func TestCameraStore_HealthWithinTheScope(t *testing.T) {
	c := newCity(t)
	c.camera(t, "east", inEast)
	c.camera(t, "out", nowhere)
	c.camera(t, "road", onRoad)
	c.camera(t, "west", inWest)
	for _, test := range []struct {
		scope Scope
		want  []string
	}{
		{Scope{City: true}, []string{"east", "out", "road", "west"}},
		{Scope{Grids: []GridKey{westKey}}, []string{"road", "west"}},
		{Scope{Grids: []GridKey{roadKey}}, []string{"road"}},
		{Scope{Grids: []GridKey{{geo.Road, westKey.Code}}}, nil},
		{Scope{}, nil},
	} {
		all, err := c.cameras.Health(t.Context(), test.scope)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range all {
			got = append(got, h.ID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%+v: %v, want %v", test.scope, got, test.want)
		}
	}
}

func TestCameraStore_WhoDoesNotKnowOfMasksKeepsThem(t *testing.T) {
	c := newCity(t)
	masked := goodCamera()
	for _, test := range []struct{ put, want []orb.Ring }{
		{masked.View.Masks, masked.View.Masks},
		{nil, masked.View.Masks},
		{[]orb.Ring{}, nil},
		{nil, nil},
	} {
		camera := masked
		camera.View.Masks = test.put
		if err := c.cameras.PutCamera(t.Context(), camera); err != nil {
			t.Fatal(err)
		}
		got, err := c.cameras.Cameras(t.Context())
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0].View.Masks, test.want) {
			t.Errorf("after %v: %+v, %v; want %v", test.put, got, err, test.want)
		}
	}
}
