package capture

import "slices"

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
	var values [maxSamples]byte
	for i := range out {
		n := 0
		for k, p := range s.pictures {
			if !s.hidden[k][i/3] {
				n = insert(&values, n, p[i])
			}
		}
		if n == 0 {
			for _, p := range s.pictures {
				n = insert(&values, n, p[i])
			}
		}
		out[i] = values[n/2]
	}
}

// insert puts v in its place among the first n values, which are sorted, and returns how many there are now.
func insert(values *[maxSamples]byte, n int, v byte) int {
	at := n
	for ; at > 0 && values[at-1] > v; at-- {
		values[at] = values[at-1]
	}
	values[at] = v
	return n + 1
}
