//go:build figures

package main

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/migrations/cluster"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// figureLookup asks the index and PostGIS (one query a point) for the same points, by turns.
func figureLookup(t *testing.T) map[string]any {
	dir := t.TempDir()
	t.Cleanup(func() { cluster.Remove(filepath.Join(dir, "postgis")) })
	url, err := startCluster(t, dir).EnsureDatabase(t.Context(), "gridwatch")
	if err != nil {
		t.Fatal(err)
	}
	fillCity(t, url)
	pool, err := geo.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	grids, _, err := geo.NewStore(pool).Grids(t.Context(), geo.Community, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	index, err := geo.NewIndex(grids)
	if err != nil {
		t.Fatal(err)
	}
	points := scatter(grids, 4000)
	var ours, theirs []float64
	wrong := 0
	for range 5 {
		begin := time.Now()
		const rounds = 200
		for range rounds {
			for _, p := range points {
				index.Locate(p)
			}
		}
		ours = append(ours, float64(rounds*len(points))/time.Since(begin).Seconds())
		begin = time.Now()
		for _, p := range points {
			code := locateSQL(t, pool, p)
			if g, ok := index.Locate(p); ok != (code != "") || ok && g.Code != code {
				wrong++
			}
		}
		theirs = append(theirs, float64(len(points))/time.Since(begin).Seconds())
	}
	return map[string]any{
		"grids": len(grids), "lookups_per_s": round(median(ours)), "postgis_one_by_one_per_s": round(median(theirs)),
		"ratio": round(median(ours) / median(theirs)), "answers_that_differ": wrong,
	}
}

func locateSQL(t *testing.T, pool *pgxpool.Pool, p orb.Point) (code string) {
	err := pool.QueryRow(t.Context(), `
		SELECT coalesce((SELECT code FROM grids WHERE net = 'community' AND ST_Contains(geom, $1)), '')`, p).Scan(&code)
	if err != nil {
		t.Fatal(err)
	}
	return code
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
