package democity

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/migrations/dbtest"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

var update = flag.Bool("update", false, "write the city's files anew")

const folder = "../../configs/demo/linzi"

func read(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func build(t testing.TB) *City {
	t.Helper()
	var outline geojson.FeatureCollection
	var streets []geo.Street
	var villages []Village
	read(t, "linzi-outline.wgs84.geojson", &outline)
	read(t, "streets.json", &streets)
	read(t, "villages.json", &villages)
	city, err := Build(outline.Features[0].Geometry.(orb.Polygon)[0], streets, villages)
	if err != nil {
		t.Fatal(err)
	}
	return city
}

func TestBuild_GivesTheFilesOfTheRepository(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors fuse multiplications with additions: their borders are as good, but not these")
	}
	for name, want := range build(t).GeoJSON() {
		path := filepath.Join(folder, name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what Build gives: run go test ./geo/democity -update", name)
		}
	}
}

// loaded reads the files as the program does and puts them into a fresh PostGIS.
func loaded(t *testing.T) (*geo.Store, *pgxpool.Pool, *City) {
	t.Helper()
	ctx := context.Background()
	pool, err := geo.Open(ctx, dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	store, city := geo.NewStore(pool), &City{}
	if city.District, err = geo.ReadDistrict(open(t, "district.geojson"), "EPSG:4326"); err != nil {
		t.Fatal(err)
	}
	if err := store.PutDistrict(ctx, city.District); err != nil {
		t.Fatal(err)
	}
	var streets []geo.Street
	read(t, "streets.json", &streets)
	if err := store.PutStreets(ctx, streets); err != nil {
		t.Fatal(err)
	}
	for net, into := range map[geo.Net]*[]geo.Grid{geo.Community: &city.Communities, geo.Road: &city.Roads} {
		if *into, err = geo.ReadGrids(open(t, string(net)+".geojson"), net, "EPSG:4326"); err != nil {
			t.Fatal(err)
		}
		if _, err := store.ImportGrids(ctx, net, "演示版", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), true, *into); err != nil {
			t.Fatal(err)
		}
	}
	return store, pool, city
}

func open(t *testing.T, name string) *os.File {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// judge lets PostGIS answer a question whose right answer is zero.
func judge(t *testing.T, pool *pgxpool.Pool, what, sql string) {
	t.Helper()
	var answer float64
	if err := pool.QueryRow(context.Background(), sql).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if answer != 0 {
		t.Errorf("%s: %v, want 0", what, answer)
	}
}

func TestFiles_AreACoverage(t *testing.T) {
	_, pool, _ := loaded(t)
	judge(t, pool, "invalid grids", `SELECT count(*) FROM grids WHERE NOT ST_IsValid(geom)`)
	judge(t, pool, "overlapping pairs", `
		SELECT count(*) FROM grids a JOIN grids b ON a.net = b.net AND a.code < b.code AND a.geom && b.geom
		WHERE ST_Relate(a.geom, b.geom, 'T********')`)
	judge(t, pool, "communities outside the outline or missing from it", `
		SELECT ST_Area(ST_SymDifference(ST_Union(g.geom), (SELECT geom FROM districts))) FROM grids g WHERE net = 'community'`)
	judge(t, pool, "holes in the union beyond the outline's", `
		SELECT ST_NRings(ST_Union(g.geom)) - (SELECT ST_NRings(geom) FROM districts) FROM grids g WHERE net = 'community'`)
	judge(t, pool, "corridors that leave the district", `
		SELECT count(*) FROM grids g, districts d WHERE g.net = 'road' AND NOT ST_CoveredBy(g.geom, d.geom)`)
}

// Every directed segment of a grid has its twin in a neighbour or lies on the outline: no border has two versions.
func TestFiles_BordersAreShared(t *testing.T) {
	_, _, city := loaded(t)
	directed := map[[2]orb.Point]int{}
	for _, g := range city.Communities {
		eachSegment(g.Boundary, func(a, b orb.Point) { directed[[2]orb.Point{a, b}]++ })
	}
	outline := map[[2]orb.Point]bool{}
	eachSegment(city.District.Outline, func(a, b orb.Point) { outline[[2]orb.Point{a, b}] = true })
	onOutline := 0
	for segment, times := range directed {
		twins := directed[[2]orb.Point{segment[1], segment[0]}]
		switch {
		case times != 1:
			t.Fatalf("%v appears %d times in one direction", segment, times)
		case outline[segment] && twins == 0:
			onOutline++
		case outline[segment] || twins != 1:
			t.Fatalf("%v has %d twins", segment, twins)
		}
	}
	if onOutline != len(outline) {
		t.Errorf("%d of the outline's %d segments belong to a grid", onOutline, len(outline))
	}
}

func eachSegment(polys orb.MultiPolygon, visit func(a, b orb.Point)) {
	for _, poly := range polys {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				visit(ring[i-1], ring[i])
			}
		}
	}
}

func TestFiles_HaveTheCitysNumbers(t *testing.T) {
	_, _, city := loaded(t)
	kinds := map[string]int{}
	for _, g := range slices.Concat(city.Communities, city.Roads) {
		kinds[g.Kind]++
		if !strings.HasPrefix(g.Code, city.District.Code) || g.Street == "" {
			t.Errorf("%s %s of %q is not of the district", g.Code, g.Name, g.Street)
		}
	}
	if kinds[geo.KindCommunity] != 45 || kinds[geo.KindSection] != 9 {
		t.Errorf("%d communities and %d sections, want 45 and 9", kinds[geo.KindCommunity], kinds[geo.KindSection])
	}
	names := map[string]bool{}
	for _, g := range city.Roads {
		name, _, _ := strings.Cut(g.Name, "（")
		names[name] = true
	}
	if len(names) != len(roads) {
		t.Errorf("%d roads have sections, want %d", len(names), len(roads))
	}
}

// The cleaned outline is the real one: only repeated points and spikes without area are gone.
func TestFiles_KeepTheRealOutline(t *testing.T) {
	_, pool, city := loaded(t)
	var source geojson.FeatureCollection
	read(t, "linzi-outline.wgs84.geojson", &source)
	var differenceM2 float64
	err := pool.QueryRow(context.Background(), `SELECT ST_Area(ST_SymDifference(ST_MakeValid($1::geometry), $2::geometry)::geography)`,
		source.Features[0].Geometry, city.District.Outline).Scan(&differenceM2)
	if err != nil {
		t.Fatal(err)
	}
	const district = 660e6
	if differenceM2 > district/1e5 {
		t.Errorf("the outline differs by %.0f m²", differenceM2)
	}
}
