package capture

import (
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gridwatch/vision"
)

// What cameras and files should not be, but are. Each of these tests also ends with no picture open: TestMain counts.

// brief is a part of the real clip, 40 small frames.
var brief = []string{"-t", "4", "-vf", "scale=320:240"}

func TestFile_CutOffAtRandomBytes(t *testing.T) {
	for name, how := range map[string][]string{
		"h264.ts":  {"-c:v", "libx264", "-preset", "ultrafast"},
		"h264.mp4": {"-c:v", "libx264", "-preset", "ultrafast", "-movflags", "+faststart"},
		"h264.mkv": {"-c:v", "libx264", "-preset", "ultrafast"},
		"h265.ts":  {"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"},
		"mpeg.avi": {"-c:v", "mpeg4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name)
			encode(t, path, append(brief, how...)...)
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := readSome(t, path, false, 100); n != 40 || err != io.EOF {
				t.Fatalf("the whole clip: %d frames, %v", n, err)
			}
			cutOff(t, path, whole, 40)
		})
	}
}

// The clips that the rules are measured on, where `make eval` has made them.
func TestEvalClips_CutOffAtRandomBytes(t *testing.T) {
	folder := os.Getenv("GRIDWATCH_EVAL_CLIPS")
	if folder == "" {
		t.Skip("make eval makes the clips and runs this")
	}
	clips, err := filepath.Glob(filepath.Join(folder, "*.*"))
	if err != nil || len(clips) == 0 {
		t.Fatalf("no clips in %s: %v", folder, err)
	}
	for _, clip := range clips {
		t.Run(filepath.Base(clip), func(t *testing.T) {
			whole, err := os.ReadFile(clip)
			if err != nil {
				t.Fatal(err)
			}
			frames, err := readSome(t, clip, false, 1<<20)
			if frames == 0 || err != io.EOF {
				t.Fatalf("the whole clip: %d frames, %v", frames, err)
			}
			cutOff(t, filepath.Join(t.TempDir(), filepath.Base(clip)), whole, frames)
		})
	}
}

// cutOff reads the clip cut at ten random bytes: what is whole of it comes, then an end; or an error says that nothing is.
func cutOff(t *testing.T, path string, whole []byte, most int) {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 41))
	for range 10 {
		at := random.IntN(len(whole))
		if err := os.WriteFile(path, whole[:at], 0o600); err != nil {
			t.Fatal(err)
		}
		frames, err := readSome(t, path, false, most+60)
		if frames > 0 && err != io.EOF || frames == 0 && (err == nil || err == io.EOF) || frames > most {
			t.Errorf("cut at %d of %d: %d frames, then %v", at, len(whole), frames, err)
		}
		streamed, err := DecodeClip(t.Context(), path, 10, false, 0)
		if (streamed == 0) != (err != nil) || streamed > most {
			t.Errorf("cut at %d of %d, as a stream: %d frames, %v", at, len(whole), streamed, err)
		}
	}
}

func TestFile_RandomBytesChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clip.ts")
	encode(t, path, append(brief, "-c:v", "libx264", "-preset", "ultrafast")...)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(7, 42))
	for range 10 {
		spoilt := append([]byte{}, whole...)
		for range len(spoilt) / 500 {
			spoilt[random.IntN(len(spoilt))] = byte(random.IntN(256))
		}
		if err := os.WriteFile(path, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		if frames, err := readSome(t, path, false, 200); err == nil {
			t.Errorf("%d frames of 40, and no end", frames)
		}
	}
}

func TestFile_OddSizes(t *testing.T) {
	for _, size := range []image.Point{{641, 359}, {1, 1}, {17, 1000}, {1999, 3}} {
		path := filepath.Join(t.TempDir(), "odd.mkv")
		encode(t, path, "-t", "1", "-vf", fmt.Sprintf("scale=%d:%d,format=yuv444p", size.X, size.Y), "-c:v", "ffv1")
		want := size
		if size.X > MaxWidth {
			want = image.Pt(MaxWidth, max(1, size.Y*MaxWidth/size.X))
		}
		source := open(t, vision.Camera{FPS: 10, Source: vision.Source{URL: path, Fast: true}}, Options{})
		for range 10 {
			if frame := next(t, source); frame.Image.Size() != want || len(frame.Image.BGR()) != want.X*want.Y*3 {
				t.Errorf("%v came as %v with %d bytes", size, frame.Image.Size(), len(frame.Image.BGR()))
			}
		}
		if n, err := DecodeClip(t.Context(), path, 10, false, 0); n != 10 || err != nil {
			t.Errorf("%v as a stream: %d frames, %v", size, n, err)
		}
	}
}

func TestFile_OneAndSixtyFramesASecond(t *testing.T) {
	for _, c := range []struct{ clip, wanted, frames int }{
		{1, 2, 8}, {1, 1, 8}, {60, 2, 16}, {60, 60, 480}, {60, 30, 240},
	} {
		path := filepath.Join(t.TempDir(), "rate.mkv")
		encode(t, path, "-t", "8", "-vf", fmt.Sprintf("scale=160:120,fps=%d", c.clip), "-c:v", "libx264", "-preset", "ultrafast")
		frames, err := readRate(t, path, float64(c.wanted))
		if frames != c.frames || err != io.EOF {
			t.Errorf("%d a second looked at %d times: %d frames, %v; want %d", c.clip, c.wanted, frames, err, c.frames)
		}
		streamed, err := DecodeClip(t.Context(), path, float64(c.wanted), false, 0)
		if err != nil || streamed < c.frames*9/10 || streamed > c.frames*11/10 {
			t.Errorf("%d a second, as a stream looked at %d times: %d frames, %v; want about %d", c.clip, c.wanted, streamed, err, c.frames)
		}
	}
}

// readRate reads a recording to its end, and sees to it that time never runs back.
func readRate(t *testing.T, path string, fps float64) (frames int, err error) {
	t.Helper()
	source, err := Open(t.Context(), vision.Camera{FPS: fps, Source: vision.Source{URL: path, Fast: true}})
	if err != nil {
		return 0, err
	}
	defer source.Close()
	var last time.Time
	for {
		frame, err := source.Next(t.Context())
		if err != nil {
			return frames, err
		}
		if frame.At.Before(last) {
			t.Errorf("frame %d at %v after one at %v", frames, frame.At, last)
		}
		last = frame.At
		frame.Close()
		frames++
	}
}

// A recording of three parts, whose clock says first an hour later, then the right time, then ten seconds later.
func TestFile_AClockThatJumpsBackAndForth(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "jumps.ts")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, offset := range []string{"3600", "0", "10"} {
		part := filepath.Join(dir, "part.ts")
		encode(t, part, append(brief, "-y", "-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-output_ts_offset", offset)...)
		data, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if frames, err := readRate(t, path, 10); err != io.EOF || frames < 100 {
		t.Errorf("as a recording: %d frames of 120, %v", frames, err)
	}
	if frames, err := readRate(t, path, 1); err != io.EOF || frames < 9 || frames > 30 {
		t.Errorf("as a recording, one a second: %d frames of 12 s, %v", frames, err)
	}
	for fps, least := range map[float64]int{10: 100, 1: 10} {
		if frames, err := DecodeClip(t.Context(), path, fps, false, 0); err != nil || frames < least || frames > 12*int(fps)+6 {
			t.Errorf("as a stream, %v a second: %d frames of 12 s, %v", fps, frames, err)
		}
	}
}

func TestMJPEG_Garbage(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 43))
	noise := make([]byte, 1<<20)
	for i := range noise {
		noise[i] = byte(random.IntN(256))
	}
	jpeg := plainJPEG(t, 32, 24, 90)
	for name, send := range map[string]func(http.ResponseWriter, stream){
		"noise instead of parts":     func(w http.ResponseWriter, s stream) { w.Write(noise) },
		"noise in the parts":         func(_ http.ResponseWriter, s stream) { s.part(noise[:5000]) },
		"a JPEG's beginning in each": func(_ http.ResponseWriter, s stream) { s.part(jpeg[:len(jpeg)/2]) },
		"a JPEG with noise inside":   func(_ http.ResponseWriter, s stream) { s.part(spoil(jpeg, random)) },
		"headers without an end":     func(w http.ResponseWriter, s stream) { fmt.Fprintf(w, "\r\n--frame\r\nX: %x", noise) },
		"a length that is not true": func(w http.ResponseWriter, s stream) {
			fmt.Fprintf(w, "\r\n--frame\r\nContent-Length: 99999999999\r\n\r\n%s", jpeg)
		},
		"parts that hold nothing":     func(_ http.ResponseWriter, s stream) { s.part(nil) },
		"boundaries and nothing else": func(w http.ResponseWriter, s stream) { io.WriteString(w, strings.Repeat("\r\n--frame", 1000)) },
	} {
		t.Run(name, func(t *testing.T) {
			url := camera(t, func(w http.ResponseWriter, r *http.Request) {
				s := startStream(w, "frame", "frame")
				for r.Context().Err() == nil {
					send(w, s)
				}
			})
			health := &news{came: make(chan string, 100)}
			watch(t, vision.Camera{ID: "M", FPS: 60, Source: vision.Source{URL: url}}, health, Options{Stall: time.Second})
			health.wait(t, "M offline: ")
		})
	}
}

// spoil changes bytes of a JPEG's picture data, so that its beginning and end are right.
func spoil(jpeg []byte, random *rand.Rand) []byte {
	spoilt := append([]byte{}, jpeg...)
	for i := 20; i < len(spoilt)-2; i += 3 {
		spoilt[i] = byte(random.IntN(256))
	}
	return spoilt
}
