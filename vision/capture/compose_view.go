package capture

import "math"

// spot is a place on the ground of the clip or above it, in metres; z is up.
type spot struct{ x, y, z float64 }

func (s spot) plus(o spot) spot          { return spot{s.x + o.x, s.y + o.y, s.z + o.z} }
func (s spot) times(f float64) spot      { return spot{s.x * f, s.y * f, s.z * f} }
func (s spot) to(o spot, f float64) spot { return s.plus(o.plus(s.times(-1)).times(f)) }
func (s spot) raised(z float64) spot     { return spot{s.x, s.y, z} }
func distance(a, b spot) float64         { return math.Hypot(math.Hypot(a.x-b.x, a.y-b.y), a.z-b.z) }
func (s spot) along(heading float64, ahead, left, z float64) spot {
	sin, cos := math.Sincos(heading)
	return spot{s.x + ahead*cos - left*sin, s.y + ahead*sin + left*cos, s.z + z}
}

// The clip's camera: its published calibration by Tsai's method (PETS 2009, view 1), in pixels and metres.
const (
	focalX, focalY   = 1185.001, 1194.606
	centreX, centreY = 324.2215, 282.5665
	bend             = 1.114e-07 // Radial distortion per squared pixel.
)

var (
	cameraTurn  = tsaiTurn(2.0405458695, -0.89337703748, -0.43056124791)
	cameraShift = [3]float64{0.82873214225, -3.1754796051, 35.469298547}
	cameraAt    = func() (at spot) {
		r, t := cameraTurn, cameraShift
		return spot{
			-(r[0][0]*t[0] + r[1][0]*t[1] + r[2][0]*t[2]),
			-(r[0][1]*t[0] + r[1][1]*t[1] + r[2][1]*t[2]),
			-(r[0][2]*t[0] + r[1][2]*t[1] + r[2][2]*t[2]),
		}
	}()
)

// tsaiTurn is the rotation by Rx, Ry and Rz in Tsai's order.
func tsaiTurn(rx, ry, rz float64) [3][3]float64 {
	sa, ca := math.Sincos(rx)
	sb, cb := math.Sincos(ry)
	sg, cg := math.Sincos(rz)
	return [3][3]float64{
		{cb * cg, cg*sa*sb - ca*sg, sa*sg + ca*cg*sb},
		{cb * sg, sa*sb*sg + ca*cg, ca*sb*sg - cg*sa},
		{-sb, cb * sa, ca * cb},
	}
}

// project returns the pixel that shows s.
func project(s spot) (x, y float64) {
	var c [3]float64
	for i, r := range cameraTurn {
		c[i] = r[0]*s.x + r[1]*s.y + r[2]*s.z + cameraShift[i]
	}
	u, v := focalX*c[0]/c[2], focalY*c[1]/c[2]
	x, y = u, v
	for range 6 {
		f := 1 + bend*(x*x+y*y)
		x, y = u/f, v/f
	}
	return x + centreX, y + centreY
}

// onGround returns the place on the ground that a pixel shows.
func onGround(x, y float64) spot {
	u, v := x-centreX, y-centreY
	f := 1 + bend*(u*u+v*v)
	u, v = u*f/focalX, v*f/focalY
	var d [3]float64
	for j := range d {
		d[j] = cameraTurn[0][j]*u + cameraTurn[1][j]*v + cameraTurn[2][j]
	}
	t := -cameraAt.z / d[2]
	return spot{cameraAt.x + t*d[0], cameraAt.y + t*d[1], 0}
}

// upright returns how a person 1.75 m tall stands at a pixel of the ground: height, and lean to the right, in pixels.
func upright(x, y float64) (height, lean float64) {
	topX, topY := project(onGround(x, y).raised(1.75))
	return y - topY, topX - x
}
