package geo

import (
	"maps"
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
	for _, grid := range slices.Sorted(maps.Keys(w.borders)) {
		shape := w.plane.shapes[grid]
		boundary, err := coverage.Around(shape.Code, w.moved(w.borders[grid]))
		if err != nil {
			return nil, err
		}
		shape.Boundary = boundary
		grids = append(grids, shape)
	}
	cover, err := coverage.New(grids)
	if err != nil {
		return nil, err
	}
	return cover.Grids(), nil
}

// moved is the border over the feet of corners that move onto it, with its own corners moved.
func (w *mendWork) moved(border []stretch) [][2]coverage.Point {
	to := func(p coverage.Point) coverage.Point {
		if q, moves := w.moves[p]; moves {
			return q
		}
		return p
	}
	var moved [][2]coverage.Point
	for _, s := range border {
		line := w.feet.line(s)
		for k := 1; k < len(line); k++ {
			if a, b := to(line[k-1]), to(line[k]); a != b {
				moved = append(moved, [2]coverage.Point{a, b})
			}
		}
	}
	return moved
}
