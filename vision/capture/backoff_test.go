package capture

import (
	"testing"
	"time"
)

func TestBackoff_DoublesUpToHalfAMinute(t *testing.T) {
	var b backoff
	seen := map[time.Duration]bool{}
	for round := range 20 {
		for i, longest := range []time.Duration{1, 2, 4, 8, 16, 30, 30, 30} {
			longest *= time.Second
			got := b.next()
			if got > longest || got < longest*4/5 {
				t.Errorf("round %d, pause %d is %v, want %v to %v", round, i+1, got, longest*4/5, longest)
			}
			seen[got] = true
		}
		b.reset()
	}
	if len(seen) < 100 {
		t.Errorf("160 pauses had only %d lengths: cameras would all come back at once", len(seen))
	}
}
