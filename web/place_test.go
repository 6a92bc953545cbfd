package web

import (
	"encoding/json"
	"net/http"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func point(p orb.Point) map[string]any { return map[string]any{"type": "Point", "coordinates": p} }

// placeRead is a place as a client reads it.
type placeRead struct {
	watchedPlaceView
	Geometry struct{ Type string } `json:"geometry"`
}

type placesRead struct {
	Classes []placeClassView
	Items   []placeRead
}

func TestPlaces_ArePutAndTakenAwayByPlanners(t *testing.T) {
	w := newWorld(t)
	planner, west := w.as("planner"), w.as("west")
	market := map[string]any{"name": "早市", "class": "market", "geometry": point(westPoint), "key": true}
	put := read[placeRead](t, planner.send("PUT", "/api/places/market", market))
	if put.ID != "market" || !put.Key || put.Demo || put.Grid == nil || put.Grid.Code != westCode || put.Geometry.Type != "Point" {
		t.Errorf("put %+v", put)
	}
	area := square(118.3151, 36.8221, 118.3153, 36.8223)
	w.must(w.city.PutPlace(t.Context(), geo.Place{ID: "school", Name: "小学", Class: "school", Geometry: area, Demo: true}))
	school := map[string]any{"name": "实验小学", "class": "school", "geometry": map[string]any{"type": "Polygon", "coordinates": area}}
	if put := read[placeRead](t, w.as("admin").send("PUT", "/api/places/school", school)); put.Name != "实验小学" || !put.Demo || put.Grid.Code != eastCode {
		t.Errorf("changed %+v", put)
	}
	all := read[placesRead](t, planner.get("/api/places"))
	if len(all.Items) != 2 || all.Items[1].Name != "实验小学" || len(all.Classes) != 16 || all.Classes[0].NameEN == "" {
		t.Errorf("all %+v", all)
	}
	if mine := read[placesRead](t, west.get("/api/places")); len(mine.Items) != 1 || mine.Items[0].ID != "market" {
		t.Errorf("the western officer's %+v", mine.Items)
	}
	wantProblem(t, west.send("PUT", "/api/places/market", market), http.StatusForbidden)
	wantProblem(t, w.as("operator").do("DELETE", "/api/places/market", nil), http.StatusForbidden)
	if got := planner.do("DELETE", "/api/places/market", nil); got.status != http.StatusNoContent {
		t.Errorf("deleted: %d", got.status)
	}
	wantProblem(t, planner.do("DELETE", "/api/places/market", nil), http.StatusNotFound)
}

func TestPlaces_RefuseWhatIsNone(t *testing.T) {
	w := newWorld(t)
	for name, geometry := range map[string]any{
		"a line":                 map[string]any{"type": "LineString", "coordinates": [][2]float64{{118, 36}, {119, 37}}},
		"a point of one number":  map[string]any{"type": "Point", "coordinates": []float64{118}},
		"a point with a height":  map[string]any{"type": "Point", "coordinates": []float64{118, 36, 12}},
		"a point off the earth":  map[string]any{"type": "Point", "coordinates": []float64{118, 136}},
		"words":                  map[string]any{"type": "Point", "coordinates": "here"},
		"no coordinates":         map[string]any{"type": "Point"},
		"a polygon of a point":   map[string]any{"type": "Polygon", "coordinates": []float64{118, 36}},
		"a polygon without ring": map[string]any{"type": "Polygon", "coordinates": [][][]float64{}},
		"an open ring":           map[string]any{"type": "Polygon", "coordinates": [][][]float64{{{118, 36}, {118.1, 36}, {118.1, 36.1}, {118, 36.1}}}},
		"a corner of one number": map[string]any{"type": "Polygon", "coordinates": [][][]float64{{{118, 36}, {118.1}, {118.1, 36.1}, {118, 36}}}},
	} {
		t.Run(name, func(t *testing.T) {
			body := map[string]any{"name": "小学", "class": "school", "geometry": geometry}
			wantProblem(t, w.as("planner").send("PUT", "/api/places/school", body), http.StatusUnprocessableEntity)
		})
	}
	moon := map[string]any{"name": "小学", "class": "moon", "geometry": point(westPoint)}
	wantProblem(t, w.as("planner").send("PUT", "/api/places/school", moon), http.StatusUnprocessableEntity)
	if all := read[placesRead](t, w.as("planner").get("/api/places")); len(all.Items) != 0 {
		t.Errorf("something was stored: %+v", all.Items)
	}
}

// FuzzShapeBody: what is no shape is refused, and what is one is a place or refused as that.
func FuzzShapeBody(f *testing.F) {
	f.Add("Point", `[118.3,36.8]`)
	f.Add("Polygon", `[[[118,36],[118.1,36],[118.1,36.1],[118,36]]]`)
	f.Add("Polygon", `[[[1e999,36]]]`)
	f.Fuzz(func(t *testing.T, kind, coordinates string) {
		if kind != "Point" && kind != "Polygon" {
			return
		}
		shape, err := shapeBody{Type: kind, Coordinates: json.RawMessage(coordinates)}.shape()
		if (shape == nil) == (err == nil) {
			t.Fatalf("%v, %v", shape, err)
		}
		place := geo.Place{ID: "p", Name: "p", Class: "school", Geometry: shape}
		if err == nil && place.Validate() == nil && len(samplesOf(shape)) == 0 && kind == "Point" {
			t.Fatalf("%v is looked at nowhere", shape)
		}
	})
}
