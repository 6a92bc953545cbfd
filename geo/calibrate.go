package geo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

const (
	minPairs = 4
	maxPairs = 100
	// onLine is how near to a line, as a part of the points' span, points count as lying on it.
	onLine = 0.005
)

// SolveGround calibrates a view from at least four pairs, no three of any four on one line. An *InvalidError names the
// pair that cannot be used, as pairs[i] counted from 0.
func SolveGround(pairs []Pair) (*Ground, error) {
	if err := validPairs(pairs); err != nil {
		return nil, err
	}
	frame := newLocalFrame(pairs[0].LonLat)
	pixels, metres := make([]orb.Point, len(pairs)), make([]orb.Point, len(pairs))
	for i, pair := range pairs {
		pixels[i], metres[i] = pair.Pixel, frame.metres(pair.LonLat)
		if far := math.Hypot(metres[i][0], metres[i][1]); far > maxRangeM {
			return nil, Invalid(pairName(i)+".lonlat", "lies %.0f m from %s; a view reaches %d m", far, pairName(0), maxRangeM)
		}
	}
	if i, ok := inGeneralPosition(pixels); !ok {
		return nil, Invalid(pairName(i)+".pixel", "lies on one line with the others: at least four points, no three on a line, are needed")
	}
	if i, ok := inGeneralPosition(metres); !ok {
		return nil, Invalid(pairName(i)+".lonlat", "lies on one line with the others: at least four points, no three on a line, are needed")
	}
	h, ok := fitHomography(pixels, metres)
	if !ok {
		return nil, Invalid("pairs", "contradict each other: they would lie on both sides of the horizon")
	}
	g := &Ground{frame: frame, toLocal: h, toPixel: h.inverse(), ResidualM: rootMeanSquare(h, pixels, metres)}
	var err error
	g.LeaveOneOutM, g.LeaveOneOutOK, err = leaveOneOut(pixels, metres)
	if err != nil {
		return nil, err
	}
	return g, nil
}

func pairName(i int) string { return fmt.Sprintf("pairs[%d]", i) }

func validPairs(pairs []Pair) error {
	if len(pairs) < minPairs || len(pairs) > maxPairs {
		return Invalid("pairs", "must be %d to %d, not %d", minPairs, maxPairs, len(pairs))
	}
	for i, pair := range pairs {
		if p := pair.Pixel; !(p[0] >= 0 && p[0] <= 1 && p[1] >= 0 && p[1] <= 1) {
			return Invalid(pairName(i)+".pixel", "must lie in 0..1, not at %v", p)
		}
		if p := pair.LonLat; !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			return Invalid(pairName(i)+".lonlat", "must be longitude and latitude in degrees, not %v", p)
		}
		for j, other := range pairs[:i] {
			if math.Hypot(pair.Pixel[0]-other.Pixel[0], pair.Pixel[1]-other.Pixel[1]) < 1e-4 {
				return Invalid(pairName(i)+".pixel", "is the same as that of %s", pairName(j))
			}
			if DistanceM(pair.LonLat, other.LonLat) < 1e-3 {
				return Invalid(pairName(i)+".lonlat", "is the same as that of %s", pairName(j))
			}
		}
	}
	return nil
}

// inGeneralPosition reports whether four of the points have no three on a line. Points fail this exactly where one
// line holds all of them, or all but one; then it returns the last point of that line.
func inGeneralPosition(points []orb.Point) (onTheLine int, ok bool) {
	for i := range points {
		for j := range i {
			off, last := 0, i
			span := math.Hypot(points[i][0]-points[j][0], points[i][1]-points[j][1])
			for _, p := range points {
				span = max(span, math.Hypot(p[0]-points[j][0], p[1]-points[j][1]))
			}
			for k, p := range points {
				if k == i || k == j {
					continue
				}
				if lineDistance(points[j], points[i], p) > onLine*span {
					off++
				} else if k > last {
					last = k
				}
			}
			if off <= 1 {
				return last, false
			}
		}
	}
	return 0, true
}

// lineDistance is the distance of p from the line through a and b.
func lineDistance(a, b, p orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	return math.Abs(dx*(p[1]-a[1])-dy*(p[0]-a[0])) / math.Hypot(dx, dy)
}

func rootMeanSquare(h homography, pixels, metres []orb.Point) float64 {
	var sum float64
	for i, pixel := range pixels {
		m, _ := h.apply(pixel)
		sum += squared(m, metres[i])
	}
	return math.Sqrt(sum / float64(len(pixels)))
}

// leaveOneOut predicts each pair from the others. It is undefined where the others do not suffice.
func leaveOneOut(pixels, metres []orb.Point) (rms float64, ok bool, err error) {
	if len(pixels) <= minPairs {
		return 0, false, nil
	}
	var sum float64
	for i := range pixels {
		otherPixels, otherMetres := without(pixels, i), without(metres, i)
		_, okPixels := inGeneralPosition(otherPixels)
		_, okMetres := inGeneralPosition(otherMetres)
		if !okPixels || !okMetres {
			return 0, false, nil
		}
		h, ok := fitHomography(otherPixels, otherMetres)
		if !ok {
			return 0, false, nil
		}
		m, ok := h.apply(pixels[i])
		if !ok {
			return 0, false, Invalid(pairName(i), "contradicts the others: by them its pixel lies above the horizon")
		}
		sum += squared(m, metres[i])
	}
	return math.Sqrt(sum / float64(len(pixels))), true, nil
}

func without(points []orb.Point, i int) []orb.Point {
	rest := make([]orb.Point, 0, len(points)-1)
	return append(append(rest, points[:i]...), points[i+1:]...)
}

func squared(a, b orb.Point) float64 {
	return (a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1])
}
