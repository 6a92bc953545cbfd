package geo_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

func TestCalibrate_ErrorsOfEachPair(t *testing.T) {
	c := sixMetres
	exact, err := geo.Calibrate(c.pairs(), c.at)
	if err != nil || exact.At40M > 0.05 {
		t.Fatalf("exact pairs: %.3f m at 40 m, %v", exact.At40M, err)
	}
	for i, e := range exact.Errors {
		if e.ErrorM > 0.02 || !e.LeftOutOK || e.LeftOutM > 0.05 {
			t.Errorf("exact pair %d: %+v", i, e)
		}
	}
	spoiled := c.pairs()
	spoiled[3].LonLat = c.lonLat(9, 32.8) // 0.8 m too far.
	judged, err := geo.Calibrate(spoiled, c.at)
	if err != nil {
		t.Fatal(err)
	}
	if e := judged.Errors[3]; math.Abs(e.LeftOutM-0.8) > 0.05 || e.ErrorM < 0.1 || e.ErrorM > 0.8 {
		t.Errorf("a pair that is 0.8 m off: %+v", e)
	}
	if judged.At40M < 0.3 || judged.At40M > 2 {
		t.Errorf("with a pair 0.8 m off the error at 40 m is %.2f m", judged.At40M)
	}
	four, err := geo.Calibrate(c.pairs()[:4], c.at)
	if err != nil || four.Errors[0].LeftOutOK || four.At40M > 0.01 {
		t.Errorf("four pairs: %+v, %v", four, err)
	}
}

func TestCalibrate_RefusesWithAReason(t *testing.T) {
	c := sixMetres
	far := c.pairs()
	far[3].LonLat = c.lonLat(9, 36) // 4 m off.
	row := []geo.Pair{c.pair(-4, 20), c.pair(0, 20), c.pair(4, 20), c.pair(8, 20)}
	for name, test := range map[string]struct {
		pairs []geo.Pair
		want  string
	}{
		"three":      {c.pairs()[:3], "must be 4 to"},
		"in a line":  {row, "on one line"},
		"far off":    {far, "at 40 m from the camera"},
		"none":       {nil, "must be 4 to"},
		"same place": {[]geo.Pair{c.pair(0, 20), c.pair(0, 20), c.pair(4, 20), c.pair(8, 30)}, "is the same"},
	} {
		_, err := geo.Calibrate(test.pairs, c.at)
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
	if judged, err := geo.Judge(far, c.at); err != nil || judged.At40M <= 2 {
		t.Errorf("a bad calibration is judged %.2f m, %v", judged.At40M, err)
	}
}

func TestGround_ConeIsWhatTheFrameShows(t *testing.T) {
	c := sixMetres
	g := solve(t, c.pairs())
	cone := g.Cone()
	if len(cone) != 1 || len(cone[0]) < 8 || cone[0][0] != cone[0][len(cone[0])-1] {
		t.Fatalf("cone %v", cone)
	}
	for _, test := range []struct {
		east, north float64
		in          bool
	}{{0, 14, true}, {0, 60, true}, {-10, 40, true}, {0, 3, false}, {0, -20, false}, {40, 30, false}, {0, 400, false}} {
		p := c.lonLat(test.east, test.north)
		if got := planar.PolygonContains(cone, p); got != test.in {
			t.Errorf("%v m east, %v m north: in the cone %v, want %v", test.east, test.north, got, test.in)
		}
		if _, ok := g.Sees(p); ok != test.in {
			t.Errorf("%v m east, %v m north: seen %v, want %v", test.east, test.north, ok, test.in)
		}
	}
}

func TestGround_OnFrameIsClippedByFrameAndHorizon(t *testing.T) {
	c := sixMetres
	g := solve(t, c.pairs())
	area := func(west, south, east, north float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{c.lonLat(west, south), c.lonLat(east, south), c.lonLat(east, north), c.lonLat(west, north), c.lonLat(west, south)}}}
	}
	if rings := g.OnFrame(area(-3, 18, 3, 24)); len(rings) != 1 || len(rings[0]) != 4 {
		t.Errorf("a square in sight: %v", rings)
	} else if want := c.pixel(-3, 18); math.Hypot(rings[0][0][0]-want[0], rings[0][0][1]-want[1]) > 1e-3 &&
		math.Hypot(rings[0][1][0]-want[0], rings[0][1][1]-want[1]) > 1e-3 {
		t.Errorf("its corners are %v, one should be %v", rings[0], want)
	}
	for name, hidden := range map[string]orb.MultiPolygon{
		"behind": area(-3, -40, 3, -20), "beside": area(100, 20, 110, 30), "none": nil, "empty": {{}},
	} {
		if rings := g.OnFrame(hidden); len(rings) != 0 {
			t.Errorf("%s: %v", name, rings)
		}
	}
	horizon := 0.5 - c.focal()*math.Tan(c.tiltDeg*math.Pi/180)/1080
	around := g.OnFrame(area(-3000, -3000, 3000, 3000)) // The camera stands in it.
	if len(around) != 1 {
		t.Fatalf("a grid around the camera: %v", around)
	}
	for _, corner := range []orb.Point{{0, 1}, {1, 1}} {
		if !onRing(around[0], corner) {
			t.Errorf("it does not reach the corner %v: %v", corner, around[0])
		}
	}
	for _, p := range around[0] {
		if p[1] < horizon-0.01 {
			t.Errorf("it reaches over the horizon at %.3f: %v", horizon, p)
		}
	}
}

func onRing(ring orb.Ring, p orb.Point) bool {
	for _, q := range ring {
		if math.Hypot(p[0]-q[0], p[1]-q[1]) < 1e-6 {
			return true
		}
	}
	return false
}

// What is drawn on the frame is where the frame shows it: every point of the clipped ring lies in the frame, and the
// place of a point inside the area is inside the ring.
func TestGround_OnFrameAgreesWithPixel(t *testing.T) {
	c := sixMetres
	g := solve(t, c.pairs())
	rapid.Check(t, func(t *rapid.T) {
		var ring orb.Ring
		at := orb.Point{rapid.Float64Range(-60, 60).Draw(t, "east"), rapid.Float64Range(-60, 90).Draw(t, "north")}
		size := rapid.Float64Range(1, 60).Draw(t, "size")
		n := rapid.IntRange(3, 8).Draw(t, "corners")
		for i := range n {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			ring = append(ring, c.lonLat(at[0]+size*cos, at[1]+size*sin))
		}
		ring = append(ring, ring[0])
		rings := g.OnFrame(orb.MultiPolygon{{ring}})
		for _, r := range rings {
			for _, p := range r {
				if !(p[0] >= 0 && p[0] <= 1 && p[1] >= 0 && p[1] <= 1) {
					t.Fatalf("%v lies outside the frame", p)
				}
			}
		}
		probe := c.lonLat(at[0], at[1])
		pixel, ok := g.Pixel(probe)
		inFrame := ok && pixel[0] > 0.01 && pixel[0] < 0.99 && pixel[1] > 0.01 && pixel[1] < 0.99
		if !inFrame {
			return
		}
		for _, r := range rings {
			if planar.RingContains(append(append(orb.Ring{}, r...), r[0]), pixel) {
				return
			}
		}
		t.Fatalf("the middle %v of the area is at %v in the frame, and in none of %v", at, pixel, rings)
	})
}
