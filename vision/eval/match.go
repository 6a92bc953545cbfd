package eval

import (
	"cmp"
	"math"
	"slices"

	"gridwatch/vision"
)

// Said is one occupancy that people were told of.
type Said struct {
	Occupancy   string     `json:"occupancy"`
	Fence       string     `json:"fence"`
	Rule        string     `json:"rule"`
	Box         vision.Box `json:"box"`
	RaisedAt    float64    `json:"raised_at"`
	ClearedAt   *float64   `json:"cleared_at,omitempty"`
	EscalatedAt *float64   `json:"escalated_at,omitempty"`
}

// hear adds a sighting, t seconds into the clip.
func hear(all []Said, s vision.Sighting, t float64) []Said {
	if s.Kind == vision.Raised {
		return append(all, Said{Occupancy: s.Occupancy, Fence: s.FenceID, Rule: s.Rule, Box: s.Box, RaisedAt: t})
	}
	for i := range all {
		if all[i].Occupancy == s.Occupancy {
			if s.Kind == vision.Cleared {
				all[i].ClearedAt = &t
			} else {
				all[i].EscalatedAt = &t
			}
		}
	}
	return all
}

// Outcome is what became of one label.
type Outcome struct {
	Event
	Said    *Said // Nil where nothing was said: missed, or rightly silent.
	Repeats []Said
}

// sameThing is the least share of the smaller box that both boxes must have in common.
const sameThing = 0.25

// Match gives every label of something that should be raised the one sighting that is about it: in its fence, while it is
// there or still being cleared, overlapping its place. The earliest comes first, and then the best placed. Further
// sightings about it are its repeats; what is about no such label is false. lateS is how long after its end a thing may
// still be raised or stand: its fence's grace and leave delay.
func Match(events []Event, said []Said, lateS func(fence string) float64) (outcomes []Outcome, wrong []Said) {
	outcomes = make([]Outcome, len(events))
	for i, e := range events {
		outcomes[i].Event = e
	}
	type pair struct {
		event, said int
		shared      float64
	}
	var pairs []pair
	for i, e := range events {
		for j, s := range said {
			about := e.Raised && e.Fence == s.Fence && e.Rule == s.Rule && s.RaisedAt >= e.From && s.RaisedAt <= e.Until+lateS(e.Fence)
			if shared := inCommon(e.Box, s.Box); about && shared >= sameThing {
				pairs = append(pairs, pair{i, j, shared})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(said[a.said].RaisedAt, said[b.said].RaisedAt), -cmp.Compare(a.shared, b.shared))
	})
	used := make([]bool, len(said))
	for _, p := range pairs {
		if o := &outcomes[p.event]; o.Said == nil && !used[p.said] {
			o.Said, used[p.said] = &said[p.said], true
		}
	}
	for _, p := range pairs {
		if !used[p.said] {
			used[p.said] = true
			outcomes[p.event].Repeats = append(outcomes[p.event].Repeats, said[p.said])
		}
	}
	for j, s := range said {
		if !used[j] {
			wrong = append(wrong, s)
		}
	}
	return outcomes, wrong
}

// inCommon is the share of the smaller box that lies in the other.
func inCommon(a, b vision.Box) float64 {
	w := min(a.X+a.W, b.X+b.W) - max(a.X, b.X)
	h := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	if !(w > 0 && h > 0) {
		return 0
	}
	return w * h / min(a.W*a.H, b.W*b.H)
}

// raiseError is how many seconds too late it was raised; NaN where it was not. raiseS is the fence's dwell.
func (o Outcome) raiseError(raiseS float64) float64 {
	if o.Said == nil {
		return math.NaN()
	}
	due := o.RaiseAt
	if math.IsNaN(due) {
		due = o.From + raiseS
	}
	return o.Said.RaisedAt - due
}

// slackS is what seeing that a place is empty may take, beside the delays: a look, and the seconds in which the change
// finder makes sure.
const slackS = 8

// cleared says whether a clear was due in the clip, or said, and whether it came in time: not before the thing left, and
// not after the grace and the leave delay.
func (o Outcome) cleared(lateS, clipS float64) (due, inTime bool) {
	if o.Said == nil {
		return false, false
	}
	at := o.Said.ClearedAt
	due = o.Until+lateS+slackS <= clipS
	if at == nil {
		return due, false
	}
	return true, *at >= o.Until && *at <= o.Until+lateS+slackS
}
