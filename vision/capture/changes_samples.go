package capture

import (
	"slices"
)

// maxSamples of the first seconds' pictures are kept: enough for a median that no passer-by gets into.
const maxSamples = 9

// samples are pictures of the first seconds, spread evenly. Their median per pixel is the first empty ground: a mean
// would keep a ghost of everyone who walked through.
type samples struct {
	pictures [][]byte
	hidden   [][]bool // Where movers covered each picture.
	elapsedS float64
	nextS    float64
}

// add takes a picture when its turn has come and reports whether the first seconds are over.
func (s *samples) add(pix []byte, hiddenS []float32, step, warmUpS float64) bool {
	s.elapsedS += step
	if s.elapsedS >= s.nextS && len(s.pictures) < maxSamples {
		s.nextS += warmUpS / maxSamples
		hidden := make([]bool, len(hiddenS))
		for i, h := range hiddenS {
			hidden[i] = h > 0
		}
		s.pictures = append(s.pictures, slices.Clone(pix))
		s.hidden = append(s.hidden, hidden)
	}
	return s.elapsedS >= warmUpS
}

// median writes each channel's median over the pictures in which the pixel was uncovered, or over all if it never was.
func (s *samples) median(out []byte) {
	values := make([]byte, 0, maxSamples)
	for i := range out {
		values = values[:0]
		for k, p := range s.pictures {
			if !s.hidden[k][i/3] {
				values = append(values, p[i])
			}
		}
		if len(values) == 0 {
			for _, p := range s.pictures {
				values = append(values, p[i])
			}
		}
		slices.Sort(values)
		out[i] = values[len(values)/2]
	}
}
