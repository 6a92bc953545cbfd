package capture

import (
	"image"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

// vtest returns the path of the real clip that the tests run on.
func vtest(t testing.TB) string {
	t.Helper()
	path := os.Getenv("GRIDWATCH_VTEST")
	if path == "" {
		t.Fatal("GRIDWATCH_VTEST is not set: it names vtest.avi of Debian's package opencv-doc")
	}
	return path
}

// stageSize is small so that the tests are fast under the race detector.
var stageSize = image.Pt(384, 288)

// clip is vtest at 5 frames a second and stageSize. People walk through it all the time.
var clip = sync.OnceValues(func() ([][]byte, error) {
	video, err := gocv.VideoCaptureFile(os.Getenv("GRIDWATCH_VTEST"))
	if err != nil {
		return nil, err
	}
	defer video.Close()
	full, small := gocv.NewMat(), gocv.NewMat()
	defer full.Close()
	defer small.Close()
	var frames [][]byte
	for i := 0; video.Read(&full); i++ {
		if i%2 == 0 {
			if err := gocv.Resize(full, &small, stageSize, 0, 0, gocv.InterpolationArea); err != nil {
				return nil, err
			}
			frames = append(frames, small.ToBytes())
		}
	}
	return frames, nil
})

// stage plays the clip to a finder, round and round, with things drawn on it.
type stage struct {
	t      *testing.T
	finder vision.ChangeFinder
	fps    int // 1 or 5.
	frame  int
	at     time.Time
	seen   map[int64]bool // Every track id that was ever reported.
}

func newStage(t *testing.T, p ChangeParams) *stage {
	t.Helper()
	vtest(t)
	before := OpenMats()
	finder, err := NewChanges(p)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, finder: finder, fps: 1, at: time.Unix(1_800_000_000, 0), seen: map[int64]bool{}}
	t.Cleanup(func() {
		if err := s.finder.Close(); err != nil {
			t.Error(err)
		}
		if after := OpenMats(); after != before {
			t.Errorf("%d Mats are still open", after-before)
		}
	})
	return s
}

// play shows seconds of the clip, each frame changed by draw, and returns what was found in the last one.
func (s *stage) play(seconds int, movers func(second int) []vision.Box, draw ...func(pix []byte)) []vision.Detection {
	s.t.Helper()
	frames, err := clip()
	if err != nil {
		s.t.Fatal(err)
	}
	var found []vision.Detection
	for n := range seconds * s.fps {
		pix := slices.Clone(frames[s.frame%len(frames)])
		for _, d := range draw {
			d(pix)
		}
		img, err := NewImage(stageSize.X, stageSize.Y, pix)
		if err != nil {
			s.t.Fatal(err)
		}
		var boxes []vision.Box
		if movers != nil {
			boxes = movers(n)
		}
		found, err = s.finder.Find(img, s.at.UnixNano(), boxes)
		if err != nil {
			s.t.Fatal(err)
		}
		img.Close()
		for _, d := range found {
			s.seen[d.Track] = true
		}
		s.frame += 5 / s.fps
		s.at = s.at.Add(time.Second / time.Duration(s.fps))
	}
	return found
}

// thing draws a speckled brown object over r, the same in every frame.
func thing(r image.Rectangle) func(pix []byte) {
	return func(pix []byte) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				speck := byte((x/4*7 + y/4*13) % 5 * 22)
				i := 3 * (y*stageSize.X + x)
				pix[i], pix[i+1], pix[i+2] = 30+speck, 60+speck, 100+speck
			}
		}
	}
}

// lit multiplies every pixel by percent/100.
func lit(percent int) func(pix []byte) {
	return func(pix []byte) {
		for i, v := range pix {
			pix[i] = byte(min(int(v)*percent/100, 255))
		}
	}
}

func boxOf(r image.Rectangle) vision.Box {
	w, h := float64(stageSize.X), float64(stageSize.Y)
	return vision.Box{X: float64(r.Min.X) / w, Y: float64(r.Min.Y) / h, W: float64(r.Dx()) / w, H: float64(r.Dy()) / h}
}

func always(r image.Rectangle) func(int) []vision.Box {
	return func(int) []vision.Box { return []vision.Box{boxOf(r)} }
}

// heapPlace is on the lawn, beside which people walk.
var heapPlace = image.Rect(150, 195, 190, 225)

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

func TestChanges_OneChangeFromSetDownToTakenAway(t *testing.T) {
	s := newStage(t, ChangeParams{LongS: 30})
	s.play(20, nil)
	if found := s.play(18, nil, thing(heapPlace)); len(found) != 1 {
		t.Fatalf("18 s after it was set down: %d changes, want 1", len(found))
	}
	found := s.play(120, nil, thing(heapPlace)) // Four times what the long model needs to absorb it.
	if len(found) != 1 || len(s.seen) != 1 {
		t.Fatalf("2 min later: %d changes, %d ids, want 1 and 1", len(found), len(s.seen))
	}
	if d := found[0]; d.Class != vision.ClassChange || d.Track == 0 || overlap(d.Box, boxOf(heapPlace)) < 0.6 {
		t.Errorf("found %+v, want a change at %+v", d, boxOf(heapPlace))
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

func TestChanges_AGrowingHeapStaysOneChange(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(20, nil)
	small := image.Rect(heapPlace.Min.X, heapPlace.Min.Y, heapPlace.Min.X+20, heapPlace.Max.Y)
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
	person := image.Rect(160, 160, 180, 220)
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
			s.play(20, nil)
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
	s.play(20, nil)
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
	for _, percent := range []int{70, 85, 115} {
		s := newStage(t, ChangeParams{})
		s.play(20, nil)
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

func TestChanges_RestoreGoesOn(t *testing.T) {
	s := newStage(t, ChangeParams{LongS: 30})
	s.play(20, nil)
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
	s.play(20, nil)
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

func BenchmarkChanges_Find(b *testing.B) {
	vtest(b)
	frames, err := clip()
	if err != nil {
		b.Fatal(err)
	}
	var images []vision.Image
	for _, f := range frames[:64] {
		small, err := NewImage(stageSize.X, stageSize.Y, f)
		if err != nil {
			b.Fatal(err)
		}
		img, err := small.Resized(640, 360)
		if err != nil {
			b.Fatal(err)
		}
		defer img.Close()
		small.Close()
		images = append(images, img)
	}
	finder, err := NewChanges(ChangeParams{})
	if err != nil {
		b.Fatal(err)
	}
	defer finder.Close()
	at := int64(0)
	for b.Loop() {
		at += int64(time.Second / 2)
		if _, err := finder.Find(images[at/int64(time.Second/2)%64], at, nil); err != nil {
			b.Fatal(err)
		}
	}
}
