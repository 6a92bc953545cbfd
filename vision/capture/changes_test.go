package capture

import (
	"image"
	"slices"
	"testing"
	"time"

	"gridwatch/vision"
)

// heapPlace is on the lawn, beside which people walk.
var heapPlace = image.Rect(125, 162, 159, 188)

func TestChanges_FindsNothingInTheClipAlone(t *testing.T) {
	for _, fps := range []int{1, 5} {
		s := newStage(t, ChangeParams{})
		s.fps = fps
		s.play(100, nil) // The picture jumps at the clip's end, after 79 s.
		if len(s.seen) != 0 {
			t.Errorf("at %d frames a second: %d changes, want none", fps, len(s.seen))
		}
	}
}

func TestChanges_FindsNothingBesidePerfectMovers(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(90, s.people())
	if len(s.seen) != 0 {
		t.Errorf("%d changes, want none", len(s.seen))
	}
}

// everyone is the boxes of all that is not the empty plate.
func everyone(pix, plate []byte) (boxes []vision.Box) {
	mask := make([]byte, stageSize.X*stageSize.Y)
	for i := range mask {
		if departs(pix[3*i:3*i+3], plate[3*i:3*i+3]) {
			mask[i] = 255
		}
	}
	for i, v := range mask {
		if v == 0 {
			continue
		}
		if members := flood(mask, stageSize, i); len(members) > 40 {
			boxes = append(boxes, boxOf(regionOf(members, stageSize).box))
		}
	}
	return boxes
}

func TestChanges_OneChangeFromSetDownToTakenAway(t *testing.T) {
	s := newStage(t, ChangeParams{LongS: 30})
	s.play(12, nil)
	if found := s.play(18, nil, thing(heapPlace)); len(found) != 1 {
		t.Fatalf("18 s after it was set down: %d changes, want 1", len(found))
	}
	came := s.at.Add(-18 * time.Second)
	found := s.play(120, nil, thing(heapPlace)) // Four times what the long model needs to absorb it.
	if len(found) != 1 || len(s.seen) != 1 {
		t.Fatalf("2 min later: %d changes, %d ids, want 1 and 1", len(found), len(s.seen))
	}
	if d := found[0]; d.Class != vision.ClassChange || d.Track == 0 || overlap(d.Box, boxOf(heapPlace)) < 0.6 {
		t.Errorf("found %+v, want a change at %+v", d, boxOf(heapPlace))
	}
	if off := found[0].Since.Sub(came); off < -2*time.Second || off > 2*time.Second {
		t.Errorf("it lies there since %v after it was set down", off)
	}
	if found := s.play(8, nil); len(found) != 0 {
		t.Errorf("8 s after it was taken away: %d changes, want none", len(found))
	}
	s.play(40, nil)
	if len(s.seen) != 1 {
		t.Errorf("%d ids in all, want 1", len(s.seen))
	}
}

func overlap(a, b vision.Box) float64 {
	w := min(a.X+a.W, b.X+b.W) - max(a.X, b.X)
	h := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (a.W*a.H + b.W*b.H - w*h)
}

func TestChanges_ATakenAwayThingIsNoChange(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(30, nil, thing(heapPlace))
	s.play(60, nil)
	if len(s.seen) != 0 {
		t.Errorf("%d changes where something was taken away, want none", len(s.seen))
	}
}

func TestChanges_WhatLooksGoneIsNotReportedAndComesBackAsItself(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(12, nil)
	s.play(20, nil, thing(heapPlace))
	if found := s.play(2, nil); len(found) != 0 {
		t.Errorf("2 s after it was taken away: %d changes, want none", len(found))
	}
	if found := s.play(5, nil, thing(heapPlace)); len(found) != 1 || len(s.seen) != 1 {
		t.Errorf("it was there all the time: %d changes, %d ids, want 1 and 1", len(found), len(s.seen))
	}
}

func TestChanges_WhatWasSetDownUnderCoverCameBeforeTheCoverWent(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(12, nil)
	s.play(6, always(heapPlace.Inset(-6)), thing(heapPlace))
	uncovered := s.at
	found := s.play(20, nil, thing(heapPlace))
	if len(found) != 1 {
		t.Fatalf("%d changes, want 1", len(found))
	}
	if off := found[0].Since.Sub(uncovered); off < -2*time.Second || off > time.Second {
		t.Errorf("it lies there since %v after it was uncovered", off)
	}
}

func TestChanges_AGrowingHeapStaysOneChange(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(12, nil)
	small := image.Rect(heapPlace.Min.X, heapPlace.Min.Y, heapPlace.Min.X+17, heapPlace.Max.Y)
	s.play(30, nil, thing(small))
	found := s.play(30, nil, thing(heapPlace))
	if len(found) != 1 || len(s.seen) != 1 {
		t.Fatalf("%d changes, %d ids, want 1 and 1", len(found), len(s.seen))
	}
	if o := overlap(found[0].Box, boxOf(heapPlace)); o < 0.6 {
		t.Errorf("its box %+v did not grow to %+v", found[0].Box, boxOf(heapPlace))
	}
}

func TestChanges_SomeoneWhoStandsStillIsNoChange(t *testing.T) {
	person := image.Rect(133, 133, 150, 183)
	now := func(seen func(second int) bool) func(int) []vision.Box {
		return func(second int) []vision.Box {
			if seen(second) {
				return []vision.Box{boxOf(person)}
			}
			return nil
		}
	}
	for _, c := range []struct {
		name string
		seen func(second int) bool
	}{
		{"always detected", func(int) bool { return true }},
		{"detected in every third frame", func(s int) bool { return s%3 == 0 }},
		{"missed for five seconds, then detected for two", func(s int) bool { return s%7 < 2 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, ChangeParams{})
			s.play(12, nil)
			s.play(60, now(c.seen), thing(person))
			s.play(30, nil)
			if len(s.seen) != 0 {
				t.Errorf("%d changes, want none", len(s.seen))
			}
		})
	}
}

func TestChanges_AParkedVehicleThatDrivesOffIsNoChange(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(40, always(heapPlace), thing(heapPlace))
	s.play(60, nil)
	if len(s.seen) != 0 {
		t.Errorf("%d changes, want none", len(s.seen))
	}
}

func TestChanges_CoveredMeansUnknown(t *testing.T) {
	s := newStage(t, ChangeParams{LongS: 30})
	s.play(12, nil)
	s.play(20, nil, thing(heapPlace))
	crowd := heapPlace.Inset(-6)
	if found := s.play(60, always(crowd), thing(heapPlace), thing(crowd)); len(found) != 1 {
		t.Errorf("behind a crowd: %d changes, want the one that lay there", len(found))
	}
	if found := s.play(10, nil, thing(heapPlace)); len(found) != 1 || len(s.seen) != 1 {
		t.Errorf("after the crowd: %d changes, %d ids, want 1 and 1", len(found), len(s.seen))
	}
}

func TestChanges_AnotherLightIsNoChange(t *testing.T) {
	for _, percent := range []int{70, 115} {
		s := newStage(t, ChangeParams{})
		s.play(12, nil)
		s.play(20, nil, thing(heapPlace))
		found := s.play(40, nil, thing(heapPlace), lit(percent))
		if len(found) != 1 || len(s.seen) != 1 {
			t.Errorf("light at %d %%: %d changes, %d ids, want 1 and 1", percent, len(found), len(s.seen))
		}
		if found := s.play(12, nil, lit(percent)); len(found) != 0 {
			t.Errorf("light at %d %%, thing taken away: %d changes, want none", percent, len(found))
		}
	}
}

func TestChanges_AKnockedCameraReportsNothing(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(12, nil)
	s.play(60, nil, shifted(7, 4))
	if len(s.seen) != 0 {
		t.Errorf("%d changes, want none", len(s.seen))
	}
}

func TestChanges_AKnockedCameraStillSeesWhatLiesThere(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(12, nil)
	s.play(20, nil, thing(heapPlace))
	found := s.play(60, nil, thing(heapPlace), shifted(7, 4))
	if len(found) != 1 || len(s.seen) != 1 {
		t.Fatalf("%d changes, %d ids, want 1 and 1", len(found), len(s.seen))
	}
	if want := boxOf(heapPlace.Sub(image.Pt(7, 4))); overlap(found[0].Box, want) < 0.6 {
		t.Errorf("it is at %+v, want %+v", found[0].Box, want)
	}
	if found := s.play(12, nil, shifted(7, 4)); len(found) != 0 {
		t.Errorf("after it was taken away: %d changes, want none", len(found))
	}
}

func TestChanges_AShakingCameraReportsNothing(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(12, nil)
	for second := range 40 {
		s.play(1, nil, shifted(second*5%7-3, second*3%5-2))
	}
	if len(s.seen) != 0 {
		t.Errorf("%d changes, want none", len(s.seen))
	}
}

func TestChanges_RestoreGoesOn(t *testing.T) {
	s := newStage(t, ChangeParams{LongS: 30})
	s.play(12, nil)
	before := s.play(20, nil, thing(heapPlace))
	data, err := s.finder.Snapshot()
	if err != nil {
		t.Fatal(err)
	}

	after := newStage(t, ChangeParams{LongS: 30})
	if err := after.finder.Restore(data); err != nil {
		t.Fatal(err)
	}
	after.at = s.at.Add(time.Hour)
	after.frame = s.frame + 77
	first := after.play(1, nil, thing(heapPlace))
	if len(before) != 1 || len(first) != 1 || before[0].Track != first[0].Track || before[0].Box != first[0].Box {
		t.Fatalf("found %+v before the restart and %+v after it, want the same one", before, first)
	}
	if found := after.play(60, nil, thing(heapPlace)); len(found) != 1 || len(after.seen) != 1 {
		t.Errorf("a minute later: %d changes, %d ids, want 1 and 1", len(found), len(after.seen))
	}
	if found := after.play(8, nil); len(found) != 0 {
		t.Errorf("after it was taken away: %d changes, want none", len(found))
	}
}

func TestChanges_AThingSetDownDuringARestartIsFound(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(12, nil)
	data, err := s.finder.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	after := newStage(t, ChangeParams{})
	if err := after.finder.Restore(data); err != nil {
		t.Fatal(err)
	}
	if found := after.play(20, nil, thing(heapPlace)); len(found) != 1 {
		t.Errorf("%d changes, want the thing that the saved ground does not have", len(found))
	}
}

func TestChangeParams_Validate(t *testing.T) {
	if err := (ChangeParams{}).Validate(); err != nil {
		t.Errorf("defaults: %v", err)
	}
	for _, p := range []ChangeParams{
		{LongS: -1}, {ShortS: 100}, {LongS: 10, ShortS: 5}, {ReportS: 0.1}, {MinArea: 0.5}, {MaxForeground: 2}, {MaxPixels: 1e9},
		{GoneS: -3}, {LingerS: 1e9}, {MoverMargin: -0.1}, {SettleS: -1}, {WarmUpS: -1},
	} {
		if _, err := NewChanges(p); err == nil {
			t.Errorf("NewChanges(%+v) took it", p)
		}
	}
}

func TestChanges_RefusesPicturesThatAreNone(t *testing.T) {
	finder, err := NewChanges(ChangeParams{})
	if err != nil {
		t.Fatal(err)
	}
	defer finder.Close()
	for _, size := range []image.Point{{1, 1}, {4000, 20}} {
		img, err := NewImage(size.X, size.Y, make([]byte, 3*size.X*size.Y))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := finder.Find(img, 1, nil); err == nil {
			t.Errorf("a picture of %v was taken", size)
		}
		img.Close()
	}
}

// BenchmarkChanges_Find is one look at 640×360, with people walking and one thing lying there.
func BenchmarkChanges_Find(b *testing.B) {
	vtest(b)
	frames, err := clip()
	if err != nil {
		b.Fatal(err)
	}
	var images []vision.Image
	for k, f := range frames[:100] {
		pix := slices.Clone(f)
		if k > 20 {
			thing(heapPlace)(pix)
		}
		small, err := NewImage(stageSize.X, stageSize.Y, pix)
		if err != nil {
			b.Fatal(err)
		}
		defer small.Close()
		img, err := small.Resized(640, 360)
		if err != nil {
			b.Fatal(err)
		}
		defer img.Close()
		images = append(images, img)
	}
	finder, err := NewChanges(ChangeParams{})
	if err != nil {
		b.Fatal(err)
	}
	defer finder.Close()
	at := int64(0)
	find := func(img vision.Image) {
		at += int64(time.Second / 2)
		if _, err := finder.Find(img, at, nil); err != nil {
			b.Fatal(err)
		}
	}
	for _, img := range images {
		find(img)
	}
	if n := len(finder.(*Changes).open); n != 1 {
		b.Fatalf("%d open changes, want 1", n)
	}
	for i := 0; b.Loop(); i++ {
		find(images[30+i%70])
	}
}
