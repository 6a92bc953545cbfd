package alerts

import (
	"cmp"
	"math"
	"slices"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// Occupancy is what one camera's kernel has said of one occupancy. An alert is made of one or several.
type Occupancy struct {
	ID                     string
	Rule                   string
	Matter                 string
	Since, RaisedAt        time.Time
	EscalatedAt, ClearedAt time.Time `json:",omitzero"`

	Position orb.Point
	SigmaM   float64
	Grounded bool
	Area     orb.Polygon `json:",omitempty"`

	CameraID  string
	FenceID   string
	FenceName string
	Composed  bool
	Class     string
	Score     float64
	Why       vision.Why

	AlertID    int64 `json:"-"` // The alert that it is part of; 0 while it has none.
	FoundedID  int64 `json:"-"` // The alert that was made for it; 0 when it joined another.
	ReviewOnly bool  `json:"-"` // Its rule was not trusted at its camera when it was raised.
}

// Merge returns the occupancy as it is once s is known too. The zero occupancy becomes what s says alone. Sightings may
// come in any order: the result is the same, and nothing goes back to an earlier state.
func (o Occupancy) Merge(s vision.Sighting) Occupancy {
	if o.ID == "" || s.At.Before(o.RaisedAt) || s.Kind == vision.Raised && s.At.Equal(o.RaisedAt) {
		o = o.begunBy(s)
	}
	switch s.Kind {
	case vision.Escalated:
		o.EscalatedAt = s.At
		o.Why = s.Why // The reason of the graver word stands.
	case vision.Cleared:
		o.ClearedAt = s.At
	}
	return o
}

// begunBy takes from the earliest sighting where it was, what it was and when it was raised.
func (o Occupancy) begunBy(s vision.Sighting) Occupancy {
	o.ID = s.Occupancy
	o.Rule, o.Matter = s.Rule, s.Matter
	o.Since, o.RaisedAt = s.Since, s.At
	o.Position, o.SigmaM, o.Grounded, o.Area = s.Position, s.SigmaM, s.Grounded, s.Area
	o.CameraID, o.FenceID, o.FenceName = s.CameraID, s.FenceID, s.FenceName
	o.Composed, o.Class, o.Score = s.Composed, s.Class, s.Score
	if o.EscalatedAt.IsZero() {
		o.Why = s.Why
	}
	return o
}

const (
	// sameSigmas is how many standard deviations of their distance two positions of one thing may lie apart.
	sameSigmas = 3
	// unsureM is the sigma from which on a position cannot tell one parked car from the next.
	unsureM = 2
	// reachM is how far apart two positions of one thing can lie at most.
	reachM = sameSigmas * unsureM * math.Sqrt2
)

// placed reports whether the occupancy lies on the ground so surely that another camera's can be compared with it.
func (o Occupancy) placed() bool { return o.Grounded && o.SigmaM <= unsureM }

// apart is how far apart two occupancies lie, in standard deviations of that distance; infinite where nobody can say.
func (o Occupancy) apart(p Occupancy) float64 {
	if !o.placed() || !p.placed() {
		return math.Inf(1)
	}
	distance := geo.DistanceM(o.Position, p.Position)
	if distance == 0 {
		return 0
	}
	return distance / math.Hypot(o.SigmaM, p.SigmaM)
}

// meets reports whether both stood told at one moment.
func (o Occupancy) meets(p Occupancy) bool { return o.endsAfter(p.RaisedAt) && p.endsAfter(o.RaisedAt) }

func (o Occupancy) endsAfter(t time.Time) bool { return o.ClearedAt.IsZero() || o.ClearedAt.After(t) }

// fits reports whether the two may be part of one alert: near enough, and not two things that one camera tells apart.
func (o Occupancy) fits(p Occupancy) bool {
	return o.Rule == p.Rule && o.apart(p) <= sameSigmas && !(o.CameraID == p.CameraID && o.meets(p))
}

// same reports whether two cameras tell of one thing.
func (o Occupancy) same(p Occupancy) bool {
	return o.CameraID != p.CameraID && o.meets(p) && o.fits(p)
}

func (o Occupancy) compare(p Occupancy) int {
	return cmp.Or(o.RaisedAt.Compare(p.RaisedAt), cmp.Compare(o.ID, p.ID))
}

// groupOccupancies puts together what tells of one thing: nearest pairs first, and a group takes only who fits all that
// are in it. It depends on the set alone, not on its order. The groups and their members are in the order in which they
// were raised.
func groupOccupancies(set []Occupancy) [][]Occupancy {
	set = slices.SortedFunc(slices.Values(set), Occupancy.compare)
	groupOf := make([]int, len(set)) // The index of the first member.
	for i := range groupOf {
		groupOf[i] = i
	}
	for _, pair := range samePairs(set) {
		a, b := groupOf[pair[0]], groupOf[pair[1]]
		if a == b || !groupsFit(set, groupOf, a, b) {
			continue
		}
		for i := range groupOf {
			if groupOf[i] == max(a, b) {
				groupOf[i] = min(a, b)
			}
		}
	}
	var groups [][]Occupancy
	at := map[int]int{}
	for i, first := range groupOf {
		if first == i {
			at[i], groups = len(groups), append(groups, nil)
		}
		groups[at[first]] = append(groups[at[first]], set[i])
	}
	return groups
}

// samePairs are the pairs that tell of one thing, nearest first.
func samePairs(set []Occupancy) (pairs [][2]int) {
	for i := range set {
		for j := i + 1; j < len(set); j++ {
			if set[i].same(set[j]) {
				pairs = append(pairs, [2]int{i, j})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b [2]int) int {
		return cmp.Compare(set[a[0]].apart(set[a[1]]), set[b[0]].apart(set[b[1]]))
	})
	return pairs
}

func groupsFit(set []Occupancy, groupOf []int, a, b int) bool {
	for i := range set {
		for j := range set {
			if groupOf[i] == a && groupOf[j] == b && !set[i].fits(set[j]) {
				return false
			}
		}
	}
	return true
}
