package capture

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"

	"gocv.io/x/gocv"
)

// clipFrames is the length of vtest.avi.
const clipFrames = 795

// An extra is a person of the clip who can be followed alone for some seconds: in frame Seed the person is at the
// given pixel; from there the person is followed back to From and on to Until.
type extra struct {
	name              string
	from, seed, until int
	at                image.Point
}

// extras are chosen by eye: nobody else touches them, and nothing stands in front.
var extras = []extra{
	{"walks left", 230, 240, 268, image.Pt(682, 325)},
	{"walks right", 373, 380, 401, image.Pt(587, 318)},
	{"stands", 547, 570, 583, image.Pt(656, 359)},
	{"woman walks left", 424, 430, 454, image.Pt(704, 324)},
}

// cutout is one person cut out of one frame.
type cutout struct {
	box    image.Rectangle // Of the picture in the frame.
	pix    []byte          // BGR.
	alpha  []byte
	footX  float64 // Where the person stands, smoothed over time.
	footY  float64
	height float64 // In pixels, by the camera's geometry at the foot.
}

const (
	plateEvery = 32 // Every so many frames one counts for the empty plate.
	personDiff = 26 // Grey levels by which a person differs from the plate, at least.
	personGap  = 3  // Gaps up to this many pixels do not split a person.
	maxStride  = 24 // Pixels that a person moves between two frames, at most.

	personReach = 110 // Pixels around a person's middle in which all of the person is seen.
	largestHole = 60  // Pixels.
)

func newStagehand(ctx context.Context, path string) (*stagehand, error) {
	h := &stagehand{people: map[string][]cutout{}}
	var samples [][]byte
	kept := map[int][]byte{}
	err := eachClipFrame(ctx, path, func(n int, _ gocv.Mat, pix []byte) error {
		h.frames++
		if n%plateEvery == 0 {
			samples = append(samples, slices.Clone(pix))
		}
		for _, e := range extras {
			if n >= e.from && n <= e.until {
				kept[n] = slices.Clone(pix)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if h.plate, err = medianOf(samples, sceneSize); err != nil {
		return nil, err
	}
	for _, e := range extras {
		if h.people[e.name], err = h.follow(e, kept); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// medianOf is the picture of each channel's median, by OpenCV's smaller and larger of two pictures: the smallest is
// brought to the front, then the next, until the middle one is found.
func medianOf(pictures [][]byte, size image.Point) ([]byte, error) {
	mats := make([]gocv.Mat, len(pictures))
	spare := gocv.NewMat()
	defer func() {
		spare.Close()
		for _, m := range mats {
			m.Close()
		}
	}()
	for i, p := range pictures {
		mats[i] = gocv.NewMatWithSize(size.Y, size.X, gocv.MatTypeCV8UC3)
		pix, err := mats[i].DataPtrUint8()
		if err != nil {
			return nil, err
		}
		copy(pix, p)
	}
	middle := len(mats) / 2
	for i := 0; i <= middle; i++ {
		for j := i + 1; j < len(mats); j++ {
			if err := errors.Join(gocv.Min(mats[i], mats[j], &spare), gocv.Max(mats[i], mats[j], &mats[j])); err != nil {
				return nil, err
			}
			mats[i], spare = spare, mats[i]
		}
	}
	return mats[middle].ToBytes(), nil
}

// follow cuts e out of every frame, in the order of time.
func (h *stagehand) follow(e extra, frames map[int][]byte) ([]cutout, error) {
	cuts := make([]cutout, e.until-e.from+1)
	for _, step := range []int{-1, 1} {
		at := e.at
		for n := e.seed; n >= e.from && n <= e.until; n += step {
			r, err := h.personAt(frames[n], at)
			if err != nil {
				return nil, fmt.Errorf("the person who %q is lost in frame %d: %w", e.name, n, err)
			}
			cuts[n-e.from] = cut(frames[n], r)
			at = r.box.Min.Add(r.box.Max).Div(2)
		}
	}
	steady(cuts)
	return cuts, nil
}

// personAt is the region that departs from the plate nearest to a pixel.
func (h *stagehand) personAt(pix []byte, at image.Point) (region, error) {
	var best region
	nearest := math.Inf(1)
	around := image.Rectangle{Min: at, Max: at}.Inset(-personReach)
	regions, err := h.foreign(pix, around)
	if err != nil {
		return region{}, err
	}
	for _, r := range regions {
		centre := r.box.Min.Add(r.box.Max).Div(2)
		if d := math.Hypot(float64(centre.X-at.X), float64(centre.Y-at.Y)); d < nearest {
			best, nearest = r, d
		}
	}
	if nearest > maxStride {
		return region{}, fmt.Errorf("nobody at %v", at)
	}
	return best, nil
}

// foreign lists the regions of a part of a frame that are not the empty plate, people mostly.
func (h *stagehand) foreign(pix []byte, within image.Rectangle) ([]region, error) {
	mask := gocv.NewMatWithSize(sceneSize.Y, sceneSize.X, gocv.MatTypeCV8UC1)
	defer mask.Close()
	m, err := mask.DataPtrUint8()
	if err != nil {
		return nil, err
	}
	clear(m)
	within = within.Intersect(image.Rectangle{Max: sceneSize})
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for i := y*sceneSize.X + within.Min.X; i < y*sceneSize.X+within.Max.X; i++ {
			if departs(pix[3*i:3*i+3], h.plate[3*i:3*i+3]) {
				m[i] = 255
			}
		}
	}
	kernel := gocv.GetStructuringElement(gocv.MorphEllipse, image.Pt(personGap, personGap))
	defer kernel.Close()
	for _, how := range []gocv.MorphType{gocv.MorphOpen, gocv.MorphClose, gocv.MorphClose} {
		if err := gocv.MorphologyEx(mask, &mask, how, kernel); err != nil {
			return nil, err
		}
	}
	const smallest = 300
	var found []region
	for i, v := range m {
		if v == 0 {
			continue
		}
		if members := flood(m, sceneSize, i); len(members) >= smallest {
			found = append(found, regionOf(members, sceneSize).filled())
		}
	}
	return found, nil
}

// departs reports whether a pixel shows something else than the plate. The same colour, only darker, is a shadow.
func departs(p, plate []byte) bool {
	if max(absDiff(p[0], plate[0]), absDiff(p[1], plate[1]), absDiff(p[2], plate[2])) <= personDiff {
		return false
	}
	darkest, lightest := 2.0, 0.0
	for c := range 3 {
		ratio := float64(p[c]+1) / float64(plate[c]+1)
		darkest, lightest = min(darkest, ratio), max(lightest, ratio)
	}
	return darkest < 0.5 || lightest > 1 || lightest-darkest > 0.12
}

// filled is r without small holes: pixels that the outside does not reach belong to it, such as a face as grey as the road.
func (r region) filled() region {
	w, h := r.box.Dx()+2, r.box.Dy()+2
	open := make([]byte, w*h) // With a margin of one, so that the outside is connected.
	for i := range open {
		x, y := i%w-1, i/w-1
		if !r.has(r.box.Min.X+x, r.box.Min.Y+y) {
			open[i] = 255
		}
	}
	var enclosed [][]int
	for i, v := range open {
		if v == 0 {
			continue
		}
		if hole := floodSides(open, w, i); i > 0 { // The first is the outside.
			enclosed = append(enclosed, hole)
		}
	}
	out := region{box: r.box, mask: slices.Clone(r.mask), area: r.area}
	for _, hole := range enclosed {
		if len(hole) > largestHole {
			continue // The road between two legs.
		}
		for _, i := range hole {
			out.mask[(i/w-1)*r.box.Dx()+i%w-1] = true
			out.area++
		}
	}
	return out
}

// floodSides lists the pixels that are connected to start by their sides, and clears them.
func floodSides(pix []byte, w, start int) []int {
	members := []int{start}
	pix[start] = 0
	for k := 0; k < len(members); k++ {
		i := members[k]
		for _, j := range [4]int{i - w, i + w, i - 1, i + 1} {
			sameRow := j/w == i/w || j == i-w || j == i+w
			if j >= 0 && j < len(pix) && sameRow && pix[j] != 0 {
				pix[j] = 0
				members = append(members, j)
			}
		}
	}
	return members
}

// cut takes r out of the frame, with a soft edge.
func cut(pix []byte, r region) cutout {
	const margin = 3
	c := cutout{box: r.box.Inset(-margin).Intersect(image.Rectangle{Max: sceneSize})}
	c.pix = crop(pix, sceneSize, c.box)
	w := c.box.Dx()
	c.alpha = make([]byte, w*c.box.Dy())
	var sumX, mass float64
	for k := range c.alpha {
		x, y := c.box.Min.X+k%w, c.box.Min.Y+k/w
		in := 0
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				if r.has(x+dx, y+dy) {
					in++
				}
			}
		}
		c.alpha[k] = byte(in * 255 / 9)
		if r.has(x, y) {
			sumX, mass = sumX+float64(x), mass+1
		}
	}
	c.footX, c.footY = sumX/mass, float64(r.box.Max.Y)

	return c
}

// steady smooths the feet over time, by a line through the neighbours so that a walk's ends do not lag, and measures the
// people there.
func steady(cuts []cutout) {
	const reach = 4
	raw := slices.Clone(cuts)
	for i := range cuts {
		first, last := max(i-reach, 0), min(i+reach, len(raw)-1)
		cuts[i].footX = onLine(first, last, i, func(k int) float64 { return raw[k].footX })
		cuts[i].footY = onLine(first, last, i, func(k int) float64 { return raw[k].footY })
		cuts[i].height, _ = upright(cuts[i].footX, cuts[i].footY)
	}
}

// onLine is the value at i of the straight line nearest to f over first..last.
func onLine(first, last, i int, f func(int) float64) float64 {
	var n, sk, sv, skk, skv float64
	for k := first; k <= last; k++ {
		x, v := float64(k-i), f(k)
		n, sk, sv, skk, skv = n+1, sk+x, sv+v, skk+x*x, skv+x*v
	}
	return (sv*skk - sk*skv) / (n*skk - sk*sk)
}
