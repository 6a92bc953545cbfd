package infer

import (
	"context"
	"errors"
	"sync"
)

// errClosed is what a caller gets who comes after Close.
var errClosed = errors.New("infer: the pool is closed")

// turns lends a fixed set of things. Who finds none idle waits: the cameras that wait are served in turn, and the
// callers of one camera in the order in which they came, so a camera with much work delays another by one turn at most.
type turns[T any] struct {
	mu      sync.Mutex
	all     int
	idle    []T
	waiting map[string][]*waiter[T] // Never an empty list.
	order   []string                // The cameras of waiting; the next one first.
	closed  bool
	quiet   chan struct{} // Closed once closed is set and everything is idle.
}

type waiter[T any] struct{ given chan T } // Capacity 1; closed without a value when the pool closes.

func newTurns[T any](things []T) *turns[T] {
	return &turns[T]{all: len(things), idle: things, waiting: map[string][]*waiter[T]{}, quiet: make(chan struct{})}
}

// take waits for a thing. Whoever got one gives it back.
func (t *turns[T]) take(ctx context.Context, camera string) (thing T, err error) {
	if err := ctx.Err(); err != nil {
		return thing, err
	}
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return thing, errClosed
	}
	if last := len(t.idle) - 1; last >= 0 { // Then nobody waits.
		thing, t.idle = t.idle[last], t.idle[:last]
		t.mu.Unlock()
		return thing, nil
	}
	w := &waiter[T]{given: make(chan T, 1)}
	if len(t.waiting[camera]) == 0 {
		t.order = append(t.order, camera)
	}
	t.waiting[camera] = append(t.waiting[camera], w)
	t.mu.Unlock()

	select {
	case thing, ok := <-w.given:
		if !ok {
			return thing, errClosed
		}
		return thing, nil
	case <-ctx.Done():
		t.leave(camera, w)
		return thing, ctx.Err()
	}
}

// leave takes w out of its queue. If it was given a thing meanwhile, the thing goes on.
func (t *turns[T]) leave(camera string, w *waiter[T]) {
	t.mu.Lock()
	queue := t.waiting[camera]
	for i := range queue {
		if queue[i] == w {
			t.setQueue(camera, append(queue[:i:i], queue[i+1:]...))
			break
		}
	}
	t.mu.Unlock()
	select {
	case thing, ok := <-w.given:
		if ok {
			t.give(thing)
		}
	default:
	}
}

// setQueue replaces a camera's queue; an empty one takes the camera out of the order.
func (t *turns[T]) setQueue(camera string, queue []*waiter[T]) {
	if len(queue) > 0 {
		t.waiting[camera] = queue
		return
	}
	delete(t.waiting, camera)
	for i := range t.order {
		if t.order[i] == camera {
			t.order = append(t.order[:i], t.order[i+1:]...)
			return
		}
	}
}

// give takes a thing back and hands it to whoever is next.
func (t *turns[T]) give(thing T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.order) == 0 {
		t.idle = append(t.idle, thing)
		t.settle()
		return
	}
	camera := t.order[0]
	queue := t.waiting[camera]
	t.setQueue(camera, queue[1:])
	if len(queue) > 1 { // To the end of the order.
		t.order = append(t.order[1:], camera)
	}
	queue[0].given <- thing
}

// close turns away who waits and who comes, and returns everything that was lent once it is back.
func (t *turns[T]) close() []T {
	t.mu.Lock()
	if !t.closed {
		t.closed = true
		for _, queue := range t.waiting {
			for _, w := range queue {
				close(w.given)
			}
		}
		clear(t.waiting)
		t.order = nil
		t.settle()
	}
	t.mu.Unlock()
	<-t.quiet
	return t.idle
}

func (t *turns[T]) settle() {
	if t.closed && len(t.idle) == t.all {
		close(t.quiet)
	}
}
