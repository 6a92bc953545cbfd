package geo_test

import (
	"context"
	"math"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// pinhole is an ideal camera above flat ground: it looks north, tilted down, and knows where each pixel lies.
type pinhole struct {
	at      orb.Point
	heightM float64
	fovDeg  float64 // Horizontal, of a 1920×1080 picture.
	tiltDeg float64 // Down from the horizon.
}

func (c pinhole) focal() float64 { return 1920 / 2 / math.Tan(c.fovDeg/2*math.Pi/180) }

// pixel of a point so many metres east and north of the camera's foot.
func (c pinhole) pixel(east, north float64) orb.Point {
	sin, cos := math.Sincos(c.tiltDeg * math.Pi / 180)
	depth := north*cos + c.heightM*sin
	down := c.heightM*cos - north*sin
	return orb.Point{0.5 + c.focal()*east/depth/1920, 0.5 + c.focal()*down/depth/1080}
}

// lonLat of a point so many metres east and north, good to a millimetre within a hundred metres.
func (c pinhole) lonLat(east, north float64) orb.Point {
	lat := c.at[1] * math.Pi / 180
	const a, e2 = 6378137.0, 0.00669437999014
	w := math.Sqrt(1 - e2*math.Sin(lat)*math.Sin(lat))
	return orb.Point{
		c.at[0] + east/(a/w*math.Cos(lat))*180/math.Pi,
		c.at[1] + north/(a*(1-e2)/(w*w*w))*180/math.Pi,
	}
}

// ground is the inverse of pixel.
func (c pinhole) ground(pixel orb.Point) (east, north float64) {
	sin, cos := math.Sincos(c.tiltDeg * math.Pi / 180)
	u, v := (pixel[0]-0.5)*1920, (pixel[1]-0.5)*1080
	north = c.heightM * (c.focal()*cos - v*sin) / (c.focal()*sin + v*cos)
	return u * (north*cos + c.heightM*sin) / c.focal(), north
}

// pixelPairs are pairs at pixels that every tilt of the tests sees on the ground.
func (c pinhole) pixelPairs() (pairs []geo.Pair) {
	for _, pixel := range []orb.Point{{0.1, 0.95}, {0.9, 0.9}, {0.2, 0.5}, {0.8, 0.55}, {0.5, 0.7}} {
		pairs = append(pairs, geo.Pair{Pixel: pixel, LonLat: c.lonLat(c.ground(pixel))})
	}
	return pairs
}

func (c pinhole) pair(east, north float64) geo.Pair {
	return geo.Pair{Pixel: c.pixel(east, north), LonLat: c.lonLat(east, north)}
}

var sixMetres = pinhole{at: orb.Point{118.3106, 36.8159}, heightM: 6, fovDeg: 60, tiltDeg: 15}

func (c pinhole) pairs() []geo.Pair {
	return []geo.Pair{c.pair(-4, 14), c.pair(4, 15), c.pair(-8, 30), c.pair(9, 32), c.pair(-12, 50), c.pair(14, 55)}
}

func solve(t testing.TB, pairs []geo.Pair) *geo.Ground {
	t.Helper()
	ground, err := geo.SolveGround(pairs)
	if err != nil {
		t.Fatal(err)
	}
	return ground
}

func TestGround_FindsThePlaceOfEveryPixel(t *testing.T) {
	c := sixMetres
	for _, n := range []int{4, 5, 6} {
		ground := solve(t, c.pairs()[:n])
		if ground.ResidualM > 0.01 {
			t.Errorf("%d exact pairs leave %.4f m", n, ground.ResidualM)
		}
		for _, place := range []orb.Point{{0, 12}, {-3, 20}, {5, 40}, {10, 60}} {
			want := c.lonLat(place[0], place[1])
			got, sigma, ok := ground.At(c.pixel(place[0], place[1]))
			if !ok || geo.DistanceM(got, want) > 0.02 || !(sigma > 0) {
				t.Errorf("%d pairs, %v: %v off by %.3f m ± %.2f, %v", n, place, got, geo.DistanceM(got, want), sigma, ok)
			}
			pixel, ok := ground.Pixel(want)
			if p := c.pixel(place[0], place[1]); !ok || math.Hypot(pixel[0]-p[0], pixel[1]-p[1]) > 1e-4 {
				t.Errorf("%d pairs, %v: pixel %v, want %v", n, place, pixel, p)
			}
		}
	}
}

// The figures are those of (h²+d²)/(h·f) for five pixels of error.
func TestGround_SigmaGrowsWithTheDistance(t *testing.T) {
	for _, test := range []struct{ heightM, fovDeg, distanceM, want float64 }{
		{4, 60, 20, 0.31}, {4, 60, 30, 0.69}, {4, 60, 60, 2.72},
		{6, 60, 20, 0.22}, {6, 60, 45, 1.03}, {8, 60, 80, 2.43}, {6, 90, 30, 0.81}, {6, 90, 60, 3.16},
	} {
		c := pinhole{at: sixMetres.at, heightM: test.heightM, fovDeg: test.fovDeg, tiltDeg: 8}
		_, sigma, ok := solve(t, c.pixelPairs()).At(c.pixel(0, test.distanceM))
		if !ok || math.Abs(sigma-test.want) > 0.12*test.want {
			t.Errorf("h %.0f m, %.0f°, %.0f m: sigma %.2f m, want about %.2f", test.heightM, test.fovDeg, test.distanceM, sigma, test.want)
		}
	}
}

func TestGround_SeesNoGroundAboveTheHorizon(t *testing.T) {
	ground := solve(t, sixMetres.pairs())
	horizon := 0.5 - sixMetres.focal()*math.Tan(sixMetres.tiltDeg*math.Pi/180)/1080
	for _, y := range []float64{horizon - 0.2, horizon - 0.01, horizon, horizon + 1e-7} {
		if p, sigma, ok := ground.At(orb.Point{0.5, y}); ok {
			t.Errorf("row %.4f at the horizon %.4f lies at %v ± %.0f", y, horizon, p, sigma)
		}
	}
	if _, ok := ground.Pixel(sixMetres.lonLat(0, -30)); ok {
		t.Error("a place behind the camera has a pixel")
	}
	if _, ok := ground.Pixel(orb.Point{120, 30}); ok {
		t.Error("a place in another city has a pixel")
	}
	for _, pixel := range []orb.Point{{math.NaN(), 0.5}, {math.Inf(1), 0.5}} {
		if _, _, ok := ground.At(pixel); ok {
			t.Errorf("%v lies somewhere", pixel)
		}
	}
}

func TestGround_LeaveOneOutFindsWhatTheResidualHides(t *testing.T) {
	if ground := solve(t, sixMetres.pairs()[:4]); ground.LeaveOneOutOK || ground.LeaveOneOutM != 0 {
		t.Errorf("four pairs have a leave-one-out error of %v", ground.LeaveOneOutM)
	}
	exact := solve(t, sixMetres.pairs())
	if !exact.LeaveOneOutOK || exact.LeaveOneOutM > 0.02 {
		t.Errorf("exact pairs leave out %.3f m, %v", exact.LeaveOneOutM, exact.LeaveOneOutOK)
	}
	pairs := sixMetres.pairs()
	pairs[2].LonLat = sixMetres.lonLat(-8+2, 30) // Two metres beside where it is.
	wrong := solve(t, pairs)
	if !(wrong.LeaveOneOutM > wrong.ResidualM) || !(wrong.LeaveOneOutM > 0.8) || !(wrong.ResidualM > 0.05) {
		t.Errorf("a wrong pair: residual %.3f m, leave-one-out %.3f m", wrong.ResidualM, wrong.LeaveOneOutM)
	}
	_, sigma, _ := wrong.At(sixMetres.pixel(0, 12))
	if sigma < wrong.ResidualM {
		t.Errorf("sigma %.3f m is less than the residual %.3f m", sigma, wrong.ResidualM)
	}
}

func TestSolveGround_NamesThePairThatCannotBe(t *testing.T) {
	c := sixMetres
	for _, test := range []struct {
		name, field, rule string
		change            func(p []geo.Pair) []geo.Pair
	}{
		{"three pairs", "pairs", "4 to 100", func(p []geo.Pair) []geo.Pair { return p[:3] }},
		{"none", "pairs", "not 0", func([]geo.Pair) []geo.Pair { return nil }},
		{"same pixel", "pairs[4].pixel", "same as that of pairs[1]", func(p []geo.Pair) []geo.Pair { p[4].Pixel = p[1].Pixel; return p }},
		{"same place", "pairs[3].lonlat", "same as that of pairs[0]", func(p []geo.Pair) []geo.Pair { p[3].LonLat = p[0].LonLat; return p }},
		{"pixel in pixels", "pairs[1].pixel", "0..1", func(p []geo.Pair) []geo.Pair { p[1].Pixel = orb.Point{960, 540}; return p }},
		{"not a number", "pairs[0].pixel", "0..1", func(p []geo.Pair) []geo.Pair { p[0].Pixel[1] = math.NaN(); return p }},
		{"swapped", "pairs[2].lonlat", "degrees", func(p []geo.Pair) []geo.Pair { p[2].LonLat = orb.Point{36.8, 118.3}; return p }},
		{"another city", "pairs[5].lonlat", "a view reaches", func(p []geo.Pair) []geo.Pair { p[5].LonLat = orb.Point{119, 36.8}; return p }},
		{"pixels on a line", "pairs[3].pixel", "one line", func(p []geo.Pair) []geo.Pair {
			for i := range p[:4] {
				p[i].Pixel = orb.Point{0.2 + 0.1*float64(i), 0.5 + 0.1*float64(i)}
			}
			return p[:4]
		}},
		{"three of four on a line", "pairs[2].lonlat", "one line", func(p []geo.Pair) []geo.Pair {
			for i := range p[:3] {
				p[i].LonLat = c.lonLat(float64(i)*4, 20)
			}
			return p[:4]
		}},
		{"all but one on a line", "pairs[4].lonlat", "one line", func(p []geo.Pair) []geo.Pair {
			for i := range p[:5] {
				p[i].LonLat = c.lonLat(float64(i)*4, 20)
			}
			return p
		}},
		{"crossed over", "pairs", "horizon", func(p []geo.Pair) []geo.Pair {
			p[0].LonLat, p[1].LonLat = p[1].LonLat, p[0].LonLat
			return p[:4]
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := geo.SolveGround(test.change(c.pairs()))
			wantInvalid(t, err, test.field, test.rule)
		})
	}
}

// Whatever is given, SolveGround answers with an error or with a ground that can be asked.
func TestSolveGround_NeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{0, 1, math.NaN(), math.Inf(-1), 1e300}))
		small := rapid.OneOf(rapid.Float64Range(-0.001, 0.001), number)
		pairs := make([]geo.Pair, rapid.IntRange(0, 8).Draw(t, "n"))
		for i := range pairs {
			pairs[i] = geo.Pair{
				Pixel:  orb.Point{number.Draw(t, "x"), number.Draw(t, "y")},
				LonLat: orb.Point{118 + small.Draw(t, "lon"), 36 + small.Draw(t, "lat")},
			}
		}
		ground, err := geo.SolveGround(pairs)
		if err != nil {
			return
		}
		if p, sigma, ok := ground.At(orb.Point{number.Draw(t, "px"), number.Draw(t, "py")}); ok && !(sigma >= 0 && math.Abs(p[1]) <= 90) {
			t.Fatalf("At gave %v ± %v", p, sigma)
		}
		ground.Pixel(orb.Point{118, 36})
	})
}

func TestDistanceM_AgreesWithPostGIS(t *testing.T) {
	_, pool := openStore(t)
	from := orb.Point{118.3106, 36.8159}
	for _, step := range []orb.Point{{0, 0}, {1e-5, 0}, {0, 1e-5}, {0.001, -0.002}, {-0.008, 0.006}, {0.01, 0.01}, {0.1, -0.1}} {
		to := orb.Point{from[0] + step[0], from[1] + step[1]}
		var want float64
		if err := pool.QueryRow(context.Background(), `SELECT ST_Distance($1::geometry::geography, $2::geometry::geography)`, from, to).Scan(&want); err != nil {
			t.Fatal(err)
		}
		if got := geo.DistanceM(from, to); math.Abs(got-want) > 0.001 {
			t.Errorf("step %v: %.6f m, PostGIS says %.6f m", step, got, want)
		}
	}
}

// A view from straight above is a map: its pixels are metres. PostGIS walks along the ellipsoid to where they lie.
func TestGround_MetresAreTrueOverAKilometre(t *testing.T) {
	_, pool := openStore(t)
	walk := func(distanceM, azimuthDeg float64) geo.Pair {
		var place orb.Point
		err := pool.QueryRow(context.Background(), `SELECT ST_Project($1::geometry::geography, $2::float8, radians($3::float8))::geometry`,
			sixMetres.at, distanceM, azimuthDeg).Scan(&place)
		if err != nil {
			t.Fatal(err)
		}
		sin, cos := math.Sincos(azimuthDeg * math.Pi / 180)
		return geo.Pair{Pixel: orb.Point{0.5 + distanceM*sin/4000, 0.5 - distanceM*cos/4000}, LonLat: place}
	}
	ground := solve(t, []geo.Pair{walk(1000, 45), walk(1000, 135), walk(1000, 225), walk(1000, 315)})
	for azimuth := 0.0; azimuth < 360; azimuth += 30 {
		for _, distance := range []float64{1, 300, 1000} {
			want := walk(distance, azimuth)
			got, _, ok := ground.At(want.Pixel)
			if !ok || geo.DistanceM(got, want.LonLat) > 0.002 {
				t.Errorf("%.0f m at %.0f°: %.4f m off", distance, azimuth, geo.DistanceM(got, want.LonLat))
			}
		}
	}
}
