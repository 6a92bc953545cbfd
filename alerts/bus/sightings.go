package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gridwatch/vision"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// A publisher goes on for longer than a cluster needs for a new leader (4–7 s).
	publishFor     = 30 * time.Second
	publishTimeout = 5 * time.Second
	firstPause     = 50 * time.Millisecond
	longestPause   = 2 * time.Second
	// askFor is how long one request for a sighting stands.
	askFor = 500 * time.Millisecond
)

// Publish puts the sighting on the stream and returns when it is on the disk. It tries again for half a minute; after
// that, or when ctx ends, it returns an error and the caller still owns the sighting. The same key twice is once.
func (b *Bus) Publish(ctx context.Context, s vision.Sighting) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("bus: sighting %q: %w", s.Key, err)
	}
	if s.CameraID == "" {
		return fmt.Errorf("bus: sighting %q: camera must not be empty", s.Key)
	}
	return b.publish(ctx, "sightings."+token(s.CameraID), s.Key, data)
}

func (b *Bus) publish(ctx context.Context, subject, id string, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, publishFor)
	defer cancel()
	msg := &nats.Msg{Subject: subject, Data: data}
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := b.publishOnce(ctx, msg, id)
		if err == nil {
			return nil
		}
		if errors.Is(err, nats.ErrConnectionClosed) {
			return fmt.Errorf("bus: sighting %q: %w", id, ErrClosed)
		}
		if errors.Is(err, nats.ErrMaxPayload) {
			return fmt.Errorf("bus: sighting %q: %w", id, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("bus: sighting %q: %w", id, err)
		case <-time.After(pause):
		}
	}
}

func (b *Bus) publishOnce(ctx context.Context, msg *nats.Msg, id string) error {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	_, err := b.js.PublishMsg(ctx, msg, jetstream.WithMsgID(id), jetstream.WithExpectStream(streamName))
	return err
}

// Next waits for the next sighting. The stream hands out one at a time, in order, to whichever reader asks, and tells it
// again until it is acknowledged. Next outlives a broken connection; it returns an error when ctx ends (its own) and when
// the bus is closed (ErrClosed).
func (b *Bus) Next(ctx context.Context) (*Delivery, error) {
	for ctx.Err() == nil {
		// Each request asks for one message, none is fetched ahead, and none is given up half way: a reader that stops
		// holds nothing back. That is why ctx is looked at between the requests.
		msg, err := b.reader.Next(jetstream.FetchMaxWait(askFor))
		switch {
		case err == nil:
			return &Delivery{msg: msg}, nil
		case b.conn.IsClosed():
			return nil, ErrClosed
		case errors.Is(err, nats.ErrTimeout):
			continue // Nothing came; ask again.
		}
		b.log.Warn("bus: reading sightings is disturbed", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(longestPause):
		}
	}
	return nil, ctx.Err()
}

// Delivery is one message in the hands of its reader.
type Delivery struct{ msg jetstream.Msg }

// Data is the message as it came: a sighting in JSON, if its sender was right.
func (d *Delivery) Data() []byte { return d.msg.Data() }

// Ack says that the record exists. An acknowledgement that is lost brings the message again.
func (d *Delivery) Ack() error { return d.msg.Ack() }

// InProgress says that the reader still works on it, so that it does not come again meanwhile.
func (d *Delivery) InProgress() error { return d.msg.InProgress() }

// Return gives the message back to be told again at once, to this reader or another.
func (d *Delivery) Return() error { return d.msg.Nak() }

// Reject says that nothing will ever come of the message: it is not told again.
func (d *Delivery) Reject(reason string) error { return d.msg.TermWithReason(reason) }
