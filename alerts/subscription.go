package alerts

import (
	"context"
	"time"
)

const (
	// bufferSize is how many events wait in a subscription for its reader.
	bufferSize = 64
	// handSize is how many events a subscription takes from the window at once.
	handSize = 16
)

// Subscription is one reader's way through the feed.
type Subscription struct {
	feed   *Feed
	scope  Scope
	events chan Event
	more   chan struct{} // Holds one hint that the window moved.
	ctx    context.Context
	end    context.CancelCauseFunc

	// Guarded by the feed's lock.
	cursor int64 // The last event that was taken for this reader; -1 until the feed's first look.
	live   bool  // It has reached the window, and may not fall out of it again.
}

func newSubscription(f *Feed, after int64, scope Scope) *Subscription {
	ctx, end := context.WithCancelCause(context.Background())
	return &Subscription{
		feed: f, scope: scope, cursor: after,
		events: make(chan Event, bufferSize), more: make(chan struct{}, 1), ctx: ctx, end: end,
	}
}

// Events are in strictly increasing order of their numbers. The channel is closed when the subscription ends; Err says
// why.
func (s *Subscription) Events() <-chan Event { return s.events }

// Done is closed when the subscription ends, before what waits in Events is read.
func (s *Subscription) Done() <-chan struct{} { return s.ctx.Done() }

// Err says why the subscription ended: ErrSlow, ErrFeedStopped, or nil after Close and while it is open.
func (s *Subscription) Err() error {
	if cause := context.Cause(s.ctx); cause != context.Canceled {
		return cause
	}
	return nil
}

// Close ends the subscription. It may be called twice and by anyone.
func (s *Subscription) Close() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.feed.drop(s, nil)
}

// pump moves events from the feed to the reader until the subscription ends.
func (s *Subscription) pump() {
	defer close(s.events)
	for s.ctx.Err() == nil {
		some, err := s.feed.next(s)
		if err == nil && len(some) == 0 {
			s.wait()
			continue
		}
		if err == nil {
			s.give(some)
			continue
		}
		if err := s.catchUp(); err != nil && s.ctx.Err() == nil {
			s.feed.log.Debug("a subscription cannot catch up, trying again", "err", err)
			s.pause(sweepEvery)
		}
	}
}

// catchUp gives one page of events that lie before the window.
func (s *Subscription) catchUp() error {
	after := s.cursor // Only this goroutine moves it.
	page, err := s.feed.store.eventsAfter(s.ctx, s.feed.cameras, after, pageSize)
	if err != nil {
		return err
	}
	if len(page) > 0 {
		s.give(page)
		s.feed.move(s, page[len(page)-1].Seq)
		return nil
	}
	newest, err := lastSeq(s.ctx, s.feed.store.pool)
	if err != nil {
		return err
	}
	s.feed.settle(s, newest)
	return nil
}

// give waits for the reader: it has all the time until the window moves on without it.
func (s *Subscription) give(events []Event) {
	for _, e := range events {
		if !e.in(s.scope) {
			continue
		}
		select {
		case s.events <- e:
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *Subscription) wait() {
	select {
	case <-s.more:
	case <-s.ctx.Done():
	}
}

func (s *Subscription) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-s.ctx.Done():
	}
}

// in reports whether the scope covers what the event speaks of.
func (e Event) in(scope Scope) bool {
	switch {
	case e.Edition != nil:
		return scope.Drafts || e.Edition.Public()
	case e.Trust != nil:
		return scope.City
	case e.Rehomed != nil: // Whoever loses it is told as well.
		return scope.CoversAlert(e.Alert) || !e.Alert.ReviewOnly && scope.Covers(e.Rehomed.Answered)
	case e.Alert != nil:
		return scope.CoversAlert(e.Alert)
	case e.Camera != nil:
		return e.Camera.In(scope)
	}
	return false
}
