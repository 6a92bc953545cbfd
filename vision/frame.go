package vision

import (
	"image"
	"time"
)

// Image is decoded picture memory: 8-bit BGR, rows top to bottom without padding. It has one owner, who must Close it;
// giving it away gives that duty away. Not safe for two goroutines at once.
type Image interface {
	Size() image.Point
	BGR() []byte // Valid until Close.
	// Resized returns a new image of w×h pixels (plain bilinear, aspect not kept), which the caller owns.
	Resized(w, h int) (Image, error)
	Close() error
}

// Frame is one picture of a camera with its capture time.
type Frame struct {
	CameraID string
	Seq      uint64
	At       time.Time
	Image    Image
}

// Close gives the picture memory back.
func (f Frame) Close() error {
	if f.Image == nil {
		return nil
	}
	return f.Image.Close()
}

// Box is an axis-aligned rectangle in normalised frame coordinates, 0..1, y down.
type Box struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}
