package capture

import (
	"context"
	"errors"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"gridwatch/geo"
	"gridwatch/vision"

	"gocv.io/x/gocv"
)

var theHand = sync.OnceValues(func() (*stagehand, error) {
	return newStagehand(context.Background(), os.Getenv("GRIDWATCH_VTEST"))
})

func hand(t *testing.T) *stagehand {
	t.Helper()
	vtest(t)
	h, err := theHand()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var plays = map[string]func(*stagehand) play{"vending": vendingPlay, "debris": debrisPlay}

// staged is the empty plate with what the play adds to it at a second, and where the play's people stand.
func staged(p play, plate []byte, second float64) (pix []byte, people []vision.Box) {
	c := &canvas{pix: slices.Clone(plate), seed: uint32(second * sceneFPS)}
	props := p(second)
	for _, x := range props {
		if someone, ok := x.(person); ok {
			height, _ := upright(someone.x, someone.y)
			people = append(people, vision.Box{
				X: (someone.x - 0.25*height) / float64(sceneSize.X), Y: (someone.y - 1.05*height) / float64(sceneSize.Y),
				W: 0.5 * height / float64(sceneSize.X), H: 1.1 * height / float64(sceneSize.Y),
			})
		}
	}
	c.draw(props)
	return c.pix, people
}

// differing is the box of the pixels that differ clearly.
func differing(a, b []byte) (box image.Rectangle) {
	for i := 0; i < len(a); i += 3 {
		if max(absDiff(a[i], b[i]), absDiff(a[i+1], b[i+1]), absDiff(a[i+2], b[i+2])) > 25 {
			p := image.Pt(i/3%sceneSize.X, i/3/sceneSize.X)
			box = box.Union(image.Rectangle{Min: p, Max: p.Add(image.Pt(1, 1))})
		}
	}
	return box
}

func TestCompose_BeginsAndEndsWithTheEmptyPlace(t *testing.T) {
	h := hand(t)
	for kind, make := range plays {
		p := make(h)
		for _, second := range []float64{0, 5, 10, 11.4, 69, 72, 79.4} {
			if props := p(second); len(props) != 0 {
				t.Errorf("%s at %g s: %d things, want none", kind, second, len(props))
			}
		}
	}
}

func TestCompose_ShowsTheMatterWhereTheFenceIs(t *testing.T) {
	h := hand(t)
	for kind, want := range map[string]image.Rectangle{
		"vending": image.Rect(500, 270, 768, 500), // Seller, stall, parasol and customer.
		"debris":  image.Rect(85, 300, 230, 400),
	} {
		p := plays[kind](h)
		for _, second := range []float64{26, 33, 45, 54} {
			pix, _ := staged(p, h.plate, second)
			got := differing(pix, h.plate)
			if !got.In(want) || got.Dx() < 80 || got.Dy() < 40 {
				t.Errorf("%s at %g s: drawn in %v, want a thing inside of %v", kind, second, got, want)
			}
		}
	}
}

func TestCompose_IsTheSameEveryTime(t *testing.T) {
	h := hand(t)
	for kind, make := range plays {
		one, _ := staged(make(h), h.plate, 14.5)
		two, _ := staged(make(h), h.plate, 14.5)
		if !slices.Equal(one, two) {
			t.Errorf("%s: two pictures of the same moment differ", kind)
		}
	}
}

func TestCompose_PassersByInFrontStayInFront(t *testing.T) {
	h := hand(t)
	p := vendingPlay(h)
	for _, c := range []struct {
		name    string
		foot    float64
		probe   int // A row in which both the person and the stall would be seen.
		inFront bool
	}{{"nearer than the stall", 510, 420, true}, {"farther than the stall", 400, 388, false}} {
		frame := slices.Clone(h.plate)
		someone := h.stand("stands", 650, c.foot).at(0)
		someone.draw(&canvas{pix: frame})
		others, err := h.passersBy(frame)
		if err != nil {
			t.Fatal(err)
		}
		if len(others) != 1 {
			t.Fatalf("%s: %d people found, want 1", c.name, len(others))
		}
		after := &canvas{pix: slices.Clone(frame)}
		after.draw(append(p(45), others...))
		i := 3 * (c.probe*sceneSize.X + 650)
		if same := slices.Equal(frame[i:i+3], after.pix[i:i+3]); same != c.inFront {
			t.Errorf("%s: still seen: %t, want %t", c.name, same, c.inFront)
		}
	}
}

func TestCompose_EachMatterIsOneLastingChange(t *testing.T) {
	h := hand(t)
	for kind, make := range plays {
		p := make(h)
		finder, err := NewChanges(ChangeParams{MaxPixels: 110_000})
		if err != nil {
			t.Fatal(err)
		}
		defer finder.Close()
		seen := map[int64]bool{}
		for second := 0; second < 79; second += 2 {
			pix, people := staged(p, h.plate, float64(second))
			img, err := NewImage(sceneSize.X, sceneSize.Y, pix)
			if err != nil {
				t.Fatal(err)
			}
			found, err := finder.Find(img, int64(second+1)*1e9, people)
			if err != nil {
				t.Fatal(err)
			}
			img.Close()
			for _, d := range found {
				seen[d.Track] = true
			}
			want := -1
			switch {
			case second < 20 || second > 74:
				want = 0
			case second >= 42 && second < 55:
				want = 1
			}
			if want >= 0 && len(found) != want {
				t.Errorf("%s at %d s: %d changes, want %d", kind, second, len(found), want)
			}
		}
		if len(seen) != 1 {
			t.Errorf("%s: %d track ids, want 1", kind, len(seen))
		}
	}
}

func TestCompose_WritesAVideoThatCanBeRead(t *testing.T) {
	h := hand(t)
	before := OpenMats()
	path := filepath.Join(t.TempDir(), "scene.avi")
	brief := func(second float64) []prop { // Drawing is tested above; here only the way to the file counts.
		if second == 20 {
			return debrisPlay(h)(second)
		}
		return nil
	}
	done := 0
	if err := h.perform(t.Context(), brief, vtest(t), path, func(d, total int) { done = d; _ = total }); err != nil {
		t.Fatal(err)
	}
	if done != clipFrames {
		t.Errorf("progress ended at %d of %d", done, clipFrames)
	}
	video, err := gocv.VideoCaptureFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer video.Close()
	if fps := video.Get(gocv.VideoCaptureFPS); fps != sceneFPS {
		t.Errorf("%g frames a second, want %d", fps, sceneFPS)
	}
	frames := 0
	err = eachClipFrame(t.Context(), path, func(n int, _ gocv.Mat, pix []byte) error {
		frames++
		if n == 200 {
			if box := differing(pix, h.plate); !image.Pt(heapX, heapY-20).In(box) {
				t.Errorf("the heap is not in the video: %v", box)
			}
		}
		return nil
	})
	if err != nil || frames != clipFrames {
		t.Errorf("%d frames, %v; want %d", frames, err, clipFrames)
	}
	if after := OpenMats(); after != before {
		t.Errorf("%d Mats are still open", after-before)
	}
}

func TestCompose_RefusesWhatItCannotUse(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out.avi")
	var invalid *geo.InvalidError
	if err := Compose(t.Context(), "parade", vtest(t), out, nil); !errors.As(err, &invalid) || invalid.Field != "kind" {
		t.Errorf("an unknown kind: %v, want an invalid kind", err)
	}
	text := filepath.Join(dir, "text.avi")
	if err := os.WriteFile(text, []byte("not a video"), 0o600); err != nil {
		t.Fatal(err)
	}
	small := filepath.Join(dir, "small.avi")
	writer, err := gocv.VideoWriterFile(small, "MJPG", 10, 64, 48, true)
	if err != nil {
		t.Fatal(err)
	}
	frame := gocv.NewMatWithSize(48, 64, gocv.MatTypeCV8UC3)
	defer frame.Close()
	if err := errors.Join(writer.Write(frame), writer.Close()); err != nil {
		t.Fatal(err)
	}
	for _, clip := range []string{text, small, filepath.Join(dir, "missing.avi")} {
		if err := Compose(t.Context(), "debris", clip, out, nil); err == nil {
			t.Errorf("%s was taken for the clip", filepath.Base(clip))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Compose(ctx, "debris", vtest(t), out, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v, want context.Canceled", err)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a refused scene left a file")
	}
}

func TestView_PixelsAndPlacesAreInverse(t *testing.T) {
	for x := 10.0; x < 768; x += 75 {
		for y := 120.0; y < 576; y += 50 {
			if u, v := project(onGround(x, y)); math.Hypot(u-x, v-y) > 0.01 {
				t.Errorf("pixel (%g, %g) → ground → (%.2f, %.2f)", x, y, u, v)
			}
		}
	}
}

// The published calibration is that of this clip: the people in it are as tall as people are.
func TestView_PeopleAreAsTallAsPeople(t *testing.T) {
	for name, cuts := range hand(t).people {
		for _, c := range cuts {
			if tall := 1.75 * float64(c.box.Dy()-6) / c.height; tall < 1.5 || tall > 2 {
				t.Errorf("whoever %q is %.2f m tall at %v", name, tall, c.box)
			}
		}
	}
}

func TestStagehand_FollowsPeopleWithoutJumps(t *testing.T) {
	for name, cuts := range hand(t).people {
		for i := 1; i < len(cuts); i++ {
			if step := math.Hypot(cuts[i].footX-cuts[i-1].footX, cuts[i].footY-cuts[i-1].footY); step > 12 {
				t.Errorf("whoever %q jumps %.0f pixels at frame %d", name, step, i)
			}
		}
	}
}

func TestStagehand_ThePlateIsEmpty(t *testing.T) {
	h := hand(t)
	if crowd, err := h.foreign(h.plate, image.Rectangle{Max: sceneSize}); err != nil || len(crowd) != 0 {
		t.Errorf("%d people on the plate, %v", len(crowd), err)
	}
	for _, p := range []image.Point{{655, 380}, {300, 250}, {580, 280}} { // Where people walked all the time lies grey road.
		i := 3 * (p.Y*sceneSize.X + p.X)
		if b, r := h.plate[i], h.plate[i+2]; absDiff(b, r) > 30 || b < 120 {
			t.Errorf("at %v the plate is %v, want road", p, h.plate[i:i+3])
		}
	}
}
