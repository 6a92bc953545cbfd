package geo_test

import (
	"math"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// Computed with two independent programs; the first three agree with eviltransform's own tests.
var datumVectors = []struct {
	name          string
	wgs, gcj, bd9 orb.Point
}{
	{"Shanghai", orb.Point{121.5272106, 31.1774276}, orb.Point{121.531541859215, 31.17530398364597}, orb.Point{121.53801568643858, 31.18132860687446}},
	{"Shenzhen", orb.Point{113.912316, 22.543847}, orb.Point{113.9171764808363, 22.540796131694766}, orb.Point{113.92368472926734, 22.546667437751108}},
	{"Beijing", orb.Point{116.377817, 39.911954}, orb.Point{116.38404722455657, 39.91334545536069}, orb.Point{116.39045471310828, 39.91957555096588}},
	{"Linzi", orb.Point{118.3083, 36.8271}, orb.Point{118.31415428533015, 36.82755242718064}, orb.Point{118.32053735378726, 36.83388726680544}},
	{"Hai'an", orb.Point{120.4665, 32.545}, orb.Point{120.47115146487177, 32.54307604699203}, orb.Point{120.47758218030022, 32.54940423644841}},
	{"Rugao", orb.Point{120.5733, 32.371}, orb.Point{120.57758160335742, 32.36878360484007}, orb.Point{120.58402478236131, 32.37491828574356}},
	{"Rizhao", orb.Point{119.5269, 35.4164}, orb.Point{119.53232820585276, 35.41611186217983}, orb.Point{119.53875766009645, 35.422402552801344}},
	{"Xiaonan", orb.Point{113.911, 30.916}, orb.Point{113.91648400367411, 30.913512608763323}, orb.Point{113.92300234253398, 30.919395395897542}},
}

func TestCRS_MovesPointsAsMapsDo(t *testing.T) {
	const exact, inverse = 1e-13, 1e-11 // Degrees; a millionth of a metre is 1e-11.
	for _, v := range datumVectors {
		t.Run(v.name, func(t *testing.T) {
			near(t, "to GCJ-02", geo.GCJ02.FromWGS84(v.wgs), v.gcj, exact)
			near(t, "to BD-09", geo.BD09.FromWGS84(v.wgs), v.bd9, exact)
			near(t, "from GCJ-02", geo.GCJ02.ToWGS84(v.gcj), v.wgs, inverse)
			near(t, "from BD-09", geo.BD09.ToWGS84(v.bd9), v.wgs, inverse)
			near(t, "CGCS2000", geo.CGCS2000.ToWGS84(v.wgs), v.wgs, 0)
			near(t, "CGCS2000 back", geo.CGCS2000.FromWGS84(v.wgs), v.wgs, 0)
			near(t, "WGS-84", geo.WGS84.ToWGS84(v.wgs), v.wgs, 0)
		})
	}
}

func near(t *testing.T, what string, got, want orb.Point, degrees float64) {
	t.Helper()
	if off := max(math.Abs(got[0]-want[0]), math.Abs(got[1]-want[1])); off > degrees {
		t.Errorf("%s: got %v, want %v (off by %g degrees)", what, got, want, off)
	}
}

func TestCRS_ShiftIsHalfAKilometreInLinzi(t *testing.T) {
	if shift := geo.DistanceM(orb.Point{118.3083, 36.8271}, geo.GCJ02.FromWGS84(orb.Point{118.3083, 36.8271})); math.Abs(shift-524) > 1 {
		t.Errorf("shift of %.1f m, want 524", shift)
	}
}

func TestCRS_ShiftsNothingAbroad(t *testing.T) {
	for _, p := range []orb.Point{{2.35, 48.85}, {-74, 40.7}, {139.69, 35.69}} {
		near(t, "to GCJ-02", geo.GCJ02.FromWGS84(p), p, 0)
		near(t, "from GCJ-02", geo.GCJ02.ToWGS84(p), p, 0)
	}
}

func TestCRS_ComesBackFromEverywhereInChina(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := orb.Point{rapid.Float64Range(73, 135).Draw(t, "lon"), rapid.Float64Range(4, 54).Draw(t, "lat")}
		for _, crs := range []geo.CRS{geo.GCJ02, geo.BD09} {
			if back := crs.ToWGS84(crs.FromWGS84(p)); geo.DistanceM(back, p) > 1e-5 {
				t.Fatalf("%s: %v came back %g m away", crs, p, geo.DistanceM(back, p))
			}
		}
	})
}
