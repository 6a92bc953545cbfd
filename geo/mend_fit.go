package geo

import (
	"slices"

	"gridwatch/geo/coverage"
)

// Rounding moves a corner by half a unit, and so tears apart what met exactly: two grids whose corners were one to a
// tenth of a millimetre, a corner on the middle of a neighbour's side. Fitting joins again what lies nearer than that.
const fitUnits = 1.5

// FitGrids rounds boundaries to whole 1e-7 degrees, about a centimetre, the step in which editions keep them, and joins
// what the rounding tore: no point moves by more than a step or two. Anything wider is a fault of the file, for a person.
func FitGrids(grids []Grid) []Grid {
	shapes := fit(shapesOf(grids))
	fitted := make([]Grid, len(grids))
	for i, shape := range shapes {
		fitted[i] = gridOf(shape, grids[i].Net, grids[i].EditionID)
	}
	return fitted
}

func fit(shapes []coverage.Grid) []coverage.Grid {
	shapes = slices.Clone(shapes)
	mergeCorners(shapes)
	for range 4 { // A cut bends a side by a step, which may bring it to another corner.
		if !cutAtCorners(shapes) {
			break
		}
	}
	return shapes
}

// owners are the grids at each corner of the stretches.
func owners(stretches []shared) map[coverage.Point][]int32 {
	at := map[coverage.Point][]int32{}
	for _, s := range stretches {
		for _, p := range []coverage.Point{s.a, s.b} {
			for _, grid := range slices.Concat(s.left, s.right) {
				if !slices.Contains(at[p], grid) {
					at[p] = append(at[p], grid)
				}
			}
		}
	}
	return at
}

func anyIn(a, b []int32) bool {
	return slices.ContainsFunc(a, func(n int32) bool { return slices.Contains(b, n) })
}

// mergeCorners makes one corner of those of different grids that lie a step apart.
func mergeCorners(shapes []coverage.Grid) {
	at := owners(unmatched(shapes))
	moves := map[coverage.Point]coverage.Point{}
	for p, mine := range at {
		for _, step := range [][2]int32{{-1, -1}, {-1, 0}, {-1, 1}, {0, -1}} { // Towards the smaller one.
			q := coverage.Point{X: p.X + step[0], Y: p.Y + step[1]}
			if theirs := at[q]; len(theirs) > 0 && !anyIn(mine, theirs) {
				moves[p] = q
				break
			}
		}
	}
	for p, q := range moves {
		if _, moved := moves[q]; moved {
			delete(moves, p) // One step is as far as anything goes.
		}
	}
	moveCorners(shapes, moves)
}

// moveCorners moves corners in every grid that has them.
func moveCorners(shapes []coverage.Grid, moves map[coverage.Point]coverage.Point) {
	if len(moves) == 0 {
		return
	}
	for i, shape := range shapes {
		var boundary []coverage.Polygon
		for j, polygon := range shape.Boundary {
			for k, ring := range polygon {
				if !slices.ContainsFunc(ring, func(p coverage.Point) bool { _, moved := moves[p]; return moved }) {
					continue
				}
				if boundary == nil {
					boundary = clonePolygons(shape.Boundary)
				}
				for n, p := range ring {
					if q, moved := moves[p]; moved {
						boundary[j][k][n] = q
					}
				}
				boundary[j][k] = slices.Compact(boundary[j][k])
			}
		}
		if boundary != nil {
			shapes[i].Boundary = boundary
		}
	}
}

func clonePolygons(polygons []coverage.Polygon) []coverage.Polygon {
	clone := make([]coverage.Polygon, len(polygons))
	for i, polygon := range polygons {
		for _, ring := range polygon {
			clone[i] = append(clone[i], slices.Clone(ring))
		}
	}
	return clone
}

// cutAtCorners gives a side the corners of other grids that lie on it, and reports whether there were any.
func cutAtCorners(shapes []coverage.Grid) bool {
	loose := unmatched(shapes)
	at := owners(loose)
	tree := treeOf(loose)
	all := cuts{}
	concerned := map[int32]bool{}
	for p, theirs := range at {
		theirs := slices.Clone(theirs) // And those whose side p is on by now: a ring has a corner once.
		lo, hi := stretch{p, p}.box(fitUnits + 1)
		tree.Search(lo, hi, func(_, _ [2]float64, i int32) bool {
			s := loose[i]
			mine := slices.Concat(s.left, s.right)
			if s.beside(p, fitUnits) && !anyIn(mine, theirs) && all.add(s.stretch, p) {
				theirs = append(theirs, mine...)
				for _, grid := range mine {
					concerned[grid] = true
				}
			}
			return true
		})
	}
	for grid := range concerned {
		shapes[grid] = all.cut(shapes[grid])
	}
	return len(concerned) > 0
}
