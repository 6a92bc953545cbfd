package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/capture"

	"github.com/paulmach/orb"
	"github.com/pion/webrtc/v4"
)

// testEyes opens every camera for itself, as a process does that watches none.
type testEyes struct{}

func (testEyes) Source(s vision.Source) (vision.Source, error) {
	if strings.HasPrefix(s.URL, "/etc/") {
		return s, geo.Invalid("source", "files must lie in the folder of camera_files")
	}
	return s, nil
}
func (testEyes) Try(ctx context.Context, s vision.Source) (vision.Trial, error) {
	return capture.Try(ctx, s)
}
func (testEyes) Still(ctx context.Context, c vision.Camera) (vision.Look, error) {
	return capture.LookOnce(ctx, c, capture.Options{})
}
func (testEyes) Decoded(vision.Camera) (vision.Decoded, bool) { return vision.Decoded{}, false }
func (testEyes) Watch(ctx context.Context, c vision.Camera, show func(vision.Look) error) error {
	c.FPS = 20
	return capture.Show(ctx, c, show)
}
func (testEyes) Passthrough(c vision.Camera) (Stream, error) {
	stream, err := capture.OpenPassthrough(c)
	if err != nil {
		return nil, err
	}
	return stream, nil
}

// pictures is a folder with one white picture, as a camera's source.
func whitePictures(t *testing.T) string {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 160, 90))
	for i := range picture.Pix {
		picture.Pix[i] = 255
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, picture, nil); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "1.jpg"), data.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func (c *client) send(method, path string, body any) reply {
	c.w.t.Helper()
	data, err := json.Marshal(body)
	c.w.must(err)
	return c.do(method, path, bytes.NewReader(data), "Content-Type", "application/json")
}

// lookDown are pairs of a view that looks down on 20 × 10 metres near the western camera.
func lookDown() []pairView {
	return []pairView{
		{[2]float64{.1, .2}, [2]float64{118.3050, 36.8221}}, {[2]float64{.9, .2}, [2]float64{118.3052, 36.8221}},
		{[2]float64{.9, .9}, [2]float64{118.3052, 36.8220}}, {[2]float64{.1, .9}, [2]float64{118.3050, 36.8220}},
	}
}

func TestCamera_IsAddedChangedAndTakenAway(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin")
	body := map[string]any{"name": "东门", "lon": 118.305, "lat": 36.822, "place_class": "main_road", "loop": true,
		"source": "rtsp://viewer:s3cret%21@10.9.8.7/live?channel=1&password=s3cret%21"}
	answer := admin.send("POST", "/api/cameras", body)
	if answer.status != http.StatusCreated {
		t.Fatalf("%d %s", answer.status, answer.body)
	}
	made := read[setupRead](t, answer)
	if made.Source != "rtsp://viewer:***@10.9.8.7/live?channel=1&password=***" || strings.Contains(string(answer.body), "s3cret") {
		t.Errorf("the source is shown as %q", made.Source)
	}
	if len(made.Views) != 1 || made.Views[0].Cone != nil || made.FPS != 2 {
		t.Errorf("%+v", made)
	}
	path := "/api/cameras/" + made.ID

	body["source"], body["name"] = made.Source, "东门二"
	body["views"] = []viewBody{{Pairs: lookDown(), Masks: [][][2]float64{{{0, 0}, {.5, 0}, {.5, 1}, {0, 1}}}}}
	put := admin.send("PUT", path, body)
	if put.status != http.StatusOK {
		t.Fatalf("%d %s", put.status, put.body)
	}
	changed := read[setupRead](t, put)
	if changed.Name != "东门二" || len(changed.Views) != 1 || changed.Views[0].Cone == nil || len(changed.Views[0].Masks) != 1 ||
		changed.Views[0].ResidualM == nil || changed.Views[0].LeftOutM != nil {
		t.Errorf("%+v", changed)
	}
	stored, err := w.cameras.Camera(t.Context(), made.ID)
	if err != nil || stored.Source.URL != "rtsp://viewer:s3cret%21@10.9.8.7/live?channel=1&password=s3cret%21" {
		t.Errorf("the password was lost: %q, %v", stored.Source.URL, err)
	}
	delete(body, "views") // Left out, they stay.
	if again := read[setupRead](t, admin.send("PUT", path, body)); len(again.Views[0].Masks) != 1 || len(again.Views[0].Pairs) != 4 {
		t.Errorf("views that were left out: %+v", again.Views)
	}

	bad := lookDown()
	bad[3] = pairView{[2]float64{.5, .2}, [2]float64{118.3051, 36.8221}}
	for field, spoil := range map[string]func(map[string]any){
		"body.views[0].pairs[3].pixel": func(b map[string]any) { b["views"] = []viewBody{{Pairs: bad, Masks: [][][2]float64{}}} },
		"body.views[0].pairs":          func(b map[string]any) { b["views"] = []viewBody{{Pairs: lookDown()[:3], Masks: [][][2]float64{}}} },
		"masks[0][1]": func(b map[string]any) {
			b["views"] = []viewBody{{Pairs: lookDown(), Masks: [][][2]float64{{{0, 0}, {2, 0}, {1, 1}}}}}
		},
		"body.source": func(b map[string]any) { b["source"] = "rtsp://viewer:***@10.9.8.8/" },
		"source":      func(b map[string]any) { b["source"] = "/etc/passwd" },
		"body.name":   func(b map[string]any) { b["name"] = "" },
	} {
		spoiled := map[string]any{}
		for k, v := range body {
			spoiled[k] = v
		}
		spoil(spoiled)
		if p := wantProblem(t, admin.send("PUT", path, spoiled), http.StatusUnprocessableEntity); p.Errors[0].Location != field {
			t.Errorf("want %s, got %+v", field, p.Errors)
		}
	}
	if now, err := w.cameras.Camera(t.Context(), made.ID); err != nil || len(now.View.Masks) != 1 || now.Name != "东门二" {
		t.Errorf("bad input changed something: %+v, %v", now, err)
	}
	if gone := admin.do("DELETE", path, nil); gone.status != http.StatusNoContent {
		t.Errorf("%d %s", gone.status, gone.body)
	}
	wantProblem(t, admin.get(path), http.StatusNotFound)
	wantProblem(t, admin.do("DELETE", path, nil), http.StatusNotFound)
}

func TestCamera_ItsSubstreamStaysUntilItIsTakenAway(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin")
	body := map[string]any{"name": "东门", "lon": 118.305, "lat": 36.822, "place_class": "main_road", "source": "rtsp://10.9.8.7/1"}
	made := read[setupRead](t, admin.send("POST", "/api/cameras", body))
	if made.Substream != "" || made.Decode != "auto" {
		t.Errorf("a new camera has %q, decoded %q", made.Substream, made.Decode)
	}
	const small, shown = "rtsp://viewer:s3cret@10.9.8.7/2", "rtsp://viewer:***@10.9.8.7/2"
	for _, step := range []struct {
		does              string
		sent              map[string]any
		substream, stored string
		decode            string
		decoded           vision.Decode
	}{
		{"sets both", map[string]any{"substream": small, "decode": "keyframes"}, shown, small, "keyframes", vision.DecodeKeyFrames},
		{"changes the main stream only", map[string]any{"source": "rtsp://10.9.8.7/101"}, shown, small, "keyframes", vision.DecodeKeyFrames},
		{"sends back what was shown", map[string]any{"substream": shown, "decode": "all"}, shown, small, "all", vision.DecodeAll},
		{"asks for auto", map[string]any{"decode": "auto"}, shown, small, "auto", vision.DecodeAuto},
		{"takes it away", map[string]any{"substream": ""}, "", "", "auto", vision.DecodeAuto},
	} {
		sent := map[string]any{"name": "东门", "lon": 118.305, "lat": 36.822, "place_class": "main_road"}
		for key, value := range step.sent {
			sent[key] = value
		}
		answer := admin.send("PUT", "/api/cameras/"+made.ID, sent)
		if answer.status != http.StatusOK || strings.Contains(string(answer.body), "s3cret") {
			t.Fatalf("%s: %d %s", step.does, answer.status, answer.body)
		}
		if got := read[setupRead](t, answer); got.Substream != step.substream || got.Decode != step.decode {
			t.Errorf("%s: %q, decoded %q", step.does, got.Substream, got.Decode)
		}
		stored, err := w.cameras.Camera(t.Context(), made.ID)
		w.must(err)
		if stored.Source.Substream != step.stored || stored.Source.Decode != step.decoded {
			t.Errorf("%s: %+v is stored", step.does, stored.Source)
		}
	}
	for field, spoiled := range map[string]map[string]any{
		"body.substream": {"substream": "rtsp://viewer:***@10.9.8.8/2"},
		"substream":      {"substream": "/etc/passwd"},
		"body.decode":    {"decode": "some"},
	} {
		for key, value := range body {
			spoiled[key] = value
		}
		p := wantProblem(t, admin.send("PUT", "/api/cameras/"+made.ID, spoiled), http.StatusUnprocessableEntity)
		if len(p.Errors) != 1 || p.Errors[0].Location != field {
			t.Errorf("want %s, got %+v", field, p.Errors)
		}
	}
}

func TestCamera_OnlyAdministratorsSetUp(t *testing.T) {
	w := newWorld(t)
	for _, who := range []string{"operator", "planner", "west"} {
		c := w.as(who)
		for _, r := range []reply{
			c.get("/api/cameras/west-cam"), c.send("POST", "/api/cameras", map[string]any{}), c.send("PUT", "/api/cameras/west-cam", map[string]any{}),
			c.do("DELETE", "/api/cameras/west-cam", nil), c.send("POST", "/api/cameras/try", map[string]any{"source": "rtsp://127.0.0.1:9/"}),
			c.send("POST", "/api/calibrate", map[string]any{}),
		} {
			wantProblem(t, r, http.StatusForbidden)
		}
	}
}

func TestTryCamera(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin")
	seen := read[trialView](t, admin.send("POST", "/api/cameras/try", map[string]any{"source": whitePictures(t)}))
	if !seen.OK || seen.StillURL == nil || !strings.HasPrefix(*seen.StillURL, "data:image/jpeg;base64,") || seen.Width != 160 || seen.Height != 90 {
		t.Errorf("%+v", seen)
	}
	not := read[trialView](t, admin.send("POST", "/api/cameras/try", map[string]any{"source": "http://viewer:s3cret!@127.0.0.1:9/x"}))
	if not.OK || not.StillURL != nil || !strings.Contains(not.Reason, "refused") || strings.Contains(not.Reason, "s3cret") {
		t.Errorf("%+v", not)
	}
	known := read[trialView](t, admin.send("POST", "/api/cameras/try", map[string]any{"source": "rtsp://127.0.0.1/west-cam", "camera": "west-cam"}))
	if known.OK || known.Reason == "" {
		t.Errorf("%+v", known)
	}
	c := w.filmed(nil)
	c.Source.Substream = "http://viewer:s3cret!@127.0.0.1:9/small"
	w.must(w.cameras.PutCamera(t.Context(), c))
	small := map[string]any{"source": "http://viewer:***@127.0.0.1:9/small", "camera": "west-cam"}
	if refused := read[trialView](t, admin.send("POST", "/api/cameras/try", small)); refused.OK || !strings.Contains(refused.Reason, "refused") {
		t.Errorf("the substream was not the one that was tried: %+v", refused)
	}
	wantProblem(t, admin.send("POST", "/api/cameras/try", map[string]any{"source": "rtsp://a:***@b/"}), http.StatusUnprocessableEntity)
	wantProblem(t, admin.send("POST", "/api/cameras/try", map[string]any{"source": "x", "camera": "nobody"}), http.StatusNotFound)
}

// filmed puts a camera with a white picture whose left half is masked in the place of the western one.
func (w *world) filmed(pairs []geo.Pair) vision.Camera {
	w.t.Helper()
	c := vision.Camera{ID: "west-cam", Name: "west-cam", Position: westPoint, PlaceClass: "community_gate",
		Source: vision.Source{URL: whitePictures(w.t), Loop: true},
		View:   vision.View{ID: "west-cam", Pairs: pairs, Masks: []orb.Ring{{{0, 0}, {.5, 0}, {.5, 1}, {0, 1}}}}}
	w.must(w.cameras.PutCamera(w.t.Context(), c))
	return c
}

// wantHalf fails unless the left half of a JPEG is black and the right half white.
func wantHalf(t *testing.T, data []byte) {
	t.Helper()
	picture, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	size := picture.Bounds()
	for y := range size.Dy() {
		for x := range size.Dx() {
			grey := color.GrayModel.Convert(picture.At(x, y)).(color.Gray).Y
			if x < size.Dx()/2 && grey > 60 || x > size.Dx()/2+8 && grey < 200 {
				t.Fatalf("pixel %d,%d is %d", x, y, grey)
			}
		}
	}
}

func TestStill_MasksAreBlackAndScopeHolds(t *testing.T) {
	w := newWorld(t)
	w.filmed(nil)
	for _, who := range []string{"operator", "admin", "west"} {
		r := w.as(who).get("/api/cameras/west-cam/still")
		if r.status != http.StatusOK || r.header.Get("Content-Type") != "image/jpeg" {
			t.Fatalf("%s: %d %s", who, r.status, r.body)
		}
		wantHalf(t, r.body)
	}
	wantProblem(t, w.as("east").get("/api/cameras/west-cam/still"), http.StatusNotFound)
	wantProblem(t, w.as("planner").get("/api/cameras/west-cam/still"), http.StatusForbidden)
	wantProblem(t, w.as("operator").get("/api/cameras/nobody/still"), http.StatusNotFound)
	p := wantProblem(t, w.as("operator").get("/api/cameras/east-cam/still"), http.StatusConflict)
	if !strings.Contains(p.Detail, "cannot be seen") {
		t.Errorf("%+v", p)
	}
}

func TestLive_PicturesAreMaskedCountedAndEndWithTheSetUp(t *testing.T) {
	w := newWorld(t)
	w.filmed(nil)
	c := w.as("operator")
	request, err := http.NewRequestWithContext(t.Context(), "GET", w.url+"/api/cameras/west-cam/live.mjpeg", nil)
	w.must(err)
	answer, err := c.Do(request)
	w.must(err)
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "multipart/x-mixed-replace") {
		t.Fatalf("%d %s", answer.StatusCode, kind)
	}
	for range 3 {
		var length int
		if _, err := fmt.Fscanf(answer.Body, "--gridwatch\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", &length); err != nil {
			t.Fatal(err)
		}
		picture := make([]byte, length+len("\r\n"))
		if _, err := io.ReadFull(answer.Body, picture); err != nil {
			t.Fatal(err)
		}
		wantHalf(t, picture)
	}
	full := wantProblem(t, w.as("west").get("/api/cameras/west-cam/live.mjpeg"), http.StatusConflict)
	if !strings.Contains(full.Detail, "1 live views") {
		t.Errorf("%+v", full)
	}
	w.server.lives.endOf("west-cam")
	if _, err := io.Copy(io.Discard, answer.Body); err != nil { // It ends well.
		t.Error(err)
	}
	wantProblem(t, w.as("east").get("/api/cameras/west-cam/live.mjpeg"), http.StatusNotFound)
	refused := wantProblem(t, c.send("POST", "/api/cameras/west-cam/live", map[string]any{"sdp": "v=0"}), http.StatusConflict)
	if !strings.Contains(refused.Detail, "privacy masks") {
		t.Errorf("%+v", refused)
	}
}

// setupRead and calibrationRead are answers whose cones are not read: a geometry has no one Go type.
type (
	setupRead struct {
		ID, Name, Source, Substream, Decode string
		FPS                                 float64
		Views                               []struct {
			ID        string
			Pairs     []pairView
			Masks     [][][2]float64
			ResidualM *float64 `json:"residual_m"`
			LeftOutM  *float64 `json:"leave_one_out_m"`
			Cone      *struct{ Type string }
			Reference *string `json:"reference_url"`
		}
	}
	calibrationRead struct {
		ResidualM float64  `json:"residual_m"`
		LeftOutM  *float64 `json:"leave_one_out_m"`
		Refused   string
		Pairs     []pairErrorView
		Cone      struct{ Type string }
	}
)

func TestCalibrate(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin")
	body := map[string]any{"pairs": lookDown(), "lon": westPoint.Lon(), "lat": westPoint.Lat()}
	good := read[calibrationRead](t, admin.send("POST", "/api/calibrate", body))
	if good.Refused != "" || len(good.Pairs) != 4 || good.Cone.Type != "Polygon" || good.LeftOutM != nil || good.ResidualM > 0.01 {
		t.Errorf("%+v", good)
	}
	var off []pairView // Nine pairs, the last of which lies four metres beside its place.
	for _, x := range []float64{.1, .5, .9} {
		for _, y := range []float64{.2, .55, .9} {
			off = append(off, pairView{[2]float64{x, y}, [2]float64{118.3050 + (x-.1)/.8*.0002, 36.8221 - (y-.2)/.7*.0001}})
		}
	}
	off[8].LonLat[0] += 4 / 89_000.0
	body["pairs"] = off
	answer := admin.send("POST", "/api/calibrate", body)
	if bad := read[calibrationRead](t, answer); !strings.Contains(bad.Refused, "at 40 m") || len(bad.Pairs) != 9 {
		t.Errorf("%d %s", answer.status, answer.body)
	}
	body["pairs"] = lookDown()[:3]
	if p := wantProblem(t, admin.send("POST", "/api/calibrate", body), http.StatusUnprocessableEntity); !strings.Contains(p.Detail, "4 to") {
		t.Errorf("%+v", p)
	}
}

func TestOverlay_DrawsTheMapOnTheFrame(t *testing.T) {
	w := newWorld(t)
	w.filmed(geoPairs(lookDown()))
	w.must(w.city.PutFence(t.Context(), geo.Fence{ID: "seen", Name: "seen", Rule: "fire_lane", Area: square(118.3050, 36.82203, 118.3051, 36.82207)}))
	w.must(w.city.PutFence(t.Context(), geo.Fence{ID: "drawn", Name: "drawn", Rule: "vending", ViewID: "west-cam",
		Frame: orb.Polygon{{{.1, .1}, {.9, .1}, {.9, .9}, {.1, .1}}}}))
	drawn := read[overlayView](t, w.as("west").get("/api/cameras/west-cam/overlay"))
	kinds := map[string]string{}
	for _, item := range drawn.Items {
		kinds[item.ID] = item.Kind
		for _, p := range item.Outline {
			if !(p[0] >= 0 && p[0] <= 1 && p[1] >= 0 && p[1] <= 1) {
				t.Errorf("%s lies outside the frame: %v", item.ID, p)
			}
		}
		if item.OnFrame != (item.ID == "drawn") || item.View != "west-cam" || len(item.Outline) < 3 {
			t.Errorf("%+v", item)
		}
	}
	if kinds["seen"] != "fence" || kinds["drawn"] != "fence" || kinds[westCode] != "community" || kinds[eastCode] != "" || kinds["east-lane"] != "" {
		t.Errorf("%v", kinds)
	}
	wantProblem(t, w.as("east").get("/api/cameras/west-cam/overlay"), http.StatusNotFound)
}

func TestUncovered_NamesWhatNoViewShows(t *testing.T) {
	w := newWorld(t)
	c := w.filmed(geoPairs(lookDown()))
	c.View.Masks = []orb.Ring{}
	w.must(w.cameras.PutCamera(t.Context(), c))
	w.must(w.city.PutFence(t.Context(), geo.Fence{ID: "seen", Name: "seen", Rule: "fire_lane", Area: square(118.3050, 36.82203, 118.3051, 36.82207)}))
	find := func() (ids []string, blind []string) {
		for _, item := range read[uncoveredListView](t, w.as("operator").get("/api/uncovered")).Items {
			ids = append(ids, item.ID)
			blind = append(blind, item.Blind...)
			if item.Grid == nil || item.Seen >= enoughSeen {
				t.Errorf("%+v", item)
			}
		}
		return ids, blind
	}
	if ids, _ := find(); fmt.Sprint(ids) != "[across east-lane west-lane]" {
		t.Errorf("uncovered are %v", ids)
	}
	// Key places too: one that the view shows, one that it does not, and one that nobody has to see.
	for _, p := range []geo.Place{
		{ID: "gate", Name: "校门", Class: "school", Geometry: orb.Point{118.30505, 36.82205}, Key: true},
		{ID: "market", Name: "早市", Class: "market", Geometry: square(118.3070, 36.8220, 118.3072, 36.8222), Key: true},
		{ID: "park", Name: "公园", Class: "square_park", Geometry: orb.Point{118.3075, 36.8221}},
	} {
		w.must(w.city.PutPlace(t.Context(), p))
	}
	if ids, _ := find(); fmt.Sprint(ids) != "[market across east-lane west-lane]" {
		t.Errorf("with places uncovered are %v", ids)
	}
	w.must(w.city.DeletePlace(t.Context(), "market"))
	w.must(w.cameras.SetOffline(t.Context(), "west-cam", time.Now(), "no frames"))
	if ids, blind := find(); fmt.Sprint(ids) != "[gate across east-lane seen west-lane]" || !strings.Contains(fmt.Sprint(blind), "west-cam") {
		t.Errorf("without its camera %v, blind %v", ids, blind)
	}
	w.must(w.cameras.SetOnline(t.Context(), "west-cam", vision.Look{}))
	c.View.Masks = []orb.Ring{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}
	w.must(w.cameras.PutCamera(t.Context(), c))
	if ids, _ := find(); fmt.Sprint(ids) != "[gate across east-lane seen west-lane]" {
		t.Errorf("under a mask %v", ids)
	}
}

func TestFencesAndPermits_ArePutAndTakenAway(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin")
	area := map[string]any{"type": "Polygon", "coordinates": square(118.305, 36.822, 118.306, 36.823)}
	fence := map[string]any{"name": "新围栏", "rule": "fire_lane", "area": area, "thresholds": map[string]float64{"raise_s": 30},
		"hours": map[string]any{"windows": []map[string]any{{"from": "08:00", "to": "20:00", "days": []int{1, 2}}}}}
	if r := admin.send("PUT", "/api/fences/new", fence); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	framed := map[string]any{"name": "画面围栏", "rule": "vending", "view": "west-cam", "frame": [][2]float64{{.1, .1}, {.9, .1}, {.5, .9}}}
	if r := admin.send("PUT", "/api/fences/framed", framed); r.status != http.StatusOK || !strings.Contains(string(r.body), `"frame":[[0.1,0.1]`) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	fences, err := w.city.Fences(t.Context())
	w.must(err)
	if len(fences) != 6 {
		t.Errorf("%d fences", len(fences))
	}
	for field, spoil := range map[string]map[string]any{
		"rule": {"rule": "no_such_rule"}, "thresholds.raise_s": {"thresholds": map[string]float64{"raise_s": -1}},
		"view":  {"view": "nowhere", "frame": [][2]float64{{.1, .1}, {.9, .1}, {.5, .9}}},
		"frame": {"view": "west-cam", "frame": [][2]float64{{.1, .1}, {.9, .1}}},
	} {
		spoiled := map[string]any{}
		for k, v := range fence {
			spoiled[k] = v
		}
		for k, v := range spoil {
			spoiled[k] = v
		}
		if p := wantProblem(t, admin.send("PUT", "/api/fences/bad", spoiled), http.StatusUnprocessableEntity); !strings.HasPrefix(p.Errors[0].Location, strings.Split(field, ".")[0]) {
			t.Errorf("want %s, got %+v", field, p.Errors)
		}
	}
	permit := map[string]any{"name": "早市", "holder": "合作社", "rules": []string{"vending"}, "area": area,
		"from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}
	if r := admin.send("PUT", "/api/permits/market", permit); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	permit["until"] = "2025-01-01T00:00:00Z"
	wantProblem(t, admin.send("PUT", "/api/permits/market", permit), http.StatusUnprocessableEntity)
	if list := w.as("west").get("/api/permits"); !strings.Contains(string(list.body), `"until":"2027-01-01T00:00:00Z"`) {
		t.Errorf("%s", list.body)
	}
	for _, path := range []string{"/api/fences/new", "/api/fences/framed", "/api/permits/market"} {
		if r := admin.do("DELETE", path, nil); r.status != http.StatusNoContent {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
		wantProblem(t, admin.do("DELETE", path, nil), http.StatusNotFound)
	}
}

func TestShownSource_HidesPasswords(t *testing.T) {
	for source, want := range map[string]string{
		"rtsp://10.0.0.1/live":                             "rtsp://10.0.0.1/live",
		"rtsp://admin@10.0.0.1/live":                       "rtsp://admin@10.0.0.1/live",
		"rtsp://admin:p%40ss@10.0.0.1/live":                "rtsp://admin:***@10.0.0.1/live",
		"http://10.0.0.1/snap?user=a&pwd=geheim&x=1":       "http://10.0.0.1/snap?user=a&pwd=***&x=1",
		"rtsp://10.0.0.1/user=a_password=geheim_channel=1": "rtsp://10.0.0.1/user=a_password=***",
		"/var/clips/a.avi":                                 "/var/clips/a.avi",
		"rtsp://admin:%zz@10.0.0.1/live":                   "***",
	} {
		if got := shownSource(source); got != want {
			t.Errorf("%s is shown as %s, want %s", source, got, want)
		}
	}
}

func FuzzShownSource(f *testing.F) {
	f.Add("admin", "geheim")
	f.Fuzz(func(t *testing.T, user, password string) {
		if len(password) < 4 || strings.Contains(hidden+user+"rtsp://10.0.0.1/live", password) {
			return
		}
		shown := shownSource("rtsp://" + user + ":" + password + "@10.0.0.1/live")
		if strings.Contains(shown, password) && !strings.ContainsAny(user+password, "/?#") { // Those end the login: it is no URL of a camera.
			t.Errorf("%q and %q are shown as %q", user, password, shown)
		}
	})
}

// rtspBall serves a moving picture in H.264 until the test ends.
func rtspBall(t *testing.T) string {
	t.Helper()
	// Debian's own Python: another one that comes first in PATH lacks GStreamer.
	server := exec.Command("/usr/bin/python3", "../vision/capture/testdata/rtspserver.py",
		"videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=10/1 ! "+
			"openh264enc gop-size=10 ! h264parse ! rtph264pay name=pay0 config-interval=1", "0")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "rtsp://127.0.0.1:" + strings.TrimSpace(port) + "/live"
}

func TestLive_HandsTheCamerasOwnStreamOn(t *testing.T) {
	w := newWorld(t)
	w.must(w.cameras.PutCamera(t.Context(), vision.Camera{ID: "west-cam", Name: "west-cam", Position: westPoint,
		PlaceClass: "community_gate", Source: vision.Source{URL: rtspBall(t)}}))
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	browser, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	w.must(err)
	defer browser.Close()
	_, err = browser.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	w.must(err)
	packets := make(chan string, 1)
	browser.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if _, _, err := track.ReadRTP(); err == nil {
			packets <- track.Codec().MimeType
		}
	})
	offer, err := browser.CreateOffer(nil)
	w.must(err)
	gathered := webrtc.GatheringCompletePromise(browser)
	w.must(browser.SetLocalDescription(offer))
	<-gathered
	answer := w.as("west").send("POST", "/api/cameras/west-cam/live", map[string]string{"sdp": browser.LocalDescription().SDP})
	if answer.status != http.StatusOK {
		t.Fatalf("%d %s", answer.status, answer.body)
	}
	w.must(browser.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: read[liveView](t, answer).SDP}))
	select {
	case codec := <-packets:
		if codec != webrtc.MimeTypeH264 {
			t.Errorf("the stream is %s", codec)
		}
	case <-time.After(time.Minute):
		t.Fatalf("no packet came; log:\n%s", w.log)
	}
	wantProblem(t, w.as("operator").get("/api/cameras/west-cam/live.mjpeg"), http.StatusConflict) // The one place is taken.
	w.server.lives.closeAll()
	wantProblem(t, w.as("operator").get("/api/cameras/west-cam/live.mjpeg"), http.StatusServiceUnavailable)
}
