package vision

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gridwatch/geo"
)

// parkedAWhile is a car that is raised, escalated and cleared.
func parkedAWhile(c City) []Frame { return film(c, show(5), show(200, car(1, 0, 18)), show(70)) }

func TestPipeline_TellsALifeWithItsPictures(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	all := parkedAWhile(c)
	frames := slices.Clone(all)
	p := w.pipeline(c, &frames)
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkClosed(t, all)
	if got := w.kinds(); !slices.Equal(got, []Kind{Raised, Escalated, Cleared}) {
		t.Fatalf("sent %v", got)
	}
	for i, want := range []struct {
		at    float64 // Seconds from the beginning.
		kind  string
		boxes int
	}{{55, EvidenceNow, 1}, {185, EvidenceEscalated, 1}, {254.5, EvidenceClear, 0}} {
		s := w.sent[i]
		if got := s.At.Sub(streetBegin).Seconds(); got != want.at {
			t.Errorf("%s at %v s, want the frame's own time %v", s.Kind, got, want.at)
		}
		if len(s.Evidence) != 2 || s.Evidence[0].Kind != EvidenceBegin || s.Evidence[1].Kind != want.kind {
			t.Fatalf("%s has evidence %+v", s.Kind, s.Evidence)
		}
		if began := s.Evidence[0].At.Sub(streetBegin).Seconds(); began != 8 {
			t.Errorf("the beginning was taken at %v s, want 8: when the enter delay had passed", began)
		}
		m := w.blob(t, s.Evidence[1])
		if len(m.Boxes) != want.boxes || len(m.Fence) != 5 || m.Rule != "fire_lane" || !strings.Contains(m.Caption, s.Occupancy) {
			t.Errorf("%s is drawn as %+v", s.Kind, m)
		}
		if want.boxes > 0 && (!m.Boxes[0].Subject || m.Boxes[0].Box != s.Box) {
			t.Errorf("%s: the subject is not the car: %+v", s.Kind, m.Boxes)
		}
		w.blob(t, s.Evidence[0])
	}
	if n := p.Counters.Frames.Load(); n != int64(len(all)) || p.Counters.Sightings.Load() != 3 || p.Counters.Unfit.Load() != 0 {
		t.Errorf("counted %d frames, %d sightings", n, p.Counters.Sightings.Load())
	}
	if at := p.Counters.NewestFrameAt.Load(); at != all[len(all)-1].At.UnixNano() {
		t.Errorf("newest frame at %d", at)
	}
}

// The process dies before or after anything it does to the world, and another takes up from what was saved and the frame
// that comes next: one life, each sighting once by its key, and every picture there.
func TestPipeline_DiesAnywhereAndGoesOn(t *testing.T) {
	c := fireLane(t)
	c.Fences[0].Thresholds = map[string]float64{"raise_s": 10, "escalate_s": 20, "gap_s": 3, "leave_s": 2}
	script := []act{show(2), show(30, car(1, 0, 18)), show(10)}
	var places []string
	for n := 1; ; n++ {
		w, count, where := newWorld(t), 0, ""
		w.around = func(what string) error {
			if count++; count == n {
				where = what
				panic(died{what})
			}
			return nil
		}
		frames := film(c, script...)
		runUntilDead(t, w, c, &frames)
		if where == "" {
			break // It did fewer things than n: all were tried.
		}
		places = append(places, where)
		w.around = func(string) error { return nil }
		if err := w.pipeline(c, &frames).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		keys := w.keys()
		if len(keys) != 3 || len(w.sent) > 4 {
			t.Fatalf("died %s (%d): sent %v in %d messages", where, n, keys, len(w.sent))
		}
		for i, kind := range []Kind{Raised, Escalated, Cleared} {
			if keys[i] != w.sent[0].Occupancy+"/"+string(kind) {
				t.Fatalf("died %s (%d): sent %v", where, n, keys)
			}
		}
		for _, s := range w.sent {
			if s.Since.Sub(streetBegin) > 4*time.Second {
				t.Errorf("died %s (%d): the dwell began anew at %v", where, n, s.Since)
			}
			for _, e := range s.Evidence {
				w.blob(t, e)
			}
		}
	}
	for _, must := range []string{"before save", "after save", "before publish", "after publish", "before put", "after put"} {
		if !slices.Contains(places, must) {
			t.Errorf("it never died %s", must)
		}
	}
}

func runUntilDead(t *testing.T, w *world, c City, frames *[]Frame) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(died); !ok {
				panic(r)
			}
		}
	}()
	if err := w.pipeline(c, frames).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A stream that is down for a minute slows the camera and loses nothing.
func TestPipeline_WaitsForTheSink(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		down := time.Now().Add(time.Minute)
		w.around = func(what string) error {
			if what == "before publish" && time.Now().Before(down) {
				return errDown
			}
			return nil
		}
		all := parkedAWhile(c)
		frames := slices.Clone(all)
		p := w.pipeline(c, &frames)
		if err := p.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkClosed(t, all)
		if got := w.kinds(); !slices.Equal(got, []Kind{Raised, Escalated, Cleared}) {
			t.Errorf("sent %v", got)
		}
		if time.Now().Before(down) || p.Counters.Retries.Load() < 5 {
			t.Error("nothing was down")
		}
	})
}

// When ctx ends while the stream is down, Run ends too; what it had decided is sent after the restart.
func TestPipeline_StopsWhileTheSinkIsDown(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		w.around = func(what string) error {
			if what == "before publish" {
				return errDown
			}
			return nil
		}
		all := film(c, show(60, car(1, 0, 18)))
		frames := slices.Clone(all)
		if err := w.pipeline(c, &frames).Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("ended with %v", err)
		}
		checkClosed(t, all[:len(all)-len(frames)])
		w.around = func(string) error { return nil }
		frames = nil
		if err := w.pipeline(c, &frames).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := w.kinds(); !slices.Equal(got, []Kind{Raised}) {
			t.Errorf("sent %v", got)
		}
	})
}

func TestPipeline_CorruptStateBeginsAnew(t *testing.T) {
	for _, junk := range []string{"", "{", `{"state":7}`, `{"tracker":{"next":0}}`, `{"state":{"occupancies":[{"phase":"raised"}]},"begin":{"x":{}}}`} {
		c, w := fireLane(t), newWorld(t)
		w.state[StateKey("cam")] = []byte(junk)
		frames := film(c, show(60, car(1, 0, 18)))
		if err := w.pipeline(c, &frames).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := w.kinds(); !slices.Equal(got, []Kind{Raised}) {
			t.Errorf("after %q: sent %v", junk, got)
		}
	}
}

func pictures(t *testing.T, w *world) (n int) {
	t.Helper()
	err := filepath.WalkDir(w.blobs.dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPipeline_AStayThatNobodyWasToldOfLeavesNoPicture(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	during := 0
	frames := film(c, show(20, car(1, 0, 18)), show(60))
	p := w.pipeline(c, &frames)
	next := p.Next
	p.Next = func(ctx context.Context) (Frame, error) {
		during = max(during, pictures(t, w))
		return next(ctx)
	}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := pictures(t, w); during != 1 || after != 0 || len(w.sent) != 0 {
		t.Errorf("%d pictures while it stood there, %d after, %d sightings", during, after, len(w.sent))
	}
}

func TestPipeline_WhatCannotBeSeenClearsNothing(t *testing.T) {
	c := fireLane(t)
	for _, row := range []struct {
		name string
		acts []act
		fail error
	}{
		{"black frames", []act{show(60, car(1, 0, 18)), rain(300)}, nil},
		{"a detector that fails", []act{show(60, car(1, 0, 18)), show(300)}, errDown},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			frames := film(c, row.acts...)
			p := w.pipeline(c, &frames)
			p.City = func() City {
				if len(w.sent) > 0 {
					p.Detector = &scripted{err: row.fail}
				}
				return c
			}
			if err := p.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			open := p.Dwelling()
			if got := w.kinds(); !slices.Equal(got, []Kind{Raised}) || len(open) != 1 || open[0].Phase != PhaseRaised {
				t.Errorf("sent %v, open %+v", got, open)
			}
			if p.Counters.Unfit.Load() < 500 {
				t.Errorf("%d frames were unfit", p.Counters.Unfit.Load())
			}
		})
	}
}

func TestPipeline_EditsApplyFromTheNextFrame(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	frames := film(c, show(70, car(1, 0, 18)))
	p := w.pipeline(c, &frames)
	p.City = func() City {
		edited := c
		if len(w.sent) > 0 {
			edited.Fences = []geo.Fence{}
		}
		return edited
	}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.kinds(); !slices.Equal(got, []Kind{Raised, Cleared}) || w.sent[1].At.Sub(w.sent[0].At) != 500*time.Millisecond {
		t.Errorf("sent %v", lines(w.sent))
	}
}

// An alert without a picture is better than none.
func TestPipeline_APictureThatCannotBeHad(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	frames := film(c, show(60, car(1, 0, 18)))
	p := w.pipeline(c, &frames)
	p.Draw = func(Image, Marks) ([]byte, error) { return nil, errDown }
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(w.sent) != 1 || len(w.sent[0].Evidence) != 0 || p.Counters.LostPictures.Load() == 0 {
		t.Errorf("sent %+v", w.sent)
	}
}

func TestPipeline_Changes(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	changes := &scriptedChanges{find: func(at time.Time) []Detection {
		if at.Sub(streetBegin) < 25*time.Second {
			return nil
		}
		return []Detection{pile(1, 0, 18)}
	}}
	w.state[ChangesKey("cam")] = []byte("learned before")
	walker := person(4, 6, 20)
	frames := film(c, show(80, walker))
	p := w.pipeline(c, &frames)
	p.Changes = changes
	var recorded []Observation
	p.Record = func(o Observation) error { recorded = append(recorded, o); return nil }
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(w.sent) != 1 || w.sent[0].Class != ClassChange || w.sent[0].Since.Sub(streetBegin) != 25*time.Second {
		t.Errorf("sent %+v", w.sent)
	}
	if string(changes.restored) != "learned before" || string(w.state[ChangesKey("cam")]) != "background" {
		t.Error("the background was not carried over")
	}
	if changes.snapshots != 9 { // At 0, 10, 20, 25 (it began), 35, … 75 s.
		t.Errorf("%d snapshots", changes.snapshots)
	}
	if len(changes.movers) != 1 || changes.movers[0] != walker.Box {
		t.Errorf("movers %v", changes.movers)
	}
	if len(recorded) != 160 || len(recorded[159].Objects) != 2 {
		t.Errorf("%d observations recorded", len(recorded))
	}
}

// The saved state is JSON that the kernel can go on from, at least once a second of frame time.
func TestPipeline_SavesOnceASecond(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	saves := 0
	w.around = func(what string) error {
		if what == "after save" {
			saves++
		}
		return nil
	}
	frames := film(c, show(30))
	if err := w.pipeline(c, &frames).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if saves < 30 || saves > 32 {
		t.Errorf("%d saves in 30 s", saves)
	}
	var m struct{ State State }
	if err := json.Unmarshal(w.state[StateKey("cam")], &m); err != nil || !m.State.At.Equal(streetBegin.Add(29500*time.Millisecond)) {
		t.Errorf("saved %+v, %v", m, err)
	}
}

func TestPipeline_DwellingIsACopy(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	frames := film(c, show(10, car(1, 0, 18)))
	p := w.pipeline(c, &frames)
	if p.Dwelling() != nil || p.Traces() != nil {
		t.Error("something dwells before the first frame")
	}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	open := p.Dwelling()
	if len(open) != 1 || open[0].Phase != PhaseDwelling || len(p.Traces()) == 0 {
		t.Fatalf("dwelling %+v", open)
	}
	open[0].Tracks[0], open[0].ID = 99, "mine"
	if again := p.Dwelling(); again[0].Tracks[0] == 99 || again[0].ID == "mine" {
		t.Error("a caller's change reaches the pipeline")
	}
}

func TestPipeline_MissingPart(t *testing.T) {
	frames := []Frame{}
	p := newWorld(t).pipeline(fireLane(t), &frames)
	p.Sink = nil
	if err := p.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "Sink") {
		t.Errorf("error %v", err)
	}
}
