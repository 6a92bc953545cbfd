package vision

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A stay is troubled once it dwells; at the end it is left alone for so long that whatever was held up is told.
const (
	dwellsFrom = 25
	calmFrom   = 140
	lastLook   = 170
)

// trouble is one stay among everything that a camera and its tracker do to it.
type trouble struct {
	luck    *rand.Rand
	stay    stay
	city    City
	by      actor // What drives past and trades ids.
	at      time.Time
	id      int64
	traded  int     // For so many looks more the car has the thing's id, and the thing the car's.
	lostFor float64 // Seconds for which the thing is not found.
	calm    float64 // Seconds since the last gap.
}

func troubled(luck *rand.Rand, s stay, c City, roadX float64) *trouble {
	return &trouble{
		luck: luck, stay: s, city: c, at: streetBegin, id: 1, calm: 2 * quickGap,
		by: passes(ClassVehicle, 50_000, roadX, 4+8*luck.Float64(), 1.9, 1.6),
	}
}

func (w *trouble) oneIn(n int) bool { return w.luck.IntN(n) == 0 }

// look is what the camera makes of the i-th look.
func (w *trouble) look(i int) Observation {
	o := Observation{ViewID: "view", At: w.at, Model: "m"}
	w.calm += 0.5
	if i >= dwellsFrom && i < calmFrom {
		w.upset(&o)
	} else {
		w.lostFor, w.traded = 0, 0
	}
	things, passing := w.stay.things(w.id, 0, 18), w.by(o.At.Sub(streetBegin).Seconds())
	if i >= dwellsFrom && w.oneIn(2) {
		things = w.stay.things(w.id+10, 0, 18)
	}
	for j := range things {
		things[j].Score = 0.36 + 0.64*w.luck.Float64()
		if i >= dwellsFrom && i < calmFrom && w.oneIn(16) {
			things[j].Track = 0 // A weak box that no track was looking for.
		}
	}
	if w.traded > 0 {
		w.traded--
		passing.Track, things[0].Track = things[0].Track, passing.Track
	}
	if w.lostFor > 0 {
		w.lostFor, w.calm, things = w.lostFor-0.5, 0, nil
	}
	things = append(things, passing)
	if i >= dwellsFrom && i < calmFrom && w.oneIn(8) { // A lorry on the road before the lane.
		things = append(things, lorry(int64(500_000+i), float64(w.luck.IntN(16))-8, 10.5))
	}
	o.Objects = Place(things, w.city.Camera.View)
	w.at = o.At.Add(500 * time.Millisecond)
	return o
}

// upset draws what goes wrong at a look. One gap is shorter than the grace and leaves min_share in the window of the looks;
// two at once need not be and do.
func (w *trouble) upset(o *Observation) {
	switch what := w.luck.IntN(64); {
	case what < 6 && w.lostFor <= 0 && w.calm >= 2*quickGap:
		w.lostFor = float64(1 + w.luck.IntN(int(quickGap)-reacquireS))
		if w.oneIn(2) {
			w.traded = 1 + w.luck.IntN(8) // What passes takes the id along.
		}
	case what < 8:
		w.traded = 1 + w.luck.IntN(8)
	case what == 8 && w.calm > reacquireS:
		w.id, w.calm = w.id+20, 0 // The tracker begins anew.
	case what == 9:
		o.Unfit = "rain"
	case what == 10 && w.calm > reacquireS:
		o.At = o.At.Add(time.Duration(w.luck.IntN(30)) * time.Second)
	}
	if w.lostFor == 0.5 && w.oneIn(2) {
		w.traded = 2 + w.luck.IntN(8) // It comes back with the id of what passes.
	}
}

// However often tracks change their ids, or the thing trades its id with one that drives by, at once or for seconds, before,
// in and after a gap, whatever its score; however often it is lost for less than the grace or hidden by what passes; through
// unfit and missing frames, and a restart between any two steps: the dwell of one thing, group or stall runs from the
// arrival, and it is one occupancy.
func TestLaw_DwellBelongsToThePlace(t *testing.T) {
	cities := quickCities(t)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(stays).Draw(t, "stay")
		c := cities[s.rule][rapid.IntRange(0, 1).Draw(t, "calibrated")]
		w := troubled(luckOf(t), s, c, rapid.SampledFrom([]float64{-5, 5}).Draw(t, "road"))
		if broken := w.brokenBy(t, func(i int, state State, said []Sighting, why []Trace) {}); broken != "" {
			t.Fatalf("%s: %s", s.rule, broken)
		}
	})
}

func (w *trouble) brokenBy(t failer, see func(i int, state State, said []Sighting, why []Trace)) string {
	var state State
	var told []Sighting
	for i := range lastLook {
		if w.oneIn(32) {
			state = travelled(t, state)
		}
		var said []Sighting
		var why []Trace
		state, said, why = Step(state, w.look(i), w.city)
		see(i, state, said, why)
		told = append(told, said...)
	}
	if len(told) != 1 || told[0].Kind != Raised || told[0].DwellS < quickRaise {
		return fmt.Sprintf("told %v", lines(told))
	}
	if since := told[0].Since.Sub(streetBegin).Seconds(); since > 4 { // So long it takes to see that somebody stays.
		return fmt.Sprintf("since %v s", since)
	}
	return ""
}
