package geo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
)

// PostGIS draws the same tiles: the same grids, on the same ground but for what a zoom may leave out along each border.
func TestChart_DrawsWhatPostGISDraws(t *testing.T) {
	store, pool := openStore(t)
	ctx := context.Background()
	for _, net := range geo.Nets {
		grids := demoGrids(t, net)
		edition, err := store.ImportGrids(ctx, net, "试", january, true, grids)
		if err != nil {
			t.Fatal(err)
		}
		chart := geo.NewChart(net, true, grids)
		compared, valid, all := 0, 0, 0
		for _, z := range []int{9, 10, 11, 12, 13, 14, 16} {
			left, whole := 0.0, 0.0
			for i, tile := range tilesOf(grids, z) {
				if i%(1+1<<max(z-11, 0)) != 0 { // Of the many of nearer zooms, some.
					continue
				}
				ours := drawn(t, chart.Tile(z, int(tile.X), int(tile.Y), nil))
				theirs := drawnByPostGIS(t, pool, edition.ID, tile)
				for code, shape := range theirs {
					tolerance := 2.5 * lengthOf(shape) // In half square units: two of the zoom and the rounding.
					if difference := math.Abs(areaOf(shape) - areaOf(ours[code])); difference > 2*tolerance+10 {
						t.Fatalf("%v %s: %.0f half square units, PostGIS has %.0f, and a border of %.0f units", tile, code, areaOf(ours[code]), areaOf(shape), lengthOf(shape))
					}
					left += areaOf(shape) - areaOf(ours[code])
					whole += areaOf(shape)
					compared++
				}
				for code, shape := range ours {
					if theirs[code] == nil && areaOf(shape) > 10*lengthOf(shape) {
						t.Fatalf("%v: PostGIS does not draw %s, which has %.0f half square units", tile, code, areaOf(shape))
					}
				}
				v, a := validity(t, pool, ours)
				valid, all = valid+v, all+a
			}
			if math.Abs(left) > 0.02*whole {
				t.Errorf("zoom %d: all in all, the %s net has %.0f half square units less than PostGIS's %.0f", z, net, left, whole)
			}
		}
		if compared < 200 {
			t.Errorf("only %d shapes of the %s net were compared", compared, net)
		}
		if valid != all {
			t.Errorf("PostGIS finds %d of %d drawn shapes of the %s net valid", valid, all, net)
		}
	}
}

func drawnByPostGIS(t *testing.T, pool *pgxpool.Pool, edition int64, tile maptile.Tile) map[string]orb.MultiPolygon {
	t.Helper()
	var data []byte
	err := pool.QueryRow(context.Background(), `
		WITH drawn AS (
			SELECT code, ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope($1, $2, $3), 4096, 65, true) AS shape
			FROM grids WHERE edition = $4)
		SELECT coalesce(ST_AsMVT(drawn, 'grids', 4096, 'shape'), '') FROM drawn WHERE shape IS NOT NULL`,
		int(tile.Z), int(tile.X), int(tile.Y), edition).Scan(&data)
	if err != nil {
		t.Fatal(err)
	}
	return drawn(t, data)
}

// validity asks PostGIS how many of the shapes are valid.
func validity(t *testing.T, pool *pgxpool.Pool, shapes map[string]orb.MultiPolygon) (valid, all int) {
	t.Helper()
	var list []orb.MultiPolygon
	for _, shape := range shapes {
		list = append(list, shape)
	}
	texts := make([]string, len(list))
	for i, shape := range list {
		data, err := json.Marshal(geojson.NewGeometry(shape))
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(data)
	}
	err := pool.QueryRow(context.Background(), `
		SELECT count(*) FILTER (WHERE ST_IsValid(ST_GeomFromGeoJSON(shape))) FROM unnest($1::text[]) AS shape`, texts).Scan(&valid)
	if err != nil {
		t.Fatal(err)
	}
	return valid, len(list)
}

// lengthOf is how long the borders of a shape are.
func lengthOf(shape orb.MultiPolygon) (length float64) {
	for _, line := range boundaryOf(shape) {
		for i := 1; i < len(line); i++ {
			length += math.Hypot(line[i][0]-line[i-1][0], line[i][1]-line[i-1][1])
		}
	}
	return length
}

// GDAL reads our tiles: every grid, its properties and its ground.
func TestChart_IsReadByGDAL(t *testing.T) {
	grids := demoGrids(t, geo.Community)
	chart := geo.NewChart(geo.Community, true, grids)
	for _, z := range []int{9, 12, 15} {
		tile := maptile.At(grids[20].Boundary.Bound().Center(), maptile.Zoom(z))
		data := chart.Tile(z, int(tile.X), int(tile.Y), nil)
		path := filepath.Join(t.TempDir(), "tile.mvt")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", path, "-oo", "CLIP=NO",
			"-oo", fmt.Sprint("X=", tile.X), "-oo", fmt.Sprint("Y=", tile.Y), "-oo", fmt.Sprint("Z=", z), "-t_srs", "EPSG:4326").Output()
		if err != nil {
			t.Fatalf("ogr2ogr: %v", err)
		}
		read, err := geojson.UnmarshalFeatureCollection(out)
		if err != nil {
			t.Fatal(err)
		}
		want := drawn(t, data)
		if len(read.Features) != len(want) || len(want) == 0 {
			t.Errorf("zoom %d: GDAL reads %d grids of %d", z, len(read.Features), len(want))
		}
		for _, f := range read.Features {
			code := f.Properties["code"].(string)
			shape, isMulti := f.Geometry.(orb.MultiPolygon)
			if poly, one := f.Geometry.(orb.Polygon); one {
				shape, isMulti = orb.MultiPolygon{poly}, true
			}
			if !isMulti || f.Properties["net"] != "community" || f.Properties["name"] == "" || f.Properties["demo"] == nil {
				t.Fatalf("GDAL reads %s as %T with %v", code, f.Geometry, f.Properties)
			}
			// GDAL turns outer rings the other way.
			if got := math.Abs(areaOf(unsnapped(shape, tile))); math.Abs(got-areaOf(want[code])) > 1+1e-4*got {
				t.Errorf("zoom %d: %s has %.1f half square units, GDAL reads %.1f", z, code, areaOf(want[code]), got)
			}
		}
	}
}
