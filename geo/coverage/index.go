package coverage

import (
	"slices"

	"github.com/tidwall/rtree"
)

// spoke is an edge as seen from one of its ends.
type spoke struct {
	to   Point
	code string
	out  bool // The edge leaves this end.
}

// index finds borders by vertex and by place.
type index struct {
	spokes map[Point][]spoke
	edges  rtree.RTreeG[edge]   // Undirected, each once.
	boxes  rtree.RTreeG[string] // Codes by the box of their grid.
}

func (x *index) add(e edge, code string) {
	if !x.has(e) && !x.has(e.twin()) {
		u := e.undirected()
		b := u.box()
		x.edges.Insert(corner(b.lo), corner(b.hi), u)
	}
	x.spokes[e.A] = append(x.spokes[e.A], spoke{e.B, code, true})
	x.spokes[e.B] = append(x.spokes[e.B], spoke{e.A, code, false})
}

func (x *index) remove(e edge, code string) {
	x.drop(e.A, spoke{e.B, code, true})
	x.drop(e.B, spoke{e.A, code, false})
	if !x.has(e) && !x.has(e.twin()) {
		u := e.undirected()
		b := u.box()
		x.edges.Delete(corner(b.lo), corner(b.hi), u)
	}
}

func (x *index) drop(at Point, s spoke) {
	spokes := x.spokes[at]
	i := slices.Index(spokes, s)
	if len(spokes) == 1 {
		delete(x.spokes, at)
		return
	}
	spokes[i] = spokes[len(spokes)-1]
	x.spokes[at] = spokes[:len(spokes)-1]
}

func corner(p Point) [2]float64 { return [2]float64{float64(p.X), float64(p.Y)} }

// has reports whether a grid owns the directed edge.
func (x *index) has(e edge) bool {
	for _, s := range x.spokes[e.A] {
		if s.out && s.to == e.B {
			return true
		}
	}
	return false
}

// owners are the codes of the grids that own the directed edge.
func (x *index) owners(e edge) []string {
	var codes []string
	for _, s := range x.spokes[e.A] {
		if s.out && s.to == e.B {
			codes = append(codes, s.code)
		}
	}
	return codes
}

// sides are the codes of the grids on either side of the edge, in order.
func (x *index) sides(e edge) []string {
	var codes []string
	for _, s := range x.spokes[e.A] {
		if s.to == e.B && !slices.Contains(codes, s.code) {
			codes = append(codes, s.code)
		}
	}
	slices.Sort(codes)
	return codes
}

// codesAt are the codes of the grids that have the vertex, in order.
func (x *index) codesAt(p Point) []string {
	var codes []string
	for _, s := range x.spokes[p] {
		if !slices.Contains(codes, s.code) {
			codes = append(codes, s.code)
		}
	}
	slices.Sort(codes)
	return codes
}

// edgesIn gives the undirected edges whose boxes meet the box, in order.
func (x *index) edgesIn(b box) []edge {
	var found []edge
	x.edges.Search(corner(b.lo), corner(b.hi), func(_, _ [2]float64, e edge) bool {
		found = append(found, e)
		return true
	})
	slices.SortFunc(found, edge.compare)
	return found
}

// codesIn gives the codes of the grids whose boxes meet the box, in order.
func (x *index) codesIn(b box) []string {
	var codes []string
	x.boxes.Search(corner(b.lo), corner(b.hi), func(_, _ [2]float64, code string) bool {
		codes = append(codes, code)
		return true
	})
	slices.Sort(codes)
	return codes
}

// owned is a directed edge with its grid.
type owned struct {
	edge
	code string
}

// difference lists the edges that one side has and the other has not.
func difference(before, after []Grid) (removed, added []owned) {
	had := map[owned]bool{}
	for _, g := range before {
		for _, e := range edgesOf(g.Boundary) {
			had[owned{e, g.Code}] = true
		}
	}
	for _, g := range after {
		for _, e := range edgesOf(g.Boundary) {
			o := owned{e, g.Code}
			if had[o] {
				delete(had, o)
				continue
			}
			added = append(added, o)
		}
	}
	for o := range had {
		removed = append(removed, o)
	}
	slices.SortFunc(removed, compareOwned)
	slices.SortFunc(added, compareOwned)
	return removed, added
}

func compareOwned(a, b owned) int {
	if c := a.edge.compare(b.edge); c != 0 {
		return c
	}
	if a.code < b.code {
		return -1
	}
	if a.code > b.code {
		return 1
	}
	return 0
}
