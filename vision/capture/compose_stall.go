package capture

import "math"

// stall is a handcart with crates of fruit under a parasol.
type stall struct {
	at      spot
	heading float64 // Of its long side.
	sprite  sprite
}

// Colours are BGR.
var (
	wood      = [3]float64{90, 128, 160}
	oldWood   = [3]float64{74, 98, 120}
	paint     = [3]float64{120, 92, 42}
	tyre      = [3]float64{34, 34, 36}
	steel     = [3]float64{150, 148, 145}
	cloth     = [2][3]float64{{58, 56, 164}, {176, 182, 188}}
	cardboard = [3]float64{205, 212, 216}
	fruit     = [6][3]float64{{28, 132, 232}, {42, 44, 186}, {60, 158, 96}, {44, 196, 226}, {38, 110, 214}, {66, 88, 196}}
)

func newStall(at spot, heading float64) *stall {
	s := &stall{at: at, heading: heading}
	const length, width, deck = 1.75, 0.9, 0.66
	var m mesh
	local := func(ahead, left, z float64) spot { return at.along(heading, ahead, left, z) }
	for _, wheel := range [4][2]float64{{0.5, 0.42}, {0.5, -0.42}, {-0.5, 0.42}, {-0.5, -0.42}} {
		m.wheel(local(wheel[0], wheel[1], 0.3), heading, 0.3)
	}
	m.box(local(0, 0, 0.34), heading, length-0.12, width-0.1, 0.26, paint)
	m.box(local(0, 0, 0.6), heading, length, width, 0.06, oldWood)
	for row := range 2 {
		for column := range 4 {
			base := local(-0.63+0.42*float64(column), -0.22+0.44*float64(row), deck)
			height := 0.14 + 0.05*float64(1-row)
			m.box(base, heading, 0.39, 0.39, height, wood)
			m.heapOfFruit(base.along(heading, 0, 0, height), heading, row*4+column)
		}
	}
	m.polygon(cardboard, local(0.55, -0.5, 0.5), local(0.95, -0.5, 0.5), local(0.95, -0.5, 0.85), local(0.55, -0.5, 0.85))
	m.polygon([3]float64{40, 40, 190}, local(0.6, -0.505, 0.66), local(0.9, -0.505, 0.66), local(0.9, -0.505, 0.74), local(0.6, -0.505, 0.74))
	for _, side := range []float64{-0.25, 0.25} { // The shaft by which it is pulled.
		m.rod(local(length/2, side, 0.6), local(length/2+0.55, side*0.8, 0.92), 0.022, oldWood)
	}
	m.rod(local(length/2+0.55, -0.22, 0.92), local(length/2+0.55, 0.22, 0.92), 0.022, oldWood)
	m.parasol(local(-0.35, 0.1, deck), 2.5)
	s.sprite = m.render()
	return s
}

func (m *mesh) heapOfFruit(at spot, heading float64, kind int) {
	for n := range 14 {
		ahead, left := 0.32*(hash(kind*40+n)-0.5), 0.3*(hash(kind*40+n+20)-0.5)
		z := 0.02 + 0.09*(1-6*(ahead*ahead+left*left))
		colour := fruit[kind%len(fruit)]
		shade := 0.85 + 0.3*hash(kind*90+n)
		for k := range colour {
			colour[k] *= shade
		}
		m.ball(at.along(heading, ahead, left, z), 0.055, colour, 0.25+z)
	}
}

// wheel adds a wheel that rolls along heading.
func (m *mesh) wheel(centre spot, heading, radius float64) {
	for _, ring := range []struct {
		part   float64
		colour [3]float64
	}{{1, tyre}, {0.78, [3]float64{96, 96, 98}}, {0.2, steel}} {
		const sides = 16
		var corners []spot
		for k := range sides {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / sides)
			corners = append(corners, centre.along(heading, radius*ring.part*cos, 0, radius*ring.part*sin))
		}
		m.polygon(ring.colour, corners...)
		m.facets[len(m.facets)-1].depth -= 0.01 * (1 - ring.part)
	}
}

// parasol adds a pole and a canopy of eight panels in two colours.
func (m *mesh) parasol(foot spot, top float64) {
	m.rod(foot, foot.raised(top), 0.022, steel)
	const radius, drop, valance, panels = 1.0, 0.34, 0.12, 8
	apex := foot.raised(top + 0.04)
	for k := range panels {
		rim := func(k int, z float64) spot {
			sin, cos := math.Sincos(2*math.Pi*float64(k)/panels + 0.2)
			return spot{foot.x + radius*cos, foot.y + radius*sin, z}
		}
		colour := cloth[k%2]
		for c := range colour { // Each panel hangs a little otherwise.
			colour[c] *= 0.9 + 0.2*hash(500+k)
		}
		m.polygon(colour, apex, rim(k, top-drop), rim(k+1, top-drop))
		m.facets[len(m.facets)-1].depth -= 0.6
		m.polygon(colour, rim(k, top-drop), rim(k+1, top-drop), rim(k+1, top-drop-valance), rim(k, top-drop-valance))
	}
}

// rod adds a thin bar, as wide as radius says on both sides of its axis as the camera sees it.
func (m *mesh) rod(from, to spot, radius float64, colour [3]float64) {
	x0, y0 := project(from)
	x1, y1 := project(to)
	_, top := project(from.raised(from.z + 1))
	r := radius * (y0 - top)
	length := math.Hypot(x1-x0, y1-y0)
	dx, dy := -(y1-y0)/length*r, (x1-x0)/length*r
	m.facets = append(m.facets, facet{
		x:     []float64{x0 + dx, x1 + dx, x1 - dx, x0 - dx},
		y:     []float64{y0 + dy, y1 + dy, y1 - dy, y0 - dy},
		depth: distance(from.to(to, 0.5), cameraAt), colour: colour,
	})
}

func (s *stall) foot() float64 {
	_, y := project(s.at)
	return y
}

func (s *stall) shadow(c *canvas) {
	for _, ahead := range []float64{-0.7, -0.25, 0.25, 0.7} {
		x, y := project(s.at.along(s.heading, ahead, 0, 0))
		c.darken(x, y, 34, 13, 0.42)
	}
}

func (s *stall) draw(c *canvas) { s.sprite.lay(c) }
