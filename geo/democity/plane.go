package democity

import (
	"math"

	"github.com/paulmach/orb"
)

// All shapes are made in metres on one plane over the district, and end as whole steps of 1e-7 degrees (a centimetre),
// so that what two grids share is equal to the last bit.
var origin = orb.Point{118.30, 36.82}

const (
	metresPerLon = 89_270.0 // At the origin's latitude.
	metresPerLat = 110_960.0
	steps        = 1e7 // To a degree.
)

// xy is a point on the plane, in metres east and north of the origin.
type xy struct{ x, y float64 }

func toPlane(p orb.Point) xy {
	return xy{(p[0] - origin[0]) * metresPerLon, (p[1] - origin[1]) * metresPerLat}
}

func toPlanes(points []orb.Point) []xy {
	line := make([]xy, len(points))
	for i, p := range points {
		line[i] = toPlane(p)
	}
	return line
}

// snapped is the point of the map at p, on whole steps.
func (p xy) snapped() orb.Point {
	return orb.Point{
		math.Round((origin[0]+p.x/metresPerLon)*steps) / steps,
		math.Round((origin[1]+p.y/metresPerLat)*steps) / steps,
	}
}

func (p xy) plus(q xy) xy          { return xy{p.x + q.x, p.y + q.y} }
func (p xy) minus(q xy) xy         { return xy{p.x - q.x, p.y - q.y} }
func (p xy) times(f float64) xy    { return xy{p.x * f, p.y * f} }
func (p xy) length() float64       { return math.Hypot(p.x, p.y) }
func (p xy) dot(q xy) float64      { return p.x*q.x + p.y*q.y }
func (p xy) cross(q xy) float64    { return p.x*q.y - p.y*q.x }
func (p xy) to(q xy, t float64) xy { return p.plus(q.minus(p).times(t)) }
func (p xy) distance(q xy) float64 { return q.minus(p).length() }
func (p xy) squared(q xy) float64  { return (q.x-p.x)*(q.x-p.x) + (q.y-p.y)*(q.y-p.y) }
func (p xy) leftOf() xy            { return xy{-p.y, p.x} }
func (p xy) unit() xy              { return p.times(1 / p.length()) }

// meet returns where segments ab and cd cross, as parts of each.
func meet(a, b, c, d xy) (onAB, onCD float64, ok bool) {
	r, s := b.minus(a), d.minus(c)
	denominator := r.cross(s)
	if denominator == 0 {
		return 0, 0, false
	}
	onAB, onCD = c.minus(a).cross(s)/denominator, c.minus(a).cross(r)/denominator
	return onAB, onCD, onAB >= 0 && onAB < 1 && onCD >= 0 && onCD < 1
}

// nearestOn returns the point of a line that is nearest to p, and the direction of the line there.
func nearestOn(line []xy, p xy) (at, direction xy) {
	best := math.Inf(1)
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		ab := b.minus(a)
		q := a.to(b, min(max(p.minus(a).dot(ab)/ab.dot(ab), 0), 1))
		if d := q.squared(p); d < best {
			best, at, direction = d, q, ab
		}
	}
	return at, direction.unit()
}

// curve draws a smooth line through points (Catmull-Rom), with a point every stepM or so, that wavers a little as
// roads do.
func curve(points []xy, stepM, waverM float64, seed uint64) []xy {
	at := func(i int) xy { return points[min(max(i, 0), len(points)-1)] }
	var line []xy
	for i := 0; i+1 < len(points); i++ {
		p0, p1, p2, p3 := at(i-1), at(i), at(i+1), at(i+2)
		n := max(1, int(p1.distance(p2)/stepM))
		for k := range n {
			t := float64(k) / float64(n)
			p := p1.times(2).
				plus(p2.minus(p0).times(t)).
				plus(p0.times(2).minus(p1.times(5)).plus(p2.times(4)).minus(p3).times(t * t)).
				plus(p1.times(3).minus(p0).minus(p2.times(3)).plus(p3).times(t * t * t)).times(0.5)
			line = append(line, p)
		}
	}
	line = append(line, points[len(points)-1])
	wavering := make([]xy, len(line))
	for i, p := range line {
		direction := line[min(i+1, len(line)-1)].minus(line[max(i-1, 0)]).unit()
		wavering[i] = p.plus(direction.leftOf().times(waverM * 2 * (noise(p.times(1.0/900), seed) - 0.5)))
	}
	return wavering
}

// noise is smooth value noise: 0 to 1, about one hill a unit, the same for the same place and seed on every machine.
func noise(p xy, seed uint64) float64 {
	fx, fy := math.Floor(p.x), math.Floor(p.y)
	tx, ty := ease(p.x-fx), ease(p.y-fy)
	corner := func(dx, dy float64) float64 { return random(int64(fx+dx), int64(fy+dy), seed) }
	south := corner(0, 0) + (corner(1, 0)-corner(0, 0))*tx
	north := corner(0, 1) + (corner(1, 1)-corner(0, 1))*tx
	return south + (north-south)*ty
}

func ease(t float64) float64 { return t * t * (3 - 2*t) }

// random is a number from 0 to 1 that depends on its arguments alone (splitmix64).
func random(x, y int64, seed uint64) float64 {
	z := uint64(x)*0x9E3779B97F4A7C15 ^ uint64(y)*0xC2B2AE3D27D4EB4F ^ seed*0x165667B19E3779F9
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return float64((z^z>>31)>>11) / (1 << 53)
}
