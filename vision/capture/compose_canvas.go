package capture

import (
	"image"
	"math"
	"slices"
)

// canvas is one frame of the scene being drawn.
type canvas struct {
	pix  []byte
	seed uint32 // Of the frame's noise.
}

// draw adds props from far to near, their shadows before all of them.
func (c *canvas) draw(props []prop) {
	slices.SortStableFunc(props, func(a, b prop) int {
		switch {
		case a.foot() < b.foot():
			return -1
		case a.foot() > b.foot():
			return 1
		}
		return 0
	})
	for _, p := range props {
		p.shadow(c)
	}
	for _, p := range props {
		p.draw(c)
	}
}

// darken lays a soft shadow of the given strength, 0..1, on the ground.
func (c *canvas) darken(x, y, radiusX, radiusY, strength float64) {
	r := image.Rect(int(x-2*radiusX), int(y-2*radiusY), int(x+2*radiusX)+1, int(y+2*radiusY)+1).
		Intersect(image.Rectangle{Max: sceneSize})
	for v := r.Min.Y; v < r.Max.Y; v++ {
		for u := r.Min.X; u < r.Max.X; u++ {
			dx, dy := (float64(u)-x)/radiusX, (float64(v)-y)/radiusY
			f := 1 - strength*math.Exp(-1.5*(dx*dx+dy*dy))
			p := c.pix[3*(v*sceneSize.X+u):]
			for k := range 3 {
				p[k] = byte(float64(p[k]) * f)
			}
		}
	}
}

// blend lays a colour over a pixel.
func (c *canvas) blend(u, v int, b, g, r, alpha float64) {
	if alpha <= 0 || u < 0 || v < 0 || u >= sceneSize.X || v >= sceneSize.Y {
		return
	}
	p := c.pix[3*(v*sceneSize.X+u):]
	for k, value := range [3]float64{b, g, r} {
		p[k] = byte(min(max(float64(p[k])*(1-alpha)+value*alpha+0.5, 0), 255))
	}
}

// grain is the camera's noise at a pixel, about a normal one of the given strength.
func (c *canvas) grain(u, v int, strength float64) float64 {
	h := uint32(u)*0x9E3779B1 ^ uint32(v)*0x85EBCA77 ^ c.seed*0xC2B2AE3D
	h ^= h >> 15
	h *= 0x2C1B3C6D
	h ^= h >> 12
	h *= 0x297A2D39
	h ^= h >> 15
	sum := float64(h&0xFF) + float64(h>>8&0xFF) + float64(h>>16&0xFF) + float64(h>>24)
	return (sum/4 - 127.5) / 37 * strength
}

// dress changes a cut-out's clothes: dark cloth between two heights of the body takes on a colour.
type dress struct {
	colour   [3]float64 // BGR, added to black.
	from, to float64    // 0 is the foot, 1 is 1.75 m.
}

// person is a cut-out standing somewhere else.
type person struct {
	cutout
	anchorX, anchorY float64 // The pixel of the cut-out's own frame …
	x, y             float64 // … that comes to lie here.
	mirror           bool
	dress            *dress
}

func (p person) foot() float64 { return p.y }

func (p person) shadow(c *canvas) {
	height, _ := upright(p.x, p.y)
	c.darken(p.x, p.y-2, 0.2*height, 0.05*height, 0.3)
}

func (p person) draw(c *canvas) {
	height, lean := upright(p.x, p.y)
	ownHeight, ownLean := upright(p.anchorX, p.anchorY)
	scale, side := height/ownHeight, 1.0
	if p.mirror {
		side = -1
	}
	slant := lean/height - side*ownLean/ownHeight // Perspective leans people outward, left and right alike.
	reach := float64(p.box.Dx())*scale + math.Abs(slant)*height
	for v := int(p.y - float64(p.box.Dy()+8)*scale); v <= int(p.y+14*scale); v++ {
		up := p.y - float64(v)
		for u := int(p.x - reach); u <= int(p.x+reach); u++ {
			across := (float64(u) - p.x - slant*up) / scale
			b, g, r, a := p.sample(p.anchorX+side*across-float64(p.box.Min.X), p.anchorY-up/scale-float64(p.box.Min.Y))
			if a == 0 {
				continue
			}
			if p.dress != nil {
				b, g, r = p.dress.on(b, g, r, up/height)
			}
			c.blend(u, v, b, g, r, a)
		}
	}
}

// sample is the cut-out's colour and opacity between its pixels.
func (p person) sample(x, y float64) (b, g, r, a float64) {
	w, h := p.box.Dx(), p.box.Dy()
	x0, y0 := int(math.Floor(x)), int(math.Floor(y))
	fx, fy := x-float64(x0), y-float64(y0)
	for _, q := range [4]struct {
		x, y int
		part float64
	}{{x0, y0, (1 - fx) * (1 - fy)}, {x0 + 1, y0, fx * (1 - fy)}, {x0, y0 + 1, (1 - fx) * fy}, {x0 + 1, y0 + 1, fx * fy}} {
		if q.x < 0 || q.y < 0 || q.x >= w || q.y >= h {
			continue
		}
		i := q.y*w + q.x
		k := q.part * float64(p.alpha[i]) / 255
		b, g, r, a = b+k*float64(p.pix[3*i]), g+k*float64(p.pix[3*i+1]), r+k*float64(p.pix[3*i+2]), a+k
	}
	if a < 0.02 {
		return 0, 0, 0, 0
	}
	return b / a, g / a, r / a, a
}

func (d *dress) on(b, g, r, height float64) (float64, float64, float64) {
	const soft = 0.04
	part := smooth((height-d.from)/soft) * smooth((d.to-height)/soft) * smooth((85-max(b, g, r))/40)
	return b + part*d.colour[0], g + part*d.colour[1], r + part*d.colour[2]
}

// smooth goes from 0 at 0 to 1 at 1 without a kink.
func smooth(t float64) float64 {
	t = min(max(t, 0), 1)
	return t * t * (3 - 2*t)
}

// passerBy is a real person of the frame, drawn again over what stands farther away.
type passerBy struct {
	cutout
	y float64
}

func (p passerBy) foot() float64  { return p.y }
func (p passerBy) shadow(*canvas) {}
func (p passerBy) draw(c *canvas) {
	w := p.box.Dx()
	for i, a := range p.alpha {
		c.blend(p.box.Min.X+i%w, p.box.Min.Y+i/w, float64(p.pix[3*i]), float64(p.pix[3*i+1]), float64(p.pix[3*i+2]), float64(a)/255)
	}
}

// passersBy cuts the people out of a frame before anything is drawn on it.
func (h *stagehand) passersBy(pix []byte) ([]prop, error) {
	regions, err := h.foreign(pix, image.Rectangle{Max: sceneSize})
	if err != nil {
		return nil, err
	}
	var props []prop
	for _, r := range regions {
		props = append(props, passerBy{cutout: cut(pix, r), y: float64(r.box.Max.Y)})
	}
	return props, nil
}
