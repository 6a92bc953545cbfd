package web

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clocked is a throttle on a clock that only the test moves.
func clocked(burst int, pause time.Duration, limit int) (*throttle, func(time.Duration)) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	t := newThrottle(burst, pause, limit)
	t.now = func() time.Time { return now }
	return t, func(d time.Duration) { now = now.Add(d) }
}

func TestThrottle_AllowsABurstAndThenOnePerPause(t *testing.T) {
	throttle, pass := clocked(3, time.Minute, 10)
	for i := range 3 {
		if wait := throttle.take("a"); wait != 0 {
			t.Fatalf("attempt %d waits %s", i+1, wait)
		}
	}
	if wait := throttle.take("a"); wait != time.Minute {
		t.Fatalf("the fourth waits %s", wait)
	}
	if wait := throttle.take("b"); wait != 0 {
		t.Fatalf("another key waits %s", wait)
	}
	pass(59 * time.Second)
	if wait := throttle.take("a"); wait != time.Second {
		t.Fatalf("after 59 s it waits %s", wait)
	}
	pass(time.Second)
	if wait := throttle.take("a"); wait != 0 {
		t.Fatalf("after a minute it waits %s", wait)
	}
	if throttle.take("a") == 0 {
		t.Fatal("a minute gave two attempts")
	}
	pass(time.Hour)
	for i := range 3 {
		if wait := throttle.take("a"); wait != 0 {
			t.Fatalf("after an hour, attempt %d waits %s", i+1, wait)
		}
	}
	if throttle.take("a") == 0 {
		t.Fatal("an hour saved up more than a burst")
	}
}

func TestThrottle_GivesBackWhatWasRight(t *testing.T) {
	throttle, _ := clocked(2, time.Minute, 10)
	for range 50 {
		if wait := throttle.take("a"); wait != 0 {
			t.Fatalf("waits %s although every attempt was right", wait)
		}
		throttle.giveBack("a")
	}
	throttle.take("a")
	throttle.take("a")
	throttle.clear("a")
	if wait := throttle.take("a"); wait != 0 {
		t.Fatalf("waits %s after it was cleared", wait)
	}
}

func TestThrottle_CountsAttemptsBeforeTheyAreMade(t *testing.T) {
	throttle, _ := clocked(5, time.Minute, 10)
	var allowed atomic.Int32
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if throttle.take("a") == 0 {
				allowed.Add(1)
			}
		})
	}
	all.Wait()
	if allowed.Load() != 5 {
		t.Fatalf("%d of a hundred at once were let through", allowed.Load())
	}
}

func TestThrottle_KeepsABoundedNumberOfKeys(t *testing.T) {
	throttle, pass := clocked(2, time.Minute, 100)
	throttle.take("guesser")
	throttle.take("guesser")
	for i := range 1000 {
		throttle.take(fmt.Sprint("crowd", i))
	}
	if len(throttle.debt) > 100 {
		t.Fatalf("%d keys are kept", len(throttle.debt))
	}
	if throttle.take("guesser") == 0 {
		t.Fatal("a crowd made it forget who owes most")
	}
	pass(time.Hour)
	throttle.take("late")
	if len(throttle.debt) != 1 {
		t.Fatalf("%d keys are kept although nobody owes anything", len(throttle.debt)-1)
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":                 "192.0.2.7",
		"::ffff:192.0.2.7":          "192.0.2.7",
		"2001:db8:1:2:3:4:5:6":      "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1":      "2001:db8:1:2::/64",
		"2001:db8:1:3:3:4:5:6":      "2001:db8:1:3::/64",
		"fe80::1%eth0":              "fe80::/64",
		"fe80::2%a-made-up-zone-id": "fe80::/64",
	} {
		if got := network(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s counts as %s; want %s", address, got, want)
		}
	}
}
