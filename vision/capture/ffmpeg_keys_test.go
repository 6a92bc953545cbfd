package capture

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"gridwatch/vision"
)

// decodesKeysAlone looks at what the source's process was asked for.
func decodesKeysAlone(t *testing.T, source Reader) bool {
	t.Helper()
	asked, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", source.(*rtspReader).child.pid))
	if err != nil || len(asked) == 0 {
		t.Fatalf("%q, %v", asked, err)
	}
	return bytes.Contains(asked, []byte("\x00nokey\x00"))
}

func TestRTSP_KeyFramesAloneWhereTheyAreEnough(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0") // A key frame each second.
	source := open(t, vision.Camera{FPS: 1, Source: vision.Source{URL: server.url("")}}, Options{})
	first := next(t, source)
	for range 3 {
		next(t, source)
	}
	if last := next(t, source); last.At.Sub(first.At) < 3*time.Second {
		t.Errorf("five frames came within %v", last.At.Sub(first.At))
	}
	if !decodesKeysAlone(t, source) {
		t.Error("all frames are decoded")
	}
}

func TestRTSP_AllFramesWhereKeyFramesAreTooFew(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0")
	source := open(t, vision.Camera{FPS: 5, Source: vision.Source{URL: server.url("")}}, Options{})
	next(t, source)
	if !decodesKeysAlone(t, source) {
		t.Error("it does not begin with key frames")
	}
	next(t, source)
	next(t, source) // Two seconds apart.
	for range 3 {
		next(t, source)
	}
	if decodesKeysAlone(t, source) {
		t.Error("key frames alone are decoded, one a second instead of five")
	}
	first := next(t, source)
	for range 8 {
		next(t, source)
	}
	if last := next(t, source); last.At.Sub(first.At) > 4*time.Second {
		t.Errorf("nine intervals of a fifth of a second took %v", last.At.Sub(first.At))
	}
}

func TestRTSP_DecodesWhatTheCameraSays(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0")
	for decode, alone := range map[vision.Decode]bool{vision.DecodeKeyFrames: true, vision.DecodeAll: false} {
		t.Run(string(decode), func(t *testing.T) {
			source := open(t, vision.Camera{FPS: 4, Source: vision.Source{URL: server.url(""), Decode: decode}}, Options{})
			for range 4 {
				next(t, source)
			}
			if decodesKeysAlone(t, source) != alone {
				t.Errorf("key frames alone: %v", !alone)
			}
		})
	}
}

func TestRTSP_UDPWhereTCPIsRefused(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, "--udp", pattern, "0")
	source := open(t, vision.Camera{FPS: 1, Source: vision.Source{URL: server.url("")}}, Options{})
	for range 2 {
		next(t, source)
	}
}

func TestRTSP_H265(t *testing.T) {
	t.Parallel()
	clip := filepath.Join(t.TempDir(), "clip.mp4")
	encode(t, clip, "-t", "6", "-c:v", "libx265", "-preset", "ultrafast", "-g", "10", "-x265-params", "log-level=none")
	server := serveRTSP(t, "filesrc location="+clip+" ! qtdemux ! h265parse ! rtph265pay name=pay0 config-interval=1", "0")
	source := open(t, vision.Camera{FPS: 1, Source: vision.Source{URL: server.url("")}}, Options{})
	real := realFrame(t, 2)
	defer real.Close()
	for range 3 {
		if frame := next(t, source); greyOf(frame.Image) < greyOf(real)-15 || greyOf(frame.Image) > greyOf(real)+15 {
			t.Errorf("mean grey %d, the clip %d", greyOf(frame.Image), greyOf(real))
		}
	}
}

// encode makes a clip of the real one.
func encode(t testing.TB, path string, how ...string) {
	t.Helper()
	args := append([]string{"-nostdin", "-v", "error", "-i", vtest(t)}, how...)
	if out, err := exec.Command("ffmpeg", append(args, "-pix_fmt", "yuv420p", path)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
}

func TestKeyFrames(t *testing.T) {
	began := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	after := func(seconds float64) time.Time { return began.Add(time.Duration(seconds * float64(time.Second))) }
	for _, c := range []struct {
		name   string
		fps    float64
		frames []float64 // Seconds at which they come.
		alone  bool
	}{
		{"one wanted each 2 s, one comes each 2 s", 0.5, []float64{1, 3, 5, 7}, true},
		{"… each 4 s", 0.5, []float64{1, 5, 9}, false},
		{"one late frame is the network's", 0.5, []float64{1, 3, 7, 8, 9, 11}, true},
		{"two late ones are not", 0.5, []float64{1, 3, 7, 11}, false},
		{"two a second wanted, one comes", 2, []float64{1, 2, 3}, false},
		{"nothing came yet", 2, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := keyFrames{every: interval(c.fps)}
			if alone, changed := k.choose(began); !alone || !changed {
				t.Fatalf("begins with alone %v, changed %v", alone, changed)
			}
			for i, at := range c.frames {
				if i > 0 {
					if _, changed := k.choose(after(at)); changed {
						t.Fatalf("changed its mind before frame %d", i)
					}
				}
				k.came(after(at))
			}
			if alone, changed := k.choose(after(20)); alone != c.alone || changed == c.alone {
				t.Errorf("alone %v, changed %v", alone, changed)
			}
		})
	}
}

func TestKeyFrames_NoneForLongMeansTooFew(t *testing.T) {
	k := keyFrames{every: 2 * time.Second}
	now := time.Now()
	k.choose(now)
	if k.missed() {
		t.Error("a stream that brought nothing yet is judged")
	}
	k.came(now)
	if patience := k.patience(15 * time.Second); patience != 10*time.Second {
		t.Errorf("patience %v", patience)
	}
	if !k.missed() {
		t.Error("waiting in vain says nothing")
	}
	if alone, changed := k.choose(now); alone || !changed {
		t.Errorf("alone %v, changed %v", alone, changed)
	}
	if k.missed() {
		t.Error("with all frames decoded a pause means what it meant before")
	}
	if alone, changed := k.choose(now.Add(reconsider)); !alone || !changed {
		t.Errorf("after %v: alone %v, changed %v", reconsider, alone, changed)
	}
}
