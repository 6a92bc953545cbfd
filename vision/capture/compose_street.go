package capture

import "math"

// streetPlay has everything at once: beside the van that is parked in the lane a stall, and a heap that is tipped and cleared.
func streetPlay(h *stagehand) play {
	vending, debris := vendingPlay(h), debrisPlay(h)
	return func(t float64) []prop { return append(vending(t), debris(t)...) }
}

// returnsPlay: the seller of the vending scene is sent away twice and comes back twice.
func returnsPlay(h *stagehand) play {
	visits := []play{h.seller(12, 42), h.seller(54, 84), h.seller(96, 116)}
	return func(t float64) (props []prop) {
		for _, visit := range visits {
			props = append(props, visit(t)...)
		}
		return props
	}
}

// waitsPlay: somebody stands at the edge of the pavement for a minute and a half and then walks on. Another joins for a while.
func waitsPlay(h *stagehand) play {
	const x, y = 592, 424
	in, out := h.walk("walks left", x, y, atEnd), h.walk("walks right", x, y, atStart)
	stays := h.stand("stands", x, y)
	other := h.buy("woman walks left", 700, 452, 40, 75)
	const comes, leaves = 10.0, 100.0
	arrived := comes + in.lasts()
	return func(t float64) []prop {
		var props []prop
		switch {
		case t < comes || t > leaves+out.lasts():
		case t < arrived:
			props = append(props, in.at(t-comes))
		case t < leaves:
			props = append(props, stays.at(t-arrived))
		default:
			props = append(props, out.at(t-leaves))
		}
		return append(props, other(t)...)
	}
}

// loadsPlay: a heap that grows in three loads and is taken away in the end.
func loadsPlay(h *stagehand) play {
	place := onGround(heapX, heapY)
	tippers := []visit{h.visit(12, 3), h.visit(45, 3), h.visit(75, 3)}
	clearer := h.visit(112, 6)
	return func(t float64) []prop {
		lies := 0.0
		var props []prop
		for _, v := range tippers {
			done := inGoes(v.done(t))
			lies += done / float64(len(tippers))
			props = append(props, v.props(t, 1-done, smooth(8*v.done(t))*smooth(12*(1-v.done(t))))...)
		}
		taken := inGoes(clearer.done(t))
		props = append(props, clearer.props(t, taken, 0)...)
		if lies *= 1 - taken; lies > 0 {
			props = append(props, newHeap(place, lies))
		}
		return props
	}
}

// wetPlay: a puddle spreads on the road, and the shadow of a building wanders over lawn and road.
func wetPlay(*stagehand) play {
	return func(t float64) []prop {
		return []prop{puddle{x: 240, y: 238, size: smooth((t - 10) / 40)}, puddle{x: 655, y: 400, size: smooth((t - 30) / 40)}, buildingShadow{at: t / 150}}
	}
}

// puddle is water on the road: darker, and it mirrors the pale sky unevenly.
type puddle struct{ x, y, size float64 }

func (p puddle) foot() float64 { return 0 } // Below everything.

func (p puddle) shadow(c *canvas) {
	if p.size <= 0 {
		return
	}
	width, depth := 62*p.size, 15*p.size
	for v := int(p.y - 2*depth); v <= int(p.y+2*depth); v++ {
		for u := int(p.x - 2*width); u <= int(p.x+2*width); u++ {
			dx, dy := (float64(u)-p.x)/width, (float64(v)-p.y)/depth
			angle := math.Atan2(dy, dx)
			edge := 1 + 0.16*math.Sin(3*angle+1) + 0.1*math.Sin(7*angle)
			wet := smooth((edge - math.Hypot(dx, dy)) / 0.12)
			sky := 150 + 26*dy + 4*math.Sin(float64(u)/9+float64(c.seed)/3)
			c.blend(u, v, 0, 0, 0, 0.42*wet)
			c.blend(u, v, sky+12, sky, sky-6, 0.28*wet)
		}
	}
}

func (puddle) draw(*canvas) {}

// buildingShadow lies aslant over the ground and wanders from left to right, 0..1.
type buildingShadow struct{ at float64 }

func (buildingShadow) foot() float64 { return 0 }

func (b buildingShadow) shadow(c *canvas) {
	const wide, slant, top = 150.0, 0.7, 170
	left := -250 + 900*b.at
	for v := top; v < sceneSize.Y; v++ {
		from := left + slant*float64(v-top)
		for u := max(int(from)-3, 0); u < min(int(from+wide)+4, sceneSize.X); u++ {
			x := float64(u)
			part := smooth((x-from)/4) * smooth((from+wide-x)/4) * smooth(float64(v-top)/12)
			c.blend(u, v, 22, 10, 4, 0.5*part)
		}
	}
}

func (buildingShadow) draw(*canvas) {}

// post is the real lamp post with its sign, drawn again over what stands behind it.
func (h *stagehand) post() prop {
	o := outline{corners: [][2]float64{
		{426, 100}, {428.5, 100}, {431, 203}, {446, 203}, {446, 243.5}, {432.5, 243.5}, {439, 391}, {429, 391}, {427.5, 243.5}, {413, 243.5}, {413, 203}, {427, 203},
	}}
	body := h.vehicle(o)
	return passerBy{cutout: cutout{box: body.box, pix: body.pix, alpha: body.alpha}, y: 391}
}
