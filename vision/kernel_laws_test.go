package vision

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

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
			before := state
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
			for _, occ := range before.Occupancies {
				k := step{o: s.o, city: s.c}
				isTold := slices.ContainsFunc(state.Occupancies, func(o Occupancy) bool { return o.ID == occ.ID && o.Told != "" })
				if permit, _ := k.permit(&occ); permit != nil && occ.Told != "" && isTold && state.At.Equal(s.o.At) {
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
