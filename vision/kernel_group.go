package vision

import (
	"cmp"
	"slices"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// group is some finds that stand near one another, taken as one thing: their middle, and a box round them all.
type group struct {
	members []find
	whole   find
}

// lookForGroups finds subjects that stand together. Each group of min_count or more is one occupancy, at the middle of the
// group when it was first complete; a bicycle more or less does not make another one of it.
func (k *step) lookForGroups(f fence) (open []int, seen []presence) {
	open = k.openIn(f)
	seen = make([]presence, len(open))
	for _, g := range groupsOf(k.findParked(f, len(open) > 0), f.th) {
		at := k.groupAt(f, open, seen, g)
		n := float64(len(g.members))
		if n < f.th.MinCount {
			k.stopObject(f, g.whole.obj, GateCount, n, f.th.MinCount)
			continue
		}
		if at < 0 {
			if !g.whole.begins || k.isDuplicate(f, open, g.whole) {
				continue
			}
			index, ok := k.begin(f, g.whole, k.o.At)
			if !ok {
				continue
			}
			at, open, seen = len(open), append(open, index), append(seen, presence{})
		}
		seen[at].seen = true
		k.Occupancies[open[at]].feedGroup(g, k.o.ViewID)
		for _, m := range g.members {
			if m.stood != nil {
				m.stood.Until = k.o.At // It stands there still, whatever its id.
			}
		}
	}
	for i, at := range open {
		if !seen[i].seen {
			seen[i].hidden = k.isHidden(&k.Occupancies[at], f)
		}
	}
	return open, seen
}

// findParked are the subjects that stay. Riders who were only just found could be others at every look, and together they
// would never leave; so of what has no way yet, or another one's, only what stands where one of the group stayed is taken for
// that one with another id, and it begins nothing. A camera that looks so rarely that nothing can be followed must do with
// what stands there.
func (k *step) findParked(f fence, anyOpen bool) []find {
	finds := k.findThings(f, anyOpen)
	if k.o.At.Sub(k.At) >= seconds(k.city.Rules.Pace.PaceS) {
		return k.notMoving(f, finds)
	}
	kinds := append(slices.Clone(f.rule.Subjects), f.rule.Keeps...)
	var parked []find
	for _, found := range finds {
		if k.paceOf(found.obj) != paceStays {
			found.stood, found.begins = k.stoodAt(found.spot, f, kinds), false
			if !anyOpen || found.stood == nil {
				k.stopObject(f, found.obj, GateMoving, 0, 0)
				continue
			}
		}
		parked = append(parked, found)
	}
	return parked
}

// stoodAt is the stay of something of these classes at a spot, not longer ago than looks are counted; nil when there was none.
func (k *step) stoodAt(spot Spot, f fence, classes []string) *Stood {
	for i := range k.Tracks {
		for j := range k.Tracks[i].Stood {
			s := &k.Tracks[i].Stood[j]
			if slices.Contains(classes, s.Class) && k.o.At.Sub(s.Until).Seconds() <= f.th.ShareS && s.Spot.apart(spot, f.th) <= 1 {
				return s
			}
		}
	}
	return nil
}

// groupAt is the position in open of the occupancy that a group belongs to and that no larger group was given; -1 when
// there is none.
func (k *step) groupAt(f fence, open []int, seen []presence, g group) int {
	best, least := -1, 0.0
	for at, index := range open {
		occ := &k.Occupancies[index]
		if seen[at].seen || occ.ViewID != k.o.ViewID && !(occ.Spot.Grounded && g.whole.spot.Grounded) {
			continue
		}
		if !slices.ContainsFunc(g.members, func(m find) bool { return near(occ.Spot, m.spot, f.th.NearM, f.th.NearSize*m.obj.Box.size()) }) {
			continue
		}
		if apart := occ.Spot.apart(g.whole.spot, f.th); best < 0 || apart < least {
			best, least = at, apart
		}
	}
	return best
}

// feedGroup notes what of a group was seen. Its middle moves as little as the spot of one thing.
func (occ *Occupancy) feedGroup(g group, viewID string) {
	if occ.ViewID != viewID {
		occ.ViewID, occ.Spot = viewID, g.whole.spot
	} else {
		occ.Spot.follow(g.whole.spot)
	}
	occ.Box, occ.Score, occ.Count = g.whole.obj.Box, g.whole.obj.Score, len(g.members)
	for _, m := range g.members {
		occ.tracked([]int64{m.obj.Track})
	}
}

// groupsOf puts together what stands within near_m of something else of the same group, the largest group first.
func groupsOf(finds []find, th Thresholds) []group {
	var groups []group
	taken := make([]bool, len(finds))
	for i := range finds {
		if taken[i] {
			continue
		}
		taken[i] = true
		members := []find{finds[i]}
		for next := 0; next < len(members); next++ {
			for j := range finds {
				size := max(members[next].obj.Box.size(), finds[j].obj.Box.size())
				if !taken[j] && near(members[next].spot, finds[j].spot, th.NearM, th.NearSize*size) {
					taken[j], members = true, append(members, finds[j])
				}
			}
		}
		groups = append(groups, together(members))
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(len(b.members), len(a.members)) })
	return groups
}

// together takes finds as one: the class and score of the surest, the middle of their feet, a box round all of them.
func together(members []find) group {
	whole := members[0]
	n := float64(len(members))
	left, top := whole.obj.Box.X, whole.obj.Box.Y
	right, bottom := left, top
	var foot, position orb.Point
	for _, m := range members {
		if m.obj.Score > whole.obj.Score {
			whole.obj.Class, whole.obj.Label, whole.obj.Score, whole.obj.Track = m.obj.Class, m.obj.Label, m.obj.Score, m.obj.Track
		}
		b := m.obj.Box
		left, top = min(left, b.X), min(top, b.Y)
		right, bottom = max(right, b.X+b.W), max(bottom, b.Y+b.H)
		whole.begins = whole.begins || m.begins
		whole.spot.Grounded = whole.spot.Grounded && m.spot.Grounded
		whole.spot.SigmaM = max(whole.spot.SigmaM, m.spot.SigmaM)
		for i := range 2 {
			foot[i] += m.spot.Foot[i] / n
			position[i] += m.spot.Position[i] / n
		}
	}
	whole.obj.Box = Box{X: left, Y: top, W: right - left, H: bottom - top}
	whole.spot.Box, whole.spot.Foot = whole.obj.Box, foot
	if !whole.spot.Grounded {
		whole.spot.Position, whole.spot.SigmaM, whole.spot.WidthM = orb.Point{}, 0, 0
		return group{members, whole}
	}
	whole.spot.Position = position
	for _, m := range members { // As wide as its farthest member is from its middle, on both sides.
		whole.spot.WidthM = max(whole.spot.WidthM, 2*geo.DistanceM(position, m.spot.Position))
	}
	return group{members, whole}
}
