package web

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/configs"
	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

var update = flag.Bool("update", false, "write testdata/*.json anew")

// TestSamples holds what JSON says. The front-end's tests read the same files, so neither side can drift.
func TestSamples(t *testing.T) {
	matters, err := alerts.LoadMatters(configs.Read("matters.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	raised, handled := sampleRaised(), sampleHandled()
	community, road := sampleCommunity(), sampleRoad()
	officer := alerts.Ref{ID: 7, Name: "王队"}
	teams := []alerts.Team{{ID: "beat-07", Name: "闻韶一队", Members: []alerts.Ref{officer}, Grids: []alerts.BeatGrid{
		{GridKey: community.Key(), Name: community.Name}, {GridKey: road.Key(), Name: road.Name},
	}}}
	inForce := geo.Edition{ID: 1, Net: geo.Community, Title: "示例 2026", State: geo.EditionPublished, From: at(0), Demo: true, Grids: 2, Version: 1}
	draft := geo.Edition{ID: 3, Net: geo.Community, Title: "2027 年调整", State: geo.EditionDraft, Planned: at(86400), Demo: true, Grids: 3,
		Version: 7, Base: 1, Replaces: 1, Changed: []string{community.Code}, Author: &geo.Hand{ID: 9, Name: "规划员"}, CanUndo: true}
	ended := geo.Edition{ID: 2, Net: geo.Road, Title: "示例 2025", State: geo.EditionSuperseded, From: at(0), Until: at(3600), Version: 1}
	who := visitor{Person: alerts.Person{ID: 7, Username: "officer", Name: "王队", Role: alerts.Officer}}
	samples := map[string]any{
		"me":           meOf(who, District{"370305", "临淄区", "Asia/Shanghai"}, teams, []geo.Edition{inForce}),
		"alert":        alertOf(raised, matters),
		"alert-detail": alertDetailOf(handled, sampleEvents(), matters),
		"alerts":       alertPageOf([]alerts.Alert{handled, raised}, "4210", 90214, matters),
		"alerts-empty": alertPageOf(nil, "", 0, matters),
		"event":        eventOf(alerts.Event{Seq: 90211, Type: alerts.AlertRaised, At: at(70), Alert: &raised}, matters),
		"event-camera": eventOf(alerts.Event{Seq: 90215, Type: alerts.CameraOffline, At: at(400), Camera: ptr(sampleCameras()[2])}, matters),
		"event-trust": eventOf(alerts.Event{Seq: 90216, Type: alerts.ReviewBegan, At: at(500), Camera: ptr(sampleCameras()[0]),
			Trust: &alerts.Trust{Rule: "vending", CameraID: "cam-1", ReviewOnly: true, Right: 4, Wrong: 6}}, matters),
		"precision":       precisionOf(samplePrecision(), alerts.DefaultFloor),
		"cameras":         camerasOf(sampleCameras()),
		"grids":           gridsOf(sampleGrids(), &inForce, teams),
		"grids-none":      gridsOf(nil, nil, nil),
		"fences":          fencesOf(sampleFences()),
		"editions":        editionsOf([]geo.Edition{ended, inForce, draft}),
		"locate":          placeOf(&community, &road, &road, &officer, 0),
		"locate-nowhere":  placeOf(nil, nil, nil, nil, alerts.NoRule),
		"problem":         problemOf(geo.Invalid("query.state", `"gone" is not a state of an alert`)),
		"problem-session": problemOf(alerts.ErrSignedOut),
		"vocabulary":      vocabularyOf(t),
	}
	for name, sample := range samples {
		t.Run(name, func(t *testing.T) { holdSample(t, name, sample) })
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) != len(samples) {
		t.Errorf("%d files, %d samples (%v)", len(files), len(samples), err)
	}
}

// TestSamples_AreAsTheDocumentSays holds the OpenAPI document against what is really written, nulls and all.
func TestSamples_AreAsTheDocumentSays(t *testing.T) {
	s, _ := bareServer(t, nil)
	for name, of := range map[string]any{
		"me": meView{}, "alert": AlertView{}, "alert-detail": alertDetailView{}, "alerts": alertPageView{},
		"alerts-empty": alertPageView{}, "cameras": cameraListView{}, "grids": gridCollectionView{},
		"grids-none": gridCollectionView{}, "fences": fenceCollectionView{}, "editions": editionListView{},
		"locate": placeView{}, "locate-nowhere": placeView{}, "problem": Problem{}, "precision": precisionView{},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var sample any
		if err := json.Unmarshal(data, &sample); err != nil {
			t.Fatal(err)
		}
		var result huma.ValidateResult
		schemas := s.api.OpenAPI().Components.Schemas
		huma.Validate(schemas, s.schema(of), huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, sample, &result)
		for _, err := range result.Errors {
			t.Errorf("%s.json: %v", name, err)
		}
	}
}

func holdSample(t *testing.T, name string, sample any) {
	t.Helper()
	got, err := json.MarshalIndent(sample, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is now\n%s\nIf that is meant, run go test ./web -run TestSamples -update.", file, got)
	}
}

// at is a moment of the samples' day, in a zone that JSON must not show.
func at(seconds int) time.Time {
	return time.Date(2026, 11, 22, 16, 0, seconds, 0, time.FixedZone("CST", 8*3600))
}

func sampleCommunity() alerts.GridRef {
	return alerts.GridRef{Net: geo.Community, Code: "370305001007001", Name: "辛东社区", Street: "闻韶街道", Edition: 1, Demo: true}
}

func sampleRoad() alerts.GridRef {
	return alerts.GridRef{Net: geo.Road, Code: "370305001900001", Name: "桓公路", Street: "闻韶街道", Edition: 2, Demo: true}
}

// sampleRaised is an alert of which little is known yet: everything that may be null is.
func sampleRaised() alerts.Alert {
	return alerts.Alert{
		ID: 4211, Occupancy: "lane-3/fire_lane/118.30612,36.82118/1763798400", Rule: "fire_lane", Matter: "09012",
		State: alerts.StateRaised, Handling: alerts.New, Since: at(0), RaisedAt: at(50),
		Position: orb.Point{118.3061, 36.8212}, Area: square(118.306, 36.821, 118.307, 36.822),
		Camera: alerts.CameraRef{ID: "cam-1", Name: "辛东社区东门"}, FenceID: "lane-3", FenceName: "3 号消防通道",
		Class: "vehicle", Score: 0.71, Why: vision.Why{Rule: "fire_lane", RuleVersion: 1, DwellS: 50}, EvidenceCount: 1,
	}
}

// sampleHandled is an alert of which everything is known.
func sampleHandled() alerts.Alert {
	community, road := sampleCommunity(), sampleRoad()
	wang := alerts.Ref{ID: 7, Name: "王队"}
	a := sampleRaised()
	a.ID, a.Rule, a.Matter, a.State, a.Handling = 4210, "vending", "09001", alerts.StateCleared, alerts.Handled
	a.EscalatedAt, a.ClearedAt, a.AcknowledgedAt, a.ArrivedAt, a.HandledAt = at(180), at(900), at(200), at(500), at(800)
	a.AcknowledgedBy, a.Officer, a.Holder = &wang, &wang, &wang
	a.Merged = []int64{4198}
	a.Silence = &alerts.Silence{By: alerts.Ref{ID: 3, Name: "值班员"}, Reason: "道路施工，已报备", Until: at(86400)}
	a.Grounded, a.SigmaM, a.Area, a.Composed, a.Class = true, 1.4, nil, true, "person"
	a.Community, a.Road, a.Grid = &community, &road, &road
	a.Why = vision.Why{
		Rule: "vending", RuleVersion: 1, Thresholds: map[string]float64{"raise_s": 10, "together_m": 3}, Overridden: []string{"raise_s"},
		DwellS: 184.5, Tracks: []int64{12, 15}, People: 2, Goods: []string{"umbrella"}, Permit: "none here", Hours: "06:00–22:00",
		Model: "5d0e4f8c nanodet-g-416", Frames: 20,
	}
	a.Also = []alerts.Witness{{Camera: alerts.CameraRef{ID: "cam-5", Name: "桓公路北口"}, Occupancy: "9c2f", ClearedAt: at(880)}}
	a.Verdict = &alerts.Verdict{Word: alerts.VerdictTrue, By: alerts.Ref{ID: 3, Name: "值班员"}, At: at(1000), Note: "属实"}
	a.EvidenceCount = 2
	a.Evidence = []alerts.Evidence{
		{N: 1, Kind: "begin", SHA256: sampleSHA('a'), Bytes: 81231, ContentType: "image/jpeg", TakenAt: at(0), Camera: &a.Camera},
		{N: 2, Kind: "photo", SHA256: sampleSHA('b'), Bytes: 512340, ContentType: "image/webp", TakenAt: at(790)},
	}
	a.Receipts = []alerts.Receipt{
		{Person: wang, Role: alerts.Officer, Device: "Android 3f9a", QueuedAt: at(51), DeliveredAt: at(52), ShownAt: at(60), AcknowledgedAt: at(200)},
		{Person: alerts.Ref{ID: 8, Name: "李经理"}, Role: alerts.PropertyManager, QueuedAt: at(51)},
	}
	return a
}

func sampleSHA(digit byte) string { return string(bytes.Repeat([]byte{digit}, 64)) }

func sampleEvents() []alerts.Event {
	wang := alerts.Ref{ID: 7, Name: "王队"}
	return []alerts.Event{
		{Seq: 90201, Type: alerts.AlertRaised, At: at(51)},
		{Seq: 90204, Type: alerts.AlertAcknowledged, At: at(200), Person: &wang},
		{Seq: 90209, Type: alerts.AlertHandled, At: at(800), Person: &wang, Note: "摊主已劝离"},
		{Seq: 90210, Type: alerts.AlertCleared, At: at(901)},
		{Seq: 90213, Type: alerts.AlertVerdict, At: at(1000), Person: &alerts.Ref{ID: 3, Name: "值班员"}, Note: "属实", Verdict: alerts.VerdictTrue},
	}
}

func samplePrecision() []alerts.Precision {
	camera := alerts.CameraRef{ID: "cam-1", Name: "辛东社区东门"}
	return []alerts.Precision{
		{Rule: "fire_lane", Camera: camera, True: 9, False: 1, Duplicate: 1},
		{Rule: "fire_lane", Camera: camera, Hour: ptr(8), True: 9, False: 1, Duplicate: 1},
		{Rule: "vending", Camera: camera, ReviewOnly: true},
	}
}

func sampleCameras() []alerts.CameraHealth {
	community := sampleCommunity()
	return []alerts.CameraHealth{
		{CameraRef: alerts.CameraRef{ID: "cam-1", Name: "辛东社区东门"}, Position: orb.Point{118.3061, 36.8212},
			PlaceClass: "community_gate", State: "online", Since: at(0), Calibrated: true, ResidualM: 0.07,
			LeaveOneOutM: 0.12, Grid: &community},
		{CameraRef: alerts.CameraRef{ID: "cam-2", Name: "辛东社区西门"}, Position: orb.Point{118.3041, 36.8211},
			PlaceClass: "community_gate", State: "online", Since: at(0), Grid: &community,
			Condition: &alerts.Condition{Code: vision.UnfitMoved, ViewID: "cam-2-1", Since: at(300), Reference: sampleSHA('c'), Current: sampleSHA('d')}},
		{CameraRef: alerts.CameraRef{ID: "cam-5", Name: "桓公路北口"}, Position: orb.Point{118.31, 36.83},
			PlaceClass: "street", State: "offline", Since: at(399), Reason: "no answer from the camera", Composed: true},
	}
}

func sampleGrids() []geo.Grid {
	return []geo.Grid{
		{Net: geo.Community, Code: "370305001007001", Name: "辛东社区", Kind: "community", Street: "闻韶街道", EditionID: 1,
			Boundary: orb.MultiPolygon{square(118.30, 36.82, 118.31, 36.83)}},
		{Net: geo.Community, Code: "370305001008001", Name: "辛西社区", Kind: "community", Street: "闻韶街道", EditionID: 1,
			Boundary: orb.MultiPolygon{square(118.29, 36.82, 118.30, 36.83)}},
	}
}

func sampleFences() []geo.Fence {
	return []geo.Fence{
		{ID: "lane-3", Name: "3 号消防通道", Rule: "fire_lane", Area: square(118.306, 36.821, 118.307, 36.822), Demo: true,
			Thresholds: map[string]float64{"raise_s": 10},
			Hours:      geo.Hours{Windows: []geo.Window{{Days: []time.Weekday{time.Monday, time.Friday}, From: "22:00", To: "06:00"}}}},
		{ID: "gate-1", Name: "东门", Rule: "vending", ViewID: "cam-5", Frame: orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}},
	}
}
