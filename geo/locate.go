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
// A raster lies over the city. A square that no border crosses belongs to one grid as a whole, or to none, and
// answers at once; in the others an r-tree finds the grids nearby and their rings decide, by the half-open rule.
type Index struct {
	grids  []Grid // By code.
	bands  []bands
	tree   rtree.RTreeG[int32]
	raster raster
	bound  orb.Bound
}

// NewIndex builds the index of one edition's grids. It refuses grids that are not valid, crossing rings above all. That
// they do not overlap is the import's care; where they do, the smallest code owns the point.
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
	for _, g := range x.grids {
		eachSegment(g.Boundary, x.raster.cross)
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
	if owner == mixed {
		owner = x.search(p)
	}
	if owner == nobody {
		return nil, false
	}
	return &x.grids[owner], true
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
	south, scale float64 // Bands per degree.
	segments     [][][2]orb.Point
}

func newBands(polys orb.MultiPolygon, bound orb.Bound) bands {
	const perBand = 8
	count := 0
	eachSegment(polys, func(_, _ orb.Point) { count++ })
	n := 1 + count/perBand
	b := bands{south: bound.Min[1], scale: float64(n) / max(bound.Max[1]-bound.Min[1], 1e-12), segments: make([][][2]orb.Point, n+1)}
	eachSegment(polys, func(p, q orb.Point) {
		for i := b.band(min(p[1], q[1])); i <= b.band(max(p[1], q[1])); i++ {
			b.segments[i] = append(b.segments[i], [2]orb.Point{p, q})
		}
	})
	return b
}

// band never falls when the latitude rises, so a segment is in the band of every latitude between its ends.
func (b *bands) band(lat float64) int { return int((lat - b.south) * b.scale) }

// contain is ContainsHalfOpen over all rings of the grid. The point lies inside the grid's bound.
func (b *bands) contain(p orb.Point) bool {
	odd := false
	for _, s := range b.segments[min(max(b.band(p[1]), 0), len(b.segments)-1)] {
		odd = odd != crosses(s[0], s[1], p)
	}
	return odd
}

// What a square of the raster says when it does not name a grid.
const (
	nobody int32 = -1
	mixed  int32 = -2
)

// raster is a board of equal squares over the grids.
type raster struct {
	origin orb.Point
	scale  orb.Point // Squares per degree.
	side   int       // Squares per row and per column.
	cells  []int32
}

func newRaster(bound orb.Bound, grids int) raster {
	const smallest, largest = 512, 2048
	side := min(max(int(48*math.Sqrt(float64(grids))), smallest), largest)
	r := raster{origin: bound.Min, side: side, cells: make([]int32, side*side)}
	for axis := range 2 {
		r.scale[axis] = float64(side) / max(bound.Max[axis]-bound.Min[axis], 1e-12)
	}
	return r
}

// owner returns the grid of p's square, nobody, or mixed.
func (r *raster) owner(p orb.Point) int32 {
	column, row := (p[0]-r.origin[0])*r.scale[0], (p[1]-r.origin[1])*r.scale[1]
	side := float64(r.side)
	if !(column >= 0 && row >= 0 && column < side && row < side) {
		return mixed // Outside or on the last border; the r-tree answers at once where there is nothing.
	}
	return r.cells[int(row)*r.side+int(column)]
}

// cross marks every square that the segment touches, and those within a rounding error of it.
func (r *raster) cross(a, b orb.Point) {
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
			r.cells[y*r.side+x] = mixed
		}
	}
}

func (r *raster) clamp(v float64) int {
	return min(max(int(math.Floor(v)), 0), r.side-1)
}

// fill names the owner of every square that is not mixed. Squares side by side with no border between them have the
// same one, so only the first of a run is searched for.
func (r *raster) fill(search func(orb.Point) int32) {
	for y := range r.side {
		known := false
		var owner int32
		for x := range r.side {
			cell := &r.cells[y*r.side+x]
			if *cell == mixed {
				known = false
				continue
			}
			if !known {
				owner = search(orb.Point{
					r.origin[0] + (float64(x)+0.5)/r.scale[0],
					r.origin[1] + (float64(y)+0.5)/r.scale[1],
				})
				known = true
			}
			*cell = owner
		}
	}
}
