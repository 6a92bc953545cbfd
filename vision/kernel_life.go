package vision

// presence is what a fit frame says of one occupancy. Nothing of it means that the spot was seen empty.
type presence struct {
	seen   bool
	goods  bool // A stall's goods themselves were seen,
	memory bool // or seen says so only because they were not long ago.
	hidden bool // Something stands before the spot: nobody can say.
	vacant bool // The open spot shows nothing of what the rule is about.
}

// live takes an occupancy through one fit look. It reports false when the occupancy is over.
func (k *step) live(occ *Occupancy, f fence, p presence) bool {
	watched := min(k.o.At.Sub(k.At).Seconds(), f.th.LookS)
	occ.FenceName, occ.Matter = f.Name, f.rule.Matter
	if occ.LastLook = k.o.At; p.seen {
		occ.seen(k.o, p.memory)
	} else if p.hidden && occ.HiddenS+watched <= f.th.HiddenS {
		occ.HiddenS += watched
		k.stopped(occ, GateHidden, occ.HiddenS, f.th.HiddenS, "")
		return true
	} else {
		occ.AbsentS += watched
	}
	if !p.hidden {
		occ.HiddenS = 0
	}
	if p.vacant {
		occ.VacantS += watched
	}
	occ.count(k.o.At, watched, seconds(f.th.ShareS), p.seen, p.goods)
	if occ.Told != "" {
		return k.liveTold(occ, f, p)
	}
	return k.liveUntold(occ, f, p)
}

// seen notes a look that confirmed the occupancy. Only what is really seen ends an absence; from memory it stands still.
func (occ *Occupancy) seen(o Observation, memory bool) {
	occ.LastSeen, occ.Model = o.At, o.Model
	occ.HiddenS, occ.VacantS = 0, 0
	if !memory {
		occ.AbsentS = 0
	}
	occ.Frames++
}

// liveUntold takes an occupancy that nobody was told of one phase further at most, so that each phase is saved before
// the next one speaks.
func (k *step) liveUntold(occ *Occupancy, f fence, p presence) bool {
	th, dwell := f.th, k.o.At.Sub(occ.Since).Seconds()
	grace, gate := th.GapS, GateGap
	if occ.Phase == PhaseCandidate {
		grace, gate = th.EnterS, GateEnter
	}
	if !p.seen && occ.AbsentS >= grace {
		k.stopped(occ, gate, occ.AbsentS, grace, "gone")
		return false
	}
	if p.vacant && k.hasLeft(occ, f) {
		k.stopped(occ, gate, occ.VacantS, th.VacantS, "seen elsewhere")
		return false
	}
	share, goods := occ.share()
	if occ.watchedFor() >= coversWindow*th.ShareS && share < th.MinShare {
		k.stopped(occ, GateShare, share, th.MinShare, "not a stay")
		return false
	}
	if !p.seen {
		return true
	}
	if occ.Phase == PhaseCandidate {
		switch {
		case dwell < th.EnterS:
			k.stopped(occ, GateEnter, dwell, th.EnterS, "")
		case share < th.MinShare:
			k.stopped(occ, GateShare, share, th.MinShare, "")
		default:
			occ.Phase = PhaseDwelling
			k.passed(occ, GateEnter, dwell, th.EnterS)
		}
		return true
	}
	_, open := f.Hours.Window(k.o.At, k.city.Zone)
	permit, permitWord := k.permit(occ)
	licence, licenceWord := k.licence(occ, f)
	switch alone := k.o.At.Sub(occ.AttendedAt).Seconds(); {
	case dwell < th.RaiseS:
		k.stopped(occ, GateDwell, dwell, th.RaiseS, "")
	case share < th.MinShare:
		k.stopped(occ, GateShare, share, th.MinShare, "")
	case f.rule.Scene == SceneStall && goods < th.GoodsShare:
		k.stopped(occ, GateGoods, goods, th.GoodsShare, "")
	case f.rule.Scene == SceneHeap && !occ.AttendedAt.IsZero() && alone < th.AloneS:
		k.stopped(occ, GateAttended, alone, th.AloneS, "")
	case !open:
		k.stopped(occ, GateHours, dwell, th.RaiseS, "")
	case permit != nil:
		k.stopped(occ, GatePermit, dwell, th.RaiseS, permitWord)
	case !licence:
		k.stopped(occ, GateLicence, dwell, th.RaiseS, licenceWord)
	default:
		occ.Phase = PhaseRaised
		k.passed(occ, GateDwell, dwell, th.RaiseS)
		k.tell(occ, f, Raised, "")
	}
	return true
}

// liveTold takes a raised or escalated occupancy on until its place is clear. The hours may end meanwhile: it lives until
// clear, but is not escalated outside them.
func (k *step) liveTold(occ *Occupancy, f fence, p presence) bool {
	th := f.th
	if !p.seen {
		switch {
		case occ.AbsentS >= th.GapS+th.LeaveS:
			k.tell(occ, f, Cleared, "gone")
			return false
		case occ.AbsentS >= th.GapS:
			occ.Phase = PhaseClearing
			k.stopped(occ, GateLeave, occ.AbsentS-th.GapS, th.LeaveS, "")
		}
		return true
	}
	occ.Phase = PhaseRaised
	if occ.Told == Escalated {
		occ.Phase = PhaseEscalated
		return true
	}
	dwell := k.o.At.Sub(occ.Since).Seconds()
	_, open := f.Hours.Window(k.o.At, k.city.Zone)
	switch {
	case dwell < th.EscalateS:
		k.stopped(occ, GateEscalate, dwell, th.EscalateS, "")
	case !open:
		k.stopped(occ, GateHours, dwell, th.EscalateS, "")
	default:
		occ.Phase = PhaseEscalated
		k.passed(occ, GateEscalate, dwell, th.EscalateS)
		k.tell(occ, f, Escalated, "")
	}
	return true
}

// tell makes a sighting. f is the zero fence when it, or its rule, was removed: the occupancy knows what still has to be
// said, and thresholds and hours are not told, because none are in force.
func (k *step) tell(occ *Occupancy, f fence, kind Kind, ended string) {
	occ.Told = kind
	hours, inForce := "", map[string]float64{}
	if f.ID != "" {
		hours, inForce = k.hours(f), f.th.inForce(f.rule.Scene, k.city.Rules.Pace)
	}
	_, permit := k.permit(occ)
	if _, word := k.licence(occ, f); word != "" {
		permit = word
	}
	s := Sighting{
		Key: occ.ID + "/" + string(kind), Kind: kind, Occupancy: occ.ID,
		CameraID: k.city.Camera.ID, ViewID: occ.ViewID,
		FenceID: occ.FenceID, FenceName: occ.FenceName, Rule: occ.Rule, Matter: occ.Matter,
		Since: occ.Since, At: k.o.At,
		Position: k.city.Camera.Position,
		Box:      occ.Box, Class: occ.Class, Score: occ.Score, DwellS: occ.DwellS(),
		Composed: k.city.Camera.Composed,
		Why: Why{
			Rule: occ.Rule, RuleVersion: k.city.Rules.Version,
			Thresholds: inForce, Overridden: f.overridden,
			DwellS: occ.DwellS(), Tracks: append([]int64{}, occ.Tracks...), People: occ.People, Count: occ.Count, Witness: occ.Witness,
			Permit: permit, Hours: hours, Model: occ.Model, Frames: occ.Frames, Ended: ended,
		},
	}
	for _, g := range occ.Goods {
		s.Why.Goods = append(s.Why.Goods, g.Class)
	}
	if occ.Spot.Grounded {
		s.Grounded, s.Position, s.SigmaM = true, occ.Spot.Position, occ.Spot.SigmaM
	} else {
		s.Area = f.Area.Clone()
	}
	k.sightings = append(k.sightings, s)
}
