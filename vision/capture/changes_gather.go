package capture

import (
	"image"
	"math"
	"slices"
	"time"
)

// settling is a blob that has stood still long enough but may not have grown to its full size yet.
type settling struct {
	region
	waitS  float64 // Since it was first seen.
	quietS float64 // Since it last grew.
}

const (
	maxBlobs   = 16   // More new blobs at once are not things but a picture that moved.
	growthStep = 1.05 // A blob that grew by less is taken for full-grown.
	touchReach = 5    // A blob so near to an open change belongs to it, in pixels.
	togetherS  = 12.0 // What came within so many seconds may be parts of one thing.
)

// gather turns blobs into open changes: into growth of one that they touch, into a new one when something came, or into
// ground when something was taken away or only the light has changed.
func (c *Changes) gather(step float64) error {
	blobs, err := c.ground.blobs()
	if err != nil {
		return err
	}
	if c.upset(blobs) {
		return c.beginAgain()
	}
	var waiting []settling
	accepted, stands := false, false // That the camera stands still is asked once.
	for _, b := range blobs {
		s := c.settle(b, step)
		if s.quietS < c.params.SettleS/2 && s.waitS < c.params.SettleS {
			waiting = append(waiting, s)
			continue
		}
		if !stands {
			by, err := c.ground.knock()
			if err != nil {
				return err
			}
			if by != (image.Point{}) {
				return c.follow(by)
			}
			stands = true
		}
		if ch := c.touching(b); ch != nil {
			ch.grow(c.ground, b)
			c.ground.own(c.open)
			continue
		}
		switch c.ground.judge(b) {
		case came:
			if len(c.open) == maxOpen {
				continue
			}
			c.open = append(c.open, newChange(c.ground, c.nextID, b, c.seconds, c.cameAt(b)))
			c.nextID++
			c.ground.own(c.open)
		case noThing:
			c.ground.accept(b)
			accepted = true
		case cannotTell:
			waiting = append(waiting, s)
		}
	}
	c.blobs = waiting
	if accepted {
		return c.ground.restart()
	}
	return nil
}

// cameAt is when most of b stopped moving, on the frames' clock. Stillness itself takes the short model ShortS to see. What
// was covered shortly before came before its cover went: somebody brought it.
func (c *Changes) cameAt(b region) time.Time {
	var ages []float32
	short, linger := float32(c.params.ShortS), float32(c.params.LingerS)
	b.each(c.size, func(i int) {
		if c.ground.stillS[i] == 0 {
			return
		}
		age, cover := c.ground.ripenS[i]+short, c.ground.coverS[i]
		if age <= cover && cover <= age+linger+short+maxStepS {
			age = cover
		}
		ages = append(ages, age)
	})
	slices.Sort(ages)
	lainS := min(float64(ages[len(ages)/2]), c.seconds)
	return time.Unix(0, c.at).Add(-time.Duration(lainS * float64(time.Second))).UTC()
}

// settle is b with the history of the blob that it was in the frame before.
func (c *Changes) settle(b region, step float64) settling {
	s := settling{region: b}
	for _, old := range c.blobs {
		if !old.near(b, 0) {
			continue
		}
		s.waitS, s.quietS = old.waitS+step, old.quietS+step
		if float64(b.area) > growthStep*float64(old.area) {
			s.quietS = 0
		}
		break
	}
	return s
}

// upset reports whether the blobs are too many or too large to be things.
func (c *Changes) upset(blobs []region) bool {
	area := 0
	for _, b := range blobs {
		area += b.area
	}
	return len(blobs) > maxBlobs || float64(area) > c.params.MaxForeground*float64(c.size.X*c.size.Y)
}

// touching is the open change that b belongs to: one that it touches, or one that came in the same moment and lies
// straight above or below, as a stall under its parasol, of which the thin pole alone is not seen.
func (c *Changes) touching(b region) *change {
	for _, ch := range c.open {
		if ch.near(b, touchReach) {
			return ch
		}
	}
	for _, ch := range c.open {
		if c.seconds-ch.openedS > togetherS {
			continue
		}
		above := b.box.Intersect(image.Rect(ch.box.Min.X, b.box.Min.Y, ch.box.Max.X, b.box.Max.Y)).Dx()
		gap := max(ch.box.Min.Y-b.box.Max.Y, b.box.Min.Y-ch.box.Max.Y)
		if 2*above > min(b.box.Dx(), ch.box.Dx()) && gap < max(b.box.Dy(), ch.box.Dy()) {
			return ch
		}
	}
	return nil
}

// verdict says what made a blob new.
type verdict int

const (
	cannotTell verdict = iota // Too much of it is covered.
	came                      // A thing lies there now.
	noThing                   // A thing was taken away, or the light is another.
)

const (
	outlineStep    = 3   // Pixels from the outline at which inside and outside are compared.
	outlineVisible = 0.3 // Share of the outline that must be uncovered.
	faintest       = 6.0 // Grey levels by which the contrast must have changed on average; less is no thing.
	daylight       = 90  // Grey level of the ground from which that holds; in half the light a thing shows half the contrast.
	removalFactor  = 1.2 // So much more outline must be lost than gained where a thing was taken away. In doubt it came.
	lightResidual  = 0.4 // Share of a blob's difference that is left when the light explains it.

	darkResidual = 0.25 // The same where a shadow or water explains it, and
	darkest      = 0.3  // the least and
	palest       = 0.93 // the most share of the light that is left there,
	sameColour   = 0.15 // and by how much the colours may differ in that.
)

// judge compares the contrast across the blob's outline in the picture with that in the empty ground. A background
// model alone cannot tell a thing that came from one that went or from sun on a wall: all are "new and still". Edges
// that are in both, such as those of a post in front, say nothing.
func (g *ground) judge(r region) verdict {
	faint := faintest * min(max(g.level(r)/daylight, 0.5), 1)
	var gained, lost float64
	outline, seen := 0, 0
	for y := r.box.Min.Y; y < r.box.Max.Y; y++ {
		for x := r.box.Min.X; x < r.box.Max.X; x++ {
			if !r.has(x, y) || r.has(x-1, y) && r.has(x+1, y) && r.has(x, y-1) && r.has(x, y+1) {
				continue
			}
			outline++
			dx, dy := r.inward(x, y)
			in, inOK := g.index(x+dx, y+dy)
			out, outOK := g.index(x-dx, y-dy)
			if !inOK || !outOK || g.hiddenS[in] > 0 || g.hiddenS[out] > 0 {
				continue
			}
			seen++
			more := contrast(g.nowPix, in, out) - contrast(g.emptyPix, in, out)
			gained += max(more, 0)
			lost += max(-more, 0)
		}
	}
	switch {
	case float64(seen) < outlineVisible*float64(outline):
		return cannotTell
	case gained < faint*float64(seen), lost > removalFactor*gained, g.onlyLight(r, gained > 3*faint*float64(seen)):
		return noThing
	default:
		return came
	}
}

// onlyLight reports whether another gain and offset make the ground look like the picture inside r.
// A plain thing on plain ground would be explained so too, but it has an outline, which light on a wall has not. A shadow
// or a puddle has one as well; but it is darker by the same share all over, in every colour, and never black.
func (g *ground) onlyLight(r region, outlined bool) bool {
	var list []int
	r.each(g.size, func(i int) {
		if g.hiddenS[i] == 0 {
			list = append(list, i)
		}
	})
	most := lightResidual
	if outlined {
		if !g.evenlyDarker(list) {
			return false
		}
		most = darkResidual
	}
	l := lightBetween(g.emptyPix, g.nowPix, list)
	raw, left := 0, 0
	for _, i := range list {
		for c := range 3 {
			raw += absDiff(g.nowPix[3*i+c], g.emptyPix[3*i+c])
			left += absDiff(g.nowPix[3*i+c], l[c][g.emptyPix[3*i+c]])
		}
	}
	return float64(left) < most*float64(raw)
}

// level is the mean grey level of the empty ground inside r.
func (g *ground) level(r region) float64 {
	sum := 0
	r.each(g.size, func(i int) {
		for c := range 3 {
			sum += int(g.emptyPix[3*i+c])
		}
	})
	return float64(sum) / float64(3*r.area)
}

// evenlyDarker reports whether the listed pixels have lost about the same share of light in every colour.
func (g *ground) evenlyDarker(list []int) bool {
	var now, empty [3]float64
	for _, i := range list {
		for c := range 3 {
			now[c], empty[c] = now[c]+float64(g.nowPix[3*i+c]), empty[c]+float64(g.emptyPix[3*i+c])
		}
	}
	least, most := 1.0, 0.0
	for c := range 3 {
		ratio := now[c] / max(empty[c], 1)
		least, most = min(least, ratio), max(most, ratio)
	}
	return least > darkest && most < palest && most-least < sameColour
}

// inward is the step from an outline pixel to the inside of the region.
func (r region) inward(x, y int) (dx, dy int) {
	sx, sy := 0, 0
	for v := -outlineStep; v <= outlineStep; v++ {
		for u := -outlineStep; u <= outlineStep; u++ {
			if r.has(x+u, y+v) {
				sx, sy = sx+u, sy+v
			}
		}
	}
	length := math.Hypot(float64(sx), float64(sy))
	if length == 0 {
		return 0, 0
	}
	return int(math.Round(outlineStep * float64(sx) / length)), int(math.Round(outlineStep * float64(sy) / length))
}

func (g *ground) index(x, y int) (int, bool) {
	if x < 0 || y < 0 || x >= g.size.X || y >= g.size.Y {
		return 0, false
	}
	return y*g.size.X + x, true
}

// contrast is the largest difference of two pixels in a channel.
func contrast(pix []byte, i, j int) float64 {
	d := 0
	for k := range 3 {
		v := int(pix[3*i+k]) - int(pix[3*j+k])
		d = max(d, v, -v)
	}
	return float64(d)
}
