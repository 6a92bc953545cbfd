package bus_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"gridwatch/alerts/bus"
	"gridwatch/vision"

	"github.com/nats-io/nats-server/v2/server"
)

// The bus is what a pipeline publishes to.
var (
	_ interface {
		Publish(context.Context, vision.Sighting) error
	} = (*bus.Bus)(nil)
	_ interface {
		Load(context.Context, string) ([]byte, error)
		Save(context.Context, string, []byte) error
	} = (*bus.Bus)(nil)
)

func start(t *testing.T, dir string) *bus.Bus {
	t.Helper()
	b, err := bus.Start(bus.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func sighting(n int) vision.Sighting {
	occupancy := fmt.Sprintf("occupancy-%d", n)
	return vision.Sighting{Key: occupancy + "/raised", Kind: vision.Raised, Occupancy: occupancy, CameraID: "摄像机 1.east"}
}

func publish(t *testing.T, b *bus.Bus, s vision.Sighting) {
	t.Helper()
	if err := b.Publish(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// next returns the next message, which must come soon and speak of sighting n.
func next(t *testing.T, b *bus.Bus, n int) *bus.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	d, err := b.Next(ctx)
	if err != nil {
		t.Fatalf("waiting for sighting %d: %v", n, err)
	}
	if got := number(t, d); got != n {
		t.Fatalf("got sighting %d, want %d", got, n)
	}
	return d
}

func ack(t *testing.T, d *bus.Delivery) {
	t.Helper()
	if err := d.Ack(); err != nil {
		t.Fatal(err)
	}
}

func TestBus_TellsSightingsInOrderAndOnce(t *testing.T) {
	b := start(t, t.TempDir())
	for n := range 20 {
		publish(t, b, sighting(n))
		publish(t, b, sighting(n)) // The same key again is the same sighting.
	}
	for n := range 20 {
		ack(t, next(t, b, n))
	}
	publish(t, b, sighting(20))
	ack(t, next(t, b, 20))
}

func TestBus_TellsAgainWhatIsGivenBack(t *testing.T) {
	b := start(t, t.TempDir())
	publish(t, b, sighting(1))
	publish(t, b, sighting(2))
	for range 3 {
		if err := next(t, b, 1).Return(); err != nil {
			t.Fatal(err)
		}
	}
	ack(t, next(t, b, 1))
	ack(t, next(t, b, 2))
}

func TestBus_NeverTellsAgainWhatIsRejected(t *testing.T) {
	b := start(t, t.TempDir())
	publish(t, b, sighting(1))
	publish(t, b, sighting(2))
	if err := next(t, b, 1).Reject("rubbish"); err != nil {
		t.Fatal(err)
	}
	next(t, b, 2)
}

func TestBus_KeepsWhatNobodyAcknowledgedOverARestart(t *testing.T) {
	dir := t.TempDir()
	b := start(t, dir)
	for n := range 5 {
		publish(t, b, sighting(n))
	}
	if err := b.Save(t.Context(), "camera-1", []byte("dwelling")); err != nil {
		t.Fatal(err)
	}
	ack(t, next(t, b, 0))
	b.Close()

	b = start(t, dir)
	// An acknowledgement on its way when the server stops may be lost with it: then sighting 0 is told again.
	first, err := b.Backlog(t.Context())
	if err != nil || first != 4 && first != 5 {
		t.Errorf("backlog after the restart is %d (%v), want 4, or 5", first, err)
	}
	publish(t, b, sighting(3)) // Known since before the restart.
	for n := 5 - first; n < 5; n++ {
		ack(t, next(t, b, n))
	}
	state, err := b.Load(t.Context(), "camera-1")
	if err != nil || string(state) != "dwelling" {
		t.Errorf("state after the restart is %q (%v)", state, err)
	}
}

func TestBus_TellsAgainWhatAReaderHeldWhenItWasCutOff(t *testing.T) {
	t.Parallel() // It waits for the stream to give up on the reader.
	dir := t.TempDir()
	b := start(t, dir)
	publish(t, b, sighting(1))
	next(t, b, 1) // Neither acknowledged nor given back.
	b.Close()
	next(t, start(t, dir), 1)
}

func TestBus_RefusesAFolderThatIsInUse(t *testing.T) {
	dir := t.TempDir()
	start(t, dir)
	second, err := bus.Start(bus.Config{Dir: dir})
	if err == nil {
		second.Close()
		t.Fatal("two buses in one folder")
	}
	if !strings.Contains(err.Error(), "used by another process") {
		t.Errorf("the error does not say why: %v", err)
	}
}

func TestBus_NeedsAFolderOrAURL(t *testing.T) {
	if b, err := bus.Start(bus.Config{}); err == nil {
		b.Close()
		t.Error("a bus that lives nowhere")
	}
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := bus.Start(bus.Config{Dir: file}); err == nil {
		b.Close()
		t.Error("a bus that lives in a file")
	}
	if b, err := bus.Start(bus.Config{URL: "nats://127.0.0.1:1"}); err == nil {
		b.Close()
		t.Error("a bus at an address where nobody listens")
	}
}

func TestBus_StateIsKeptByAnyKey(t *testing.T) {
	b := start(t, t.TempDir())
	keys := []string{"a", "a.b", "a/b", "a=2Eb", "=", ".", "*", ">", " ", "摄像机", "\x00", "A", strings.Repeat("long ", 40)}
	for _, key := range keys {
		if got, err := b.Load(t.Context(), key); got != nil || err != nil {
			t.Errorf("state of %q before it was saved: %q, %v", key, got, err)
		}
		if err := b.Save(t.Context(), key, []byte("of "+key)); err != nil {
			t.Errorf("save %q: %v", key, err)
		}
	}
	for _, key := range keys {
		if got, err := b.Load(t.Context(), key); string(got) != "of "+key || err != nil {
			t.Errorf("state of %q is %q, %v", key, got, err)
		}
	}
	if err := b.Save(t.Context(), "", nil); err == nil {
		t.Error("saved under no key")
	}
	if _, err := b.Load(t.Context(), ""); err == nil {
		t.Error("loaded from no key")
	}
}

func TestBus_StateMayBeLarge(t *testing.T) {
	b := start(t, t.TempDir())
	background := bytes.Repeat([]byte("background"), 600_000) // 6 MB.
	for range 3 {
		if err := b.Save(t.Context(), "view", background); err != nil {
			t.Fatal(err)
		}
	}
	got, err := b.Load(t.Context(), "view")
	if err != nil || !bytes.Equal(got, background) {
		t.Fatalf("%d bytes came back, %v", len(got), err)
	}
	if err := b.Save(t.Context(), "view", make([]byte, bus.MaxPayload+1)); err == nil {
		t.Error("saved more than the largest value")
	}
	publish(t, b, sighting(1)) // The connection outlives the refusal.
}

func TestBus_WakeReachesWhoeverWaits(t *testing.T) {
	b := start(t, t.TempDir())
	woken, err := b.Woken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 100 { // More hints than fit are one.
		b.Wake()
	}
	<-woken
}

func TestBus_CloseEndsEverything(t *testing.T) {
	b := start(t, t.TempDir())
	ended := make(chan error)
	go func() {
		_, err := b.Next(context.Background())
		ended <- err
	}()
	b.Close()
	if err := <-ended; !errors.Is(err, bus.ErrClosed) {
		t.Errorf("Next ended with %v", err)
	}
	if err := b.Publish(t.Context(), sighting(1)); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("Publish after Close: %v", err)
	}
	b.Close()
}

func TestBus_NextEndsWithItsContext(t *testing.T) {
	b := start(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestBus_GoesOnWhenTheServerOutsideComesBack(t *testing.T) {
	t.Parallel() // An acknowledgement that went down with the server has to time out.
	options := &server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true}
	outside := run(t, options)
	b, err := bus.Start(bus.Config{URL: outside.ClientURL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	publish(t, b, sighting(1))
	ack(t, next(t, b, 1))

	options.Port = outside.Addr().(*net.TCPAddr).Port
	outside.Shutdown()
	outside.WaitForShutdown()
	published := make(chan error)
	go func() { published <- b.Publish(t.Context(), sighting(2)) }() // Waits for the server.
	run(t, options)
	if err := <-published; err != nil {
		t.Fatal(err)
	}
	for n := 0; n != 2; { // The acknowledgement of the first may have gone down with the server: then it comes again.
		d, err := b.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ack(t, d)
		n = number(t, d)
	}
}

func number(t *testing.T, d *bus.Delivery) (n int) {
	t.Helper()
	var s vision.Sighting
	if err := json.Unmarshal(d.Data(), &s); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(s.Occupancy, "occupancy-%d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func run(t *testing.T, options *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(options)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server did not start")
	}
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s
}

// BenchmarkBus_Publish measures sightings a second from one publisher, each on the disk before the next.
func BenchmarkBus_Publish(b *testing.B) {
	embedded, err := bus.Start(bus.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer embedded.Close()
	b.ResetTimer()
	for n := range b.N {
		if err := embedded.Publish(b.Context(), sighting(n)); err != nil {
			b.Fatal(err)
		}
	}
}
