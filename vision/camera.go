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
	View       View
}

// Source says where frames come from.
type Source struct {
	URL  string // rtsp://, http(s)://, a video file or a folder of pictures.
	Loop bool   // A file or folder begins again at its end.
	Fast bool   // A file or folder is read as fast as it goes instead of at its own clock.
}

// View is one pose of a camera (预置位). Calibration and frame fences belong to it.
type View struct {
	ID     string
	Pairs  []geo.Pair
	Ground *geo.Ground // Nil when the view is not calibrated.
}
