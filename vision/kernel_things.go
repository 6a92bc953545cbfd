package vision

import (
	"cmp"
	"math"
	"slices"

	"gridwatch/geo"
)

// find is one object of this frame that a fence's rule can use.
type find struct {
	obj    Object
	spot   Spot
	begins bool   // It may begin an occupancy; else it only keeps one.
	stood  *Stood // The stay of another id that it is taken for.
}

// lookForThings finds single things in a fence: what stands (fire lane) and what was left behind (debris). It returns the
// fence's occupancies, new candidates included, and what this frame says of each.
func (k *step) lookForThings(f fence) (open []int, seen []presence) {
	open = k.openIn(f)
	finds := k.notMoving(f, k.findThings(f, len(open) > 0))
	taken := k.assign(f, open, finds)
	seen = make([]presence, len(open))
	for i := range finds {
		at, known := taken[i]
		if !known {
			if !finds[i].begins || k.isDuplicate(f, open, finds[i]) {
				continue
			}
			index, ok := k.begin(f, finds[i], k.cameAt(finds[i], f.th))
			if !ok {
				continue
			}
			if f.rule.Scene == SceneHeap {
				k.Occupancies[index].Witness, k.Occupancies[index].AttendedAt = k.witnesses(finds[i].spot, f.th)
			}
			at, open, seen = len(open), append(open, index), append(seen, presence{})
		} else if finds[i].begins && k.isAnother(&k.Occupancies[open[at]], f, finds[i]) { // A new stay begins inside only.
			k.replaced(f, open[at], finds[i])
		}
		seen[at].seen = true
		k.Occupancies[open[at]].feed(finds[i], k.o.ViewID)
	}
	for i, at := range open {
		occ := &k.Occupancies[at]
		if !seen[i].seen {
			seen[i].hidden = k.isHidden(occ, f)
			seen[i].vacant = !seen[i].hidden && k.isVacant(occ, f)
		}
		if f.rule.Scene == SceneHeap && k.isAttended(occ, f.th) {
			occ.AttendedAt = k.o.At
		}
	}
	return open, seen
}

// feed notes what was seen at the occupancy's spot. Score and box are this look's alone.
func (occ *Occupancy) feed(found find, viewID string) {
	switch {
	case occ.ViewID != viewID: // Matched on the ground from another pose: its box there means nothing here.
		occ.ViewID, occ.Spot = viewID, found.spot
	case found.obj.Class == ClassChange: // A heap grows where it lies; it does not jitter.
		occ.Spot = found.spot
	case occ.Class == ClassChange && found.begins: // What was only a change is known by its name now.
		occ.Class, occ.Spot = found.obj.Class, found.spot
	default:
		occ.Spot.follow(found.spot)
	}
	occ.Box, occ.Score = found.obj.Box, found.obj.Score
	occ.tracked([]int64{found.obj.Track})
}

// findThings are the objects that pass the gates of class, place, score and size. While something is open in the fence, what
// is only just outside may keep it.
func (k *step) findThings(f fence, anyOpen bool) []find {
	var finds []find
	for _, obj := range k.objects {
		spot := spotOf(obj)
		begins := obj.isOne(f.rule.Subjects)
		inside := f.contains(spot)
		if !begins && !obj.isOne(f.rule.Keeps) {
			if inside {
				k.stopObject(f, obj, GateClass, 0, 0)
			}
			continue
		}
		if !inside && (!anyOpen || f.leaves(spot)) {
			k.stopObject(f, obj, GateOutside, 0, 0)
			continue
		}
		if !k.usable(f, obj) {
			continue
		}
		finds = append(finds, find{obj: obj, spot: spot, begins: begins && inside})
	}
	return finds
}

// notMoving are the finds that pass the gate of pace.
func (k *step) notMoving(f fence, finds []find) (standing []find) {
	for _, found := range finds {
		if k.paceOf(found.obj) == paceMoves {
			k.stopObject(f, found.obj, GateMoving, 0, 0)
			continue
		}
		standing = append(standing, found)
	}
	return standing
}

// usable reports whether an object is large and sure enough for the fence's rule.
func (k *step) usable(f fence, obj Object) bool {
	value, limit := obj.Box.H, f.th.MinHeight
	switch {
	case obj.Class == ClassChange && obj.AreaM2 > 0:
		value, limit = obj.AreaM2, f.th.MinAreaM2
	case obj.Class == ClassChange:
		value, limit = obj.Box.Area(), f.th.MinArea
	case obj.Class != ClassPerson && obj.Class != ClassVehicle && f.rule.weight(obj) > 0:
		limit = 0 // Goods may be small.
	}
	if value < limit {
		k.stopObject(f, obj, GateSize, value, limit)
		return false
	}
	if obj.Class != ClassChange && obj.Score < f.th.MinScore {
		k.stopObject(f, obj, GateScore, obj.Score, f.th.MinScore)
		return false
	}
	return true
}

// assign gives each find to the occupancy whose spot it is, nearest pairs first, one to one. It returns find → position in
// open.
func (k *step) assign(f fence, open []int, finds []find) map[int]int {
	type pair struct {
		find, at int
		cost     float64
	}
	var pairs []pair
	for i := range finds {
		for at, index := range open {
			if cost := k.spotCost(f.th, &k.Occupancies[index], finds[i]); cost <= 1 {
				pairs = append(pairs, pair{i, at, cost})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.at, b.at), cmp.Compare(a.find, b.find))
	})
	taken, fed := map[int]int{}, map[int]bool{}
	for _, p := range pairs {
		if _, ok := taken[p.find]; !ok && !fed[p.at] {
			taken[p.find], fed[p.at] = p.at, true
		}
	}
	return taken
}

// spotCost is 0 for the very spot of the occupancy and 1 at the limit of what is the same spot: so many metres (or sizes)
// away, or boxes that share so much. Far from the camera a metre is less than a pixel, and there the boxes decide.
func (k *step) spotCost(th Thresholds, occ *Occupancy, found find) float64 {
	if found.obj.Class == ClassChange && occ.Class != ClassChange {
		return math.Inf(1) // What is left where a car stood is not the car.
	}
	cost := occ.Spot.apart(found.spot, th)
	if occ.ViewID != k.o.ViewID {
		return cost // Boxes of two poses cannot be compared.
	}
	for _, box := range []Box{occ.Spot.Box, occ.Box} {
		if iou := box.overlap(found.obj.Box); iou >= th.MatchIoU && th.MatchIoU < 1 {
			cost = min(cost, (1-iou)/(1-th.MatchIoU))
		}
	}
	if found.obj.Class == ClassChange && slices.Contains(occ.Tracks, found.obj.Track) && occ.Box.shared(found.obj.Box) > 0 {
		cost = 0 // A change keeps its track while it grows.
	}
	return cost
}

// apart is the distance of two spots, 1 at the limit of what is the same spot.
func (s Spot) apart(t Spot, th Thresholds) float64 {
	if s.Grounded && t.Grounded {
		return geo.DistanceM(s.Position, t.Position) / th.MatchM
	}
	return planarDistance(s.Foot, t.Foot) / (th.MatchSize * max(s.Box.size(), t.Box.size(), 1e-9))
}

const (
	sameIoU   = 0.7 // Boxes of one frame that share so much are one thing, found twice.
	sameCover = 0.7 // So is a change that lies so far under something else.
)

// isDuplicate reports whether a find that fits no occupancy's spot is only another view of one that was fed or has begun
// in this very frame.
func (k *step) isDuplicate(f fence, open []int, found find) bool {
	for _, index := range open {
		occ := &k.Occupancies[index]
		if occ.ViewID != k.o.ViewID {
			continue
		}
		under := found.obj.Class == ClassChange && found.obj.Box.covered(occ.Box) >= sameCover
		if occ.Spot.apart(found.spot, f.th) <= 1 || occ.Box.overlap(found.obj.Box) >= sameIoU || under {
			t := traceOf(f, found.obj, GateDuplicate, 0, 0)
			t.Occupancy = occ.ID
			k.stop(t)
			return true
		}
	}
	return false
}

// isHidden reports whether other things stand before the spot: their feet lower in the frame, their boxes over its box.
// A stall's own goods do not hide it, nor do a group's own members. A change at the spot of something that had a name leaves the question open, too: it
// may be the thing, not recognised for a moment, or only the ground where it stood.
func (k *step) isHidden(occ *Occupancy, f fence) bool {
	box, covered := occ.Spot.Box, 0.0
	for _, obj := range k.objects {
		switch {
		case obj.Class == ClassChange && occ.Class != ClassChange && f.rule.Scene == SceneStanding:
			if occ.Spot.apart(spotOf(obj), f.th) <= 1 || obj.Box.covered(box) >= sameCover {
				return true
			}
		case obj.Class == ClassChange || f.rule.weight(obj) > 0:
		case f.rule.Scene == SceneGroup && obj.isOne(f.rule.Subjects):
		case occ.Spot.apart(spotOf(obj), f.th) <= 1 && f.leaves(spotOf(obj)): // Itself, perhaps: it went out of the fence.
		case obj.Box.Y+obj.Box.H >= box.Y+box.H:
			covered += box.covered(obj.Box)
		}
	}
	return covered >= f.th.HiddenShare
}

// isAttended reports whether somebody is with a heap: a person who stays, a vehicle that does not pass, or who stood there and
// is only just leaving.
func (k *step) isAttended(occ *Occupancy, th Thresholds) bool {
	for _, obj := range k.objects {
		if obj.Class != ClassPerson && obj.Class != ClassVehicle || obj.Score < th.MinScore {
			continue
		}
		pace := k.paceOf(obj)
		passes := pace == paceMoves || obj.Class == ClassPerson && pace != paceStays
		if passes && !k.stoodNear(obj.Track, occ.Spot, th) {
			continue
		}
		if near(spotOf(obj), occ.Spot, th.NearM, th.NearSize*obj.Box.size()) || occ.Box.covered(obj.Box) >= 0.5 {
			return true
		}
	}
	return false
}

// stoodNear reports whether a tracked thing stood near a spot not longer than witness_s ago.
func (k *step) stoodNear(id int64, spot Spot, th Thresholds) bool {
	i := slices.IndexFunc(k.Tracks, func(t Track) bool { return t.ID == id })
	return i >= 0 && id != 0 && slices.ContainsFunc(k.Tracks[i].Stood, func(s Stood) bool { return k.wasWith(s, spot, th) })
}
