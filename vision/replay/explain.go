package replay

import (
	"context"
	"errors"
	"image"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
)

// Explanation is what the kernel made of one camera's frames for a while: why, and why not.
type Explanation struct {
	Frames  int
	Unfit   []UnfitSpan
	Reasons []Reason
	Next    time.Time // Where to go on when there was too much to tell; else zero.
}

// UnfitSpan is a time in which no frame might speak, and why.
type UnfitSpan struct {
	Reason      string
	From, Until time.Time
	Frames      int
}

// Reason is one trace that was the same for a while, as it was at last.
type Reason struct {
	vision.Trace
	From, Until time.Time
	Frames      int
	Frame       image.Point // Size of the frame in pixels.
}

// mostReasons is how many reasons one explanation holds.
const mostReasons = 3000

// Explain replays what was recorded of a camera between from and until, the unfinished chunk included.
func (l *Library) Explain(ctx context.Context, cameraID string, from, until time.Time) (Explanation, error) {
	e := explainer{from: from, until: until}
	err := l.Chunks(ctx, cameraID, from, until, func(c *ChunkReader) error { return e.chunk(ctx, c) })
	if errors.Is(err, errEnough) {
		err = nil
	}
	return e.Explanation, err
}

var errEnough = errors.New("replay: enough was told")

// explainer gathers an explanation step by step.
type explainer struct {
	Explanation
	from, until time.Time
	open        map[reasonKey]int // What the last frame's traces said: index into Reasons.
	unfit       bool              // The last frame was unfit.
}

// reasonKey is what makes two traces of following frames the same. Nth tells apart what one frame says more than once.
type reasonKey struct {
	gate                          vision.Gate
	passed                        bool
	fence, occupancy, class, note string
	track                         int64
	nth                           int
}

func (e *explainer) chunk(ctx context.Context, c *ChunkReader) error {
	state := c.State
	return c.each(ctx, e.until, func(s Step) error {
		if lacks := s.City.Rules.Lacks(); lacks != "" {
			return geo.Invalid("from", "that time was recorded by an older program, whose rules lack %s: a back-test can tell what the rules of now make of it", lacks)
		}
		var traces []vision.Trace
		state, _, traces = vision.Step(state, s.Observation, s.City)
		if s.Observation.At.Before(e.from) {
			return nil
		}
		if len(e.Reasons) >= mostReasons {
			e.Next = s.Observation.At
			return errEnough
		}
		e.tell(s, append(traces, s.Looked...))
		return nil
	})
}

// tell adds what one frame's traces say.
func (e *explainer) tell(s Step, traces []vision.Trace) {
	at := s.Observation.At.UTC()
	e.Frames++
	e.tellUnfit(s.Observation.Unfit, at)
	now := map[reasonKey]int{}
	for _, t := range traces {
		if t.Gate == vision.GateUnfit {
			continue
		}
		key := reasonKey{gate: t.Gate, passed: t.Passed, fence: t.FenceID, occupancy: t.Occupancy, class: t.Class, note: t.Note}
		if t.Occupancy == "" {
			key.track = t.Track
		}
		for {
			if _, twice := now[key]; !twice {
				break
			}
			key.nth++
		}
		i, known := e.open[key]
		if !known {
			i = len(e.Reasons)
			e.Reasons = append(e.Reasons, Reason{From: at})
		}
		r := &e.Reasons[i]
		r.Trace, r.Frame, r.Until = t, s.Frame, at
		r.Frames++
		now[key] = i
	}
	e.open = now
}

func (e *explainer) tellUnfit(reason string, at time.Time) {
	n := len(e.Unfit)
	switch {
	case reason == "":
	case e.unfit && e.Unfit[n-1].Reason == reason:
		e.Unfit[n-1].Until = at
		e.Unfit[n-1].Frames++
	default:
		e.Unfit = append(e.Unfit, UnfitSpan{Reason: reason, From: at, Until: at, Frames: 1})
	}
	e.unfit = reason != ""
}
