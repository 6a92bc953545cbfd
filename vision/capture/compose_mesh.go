package capture

import (
	"image"
	"math"
	"slices"
)

// facet is a flat coloured polygon, seen by the camera.
type facet struct {
	x, y   []float64 // Pixels; convex.
	depth  float64   // Metres from the camera.
	colour [3]float64
}

// mesh collects facets. They are drawn from far to near.
type mesh struct {
	facets []facet
}

// polygon adds a polygon of the given colour under an overcast sky: what faces up is light.
func (m *mesh) polygon(colour [3]float64, corners ...spot) {
	f := facet{colour: colour}
	var centre spot
	for _, s := range corners {
		x, y := project(s)
		f.x, f.y = append(f.x, x), append(f.y, y)
		centre = centre.plus(s.times(1 / float64(len(corners))))
	}
	f.depth = distance(centre, cameraAt)
	a, b := corners[1].plus(corners[0].times(-1)), corners[2].plus(corners[0].times(-1))
	n := spot{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x}
	length := math.Sqrt(n.x*n.x + n.y*n.y + n.z*n.z)
	light := 0.6 + 0.4*math.Abs(n.z)/length + 0.08*n.y/length
	for k := range f.colour {
		f.colour[k] *= light
	}
	m.facets = append(m.facets, f)
}

// box adds the five seen sides of a box that stands at base, its length along heading.
func (m *mesh) box(base spot, heading, length, width, height float64, colour [3]float64) {
	corner := func(a, l, z float64) spot { return base.along(heading, a*length/2, l*width/2, z) }
	for _, side := range [4][4]float64{{1, 1, 1, -1}, {1, -1, -1, -1}, {-1, -1, -1, 1}, {-1, 1, 1, 1}} {
		m.polygon(colour, corner(side[0], side[1], 0), corner(side[2], side[3], 0), corner(side[2], side[3], height), corner(side[0], side[1], height))
	}
	m.polygon(colour, corner(1, 1, height), corner(1, -1, height), corner(-1, -1, height), corner(-1, 1, height))
}

// ball adds a round thing: a disc turned to the camera, with light from above. Nearer pulls it forward among its
// neighbours, in metres.
func (m *mesh) ball(at spot, radius float64, colour [3]float64, nearer float64) {
	x, y := project(at)
	_, top := project(at.raised(at.z + 1))
	r := radius * (y - top)
	for layer, light := range [3]float64{0.62, 0.92, 1.12} {
		const sides = 9
		part := 1 - 0.27*float64(layer)
		f := facet{depth: distance(at, cameraAt) - nearer - 0.001*float64(layer)}
		for k := range sides {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / sides)
			f.x = append(f.x, x+r*part*cos)
			f.y = append(f.y, y+0.9*r*part*sin-0.25*float64(layer)*r)
		}
		for k := range f.colour {
			f.colour[k] = colour[k] * light
		}
		m.facets = append(m.facets, f)
	}
}

// block adds a broken brick or slab that lies there at random; seed picks its shape.
func (m *mesh) block(at spot, size float64, seed int, colour [3]float64) {
	yaw, pitch := 2*math.Pi*hash(seed+1), 1.4*(hash(seed+2)-0.5)
	length, width, height := size*(0.9+0.9*hash(seed+3)), size*(0.6+0.6*hash(seed+4)), size*(0.25+0.5*hash(seed+5))
	sin, cos := math.Sincos(pitch)
	corner := func(k int) spot {
		side := func(bit int) float64 { return float64(2*(k>>bit&1)-1) * (0.8 + 0.4*hash(seed+10+k+8*bit)) }
		a, l, u := side(0)*length/2, side(1)*width/2, side(2)*height/2
		return at.along(yaw, a*cos-u*sin, l, a*sin+u*cos)
	}
	for _, side := range [6][4]int{{0, 1, 3, 2}, {4, 5, 7, 6}, {0, 1, 5, 4}, {2, 3, 7, 6}, {0, 2, 6, 4}, {1, 3, 7, 5}} {
		m.polygon(colour, corner(side[0]), corner(side[1]), corner(side[2]), corner(side[3]))
		m.facets[len(m.facets)-1].depth -= 0.08 // Above the ground it lies on.
	}
}

// hash is a fixed number between 0 and 1 for n.
func hash(n int) float64 {
	h := uint32(n)*0x9E3779B1 + 0x7F4A7C15
	h ^= h >> 16
	h *= 0x85EBCA6B
	h ^= h >> 13
	h *= 0xC2B2AE35
	h ^= h >> 16
	return float64(h) / (1 << 32)
}

// sprite is a drawn thing, ready to be laid on frames.
type sprite struct {
	box image.Rectangle
	pix []float32 // B, G, R, opacity; colours are multiplied by opacity.
}

const finer = 4 // A pixel is drawn as 4×4.

// render draws the facets with smooth edges, as soft as the clip's own.
func (m *mesh) render() sprite {
	slices.SortStableFunc(m.facets, func(a, b facet) int {
		switch {
		case a.depth > b.depth:
			return -1
		case a.depth < b.depth:
			return 1
		}
		return 0
	})
	lowX, lowY, highX, highY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, f := range m.facets {
		lowX, highX = min(lowX, slices.Min(f.x)), max(highX, slices.Max(f.x))
		lowY, highY = min(lowY, slices.Min(f.y)), max(highY, slices.Max(f.y))
	}
	s := sprite{box: image.Rect(int(lowX)-2, int(lowY)-2, int(highX)+3, int(highY)+3)}
	w, h := s.box.Dx(), s.box.Dy()
	fine := make([]float32, 4*w*h*finer*finer)
	for _, f := range m.facets {
		f.fill(fine, s.box, w*finer)
	}
	s.pix = make([]float32, 4*w*h)
	for v := range h * finer {
		for u := range w * finer {
			from, to := 4*(v*w*finer+u), 4*(v/finer*w+u/finer)
			for k := range 4 {
				s.pix[to+k] += fine[from+k] / (finer * finer)
			}
		}
	}
	s.soften()
	return s
}

// fill draws the polygon row by row.
func (f facet) fill(fine []float32, box image.Rectangle, stride int) {
	at := func(i int) (x, y float64) {
		return (f.x[i] - float64(box.Min.X)) * finer, (f.y[i] - float64(box.Min.Y)) * finer
	}
	_, low := at(0)
	high := low
	for i := range f.x {
		_, y := at(i)
		low, high = min(low, y), max(high, y)
	}
	for v := int(low); v <= int(high); v++ {
		row := float64(v) + 0.5
		left, right := math.Inf(1), math.Inf(-1)
		for i := range f.x {
			x0, y0 := at(i)
			x1, y1 := at((i + 1) % len(f.x))
			if (y0 <= row) == (y1 <= row) {
				continue
			}
			x := x0 + (row-y0)/(y1-y0)*(x1-x0)
			left, right = min(left, x), max(right, x)
		}
		for u := int(math.Ceil(left - 0.5)); float64(u)+0.5 <= right; u++ {
			p := fine[4*(v*stride+u):]
			p[0], p[1], p[2], p[3] = float32(f.colour[0]), float32(f.colour[1]), float32(f.colour[2]), 1
		}
	}
}

// soften blurs by about half a pixel.
func (s sprite) soften() {
	w := s.box.Dx()
	for _, step := range [2]int{4, 4 * w} {
		was := slices.Clone(s.pix)
		for i := step; i < len(was)-step; i++ {
			s.pix[i] = 0.2*was[i-step] + 0.6*was[i] + 0.2*was[i+step]
		}
	}
}

// lay draws the sprite with the camera's noise on it.
func (s sprite) lay(c *canvas) {
	w := s.box.Dx()
	for i := 0; i < len(s.pix); i += 4 {
		a := float64(s.pix[i+3])
		if a < 0.01 {
			continue
		}
		u, v := s.box.Min.X+i/4%w, s.box.Min.Y+i/4/w
		n := c.grain(u, v, 2) + (hash(v*sceneSize.X+u)-0.5)*10
		c.blend(u, v, float64(s.pix[i])/a+n, float64(s.pix[i+1])/a+n, float64(s.pix[i+2])/a+n, a)
	}
}
