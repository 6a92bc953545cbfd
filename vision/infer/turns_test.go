package infer

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// line is a queue of callers. Each keeps the thing that it gets until next gives one back.
type line struct {
	turns  *turns[int]
	mu     sync.Mutex // Callers that a test leaves in line all end at once.
	served []string   // Cameras, in the order in which they got a thing.
	errors []error
}

// join starts a caller of each camera, and goes on when it stands in line.
func (l *line) join(ctx context.Context, cameras ...string) {
	for _, camera := range cameras {
		go func() {
			_, err := l.turns.take(ctx, camera)
			l.mu.Lock()
			defer l.mu.Unlock()
			if err != nil {
				l.errors = append(l.errors, err)
				return
			}
			l.served = append(l.served, camera)
		}()
		synctest.Wait()
	}
}

// next gives a thing back, which goes to whoever is next.
func (l *line) next(times int) {
	for range times {
		l.turns.give(0)
		synctest.Wait()
	}
}

func TestTurns_CamerasAreServedInTurn(t *testing.T) {
	tests := []struct {
		name  string
		queue []string
		want  []string
	}{
		{"one camera, first come first served", []string{"a", "a", "a"}, []string{"a", "a", "a"}},
		{"much work of one does not delay another", []string{"a", "a", "a", "a", "b", "c"}, []string{"a", "b", "c", "a", "a", "a"}},
		{"all have much work", []string{"a", "a", "a", "b", "b", "b", "c"}, []string{"a", "b", "c", "a", "b", "a", "b"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &line{turns: newTurns([]int{0})}
				l.join(t.Context(), "first")
				l.served = nil
				l.join(t.Context(), test.queue...)
				l.next(len(test.queue))
				if !slices.Equal(l.served, test.want) {
					t.Errorf("served %v, want %v", l.served, test.want)
				}
			})
		})
	}
}

func TestTurns_WhoComesAgainStandsBehindTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{turns: newTurns([]int{0})}
		l.join(t.Context(), "a", "b", "c")
		for range 3 {
			l.next(1)
			l.join(t.Context(), l.served[len(l.served)-2]) // The camera that was served before comes with its next picture.
		}
		if want := []string{"a", "b", "c", "a"}; !slices.Equal(l.served, want) {
			t.Errorf("served %v, want %v", l.served, want)
		}
	})
}

func TestTurns_AsManyAtOnceAsThereAreThings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{turns: newTurns([]int{0, 1, 2})}
		l.join(t.Context(), "a", "b", "c", "d")
		if len(l.served) != 3 {
			t.Errorf("%d callers have one of three things", len(l.served))
		}
		l.next(1)
		if len(l.served) != 4 {
			t.Error("a thing that was given back did not go on")
		}
	})
}

func TestTurns_WhoLeavesLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{turns: newTurns([]int{0})}
		l.join(t.Context(), "first")
		ctx, cancel := context.WithCancel(t.Context())
		l.join(ctx, "a")
		l.join(t.Context(), "a")
		l.join(ctx, "b")
		cancel()
		synctest.Wait()
		if len(l.errors) != 2 || !errors.Is(l.errors[0], context.Canceled) {
			t.Fatalf("who left got %v", l.errors)
		}
		l.next(1)
		if want := []string{"first", "a"}; !slices.Equal(l.served, want) {
			t.Errorf("served %v, want %v", l.served, want)
		}
		l.next(1) // Nobody waits any more; the thing is idle.
		if len(l.turns.idle) != 1 || len(l.turns.waiting) != 0 || len(l.turns.order) != 0 {
			t.Errorf("idle %v, waiting %v, order %v", l.turns.idle, l.turns.waiting, l.turns.order)
		}
	})
}

func TestTurns_AThingGivenToOneWhoLeftGoesOn(t *testing.T) {
	all := newTurns([]int{7})
	if _, err := all.take(t.Context(), "first"); err != nil {
		t.Fatal(err)
	}
	w := &waiter[int]{given: make(chan int, 1)}
	all.waiting["a"], all.order = []*waiter[int]{w}, []string{"a"}
	all.give(7) // It lies in the channel of a caller who is just leaving.
	all.leave("a", w)
	if !slices.Equal(all.idle, []int{7}) {
		t.Errorf("idle are %v, want [7]", all.idle)
	}
}

func TestTurns_CloseWaitsForWhatIsLent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{turns: newTurns([]int{0, 1})}
		l.join(t.Context(), "a", "b", "c")
		closed := false
		go func() {
			l.turns.close()
			closed = true
		}()
		synctest.Wait()
		if len(l.errors) != 1 || !errors.Is(l.errors[0], errClosed) {
			t.Errorf("who waits gets %v, want %v", l.errors, errClosed)
		}
		l.next(1)
		if closed {
			t.Error("closed while a thing is lent")
		}
		l.next(1)
		if !closed {
			t.Error("not closed although everything is back")
		}
		if _, err := l.turns.take(t.Context(), "a"); !errors.Is(err, errClosed) {
			t.Errorf("who comes later gets %v, want %v", err, errClosed)
		}
		l.turns.close() // Once more is harmless.
	})
}
