package geo_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"gridwatch/geo"
	"gridwatch/geo/democity"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// demoGrids reads a net of the demonstration city.
func demoGrids(t testing.TB, net geo.Net) []geo.Grid {
	t.Helper()
	file, err := os.Open("../configs/demo/linzi/" + string(net) + ".geojson")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	grids, err := geo.ReadGrids(file, net, "EPSG:4326")
	if err != nil {
		t.Fatal(err)
	}
	return grids
}

func newIndex(t testing.TB, grids []geo.Grid) *geo.Index {
	t.Helper()
	index, err := geo.NewIndex(grids)
	if err != nil {
		t.Fatal(err)
	}
	return index
}

// codeAt is the owner's code, or nothing.
func codeAt(index *geo.Index, p orb.Point) string {
	if grid, ok := index.Locate(p); ok {
		return grid.Code
	}
	return ""
}

// scattered returns points inside and a little outside the bound of the grids.
func scattered(grids []geo.Grid, n int) []orb.Point {
	bound := grids[0].Boundary.Bound()
	for _, g := range grids {
		bound = bound.Union(g.Boundary.Bound())
	}
	bound = bound.Pad(0.01)
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

// covering asks PostGIS which grids cover each point, and whether one has it in its interior.
func covering(t *testing.T, grids []geo.Grid, points []orb.Point) (covers [][]string, interior []string) {
	t.Helper()
	store, pool := openStore(t)
	ctx := context.Background()
	if _, err := store.ImportGrids(ctx, grids[0].Net, "试", january, true, grids); err != nil {
		t.Fatal(err)
	}
	lons, lats := make([]float64, len(points)), make([]float64, len(points))
	for i, p := range points {
		lons[i], lats[i] = p[0], p[1]
	}
	rows, _ := pool.Query(ctx, `
		SELECT coalesce(array_agg(g.code) FILTER (WHERE g.code IS NOT NULL), '{}'),
			coalesce(max(g.code) FILTER (WHERE ST_Contains(g.geom, p.geom)), '')
		FROM (SELECT n, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geom
			FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY AS u (lon, lat, n)) p
		LEFT JOIN grids g ON ST_Covers(g.geom, p.geom)
		GROUP BY p.n ORDER BY p.n`, lons, lats)
	_, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var codes []string
		var inside string
		err := row.Scan(&codes, &inside)
		covers, interior = append(covers, codes), append(interior, inside)
		return struct{}{}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return covers, interior
}

func TestIndex_AgreesWithPostGISPointByPoint(t *testing.T) {
	for _, net := range geo.Nets {
		t.Run(string(net), func(t *testing.T) {
			grids := demoGrids(t, net)
			index := newIndex(t, grids)
			points := append(scattered(grids, 20_000), nearCorners(grids, 8_000)...)
			_, interior := covering(t, grids, points)
			found := 0
			for i, p := range points {
				if got := codeAt(index, p); got != interior[i] {
					t.Fatalf("%v belongs to %q, PostGIS says %q", p, got, interior[i])
				}
				if interior[i] != "" {
					found++
				}
			}
			if found < 1000 || found == len(points) {
				t.Errorf("%d of %d points lie in a grid: the test sees one side only", found, len(points))
			}
		})
	}
}

// PostGIS says that a corner belongs to every grid that touches it. We choose one of those.
func TestIndex_ChoosesOneOfTheGridsThatTouchACorner(t *testing.T) {
	grids := demoGrids(t, geo.Community)
	index := newIndex(t, grids)
	var corners []orb.Point
	for _, g := range grids {
		corners = append(corners, g.Boundary[0][0]...)
	}
	covers, _ := covering(t, grids, corners)
	several := 0
	for i, p := range corners {
		owner := codeAt(index, p)
		if owner != "" && !slices.Contains(covers[i], owner) {
			t.Fatalf("%v belongs to %s, which does not touch it", p, owner)
		}
		if len(covers[i]) > 1 {
			several++
		}
	}
	if several < 1000 {
		t.Errorf("only %d corners have several grids: the test sees too little", several)
	}
}

// nearCorners returns points some centimetres off the corners of grids, where the raster cannot help.
func nearCorners(grids []geo.Grid, n int) []orb.Point {
	random := rand.New(rand.NewPCG(3, 4))
	var points []orb.Point
	for len(points) < n {
		ring := grids[random.IntN(len(grids))].Boundary[0][0]
		p := ring[random.IntN(len(ring))]
		points = append(points, orb.Point{p[0] + (random.Float64()-0.5)*1e-6, p[1] + (random.Float64()-0.5)*1e-6})
	}
	return points
}

// borderPoints returns points on borders: every corner, and points of segments at dyadic parts, most of which lie on
// their line to the last bit.
func borderPoints(grids []geo.Grid) []orb.Point {
	seen := map[orb.Point]bool{}
	for _, g := range grids {
		for _, poly := range g.Boundary {
			for _, ring := range poly {
				for i := 1; i < len(ring); i++ {
					a, b := ring[i-1], ring[i]
					for _, part := range []float64{0, 0.25, 0.5, 0.75} {
						seen[orb.Point{a[0] + (b[0]-a[0])*part, a[1] + (b[1]-a[1])*part}] = true
					}
				}
			}
		}
	}
	points := make([]orb.Point, 0, len(seen))
	for p := range seen {
		points = append(points, p)
	}
	return points
}

// A border point inside the coverage has exactly one owner, on its rim one or none; and the owner is one of the grids
// that touch it. Every grid is asked by itself, so that two owners would show.
func TestIndex_GivesBorderPointsExactlyOneOwner(t *testing.T) {
	for name, grids := range map[string][]geo.Grid{"demonstration": demoGrids(t, geo.Community), "synthetic": democity.Synthetic(400)} {
		t.Run(name, func(t *testing.T) {
			index := newIndex(t, grids)
			points := borderPoints(grids)
			rim := rimSegments(grids)
			bounds := make([]orb.Bound, len(grids))
			for i, g := range grids {
				bounds[i] = g.Boundary.Bound()
			}
			owned, onRim := 0, 0
			for _, p := range points {
				var owners []string
				for i, g := range grids {
					if bounds[i].Contains(p) && slices.ContainsFunc(g.Boundary, func(poly orb.Polygon) bool { return geo.ContainsHalfOpen(poly, p) }) {
						owners = append(owners, g.Code)
					}
				}
				if len(owners) > 1 {
					t.Fatalf("%v has the owners %v", p, owners)
				}
				if got := codeAt(index, p); len(owners) == 1 && got != owners[0] || len(owners) == 0 && got != "" {
					t.Fatalf("%v: the index says %q, the rings say %v", p, got, owners)
				}
				if touchesRim(rim, p) {
					onRim++
				} else if len(owners) == 0 {
					t.Fatalf("%v lies inside the city and has no owner", p)
				}
				owned += len(owners)
			}
			if len(points) < 10_000 || onRim == 0 || owned == len(points) {
				t.Errorf("%d points, %d on the rim, %d owned: too few to mean something", len(points), onRim, owned)
			}
		})
	}
}

// rimSegments are the segments that only one grid has, by the tenths of a degree they lie in.
func rimSegments(grids []geo.Grid) [][2]orb.Point {
	directed := map[[2]orb.Point]bool{}
	for _, g := range grids {
		for i, ring := 1, g.Boundary[0][0]; i < len(ring); i++ {
			directed[[2]orb.Point{ring[i-1], ring[i]}] = true
		}
	}
	var rim [][2]orb.Point
	for s := range directed {
		if !directed[[2]orb.Point{s[1], s[0]}] {
			rim = append(rim, s)
		}
	}
	return rim
}

// touchesRim allows for the rounding of a border point.
func touchesRim(rim [][2]orb.Point, p orb.Point) bool {
	const near = 1e-12
	for _, s := range rim {
		if p[1] < min(s[0][1], s[1][1])-near || p[1] > max(s[0][1], s[1][1])+near ||
			p[0] < min(s[0][0], s[1][0])-near || p[0] > max(s[0][0], s[1][0])+near {
			continue
		}
		length := math.Hypot(s[1][0]-s[0][0], s[1][1]-s[0][1])
		aside := (s[1][0]-s[0][0])*(p[1]-s[0][1]) - (s[1][1]-s[0][1])*(p[0]-s[0][0])
		if math.Abs(aside) <= near*length {
			return true
		}
	}
	return false
}

func TestIndex_KnowsHolesAndParts(t *testing.T) {
	donut := append(box(0, 0, 4, 4), box(1, 1, 2, 2)[0])
	grids := []geo.Grid{
		{Net: geo.Community, Code: west, Name: "两处", Kind: geo.KindCommunity, Boundary: orb.MultiPolygon{donut, box(6, 0, 7, 1)}},
		community(east, "飞地", box(1, 1, 2, 2)),
	}
	index := newIndex(t, grids)
	for _, test := range []struct {
		name string
		at   orb.Polygon
		want string
	}{
		{"beside the hole", box(0, 0, 1, 1), west},
		{"in the hole", box(1, 1, 2, 2), east},
		{"in the second part", box(6, 0, 7, 1), west},
		{"between the parts", box(4, 0, 6, 1), ""},
		{"far away", box(400, 0, 401, 1), ""},
		{"corner of the hole", box(1, 1, 1, 1), east},
		{"far corner of the hole", box(2, 2, 2, 2), west},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := codeAt(index, middle(test.at)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	for _, p := range []orb.Point{{math.NaN(), 36.8}, {118.3, math.Inf(1)}, {math.Inf(-1), math.NaN()}} {
		if got := codeAt(index, p); got != "" {
			t.Errorf("%v belongs to %q", p, got)
		}
	}
}

func TestNewIndex_RefusesCrossingRings(t *testing.T) {
	bowtie := box(0, 0, 1, 1)
	bowtie[0][1], bowtie[0][2] = bowtie[0][2], bowtie[0][1]
	_, err := geo.NewIndex([]geo.Grid{community(west, "西社区", bowtie)})
	wantInvalid(t, err, west+" 西社区: boundary[0][0]", "crosses or touches itself near longitude")
}

func TestNewIndex_OfNothingFindsNothing(t *testing.T) {
	if got := codeAt(newIndex(t, nil), orb.Point{118.3, 36.8}); got != "" {
		t.Errorf("got %q", got)
	}
}

// A star around a centre is a simple ring however its points are chosen. Cut by a crooked line into two, each point has
// an owner among the halves exactly when the whole has it, wherever rings begin and however they turn.
func TestContainsHalfOpen_HalvesShareEveryPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 24).Draw(t, "points")
		whole := orb.Ring{}
		for i := range n {
			angle := 2 * math.Pi * float64(i) / float64(n)
			radius := rapid.Float64Range(0.2, 1).Draw(t, fmt.Sprint("radius ", i))
			whole = append(whole, orb.Point{118 + radius*math.Cos(angle), 36 + radius*math.Sin(angle)})
		}
		cut := rapid.IntRange(2, n-2).Draw(t, "cut")
		centre := orb.Point{118, 36}
		first := append(orb.Ring{centre}, whole[:cut+1]...)
		second := append(append(orb.Ring{centre}, whole[cut:]...), whole[0])
		halves := []orb.Polygon{{turned(t, "first", first)}, {turned(t, "second", second)}}
		all := orb.Polygon{turned(t, "whole", whole)}

		corner := rapid.SampledFrom(append(orb.Ring{centre}, whole...))
		a, b := corner.Draw(t, "a"), corner.Draw(t, "b")
		part := rapid.SampledFrom([]float64{0, 0.5, 1, 0.3}).Draw(t, "part")
		p := orb.Point{a[0] + (b[0]-a[0])*part, a[1] + (b[1]-a[1])*part}

		owners := 0
		for _, half := range halves {
			if geo.ContainsHalfOpen(half, p) {
				owners++
			}
		}
		want := 0
		if geo.ContainsHalfOpen(all, p) {
			want = 1
		}
		if owners != want {
			t.Fatalf("%v has %d owners, the whole has %d", p, owners, want)
		}
	})
}

// turned closes an open ring after beginning it anywhere, in either direction.
func turned(t *rapid.T, name string, open orb.Ring) orb.Ring {
	begin := rapid.IntRange(0, len(open)-1).Draw(t, name+" begins")
	ring := append(slices.Clone(open[begin:]), open[:begin]...)
	ring = append(ring, ring[0])
	if rapid.Bool().Draw(t, name+" reversed") {
		ring.Reverse()
	}
	return ring
}

func TestContainsHalfOpen_OfASquare(t *testing.T) {
	square := orb.Polygon{{{0, 0}, {2, 0}, {2, 2}, {0, 2}, {0, 0}}}
	for _, test := range []struct {
		p    orb.Point
		want bool
	}{
		{orb.Point{1, 1}, true}, {orb.Point{3, 1}, false}, {orb.Point{-1, 0}, false},
		{orb.Point{0, 1}, true}, {orb.Point{1, 0}, true}, {orb.Point{0, 0}, true}, // West and south belong to it,
		{orb.Point{2, 1}, false}, {orb.Point{1, 2}, false}, {orb.Point{2, 0}, false}, {orb.Point{0, 2}, false}, {orb.Point{2, 2}, false},
	} {
		if got := geo.ContainsHalfOpen(square, test.p); got != test.want {
			t.Errorf("%v: got %v", test.p, got)
		}
	}
	for _, empty := range []orb.Polygon{nil, {}, {nil}, {{{1, 1}}}} {
		if geo.ContainsHalfOpen(empty, orb.Point{1, 1}) {
			t.Errorf("%v contains something", empty)
		}
	}
}

func BenchmarkLocate(b *testing.B) {
	for name, grids := range map[string][]geo.Grid{
		"demonstration 54": demoGrids(b, geo.Community),
		"synthetic 54":     democity.Synthetic(54),
		"synthetic 5000":   democity.Synthetic(5000),
	} {
		b.Run(name, func(b *testing.B) {
			index := newIndex(b, grids)
			points := scattered(grids, 1<<14)
			b.ResetTimer()
			for i := range b.N {
				index.Locate(points[i%len(points)])
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lookups/s")
		})
	}
}
