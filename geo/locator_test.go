package geo_test

import (
	"context"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func TestLocator_AnswersAsOfAMoment(t *testing.T) {
	store, _ := openStore(t)
	ctx := context.Background()
	locator := geo.NewLocator(store)
	inEast := middle(box(1, 0, 2, 1))
	if _, _, ok := locator.Locate(geo.Community, inEast, june); ok {
		t.Fatal("a locator that was never loaded found something")
	}
	before := locator.Version()
	if _, err := store.ImportGrids(ctx, geo.Community, "2026 版", january, true, twoGrids()); err != nil {
		t.Fatal(err)
	}
	road := geo.Grid{Net: geo.Road, Code: east, Name: "桓公路", Kind: geo.KindCorridor, Boundary: orb.MultiPolygon{box(1, 0.4, 2, 0.6)}}
	if _, err := store.ImportGrids(ctx, geo.Road, "2026 版", january, false, []geo.Grid{road}); err != nil {
		t.Fatal(err)
	}
	load(t, locator)
	first := locator.Version()
	if first == before {
		t.Error("the version stayed when editions came")
	}
	load(t, locator)
	if locator.Version() != first {
		t.Error("the version changed when nothing changed")
	}

	merged, err := store.ImportGrids(ctx, geo.Community, "2026-06 版", june, false,
		[]geo.Grid{community(west, "西社区", box(0, 0, 2, 1))})
	if err != nil {
		t.Fatal(err)
	}
	load(t, locator)
	if locator.Version() == first {
		t.Error("the version stayed when an edition came")
	}
	for _, test := range []struct {
		name string
		net  geo.Net
		p    orb.Point
		at   time.Time
		code string
		demo bool
	}{
		{"before every edition", geo.Community, inEast, january.Add(-1), "", false},
		{"first edition", geo.Community, inEast, january, east, true},
		{"last moment of the first", geo.Community, inEast, june.Add(-1), east, true},
		{"second edition", geo.Community, inEast, june, west, false},
		{"far in the future", geo.Community, inEast, june.AddDate(50, 0, 0), west, false},
		{"road net", geo.Road, inEast, june, east, false},
		{"beside the road", geo.Road, middle(box(1, 0, 2, 0.2)), june, "", false},
		{"outside the city", geo.Community, middle(box(5, 5, 6, 6)), june, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			grid, edition, ok := locator.Locate(test.net, test.p, test.at)
			if grid.Code != test.code || ok != (test.code != "") || ok && edition.Demo != test.demo {
				t.Errorf("got %s of %+v, %v", grid.Code, edition, ok)
			}
		})
	}
	if _, edition, _ := locator.Locate(geo.Community, inEast, june); edition.ID != merged.ID {
		t.Errorf("edition %+v, want %d", edition, merged.ID)
	}
}

func load(t *testing.T, locator *geo.Locator) {
	t.Helper()
	if err := locator.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestLocator_KeepsAnsweringWhenALoadFails(t *testing.T) {
	store, pool := openStore(t)
	if _, err := store.ImportGrids(context.Background(), geo.Community, "2026 版", january, true, twoGrids()); err != nil {
		t.Fatal(err)
	}
	locator := geo.NewLocator(store)
	load(t, locator)
	version := locator.Version()
	pool.Close()
	if err := locator.Load(context.Background()); err == nil {
		t.Error("a load from a closed pool went through")
	}
	if grid, _, ok := locator.Locate(geo.Community, middle(box(0, 0, 1, 1)), june); !ok || grid.Code != west || locator.Version() != version {
		t.Errorf("after it: %s, %v", grid.Code, ok)
	}
}
