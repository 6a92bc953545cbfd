package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
)

// Index answers which grid of one edition a point belongs to. It is immutable and safe for many goroutines.
//
// A raster lies over the city. A square that no border crosses belongs to one grid as a whole, or to none, and answers at
// once; in the others the rings of the grids whose borders cross it decide, by the half-open rule.
type Index struct {
	grids  []Grid // By code.
	bands  []bands
	tree   rtree.RTreeG[int32]
	raster raster
	bound  orb.Bound
}

// NewIndex builds the index of one edition's grids. It refuses grids that are not valid, crossing rings above all. That
// they do not overlap is the import's care; where two do, one of them owns the point all the same.
func NewIndex(grids []Grid) (*Index, error) {
	x := &Index{grids: slices.Clone(grids)}
	slices.SortStableFunc(x.grids, func(a, b Grid) int { return cmp.Compare(a.Code, b.Code) })
	for i, g := range x.grids {
		if err := g.Validate(); err != nil {
			return nil, under(g.label(), err)
		}
		b := g.Boundary.Bound()
		x.bands = append(x.bands, newBands(g.Boundary, b))
		x.tree.Insert(b.Min, b.Max, int32(i))
		if i == 0 {
			x.bound = b
		}
		x.bound = x.bound.Union(b)
	}
	x.raster = newRaster(x.bound, len(x.grids))
	for i, g := range x.grids {
		eachSegment(g.Boundary, func(a, b orb.Point) { x.raster.cross(a, b, int32(i)) })
	}
	x.raster.fill(x.search)
	return x, nil
}

// Len is the number of grids.
func (x *Index) Len() int { return len(x.grids) }

// Locate returns the one grid that p belongs to, by the half-open rule of ContainsHalfOpen. The grid is shared: do not
// change it.
func (x *Index) Locate(p orb.Point) (*Grid, bool) {
	owner := x.raster.owner(p)
	if owner <= mixed {
		owner = x.among(owner, p)
	}
	if owner == nobody {
		return nil, false
	}
	return &x.grids[owner], true
}

// among finds the owner in a square that borders cross.
func (x *Index) among(square int32, p orb.Point) int32 {
	for n := mixed - square; n > 0; {
		c := x.raster.crossed[n]
		if x.bands[c.grid].contain(p) {
			return c.grid
		}
		n = c.next
	}
	return x.search(p)
}

// search finds the owner by r-tree and rings alone.
func (x *Index) search(p orb.Point) int32 {
	owner := nobody
	x.tree.Search(p, p, func(_, _ [2]float64, i int32) bool {
		if (owner == nobody || i < owner) && x.bands[i].contain(p) {
			owner = i
		}
		return true
	})
	return owner
}

func eachSegment(polys orb.MultiPolygon, visit func(a, b orb.Point)) {
	for _, poly := range polys {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				visit(ring[i-1], ring[i])
			}
		}
	}
}

// bands are the segments of one grid by latitude, so that a point is compared with those at its height alone.
type bands struct {
	south, scale float64     // Bands per degree.
	points       []orb.Point // Of all rings, one after the other.
	segments     []int32     // By band, the point at which each begins; the next one ends it.
	first        []int32     // Where each band begins, and where the last one ends.
}

func newBands(polys orb.MultiPolygon, bound orb.Bound) bands {
	const perBand = 8
	b := bands{south: bound.Min[1], points: polys[0][0]}
	if len(polys) > 1 || len(polys[0]) > 1 {
		b.points = nil
		for _, poly := range polys {
			for _, ring := range poly {
				b.points = append(b.points, ring...)
			}
		}
	}
	n := 1 + len(b.points)/perBand
	b.scale = float64(n) / max(bound.Max[1]-bound.Min[1], 1e-12)
	b.first = make([]int32, n+2)
	b.eachInBand(polys, func(band int, _ int32) { b.first[band+1]++ })
	for i := range n + 1 {
		b.first[i+1] += b.first[i]
	}
	b.segments = make([]int32, b.first[n+1])
	filled := slices.Clone(b.first)
	b.eachInBand(polys, func(band int, segment int32) {
		b.segments[filled[band]] = segment
		filled[band]++
	})
	return b
}

// eachInBand visits each segment of the rings once for each band that it reaches into.
func (b *bands) eachInBand(polys orb.MultiPolygon, visit func(band int, segment int32)) {
	at := 0
	for _, poly := range polys {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				low, high := ring[i-1][1], ring[i][1]
				for band := b.band(min(low, high)); band <= b.band(max(low, high)); band++ {
					visit(band, int32(at+i-1))
				}
			}
			at += len(ring)
		}
	}
}

// band never falls when the latitude rises, so a segment is in the band of every latitude between its ends.
func (b *bands) band(lat float64) int { return int((lat - b.south) * b.scale) }

// contain is ContainsHalfOpen over all rings of the grid, for any point.
func (b *bands) contain(p orb.Point) bool {
	band := min(max(b.band(p[1]), 0), len(b.first)-2)
	odd := false
	for _, i := range b.segments[b.first[band]:b.first[band+1]] {
		odd = odd != crosses(b.points[i], b.points[i+1], p)
	}
	return odd
}

// What a square of the raster says when it does not name a grid: nobody's, mixed, or below mixed by the number of the
// first border that crosses it.
const (
	nobody int32 = -1
	mixed  int32 = -2
)

// raster is a board of equal squares over the grids.
type raster struct {
	origin  orb.Point
	scale   orb.Point // Squares per degree.
	side    int       // Squares per row and per column.
	cells   []int32
	crossed []crossed // From 1 on.
}

// crossed is a grid whose border crosses a square, and the number of the next such grid of the square; 0 after the last.
type crossed struct{ grid, next int32 }

func newRaster(bound orb.Bound, grids int) raster {
	const perGrid, smallest, largest = 24, 512, 4096
	side := min(max(int(perGrid*math.Sqrt(float64(grids))), smallest), largest)
	r := raster{origin: bound.Min, side: side, cells: make([]int32, side*side), crossed: make([]crossed, 1)}
	for axis := range 2 {
		r.scale[axis] = float64(side) / max(bound.Max[axis]-bound.Min[axis], 1e-12)
	}
	return r
}

// owner returns the grid of p's square, nobody, or mixed and below.
func (r *raster) owner(p orb.Point) int32 {
	column, row := (p[0]-r.origin[0])*r.scale[0], (p[1]-r.origin[1])*r.scale[1]
	side := float64(r.side)
	if !(column >= 0 && row >= 0 && column < side && row < side) {
		return mixed // Outside or on the last border; the r-tree answers at once where there is nothing.
	}
	return r.cells[int(row)*r.side+int(column)]
}

// cross marks every square that a grid's segment touches, and those within a rounding error of it.
func (r *raster) cross(a, b orb.Point, grid int32) {
	const margin = 1e-6 // Of a square: far above rounding, far below what costs speed.
	if a[1] > b[1] {
		a, b = b, a
	}
	column := func(lon float64) float64 { return (lon - r.origin[0]) * r.scale[0] }
	row := func(lat float64) float64 { return (lat - r.origin[1]) * r.scale[1] }
	ax, ay, bx, by := column(a[0]), row(a[1]), column(b[0]), row(b[1])
	for y := r.clamp(ay - margin); y <= r.clamp(by+margin); y++ {
		lo, hi := ax, bx // Where the segment is while it is inside this row.
		if by-ay > margin {
			at := func(level float64) float64 {
				return ax + (bx-ax)*min(max((level-ay)/(by-ay), 0), 1)
			}
			lo, hi = at(float64(y)-margin), at(float64(y+1)+margin)
		}
		if lo > hi {
			lo, hi = hi, lo
		}
		for x := r.clamp(lo - margin); x <= r.clamp(hi+margin); x++ {
			r.note(&r.cells[y*r.side+x], grid)
		}
	}
}

// note adds a grid to those that cross a square. Grids come one after the other.
func (r *raster) note(cell *int32, grid int32) {
	next := int32(len(r.crossed))
	if *cell >= mixed {
		*cell = mixed - next
	} else {
		n := mixed - *cell
		for r.crossed[n].next > 0 {
			n = r.crossed[n].next
		}
		if r.crossed[n].grid == grid {
			return
		}
		r.crossed[n].next = next
	}
	r.crossed = append(r.crossed, crossed{grid: grid})
}

func (r *raster) clamp(v float64) int {
	return min(max(int(math.Floor(v)), 0), r.side-1)
}

// fill names the owner of every square that no border crosses. Squares that lie side by side have the same one, so only
// the first of each patch is searched for.
func (r *raster) fill(search func(orb.Point) int32) {
	for y := range r.side {
		for x := range r.side {
			n := y*r.side + x
			switch {
			case r.cells[n] <= mixed:
			case x > 0 && r.cells[n-1] > mixed:
				r.cells[n] = r.cells[n-1]
			case y > 0 && r.cells[n-r.side] > mixed:
				r.cells[n] = r.cells[n-r.side]
			default:
				r.cells[n] = search(orb.Point{
					r.origin[0] + (float64(x)+0.5)/r.scale[0],
					r.origin[1] + (float64(y)+0.5)/r.scale[1],
				})
			}
		}
	}
}
