package main

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gridwatch/alerts"
	"gridwatch/alerts/bus"
	"gridwatch/vision"
	"gridwatch/vision/capture"
	"gridwatch/vision/infer"
	"gridwatch/vision/replay"
)

// cameras watches every enabled camera of the database, and follows the table: a row that is added, changed or
// disabled is watched, watched anew or let go within seconds. One camera's failure stays its own.
type cameras struct {
	store      *alerts.CameraStore
	city       *cityView
	detector   *infer.Together
	secondLook vision.Looker // Nil where none is configured.
	bus        *bus.Bus
	pictures   *vision.Folder
	recordings *replay.Library
	lookAgain  time.Duration
	health     *health
	log        *slog.Logger

	mu      sync.Mutex
	running map[string]*watch
}

// watch is one camera being watched.
type watch struct {
	camera   vision.Camera
	now      atomic.Pointer[vision.Camera] // The same with the references that its views have now.
	latest   *vision.Latest
	watcher  *capture.Watcher
	pipeline atomic.Pointer[vision.Pipeline] // Nil until it first ran.
	cancel   context.CancelFunc
	done     chan struct{}
}

// rest is how long a camera's pipeline rests after it failed.
const rest = 5 * time.Second

// Run watches until ctx ends, then waits for every camera to stop.
func (c *cameras) Run(ctx context.Context) error {
	c.running = map[string]*watch{}
	defer c.stopAll()
	every := time.NewTicker(refreshEvery)
	defer every.Stop()
	for {
		if wanted, err := c.store.Cameras(ctx); err == nil {
			c.follow(ctx, wanted)
		} else if ctx.Err() == nil {
			c.log.Warn("cameras could not be read again", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
	}
}

// follow makes what is watched equal to wanted.
func (c *cameras) follow(ctx context.Context, wanted []vision.Camera) {
	keep := map[string]vision.Camera{}
	for _, camera := range wanted {
		keep[camera.ID] = camera
	}
	for id, w := range c.watches() {
		if camera, ok := keep[id]; ok && sameCamera(camera, w.camera) {
			w.now.Store(&camera)
			delete(keep, id)
			continue
		}
		w.cancel()
		<-w.done
		c.mu.Lock()
		delete(c.running, id)
		c.mu.Unlock()
	}
	for _, camera := range wanted {
		if _, missing := keep[camera.ID]; missing {
			c.start(ctx, camera)
		}
	}
}

// watches returns a copy of what runs.
func (c *cameras) watches() map[string]*watch {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make(map[string]*watch, len(c.running))
	for id, w := range c.running {
		all[id] = w
	}
	return all
}

// sameCamera compares the rows; the solved ground follows from the pairs, and a new reference changes nothing of what is
// watched.
func sameCamera(a, b vision.Camera) bool { return reflect.DeepEqual(bareCamera(a), bareCamera(b)) }

func bareCamera(c vision.Camera) vision.Camera {
	c.View.Ground, c.View.Reference = nil, ""
	c.Views = slices.Clone(c.Views)
	for i := range c.Views {
		c.Views[i].Ground, c.Views[i].Reference = nil, ""
	}
	return c
}

func (c *cameras) start(ctx context.Context, camera vision.Camera) {
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{camera: camera, latest: vision.NewLatest(), cancel: cancel, done: make(chan struct{})}
	w.now.Store(&camera)
	w.watcher = capture.NewWatcher(camera, w.latest, c.health, capture.Options{})
	c.mu.Lock()
	c.running[camera.ID] = w
	c.mu.Unlock()
	go func() {
		defer close(w.done)
		var both sync.WaitGroup
		both.Go(func() { w.watcher.Run(ctx) }) // It ends with ctx, or with the clean end of a recording.
		both.Go(func() { c.keepRunning(ctx, w) })
		both.Wait()
	}()
}

// keepRunning runs the camera's pipeline; one that failed begins again from its saved state.
func (c *cameras) keepRunning(ctx context.Context, w *watch) {
	for {
		err := c.runPipeline(ctx, w)
		if ctx.Err() != nil || err == nil {
			return
		}
		c.log.Error("pipeline failed", "camera", w.camera.ID, "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(rest):
		}
	}
}

// runPipeline runs the camera's pipeline from its saved state until it fails, the recording ends or ctx ends.
func (c *cameras) runPipeline(ctx context.Context, w *watch) error {
	changes, err := capture.NewChanges(capture.ChangeParams{})
	if err != nil {
		return err
	}
	quality := capture.NewQuality(c.pictures, c.log)
	city := c.cityOf(w)
	recorder := c.recordings.Recorder(w.camera.ID)
	p := &vision.Pipeline{
		CameraID:   w.camera.ID,
		Next:       w.latest.Take,
		Detector:   c.detector.For(w.camera.ID, func() []string { return rulesOf(city()) }),
		Tracker:    vision.NewTracker(vision.DefaultTrackParams()),
		Changes:    changes,
		Quality:    quality,
		Eyes:       c.health,
		City:       city,
		SecondLook: c.secondLook,
		Draw:       capture.Draw,
		Blobs:      c.pictures,
		Sink:       c.bus,
		Store:      c.bus,
		Log:        c.log,
		Recorder:   recorder,
		LookAgain:  c.lookAgain,
	}
	w.pipeline.Store(p)
	err = p.Run(ctx)
	return errors.Join(err, changes.Close(), quality.Close(), recorder.Close())
}

// rulesOf lists the rules of what is watched.
func rulesOf(city vision.City) []string {
	var rules []string
	for _, f := range city.Fences {
		rules = append(rules, f.Rule)
	}
	return rules
}

func (c *cameras) stopAll() {
	all := c.watches()
	for _, w := range all {
		w.cancel()
	}
	for _, w := range all {
		<-w.done
	}
}

// cityOf returns what the kernel of one camera sees of the city: the fences and permits within its reach. They are
// chosen once for each reading of the database.
func (c *cameras) cityOf(w *watch) func() vision.City {
	var from *marked
	var near marked
	return func() vision.City {
		camera := *w.now.Load()
		if now := c.city.current.Load(); now != from {
			from, near = now, marked{fences: camera.Fences(now.fences), permits: camera.Permits(now.permits), rules: now.rules}
		}
		return vision.City{Camera: camera, Fences: near.fences, Permits: near.permits, Rules: near.rules, Zone: c.city.zone}
	}
}
