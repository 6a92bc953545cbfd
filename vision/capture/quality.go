package capture

import (
	"context"
	"fmt"
	"image"
	"io"
	"log/slog"
	"time"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

// References opens the pictures that show how views shall look, by their SHA-256.
type References interface {
	Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, error)
}

// Quality measures each frame of one camera and says whether it may speak:
//
//	frame ─► small, grey ─► light ─► edges ─► against the frame before ─► against the views' references
//	                        dark     covered  frozen, rain, snow          which pose, moved
//	                        over-    blurred
//	                        exposed
//
// The first complaint is the one that is told. All limits come with the city's rules.
type Quality struct {
	pictures References
	log      *slog.Logger

	colour, tiny, grey, soft gocv.Mat // Of the frame, small.
	marks, open, kernel      gocv.Mat // Of what passes before plain ground.
	now, before              sight
	stillSince               time.Time // Since when the picture has been the same; zero where it is not.
	stillLooks               float64

	poses poses
}

// sight is what is kept of one frame.
type sight struct {
	size  image.Point
	at    time.Time
	grey  []byte
	edges []byte // Brightness steps to the right and down, added.
	tiles [tilesAcross * tilesDown]float64
}

// smallWidth is the width at which frames are looked at, pixels; the height keeps the aspect.
const smallWidth = 320

var _ vision.QualityGate = (*Quality)(nil)

// NewQuality returns a gate that has seen nothing yet. A nil log takes the default logger.
func NewQuality(pictures References, log *slog.Logger) *Quality {
	if log == nil {
		log = slog.Default()
	}
	g := &Quality{pictures: pictures, log: log}
	for _, m := range g.mats() {
		*m = gocv.NewMat()
	}
	g.kernel.Close()
	g.kernel = gocv.GetStructuringElement(gocv.MorphRect, image.Pt(thickest, thickest))
	return g
}

func (g *Quality) mats() []*gocv.Mat {
	return []*gocv.Mat{&g.colour, &g.tiny, &g.grey, &g.soft, &g.marks, &g.open, &g.kernel}
}

// Close gives the memory back. The gate can be used no more.
func (g *Quality) Close() error {
	for _, m := range g.mats() {
		m.Close()
	}
	g.poses.close()
	return nil
}

// Picture packs what may stand for a view.
func (*Quality) Picture(img vision.Image) ([]byte, error) { return Encode(img, referenceQuality) }

const referenceQuality = 88

// Look judges one frame.
func (g *Quality) Look(f vision.Frame, city vision.City) (vision.Judgement, error) {
	p, camera := city.Rules.Quality, city.Camera
	seen := vision.Judgement{ViewID: camera.View.ID}
	if len(camera.Views) > 1 {
		seen.ViewID = g.poses.last // Until the pose is looked at.
	}
	if size := f.Image.Size(); size.X < 16 || size.Y < 16 || len(f.Image.BGR()) != 3*size.X*size.Y {
		seen.Unfit = vision.UnfitEmpty
		return seen, nil
	}
	if err := g.shrink(f); err != nil {
		return seen, fmt.Errorf("quality: %w", err)
	}
	seen.Sketch = vision.Sketch{Size: g.now.size, Grey: g.now.grey}
	q := &seen.Quality
	if err := g.measure(q, p); err != nil {
		return seen, fmt.Errorf("quality: %w", err)
	}
	g.poses.follow(g, camera)
	q.Lost = g.poses.lost(&g.now, camera)
	streaks, err := g.streaks(q, p)
	if err != nil {
		return seen, fmt.Errorf("quality: %w", err)
	}
	seen.Unfit = complaint(*q, p, g.stillLooks, streaks)
	if seen.Unfit == "" {
		if err := g.poses.judge(g, f, city, &seen); err != nil {
			return seen, fmt.Errorf("quality: %w", err)
		}
	}
	seen.Quality = q.Rounded()
	return seen, nil
}

// complaint is the first thing that makes the measured frame unfit.
func complaint(q vision.Quality, p vision.QualityParams, stillLooks float64, streaks string) string {
	switch {
	case q.Dark >= p.DarkShare:
		return vision.UnfitDark
	case q.Bright >= p.BrightShare:
		return vision.UnfitOverexposed
	case q.Contrast < p.FlatContrast:
		return vision.UnfitCovered
	case q.Blur >= p.BlurShare:
		return vision.UnfitBlurred
	case q.Lost >= p.LostShare:
		return vision.UnfitCovered
	case q.StillS >= p.FrozenS && stillLooks >= p.FrozenLooks:
		return vision.UnfitFrozen
	case q.Streaks >= p.StreakShare:
		return streaks
	}
	return ""
}

// shrink makes the frame small and grey, and the frame before it the one before.
func (g *Quality) shrink(f vision.Frame) error {
	p, done, err := asPicture(f.Image)
	if err != nil {
		return err
	}
	defer done()
	size := p.size
	if size.X > smallWidth {
		size = image.Pt(smallWidth, max(16, p.size.Y*smallWidth/p.size.X))
	}
	if err := gocv.Resize(p.mat, &g.colour, size, 0, 0, gocv.InterpolationArea); err != nil {
		return err
	}
	if err := gocv.Resize(g.colour, &g.tiny, image.Pt(tinyWidth, tinyHeight), 0, 0, gocv.InterpolationArea); err != nil {
		return err
	}
	if err := gocv.CvtColor(g.colour, &g.grey, gocv.ColorBGRToGray); err != nil {
		return err
	}
	grey, err := g.grey.DataPtrUint8()
	if err != nil {
		return err
	}
	g.now, g.before = g.before, g.now
	g.now.size, g.now.at = size, f.At
	g.now.grey = append(g.now.grey[:0], grey...)
	return nil
}

// measure takes everything that the frame alone tells, and how long it has been the same.
func (g *Quality) measure(q *vision.Quality, p vision.QualityParams) error {
	g.light(q, p)
	if err := g.chroma(q, p); err != nil {
		return err
	}
	if err := gocv.Blur(g.grey, &g.soft, image.Pt(softReach, softReach)); err != nil {
		return err
	}
	soft, err := g.soft.DataPtrUint8()
	if err != nil {
		return err
	}
	q.Blur = g.now.findEdges(soft)
	g.still(q, p)
	return nil
}

// still measures for how long the picture has been the same. Even a quiet street at night has the sensor's noise; what
// comes again to the last grey level for a minute is no picture of now.
func (g *Quality) still(q *vision.Quality, p vision.QualityParams) {
	same := g.now.size == g.before.size && g.now.at.After(g.before.at) && meanDifference(g.now.grey, g.before.grey) <= p.FrozenLevel
	switch {
	case !same:
		g.stillSince, g.stillLooks = time.Time{}, 0
		return
	case g.stillSince.IsZero():
		g.stillSince = g.before.at
	}
	g.stillLooks++
	q.StillS = g.now.at.Sub(g.stillSince).Seconds()
}

func meanDifference(a, b []byte) float64 {
	sum := 0
	for i := range a {
		sum += absDiff(a[i], b[i])
	}
	return float64(sum) / float64(max(len(a), 1))
}
