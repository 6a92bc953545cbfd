package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Calibration is how well the pairs of a view place it, for whoever matches them.
type Calibration struct {
	Ground *Ground
	Errors []PairError // One for each pair, in their order.
	// At40M is the error of the pairs carried out to 40 m from the camera, metres. Four pairs fit exactly and say nothing of
	// it: there it is 0.
	At40M float64
}

// PairError is how far a pair lies from where the others, and all together, would put it, in metres.
type PairError struct {
	ErrorM    float64
	LeftOutM  float64
	LeftOutOK bool // Four pairs have no others that suffice.
}

const (
	judgedAtM = 40.0
	mostAt40M = 2.0
	nearestM  = 4.0 // A pair so near to the camera says no more of what is far.
)

// Calibrate solves a view and judges it. An error of more than 2 m at 40 m from the camera is refused, as is what SolveGround
// refuses.
func Calibrate(pairs []Pair, camera orb.Point) (Calibration, error) {
	c, err := Judge(pairs, camera)
	if err == nil && c.At40M > mostAt40M {
		return c, Invalid("pairs", "the error is %.1f m at %.0f m from the camera, and must be %.0f m at most", c.At40M, judgedAtM, mostAt40M)
	}
	return c, err
}

// Judge solves a view and says how good that is, however bad.
func Judge(pairs []Pair, camera orb.Point) (Calibration, error) {
	g, err := SolveGround(pairs)
	if err != nil {
		return Calibration{}, err
	}
	c := Calibration{Ground: g, Errors: make([]PairError, len(pairs))}
	pixels, metres := make([]orb.Point, len(pairs)), make([]orb.Point, len(pairs))
	for i, pair := range pairs {
		pixels[i], metres[i] = pair.Pixel, g.frame.metres(pair.LonLat)
	}
	at := g.frame.metres(camera)
	var sum float64
	for i := range pairs {
		e := &c.Errors[i]
		m, _ := g.toLocal.apply(pixels[i]) // SolveGround saw every pair below the horizon.
		e.ErrorM = math.Sqrt(squared(m, metres[i]))
		e.LeftOutM, e.LeftOutOK = leftOut(pixels, metres, i)
		far := max(math.Sqrt(squared(metres[i], at)), nearestM)
		sum += math.Pow(e.ErrorM*judgedAtM/far, 2)
	}
	if free := len(pairs) - minPairs; free > 0 { // Four pairs are used up by the solution.
		c.At40M = math.Sqrt(sum / float64(free))
	}
	return c, nil
}

// leftOut is how far the others would put pair i from its place.
func leftOut(pixels, metres []orb.Point, i int) (float64, bool) {
	if len(pixels) <= minPairs {
		return 0, false
	}
	otherPixels, otherMetres := without(pixels, i), without(metres, i)
	_, okPixels := inGeneralPosition(otherPixels)
	_, okMetres := inGeneralPosition(otherMetres)
	if !okPixels || !okMetres {
		return 0, false
	}
	h, ok := fitHomography(otherPixels, otherMetres)
	if !ok {
		return 0, false
	}
	m, ok := h.apply(pixels[i])
	if !ok {
		return 0, false
	}
	return math.Sqrt(squared(m, metres[i])), true
}
