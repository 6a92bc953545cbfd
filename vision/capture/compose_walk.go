package capture

import "math"

// walk is a real walk of the clip, moved so that it begins or ends at another place.
type walk struct {
	cuts       []cutout
	ownX, ownY float64 // The place of the real walk …
	x, y       float64 // … that comes to lie here.
	scale      float64
	mirror     bool
}

type end bool

const (
	atStart end = false
	atEnd   end = true
)

// walk moves a walk so that it starts or ends at a pixel of the ground.
func (h *stagehand) walk(name string, x, y float64, e end) walk {
	w := walk{cuts: h.people[name], x: x, y: y}
	var own cutout
	if k := closedStep(w.cuts, e); e == atEnd {
		w.cuts, own = w.cuts[:k+1], w.cuts[k]
	} else {
		w.cuts, own = w.cuts[k:], w.cuts[k]
	}
	w.ownX, w.ownY = own.footX, own.footY
	height, _ := upright(x, y)
	w.scale = height / own.height
	return w
}

// closedStep is the cut-out near an end in which the legs are together: there a walk may stop.
func closedStep(cuts []cutout, e end) int {
	const near = 10
	from, until := 0, near
	if e == atEnd {
		from, until = len(cuts)-near, len(cuts)
	}
	best := from
	for k := from; k < until; k++ {
		if cuts[k].box.Dx() < cuts[best].box.Dx() {
			best = k
		}
	}
	return best
}

func (w walk) lasts() float64 { return float64(len(w.cuts)-1) / sceneFPS }

// at is the walker at a second of the walk. Steps grow with the walker, so that feet do not slip.
func (w walk) at(second float64) person {
	c := w.cuts[min(max(int(math.Round(second*sceneFPS)), 0), len(w.cuts)-1)]
	side := 1.0
	if w.mirror {
		side = -1
	}
	return person{
		cutout: c, anchorX: c.footX, anchorY: c.footY, mirror: w.mirror,
		x: w.x + side*w.scale*(c.footX-w.ownX), y: w.y + w.scale*(c.footY-w.ownY),
	}
}

// stand is somebody who stands, for as long as is wanted: the cut-outs run forth and back.
func (h *stagehand) stand(name string, x, y float64) standing {
	s := standing{cuts: h.people[name], x: x, y: y}
	for _, c := range s.cuts {
		s.ownX += c.footX / float64(len(s.cuts))
		s.ownY += c.footY / float64(len(s.cuts))
	}
	return s
}

type standing struct {
	cuts       []cutout
	ownX, ownY float64
	x, y       float64
}

func (s standing) at(second float64) person {
	n := len(s.cuts) - 1
	k := int(math.Round(second*sceneFPS)) % (2 * n)
	if k > n {
		k = 2*n - k
	}
	return person{cutout: s.cuts[k], anchorX: s.ownX, anchorY: s.ownY, x: s.x, y: s.y}
}

// buy lets somebody walk in from the right, stop at a pixel from second to second, and walk back.
func (h *stagehand) buy(name string, x, y, from, until float64) func(t float64) []prop {
	in := h.walk(name, x, y, atEnd)
	back := h.walk(name, x, y, atStart)
	back.mirror = true
	return func(t float64) []prop {
		switch {
		case t < from-in.lasts() || t > until+back.lasts():
			return nil
		case t < from:
			return []prop{in.at(t - from + in.lasts())}
		case t < until:
			p := in.at(in.lasts())
			p.y += 0.6 * math.Sin(2*math.Pi*(t-from)/3.1) // Nobody stands like a post.
			p.x += 0.8 * math.Sin(2*math.Pi*(t-from)/4.3)
			return []prop{p}
		}
		return []prop{back.at(t - until)}
	}
}
