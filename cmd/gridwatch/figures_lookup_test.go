//go:build figures

package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/geo/democity"
	"gridwatch/migrations"
	"gridwatch/migrations/cluster"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
)

// figureLookup asks for the grids of points four ways, by turns: our index, PostGIS point by point, PostGIS in
// thousands, and an r-tree with the rings of orb. Every answer of ours is compared with PostGIS's.
func figureLookup(t *testing.T) map[string]any {
	pool := figureDatabase(t)
	found := map[string]any{}
	for _, size := range []int{54, 5_000, 100_000} {
		found[strconv.Itoa(size)] = lookupAmong(t, pool, democity.Synthetic(size))
	}
	return found
}

// figureDatabase is a private PostGIS with nothing in it but what the migrations make.
func figureDatabase(t *testing.T) *pgxpool.Pool {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() { cluster.Remove(filepath.Join(dir, "postgis")) })
	url, err := startCluster(t, dir).EnsureDatabase(t.Context(), "gridwatch")
	if err != nil {
		t.Fatal(err)
	}
	if err := migrations.Up(t.Context(), url, func(string) {}); err != nil {
		t.Fatal(err)
	}
	pool, err := geo.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// putGrids fills a table of its own, as PostGIS is asked best: with an index, counted, and in both projections.
func putGrids(t *testing.T, pool *pgxpool.Pool, table string, grids []geo.Grid) {
	t.Helper()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(pool.Exec(t.Context(), `CREATE UNLOGGED TABLE `+table+` (code text, name text, net text, kind text, street text,
		demo bool DEFAULT true, geom geometry(MultiPolygon, 4326), mercator geometry(MultiPolygon, 3857))`))
	must(pool.CopyFrom(t.Context(), pgx.Identifier{table}, []string{"code", "name", "net", "kind", "street", "geom"},
		pgx.CopyFromSlice(len(grids), func(i int) ([]any, error) {
			g := grids[i]
			return []any{g.Code, g.Name, g.Net, g.Kind, g.Street, g.Boundary}, nil
		})))
	must(pool.Exec(t.Context(), `UPDATE `+table+` SET mercator = ST_Transform(geom, 3857)`))
	must(pool.Exec(t.Context(), `CREATE INDEX ON `+table+` USING gist (geom) WITH (buffering = on)`))
	must(pool.Exec(t.Context(), `CREATE INDEX ON `+table+` USING gist (mercator) WITH (buffering = on)`))
	must(pool.Exec(t.Context(), `VACUUM ANALYZE `+table))
}

// lookupAmong measures one size of city. Points are many, so that no cache holds what they need.
func lookupAmong(t *testing.T, pool *pgxpool.Pool, grids []geo.Grid) map[string]any {
	const points, oneByOne, turns = 60_000, 2_000, 5
	table := fmt.Sprintf("grids_%d", len(grids))
	putGrids(t, pool, table, grids)
	before := heapMB()
	began := time.Now()
	index, err := geo.NewIndex(grids)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	memory := heapMB() - before
	tree := treeOf(grids)
	asked := scatter(grids, points)
	var ours, orbs, single, bulk []float64
	var codes []string
	wrong := 0
	hold := func(p orb.Point, code string) {
		if g, ok := index.Locate(p); ok != (code != "") || ok && g.Code != code {
			wrong++
		}
	}
	for turn := range turns {
		for range 10 {
			ours = append(ours, rates(asked, 2_000, func(some []orb.Point) {
				for _, p := range some {
					index.Locate(p)
				}
			})...)
		}
		orbs = append(orbs, rates(asked, 500, func(some []orb.Point) {
			for _, p := range some {
				locateTree(tree, grids, p)
			}
		})...)
		some, share := asked[turn*oneByOne:][:oneByOne], asked[turn*points/turns:][:points/turns]
		codes = codes[:0]
		single = append(single, rates(some, 50, func(some []orb.Point) {
			for _, p := range some {
				codes = append(codes, locateSQL(t, pool, table, p))
			}
		})...)
		bulk = append(bulk, rates(share, 1_000, func(some []orb.Point) {
			codes = append(codes, locateMany(t, pool, table, some)...)
		})...)
		for i, p := range append(slices.Clone(some), share...) {
			hold(p, codes[i])
		}
	}
	mine, one, many, orbsBest := undisturbed(ours), undisturbed(single), undisturbed(bulk), undisturbed(orbs)
	return map[string]any{
		"lookups_per_s": round(mine), "postgis_one_by_one_per_s": round(one), "postgis_in_thousands_per_s": round(many),
		"rtree_and_orb_per_s": round(orbsBest), "ratio_to_one_by_one": round(mine / one), "ratio_to_thousands": round(mine / many),
		"ratio_to_rtree_and_orb": round(mine / orbsBest),
		"answers_compared":       points + turns*oneByOne, "answers_that_differ": wrong,
		"index_ms": millis(took.Seconds()), "index_mb": round(memory),
	}
}

// rates are how many points a second were answered, slice by slice.
func rates(points []orb.Point, slice int, answer func([]orb.Point)) (all []float64) {
	for some := range slices.Chunk(points, slice) {
		began := time.Now()
		answer(some)
		all = append(all, float64(len(some))/time.Since(began).Seconds())
	}
	return all
}

// undisturbed is the rate that one slice in ten reaches: what others do to the machine meanwhile is not ours to tell.
func undisturbed(rates []float64) float64 { return quantile(rates, 0.9) }

func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

func locateSQL(t *testing.T, pool *pgxpool.Pool, table string, p orb.Point) (code string) {
	err := pool.QueryRow(t.Context(), `
		SELECT coalesce((SELECT code FROM `+table+` WHERE ST_Contains(geom, $1)), '')`, p).Scan(&code)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func locateMany(t *testing.T, pool *pgxpool.Pool, table string, points []orb.Point) []string {
	lons, lats := make([]float64, len(points)), make([]float64, len(points))
	for i, p := range points {
		lons[i], lats[i] = p[0], p[1]
	}
	rows, _ := pool.Query(t.Context(), `
		SELECT coalesce(g.code, '') FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY AS p (lon, lat, n)
		LEFT JOIN `+table+` g ON ST_Contains(g.geom, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)) ORDER BY n`, lons, lats)
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

func treeOf(grids []geo.Grid) *rtree.RTreeG[int] {
	tree := &rtree.RTreeG[int]{}
	for i, g := range grids {
		b := g.Boundary.Bound()
		tree.Insert(b.Min, b.Max, i)
	}
	return tree
}

func locateTree(tree *rtree.RTreeG[int], grids []geo.Grid, p orb.Point) (owner int) {
	owner = -1
	tree.Search(p, p, func(_, _ [2]float64, i int) bool {
		for _, poly := range grids[i].Boundary {
			if geo.ContainsHalfOpen(poly, p) {
				owner = i
			}
		}
		return owner < 0
	})
	return owner
}

func scatter(grids []geo.Grid, n int) []orb.Point {
	bound := grids[0].Boundary.Bound()
	for _, g := range grids {
		bound = bound.Union(g.Boundary.Bound())
	}
	random := rand.New(rand.NewPCG(1, 2))
	points := make([]orb.Point, n)
	for i := range points {
		points[i] = orb.Point{
			bound.Min[0] + random.Float64()*(bound.Max[0]-bound.Min[0]),
			bound.Min[1] + random.Float64()*(bound.Max[1]-bound.Min[1]),
		}
	}
	return points
}
