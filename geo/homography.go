package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// homography maps a plane to a plane, row-major. It is scaled so that its denominator is positive where it means
// something: on the near side of the horizon.
type homography [9]float64

// apply maps p; false on the horizon and beyond.
func (h homography) apply(p orb.Point) (orb.Point, bool) {
	w := h[6]*p[0] + h[7]*p[1] + h[8]
	scale := math.Abs(h[6]*p[0]) + math.Abs(h[7]*p[1]) + math.Abs(h[8])
	if !(w > 1e-9*scale) {
		return orb.Point{}, false
	}
	return orb.Point{(h[0]*p[0] + h[1]*p[1] + h[2]) / w, (h[3]*p[0] + h[4]*p[1] + h[5]) / w}, true
}

// jacobian is the 2×2 derivative of apply at p, row-major.
func (h homography) jacobian(p orb.Point) [4]float64 {
	w := h[6]*p[0] + h[7]*p[1] + h[8]
	x, y := (h[0]*p[0]+h[1]*p[1]+h[2])/w, (h[3]*p[0]+h[4]*p[1]+h[5])/w
	return [4]float64{
		(h[0] - x*h[6]) / w, (h[1] - x*h[7]) / w,
		(h[3] - y*h[6]) / w, (h[4] - y*h[7]) / w,
	}
}

func (h homography) determinant() float64 {
	return h[0]*(h[4]*h[8]-h[5]*h[7]) - h[1]*(h[3]*h[8]-h[5]*h[6]) + h[2]*(h[3]*h[7]-h[4]*h[6])
}

// inverse returns the map back. Its denominator is positive at the images of points where h's own is.
func (h homography) inverse() homography {
	inv := homography{
		h[4]*h[8] - h[5]*h[7], h[2]*h[7] - h[1]*h[8], h[1]*h[5] - h[2]*h[4],
		h[5]*h[6] - h[3]*h[8], h[0]*h[8] - h[2]*h[6], h[2]*h[3] - h[0]*h[5],
		h[3]*h[7] - h[4]*h[6], h[1]*h[6] - h[0]*h[7], h[0]*h[4] - h[1]*h[3],
	}
	return inv.times(1 / h.determinant())
}

func (h homography) times(factor float64) homography {
	for i := range h {
		h[i] *= factor
	}
	return h
}

func (h homography) after(first homography) (both homography) {
	for row := range 3 {
		for col := range 3 {
			for k := range 3 {
				both[3*row+col] += h[3*row+k] * first[3*k+col]
			}
		}
	}
	return both
}

// fitHomography solves the map from each from[i] to to[i] by the normalised direct linear transformation. The points
// must not be degenerate. False where the points lie on both sides of the horizon.
func fitHomography(from, to []orb.Point) (homography, bool) {
	toUnit, fromUnit := centred(to), centred(from)
	var normal [9][9]float64 // AᵀA of the equations, summed up row by row.
	add := func(row [9]float64) {
		for i := range 9 {
			for j := range 9 {
				normal[i][j] += row[i] * row[j]
			}
		}
	}
	for i := range from {
		p, _ := fromUnit.apply(from[i])
		q, _ := toUnit.apply(to[i])
		add([9]float64{p[0], p[1], 1, 0, 0, 0, -q[0] * p[0], -q[0] * p[1], -q[0]})
		add([9]float64{0, 0, 0, p[0], p[1], 1, -q[1] * p[0], -q[1] * p[1], -q[1]})
	}
	unit := homography(smallestEigenvector(normal))
	h := toUnit.inverse().after(unit).after(fromUnit)
	if p := from[0]; h[6]*p[0]+h[7]*p[1]+h[8] < 0 {
		h = h.times(-1)
	}
	for _, p := range from {
		if _, ok := h.apply(p); !ok {
			return h, false
		}
	}
	det := h.determinant()
	return h, det != 0 && !math.IsNaN(det)
}

// centred returns the map that moves points around the origin, at a mean distance of √2 (Hartley's normalisation).
func centred(points []orb.Point) homography {
	n := float64(len(points))
	var cx, cy, mean float64
	for _, p := range points {
		cx += p[0] / n
		cy += p[1] / n
	}
	for _, p := range points {
		mean += math.Hypot(p[0]-cx, p[1]-cy) / n
	}
	s := math.Sqrt2 / mean
	return homography{s, 0, -s * cx, 0, s, -s * cy, 0, 0, 1}
}

// smallestEigenvector returns the eigenvector of the smallest eigenvalue of a symmetric matrix, by Jacobi rotations.
func smallestEigenvector(a [9][9]float64) [9]float64 {
	var v [9][9]float64
	for i := range 9 {
		v[i][i] = 1
	}
	for range 60 {
		var off, diagonal float64
		for i := range 9 {
			diagonal += a[i][i] * a[i][i]
			for j := range i {
				off += a[i][j] * a[i][j]
			}
		}
		if off <= 1e-34*diagonal {
			break
		}
		for p := range 8 {
			for q := p + 1; q < 9; q++ {
				rotate(&a, &v, p, q)
			}
		}
	}
	smallest := 0
	for i := range 9 {
		if a[i][i] < a[smallest][smallest] {
			smallest = i
		}
	}
	var vector [9]float64
	for i := range 9 {
		vector[i] = v[i][smallest]
	}
	return vector
}

// rotate turns the plane of axes p and q so that a[p][q] becomes zero, and notes the turn in v.
func rotate(a, v *[9][9]float64, p, q int) {
	if a[p][q] == 0 {
		return
	}
	theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := 1 / (math.Abs(theta) + math.Hypot(theta, 1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Hypot(t, 1)
	s := t * c
	for k := range 9 {
		a[k][p], a[k][q] = c*a[k][p]-s*a[k][q], s*a[k][p]+c*a[k][q]
	}
	for k := range 9 {
		a[p][k], a[q][k] = c*a[p][k]-s*a[q][k], s*a[p][k]+c*a[q][k]
		v[k][p], v[k][q] = c*v[k][p]-s*v[k][q], s*v[k][p]+c*v[k][q]
	}
}
