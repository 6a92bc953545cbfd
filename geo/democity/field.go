package democity

import (
	"container/heap"
	"math"
	"slices"
)

const (
	cellM   = 50.0
	wall    = 60.0 // The cost of a metre across a road or a river; open ground costs 0.5 to 3.8.
	outside = int16(-1)
	free    = int16(-2) // Inside, and nobody's yet.
)

// field is the district as a board of cells. Streets and then communities grow over it from their seeds, slowly
// through rough ground and hardly across roads and rivers: that is where their borders come to lie.
type field struct {
	west, south   float64
	width, height int
	owner         []int16
	rough         []float64 // The cost of a metre.
}

func newField(outline []xy, barriers [][]xy) *field {
	f := &field{west: math.Inf(1), south: math.Inf(1)}
	east, north := math.Inf(-1), math.Inf(-1)
	for _, p := range outline {
		f.west, f.south = min(f.west, p.x), min(f.south, p.y)
		east, north = max(east, p.x), max(north, p.y)
	}
	f.west, f.south = f.west-2*cellM, f.south-2*cellM
	f.width, f.height = int((east-f.west)/cellM)+3, int((north-f.south)/cellM)+3
	f.owner = make([]int16, f.width*f.height)
	f.rough = make([]float64, f.width*f.height)
	for y := range f.height {
		f.maskRow(y, outline)
	}
	for i := range f.rough {
		p := f.centre(i)
		f.rough[i] = 0.5 + 1.6*noise(p.times(1.0/1500), 1) + 1.2*noise(p.times(1.0/420), 2) + 0.5*noise(p.times(1.0/150), 3)
	}
	for _, line := range barriers {
		f.raise(line)
	}
	return f
}

// maskRow marks which cells of a row lie inside the outline.
func (f *field) maskRow(y int, outline []xy) {
	level := f.south + (float64(y)+0.5)*cellM
	var crossings []float64
	for i := 1; i < len(outline); i++ {
		a, b := outline[i-1], outline[i]
		if (a.y > level) != (b.y > level) {
			crossings = append(crossings, a.x+(b.x-a.x)*(level-a.y)/(b.y-a.y))
		}
	}
	slices.Sort(crossings)
	for x := range f.width {
		at := f.west + (float64(x)+0.5)*cellM
		n, _ := slices.BinarySearch(crossings, at)
		f.owner[y*f.width+x] = outside
		if n%2 == 1 {
			f.owner[y*f.width+x] = free
		}
	}
}

// raise makes the cells along a line a wall.
func (f *field) raise(line []xy) {
	for i := 1; i < len(line); i++ {
		n := int(line[i-1].distance(line[i])/(cellM/4)) + 1
		for k := range n {
			p := line[i-1].to(line[i], float64(k)/float64(n))
			for _, d := range []xy{{0, 0}, {cellM / 2, 0}, {0, cellM / 2}} { // Thick enough that no diagonal step slips through.
				if cell, ok := f.cell(p.plus(d)); ok {
					f.rough[cell] = wall
				}
			}
		}
	}
}

func (f *field) centre(cell int) xy {
	return xy{f.west + (float64(cell%f.width)+0.5)*cellM, f.south + (float64(cell/f.width)+0.5)*cellM}
}

func (f *field) cell(p xy) (int, bool) {
	x, y := int((p.x-f.west)/cellM), int((p.y-f.south)/cellM)
	return y*f.width + x, x >= 0 && y >= 0 && x < f.width && y < f.height
}

// source is where an owner begins to grow.
type source struct {
	at    xy
	owner int16
	speed float64
}

// grow gives every cell of `among` to the source that reaches it first.
func (f *field) grow(among int16, sources []source) {
	reached := make([]float64, len(f.owner))
	for i := range reached {
		reached[i] = math.Inf(1)
	}
	won := make([]int16, len(f.owner))
	speed := map[int16]float64{}
	queue := &frontier{}
	for _, s := range sources {
		speed[s.owner] = s.speed
		cell := f.nearest(s.at, among)
		reached[cell], won[cell] = 0, s.owner
		heap.Push(queue, step{0, cell})
	}
	for queue.Len() > 0 {
		now := heap.Pop(queue).(step)
		if now.cost > reached[now.cell] {
			continue
		}
		f.around(now.cell, func(next int, distance float64) {
			if f.owner[next] != among {
				return
			}
			cost := now.cost + distance*(f.rough[now.cell]+f.rough[next])/2/speed[won[now.cell]]
			if cost < reached[next] {
				reached[next], won[next] = cost, won[now.cell]
				heap.Push(queue, step{cost, next})
			}
		})
	}
	for i := range f.owner {
		if f.owner[i] == among && !math.IsInf(reached[i], 1) {
			f.owner[i] = won[i]
		}
	}
}

// around visits the eight cells around one; none is beyond the board, which has a margin.
func (f *field) around(cell int, visit func(next int, distance float64)) {
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			if next := cell + dy*f.width + dx; (dx != 0 || dy != 0) && next >= 0 && next < len(f.owner) {
				visit(next, cellM*math.Hypot(float64(dx), float64(dy)))
			}
		}
	}
}

func (f *field) nearest(p xy, among int16) int {
	if cell, ok := f.cell(p); ok && f.owner[cell] == among {
		return cell
	}
	best, at := math.Inf(1), -1
	for i, owner := range f.owner {
		if d := f.centre(i).distance(p); owner == among && d < best {
			best, at = d, i
		}
	}
	return at
}

type step struct {
	cost float64
	cell int
}

type frontier []step

func (q frontier) Len() int { return len(q) }
func (q frontier) Less(i, j int) bool {
	return q[i].cost < q[j].cost || q[i].cost == q[j].cost && q[i].cell < q[j].cell
}
func (q frontier) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *frontier) Push(s any)   { *q = append(*q, s.(step)) }
func (q *frontier) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// spread places n seeds over the cells of an owner so that each has about the same share of the people (Lloyd's method).
// In a town they live closer together near its centre.
func (f *field) spread(owner int16, n int, centre xy, town bool, seed uint64) []xy {
	var cells []xy
	for i := range f.owner {
		if f.owner[i] == owner {
			cells = append(cells, f.centre(i))
		}
	}
	people := func(p xy) float64 {
		if !town {
			return 1
		}
		far := p.distance(centre) / 3500
		return 1 / (0.15 + far*far)
	}
	seeds := make([]xy, n)
	for k := range seeds {
		seeds[k] = cells[int(random(int64(k), int64(owner), seed)*float64(len(cells)))]
	}
	weights := make([]float64, len(cells))
	for i, p := range cells {
		weights[i] = people(p)
	}
	for range 60 {
		sum, weight := make([]xy, n), make([]float64, n)
		for i, p := range cells {
			near, best := 0, math.Inf(1)
			for k, seed := range seeds {
				if d := math.Hypot(seed.x-p.x, seed.y-p.y); d < best {
					near, best = k, d
				}
			}
			w := weights[i]
			sum[near] = sum[near].plus(p.times(w))
			weight[near] += w
		}
		for k := range seeds {
			if weight[k] > 0 {
				seeds[k] = sum[k].times(1 / weight[k])
			}
		}
	}
	return seeds
}

// tidy leaves each owner in one piece: cells that hang on by a corner or not at all go to the owner around them, and
// cells that nobody reached to the nearest one.
func (f *field) tidy() {
	for range 8 {
		home := f.largestPieces()
		changed := false
		next := slices.Clone(f.owner)
		for i, owner := range f.owner {
			if owner == outside || home[i] {
				continue
			}
			for _, n := range []int{i - 1, i + 1, i - f.width, i + f.width} {
				if home[n] {
					next[i] = f.owner[n]
					changed = true
					break
				}
			}
		}
		f.owner = next
		if !changed {
			return
		}
	}
}

// largestPieces marks the cells of each owner's largest piece, cells that meet side by side.
func (f *field) largestPieces() []bool {
	piece := make([]int, len(f.owner))
	largest := map[int16][]int{}
	for start, owner := range f.owner {
		if owner < 0 || piece[start] != 0 {
			continue
		}
		cells := []int{start}
		piece[start] = start + 1
		for k := 0; k < len(cells); k++ {
			for _, n := range []int{cells[k] - 1, cells[k] + 1, cells[k] - f.width, cells[k] + f.width} {
				if f.owner[n] == owner && piece[n] == 0 {
					piece[n] = start + 1
					cells = append(cells, n)
				}
			}
		}
		if len(cells) > len(largest[owner]) {
			largest[owner] = cells
		}
	}
	home := make([]bool, len(f.owner))
	for _, cells := range largest {
		for _, cell := range cells {
			home[cell] = true
		}
	}
	return home
}
