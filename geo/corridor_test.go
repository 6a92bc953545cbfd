package geo_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gridwatch/geo"
	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	sphere "github.com/paulmach/orb/geo"
)

// metre is one in degrees of latitude at Linzi; east takes the narrower meridians into account.
const metre = 1 / 111000.0

var southWest = orb.Point{118.3, 36.82}

func spot(eastM, northM float64) orb.Point {
	return orb.Point{southWest[0] + eastM*metre/math.Cos(36.82*math.Pi/180), southWest[1] + northM*metre}
}

func roadSection(n, class int, leftM, rightM float64, line ...orb.Point) geo.RoadSection {
	return geo.RoadSection{Grid: fmt.Sprintf("370305900000%03d", n),
		Section: geo.Section{Class: class, Line: line, LeftM: leftM, RightM: rightM}}
}

func corridors(t *testing.T, store *geo.Store, pool *pgxpool.Pool, sections ...geo.RoadSection) map[string]orb.MultiPolygon {
	t.Helper()
	grounds, err := store.Corridors(context.Background(), sections)
	if err != nil {
		t.Fatal(err)
	}
	if len(grounds) != len(sections) {
		t.Fatalf("%d grounds for %d sections", len(grounds), len(sections))
	}
	judge(t, pool, grounds)
	return grounds
}

// judge lets PostGIS say whether the grounds are valid and share no ground, and counts the segments that two of them
// share: where grounds touch along a line, they touch with the same corners.
func judge(t *testing.T, pool *pgxpool.Pool, grounds map[string]orb.MultiPolygon) {
	t.Helper()
	codes := slices.Sorted(maps.Keys(grounds))
	owners := map[[2]orb.Point]string{}
	for i, a := range codes {
		var valid bool
		if err := pool.QueryRow(context.Background(), `SELECT ST_IsValid($1::geometry)`, grounds[a]).Scan(&valid); err != nil || !valid {
			t.Errorf("%s is not valid: %v", a, err)
		}
		for _, poly := range grounds[a] {
			for _, ring := range poly {
				for k := 1; k < len(ring); k++ {
					owners[[2]orb.Point{ring[k-1], ring[k]}] = a
				}
			}
		}
		for _, b := range codes[i+1:] {
			var overlap bool
			if err := pool.QueryRow(context.Background(), `SELECT ST_Relate($1::geometry, $2::geometry, 'T********')`, grounds[a], grounds[b]).Scan(&overlap); err != nil || overlap {
				t.Errorf("%s and %s overlap: %v", a, b, err)
			}
			var sharedM, twinsM float64
			if err := pool.QueryRow(context.Background(), `
				SELECT ST_Length(ST_CollectionExtract(ST_Intersection($1::geometry, $2::geometry), 2)::geography)`, grounds[a], grounds[b]).Scan(&sharedM); err != nil {
				t.Fatal(err)
			}
			for _, poly := range grounds[b] {
				for _, ring := range poly {
					for k := 1; k < len(ring); k++ {
						if owners[[2]orb.Point{ring[k], ring[k-1]}] == a {
							twinsM += sphere.Distance(ring[k], ring[k-1])
						}
					}
				}
			}
			if math.Abs(sharedM-twinsM) > 0.05+0.01*sharedM {
				t.Errorf("%s and %s share %.2f m, but corners only along %.2f m", a, b, sharedM, twinsM)
			}
		}
	}
}

func groundM2(g orb.MultiPolygon) float64 { return sphere.Area(g) }

func owner(grounds map[string]orb.MultiPolygon, p orb.Point) string {
	for code, ground := range grounds {
		for _, poly := range ground {
			if geo.ContainsHalfOpen(poly, p) {
				return code
			}
		}
	}
	return ""
}

func TestHigherRoadGoesThroughACrossing(t *testing.T) {
	store, pool := openStore(t)
	grounds := corridors(t, store, pool,
		roadSection(1, geo.Branch, 6, 6, spot(-200, 0), spot(200, 0)),
		roadSection(2, geo.Arterial, 15, 15, spot(0, -200), spot(0, 200)))
	lower, higher := grounds["370305900000001"], grounds["370305900000002"]
	if len(higher) != 1 || len(lower) != 2 {
		t.Errorf("the arterial has %d pieces, the branch %d; want 1 and 2", len(higher), len(lower))
	}
	if got := groundM2(higher); math.Abs(got-30*400) > 60 {
		t.Errorf("the arterial has %.0f m², want %d", got, 30*400)
	}
	if got := groundM2(lower); math.Abs(got-12*(400-30)) > 60 {
		t.Errorf("the branch has %.0f m², want %d", got, 12*(400-30))
	}
	if got := owner(grounds, spot(1, 1)); got != "370305900000002" {
		t.Errorf("the junction is %q's, want the arterial's", got)
	}
}

func TestWiderRoadGoesThroughAmongEquals(t *testing.T) {
	store, pool := openStore(t)
	grounds := corridors(t, store, pool,
		roadSection(1, geo.Secondary, 6, 6, spot(-200, 0), spot(200, 0)),
		roadSection(2, geo.Secondary, 4, 9, spot(0, -200), spot(0, 200)))
	if got := owner(grounds, spot(1, 1)); got != "370305900000002" {
		t.Errorf("the junction is %q's, want the wider road's", got)
	}
	// Walking north, 4 m to the left are in the west and 9 m to the right in the east.
	for _, p := range []struct {
		at   orb.Point
		want string
	}{{spot(-3.5, 100), "370305900000002"}, {spot(-4.5, 100), ""}, {spot(8.5, 100), "370305900000002"}, {spot(9.5, 100), ""}} {
		if got := owner(grounds, p.at); got != p.want {
			t.Errorf("%v is %q's, want %q", p.at, got, p.want)
		}
	}
}

func TestRoadEndsOnAnother(t *testing.T) {
	store, pool := openStore(t)
	grounds := corridors(t, store, pool,
		roadSection(1, geo.Arterial, 10, 10, spot(-200, 0), spot(200, 0)),
		roadSection(2, geo.Branch, 5, 5, spot(0, 0), spot(20, 150)))
	if got := len(grounds["370305900000002"]); got != 1 {
		t.Errorf("the branch has %d pieces, want 1", got)
	}
	if got := owner(grounds, spot(0, 9)); got != "370305900000001" {
		t.Errorf("9 m into the arterial is %q's", got)
	}
}

func TestSectionsOfOneRoadLeaveNoWedgeBetweenThem(t *testing.T) {
	store, pool := openStore(t)
	grounds := corridors(t, store, pool,
		roadSection(1, geo.Secondary, 10, 10, spot(-200, 0), spot(0, 0)),
		roadSection(2, geo.Secondary, 10, 10, spot(0, 0), spot(150, 150)),
		roadSection(3, geo.Secondary, 8, 8, spot(150, 150), spot(150, 400)))
	for _, around := range []struct{ east, north float64 }{{0, 0}, {150, 150}} {
		for angle := range 36 {
			sin, cos := math.Sincos(float64(angle) * math.Pi / 18)
			p := spot(around.east+cos*7, around.north+sin*7)
			if owner(grounds, p) == "" {
				t.Errorf("7 m from the joint at %v, in direction %d°, is nobody's", around, angle*10)
			}
		}
	}
}

func TestDrawnGroundKeepsItsPlaceInTheOrder(t *testing.T) {
	store, pool := openStore(t)
	square := geo.RoadSection{Grid: "370305900000001", Section: geo.Section{Class: geo.Expressway},
		Ground: orb.MultiPolygon{{{spot(-30, -30), spot(30, -30), spot(30, 30), spot(-30, 30), spot(-30, -30)}}}}
	grounds := corridors(t, store, pool, square, roadSection(2, geo.Arterial, 10, 10, spot(-200, 0), spot(200, 0)))
	if got := groundM2(grounds["370305900000001"]); math.Abs(got-3600) > 40 {
		t.Errorf("the square has %.0f m², want 3600", got)
	}
	if got := len(grounds["370305900000002"]); got != 2 {
		t.Errorf("the road has %d pieces, want one on each side of the square", got)
	}
}

func TestCorridorsOfATangledNet(t *testing.T) {
	store, pool := openStore(t)
	random := rand.New(rand.NewPCG(7, 11))
	for range 5 {
		var sections []geo.RoadSection
		node := func() orb.Point { return spot(float64(random.IntN(9))*60, float64(random.IntN(9))*60) }
		for n := range 14 {
			a, b, c := node(), node(), node()
			if a == b || b == c {
				continue
			}
			sections = append(sections, roadSection(n, 1+random.IntN(4), 3+9*random.Float64(), 3+9*random.Float64(), a, b, c))
		}
		grounds, err := store.Corridors(context.Background(), sections)
		var invalid *geo.InvalidError
		if errors.As(err, &invalid) {
			t.Log(err) // A road that lies under others as a whole.
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		judge(t, pool, grounds)
		for _, r := range sections {
			for i := 1; i < len(r.Line); i++ {
				a, b := r.Line[i-1], r.Line[i]
				p := orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}
				if owner(grounds, p) == "" {
					t.Errorf("%v in the middle of section %s is nobody's", p, r.Grid)
				}
			}
		}
	}
}

func TestCorridorsSayWhatIsWrong(t *testing.T) {
	store, _ := openStore(t)
	good := roadSection(1, geo.Branch, 6, 6, spot(-200, 0), spot(200, 0))
	for name, test := range map[string]struct {
		field  string
		change func(*geo.RoadSection)
	}{
		"code":           {"section 37: code", func(r *geo.RoadSection) { r.Grid = "37" }},
		"class":          {"section 370305900000001: class", func(r *geo.RoadSection) { r.Class = 0 }},
		"one point":      {"section 370305900000001: line", func(r *geo.RoadSection) { r.Line = r.Line[:1] }},
		"repeated point": {"section 370305900000001: line[1]", func(r *geo.RoadSection) { r.Line = orb.LineString{southWest, southWest} }},
		"no number":      {"section 370305900000001: line[0]", func(r *geo.RoadSection) { r.Line = orb.LineString{{math.NaN(), 36}, southWest} }},
		"no width":       {"section 370305900000001: left_m", func(r *geo.RoadSection) { r.LeftM = 0 }},
		"endless width":  {"section 370305900000001: right_m", func(r *geo.RoadSection) { r.RightM = math.Inf(1) }},
	} {
		bad := good
		test.change(&bad)
		_, err := store.Corridors(context.Background(), []geo.RoadSection{bad})
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != test.field {
			t.Errorf("%s: %v, want a refusal of %q", name, err, test.field)
		}
	}
	hidden := roadSection(2, geo.Branch, 2, 2, spot(-50, 0), spot(50, 0))
	high := roadSection(1, geo.Arterial, 10, 10, spot(-200, 0), spot(200, 0))
	var refusal *coverage.Refusal
	if _, err := store.Corridors(context.Background(), []geo.RoadSection{hidden, high}); !errors.As(err, &refusal) || refusal.Codes[0] != hidden.Grid {
		t.Errorf("a road that lies under another as a whole: %v", err)
	}
}
