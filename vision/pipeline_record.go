package vision

import (
	"context"
	"math"
	"slices"
)

// Recorder keeps what the kernel was given, so that it can be given it again. Not safe for two goroutines.
type Recorder interface {
	// Record keeps one step. It holds on to nothing of r.Image.
	Record(ctx context.Context, r Recorded) error
}

// Recorded is one step of the kernel: what it was given, and what it remembered before and after. Nobody may change it.
type Recorded struct {
	Before, After State
	Observation   Observation
	City          City
	Looked        []Trace // What second looks said since the last step: the kernel does not.
	Image         Image
}

// record hands a step to the recorder. A recording that fails costs no alert: that is logged once, and the camera goes on.
func (p *Pipeline) record(ctx context.Context, r Recorded) {
	if p.Recorder == nil {
		return
	}
	err := p.Recorder.Record(ctx, r)
	if failed := err != nil && ctx.Err() == nil; failed != p.unrecorded {
		p.log().Warn("whether the camera's steps are recorded has changed", "error", err)
		p.unrecorded = failed
	}
}

// rounded takes from boxes and scores the digits that mean nothing, a fiftieth of a pixel and less: they would make
// recordings three times as large.
func rounded(found []Detection) []Detection {
	round := func(v, digits float64) float64 { return math.Round(v*digits) / digits }
	found = slices.Clone(found)
	for i := range found {
		d := &found[i]
		d.Score = round(d.Score, 1e4)
		d.Box = Box{X: round(d.Box.X, 1e5), Y: round(d.Box.Y, 1e5), W: round(d.Box.W, 1e5), H: round(d.Box.H, 1e5)}
	}
	return found
}
