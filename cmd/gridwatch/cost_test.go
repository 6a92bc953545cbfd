package main

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestCost_RoomIsTheSumThatItSays(t *testing.T) {
	c := cost{KeyFrames: 1.2, Visit: 0.25, Look: 0.08}
	for _, test := range []struct {
		every   time.Duration
		each    float64
		cameras int
		how     string
	}{
		{2 * time.Second, 3.6, 186, "key frames 1.20 + 30 looks"},
		{10 * time.Second, 1.68, 400, "key frames 1.20 + 6 looks"},
		{30 * time.Second, 0.66, 1018, "2 visits × 0.250 + 2 looks"},
	} {
		r := c.room(16, test.every)
		if math.Abs(r.PerCamera-test.each) > 1e-9 || r.Cameras != test.cameras || !strings.HasPrefix(r.Sum, test.how) {
			t.Errorf("every %v: %+v", test.every, r)
		}
	}
}

func TestCPUSeconds_GrowsWithWork(t *testing.T) {
	before, x := cpuSeconds(), 1.0
	for begun := time.Now(); time.Since(begun) < 50*time.Millisecond; {
		x = math.Sqrt(x + 1)
	}
	if spent := cpuSeconds() - before; spent <= 0 || x < 1 {
		t.Errorf("%v", spent)
	}
}
