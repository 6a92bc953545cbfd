package geo_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"gridwatch/geo"
	"gridwatch/geo/democity"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

// holder is a test, a fuzzed one or a property.
type holder interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// drawn decodes a tile of one layer with orb's decoder: the features by code, in the tile's own units. It holds every
// feature to what the format asks of polygons.
func drawn(t holder, data []byte) map[string]orb.MultiPolygon {
	t.Helper()
	shapes := map[string]orb.MultiPolygon{}
	layers, err := mvt.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		if layer.Version != 2 || layer.Extent != 4096 || len(layer.Features) == 0 {
			t.Fatalf("version %d, extent %d, %d features", layer.Version, layer.Extent, len(layer.Features))
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
			wantRings(t, code, shapes[code])
		}
	}
	return shapes
}

// wantRings wants outer rings clockwise on the screen, where y grows downward, and holes the other way; every ring with an
// area, no point twice, and all of it in the window.
func wantRings(t holder, code string, shape orb.MultiPolygon) {
	t.Helper()
	for _, poly := range shape {
		for i, ring := range poly {
			if area := ringArea(ring); i == 0 && area <= 0 || i > 0 && area >= 0 || len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				t.Fatalf("%s: ring %d has the area %v: %v", code, i, area, ring)
			}
			seen := map[orb.Point]bool{}
			for _, p := range ring[1:] {
				if min(p[0], p[1]) < windowLow || max(p[0], p[1]) > windowHigh || seen[p] {
					t.Fatalf("%s: ring %d has %v twice, or out of the window: %v", code, i, p, ring)
				}
				seen[p] = true
			}
		}
	}
}

// ringArea is twice the area, above zero when the ring turns clockwise on the screen.
func ringArea(ring orb.Ring) (twice float64) {
	for i := 1; i < len(ring); i++ {
		twice += ring[i-1][0]*ring[i][1] - ring[i][0]*ring[i-1][1]
	}
	return twice
}

// areaOf is twice the area of a shape; holes count less than nothing.
func areaOf(shape orb.MultiPolygon) (twice float64) {
	for _, poly := range shape {
		for _, ring := range poly {
			twice += ringArea(ring)
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
		covered := 0.0
		for _, shape := range shapes {
			covered += areaOf(shape)
		}
		if covered != windowArea {
			t.Errorf("zoom %d: %d grids cover %.0f of %.0f half units", z, len(shapes), covered, windowArea)
		}
	}
}

// Every border that is drawn between two grids is drawn by both, with the same corners, whatever was left out. Only along
// the rim of the city and the frame of the tile is a grid alone.
func TestChart_BordersStayShared(t *testing.T) {
	for name, grids := range map[string][]geo.Grid{
		"demonstration": demoGrids(t, geo.Community), "synthetic": democity.Synthetic(400),
	} {
		t.Run(name, func(t *testing.T) {
			chart := geo.NewChart(geo.Community, true, grids)
			rim := map[orb.Point]bool{}
			for _, s := range rimSegments(grids) {
				rim[s[0]], rim[s[1]] = true, true
			}
			shared, left := 0, 0
			for z := 8; z <= 14; z++ {
				for _, tile := range tilesOf(grids, z) {
					onRim := map[orb.Point]bool{}
					for p := range rim {
						at := inTile(p, tile)
						if !(max(math.Abs(at[0]-2048), math.Abs(at[1]-2048)) < 2200) {
							continue
						}
						for i := range 9 { // What is rounded twice may be a unit off.
							onRim[orb.Point{at[0] + float64(i/3-1), at[1] + float64(i%3-1)}] = true
						}
					}
					directed := map[[2]orb.Point]int{}
					for _, shape := range drawn(t, chart.Tile(z, int(tile.X), int(tile.Y), nil)) {
						for _, poly := range shape {
							for _, ring := range poly {
								for i := 1; i < len(ring); i++ {
									directed[[2]orb.Point{ring[i-1], ring[i]}]++
								}
							}
						}
					}
					for s, times := range directed {
						if back := directed[[2]orb.Point{s[1], s[0]}]; times == back {
							shared++
						} else if !onFrame(s) && !(onRim[s[0]] || atFrame(s[0])) || !onFrame(s) && !(onRim[s[1]] || atFrame(s[1])) {
							t.Fatalf("%v: %v is drawn %d times one way and %d times the other", tile, s, times, back)
						} else {
							left++
						}
					}
				}
			}
			if shared < 10_000 || left == 0 {
				t.Errorf("%d segments are shared, %d are not: the test sees too little", shared, left)
			}
		})
	}
}

// Seen from afar, many grids are drawn as what they make up; few are always drawn by themselves, and so are those of an
// officer.
func TestChart_DrawsParentsFromAfar(t *testing.T) {
	many := democity.Synthetic(2500) // Their codes begin alike by the thousand.
	every := map[string]bool{}
	for i := range many {
		many[i].Street = fmt.Sprint("街道 ", i/1000)
		every[many[i].Code] = true
	}
	chart := geo.NewChart(geo.Community, true, many)
	afar := tilesOf(many, 8)[0]
	for _, tile := range tilesOf(many, 8) {
		if len(chart.Tile(8, int(tile.X), int(tile.Y), nil)) > len(chart.Tile(8, int(afar.X), int(afar.Y), nil)) {
			afar = tile
		}
	}
	data := chart.Tile(8, int(afar.X), int(afar.Y), nil)
	parents := drawn(t, data)
	if got := slices.Sorted(maps.Keys(parents)); !slices.Equal(got, []string{"370305000000", "370305000001", "370305000002"}) {
		t.Fatalf("zoom 8 shows %v", got)
	}
	layers, _ := mvt.Unmarshal(data)
	about := layers[0].Features[0].Properties
	if about["name"] != "街道 0" || about["kind"] != geo.KindParent || about["grids"] != float64(1000) {
		t.Errorf("a parent has %v", about)
	}
	var together, apart float64
	for _, shape := range parents {
		together += areaOf(shape)
	}
	grids := drawn(t, chart.Tile(8, int(afar.X), int(afar.Y), every))
	for _, shape := range grids {
		apart += areaOf(shape)
	}
	if math.Abs(together-apart) > 0.01*apart {
		t.Errorf("the parents cover %.0f half square units, their grids %.0f", together, apart)
	}
	own := slices.Sorted(maps.Keys(grids))[:2]
	seen := map[string]bool{own[0]: true, own[1]: true}
	if got := slices.Sorted(maps.Keys(drawn(t, chart.Tile(8, int(afar.X), int(afar.Y), seen)))); !slices.Equal(got, own) {
		t.Errorf("an officer with %v sees %v", own, got)
	}
	centre := maptile.At(many[1275].Boundary.Bound().Center(), 11)
	for code := range drawn(t, chart.Tile(11, int(centre.X), int(centre.Y), nil)) {
		if !every[code] {
			t.Errorf("zoom 11 shows %s", code)
		}
	}
	few := geo.NewChart(geo.Community, true, many[:1000])
	for code := range drawn(t, few.Tile(8, int(afar.X), int(afar.Y), nil)) {
		if !every[code] {
			t.Errorf("a thousand grids are drawn as %s", code)
		}
	}
}

// atFrame reports whether a point is where a border was cut, onFrame whether a segment runs along the frame.
func atFrame(p orb.Point) bool {
	return min(p[0], p[1]) == windowLow || max(p[0], p[1]) == windowHigh
}

func onFrame(s [2]orb.Point) bool {
	for axis := range 2 {
		if s[0][axis] == s[1][axis] && (s[0][axis] == windowLow || s[0][axis] == windowHigh) {
			return true
		}
	}
	return false
}

// tilesOf are all tiles of a zoom that the grids reach into.
func tilesOf(grids []geo.Grid, z int) (tiles []maptile.Tile) {
	bound := grids[0].Boundary.Bound()
	for _, g := range grids {
		bound = bound.Union(g.Boundary.Bound())
	}
	low, high := maptile.At(bound.LeftTop(), maptile.Zoom(z)), maptile.At(bound.RightBottom(), maptile.Zoom(z))
	for x := low.X; x <= high.X; x++ {
		for y := low.Y; y <= high.Y; y++ {
			tiles = append(tiles, maptile.New(x, y, maptile.Zoom(z)))
		}
	}
	return tiles
}

// inTile is a point on the map in whole units of a tile.
func inTile(p orb.Point, tile maptile.Tile) orb.Point {
	at := onMap(p)
	scale := math.Exp2(float64(tile.Z)) * 4096
	return orb.Point{math.Round(at[0]*scale) - float64(tile.X)*4096, math.Round(at[1]*scale) - float64(tile.Y)*4096}
}

// onMap is a point in parts of the whole map's side, from its north-western corner; onEarth is the way back.
func onMap(p orb.Point) orb.Point {
	lat := p[1] * math.Pi / 180
	return orb.Point{(p[0] + 180) / 360, (1 - math.Log(math.Tan(lat)+1/math.Cos(lat))/math.Pi) / 2}
}

func onEarth(p orb.Point) orb.Point {
	return orb.Point{p[0]*360 - 180, math.Atan(math.Sinh(math.Pi*(1-2*p[1]))) * 180 / math.Pi}
}

// oddShapes draws grids that are hard to cut: stars that reach over a tile, over its corners and far beyond it, with holes
// and second parts; and blocks whose sides lie on the tile's edges and on its window's frame. None reaches the map's edge,
// where cutting it off would press a hole against the border around it.
func oddShapes(t *rapid.T) (shape orb.MultiPolygon, tile maptile.Tile) {
	within := rapid.IntRange(64, 1023-64)
	tile = maptile.New(uint32(within.Draw(t, "column")), uint32(within.Draw(t, "row")), 10)
	if rapid.Bool().Draw(t, "block") {
		at := rapid.SampledFrom([]float64{-4096, -65, -64.5, -64, -1, 0, 1, 2048, 4095, 4096, 4097, 4160, 4160.5, 4161, 9000})
		x, y := distinct(t, at, "x"), distinct(t, at, "y")
		block := orb.Polygon{{{x[0], y[0]}, {x[3], y[0]}, {x[3], y[3]}, {x[0], y[3]}, {x[0], y[0]}}}
		if rapid.Bool().Draw(t, "hole") {
			block = append(block, orb.Ring{{x[1], y[1]}, {x[1], y[2]}, {x[2], y[2]}, {x[2], y[1]}, {x[1], y[1]}})
		}
		return placed(orb.MultiPolygon{block}, tile), tile
	}
	coordinate := rapid.SampledFrom([]float64{-5000, -70, 0, 13, 2048, 4096, 4150, 7000})
	centre := orb.Point{coordinate.Draw(t, "x"), coordinate.Draw(t, "y")}
	radius := rapid.SampledFrom([]float64{3, 60, 900, 5000, 60_000}).Draw(t, "radius")
	first := orb.Polygon{star(t, centre, radius*0.4, radius, "outer")}
	if rapid.Bool().Draw(t, "hole") {
		first = append(first, star(t, centre, radius*0.05, radius*0.19, "hole")) // A triangle goes half as near as its corners.
	}
	shape = orb.MultiPolygon{first}
	if rapid.Bool().Draw(t, "second part") {
		beside := orb.Point{centre[0] + 2.2*radius, centre[1]}
		shape = append(shape, orb.Polygon{star(t, beside, radius*0.4, radius, "second")})
	}
	return placed(shape, tile), tile
}

// distinct draws four values in rising order.
func distinct(t *rapid.T, from *rapid.Generator[float64], name string) []float64 {
	values := rapid.SliceOfNDistinct(from, 4, 4, rapid.ID).Draw(t, name)
	slices.Sort(values)
	return values
}

// star is a simple ring whose corners lie between two distances from its centre.
func star(t *rapid.T, centre orb.Point, near, far float64, name string) (ring orb.Ring) {
	n := rapid.IntRange(3, 20).Draw(t, name+" corners")
	for i := range n {
		angle := 2 * math.Pi * float64(i) / float64(n)
		radius := rapid.Float64Range(near, far).Draw(t, fmt.Sprint(name, " ", i))
		ring = append(ring, orb.Point{centre[0] + radius*math.Cos(angle), centre[1] + radius*math.Sin(angle)})
	}
	return append(ring, ring[0])
}

// placed takes a shape from units of a tile to degrees.
func placed(shape orb.MultiPolygon, tile maptile.Tile) orb.MultiPolygon {
	side := math.Exp2(float64(tile.Z)) * 4096
	for _, poly := range shape {
		for _, ring := range poly {
			for i, p := range ring {
				ring[i] = onEarth(orb.Point{(p[0] + float64(tile.X)*4096) / side, (p[1] + float64(tile.Y)*4096) / side})
			}
		}
	}
	return shape
}

// A point of the window lies in what is drawn exactly when it lies in the grid, but for those so near to a border that the
// drawing may move over them.
func TestChart_DrawsTheGroundThatAGridHas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape, tile := oddShapes(t)
		grid := geo.Grid{Net: geo.Community, Code: west, Name: "试", Kind: geo.KindCommunity, Boundary: shape}
		chart := geo.NewChart(geo.Community, true, []geo.Grid{grid})
		tiles := rapid.SampledFrom([]maptile.Tile{tile, tile.Children()[0], tile.Children()[2], tile.Parent()})
		for _, tile := range []maptile.Tile{tile, tiles.Draw(t, "tile")} {
			found := drawn(t, chart.Tile(int(tile.Z), int(tile.X), int(tile.Y), nil))[west]
			local := unsnapped(shape, tile)
			for range 40 {
				at := rapid.IntRange(int(windowLow), int(windowHigh)-1)
				p := orb.Point{float64(at.Draw(t, "x")) + 0.5, float64(at.Draw(t, "y")) + 0.5}
				const near = 4 // Two units of tolerance, a rounding at each end and at the frame.
				if in := inside(found, p); in != inside(local, p) && planar.DistanceFrom(boundaryOf(local), p) > near {
					t.Fatalf("%v: %v is drawn %v in %v", tile, p, in, found)
				}
			}
		}
	})
}

// A wall too narrow for the zoom falls together, and what it walls in stays open.
func TestChart_KeepsAHoleWhoseWallIsNotInSight(t *testing.T) {
	block := orb.Ring{{-65, -65}, {4095, -65}, {4095, 4096}, {-65, 4096}, {-65, -65}}
	hole := orb.Ring{{-64.5, -64.5}, {-64.5, 4095}, {2048, 4095}, {2048, -64.5}, {-64.5, -64.5}}
	shape := placed(orb.MultiPolygon{{block, hole}}, maptile.New(64, 64, 10))
	grid := geo.Grid{Net: geo.Community, Code: west, Name: "试", Kind: geo.KindCommunity, Boundary: shape}
	found := drawn(t, geo.NewChart(geo.Community, true, []geo.Grid{grid}).Tile(9, 32, 32, nil))[west]
	if inside(found, orb.Point{500.5, 500.5}) || !inside(found, orb.Point{1500.5, 500.5}) {
		t.Errorf("drawn as %v", found)
	}
}

// unsnapped is a shape in units of a tile, not rounded.
func unsnapped(shape orb.MultiPolygon, tile maptile.Tile) orb.MultiPolygon {
	scale := math.Exp2(float64(tile.Z)) * 4096
	local := shape.Clone()
	for _, poly := range local {
		for _, ring := range poly {
			for i, p := range ring {
				at := onMap(p)
				ring[i] = orb.Point{at[0]*scale - float64(tile.X)*4096, at[1]*scale - float64(tile.Y)*4096}
			}
		}
	}
	return local
}

func inside(shape orb.MultiPolygon, p orb.Point) bool {
	return slices.ContainsFunc(shape, func(poly orb.Polygon) bool { return geo.ContainsHalfOpen(poly, p) })
}

func boundaryOf(shape orb.MultiPolygon) (lines orb.MultiLineString) {
	for _, poly := range shape {
		for _, ring := range poly {
			lines = append(lines, orb.LineString(ring))
		}
	}
	return lines
}

// Whatever the corners of a grid are, also such as no import takes, a tile is a tile.
func FuzzChart(f *testing.F) {
	f.Add(uint8(10), []byte{0, 0, 255, 0, 255, 255, 0, 255})
	f.Add(uint8(12), []byte{0, 0, 255, 255, 255, 0, 0, 255})
	f.Add(uint8(20), []byte{16, 16, 16, 240, 240, 240, 16, 240, 240, 16})
	f.Add(uint8(16), []byte{128, 128, 128, 129, 128, 128, 129, 129, 16, 200})
	f.Fuzz(func(t *testing.T, zoom uint8, corners []byte) {
		tile := maptile.New(600, 400, 10)
		var ring orb.Ring
		for i := 0; i+1 < len(corners); i += 2 { // From a tile's side before it to one after it.
			ring = append(ring, orb.Point{(float64(corners[i]) - 85) * 48.19, (float64(corners[i+1]) - 85) * 48.19})
		}
		if len(ring) < 3 || len(ring) > 200 {
			return
		}
		half := len(ring) / 2
		shape := placed(orb.MultiPolygon{{append(ring.Clone(), ring[0]), append(ring[:half].Clone(), ring[0])}}, tile)
		chart := geo.NewChart(geo.Community, true, []geo.Grid{{Net: geo.Community, Code: west, Boundary: shape}})
		z := maptile.Zoom(zoom % 23)
		for _, p := range []orb.Point{shape[0][0][0], tile.Center()} {
			at := maptile.At(p, z)
			drawn(t, chart.Tile(int(z), int(at.X), int(at.Y), nil))
		}
	})
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
