package capture

import "math"

// heap is a mound of construction rubble.
type heap struct {
	at     spot
	part   float64 // How much of it lies there, 0..1.
	sprite sprite
}

const (
	heapRadiusM = 0.95
	heapHeightM = 0.62
	heapPieces  = 420
	heapRings   = 11
	heapSectors = 52
)

// rubble are concrete, mortar, earth, brick and plaster.
var rubble = [6][3]float64{{138, 144, 148}, {112, 120, 128}, {66, 88, 108}, {84, 104, 122}, {70, 84, 136}, {178, 184, 188}}

// newHeap is the given part of a heap: earth and dust, and pieces lying on it. Pieces that lay there stay in their
// places on the mound when more comes.
func newHeap(at spot, part float64) *heap {
	h := &heap{at: at, part: part}
	grown := math.Cbrt(part)
	var m mesh
	surface := func(out, angle float64) spot {
		sin, cos := math.Sincos(angle)
		r := heapRadiusM * grown * out * (1 + 0.13*math.Sin(2*angle+1) + 0.09*math.Sin(5*angle))
		z := heapHeightM * grown * (1 - math.Pow(out, 1.5)) * (1 + 0.16*math.Sin(3*angle+2) + 0.1*math.Sin(7*angle+5*out))
		return spot{at.x + r*cos, at.y + r*sin, max(z, 0)}
	}
	for ring := range heapRings {
		for sector := range heapSectors {
			corner := func(i, k int) spot {
				wobble := 0.4 * (hash(900+(ring+i)*heapSectors+(sector+k)%heapSectors) - 0.5)
				return surface(min((float64(ring+i)+wobble*float64(i+ring)/heapRings)/heapRings, 1.02), 2*math.Pi*(float64(sector+k)+wobble)/heapSectors)
			}
			shade := 0.62 + 0.5*hash(ring*heapSectors+sector)
			m.polygon([3]float64{92 * shade, 108 * shade, 120 * shade}, corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1))
		}
	}
	for n := range int(heapPieces * part) {
		out := math.Pow(hash(7*n+1), 0.5) * 1.12
		p := surface(out, 2*math.Pi*hash(7*n))
		size := 0.035 + 0.1*math.Pow(hash(7*n+3), 2.2)
		if out > 0.9 {
			size *= 0.6
		}
		colour := rubble[int(hash(7*n+4)*float64(len(rubble)))]
		for k := range colour {
			colour[k] *= 0.75 + 0.4*hash(7*n+5)
		}
		m.block(p.raised(p.z+size*0.3), size, 11*n, colour)
	}
	h.sprite = m.render()
	return h
}

func (h *heap) foot() float64 {
	_, y := project(h.at)
	return y + 6
}

func (h *heap) shadow(c *canvas) {
	x, y := project(h.at)
	size := math.Cbrt(h.part)
	c.darken(x, y+3, 56*size, 21*size, 0.5)
}

func (h *heap) draw(c *canvas) { h.sprite.lay(c) }

// barrow is a wheelbarrow. Its wheel is ahead, its handles are behind.
type barrow struct {
	at     spot
	sprite sprite
}

// newBarrow stands at a place with its wheel towards heading; load is how full it is and tip how far it is tipped, 0..1.
func newBarrow(at spot, heading, load, tip float64) *barrow {
	var m mesh
	const axle, wheel = 0.55, 0.2
	sin, cos := math.Sincos(tip * 1.0)
	local := func(ahead, left, z float64) spot { // Tipping turns it about its axle.
		a, u := ahead-axle, z-wheel
		return at.along(heading, axle+a*cos+u*sin, left, wheel-a*sin+u*cos)
	}
	green := [3]float64{70, 104, 62}
	m.wheel(at.along(heading, axle, 0, wheel), heading, wheel)
	for _, side := range []float64{-0.28, 0.28} {
		m.rod(local(-1.0, side, 0.62), local(axle, side*0.3, wheel), 0.022, steel)
		m.rod(local(-0.35, side, 0.4), local(-0.35, side, 0.02), 0.02, steel)
	}
	low := [4]spot{local(-0.3, -0.2, 0.32), local(0.3, -0.2, 0.32), local(0.3, 0.2, 0.32), local(-0.3, 0.2, 0.32)}
	high := [4]spot{local(-0.45, -0.32, 0.62), local(0.5, -0.32, 0.62), local(0.5, 0.32, 0.62), local(-0.45, 0.32, 0.62)}
	m.polygon([3]float64{46, 66, 42}, low[:]...)
	for k := range low {
		m.polygon(green, low[k], low[(k+1)%4], high[(k+1)%4], high[k])
	}
	for n := range int(60 * load) {
		ahead, left := 0.8*(hash(9*n+1)-0.5), 0.5*(hash(9*n+2)-0.5)
		z := 0.56 + 0.22*load*(1-5*(ahead*ahead+left*left))*hash(9*n+3)
		m.block(local(ahead, left, z), 0.04+0.05*hash(9*n+4), 77*n, rubble[n%len(rubble)])
	}
	return &barrow{at: at, sprite: m.render()}
}

func (b *barrow) foot() float64 {
	_, y := project(b.at)
	return y
}

func (b *barrow) shadow(c *canvas) {
	x, y := project(b.at)
	c.darken(x, y, 26, 9, 0.35)
}

func (b *barrow) draw(c *canvas) { b.sprite.lay(c) }
