package capture

import (
	"context"
	"math/rand/v2"
	"time"

	"gridwatch/vision"
)

// LongInterval is the shortest time between two pictures for which a source is let go meanwhile: from here on to connect
// again costs less than to read what nobody looks at.
const LongInterval = 20 * time.Second

// visits reads a source that is looked at rarely: it connects, takes one picture and disconnects.
type visits struct {
	open  func(ctx context.Context) (Reader, error)
	every time.Duration
	due   time.Time
	seq   uint64
	gone  bool
}

// Next waits until the next visit is due and returns its picture.
func (v *visits) Next(ctx context.Context) (vision.Frame, error) {
	if v.gone {
		return vision.Frame{}, errClosed
	}
	if err := pause(ctx, time.Until(v.due)); err != nil {
		return vision.Frame{}, err
	}
	begun := time.Now()
	source, err := v.open(ctx)
	if err != nil {
		return vision.Frame{}, err
	}
	defer source.Close()
	frame, err := source.Next(ctx)
	if err != nil {
		return vision.Frame{}, err
	}
	v.due = begun.Add(v.every)
	if v.seq == 0 {
		v.due = begun.Add(rand.N(v.every)) // Or a city's cameras, started together, would be visited together.
	}
	v.seq++
	frame.Seq = v.seq
	return frame, nil
}

// Close ends the visits. Between two of them nothing is open.
func (v *visits) Close() error {
	v.gone = true
	return nil
}
