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

	mu      sync.Mutex
	pending map[subject]word
	wake    chan struct{} // Capacity 1.
}

// subject is what a word is on. View is empty for what is said of the whole camera.
type subject struct{ kind, camera, view string }

// word is the newest thing that was said, as it is written.
type word func(context.Context) error

const healthRetry = 2 * time.Second

var (
	_ vision.Health = (*health)(nil)
	_ vision.Eyes   = (*health)(nil)
)

func newHealth(cameras *alerts.CameraStore, log *slog.Logger) *health {
	return &health{cameras: cameras, log: log, pending: map[subject]word{}, wake: make(chan struct{}, 1)}
}

func (h *health) Online(cameraID string) {
	h.tell(subject{"state", cameraID, ""}, func(ctx context.Context) error { return h.cameras.SetOnline(ctx, cameraID) })
}

func (h *health) Offline(cameraID, reason string) {
	h.tell(subject{"state", cameraID, ""}, func(ctx context.Context) error { return h.cameras.SetOffline(ctx, cameraID, reason) })
}

func (h *health) Condition(cameraID string, c vision.Condition) {
	h.tell(subject{"condition", cameraID, ""}, func(ctx context.Context) error { return h.cameras.SetCondition(ctx, cameraID, c) })
}

func (h *health) Reference(cameraID, viewID, sha256 string) {
	h.tell(subject{"reference", cameraID, viewID}, func(ctx context.Context) error {
		return h.cameras.LearnReference(ctx, cameraID, viewID, sha256)
	})
}

func (h *health) tell(about subject, w word) {
	h.mu.Lock()
	h.pending[about] = w
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// Run writes what was told until ctx ends.
func (h *health) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.wake:
		}
		for !h.write(ctx) {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(healthRetry):
			}
		}
	}
}

// write reports whether the database took every word. One on a camera that was deleted meanwhile is not said again.
func (h *health) write(ctx context.Context) bool {
	h.mu.Lock()
	taken := h.pending
	h.pending = map[subject]word{}
	h.mu.Unlock()
	all := true
	for about, w := range taken {
		err := w(ctx)
		if err == nil || ctx.Err() != nil || errors.Is(err, geo.ErrNotFound) {
			continue
		}
		all = false
		h.log.Warn("health of a camera could not be written", "camera", about.camera, "about", about.kind, "err", err)
		h.mu.Lock()
		if _, newer := h.pending[about]; !newer {
			h.pending[about] = w
		}
		h.mu.Unlock()
	}
	return all
}
