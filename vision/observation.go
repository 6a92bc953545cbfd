package vision

import (
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// Object is one detection with its place: normalised foot point in the frame and, in a calibrated view, the ground.
type Object struct {
	Class    string    `json:"class"`
	Label    string    `json:"label,omitempty"` // What the detector calls it, where Class is a merged one.
	Track    int64     `json:"track"`
	Score    float64   `json:"score"`
	Box      Box       `json:"box"`
	Foot     orb.Point `json:"foot"`              // Bottom centre of the box, normalised.
	Grounded bool      `json:"grounded"`          // Position and SigmaM hold.
	Position orb.Point `json:"position,omitzero"` // Longitude, latitude.
	SigmaM   float64   `json:"sigma_m,omitempty"` // One standard deviation, metres.
	WidthM   float64   `json:"width_m,omitempty"` // Length of the box's lower edge on the ground.
	AreaM2   float64   `json:"area_m2,omitempty"` // Ground that a thing of this box covers at most, taken as no deeper than wide.
	Since    time.Time `json:"since,omitzero"`    // When it came to lie there; zero where nobody can say.
}

// Observation is what one frame showed (观测). At is the frame's own time; the kernel knows no other clock.
type Observation struct {
	CameraID string    `json:"camera"`
	ViewID   string    `json:"view"`
	Seq      uint64    `json:"seq"`
	At       time.Time `json:"at"`
	Objects  []Object  `json:"objects"`
	Model    string    `json:"model"`           // Fingerprint of the detector.
	Unfit    string    `json:"unfit,omitempty"` // Why this frame may neither raise nor clear, one of Unfits; empty when it is fit.
	Quality  Quality   `json:"quality,omitzero"`
}

// Validate returns the first number that cannot be meant.
func (o Object) Validate() error {
	if o.Class == "" {
		return geo.Invalid("class", "is missing")
	}
	if !(o.Score >= 0 && o.Score <= 1) { // Also refuses NaN, as below.
		return geo.Invalid("score", "must be 0 to 1 (got %v)", o.Score)
	}
	b := o.Box
	for _, v := range []float64{b.X, b.Y, b.X + b.W, b.Y + b.H, o.Foot[0], o.Foot[1]} {
		if !(v >= -1 && v <= 2) {
			return geo.Invalid("box", "must lie in or beside the frame, 0 to 1 (got %v)", b)
		}
	}
	if b.W <= 0 || b.H <= 0 {
		return geo.Invalid("box", "must have a size (got %v)", b)
	}
	for _, v := range []float64{o.SigmaM, o.WidthM, o.AreaM2} {
		if !(v >= 0 && v <= 1e9) {
			return geo.Invalid("sigma_m, width_m, area_m2", "must be 0 or more (got %v)", v)
		}
	}
	if !o.Grounded {
		return nil
	}
	if !(o.Position[0] >= -180 && o.Position[0] <= 180 && o.Position[1] >= -90 && o.Position[1] <= 90) {
		return geo.Invalid("position", "must be longitude, latitude (got %v)", o.Position)
	}
	return nil
}
