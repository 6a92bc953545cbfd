package vision

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"

	"pgregory.net/rapid"
)

// gated is one car that stands in the lane from the first look until it goes, a look a second, under hours and a permit, with
// looks that may not speak. The test knows for itself what is due.
type gated struct {
	open, shut int       // The fence's hours, in minutes after eight.
	permit     [4]string // What keeps the permit from being one for the car: another rule, place, date or hour.
	goes       int       // When it goes, seconds.
	blind      [2]int    // From when to when no frame may speak, seconds.
	ghost      bool      // What such frames show is wrong: an empty lane while the car stands there, a car when it has gone.
}

const gatedLooks = 420

func drawGated(t *rapid.T) gated {
	g := gated{
		open: rapid.IntRange(0, 4).Draw(t, "hours begin"), goes: rapid.IntRange(20, 340).Draw(t, "goes"),
		ghost: rapid.Bool().Draw(t, "bad frames show what is not so"),
	}
	g.shut = g.open + rapid.IntRange(1, 8).Draw(t, "hours")
	g.blind[0] = rapid.IntRange(10, 400).Draw(t, "blind from")
	g.blind[1] = g.blind[0] + rapid.IntRange(0, 200).Draw(t, "blind for")
	if wrong := rapid.IntRange(0, 5).Draw(t, "wrong with the permit"); wrong < len(g.permit) {
		g.permit[wrong] = "wrong"
	}
	return g
}

// legal reports whether the permit is one for the car.
func (g gated) legal() bool { return strings.Join(g.permit[:], "") == "" }

func (g gated) city(t testing.TB) City {
	c := fireLane(t)
	c.Fences[0].Hours = geo.Hours{Windows: []geo.Window{{From: fmt.Sprintf("08:%02d", g.open), To: fmt.Sprintf("08:%02d", g.shut)}}}
	p := streetFair(laneplot, geo.Hours{})
	if g.permit[0] != "" {
		p.Rules = []string{"vending"}
	}
	if g.permit[1] != "" {
		p.Area = plot{10, 16, 12, 24}.area()
	}
	if g.permit[2] != "" {
		p.Until = streetBegin
	}
	if g.permit[3] != "" {
		p.Hours = geo.Hours{Windows: []geo.Window{{From: "00:00", To: "08:00"}}} // Midnight in the city's zone is not that of UTC.
	}
	c.Permits = []geo.Permit{p}
	return c
}

func (g gated) isBlind(at int) bool { return at >= g.blind[0] && at < g.blind[1] }

// due is what has to be told, by the fire lane's own thresholds: 50 s, 180 s, and 30 s with 20 s more when it has gone.
func (g gated) due() (lines []string) {
	told, absent := "", 0
	tell := func(at int, kind Kind) {
		told = string(kind)
		lines = append(lines, fmt.Sprintf("%d fire_lane %s", at, kind))
	}
	for at := range gatedLooks {
		open := at >= 60*g.open && at < 60*g.shut
		switch {
		case g.isBlind(at):
		case at >= g.goes:
			if absent++; absent == 50 && told != "" {
				tell(at, Cleared)
			}
		case told == "" && at >= 50 && open && !g.legal():
			tell(at, Raised)
		case told == string(Raised) && at >= 180 && open:
			tell(at, Escalated)
		}
	}
	return lines
}

// A car is told of when its time has come, the hours are open, no permit of its rule, place, date and hour makes it legal,
// and the frame may speak: at the first look at which all of that is so, and at no other. When the hours end it is neither
// escalated nor cleared. It is cleared when it has been gone for so long, by frames that may speak.
func TestLaw_EachGateStopsWhatItIsFor(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		g := drawGated(r)
		c := g.city(t)
		var state State
		var told []Sighting
		for at := range gatedLooks {
			o := Observation{CameraID: "cam", ViewID: "view", At: streetBegin.Add(time.Duration(at) * time.Second), Model: "m"}
			there := at < g.goes
			if g.isBlind(at) {
				o.Unfit, there = UnfitBlurred, there != g.ghost
			}
			if there {
				o.Objects = Place([]Detection{car(1, 0, 18)}, c.Camera.View)
			}
			var said []Sighting
			state, said, _ = Step(state, o, c)
			told = append(told, said...)
		}
		if want := g.due(); !slices.Equal(lines(told), want) {
			r.Fatalf("told %q, due %q", lines(told), want)
		}
	})
}
