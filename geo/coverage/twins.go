package coverage

import "github.com/tidwall/rtree"

// Disjoint reports whether no two grids share ground, each of them being simple by itself. It is exact, and asks much less
// than to hold the grids: how many grids own a place is the same on both sides of a border that each of two grids owns once,
// one in each direction. So the number changes only at the other borders, and where it comes to two a grid that owns one of
// them shares ground with one that comes near it. Only those are held. The error is a *Refusal.
func Disjoint(grids []Grid) (bool, error) {
	borders := make([][]edge, len(grids))
	owned := map[edge][2]int{} // How many grids own an undirected edge in its direction, and against it.
	for i, g := range grids {
		edges, r := normal(g)
		if r != nil {
			return false, r
		}
		borders[i] = edges
		for _, e := range edges {
			u := e.undirected()
			n := owned[u]
			if u == e {
				n[0]++
			} else {
				n[1]++
			}
			owned[u] = n
		}
	}
	var loose rtree.RTreeG[struct{}]
	for e, n := range owned {
		if n != [2]int{1, 1} {
			b := e.box()
			loose.Insert(corner(b.lo), corner(b.hi), struct{}{})
		}
	}
	var near []Grid
	for i, g := range grids {
		b := boxOf(borders[i])
		loose.Search(corner(b.lo), corner(b.hi), func(_, _ [2]float64, _ struct{}) bool {
			near = append(near, g)
			return false
		})
	}
	c, err := New(near)
	if err != nil {
		return false, err
	}
	return len(c.overlaps) == 0, nil
}
