package capture

import (
	"fmt"
	"image"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

// ground is what a view looks like when nothing lies there that should not, and how each pixel departs from it now.
// Pictures are BGR at the small size; the slices are the memory of the Mats beside them.
type ground struct {
	params ChangeParams
	size   image.Point

	full, now, fed, empty gocv.Mat // Resized; blurred; as the models see it; empty ground.
	nowPix, fedPix        []byte
	emptyPix              []byte

	long, short         *mog2
	longMask, shortMask gocv.Mat
	longPix, shortPix   []byte

	hiddenS []float32 // Seconds for which a pixel still counts as covered by a mover; LingerS is "covered now".
	coverS  []float32 // Seconds since a mover covered a pixel.
	stillS  []float32 // Seconds for which a pixel has been new and still.
	ripenS  []float32 // Seconds since stillS began to grow.
	owned   []bool    // Pixels of open changes.

	unrest     unrest
	known      bool    // empty holds a ground, from the first seconds or from a snapshot.
	first      samples // Pictures of the first seconds.
	refreshS   float64 // Seconds since empty was read from the long model.
	disturbedS float64 // Seconds for which too much of the picture has been new.
}

// MOG2 takes a new look for background when its weight passes 0.1 (1 - backgroundRatio). At a constant learning rate r
// that is after n frames with (1-r)^n = 0.9, so r = -ln(0.9)/n.
const minusLn09 = 0.105

const (
	varThreshold  = 25  // Squared distance, in variances, from which a pixel is new,
	startVariance = 15  // and the variance that OpenCV begins with; it takes the long model half an hour to learn another.
	refreshEveryS = 2.0 // How often the empty ground is read from the long model.
	fallFactor    = 3.0 // Stillness is lost so many times faster than it is gained.
)

func newGround(p ChangeParams, size image.Point) (*ground, error) {
	g := &ground{params: p, size: size}
	colour := func() gocv.Mat { return gocv.NewMatWithSize(size.Y, size.X, gocv.MatTypeCV8UC3) }
	grey := func() gocv.Mat { return gocv.NewMatWithSize(size.Y, size.X, gocv.MatTypeCV8UC1) }
	g.full, g.now, g.fed, g.empty = colour(), colour(), colour(), colour()
	g.longMask, g.shortMask = grey(), grey()
	var err error
	for _, m := range []struct {
		mat *gocv.Mat
		pix *[]byte
	}{
		{&g.now, &g.nowPix}, {&g.fed, &g.fedPix}, {&g.empty, &g.emptyPix},
		{&g.longMask, &g.longPix}, {&g.shortMask, &g.shortPix},
	} {
		if *m.pix, err = m.mat.DataPtrUint8(); err != nil {
			g.close()
			return nil, fmt.Errorf("change finder: %w", err)
		}
	}
	if g.long, err = newMOG2(varThreshold); err == nil {
		g.short, err = newMOG2(varThreshold)
	}
	if err != nil {
		g.close()
		return nil, err
	}
	n := size.X * size.Y
	g.hiddenS, g.coverS, g.owned = make([]float32, n), make([]float32, n), make([]bool, n)
	g.stillS, g.ripenS = make([]float32, n), make([]float32, n)
	return g, nil
}

func (g *ground) close() {
	for _, m := range []*gocv.Mat{&g.full, &g.now, &g.fed, &g.empty, &g.longMask, &g.shortMask} {
		m.Close()
	}
	for _, m := range []*mog2{g.long, g.short} {
		if m != nil {
			m.Close()
		}
	}
}

// look takes the picture in, small and blurred against noise and compression.
func (g *ground) look(img vision.Image) error {
	m, err := matOf(img)
	if err != nil {
		return err
	}
	defer m.Close()
	small := m
	if img.Size() != g.size {
		if err := gocv.Resize(m, &g.full, g.size, 0, 0, gocv.InterpolationArea); err != nil {
			return fmt.Errorf("image: %w", err)
		}
		small = g.full
	}
	if err := gocv.Blur(small, &g.now, image.Pt(5, 5)); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	return nil
}

// cover notes which pixels movers hide now.
func (g *ground) cover(movers []vision.Box, step float64) {
	passed := float32(step)
	for i, s := range g.hiddenS {
		if s > 0 {
			g.hiddenS[i] = max(s-passed, 0)
		}
		g.coverS[i] += passed
	}
	for _, b := range movers {
		mx, my := b.W*g.params.MoverMargin, b.H*g.params.MoverMargin
		r := pixelRect(vision.Box{X: b.X - mx, Y: b.Y - my, W: b.W + 2*mx, H: b.H + 2*my}, g.size)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for i := y*g.size.X + r.Min.X; i < y*g.size.X+r.Max.X; i++ {
				g.hiddenS[i], g.coverS[i] = float32(g.params.LingerS), 0
			}
		}
	}
}

// pixelRect is the part of the picture that b touches.
func pixelRect(b vision.Box, size image.Point) image.Rectangle {
	at := func(v float64, n int) int { return int(min(max(v, 0), 1) * float64(n)) } // NaN becomes 0 or n; both are inside.
	r := image.Rect(at(b.X, size.X), at(b.Y, size.Y), at(b.X+b.W, size.X)+1, at(b.Y+b.H, size.Y)+1)
	return r.Intersect(image.Rectangle{Max: size})
}

// learn feeds both models and counts stillness. It returns false while nothing can be found: in the first seconds and
// while the whole picture is disturbed.
func (g *ground) learn(step float64) (steady bool, err error) {
	g.unrest.look(g.nowPix, step)
	if !g.known {
		if !g.first.add(g.nowPix, g.hiddenS, step, g.params.WarmUpS) {
			return false, nil
		}
		g.first.median(g.emptyPix)
		g.first, g.known = samples{}, true
		return false, g.restart()
	}
	if err := g.feed(step); err != nil {
		return false, err
	}
	if g.refreshS += step; g.refreshS >= refreshEveryS {
		g.refreshS = 0
		if err := g.refresh(); err != nil {
			return false, err
		}
	}
	if g.foreground() > g.params.MaxForeground {
		clear(g.stillS)
		g.disturbedS += step
		return false, nil
	}
	g.disturbedS = 0
	g.count(step)
	return true, nil
}

// feed shows the picture to the models, with empty ground in place of movers and open changes. The rates follow the
// time that really passed. What is darker in the same colour is taken for a shadow, but not in a grey picture, where all
// that is darker would be one; there, judge tells shadows from things by their structure.
func (g *ground) feed(step float64) error {
	copy(g.fedPix, g.nowPix)
	for i, s := range g.hiddenS {
		if s > 0 || g.owned[i] {
			copy(g.fedPix[3*i:3*i+3], g.emptyPix[3*i:3*i+3])
		}
	}
	for _, m := range []*mog2{g.long, g.short} {
		m.Tune(g.unrest.threshold(), !g.unrest.grey())
	}
	if err := g.long.Apply(g.fed, &g.longMask, minusLn09*step/g.params.LongS); err != nil {
		return err
	}
	return g.short.Apply(g.fed, &g.shortMask, min(minusLn09*step/g.params.ShortS, 0.5))
}

// foreground is the share of the seen pixels that are new to the long model.
func (g *ground) foreground() float64 {
	seen, foreign := 0, 0
	for i, v := range g.longPix {
		if g.hiddenS[i] > 0 || g.owned[i] {
			continue
		}
		seen++
		if v == maskForeground {
			foreign++
		}
	}
	return float64(foreign) / float64(max(seen, 1))
}

// count gives stillness to pixels that are new in the long run and old in the short one, and takes it from the rest.
// Behind a mover it falls, and just after one it holds: a person whom the detector sees only now and then must not ripen.
func (g *ground) count(step float64) {
	rise, fall := float32(step), float32(fallFactor*step)
	top, covered := float32(g.params.ReportS+maxStepS), float32(g.params.LingerS)
	for i, v := range g.longPix {
		hidden := g.hiddenS[i]
		if g.stillS[i] == 0 {
			g.ripenS[i] = 0
		}
		g.ripenS[i] += rise
		switch {
		case g.owned[i]:
			g.stillS[i] = 0
		case hidden > 0 && hidden < covered:
		case hidden == 0 && v == maskForeground && g.shortPix[i] != maskForeground:
			g.stillS[i] = min(g.stillS[i]+rise, top)
		case g.stillS[i] > 0:
			g.stillS[i] = max(g.stillS[i]-fall, 0)
		}
	}
}

// refresh reads the empty ground from the long model, except where open changes lie: the model knows nothing newer there.
func (g *ground) refresh() error {
	if err := g.long.Background(&g.fed); err != nil {
		return err
	}
	for i, owned := range g.owned {
		if !owned {
			copy(g.emptyPix[3*i:3*i+3], g.fedPix[3*i:3*i+3])
		}
	}
	return nil
}

// restart makes both models forget what they know and begin with the empty ground.
func (g *ground) restart() error {
	if err := g.long.Apply(g.empty, &g.longMask, rateRestart); err != nil {
		return err
	}
	return g.short.Apply(g.empty, &g.shortMask, rateRestart)
}

// accept takes the region as it looks now for empty ground, where it can be seen. The caller restarts the models.
func (g *ground) accept(r region) {
	r.each(g.size, func(i int) {
		if g.hiddenS[i] == 0 {
			copy(g.emptyPix[3*i:3*i+3], g.nowPix[3*i:3*i+3])
		}
		g.stillS[i] = 0
	})
}

// adopt takes the whole picture as it looks now for empty ground, except under movers and open changes.
func (g *ground) adopt() error {
	g.disturbedS = 0
	for i, hidden := range g.hiddenS {
		if hidden == 0 && !g.owned[i] {
			copy(g.emptyPix[3*i:3*i+3], g.nowPix[3*i:3*i+3])
		}
	}
	return g.restart()
}

// own marks the pixels of the open changes.
func (g *ground) own(open []*change) {
	clear(g.owned)
	for _, ch := range open {
		ch.each(g.size, func(i int) { g.owned[i] = true })
	}
}
