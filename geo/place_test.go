package geo_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gridwatch/configs"
	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func school() geo.Place {
	return geo.Place{ID: "school-1", Name: "实验小学", Class: "school", Geometry: box(0, 0, 0.1, 0.1), Key: true, Demo: true}
}

func TestPlace_Validate(t *testing.T) {
	for _, row := range []struct {
		name        string
		change      func(*geo.Place)
		field, rule string // Empty where the place is good.
	}{
		{"a polygon", func(*geo.Place) {}, "", ""},
		{"a point", func(p *geo.Place) { p.Geometry = orb.Point{118.3, 36.8} }, "", ""},
		{"no id", func(p *geo.Place) { p.ID = "" }, "id", "missing"},
		{"no name", func(p *geo.Place) { p.Name = "" }, "name", "missing"},
		{"a name of two lines", func(p *geo.Place) { p.Name = "实验\n小学" }, "name", "control"},
		{"no class", func(p *geo.Place) { p.Class = "" }, "class", "missing"},
		{"a class that is no key", func(p *geo.Place) { p.Class = "School!" }, "class", "small letters"},
		{"nowhere", func(p *geo.Place) { p.Geometry = nil }, "geometry", "point or a polygon"},
		{"a line", func(p *geo.Place) { p.Geometry = orb.LineString{{118, 36}, {119, 36}} }, "geometry", "point or a polygon"},
		{"off the earth", func(p *geo.Place) { p.Geometry = orb.Point{118, 91} }, "geometry", "degrees"},
		{"a point that is no number", func(p *geo.Place) { p.Geometry = orb.Point{math.NaN(), 36} }, "geometry", "degrees"},
		{"an empty polygon", func(p *geo.Place) { p.Geometry = orb.Polygon{} }, "geometry", "empty"},
		{"a bow-tie", func(p *geo.Place) {
			p.Geometry = orb.Polygon{{{118, 36}, {118.1, 36.1}, {118.1, 36}, {118, 36.1}, {118, 36}}}
		}, "geometry", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := school()
			row.change(&p)
			err := p.Validate()
			if row.field == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantInvalid(t, err, row.field, row.rule)
		})
	}
}

func TestStore_PlacesComeBackAsTheyWere(t *testing.T) {
	store, _ := openStore(t)
	point := geo.Place{ID: "market-1", Name: "早市", Class: "market", Geometry: orb.Point{118.31, 36.81}}
	for _, p := range []geo.Place{school(), point} {
		if err := store.PutPlace(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	point.Name, point.Key = "东门早市", true
	if err := store.PutPlace(t.Context(), point); err != nil {
		t.Fatal(err)
	}
	bad := school()
	bad.Geometry = orb.LineString{}
	wantInvalid(t, store.PutPlace(t.Context(), bad), "geometry", "point or a polygon")
	same := func(a, b geo.Place) bool {
		return a.ID == b.ID && a.Name == b.Name && a.Class == b.Class && a.Key == b.Key && a.Demo == b.Demo && orb.Equal(a.Geometry, b.Geometry)
	}
	places, err := store.Places(t.Context())
	if want := []geo.Place{point, school()}; err != nil || !slices.EqualFunc(places, want, same) {
		t.Errorf("got  %+v, %v\nwant %+v", places, err, want)
	}
	if err := store.DeletePlace(t.Context(), "market-1"); err != nil {
		t.Error(err)
	}
	if err := store.DeletePlace(t.Context(), "market-1"); err == nil {
		t.Error("a place was taken away twice")
	}
}

// A fence of 0.1 × 0.1 units is about 90 m × 110 m.
func TestStore_AFenceIsOfThePlaceThatItLiesIn(t *testing.T) {
	store, _ := openStore(t)
	fence := geo.Fence{ID: "lane", Name: "消防通道", Rule: "fire_lane", Area: box(0, 0, 0.1, 0.1)}
	if err := store.PutFence(t.Context(), fence); err != nil {
		t.Fatal(err)
	}
	east := fence.Area.Bound().Right()
	beside := func(metres float64) orb.Point {
		return orb.Point{east + metres/89_000, fence.Area.Bound().Center().Lat()}
	}
	put := func(id, class string, g orb.Geometry) {
		t.Helper()
		if err := store.PutPlace(t.Context(), geo.Place{ID: id, Name: id, Class: class, Geometry: g}); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name  string
		id    string
		class string
		geom  orb.Geometry
		want  string
	}{
		{"a point too far away", "far", "station", beside(40), ""},
		{"a polygon that only touches its edge", "edge", "market", box(0.09, 0, 1, 1), ""},
		{"a point beside it", "beside", "parking", beside(20), "parking"},
		{"a nearer point", "nearer", "school", beside(10), "school"},
		{"a polygon around it goes before any point", "around", "residential", box(-1, -1, 1, 1), "residential"},
		{"a smaller polygon around it goes before a larger one", "within", "lobby", box(-0.1, -0.1, 0.2, 0.2), "lobby"},
	} {
		put(step.id, step.class, step.geom)
		fences, err := store.Fences(t.Context())
		if err != nil || len(fences) != 1 || fences[0].PlaceClass != step.want {
			t.Errorf("%s: got %+v, %v; want class %q", step.name, fences, err, step.want)
		}
	}
}

func TestLoadPlaceClasses(t *testing.T) {
	shipped, err := geo.LoadPlaceClasses(configs.Read("places.yaml"))
	if err != nil || len(shipped.All()) != 16 {
		t.Fatalf("the shipped classes: %d, %v", len(shipped.All()), err)
	}
	if err := shipped.Check("places", "lobby"); err != nil {
		t.Error(err)
	}
	wantInvalid(t, shipped.Check("places", "moon"), "places", `"moon": there are main_road, back_street`)
	for _, row := range []struct{ name, text, want string }{
		{"nothing", "", "must not be empty"},
		{"an unknown key", "classes: [{key: a, nom: b}]", "field nom not found"},
		{"a class twice", "classes: [{key: a, name: 甲, name_en: A}, {key: a, name: 乙, name_en: B}]", `"a" stands twice`},
		{"a key with a space", "classes: [{key: a b, name: 甲, name_en: A}]", "small letters"},
		{"no English name", "classes: [{key: a, name: 甲}]", "name_en"},
		{"two documents", "classes: [{key: a, name: 甲, name_en: A}]\n---\n{}", "one document"},
	} {
		if _, err := geo.LoadPlaceClasses([]byte(row.text)); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %q", row.name, err, row.want)
		}
	}
}
