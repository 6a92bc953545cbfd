package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/migrations/dbtest"
	"gridwatch/vision"
	"gridwatch/vision/replay"

	"github.com/paulmach/orb"
)

// picture is an image of a kind that no decoder is needed for.
type picture struct{ n uint64 }

func (picture) Size() image.Point                      { return image.Pt(768, 576) }
func (picture) BGR() []byte                            { return nil }
func (picture) Resized(int, int) (vision.Image, error) { return nil, errors.New("not resized") }
func (picture) Close() error                           { return nil }

// shelf is a library with its real database and folder.
type shelf struct {
	*replay.Library
	index *alerts.Recordings
	dir   string
	keep  time.Duration
}

func newShelf(t testing.TB) *shelf {
	t.Helper()
	pool, err := geo.Open(t.Context(), dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	s := &shelf{index: alerts.NewRecordings(pool), dir: t.TempDir(), keep: 24 * time.Hour}
	s.open(t)
	return s
}

// open makes the library anew in its folder, as a program that starts does.
func (s *shelf) open(t testing.TB) {
	t.Helper()
	var err error
	s.Library, err = replay.NewLibrary(replay.LibraryConfig{
		Dir: s.dir, Index: s.index, Keep: s.keep, Log: slog.New(slog.DiscardHandler),
		Small: func(img vision.Image) ([]byte, error) { return fmt.Appendf(nil, "frame %d", img.(picture).n), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
}

// live is a camera's kernel at work, with its recorder, as the pipeline runs both.
type live struct {
	t         testing.TB
	recorder  *replay.Recorder
	state     vision.State
	sightings []vision.Sighting
	traces    []vision.Trace
	looked    []vision.Trace // What a second look says at the next step.
}

func (l *live) see(o vision.Observation, city vision.City) {
	l.t.Helper()
	after, sightings, traces := vision.Step(l.state, o, city)
	step := vision.Recorded{Before: l.state, After: after, Observation: o, City: city, Looked: l.looked, Image: picture{o.Seq}}
	l.looked = nil
	if err := l.recorder.Record(context.Background(), step); err != nil {
		l.t.Fatal(err)
	}
	l.state = after
	l.sightings = append(l.sightings, sightings...)
	l.traces = append(l.traces, traces...)
}

// replayed takes what a library holds of a camera through the kernel again.
func replayed(t testing.TB, l *replay.Library, cameraID string, from, until time.Time) (sightings []vision.Sighting, traces []vision.Trace, steps []replay.Step) {
	t.Helper()
	err := l.Chunks(t.Context(), cameraID, from, until, func(c *replay.ChunkReader) error {
		state := c.State
		for {
			s, err := c.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			var said []vision.Sighting
			var why []vision.Trace
			state, said, why = vision.Step(state, s.Observation, s.City)
			sightings, traces, steps = append(sightings, said...), append(traces, why...), append(steps, s)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return sightings, traces, steps
}

// observations are those of the real clip, so often after each other, in a view that is calibrated or not.
func observations(t testing.TB, city vision.City, times int) []vision.Observation {
	t.Helper()
	var once, all []vision.Observation
	for r := recording(t, "vtest"); ; {
		o, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		once = append(once, o)
	}
	length := once[len(once)-1].At.Sub(once[0].At) + 500*time.Millisecond
	for i := range times {
		for _, o := range once {
			o.At, o.Seq = o.At.Add(time.Duration(i)*length), uint64(len(all)+1)
			if city.Camera.View.Ground != nil {
				var found []vision.Detection
				for _, obj := range o.Objects {
					found = append(found, vision.Detection{Class: obj.Class, Track: obj.Track, Score: obj.Score, Box: obj.Box})
				}
				o.Objects = vision.Place(found, city.Camera.View)
			}
			all = append(all, o)
		}
	}
	return all
}

func calibrated(t testing.TB, city vision.City) vision.City {
	t.Helper()
	corner := func(x, y, east, north float64) geo.Pair {
		return geo.Pair{Pixel: orb.Point{x, y}, LonLat: orb.Point{118.3 + east/89000, 36.8 + north/111000}}
	}
	view := &city.Camera.View
	view.Pairs = []geo.Pair{corner(0, 1, 0, 0), corner(1, 1, 12, 0), corner(0.9, 0.1, 20, 40), corner(0.1, 0.1, -8, 40)}
	var err error
	if view.Ground, err = geo.SolveGround(view.Pairs); err != nil {
		t.Fatal(err)
	}
	return city
}

// What the kernel said live and what a replay of its recording says is the same, to the last digit: over many chunks,
// edits of the city, frames that may not speak, a process that is killed, and in views with and without calibration.
func TestLibrary_ReplaysWhatHappened(t *testing.T) {
	for _, grounded := range []bool{false, true} {
		t.Run(fmt.Sprintf("grounded %v", grounded), func(t *testing.T) {
			shelf, city := newShelf(t), clipCity(t)
			if grounded {
				city = calibrated(t, city)
			}
			city.Zone = time.FixedZone("UTC", 0)
			all := observations(t, city, 20)
			camera := &live{t: t, recorder: shelf.Recorder("clip")}
			for i, o := range all {
				switch i {
				case len(all) / 3: // The planner moves a fence, and a threshold is changed.
					city.Fences = append([]geo.Fence{}, city.Fences[1:]...)
					var err error
					if city.Rules, err = city.Rules.With(99, map[string]map[string]float64{"fire_lane": {"raise_s": 20}}); err != nil {
						t.Fatal(err)
					}
				case len(all) / 2:
					city.Fences = append(city.Fences, clipCity(t).Fences[0])
				case 2 * len(all) / 3: // kill -9: nothing is closed, and a line is half written.
					shelf.open(t)
					tearLastLine(t, shelf.dir)
					camera.recorder = shelf.Recorder("clip")
				}
				if i%40 == 7 {
					o.Unfit, o.Objects = vision.UnfitDark, nil
				}
				camera.see(o, city)
			}
			if n := len(camera.sightings); n < 3 {
				t.Fatalf("only %d sightings: nothing is proved", n)
			}
			from, until := all[0].At, all[len(all)-1].At
			check := func(when string) {
				t.Helper()
				sightings, traces, steps := replayed(t, shelf.Library, "clip", from, until)
				if !reflect.DeepEqual(sightings, camera.sightings) {
					t.Errorf("%s: replayed\n%v\nlive\n%v", when, lines(sightings), lines(camera.sightings))
				}
				if !reflect.DeepEqual(traces, camera.traces) {
					t.Errorf("%s: %d traces replayed, %d live", when, len(traces), len(camera.traces))
				}
				if len(steps) != len(all) || !reflect.DeepEqual(steps[200].Observation, all[200]) {
					t.Errorf("%s: %d steps of %d", when, len(steps), len(all))
				}
			}
			check("with chunks that wait")
			if err := shelf.StoreFinished(t.Context()); err != nil {
				t.Fatal(err)
			}
			check("with the last chunk unfinished")
			if err := errors.Join(camera.recorder.Close(), shelf.StoreFinished(t.Context())); err != nil {
				t.Fatal(err)
			}
			check("stored")
			if left := files(t, filepath.Join(shelf.dir, "open")); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

// tearLastLine adds to each waiting chunk what a writer had begun when it died.
func tearLastLine(t *testing.T, dir string) {
	t.Helper()
	for _, name := range files(t, filepath.Join(dir, "open")) {
		file, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = file.WriteString(`{"o":{"camera":"","seq":1`)
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}

// After Keep, rows and blobs are gone, pictures too, and what nothing names; what is younger stays.
func TestLibrary_ForgetsWhatIsOld(t *testing.T) {
	shelf, city := newShelf(t), clipCity(t)
	all := observations(t, city, 16) // 21 minutes.
	camera := &live{t: t, recorder: shelf.Recorder("clip")}
	for _, o := range all {
		camera.see(o, city)
	}
	if err := errors.Join(camera.recorder.Close(), shelf.StoreFinished(t.Context())); err != nil {
		t.Fatal(err)
	}
	from, until := all[0].At, all[len(all)-1].At
	_, _, steps := replayed(t, shelf.Library, "clip", from, until)
	var pictures []string
	for _, s := range steps {
		if s.Picture != "" {
			pictures = append(pictures, s.Picture)
		}
	}
	if len(pictures) < 2 || len(pictures) > 3*40 {
		t.Fatalf("%d pictures in three chunks", len(pictures))
	}
	stored, err := shelf.index.Overlapping(t.Context(), "clip", from, until)
	if err != nil || len(stored) != 3 {
		t.Fatalf("%d recordings, %v", len(stored), err)
	}
	blobs, err := vision.NewFolder(filepath.Join(shelf.dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	orphan, err := blobs.Put(t.Context(), []byte("nobody's"))
	if err != nil {
		t.Fatal(err)
	}
	has := func(sha string) bool {
		file, err := blobs.Open(t.Context(), sha)
		if err == nil {
			file.Close()
		}
		return err == nil
	}
	// A day after the first chunk ended: it goes, the others stay, and so does the orphan, which is young.
	if err := shelf.Sweep(t.Context(), stored[0].Until.Add(shelf.keep+time.Second)); err != nil {
		t.Fatal(err)
	}
	left, err := shelf.index.Overlapping(t.Context(), "clip", from, until)
	if err != nil || len(left) != 2 || left[0].SHA256 != stored[1].SHA256 {
		t.Fatalf("left %v, %v", left, err)
	}
	if has(stored[0].SHA256) || has(pictures[0]) || !has(stored[1].SHA256) {
		t.Errorf("first chunk %v, its picture %v, second chunk %v", has(stored[0].SHA256), has(pictures[0]), has(stored[1].SHA256))
	}
	old := time.Now().Add(-48 * time.Hour)
	for _, name := range files(t, filepath.Join(shelf.dir, "blobs")) {
		if err := os.Chtimes(name, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := shelf.Sweep(t.Context(), left[0].From); err != nil { // Nothing is old enough.
		t.Fatal(err)
	}
	if !has(orphan) {
		t.Error("a blob was taken for an orphan by a clock of the past")
	}
	if err := shelf.Sweep(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if names := files(t, filepath.Join(shelf.dir, "blobs")); has(orphan) || len(names) > 0 {
		t.Errorf("orphan %v; left %v", has(orphan), names)
	}
}

// An hour of a busy place takes a megabyte or two.
func TestRecorder_Cost(t *testing.T) {
	shelf, city := newShelf(t), calibrated(t, clipCity(t))
	all := observations(t, city, 46) // An hour of a busy forecourt, eight people at a time.
	for i := range all {
		for j := range all[i].Objects {
			obj := all[i].Objects[j] // With the digits that a pipeline leaves it.
			box := vision.Box{X: digits(obj.Box.X), Y: digits(obj.Box.Y), W: digits(obj.Box.W), H: digits(obj.Box.H)}
			found := vision.Detection{Class: obj.Class, Track: obj.Track, Score: digits(obj.Score), Box: box}
			all[i].Objects[j] = vision.Place([]vision.Detection{found}, city.Camera.View)[0]
		}
	}
	recorder := shelf.Recorder("clip")
	states, state := make([]vision.State, len(all)+1), vision.State{}
	for i, o := range all {
		state, _, _ = vision.Step(state, o, city)
		states[i+1] = state
	}
	begin := time.Now()
	for i, o := range all {
		step := vision.Recorded{Before: states[i], After: states[i+1], Observation: o, City: city, Image: picture{o.Seq}}
		if err := recorder.Record(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	recorded := time.Since(begin)
	begin = time.Now()
	if err := errors.Join(recorder.Close(), shelf.StoreFinished(t.Context())); err != nil {
		t.Fatal(err)
	}
	stored, err := shelf.index.Overlapping(t.Context(), "clip", all[0].At, all[len(all)-1].At)
	if err != nil {
		t.Fatal(err)
	}
	bytes, things := int64(0), 0
	for _, r := range stored {
		bytes += r.Bytes
	}
	for i := range all {
		things += len(all[i].Objects)
	}
	t.Logf("%d observations of %.1f things over %v: %d KB in %d chunks, %v recording, %v storing",
		len(all), float64(things)/float64(len(all)), all[len(all)-1].At.Sub(all[0].At).Round(time.Second), bytes>>10, len(stored), recorded, time.Since(begin))
	if bytes > 2<<20 {
		t.Errorf("an hour takes %d bytes", bytes)
	}
}

func digits(v float64) float64 { return math.Round(v*1e5) / 1e5 }

// What an explanation says: each candidate once for as long as nothing changed, and the frames that might not speak.
func TestExplain(t *testing.T) {
	shelf, city := newShelf(t), clipCity(t)
	camera := &live{t: t, recorder: shelf.Recorder("clip")}
	start := clipStart
	van := vision.Object{Class: vision.ClassVehicle, Track: 7, Score: 0.8, Box: vision.Box{X: 0.85, Y: 0.08, W: 0.09, H: 0.09}}
	van.Foot = van.Box.Foot()
	walker := vision.Object{Class: vision.ClassPerson, Track: 8, Score: 0.6, Box: vision.Box{X: 0.87, Y: 0.06, W: 0.03, H: 0.1}}
	walker.Foot = walker.Box.Foot()
	for i := range 240 { // Two minutes.
		o := vision.Observation{CameraID: "clip", ViewID: "clip/1", Seq: uint64(i), At: start.Add(time.Duration(i) * 500 * time.Millisecond), Model: "m"}
		if i >= 20 {
			o.Objects = append(o.Objects, van)
		}
		if i >= 60 && i < 70 {
			o.Objects = append(o.Objects, walker)
		}
		if i == 80 {
			camera.looked = []vision.Trace{{At: o.At, Gate: vision.GateSecondLook, FenceID: "lane", Class: vision.ClassVehicle, Note: "no: a drawing of a van"}}
		}
		if i >= 100 && i < 110 {
			o.Unfit, o.Objects = vision.UnfitRain, nil
		}
		camera.see(o, city)
	}
	got, err := shelf.Explain(t.Context(), "clip", start, start.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if got.Frames != 121 || !got.Next.IsZero() {
		t.Errorf("%d frames, next %v", got.Frames, got.Next)
	}
	wantUnfit := []replay.UnfitSpan{{Reason: vision.UnfitRain, From: start.Add(50 * time.Second), Until: start.Add(54500 * time.Millisecond), Frames: 10}}
	if !reflect.DeepEqual(got.Unfit, wantUnfit) {
		t.Errorf("unfit %+v", got.Unfit)
	}
	var gates []string
	for _, r := range got.Reasons {
		if r.FenceID == "lane" && r.Gate != vision.GateOutside {
			gates = append(gates, fmt.Sprintf("%s %s %v %d", r.Class, r.Gate, r.Passed, r.Frames))
		}
		if r.Frame != image.Pt(768, 576) {
			t.Errorf("frame of %v", r.Frame)
		}
	}
	// The van waits for the enter delay, passes it, dwells with the walker beside it and, after a second look and the rain, on.
	want := []string{"vehicle enter false 6", "vehicle enter true 1", "vehicle dwell false 73", "person class false 10", "vehicle second_look false 1", "vehicle dwell false 10", "vehicle dwell true 1"}
	if !reflect.DeepEqual(gates, want) {
		t.Errorf("gates\n%s\nwant\n%s", strings.Join(gates, "\n"), strings.Join(want, "\n"))
	}
	for _, r := range got.Reasons {
		if r.Gate == vision.GateDwell && (r.Where != vision.Inside || r.Score != 0.8 || r.Track != 7 || r.Box != van.Box || r.Unit != "s" ||
			r.Limit != 50 || !strings.HasPrefix(r.Permit, "none here") || r.Hours != "always" || r.DwellS <= 0) {
			t.Errorf("dwell %+v", r)
		}
	}
	if empty, err := shelf.Explain(t.Context(), "another", start, start.Add(time.Hour)); err != nil || empty.Frames != 0 {
		t.Errorf("another camera: %+v, %v", empty, err)
	}
}

// A chunk of another camera, a chunk without an end, a line that is none: an error that names the line.
func TestOpenChunk_NamesWhatIsWrong(t *testing.T) {
	good := chunkText(t)
	header, rest, _ := strings.Cut(good, "\n")
	for _, row := range []struct{ name, text, want string }{
		{"empty", "", "line 1"},
		{"no header", rest, "line 1: header"},
		{"unknown key", strings.Replace(header, `{"state"`, `{"colour":1,"state"`, 1) + "\n", "colour"},
		{"another header", good + header + "\n", "o: is missing"},
		{"no JSON", good + "rubbish\n", "line 6"},
		{"another camera", good + `{"city":{"camera":{"ID":"other"},"zone":"UTC"},"o":{}}` + "\n", "city.camera"},
		{"unknown zone", good + `{"city":{"camera":{"ID":"clip"},"zone":"Nowhere/Land"},"o":{}}` + "\n", "zone"},
		{"no time", good + `{"o":{"camera":"","view":"","seq":1,"objects":null,"model":""}}` + "\n", "at: must be"},
		{"few fields", good + `{"o":{"at":"2026-11-20T01:00:00Z"},"things":[["vehicle",1]]}` + "\n", "things: has 2 fields"},
		{"no size", good + `{"o":{"at":"2026-11-20T01:00:00Z"},"things":[["vehicle",1,0.5,0,0,0,0]]}` + "\n", "objects[0].box"},
		{"broken gzip", "\x1f\x8bnothing at all in here", "gzip"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if err := readChunk([]byte(row.text)); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want one that says %q", err, row.want)
			}
		})
	}
	if err := readChunk([]byte(good + `{"o":{"at":"2026`)); err != nil {
		t.Errorf("a torn last line: %v", err)
	}
}

func readChunk(text []byte) error {
	chunk, err := replay.OpenChunk(bytes.NewReader(text))
	for err == nil {
		_, err = chunk.Next()
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// chunkText is a chunk of four steps as a recorder writes it.
func chunkText(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	library, err := replay.NewLibrary(replay.LibraryConfig{Dir: dir, Small: func(vision.Image) ([]byte, error) { return []byte("small"), nil }})
	if err != nil {
		t.Fatal(err)
	}
	city, recorder := calibrated(t, clipCity(t)), library.Recorder("clip")
	state := vision.State{}
	for _, o := range observations(t, city, 1)[:4] {
		after, _, _ := vision.Step(state, o, city)
		if err := recorder.Record(t.Context(), vision.Recorded{Before: state, After: after, Observation: o, City: city, Image: picture{o.Seq}}); err != nil {
			t.Fatal(err)
		}
		state = after
	}
	names, err := filepath.Glob(filepath.Join(dir, "open", "*", "*"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%v, %v", names, err)
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whatever the bytes: a chunk whose steps have sane objects, or an error.
func FuzzOpenChunk(f *testing.F) {
	good := chunkText(f)
	f.Add([]byte(good))
	f.Add([]byte("\x1f\x8b"))
	f.Add([]byte(strings.Replace(good, `"zone":"`, `"zone":"../`, 1)))
	f.Add([]byte(strings.Replace(good, `"things":[[`, `"things":[[[`, 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		chunk, err := replay.OpenChunk(bytes.NewReader(text))
		if err != nil {
			return
		}
		for {
			s, err := chunk.Next()
			if err != nil {
				return
			}
			if s.Observation.CameraID != chunk.CameraID() || s.City.Camera.ID != chunk.CameraID() {
				t.Fatalf("a step of %q in a chunk of %q", s.Observation.CameraID, chunk.CameraID())
			}
			for _, obj := range s.Observation.Objects {
				if err := obj.Validate(); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// A recording whose rules lack a number that the kernel has learned to need since: asked why and why not, it says so and
// tells nothing, for the kernel would say what it never said. A back-test takes its rules from now, and goes on.
func TestLibrary_AnOlderRecordingSaysWhatItLacks(t *testing.T) {
	city := clipCity(t)
	all := observations(t, city, 1)
	from, until := all[0].At, all[len(all)-1].At
	now := func(recorded vision.City) vision.City {
		recorded.Rules = city.Rules
		return recorded
	}
	sooner := func(recorded vision.City) vision.City {
		recorded.Rules, recorded.Fences = city.Rules, slices.Clone(recorded.Fences)
		recorded.Fences[0].Thresholds = map[string]float64{"raise_s": 20}
		return recorded
	}
	try := func(s *shelf) replay.Finding {
		found, err := s.Try(t.Context(), replay.Trial{
			CameraID: "clip", From: from, Until: until, Before: now, After: sooner, Progress: func(int) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for _, row := range []struct{ name, number, lacks string }{
		{"whole", "", ""},
		{"a rule's threshold", `"VacantS"`, "rules lack bicycles: VacantS"},
		{"the pace", `"LeapSize"`, "rules lack pace: LeapSize"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newShelf(t)
			camera := &live{t: t, recorder: s.Recorder("clip")}
			for _, o := range all {
				camera.see(o, city)
			}
			want := try(s)
			if len(want.Differences) == 0 {
				t.Fatal("the draft changes nothing")
			}
			names, err := filepath.Glob(filepath.Join(s.dir, "open", "*", "*"))
			if err != nil || len(names) != 1 {
				t.Fatalf("%v, %v", names, err)
			}
			text, err := os.ReadFile(names[0])
			if err != nil {
				t.Fatal(err)
			}
			if row.number != "" {
				older := regexp.MustCompile(row.number+`:[0-9.]+,?`).ReplaceAll(text, nil)
				older = bytes.ReplaceAll(older, []byte(",}"), []byte("}"))
				if bytes.Equal(older, text) {
					t.Fatalf("the recording has no %s", row.number)
				}
				if err := os.WriteFile(names[0], older, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got := try(s); !reflect.DeepEqual(got, want) {
				t.Errorf("the back-test says\n%+v\nof the whole recording it said\n%+v", got, want)
			}
			told, err := s.Explain(t.Context(), "clip", from, from.Add(time.Minute))
			var invalid *geo.InvalidError
			switch {
			case row.lacks == "" && (err != nil || told.Frames == 0):
				t.Errorf("%d frames, %v", told.Frames, err)
			case row.lacks != "" && (!errors.As(err, &invalid) || invalid.Field != "from" || !strings.Contains(err.Error(), row.lacks) || told.Frames != 0):
				t.Errorf("%d frames, error %v, want one that says %q", told.Frames, err, row.lacks)
			}
		})
	}
}
