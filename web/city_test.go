package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"gridwatch/vision"
)

func TestAlerts_ListIsFilteredAndPaged(t *testing.T) {
	w := newWorld(t)
	first := w.raise("occ-1", "west-cam", westPoint)
	second := w.raise("occ-2", "east-cam", eastPoint)
	third := w.raise("occ-3", "west-cam", westPoint)
	w.must(w.bus.Publish(t.Context(), w.sighting("occ-1", "west-cam", westPoint, vision.Cleared)))
	w.event("alert.cleared")
	c := w.as("operator")
	for query, want := range map[string][]int64{
		"":                           {third.ID, second.ID, first.ID},
		"state=open":                 {third.ID, second.ID},
		"state=cleared":              {first.ID},
		"state=raised,cleared":       {third.ID, second.ID, first.ID},
		"matter=06011":               {third.ID, second.ID, first.ID},
		"matter=debris":              {third.ID, second.ID, first.ID},
		"matter=09012":               {},
		"camera=east-cam":            {second.ID},
		"since=2026-11-22T00:00:00Z": {third.ID, second.ID, first.ID},
		"since=2096-11-22T00:00:00Z": {},
		"limit=2":                    {third.ID, second.ID},
	} {
		page := read[alertPageView](t, c.get("/api/alerts?"+query))
		got := []int64{}
		for _, a := range page.Items {
			got = append(got, a.ID)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v; want %v", query, got, want)
		}
		if (page.Next != nil) != (query == "limit=2") {
			t.Errorf("%s: next is %v", query, page.Next)
		}
	}
	page := read[alertPageView](t, c.get("/api/alerts?limit=2"))
	rest := read[alertPageView](t, c.get("/api/alerts?limit=2&cursor="+url.QueryEscape(*page.Next)))
	if len(rest.Items) != 1 || rest.Items[0].ID != first.ID || rest.Next != nil {
		t.Errorf("the second page: %+v", rest)
	}
	for _, query := range []string{"state=gone", "limit=0", "limit=1001", "limit=x", "since=yesterday", "cursor=x",
		"matter=%00", "camera=%ff", "stat=open"} {
		wantProblem(t, c.get("/api/alerts?"+query), http.StatusUnprocessableEntity)
	}
}

func TestGrids(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	grids := read[gridsRead](t, c.get("/api/grids?net=community"))
	if len(grids.Features) != 2 || grids.Edition == nil || !grids.Edition.Demo || !grids.Edition.From.Equal(edition) {
		t.Fatalf("%+v", grids)
	}
	west := grids.Features[0]
	if west.Properties.Code != westCode || west.Properties.Beat == nil || west.Properties.Beat.ID != "west" ||
		len(west.Properties.Officers) != 1 || west.Properties.Officers[0].Name != "west" || west.Geometry.Type != "MultiPolygon" {
		t.Errorf("%+v", west)
	}
	before := read[gridsRead](t, c.get("/api/grids?net=community&at=2020-01-01T00:00:00Z"))
	if before.Features == nil || len(before.Features) != 0 || before.Edition != nil {
		t.Errorf("before the first edition: %+v", before)
	}
	for _, query := range []string{"", "net=rail", "net=community&at=now", "net=community&zoom=3"} {
		wantProblem(t, c.get("/api/grids?"+query), http.StatusUnprocessableEntity)
	}
}

// gridsRead is a collection of grids whose boundaries are not read: a geometry has no one Go type.
type gridsRead struct {
	Features []struct {
		Geometry   struct{ Type string }
		Properties gridProperties
	}
	Edition *gridEditionView
}

func TestLocate(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	ask := func(lon, lat float64, more string) placeView {
		t.Helper()
		answer := c.get(fmt.Sprintf("/api/locate?lon=%v&lat=%v%s", lon, lat, more))
		if answer.status != http.StatusOK {
			t.Fatalf("%d %s", answer.status, answer.body)
		}
		return read[placeView](t, answer)
	}
	onRoad := ask(roadPoint.Lon(), roadPoint.Lat(), "")
	if onRoad.Community == nil || onRoad.Community.Code != westCode || onRoad.Road == nil || onRoad.Road.Code != roadCode ||
		onRoad.Responsible == nil || onRoad.Responsible.Net != "road" || onRoad.Responsible.Officer.Name != "road" {
		t.Errorf("on the road: %+v", onRoad)
	}
	if rule := onRoad.Responsible.Rule; rule == nil || *rule != 0 {
		t.Errorf("on the road decided rule %v, want the first", rule)
	}
	debris := ask(roadPoint.Lon(), roadPoint.Lat(), "&matter=06011")
	if debris.Responsible == nil || debris.Responsible.Code != westCode || debris.Responsible.Officer.Name != "west" {
		t.Errorf("debris on the road: %+v", debris.Responsible)
	}
	if off := ask(westPoint.Lon(), westPoint.Lat(), ""); off.Road != nil || off.Responsible.Code != westCode {
		t.Errorf("off the road: %+v", off)
	}
	if nowhere := ask(0, 0, ""); nowhere.Community != nil || nowhere.Road != nil || nowhere.Responsible != nil {
		t.Errorf("nowhere: %+v", nowhere)
	}
	if before := ask(westPoint.Lon(), westPoint.Lat(), "&at=2020-01-01T00:00:00Z"); before.Community != nil {
		t.Errorf("before the first edition: %+v", before)
	}
	for _, query := range []string{"", "lon=118", "lon=181&lat=0", "lon=0&lat=91", "lon=NaN&lat=0", "lon=0&lat=-Inf", "lon=x&lat=0",
		"lon=0&lat=0&matter=9012", "lon=0&lat=0&matter=fire_lane"} {
		wantProblem(t, c.get("/api/locate?"+query), http.StatusUnprocessableEntity)
	}
}

func TestPrecedence(t *testing.T) {
	rules := read[precedenceView](t, newWorld(t).as("planner").get("/api/precedence"))
	if len(rules.Items) != 2 {
		t.Fatalf("%d lines, want the default's two", len(rules.Items))
	}
	street := rules.Items[0]
	named := slices.ContainsFunc(street.Names, func(m matterView) bool { return m.Code == "09012" && m.Name == "占用消防通道" })
	if street.Net != "road" || !slices.Equal(street.Matters, []string{"09*"}) || !named || len(street.Places) != 0 {
		t.Errorf("the first line is %+v", street)
	}
	if slices.ContainsFunc(street.Names, func(m matterView) bool { return m.Code[:2] != "09" }) {
		t.Errorf("09* names %+v", street.Names)
	}
}

func TestCamerasFencesAndEditions(t *testing.T) {
	w := newWorld(t)
	c := w.as("planner")
	w.must(w.cameras.SetOffline(t.Context(), "west-cam", time.Now(), "no frames"))
	cameras := read[cameraListView](t, c.get("/api/cameras"))
	if len(cameras.Items) != 2 || cameras.Next != nil {
		t.Fatalf("cameras %+v", cameras)
	}
	lost := cameras.Items[1]
	if lost.ID != "west-cam" || lost.State != "offline" || lost.Reason != "no frames" || lost.Grid == nil ||
		lost.Grid.Code != westCode || time.Since(lost.StateSince) > time.Hour || lost.Calibrated {
		t.Errorf("camera %+v", lost)
	}
	editions := read[editionListView](t, c.get("/api/editions"))
	if len(editions.Items) != 2 || editions.Items[0].Net != "community" || editions.Items[0].Grids != 2 || editions.Items[0].Until != nil {
		t.Errorf("editions %+v", editions)
	}
	fences := c.get("/api/fences")
	collection := read[struct {
		Features []struct {
			Geometry   *struct{ Type string }
			Properties fenceProperties
		}
	}](t, fences)
	if len(collection.Features) != 4 {
		t.Fatalf("fences %s", fences.body)
	}
	for _, f := range collection.Features {
		if onFrame := f.Properties.ID == "east-frame"; onFrame != (f.Geometry == nil) || onFrame != (f.Properties.View != nil) {
			t.Errorf("fence %+v", f)
		}
	}
}
