package capture

import (
	"image"
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
	greyReach  = 12   // The same in a grey picture: there, what lies between two parts of a thing is often as bright as the ground.
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
	reach := touchReach
	if c.ground.unrest.grey() {
		reach = greyReach
	}
	for _, ch := range c.open {
		if ch.near(b, reach) {
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
