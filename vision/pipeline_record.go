package vision

import "context"

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
	Image         Image
}

// record hands a step to the recorder. A recording that fails costs no alert: it is logged, and the camera goes on.
func (p *Pipeline) record(ctx context.Context, r Recorded) {
	if p.Recorder == nil {
		return
	}
	if err := p.Recorder.Record(ctx, r); err != nil && ctx.Err() == nil {
		p.log().Warn("step was not recorded", "error", err)
	}
}
