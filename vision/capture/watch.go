package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// toleratedBad is how many pictures in a row may be bad before the source counts as broken.
const toleratedBad = 5

// Watcher keeps one camera's frames coming: it opens the source, puts its frames into Latest and, whenever the source ends,
// fails or hangs, says so and tries again. Where a camera has a substream, that is tried first, and the main stream after
// each failure of it.
type Watcher struct {
	cam     vision.Camera
	latest  *vision.Latest
	health  vision.Health
	options Options
	masks   []orb.Ring
	seq     uint64
	onMain  bool // The substream failed last.
	bad     atomic.Uint64
	decoded atomic.Pointer[vision.Decoded] // Nil while no frame comes.
	looking onlookers
}

// NewWatcher returns a Watcher of cam. It alone puts frames into latest.
func NewWatcher(cam vision.Camera, latest *vision.Latest, health vision.Health, o Options) *Watcher {
	return &Watcher{cam: cam, latest: latest, health: health, options: o, masks: cam.Masks()}
}

// BadFrames returns how many pictures could not be decoded so far. Safe for many goroutines.
func (w *Watcher) BadFrames() uint64 { return w.bad.Load() }

// Decoded is what is decoded now; ok is false while no frame comes. Safe for many goroutines.
func (w *Watcher) Decoded() (d vision.Decoded, ok bool) {
	if now := w.decoded.Load(); now != nil {
		return *now, true
	}
	return vision.Decoded{}, false
}

// Look waits for the next frame that is put into Latest, to show it to people. Safe for many goroutines.
func (w *Watcher) Look(ctx context.Context) (vision.Look, error) { return w.looking.next(ctx) }

// Run watches until ctx ends, whose error it returns, or until the clean end of a recording that is read once: then it
// returns nil, and the last frame may still be taken.
func (w *Watcher) Run(ctx context.Context) error {
	var retry backoff
	for {
		since, err := w.watch(ctx)
		if ctx.Err() != nil {
			w.latest.Close()
			return ctx.Err()
		}
		if errors.Is(err, io.EOF) {
			w.latest.End()
			w.health.Offline(w.cam.ID, "the recording has ended")
			return nil
		}
		if w.cam.Source.Substream != "" {
			if w.onMain = !w.onMain; w.onMain {
				err = fmt.Errorf("substream: %w", err)
			}
		}
		w.health.Offline(w.cam.ID, err.Error())
		if !since.IsZero() && time.Since(since) >= longestPause {
			retry.reset() // Only then: a source that dies after every first frame must not be asked every second.
		}
		if err := pause(ctx, retry.next()); err != nil {
			w.latest.Close()
			return err
		}
	}
}

// source is the camera with the stream that is to be read, and which that is.
func (w *Watcher) source() (vision.Camera, vision.Stream) {
	cam := w.cam
	if cam.Source.Substream == "" || w.onMain {
		return cam, vision.StreamMain
	}
	cam.Source.URL = cam.Source.Substream
	return cam, vision.StreamSub
}

// watch reads the source until it fails, and returns since when it was online (zero: never) and why it is not any more.
func (w *Watcher) watch(ctx context.Context) (since time.Time, err error) {
	cam, stream := w.source()
	source, err := OpenWith(ctx, cam, w.options)
	if err != nil {
		return time.Time{}, err
	}
	defer source.Close()
	defer w.decoded.Store(nil)
	for bad := 0; ; {
		frame, err := source.Next(ctx)
		if errors.Is(err, ErrBadFrame) {
			w.bad.Add(1)
			if bad++; bad >= toleratedBad {
				return since, fmt.Errorf("%d pictures in a row: %w", bad, err)
			}
			continue
		}
		if err != nil {
			return since, err
		}
		bad = 0
		w.seq++ // The reader's own number begins anew with every opening.
		frame.Seq = w.seq
		vision.Blacken(frame.Image, w.masks) // Before anybody sees it.
		w.decoded.Store(&vision.Decoded{Stream: stream, Size: frame.Image.Size()})
		if since.IsZero() {
			since = time.Now()
			first, err := lookAt(frame)
			if err != nil { // Online it is, without a picture of it.
				first = vision.Look{At: frame.At}
			}
			w.health.Online(w.cam.ID, first)
		}
		w.looking.show(frame)
		if !w.cam.Source.Fast {
			w.latest.Put(frame)
		} else if err := w.latest.PutWhenTaken(ctx, frame); err != nil {
			return since, err
		}
	}
}
