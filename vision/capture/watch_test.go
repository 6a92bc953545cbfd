package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"gridwatch/vision"
)

// news is a vision.Health that writes down what it is told.
type news struct {
	mu   sync.Mutex
	told []string
	at   []time.Time
	came chan string // Every piece of news; nil where nobody waits.
}

func (n *news) Online(id string, _ vision.Look) { n.note(id + " online") }
func (n *news) Offline(id, reason string)       { n.note(id + " offline: " + reason) }

func (n *news) note(what string) {
	n.mu.Lock()
	n.told, n.at = append(n.told, what), append(n.at, time.Now())
	n.mu.Unlock()
	if n.came != nil {
		n.came <- what
	}
}

// wait returns when news with the given text came, and fails the test when it does not.
func (n *news) wait(t *testing.T, text string) {
	t.Helper()
	patience := time.After(time.Minute)
	for {
		select {
		case what := <-n.came:
			if strings.Contains(what, text) {
				return
			}
		case <-patience:
			t.Fatalf("no news of %q; so far: %q", text, n.told)
		}
	}
}

// watch runs a watcher of cam until the test ends, and throws its frames away.
func watch(t *testing.T, cam vision.Camera, health vision.Health, o Options) *vision.Latest {
	t.Helper()
	latest := vision.NewLatest()
	runWatcher(t, NewWatcher(cam, latest, health, o))
	return latest
}

// runWatcher runs it until the test ends.
func runWatcher(t *testing.T, w *Watcher) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
		if _, err := w.latest.Take(context.Background()); err != io.EOF {
			t.Errorf("after Run Take returned %v, want io.EOF", err)
		}
	})
}

func TestWatcher_RetriesWithBackoffUntilTheSourceIsThere(t *testing.T) {
	clip, err := os.ReadFile(greyClip(t, 20, 10, 64, 48))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "late.avi")
	synctest.Test(t, func(t *testing.T) {
		health, latest := &news{}, vision.NewLatest()
		done := make(chan error)
		go func() {
			done <- NewWatcher(vision.Camera{ID: "C", Source: vision.Source{URL: path}}, latest, health, Options{}).Run(t.Context())
		}()
		time.Sleep(200 * time.Second)
		if err := os.WriteFile(path, clip, 0o600); err != nil {
			t.Fatal(err)
		}
		if frame, err := latest.Take(t.Context()); err != nil || frame.CameraID != "C" || !frame.At.Equal(time.Now()) {
			t.Fatalf("took %+v, %v", frame, err)
		} else {
			frame.Close()
		}
		if err := <-done; err != nil {
			t.Errorf("Run of a recording that ended returned %v", err)
		}
		latest.Close()

		for i, longest := range []time.Duration{1, 2, 4, 8, 16, 30, 30, 30} {
			gap := health.at[i+1].Sub(health.at[i])
			if longest *= time.Second; gap > longest || gap < longest*4/5 {
				t.Errorf("try %d came %v after the one before, want %v to %v", i+2, gap, longest*4/5, longest)
			}
			if want := "C offline: source: stat " + path + ": no such file or directory"; health.told[i] != want {
				t.Errorf("told %q, want %q", health.told[i], want)
			}
		}
		last := health.told[len(health.told)-2:]
		if last[0] != "C online" || last[1] != "C offline: the recording has ended" {
			t.Errorf("at the end told %q", last)
		}
	})
}

func TestWatcher_LoopIsNeverOffline(t *testing.T) {
	clip := greyClip(t, 5, 10, 64, 48)
	synctest.Test(t, func(t *testing.T) {
		health := &news{}
		latest := watch(t, vision.Camera{ID: "C", FPS: 5, Source: vision.Source{URL: clip, Loop: true}}, health, Options{})
		last := vision.Frame{}
		for i := range 20 {
			frame, err := latest.Take(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if frame.Seq != uint64(i+1) || !frame.At.After(last.At) {
				t.Errorf("frame %d is %d at %v, the one before at %v", i+1, frame.Seq, frame.At, last.At)
			}
			frame.Close()
			last = frame
		}
		if len(health.told) != 1 || health.told[0] != "C online" {
			t.Errorf("told %q", health.told)
		}
	})
}

func TestWatcher_FastRecordingLosesNoFrame(t *testing.T) {
	clip := greyClip(t, 40, 10, 64, 48)
	health, latest := &news{}, vision.NewLatest()
	defer latest.Close()
	done := make(chan error, 1)
	cam := vision.Camera{ID: "C", FPS: 10, Source: vision.Source{URL: clip, Fast: true}}
	go func() { done <- NewWatcher(cam, latest, health, Options{Start: noon}).Run(t.Context()) }()
	for i := range 40 {
		frame, err := latest.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := numberOf(frame.Image); got != i {
			t.Errorf("frame %d shows %d", i, got)
		}
		frame.Close()
	}
	if _, err := latest.Take(t.Context()); err != io.EOF {
		t.Errorf("after the last frame: %v", err)
	}
	if err := <-done; err != nil || latest.Dropped() != 0 {
		t.Errorf("Run ended with %v, %d dropped", err, latest.Dropped())
	}
}

func TestWatcher_FewBadPicturesAreCountedManyAreOffline(t *testing.T) {
	good := plainJPEG(t, 8, 8, 10)
	for _, c := range []struct {
		name string
		bad  int
		want []string
	}{
		{"four in a row", 4, []string{"C online", "C offline: the recording has ended"}},
		{"five in a row", 5, []string{"C online", "C offline: 5 pictures in a row: 1e.jpg: capture: bad frame: capture: no JPEG: no bytes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string][]byte{"0.jpg": good, "2.jpg": good}
			for i := range c.bad {
				files[fmt.Sprintf("1%c.jpg", 'a'+i)] = nil
			}
			folder := folderOf(t, files)
			synctest.Test(t, func(t *testing.T) {
				health, latest := &news{}, vision.NewLatest()
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second+time.Second/2)
				defer cancel()
				w := NewWatcher(vision.Camera{ID: "C", Source: vision.Source{URL: folder}}, latest, health, Options{})
				err := w.Run(ctx)
				latest.Close()
				if w.BadFrames() != uint64(c.bad) {
					t.Errorf("%d bad frames, want %d", w.BadFrames(), c.bad)
				}
				if len(health.told) < 2 || health.told[0] != c.want[0] || health.told[1] != c.want[1] {
					t.Errorf("told %q, want %q (Run: %v)", health.told, c.want, err)
				}
			})
		})
	}
}

// A source that dies after each first frame is asked less and less often, too.
func TestWatcher_FlappingSourceIsNotHammered(t *testing.T) {
	folder := folderOf(t, map[string][]byte{"0.jpg": plainJPEG(t, 8, 8, 10),
		"1.jpg": nil, "2.jpg": nil, "3.jpg": nil, "4.jpg": nil, "5.jpg": nil})
	synctest.Test(t, func(t *testing.T) {
		health, latest := &news{}, vision.NewLatest()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		NewWatcher(vision.Camera{ID: "C", Source: vision.Source{URL: folder, Fast: true}}, latest, health, Options{}).Run(ctx)
		if n := len(health.told); n > 2*(5+10*60/24) {
			t.Errorf("%d pieces of news in ten minutes", n)
		}
	})
}

func TestWatcher_HangingCameraDisturbsNoOther(t *testing.T) {
	t.Parallel()
	url := camera(t, func(w http.ResponseWriter, r *http.Request) { hang(r) })
	sick, well := &news{came: make(chan string, 100)}, &news{came: make(chan string, 100)}
	watch(t, vision.Camera{ID: "sick", Source: vision.Source{URL: url}}, sick, Options{Stall: 200 * time.Millisecond})
	latest := watch(t, vision.Camera{ID: "well", FPS: 20, Source: vision.Source{URL: greyClip(t, 20, 20, 64, 48), Loop: true}}, well, Options{})
	sick.wait(t, "sick offline: no picture for 200ms")
	before := time.Now()
	for range 10 { // Half a second, in which the sick camera is tried again.
		frame, err := latest.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if late := time.Since(frame.At); late > 5*time.Second {
			t.Errorf("a frame was %v old", late)
		}
		frame.Close()
	}
	sick.wait(t, "sick offline")
	if took := time.Since(before); took > 20*time.Second {
		t.Errorf("ten frames and one more try took %v", took)
	}
	if len(well.told) != 1 {
		t.Errorf("of the well camera was told %q", well.told)
	}
}

func TestWatcher_RTSPServerIsKilledAndComesBack(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0", "admin", "s3cret")
	health := &news{came: make(chan string, 100)}
	watch(t, vision.Camera{ID: "R", Source: vision.Source{URL: server.url("admin:s3cret@")}}, health, Options{Stall: 10 * time.Second})
	health.wait(t, "R online")
	server.kill()
	health.wait(t, "R offline")
	health.wait(t, "R offline: connection refused")
	serveRTSP(t, pattern, server.port, "admin", "s3cret")
	health.wait(t, "R online")
	for _, what := range health.told {
		if strings.Contains(what, "s3cret") {
			t.Errorf("the password was told: %q", what)
		}
	}
}

func TestWatcher_RTSPServerFreezes(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0")
	health := &news{came: make(chan string, 100)}
	watch(t, vision.Camera{ID: "R", Source: vision.Source{URL: server.url("")}}, health, Options{Stall: 4 * time.Second})
	health.wait(t, "R online")
	server.command.Process.Signal(syscall.SIGSTOP)
	health.wait(t, "R offline")
	server.command.Process.Signal(syscall.SIGCONT)
	health.wait(t, "R online")
}
