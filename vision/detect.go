package vision

import (
	"context"
	"time"
)

// Classes that the kernel knows. A detector may report more; the kernel's rules name the ones they use.
const (
	ClassPerson  = "person"
	ClassVehicle = "vehicle" // car, truck and bus merged: a van is "truck" and "car" at once.
	ClassChange  = "change"  // A lasting change of the ground, from ChangeFinder.
)

// Detection is one box of one frame.
type Detection struct {
	Class string // A COCO name or a label of the city's own model, with vehicle classes merged to ClassVehicle.
	Label string // What the detector calls it, where Class is a merged one: "truck" of a vehicle.
	Score float64
	Box   Box
	Track int64     // 0 until a tracker gave it an id.
	Since time.Time // When it came to lie there; zero where nobody can say.
}

// Detector finds things in a picture. It is safe for many goroutines.
type Detector interface {
	Detect(ctx context.Context, img Image) ([]Detection, error)
	// Fingerprint names the model and begins with its SHA-256; it travels on every alert.
	Fingerprint() string
}

// ChangeFinder watches one view for lasting changes of the ground against a background learned over minutes. Not safe
// for two goroutines. Its detections have ClassChange, a stable Track while the thing lies there, and end when the
// ground looks again as before. They are reported late, once it is sure that they last, and say since when they lie there.
type ChangeFinder interface {
	// Find learns from img and returns the lasting changes that lie there now. Pixels inside movers (people and
	// vehicles of this frame) are never called a change.
	Find(img Image, at int64, movers []Box) ([]Detection, error)
	// Snapshot and Restore carry the background and the open changes over a restart. No bytes are the snapshot of a
	// finder that has learned nothing.
	Snapshot() ([]byte, error)
	Restore(data []byte) error
	Close() error
}
