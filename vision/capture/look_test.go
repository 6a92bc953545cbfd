package capture

import (
	"context"
	"errors"
	"testing"
	"time"

	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// leftHalf is a mask over the left half of the frame.
var leftHalf = []orb.Ring{{{0, 0}, {0.5, 0}, {0.5, 1}, {0, 1}}}

func TestWatcher_NobodySeesWhatIsMasked(t *testing.T) {
	cam := vision.Camera{ID: "masked", FPS: 5, Source: vision.Source{URL: vtest(t), Loop: true},
		View: vision.View{ID: "masked", Masks: leftHalf}}
	latest := vision.NewLatest()
	ctx, cancel := context.WithCancel(t.Context())
	w := NewWatcher(cam, latest, &news{}, Options{})
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	defer func() {
		cancel()
		<-done
	}()
	frame, err := latest.Take(ctx) // What the pipeline detects on, records and cuts evidence from.
	if err != nil {
		t.Fatal(err)
	}
	wantMasked(t, frame.Image, 0)
	frame.Close()
	look, err := w.Look(ctx) // What people see.
	if err != nil {
		t.Fatal(err)
	}
	img, err := Decode(look.JPEG)
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	if img.Size() != look.Size || time.Since(look.At) > time.Minute {
		t.Errorf("look of %v at %v is a picture of %v", look.Size, look.At, img.Size())
	}
	wantMasked(t, img, 40) // JPEG rings by the edge.
}

func TestLookOnce_NobodySeesWhatIsMasked(t *testing.T) {
	cam := vision.Camera{ID: "masked", Source: vision.Source{URL: vtest(t)},
		View: vision.View{ID: "a"}, Views: []vision.View{{ID: "a"}, {ID: "b", Masks: leftHalf}}}
	look, err := LookOnce(t.Context(), cam, Options{})
	if err != nil {
		t.Fatal(err)
	}
	img, err := Decode(look.JPEG)
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	wantMasked(t, img, 40)
}

// wantMasked fails unless the left half of the picture is black, but for so many levels, and the right half is not.
func wantMasked(t *testing.T, img vision.Image, levels byte) {
	t.Helper()
	size, pixels := img.Size(), img.BGR()
	var right int
	for y := range size.Y {
		for x := range size.X {
			at := 3 * (y*size.X + x)
			brightest := max(pixels[at], pixels[at+1], pixels[at+2])
			if x < size.X/2 && brightest > levels {
				t.Fatalf("masked pixel %d,%d can be seen: %v", x, y, pixels[at:at+3])
			}
			if x >= size.X/2 {
				right += int(brightest)
			}
		}
	}
	if mean := right / (size.X * size.Y / 2); mean < 40 {
		t.Errorf("what is not masked is dark as well: %d", mean)
	}
}

func TestWatcher_WhoeverLosesPatienceIsForgotten(t *testing.T) {
	var o onlookers
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := o.next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(o.waiting) != 0 {
		t.Errorf("%d still wait", len(o.waiting))
	}
	img := plain(t, 8, 8, 90)
	defer img.Close()
	o.show(vision.Frame{Image: img})
}
