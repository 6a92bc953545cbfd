package capture

import (
	"image"
	"image/color"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"gridwatch/configs"
	"gridwatch/vision"

	"github.com/paulmach/orb"
	"gocv.io/x/gocv"
)

// gatekeeper shows frames to a gate, half a second apart.
type gatekeeper struct {
	t        testing.TB
	gate     *Quality
	city     vision.City
	pictures *vision.Folder
	at       time.Time
	learned  map[string]string // SHA-256 by view.
}

// noonInLinzi is a moment of daylight at the test camera.
var noonInLinzi = time.Date(2026, 6, 21, 4, 10, 0, 0, time.UTC)

func newGatekeeper(t testing.TB, views ...vision.View) *gatekeeper {
	t.Helper()
	rules, err := vision.LoadRules(configs.Read("rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	pictures, err := vision.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &gatekeeper{t: t, gate: NewQuality(pictures, nil), pictures: pictures, at: noonInLinzi, learned: map[string]string{}}
	t.Cleanup(func() { k.gate.Close() })
	k.city = vision.City{Rules: rules, Camera: vision.Camera{ID: "cam", Position: orb.Point{118.3, 36.8}, View: vision.View{ID: "only"}}}
	if len(views) > 0 {
		k.city.Camera.View, k.city.Camera.Views = views[0], views
	}
	return k
}

// look shows one picture, and keeps what the gate learns.
func (k *gatekeeper) look(img vision.Image) vision.Judgement {
	k.t.Helper()
	k.at = k.at.Add(500 * time.Millisecond)
	seen, err := k.gate.Look(vision.Frame{CameraID: "cam", At: k.at, Image: img}, k.city)
	if err != nil {
		k.t.Fatal(err)
	}
	if seen.Learned != nil {
		sum, err := k.pictures.Put(k.t.Context(), seen.Learned.JPEG)
		if err != nil {
			k.t.Fatal(err)
		}
		k.learned[seen.Learned.ViewID] = sum
	}
	return seen
}

// eachFrame takes every frame of the real clip that a camera of so many frames a second would show, from a time on.
func eachFrame(t testing.TB, fps float64, from, until float64, take func(n int, img vision.Image)) {
	t.Helper()
	source, err := Open(t.Context(), vision.Camera{ID: "real", FPS: fps, Source: vision.Source{URL: vtest(t), Fast: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	for n := 0; float64(n)/fps < until; n++ {
		frame, err := source.Next(t.Context())
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if float64(n)/fps >= from {
			take(n, frame.Image)
		}
		frame.Close()
	}
}

// altered is a copy of img that change has worked on; the caller closes it.
func altered(t testing.TB, img vision.Image, change func(m *gocv.Mat) error) vision.Image {
	t.Helper()
	size := img.Size()
	other, err := NewImage(size.X, size.Y, img.BGR())
	if err != nil {
		t.Fatal(err)
	}
	if err := change(&other.(*picture).mat); err != nil {
		t.Fatal(err)
	}
	return other
}

// toned maps every channel.
func toned(f func(v float64) float64) func(m *gocv.Mat) error {
	return func(m *gocv.Mat) error {
		pix, err := m.DataPtrUint8()
		for i := range pix {
			pix[i] = byte(min(max(f(float64(pix[i]))+0.5, 0), 255))
		}
		return err
	}
}

func blurred(sigma float64) func(m *gocv.Mat) error {
	return func(m *gocv.Mat) error {
		return gocv.GaussianBlur(*m, m, image.Pt(0, 0), sigma, sigma, gocv.BorderReflect101)
	}
}

// turned moves the picture as a camera does that was bumped: by dx and dy pixels, and turned by deg about its middle.
func turned(dx, dy, deg, zoom float64) func(m *gocv.Mat) error {
	return func(m *gocv.Mat) error {
		matrix := gocv.GetRotationMatrix2D(image.Pt(m.Cols()/2, m.Rows()/2), deg, zoom)
		defer matrix.Close()
		matrix.SetDoubleAt(0, 2, matrix.GetDoubleAt(0, 2)+dx)
		matrix.SetDoubleAt(1, 2, matrix.GetDoubleAt(1, 2)+dy)
		return gocv.WarpAffineWithParams(*m, m, matrix, image.Pt(m.Cols(), m.Rows()), gocv.InterpolationLinear, gocv.BorderReflect101, color.RGBA{})
	}
}

// grainy adds the noise of a sensor.
func grainy(random *rand.Rand, sd float64) func(m *gocv.Mat) error {
	return toned(func(v float64) float64 { return v + sd*random.NormFloat64() })
}

func both(a, b func(m *gocv.Mat) error) func(m *gocv.Mat) error {
	return func(m *gocv.Mat) error {
		if err := a(m); err != nil {
			return err
		}
		return b(m)
	}
}

// streaked draws streaks of dx, dy pixels anywhere.
func streaked(random *rand.Rand, count int, dx, dy, thick int) func(m *gocv.Mat) error {
	return func(m *gocv.Mat) error {
		for range count {
			from := image.Pt(random.IntN(m.Cols()), random.IntN(m.Rows()))
			if err := gocv.Line(m, from, from.Add(image.Pt(dx, dy)), color.RGBA{R: 225, G: 225, B: 225}, thick); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestQuality_NoFrameOfTheRealClipIsBad(t *testing.T) {
	t.Parallel()
	k := newGatekeeper(t)
	var worst vision.Quality
	frames := 0
	eachFrame(t, 2, 0, 1000, func(n int, img vision.Image) {
		seen := k.look(img)
		q := seen.Quality
		if seen.Unfit != "" || seen.ViewID != "only" || q.Infrared {
			t.Fatalf("frame %d is %q: %+v", n, seen.Unfit, q)
		}
		worst.Blur, worst.Lost, worst.Streaks, worst.Shift = max(worst.Blur, q.Blur), max(worst.Lost, q.Lost), max(worst.Streaks, q.Streaks), max(worst.Shift, q.Shift)
		frames++
	})
	if frames < 150 || k.learned["only"] == "" {
		t.Errorf("%d frames, learned %v", frames, k.learned)
	}
	t.Logf("%d frames; the worst blur %.2f, lost %.2f, streaks %.3f, shift %.4f", frames, worst.Blur, worst.Lost, worst.Streaks, worst.Shift)
}

// lookAt keeps a picture of the clip as the reference of the view, as if somebody had accepted it.
func (k *gatekeeper) lookAt(viewID string, img vision.Image) {
	k.t.Helper()
	data, err := k.gate.Picture(img)
	if err != nil {
		k.t.Fatal(err)
	}
	sum, err := k.pictures.Put(k.t.Context(), data)
	if err != nil {
		k.t.Fatal(err)
	}
	if k.city.Camera.View.ID == viewID {
		k.city.Camera.View.Reference = sum
	}
	k.city.Camera.Views = slices.Clone(k.city.Camera.Views)
	for i := range k.city.Camera.Views {
		if k.city.Camera.Views[i].ID == viewID {
			k.city.Camera.Views[i].Reference = sum
		}
	}
}

func TestQuality_NamesWhatIsWrongWithAPicture(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	glove := func(m *gocv.Mat) error { // Something near before the lens: its colour, softly lit, and the sensor's noise.
		pix, err := m.DataPtrUint8()
		for i := range pix {
			x := i / 3 % m.Cols()
			pix[i] = byte(70 + 40*x/m.Cols() + random.IntN(5))
		}
		return err
	}
	grey := func(m *gocv.Mat) error {
		return toned(func(float64) float64 { return 128 })(m)
	}
	for _, row := range []struct {
		name   string
		change func(m *gocv.Mat) error
		want   string
	}{
		{"a cloudy evening", both(toned(func(v float64) float64 { return 0.35 * v }), grainy(random, 5)), ""},
		{"a bright day", toned(func(v float64) float64 { return 1.25 * v }), ""},
		{"a lens that is a little soft", blurred(1.5), ""},
		{"a bad link", badPicture, ""},
		{"no light", both(toned(func(v float64) float64 { return 0.08 * v }), grainy(random, 3)), vision.UnfitDark},
		{"the sun in the lens", toned(func(v float64) float64 { return 150 + 1.2*v }), vision.UnfitOverexposed},
		{"out of focus", blurred(9), vision.UnfitBlurred},
		{"a glove", glove, vision.UnfitCovered},
		{"a grey picture", grey, vision.UnfitCovered},
	} {
		t.Run(row.name, func(t *testing.T) {
			k := newGatekeeper(t)
			img := realFrame(t, 10)
			defer img.Close()
			k.lookAt("only", img)
			if first := k.look(img); first.Unfit != "" || first.Quality.Pose != vision.PoseAt {
				t.Fatalf("its own reference is %q: %+v", first.Unfit, first.Quality)
			}
			bad := altered(t, img, row.change)
			defer bad.Close()
			if seen := k.look(bad); seen.Unfit != row.want {
				t.Errorf("is %q, want %q: %+v", seen.Unfit, row.want, seen.Quality)
			}
		})
	}
}

// badPicture is img after a poor JPEG.
func badPicture(m *gocv.Mat) error {
	packed, err := gocv.IMEncodeWithParams(gocv.JPEGFileExt, *m, []int{gocv.IMWriteJpegQuality, 12})
	if err != nil {
		return err
	}
	defer packed.Close()
	return gocv.IMDecodeIntoMat(packed.GetBytes(), gocv.IMReadColor, m)
}

func TestQuality_AGreySkyIsNotBlurred(t *testing.T) {
	t.Parallel()
	k := newGatekeeper(t)
	random := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		sky := plain(t, 640, 360, 0)
		img := altered(t, sky, func(m *gocv.Mat) error {
			pix, err := m.DataPtrUint8()
			for i := range pix {
				y := i / 3 / m.Cols()
				pix[i] = byte(170 + 40*y/m.Rows() + random.IntN(4))
			}
			return err
		})
		if seen := k.look(img); seen.Unfit != "" {
			t.Errorf("is %q: %+v", seen.Unfit, seen.Quality)
		}
		img.Close()
		sky.Close()
	}
}

func TestQuality_FrozenIsTheSamePictureForLong(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	img := realFrame(t, 10)
	defer img.Close()
	k := newGatekeeper(t)
	for n := range 300 {
		seen := k.look(img)
		frozen := float64(n)/2 >= k.city.Rules.Quality.FrozenS
		if (seen.Unfit == vision.UnfitFrozen) != frozen || seen.Unfit != "" && !frozen {
			t.Fatalf("after %.1f s it is %q: %+v", float64(n)/2, seen.Unfit, seen.Quality)
		}
	}
	quiet := newGatekeeper(t)
	small, err := img.Resized(384, 288)
	if err != nil {
		t.Fatal(err)
	}
	defer small.Close()
	for n := range 200 {
		night := altered(t, small, both(toned(func(v float64) float64 { return 0.3 * v }), grainy(random, 1.2)))
		seen := quiet.look(night)
		night.Close()
		if seen.Unfit != "" || seen.Quality.StillS != 0 {
			t.Fatalf("a quiet night is %q after %d looks: %+v", seen.Unfit, n, seen.Quality)
		}
	}
}

func TestQuality_WeatherIsBadOnlyWhereItHidesTheStreet(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	for _, row := range []struct {
		name   string
		change func(m *gocv.Mat) error
		want   string
	}{
		{"a shower", streaked(random, 250, 3, 22, 1), ""},
		{"a cloudburst", streaked(random, 3500, 4, 24, 1), vision.UnfitRain},
		{"slanted", streaked(random, 3500, 16, 20, 1), vision.UnfitRain},
		{"some flakes", streaked(random, 250, 0, 0, 5), ""},
		{"a snowstorm", streaked(random, 5000, 0, 0, 5), vision.UnfitSnow},
		{"the noise of a dark night", both(toned(func(v float64) float64 { return 0.3 * v }), grainy(random, 9)), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			k := newGatekeeper(t)
			var last vision.Judgement
			eachFrame(t, 2, 8, 11, func(_ int, img vision.Image) {
				wet := altered(t, img, row.change)
				defer wet.Close()
				last = k.look(wet)
			})
			if last.Unfit != row.want {
				t.Errorf("is %q, want %q: %+v", last.Unfit, row.want, last.Quality)
			}
		})
	}
}

// TestQuality_TheEvaluationsWeatherIsFit holds the gate against the conditions in which the rules are measured: things can
// still be seen in them, so no gate may hide them.
func TestQuality_TheEvaluationsWeatherIsFit(t *testing.T) {
	t.Parallel()
	for name, of := range conditions {
		t.Run(name, func(t *testing.T) {
			k := newGatekeeper(t)
			change := of(nil)
			bad := map[string]int{}
			var worst vision.Quality
			eachFrame(t, 2, 0, 15, func(n int, img vision.Image) {
				other, err := img.Resized(sceneSize.X, sceneSize.Y)
				if err != nil {
					t.Fatal(err)
				}
				defer other.Close()
				if n == 0 {
					k.lookAt("only", other)
				}
				if err := change(int(float64(n)*studioFPS/2)+600, other.BGR()); err != nil {
					t.Fatal(err)
				}
				seen := k.look(other)
				bad[seen.Unfit]++
				worst.Lost, worst.Streaks, worst.Blur = max(worst.Lost, seen.Quality.Lost), max(worst.Streaks, seen.Quality.Streaks), max(worst.Blur, seen.Quality.Blur)
			})
			if len(bad) != 1 || bad[""] != 30 {
				t.Errorf("%v", bad)
			}
			t.Logf("lost %.2f, streaks %.3f, blur %.2f", worst.Lost, worst.Streaks, worst.Blur)
		})
	}
}

func TestQuality_AMovedCameraIsToldFromTheSceneItself(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 10))
	night := both(toned(func(v float64) float64 { return 0.22 * v }), grainy(random, 5))
	clock := func(m *gocv.Mat) error {
		return gocv.PutText(m, "2026-06-21 12:10:33  CAM 04 XUEGONG", image.Pt(8, 30), gocv.FontHersheySimplex, 0.8, color.RGBA{R: 255, G: 255, B: 255}, 2)
	}
	for _, row := range []struct {
		name   string
		change func(m *gocv.Mat) error
		moved  bool
	}{
		{"as it was", turned(0, 0, 0, 1), false},
		{"swaying in the wind", turned(6, -4, 0.3, 1), false},
		{"dusk", both(toned(func(v float64) float64 { return 0.5 * v }), grainy(random, 3)), false},
		{"night", night, false},
		{"bumped aside", turned(60, 8, 0, 1), true},
		{"bumped down", turned(0, -40, 0, 1), true},
		{"bumped by a little", turned(24, 0, 0, 1), true},
		{"turned", turned(0, 0, 6, 1), true},
		{"zoomed", turned(0, 0, 0, 1.15), true},
		{"bumped aside under its clock", both(turned(60, 8, 0, 1), clock), true},
		{"bumped aside at dusk", both(turned(60, 8, 0, 1), both(toned(func(v float64) float64 { return 0.5 * v }), grainy(random, 3))), true},
	} {
		t.Run(row.name, func(t *testing.T) {
			k := newGatekeeper(t)
			first := realFrame(t, 10)
			defer first.Close()
			pristine := altered(t, first, clock)
			defer pristine.Close()
			k.lookAt("only", pristine)
			k.look(pristine)
			k.at = k.at.Add(time.Duration(k.city.Rules.Quality.PoseEveryS) * time.Second) // A small bump waits for the next comparison.
			moved := 0
			eachFrame(t, 2, 20, 26, func(_ int, img vision.Image) {
				other := altered(t, img, row.change)
				defer other.Close()
				if seen := k.look(other); seen.Unfit == vision.UnfitMoved {
					moved++
				} else if seen.Unfit != "" {
					t.Fatalf("is %q: %+v", seen.Unfit, seen.Quality)
				}
			})
			if row.moved && moved < 12 || !row.moved && moved > 0 {
				t.Errorf("%d of 12 looks say that it moved: %+v", moved, k.gate.poses.answer)
			}
		})
	}
}

func TestQuality_AnotherSceneInTheSameLightIsLostAfterAWhile(t *testing.T) {
	t.Parallel()
	k := newGatekeeper(t)
	first := realFrame(t, 10)
	defer first.Close()
	k.lookAt("only", first)
	k.look(first)
	elsewhere := altered(t, first, turned(0, 0, 0, 1))
	defer elsewhere.Close()
	gocv.Flip(elsewhere.(*picture).mat, &elsewhere.(*picture).mat, 1)
	random := rand.New(rand.NewPCG(1, 1))
	since := k.at
	for k.at.Sub(since).Seconds() < k.city.Rules.Quality.LostS+20 {
		img := altered(t, elsewhere, grainy(random, 2))
		k.at = k.at.Add(4500 * time.Millisecond)
		seen := k.look(img)
		img.Close()
		lost := k.at.Sub(since).Seconds() > k.city.Rules.Quality.LostS+15
		if early := k.at.Sub(since).Seconds() < k.city.Rules.Quality.LostS; early && seen.Unfit != "" || lost && (seen.Unfit != vision.UnfitMoved || seen.Quality.Pose != vision.PoseLost) {
			t.Fatalf("after %v it is %q: %+v", k.at.Sub(since), seen.Unfit, seen.Quality)
		}
	}
}

func TestQuality_SeveralViewsAreToldApart(t *testing.T) {
	t.Parallel()
	k := newGatekeeper(t, vision.View{ID: "left"}, vision.View{ID: "right"})
	wide := realFrame(t, 10)
	defer wide.Close()
	pose := func(dx float64) vision.Image { return altered(t, wide, turned(dx, 0, 0, 1.4)) }
	left, right, between := pose(140), pose(-140), pose(0)
	defer left.Close()
	defer right.Close()
	defer between.Close()
	if seen := k.look(left); seen.Unfit != vision.UnfitOffView || seen.ViewID != "" {
		t.Fatalf("without any reference it is %q of %q", seen.Unfit, seen.ViewID)
	}
	k.lookAt("left", left)
	k.lookAt("right", right)
	for _, row := range []struct {
		img   vision.Image
		view  string
		unfit string
	}{{left, "left", ""}, {right, "right", ""}, {between, "", vision.UnfitOffView}, {left, "left", ""}, {left, "left", ""}} {
		if seen := k.look(row.img); seen.Unfit != row.unfit || seen.ViewID != row.view || seen.Learned != nil {
			t.Fatalf("want view %q %q: %q %q %+v", row.view, row.unfit, seen.ViewID, seen.Unfit, seen.Quality)
		}
	}
}

func TestQuality_MasksAreNoLandmarks(t *testing.T) {
	t.Parallel()
	k := newGatekeeper(t)
	var masks []orb.Ring // A picket fence of masks, which stays in the picture wherever the camera looks.
	for i := range 10 {
		x := float64(i)/10 + 0.03
		masks = append(masks, orb.Ring{{x, 0.05}, {x + 0.04, 0.05}, {x + 0.04, 0.35}, {x, 0.35}})
	}
	k.city.Camera.View.Masks = masks
	first := realFrame(t, 10)
	defer first.Close()
	vision.Blacken(first, masks)
	k.lookAt("only", first)
	if seen := k.look(first); seen.Quality.Pose != vision.PoseAt {
		t.Fatalf("its own reference: %+v", seen.Quality)
	}
	again := realFrame(t, 10)
	defer again.Close()
	moved := altered(t, again, turned(60, 0, 0, 1))
	defer moved.Close()
	vision.Blacken(moved, masks)
	k.at = k.at.Add(time.Minute)
	if seen := k.look(moved); seen.Unfit != vision.UnfitMoved {
		t.Errorf("moved behind its masks: %q %+v", seen.Unfit, seen.Quality)
	}
}

// TestQuality_TakesWhateverComes shows pictures of odd shapes, one after the other.
func TestQuality_TakesWhateverComes(t *testing.T) {
	t.Parallel()
	k := newGatekeeper(t)
	random := rand.New(rand.NewPCG(1, 9))
	for n := range 40 {
		w, h := 1+random.IntN(900), 1+random.IntN(40)
		if n%2 == 0 {
			w, h = 1+random.IntN(40), 1+random.IntN(900)
		}
		pix := make([]byte, 3*w*h)
		for i := range pix {
			pix[i] = byte(random.Uint32())
		}
		img, err := NewImage(w, h, pix)
		if err != nil {
			t.Fatal(err)
		}
		seen := k.look(img)
		img.Close()
		q := seen.Quality
		for _, v := range []float64{q.Light, q.Contrast, q.Dark, q.Bright, q.Blur, q.Lost, q.Streaks, q.StillS, q.Shift} {
			if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
				t.Fatalf("%d×%d: %+v", w, h, q)
			}
		}
	}
}

func TestQuality_AReferenceThatCannotBeReadIsNoReference(t *testing.T) {
	t.Parallel()
	k := newGatekeeper(t)
	k.city.Camera.View.Reference = "0000000000000000000000000000000000000000000000000000000000000000"
	img := realFrame(t, 10)
	defer img.Close()
	if seen := k.look(img); seen.Unfit != "" || seen.Quality.Pose != "" {
		t.Errorf("%q %+v", seen.Unfit, seen.Quality)
	}
}

// BenchmarkQuality also tells the processor's time, which a busy machine does not stretch.
func BenchmarkQuality(b *testing.B) {
	k := newGatekeeper(b)
	var frames []vision.Image
	eachFrame(b, 2, 0, 40, func(_ int, img vision.Image) { frames = append(frames, altered(b, img, turned(0, 0, 0, 1))) })
	k.lookAt("only", frames[0])
	k.look(frames[0])
	processor := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			b.Fatal(err)
		}
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	before := processor()
	for n := 0; b.Loop(); n++ {
		k.look(frames[n%len(frames)])
	}
	b.ReportMetric(float64(processor()-before)/float64(time.Millisecond)/float64(b.N), "cpu-ms/frame")
	for _, f := range frames {
		f.Close()
	}
}
