package replay

import (
	"cmp"
	"math"
	"slices"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// Change says what became of one thing under a draft.
type Change string

const (
	Same               Change = "same"
	New                Change = "new"    // Raised under the draft only.
	Missed             Change = "missed" // Raised now, not under the draft.
	Earlier            Change = "earlier"
	Later              Change = "later"
	ClearedDifferently Change = "cleared_differently"
)

// Course is what people were told of one occupancy, or would have been.
type Course struct {
	Occupancy   string
	RaisedAt    time.Time // Zero: before the time that was looked at; so below: not in it.
	EscalatedAt time.Time
	ClearedAt   time.Time
	Ended       string // Why it was cleared.
	Pictures    []string

	camera, fence, fenceName, rule string
	since                          time.Time
	sighting                       vision.Sighting // The first.
}

// Difference is one thing, as it is now and as it would be.
type Difference struct {
	Change        Change
	CameraID      string
	FenceID       string
	FenceName     string
	Rule          string
	Before, After *Course // One may be nil.
}

// courses gathers what was said of each occupancy, in the order in which each was first spoken of.
func courses(sightings []vision.Sighting) []*Course {
	var all []*Course
	byID := map[string]*Course{}
	for _, s := range sightings {
		c := byID[s.Occupancy]
		if c == nil {
			c = &Course{Occupancy: s.Occupancy, camera: s.CameraID, fence: s.FenceID, fenceName: s.FenceName, rule: s.Rule, since: s.Since, sighting: s}
			byID[s.Occupancy], all = c, append(all, c)
		}
		switch s.Kind {
		case vision.Raised:
			c.RaisedAt = s.At
		case vision.Escalated:
			c.EscalatedAt = s.At
		case vision.Cleared:
			c.ClearedAt, c.Ended = s.At, s.Why.Ended
		}
	}
	return all
}

// Compare pairs what one camera's kernel says now with what it would say, and tells the difference of each pair. A pair
// is the same occupancy, or one of the same rule that was at the same spot at the same time.
func Compare(before, after []vision.Sighting) []Difference {
	was, would := courses(before), courses(after)
	partner := map[*Course]*Course{}
	taken := map[*Course]bool{}
	pair := func(fits func(a, b *Course) bool) {
		for _, a := range was {
			if partner[a] != nil {
				continue
			}
			var best *Course
			for _, b := range would {
				if !taken[b] && fits(a, b) && (best == nil || a.away(b) < a.away(best)) {
					best = b
				}
			}
			if best != nil {
				partner[a], taken[best] = best, true
			}
		}
	}
	pair(func(a, b *Course) bool { return a.Occupancy == b.Occupancy })
	pair(func(a, b *Course) bool { return a.rule == b.rule && a.fence == b.fence && a.meets(b) })
	pair(func(a, b *Course) bool { return a.rule == b.rule && a.meets(b) })

	var all []Difference
	for _, a := range was {
		if d := difference(a, partner[a]); d.Change != Same || !a.RaisedAt.IsZero() { // What only ended, and alike, is no news.
			all = append(all, d)
		}
	}
	for _, b := range would {
		if !taken[b] {
			all = append(all, difference(nil, b))
		}
	}
	slices.SortStableFunc(all, func(a, b Difference) int { return a.at().Compare(b.at()) })
	return all
}

// at is when the thing was first spoken of.
func (d Difference) at() time.Time {
	one := d.Before
	if one == nil {
		one = d.After
	}
	return one.sighting.At
}

// away is how far apart two courses began.
func (c *Course) away(d *Course) time.Duration { return c.since.Sub(d.since).Abs() }

// meets reports whether two courses are of one spot, at times that overlap.
func (c *Course) meets(d *Course) bool {
	return !c.end().Before(d.since) && !d.end().Before(c.since) && sameSpot(c.sighting, d.sighting)
}

// end is when the place was clear; one that was not cleared goes on.
func (c *Course) end() time.Time {
	if c.ClearedAt.IsZero() {
		return time.Unix(math.MaxInt32, 0)
	}
	return c.ClearedAt
}

// sameSpot asks what the kernel asks: so near on the ground, or boxes that share so much.
func sameSpot(a, b vision.Sighting) bool {
	if a.ViewID == b.ViewID && overlap(a.Box, b.Box) >= a.Why.Thresholds["match_iou"] {
		return true
	}
	if a.Grounded && b.Grounded {
		return geo.DistanceM(a.Position, b.Position) <= a.Why.Thresholds["match_m"]
	}
	size := math.Sqrt(max(a.Box.Area(), b.Box.Area()))
	return a.ViewID == b.ViewID && distance(a.Box.Foot(), b.Box.Foot()) <= a.Why.Thresholds["match_size"]*size
}

func distance(a, b orb.Point) float64 { return math.Hypot(a[0]-b[0], a[1]-b[1]) }

// overlap is the part of both boxes together that they share.
func overlap(a, b vision.Box) float64 {
	w := min(a.X+a.W, b.X+b.W) - max(a.X, b.X)
	h := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (a.Area() + b.Area() - w*h)
}

func difference(before, after *Course) Difference {
	one := cmp.Or(before, after)
	d := Difference{CameraID: one.camera, FenceID: one.fence, FenceName: one.fenceName, Rule: one.rule, Before: before, After: after}
	switch {
	case before == nil:
		d.Change = New
	case after == nil:
		d.Change = Missed
	default:
		d.Change = changed(*before, *after)
	}
	return d
}

// changed names the first thing that differs: when it was raised, when it was escalated, how it was cleared.
func changed(a, b Course) Change {
	for _, times := range [][2]time.Time{{a.RaisedAt, b.RaisedAt}, {a.EscalatedAt, b.EscalatedAt}} {
		switch was, would := times[0], times[1]; {
		case was.Equal(would):
		case would.IsZero() || !was.IsZero() && would.After(was):
			return Later
		default:
			return Earlier
		}
	}
	if !a.ClearedAt.Equal(b.ClearedAt) || a.Ended != b.Ended {
		return ClearedDifferently
	}
	return Same
}
