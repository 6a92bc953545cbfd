//go:build figures

package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// figureImport brings 100,000 grids as a shapefile in Gauss-Krüger coordinates: read, joined, and stored as a draft.
func figureImport(t *testing.T) map[string]any {
	const side = 316 // Of a square of grids: 99,856 of them.
	dir, _, pool := measuredCity(t)
	path := filepath.Join(dir, "grids.zip")
	var file bytes.Buffer
	if err := (geo.Export{Format: geo.Shapefile, CRS: "EPSG:4527"}).Write(t.Context(), &file, manyGrids(side)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}

	begin := time.Now()
	read, _, crs, err := geo.ReadSurvey(t.Context(), geo.Survey{Path: path, Net: geo.Community})
	if err != nil {
		t.Fatal(err)
	}
	readS := time.Since(begin)
	drafts := geo.NewDrafts(pool, geo.NewLocator(geo.NewStore(pool)), alerts.NewEditionRecord(nil))
	begin = time.Now()
	fitted, err := drafts.Imported(t.Context(), read, crs)
	if err != nil {
		t.Fatal(err)
	}
	joinedS := time.Since(begin)
	begin = time.Now()
	edition, err := drafts.Begin(t.Context(), geo.DraftStart{Net: geo.Community, Title: "十万", Grids: fitted}, geo.Actor{})
	if err != nil {
		t.Fatal(err)
	}
	storedS := time.Since(begin)
	begin = time.Now()
	mends := geo.FindMends(geo.Community, fitted, geo.DefaultToleranceM)
	mendsS := time.Since(begin)
	return map[string]any{
		"grids": edition.Grids, "points": pointsOf(fitted), "file_mb": round(float64(file.Len()) / 1e6), "crs": string(crs),
		"read_s": round(readS.Seconds()), "joined_s": round(joinedS.Seconds()), "stored_s": round(storedS.Seconds()),
		"import_s": round((readS + joinedS + storedS).Seconds()), "mends": len(mends), "mends_s": round(mendsS.Seconds()),
	}
}

// manyGrids is a square of grids over the demonstration city whose borders wind, with every corner shared.
func manyGrids(side int) []geo.Grid {
	const west, south, step = 118.10, 36.65, 0.0012
	at := func(x, y float64) orb.Point {
		return orb.Point{west + step*(x+0.2*math.Sin(3*y)), south + step*(y+0.2*math.Sin(3*x))}
	}
	var grids []geo.Grid
	for i := range side {
		for j := range side {
			x, y := float64(i), float64(j)
			var ring orb.Ring
			for k := range 4 {
				ring = append(ring, at(x+float64(k)/4, y))
			}
			for k := range 4 {
				ring = append(ring, at(x+1, y+float64(k)/4))
			}
			for k := range 4 {
				ring = append(ring, at(x+1-float64(k)/4, y+1))
			}
			for k := range 4 {
				ring = append(ring, at(x, y+1-float64(k)/4))
			}
			n := i*side + j
			grids = append(grids, geo.Grid{
				Net: geo.Community, Code: fmt.Sprintf("370305%03d%03d%03d", n/1_000_000, n/1000%1000, n%1000), Name: fmt.Sprintf("网格 %d", n),
				Kind: geo.KindCommunity, Boundary: orb.MultiPolygon{{append(ring, ring[0])}},
			})
		}
	}
	return grids
}

func pointsOf(grids []geo.Grid) (n int) {
	for _, g := range grids {
		for _, poly := range g.Boundary {
			for _, ring := range poly {
				n += len(ring)
			}
		}
	}
	return n
}
