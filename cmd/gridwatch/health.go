package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"gridwatch/alerts"
)

// health writes whether cameras bring frames. Watchers tell it and never wait: it keeps the newest word of each camera
// until the database has taken it.
type health struct {
	cameras *alerts.CameraStore
	log     *slog.Logger

	mu      sync.Mutex
	pending map[string]word
	wake    chan struct{} // Capacity 1.
}

// word is the newest thing a watcher said of its camera.
type word struct {
	online bool
	reason string
}

const healthRetry = 2 * time.Second

func newHealth(cameras *alerts.CameraStore, log *slog.Logger) *health {
	return &health{cameras: cameras, log: log, pending: map[string]word{}, wake: make(chan struct{}, 1)}
}

func (h *health) Online(cameraID string)          { h.tell(cameraID, word{online: true}) }
func (h *health) Offline(cameraID, reason string) { h.tell(cameraID, word{reason: reason}) }

func (h *health) tell(cameraID string, w word) {
	h.mu.Lock()
	h.pending[cameraID] = w
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

// write reports whether the database took every word.
func (h *health) write(ctx context.Context) bool {
	h.mu.Lock()
	taken := h.pending
	h.pending = map[string]word{}
	h.mu.Unlock()
	all := true
	for id, w := range taken {
		err := h.writeOne(ctx, id, w)
		if err == nil || ctx.Err() != nil {
			continue
		}
		all = false
		h.log.Warn("health of a camera could not be written", "camera", id, "err", err)
		h.mu.Lock()
		if _, newer := h.pending[id]; !newer {
			h.pending[id] = w
		}
		h.mu.Unlock()
	}
	return all
}

func (h *health) writeOne(ctx context.Context, id string, w word) error {
	if w.online {
		return h.cameras.SetOnline(ctx, id)
	}
	return h.cameras.SetOffline(ctx, id, w.reason)
}
