package infer

import (
	"context"
	"errors"
	"io"
	"math"
	"os"
	"testing"
	"time"

	"gridwatch/vision"
	"gridwatch/vision/capture"
)

// frames gives the pictures of the real clip, so many a second; they are closed with the test. The clip is 79.5 s long
// and shows a parked van, a parked car and about eight people who walk.
func frames(t testing.TB, fps float64) []vision.Image {
	t.Helper()
	path := os.Getenv("GRIDWATCH_VTEST")
	if path == "" {
		t.Fatal("GRIDWATCH_VTEST is not set: want vtest.avi of Debian's opencv-doc, which `make test` fetches")
	}
	ctx := context.Background()
	reader, err := capture.Open(ctx, vision.Camera{ID: "clip", FPS: fps, Source: vision.Source{URL: path, Fast: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var all []vision.Image
	t.Cleanup(func() {
		for _, img := range all {
			img.Close()
		}
	})
	for {
		frame, err := reader.Next(ctx)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, frame.Image)
	}
}

// Where the van and the car stand.
var (
	vanAt = vision.Box{X: 0.849, Y: 0.076, W: 0.097, H: 0.096}
	carAt = vision.Box{X: 0.954, Y: 0.090, W: 0.046, H: 0.075}
)

// overlaps says whether two boxes are one place: they overlap by half.
func overlaps(a, b vision.Box) bool {
	w := math.Min(a.X+a.W, b.X+b.W) - math.Max(a.X, b.X)
	h := math.Min(a.Y+a.H, b.Y+b.H) - math.Max(a.Y, b.Y)
	return w > 0 && h > 0 && w*h >= 0.5*(a.W*a.H+b.W*b.H-w*h)
}

func TestClip_VehiclesAndPeopleAreFoundAndKeepTheirIds(t *testing.T) {
	p := openPool(t, config(t))
	tracker := vision.NewTracker(vision.DefaultTrackParams())
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	var van, car, withPeople, people, elsewhere, things int
	ids := map[int64]string{}
	all := frames(t, 1)
	for i, img := range all {
		found, err := p.Detect(t.Context(), img)
		if err != nil {
			t.Fatal(err)
		}
		persons := 0
		for _, d := range tracker.Update(start.Add(time.Duration(i)*time.Second), found) {
			switch {
			case d.Class == vision.ClassVehicle && overlaps(d.Box, vanAt):
				van++
				ids[d.Track] = "van"
			case d.Class == vision.ClassVehicle && overlaps(d.Box, carAt):
				car++
				ids[d.Track] = "car"
			case d.Class == vision.ClassVehicle:
				elsewhere++
			case d.Class == vision.ClassPerson:
				persons++
			default:
				things++
			}
		}
		people += persons
		if persons > 0 {
			withPeople++
		}
	}
	n := len(all)
	t.Logf("%d frames: van in %d, car in %d, people in %d (%.1f a frame), vehicles elsewhere %d, other things %d",
		n, van, car, withPeople, float64(people)/float64(n), elsewhere, things)
	if n < 75 {
		t.Fatalf("the clip gave %d frames, want 80", n)
	}
	if van < n*95/100 || car < n*90/100 || withPeople < n*95/100 {
		t.Errorf("van in %d, car in %d, people in %d of %d frames; want 95, 90 and 95 of 100", van, car, withPeople, n)
	}
	if people < 4*n {
		t.Errorf("%d people in %d frames, want at least four in each", people, n)
	}
	if elsewhere > 0 {
		t.Errorf("%d vehicles where none is", elsewhere)
	}
	if len(ids) != 2 {
		t.Errorf("the van and the car had the ids %v, want one each", ids)
	}
}
