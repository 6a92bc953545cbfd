// Package capture turns cameras into frames: video files, folders of pictures, HTTP (MJPEG and snapshots) and RTSP. It
// also draws the evidence pictures and finds lasting changes of the ground. It is the only package that knows gocv.
package capture

import (
	"context"
	"errors"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
)

// ErrBadFrame says that one picture of a source could not be decoded; the next one may be good.
var ErrBadFrame = errors.New("capture: bad frame")

// MaxWidth is the widest frame that a Reader hands out, in pixels; wider pictures are scaled down with their aspect kept.
const MaxWidth = 768

const (
	defaultFPS = 2
	maxFPS     = 60
)

// Reader hands out the sampled frames of one open source. Not safe for two goroutines.
type Reader interface {
	// Next waits for the next frame, which the caller owns. Its time never runs backwards. io.EOF is the clean end of a
	// file or folder that is read once; after an error that wraps ErrBadFrame the reader may be asked again; after any
	// other error it is of no more use.
	Next(ctx context.Context) (vision.Frame, error)
	// Close gives back the connection, process and memory of the source. Closing twice is harmless.
	Close() error
}

// Options are the parts of opening a source that rarely differ. The zero value takes the defaults.
type Options struct {
	Start time.Time     // Capture time of the first picture of a file or folder; the time of opening by default.
	Stall time.Duration // A live source that brings no whole picture for so long is given up; 15 s by default.
}

func (o Options) withDefaults() Options {
	if o.Start.IsZero() {
		o.Start = time.Now()
	}
	if o.Stall <= 0 {
		o.Stall = 15 * time.Second
	}
	return o
}

// Open opens the source of cam.
func Open(ctx context.Context, cam vision.Camera) (Reader, error) {
	return OpenWith(ctx, cam, Options{})
}

// OpenWith opens the source of cam. No error that it or the Reader returns carries the password of the source's URL.
func OpenWith(ctx context.Context, cam vision.Camera, o Options) (Reader, error) {
	address, err := parseAddress(cam.Source.URL)
	if err != nil {
		return nil, err
	}
	if cam.FPS < 0 || cam.FPS > maxFPS || cam.FPS != cam.FPS {
		return nil, geo.Invalid("camera.fps", "must lie between 0 and %d, not %v", maxFPS, cam.FPS)
	}
	if !cam.Source.Decode.Valid() {
		return nil, geo.Invalid("source.decode", "must be %s or %s, or empty, not %q", vision.DecodeKeyFrames, vision.DecodeAll, cam.Source.Decode)
	}
	if cam.FPS == 0 {
		cam.FPS = defaultFPS
	}
	o = o.withDefaults()
	switch address.kind {
	case kindFile:
		return openFile(cam, address.path, o)
	case kindFolder:
		return openFolder(cam, address.path, o)
	}
	open := openRTSP
	if address.kind == kindHTTP {
		open = openHTTP
	}
	if every := interval(cam.FPS); every >= LongInterval {
		return &visits{every: every, open: func(ctx context.Context) (Reader, error) { return open(ctx, cam, address, o) }}, nil
	}
	return open(ctx, cam, address, o)
}

// interval is the time between two sampled frames.
func interval(fps float64) time.Duration { return time.Duration(float64(time.Second) / fps) }
