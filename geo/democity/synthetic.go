package democity

import (
	"fmt"
	"math"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// Synthetic makes a coverage of n grids with crooked shared borders, for measuring: 54 grids are a district, 5,000 a
// large city, 100,000 a province. Each is about a square kilometre, with some 60 points.
func Synthetic(n int) []geo.Grid {
	columns := int(math.Ceil(math.Sqrt(float64(n))))
	rows := (n + columns - 1) / columns
	const kilometre = 1000.0
	corner := func(x, y int) xy {
		east, north := random(int64(x), int64(y), 11), random(int64(x), int64(y), 12)
		return xy{(float64(x-columns/2) + 0.3*east) * kilometre, (float64(y-rows/2) + 0.3*north) * kilometre}
	}
	// A border is drawn in one direction, from its lower end, and both neighbours take it from here.
	eastward := func(x, y int) []orb.Point { return crooked(corner(x, y), corner(x+1, y)) }
	northward := func(x, y int) []orb.Point { return crooked(corner(x, y), corner(x, y+1)) }
	grids := make([]geo.Grid, n)
	for i := range grids {
		x, y := i%columns, i/columns
		ring := orb.Ring(eastward(x, y))
		ring = append(ring, northward(x+1, y)[1:]...)
		ring = append(ring, backward(eastward(x, y+1))[1:]...)
		ring = append(ring, backward(northward(x, y))[1:]...)
		grids[i] = geo.Grid{Net: geo.Community, Code: fmt.Sprintf("370305%09d", i), Name: fmt.Sprintf("网格 %d", i),
			Kind: geo.KindCommunity, Boundary: orb.MultiPolygon{{ring}}}
	}
	return grids
}

// crooked is a border of 16 segments, moved aside by halves.
func crooked(a, b xy) []orb.Point {
	line := []xy{a, b}
	for range 4 {
		var next []xy
		for i := 1; i < len(line); i++ {
			p, q := line[i-1], line[i]
			middle := p.to(q, 0.5)
			aside := 0.16 * (random(int64(middle.x*8), int64(middle.y*8), 13) - 0.5)
			next = append(next, p, middle.plus(q.minus(p).leftOf().times(aside)))
		}
		line = append(next, line[len(line)-1])
	}
	points := make([]orb.Point, len(line))
	for i, p := range line {
		points[i] = p.snapped()
	}
	return points
}

func backward(line []orb.Point) []orb.Point {
	turned := make([]orb.Point, len(line))
	for i, p := range line {
		turned[len(line)-1-i] = p
	}
	return turned
}
