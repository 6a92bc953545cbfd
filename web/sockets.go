package web

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"gridwatch/alerts"
)

// sockets are all that are open, so that they can be closed when their reason to be open ends.
type sockets struct {
	metrics *metrics
	buffers sync.Pool // Write buffers, which only a socket that writes holds.

	mu      sync.Mutex
	open    map[*socket]struct{}
	per     map[string]int // Open and opening sockets by session.
	all     int
	closing bool
	ended   sync.WaitGroup
}

func newSockets(m *metrics) *sockets {
	return &sockets{metrics: m, open: map[*socket]struct{}{}, per: map[string]int{}}
}

// reserve takes a place for a socket of the session, or says that there is none.
func (s *sockets) reserve(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return alerts.ErrFeedStopped
	}
	if s.all >= maxSockets || s.per[token] >= maxPerSession {
		return errFull
	}
	s.all++
	s.per[token]++
	s.ended.Add(1)
	return nil
}

// release gives a place back.
func (s *sockets) release(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.per[token]--; s.per[token] == 0 {
		delete(s.per, token)
	}
	s.ended.Done()
}

// add puts a socket that opens into its reserved place. One that comes when the server is about to stop is closed at once.
func (s *sockets) add(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[k] = struct{}{}
	s.metrics.sockets.Inc()
	if s.closing {
		k.close(closeGoingAway, "going away")
	}
}

func (s *sockets) remove(k *socket, code int) {
	s.mu.Lock()
	delete(s.open, k)
	s.mu.Unlock()
	s.metrics.sockets.Dec()
	s.metrics.closed.WithLabelValues(strconv.Itoa(code)).Inc()
}

// list is a copy of the open sockets.
func (s *sockets) list() []*socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := make([]*socket, 0, len(s.open))
	for k := range s.open {
		open = append(open, k)
	}
	return open
}

// closeSession closes the sockets of a session that ended.
func (s *sockets) closeSession(token string) {
	for _, k := range s.list() {
		if k.who.token == token {
			k.close(closeSignedOut, "signed out")
		}
	}
}

// closeAll tells every client that the server stops, lets no new one in, and waits until the last is gone.
func (s *sockets) closeAll() {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	for _, k := range s.list() {
		k.close(closeGoingAway, "going away")
	}
	s.ended.Wait()
}

// sweep closes sockets whose sessions ended elsewhere (idle, deactivated, signed out at another server) or whose people
// have other beats than when they connected.
func (s *Server) sweep(ctx context.Context) error {
	open := s.sockets.list()
	if len(open) == 0 {
		return nil
	}
	tokens := make([]string, 0, len(open))
	for _, k := range open {
		tokens = append(tokens, k.who.token)
	}
	slices.Sort(tokens)
	ended, err := s.people.Ended(ctx, slices.Compact(tokens))
	if err != nil {
		return err
	}
	for _, token := range ended {
		s.sockets.closeSession(token)
	}
	scopes := map[int64]alerts.Scope{}
	for _, k := range open {
		if k.who.Scope.City {
			continue
		}
		now, known := scopes[k.who.ID]
		if !known {
			if now, err = s.roster.ScopeOf(ctx, k.who.ID, k.who.Role); err != nil {
				return err
			}
			scopes[k.who.ID] = now
		}
		if !slices.Equal(now.Grids, k.who.Scope.Grids) {
			k.close(closeGoingAway, "beats changed")
		}
	}
	return nil
}
