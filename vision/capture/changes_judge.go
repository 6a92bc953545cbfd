package capture

import "math"

// verdict says what made a blob new.
type verdict int

const (
	cannotTell verdict = iota // Too much of it is covered.
	came                      // A thing lies there now.
	noThing                   // A thing was taken away, or the light is another.
)

const (
	outlineStep    = 3   // Pixels from the outline at which inside and outside are compared.
	outlineVisible = 0.3 // Share of the outline that must be uncovered.
	faintest       = 6.0 // Grey levels by which the contrast must have changed on average; less is no thing.
	daylight       = 90  // Grey level of the ground from which that holds; in half the light a thing shows half the contrast.
	removalFactor  = 1.2 // So much more outline must be lost than gained where a thing was taken away. In doubt it came.
	lightResidual  = 0.4 // Share of a blob's difference that is left when the light explains it.

	darkResidual = 0.25 // The same where a shadow or water explains it, and
	darkest      = 0.3  // the least and
	palest       = 0.93 // the most share of the light that is left there,
	sameColour   = 0.15 // and by how much the colours may differ in that.

	ownStructure   = 3.0 // Of the noise's standard deviations, by which neighbours differ in a grey picture where light did not do it,
	leastStructure = 3.0 // and so many levels at least: the ground's own edges are never quite what the light alone would make of them.
)

// judge compares the contrast across the blob's outline in the picture with that in the empty ground. A background
// model alone cannot tell a thing that came from one that went or from sun on a wall: all are "new and still". Edges
// that are in both, such as those of a post in front, say nothing.
func (g *ground) judge(r region) verdict {
	faint := faintest * min(max(g.brightness(g.emptyPix, r)/daylight, 0.5), 1)
	var gained, lost float64
	outline, seen := 0, 0
	for y := r.box.Min.Y; y < r.box.Max.Y; y++ {
		for x := r.box.Min.X; x < r.box.Max.X; x++ {
			if !r.has(x, y) || r.has(x-1, y) && r.has(x+1, y) && r.has(x, y-1) && r.has(x, y+1) {
				continue
			}
			outline++
			dx, dy := r.inward(x, y)
			in, inOK := g.index(x+dx, y+dy)
			out, outOK := g.index(x-dx, y-dy)
			if !inOK || !outOK || g.hiddenS[in] > 0 || g.hiddenS[out] > 0 {
				continue
			}
			seen++
			more := contrast(g.nowPix, in, out) - contrast(g.emptyPix, in, out)
			gained += max(more, 0)
			lost += max(-more, 0)
		}
	}
	switch {
	case float64(seen) < outlineVisible*float64(outline):
		return cannotTell
	case gained < faint*float64(seen), lost > removalFactor*gained, g.onlyLight(r, gained > 3*faint*float64(seen)):
		return noThing
	default:
		return came
	}
}

// onlyLight reports whether another gain and offset make the ground look like the picture inside r.
// A plain thing on plain ground would be explained so too, but it has an outline, which light on a wall has not. A shadow
// or a puddle has one as well; but it is darker by the same share all over, in every colour, and never black. In a grey
// picture all three colours agree on anything, so a heap of rubble on grass is darker by the same share too: there, what
// is light must also show the ground's own grain and no other.
func (g *ground) onlyLight(r region, outlined bool) bool {
	var list []int
	r.each(g.size, func(i int) {
		if g.hiddenS[i] == 0 {
			list = append(list, i)
		}
	})
	if g.unrest.grey() && g.structure(r) > max(ownStructure*g.unrest.sigma, leastStructure) {
		return false
	}
	most := lightResidual
	if outlined {
		if !g.evenlyDarker(list) {
			return false
		}
		most = darkResidual
	}
	l := lightBetween(g.emptyPix, g.nowPix, list)
	raw, left := 0, 0
	for _, i := range list {
		for c := range 3 {
			raw += absDiff(g.nowPix[3*i+c], g.emptyPix[3*i+c])
			left += absDiff(g.nowPix[3*i+c], l[c][g.emptyPix[3*i+c]])
		}
	}
	return float64(left) < most*float64(raw)
}

// structure is how much neighbours inside r differ, in levels, beyond what the ground's own grain in the light that is left
// there explains. Light, shadow and water leave nearly nothing but the noise; a thing hides the ground's grain and brings
// its own. The outline is left out: there, every shadow has an edge.
func (g *ground) structure(r region) float64 {
	const apart = outlineStep
	light := g.brightness(g.nowPix, r) / max(g.brightness(g.emptyPix, r), 1)
	sum, n := 0.0, 0
	for y := r.box.Min.Y; y < r.box.Max.Y; y++ {
		for x := r.box.Min.X; x < r.box.Max.X; x++ {
			if !r.has(x, y) || !r.has(x-apart, y) || !r.has(x+apart, y) || !r.has(x, y-apart) || !r.has(x, y+apart) {
				continue
			}
			i := y*g.size.X + x
			for _, j := range [2]int{i + apart, i + apart*g.size.X} {
				if g.hiddenS[i] > 0 || g.hiddenS[j] > 0 {
					continue
				}
				now, was := int(g.nowPix[3*i+1])-int(g.nowPix[3*j+1]), int(g.emptyPix[3*i+1])-int(g.emptyPix[3*j+1])
				sum, n = sum+math.Abs(float64(now)-light*float64(was)), n+1
			}
		}
	}
	return sum / float64(max(n, 1))
}

// brightness is the mean grey level of a picture inside r.
func (g *ground) brightness(pix []byte, r region) float64 {
	sum := 0
	r.each(g.size, func(i int) {
		for c := range 3 {
			sum += int(pix[3*i+c])
		}
	})
	return float64(sum) / float64(3*r.area)
}

// evenlyDarker reports whether the listed pixels have lost about the same share of light in every colour.
func (g *ground) evenlyDarker(list []int) bool {
	var now, empty [3]float64
	for _, i := range list {
		for c := range 3 {
			now[c], empty[c] = now[c]+float64(g.nowPix[3*i+c]), empty[c]+float64(g.emptyPix[3*i+c])
		}
	}
	least, most := 1.0, 0.0
	for c := range 3 {
		ratio := now[c] / max(empty[c], 1)
		least, most = min(least, ratio), max(most, ratio)
	}
	return least > darkest && most < palest && most-least < sameColour
}

// inward is the step from an outline pixel to the inside of the region.
func (r region) inward(x, y int) (dx, dy int) {
	sx, sy := 0, 0
	for v := -outlineStep; v <= outlineStep; v++ {
		for u := -outlineStep; u <= outlineStep; u++ {
			if r.has(x+u, y+v) {
				sx, sy = sx+u, sy+v
			}
		}
	}
	length := math.Hypot(float64(sx), float64(sy))
	if length == 0 {
		return 0, 0
	}
	return int(math.Round(outlineStep * float64(sx) / length)), int(math.Round(outlineStep * float64(sy) / length))
}

func (g *ground) index(x, y int) (int, bool) {
	if x < 0 || y < 0 || x >= g.size.X || y >= g.size.Y {
		return 0, false
	}
	return y*g.size.X + x, true
}

// contrast is the largest difference of two pixels in a channel.
func contrast(pix []byte, i, j int) float64 {
	d := 0
	for k := range 3 {
		v := int(pix[3*i+k]) - int(pix[3*j+k])
		d = max(d, v, -v)
	}
	return float64(d)
}
