package alerts

import (
	"context"
	"errors"
	"log/slog"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// windowSize is how many of the newest events are kept for all subscribers together; who falls further behind is cut.
	windowSize = 256
	// pageSize is how many events one query reads.
	pageSize = 64
	// sweepEvery bounds how late an event is told whose hint was lost.
	sweepEvery = time.Second
)

// Feed tells every committed event, in the order of their numbers, to all who subscribed. It reads each event once from
// the database and keeps the newest in a window that the subscriptions share; a subscription that begins before the
// window reads the database until it has caught up. Nobody waits for a slow subscriber. It is safe for many goroutines.
type Feed struct {
	store    *Store
	cameras  *CameraStore
	woken    <-chan struct{}
	log      *slog.Logger
	counters FeedCounters

	mu      sync.Mutex
	window  []Event // The newest events, oldest first.
	floor   int64   // Every event above floor, up to head, is in the window.
	head    int64   // The newest event that was read; -1 until the first look at the database.
	subs    map[*Subscription]struct{}
	stopped bool
	pumps   sync.WaitGroup
}

// FeedCounters count since the start of the process, but for Subscribers.
type FeedCounters struct {
	Events      atomic.Int64 // Events read for all.
	Cut         atomic.Int64 // Subscriptions ended with ErrSlow.
	Subscribers atomic.Int64 // Open now.
}

// NewFeed returns a feed of the store's events. The cameras say what camera events speak of. A hint on woken makes the
// feed look at once; nil leaves it to the sweep.
func NewFeed(store *Store, cameras *CameraStore, woken <-chan struct{}, log *slog.Logger) *Feed {
	return &Feed{
		store: store, cameras: cameras, woken: woken, log: log,
		head: -1, subs: make(map[*Subscription]struct{}),
	}
}

// Counters are live: read them at any time.
func (f *Feed) Counters() *FeedCounters { return &f.counters }

// Run reads events until ctx ends; then every subscription ends with ErrFeedStopped. It outlives a database that is away.
func (f *Feed) Run(ctx context.Context) error {
	defer f.stop()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	disturbed := false
	for {
		err := f.read(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if (err != nil) != disturbed {
			disturbed = err != nil
			f.log.Warn("reading events", "disturbed", disturbed, "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.woken:
		case <-sweep.C:
		}
	}
}

// read takes in all events that are committed by now.
func (f *Feed) read(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	f.mu.Lock()
	head := f.head
	f.mu.Unlock()
	if head < 0 {
		newest, err := lastSeq(ctx, f.store.pool)
		if err != nil {
			return err
		}
		f.begin(newest)
		return nil
	}
	for {
		page, err := f.store.eventsAfter(ctx, f.cameras, head, pageSize)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		head = page[len(page)-1].Seq
		f.extend(page)
		if len(page) < pageSize {
			return nil
		}
	}
}

// begin opens the window after the newest event.
func (f *Feed) begin(newest int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.head, f.floor = newest, newest
	f.hint()
}

// extend moves the window on, cuts those whom it leaves behind and tells the others that there is more.
func (f *Feed) extend(page []Event) {
	f.counters.Events.Add(int64(len(page)))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.window = append(f.window, page...)
	f.head = page[len(page)-1].Seq
	if over := len(f.window) - windowSize; over > 0 {
		f.floor = f.window[over-1].Seq
		f.window = append([]Event(nil), f.window[over:]...) // A new array: what is left behind can be freed.
	}
	for sub := range f.subs {
		if sub.live && sub.cursor < f.floor {
			f.counters.Cut.Add(1)
			f.drop(sub, ErrSlow)
		}
	}
	f.hint()
}

// hint is called with the lock held.
func (f *Feed) hint() {
	for sub := range f.subs {
		select {
		case sub.more <- struct{}{}:
		default:
		}
	}
}

// Subscribe returns the events after the number, and all later ones, that the scope covers: none is left out and none
// comes twice. -1 begins with the next event; before the feed's first look at the database, with the next after that.
// A number that the database has not reached counts as -1. Close the subscription when done.
func (f *Feed) Subscribe(after int64, scope Scope) (*Subscription, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped {
		return nil, ErrFeedStopped
	}
	if after < 0 {
		after = f.head // -1 still while the feed has not looked yet: then from its first look on.
	}
	sub := newSubscription(f, after, scope)
	f.subs[sub] = struct{}{}
	f.counters.Subscribers.Add(1)
	f.pumps.Go(sub.pump)
	return sub, nil
}

// drop ends a subscription; the lock is held.
func (f *Feed) drop(sub *Subscription, reason error) {
	if _, open := f.subs[sub]; open {
		delete(f.subs, sub)
		f.counters.Subscribers.Add(-1)
		sub.end(reason)
	}
}

// stop ends all subscriptions and waits for their goroutines.
func (f *Feed) stop() {
	f.mu.Lock()
	f.stopped = true
	for sub := range f.subs {
		f.drop(sub, ErrFeedStopped)
	}
	f.mu.Unlock()
	f.pumps.Wait()
}

// errBehind says that the window cannot tell what comes next: the database must be asked.
var errBehind = errors.New("alerts: not in the window")

// next hands out some events after the subscription's cursor and moves it. None means that there is no more yet.
func (f *Feed) next(sub *Subscription) ([]Event, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.head < 0:
		return nil, nil
	case sub.cursor < 0:
		sub.cursor = f.head
	case sub.cursor < f.floor, sub.cursor > f.head && !sub.live:
		return nil, errBehind
	}
	sub.live = true
	from := sort.Search(len(f.window), func(i int) bool { return f.window[i].Seq > sub.cursor })
	some := f.window[from:min(from+handSize, len(f.window))]
	if len(some) > 0 {
		sub.cursor = some[len(some)-1].Seq
	}
	return some, nil
}

// move sets the cursor of a subscription that read a page of the database.
func (f *Feed) move(sub *Subscription, cursor int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	sub.cursor = cursor
}

// settle brings a subscription for which the database had no page to the window; newest is the newest event there.
// A cursor above it is from another database's life, and one below the floor saw all that is left.
func (f *Feed) settle(sub *Subscription, newest int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if newest > sub.cursor {
		return // More has come meanwhile.
	}
	sub.cursor = max(newest, f.floor)
	sub.live = true
}
