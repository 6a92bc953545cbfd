package capture

import (
	"math/rand/v2"
	"time"
)

const (
	shortestPause = time.Second
	longestPause  = 30 * time.Second
)

// backoff says how long to wait before a source is tried again: twice as long after each failure, up to half a minute.
type backoff struct{ failures int }

// next returns the pause after one more failure. The last fifth of it is chance, so that the cameras of a switch that came
// back do not all connect in the same moment.
func (b *backoff) next() time.Duration {
	longest := longestPause
	if b.failures < 5 {
		longest = shortestPause << b.failures
		b.failures++
	}
	return longest - rand.N(longest/5)
}

// reset says that the source was well again.
func (b *backoff) reset() { b.failures = 0 }
