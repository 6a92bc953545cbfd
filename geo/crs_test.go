package geo_test

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func TestParseCRS(t *testing.T) {
	for _, name := range []string{"EPSG:4326", "EPSG:4490", "EPSG:4491", "EPSG:4513", "EPSG:4548", "EPSG:4554", "GCJ-02", "BD-09"} {
		if crs, err := geo.ParseCRS(name); err != nil || string(crs) != name {
			t.Errorf("%s: %v, %v", name, crs, err)
		}
	}
	_, err := geo.ParseCRS("")
	wantInvalid(t, err, "crs", "missing")
	for _, name := range []string{"EPSG:3857", "EPSG:4490 ", "EPSG:4555", "4490", "epsg:4490"} {
		_, err := geo.ParseCRS(name)
		wantInvalid(t, err, "crs", "not known")
	}
}

// Computed with PROJ 9.1.1, to a tenth of a millimetre.
var gaussVectors = []struct {
	crs               geo.CRS
	lat, lon          float64
	northing, easting float64
}{
	{"EPSG:4548", 36.8271, 118.3083, 4078122.0640, 616720.0006},
	{"EPSG:4527", 36.8271, 118.3083, 4078122.0640, 39616720.0006},
	{"EPSG:4549", 36.8271, 118.3083, 4078658.9858, 349072.4603},
	{"EPSG:4549", 32.545, 120.4665, 3602384.3176, 543818.5197},
	{"EPSG:4549", 32.371, 120.5733, 3583137.1714, 553954.0366},
	{"EPSG:4547", 30.916, 113.911, 3421664.7438, 491492.6774},
	{"EPSG:4549", 35.4164, 119.5269, 3920892.9540, 457031.3339},
	{"EPSG:4548", 39.911954, 116.377817, 4419938.2808, 446801.0310},
}

func TestCRS_ProjectsAsSurveysDo(t *testing.T) {
	const tenthOfMillimetre, degrees = 0.00005 + 1e-9, 1e-9
	for _, v := range gaussVectors {
		ground, plane := orb.Point{v.lon, v.lat}, orb.Point{v.easting, v.northing}
		near(t, string(v.crs), v.crs.FromWGS84(ground), plane, tenthOfMillimetre)
		near(t, string(v.crs)+" back", v.crs.ToWGS84(plane), ground, degrees)
	}
}

// PROJ, by GDAL's program, judges every Gauss-Krüger system at points as far out as grids may lie.
func TestCRS_AgreesWithPROJInEverySystem(t *testing.T) {
	const micrometre = 1e-6
	random := rand.New(rand.NewPCG(4, 4490))
	for epsg := 4491; epsg <= 4554; epsg++ {
		crs := geo.CRS(fmt.Sprintf("EPSG:%d", epsg))
		var points []orb.Point
		var in strings.Builder
		for range 60 {
			p := orb.Point{meridianOf(epsg) + 6*random.Float64() - 3, 4 + 50*random.Float64()}
			points = append(points, p)
			fmt.Fprintf(&in, "%.17g %.17g\n", p[0], p[1])
		}
		program := exec.CommandContext(t.Context(), "gdaltransform", "-s_srs", "EPSG:4490", "-t_srs", string(crs), "-output_xy")
		program.Stdin = strings.NewReader(in.String())
		out, err := program.Output()
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if len(lines) != len(points) {
			t.Fatalf("PROJ answered %d of %d points", len(lines), len(points))
		}
		for i, line := range lines {
			var want orb.Point
			if _, err := fmt.Sscan(line, &want[0], &want[1]); err != nil {
				t.Fatal(err)
			}
			near(t, fmt.Sprintf("%s %v", crs, points[i]), crs.FromWGS84(points[i]), want, micrometre)
			near(t, fmt.Sprintf("%s %v back", crs, points[i]), crs.ToWGS84(want), points[i], 1e-11)
		}
	}
}

// meridianOf is how the numbers are handed out: zones of 6 degrees with and without number, then of 3.
func meridianOf(epsg int) float64 {
	switch {
	case epsg < 4502:
		return float64(75 + 6*(epsg-4491))
	case epsg < 4513:
		return float64(75 + 6*(epsg-4502))
	case epsg < 4534:
		return float64(75 + 3*(epsg-4513))
	}
	return float64(75 + 3*(epsg-4534))
}

func TestReadGrids_SaysWhatMetresProbablyAre(t *testing.T) {
	at := func(x, y float64) string {
		return surveyOf(west, "辛东社区", fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%f,%f],[%f,%f],[%f,%f],[%[1]f,%[2]f]]]}`,
			x, y, x+100, y, x+100, y+100))
	}
	for _, test := range []struct {
		name string
		x, y float64
		crs  string
		rule string
	}{
		{"a zone in degrees", 39616720, 4078122, "EPSG:4326", "EPSG:4527 (zone 39)"},
		{"no zone in degrees", 616720, 4078122, "EPSG:4490", "EPSG:4534 to EPSG:4554"},
		{"a zone where none is", 39616720, 4078122, "EPSG:4548", "EPSG:4527 (zone 39)"},
		{"another zone", 40349072, 4078658, "EPSG:4527", "EPSG:4528 (zone 40)"},
		{"a zone of 6 degrees", 20616720, 4078122, "EPSG:4548", "EPSG:4498 (zone 20)"},
		{"no zone where one is", 616720, 4078122, "EPSG:4527", "EPSG:4534 to EPSG:4554"},
		{"northing first", 4078122, 616720, "EPSG:4548", "are they swapped?"},
		{"northing first, with zone", 4078122, 39616720, "EPSG:4527", "are they swapped?"},
		{"northing first in degrees", 4078122, 39616720, "EPSG:4326", "EPSG:4527 (zone 39)"},
		{"degrees", 118.3, 36.8, "EPSG:4548", "are these degrees"},
		{"south of China", 616720, 40000, "EPSG:4548", "of another system"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := geo.ReadGrids(strings.NewReader(at(test.x, test.y)), geo.Community, test.crs)
			wantInvalid(t, err, "feature 0 "+west+" 辛东社区: geometry[0][0][0]: position", test.rule)
		})
	}
}

func TestReadGrids_TakesGaussKruger(t *testing.T) {
	plane := geo.CRS("EPSG:4527")
	var ring []string
	for _, p := range []orb.Point{{118.30, 36.80}, {118.31, 36.80}, {118.31, 36.81}, {118.30, 36.81}, {118.30, 36.80}} {
		q := plane.FromWGS84(p)
		ring = append(ring, fmt.Sprintf("[%.5f,%.5f]", q[0], q[1]))
	}
	file := surveyOf(west, "辛东社区", polygonOf("["+strings.Join(ring, ",")+"]"))
	grids, err := geo.ReadGrids(strings.NewReader(file), geo.Community, "EPSG:4527")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "first corner", grids[0].Boundary[0][0][0], orb.Point{118.30, 36.80}, 1e-10)
	// The system of 6 degrees with that meridian is another number for the same metres.
	sameMeridian := strings.Replace(file, `{"type":"F`, `{"crs":{"type":"name","properties":{"name":"EPSG:4509"}},"type":"F`, 1)
	if _, err := geo.ReadGrids(strings.NewReader(strings.ReplaceAll(sameMeridian, "[39", "[")), geo.Community, "EPSG:4548"); err != nil {
		t.Errorf("4509 stated as 4548: %v", err)
	}
}

func TestLikely(t *testing.T) {
	linzi := orb.Bound{Min: orb.Point{118.1, 36.6}, Max: orb.Point{118.5, 37.0}}
	for _, test := range []struct {
		p    orb.Point
		want string
	}{
		{orb.Point{616720, 4078122}, "[EPSG:4548]"},
		{orb.Point{39616720, 4078122}, "[EPSG:4527]"},
		{orb.Point{349072, 4078658}, "[EPSG:4549]"},
		{orb.Point{118.3, 36.8}, "[EPSG:4490 GCJ-02 BD-09]"},
		{orb.Point{500000, 4078122}, "[]"},
	} {
		if got := fmt.Sprint(geo.Likely(test.p, linzi)); got != test.want {
			t.Errorf("%v: got %s, want %s", test.p, got, test.want)
		}
	}
}
