package geo

import (
	"cmp"
	"slices"
	"sync"

	"github.com/tidwall/rtree"
)

// sheet is shapes with their properties, ready to be drawn in tiles. It is immutable and safe for many goroutines.
type sheet struct {
	layer  string
	keys   []string
	tags   [][]int32 // Of each shape, the value of each key.
	values []mvtValue
	codes  []string
	mesh   *mesh
	tree   rtree.RTreeGN[uint32, int32]
}

// newSheet makes a sheet of shapes with the properties that each has by the keys. The first key is the shape's code.
func newSheet(layer string, keys []string, shapes []worldShape, properties func(shape int) []mvtValue) *sheet {
	s := &sheet{layer: layer, keys: keys, mesh: newMesh(shapes), tags: make([][]int32, len(shapes)), codes: make([]string, len(shapes))}
	known := map[mvtValue]int32{}
	for i := range shapes {
		own := properties(i)
		s.codes[i] = own[0].(string)
		for _, value := range own {
			n, there := known[value]
			if !there {
				n = int32(len(s.values))
				known[value] = n
				s.values = append(s.values, value)
			}
			s.tags[i] = append(s.tags[i], n)
		}
	}
	for _, i := range s.mesh.byPlace() {
		box := s.mesh.shapes[i]
		s.tree.Insert([2]uint32{box.west, box.north}, [2]uint32{box.east, box.south}, i)
	}
	return s
}

// pens are what a tile is drawn with, kept for the next.
var pens = sync.Pool{New: func() any { return new(pen) }}

type pen struct {
	brush  brush
	layer  mvtLayer
	shapes []int32
}

// tile draws one square, with the shapes that may be seen; nil shows all.
func (s *sheet) tile(z, x, y int, seen map[string]bool) []byte {
	p := pens.Get().(*pen)
	defer pens.Put(p)
	p.shapes = p.shapes[:0]
	low, high := squareOf(z, x, y)
	s.tree.Search(low, high, func(_, _ [2]uint32, i int32) bool {
		if seen == nil || seen[s.codes[i]] {
			p.shapes = append(p.shapes, i)
		}
		return true
	})
	slices.Sort(p.shapes)
	p.layer.reset()
	p.brush.begin(s.mesh, z, x, y)
	for _, i := range p.shapes {
		p.brush.draw(int(i))
		p.layer.feature(&p.brush, s.tags[i], s.values)
	}
	return p.layer.tile(s.layer, s.keys)
}

// squareOf is what a tile shows of the world, with its buffer.
func squareOf(z, x, y int) (low, high [2]uint32) {
	const more = buffer + 1
	from, to := pixel{x*extent - more, y*extent - more}, pixel{(x+1)*extent + more, (y+1)*extent + more}
	world := func(units int) uint32 {
		if shift := 32 - extentBits - z; shift >= 0 {
			units <<= shift
		} else {
			units >>= -shift
		}
		return uint32(min(max(units, 0), 1<<32-1))
	}
	return [2]uint32{world(from.x), world(from.y)}, [2]uint32{world(to.x), world(to.y)}
}

// Chart is one edition's grids as tiles show them, near and from afar. It is immutable and safe for many goroutines.
type Chart struct {
	near *sheet
	far  *sheet // The same as near, where that is few enough to be seen from afar.
}

const (
	// farZoom is the first zoom that always shows grids by themselves. Below it, a net of more than mostFar grids is shown
	// by what they make up: the finest of communities, streets and districts of which there are no more than that.
	farZoom = 11
	mostFar = 1000
)

var gridKeys = []string{"code", "name", "net", "kind", "street", "demo"}

// NewChart prepares the grids of a net, which are valid, for tiles.
func NewChart(net Net, demo bool, grids []Grid) *Chart {
	shapes := make([]worldShape, len(grids))
	for i, g := range grids {
		shapes[i] = toShape(g.Boundary)
	}
	near := newSheet(string(net), gridKeys, shapes, func(i int) []mvtValue {
		g := grids[i]
		return []mvtValue{g.Code, g.Name, string(net), g.Kind, g.Street, demo}
	})
	c := &Chart{near: near, far: near}
	for _, digits := range []int{communityDigits, streetDigits, districtDigits} {
		if len(c.far.codes) > mostFar {
			c.far = parents(near, net, demo, grids, digits)
		}
	}
	return c
}

// How many digits of a grid's code name what it is part of.
const (
	districtDigits  = 6
	streetDigits    = 9
	communityDigits = 12
)

// KindParent is what a tile calls several grids drawn as one, because they are seen from afar.
const KindParent = "parent"

// parents draws the grids whose codes begin alike as one. They are called by their street where they have the same.
func parents(near *sheet, net Net, demo bool, grids []Grid, digits int) *sheet {
	type parent struct {
		street string
		grids  int
	}
	all := map[string]parent{}
	for _, g := range grids {
		p, more := all[g.Code[:digits]]
		p.grids++
		if !more {
			p.street = g.Street
		} else if p.street != g.Street {
			p.street = ""
		}
		all[g.Code[:digits]] = p
	}
	codes, shapes := near.mesh.union(func(i int) string { return near.codes[i][:digits] })
	far := newSheet(string(net), append(slices.Clone(gridKeys), "grids"), shapes, func(i int) []mvtValue {
		p := all[codes[i]]
		return []mvtValue{codes[i], cmp.Or(p.street, codes[i]), string(net), KindParent, p.street, demo, p.grids}
	})
	far.mesh.thin(farZoom - 1)
	return far
}

// Tile draws one square as a Mapbox vector tile, of no bytes where there is nothing. Not nil, seen names the grids by code
// that may be seen: whoever does not see all of them sees each of theirs at every zoom.
func (c *Chart) Tile(z, x, y int, seen map[string]bool) []byte {
	if z < farZoom && seen == nil {
		return c.far.tile(z, x, y, nil)
	}
	return c.near.tile(z, x, y, seen)
}
