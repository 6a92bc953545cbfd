package capture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gridwatch/vision"
)

// camera is an HTTP camera of the test; its handler may run until the test ends.
func camera(t *testing.T, handler http.HandlerFunc) (url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections() // A handler that hangs waits for this.
		server.Close()
	})
	return server.URL
}

// hang keeps an answer open until the client goes away.
func hang(r *http.Request) { <-r.Context().Done() }

// stream is the answer of an MJPEG camera, part by part.
type stream struct {
	w        http.ResponseWriter
	boundary string
}

func startStream(w http.ResponseWriter, declared, boundary string) stream {
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+declared)
	return stream{w, boundary}
}

// part sends one part with its length declared.
func (s stream) part(data []byte) {
	fmt.Fprintf(s.w, "\r\n--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s", s.boundary, len(data), data)
	s.w.(http.Flusher).Flush()
}

// bare sends one part without its length.
func (s stream) bare(data []byte) {
	fmt.Fprintf(s.w, "\r\n--%s\r\nContent-Type: image/jpeg\r\n\r\n%s", s.boundary, data)
	s.w.(http.Flusher).Flush()
}

func TestMJPEG_RealFrames(t *testing.T) {
	real := realFrame(t, 3)
	defer real.Close()
	data, err := Encode(real, 90)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, declared, boundary string
		send                     func(stream, []byte)
	}{
		{"with lengths", "frame", "frame", stream.part},
		{"without lengths", "frame", "frame", stream.bare},
		{"a quoted boundary", `"a b"`, "a b", stream.part},
		{"a boundary that is declared with its dashes", "--myboundary", "myboundary", stream.part},
		{"a boundary that really begins with dashes", "--myboundary", "--myboundary", stream.part},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := camera(t, func(w http.ResponseWriter, r *http.Request) {
				s := startStream(w, c.declared, c.boundary)
				for r.Context().Err() == nil {
					c.send(s, data)
				}
			})
			source := open(t, vision.Camera{ID: "M", FPS: 20, Source: vision.Source{URL: url}}, Options{})
			before := time.Now()
			for i := range 3 {
				frame := next(t, source)
				if frame.Image.Size() != image.Pt(768, 576) || frame.CameraID != "M" || frame.Seq != uint64(i+1) {
					t.Errorf("frame %d: %+v of %v", i, frame, frame.Image.Size())
				}
				if early := before.Add(time.Duration(i) * 45 * time.Millisecond); frame.At.Before(early) || frame.At.After(time.Now()) {
					t.Errorf("frame %d at %v is not 20 a second from %v on", i, frame.At, before)
				}
			}
		})
	}
}

// A picture whose length is known is handed out at once, not when the next one comes.
func TestMJPEG_DoesNotWaitForTheNextPart(t *testing.T) {
	data := plainJPEG(t, 32, 32, 50)
	url := camera(t, func(w http.ResponseWriter, r *http.Request) {
		startStream(w, "frame", "frame").part(data)
		hang(r)
	})
	source := open(t, vision.Camera{Source: vision.Source{URL: url}}, Options{})
	if grey := greyOf(next(t, source).Image); grey != 50 {
		t.Errorf("grey %d", grey)
	}
}

func TestMJPEG_BadPictureIsPassedOver(t *testing.T) {
	good := plainJPEG(t, 32, 32, 50)
	url := camera(t, func(w http.ResponseWriter, r *http.Request) {
		s := startStream(w, "frame", "frame")
		for r.Context().Err() == nil {
			s.part([]byte("no JPEG"))
			s.part(good[:len(good)/2])
			s.part(good)
		}
	})
	source := open(t, vision.Camera{FPS: 60, Source: vision.Source{URL: url}}, Options{})
	bad, fine := 0, 0
	for range 100 {
		frame, err := source.Next(t.Context())
		switch {
		case err == nil:
			fine++
			frame.Close()
		case errors.Is(err, ErrBadFrame):
			bad++
		default:
			t.Fatal(err)
		}
		if bad > 0 && fine > 0 {
			return
		}
	}
	t.Errorf("%d bad and %d good pictures", bad, fine)
}

func TestMJPEG_Failures(t *testing.T) {
	good := plainJPEG(t, 32, 32, 50)
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		want    string
	}{
		{"wrong password", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, "401 unauthorised: wrong user or password"},
		{"forbidden", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) }, "403 forbidden"},
		{"not there", http.NotFound, "camera answered 404 not found"},
		{"a login page", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>") }, `"text/html", not with pictures`},
		{"a redirection to a login page with the password in it", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/login?password=s3cret", http.StatusFound)
		}, "connection refused"},
		{"a circle of redirections", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/s3cret", http.StatusFound) }, "stopped after 10 redirects"},
		{"no boundary", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "multipart/x-mixed-replace")
		}, "names no boundary"},
		{"no answer", func(w http.ResponseWriter, r *http.Request) { hang(r) }, "no picture for 300ms"},
		{"silence after the header", func(w http.ResponseWriter, r *http.Request) {
			startStream(w, "frame", "frame")
			w.(http.Flusher).Flush()
			hang(r)
		}, "no picture for 300ms"},
		{"silence in the middle of a picture", func(w http.ResponseWriter, r *http.Request) {
			startStream(w, "frame", "frame")
			fmt.Fprintf(w, "--frame\r\nContent-Length: %d\r\n\r\n%s", len(good), good[:100])
			w.(http.Flusher).Flush()
			hang(r)
		}, "no picture for 300ms"},
		{"a picture that drips and never ends", func(w http.ResponseWriter, r *http.Request) {
			startStream(w, "frame", "frame").bare(good)
			for tick := time.NewTicker(20 * time.Millisecond); r.Context().Err() == nil; <-tick.C {
				w.Write([]byte{0})
				w.(http.Flusher).Flush()
			}
		}, "no picture for 300ms"},
		{"lines of rubbish without end", func(w http.ResponseWriter, r *http.Request) {
			startStream(w, "frame", "frame")
			for r.Context().Err() == nil {
				io.WriteString(w, strings.Repeat("rubbish\r\n", 1000))
			}
		}, "no picture for 300ms"},
		{"one line of rubbish without end", func(w http.ResponseWriter, r *http.Request) {
			startStream(w, "frame", "frame")
			for r.Context().Err() == nil {
				w.Write(make([]byte, 4096))
			}
		}, "cannot be read"},
		{"a part that claims 100 MB", func(w http.ResponseWriter, r *http.Request) {
			startStream(w, "frame", "frame")
			fmt.Fprintf(w, "--frame\r\nContent-Length: %d\r\n\r\n", 100<<20)
			w.(http.Flusher).Flush()
			hang(r)
		}, "more than 16 MB"},
		{"a length that is no number", func(w http.ResponseWriter, r *http.Request) {
			startStream(w, "frame", "frame")
			io.WriteString(w, "--frame\r\nContent-Length: many\r\n\r\nx")
		}, "Content-Length is no number"},
		{"a header without end", func(w http.ResponseWriter, r *http.Request) {
			startStream(w, "frame", "frame")
			io.WriteString(w, "--frame\r\n")
			for i := 0; r.Context().Err() == nil; i++ {
				fmt.Fprintf(w, "X-%d: %s\r\n", i, strings.Repeat("y", 1000))
			}
		}, "cannot be read"},
		{"the end of the stream", func(w http.ResponseWriter, r *http.Request) {
			startStream(w, "frame", "frame")
			io.WriteString(w, "--frame--\r\n")
		}, "ended the stream"},
		{"a broken connection", func(w http.ResponseWriter, r *http.Request) {
			startStream(w, "frame", "frame")
			fmt.Fprintf(w, "--frame\r\nContent-Length: %d\r\n\r\n%s", len(good), good[:100])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "broke off after 100 bytes"},
		{"a snapshot of more than 16 MB", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "image/jpeg")
			for r.Context().Err() == nil {
				w.Write(good)
			}
		}, "more than 16 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url := strings.Replace(camera(t, c.handler), "http://", "http://admin:s3cret@", 1) + "/video?key=s3cret"
			stall := time.Minute
			if strings.HasPrefix(c.want, "no picture for") {
				stall = 300 * time.Millisecond
			}
			source, err := OpenWith(t.Context(), vision.Camera{Source: vision.Source{URL: url}}, Options{Stall: stall})
			if err == nil {
				defer source.Close()
				_, err = source.Next(t.Context())
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && (errors.Is(err, io.EOF) || errors.Is(err, ErrBadFrame)) {
				t.Errorf("%v counts as a clean end or a bad frame", err)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

// A part of undeclared length is cut off at the limit, however fast it comes.
func TestMJPEG_EndlessPart(t *testing.T) {
	url := camera(t, func(w http.ResponseWriter, r *http.Request) {
		startStream(w, "frame", "frame").bare(nil)
		for zeros := make([]byte, 1<<20); r.Context().Err() == nil; {
			if _, err := w.Write(zeros); err != nil {
				return
			}
		}
	})
	source := open(t, vision.Camera{Source: vision.Source{URL: url}}, Options{})
	if _, err := source.Next(t.Context()); err == nil || !strings.Contains(err.Error(), "more than 16 MB") {
		t.Errorf("got %v", err)
	}
}

func TestMJPEG_ConnectionRefused(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	_, err = Open(t.Context(), vision.Camera{Source: vision.Source{URL: "http://admin:s3cret@" + listener.Addr().String() + "/video"}})
	if err == nil || !strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}

func TestMJPEG_SnapshotIsAskedAgainWithThePassword(t *testing.T) {
	var asked atomic.Int32
	data := plainJPEG(t, 32, 32, 0)
	url := camera(t, func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "admin" || password != "p@ss" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		w.Write(data)
		asked.Add(1)
	})
	url = strings.Replace(url, "http://", "http://admin:p%40ss@", 1)
	source := open(t, vision.Camera{FPS: 20, Source: vision.Source{URL: url}}, Options{})
	last := time.Time{}
	for i := range 4 {
		frame := next(t, source)
		if i > 0 && frame.At.Sub(last) < 40*time.Millisecond {
			t.Errorf("picture %d came %v after the one before", i, frame.At.Sub(last))
		}
		last = frame.At
	}
	if n := asked.Load(); n != 4 {
		t.Errorf("asked %d times for 4 pictures", n)
	}
}

func TestMJPEG_SnapshotThatFailsLater(t *testing.T) {
	var asked atomic.Int32
	data := plainJPEG(t, 32, 32, 0)
	url := camera(t, func(w http.ResponseWriter, r *http.Request) {
		switch asked.Add(1) {
		case 1:
			w.Header().Set("Content-Type", "image/jpeg")
			w.Write(data)
		case 2:
			w.Write([]byte("busy"))
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	source := open(t, vision.Camera{FPS: 60, Source: vision.Source{URL: url}}, Options{})
	next(t, source)
	if _, err := source.Next(t.Context()); !errors.Is(err, ErrBadFrame) {
		t.Errorf("a text for a picture: %v", err)
	}
	if _, err := source.Next(t.Context()); err == nil || !strings.Contains(err.Error(), "503 service unavailable") {
		t.Errorf("a refusal: %v", err)
	}
}

func FuzzParts(f *testing.F) {
	good := plainJPEG(f, 8, 8, 9)
	f.Add("frame", fmt.Appendf(nil, "--frame\r\nContent-Length: %d\r\n\r\n%s\r\n--frame--\r\n", len(good), good))
	f.Add("--x", fmt.Appendf(nil, "\r\n--x\r\n\r\n%s\r\n--x\r\nContent-Length: 99999999999\r\n\r\n", good))
	f.Add("frame", []byte("--frame\r\nContent-Length: -1\r\n\r\n"))
	f.Add("", []byte("--\r\n\r\n"))
	f.Fuzz(func(t *testing.T, boundary string, body []byte) {
		parts, err := newParts(bytes.NewReader(body), boundary)
		if err != nil {
			return
		}
		for n := 0; ; n++ {
			data, err := nextPart(parts)
			if err != nil {
				return
			}
			if len(data) > len(body) || n > len(body) {
				t.Fatalf("part %d has %d bytes of %d", n, len(data), len(body))
			}
		}
	})
}
