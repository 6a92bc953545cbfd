package capture

import (
	"fmt"
	"image"
	"math"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"gocv.io/x/gocv"
)

// ChangeParams tunes NewChanges. A zero field takes its default; lengths of time are seconds of frame time, areas and
// margins are fractions of the frame, so that the same values serve every camera and frame rate.
type ChangeParams struct {
	MaxPixels     int     // Frames are looked at no larger than this, aspect kept. Default 160,000 (533×300).
	LongS         float64 // What stands still for so long belongs to the ground, if nothing else was decided. Default 120.
	ShortS        float64 // What stands still for so long no longer moves. Default 3.
	WarmUpS       float64 // The first ground is the median of so many seconds, in which nothing is found. Default 5.
	ReportS       float64 // A thing has to be seen standing still for so long, uncovered, to be a change. Default 8.
	SettleS       float64 // A blob that still grows is waited for, so long at most. Default 4.
	GoneS         float64 // A change ends when the place has looked as before for so long. Default 3.
	LingerS       float64 // A mover's place counts as covered for so long after it was last seen there. Default 3.
	MinArea       float64 // Smallest change. Default 0.0006 (138 pixels at 640×360).
	MaxForeground float64 // More new picture than this is weather, light or a knock on the camera. Default 0.4.
	MoverMargin   float64 // Movers' boxes grow by this part of their size on each side. Default 0.08.
}

func (p ChangeParams) withDefaults() ChangeParams {
	set := func(v *float64, d float64) {
		if *v == 0 {
			*v = d
		}
	}
	if p.MaxPixels == 0 {
		p.MaxPixels = 160_000
	}
	set(&p.LongS, 120)
	set(&p.ShortS, 3)
	set(&p.WarmUpS, 5)
	set(&p.ReportS, 8)
	set(&p.SettleS, 4)
	set(&p.GoneS, 3)
	set(&p.LingerS, 3)
	set(&p.MinArea, 0.0006)
	set(&p.MaxForeground, 0.4)
	set(&p.MoverMargin, 0.08)
	return p
}

// Validate checks p as it stands after defaults.
func (p ChangeParams) Validate() error {
	p = p.withDefaults()
	if p.MaxPixels < 64*64 || p.MaxPixels > 640*360 {
		return geo.Invalid("max_pixels", "must be 4096 to 230400, is %d", p.MaxPixels)
	}
	for _, f := range []struct {
		name     string
		v        float64
		min, max float64
	}{
		{"long_s", p.LongS, 10, 86400},
		{"short_s", p.ShortS, 0.5, 60},
		{"warm_up_s", p.WarmUpS, 0.5, 600},
		{"report_s", p.ReportS, 1, 3600},
		{"settle_s", p.SettleS, 0.1, 600},
		{"gone_s", p.GoneS, 0.1, 600},
		{"linger_s", p.LingerS, 0.1, 60},
		{"min_area", p.MinArea, 0.0001, 0.2},
		{"max_foreground", p.MaxForeground, 0.05, 0.9},
		{"mover_margin", p.MoverMargin, 0.001, 1},
	} {
		if !(f.v >= f.min && f.v <= f.max) { // Also refuses NaN.
			return geo.Invalid(f.name, "must be %g to %g, is %g", f.min, f.max, f.v)
		}
	}
	if p.LongS < 5*p.ShortS {
		return geo.Invalid("long_s", "must be at least five times short_s")
	}
	return nil
}

// Changes finds lasting changes of the ground: things set down, tipped or put up that stay when people and vehicles
// have gone. It follows one view through time:
//
//	frame ─► small, blurred ─► cover ────► check ────► learn ───────► gather
//	                           movers and  is each     two MOG2       blobs that stood still long enough
//	                           what they   open change models, 120 s  become open changes, unless they are
//	                           just left   still there and 3 s        a thing that was taken away
//
// The models never see movers or open changes: those pixels are fed to them as empty ground. So a person who stands
// still is not learned, and a change is not absorbed however long it lies there; it ends when the place looks as it did.
type Changes struct {
	params  ChangeParams
	size    image.Point // Of the small picture; zero before the first frame.
	at      int64       // Time of the last frame.
	seconds float64     // Frame time that was watched.
	ground  *ground     // Nil before the first frame.
	open    []*change
	nextID  int64
	blobs   []settling
}

var _ vision.ChangeFinder = (*Changes)(nil)

// NewChanges returns a finder with nothing learned yet.
func NewChanges(p ChangeParams) (vision.ChangeFinder, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("change finder: %w", err)
	}
	return &Changes{params: p.withDefaults(), nextID: 1}, nil
}

// maxStepS bounds what one frame may count for: after a pause of the camera nobody knows what stood there meanwhile.
const maxStepS = 2.0

// Find learns from img and returns the lasting changes that lie there now, as far as that is sure. Time is at, the frame's own, in Unix
// nanoseconds; a frame that is not later than the one before teaches nothing. When the picture's shape differs
// from the one before, everything begins anew, open changes too: their pixels mean nothing in the new one.
func (c *Changes) Find(img vision.Image, at int64, movers []vision.Box) ([]vision.Detection, error) {
	size, err := c.smallSize(img.Size())
	if err != nil {
		return nil, err
	}
	if c.ground == nil || size != c.size {
		if err := c.begin(size); err != nil {
			return nil, err
		}
	}
	if err := c.ground.look(img); err != nil {
		return nil, err
	}
	var step float64
	if c.at != 0 {
		step = min(max(time.Duration(at-c.at).Seconds(), 0), maxStepS)
	}
	c.at = max(c.at, at)
	c.seconds += step

	c.ground.cover(movers, step)
	if err := c.check(step); err != nil {
		return nil, err
	}
	steady, err := c.ground.learn(step)
	if err != nil {
		return nil, err
	}
	switch {
	case steady:
		err = c.gather(step)
	case c.ground.disturbedS >= c.params.ShortS:
		err = c.beginAgain()
	default:
		c.blobs = nil
	}
	if err != nil {
		return nil, err
	}
	return c.detections(), nil
}

// check asks of every open change whether it is still there, and gives the places of those that are not back to the
// ground.
func (c *Changes) check(step float64) error {
	kept := c.open[:0]
	var gone []*change
	for _, ch := range c.open {
		ch.look(c.ground, step)
		if ch.goneS >= c.params.GoneS {
			gone = append(gone, ch)
		} else {
			kept = append(kept, ch)
		}
	}
	c.open = kept
	if len(gone) == 0 {
		return nil
	}
	for _, ch := range gone {
		c.ground.accept(ch.region)
	}
	c.ground.own(c.open)
	return c.ground.restart()
}

func (c *Changes) detections() []vision.Detection {
	if len(c.open) == 0 {
		return nil
	}
	var found []vision.Detection
	for _, ch := range c.open {
		if ch.goneS > 0 { // It looks gone. If it is not, it comes back with its id.
			continue
		}
		b := ch.bounds()
		w, h := float64(c.size.X), float64(c.size.Y)
		found = append(found, vision.Detection{
			Class: vision.ClassChange,
			Score: ch.score,
			Track: ch.id,
			Since: ch.since,
			Box: vision.Box{
				X: float64(b.Min.X) / w, Y: float64(b.Min.Y) / h,
				W: float64(b.Dx()) / w, H: float64(b.Dy()) / h,
			},
		})
	}
	return found
}

// begin forgets everything and prepares for pictures of the given small size.
func (c *Changes) begin(size image.Point) error {
	g, err := newGround(c.params, size)
	if err != nil {
		return err
	}
	if c.ground != nil {
		c.ground.close()
	}
	c.ground, c.size, c.open, c.blobs, c.at = g, size, nil, nil, 0
	return nil
}

// forget takes the finder back to where nothing is learned.
func (c *Changes) forget() {
	c.Close()
	c.open, c.blobs, c.at = nil, nil, 0
}

// smallSize is the size at which a picture is looked at.
func (c *Changes) smallSize(full image.Point) (image.Point, error) {
	if full.X < 16 || full.Y < 16 {
		return image.Point{}, geo.Invalid("image", "must be at least 16×16 pixels, is %d×%d", full.X, full.Y)
	}
	if aspect := float64(full.X) / float64(full.Y); aspect > 10 || aspect < 0.1 {
		return image.Point{}, geo.Invalid("image", "must not be longer than ten times its other side, is %d×%d", full.X, full.Y)
	}
	scale := math.Sqrt(float64(c.params.MaxPixels) / float64(full.X*full.Y))
	if scale >= 1 {
		return full, nil
	}
	return image.Pt(int(float64(full.X)*scale), int(float64(full.Y)*scale)), nil
}

// Close gives the models' memory back. The finder can be used no more.
func (c *Changes) Close() error {
	if c.ground != nil {
		c.ground.close()
		c.ground = nil
	}
	return nil
}

// matOf looks at img without copying; the Mat is valid as long as img is, and closed by the caller.
func matOf(img vision.Image) (gocv.Mat, error) {
	size, pix := img.Size(), img.BGR()
	if len(pix) != 3*size.X*size.Y {
		return gocv.Mat{}, geo.Invalid("image", "must have %d bytes, has %d", 3*size.X*size.Y, len(pix))
	}
	m, err := gocv.NewMatFromBytes(size.Y, size.X, gocv.MatTypeCV8UC3, pix)
	if err != nil {
		return gocv.Mat{}, fmt.Errorf("image: %w", err)
	}
	return m, nil
}
