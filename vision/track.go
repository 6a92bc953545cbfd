package vision

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// TrackParams say when a box is the same thing as before.
type TrackParams struct {
	High  float64       // A person or vehicle with this score begins a track.
	Low   float64       // With this score it still continues one. Any other thing also begins one; boxes below are dropped.
	Doubt time.Duration // For so long low scores alone continue a track.
	Keep  time.Duration // A track that nothing continues is forgotten after this time.
}

// DefaultTrackParams suit the default detector at a score of 0.3. It sees a parked car with a low score for up to five
// seconds on end, and a traffic cone as a person with a high score now and then.
func DefaultTrackParams() TrackParams {
	return TrackParams{High: 0.45, Low: 0.3, Doubt: 20 * time.Second, Keep: 5 * time.Second}
}

// high says whether the score of a box is enough to begin a track.
func (p TrackParams) high(d Detection) bool {
	if kin(d.Class) == otherKin {
		return d.Score >= p.Low
	}
	return d.Score >= p.High
}

// Numbers that hold for any detector. Distances are in boxes: the way of the centre across as a share of the width, and
// down as a share of the height.
const (
	reachAtOnce  = 0.4 // How far from the expected place a thing may be in the next moment,
	reachPerS    = 1.4 // how much farther for each second that it was not seen,
	reachAtMost  = 1.5 // and never farther than this.
	firmOverlap  = 0.3 // A box that overlaps the expected one by so much needs no reach, and no high score.
	sizeRatio    = 3.0 // The larger of two boxes of one thing has at most so many times the area of the other.
	coastSeconds = 1.0 // A thing that is not seen is expected to go on for so long, and then to stand.
	newestShare  = 0.6 // Share of the newest way in the speed.
)

// Tracker gives the boxes of one view the ids of the things that they show. Time is the frames' own, and equal input
// gives equal ids. Not safe for two goroutines.
type Tracker struct {
	params TrackParams
	state  trackerState
}

// followed is a thing with its last box, when that was, and how the box moved.
type followed struct {
	ID     int64     `json:"id"`
	Kin    string    `json:"kin"`
	Box    Box       `json:"box"`
	Seen   time.Time `json:"seen"`
	Sure   time.Time `json:"sure"`    // When its score was high.
	SpeedX float64   `json:"speed_x"` // Of the centre, in frame widths a second,
	SpeedY float64   `json:"speed_y"` // and frame heights.
}

// NewTracker begins with id 1.
func NewTracker(p TrackParams) *Tracker {
	return &Tracker{params: p, state: trackerState{Next: 1}}
}

// Update takes the boxes of one frame and returns those of tracked things, in their order, each with its id. Ids are
// unique within a frame. Vehicles, persons and all other things are tracked apart from one another.
//
// First the boxes with a high score are matched to what is expected near them; then those with a low score may continue
// what is left where they overlap it, so that what is half hidden keeps its id, but they never begin a track. Things that
// are neither person nor vehicle are only hints to a rule and seldom score high: for them every score from Low counts as
// high. All else is not returned.
//
// A frame that is older than the one before counts as taken at the same moment, unless the clock went back by more
// than Keep: then every track is forgotten.
func (t *Tracker) Update(at time.Time, dets []Detection) []Detection {
	s := &t.state
	if at.Before(s.At) && s.At.Sub(at) <= t.params.Keep {
		at = s.At
	}
	s.Tracks = slices.DeleteFunc(s.Tracks, func(f followed) bool {
		age := at.Sub(f.Seen)
		return age < 0 || age > t.params.Keep
	})
	s.At = at

	ids := make([]int64, len(dets))
	taken := make([]bool, len(s.Tracks))
	t.match(at, dets, ids, taken, t.follow)
	t.match(at, dets, ids, taken, t.hold)

	found := make([]Detection, 0, len(dets))
	for i, d := range dets {
		if ids[i] == 0 && t.params.high(d) && d.Box.sound() {
			ids[i] = s.Next
			s.Next++
			s.Tracks = append(s.Tracks, followed{ID: ids[i], Kin: kin(d.Class), Box: d.Box, Seen: at, Sure: at})
		}
		if ids[i] != 0 {
			d.Track = ids[i]
			found = append(found, d)
		}
	}
	return found
}

// pair is a track and a box that may be the same thing.
type pair struct {
	track, box int
	cost       float64
}

// match continues tracks that are not taken with boxes that have no id, the likeliest pair first. judge says whether a
// box may be the thing, and how far it is from what is expected.
func (t *Tracker) match(at time.Time, dets []Detection, ids []int64, taken []bool,
	judge func(f followed, d Detection, at time.Time) (cost float64, ok bool)) {
	var pairs []pair
	for i := range taken {
		for j, d := range dets {
			f := t.state.Tracks[i]
			if taken[i] || ids[j] != 0 || kin(d.Class) != f.Kin || !d.Box.sound() || !alike(f.Box, d.Box) {
				continue
			}
			if cost, ok := judge(f, d, at); ok {
				pairs = append(pairs, pair{i, j, cost})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { // Older tracks first where the costs are equal.
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.track, b.track), cmp.Compare(a.box, b.box))
	})
	for _, p := range pairs {
		if !taken[p.track] && ids[p.box] == 0 {
			f := &t.state.Tracks[p.track]
			f.see(dets[p.box].Box, at)
			if t.params.high(dets[p.box]) {
				f.Sure = at
			}
			taken[p.track] = true
			ids[p.box] = f.ID
		}
	}
}

// follow lets a box with a high score be a thing that may have come so far since it was seen.
func (t *Tracker) follow(f followed, d Detection, at time.Time) (cost float64, ok bool) {
	expected := f.expected(at)
	way := distance(expected, d.Box)
	reach := min(reachAtOnce+reachPerS*at.Sub(f.Seen).Seconds(), reachAtMost)
	return 1 - expected.overlap(d.Box) + way, t.params.high(d) && way <= reach
}

// hold lets a box with any score be a thing that it overlaps.
func (t *Tracker) hold(f followed, d Detection, at time.Time) (cost float64, ok bool) {
	overlap := f.expected(at).overlap(d.Box)
	doubted := at.Sub(f.Sure) > t.params.Doubt && !t.params.high(d)
	return 1 - overlap, d.Score >= t.params.Low && !doubted && overlap >= firmOverlap
}

// expected is where the thing should be at this time.
func (f followed) expected(at time.Time) Box {
	seconds := min(at.Sub(f.Seen).Seconds(), coastSeconds)
	b := f.Box
	b.X += f.SpeedX * seconds
	b.Y += f.SpeedY * seconds
	return b
}

// see continues the track with a box.
func (f *followed) see(b Box, at time.Time) {
	if seconds := at.Sub(f.Seen).Seconds(); seconds > 0 {
		x, y := b.centre()
		beforeX, beforeY := f.Box.centre()
		f.SpeedX += newestShare * ((x-beforeX)/seconds - f.SpeedX)
		f.SpeedY += newestShare * ((y-beforeY)/seconds - f.SpeedY)
	}
	f.Box, f.Seen = b, at
}

// otherKin is that of all that is neither person nor vehicle.
const otherKin = "thing"

// kin groups the classes that are tracked together: a detector does not stay with one word for a bag or a stall.
func kin(class string) string {
	if class == ClassVehicle || class == ClassPerson {
		return class
	}
	return otherKin
}

func (b Box) centre() (x, y float64) { return b.X + b.W/2, b.Y + b.H/2 }

// overlap is intersection over union, 0 where a box has no area.
func (b Box) overlap(c Box) float64 {
	w := min(b.X+b.W, c.X+c.W) - max(b.X, c.X)
	h := min(b.Y+b.H, c.Y+c.H) - max(b.Y, c.Y)
	if !(w > 0 && h > 0) {
		return 0
	}
	return w * h / (b.W*b.H + c.W*c.H - w*h)
}

// distance is how far apart the centres are, in boxes.
func distance(b, c Box) float64 {
	bx, by := b.centre()
	cx, cy := c.centre()
	return math.Hypot((bx-cx)/max(b.W, c.W), (by-cy)/max(b.H, c.H))
}

// alike says whether two boxes are of about the same size.
func alike(b, c Box) bool {
	p, q := b.W*b.H, c.W*c.H
	return max(p, q) <= sizeRatio*min(p, q)
}

// sound says whether the box has an area and lies somewhere near the frame.
func (b Box) sound() bool {
	const far = 100 // Frames.
	return b.W > 0 && b.H > 0 && b.W <= far && b.H <= far && math.Abs(b.X) <= far && math.Abs(b.Y) <= far
}
