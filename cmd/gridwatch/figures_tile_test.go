//go:build figures

package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/geo/democity"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/maptile"
)

// figureTiles draws the same tiles of 100,000 grids from memory and by ST_AsMVT on a stored column in the map's
// projection, by turns. Zoom 10 is drawn with the grids themselves, as ST_AsMVT does it, and with their parents, as
// people see it.
func figureTiles(t *testing.T) map[string]any {
	const size = 100_000
	grids := democity.Synthetic(size)
	pool := figureDatabase(t)
	putGrids(t, pool, "grids_tiles", grids)
	before := heapMB()
	began := time.Now()
	chart := geo.NewChart(geo.Community, true, grids)
	found := map[string]any{"grids": size, "chart_ms": millis(time.Since(began).Seconds()), "chart_mb": round(heapMB() - before)}
	every := map[string]bool{}
	for _, g := range grids {
		every[g.Code] = true
	}
	for z := 10; z <= 14; z++ {
		seen := map[string]bool(nil)
		if z == 10 {
			seen = every
		}
		var ours, theirs, shown, bytes, theirBytes []float64
		runtime.GC() // Nobody pays for the litter of what came before.
		for _, tile := range someTiles(grids, z) {
			draw := func(seen map[string]bool) (data []byte) {
				return chart.Tile(z, int(tile.X), int(tile.Y), seen)
			}
			bytes = append(bytes, float64(len(draw(seen))))
			ours = append(ours, fastest(func() { draw(seen) }))
			shown = append(shown, fastest(func() { draw(nil) }))
			theirs = append(theirs, fastest(func() { theirBytes = append(theirBytes, float64(len(drawSQL(t, pool, tile)))) }))
		}
		found[fmt.Sprintf("z%d", z)] = map[string]any{
			"tiles": len(ours), "p50_ms": millis(median(ours)), "p99_ms": millis(quantile(ours, 0.99)),
			"as_shown_p50_ms": millis(median(shown)), "as_shown_p99_ms": millis(quantile(shown, 0.99)),
			"st_asmvt_p50_ms": millis(median(theirs)), "st_asmvt_p99_ms": millis(quantile(theirs, 0.99)),
			"ratio_p50": round(median(theirs) / median(ours)), "bytes_p50": median(bytes), "st_asmvt_bytes_p50": median(theirBytes),
		}
	}
	return found
}

// fastest is the least of three times, in seconds: what others do to the machine meanwhile is not ours to tell.
func fastest(do func()) float64 {
	least := time.Hour
	for range 3 {
		began := time.Now()
		do()
		least = min(least, time.Since(began))
	}
	return least.Seconds()
}

// someTiles are tiles of a zoom in the middle of grids that were drawn by lot.
func someTiles(grids []geo.Grid, z int) (tiles []maptile.Tile) {
	const most = 40
	random := rand.New(rand.NewPCG(5, 6))
	seen := map[maptile.Tile]bool{}
	for range most {
		tile := maptile.At(grids[random.IntN(len(grids))].Boundary.Bound().Center(), maptile.Zoom(z))
		if !seen[tile] {
			seen[tile] = true
			tiles = append(tiles, tile)
		}
	}
	return tiles
}

func drawSQL(t *testing.T, pool *pgxpool.Pool, tile maptile.Tile) (data []byte) {
	err := pool.QueryRow(t.Context(), `
		WITH tile AS (SELECT ST_TileEnvelope($1, $2, $3) AS bounds), drawn AS (
			SELECT code, name, net, kind, street, demo, ST_AsMVTGeom(mercator, bounds, 4096, 64, true) AS shape
			FROM grids_tiles, tile WHERE mercator && ST_Expand(bounds, (ST_XMax(bounds) - ST_XMin(bounds)) / 64))
		SELECT coalesce(ST_AsMVT(drawn, 'community', 4096, 'shape'), '') FROM drawn WHERE shape IS NOT NULL`,
		int(tile.Z), int(tile.X), int(tile.Y)).Scan(&data)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
