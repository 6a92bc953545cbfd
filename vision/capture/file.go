package capture

import (
	"context"
	"fmt"
	"io"
	"time"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

// fileReader reads a video file through OpenCV, sampled at the camera's rate.
type fileReader struct {
	cam   vision.Camera
	path  string
	clock clock
	every time.Duration
	due   time.Duration // Position from which the next frame is taken.
	seq   uint64

	video  *gocv.VideoCapture
	frame  time.Duration // Length of one frame of the video.
	passed time.Duration // Length of the passes before this one.
	last   time.Duration // Position of the newest frame in this pass; negative before the first.
}

func openFile(cam vision.Camera, path string, o Options) (Reader, error) {
	r := &fileReader{cam: cam, path: path, clock: newClock(o, cam.Source.Fast), every: interval(cam.FPS)}
	if err := r.rewind(); err != nil {
		return nil, err
	}
	return r, nil
}

// rewind opens the file again. Opening is surer than seeking: a cut-off file has no index.
func (r *fileReader) rewind() error {
	r.Close()
	video, err := gocv.VideoCaptureFileWithAPI(r.path, gocv.VideoCaptureFFmpeg)
	if err != nil {
		video.Close()
		return fmt.Errorf("%s cannot be read as a video", r.path)
	}
	fps := video.Get(gocv.VideoCaptureFPS)
	if !(fps >= 0.1 && fps <= 1000) {
		fps = 25
	}
	r.video, r.frame, r.last = video, interval(fps), -1
	return nil
}

// Next returns the next sampled frame at its time.
func (r *fileReader) Next(ctx context.Context) (vision.Frame, error) {
	for {
		if err := ctx.Err(); err != nil {
			return vision.Frame{}, err
		}
		if err := r.grab(); err != nil {
			return vision.Frame{}, err
		}
		position := r.passed + r.last
		if position+r.frame/2 < r.due { // The nearest frame to the due time, not the first one behind it.
			continue
		}
		r.due = max(r.due+r.every, position)
		at, err := r.clock.wait(ctx, position)
		if err != nil {
			return vision.Frame{}, err
		}
		return r.retrieve(at)
	}
}

// grab goes to the next frame of the video, and from the end to the beginning if the video is looped.
func (r *fileReader) grab() error {
	if r.video == nil {
		return errClosed
	}
	if r.step() {
		return nil
	}
	if r.last < 0 {
		return fmt.Errorf("%s holds no frame that can be decoded", r.path)
	}
	if !r.cam.Source.Loop {
		return io.EOF
	}
	r.passed += r.last + r.frame
	if err := r.rewind(); err != nil {
		return err
	}
	if !r.step() {
		return fmt.Errorf("%s holds no frame that can be decoded", r.path)
	}
	return nil
}

// step decodes one frame and reports whether there was one. Grab does not tell, but the frame number does.
func (r *fileReader) step() bool {
	before := r.video.Get(gocv.VideoCapturePosFrames)
	if err := r.video.Grab(1); err != nil || r.video.Get(gocv.VideoCapturePosFrames) <= before {
		return false
	}
	at := time.Duration(r.video.Get(gocv.VideoCapturePosMsec) * float64(time.Millisecond))
	if r.last >= 0 && at <= r.last { // No time stamps, or damaged ones.
		at = r.last + r.frame
	}
	r.last = max(at, 0)
	return true
}

func (r *fileReader) retrieve(at time.Time) (vision.Frame, error) {
	mat := gocv.NewMat()
	r.video.Retrieve(&mat) // An empty Mat says that it failed.
	p, err := newPicture(mat)
	if err == nil {
		p, err = p.narrowed(MaxWidth)
	}
	if err != nil {
		return vision.Frame{}, fmt.Errorf("%s at %v: %w", r.path, r.last, ErrBadFrame)
	}
	r.seq++
	return vision.Frame{CameraID: r.cam.ID, Seq: r.seq, At: at, Image: p}, nil
}

// Close closes the file.
func (r *fileReader) Close() error {
	if r.video == nil {
		return nil
	}
	video := r.video
	r.video = nil
	return video.Close()
}
