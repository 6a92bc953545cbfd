package vision

import (
	"time"

	"github.com/paulmach/orb"
)

// Kind says what the kernel tells of an occupancy.
type Kind string

const (
	Raised    Kind = "raised"
	Escalated Kind = "escalated"
	Cleared   Kind = "cleared"
)

// Sighting is what the kernel says (线索). It is complete by itself: whoever reads one needs no earlier one.
type Sighting struct {
	Key       string      `json:"key"` // Occupancy + "/" + Kind: the same sighting always has the same key.
	Kind      Kind        `json:"kind"`
	Occupancy string      `json:"occupancy"` // Deterministic id of fence × rule × spot × beginning.
	CameraID  string      `json:"camera"`
	ViewID    string      `json:"view"`
	FenceID   string      `json:"fence"`
	FenceName string      `json:"fence_name"`
	Rule      string      `json:"rule"`
	Matter    string      `json:"matter"`   // National code, five digits (GB/T 47678.5-2026).
	Since     time.Time   `json:"since"`    // When the thing came.
	At        time.Time   `json:"at"`       // Frame time of this sighting.
	Position  orb.Point   `json:"position"` // Longitude, latitude; the camera's own where the view is not calibrated.
	SigmaM    float64     `json:"sigma_m"`  // Metres; 0 where Grounded is false.
	Grounded  bool        `json:"grounded"`
	Area      orb.Polygon `json:"area,omitempty"` // The fence's ground: the alert's area where Grounded is false.
	Box       Box         `json:"box"`
	Class     string      `json:"class"`
	Score     float64     `json:"score"`
	DwellS    float64     `json:"dwell_s"`
	Composed  bool        `json:"composed"`
	Why       Why         `json:"why"`
	Evidence  []Evidence  `json:"evidence,omitempty"` // Filled by the pipeline, not by the kernel.
}

// Why is the reason that stands on every alert.
type Why struct {
	Rule        string             `json:"rule"`
	RuleVersion int                `json:"rule_version"`
	Thresholds  map[string]float64 `json:"thresholds"`           // Those in force, after the fence's own.
	Overridden  []string           `json:"overridden,omitempty"` // Keys that the fence replaced.
	DwellS      float64            `json:"dwell_s"`
	Tracks      []int64            `json:"tracks"` // Track ids that kept the spot occupied.
	People      int                `json:"people,omitempty"`
	Count       int                `json:"count,omitempty"`   // Things of a group or crowd, when it was last seen.
	Goods       []string           `json:"goods,omitempty"`   // Classes taken for goods.
	Witness     string             `json:"witness,omitempty"` // Who stood there when a debris change began: "vehicle", "person" or both.
	Permit      string             `json:"permit"`            // "none here", or the permit that was checked and why it did not apply.
	Hours       string             `json:"hours"`             // The window that was open, or "always".
	Model       string             `json:"model"`
	Frames      int                `json:"frames"`                // Observations that confirmed it.
	Ended       string             `json:"ended,omitempty"`       // Why it was cleared: "gone", or what was edited.
	SecondLook  *SecondLook        `json:"second_look,omitempty"` // Filled by the pipeline, where the rule asks for one.
}

// Evidence is one picture in the blob store.
type Evidence struct {
	Kind   string    `json:"kind"` // "begin", "now", "escalated" or "clear"; "photo" for an officer's.
	SHA256 string    `json:"sha256"`
	Bytes  int64     `json:"bytes"`
	At     time.Time `json:"at"`
}
