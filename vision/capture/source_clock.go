package capture

import (
	"context"
	"time"
)

// lateness is how far a recording at its own clock may fall behind before it goes on from now.
const lateness = 2 * time.Second

// clock gives the pictures of a recording their capture time and, unless the recording is read fast, holds each one back
// until that time has come.
type clock struct {
	start time.Time // Capture time of position 0.
	began time.Time // When position 0 was due.
	fast  bool
}

func newClock(o Options, fast bool) clock {
	return clock{start: o.Start, began: time.Now(), fast: fast}
}

// wait returns the capture time of position. A recording that fell far behind, because the machine slept or was busy, loses
// no picture but goes on with the time of now.
func (c *clock) wait(ctx context.Context, position time.Duration) (time.Time, error) {
	if c.fast {
		return c.start.Add(position), ctx.Err()
	}
	early := time.Until(c.began.Add(position))
	if early < -lateness {
		c.start = c.start.Add(-early)
		c.began = c.began.Add(-early)
	}
	if err := pause(ctx, early); err != nil {
		return time.Time{}, err
	}
	return c.start.Add(position), nil
}

// pause waits for d, or returns the error of ctx as soon as it ends.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
