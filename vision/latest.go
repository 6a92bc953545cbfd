package vision

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
)

// Health learns whether a camera brings frames, and the first of them. Both calls may come again with nothing changed.
type Health interface {
	Online(cameraID string, first Look)
	Offline(cameraID, reason string)
}

// Latest carries frames from one camera to its pipeline and holds one at most: a frame that nobody took in time is closed,
// counted and replaced by the newer one, because an old frame is worth nothing. All methods are safe for many goroutines.
type Latest struct {
	mu      sync.Mutex // Orders what puts into slot against End and Close.
	slot    chan Frame
	taken   chan struct{} // Wakes PutWhenTaken.
	ended   chan struct{}
	isEnded bool
	dropped atomic.Uint64
}

// NewLatest returns an empty Latest. Its owner calls Close when nothing will take from it any more.
func NewLatest() *Latest {
	return &Latest{slot: make(chan Frame, 1), taken: make(chan struct{}, 1), ended: make(chan struct{})}
}

// Put offers f and never waits. A frame that nobody took is closed, counted and replaced; after End or Close f itself is
// closed.
func (l *Latest) Put(f Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isEnded {
		f.Close()
		return
	}
	select {
	case old := <-l.slot:
		old.Close()
		l.dropped.Add(1)
	default:
	}
	l.slot <- f // There is room: only the holder of mu puts.
}

// PutWhenTaken offers f once the frame before it was taken, for sources of which every frame counts. When ctx ends first,
// or Close or End came, f is closed.
func (l *Latest) PutWhenTaken(ctx context.Context, f Frame) error {
	for {
		if l.putIfRoom(f) {
			return nil
		}
		select {
		case <-l.taken:
		case <-l.ended:
		case <-ctx.Done():
			f.Close()
			return ctx.Err()
		}
	}
}

// putIfRoom reports whether f found its end: in the slot, or closed because there will be no taker.
func (l *Latest) putIfRoom(f Frame) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isEnded {
		f.Close()
		return true
	}
	select {
	case l.slot <- f:
		return true
	default:
		return false
	}
}

// Take waits for a frame, which then belongs to the caller, who must close it. It returns io.EOF when there will be none.
func (l *Latest) Take(ctx context.Context) (Frame, error) {
	select {
	case f := <-l.slot:
		return l.hand(f), nil
	case <-ctx.Done():
		return Frame{}, ctx.Err()
	case <-l.ended:
	}
	select { // The last frame may have come just before the end.
	case f := <-l.slot:
		return l.hand(f), nil
	default:
		return Frame{}, io.EOF
	}
}

func (l *Latest) hand(f Frame) Frame {
	select {
	case l.taken <- struct{}{}:
	default:
	}
	return f
}

// Dropped returns how many frames were replaced before anybody took them.
func (l *Latest) Dropped() uint64 { return l.dropped.Load() }

// End says that no frame follows. The one that waits may still be taken.
func (l *Latest) End() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end()
}

// Close says that nobody will take a frame any more. The one that waits is closed, and so is every later one.
func (l *Latest) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end()
	select {
	case f := <-l.slot:
		f.Close()
	default:
	}
}

func (l *Latest) end() {
	if !l.isEnded {
		l.isEnded = true
		close(l.ended)
	}
}
