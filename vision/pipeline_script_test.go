package vision

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// scene is a tiny picture that carries what a detector would find in it.
type scene struct {
	found  []Detection
	black  bool
	closed atomic.Int32
}

func (s *scene) Size() image.Point               { return image.Pt(8, 8) }
func (s *scene) Resized(w, h int) (Image, error) { return nil, errors.New("not resized") }
func (s *scene) Close() error                    { s.closed.Add(1); return nil }
func (s *scene) BGR() []byte {
	pixels := make([]byte, 3*8*8)
	for i := range pixels {
		if !s.black {
			pixels[i] = byte(40 * i)
		}
	}
	return pixels
}

// scripted finds in each picture what it carries.
type scripted struct{ err error }

func (d *scripted) Fingerprint() string { return "0123 scripted" }
func (d *scripted) Detect(_ context.Context, img Image) ([]Detection, error) {
	return slices.Clone(img.(*scene).found), d.err
}

// scriptedChanges is a change finder that finds what it is told and remembers how often it was saved.
type scriptedChanges struct {
	find      func(at time.Time) []Detection
	movers    []Box
	snapshots int
	restored  []byte
}

func (c *scriptedChanges) Find(_ Image, at int64, movers []Box) ([]Detection, error) {
	c.movers = movers
	return c.find(time.Unix(0, at)), nil
}
func (c *scriptedChanges) Snapshot() ([]byte, error) { c.snapshots++; return []byte("background"), nil }
func (c *scriptedChanges) Restore(data []byte) error { c.restored = data; return nil }
func (c *scriptedChanges) Close() error              { return nil }

// world is everything outside one pipeline: what outlives it when it dies.
type world struct {
	state map[string][]byte
	sent  []Sighting
	blobs *Folder
	// around is called before and after each thing that the pipeline does to the world; it may fail, or panic as a
	// process dies.
	around func(what string) error
}

var errDown = errors.New("down")

func newWorld(t testing.TB) *world {
	blobs, err := NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &world{state: map[string][]byte{}, blobs: blobs, around: func(string) error { return nil }}
}

func (w *world) Load(_ context.Context, key string) ([]byte, error) { return w.state[key], nil }

func (w *world) Save(_ context.Context, key string, data []byte) error {
	if err := w.around("before save"); err != nil {
		return err
	}
	w.state[key] = slices.Clone(data)
	return w.around("after save")
}

func (w *world) Publish(_ context.Context, s Sighting) error {
	if err := w.around("before publish"); err != nil {
		return err
	}
	w.sent = append(w.sent, s)
	return w.around("after publish")
}

func (w *world) Put(ctx context.Context, data []byte) (string, error) {
	if err := w.around("before put"); err != nil {
		return "", err
	}
	sha, err := w.blobs.Put(ctx, data)
	return sha, errors.Join(err, w.around("after put"))
}

func (w *world) Open(ctx context.Context, sha string) (io.ReadSeekCloser, error) {
	return w.blobs.Open(ctx, sha)
}

func (w *world) Delete(ctx context.Context, sha string) error {
	return errors.Join(w.around("before delete"), w.blobs.Delete(ctx, sha))
}

// drawing stands for the JPEG: what would have been drawn.
func drawing(_ Image, m Marks) ([]byte, error) { return json.Marshal(m) }

// film is what a camera brings: a script's frames at two a second.
func film(c City, acts ...act) []Frame {
	var frames []Frame
	at := streetBegin
	for _, a := range acts {
		if a.dark {
			at = at.Add(seconds(a.s))
			continue
		}
		for t := 0.0; t < a.s; t += 0.5 {
			img := &scene{black: a.unfit != ""}
			if a.things != nil {
				img.found = a.things(t)
			}
			frames = append(frames, Frame{CameraID: c.Camera.ID, Seq: uint64(len(frames) + 1), At: at, Image: img})
			at = at.Add(500 * time.Millisecond)
		}
	}
	return frames
}

// pipeline is one over frames that ends after the last.
func (w *world) pipeline(c City, frames *[]Frame) *Pipeline {
	return &Pipeline{
		CameraID: c.Camera.ID,
		Next: func(ctx context.Context) (Frame, error) {
			if ctx.Err() != nil {
				return Frame{}, ctx.Err()
			}
			if len(*frames) == 0 {
				return Frame{}, io.EOF
			}
			f := (*frames)[0]
			*frames = (*frames)[1:]
			return f, nil
		},
		Detector: &scripted{}, Tracker: NewTracker(DefaultTrackParams()),
		City: func() City { return c }, Draw: drawing, Blobs: w, Sink: w, Store: w,
		Log: slog.New(slog.DiscardHandler),
	}
}

// keys are the sightings that were sent, repeats left out as the stream does.
func (w *world) keys() []string {
	var keys []string
	for _, s := range w.sent {
		if !slices.Contains(keys, s.Key) {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

func (w *world) kinds() []Kind {
	var kinds []Kind
	for _, s := range w.sent {
		kinds = append(kinds, s.Kind)
	}
	return kinds
}

// blob reads the marks of a picture.
func (w *world) blob(t *testing.T, e Evidence) Marks {
	t.Helper()
	r, err := w.blobs.Open(t.Context(), e.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != e.SHA256 || int64(len(data)) != e.Bytes {
		t.Errorf("picture %s: %d bytes with another hash or size %d", e.SHA256, len(data), e.Bytes)
	}
	var m Marks
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

// checkClosed holds that each frame was given back exactly once.
func checkClosed(t *testing.T, frames []Frame) {
	t.Helper()
	for _, f := range frames {
		if n := f.Image.(*scene).closed.Load(); n != 1 {
			t.Fatalf("frame %d was closed %d times", f.Seq, n)
		}
	}
}

// died is what a crash panics with.
type died struct{ where string }

func (d died) String() string { return fmt.Sprintf("died %s", d.where) }
