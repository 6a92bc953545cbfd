package vision

import (
	"context"
	"errors"
	"image"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// countedImage is picture memory that counts how often it was given back.
type countedImage struct{ closed atomic.Int32 }

func (c *countedImage) Size() image.Point               { return image.Pt(1, 1) }
func (c *countedImage) BGR() []byte                     { return []byte{0, 0, 0} }
func (c *countedImage) Resized(w, h int) (Image, error) { return nil, errors.New("not resized") }
func (c *countedImage) Close() error                    { c.closed.Add(1); return nil }

func frames(n int) []Frame {
	all := make([]Frame, n)
	for i := range all {
		all[i] = Frame{Seq: uint64(i + 1), Image: &countedImage{}}
	}
	return all
}

func closes(f Frame) int { return int(f.Image.(*countedImage).closed.Load()) }

func TestLatest_NewestReplacesTheOldest(t *testing.T) {
	l, f := NewLatest(), frames(3)
	for _, one := range f {
		l.Put(one)
	}
	got, err := l.Take(t.Context())
	if err != nil || got.Seq != 3 {
		t.Fatalf("took %d, %v; want frame 3", got.Seq, err)
	}
	if l.Dropped() != 2 {
		t.Errorf("dropped %d, want 2", l.Dropped())
	}
	for i, want := range []int{1, 1, 0} {
		if closes(f[i]) != want {
			t.Errorf("frame %d was closed %d times, want %d", i+1, closes(f[i]), want)
		}
	}
}

func TestLatest_TakeWaitsForAFrameOrTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := NewLatest(), frames(1)
		took := make(chan Frame)
		go func() {
			got, _ := l.Take(t.Context())
			took <- got
		}()
		synctest.Wait()
		l.Put(f[0])
		if got := <-took; got.Seq != 1 {
			t.Errorf("took %d, want frame 1", got.Seq)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := l.Take(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled Take returned %v", err)
		}
	})
}

func TestLatest_EndLeavesTheLastFrame(t *testing.T) {
	l, f := NewLatest(), frames(2)
	l.Put(f[0])
	l.End()
	l.End()
	l.Put(f[1])
	if closes(f[1]) != 1 {
		t.Errorf("a frame put after End was closed %d times", closes(f[1]))
	}
	if got, err := l.Take(t.Context()); err != nil || got.Seq != 1 {
		t.Fatalf("took %d, %v; want frame 1", got.Seq, err)
	}
	if _, err := l.Take(t.Context()); err != io.EOF {
		t.Errorf("after the last frame Take returned %v, want io.EOF", err)
	}
	if closes(f[0]) != 0 || l.Dropped() != 0 {
		t.Errorf("the last frame was closed %d times, %d dropped", closes(f[0]), l.Dropped())
	}
}

func TestLatest_CloseClosesWhatWaitsAndWhatComes(t *testing.T) {
	l, f := NewLatest(), frames(3)
	l.Put(f[0])
	l.Close()
	l.Close()
	l.Put(f[1])
	if err := l.PutWhenTaken(t.Context(), f[2]); err != nil {
		t.Errorf("PutWhenTaken after Close: %v", err)
	}
	for i := range f {
		if closes(f[i]) != 1 {
			t.Errorf("frame %d was closed %d times, want once", i+1, closes(f[i]))
		}
	}
	if _, err := l.Take(t.Context()); err != io.EOF {
		t.Errorf("Take after Close returned %v, want io.EOF", err)
	}
}

func TestLatest_PutWhenTakenLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := NewLatest(), frames(50)
		go func() {
			for _, one := range f {
				l.PutWhenTaken(t.Context(), one)
			}
			l.End()
		}()
		for want := uint64(1); ; want++ {
			synctest.Wait() // The slot is full and the putter waits.
			got, err := l.Take(t.Context())
			if err == io.EOF && want == 51 {
				break
			}
			if err != nil || got.Seq != want {
				t.Fatalf("took %d, %v; want frame %d", got.Seq, err, want)
			}
		}
		if l.Dropped() != 0 {
			t.Errorf("dropped %d", l.Dropped())
		}
	})
}

func TestLatest_PutWhenTakenGivesUp(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(l *Latest, cancel func())
		want error
	}{
		{"when its context ends", func(_ *Latest, cancel func()) { cancel() }, context.Canceled},
		{"when nobody will take", func(l *Latest, _ func()) { l.Close() }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, f := NewLatest(), frames(2)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				l.Put(f[0])
				result := make(chan error)
				go func() { result <- l.PutWhenTaken(ctx, f[1]) }()
				synctest.Wait()
				c.end(l, cancel)
				if err := <-result; !errors.Is(err, c.want) {
					t.Errorf("returned %v, want %v", err, c.want)
				}
				l.Close()
				if closes(f[0]) != 1 || closes(f[1]) != 1 {
					t.Errorf("closed %d and %d times, want once each", closes(f[0]), closes(f[1]))
				}
			})
		})
	}
}

func TestLatest_EveryFrameIsClosedExactlyOnce(t *testing.T) {
	const n = 5000
	l, f := NewLatest(), frames(n)
	var taken atomic.Uint64
	var takers sync.WaitGroup
	for range 3 {
		takers.Go(func() {
			for {
				got, err := l.Take(t.Context())
				if err != nil {
					return
				}
				taken.Add(1)
				got.Close()
			}
		})
	}
	for _, one := range f {
		l.Put(one)
	}
	l.End()
	takers.Wait()
	if got := taken.Load() + l.Dropped(); got != n {
		t.Errorf("%d taken and %d dropped are not %d", taken.Load(), l.Dropped(), n)
	}
	for i := range f {
		if closes(f[i]) != 1 {
			t.Fatalf("frame %d was closed %d times", i+1, closes(f[i]))
		}
	}
}
