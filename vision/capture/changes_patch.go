package capture

import (
	"cmp"
	"image"
	"math"
	"slices"
	"time"
)

// change is one lasting change. When it is confirmed, the pictures of its place before and after are frozen, with a ring
// of ground around them from which the light is told; from then on they decide whether it is still there.
type change struct {
	region
	id            int64
	openedS       float64         // When it was found, on the finder's own clock; long ago after a restart.
	since         time.Time       // When it came to lie there, on the frames' clock.
	patch         image.Rectangle // Extent of the two pictures: the region's box and its ring.
	before, after []byte          // BGR, row by row over patch.
	score         float64         // How clearly the two differ, 0..1.
	goneS         float64         // Seconds for which the place has looked as before.
	adaptS        float64         // Seconds since after last followed the picture.
}

const (
	ringWidth   = 8    // Of the ground around a change, pixels.
	minVisible  = 0.35 // Share of a change that must be uncovered to say anything about it.
	minRing     = 40   // Ring pixels from which the light can be told,
	maxRing     = 600  // and so many are enough.
	adaptEveryS = 1.0  // How often after moves one grey level towards the picture.
	pixelCap    = 60   // More difference in one pixel says no more.
	weakGone    = 0.2  // What a place that looks more like before than like after, but not quite so, counts for.
)

func newChange(g *ground, id int64, r region, at float64, since time.Time) *change {
	ch := &change{id: id, openedS: at, since: since}
	ch.cut(g, r)
	return ch
}

// cut freezes the pictures of r. Where a mover covers the place, the pixels of the earlier after picture stay.
func (ch *change) cut(g *ground, r region) {
	old := *ch
	ch.region = r
	ch.patch = r.box.Inset(-ringWidth).Intersect(image.Rectangle{Max: g.size})
	ch.before = crop(g.emptyPix, g.size, ch.patch)
	ch.after = crop(g.nowPix, g.size, ch.patch)
	for k := range ch.pixels() {
		if p := ch.point(k); g.hiddenS[p.Y*g.size.X+p.X] > 0 && p.In(old.patch) {
			o := old.index(p)
			copy(ch.after[3*k:3*k+3], old.after[3*o:3*o+3])
		}
	}
	ch.rate()
}

// rate sets the score from how much the two pictures differ per pixel; at faintScore levels it is one half.
func (ch *change) rate() {
	const faintScore = 15
	mean := ch.difference(ch.before, ch.after, ch.mine()) / float64(ch.area)
	ch.score = mean / (mean + faintScore)
}

// grow adds what came to lie beside it.
func (ch *change) grow(g *ground, r region) { ch.cut(g, ch.union(r)) }

func (ch *change) bounds() image.Rectangle { return ch.box }

// pixels is the number of pixels of the patch.
func (ch *change) pixels() int { return ch.patch.Dx() * ch.patch.Dy() }

func (ch *change) point(k int) image.Point {
	w := ch.patch.Dx()
	return ch.patch.Min.Add(image.Pt(k%w, k/w))
}

func (ch *change) index(p image.Point) int {
	return (p.Y-ch.patch.Min.Y)*ch.patch.Dx() + p.X - ch.patch.Min.X
}

// mine lists the patch's pixels that belong to the change.
func (ch *change) mine() []int {
	var list []int
	for k := range ch.pixels() {
		if p := ch.point(k); ch.has(p.X, p.Y) {
			list = append(list, k)
		}
	}
	return list
}

// look compares the place with both pictures in today's light. Nearer to before: it goes. Nearer to after: it is still
// there, and after follows slowly. Covered, or like neither: unknown, and nothing changes.
func (ch *change) look(g *ground, step float64) {
	var body, ring []int
	for k := range ch.pixels() {
		p := ch.point(k)
		i := p.Y*g.size.X + p.X
		switch {
		case g.hiddenS[i] > 0:
		case ch.has(p.X, p.Y):
			body = append(body, k)
		case !g.owned[i]:
			ring = append(ring, k)
		}
	}
	if float64(len(body)) < minVisible*float64(ch.area) {
		return
	}
	now := crop(g.nowPix, g.size, ch.patch)
	some := thinned(ring, maxRing)
	before := lightBetween(ch.before, now, some).on(ch.before)
	after := lightBetween(ch.after, now, some).on(ch.after)
	whole := ch.difference(before, after, body)
	if whole == 0 {
		return
	}
	fromBefore := ch.difference(now, before, body) / whole
	fromAfter := ch.difference(now, after, body) / whole
	switch {
	case fromBefore < 0.5 && fromBefore < 0.6*fromAfter:
		ch.goneS += step
	case fromAfter > 0.7 && fromBefore < 0.8*fromAfter:
		ch.goneS += weakGone * step
	case fromAfter < 0.7 && fromAfter < fromBefore:
		ch.goneS = max(ch.goneS-fallFactor*step, 0)
		ch.adapt(now, body, ring, step)
	}
}

// thinned is at most n of the list, spread evenly.
func thinned(list []int, n int) []int {
	if len(list) <= n {
		return list
	}
	out := make([]int, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}

// adapt lets after follow slow changes of the light, one grey level at a time.
func (ch *change) adapt(now []byte, body, ring []int, step float64) {
	if ch.adaptS += step; ch.adaptS < adaptEveryS {
		return
	}
	ch.adaptS = 0
	for _, list := range [][]int{body, ring} {
		for _, k := range list {
			for i := 3 * k; i < 3*k+3; i++ {
				switch {
				case ch.after[i] < now[i]:
					ch.after[i]++
				case ch.after[i] > now[i]:
					ch.after[i]--
				}
			}
		}
	}
}

// difference sums how two pictures of the patch differ in colour and in gradient over the listed pixels.
func (ch *change) difference(a, b []byte, list []int) float64 {
	w, h := ch.patch.Dx(), ch.patch.Dy()
	sum := 0
	for _, k := range list {
		colour := 0
		for i := 3 * k; i < 3*k+3; i++ {
			colour = max(colour, absDiff(a[i], b[i]))
		}
		sum += min(colour, pixelCap)
		if x, y := k%w, k/w; x == 0 || y == 0 || x == w-1 || y == h-1 {
			continue
		}
		gradient := 0
		for _, d := range [2]int{1, w} {
			ga := int(a[3*(k+d)+1]) - int(a[3*(k-d)+1]) // Green stands for brightness.
			gb := int(b[3*(k+d)+1]) - int(b[3*(k-d)+1])
			gradient += max(ga-gb, gb-ga)
		}
		sum += min(gradient, pixelCap)
	}
	return float64(sum)
}

func absDiff(a, b byte) int {
	d := int(a) - int(b)
	return max(d, -d)
}

func crop(pix []byte, size image.Point, r image.Rectangle) []byte {
	out := make([]byte, 0, 3*r.Dx()*r.Dy())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		out = append(out, pix[3*(y*size.X+r.Min.X):3*(y*size.X+r.Max.X)]...)
	}
	return out
}

// light maps the grey levels of an old picture to those of today, per channel.
type light [3][256]byte

// lightBetween fits gain and offset from old to now over the listed pixels. Pixels that do not fit the rest, because
// something else came to lie there, are left out. With too few pixels the light is taken for the same.
func lightBetween(old, now []byte, list []int) *light {
	var l light
	for c := range l {
		gain, offset := 1.0, 0.0
		if len(list) >= minRing {
			gain, offset = fit(old, now, list, c)
			gain, offset = fit(old, now, fitting(old, now, list, c, gain, offset), c)
		}
		for v := range l[c] {
			l[c][v] = byte(min(max(gain*float64(v)+offset+0.5, 0), 255))
		}
	}
	return &l
}

// fitting is the half of the pixels that a gain and offset explain best.
func fitting(old, now []byte, list []int, c int, gain, offset float64) []int {
	miss := func(k int) float64 { return math.Abs(gain*float64(old[3*k+c]) + offset - float64(now[3*k+c])) }
	best := slices.Clone(list)
	slices.SortFunc(best, func(i, j int) int { return cmp.Compare(miss(i), miss(j)) })
	return best[:(len(best)+1)/2]
}

// fit is the line nearest to the pixels. Where these are of one colour, the gain is that of their mean.
func fit(old, now []byte, list []int, c int) (gain, offset float64) {
	var n, so, sn, soo, son float64
	for _, k := range list {
		o, v := float64(old[3*k+c]), float64(now[3*k+c])
		n, so, sn, soo, son = n+1, so+o, sn+v, soo+o*o, son+o*v
	}
	meanOld, meanNow := so/n, sn/n
	const stiffness = 400 // Variance, in squared grey levels, from which the pixels themselves decide the gain.
	whole := min(max(meanNow/max(meanOld, 1), 0.4), 2.5)
	variance, covariance := soo/n-meanOld*meanOld, son/n-meanOld*meanNow
	gain = min(max((covariance+stiffness*whole)/(variance+stiffness), 0.3), 3)
	return gain, meanNow - gain*meanOld
}

func (l *light) on(pix []byte) []byte {
	out := make([]byte, len(pix))
	for i, v := range pix {
		out[i] = l[i%3][v]
	}
	return out
}
