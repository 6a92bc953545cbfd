package geo

import (
	"cmp"
	"math"
	"slices"

	"gridwatch/geo/coverage"

	"github.com/tidwall/rtree"
)

// plane is the ground around the faults of a coverage, cut along every border there: each face of it belongs wholly to the
// same grids.
type plane struct {
	shapes []coverage.Grid
	boxes  rtree.RTreeG[int32] // Of all grids.
	cuts   cuts
	lines  []shared // Cut: they meet only in their ends.
	tree   *rtree.RTreeG[int32]
}

// newPlane cuts the borders of every grid that comes near an unmatched stretch, or near a crumb.
func newPlane(shapes []coverage.Grid, nearUnits float64) *plane {
	p := &plane{shapes: shapes, cuts: cuts{}}
	for i, shape := range shapes {
		b := boundOfShapes(shape)
		lo, hi := coverage.PointOf(b.Min), coverage.PointOf(b.Max)
		p.boxes.Insert([2]float64{float64(lo.X), float64(lo.Y)}, [2]float64{float64(hi.X), float64(hi.Y)}, int32(i))
	}
	near := map[int32]bool{}
	look := func(lo, hi [2]float64) {
		p.boxes.Search(lo, hi, func(_, _ [2]float64, i int32) bool {
			near[i] = true
			return true
		})
	}
	for _, s := range unmatched(shapes) {
		look(s.box(nearUnits))
	}
	for _, shape := range shapes {
		for _, polygon := range shape.Boundary {
			if walk := walkAlong(polygon[0]); len(shape.Boundary) > 1 && isCrumb(walk) {
				look(boxOfWalk(walk))
			}
		}
	}
	var numbers []int32
	for i := range shapes {
		if near[int32(i)] {
			numbers = append(numbers, int32(i))
		}
	}
	p.cutLines(sharedStretches(shapes, numbers))
	return p
}

// cutLines cuts lines where they cross, and where one ends on another. A cut is rounded and bends its line, which may
// make it cross a third: so it goes on until nothing crosses.
func (p *plane) cutLines(lines []shared) {
	const rounds = 12
	whole := lines
	for range rounds {
		found := false
		tree := treeOf(lines)
		pieces := cuts{}
		for i, s := range lines {
			lo, hi := s.box(1)
			tree.Search(lo, hi, func(_, _ [2]float64, j int32) bool {
				t := lines[j]
				if int(j) == i {
					return true
				}
				for _, end := range []coverage.Point{t.a, t.b} {
					if s.beside(end, 1) {
						found = pieces.add(s.stretch, end) || found
					}
				}
				if at, crosses := s.crossing(t.stretch); crosses && int(j) > i {
					found = pieces.add(s.stretch, at) || found
					found = pieces.add(t.stretch, at) || found
				}
				return true
			})
		}
		if !found {
			break
		}
		for _, s := range whole {
			line := p.cuts.line(s.stretch)
			for k := 1; k < len(line); k++ {
				piece, _ := stretch{line[k-1], line[k]}.ordered()
				for _, at := range pieces[piece] {
					p.cuts.add(s.stretch, at)
				}
			}
		}
		lines = cutAll(whole, p.cuts)
	}
	p.lines, p.tree = lines, treeOf(lines)
}

// cutAll are the pieces of the lines, each once, with the grids of all that it is a piece of.
func cutAll(whole []shared, all cuts) []shared {
	pieces := map[stretch]*shared{}
	var order []stretch
	for _, s := range whole {
		line := all.line(s.stretch)
		for k := 1; k < len(line); k++ {
			piece, forward := stretch{line[k-1], line[k]}.ordered()
			if piece.a == piece.b {
				continue
			}
			at := pieces[piece]
			if at == nil {
				at = &shared{stretch: piece}
				pieces[piece], order = at, append(order, piece)
			}
			left, right := s.left, s.right
			if !forward {
				left, right = right, left
			}
			at.left, at.right = append(at.left, left...), append(at.right, right...)
		}
	}
	lines := make([]shared, len(order))
	for i, piece := range order {
		lines[i] = *pieces[piece]
	}
	return lines
}

// face is a piece of the plane: the walks around it, with its ground on the left, and the grids that own it.
type face struct {
	walks  [][]stretch // The outer one first.
	inside [2]float64  // A point in it, in units.
	grids  []int32
}

// walkAlong is a ring as stretches.
func walkAlong(ring []coverage.Point) []stretch {
	var walk []stretch
	for i := 1; i < len(ring); i++ {
		walk = append(walk, stretch{ring[i-1], ring[i]})
	}
	return walk
}

// isCrumb reports whether a part of a grid is so narrow that it can only have been left over.
func isCrumb(walk []stretch) bool {
	m2, around := measure([][]stretch{walk})
	return 2*m2 < sliverM*around
}

// measure gives the area inside of walks and the length of them all, at the latitude of the first.
func measure(walks [][]stretch) (m2, aroundM float64) {
	east, north := metresPerUnit(walks[0][0].a)
	for _, walk := range walks {
		m2 += walkArea(walk) * east * north
		for _, s := range walk {
			x, y := vector(s.a, s.b)
			aroundM += math.Hypot(float64(x)*east, float64(y)*north)
		}
	}
	return m2, aroundM
}

func metresPerUnit(at coverage.Point) (east, north float64) {
	east, north = metresPerDegree(float64(at.Y) / 1e7)
	return east / 1e7, north / 1e7
}

// faces are the pieces that have not one owner, gaps and overlaps, and crumbs.
func (p *plane) faces() []face {
	var all []stretch
	for _, s := range p.lines {
		all = append(all, s.stretch, s.stretch.reversed())
	}
	var faces []face
	var outers rtree.RTreeG[int]
	var islands [][]stretch
	areas := []float64{}
	for _, walk := range walksOf(all) {
		area := walkArea(walk)
		if area <= 0 {
			islands = append(islands, walk)
			continue
		}
		at := p.insideOf(walk)
		faces = append(faces, face{walks: [][]stretch{walk}, inside: at, grids: p.gridsAt(at)})
		areas = append(areas, area)
		lo, hi := boxOfWalk(walk)
		outers.Insert(lo, hi, len(faces)-1)
	}
	for _, island := range islands {
		at := p.insideOf(island)
		best := -1
		outers.Search(at, at, func(_, _ [2]float64, i int) bool {
			if (best < 0 || areas[i] < areas[best]) && windsAround(faces[i].walks[0], at) {
				best = i
			}
			return true
		})
		if best >= 0 {
			faces[best].walks = append(faces[best].walks, island)
		}
	}
	return slices.DeleteFunc(faces, func(f face) bool { return len(f.grids) == 1 && !p.crumb(f) })
}

// crumb reports whether a face is a whole part of its owner, and not its only one, and a crumb.
func (p *plane) crumb(f face) bool {
	parts := p.shapes[f.grids[0]].Boundary
	return len(parts) > 1 && isCrumb(f.walks[0]) && slices.ContainsFunc(parts, func(polygon coverage.Polygon) bool {
		m2, _ := measure(f.walks[:1])
		whole, _ := measure([][]stretch{walkAlong(polygon[0])})
		return math.Abs(m2-whole) < 0.01+0.1*whole && slices.Contains(polygon[0], f.walks[0][0].a)
	})
}

// walksOf follows stretches, each once and with the ground on its left, until every walk closes.
func walksOf(stretches []stretch) [][]stretch {
	segments := make([][2]coverage.Point, len(stretches))
	for i, s := range stretches {
		segments[i] = [2]coverage.Point{s.a, s.b}
	}
	var walks [][]stretch
	for _, loop := range coverage.Walks(segments) {
		walk := make([]stretch, len(loop))
		for i, segment := range loop {
			walk[i] = stretch{segment[0], segment[1]}
		}
		walks = append(walks, walk)
	}
	return walks
}

// walkArea is in square units; negative where the walk turns clockwise.
func walkArea(walk []stretch) float64 {
	var doubled int64
	origin := walk[0].a
	for _, s := range walk {
		ax, ay := vector(origin, s.a)
		bx, by := vector(origin, s.b)
		doubled += ax*by - ay*bx
	}
	return float64(doubled) / 2
}

func boxOfWalk(walk []stretch) (lo, hi [2]float64) {
	lo, hi = walk[0].box(0)
	for _, s := range walk {
		l, h := s.box(0)
		lo, hi = [2]float64{min(lo[0], l[0]), min(lo[1], l[1])}, [2]float64{max(hi[0], h[0]), max(hi[1], h[1])}
	}
	return lo, hi
}

// insideOf is a point in the ground on the walk's left: from the middle of its longest stretch, half of the way to
// whatever line comes next.
func (p *plane) insideOf(walk []stretch) [2]float64 {
	longest := slices.MaxFunc(walk, func(s, t stretch) int { return cmp.Compare(s.length(), t.length()) })
	x, y := vector(longest.a, longest.b)
	middle := [2]float64{float64(longest.a.X) + float64(x)/2, float64(longest.a.Y) + float64(y)/2}
	across := [2]float64{-float64(y) / longest.length(), float64(x) / longest.length()}
	lo, hi := boxOfWalk(walk)
	reach := max(hi[0]-lo[0], hi[1]-lo[1], 1)
	next := reach
	end := [2]float64{middle[0] + reach*across[0], middle[1] + reach*across[1]}
	ordered, _ := longest.ordered()
	p.tree.Search([2]float64{min(middle[0], end[0]) - 1, min(middle[1], end[1]) - 1},
		[2]float64{max(middle[0], end[0]) + 1, max(middle[1], end[1]) + 1}, func(_, _ [2]float64, i int32) bool {
			if s := p.lines[i].stretch; s != ordered {
				if way, does := s.meets(middle, across); does && way > 1e-6 {
					next = min(next, way)
				}
			}
			return true
		})
	return [2]float64{middle[0] + next/2*across[0], middle[1] + next/2*across[1]}
}

func (s stretch) length() float64 {
	x, y := vector(s.a, s.b)
	return math.Hypot(float64(x), float64(y))
}

// meets is how far a ray goes until it meets the stretch.
func (s stretch) meets(from, direction [2]float64) (way float64, does bool) {
	x, y := vector(s.a, s.b)
	ux, uy := float64(x), float64(y)
	ax, ay := float64(s.a.X)-from[0], float64(s.a.Y)-from[1]
	det := direction[0]*uy - direction[1]*ux
	if det == 0 {
		return 0, false
	}
	way = (ax*uy - ay*ux) / det
	part := (ax*direction[1] - ay*direction[0]) / det
	return way, way >= 0 && part >= 0 && part <= 1
}

// gridsAt are the grids that own a point, in order.
func (p *plane) gridsAt(at [2]float64) []int32 {
	var found []int32
	p.boxes.Search(at, at, func(_, _ [2]float64, i int32) bool {
		odd := false
		eachStretch(p.shapes[i], func(s stretch) { odd = odd != s.crossedBy(at) })
		if odd {
			found = append(found, i)
		}
		return true
	})
	slices.Sort(found)
	return found
}

// windsAround reports whether the walk goes around the point.
func windsAround(walk []stretch, at [2]float64) bool {
	odd := false
	for _, s := range walk {
		odd = odd != s.crossedBy(at)
	}
	return odd
}

// crossedBy reports whether the ray from a point to the east crosses the stretch.
func (s stretch) crossedBy(at [2]float64) bool {
	ay, by := float64(s.a.Y), float64(s.b.Y)
	if (ay > at[1]) == (by > at[1]) {
		return false
	}
	return float64(s.a.X)+(at[1]-ay)/(by-ay)*float64(int64(s.b.X)-int64(s.a.X)) > at[0]
}
