package vision

import (
	"math"
	"slices"
	"time"
)

// A change of the ground is reported when it is sure that it lasts. What it begins, began when it came to lie there: but
// not while something else was told of the same spot, and no longer ago than a report may be late, so that what lay there
// long before a fence was drawn is not told of at once.

// latestReport is how late a change is reported at most: it has to be seen still, and may be covered meanwhile.
const latestReport = 30 * time.Second

// Ended is where and when an occupancy ended.
type Ended struct {
	At     time.Time `json:"at"`
	ViewID string    `json:"view"`
	Spot   Spot      `json:"spot"`
}

// ended notes that an occupancy is over. A candidate was only suspected.
func (k *step) ended(occ *Occupancy) {
	if occ.Phase == PhaseCandidate {
		return
	}
	k.Ended = append(k.Ended, Ended{At: k.o.At, ViewID: occ.ViewID, Spot: occ.Spot})
	if n := len(k.Ended) - maxOccupancies; n > 0 {
		k.Ended = slices.Delete(k.Ended, 0, n)
	}
}

// forgetEnded forgets what ended too long ago to matter.
func (k *step) forgetEnded() {
	k.Ended = slices.DeleteFunc(k.Ended, func(e Ended) bool { return k.o.At.Sub(e.At) > latestReport })
}

// cameAt is when a find came to its spot, as far as that is known.
func (k *step) cameAt(found find, th Thresholds) time.Time {
	since := found.obj.Since.UTC()
	if since.IsZero() || since.After(k.o.At) {
		return k.o.At
	}
	since = later(since, k.o.At.Add(-latestReport))
	for _, e := range k.Ended {
		comparable := e.ViewID == k.o.ViewID || e.Spot.Grounded && found.spot.Grounded
		if comparable && e.Spot.apart(found.spot, th) <= 1 {
			since = later(since, e.At)
		}
	}
	return since
}

// stallSince is since when a stall has stood of which goods are found: since they and enough people have been there.
func (k *step) stallSince(goods find, th Thresholds, people []Object) time.Time {
	var stays []time.Time
	for _, p := range peopleNear(goods.spot, th, people) {
		stays = append(stays, k.staysSince(p.Track))
	}
	slices.SortFunc(stays, time.Time.Compare)
	n := int(math.Ceil(th.MinPeople))
	if n > len(stays) {
		return k.o.At
	}
	return later(k.cameAt(goods, th), stays[n-1])
}

// staysSince is since when a track that stays has done so.
func (k *step) staysSince(id int64) time.Time {
	i := slices.IndexFunc(k.Tracks, func(t Track) bool { return t.ID == id && len(t.Stood) > 0 })
	if i < 0 {
		return k.o.At
	}
	stood := k.Tracks[i].Stood
	return stood[len(stood)-1].Since
}

// cameSooner lets a candidate begin earlier, when something that is found only now says so.
func (k *step) cameSooner(occ *Occupancy, since time.Time) {
	if occ.Phase == PhaseCandidate && since.Before(occ.Since) {
		occ.Since = since
		occ.identify(k.city.Camera.ID)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
