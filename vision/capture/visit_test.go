package capture

import (
	"image"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gridwatch/vision"
)

// doorman counts the connections that a camera has open, and had in all.
type doorman struct{ open, all atomic.Int32 }

func (d *doorman) note(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		d.open.Add(1)
		d.all.Add(1)
	case http.StateClosed:
		d.open.Add(-1)
	}
}

func TestVisits_ConnectTakeOneAndDisconnect(t *testing.T) {
	picture := plainJPEG(t, 32, 24, 90)
	for name, handler := range map[string]http.HandlerFunc{
		"snapshots": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "image/jpeg")
			w.Write(picture)
		},
		"MJPEG": func(w http.ResponseWriter, r *http.Request) {
			s := startStream(w, "frame", "frame")
			for r.Context().Err() == nil {
				s.part(picture)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var door doorman
			server := httptest.NewUnstartedServer(handler)
			server.Config.ConnState = door.note
			server.Start()
			defer server.Close()
			source := open(t, vision.Camera{FPS: 1.0 / 60, Source: vision.Source{URL: server.URL}}, Options{})
			rare, ok := source.(*visits)
			if !ok {
				t.Fatalf("a camera that is looked at once a minute is read by a %T", source)
			}
			rare.every = 20 * time.Millisecond // Or the test would take minutes.
			for i := range 3 {
				if frame := next(t, source); frame.Seq != uint64(i+1) || greyOf(frame.Image) != 90 {
					t.Errorf("frame %d: %d of grey %d", i, frame.Seq, greyOf(frame.Image))
				}
				for deadline := time.Now().Add(10 * time.Second); door.open.Load() > 0; time.Sleep(time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("%d connections stay open after the picture", door.open.Load())
					}
				}
			}
			if door.all.Load() != 3 {
				t.Errorf("%d connections for 3 pictures", door.all.Load())
			}
		})
	}
}

func TestVisits_RTSP(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0")
	source := open(t, vision.Camera{FPS: 1.0 / 60, Source: vision.Source{URL: server.url("")}}, Options{})
	source.(*visits).every = time.Millisecond
	var last time.Time
	for range 2 {
		frame := next(t, source)
		if !frame.At.After(last) {
			t.Errorf("frame at %v after one at %v", frame.At, last)
		}
		last = frame.At
	}
}

func TestVisits_SayWhyThereIsNoPicture(t *testing.T) {
	url := camera(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	source := open(t, vision.Camera{FPS: 0.01, Source: vision.Source{URL: url}}, Options{})
	if _, err := source.Next(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "403 forbidden") {
		t.Errorf("got %v", err)
	}
	source.Close()
	if _, err := source.Next(t.Context()); err != errClosed {
		t.Errorf("after Close: %v", err)
	}
}

func TestWatcher_SubstreamFirstAndTheMainStreamWhenItFails(t *testing.T) {
	small, large := plainJPEG(t, 32, 24, 90), plainJPEG(t, 64, 48, 90)
	var broken atomic.Bool
	url := camera(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		switch {
		case r.URL.Path == "/main":
			w.Write(large)
		case broken.Load():
			w.WriteHeader(http.StatusNotFound)
		default:
			w.Write(small)
		}
	})
	health := &news{came: make(chan string, 100)}
	source := vision.Source{URL: url + "/main", Substream: url + "/sub"}
	w := NewWatcher(vision.Camera{ID: "C", FPS: 10, Source: source}, vision.NewLatest(), health, Options{})
	runWatcher(t, w)
	health.wait(t, "C online")
	if d, ok := w.Decoded(); !ok || d != (vision.Decoded{Stream: vision.StreamSub, Size: image.Pt(32, 24)}) {
		t.Errorf("at first %+v is decoded (%v)", d, ok)
	}
	broken.Store(true)
	health.wait(t, "C offline: substream: camera answered 404")
	if d, ok := w.Decoded(); ok {
		t.Errorf("offline, %+v is decoded", d)
	}
	health.wait(t, "C online")
	if d, ok := w.Decoded(); !ok || d != (vision.Decoded{Stream: vision.StreamMain, Size: image.Pt(64, 48)}) {
		t.Errorf("then %+v is decoded (%v)", d, ok)
	}
}
