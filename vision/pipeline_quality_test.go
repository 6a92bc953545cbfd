package vision

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// scriptedGate judges by the frame's number.
type scriptedGate struct {
	judge func(seq uint64) Judgement
}

func (g scriptedGate) Look(f Frame, _ City) (Judgement, error) { return g.judge(f.Seq), nil }
func (scriptedGate) Picture(Image) ([]byte, error)             { return []byte("picture"), nil }
func (scriptedGate) Close() error                              { return nil }

// scriptedEyes remembers what it was told.
type scriptedEyes struct{ told []string }

func (e *scriptedEyes) Condition(cameraID string, c Condition) {
	e.told = append(e.told, strings.TrimSpace(fmt.Sprintf("%s %s %.8s", c.Code, c.ViewID, c.Current)))
	if c.Code != "" {
		e.told = append(e.told, fmt.Sprintf("since %v s", c.Since.Sub(streetBegin).Seconds()))
	}
}
func (e *scriptedEyes) Reference(_, viewID, sha256 string) {
	e.told = append(e.told, fmt.Sprintf("reference of %s %.8s", viewID, sha256))
}

// during reports whether a frame falls between second a and b, at two a second.
func during(a, b float64, seq uint64) bool { t := float64(seq-1) / 2; return t >= a && t < b }

func TestPipeline_ABadFrameNeitherRaisesNorClears(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	all := film(c, show(2), show(300, car(1, 0, 18)), show(200))
	frames := slices.Clone(all)
	p := w.pipeline(c, &frames)
	view := c.Camera.View.ID
	p.Quality = scriptedGate{judge: func(seq uint64) Judgement {
		switch {
		case during(40, 100, seq): // The warning is due at 55 s, and the street is empty from 302 s on.
			return Judgement{Unfit: UnfitBlurred, ViewID: view, Quality: Quality{Blur: 0.9}}
		case during(305, 400, seq):
			return Judgement{Unfit: UnfitMoved, ViewID: view}
		}
		return Judgement{ViewID: view}
	}}
	eyes := &scriptedEyes{}
	p.Eyes = eyes
	var noted []string
	p.Record = func(o Observation) error {
		for _, tr := range p.Traces() { // Of the frame before.
			if tr.Gate == GateUnfit && !slices.Contains(noted, tr.Note) {
				noted = append(noted, tr.Note)
			}
		}
		if o.Unfit == UnfitBlurred && o.Quality.Blur != 0.9 {
			t.Errorf("the observation has quality %+v", o.Quality)
		}
		return nil
	}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkClosed(t, all)
	var at []float64
	for _, s := range w.sent {
		at = append(at, s.At.Sub(streetBegin).Seconds())
	}
	if kinds := w.kinds(); !slices.Equal(kinds, []Kind{Raised, Escalated, Cleared}) || at[0] < 100 || at[2] < 400 {
		t.Errorf("sent %v at %v", kinds, at)
	}
	if !slices.Equal(noted, []string{UnfitBlurred, UnfitMoved}) {
		t.Errorf("the traces gave the reasons %q", noted)
	}
	picture := Sum([]byte("picture"))[:8]
	// What ends a trouble is told with the picture that shows its end.
	want := []string{"", "blurred " + view + " " + picture, "since 40 s", picture, "moved " + view + " " + picture, "since 305 s", picture}
	if !slices.Equal(eyes.told, want) {
		t.Errorf("told %q, want %q", eyes.told, want)
	}
}

func TestPipeline_KeepsWhatTheGateLearned(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	frames := film(c, show(5))
	p := w.pipeline(c, &frames)
	p.Quality = scriptedGate{judge: func(seq uint64) Judgement {
		seen := Judgement{ViewID: c.Camera.View.ID}
		if seq == 3 {
			seen.Learned = &Learned{ViewID: seen.ViewID, JPEG: []byte("reference")}
		}
		return seen
	}}
	eyes := &scriptedEyes{}
	p.Eyes = eyes
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	sum := Sum([]byte("reference"))
	if !slices.Contains(eyes.told, "reference of "+c.Camera.View.ID+" "+sum[:8]) {
		t.Errorf("told %q", eyes.told)
	}
	if r, err := w.blobs.Open(t.Context(), sum); err != nil {
		t.Error(err)
	} else {
		r.Close()
	}
}

func TestPipeline_AMaskedCameraThatMovedShowsNoPicture(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	c.Camera.View.Masks = append(c.Camera.View.Masks, lane)
	frames := film(c, show(30))
	p := w.pipeline(c, &frames)
	p.Quality = scriptedGate{judge: func(uint64) Judgement { return Judgement{Unfit: UnfitMoved} }}
	eyes := &scriptedEyes{}
	p.Eyes = eyes
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(eyes.told) != 2 || eyes.told[0] != UnfitMoved {
		t.Errorf("told %q", eyes.told)
	}
}

// TestPipeline_EachViewKeepsItsOwn turns a camera away from a parked car and back: nothing of the other view counts
// against it, no track goes over from one view to the other, and the ground of each view is taken up again.
func TestPipeline_EachViewKeepsItsOwn(t *testing.T) {
	c, w := fireLane(t), newWorld(t)
	c.Camera.Views = []View{c.Camera.View, {ID: "other"}}
	here := c.Camera.View.ID
	van := car(1, 0, 18)
	all := film(c, show(2), show(30, van), show(60, van), show(40, van), show(100))
	frames := slices.Clone(all)
	p := w.pipeline(c, &frames)
	changes := &scriptedChanges{find: func(time.Time) []Detection { return nil }}
	p.Changes = changes
	p.Quality = scriptedGate{judge: func(seq uint64) Judgement {
		switch {
		case during(32, 35, seq), during(89, 92, seq): // It turns.
			return Judgement{Unfit: UnfitOffView}
		case during(35, 89, seq): // The other view shows a car too, in the same place of the picture.
			return Judgement{ViewID: "other"}
		}
		return Judgement{ViewID: here}
	}}
	tracks := map[string]map[int64]bool{here: {}, "other": {}}
	views := map[string]int{}
	p.Record = func(o Observation) error {
		views[o.ViewID]++
		for _, obj := range o.Objects {
			tracks[o.ViewID][obj.Track] = true
			if obj.Grounded != (o.ViewID == here) {
				t.Errorf("view %s places its things by another's calibration", o.ViewID)
			}
		}
		if o.ViewID == "other" && changes.restored != nil {
			t.Error("the other view begins with the ground of the first")
		}
		return nil
	}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if views[""] != 12 || views["other"] != 108 {
		t.Errorf("frames by view: %v", views)
	}
	for id := range tracks["other"] {
		if tracks[here][id] {
			t.Errorf("track %d is in both views", id)
		}
	}
	if string(changes.restored) != "background" {
		t.Errorf("the ground of the first view was not taken up again: %q", changes.restored)
	}
	kinds := w.kinds()
	if len(kinds) < 2 || kinds[0] != Raised || kinds[len(kinds)-1] != Cleared {
		t.Fatalf("sent %v", kinds)
	}
	if since := w.sent[0].Since.Sub(streetBegin).Seconds(); since != 2 || w.sent[0].ViewID != here {
		t.Errorf("the car is there since %v s in view %s, want 2 s in %s", since, w.sent[0].ViewID, here)
	}
}
