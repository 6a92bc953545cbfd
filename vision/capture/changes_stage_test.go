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
var stageSize = image.Pt(320, 240)

// clip is vtest at 5 frames a second and stageSize. People walk through it all the time.
var clip = sync.OnceValues(func() ([][]byte, error) {
	video, err := gocv.VideoCaptureFileWithAPI(os.Getenv("GRIDWATCH_VTEST"), gocv.VideoCaptureFFmpeg)
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

// shifted moves the whole picture, as a knock on the camera does.
func shifted(dx, dy int) func(pix []byte) {
	return func(pix []byte) {
		was := slices.Clone(pix)
		for y := range stageSize.Y {
			for x := range stageSize.X {
				u, v := min(max(x+dx, 0), stageSize.X-1), min(max(y+dy, 0), stageSize.Y-1)
				copy(pix[3*(y*stageSize.X+x):][:3], was[3*(v*stageSize.X+u):])
			}
		}
	}
}

// people are the movers of a perfect detector: the boxes of all that is not the clip's empty plate.
func (s *stage) people() func(second int) []vision.Box {
	s.t.Helper()
	frames, err := clip()
	if err != nil {
		s.t.Fatal(err)
	}
	var some [][]byte
	for i := 0; i < len(frames); i += 9 {
		some = append(some, frames[i])
	}
	plate, err := medianOf(some, stageSize)
	if err != nil {
		s.t.Fatal(err)
	}
	return func(int) []vision.Box { return everyone(frames[s.frame%len(frames)], plate) }
}
