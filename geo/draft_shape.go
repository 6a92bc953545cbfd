package geo

import (
	"slices"

	"gridwatch/geo/coverage"

	"github.com/paulmach/orb"
)

// shapesOf are grids as the coverage engine takes them: coordinates in whole 1e-7 degrees. What rounding makes of two
// points in a row stays once.
func shapesOf(grids []Grid) []coverage.Grid {
	shapes := make([]coverage.Grid, len(grids))
	for i, g := range grids {
		shapes[i] = coverage.GridOf(g.Code, g.Name, g.Kind, g.Street, g.Boundary)
		shapes[i].Attributes = g.Section.text()
		for _, polygon := range shapes[i].Boundary {
			for k := range polygon {
				polygon[k] = slices.Compact(polygon[k])
			}
		}
	}
	return shapes
}

// gridOf is a shape as a grid of an edition.
func gridOf(shape coverage.Grid, net Net, edition int64) Grid {
	return Grid{
		Net: net, Code: shape.Code, Name: shape.Name, Kind: shape.Kind, Street: shape.Street,
		Section: sectionOf(shape.Attributes), Boundary: shape.Orb(), EditionID: edition,
	}
}

func gridsOfShapes(shapes []coverage.Grid, net Net, edition int64) []Grid {
	grids := make([]Grid, len(shapes))
	for i, shape := range shapes {
		grids[i] = gridOf(shape, net, edition)
	}
	return grids
}

// boundOfShapes is the bound of all shapes; the zero bound of none.
func boundOfShapes(shapes ...coverage.Grid) (bound orb.Bound) {
	for i, shape := range shapes {
		if b := shape.Orb().Bound(); i == 0 {
			bound = b
		} else {
			bound = bound.Union(b)
		}
	}
	return bound
}

// codesOf are the codes of a change's grids, each once and in order.
func codesOf(change coverage.Change) []string {
	codes := []string{}
	for _, shape := range slices.Concat(change.Before, change.After) {
		codes = append(codes, shape.Code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
