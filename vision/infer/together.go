package infer

import (
	"context"
	"errors"
	"slices"
	"strings"

	"gridwatch/vision"
)

// Together is the default detector with those that a city has added. Each added one looks at the cameras that watch for its
// rules, and its boxes join those of the default one under its own labels.
type Together struct {
	Default *Pool
	Added   []Added
}

// Added is one detector of the city's own.
type Added struct {
	Name  string
	Pool  *Pool
	Rules []string // Keys of the rules that use it.
}

// For returns a camera's own view of them all. rules are those of the fences that the camera can see now.
func (t Together) For(cameraID string, rules func() []string) vision.Detector {
	if len(t.Added) == 0 {
		return t.Default.For(cameraID)
	}
	return lookingTogether{t, cameraID, rules}
}

// Close closes every pool.
func (t Together) Close() error {
	err := t.Default.Close()
	for _, added := range t.Added {
		err = errors.Join(err, added.Pool.Close())
	}
	return err
}

type lookingTogether struct {
	Together
	id    string
	rules func() []string
}

// wanted are the detectors that the camera's rules ask for.
func (l lookingTogether) wanted() []Added {
	rules := l.rules()
	return slices.DeleteFunc(slices.Clone(l.Added), func(a Added) bool {
		return !slices.ContainsFunc(a.Rules, func(rule string) bool { return slices.Contains(rules, rule) })
	})
}

// Fingerprint names every model that looks at the camera now.
func (l lookingTogether) Fingerprint() string {
	names := []string{l.Default.Fingerprint()}
	for _, added := range l.wanted() {
		names = append(names, added.Pool.Fingerprint())
	}
	return strings.Join(names, " + ")
}

// Detect asks one detector after the other: they share the machine's cores in any case. Where two find the same class at
// one place, the surer box counts.
func (l lookingTogether) Detect(ctx context.Context, img vision.Image) ([]vision.Detection, error) {
	found, err := l.Default.For(l.id).Detect(ctx, img)
	if err != nil {
		return nil, err
	}
	for _, added := range l.wanted() {
		more, err := added.Pool.For(l.id).Detect(ctx, img)
		if err != nil {
			return nil, err
		}
		found = join(found, more, added.Pool.nms)
	}
	return found, nil
}

// join adds more to found, and of two boxes of one class that overlap by more than limit keeps the surer.
func join(found, more []vision.Detection, limit float32) []vision.Detection {
	for _, d := range more {
		at := slices.IndexFunc(found, func(f vision.Detection) bool {
			return f.Class == d.Class && corners(f.Box).overlap(corners(d.Box)) > limit
		})
		switch {
		case at < 0:
			found = append(found, d)
		case d.Score > found[at].Score:
			found[at] = d
		}
	}
	return found
}

func corners(b vision.Box) candidate {
	return candidate{x0: float32(b.X), y0: float32(b.Y), x1: float32(b.X + b.W), y1: float32(b.Y + b.H)}
}
