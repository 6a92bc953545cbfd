package vision

import (
	"fmt"
	"math"
	"slices"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// maxMasks and maxMaskCorners bound what is drawn into every frame.
const (
	maxMasks       = 64
	maxMaskCorners = 200
)

// ValidMasks returns the first rule that the view's masks break.
func (v View) ValidMasks() error {
	if len(v.Masks) > maxMasks {
		return geo.Invalid("masks", "must be %d at most, not %d", maxMasks, len(v.Masks))
	}
	for i, mask := range v.Masks {
		if len(mask) < 3 || len(mask) > maxMaskCorners {
			return geo.Invalid(fmt.Sprintf("masks[%d]", i), "must have 3 to %d corners, not %d", maxMaskCorners, len(mask))
		}
		for j, p := range mask {
			if !(p[0] >= 0 && p[0] <= 1 && p[1] >= 0 && p[1] <= 1) {
				return geo.Invalid(fmt.Sprintf("masks[%d][%d]", i, j), "must lie in 0..1, not at %v", p)
			}
		}
	}
	return nil
}

// Masks are those of all views of the camera. A frame comes before anybody knows which view it shows, so all of them are
// black in each.
func (c Camera) Masks() []orb.Ring {
	masks := slices.Clone(c.View.Masks)
	for _, v := range c.Views {
		if v.ID != c.View.ID {
			masks = append(masks, v.Masks...)
		}
	}
	return masks
}

// Blacken makes every pixel black that a mask touches, if only with an edge. Where an outline crosses itself, every part
// that it goes round is covered.
func Blacken(img Image, masks []orb.Ring) {
	size, pixels := img.Size(), img.BGR()
	if len(pixels) < 3*size.X*size.Y {
		return // Closed: there is nothing to see.
	}
	for _, mask := range masks {
		for y := range size.Y {
			row := pixels[3*size.X*y : 3*size.X*(y+1)]
			for _, s := range spans(mask, float64(y)/float64(size.Y), float64(y+1)/float64(size.Y)) {
				from := max(0, int(math.Floor(s[0]*float64(size.X)))-1)
				to := min(size.X, int(math.Ceil(s[1]*float64(size.X)))+1)
				if from < to {
					clear(row[3*from : 3*to])
				}
			}
		}
	}
}

// spans are the stretches of x that the mask covers between two heights: what lies inside halfway down, and what its edges
// touch anywhere between.
func spans(mask orb.Ring, top, bottom float64) (covered [][2]float64) {
	type crossing struct {
		x    float64
		turn int
	}
	var crossings []crossing
	middle := (top + bottom) / 2
	for i, a := range mask {
		b := mask[(i+1)%len(mask)]
		low, high := a, b
		if low[1] > high[1] {
			low, high = high, low
		}
		if high[1] < top || low[1] > bottom {
			continue
		}
		at := func(y float64) float64 {
			if high[1] == low[1] {
				return low[0]
			}
			return low[0] + (high[0]-low[0])*(y-low[1])/(high[1]-low[1])
		}
		from, to := at(max(top, low[1])), at(min(bottom, high[1]))
		if high[1] == low[1] {
			from, to = low[0], high[0]
		}
		covered = append(covered, [2]float64{min(from, to), max(from, to)})
		if low[1] <= middle && middle < high[1] {
			turn := 1
			if a[1] > b[1] {
				turn = -1
			}
			crossings = append(crossings, crossing{at(middle), turn})
		}
	}
	slices.SortFunc(crossings, func(a, b crossing) int {
		switch {
		case a.x < b.x:
			return -1
		case a.x > b.x:
			return 1
		}
		return 0
	})
	winding := 0
	for i, c := range crossings {
		if winding += c.turn; winding != 0 && i+1 < len(crossings) {
			covered = append(covered, [2]float64{c.x, crossings[i+1].x})
		}
	}
	return covered
}
