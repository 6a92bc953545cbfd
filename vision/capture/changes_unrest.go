package capture

import "math"

// unrest is how restless a view's picture is where nothing happens, and whether the picture has colour. Both are read from a
// thinned part of every picture.
type unrest struct {
	sigma  float64 // Standard deviation of a pixel of the small, blurred picture from look to look, in levels; NaN is unknown.
	colour float64 // Mean distance of a pixel's strongest channel from its weakest, in levels.
	before []byte  // The green channel of the thinned part in the picture before.
}

const (
	noiseStride = 7     // Every so manyth pixel tells the noise; prime, so that no column is read again and again.
	noiseS      = 5.0   // Over so many seconds it is averaged: one look at a lorry says nothing.
	colourless  = 4.0   // Levels of colour below which a picture is grey: that of an infra-red camera, after compression.
	madOfSigma  = 0.954 // The median of |a-b| where a and b have the same normal noise of standard deviation 1.
	noiseReach  = 5.0   // Of its noise's standard deviations, a pixel of a grey picture must be off to be new;
	leastReach  = 4.0   // and so many levels at least: compression alone moves as many.
)

// look measures a picture, step seconds after the one before.
func (u *unrest) look(pix []byte, step float64) {
	first := u.before == nil
	if first {
		u.before, u.sigma = make([]byte, (len(pix)/3+noiseStride-1)/noiseStride), math.NaN()
	}
	var differences [256]int
	colour := 0
	for k := range u.before {
		b, g, r := pix[3*k*noiseStride], pix[3*k*noiseStride+1], pix[3*k*noiseStride+2]
		colour += int(max(b, g, r)) - int(min(b, g, r))
		differences[absDiff(g, u.before[k])]++
		u.before[k] = g
	}
	u.colour = float64(colour) / float64(len(u.before))
	switch now := median(differences, len(u.before)) / madOfSigma; {
	case first:
	case math.IsNaN(u.sigma):
		u.sigma = now
	default:
		u.sigma += (now - u.sigma) * min(step/noiseS, 1)
	}
}

// median of counted whole numbers, each of which stands for all that are rounded to it.
func median(counts [256]int, total int) float64 {
	below := 0
	for v, count := range counts {
		if 2*(below+count) < total {
			below += count
			continue
		}
		from, width := float64(v)-0.5, 1.0
		if v == 0 {
			from, width = 0, 0.5 // Nothing is less than no difference.
		}
		return from + width*(float64(total)/2-float64(below))/float64(count)
	}
	return 0
}

// grey reports whether the picture has no colour.
func (u *unrest) grey() bool { return u.colour < colourless }

// threshold is the squared distance, in variances, from which a pixel is new to a model.
//
// In colour it is fixed: what must not count there are sun, clouds and the shadows they move, which are far above any
// noise. A grey picture is mostly that of an infra-red camera by night. It lives on its own lamp, which stands beside it
// and stays the same, so there is nothing but noise to be told from a thing; and a thing has lost what told it by day: its
// colour, which the lamp does not show, and half of its contrast or more, away from the lamp's middle. There it follows
// the noise, which gain raises tenfold on a dark night.
func (u *unrest) threshold() float64 {
	if !u.grey() || math.IsNaN(u.sigma) {
		return varThreshold
	}
	reach := max(noiseReach*u.sigma, leastReach)
	return min(3*reach*reach/startVariance, varThreshold) // All three channels are off by as much.
}
