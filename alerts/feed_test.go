package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"gridwatch/vision"
)

// runFeed runs a feed of the city that is woken by the city's commits.
func (c *testCity) runFeed(t testing.TB) (feed *Feed, stop func()) {
	t.Helper()
	feed = NewFeed(c.store, c.cameras, c.events, slog.New(c.log))
	return feed, runStage(t, feed.Run)
}

// flicker writes events of a camera, many in one transaction, and returns the number of the last.
func (c *testCity) flicker(t testing.TB, camera string, events int) int64 {
	t.Helper()
	if _, err := c.pool.Exec(t.Context(), `
		INSERT INTO events (type, camera) SELECT 'camera.online', $1 FROM generate_series(1, $2)`, camera, events); err != nil {
		t.Fatal(err)
	}
	c.events <- struct{}{}
	return int64(c.count(t, `SELECT max(seq) FROM events`))
}

func subscribe(t testing.TB, f *Feed, after int64, scope Scope) *Subscription {
	t.Helper()
	sub, err := f.Subscribe(after, scope)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sub.Close)
	return sub
}

// readTo returns the numbers of all events up to last, which must come soon and in order.
func readTo(t testing.TB, sub *Subscription, last int64) (seqs []int64) {
	t.Helper()
	for len(seqs) == 0 || seqs[len(seqs)-1] < last {
		e := await(t, sub)
		if len(seqs) > 0 && e.Seq <= seqs[len(seqs)-1] {
			t.Fatalf("event %d after %d", e.Seq, seqs[len(seqs)-1])
		}
		seqs = append(seqs, e.Seq)
	}
	return seqs
}

func TestFeed_NothingIsLostAndNothingTwiceUnderManyWriters(t *testing.T) {
	c := newCity(t)
	c.camera(t, "camera-1", inWest)
	operator := c.person(t, "operator", Operator)
	feed, _ := c.runFeed(t)

	const writers, rounds = 8, 12 // 6 events a round.
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for n := range rounds {
				if err := c.writeRound(t.Context(), operator, fmt.Sprintf("o-%d-%d", w, n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	written := make(chan struct{})
	go func() {
		writing.Wait()
		close(written)
	}()

	const readers = 4
	read := make([][]int64, readers)
	var reading sync.WaitGroup
	for r := range readers {
		reading.Go(func() { read[r] = readResuming(t, feed, written, writers*rounds*6, uint64(r)) })
	}
	reading.Wait()
	var want []int64
	rows, err := c.pool.Query(t.Context(), `SELECT seq FROM events WHERE alert IS NOT NULL ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var seq int64
		if err := rows.Scan(&seq); err != nil {
			t.Fatal(err)
		}
		want = append(want, seq)
	}
	for r, got := range read {
		if !slices.Equal(got, want) {
			t.Errorf("reader %d saw %d events, the record has %d", r, len(got), len(want))
		}
	}
}

// writeRound writes six events of one alert.
func (c *testCity) writeRound(ctx context.Context, by Ref, occupancy string) error {
	for _, kind := range []vision.Kind{vision.Raised, vision.Escalated, vision.Cleared} {
		if _, err := c.store.take(ctx, sighting(occupancy, kind, inWest), c.dispatch); err != nil {
			return err
		}
	}
	var id int64
	if err := c.pool.QueryRow(ctx, `SELECT id FROM alerts WHERE occupancy = $1`, occupancy).Scan(&id); err != nil {
		return err
	}
	if _, err := c.store.Arrive(ctx, id, by.ID, Scope{City: true}, ""); err != nil { // Three events.
		return err
	}
	return nil
}

// readResuming reads all events of alerts with a subscription that it leaves and takes up again at random.
func readResuming(t *testing.T, feed *Feed, written <-chan struct{}, all int, seed uint64) (seqs []int64) {
	random := rand.New(rand.NewPCG(seed, 1))
	last := int64(0)
	for len(seqs) < all {
		sub, err := feed.Subscribe(last, Scope{City: true})
		if err != nil {
			t.Error(err)
			return seqs
		}
		for range 1 + random.IntN(40) {
			if len(seqs) == all {
				break
			}
			var e Event
			select {
			case e = <-sub.Events():
			case <-time.After(30 * time.Second):
				t.Errorf("after event %d none came, %d of %d were read", last, len(seqs), all)
				return seqs
			}
			if e.Seq == 0 { // The end; coming back after a cut is as good as after a choice.
				if !errors.Is(sub.Err(), ErrSlow) {
					t.Errorf("the subscription ended: %v", sub.Err())
					return seqs
				}
				break
			}
			if e.Seq <= last {
				t.Errorf("event %d after %d", e.Seq, last)
			}
			last = e.Seq
			if e.Alert != nil {
				seqs = append(seqs, e.Seq)
			}
		}
		sub.Close()
	}
	<-written
	return seqs
}

func TestFeed_TellsTheDatabaseFirstAndThenWhatIsNew(t *testing.T) {
	c := newCity(t)
	c.camera(t, "camera-1", inWest)
	c.flicker(t, "camera-1", 3*pageSize) // Before the feed began.
	feed, _ := c.runFeed(t)
	sub := subscribe(t, feed, 0, Scope{City: true})
	total := 3 * pageSize
	for range 5 {
		last := c.flicker(t, "camera-1", pageSize+1)
		total += pageSize + 1
		readTo(t, sub, last)
	}
	again := subscribe(t, feed, 0, Scope{City: true})
	if seqs := readTo(t, again, int64(c.count(t, `SELECT max(seq) FROM events`))); len(seqs) != total {
		t.Errorf("%d events, want %d", len(seqs), total)
	}
	middle := subscribe(t, feed, 100, Scope{City: true})
	if e := await(t, middle); e.Seq != 101 {
		t.Errorf("after 100 came %d", e.Seq)
	}
}

func TestFeed_MinusOneIsFromNowOn(t *testing.T) {
	c := newCity(t)
	c.camera(t, "camera-1", inWest)
	last := c.flicker(t, "camera-1", 10)
	feed := NewFeed(c.store, c.cameras, c.events, slog.New(c.log))
	early := subscribe(t, feed, -1, Scope{City: true}) // Before the feed's first look.
	runStage(t, feed.Run)
	c.flicker(t, "camera-1", 1)
	first := await(t, subscribe(t, feed, last, Scope{City: true}))
	now := subscribe(t, feed, -1, Scope{City: true})
	last = c.flicker(t, "camera-1", 1)
	if e := await(t, now); e.Seq != last {
		t.Errorf("got %d, want %d", e.Seq, last)
	}
	if e := await(t, early); e.Seq < first.Seq {
		t.Errorf("got %d from before the feed began, which was at %d", e.Seq, first.Seq)
	}
}

func TestFeed_ANumberFromAnotherLifeIsFromNowOn(t *testing.T) {
	c := newCity(t)
	c.camera(t, "camera-1", inWest)
	last := c.flicker(t, "camera-1", 10)
	feed, _ := c.runFeed(t)
	await(t, subscribe(t, feed, last-1, Scope{City: true})) // The feed has looked.
	lost := subscribe(t, feed, 1_000_000, Scope{City: true})
	for { // Until the subscription has asked the database, what it is told is not decided.
		last = c.flicker(t, "camera-1", 1)
		select {
		case e := <-lost.Events():
			if e.Seq > last {
				t.Errorf("event %d, the newest is %d", e.Seq, last)
			}
			return
		default:
		}
	}
}

func TestFeed_FindsWhatNobodyHintedAt(t *testing.T) {
	c := newCity(t)
	c.camera(t, "camera-1", inWest)
	feed := NewFeed(c.store, c.cameras, nil, slog.New(c.log))
	runStage(t, feed.Run)
	readTo(t, subscribe(t, feed, 0, Scope{City: true}), c.flicker(t, "camera-1", 3))
}

func TestFeed_CutsTheSlow(t *testing.T) {
	c := newCity(t)
	c.camera(t, "camera-1", inWest)
	feed, _ := c.runFeed(t)
	last := c.flicker(t, "camera-1", 1)
	slow, fast := subscribe(t, feed, 0, Scope{City: true}), subscribe(t, feed, 0, Scope{City: true})
	readTo(t, slow, last)
	readTo(t, fast, last)
	cut := func() bool {
		select {
		case <-slow.Done():
			return true
		default:
			return false
		}
	}
	written := 0
	for ; !cut(); written += pageSize {
		if written > 10*(windowSize+bufferSize+handSize) {
			t.Fatal("the slow subscriber was never cut")
		}
		last = c.flicker(t, "camera-1", pageSize)
		readTo(t, fast, last)
	}
	if written < windowSize {
		t.Errorf("cut after %d events already", written)
	}
	if !errors.Is(slow.Err(), ErrSlow) {
		t.Errorf("Err is %v", slow.Err())
	}
	var seqs []int64
	for e := range slow.Events() { // What waited is still there, then the end.
		seqs = append(seqs, e.Seq)
	}
	if len(seqs) > bufferSize+handSize {
		t.Errorf("%d events waited in the subscription", len(seqs))
	}
	if n := feed.Counters().Cut.Load(); n != 1 {
		t.Errorf("%d were cut", n)
	}
	rest := readTo(t, subscribe(t, feed, seqs[len(seqs)-1], Scope{City: true}), last) // It comes back and misses nothing.
	if len(seqs)+len(rest) != written {
		t.Errorf("%d and %d of %d events", len(seqs), len(rest), written)
	}
}

func TestFeed_DoesNotCutWhoCatchesUp(t *testing.T) {
	c := newCity(t)
	c.camera(t, "camera-1", inWest)
	first := c.flicker(t, "camera-1", 3*windowSize)
	feed, _ := c.runFeed(t)
	live := subscribe(t, feed, first-1, Scope{City: true})
	readTo(t, live, first)
	late := subscribe(t, feed, 0, Scope{City: true}) // Reads pages of the database, and nobody takes them yet.
	for range 2 * windowSize / pageSize {
		readTo(t, live, c.flicker(t, "camera-1", pageSize))
	}
	if got := len(readTo(t, late, first+2*windowSize)); got != 5*windowSize {
		t.Errorf("%d events, want %d", got, 5*windowSize)
	}
}

func TestFeed_TellsOnlyWhatTheScopeCovers(t *testing.T) {
	c := newCity(t)
	c.camera(t, "camera-west", inWest)
	c.camera(t, "camera-east", inEast)
	c.camera(t, "camera-out", nowhere)
	feed, _ := c.runFeed(t)
	west := subscribe(t, feed, 0, Scope{Grids: []GridKey{westKey}})
	both := subscribe(t, feed, 0, Scope{Grids: []GridKey{roadKey, eastKey}})
	city := subscribe(t, feed, 0, Scope{City: true})
	nobody := subscribe(t, feed, 0, Scope{})
	c.sight(t, sighting("east", vision.Raised, inEast), sighting("west", vision.Raised, inWest),
		sighting("road", vision.Raised, onRoad), sighting("out", vision.Raised, nowhere))
	for _, camera := range []string{"camera-east", "camera-west", "camera-out"} {
		if err := c.cameras.SetOffline(t.Context(), camera, time.Now(), "unplugged"); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		sub  *Subscription
		want []string
	}{
		{west, []string{"west", "camera-west", "alert of camera-west"}},
		{both, []string{"east", "road", "camera-east", "alert of camera-east"}},
		{city, []string{"east", "west", "road", "out", "camera-east", "alert of camera-east", "camera-west", "alert of camera-west",
			"camera-out", "alert of camera-out"}},
	} {
		var got []string
		for range test.want {
			e := await(t, test.sub)
			if e.Camera != nil {
				got = append(got, e.Camera.ID)
				continue
			}
			if e.Alert.OfCamera() {
				got = append(got, "alert of "+e.Alert.Camera.ID)
				continue
			}
			got = append(got, e.Alert.Occupancy)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("got %v, want %v", got, test.want)
		}
	}
	select {
	case e := <-nobody.Events():
		t.Errorf("an empty scope was told %+v", e)
	default:
	}
}

func TestFeed_SharesOneAlertAmongAll(t *testing.T) {
	c := newCity(t)
	feed, _ := c.runFeed(t)
	one, other := subscribe(t, feed, 0, Scope{City: true}), subscribe(t, feed, 0, Scope{Grids: []GridKey{westKey}})
	c.sight(t, sighting("first", vision.Raised, inWest)) // Which of them still reads the database is not decided here,
	await(t, one)
	await(t, other) // but now both are at the window.
	c.sight(t, sighting("o", vision.Raised, inWest))
	if a, b := await(t, one), await(t, other); a.Alert != b.Alert || a.Alert.Why.Rule != "fire_lane" {
		t.Errorf("%p and %p", a.Alert, b.Alert)
	}
}

func TestFeed_EndsItsSubscriptions(t *testing.T) {
	c := newCity(t)
	feed, stop := c.runFeed(t)
	left, kept := subscribe(t, feed, -1, Scope{City: true}), subscribe(t, feed, -1, Scope{City: true})
	if n := feed.Counters().Subscribers.Load(); n != 2 {
		t.Errorf("%d subscribers", n)
	}
	left.Close()
	left.Close()
	if _, open := <-left.Events(); open || left.Err() != nil {
		t.Errorf("closed by its owner: open %v, %v", open, left.Err())
	}
	stop()
	if _, open := <-kept.Events(); open || !errors.Is(kept.Err(), ErrFeedStopped) {
		t.Errorf("when the feed stops: open %v, %v", open, kept.Err())
	}
	if _, err := feed.Subscribe(-1, Scope{City: true}); !errors.Is(err, ErrFeedStopped) {
		t.Errorf("after the feed stopped: %v", err)
	}
	if n := feed.Counters().Subscribers.Load(); n != 0 {
		t.Errorf("%d subscribers", n)
	}
}
