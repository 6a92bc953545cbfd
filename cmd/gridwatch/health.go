package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/vision"
)

// health writes whether cameras bring frames, what is wrong with what they show, and which pictures stand for their
// views. Watchers and pipelines tell it and never wait: it keeps the newest word on each thing until the database has
// taken it.
type health struct {
	cameras *alerts.CameraStore
	log     *slog.Logger
	now     func() time.Time

	mu      sync.Mutex
	pending map[subject]word
	silent  map[string]time.Time // Since when a camera has brought no frame; zero while it brings some.
	wake    chan struct{}        // Capacity 1.
}

// subject is what a word is on. View is empty for what is said of the whole camera.
type subject struct{ kind, camera, view string }

// word is the newest thing that was said. It is written when it is due, unless another came before.
type word struct {
	due   time.Time
	write func(context.Context) error
}

const (
	healthRetry = 2 * time.Second
	// offlineAfter is how long a camera that brought frames may be silent before that is worth a word: it may be back at
	// the next attempt.
	offlineAfter = 20 * time.Second
)

var (
	_ vision.Health = (*health)(nil)
	_ vision.Eyes   = (*health)(nil)
)

func newHealth(cameras *alerts.CameraStore, log *slog.Logger) *health {
	return &health{
		cameras: cameras, log: log, now: time.Now, pending: map[subject]word{}, silent: map[string]time.Time{}, wake: make(chan struct{}, 1),
	}
}

func (h *health) Online(cameraID string, first vision.Look) {
	h.mu.Lock()
	h.silent[cameraID] = time.Time{}
	h.mu.Unlock()
	h.tell(subject{"state", cameraID, ""}, h.now(), func(ctx context.Context) error {
		return h.cameras.SetOnline(ctx, cameraID, first)
	})
}

func (h *health) Offline(cameraID, reason string) {
	since, due := h.silence(cameraID, h.now())
	h.tell(subject{"state", cameraID, ""}, due, func(ctx context.Context) error {
		return h.cameras.SetOffline(ctx, cameraID, since, reason)
	})
}

// silence is since when the camera has brought no frame, and when that is to be told: at once of one that brought none
// since the start.
func (h *health) silence(cameraID string, now time.Time) (since, due time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	since, known := h.silent[cameraID]
	switch {
	case !known:
		return now, now
	case since.IsZero():
		h.silent[cameraID], since = now, now
	}
	return since, since.Add(offlineAfter)
}

func (h *health) Condition(cameraID string, c vision.Condition) {
	h.tell(subject{"condition", cameraID, ""}, h.now(), func(ctx context.Context) error { return h.cameras.SetCondition(ctx, cameraID, c) })
}

func (h *health) Reference(cameraID, viewID, sha256 string) {
	h.tell(subject{"reference", cameraID, viewID}, h.now(), func(ctx context.Context) error {
		return h.cameras.LearnReference(ctx, cameraID, viewID, sha256)
	})
}

func (h *health) tell(about subject, due time.Time, write func(context.Context) error) {
	h.mu.Lock()
	h.pending[about] = word{due: due, write: write}
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// Run writes what was told until ctx ends.
func (h *health) Run(ctx context.Context) error {
	for {
		var soonest <-chan time.Time
		if next, some := h.write(ctx, h.now()); some {
			soonest = time.After(next.Sub(h.now()))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-h.wake:
		case <-soonest:
		}
	}
}

// write writes every word that is due, and reports when the next one will be. What the database did not take is due again
// soon; a word on a camera that was deleted meanwhile is not said again.
func (h *health) write(ctx context.Context, now time.Time) (next time.Time, some bool) {
	for about, w := range h.takeDue(now) {
		err := w.write(ctx)
		if err == nil || ctx.Err() != nil || errors.Is(err, geo.ErrNotFound) {
			continue
		}
		h.log.Warn("health of a camera could not be written", "camera", about.camera, "about", about.kind, "err", err)
		h.mu.Lock()
		if _, newer := h.pending[about]; !newer {
			w.due = now.Add(healthRetry)
			h.pending[about] = w
		}
		h.mu.Unlock()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range h.pending {
		if !some || w.due.Before(next) {
			next, some = w.due, true
		}
	}
	return next, some
}

func (h *health) takeDue(now time.Time) map[subject]word {
	h.mu.Lock()
	defer h.mu.Unlock()
	due := map[subject]word{}
	for about, w := range h.pending {
		if !w.due.After(now) {
			due[about] = w
			delete(h.pending, about)
		}
	}
	return due
}
