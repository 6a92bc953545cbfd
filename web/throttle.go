package web

import (
	"math"
	"net/netip"
	"sync"
	"time"
)

// throttle slows down whoever guesses: a key may try burst times at once, and then once per pause. It keeps one time per
// key (the moment when the key's debt is paid), and at most limit keys.
type throttle struct {
	burst int
	pause time.Duration
	limit int
	now   func() time.Time

	mu   sync.Mutex
	debt map[string]time.Time
}

func newThrottle(burst int, pause time.Duration, limit int) *throttle {
	return &throttle{burst: burst, pause: pause, limit: limit, now: time.Now, debt: map[string]time.Time{}}
}

// take counts an attempt of key before it is made, so that many at once are not free. A refused attempt costs nothing;
// wait says when the next is possible.
func (t *throttle) take(key string) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	paid := t.debt[key]
	if paid.Before(now) {
		paid = now
	}
	if wait := paid.Add(t.pause).Sub(now) - time.Duration(t.burst)*t.pause; wait > 0 {
		return wait
	}
	if _, known := t.debt[key]; !known && len(t.debt) >= t.limit {
		t.forget(now)
	}
	t.debt[key] = paid.Add(t.pause)
	return 0
}

// giveBack takes an attempt of key back, because it was right.
func (t *throttle) giveBack(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if paid, known := t.debt[key]; known {
		t.debt[key] = paid.Add(-t.pause)
	}
}

// clear forgets key.
func (t *throttle) clear(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.debt, key)
}

// forget makes room: whoever owes nothing goes, and if that is nobody, whoever owes least.
func (t *throttle) forget(now time.Time) {
	least, leastKey := time.Duration(math.MaxInt64), ""
	for key, paid := range t.debt {
		owed := paid.Sub(now)
		if owed <= 0 {
			delete(t.debt, key)
			continue
		}
		if owed < least {
			least, leastKey = owed, key
		}
	}
	if len(t.debt) >= t.limit {
		delete(t.debt, leastKey)
	}
}

// network is what addr counts as: the address itself, or the /64 of an IPv6 one, which one person has whole.
func network(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if prefix, err := addr.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return addr.String()
}
