package infer

import (
	"testing"
	"time"

	"gridwatch/vision"
)

// BenchmarkDetect looks at real frames on one core.
func BenchmarkDetect(b *testing.B) {
	c := config(b)
	c.Sessions = 1
	p := openPool(b, c)
	all := frames(b, 0.5)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := p.Detect(b.Context(), all[i%len(all)]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDetectTrack looks at real frames on one core and follows what it finds.
func BenchmarkDetectTrack(b *testing.B) {
	c := config(b)
	c.Sessions = 1
	p := openPool(b, c)
	all := frames(b, 0.5)
	tracker := vision.NewTracker(vision.DefaultTrackParams())
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		found, err := p.Detect(b.Context(), all[i%len(all)])
		if err != nil {
			b.Fatal(err)
		}
		at = at.Add(500 * time.Millisecond)
		tracker.Update(at, found)
	}
}
