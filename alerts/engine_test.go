package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"gridwatch/alerts/bus"
	"gridwatch/migrations/dbtest"
	"gridwatch/vision"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// road is an engine and a feed at work in a test city, on a NATS server with a door through which a test may put
// anything on the stream.
type road struct {
	*testCity
	bus    *bus.Bus
	raw    jetstream.JetStream
	engine *Engine
	feed   *Feed
}

func newRoad(t testing.TB) *road {
	t.Helper()
	r := &road{testCity: newCity(t)}
	outside, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, NoSigs: true, NoLog: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	outside.Start()
	t.Cleanup(outside.WaitForShutdown)
	t.Cleanup(outside.Shutdown)
	if !outside.ReadyForConnections(30 * time.Second) {
		t.Fatal("the NATS server did not start")
	}
	log := slog.New(r.log)
	if r.bus, err = bus.Start(bus.Config{URL: outside.ClientURL(), Log: log}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.bus.Close)
	conn, err := nats.Connect(outside.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if r.raw, err = jetstream.New(conn); err != nil {
		t.Fatal(err)
	}
	r.store.Wake, r.cameras.Wake = r.bus.Wake, r.bus.Wake
	r.engine = NewEngine(r.store, r.dispatch, r.bus, log)
	woken, err := r.bus.Woken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.feed = NewFeed(r.store, r.cameras, woken, log)
	runStage(t, r.feed.Run)
	return r
}

// runStage runs a stage until the test ends, or until the returned function is called.
func runStage(t testing.TB, stage func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- stage(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("stage ended with %v", err)
		}
	}
	t.Cleanup(stop)
	return stop
}

// put puts bytes on the stream past all checks, even the stream's own against repeats.
func (r *road) put(t testing.TB, data []byte) {
	t.Helper()
	if _, err := r.raw.Publish(t.Context(), "sightings.test", data); err != nil {
		t.Fatal(err)
	}
}

func (r *road) publish(t testing.TB, s vision.Sighting) {
	t.Helper()
	if err := r.bus.Publish(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// follow returns a subscription of the city from the first event on.
func (r *road) follow(t testing.TB, after int64, scope Scope) *Subscription {
	t.Helper()
	sub, err := r.feed.Subscribe(after, scope)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sub.Close)
	return sub
}

// await returns the next event, which must come soon.
func await(t testing.TB, sub *Subscription) Event {
	t.Helper()
	select {
	case e, ok := <-sub.Events():
		if !ok {
			t.Fatalf("the subscription ended: %v", sub.Err())
		}
		return e
	case <-time.After(time.Minute):
		t.Fatal("no event came")
	}
	return Event{}
}

// awaitAlert skips to the first event of an occupancy, and returns how many came before it.
func awaitAlert(t testing.TB, sub *Subscription, occupancy string) (before int) {
	t.Helper()
	for ; await(t, sub).Alert.Occupancy != occupancy; before++ {
	}
	return before
}

func TestEngine_EachSightingOnceHoweverOftenTold(t *testing.T) {
	r := newRoad(t)
	random := rand.New(rand.NewPCG(7, 7))
	var all []vision.Sighting
	for n := range 10 {
		for _, kind := range []vision.Kind{vision.Raised, vision.Escalated, vision.Cleared} {
			s := sighting(fmt.Sprintf("o-%d", n), kind, inWest)
			all = append(all, s, s, s)
		}
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, s := range all {
		r.put(t, encode(t, s))
	}
	r.put(t, encode(t, sighting("last", vision.Raised, inWest))) // The stream is in order: after this one all were taken.

	sub := r.follow(t, 0, Scope{City: true})
	runStage(t, r.engine.Run)
	if before := awaitAlert(t, sub, "last"); before != 30 {
		t.Errorf("%d events, want 30", before)
	}
	counters := r.engine.Counters()
	if taken, repeats := counters.Taken.Load(), counters.Repeats.Load(); taken != 31 || repeats != 60 {
		t.Errorf("%d taken and %d repeats, want 31 and 60", taken, repeats)
	}
	if n := r.count(t, `SELECT count(*) FROM alerts WHERE state = 'cleared' AND escalated_at IS NOT NULL`); n != 10 {
		t.Errorf("%d complete alerts, want 10", n)
	}
	if n := r.count(t, `SELECT count(*) FROM evidence`); n != 10*4+2 {
		t.Errorf("%d pictures", n)
	}
}

func TestEngine_RubbishIsKeptAsideAndHoldsNobodyUp(t *testing.T) {
	r := newRoad(t)
	other := sighting("o", vision.Raised, inWest)
	other.Matter = "vending"
	nul := sighting("nul", vision.Raised, inWest)
	nul.FenceName = "a\x00b" // PostgreSQL has no such text.
	rubbish := [][]byte{nil, []byte("{"), []byte("\xff\xfe"), []byte(`{"key":"x"}`), encode(t, other), encode(t, nul)}
	sub := r.follow(t, 0, Scope{City: true})
	for _, data := range rubbish {
		r.put(t, data)
	}
	r.put(t, rubbish[3])
	r.publish(t, sighting("good", vision.Raised, inWest))
	runStage(t, r.engine.Run)

	if before := awaitAlert(t, sub, "good"); before != 0 {
		t.Errorf("%d events came of rubbish", before)
	}
	if n := r.engine.Counters().Rejected.Load(); n != 7 {
		t.Errorf("%d rejected, want 7", n)
	}
	if n := r.count(t, `SELECT count(*) FROM rejected_sightings WHERE reason <> ''`); n != 6 {
		t.Errorf("%d rows kept aside, want 6: a repeat is one", n)
	}
	var reason string
	var kept []byte
	if err := r.pool.QueryRow(t.Context(), `SELECT reason, data FROM rejected_sightings WHERE reason LIKE 'matter:%'`).Scan(&reason, &kept); err != nil {
		t.Fatal(err)
	}
	if string(kept) != string(encode(t, other)) {
		t.Errorf("kept %q", kept)
	}
}

func TestEngine_WaitsForADatabaseThatIsAway(t *testing.T) {
	r := newRoad(t)
	admin := connectAdmin(t)
	sub := r.follow(t, 0, Scope{City: true})
	runStage(t, r.engine.Run)
	const before, during, after = 20, 30, 20
	publish := func(from, to int) {
		for n := from; n < to; n++ {
			r.publish(t, sighting(fmt.Sprintf("o-%d", n), vision.Raised, inWest))
		}
	}
	publish(0, before)
	away := r.log.said("recording is disturbed, trying again")
	r.shutDoor(t, admin, true)
	publish(before, before+during)
	<-away
	r.shutDoor(t, admin, false)
	publish(before+during, before+during+after)

	seen := map[string]int{}
	last := int64(0)
	for range before + during + after {
		e := await(t, sub)
		seen[e.Alert.Occupancy]++
		if e.Seq <= last {
			t.Errorf("event %d after %d", e.Seq, last)
		}
		last = e.Seq
	}
	for n := range before + during + after {
		if occupancy := fmt.Sprintf("o-%d", n); seen[occupancy] != 1 {
			t.Errorf("%s was told %d times", occupancy, seen[occupancy])
		}
	}
	if n := r.count(t, `SELECT count(*) FROM events`); n != before+during+after {
		t.Errorf("%d events", n)
	}
	if r.engine.Counters().Retries.Load() == 0 {
		t.Error("the database was never away")
	}
}

// shutDoor cuts every connection to the test's database and lets none in; or lets them in again.
func (c *testCity) shutDoor(t testing.TB, admin *pgx.Conn, shut bool) {
	t.Helper()
	name := c.pool.Config().ConnConfig.Database
	if _, err := admin.Exec(t.Context(), fmt.Sprintf(`ALTER DATABASE %s ALLOW_CONNECTIONS %t`, name, !shut)); err != nil {
		t.Fatal(err)
	}
	if !shut {
		return
	}
	if _, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, name); err != nil {
		t.Fatal(err)
	}
}

func connectAdmin(t testing.TB) *pgx.Conn {
	t.Helper()
	admin, err := pgx.Connect(t.Context(), dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close(context.Background()) })
	return admin
}

func TestEngine_StopsAndGoesOnWhereItStopped(t *testing.T) {
	r := newRoad(t)
	sub := r.follow(t, 0, Scope{City: true})
	const all = 60
	for n := range all {
		r.publish(t, sighting(fmt.Sprintf("o-%d", n), vision.Raised, inWest))
	}
	told := 0
	for told < all { // Stop and start at arbitrary moments.
		stop := runStage(t, NewEngine(r.store, r.dispatch, r.bus, slog.New(r.log)).Run)
		for range min(7, all-told) {
			await(t, sub)
			told++
		}
		stop()
		for len(sub.Events()) > 0 {
			await(t, sub)
			told++
		}
	}
	if n := r.count(t, `SELECT count(DISTINCT alert) FROM events WHERE type = 'alert.raised'`); n != all {
		t.Errorf("%d alerts were told, want %d", n, all)
	}
}

func TestEngine_EndsWithTheBus(t *testing.T) {
	c := newCity(t)
	b, err := bus.Start(bus.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- NewEngine(c.store, c.dispatch, b, slog.New(c.log)).Run(t.Context()) }()
	b.Close()
	if err := <-ended; !errors.Is(err, bus.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// BenchmarkEngine measures sightings a second from the stream to committed alerts.
func BenchmarkEngine(b *testing.B) {
	c := newCity(b)
	embedded, err := bus.Start(bus.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(embedded.Close)
	for n := range b.N {
		if err := embedded.Publish(b.Context(), sighting(fmt.Sprintf("o-%d", n), vision.Raised, inWest)); err != nil {
			b.Fatal(err)
		}
	}
	engine := NewEngine(c.store, c.dispatch, embedded, slog.New(slog.DiscardHandler))
	b.ResetTimer()
	runStage(b, engine.Run)
	for range b.N {
		<-c.events
	}
}
