package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// collectionOf is a page of features as a client reads it.
type collectionOf struct {
	Type           string
	NumberMatched  int
	NumberReturned int
	TimeStamp      time.Time
	Features       []featureOf
	Links          []ogcLink
}

type featureOf struct {
	Type     string
	ID       any
	Geometry *struct {
		Type        string
		Coordinates json.RawMessage
	}
	Properties map[string]any
	Links      []ogcLink
}

func (c collectionOf) ids() []string {
	ids := []string{}
	for _, f := range c.Features {
		ids = append(ids, fmt.Sprint(f.ID))
	}
	return ids
}

func linkOf(t *testing.T, links []ogcLink, rel string) ogcLink {
	t.Helper()
	i := slices.IndexFunc(links, func(l ogcLink) bool { return l.Rel == rel })
	if i < 0 {
		t.Fatalf("no link %s in %+v", rel, links)
	}
	return links[i]
}

// items reads one page of a collection.
func (c *client) items(collection, query string) collectionOf {
	c.w.t.Helper()
	answer := c.get("/ogc/collections/" + collection + "/items" + query)
	if answer.status != http.StatusOK || answer.header.Get("Content-Type") != geoJSONType {
		c.w.t.Fatalf("%s%s: %d %s %s", collection, query, answer.status, answer.header.Get("Content-Type"), answer.body)
	}
	page := read[collectionOf](c.w.t, answer)
	if page.Type != "FeatureCollection" || page.NumberReturned != len(page.Features) || time.Since(page.TimeStamp) > time.Minute {
		c.w.t.Fatalf("%s%s: %s", collection, query, answer.body)
	}
	return page
}

func wantIDs(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, append([]string{}, want...)) {
		t.Errorf("features %q; want %q", got, want)
	}
}

const (
	westID = "community-" + westCode
	eastID = "community-" + eastCode
	roadID = "road-" + roadCode
)

func TestOGC_LeadsFromItsLandingPageToEveryFeature(t *testing.T) {
	w := newWorld(t)
	w.raise("occ-west", "west-cam", westPoint)
	follow := func(c *client, l ogcLink) reply {
		t.Helper()
		address, ours := strings.CutPrefix(l.Href, w.url)
		if !ours || l.Type == "" {
			t.Fatalf("link %+v", l)
		}
		answer := c.get(address)
		if answer.status != http.StatusOK || answer.header.Get("Content-Type") != l.Type {
			t.Fatalf("%s: %d %s; want %s", l.Href, answer.status, answer.header.Get("Content-Type"), l.Type)
		}
		return answer
	}
	type linked struct{ Links []ogcLink }
	landing := read[linked](t, w.nobody().get("/ogc")).Links
	follow(w.nobody(), linkOf(t, landing, "self"))
	conforms := read[struct{ ConformsTo []string }](t, follow(w.nobody(), linkOf(t, landing, "conformance"))).ConformsTo
	for _, class := range []string{"core", "geojson", "oas30"} {
		if !slices.Contains(conforms, "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"+class) {
			t.Errorf("%s is not among %q", class, conforms)
		}
	}
	document := read[struct {
		OpenAPI string
		Paths   map[string]any
	}](t, follow(w.nobody(), linkOf(t, landing, "service-desc")))
	if !strings.HasPrefix(document.OpenAPI, "3.0.") {
		t.Errorf("OpenAPI %q", document.OpenAPI)
	}
	planner := w.as("planner")
	collections := read[struct{ Collections []ogcCollectionView }](t, follow(planner, linkOf(t, landing, "data"))).Collections
	var names []string
	for _, c := range collections {
		names = append(names, c.ID)
		if c.ItemType != "feature" || len(c.CRS) != 3 || c.CRS[0] != c.StorageCRS || c.Title == "" {
			t.Errorf("collection %+v", c)
		}
		if one := read[ogcCollectionView](t, follow(planner, linkOf(t, c.Links, "self"))); one.ID != c.ID {
			t.Errorf("%s leads to %s", c.ID, one.ID)
		}
		follow(planner, linkOf(t, c.Links, schemaRelation))
		follow(planner, linkOf(t, c.Links, describedBy))
		if document.Paths["/collections/"+c.ID+"/items"] == nil {
			t.Errorf("the items of %s are not described", c.ID)
		}
		page := read[collectionOf](t, follow(planner, linkOf(t, c.Links, "items")))
		if page.NumberMatched != len(page.Features) {
			t.Errorf("%s: %d matched, %d here", c.ID, page.NumberMatched, len(page.Features))
		}
		for _, f := range page.Features {
			one := read[featureOf](t, planner.get(fmt.Sprintf("/ogc/collections/%s/items/%v", c.ID, f.ID)))
			linkOf(t, one.Links, "self")
			linkOf(t, one.Links, "collection")
			one.Links = nil
			if fmt.Sprint(one.Properties) != fmt.Sprint(f.Properties) || fmt.Sprint(one.ID) != fmt.Sprint(f.ID) {
				t.Errorf("%s: in the list %+v, alone %+v", c.ID, f, one)
			}
		}
	}
	wantIDs(t, names, "grids", "roads", "fences", "permits", "places", "cameras", "alerts")
}

func TestOGC_ShowsAllOfTheWorld(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ-west", "west-cam", westPoint)
	w.must(w.city.PutPermit(t.Context(), geo.Permit{ID: "stall", Name: "夜市", Holder: "李", Rules: []string{"vending"},
		Area: around(eastPoint, 0.0002), From: edition, Until: edition.AddDate(1, 0, 0)}))
	w.must(w.city.PutPlace(t.Context(), geo.Place{ID: "gate", Name: "东门", Class: "school_gate", Geometry: eastPoint, Key: true}))
	planner := w.as("planner")
	for collection, want := range map[string][]string{
		"grids": {westID, eastID, roadID}, "roads": {roadCode}, "cameras": {"east-cam", "west-cam"},
		"fences": {"across", "east-frame", "east-lane", "west-lane"}, "permits": {"stall"}, "places": {"gate"},
		"alerts": {fmt.Sprint(a.ID)},
	} {
		wantIDs(t, planner.items(collection, "").ids(), want...)
	}
	alert := planner.items("alerts", "").Features[0]
	if alert.Properties["rule"] != "debris" || alert.Properties["grid_code"] != westCode || alert.Properties["cleared_at"] != nil {
		t.Errorf("alert %v", alert.Properties)
	}
	if raised, err := time.Parse(time.RFC3339, fmt.Sprint(alert.Properties["raised_at"])); err != nil || !raised.Equal(a.RaisedAt) {
		t.Errorf("raised at %v; want %v", alert.Properties["raised_at"], a.RaisedAt)
	}
	grid := planner.items("grids", "?code="+eastCode).Features[0]
	if grid.Properties["name"] != "东社区" || grid.Properties["edition"] != 1.0 || grid.Properties["demo"] != true || grid.Geometry.Type != "MultiPolygon" {
		t.Errorf("grid %+v", grid)
	}
	for _, fence := range planner.items("fences", "").Features {
		if onFrame := fence.ID == "east-frame"; onFrame != (fence.Geometry == nil) || onFrame != (fence.Properties["view"] == "east-cam") {
			t.Errorf("fence %+v", fence)
		}
	}
	if body := string(planner.get("/ogc/collections/cameras/items").body); strings.Contains(body, "rtsp") {
		t.Errorf("a camera's source is told: %s", body)
	}
}

func TestOGC_ChoosesByBoxTimeAndProperty(t *testing.T) {
	w := newWorld(t)
	at := func(day int) time.Time { return time.Date(2026, 3, day, 4, 0, 0, 0, time.UTC) }
	for id, days := range map[string][2]int{"early": {1, 10}, "late": {20, 30}} {
		w.must(w.city.PutPermit(t.Context(), geo.Permit{ID: id, Name: id, Holder: "李", Rules: []string{"vending"},
			Area: around(westPoint, 0.0002), From: at(days[0]), Until: at(days[1])}))
	}
	planner := w.as("planner")
	const crs = "http://www.opengis.net/def/crs/EPSG/0/"
	for _, tc := range []struct {
		collection, query string
		want              []string
	}{
		{"cameras", "?bbox=118.30,36.82,118.31,36.83", []string{"west-cam"}},
		{"cameras", "?bbox=118.30,36.82,-10,118.31,36.83,500", []string{"west-cam"}},
		{"cameras", "?bbox=36.82,118.30,36.83,118.31&bbox-crs=" + crs + "4326", []string{"west-cam"}},
		{"cameras", "?bbox=36.82,118.30,36.83,118.31&bbox-crs=" + crs + "4490", []string{"west-cam"}},
		{"cameras", "?bbox=118.31,-90,118.30,90", []string{"east-cam"}},              // From there eastwards round the earth.
		{"fences", "?bbox=118.3148,36.8218,118.3152,36.8222", []string{"east-lane"}}, // One on a frame is nowhere.
		{"grids", "?bbox=118.310,36.8299,118.310,36.8299", []string{westID, eastID}}, // A border touches both.
		{"grids", "?net=road", []string{roadID}},
		{"grids", "?code=" + westCode, []string{westID}},
		{"grids", "?name=" + url.QueryEscape("东社区"), []string{eastID}},
		{"grids", "?edition=2", []string{roadID}},
		{"grids", "?edition=99", []string{}},
		{"grids", "?demo=false", []string{}},
		{"fences", "?rule=fire_lane&name=east-lane", []string{"east-lane"}},
		{"permits", "?datetime=2026-03-05T00:00:00Z", []string{"early"}},
		{"permits", "?datetime=2026-03-11T00:00:00Z/2026-03-19T00:00:00Z", []string{}},
		{"permits", "?datetime=2026-03-11T00:00:00Z/..", []string{"late"}},
		{"permits", "?datetime=../2026-03-11T00:00:00Z", []string{"early"}},
		{"permits", "?datetime=/2026-03-11T00:00:00Z", []string{"early"}},
		{"permits", "?datetime=2026-03-05/2026-03-25", []string{"early", "late"}},
		{"permits", "?datetime=2026-03-20", []string{"late"}},                                         // It begins at noon of that day in the city.
		{"permits", "?datetime=2026-03-20T11:59:59%2B08:00", []string{}},                              // And not before.
		{"permits", "?datetime=0000-01-01T00:00:00Z/9999-12-31T00:00:00Z", []string{"early", "late"}}, // As QGIS says open ends.
		{"grids", "?datetime=2025-12-31T00:00:00Z", []string{}},
		{"grids", "?datetime=2025-12-31T00:00:00Z/..", []string{westID, eastID, roadID}},
		{"cameras", "?datetime=2025-12-31T00:00:00Z", []string{"east-cam", "west-cam"}}, // They have no dates.
	} {
		t.Run(tc.collection+tc.query, func(t *testing.T) {
			page := planner.items(tc.collection, tc.query)
			wantIDs(t, page.ids(), tc.want...)
			if page.NumberMatched != len(tc.want) {
				t.Errorf("%d matched", page.NumberMatched)
			}
		})
	}
}

func TestOGC_AlertsAreFoundByEveryMomentOfTheirLife(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ-west", "west-cam", westPoint)
	planner := w.as("planner")
	moment := func(t time.Time) string { return "?datetime=" + t.UTC().Format(time.RFC3339Nano) }
	wantIDs(t, planner.items("alerts", moment(a.RaisedAt.Add(-time.Hour))).ids())
	wantIDs(t, planner.items("alerts", moment(a.RaisedAt.AddDate(1, 0, 0))).ids(), fmt.Sprint(a.ID)) // It is open.
	if _, err := w.pool.Exec(t.Context(), `UPDATE alerts SET cleared_at = raised_at + interval '1 hour', state = 'cleared'`); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, planner.items("alerts", moment(a.RaisedAt.Add(30*time.Minute))).ids(), fmt.Sprint(a.ID))
	wantIDs(t, planner.items("alerts", moment(a.RaisedAt.Add(2*time.Hour))).ids())
	wantIDs(t, planner.items("alerts", "?state=raised").ids())
}

// TestOGC_GridsAreOfTheirTime gives the city a second edition and asks before it, after it, and over both.
func TestOGC_GridsAreOfTheirTime(t *testing.T) {
	w := newWorld(t)
	second := edition.AddDate(0, 3, 0)
	_, err := w.city.ImportGrids(t.Context(), geo.Community, "第二版", second, true, []geo.Grid{
		{Net: geo.Community, Code: eastCode, Name: "东社区", Kind: "community", Street: "闻韶街道",
			Boundary: orb.MultiPolygon{square(118.300, 36.820, 118.320, 36.830)}},
	})
	w.must(err)
	planner := w.as("planner")
	wantIDs(t, planner.items("grids", "").ids(), eastID, roadID)
	wantIDs(t, planner.items("grids", "?datetime=2026-02-01T00:00:00Z").ids(), westID, eastID, roadID)
	both := planner.items("grids", "?net=community&datetime=2026-02-01T00:00:00Z/2026-05-01T00:00:00Z")
	wantIDs(t, both.ids(), eastID, westID) // Each once, as it was last.
	if both.Features[0].Properties["edition_title"] != "第二版" || both.NumberMatched != 2 {
		t.Errorf("%+v", both)
	}
	wantIDs(t, planner.items("grids", "?edition=1").ids(), westID, eastID)
	if answer := planner.get("/ogc/collections/grids/items/" + westID); answer.status != http.StatusNotFound {
		t.Errorf("a grid of yesterday: %d", answer.status)
	}
	// Over pages, and over the parts of two editions.
	var ids []string
	for next := "/ogc/collections/grids/items?limit=1&datetime=../.."; next != ""; {
		page := read[collectionOf](t, planner.get(next))
		ids = append(ids, page.ids()...)
		next = ""
		if i := slices.IndexFunc(page.Links, func(l ogcLink) bool { return l.Rel == "next" }); i >= 0 {
			next = strings.TrimPrefix(page.Links[i].Href, w.url)
		}
	}
	wantIDs(t, ids, eastID, westID, roadID)
}

// TestOGC_PagesStayInOneMoment publishes an edition between two pages.
func TestOGC_PagesStayInOneMoment(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	first := planner.items("grids", "?limit=1")
	wantIDs(t, first.ids(), westID)
	_, err := w.city.ImportGrids(t.Context(), geo.Community, "第二版", time.Now(), true, []geo.Grid{
		{Net: geo.Community, Code: westCode, Name: "西社区", Kind: "community", Street: "闻韶街道",
			Boundary: orb.MultiPolygon{square(118.300, 36.820, 118.320, 36.830)}},
	})
	w.must(err)
	second := read[collectionOf](t, planner.get(strings.TrimPrefix(linkOf(t, first.Links, "next").Href, w.url)))
	wantIDs(t, second.ids(), eastID)
	wantIDs(t, planner.items("grids", "").ids(), westID, roadID)
}

func TestOGC_SaysCoordinatesInTheSystemThatIsAskedFor(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	for uri, want := range map[string]string{
		"":                "[118.305,36.822]",
		ogcSystems[0].URI: "[118.305,36.822]",
		ogcSystems[1].URI: "[36.822,118.305]",
		ogcSystems[2].URI: "[36.822,118.305]",
	} {
		for _, path := range []string{"/items", "/items/west-cam"} {
			query, said := "", ogcSystems[0].URI
			if uri != "" {
				query, said = "?crs="+url.QueryEscape(uri), uri
			}
			answer := planner.get("/ogc/collections/cameras" + path + query)
			if got := answer.header.Get("Content-Crs"); got != "<"+said+">" {
				t.Errorf("%s%s: Content-Crs %q", path, query, got)
			}
			if !strings.Contains(string(answer.body), want) {
				t.Errorf("%s%s: no %s in %s", path, query, want, answer.body)
			}
		}
	}
	extent := read[ogcCollectionView](t, planner.get("/ogc/collections/cameras")).Extent
	if extent.Spatial.BBox[0] != [4]float64{118.305, 36.822, 118.315, 36.822} || extent.Spatial.CRS != ogcSystems[0].URI || extent.Temporal != nil {
		t.Errorf("extent %+v", extent)
	}
	grids := read[ogcCollectionView](t, planner.get("/ogc/collections/grids")).Extent
	if grids.Temporal == nil || !grids.Temporal.Interval[0][0].Equal(edition) || grids.Temporal.Interval[0][1] != nil {
		t.Errorf("extent of the grids %+v", grids.Temporal)
	}
}

func TestOGC_RefusesWhatItDoesNotKnow(t *testing.T) {
	w := newWorld(t)
	planner := w.as("planner")
	for _, query := range []string{
		"limit=0", "limit=-1", "limit=ten", "limit=", "limit=1.5", "limit=1&limit=2",
		"bbox=1,2,3", "bbox=1,2,3,4,5", "bbox=1,2,3,x", "bbox=1,2,3,NaN", "bbox=1,2,3,Inf", "bbox=", "bbox=36.8,118.3,36.9,118.4",
		"bbox=118,37,119,36", "bbox=1,2,9,3,4,5", "bbox=1e400,2,3,4", "bbox=1,2,3,4&bbox-crs=EPSG:4326",
		"crs=EPSG:4326", "crs=http://www.opengis.net/def/crs/EPSG/0/3857", "crs=",
		"datetime=yesterday", "datetime=2026-13-01T00:00:00Z", "datetime=2026-03-05T00:00:00", "datetime=..", "datetime=",
		"datetime=2026-03-05T00:00:00Z/2026-03-04T00:00:00Z", "datetime=2026-03-05T00:00:00Z/2026-03-06T00:00:00Z/..",
		"cursor=x", "cursor=", "cursor=e30", "unknown=1", "f=json", "edition=draft", "edition=99999999999999999999", "from=2026-01-01T00:00:00Z",
		"name=%FF", "name=%00", "name=a;b", "%zz=1",
	} {
		if p := wantProblem(t, planner.get("/ogc/collections/grids/items?"+query), http.StatusBadRequest); !strings.Contains(p.Detail, strings.SplitN(query, "=", 2)[0]) &&
			!strings.HasPrefix(p.Detail, "query") {
			t.Errorf("%s: %s", query, p.Detail)
		}
	}
	for _, path := range []string{"/ogc?x=1", "/ogc/api?x=1", "/ogc/conformance?x=1", "/ogc/collections?x=1", "/ogc/collections/grids?x=1",
		"/ogc/collections/grids/schema?x=1", "/ogc/collections/grids/items/" + westID + "?limit=1", "/ogc/collections/grids/items/" + westID + "?crs=x"} {
		wantProblem(t, planner.get(path), http.StatusBadRequest)
	}
	for _, path := range []string{"/ogc/collections/none", "/ogc/collections/none/items", "/ogc/collections/none/schema",
		"/ogc/collections/grids/items/none", "/ogc/collections/grids/items/community-" + roadCode, "/ogc/collections/alerts/items/x", "/ogc/collections/alerts/items/0",
		"/ogc/collections/cameras/items/%00", "/ogc/collections/cameras/items/%FF", "/ogc/none"} {
		wantProblem(t, planner.get(path), http.StatusNotFound)
	}
	if page := planner.items("grids", "?limit=999999999"); len(page.Features) != 3 {
		t.Errorf("more than the most: %d", len(page.Features))
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		wantProblem(t, planner.do(method, "/ogc/collections", nil), http.StatusMethodNotAllowed)
	}
}

// TestOGC_ScopeIsThatOfEveryOtherDoor lets everybody ask for everything.
func TestOGC_ScopeIsThatOfEveryOtherDoor(t *testing.T) {
	w := newWorld(t)
	a := fmt.Sprint(w.raise("occ-west", "west-cam", westPoint).ID)
	w.must(w.city.PutPermit(t.Context(), geo.Permit{ID: "stall", Name: "夜市", Holder: "李", Rules: []string{"vending"},
		Area: around(eastPoint, 0.0002), From: edition, Until: edition.AddDate(1, 0, 0)}))
	w.must(w.city.PutPlace(t.Context(), geo.Place{ID: "gate", Name: "东门", Class: "school_gate", Geometry: eastPoint}))
	all := map[string][]string{
		"grids": {westID, eastID, roadID}, "roads": {roadCode}, "cameras": {"east-cam", "west-cam"},
		"fences": {"across", "east-frame", "east-lane", "west-lane"}, "permits": {"stall"}, "places": {"gate"}, "alerts": {a},
	}
	seen := map[string]map[string][]string{
		"operator": all, "admin": all, "planner": all, "idle": {},
		"west": {"grids": {westID}, "cameras": {"west-cam"}, "fences": {"across", "west-lane"}, "alerts": {a}},
		"east": {"grids": {eastID}, "cameras": {"east-cam"}, "fences": {"east-frame", "east-lane"}, "permits": {"stall"}, "places": {"gate"}},
		"road": {"grids": {roadID}, "roads": {roadCode}, "fences": {"across"}},
	}
	for who, see := range seen {
		c := w.as(who)
		for collection, everything := range all {
			page := c.items(collection, "")
			wantIDs(t, page.ids(), see[collection]...)
			for _, id := range everything {
				want := http.StatusNotFound
				if slices.Contains(see[collection], id) {
					want = http.StatusOK
				}
				if got := c.get("/ogc/collections/" + collection + "/items/" + id).status; got != want {
					t.Errorf("%s asks for %s %s: %d; want %d", who, collection, id, got, want)
				}
			}
			extent := read[ogcCollectionView](t, c.get("/ogc/collections/"+collection)).Extent
			if hidden := len(see[collection]) == 0; hidden && extent != nil && extent.Spatial != nil {
				t.Errorf("%s is told where %s are: %+v", who, collection, extent)
			}
		}
	}
	for collection := range all {
		for _, path := range []string{"", "/items", "/schema", "/items/1"} {
			answer := w.nobody().get("/ogc/collections/" + collection + path)
			wantProblem(t, answer, http.StatusUnauthorized)
			if answer.header.Get("WWW-Authenticate") != basicChallenge {
				t.Errorf("%s: %q", path, answer.header.Get("WWW-Authenticate"))
			}
		}
	}
}
