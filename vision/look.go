package vision

import (
	"errors"
	"image"
	"time"
)

// Look is one frame as people see it: a JPEG, masks black.
type Look struct {
	JPEG []byte
	At   time.Time
	Size image.Point
}

// Stream is one of a camera's two addresses.
type Stream string

const (
	StreamMain Stream = "source"
	StreamSub  Stream = "substream"
)

// Decoded is what is decoded of a camera: which of its streams, and how large its frames come.
type Decoded struct {
	Stream Stream
	Size   image.Point
}

// Trial is what a source turned out to be when it was tried.
type Trial struct {
	Look   Look
	Codec  string  // As ffmpeg names it, "h264"; "jpeg" for single pictures; empty where it could not be told.
	FPS    float64 // Of the source itself; 0 where it says none.
	Width  int     // Of the source itself; the look may be smaller.
	Height int
}

// ErrNoPassthrough says that a camera's stream cannot be handed on as the camera made it; what wraps it says why. Its
// frames can still be looked at.
var ErrNoPassthrough = errors.New("the stream cannot be handed on as it is")
