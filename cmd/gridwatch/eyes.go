package main

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/capture"
	"gridwatch/web"
)

// eyes show people what the cameras see: what this process watches anyway where that is quick enough, else a connection of
// its own.
type eyes struct {
	cameras *cameras
	files   string // Folder whose files may be named as sources; empty allows none.
}

// soon is how long a camera that is watched may take to its next frame before it is asked itself.
const soon = 4 * time.Second

// still is how long a live view waits for the next frame.
const still = 20 * time.Second

// liveFPS is how many pictures a second people see of a stream that cannot be handed on as it is.
const liveFPS = 5

// Source lets an administrator name streams, and files of one folder: the whole disk is not theirs to look at.
func (e *eyes) Source(s vision.Source) (vision.Source, error) {
	if strings.Contains(s.URL, "://") {
		if scheme, _, _ := strings.Cut(s.URL, "://"); !strings.EqualFold(scheme, "file") {
			return s, nil // What schemes there are, capture says.
		}
		s.URL = s.URL[len("file://"):]
	}
	if e.files == "" {
		return s, geo.Invalid("source", "must begin with rtsp://, http:// or https://")
	}
	folder, err := filepath.Abs(e.files)
	if err != nil {
		return s, err
	}
	if !filepath.IsAbs(s.URL) {
		s.URL = filepath.Join(folder, s.URL)
	}
	s.URL = filepath.Clean(s.URL)
	if !strings.HasPrefix(s.URL, folder+string(filepath.Separator)) {
		return s, geo.Invalid("source", "files must lie in the folder of camera_files")
	}
	return s, nil
}

// Try opens the source and says what it is.
func (e *eyes) Try(ctx context.Context, s vision.Source) (vision.Trial, error) {
	return capture.Try(ctx, s)
}

// Still is the next frame of the pipeline, or one of a connection of its own where that takes too long.
func (e *eyes) Still(ctx context.Context, c vision.Camera) (vision.Look, error) {
	if w := e.watched(c); w != nil {
		waiting, cancel := context.WithTimeout(ctx, soon)
		defer cancel()
		if look, err := w.watcher.Look(waiting); err == nil || ctx.Err() != nil {
			return look, err
		}
	}
	return capture.LookOnce(ctx, c, capture.Options{})
}

// Decoded is what the camera's watch decodes.
func (e *eyes) Decoded(c vision.Camera) (vision.Decoded, bool) {
	if w := e.watched(c); w != nil {
		return w.watcher.Decoded()
	}
	return vision.Decoded{}, false
}

// watched is the running watch of the camera as it is set up now; a mask that was just drawn is not in an older one.
func (e *eyes) watched(c vision.Camera) *watch {
	w := e.cameras.watches()[c.ID]
	if w == nil || !sameCamera(w.camera, c) {
		return nil
	}
	return w
}

// Watch shows the frames that the pipeline sees of a recording, and those of a connection of its own of a stream.
func (e *eyes) Watch(ctx context.Context, c vision.Camera, show func(vision.Look) error) error {
	if strings.Contains(c.Source.URL, "://") || e.watched(c) == nil {
		c.FPS, c.Source.Decode = liveFPS, vision.DecodeAll
		return capture.Show(ctx, c, show)
	}
	for {
		w := e.watched(c)
		if w == nil {
			return errors.New("it is being set up anew")
		}
		waiting, cancel := context.WithTimeout(ctx, still)
		look, err := w.watcher.Look(waiting)
		cancel()
		if err == nil {
			err = show(look)
		}
		if err != nil {
			return err
		}
	}
}

// Passthrough copies the camera's H.264.
func (e *eyes) Passthrough(c vision.Camera) (web.Stream, error) {
	stream, err := capture.OpenPassthrough(c)
	if err != nil {
		return nil, err // Not stream: a nil *Passthrough in the interface would not be nil.
	}
	return stream, nil
}

// checkFence holds a fence against the rules in force.
func (s *service) checkFence(f geo.Fence) error { return s.city.current.Load().rules.CheckFence(f) }

// viewsPerCore is how many live views a core carries beside its other work: most are copies, some are decoded.
const viewsPerCore = 8

func (c Config) liveViews() int {
	if c.LiveViews > 0 {
		return c.LiveViews
	}
	return viewsPerCore * runtime.NumCPU()
}
