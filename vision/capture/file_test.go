package capture

import (
	"context"
	"errors"
	"image"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// greyClip writes a video whose n-th frame is grey of 10 + 5n, so that a test sees which frame it got.
func greyClip(t testing.TB, n int, fps float64, w, h int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "grey.avi")
	writer, err := gocv.VideoWriterFile(path, "MJPG", fps, w, h, true)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	for i := range n {
		img := plain(t, w, h, byte(10+5*i))
		if err := writer.Write(img.(*picture).mat); err != nil {
			t.Fatal(err)
		}
		img.Close()
	}
	return path
}

// numberOf is the number of greyClip's frame.
func numberOf(img vision.Image) int { return (greyOf(img) - 10 + 2) / 5 }

func open(t testing.TB, cam vision.Camera, o Options) Reader {
	t.Helper()
	source, err := OpenWith(t.Context(), cam, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { source.Close() })
	return source
}

func next(t testing.TB, source Reader) vision.Frame {
	t.Helper()
	frame, err := source.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { frame.Close() })
	return frame
}

func TestFile_RealClipFastAndOnce(t *testing.T) {
	cam := vision.Camera{ID: "C1", FPS: 2, Source: vision.Source{URL: vtest(t), Fast: true}}
	source := open(t, cam, Options{Start: noon})
	n := 0
	for ; ; n++ {
		frame, err := source.Next(t.Context())
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := noon.Add(time.Duration(n) * time.Second / 2); !frame.At.Equal(want) || frame.Seq != uint64(n+1) || frame.CameraID != "C1" {
			t.Fatalf("frame %d: %s %d at %v, want %v", n, frame.CameraID, frame.Seq, frame.At, want)
		}
		if grey := greyOf(frame.Image); frame.Image.Size() != image.Pt(768, 576) || grey < 60 || grey > 200 {
			t.Fatalf("frame %d is %v of mean grey %d", n, frame.Image.Size(), grey)
		}
		frame.Close()
	}
	if n != 159 { // 79.5 s, two a second.
		t.Errorf("%d frames, want 159", n)
	}
	if _, err := source.Next(t.Context()); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
}

func TestFile_LoopKeepsTimeRunning(t *testing.T) {
	cam := vision.Camera{FPS: 5, Source: vision.Source{URL: greyClip(t, 10, 10, 64, 48), Fast: true, Loop: true}}
	source := open(t, cam, Options{Start: noon})
	for i := range 25 {
		frame := next(t, source)
		if want := noon.Add(time.Duration(i) * time.Second / 5); !frame.At.Equal(want) {
			t.Errorf("frame %d at %v, want %v", i, frame.At, want)
		}
		if got, want := numberOf(frame.Image), i*2%10; got != want {
			t.Errorf("frame %d shows %d, want %d", i, got, want)
		}
	}
}

func TestFile_SlowVideoShowsEachFrameOnce(t *testing.T) {
	cam := vision.Camera{FPS: 30, Source: vision.Source{URL: greyClip(t, 8, 4, 64, 48), Fast: true}}
	source := open(t, cam, Options{Start: noon})
	for i := range 8 {
		frame := next(t, source)
		if got := numberOf(frame.Image); got != i || frame.At.Sub(noon) != time.Duration(i)*time.Second/4 {
			t.Errorf("frame %d shows %d after %v", i, got, frame.At.Sub(noon))
		}
	}
	if _, err := source.Next(t.Context()); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
}

func TestFile_OwnClock(t *testing.T) {
	clip := greyClip(t, 20, 10, 64, 48)
	synctest.Test(t, func(t *testing.T) {
		source := open(t, vision.Camera{FPS: 2, Source: vision.Source{URL: clip}}, Options{})
		began := time.Now()
		for i := range 4 {
			frame := next(t, source)
			if now := time.Now(); !frame.At.Equal(now) || now.Sub(began) != time.Duration(i)*time.Second/2 {
				t.Errorf("frame %d of %v came at %v", i, frame.At, now)
			}
		}
		if _, err := source.Next(t.Context()); err != io.EOF {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestFile_OwnClockAfterASleep(t *testing.T) {
	clip := greyClip(t, 20, 10, 64, 48)
	synctest.Test(t, func(t *testing.T) {
		source := open(t, vision.Camera{FPS: 2, Source: vision.Source{URL: clip, Loop: true}}, Options{})
		next(t, source)
		time.Sleep(time.Hour) // The machine slept.
		for i := range 6 {
			frame := next(t, source)
			if now := time.Now(); !frame.At.Equal(now) {
				t.Errorf("frame %d of %v came at %v", i, frame.At, now)
			}
			if i > 0 && numberOf(frame.Image) != (i+1)*5%20 {
				t.Errorf("frame %d shows %d: the clip did not go on from where it was", i, numberOf(frame.Image))
			}
		}
	})
}

func TestFile_WaitEndsWithTheContext(t *testing.T) {
	clip := greyClip(t, 20, 10, 64, 48)
	synctest.Test(t, func(t *testing.T) {
		source := open(t, vision.Camera{FPS: 1, Source: vision.Source{URL: clip}}, Options{})
		next(t, source)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, err := source.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestFile_WideVideoIsScaledDown(t *testing.T) {
	cam := vision.Camera{Source: vision.Source{URL: greyClip(t, 2, 10, 1920, 1080), Fast: true}}
	if size := next(t, open(t, cam, Options{})).Image.Size(); size != image.Pt(768, 432) {
		t.Errorf("size %v, want 768×432", size)
	}
}

func TestFile_CutOffAnywhere(t *testing.T) {
	whole, err := os.ReadFile(vtest(t))
	if err != nil {
		t.Fatal(err)
	}
	whole = whole[:400_000] // About four seconds.
	for _, n := range []int{0, 1, 11, 12, 100, 2000, 5000, 9000, 20_000, 77_777, 200_000, 399_999} {
		path := filepath.Join(t.TempDir(), "cut.avi")
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		for _, loop := range []bool{false, true} {
			frames, err := readSome(t, path, loop, 120)
			switch {
			case errors.Is(err, ErrBadFrame):
				t.Errorf("%d bytes, loop %v: %d frames, then %v", n, loop, frames, err)
			case loop && frames > 0 && err != nil:
				t.Errorf("%d bytes looped ended after %d frames: %v", n, frames, err)
			case !loop && frames > 0 && err != io.EOF:
				t.Errorf("%d bytes ended after %d frames with %v", n, frames, err)
			case frames == 0 && (err == nil || err == io.EOF):
				t.Errorf("%d bytes without a frame: %v", n, err)
			}
		}
	}
}

// readSome reads up to n frames of path, fast.
func readSome(t *testing.T, path string, loop bool, n int) (frames int, err error) {
	source, err := Open(t.Context(), vision.Camera{FPS: 10, Source: vision.Source{URL: path, Fast: true, Loop: loop}})
	if err != nil {
		return 0, err
	}
	defer source.Close()
	for ; frames < n; frames++ {
		frame, err := source.Next(t.Context())
		if err != nil {
			return frames, err
		}
		frame.Close()
	}
	return frames, nil
}

func TestFile_UseAfterClose(t *testing.T) {
	source := open(t, vision.Camera{Source: vision.Source{URL: greyClip(t, 3, 10, 64, 48)}}, Options{})
	for range 2 {
		if err := source.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := source.Next(t.Context()); err == nil || err == io.EOF {
		t.Errorf("a closed file answers %v", err)
	}
}
