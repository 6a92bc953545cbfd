package vision

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// The street of the kernel's tests, in metres: x to the right, y away from the camera. The lane is 6 m × 12 m.
//
//	y 24 ┌─────────┐
//	     │  lane   │
//	y 12 └─────────┘
//	   x -3        3
//	          ^ camera at 0,0 looks along y
var (
	streetOrigin = orb.Point{118.3, 36.8}
	streetBegin  = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC) // A Friday, 08:00 in the city.
	streetZone   = time.FixedZone("CST", 8*3600)
	streetGround = mustGround()
	lane         = []orb.Point{street(-3, 12), street(3, 12), street(3, 24), street(-3, 24)}
)

func street(x, y float64) orb.Point {
	return orb.Point{
		streetOrigin[0] + x/geo.DistanceM(streetOrigin, orb.Point{streetOrigin[0] + 1, streetOrigin[1]}),
		streetOrigin[1] + y/geo.DistanceM(streetOrigin, orb.Point{streetOrigin[0], streetOrigin[1] + 1}),
	}
}

// mustGround is a camera 6 m up whose frame shows 8 m of street at the bottom and the horizon at a fifth from the top.
func mustGround() *geo.Ground {
	var pairs []geo.Pair
	for _, m := range [][2]float64{{-3, 8}, {3, 8}, {-8, 40}, {8, 40}, {0, 15}} {
		pairs = append(pairs, geo.Pair{Pixel: lens(m[0], m[1]), LonLat: street(m[0], m[1])})
	}
	g, err := geo.SolveGround(pairs)
	if err != nil {
		panic(err)
	}
	return g
}

// lens is where the frame shows a point of the street.
func lens(x, y float64) orb.Point { return orb.Point{0.5 + 1.1*x/y, 0.2 + 6.2/y} }

// thing is a detection of something that stands at x, y and is so many metres wide and high.
func thing(class string, track int64, x, y, wide, high float64) Detection {
	foot := lens(x, y)
	w, h := 1.1*wide/y, 1.03*high/y
	return Detection{Class: class, Track: track, Score: 0.7, Box: Box{X: foot[0] - w/2, Y: foot[1] - h, W: w, H: h}}
}

func car(track int64, x, y float64) Detection    { return thing(ClassVehicle, track, x, y, 1.9, 1.6) }
func lorry(track int64, x, y float64) Detection  { return thing(ClassVehicle, track, x, y, 2.5, 3.2) }
func person(track int64, x, y float64) Detection { return thing(ClassPerson, track, x, y, 0.6, 1.7) }
func table(track int64, x, y float64) Detection  { return thing("dining table", track, x, y, 1.2, 0.8) }
func pile(track int64, x, y float64) Detection   { return thing(ClassChange, track, x, y, 1.5, 0.7) }

// act is a part of a script: for so many seconds the camera shows these things, at two frames a second.
type act struct {
	s      float64
	things func(t float64) []Detection // t runs from the beginning of the act.
	unfit  string
	dark   bool // No frames come at all.
	edit   func(*City)
}

// show is an act in which nothing changes.
func show(s float64, things ...Detection) act {
	return act{s: s, things: func(float64) []Detection { return things }}
}

func move(s float64, things func(t float64) []Detection) act { return act{s: s, things: things} }
func rain(s float64) act                                     { return act{s: s, unfit: "rain"} }
func dark(s float64) act                                     { return act{s: s, dark: true} }
func edit(change func(*City)) act                            { return act{edit: change} }

func testRules(t testing.TB) Rules {
	t.Helper()
	text, err := os.ReadFile("../configs/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := LoadRules(text)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// city is one calibrated camera with a fence of each named rule over the lane.
func city(t testing.TB, rules ...string) City {
	c := City{
		Camera: Camera{ID: "cam", Position: streetOrigin, View: View{ID: "view", Ground: streetGround}},
		Rules:  testRules(t), Zone: streetZone,
	}
	for _, rule := range rules {
		c.Fences = append(c.Fences, geo.Fence{ID: rule, Name: "fence of " + rule, Rule: rule, Area: orb.Polygon{closed(lane)}})
	}
	return c
}

func closed(points []orb.Point) orb.Ring { return append(append(orb.Ring{}, points...), points[0]) }

// uncalibrated is the same camera without pairs; its fences are drawn on the frame.
func uncalibrated(t testing.TB, rules ...string) City {
	c := city(t)
	c.Camera.View.Ground = nil
	var frame []orb.Point
	for _, m := range [][2]float64{{-3, 12}, {3, 12}, {3, 24}, {-3, 24}} {
		frame = append(frame, lens(m[0], m[1]))
	}
	for _, rule := range rules {
		c.Fences = append(c.Fences, geo.Fence{ID: rule, Name: "fence of " + rule, Rule: rule, ViewID: "view", Frame: orb.Polygon{closed(frame)}})
	}
	return c
}

// play turns a script into observations, with the city that holds at each.
func play(c City, acts ...act) (observations []Observation, cities []City) {
	at := streetBegin
	for _, a := range acts {
		if a.edit != nil {
			c.Fences, c.Permits = slices.Clone(c.Fences), slices.Clone(c.Permits)
			a.edit(&c)
		}
		if a.dark {
			at = at.Add(seconds(a.s))
			continue
		}
		for t := 0.0; t < a.s; t += 0.5 {
			o := Observation{CameraID: "cam", ViewID: "view", Seq: uint64(len(observations) + 1), At: at, Model: "abc scripted", Unfit: a.unfit}
			if a.things != nil {
				o.Objects = Place(a.things(t), c.Camera.View)
			}
			observations, cities = append(observations, o), append(cities, c)
			at = at.Add(500 * time.Millisecond)
		}
	}
	return observations, cities
}

// run takes observations through the kernel from a fresh state.
func run(observations []Observation, cities []City) (State, []Sighting, []Trace) {
	var state State
	var sightings []Sighting
	var traces []Trace
	for i, o := range observations {
		var told []Sighting
		var why []Trace
		state, told, why = Step(state, o, cities[i])
		sightings, traces = append(sightings, told...), append(traces, why...)
	}
	return state, sightings, traces
}

// lines writes sightings as "seconds rule kind", which is what the tables of lives expect.
func lines(sightings []Sighting) []string {
	var out []string
	for _, s := range sightings {
		out = append(out, fmt.Sprintf("%.0f %s %s", math.Floor(s.At.Sub(streetBegin).Seconds()), s.Rule, s.Kind))
	}
	return out
}

// life is one row of a table: what a script must make the kernel say.
type life struct {
	name string
	city func(testing.TB) City
	acts []act
	want []string
	gate Gate // A gate that must have stopped something, where nothing is said.
}

func testLives(t *testing.T, lives []life) {
	t.Helper()
	for _, l := range lives {
		t.Run(l.name, func(t *testing.T) {
			_, sightings, traces := run(play(l.city(t), l.acts...))
			if got := lines(sightings); !slices.Equal(got, l.want) {
				t.Errorf("said\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(l.want, "\n\t"))
			}
			if l.gate != "" && !slices.ContainsFunc(traces, func(tr Trace) bool { return tr.Gate == l.gate && !tr.Passed }) {
				t.Errorf("no trace of gate %q", l.gate)
			}
			for _, s := range sightings {
				checkSighting(t, s)
			}
		})
	}
}

// checkSighting holds what is true of every sighting.
func checkSighting(t *testing.T, s Sighting) {
	t.Helper()
	if s.Key != s.Occupancy+"/"+string(s.Kind) || len(s.Occupancy) != 24 {
		t.Errorf("key %q of occupancy %q", s.Key, s.Occupancy)
	}
	if s.Why.Frames < 2 || s.Why.Permit == "" || (s.Why.Hours == "") != (len(s.Why.Thresholds) == 0) || s.Why.Tracks == nil || s.Why.Model == "" || s.Why.RuleVersion < 1 || s.FenceName == "" || len(s.Matter) != 5 {
		t.Errorf("%s: why is incomplete: %+v", s.Key, s)
	}
	if (s.Kind == Cleared) != (s.Why.Ended != "") {
		t.Errorf("%s: ended %q", s.Key, s.Why.Ended)
	}
	if s.At.Before(s.Since) || s.Class == "" || s.Score <= 0 || s.Box.Area() <= 0 {
		t.Errorf("%s: since %v at %v class %q score %v box %v", s.Key, s.Since, s.At, s.Class, s.Score, s.Box)
	}
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
