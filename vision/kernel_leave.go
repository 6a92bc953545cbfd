package vision

import (
	"cmp"
	"slices"
)

// A vehicle that was seen to drive off is gone, and one that was seen to come is another: a queue at a light, and one bus
// after another, are many short stays and no long one. Neither is told by an id, because a tracker may give one thing's id
// to another that passes it: the way between the spot and elsewhere has to have been seen, without a leap, and the spot
// has to have been seen without any such thing for vacant_s. Elsewhere is where its box would share nothing with the spot's.

// isVacant reports whether nothing that the rule is about shows at the spot, whatever its score or pace.
func (k *step) isVacant(occ *Occupancy, f fence) bool {
	if f.rule.Scene != SceneStanding || occ.Class == ClassChange {
		return false
	}
	return !slices.ContainsFunc(k.objects, func(obj Object) bool {
		if !slices.Contains(f.rule.Subjects, obj.Class) && !slices.Contains(f.rule.Keeps, obj.Class) {
			return false
		}
		return occ.Spot.apart(spotOf(obj), f.th) <= 1 || occ.Spot.Box.overlap(obj.Box) >= f.th.MatchIoU
	})
}

// hasLeft reports whether the thing of a vacant spot went from there to where it is seen now.
func (k *step) hasLeft(occ *Occupancy, f fence) bool {
	if occ.VacantS < f.th.VacantS || len(occ.Tracks) == 0 {
		return false
	}
	last := occ.Tracks[len(occ.Tracks)-1]
	return slices.ContainsFunc(k.objects, func(obj Object) bool {
		return obj.Track == last && obj.Class != ClassChange && occ.Spot.isElsewhere(spotOf(obj), f.th) && k.track(last).wasAt(occ.Spot, f.th)
	})
}

// wasAt reports whether the thing was at a spot, and its way from there to where it is now is known.
func (t *Track) wasAt(spot Spot, th Thresholds) bool {
	return slices.ContainsFunc(t.Stood, func(s Stood) bool { return !s.Until.Before(t.From.At) && spot.apart(s.Spot, th) <= 1 }) ||
		slices.ContainsFunc(t.Path, func(p Footprint) bool { return spot.apart(p.spot(), th) <= 1 })
}

// isAnother reports whether what is found at a spot that was vacant went there from elsewhere.
func (k *step) isAnother(occ *Occupancy, f fence, found find) bool {
	if occ.Told != "" || occ.VacantS < f.th.VacantS || found.obj.Class == ClassChange || slices.Contains(occ.Tracks, found.obj.Track) {
		return false
	}
	i, ok := slices.BinarySearchFunc(k.Tracks, found.obj.Track, func(t Track, id int64) int { return cmp.Compare(t.ID, id) })
	return ok && occ.Spot.isElsewhere(k.Tracks[i].From.spot(), f.th)
}

// isElsewhere reports whether what stands at t cannot be taken for what stood at s.
func (s Spot) isElsewhere(t Spot, th Thresholds) bool {
	return s.apart(t, th) > 1 && s.Box.shared(t.Box) == 0
}

// spot is the place of a footprint.
func (p Footprint) spot() Spot {
	half := p.Size / 2
	return Spot{Foot: p.Foot, Box: Box{X: p.Foot[0] - half, Y: p.Foot[1] - p.Size, W: p.Size, H: p.Size}, Grounded: p.Grounded, Position: p.Position}
}

// replaced begins the stay at a spot anew with what is found there now.
func (k *step) replaced(f fence, index int, found find) bool {
	old := k.Occupancies[index]
	fresh, ok := k.begin(f, found, k.o.At)
	if !ok {
		return false
	}
	k.stopped(&old, GateGap, old.VacantS, f.th.VacantS, "another came")
	k.Occupancies[index] = k.Occupancies[fresh]
	k.Occupancies = k.Occupancies[:fresh]
	return true
}
