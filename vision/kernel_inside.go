package vision

import (
	"math"
	"slices"
)

// lookInside finds subjects that are in the fence, whether they stand or go, alone or so many of them, or that go the wrong
// way. There is one occupancy for the whole fence: who comes while somebody is still there adds nothing to tell.
func (k *step) lookInside(f fence) (open []int, seen []presence) {
	open = k.openIn(f)
	seen = make([]presence, len(open))
	var finds []find
	for _, obj := range k.objects {
		if found, ok := k.findInside(f, open, obj); ok {
			finds = append(finds, found)
		}
	}
	n := float64(len(finds))
	if n == 0 || f.rule.Scene == SceneInside && n < f.th.MinCount {
		if n > 0 {
			k.stopObject(f, finds[0].obj, GateCount, n, f.th.MinCount)
		}
		for i, at := range open {
			seen[i].hidden = f.th.MinCount <= 1 && k.isHidden(&k.Occupancies[at], f)
		}
		return open, seen
	}
	if len(open) == 0 {
		first := slices.IndexFunc(finds, func(found find) bool { return found.begins })
		if first < 0 {
			return open, seen
		}
		index, ok := k.begin(f, finds[first], k.o.At)
		if !ok {
			return open, seen
		}
		open, seen = []int{index}, []presence{{}}
	}
	for i, at := range open {
		seen[i].seen = true
		k.Occupancies[at].feedInside(finds, f, k.o.ViewID)
	}
	return open, seen
}

// findInside takes one object through the gates of class, place, size, score, company and heading.
func (k *step) findInside(f fence, open []int, obj Object) (find, bool) {
	spot := spotOf(obj)
	begins, inside := obj.isOne(f.rule.Subjects), f.contains(spot)
	if !begins && !(obj.isOne(f.rule.Keeps) && k.isFollowed(open, obj)) {
		if inside {
			k.stopObject(f, obj, GateClass, 0, 0)
		}
		return find{}, false
	}
	if !inside && (len(open) == 0 || f.leaves(spot)) {
		k.stopObject(f, obj, GateOutside, 0, 0)
		return find{}, false
	}
	if !k.usable(f, obj) {
		return find{}, false
	}
	if k.hasCompany(f, obj) {
		k.stopObject(f, obj, GateCompany, 0, 0)
		return find{}, false
	}
	if off, known := k.offHeading(f, obj); f.rule.Scene == SceneMoving && !(known && off > f.th.HeadingOffDeg) {
		k.stopObject(f, obj, GateHeading, off, f.th.HeadingOffDeg)
		return find{}, false
	}
	return find{obj: obj, spot: spot, begins: begins && inside}, true
}

// isFollowed reports whether the object is one that was seen as a subject before: a lorry that is taken for a car now.
func (k *step) isFollowed(open []int, obj Object) bool {
	return obj.Track != 0 && slices.ContainsFunc(open, func(at int) bool { return slices.Contains(k.Occupancies[at].Tracks, obj.Track) })
}

// hasCompany reports whether something of the rule's `without` is near the object: sure or not, standing or not.
func (k *step) hasCompany(f fence, obj Object) bool {
	return slices.ContainsFunc(k.objects, func(other Object) bool {
		return other.isOne(f.rule.Without) &&
			near(spotOf(obj), spotOf(other), f.th.NearM, f.th.NearSize*max(obj.Box.size(), other.Box.size()))
	})
}

// offHeading is by how many degrees an object's way differs from the fence's. It is not known of what stands, or was only
// just found.
func (k *step) offHeading(f fence, obj Object) (deg float64, known bool) {
	if obj.Track == 0 || k.paceOf(obj) != paceMoves {
		return 0, false
	}
	from, to := k.track(obj.Track).way()
	right, up := to.Foot[0]-from.Foot[0], from.Foot[1]-to.Foot[1]
	if !f.OnFrame() {
		if !from.Grounded || !to.Grounded {
			return 0, false
		}
		right = (to.Position[0] - from.Position[0]) * math.Cos(to.Position[1]*math.Pi/180)
		up = to.Position[1] - from.Position[1]
	}
	course := math.Atan2(right, up) * 180 / math.Pi
	off := math.Abs(math.Mod(course-f.th.HeadingDeg+720, 360))
	return min(off, 360-off), true
}

// feedInside notes who is in the fence: the one that was seen before if it still is, else the largest; of a crowd, all.
func (occ *Occupancy) feedInside(finds []find, f fence, viewID string) {
	whole := together(finds).whole
	if f.rule.Scene == SceneMoving || f.th.MinCount <= 1 {
		whole = finds[0]
		for _, found := range finds {
			mine, best := slices.Contains(occ.Tracks, found.obj.Track), slices.Contains(occ.Tracks, whole.obj.Track)
			if mine && !best || mine == best && found.obj.Box.Area() > whole.obj.Box.Area() {
				whole = found
			}
		}
	} else {
		occ.Count = len(finds)
	}
	occ.ViewID, occ.Spot, occ.Box, occ.Score = viewID, whole.spot, whole.obj.Box, whole.obj.Score
	for _, found := range finds {
		occ.tracked([]int64{found.obj.Track})
	}
}
