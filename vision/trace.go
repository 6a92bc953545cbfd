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
	GatePeople     Gate = "people"   // No staying people with the goods.
	GateGoods      Gate = "goods"    // People, but no goods.
	GateAttended   Gate = "attended" // People or vehicles are still with the heap.
	GateCity       Gate = "city"     // The fence or its rule was edited or removed.
	GateEscalate   Gate = "escalate"
)

// Trace says which gate stopped or advanced one candidate at one step: the answer to "why" and to "why not".
type Trace struct {
	At        time.Time `json:"at"`
	Gate      Gate      `json:"gate"`
	Passed    bool      `json:"passed"`
	FenceID   string    `json:"fence,omitempty"`
	Rule      string    `json:"rule,omitempty"`
	Occupancy string    `json:"occupancy,omitempty"` // Empty for an object that never became one.
	Class     string    `json:"class,omitempty"`
	Track     int64     `json:"track,omitempty"`
	Value     float64   `json:"value,omitempty"`
	Limit     float64   `json:"limit,omitempty"`
	Note      string    `json:"note,omitempty"`
}
