package capture

import (
	"context"
	"image"
	"sync"
	"time"

	"gridwatch/vision"
)

// Look is one frame as people see it: a JPEG, masks black.
type Look struct {
	JPEG []byte
	At   time.Time
	Size image.Point
}

const lookQuality = 82

// onlookers are those who wait to see the next frame of a camera. A frame is packed once for all of them, and not at all
// while nobody looks.
type onlookers struct {
	mu      sync.Mutex
	waiting map[chan Look]bool
}

// next waits for the next frame.
func (o *onlookers) next(ctx context.Context) (Look, error) {
	seen := make(chan Look, 1)
	o.mu.Lock()
	if o.waiting == nil {
		o.waiting = map[chan Look]bool{}
	}
	o.waiting[seen] = true
	o.mu.Unlock()
	select {
	case look := <-seen:
		return look, nil
	case <-ctx.Done():
		o.mu.Lock()
		delete(o.waiting, seen)
		o.mu.Unlock()
		return Look{}, ctx.Err()
	}
}

// show packs the frame for whoever waits. It leaves the frame to its owner.
func (o *onlookers) show(f vision.Frame) {
	o.mu.Lock()
	waiting := o.waiting
	o.waiting = nil
	o.mu.Unlock()
	if len(waiting) == 0 {
		return
	}
	look, err := lookAt(f)
	if err != nil {
		return // They wait for the next one, until they lose patience.
	}
	for seen := range waiting {
		seen <- look
	}
}

func lookAt(f vision.Frame) (Look, error) {
	jpeg, err := Encode(f.Image, lookQuality)
	if err != nil {
		return Look{}, err
	}
	return Look{JPEG: jpeg, At: f.At, Size: f.Image.Size()}, nil
}

// LookOnce opens the camera's source for one frame. It is for cameras that nobody watches in this process.
func LookOnce(ctx context.Context, cam vision.Camera, o Options) (Look, error) {
	source, err := OpenWith(ctx, cam, o)
	if err != nil {
		return Look{}, err
	}
	defer source.Close()
	frame, err := source.Next(ctx)
	if err != nil {
		return Look{}, err
	}
	defer frame.Close()
	vision.Blacken(frame.Image, cam.Masks())
	return lookAt(frame)
}
