package vision

import (
	"cmp"
	"slices"
	"time"

	"gridwatch/geo"
)

// City is what the kernel knows of the city at one moment, as one camera needs it. A fence, permit or rule that is not in
// it has been removed, so a City that could not be read must never be handed on as an empty one.
type City struct {
	Camera  Camera
	Fences  []geo.Fence
	Permits []geo.Permit
	Rules   Rules
	Zone    *time.Location // Of the hours of fences and permits; nil is UTC.
}

func (c City) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

const (
	maxOccupancies = 512
	maxTracks      = 256
	clockSetBack   = 5 * time.Minute // An observation so much older than the state comes from a clock that was set.
)

// Step is the rule kernel: what one observation makes of one camera's state. It is pure. It reads no clock (time is the
// frame's own), shares no memory with s, and gives the same answer for the same arguments, on any machine, in any order
// of the objects; so the same observations give the same sightings live and replayed.
//
//	observation ─► edits of the city ─► what stands where ─► same spot as before? ─► life of each occupancy ─► sightings
//	               (removed, permitted)  (one per scene)      (or a new candidate)    (phases and their gates)
func Step(s State, o Observation, c City) (State, []Sighting, []Trace) {
	if len(c.Camera.Views) > 0 {
		c.Camera.View = c.Camera.Pose(o.ViewID)
	}
	k := step{State: s.Clone(), o: o, city: c}
	k.o.At = o.At.UTC().Round(0)
	if !k.inTime() {
		return k.State, nil, k.traces
	}
	k.fences = k.fencesInForce()
	k.applyEdits()
	if o.Unfit != "" {
		k.stop(Trace{Gate: GateUnfit, Note: o.Unfit})
	} else {
		k.objects = k.saneObjects()
		k.rememberTracks()
		k.forgetEnded()
		k.forgetBlind()
		for _, f := range k.fences {
			k.look(f)
		}
	}
	k.At = k.o.At
	return k.State, k.sightings, k.traces
}

// step is one call of Step at work.
type step struct {
	State   // The new state, from the start a copy.
	o       Observation
	city    City
	fences  []fence
	objects []Object // Sane ones, in an order that does not depend on the detector's.
	paces   map[int64]pace

	sightings []Sighting
	traces    []Trace
}

// inTime reports whether the observation follows the state. When the clock was set back, the state goes with it, so that
// no camera stands still until a wrong clock is caught up with.
func (k *step) inTime() bool {
	if k.o.At.After(k.At) || k.At.IsZero() {
		return true
	}
	back := k.At.Sub(k.o.At)
	if back < clockSetBack {
		k.stop(Trace{Gate: GateLate, Value: back.Seconds()})
		return false
	}
	k.stop(Trace{Gate: GateClock, Value: back.Seconds()})
	k.State.shift(-back)
	return true
}

// shift moves every time of s by d.
func (s *State) shift(d time.Duration) {
	move := func(times ...*time.Time) {
		for _, t := range times {
			if !t.IsZero() {
				*t = t.Add(d)
			}
		}
	}
	move(&s.At)
	for i := range s.Occupancies {
		o := &s.Occupancies[i]
		move(&o.Since, &o.LastSeen, &o.LastLook, &o.AttendedAt)
		for j := range o.Looks {
			move(&o.Looks[j].From)
		}
		for j := range o.Goods {
			move(&o.Goods[j].At)
		}
	}
	for i := range s.Ended {
		move(&s.Ended[i].At)
	}
	for i := range s.Tracks {
		t := &s.Tracks[i]
		move(&t.Seen, &t.From.At)
		for j := range t.Path {
			move(&t.Path[j].At)
		}
		for j := range t.Stood {
			move(&t.Stood[j].Since, &t.Stood[j].Until)
		}
	}
}

func (k *step) saneObjects() []Object {
	objects := make([]Object, 0, len(k.o.Objects))
	for _, obj := range k.o.Objects {
		if err := obj.Validate(); err != nil {
			k.stop(Trace{Gate: GateSane, Class: obj.Class, Track: obj.Track, Note: err.Error()})
			continue
		}
		objects = append(objects, obj)
	}
	slices.SortStableFunc(objects, func(a, b Object) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Track, b.Track), a.Box.compare(b.Box), -cmp.Compare(a.Score, b.Score), a.Since.Compare(b.Since))
	})
	return objects
}

// forgetBlind drops the stays that nobody was told of and that no fit frame confirmed for too long.
func (k *step) forgetBlind() {
	k.keepOnly(func(occ *Occupancy) bool {
		f, ok := k.fence(occ.FenceID)
		blind := k.o.At.Sub(occ.LastLook).Seconds()
		if !ok || occ.Told != "" || blind <= f.th.BlindS {
			return true
		}
		k.stopped(occ, GateGap, blind, f.th.BlindS, "nobody looked")
		return false
	})
}

// look is everything that one fence makes of a fit frame.
func (k *step) look(f fence) {
	if !f.usable {
		return
	}
	open, seen := k.lookFor(f)
	gone := map[string]bool{}
	for i, at := range open {
		occ := &k.Occupancies[at]
		if occ.ViewID != k.o.ViewID {
			continue // Another pose of the camera saw it; from here nobody can say.
		}
		if !k.live(occ, f, seen[i]) {
			gone[occ.ID] = true
		}
	}
	k.keepOnly(func(occ *Occupancy) bool { return !(occ.FenceID == f.ID && gone[occ.ID]) })
}

// lookFor is what this frame says of a fence's occupancies, new candidates included.
func (k *step) lookFor(f fence) (open []int, seen []presence) {
	switch f.rule.Scene {
	case SceneStall:
		return k.lookForStalls(f)
	case SceneGroup:
		return k.lookForGroups(f)
	case SceneInside, SceneMoving:
		return k.lookInside(f)
	}
	return k.lookForThings(f)
}

// openIn lists the occupancies of a fence, by index into the state.
func (k *step) openIn(f fence) []int {
	var open []int
	for i, occ := range k.Occupancies {
		if occ.FenceID == f.ID {
			open = append(open, i)
		}
	}
	return open
}

// begin adds a candidate that has been there since some moment, unless the camera follows too many already, and returns
// its index.
func (k *step) begin(f fence, found find, since time.Time) (int, bool) {
	obj := found.obj
	if len(k.Occupancies) >= maxOccupancies {
		k.stop(Trace{Gate: GateFull, FenceID: f.ID, Rule: f.rule.Key, Class: obj.Class, Limit: maxOccupancies})
		return 0, false
	}
	occ := Occupancy{
		FenceID: f.ID, FenceName: f.Name, Rule: f.rule.Key, Matter: f.rule.Matter, ViewID: k.o.ViewID,
		Phase: PhaseCandidate, Since: since, LastSeen: k.o.At, LastLook: k.o.At,
		Spot: found.spot, Class: obj.Class, Box: obj.Box, Score: obj.Score,
	}
	occ.identify(k.city.Camera.ID)
	k.Occupancies = append(k.Occupancies, occ)
	k.passed(&occ, GateOutside, 0, 0)
	return len(k.Occupancies) - 1, true
}

// keepOnly forgets the occupancies for which keep says no. keep may change those that stay.
func (k *step) keepOnly(keep func(*Occupancy) bool) {
	kept := k.Occupancies[:0]
	for i := range k.Occupancies {
		if occ := &k.Occupancies[i]; keep(occ) {
			kept = append(kept, *occ)
		} else {
			k.ended(occ)
		}
	}
	clear(k.Occupancies[len(kept):])
	k.Occupancies = kept
}
