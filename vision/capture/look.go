package capture

import (
	"context"
	"errors"
	"sync"

	"gridwatch/vision"
)

const lookQuality = 82

// onlookers are those who wait to see the next frame of a camera. A frame is packed once for all of them, and not at all
// while nobody looks.
type onlookers struct {
	mu      sync.Mutex
	waiting map[chan vision.Look]bool
}

// next waits for the next frame.
func (o *onlookers) next(ctx context.Context) (vision.Look, error) {
	seen := make(chan vision.Look, 1)
	o.mu.Lock()
	if o.waiting == nil {
		o.waiting = map[chan vision.Look]bool{}
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
		return vision.Look{}, ctx.Err()
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

func lookAt(f vision.Frame) (vision.Look, error) {
	jpeg, err := Encode(f.Image, lookQuality)
	if err != nil {
		return vision.Look{}, err
	}
	return vision.Look{JPEG: jpeg, At: f.At, Size: f.Image.Size()}, nil
}

// LookOnce opens the camera's source for one frame.
func LookOnce(ctx context.Context, cam vision.Camera, o Options) (look vision.Look, err error) {
	err = looks(ctx, cam, o, func(one vision.Look) error {
		look = one
		return errSeen
	})
	if errors.Is(err, errSeen) {
		return look, nil
	}
	return vision.Look{}, err
}

// errSeen ends looks: what was wanted was seen.
var errSeen = errors.New("capture: seen")

// Show opens the camera's source and shows every frame until ctx ends, the source fails or show does.
func Show(ctx context.Context, cam vision.Camera, show func(vision.Look) error) error {
	return looks(ctx, cam, Options{}, show)
}

func looks(ctx context.Context, cam vision.Camera, o Options, show func(vision.Look) error) error {
	source, err := OpenWith(ctx, cam, o)
	if err != nil {
		return err
	}
	defer source.Close()
	masks := cam.Masks()
	for {
		frame, err := source.Next(ctx)
		if errors.Is(err, ErrBadFrame) {
			continue
		}
		if err != nil {
			return err
		}
		vision.Blacken(frame.Image, masks)
		look, err := lookAt(frame)
		frame.Close()
		if err == nil {
			err = show(look)
		}
		if err != nil {
			return err
		}
	}
}
