package geo_test

import (
	"fmt"
	"testing"

	"gridwatch/geo"
	"gridwatch/geo/democity"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
)

// drawn decodes a tile of one layer with orb's decoder: the features by code, in the tile's own units.
func drawn(t testing.TB, data []byte) map[string]orb.MultiPolygon {
	t.Helper()
	shapes := map[string]orb.MultiPolygon{}
	layers, err := mvt.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		if layer.Version != 2 || layer.Extent != 4096 {
			t.Fatalf("version %d, extent %d", layer.Version, layer.Extent)
		}
		for _, f := range layer.Features {
			code := f.Properties["code"].(string)
			if shapes[code] != nil {
				t.Fatalf("%s is there twice", code)
			}
			switch g := f.Geometry.(type) {
			case orb.Polygon:
				shapes[code] = orb.MultiPolygon{g}
			case orb.MultiPolygon:
				shapes[code] = g
			default:
				t.Fatalf("%s is a %T", code, g)
			}
		}
	}
	return shapes
}

// areaOf is twice the area of all rings in square units; holes count less than nothing.
func areaOf(shapes map[string]orb.MultiPolygon) (twice float64) {
	for _, shape := range shapes {
		for _, poly := range shape {
			for _, ring := range poly {
				for i := 1; i < len(ring); i++ {
					twice += ring[i-1][0]*ring[i][1] - ring[i][0]*ring[i-1][1]
				}
			}
		}
	}
	return twice
}

// A window of a tile with its buffer, on the units where cut borders end.
const (
	windowLow, windowHigh = -65.0, 4161.0
	windowArea            = 2 * (windowHigh - windowLow) * (windowHigh - windowLow)
)

func TestChart_FillsATileInsideTheCoverageToTheLastUnit(t *testing.T) {
	grids := democity.Synthetic(2500)
	chart := geo.NewChart(geo.Community, true, grids)
	centre := grids[len(grids)/2+25].Boundary.Bound().Center()
	for z := 11; z <= 22; z++ {
		tile := maptile.At(centre, maptile.Zoom(z))
		shapes := drawn(t, chart.Tile(z, int(tile.X), int(tile.Y), nil))
		if got := areaOf(shapes); got != windowArea {
			t.Errorf("zoom %d: %d grids cover %.0f of %.0f half units", z, len(shapes), got, windowArea)
		}
	}
}

func BenchmarkChart(b *testing.B) {
	grids := democity.Synthetic(100_000)
	b.Run("prepare", func(b *testing.B) {
		for range b.N {
			geo.NewChart(geo.Community, true, grids)
		}
	})
	chart := geo.NewChart(geo.Community, true, grids)
	centre := grids[len(grids)/2+150].Boundary.Bound().Center()
	for z := 8; z <= 16; z++ {
		b.Run(fmt.Sprint("zoom ", z), func(b *testing.B) {
			tile := maptile.At(centre, maptile.Zoom(z))
			size := 0
			for range b.N {
				size = len(chart.Tile(z, int(tile.X), int(tile.Y), nil))
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
