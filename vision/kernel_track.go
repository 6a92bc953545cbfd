package vision

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Track is what the kernel remembers of one tracked thing: how it went in the last seconds, and where it stood.
type Track struct {
	ID    int64       `json:"id"`
	Class string      `json:"class"`
	Seen  time.Time   `json:"seen"`
	From  Footprint   `json:"from,omitzero"` // Where it was first seen since its id last leapt.
	Path  []Footprint `json:"path,omitempty"`
	Stood []Stood     `json:"stood,omitempty"`
}

// Footprint is where a tracked thing was at one look.
type Footprint struct {
	At       time.Time `json:"at"`
	Foot     orb.Point `json:"foot"`
	Size     float64   `json:"size"`
	Grounded bool      `json:"grounded,omitempty"`
	Position orb.Point `json:"position,omitzero"`
}

// Stood is a place where a tracked thing stayed, and for how long.
type Stood struct {
	Class string    `json:"class"`
	Since time.Time `json:"since,omitzero"` // Of the stay that has not been broken off since.
	Until time.Time `json:"until"`
	Spot  Spot      `json:"spot"`
}

// pace says how a thing goes. One that was only just found is unknown: it neither stays nor moves.
type pace int

const (
	paceUnknown pace = iota
	paceStays
	paceMoves
)

const (
	stoodOfTrack  = 4
	rememberStood = 600 * time.Second // witness_s is at most this.
	longestPath   = 60 * time.Second  // Older footprints say nothing, however few there are.
	fewestPrints  = 3                 // A camera that looks rarely is measured over more than pace_s.
)

// rememberTracks adds this look to the paths of all tracked things and forgets what is too old to matter. Changes of the
// ground do not walk and are left out.
func (k *step) rememberTracks() {
	paceS := seconds(k.city.Rules.Pace.PaceS)
	k.paces = map[int64]pace{}
	for _, obj := range k.objects {
		if obj.Track == 0 || obj.Class == ClassChange {
			continue
		}
		t := k.track(obj.Track)
		another := t.Class != "" && kin(t.Class) != kin(obj.Class) // No tracker takes a bicycle for a car.
		t.Class, t.Seen = obj.Class, k.o.At
		here := Footprint{At: k.o.At, Foot: obj.Foot, Size: obj.Box.size(), Grounded: obj.Grounded, Position: obj.Position}
		if another || t.leapsTo(here, k.city.Rules.Pace) {
			t.From, t.Path = here, nil
		}
		t.walk(here, paceS)
		if k.paces[obj.Track] = t.pace(k.city.Rules.Pace); k.paces[obj.Track] == paceStays {
			t.stand(Stood{Class: obj.Class, Since: t.Path[0].At, Until: k.o.At, Spot: spotOf(obj)})
		}
	}
	for i := range k.Tracks {
		t := &k.Tracks[i]
		if k.o.At.Sub(t.Seen) > max(paceS, longestPath) {
			t.Path = nil
		}
		t.Stood = slices.DeleteFunc(t.Stood, func(s Stood) bool { return k.o.At.Sub(s.Until) > rememberStood })
	}
	k.Tracks = slices.DeleteFunc(k.Tracks, func(t Track) bool { return len(t.Path) == 0 && len(t.Stood) == 0 })
	k.dropOldestTracks()
}

// track returns the memory of one id, new if need be. Tracks are kept by id.
func (k *step) track(id int64) *Track {
	i, ok := slices.BinarySearchFunc(k.Tracks, id, func(t Track, id int64) int { return cmp.Compare(t.ID, id) })
	if !ok {
		k.Tracks = slices.Insert(k.Tracks, i, Track{ID: id})
	}
	return &k.Tracks[i]
}

func (k *step) dropOldestTracks() {
	excess := len(k.Tracks) - maxTracks
	if excess <= 0 {
		return
	}
	byAge := slices.Clone(k.Tracks)
	slices.SortFunc(byAge, func(a, b Track) int { return cmp.Or(a.Seen.Compare(b.Seen), cmp.Compare(a.ID, b.ID)) })
	drop := map[int64]bool{}
	for _, t := range byAge[:excess] {
		drop[t.ID] = true
	}
	k.Tracks = slices.DeleteFunc(k.Tracks, func(t Track) bool { return drop[t.ID] })
}

// leapsTo reports whether the id is found off the way of the thing that had it: neither where that was, nor where it was
// going, nor in between. Things start, stop and turn, but do not leap; ids do, when a tracker gives them to another thing.
// After a pause nobody can say where a thing was going. Distance is in sizes half-way: a picture makes far ways short.
func (t *Track) leapsTo(f Footprint, p Pace) bool {
	n := len(t.Path)
	if n == 0 {
		return true
	}
	last := t.Path[n-1]
	ahead, limit, pause := last.Foot, p.LeapSize, f.At.Sub(last.At)
	if pause <= seconds(p.WayS) {
		limit += p.StartSize * min(pause.Seconds(), 1)
		if n > 1 {
			before := t.Path[n-2]
			times := pause.Seconds() / last.At.Sub(before.At).Seconds()
			for i := range 2 {
				ahead[i] += times * (last.Foot[i] - before.Foot[i])
			}
		}
	}
	return planar.DistanceFromSegment(last.Foot, ahead, f.Foot) > limit*(last.Size+f.Size)/2
}

// walk adds a footprint. A fast camera's are thinned, old ones go.
func (t *Track) walk(f Footprint, paceS time.Duration) {
	if n := len(t.Path); n > 0 && f.At.Sub(t.Path[n-1].At) < paceS/10 {
		return
	}
	t.Path = append(t.Path, f)
	old := func(p Footprint) bool { return f.At.Sub(p.At) > paceS }
	from := 0
	for len(t.Path)-from > fewestPrints && old(t.Path[from]) || f.At.Sub(t.Path[from].At) > max(paceS, longestPath) {
		from++
	}
	t.Path = slices.Delete(t.Path, 0, from)
}

// stand notes that the thing stays. Staying on at one spot is one entry.
func (t *Track) stand(s Stood) {
	if n := len(t.Stood); n > 0 && kin(t.Stood[n-1].Class) == kin(s.Class) && near(t.Stood[n-1].Spot, s.Spot, 2, 0.5*s.Spot.Box.size()) {
		last := &t.Stood[n-1]
		if last.Until.Before(s.Since) {
			last.Since = s.Since
		}
		last.Until = s.Until
		last.Spot.follow(s.Spot) // It may have been rolling still when it was first taken to stay.
		return
	}
	t.Stood = append(t.Stood, s)
	if n := len(t.Stood) - stoodOfTrack; n > 0 {
		t.Stood = slices.Delete(t.Stood, 0, n)
	}
}

// way is from the older to the newer half of the path: jitter averages out, a walk does not. The path has two footprints.
func (t *Track) way() (from, to Footprint) {
	n := len(t.Path)
	return middle(t.Path[:n/2]), middle(t.Path[n-n/2:])
}

// pace measures the way.
func (t *Track) pace(p Pace) pace {
	n := len(t.Path)
	if n < 2 || t.Path[n-1].At.Sub(t.Path[0].At) < seconds(0.6*p.PaceS) {
		return paceUnknown
	}
	from, to := t.way()
	over := to.At.Sub(from.At).Seconds()
	stays := planarDistance(from.Foot, to.Foot) < p.StaySize*over*to.Size
	if from.Grounded && to.Grounded {
		stays = geo.DistanceM(from.Position, to.Position) < p.StayMPS*over
	}
	if stays {
		return paceStays
	}
	return paceMoves
}

// middle is the mean of some footprints.
func middle(path []Footprint) Footprint {
	first := path[0]
	var m Footprint
	var since time.Duration
	m.Grounded = true
	n := float64(len(path))
	for _, p := range path {
		since += p.At.Sub(first.At)
		m.Size += p.Size / n
		m.Grounded = m.Grounded && p.Grounded
		for i := range 2 {
			m.Foot[i] += p.Foot[i] / n
			m.Position[i] += p.Position[i] / n
		}
	}
	m.At = first.At.Add(since / time.Duration(len(path)))
	return m
}

// paceOf is how an object of this frame goes.
func (k *step) paceOf(obj Object) pace {
	if obj.Class == ClassChange {
		return paceStays
	}
	return k.paces[obj.Track]
}

// witnesses names what stood near a spot not longer than witness_s before, "vehicle", "person", both or nothing, and says
// until when.
func (k *step) witnesses(spot Spot, th Thresholds) (kinds string, until time.Time) {
	var seen []string
	for _, t := range k.Tracks {
		for _, s := range t.Stood {
			if k.wasWith(s, spot, th) && (s.Class == ClassVehicle || s.Class == ClassPerson) {
				seen, until = append(seen, s.Class), later(until, s.Until)
			}
		}
	}
	slices.Sort(seen)
	slices.Reverse(seen)
	return strings.Join(slices.Compact(seen), "+"), until
}

// wasWith reports whether somebody stood near a spot not longer than witness_s ago.
func (k *step) wasWith(s Stood, spot Spot, th Thresholds) bool {
	return k.o.At.Sub(s.Until).Seconds() <= th.WitnessS && near(s.Spot, spot, th.NearM, th.NearSize*s.Spot.Box.size())
}

// near reports whether two spots lie so many metres apart at most, or, where one of them is not on the ground, so much
// of the frame. The width of the things themselves is not part of the way.
func near(a, b Spot, metres, frame float64) bool {
	if a.Grounded && b.Grounded {
		return geo.DistanceM(a.Position, b.Position)-max(a.WidthM, b.WidthM)/2 <= metres
	}
	return planarDistance(a.Foot, b.Foot)-max(a.Box.W, b.Box.W)/2 <= frame
}

func planarDistance(a, b orb.Point) float64 { return math.Hypot(a[0]-b[0], a[1]-b[1]) }

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
