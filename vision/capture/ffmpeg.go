package capture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

// rtspReader reads a camera through an ffmpeg process, which keeps what a camera can do to a decoder out of this one. The
// process samples, scales and writes one PPM a frame, so that the size travels with the pixels.
type rtspReader struct {
	cam     vision.Camera
	from    address
	stall   time.Duration
	program string
	seq     uint64

	keys   keyFrames
	child  *child // Nil before the first start.
	frames *bufio.Reader
	failed error
}

func openRTSP(ctx context.Context, cam vision.Camera, from address, o Options) (Reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return nil, errors.New("rtsp needs ffmpeg, which is not installed")
	}
	r := &rtspReader{cam: cam, from: from, stall: o.Stall, program: program,
		keys: keyFrames{decode: cam.Source.Decode, every: interval(cam.FPS)}}
	if err := r.adapt(); err != nil {
		return nil, err
	}
	return r, nil
}

// adapt starts the process, or starts it anew where another way of decoding is better now.
func (r *rtspReader) adapt() error {
	keysAlone, changed := r.keys.choose(time.Now())
	if !changed {
		return nil
	}
	if r.child != nil {
		r.child.end()
	}
	c, err := startChild(r.program, ffmpegArgs(liveInput, r.cam.FPS, keysAlone), ffmpegList(r.from, r.stall))
	if err != nil {
		return fmt.Errorf("ffmpeg: %w", err)
	}
	r.child, r.frames = c, bufio.NewReaderSize(c.stdout, 64<<10)
	return nil
}

// Next returns the next frame, with the time it arrived.
func (r *rtspReader) Next(ctx context.Context) (vision.Frame, error) {
	if r.failed != nil {
		return vision.Frame{}, r.failed
	}
	p, err := r.next(ctx)
	if err != nil {
		r.failed = r.explain(ctx, err)
		return vision.Frame{}, r.failed
	}
	r.seq++
	return vision.Frame{CameraID: r.cam.ID, Seq: r.seq, At: time.Now(), Image: p}, nil
}

func (r *rtspReader) next(ctx context.Context) (*picture, error) {
	for {
		if err := r.adapt(); err != nil {
			return nil, err
		}
		p, err := r.read(ctx)
		if err == nil {
			r.keys.came(time.Now())
			return p, nil
		}
		if ctx.Err() != nil || !errors.Is(err, os.ErrDeadlineExceeded) || !r.keys.missed() {
			return nil, err
		}
	}
}

// read waits for one picture.
func (r *rtspReader) read(ctx context.Context) (*picture, error) {
	r.child.stdout.SetReadDeadline(time.Now().Add(r.keys.patience(r.stall)))
	stop := context.AfterFunc(ctx, func() { r.child.stdout.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	return readPPM(r.frames)
}

// explain says why no frame came. The process is ended by it: half a picture may lie in the pipe.
func (r *rtspReader) explain(ctx context.Context, err error) error {
	r.child.end()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("no picture for %v", r.keys.patience(r.stall))
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("ffmpeg: %w", err)
	}
	said := r.child.said.String()
	for _, known := range []struct{ text, reason string }{
		{"401 Unauthorized", "401 unauthorised: wrong user or password"},
		{"403 Forbidden", "403 forbidden: this user may not watch"},
		{"404 Not Found", "404 not found: the camera has no such stream"},
		{"Connection refused", "connection refused"},
		{"No route to host", "no route to the camera"},
		{"Connection timed out", "connection timed out"},
		{"Name or service not known", "the camera's name is not known"},
	} {
		if strings.Contains(said, known.text) {
			return errors.New(known.reason)
		}
	}
	if said == "" {
		return errors.New("camera ended the stream")
	}
	return errors.New("camera's stream broke off: " + r.from.scrub(said))
}

// Close ends the process.
func (r *rtspReader) Close() error {
	if r.failed == nil {
		r.failed = errClosed
	}
	r.child.end()
	return nil
}

// readPPM reads one binary PPM of ffmpeg's making.
func readPPM(in *bufio.Reader) (*picture, error) {
	var w, h, depth int
	if _, err := in.Peek(1); err != nil {
		return nil, err // The end between two frames.
	}
	if n, err := fmt.Fscanf(in, "P6\n%d %d\n%d\n", &w, &h, &depth); err != nil || n != 3 || depth != 255 {
		return nil, fmt.Errorf("no PPM header: %w", err)
	}
	if err := checkSize(w, h); err != nil {
		return nil, err
	}
	p, err := newPicture(gocv.NewMatWithSize(h, w, gocv.MatTypeCV8UC3))
	if err != nil {
		return nil, err
	}
	if _, err = io.ReadFull(in, p.BGR()); err == nil {
		err = gocv.CvtColor(p.mat, &p.mat, gocv.ColorRGBToBGR)
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}
