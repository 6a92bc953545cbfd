package geo_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/migrations/dbtest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

var (
	january = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	june    = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
)

// box is a rectangle; unit is the length of its grid on the map, about a kilometre.
func box(west, south, east, north float64) orb.Polygon {
	const unit = 0.01
	at := func(x, y float64) orb.Point { return orb.Point{118.3 + unit*x, 36.8 + unit*y} }
	return orb.Polygon{{at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)}}
}

func middle(p orb.Polygon) orb.Point { return p.Bound().Center() }

func community(code, name string, area orb.Polygon) geo.Grid {
	return geo.Grid{Net: geo.Community, Code: code, Name: name, Kind: geo.KindCommunity, Street: "闻韶街道",
		Boundary: orb.MultiPolygon{area}}
}

const (
	west = "370305001001001"
	east = "370305001002001"
)

func twoGrids() []geo.Grid {
	return []geo.Grid{community(west, "西社区", box(0, 0, 1, 1)), community(east, "东社区", box(1, 0, 2, 1))}
}

func openStore(t testing.TB) (*geo.Store, *pgxpool.Pool) {
	t.Helper()
	pool, err := geo.Open(context.Background(), dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return geo.NewStore(pool), pool
}

// wantInvalid fails unless err names the field and the rule.
func wantInvalid(t *testing.T, err error, field, rule string) {
	t.Helper()
	var invalid *geo.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v, want an *InvalidError", err)
	}
	if !strings.Contains(invalid.Field, field) || !strings.Contains(invalid.Rule, rule) {
		t.Errorf("got field %q, rule %q; want them to contain %q and %q", invalid.Field, invalid.Rule, field, rule)
	}
}

func TestOpen_RefusesADatabaseThatIsNotThere(t *testing.T) {
	for _, url := range []string{"postgres://[", "host=/nowhere dbname=none"} {
		if _, err := geo.Open(context.Background(), url); err == nil {
			t.Errorf("%q opened", url)
		}
	}
}

func TestCodec_TakesAndGivesEveryGeometry(t *testing.T) {
	_, pool := openStore(t)
	point, line, polygon := orb.Point{118.3, 36.8}, orb.LineString{{118, 36}, {119, 37}}, box(0, 0, 1, 1)
	for _, want := range []orb.Geometry{
		point, line, polygon,
		orb.MultiPoint{point, {118, 36}}, orb.MultiLineString{line}, orb.MultiPolygon{polygon}, orb.Collection{point, line},
	} {
		t.Run(want.GeoJSONType(), func(t *testing.T) {
			var got orb.Geometry
			var srid int
			err := pool.QueryRow(context.Background(), `SELECT $1::geometry, ST_SRID($1::geometry)`, want).Scan(&got, &srid)
			if err != nil {
				t.Fatal(err)
			}
			if !orb.Equal(got, want) || srid != 4326 {
				t.Errorf("got %v with SRID %d, want %v with 4326", got, srid, want)
			}
		})
	}
}

func TestCodec_ScansTypedNullAndMismatched(t *testing.T) {
	_, pool := openStore(t)
	ctx := context.Background()
	polygon := box(5, 5, 6, 6)
	if err := pool.QueryRow(ctx, `SELECT NULL::geometry`).Scan(&polygon); err != nil || polygon != nil {
		t.Errorf("NULL into a polygon: %v, %v", polygon, err)
	}
	maybe := &orb.Point{}
	if err := pool.QueryRow(ctx, `SELECT NULL::geometry`).Scan(&maybe); err != nil || maybe != nil {
		t.Errorf("NULL into a pointer to a point: %v, %v", maybe, err)
	}
	var point orb.Point
	if err := pool.QueryRow(ctx, `SELECT NULL::geometry`).Scan(&point); err == nil {
		t.Error("NULL into a point went through")
	}
	if err := pool.QueryRow(ctx, `SELECT $1::geometry`, box(0, 0, 1, 1)).Scan(&point); err == nil {
		t.Error("a polygon went into a point")
	}
	if err := pool.QueryRow(ctx, `SELECT $1::geometry`, orb.Point{1, 2}).Scan(&point); err != nil || point != (orb.Point{1, 2}) {
		t.Errorf("point: %v, %v", point, err)
	}
	rows, _ := pool.Query(ctx, `SELECT $1::geometry`, orb.Point{1, 2})
	values, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if err != nil || values[0] != (orb.Point{1, 2}) {
		t.Errorf("untyped value: %v, %v", values, err)
	}
}

func TestCodec_WorksInCopy(t *testing.T) {
	_, pool := openStore(t)
	ctx := context.Background()
	n, err := pool.CopyFrom(ctx, pgx.Identifier{"districts"}, []string{"code", "name", "geom"},
		pgx.CopyFromRows([][]any{{"370305", "临淄区", orb.MultiPolygon{box(0, 0, 1, 1)}}}))
	if err != nil || n != 1 {
		t.Fatalf("copied %d: %v", n, err)
	}
	var area orb.MultiPolygon
	if err := pool.QueryRow(ctx, `SELECT geom FROM districts`).Scan(&area); err != nil || !orb.Equal(area, orb.MultiPolygon{box(0, 0, 1, 1)}) {
		t.Errorf("got %v, %v", area, err)
	}
}

func TestStore_DistrictsAndStreets(t *testing.T) {
	store, _ := openStore(t)
	ctx := context.Background()
	district := geo.District{Code: "370305", Name: "临淄区", Outline: orb.MultiPolygon{box(0, 0, 9, 9)}, Demo: true}
	streets := []geo.Street{{Code: "370305001", Name: "闻韶街道"}, {Code: "370305002", Name: "雪宫街道"}}
	for range 2 { // Putting again replaces.
		if err := store.PutDistrict(ctx, district); err != nil {
			t.Fatal(err)
		}
		if err := store.PutStreets(ctx, streets); err != nil {
			t.Fatal(err)
		}
	}
	districts, err := store.Districts(ctx)
	if err != nil || len(districts) != 1 || districts[0].Name != "临淄区" || !districts[0].Demo ||
		!orb.Equal(districts[0].Outline, district.Outline) {
		t.Errorf("districts %v, %v", districts, err)
	}
	if got, err := store.Streets(ctx); err != nil || len(got) != 2 || got[1] != streets[1] {
		t.Errorf("streets %v, %v", got, err)
	}

	district.Code = "3703"
	wantInvalid(t, store.PutDistrict(ctx, district), "code", "6 digits")
	wantInvalid(t, store.PutStreets(ctx, []geo.Street{{Code: "370305003", Name: "辛店街道"}, {Code: "x", Name: "y"}}), "code", "9 digits")
	if got, _ := store.Streets(ctx); len(got) != 2 {
		t.Errorf("a refused list left %v", got)
	}
}

func TestStore_ImportGrids(t *testing.T) {
	store, _ := openStore(t)
	ctx := context.Background()
	if _, _, err := store.Grids(ctx, geo.Community, june); !errors.Is(err, geo.ErrNotFound) {
		t.Fatalf("grids of an empty city: %v, want ErrNotFound", err)
	}
	first, err := store.ImportGrids(ctx, geo.Community, "2026 版", january, true, twoGrids())
	if err != nil {
		t.Fatal(err)
	}
	second, err := store.ImportGrids(ctx, geo.Community, "2026-06 版", june, false,
		[]geo.Grid{community(west, "西社区", box(0, 0, 2, 1))})
	if err != nil {
		t.Fatal(err)
	}

	grids, edition, err := store.Grids(ctx, geo.Community, june.Add(-time.Second))
	if err != nil || len(grids) != 2 || edition.ID != first.ID || !edition.Until.Equal(june) || !edition.Demo || edition.Grids != 2 {
		t.Errorf("before June: %d grids of %+v, %v", len(grids), edition, err)
	}
	if g := grids[1]; g.Code != east || g.Name != "东社区" || g.Street != "闻韶街道" || g.Kind != geo.KindCommunity ||
		g.EditionID != first.ID || !orb.Equal(g.Boundary, orb.MultiPolygon{box(1, 0, 2, 1)}) {
		t.Errorf("grid came back as %+v", g)
	}
	grids, edition, err = store.Grids(ctx, geo.Community, june)
	if err != nil || len(grids) != 1 || edition.ID != second.ID || !edition.Until.IsZero() || edition.Demo {
		t.Errorf("from June on: %d grids of %+v, %v", len(grids), edition, err)
	}
	if _, _, err := store.Grids(ctx, geo.Community, january.Add(-time.Second)); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("before the first edition: %v", err)
	}
	if editions, err := store.Editions(ctx); err != nil || len(editions) != 2 || editions[0].ID != first.ID || editions[1].Grids != 1 {
		t.Errorf("editions %+v, %v", editions, err)
	}
}

func TestStore_ImportGridsRefusesAllOrNothing(t *testing.T) {
	store, _ := openStore(t)
	ctx := context.Background()
	if err := store.PutDistrict(ctx, geo.District{Code: "370305", Name: "临淄区", Outline: orb.MultiPolygon{box(0, 0, 9, 9)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.ImportGrids(ctx, geo.Community, "2026 版", january, true, twoGrids()); err != nil {
		t.Fatal(err)
	}
	bowtie := box(1, 0, 2, 1)
	bowtie[0][1], bowtie[0][2] = bowtie[0][2], bowtie[0][1]
	// The outer ring touches itself where the hole's two ends meet it: no segment crosses, but the inside falls apart.
	apart := append(box(0, 0, 4, 4), orb.Ring{
		box(2, 0, 2, 0)[0][0], box(3, 2, 3, 2)[0][0], box(2, 4, 2, 4)[0][0], box(1, 2, 1, 2)[0][0], box(2, 0, 2, 0)[0][0]})

	for _, test := range []struct {
		name, field, rule string
		change            func(grids []geo.Grid)
		from              time.Time
	}{
		{"overlap", west, "overlap: shares", func(g []geo.Grid) { g[1].Boundary = orb.MultiPolygon{box(0.9, 0, 2, 1)} }, june},
		{"overlap names both", west + " 西社区", east + " 东社区", func(g []geo.Grid) { g[1].Boundary = orb.MultiPolygon{box(0.9, 0, 2, 1)} }, june},
		{"one inside the other", west, "overlap", func(g []geo.Grid) { g[1].Boundary = orb.MultiPolygon{box(0.4, 0.4, 0.6, 0.6)} }, june},
		{"duplicate code", west + " 东社区: code", "duplicate code", func(g []geo.Grid) { g[1].Code = west }, june},
		{"short code", "code", "15 digits", func(g []geo.Grid) { g[1].Code = "370305001" }, june},
		{"bow-tie", east, "crosses", func(g []geo.Grid) { g[1].Boundary = orb.MultiPolygon{bowtie} }, june},
		{"what only PostGIS sees", east, "grids_geom_check", func(g []geo.Grid) { g[1].Boundary = orb.MultiPolygon{apart} }, june},
		{"outside the district", east, "outside the district", func(g []geo.Grid) { g[1].Boundary = orb.MultiPolygon{box(8, 0, 9.5, 1)} }, june},
		{"no name", "name", "missing", func(g []geo.Grid) { g[0].Name = " " }, june},
		{"other net", west + " 西社区: net", "community net", func(g []geo.Grid) { g[0].Net, g[0].Kind = geo.Road, geo.KindCorridor }, june},
		{"not after the edition before", "from", "must be after 2026-01-01", func([]geo.Grid) {}, january},
		{"no date", "from", "missing", func([]geo.Grid) {}, time.Time{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			grids := twoGrids()
			test.change(grids)
			_, err := store.ImportGrids(ctx, geo.Community, "2026-06 版", test.from, false, grids)
			wantInvalid(t, err, test.field, test.rule)
			editions, err := store.Editions(ctx)
			if err != nil || len(editions) != 1 || !editions[0].Until.IsZero() || editions[0].Grids != 2 {
				t.Errorf("the refused import left %+v, %v", editions, err)
			}
		})
	}
	t.Run("no grids", func(t *testing.T) {
		_, err := store.ImportGrids(ctx, geo.Community, "空", june, false, nil)
		wantInvalid(t, err, "grids", "none")
	})
	t.Run("no title", func(t *testing.T) {
		_, err := store.ImportGrids(ctx, geo.Community, "", june, false, twoGrids())
		wantInvalid(t, err, "title", "missing")
	})
}

func TestStore_ImportGridsToleratesRounding(t *testing.T) {
	store, _ := openStore(t)
	grids := twoGrids()
	grids[1].Boundary = orb.MultiPolygon{box(1-1e-9, 0, 2, 1)} // A millionth of a metre over the border.
	if _, err := store.ImportGrids(context.Background(), geo.Community, "2026 版", january, true, grids); err != nil {
		t.Error(err)
	}
}

func TestStore_RoadGridsMayNotOverlapEachOther(t *testing.T) {
	store, _ := openStore(t)
	grids := twoGrids()
	for i := range grids {
		grids[i].Net, grids[i].Kind = geo.Road, geo.KindCorridor
	}
	grids[1].Boundary = orb.MultiPolygon{box(0.5, 0.5, 2, 0.6)}
	_, err := store.ImportGrids(context.Background(), geo.Road, "路网", january, true, grids)
	wantInvalid(t, err, west, "overlap")
}

func TestStore_Fences(t *testing.T) {
	store, pool := openStore(t)
	ctx := context.Background()
	_, err := pool.Exec(ctx, `
		INSERT INTO cameras (id, name, place_class, source, geom) VALUES ('c1', '一号', 'road', 'a.avi', $1)`, orb.Point{118.3, 36.8})
	if err == nil {
		_, err = pool.Exec(ctx, `INSERT INTO views (id, camera) VALUES ('v1', 'c1')`)
	}
	if err != nil {
		t.Fatal(err)
	}
	night := geo.Hours{Windows: []geo.Window{{Days: []time.Weekday{time.Friday}, From: "22:00", To: "06:00"}}}
	onMap := geo.Fence{ID: "lane", Name: "消防通道", Rule: "fire_lane", Area: box(0, 0, 0.01, 0.01), Hours: night,
		Thresholds: map[string]float64{"raise_s": 10}, Demo: true}
	onFrame := geo.Fence{ID: "square", Name: "广场", Rule: "vending", ViewID: "v1",
		Frame: orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}
	for _, f := range []geo.Fence{onMap, onFrame, onMap} {
		if err := store.PutFence(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	fences, err := store.Fences(ctx)
	if err != nil || len(fences) != 2 {
		t.Fatalf("fences %v, %v", fences, err)
	}
	if f := fences[0]; f.OnFrame() || !orb.Equal(f.Area, onMap.Area) || f.Hours.Windows[0].To != "06:00" ||
		f.Thresholds["raise_s"] != 10 || !f.Demo || f.Rule != "fire_lane" {
		t.Errorf("fence on the map came back as %+v", f)
	}
	if f := fences[1]; !f.OnFrame() || f.ViewID != "v1" || !orb.Equal(f.Frame, onFrame.Frame) || f.Area != nil {
		t.Errorf("fence on the frame came back as %+v", f)
	}

	onFrame.Area = box(0, 0, 0.02, 0.02)
	if err := store.PutFence(ctx, onFrame); err != nil {
		t.Fatal(err)
	}
	if fences, err = store.Fences(ctx); err != nil || !fences[1].OnFrame() || !orb.Equal(fences[1].Area, onFrame.Area) {
		t.Errorf("fence on the frame with its ground came back as %+v, %v", fences, err)
	}

	onFrame.ViewID = "v2"
	wantInvalid(t, store.PutFence(ctx, onFrame), "view", "no view")
	onMap.Area = nil
	wantInvalid(t, store.PutFence(ctx, onMap), "area", "empty")
}

func TestStore_Permits(t *testing.T) {
	store, _ := openStore(t)
	ctx := context.Background()
	permit := geo.Permit{ID: "p1", Name: "早市", Holder: "便民疏导点", Rules: []string{"vending"}, Area: box(0, 0, 0.1, 0.1),
		Hours: geo.Hours{Windows: []geo.Window{{From: "06:00", To: "09:00"}}}, From: january, Until: june, StallM2: 1.5}
	for range 2 {
		if err := store.PutPermit(ctx, permit); err != nil {
			t.Fatal(err)
		}
	}
	permits, err := store.Permits(ctx)
	if err != nil || len(permits) != 1 {
		t.Fatalf("permits %v, %v", permits, err)
	}
	if p := permits[0]; p.Name != permit.Name || p.Holder != permit.Holder || p.Rules[0] != "vending" || !p.Until.Equal(june) ||
		!orb.Equal(p.Area, permit.Area) || p.Hours.Windows[0].From != "06:00" || p.StallM2 != 1.5 {
		t.Errorf("permit came back as %+v", p)
	}
	for _, size := range []float64{-1, 1001, math.NaN(), math.Inf(1)} {
		permit.StallM2 = size
		wantInvalid(t, store.PutPermit(ctx, permit), "stall_m2", "square metres")
	}
	permit.StallM2 = 0
	if err := store.PutPermit(ctx, permit); err != nil {
		t.Fatal(err)
	}
	if permits, err = store.Permits(ctx); err != nil || permits[0].StallM2 != 0 {
		t.Errorf("a permit that says no size came back as %+v, %v", permits, err)
	}
	permit.Until = permit.From
	wantInvalid(t, store.PutPermit(ctx, permit), "until", "after")
}
