package geo

import (
	"slices"

	"gridwatch/geo/coverage"
)

// Acceptance is a mend that a person accepts, and which of its grids gets the ground; the offered one where it is empty.
type Acceptance struct {
	ID   string
	Into string
}

// accept does the mends, all or none, and returns the grids that they change.
func (m *mending) accept(accepted []Acceptance) ([]coverage.Grid, error) {
	if len(accepted) == 0 {
		return nil, Invalid("ids", "there is none")
	}
	work := newMendWork(m)
	seen := map[string]bool{}
	for _, a := range accepted {
		i := slices.IndexFunc(m.offers, func(o offer) bool { return o.ID == a.ID })
		if i < 0 {
			return nil, Invalid("ids", "there is no mend %.40q: the grids there are others now", a.ID)
		}
		if seen[a.ID] {
			continue
		}
		seen[a.ID] = true
		o := m.offers[i]
		if a.Into == "" || o.move != nil {
			a.Into = o.Into()
		}
		if !slices.Contains(o.Codes, a.Into) {
			return nil, Invalid("into", "%.40q is none of the grids of mend %s", a.Into, a.ID)
		}
		work.do(o, m.number(a.Into))
	}
	return work.changed()
}

func (m *mending) number(code string) int32 {
	return int32(slices.IndexFunc(m.plane.shapes, func(g coverage.Grid) bool { return g.Code == code }))
}

// mendWork is the borders of the grids that mends change, as stretches with the ground on their left.
type mendWork struct {
	*mending
	borders map[int32][]stretch
	moves   map[coverage.Point]coverage.Point
	feet    cuts
}

func newMendWork(m *mending) *mendWork {
	return &mendWork{mending: m, borders: map[int32][]stretch{}, moves: map[coverage.Point]coverage.Point{}, feet: cuts{}}
}

// touch takes a grid up, cut where others meet it.
func (w *mendWork) touch(grid int32) {
	if w.borders[grid] == nil {
		eachStretch(w.plane.cuts.cut(w.plane.shapes[grid]), func(s stretch) { w.borders[grid] = append(w.borders[grid], s) })
	}
}

func (w *mendWork) do(o offer, into int32) {
	if o.move != nil {
		w.moves[o.move.from] = o.move.to
		if o.move.side != nil {
			w.feet.add(*o.move.side, o.move.to)
		}
		for _, code := range o.Codes {
			w.touch(w.number(code))
		}
		return
	}
	for _, grid := range append(slices.Clone(o.face.grids), into) {
		w.touch(grid)
	}
	for _, walk := range o.face.walks {
		for _, s := range walk {
			left, right := w.sides(s)
			for _, grid := range slices.Concat(left, right) {
				w.touch(grid) // So that they have the same corners along the ground.
			}
			if !slices.Contains(o.face.grids, into) {
				w.borders[into] = append(w.borders[into], s)
			}
			for _, grid := range o.face.grids {
				if grid != into {
					w.borders[grid] = append(w.borders[grid], s.reversed())
				}
			}
		}
	}
}

// changed puts the borders together again. What comes out is in the form of the coverage engine, which refuses a grid
// that the mends would break.
func (w *mendWork) changed() ([]coverage.Grid, error) {
	var grids []coverage.Grid
	for grid, border := range w.borders {
		shape := w.plane.shapes[grid]
		shape.Boundary = polygonsAround(cancelled(w.moved(border)))
		grids = append(grids, shape)
	}
	cover, err := coverage.New(grids)
	if err != nil {
		return nil, err
	}
	return cover.Grids(), nil
}

// moved is the border over the feet of corners that move onto it, with its own corners moved.
func (w *mendWork) moved(border []stretch) []stretch {
	if len(w.moves) == 0 {
		return border
	}
	to := func(p coverage.Point) coverage.Point {
		if q, moves := w.moves[p]; moves {
			return q
		}
		return p
	}
	var moved []stretch
	for _, s := range border {
		line := w.feet.line(s)
		for k := 1; k < len(line); k++ {
			if a, b := to(line[k-1]), to(line[k]); a != b {
				moved = append(moved, stretch{a, b})
			}
		}
	}
	return moved
}

// cancelled takes out every stretch that is there in both directions: ground lies on both of its sides.
func cancelled(border []stretch) []stretch {
	count := map[stretch]int{}
	for _, s := range border {
		count[s]++
	}
	var kept []stretch
	for _, s := range border {
		if back := s.reversed(); count[back] > 0 && count[s] > 0 {
			count[back]--
			count[s]--
			continue
		}
		if count[s] > 0 {
			count[s]--
			kept = append(kept, s)
		}
	}
	return kept
}

// polygonsAround makes rings of a border: each hole belongs to the smallest outer ring around it.
func polygonsAround(border []stretch) []coverage.Polygon {
	var outers, holes [][]stretch
	for _, walk := range walksOf(border) {
		for _, ring := range atRepeats(walk) {
			if walkArea(ring) > 0 {
				outers = append(outers, ring)
			} else {
				holes = append(holes, ring)
			}
		}
	}
	slices.SortFunc(outers, func(a, b []stretch) int { return comparePoints(a[0].a, b[0].a) })
	polygons := make([]coverage.Polygon, len(outers))
	for i, outer := range outers {
		polygons[i] = coverage.Polygon{ringOf(outer)}
	}
	for _, hole := range holes {
		best := -1
		x, y := vector(hole[0].a, hole[0].b)
		middle := [2]float64{float64(hole[0].a.X) + float64(x)/2, float64(hole[0].a.Y) + float64(y)/2}
		for i, outer := range outers {
			if windsAround(outer, middle) && (best < 0 || walkArea(outer) < walkArea(outers[best])) {
				best = i
			}
		}
		if best >= 0 {
			polygons[best] = append(polygons[best], ringOf(hole))
		} else {
			polygons = append(polygons, coverage.Polygon{ringOf(hole)})
		}
	}
	return polygons
}

// atRepeats cuts a walk into rings that have each corner once.
func atRepeats(walk []stretch) [][]stretch {
	before := map[coverage.Point]int{}
	var open []stretch
	var rings [][]stretch
	for _, s := range walk {
		before[s.a] = len(open)
		open = append(open, s)
		if from, again := before[s.b]; again {
			rings = append(rings, slices.Clone(open[from:]))
			for _, gone := range open[from:] {
				delete(before, gone.a)
			}
			open = open[:from]
		}
	}
	return rings
}

func ringOf(walk []stretch) []coverage.Point {
	ring := []coverage.Point{walk[0].a}
	for _, s := range walk {
		ring = append(ring, s.b)
	}
	return ring
}
