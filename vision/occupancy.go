package vision

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/paulmach/orb"
)

// Phase is how far an occupancy has come. The way is
//
//	candidate ─► dwelling ─► raised ─► escalated
//	    │            │          └────┬─────┘
//	    └─────┬──────┘            clearing ─► cleared (and forgotten)
//	      forgotten; nobody was told
//
// and from clearing back, when the thing is seen again.
type Phase string

const (
	PhaseCandidate Phase = "candidate" // Seen, not yet for the enter delay.
	PhaseDwelling  Phase = "dwelling"  // It stays; nobody was told.
	PhaseRaised    Phase = "raised"
	PhaseEscalated Phase = "escalated"
	PhaseClearing  Phase = "clearing" // Not seen for longer than the gap's grace; the leave delay runs.
)

// Occupancy is one thing that stays at one spot inside one fence (占用). It belongs to the place, not to a track: what is
// seen there may change its track id or, for a moment, its class.
type Occupancy struct {
	ID        string `json:"id"`
	FenceID   string `json:"fence"`
	FenceName string `json:"fence_name"`
	Rule      string `json:"rule"`
	Matter    string `json:"matter"`
	ViewID    string `json:"view"`
	Phase     Phase  `json:"phase"`
	Told      Kind   `json:"told,omitempty"`   // The last sighting; empty while nobody was told.
	Round     int    `json:"round,omitempty"`  // How often a permit lifted it; each round has its own ID.
	Permit    string `json:"permit,omitempty"` // The permit that makes it legal now.

	Since    time.Time `json:"since"`              // When the thing came.
	LastSeen time.Time `json:"last_seen"`          // When it was last seen at its spot.
	LastLook time.Time `json:"last_look"`          // When a fit frame last showed the spot, or what hides it.
	AbsentS  float64   `json:"absent_s"`           // For how long, watched, the spot has been seen empty.
	HiddenS  float64   `json:"hidden_s"`           // For how long, watched, something has stood before the spot.
	VacantS  float64   `json:"vacant_s,omitempty"` // For how long, watched, the spot has shown nothing of what the rule is about.

	Spot   Spot     `json:"spot"`
	Class  string   `json:"class"` // Of what began it.
	Box    Box      `json:"box"`   // Where it was last seen in the frame.
	Score  float64  `json:"score"` // Of what was last seen there, never of anything before it.
	Tracks []int64  `json:"tracks"`
	Frames int      `json:"frames"` // Looks that confirmed it.
	Looks  []Bucket `json:"looks"`  // How often it was seen lately.
	Model  string   `json:"model"`

	People     int       `json:"people,omitempty"`     // A stall's staying people, when it was last seen.
	Count      int       `json:"count,omitempty"`      // Things of a group or crowd, when it was last seen.
	Goods      []Goods   `json:"goods,omitempty"`      // A stall's goods, by class.
	AttendedAt time.Time `json:"attended_at,omitzero"` // When people or vehicles were last with a heap.
	Witness    string    `json:"witness,omitempty"`    // What stood there when a heap began.
}

// Spot is a place in the frame and, in a calibrated view, on the ground.
type Spot struct {
	Foot     orb.Point `json:"foot"` // Normalised frame coordinates.
	Box      Box       `json:"box"`
	Grounded bool      `json:"grounded"` // Position, SigmaM and WidthM hold.
	Position orb.Point `json:"position,omitzero"`
	SigmaM   float64   `json:"sigma_m,omitempty"`
	WidthM   float64   `json:"width_m,omitempty"`
}

// Bucket counts the looks of one slice of time.
type Bucket struct {
	From     time.Time `json:"from"`
	WatchedS float64   `json:"watched_s"`       // Seconds for which these looks speak.
	Looks    int       `json:"looks"`           // Looks at the open spot.
	Seen     int       `json:"seen"`            // Looks that confirmed the occupancy.
	Goods    int       `json:"goods,omitempty"` // Looks that showed a stall's goods.
}

// Goods is one class that was taken for a stall's goods.
type Goods struct {
	Class string    `json:"class"`
	At    time.Time `json:"at"` // When it was last seen.
}

// State is everything that the kernel remembers of one camera. It is plain data: saved as JSON and read again, it goes on
// as if nothing had been. The zero value is a camera that never saw anything.
type State struct {
	At          time.Time   `json:"at"` // Of the last observation.
	Occupancies []Occupancy `json:"occupancies"`
	Tracks      []Track     `json:"tracks"`          // By id.
	Ended       []Ended     `json:"ended,omitempty"` // Occupancies that ended lately.
}

// DecodeState reads a state that was saved as JSON.
func DecodeState(data []byte) (State, error) {
	var s State
	if err := json.Unmarshal(data, &s); err != nil {
		return State{}, fmt.Errorf("kernel state: %w", err)
	}
	return s, nil
}

// Clone returns a copy that shares no memory with s.
func (s State) Clone() State {
	s.Occupancies = slices.Clone(s.Occupancies)
	for i := range s.Occupancies {
		s.Occupancies[i] = s.Occupancies[i].Clone()
	}
	s.Ended = slices.Clone(s.Ended)
	s.Tracks = slices.Clone(s.Tracks)
	for i := range s.Tracks {
		s.Tracks[i].Path = slices.Clone(s.Tracks[i].Path)
		s.Tracks[i].Stood = slices.Clone(s.Tracks[i].Stood)
	}
	return s
}

// Clone returns a copy that shares no memory with o.
func (o Occupancy) Clone() Occupancy {
	o.Tracks = slices.Clone(o.Tracks)
	o.Looks = slices.Clone(o.Looks)
	o.Goods = slices.Clone(o.Goods)
	return o
}

// DwellS is for how long the thing was there when it was last seen.
func (o Occupancy) DwellS() float64 { return o.LastSeen.Sub(o.Since).Seconds() }

// share is the part of the lately counted looks that confirmed the occupancy; goods, the part that showed goods.
func (o Occupancy) share() (seen, goods float64) {
	var total Bucket
	for _, b := range o.Looks {
		total.Looks += b.Looks
		total.Seen += b.Seen
		total.Goods += b.Goods
	}
	if total.Looks == 0 {
		return 0, 0
	}
	return float64(total.Seen) / float64(total.Looks), float64(total.Goods) / float64(total.Looks)
}

// watchedFor is for how long the counted looks speak.
func (o Occupancy) watchedFor() (watched float64) {
	for _, b := range o.Looks {
		watched += b.WatchedS
	}
	return watched
}

const (
	bucketsOfShare = 8
	coversWindow   = 1 - 2.0/bucketsOfShare // Counted looks that speak for so much of the window stand for all of it.
)

// count adds one look at the open spot, which speaks for so many seconds, and forgets those that are older than window.
func (o *Occupancy) count(at time.Time, watched float64, window time.Duration, seen, goods bool) {
	o.Looks = slices.DeleteFunc(o.Looks, func(b Bucket) bool { return at.Sub(b.From) >= window })
	if n := len(o.Looks); n == 0 || at.Sub(o.Looks[n-1].From) >= window/bucketsOfShare {
		o.Looks = append(o.Looks, Bucket{From: at})
	}
	b := &o.Looks[len(o.Looks)-1]
	b.WatchedS += watched
	b.Looks++
	if seen {
		b.Seen++
	}
	if goods {
		b.Goods++
	}
}

const tracksOfOccupancy = 16

// tracked remembers the latest track ids that kept the spot occupied.
func (o *Occupancy) tracked(ids []int64) {
	for _, id := range ids {
		if id == 0 || slices.Contains(o.Tracks, id) {
			continue
		}
		o.Tracks = append(o.Tracks, id)
	}
	if n := len(o.Tracks) - tracksOfOccupancy; n > 0 {
		o.Tracks = slices.Delete(o.Tracks, 0, n)
	}
}

// identify gives the occupancy its ID: a hash of fence, rule, spot, beginning and round, so that a worker that was killed
// and begins again from its saved state says the same id, and a repeated sighting is known as one.
func (o *Occupancy) identify(cameraID string) {
	cell := fmt.Sprintf("frame %.3f %.3f", o.Spot.Foot[0], o.Spot.Foot[1])
	if o.Spot.Grounded {
		cell = fmt.Sprintf("ground %.6f %.6f", o.Spot.Position[0], o.Spot.Position[1]) // 0.1 m.
	}
	text, err := json.Marshal([]any{cameraID, o.FenceID, o.Rule, cell, o.Since.UnixMicro(), o.Round})
	if err != nil {
		panic(err) // Strings and integers always marshal.
	}
	sum := sha256.Sum256(text)
	o.ID = hex.EncodeToString(sum[:12])
}

// spotOf is where an object stands.
func spotOf(o Object) Spot {
	return Spot{Foot: o.Foot, Box: o.Box, Grounded: o.Grounded, Position: o.Position, SigmaM: o.SigmaM, WidthM: o.WidthM}
}

// spotFollow is how far a spot moves towards what was seen at a look: jitter is averaged, a thing that was still rolling
// when it was first seen is caught up with.
const spotFollow = 0.1

// follow draws the spot towards seen.
func (s *Spot) follow(seen Spot) {
	s.Foot = between(s.Foot, seen.Foot)
	s.Box = Box{
		X: toward(s.Box.X, seen.Box.X), Y: toward(s.Box.Y, seen.Box.Y),
		W: toward(s.Box.W, seen.Box.W), H: toward(s.Box.H, seen.Box.H),
	}
	switch {
	case s.Grounded && seen.Grounded:
		s.Position = between(s.Position, seen.Position)
		s.SigmaM = toward(s.SigmaM, seen.SigmaM)
		s.WidthM = toward(s.WidthM, seen.WidthM)
	case seen.Grounded: // The view was calibrated meanwhile.
		s.Grounded, s.Position, s.SigmaM, s.WidthM = true, seen.Position, seen.SigmaM, seen.WidthM
	}
}

func toward(from, to float64) float64 { return from + spotFollow*(to-from) }

func between(a, b orb.Point) orb.Point { return orb.Point{toward(a[0], b[0]), toward(a[1], b[1])} }

// Area is the box's share of the frame.
func (b Box) Area() float64 { return max(b.W, 0) * max(b.H, 0) }

// Foot is the middle of the lower edge: where a thing meets the ground.
func (b Box) Foot() orb.Point { return orb.Point{b.X + b.W/2, b.Y + b.H} }

// size is the side of a square as large as the box: the measure of distance where nothing says metres.
func (b Box) size() float64 { return math.Sqrt(b.Area()) }

// shared is the area that two boxes have in common.
func (b Box) shared(c Box) float64 {
	w := min(b.X+b.W, c.X+c.W) - max(b.X, c.X)
	h := min(b.Y+b.H, c.Y+c.H) - max(b.Y, c.Y)
	return max(w, 0) * max(h, 0)
}

// covered is the part of b that lies under c.
func (b Box) covered(c Box) float64 {
	if b.Area() == 0 {
		return 0
	}
	return b.shared(c) / b.Area()
}

func (b Box) compare(c Box) int {
	return cmp.Or(cmp.Compare(b.X, c.X), cmp.Compare(b.Y, c.Y), cmp.Compare(b.W, c.W), cmp.Compare(b.H, c.H))
}
