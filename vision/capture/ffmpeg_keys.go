package capture

import (
	"time"

	"gridwatch/vision"
)

// keyFrames decides whether key frames alone are decoded, which costs a tenth of decoding all. They are enough where they
// show the stream at least every one and a half intervals; how far apart they are is seen as they come. So a stream begins
// with its key frames, and goes over to all frames when they turn out too few.
type keyFrames struct {
	decode vision.Decode
	every  time.Duration // Between two wanted frames.

	alone bool
	since time.Time // When this way of decoding began.
	last  time.Time // When a frame last came; zero before the first.
	late  int       // So many frames in a row came too late.
}

const (
	// lateFrames is how many late frames in a row make key frames too few: a single one may be the network's fault.
	lateFrames = 2
	// reconsider is how long all frames are decoded before it is seen again whether key frames are enough.
	reconsider = time.Hour
)

// choose reports whether key frames alone are to be decoded from now on, and whether that is another way than before.
func (k *keyFrames) choose(now time.Time) (alone, changed bool) {
	was, first := k.alone, k.since.IsZero()
	switch {
	case k.decode != vision.DecodeAuto:
		k.alone = k.decode == vision.DecodeKeyFrames
	case first, !k.alone && now.Sub(k.since) >= reconsider:
		k.alone = true
	case k.late >= lateFrames:
		k.alone = false
	}
	if !first && k.alone == was {
		return k.alone, false
	}
	k.since, k.last, k.late = now, time.Time{}, 0
	return k.alone, true
}

// came notes a frame.
func (k *keyFrames) came(now time.Time) {
	if !k.last.IsZero() && now.Sub(k.last) > k.every*3/2 {
		k.late++
	} else {
		k.late = 0
	}
	k.last = now
}

// patience is how long the next frame is waited for in a stream that is given up after stall.
func (k *keyFrames) patience(stall time.Duration) time.Duration {
	if k.judging() {
		return max(3*k.every, stall*2/3)
	}
	return max(stall, 2*k.every)
}

// missed notes that no frame came for so long, and reports whether decoding all frames may bring one.
func (k *keyFrames) missed() bool {
	if !k.judging() {
		return false
	}
	k.late = lateFrames
	return true
}

// judging reports whether key frames are decoded, one came, and it is open whether they are enough. Before the first
// nothing can be said: without a key frame no frame can be decoded.
func (k *keyFrames) judging() bool {
	return k.decode == vision.DecodeAuto && k.alone && !k.last.IsZero()
}
