// Package eval takes recorded clips through the real decoder, detector, tracker, change finder and kernel: to say what a
// clip shows, and to measure how far that can be trusted.
package eval

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"gridwatch/vision"
	"gridwatch/vision/capture"
)

// Clip is one recording and what is watched in it.
type Clip struct {
	Path  string    // A video file or a folder of pictures.
	Start time.Time // Time of its first picture.
	FPS   float64   // Frames a second that are looked at; 0 takes 2.
	City  vision.City
}

// Runner runs clips. Many clips may run at once.
type Runner struct {
	Detector  vision.Detector
	Ahead     int           // So many frames are looked at by the detector at once, whether they need it or not; 0 takes 1, when it is asked.
	Pictures  bool          // Sightings come with their pictures.
	LookAgain time.Duration // As the pipeline's.
}

// Hooks are told what happens, in the order of the clip. T is seconds since its first picture. Each may be nil.
type Hooks struct {
	Sighting    func(s vision.Sighting, t float64, pictures []Picture) error
	Observation func(o vision.Observation, t float64)
}

// Picture is evidence with its bytes.
type Picture struct {
	vision.Evidence
	JPEG []byte
}

// Summary is what a run came to.
type Summary struct {
	Frames  int
	Unfit   int
	Spared  int     // Fit frames for which an earlier answer of the detector held.
	Seconds float64 // Of the clip, to its last frame.
	Open    []vision.Occupancy
}

// Run takes the clip through everything that a live camera's frames go through. The same clip gives the same sightings:
// time is the clip's own.
func (r Runner) Run(ctx context.Context, clip Clip, h Hooks) (Summary, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	camera := clip.City.Camera
	camera.FPS, camera.Source = clip.FPS, vision.Source{URL: clip.Path, Fast: true}
	reader, err := capture.OpenWith(ctx, camera, capture.Options{Start: clip.Start})
	if err != nil {
		return Summary{}, err
	}
	defer reader.Close()
	changes, err := capture.NewChanges(capture.ChangeParams{})
	if err != nil {
		return Summary{}, err
	}
	defer changes.Close()
	run := &recorded{clip: clip, hooks: h, blobs: memoryBlobs{}, cancel: cancel}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	quality := capture.NewQuality(run.blobs, log)
	defer quality.Close()
	ahead := lookAhead(ctx, reader, r.Detector, max(r.Ahead, 1))
	defer ahead.close()
	var sum Summary
	p := &vision.Pipeline{
		CameraID: camera.ID, Next: ahead.next, Detector: ahead, Tracker: vision.NewTracker(vision.DefaultTrackParams()),
		Changes: changes, Quality: quality, City: func() vision.City { return clip.City }, Draw: r.draw, Blobs: run.blobs, Sink: run, Store: run,
		Log: log, LookAgain: r.LookAgain,
		Record: func(o vision.Observation) error {
			t := o.At.Sub(clip.Start).Seconds()
			sum.Frames, sum.Seconds = sum.Frames+1, t
			if o.Unfit != "" {
				sum.Unfit++
			}
			if h.Observation != nil {
				h.Observation(o, t)
			}
			return nil
		},
	}
	err = p.Run(ctx)
	sum.Open, sum.Spared = p.Dwelling(), int(p.Counters.Spared.Load())
	if run.failed != nil {
		return sum, run.failed
	}
	return sum, err
}

// draw makes the pictures, or empty ones where nobody wants them.
func (r Runner) draw(img vision.Image, m vision.Marks) ([]byte, error) {
	if !r.Pictures {
		return []byte(m.Caption), nil
	}
	return capture.Draw(img, m)
}

// recorded is where the pipeline of one clip puts what it says. States stay in the pipeline: nothing restarts.
type recorded struct {
	clip   Clip
	hooks  Hooks
	blobs  memoryBlobs
	cancel context.CancelFunc
	failed error
}

// Publish tells the hook. A hook that fails ends the run: nothing waits for a broken pipe.
func (r *recorded) Publish(_ context.Context, s vision.Sighting) error {
	var pictures []Picture
	for _, e := range s.Evidence {
		pictures = append(pictures, Picture{Evidence: e, JPEG: r.blobs[e.SHA256]})
	}
	if r.hooks.Sighting == nil || r.failed != nil {
		return nil
	}
	if r.failed = r.hooks.Sighting(s, s.At.Sub(r.clip.Start).Seconds(), pictures); r.failed != nil {
		r.cancel()
	}
	return nil
}

func (*recorded) Load(context.Context, string) ([]byte, error) { return nil, nil }
func (*recorded) Save(context.Context, string, []byte) error   { return nil }

// memoryBlobs keeps a clip's few pictures in memory. One pipeline alone uses it.
type memoryBlobs map[string][]byte

func (m memoryBlobs) Put(_ context.Context, data []byte) (string, error) {
	sum := vision.Sum(data)
	m[sum] = data
	return sum, nil
}

func (m memoryBlobs) Open(_ context.Context, sum string) (io.ReadSeekCloser, error) {
	return nil, fmt.Errorf("blob %s: %w", sum, vision.ErrNoBlob)
}

func (m memoryBlobs) Delete(_ context.Context, sum string) error {
	delete(m, sum)
	return nil
}

// ahead reads frames and has them looked at while the pipeline is busy with earlier ones. Frames come out in their order.
type ahead struct {
	frames chan looked
	cancel context.CancelFunc
	model  string
	now    looked
}

// looked is one frame, or the error that ended the clip, with what the detector will have found.
type looked struct {
	frame vision.Frame
	err   error
	found func() ([]vision.Detection, error)
}

func lookAhead(ctx context.Context, reader capture.Reader, detector vision.Detector, n int) *ahead {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{frames: make(chan looked, n-1), cancel: cancel, model: detector.Fingerprint()}
	go func() {
		defer close(a.frames)
		for {
			next := read(ctx, reader)
			switch {
			case next.err != nil:
			case n == 1:
				next.found = func() ([]vision.Detection, error) { return detector.Detect(ctx, next.frame.Image) }
			default:
				next.found = begin(ctx, detector, next.frame.Image)
				next.frame.Image = held{next.frame.Image, next.found}
			}
			select {
			case a.frames <- next:
			case <-ctx.Done():
				next.close()
				return
			}
			if next.err != nil {
				return
			}
		}
	}()
	return a
}

// read returns the next frame that can be decoded. A damaged picture is one that the camera did not send.
func read(ctx context.Context, reader capture.Reader) looked {
	for {
		frame, err := reader.Next(ctx)
		if !errors.Is(err, capture.ErrBadFrame) {
			return looked{frame: frame, err: err}
		}
	}
}

// held is a picture that stays open until the detector is done with it, whatever the pipeline makes of it.
type held struct {
	vision.Image
	found func() ([]vision.Detection, error)
}

func (h held) Close() error {
	h.found()
	return h.Image.Close()
}

// begin has img looked at in the background, and returns what waits for the answer.
func begin(ctx context.Context, detector vision.Detector, img vision.Image) func() ([]vision.Detection, error) {
	var found []vision.Detection
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		found, err = detector.Detect(ctx, img)
	}()
	return sync.OnceValues(func() ([]vision.Detection, error) {
		<-done
		return found, err
	})
}

// close gives back a frame that nobody took.
func (l looked) close() {
	if l.found != nil {
		l.frame.Close()
	}
}

// next waits for the next frame.
func (a *ahead) next(ctx context.Context) (vision.Frame, error) {
	select {
	case next, ok := <-a.frames:
		if !ok {
			return vision.Frame{}, io.EOF
		}
		a.now = next
		return next.frame, next.err
	case <-ctx.Done():
		return vision.Frame{}, ctx.Err()
	}
}

// Detect returns what was found in the frame that next returned last.
func (a *ahead) Detect(context.Context, vision.Image) ([]vision.Detection, error) {
	return a.now.found()
}

// Fingerprint names the model.
func (a *ahead) Fingerprint() string { return a.model }

// close ends the reading and gives back what was read in vain.
func (a *ahead) close() {
	a.cancel()
	for next := range a.frames {
		next.close()
	}
}
