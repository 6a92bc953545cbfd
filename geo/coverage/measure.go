package coverage

import "math"

func (g Grid) doubledArea() int64 { return doubledArea(edgesOf(g.Boundary)) }

// AreaM2 is the area in square metres, by the lengths that a degree has on WGS 84 at the middle latitude of the grid.
func (g Grid) AreaM2() float64 {
	edges := edgesOf(g.Boundary)
	return areaM2(doubledArea(edges), boxOf(edges))
}

func areaM2(doubled int64, b box) float64 {
	x, y := metresPerUnit(b)
	return float64(doubled) / 2 * x * y
}

// metresPerUnit are the lengths of one unit eastwards and northwards at the middle latitude of the box.
func metresPerUnit(b box) (x, y float64) {
	const (
		equatorM     = 6378137.0
		eccentricity = 0.00669437999014 // Squared.
		radians      = math.Pi / 180 / unitsPerDegree
	)
	latitude := (float64(b.lo.Y) + float64(b.hi.Y)) / 2 * radians
	w := 1 - eccentricity*math.Sin(latitude)*math.Sin(latitude)
	x = equatorM / math.Sqrt(w) * math.Cos(latitude) * radians
	y = equatorM * (1 - eccentricity) / (w * math.Sqrt(w)) * radians
	return x, y
}
