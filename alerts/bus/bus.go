// Package bus carries sightings from the cameras to the alerts, and keeps the state of open occupancies, in NATS
// JetStream: inside this process by default, on servers outside when a URL is given. Nothing that it has acknowledged
// is lost, whatever is killed; a message may be told twice, so readers are idempotent.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// MaxPayload is the largest message and the largest value of the state store: the background of one view.
	MaxPayload = 8 << 20

	streamName   = "SIGHTINGS"
	subjects     = "sightings.>"
	consumerName = "alerts"
	stateBucket  = "OCCUPANCIES"
	wakeSubject  = "events"

	// A sighting is kept for a month, alerts made of it or not; within a day the stream itself drops a repeat.
	keep            = 30 * 24 * time.Hour
	duplicateWindow = 24 * time.Hour
	// ackWait is how long a message rests with a reader that says nothing, for instance because it was killed.
	ackWait = 10 * time.Second

	setUpTimeout   = 30 * time.Second
	startTimeout   = 30 * time.Second
	reconnectPause = 250 * time.Millisecond
)

// ErrClosed says that the bus was closed.
var ErrClosed = errors.New("bus: closed")

// Config says where the bus lives.
type Config struct {
	Dir      string // Folder of the embedded server's files; one process at a time.
	URL      string // Servers outside, as in nats.Connect, with max_payload of at least MaxPayload; empty embeds one.
	Replicas int    // Copies of every message on outside servers; 0 is 1.
	Log      *slog.Logger
}

// Bus is one connection to JetStream, with the server behind it where that is embedded. It is safe for many goroutines.
type Bus struct {
	log      *slog.Logger
	embedded *embedded // Nil when the servers are outside.
	conn     *nats.Conn
	js       jetstream.JetStream
	reader   jetstream.Consumer
	state    jetstream.KeyValue
}

// Start connects, and makes the stream, its consumer and the state store where they are missing.
func Start(c Config) (*Bus, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	b := &Bus{log: c.Log}
	if err := b.connect(c); err != nil {
		b.Close()
		return nil, fmt.Errorf("bus: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), setUpTimeout)
	defer cancel()
	if err := b.setUp(ctx, max(c.Replicas, 1)); err != nil {
		b.Close()
		return nil, fmt.Errorf("bus: %w", err)
	}
	return b, nil
}

func (b *Bus) connect(c Config) error {
	options := []nats.Option{
		nats.Name("gridwatch"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(reconnectPause),
		nats.RetryOnFailedConnect(false),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.log.Warn("bus: disconnected", "err", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { b.log.Info("bus: connected again") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { b.log.Warn("bus: asynchronous error", "err", err) }),
	}
	url := c.URL
	if url == "" {
		var err error
		if b.embedded, err = embed(c.Dir, c.Log); err != nil {
			return err
		}
		options = append(options, nats.InProcessServer(b.embedded.server))
	}
	var err error
	if b.conn, err = nats.Connect(url, options...); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if limit := b.conn.MaxPayload(); limit < MaxPayload {
		b.log.Warn("bus: the server's max_payload is small: large states will not be saved", "has", limit, "wants", MaxPayload)
	}
	b.js, err = jetstream.New(b.conn)
	return err
}

func (b *Bus) setUp(ctx context.Context, replicas int) error {
	stream, err := b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:       streamName,
		Subjects:   []string{subjects},
		Storage:    jetstream.FileStorage,
		Retention:  jetstream.LimitsPolicy,
		MaxAge:     keep,
		Duplicates: duplicateWindow,
		Replicas:   replicas,
	})
	if err != nil {
		return fmt.Errorf("stream %s: %w", streamName, err)
	}
	// One message at a time over all readers of the durable consumer: the order of the stream is the order of the record.
	b.reader, err = stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable:       consumerName,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       ackWait,
		MaxDeliver:    -1,
		MaxAckPending: 1,
		Replicas:      replicas,
	})
	if err != nil {
		return fmt.Errorf("consumer %s: %w", consumerName, err)
	}
	b.state, err = b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket:       stateBucket,
		Storage:      jetstream.FileStorage,
		History:      1,
		MaxValueSize: MaxPayload,
		Replicas:     replicas,
	})
	if err != nil {
		return fmt.Errorf("bucket %s: %w", stateBucket, err)
	}
	return nil
}

// Close ends the connection and, where it is embedded, the server. Messages that nobody acknowledged come again after
// the next Start. Calls that are under way fail.
func (b *Bus) Close() {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.embedded != nil {
		b.embedded.close()
	}
}

// Check returns an error unless the stream answers.
func (b *Bus) Check(ctx context.Context) error {
	_, err := b.Backlog(ctx)
	return err
}

// Backlog is how many sightings wait to become alerts.
func (b *Bus) Backlog(ctx context.Context) (int, error) {
	info, err := b.js.Consumer(ctx, streamName, consumerName)
	if err != nil {
		return 0, fmt.Errorf("bus: consumer %s: %w", consumerName, err)
	}
	cached := info.CachedInfo()
	return int(cached.NumPending) + cached.NumAckPending, nil
}

// Wake tells every process that an event was committed. It is a hint: whoever misses it finds the event by its sweep.
func (b *Bus) Wake() {
	if err := b.conn.Publish(wakeSubject, nil); err != nil {
		b.log.Debug("bus: wake", "err", err)
	}
}

// Woken returns a channel that holds at most one hint, until ctx ends.
func (b *Bus) Woken(ctx context.Context) (<-chan struct{}, error) {
	hints := make(chan struct{}, 1)
	sub, err := b.conn.Subscribe(wakeSubject, func(*nats.Msg) {
		select {
		case hints <- struct{}{}:
		default: // One hint waits already; it covers this event too.
		}
	})
	if err != nil {
		return nil, fmt.Errorf("bus: subscribe %s: %w", wakeSubject, err)
	}
	context.AfterFunc(ctx, func() { sub.Unsubscribe() })
	return hints, nil
}

// embeddedOptions are those of a server that nobody outside this process can reach, and that has every write on the
// disk before it acknowledges it.
func embeddedOptions(dir string) *server.Options {
	return &server.Options{
		ServerName: "gridwatch",
		DontListen: true,
		JetStream:  true,
		StoreDir:   dir,
		SyncAlways: true,
		MaxPayload: MaxPayload,
		NoSigs:     true,
	}
}
