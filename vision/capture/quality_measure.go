package capture

import (
	"image"
	"math"
	"slices"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

const (
	tinyWidth, tinyHeight  = 32, 24 // The size at which colour and the picture as a whole are compared.
	tilesAcross, tilesDown = 16, 12
	softReach              = 9    // Pixels over which a picture is blurred to see what that takes away.
	fewestEdges            = 0.25 // Grey levels that neighbours differ by on average, below which nothing has an edge to lose.
	thickest               = 5    // Pixels; what passes and is thicker is no drop and no flake.
	plainGround            = 10   // Grey levels; a pixel with larger steps to its neighbours is no plain ground.
	fewestPlain            = 0.15 // Share of a tile that must be plain ground.
	slender                = 0.3  // How much one direction outweighs the other in rain, 0 to 1. Flakes are round.
)

// light measures brightness.
func (g *Quality) light(q *vision.Quality, p vision.QualityParams) {
	var histogram [256]int
	for _, v := range g.now.grey {
		histogram[v]++
	}
	n := float64(len(g.now.grey))
	var sum, squares float64
	for v, count := range histogram {
		share := float64(count) / n
		sum += float64(v) * share
		squares += float64(v) * float64(v) * share
		if float64(v) < p.DarkLevel {
			q.Dark += share
		}
		if float64(v) > p.BrightLevel {
			q.Bright += share
		}
	}
	q.Light, q.Contrast = sum, math.Sqrt(max(squares-sum*sum, 0))
}

// chroma tells a picture without colour.
func (g *Quality) chroma(q *vision.Quality, p vision.QualityParams) error {
	tiny, err := g.tiny.DataPtrUint8()
	if err != nil {
		return err
	}
	sum := 0
	for i := 0; i+2 < len(tiny); i += 3 {
		b, green, r := tiny[i], tiny[i+1], tiny[i+2]
		sum += int(max(b, green, r)) - int(min(b, green, r))
	}
	q.Infrared = float64(sum)*3/float64(len(tiny)) < p.GreyChroma
	return nil
}

// findEdges notes how much brightness changes from pixel to pixel, in the whole and by tile. It returns the share of it
// that is also in soft, the same picture blurred: a sharp picture loses much by a blur and a blurred one little. (Crété et
// al. 2007.) A picture without edges, as of a grey sky, has none to lose and is not blurred.
func (s *sight) findEdges(soft []byte) float64 {
	w, h := s.size.X, s.size.Y
	s.edges = slices.Grow(s.edges[:0], w*h)[:w*h]
	clear(s.edges)
	s.tiles = [tilesAcross * tilesDown]float64{}
	all, lost := 0, 0
	for y := range h - 1 {
		row := s.tiles[y*tilesDown/h*tilesAcross:]
		for tile := range tilesAcross {
			from, to := (tile*w+tilesAcross-1)/tilesAcross, min(((tile+1)*w+tilesAcross-1)/tilesAcross, w-1) // Its columns.
			edges, gone := s.findEdgesIn(soft, y*w+from, y*w+max(from, to))
			all, lost = all+edges, lost+gone
			row[tile] += float64(edges)
		}
	}
	for i := range s.tiles {
		s.tiles[i] *= float64(len(s.tiles)) / float64(w*h)
	}
	if float64(all) < fewestEdges*float64(w*h) {
		return 0
	}
	return 1 - float64(lost)/float64(all)
}

// findEdgesIn is findEdges of the pixels from begin to end, of one row. The slices have all the same length, so that
// nothing is checked for each pixel.
func (s *sight) findEdgesIn(soft []byte, begin, end int) (all, lost int) {
	n, w := end-begin, s.size.X
	here, right, down := s.grey[begin:][:n], s.grey[begin+1:][:n], s.grey[begin+w:][:n]
	softHere, softRight, softDown := soft[begin:][:n], soft[begin+1:][:n], soft[begin+w:][:n]
	edges := s.edges[begin:][:n]
	for i, v := range here {
		toRight, toDown := absDiff(v, right[i]), absDiff(v, down[i])
		all += toRight + toDown
		lost += max(0, toRight-absDiff(softHere[i], softRight[i])) + max(0, toDown-absDiff(softHere[i], softDown[i]))
		edges[i] = byte(min(255, toRight+toDown))
	}
	return all, lost
}

// streaks measures how much of the plain ground thin bright things pass before, and says what they are: each frame has
// others, all over the picture. What moves in the street is thick, and the noise of a sensor is never that bright.
func (g *Quality) streaks(q *vision.Quality, p vision.QualityParams) (string, error) {
	size := g.now.size
	if g.before.size != size || len(g.before.edges) != len(g.now.grey) || !g.livens(p) {
		return "", nil
	}
	if err := g.findMarks(p.StreakLevel); err != nil {
		return "", err
	}
	marks, err := g.marks.DataPtrUint8()
	if err != nil {
		return "", err
	}
	var plain, marked [tilesAcross * tilesDown]int
	for y := range size.Y {
		row := y * tilesDown / size.Y * tilesAcross
		for x := range size.X {
			i, tile := y*size.X+x, row+x*tilesAcross/size.X
			if g.before.edges[i] > plainGround {
				continue
			}
			plain[tile]++
			if marks[i] != 0 {
				marked[tile]++
			}
		}
	}
	var shares []float64
	area := size.X * size.Y / len(plain)
	for i := range plain {
		if float64(plain[i]) >= fewestPlain*float64(area) {
			shares = append(shares, float64(marked[i])/float64(plain[i]))
		}
	}
	if len(shares) < len(plain)/4 {
		return "", nil
	}
	slices.Sort(shares)
	q.Streaks = shares[len(shares)/2] // Half of the picture has as much at least.
	if slanted(marks, size) {
		return vision.UnfitRain, nil
	}
	return vision.UnfitSnow, nil
}

// livens reports whether so much of the picture is brighter than before that streaks may be the reason: most frames have
// none, and need not be looked at closely.
func (g *Quality) livens(p vision.QualityParams) bool {
	const every = 7 // Pixels; no divisor of a width.
	brighter := 0
	for i := 0; i < len(g.now.grey); i += every {
		if float64(g.now.grey[i])-float64(g.before.grey[i]) >= p.StreakLevel {
			brighter++
		}
	}
	return float64(brighter*every) >= p.StreakShare/4*float64(len(g.now.grey))
}

// findMarks marks what is brighter than in the frame before by level at least, and thin.
func (g *Quality) findMarks(level float64) error {
	size := g.now.size
	if g.marks.Rows() != size.Y || g.marks.Cols() != size.X {
		g.marks.Close()
		g.marks = gocv.NewMatWithSize(size.Y, size.X, gocv.MatTypeCV8UC1)
	}
	marks, err := g.marks.DataPtrUint8()
	if err != nil {
		return err
	}
	least := int(max(level, noiseFactor*flicker(g.now.grey, g.before.grey)))
	for i := range marks {
		marks[i] = 0
		if int(g.now.grey[i])-int(g.before.grey[i]) >= least {
			marks[i] = 255
		}
	}
	if err := gocv.MorphologyEx(g.marks, &g.open, gocv.MorphOpen, g.kernel); err != nil {
		return err
	}
	return gocv.Subtract(g.marks, g.open, &g.marks)
}

// noiseFactor is how many standard deviations of the noise a mark must be brighter.
const noiseFactor = 4

// flicker is the standard deviation by which pixels differ from one frame to the next where nothing happens. It is taken
// from the quarter that differs least, so that not even a cloudburst counts as noise.
func flicker(now, before []byte) float64 {
	var histogram [256]int
	for i := range now {
		histogram[absDiff(now[i], before[i])]++
	}
	below := 0
	for v, count := range histogram {
		if below += count; 4*below >= len(now) {
			return float64(v) / 0.3186 // That quarter of a normal distribution's absolute value.
		}
	}
	return 0
}

// slanted reports whether the marks are long and lie in one direction, as rain does in a picture, rather than round.
func slanted(marks []byte, size image.Point) bool {
	var xx, yy, xy float64
	for y := 1; y < size.Y-1; y++ {
		for x := 1; x < size.X-1; x++ {
			i := y*size.X + x
			right, down := int(marks[i+1])-int(marks[i-1]), int(marks[i+size.X])-int(marks[i-size.X])
			xx += float64(right * right)
			yy += float64(down * down)
			xy += float64(right * down)
		}
	}
	return math.Hypot(xx-yy, 2*xy) > slender*(xx+yy)
}
