package vision

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// anything draws a street where everything happens: things come and go at random, jitter, change their track ids and
// scores, frames are unfit or missing, fences and permits are edited.
func anything(t testing.TB) *rapid.Generator[[]scenario] {
	whole := city(t, "fire_lane", "vending", "debris")
	for i := range whole.Fences { // Short enough that much is told.
		whole.Fences[i].Thresholds = map[string]float64{"raise_s": 8, "escalate_s": 20, "enter_s": 2, "gap_s": 4, "leave_s": 3, "share_s": 60, "alone_s": 3}
	}
	permit := geo.Permit{
		ID: "p", Name: "fair", Rules: []string{"fire_lane", "vending"}, Area: orb.Polygon{closed(lane)}, Until: streetBegin.Add(24 * time.Hour),
	}
	cast := []Detection{
		car(1, 0, 18), car(2, 2.2, 18), lorry(3, 0, 9), person(4, 0.8, 18.2), person(5, -2, 15), table(6, 0.2, 17.8),
		pile(7, -2, 15), thing("airplane", 8, 0, 18, 1.9, 1.6), person(9, 8, 20), thing("handbag", 10, 0.8, 18, 0.4, 0.3),
	}
	return rapid.Custom(func(t *rapid.T) []scenario {
		on := make([]bool, len(cast))
		c, at := whole, streetBegin
		var out []scenario
		for i := range rapid.IntRange(1, 60).Draw(t, "looks") {
			for range rapid.IntRange(0, 2).Draw(t, "changes") {
				on[rapid.IntRange(0, len(cast)-1).Draw(t, "who")] = rapid.Bool().Draw(t, "there")
			}
			o := Observation{CameraID: "cam", ViewID: "view", Seq: uint64(i), At: at, Model: "m"}
			var found []Detection
			for j, d := range cast {
				if !on[j] {
					continue
				}
				jitter := rapid.Float64Range(-0.004, 0.004)
				d.Box.X += jitter.Draw(t, "x")
				d.Box.Y += jitter.Draw(t, "y")
				d.Score = rapid.Float64Range(0.2, 1).Draw(t, "score")
				d.Track += int64(10 * rapid.IntRange(0, 1).Draw(t, "swap"))
				found = append(found, d)
			}
			o.Objects = Place(found, c.Camera.View)
			switch rapid.IntRange(0, 30).Draw(t, "event") {
			case 0:
				o.Unfit = "rain"
			case 1:
				c.Permits = []geo.Permit{permit}
			case 2:
				c.Permits = nil
			case 3:
				c.Fences = slices.Delete(slices.Clone(whole.Fences), 0, 1)
			case 4:
				c.Fences = whole.Fences
			case 5:
				at = at.Add(seconds(rapid.Float64Range(0, 1000).Draw(t, "dark")))
			}
			out = append(out, scenario{o, c})
			at = at.Add(seconds(rapid.Float64Range(0.2, 3).Draw(t, "pause")))
		}
		return out
	})
}

// scenario is one observation with the city that held then.
type scenario struct {
	o Observation
	c City
}

func split(all []scenario) (o []Observation, c []City) {
	for _, s := range all {
		o, c = append(o, s.o), append(c, s.c)
	}
	return o, c
}

// State that is saved as JSON at any point and read again gives the same sightings, traces and state.
func TestLaw_ResumeAnywhere(t *testing.T) {
	some := anything(t)
	rapid.Check(t, func(t *rapid.T) {
		script := some.Draw(t, "script")
		cut := rapid.IntRange(0, len(script)).Draw(t, "cut")
		var straight, resumed State
		for i, s := range script {
			if i == cut {
				data, err := json.Marshal(resumed)
				if err != nil {
					t.Fatal(err)
				}
				if resumed, err = DecodeState(data); err != nil {
					t.Fatal(err)
				}
			}
			var a, b []Sighting
			var whyA, whyB []Trace
			straight, a, whyA = Step(straight, s.o, s.c)
			resumed, b, whyB = Step(resumed, s.o, s.c)
			if text(a, whyA, straight) != text(b, whyB, resumed) {
				t.Fatalf("look %d differs after a cut at %d:\n%s\n%s", i, cut, text(a, whyA, straight), text(b, whyB, resumed))
			}
		}
	})
}

func text(parts ...any) string {
	data, err := json.Marshal(parts)
	if err != nil {
		return fmt.Sprintf("cannot be JSON: %v", err)
	}
	return string(data)
}

// A state that was handed to Step is as it was, and gives the same answer again: Step shares no memory with it.
func TestLaw_OldStateStaysValid(t *testing.T) {
	some := anything(t)
	rapid.Check(t, func(t *rapid.T) {
		var state State
		for _, s := range some.Draw(t, "script") {
			before := text(state)
			next, sightings, traces := Step(state, s.o, s.c)
			first := text(next, sightings, traces)
			Step(next, Observation{At: s.o.At.Add(time.Second), ViewID: "view", Objects: s.o.Objects}, s.c)
			if text(state) != before {
				t.Fatal("Step changed the state it was given")
			}
			if text(answer(state, s.o, s.c)...) != first {
				t.Fatal("the same arguments gave another answer, or a later step reached back")
			}
			state = next
		}
	})
}

func answer(s State, o Observation, c City) []any {
	next, sightings, traces := Step(s, o, c)
	return []any{next, sightings, traces}
}

// The order in which a detector lists its boxes means nothing.
func TestLaw_OrderOfBoxesMeansNothing(t *testing.T) {
	some := anything(t)
	rapid.Check(t, func(t *rapid.T) {
		var a, b State
		for _, s := range some.Draw(t, "script") {
			shuffled := s.o
			shuffled.Objects = rapid.Permutation(s.o.Objects).Draw(t, "order")
			var x, y []Sighting
			a, x, _ = Step(a, s.o, s.c)
			b, y, _ = Step(b, shuffled, s.c)
			if text(a, x) != text(b, y) {
				t.Fatalf("order matters:\n%s\n%s", text(a, x), text(b, y))
			}
		}
	})
}

// Every occupancy is raised once, escalated once at most after that, cleared once at most and last; no key comes twice;
// unfit frames neither raise nor escalate; and nothing stays told that a permit makes legal.
func TestLaw_ALifeIsToldInOrderAndOnce(t *testing.T) {
	some := anything(t)
	rapid.Check(t, func(t *rapid.T) {
		told := map[string]string{}
		var state State
		for _, s := range some.Draw(t, "script") {
			var sightings []Sighting
			state, sightings, _ = Step(state, s.o, s.c)
			for _, sighting := range sightings {
				told[sighting.Occupancy] += string(sighting.Kind) + " "
				if s.o.Unfit != "" && sighting.Kind != Cleared {
					t.Fatalf("%s on an unfit frame", sighting.Kind)
				}
				if s.o.Unfit != "" && sighting.Why.Ended == "gone" {
					t.Fatal("an unfit frame showed that a place is clear")
				}
			}
			for _, occ := range state.Occupancies {
				k := step{o: s.o, city: s.c}
				if permit, _ := k.permit(&occ); permit != nil && occ.Told != "" {
					t.Fatalf("%s stays told under permit %s", occ.ID, permit.Name)
				}
			}
		}
		for id, life := range told {
			if !slices.Contains([]string{"raised ", "raised escalated ", "raised cleared ", "raised escalated cleared "}, life) {
				t.Errorf("occupancy %s was told as %q", id, life)
			}
		}
	})
}

// However often tracks change their ids, whatever their scores, and however often the thing is lost for less than the
// grace, the dwell runs from the arrival.
func TestLaw_DwellBelongsToThePlace(t *testing.T) {
	c := city(t, "fire_lane")
	grace := c.Rules.rules["fire_lane"].Thresholds.GapS
	rapid.Check(t, func(t *rapid.T) {
		var state State
		var told []Sighting
		lostFor, calm := 0.0, 0.0
		for i := range 240 {
			at := streetBegin.Add(time.Duration(i) * 500 * time.Millisecond)
			parked := car(int64(rapid.IntRange(0, 3).Draw(t, "id")), 0, 18)
			parked.Score = rapid.Float64Range(0.36, 1).Draw(t, "score")
			things := []Detection{parked}
			if lostFor > 0 {
				lostFor, things = lostFor-0.5, nil
			} else if calm += 0.5; i > 10 && calm > grace && rapid.IntRange(0, 20).Draw(t, "lose") == 0 {
				lostFor, calm = rapid.Float64Range(0.5, grace-1).Draw(t, "for"), 0
			}
			if rapid.IntRange(0, 8).Draw(t, "pass") == 0 { // A lorry on the road beside the lane, before the car.
				things = append(things, lorry(int64(50+i), rapid.Float64Range(-8, 8).Draw(t, "lorry"), 10.5))
			}
			o := Observation{ViewID: "view", At: at, Objects: Place(things, c.Camera.View)}
			var s []Sighting
			state, s, _ = Step(state, o, c)
			told = append(told, s...)
		}
		if len(told) == 0 || told[0].Kind != Raised || !told[0].Since.Equal(streetBegin) {
			t.Fatalf("told %v", told)
		}
		if over := told[0].DwellS - 50; over < 0 || over > grace {
			t.Fatalf("raised after %v s", told[0].DwellS)
		}
		for _, s := range told[1:] {
			if s.Occupancy != told[0].Occupancy {
				t.Fatalf("a second occupancy: %s", s.Key)
			}
		}
	})
}

// Wherever things stand, what is raised lies inside the fence, and what stands clearly outside is never raised.
func TestLaw_NothingIsRaisedOutsideTheFence(t *testing.T) {
	cities := []City{city(t, "fire_lane"), uncalibrated(t, "fire_lane")}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(cities).Draw(t, "city")
		x, y := rapid.Float64Range(-7, 7).Draw(t, "x"), rapid.Float64Range(9, 34).Draw(t, "y")
		o, cs := play(c, show(60, car(1, x, y)))
		_, s, _ := run(o, cs)
		inside := geo.ContainsHalfOpen(orb.Polygon{closed(lane)}, street(x, y))
		if edge := metresToEdge(orb.Polygon{closed(lane)}, street(x, y)); edge > 0.05 && inside != (len(s) == 1) {
			t.Fatalf("a car at %.2f, %.2f, %.2f m from the edge: said %v", x, y, edge, lines(s))
		}
	})
}

// A second thing at another spot of the same fence is a second occupancy, and each is cleared for itself.
func TestLaw_ASecondSpotIsASecondOccupancy(t *testing.T) {
	c := city(t, "fire_lane")
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Float64Range(-2.5, 2.5).Draw(t, "x"), rapid.Float64Range(13, 23).Draw(t, "y")
		if math.Hypot(x-2, y-14) < 2.2 {
			t.Skip("not another spot")
		}
		one, two := thing(ClassVehicle, 1, 2, 14, 1.2, 1), thing(ClassVehicle, 2, x, y, 1.2, 1)
		if one.Box.overlap(two.Box) >= 0.5 {
			t.Skip("one hides the other")
		}
		o, cs := play(c, show(60, one, two), show(60, two))
		_, s, _ := run(o, cs)
		if len(s) != 3 || s[0].Occupancy == s[1].Occupancy || s[2].Kind != Cleared {
			t.Fatalf("said %v", lines(s))
		}
		if geo.DistanceM(s[2].Position, street(2, 14)) > 1 {
			t.Fatal("the wrong one was cleared")
		}
	})
}

// Whenever the hours begin, what stood there before counts from its arrival.
func TestLaw_AlreadyThereCounts(t *testing.T) {
	c := city(t, "fire_lane")
	rapid.Check(t, func(t *rapid.T) {
		arrival := rapid.IntRange(0, 100).Draw(t, "arrival")
		open := rapid.IntRange(1, 4).Draw(t, "opens after minutes")
		mine := c
		mine.Fences = slices.Clone(c.Fences)
		mine.Fences[0].Hours = geo.Hours{Windows: []geo.Window{{From: fmt.Sprintf("08:%02d", open), To: "20:00"}}}
		o, cs := play(mine, show(float64(arrival)), show(300, car(1, 0, 18)))
		_, s, _ := run(o, cs)
		want := max(float64(arrival)+50, float64(60*open))
		if len(s) == 0 || s[0].At.Sub(streetBegin).Seconds() != want || s[0].Since.Sub(streetBegin).Seconds() != float64(arrival) {
			t.Fatalf("arrived %d, open %d: said %v since %v", arrival, 60*open, lines(s), s)
		}
	})
}

// Numbers that cannot be meant stop at the door: the state can always be saved, and nothing panics.
func TestLaw_NonsenseIsRefused(t *testing.T) {
	c := city(t, "fire_lane", "vending", "debris")
	number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1e308, -1e308}))
	rapid.Check(t, func(t *rapid.T) {
		var state State
		for i := range 20 {
			o := Observation{ViewID: "view", At: streetBegin.Add(time.Duration(i) * time.Second)}
			for range rapid.IntRange(0, 4).Draw(t, "objects") {
				d := func() float64 { return number.Draw(t, "number") }
				o.Objects = append(o.Objects, Object{
					Class: rapid.SampledFrom([]string{"", "vehicle", "person", "change", "umbrella"}).Draw(t, "class"), Track: rapid.Int64().Draw(t, "track"),
					Score: d(), Box: Box{d(), d(), d(), d()}, Foot: orb.Point{d(), d()}, Grounded: rapid.Bool().Draw(t, "grounded"),
					Position: orb.Point{d(), d()}, SigmaM: d(), WidthM: d(), AreaM2: d(),
				})
			}
			var s []Sighting
			var why []Trace
			state, s, why = Step(state, o, c)
			if _, err := json.Marshal([]any{state, s, why}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
