package vision

import "time"

// Gate is one question that a candidate must pass on its way to an alert.
type Gate string

const (
	GateLate       Gate = "late"       // The observation is older than the state.
	GateClock      Gate = "clock"      // The clock was set back; the state followed it.
	GateUnfit      Gate = "unfit"      // The frame may neither raise nor clear.
	GateGround     Gate = "ground"     // A fence on the map cannot be used in a view without calibration.
	GateRule       Gate = "rule"       // The fence names a rule that does not exist.
	GateThresholds Gate = "thresholds" // A threshold of the fence is unknown or out of range, and was left out.
	GateSane       Gate = "sane"       // The object's numbers cannot be meant.
	GatePlace      Gate = "place"      // The rule is for cameras at another class of place.
	GateClass      Gate = "class"
	GateScore      Gate = "score"
	GateSize       Gate = "size"
	GateOutside    Gate = "outside"
	GateMoving     Gate = "moving"
	GateCarried    Gate = "carried"   // Goods in somebody's hand.
	GateDuplicate  Gate = "duplicate" // The same thing, found twice in one frame.
	GateFull       Gate = "full"      // The camera follows as many occupancies as it can.
	GateEnter      Gate = "enter"     // The enter delay.
	GateShare      Gate = "share"     // Seen in too few looks to be a stay.
	GateGap        Gate = "gap"       // Gone for longer than the grace, or nobody looked for too long.
	GateLeave      Gate = "leave"     // The leave delay.
	GateHidden     Gate = "hidden"    // Something stands before the spot.
	GateDwell      Gate = "dwell"
	GateHours      Gate = "hours"
	GatePermit     Gate = "permit"
	GateLicence    Gate = "licence"  // Nobody near holds a permit that a rule of licensed stalls asks for.
	GatePeople     Gate = "people"   // No staying people with the goods.
	GateGoods      Gate = "goods"    // People, but no goods.
	GateAttended   Gate = "attended" // People or vehicles are still with the heap.
	GateCount      Gate = "count"    // Fewer than the rule asks for.
	GateHeading    Gate = "heading"  // It goes the right way, or its way is not known yet.
	GateCompany    Gate = "company"  // Somebody is with it.
	GateSecondLook Gate = "second_look"
	GateCity       Gate = "city" // The fence or its rule was edited or removed.
	GateEscalate   Gate = "escalate"
	GateMute       Gate = "mute" // People are not told (any more); not the kernel's to say: whoever shows a trace adds it.
)

// Where says on which side of its fence a candidate's spot lies.
type Where string

const (
	Inside  Where = "inside"
	Outside Where = "outside"
)

// Trace says which gate stopped or advanced one candidate at one step: the answer to "why" and to "why not". A trace of
// the frame itself (late, clock, unfit) or of a fence (rule, thresholds, ground) knows no candidate.
type Trace struct {
	At        time.Time `json:"at"`
	Gate      Gate      `json:"gate"`
	Passed    bool      `json:"passed"`
	FenceID   string    `json:"fence,omitempty"`
	Rule      string    `json:"rule,omitempty"`
	Occupancy string    `json:"occupancy,omitempty"` // Empty for an object that never became one; that of a duplicate is the one it repeats.
	Class     string    `json:"class,omitempty"`
	Track     int64     `json:"track,omitempty"` // The last one, of an occupancy.
	Score     float64   `json:"score,omitempty"`
	Box       Box       `json:"box,omitzero"`
	WidthM    float64   `json:"width_m,omitempty"` // Length of the box's lower edge on the ground, where that is known.
	Where     Where     `json:"where,omitempty"`
	DwellS    float64   `json:"dwell_s,omitempty"` // Of an occupancy, so far.
	Permit    string    `json:"permit,omitempty"`  // Of an occupancy that dwells: the permit that was checked.
	Hours     string    `json:"hours,omitempty"`   // The same of its fence's hours.
	Value     float64   `json:"value,omitempty"`
	Limit     float64   `json:"limit,omitempty"`
	Unit      string    `json:"unit,omitempty"` // Of Value and Limit, as Threshold.Unit.
	Note      string    `json:"note,omitempty"`
}

// unitOf is what a gate measures in, where it always measures in the same.
var unitOf = map[Gate]string{
	GateLate: "s", GateClock: "s", GateScore: "share", GateEnter: "s", GateShare: "share", GateGap: "s", GateLeave: "s",
	GateHidden: "s", GateDwell: "s", GateHours: "s", GatePermit: "s", GatePeople: "people",
	GateAttended: "s", GateEscalate: "s",
}

// stop adds a trace of this step.
func (k *step) stop(t Trace) {
	t.At = k.o.At
	if t.Unit == "" && (t.Value != 0 || t.Limit != 0) {
		t.Unit = unitOf[t.Gate]
	}
	k.traces = append(k.traces, t)
}

// stopObject says which gate stopped an object that is no occupancy.
func (k *step) stopObject(f fence, obj Object, gate Gate, value, limit float64) {
	k.stop(traceOf(f, obj, gate, value, limit))
}

func traceOf(f fence, obj Object, gate Gate, value, limit float64) Trace {
	t := Trace{
		Gate: gate, FenceID: f.ID, Rule: f.rule.Key, Class: obj.Class, Track: obj.Track, Score: obj.Score, Box: obj.Box,
		WidthM: obj.WidthM, Where: f.where(spotOf(obj)), Value: value, Limit: limit,
	}
	if gate == GateSize {
		if t.Unit = "share"; obj.Class == ClassChange && obj.AreaM2 > 0 {
			t.Unit = "m²"
		}
	}
	return t
}

func (k *step) stopped(occ *Occupancy, gate Gate, value, limit float64, note string) {
	k.tracedAt(occ, Trace{Gate: gate, Value: value, Limit: limit, Note: note})
}

func (k *step) passed(occ *Occupancy, gate Gate, value, limit float64) {
	k.tracedAt(occ, Trace{Gate: gate, Passed: true, Value: value, Limit: limit})
}

// tracedAt completes a trace with what is known of an occupancy.
func (k *step) tracedAt(occ *Occupancy, t Trace) {
	t.FenceID, t.Rule, t.Occupancy, t.Class = occ.FenceID, occ.Rule, occ.ID, occ.Class
	t.Score, t.Box, t.WidthM, t.DwellS = occ.Score, occ.Box, occ.Spot.WidthM, occ.DwellS()
	if n := len(occ.Tracks); n > 0 {
		t.Track = occ.Tracks[n-1]
	}
	if f, ok := k.fence(occ.FenceID); ok {
		t.Where = f.where(occ.Spot)
		if occ.Phase == PhaseDwelling || t.Gate == GateDwell {
			_, t.Permit = k.permit(occ)
			t.Hours = k.hours(f)
		}
	}
	k.stop(t)
}

// hours says which window of the fence's hours is open now.
func (k *step) hours(f fence) string {
	if window, open := f.Hours.Window(k.o.At, k.city.Zone); open {
		return window.String()
	}
	return "outside its hours"
}

func (f fence) where(s Spot) Where {
	if f.contains(s) {
		return Inside
	}
	return Outside
}
