// Package vision is what the cameras see: frames, detections, tracks, ground positions, and the rule kernel that turns
// them into sightings. It knows no database and no picture library; vision/capture and vision/infer bring those.
package vision

import (
	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// Camera is one watched source (摄像机).
type Camera struct {
	ID         string
	Name       string
	Position   orb.Point
	PlaceClass string
	Source     Source
	FPS        float64 // Frames a second that are looked at; 0 takes the default of 2.
	Composed   bool    // The scene is composed: every screen that shows it says so.
	View       View    // The pose that the frame shows.
	Views      []View  // All poses that it is known by (预置位); empty where View is the only one.
}

// Source says where frames come from.
type Source struct {
	URL  string // rtsp://, http(s)://, a video file or a folder of pictures.
	Loop bool   // A file or folder begins again at its end.
	Fast bool   // A file or folder is read as fast as it goes instead of at its own clock.
	// Substream is a smaller stream of the same picture. While it can be had it is decoded in place of URL: it is what is
	// looked at, and what the evidence is cut from.
	Substream string
	Decode    Decode
}

// Decode says which frames of a stream are decoded.
type Decode string

const (
	DecodeAuto      Decode = ""          // Key frames alone where the stream brings enough of them, else all.
	DecodeKeyFrames Decode = "keyframes" // Key frames alone, however few.
	DecodeAll       Decode = "all"       // All, of which those that are wanted are taken.
)

// Valid reports whether d is one of the three.
func (d Decode) Valid() bool { return d == DecodeAuto || d == DecodeKeyFrames || d == DecodeAll }

// View is one pose of a camera (预置位). Calibration and frame fences belong to it.
type View struct {
	ID     string
	Pairs  []geo.Pair
	Ground *geo.Ground // Nil when the view is not calibrated.
	// Reference is the SHA-256 of the picture that shows the view as it shall be; empty until one is learned or accepted.
	Reference string
	// Masks are outlines in normalised frame coordinates (隐私遮挡). What lies inside is black before anything else sees
	// the frame.
	Masks []orb.Ring
}
