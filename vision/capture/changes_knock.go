package capture

import (
	"fmt"
	"image"
	"math"

	"gocv.io/x/gocv"
)

const (
	leastKnock    = 1.0  // Pixels by which the whole picture must have moved.
	farthestKnock = 0.15 // Share of the picture's width; farther is another view.
	sureKnock     = 0.2  // OpenCV's response of the phase correlation, 0..1.
)

// knock tells by how many pixels the whole picture has moved against the empty ground. Zero is a camera that stands
// still, or a picture in which that cannot be told.
func (g *ground) knock() (image.Point, error) {
	var grey [2]gocv.Mat
	for i, m := range []gocv.Mat{g.empty, g.now} {
		grey[i] = gocv.NewMat()
		defer grey[i].Close()
		if err := gocv.CvtColor(m, &grey[i], gocv.ColorBGRToGray); err != nil {
			return image.Point{}, fmt.Errorf("change finder: %w", err)
		}
		if err := grey[i].ConvertTo(&grey[i], gocv.MatTypeCV32F); err != nil {
			return image.Point{}, fmt.Errorf("change finder: %w", err)
		}
	}
	window := gocv.NewMat()
	defer window.Close()
	moved, response := gocv.PhaseCorrelate(grey[0], grey[1], window)
	far := math.Hypot(float64(moved.X), float64(moved.Y))
	if response < sureKnock || far < leastKnock || far > farthestKnock*float64(g.size.X) {
		return image.Point{}, nil
	}
	return image.Pt(int(math.Round(float64(moved.X))), int(math.Round(float64(moved.Y)))), nil
}

// beginAgain takes the picture as it is now for empty ground, moved or lit otherwise. Open changes stay.
func (c *Changes) beginAgain() error {
	by, err := c.ground.knock()
	if err != nil {
		return err
	}
	return c.follow(by)
}

// follow moves all that is known along with a picture that moved, and forgets what was only suspected. A change that
// leaves the picture is forgotten too.
func (c *Changes) follow(by image.Point) error {
	g := c.ground
	was := append([]byte(nil), g.emptyPix...)
	for y := range g.size.Y {
		for x := range g.size.X {
			if i, ok := g.index(x-by.X, y-by.Y); ok {
				k := y*g.size.X + x
				copy(g.emptyPix[3*k:3*k+3], was[3*i:3*i+3])
			}
		}
	}
	kept := c.open[:0]
	for _, ch := range c.open {
		ch.box, ch.patch = ch.box.Add(by), ch.patch.Add(by)
		if ch.patch.In(image.Rectangle{Max: g.size}) {
			kept = append(kept, ch)
		}
	}
	c.open, c.blobs = kept, nil
	clear(g.stillS)
	g.own(c.open)
	return g.adopt()
}
