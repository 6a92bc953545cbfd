package vision

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// What is followed began inside its fence by the border's own rule, and what people are told of lies no further out than the
// exit rule lets a thing go that was inside: on the map in metres and sigmas, on the frame in its share. The fences are
// rectangles here, so that the test measures for itself.
func TestLaw_NothingIsToldOutsideItsFence(t *testing.T) {
	some, whole := anything(t), crowdedCity(t)
	th := whole.Rules.rules["fire_lane"].Thresholds // The exit rule is the same for all of them.
	rapid.Check(t, func(t *rapid.T) {
		var state State
		for _, s := range some.Draw(t, "script") {
			if slices.ContainsFunc(s.c.Fences, func(f geo.Fence) bool { return f.ID == "lane" && !f.Area.Equal(laneplot.area()) }) {
				continue // The edit that draws the lane anew has its own law.
			}
			before := state
			var sightings []Sighting
			state, sightings, _ = Step(state, s.o, s.c)
			for _, occ := range state.Occupancies {
				isNew := !slices.ContainsFunc(before.Occupancies, func(o Occupancy) bool { return o.ID == occ.ID })
				onFrame := strings.HasPrefix(occ.FenceID, "frame")
				if isNew && occ.Round == 0 && !onFrame && plots[occ.FenceID].beyond(occ.Spot.Position) > 1e-6 && occ.Frames < 2 {
					t.Fatalf("%s began outside %s at %v", occ.ID, occ.FenceID, occ.Spot.Position)
				}
				out, limit := plots[occ.FenceID].beyond(occ.Spot.Position), th.ExitM+th.ExitSigma*occ.Spot.SigmaM
				if onFrame {
					out, limit = frameplot.beyondFrame(occ.Spot.Foot), th.ExitFrame
				} else if !occ.Spot.Grounded {
					t.Fatalf("%s on the map has no place", occ.ID)
				}
				if out > limit+1e-6 && occ.LastSeen.Equal(s.o.At) {
					t.Fatalf("%s of %s (told: %q) lies %.3f out, the limit is %.3f", occ.ID, occ.FenceID, occ.Told, out, limit)
				}
			}
			for _, sighting := range sightings {
				isOpen := slices.ContainsFunc(state.Occupancies, func(o Occupancy) bool { return o.ID == sighting.Occupancy && o.LastSeen.Equal(s.o.At) })
				if sighting.Kind != Cleared && !isOpen {
					t.Fatalf("%s was told of something that is not there", sighting.Key)
				}
			}
		}
	})
}

// What stands on the very border of two fences is in one of them, never in both and never in neither: on the map and on the
// frame, however the state travels.
func TestLaw_ABorderHasOneSide(t *testing.T) {
	calibrated := city(t)
	rapid.Check(t, func(t *rapid.T) {
		c, onFrame := calibrated, rapid.Bool().Draw(t, "on the frame")
		alongX := rapid.Bool().Draw(t, "border along x")
		cut := rapid.Float64Range(0.3, 0.7).Draw(t, "cut")
		from, to := orb.Point{118.3, 36.8}, orb.Point{118.3001, 36.8001}
		if onFrame {
			from, to = orb.Point{0, 0}, orb.Point{1, 1}
		}
		at := orb.Point{from[0] + cut*(to[0]-from[0]), from[1] + cut*(to[1]-from[1])}
		first, second := [2]orb.Point{from, {at[0], to[1]}}, [2]orb.Point{{at[0], from[1]}, to}
		if alongX {
			first, second = [2]orb.Point{from, {to[0], at[1]}}, [2]orb.Point{{from[0], at[1]}, to}
		}
		for i, corner := range [][2]orb.Point{first, second} {
			ring := orb.Bound{Min: corner[0], Max: corner[1]}.ToPolygon()
			if rapid.Bool().Draw(t, "other way round") {
				ring[0].Reverse()
			}
			f := geo.Fence{ID: fmt.Sprint(i), Name: "half", Rule: "fire_lane", Area: ring}
			if onFrame {
				f.Area, f.Frame, f.ViewID = nil, ring, "view"
			}
			c.Fences = append(slices.Clone(c.Fences), f)
		}
		stands := Object{Class: ClassVehicle, Track: 1, Score: 0.9, Box: Box{X: 0.4, Y: 0.4, W: 0.1, H: 0.1}, Foot: orb.Point{0.45, 0.5}}
		if onFrame {
			stands.Foot = at
		} else {
			stands.Grounded, stands.Position = true, at
		}
		var state State
		var told []Sighting
		for i := range 60 {
			o := Observation{ViewID: "view", At: streetBegin.Add(time.Duration(i) * time.Second), Objects: []Object{stands}}
			var s []Sighting
			state, s, _ = Step(travelled(t, state), o, c)
			told = append(told, s...)
		}
		if len(told) != 1 || told[0].Kind != Raised {
			t.Fatalf("a thing on the border of two fences was told of %d times: %v", len(told), lines(told))
		}
	})
}

// travelled is the state as it is saved and read.
func travelled(t failer, s State) State {
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatalf("%v", err)
	}
	back, err := DecodeState(data)
	if err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return back
}

// failer is what a test and a property have in common.
type failer interface {
	Fatalf(format string, args ...any)
}

// When a fence or a permit is edited, the very next observation, fit or not, says of each thing that stands there what went
// out and what came under or lost a permit; a fit one says what came in. Who was told is told then, too. Of what the edit
// does not touch nothing is said.
func TestLaw_AnEditIsHeldAgainstEverythingAtOnce(t *testing.T) {
	whole := city(t, "fire_lane")
	rapid.Check(t, func(t *rapid.T) {
		var things []Detection
		var at []orb.Point
		for i := range rapid.IntRange(1, 4).Draw(t, "things") {
			x, y := rapid.SampledFrom([]float64{-2, 2, 6}).Draw(t, "x"), 13+3*float64(i)
			things, at = append(things, thing(ClassVehicle, int64(i+1), x, y, 1.2, 1)), append(at, street(x, y))
		}
		before := whole.edited(func(c *City) { drawFences(t, c, "before") })
		after := whole.edited(func(c *City) { drawFences(t, c, "after") })
		stood := rapid.SampledFrom([]float64{10, 60}).Draw(t, "stood")
		o, cs := play(before, show(stood, things...))
		state, told, _ := run(o, cs)
		said := map[string]bool{}
		for _, s := range told {
			said[s.Occupancy] = s.Kind != Cleared
		}
		next := Observation{CameraID: "cam", ViewID: "view", At: streetBegin.Add(seconds(stood)), Objects: Place(things, after.Camera.View)}
		fit := rapid.Bool().Draw(t, "fit")
		if !fit {
			next.Unfit = "rain"
		}
		_, sightings, traces := Step(state, next, after)
		for i := range things {
			was, is := inFence(before, at[i]), inFence(after, at[i])
			wasLegal, isLegal := was && inPermit(before, at[i]), is && inPermit(after, at[i])
			occ := standingAt(state, at[i])
			if was != (occ.ID != "") {
				t.Fatalf("thing %d: inside %v, followed as %q", i, was, occ.ID)
			}
			entered, left := tracesOf(traces, at[i], GateOutside, true), tracesOf(traces, at[i], GateOutside, false)
			if want := !was && is && fit; (len(entered) == 1) != want {
				t.Errorf("thing %d: %d entered, want %v", i, len(entered), want)
			}
			if want := was && !is; hasTrace(traces, occ.ID, GateOutside, GateCity) != want {
				t.Errorf("thing %d: left: %v %v, want %v", i, left, traces, want)
			}
			if want := was && is && wasLegal != isLegal; hasPermitEdit(traces, occ.ID, isLegal) != want {
				t.Errorf("thing %d: a permit came or went: want %v, traces %v", i, want, traces)
			}
			cleared := slices.ContainsFunc(sightings, func(s Sighting) bool { return s.Occupancy == occ.ID && s.Kind == Cleared })
			if want := said[occ.ID] && (!is || isLegal); cleared != want {
				t.Errorf("thing %d: cleared %v, want %v", i, cleared, want)
			}
		}
	})
}

// drawFences gives the city's fence another plot, or removes it, and a permit perhaps.
func drawFences(t *rapid.T, c *City, when string) {
	on := rapid.SampledFrom([]plot{laneplot, westPlot, eastPlot, {-3, 8, 12, 24}, {-3, 3, 12, 17.5}, {}}).Draw(t, "fence "+when)
	if on == (plot{}) {
		c.Fences = nil
	} else {
		c.Fences[0].Area = on.area()
	}
	switch rapid.IntRange(0, 2).Draw(t, "permit "+when) {
	case 1:
		c.Permits = []geo.Permit{streetFair(westPlot, geo.Hours{})}
	case 2:
		c.Permits = []geo.Permit{streetFair(eastPlot, geo.Hours{})}
	}
}

func inFence(c City, at orb.Point) bool {
	return len(c.Fences) > 0 && geo.ContainsHalfOpen(c.Fences[0].Area, at)
}

func inPermit(c City, at orb.Point) bool {
	return len(c.Permits) > 0 && geo.ContainsHalfOpen(c.Permits[0].Area, at)
}

func standingAt(s State, at orb.Point) (found Occupancy) {
	for _, occ := range s.Occupancies {
		if geo.DistanceM(occ.Spot.Position, at) < 0.5 {
			found = occ
		}
	}
	return found
}

// tracesOf are the traces of a gate about what stands at a place.
func tracesOf(traces []Trace, at orb.Point, gate Gate, passed bool) (some []Trace) {
	for _, tr := range traces {
		foot := tr.Box.Foot()
		if p, _, ok := streetGround.At(foot); ok && tr.Gate == gate && tr.Passed == passed && geo.DistanceM(p, at) < 0.5 {
			some = append(some, tr)
		}
	}
	return some
}

func hasTrace(traces []Trace, occupancy string, gates ...Gate) bool {
	return occupancy != "" && slices.ContainsFunc(traces, func(tr Trace) bool {
		return tr.Occupancy == occupancy && !tr.Passed && slices.Contains(gates, tr.Gate)
	})
}

// hasPermitEdit reports whether it is said of an occupancy that it came under a permit (or lost one), apart from the permit
// that may stop it at its threshold.
func hasPermitEdit(traces []Trace, occupancy string, legal bool) bool {
	return slices.ContainsFunc(traces, func(tr Trace) bool {
		return tr.Occupancy == occupancy && tr.Gate == GatePermit && tr.Passed != legal && tr.Limit == 0
	})
}

// Cameras share nothing: in whatever order the observations of several come, each says what it would alone, and what they
// know of the city stays as it was.
func TestLaw_OrderOfCamerasMeansNothing(t *testing.T) {
	some := anything(t)
	rapid.Check(t, func(t *rapid.T) {
		scripts := map[string][]scenario{}
		var turns []string
		for i := range rapid.IntRange(2, 3).Draw(t, "cameras") {
			name := fmt.Sprintf("cam-%d", i)
			for _, s := range some.Draw(t, name) {
				s.o.CameraID, s.c.Camera.ID = name, name
				scripts[name], turns = append(scripts[name], s), append(turns, name)
			}
		}
		alone := map[string][]string{}
		for name, script := range scripts {
			var state State
			for _, s := range script {
				var told []Sighting
				state, told, _ = Step(state, s.o, s.c)
				alone[name] = append(alone[name], text(told))
			}
		}
		states, done := map[string]State{}, map[string]int{}
		for _, name := range rapid.Permutation(turns).Draw(t, "order") {
			s := scripts[name][done[name]]
			before := text(s.c.Fences, s.c.Permits)
			state, told, _ := Step(states[name], s.o, s.c)
			if got, want := text(told), alone[name][done[name]]; got != want {
				t.Fatalf("%s says among others\n%s\nalone\n%s", name, got, want)
			}
			if text(s.c.Fences, s.c.Permits) != before {
				t.Fatal("Step changed what is known of the city")
			}
			states[name], done[name] = state, done[name]+1
		}
	})
}
