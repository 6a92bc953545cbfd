package coverage

import (
	"maps"
	"slices"
)

// moveVertices takes vertices elsewhere, all at once, in every grid that has them.
//
// A vertex that comes to lie on a border, exactly or as near as rounding leaves it, is put into that border; one that comes
// to lie on another vertex becomes one with it, and an edge between the two vanishes. T-junctions are closed first: a border
// on which the vertex lies moves with it, and vertices that lie on an edge that moves are put into it. A grid that would touch itself in the new place is refused.
func (d *draft) moveVertices(to map[Point]Point) *Refusal {
	from := slices.SortedFunc(maps.Keys(to), Point.Compare)
	var codes []string
	for _, v := range from {
		codes = append(codes, d.index.codesAt(v)...)
		codes = append(codes, d.heal(v)...)
	}
	slices.Sort(codes)
	targets := slices.SortedFunc(maps.Values(to), Point.Compare)
	for _, p := range slices.Compact(targets) {
		if !onTheMap(p) {
			return refuse(OffTheMap, p, slices.Compact(codes), "the vertex would leave the map")
		}
		d.weld(p, to)
	}
	for _, code := range slices.Compact(codes) {
		before := d.touch(code)
		var after []edge
		for _, e := range before {
			if a, moves := to[e.A]; moves {
				e.A = a
			}
			if b, moves := to[e.B]; moves {
				e.B = b
			}
			if e.A != e.B {
				after = append(after, e)
			}
		}
		d.lines[code] = after
		for _, v := range from {
			if visits(after, to[v]) > max(1, visits(before, v)) {
				return refuse(NotSimple, to[v], []string{code}, "%s would touch itself", code)
			}
		}
	}
	return nil
}

func visits(edges []edge, p Point) int {
	n := 0
	for _, e := range edges {
		if e.A == p {
			n++
		}
	}
	return n
}

// heal closes the T-junctions at v: v is put into the borders of other grids on which it lies, and vertices that lie exactly
// on the edges around v into these. It gives the codes of the grids that now have v.
func (d *draft) heal(v Point) (codes []string) {
	have := d.index.codesAt(v)
	for _, e := range d.index.edgesIn(box{}.with(v).wider()) {
		sides := d.index.sides(e)
		known := slices.ContainsFunc(sides, func(code string) bool { return slices.Contains(have, code) })
		if e.near(v) && (e.holds(v) || !d.fixed(e)) && !known {
			d.insert(e, v)
			codes = append(codes, sides...)
		}
	}
	for _, s := range slices.Clone(d.index.spokes[v]) {
		e := edge{v, s.to}.undirected()
		var on []Point
		for _, f := range d.index.edgesIn(e.box()) {
			for _, p := range []Point{f.A, f.B} {
				if e.holds(p) {
					on = append(on, p)
				}
			}
		}
		if len(on) > 0 {
			slices.SortFunc(on, e.compareAlong)
			d.insert(e, slices.Compact(on)...)
		}
	}
	return codes
}

func (d *draft) moveVertex(from, to Point) *Refusal {
	if len(d.index.spokes[from]) == 0 {
		return refuse(NoSuchVertex, from, nil, "no grid has a vertex there")
	}
	return d.moveVertices(map[Point]Point{from: to})
}

// moveEdge takes both ends of an edge the same way.
func (d *draft) moveEdge(e edge, by Point) *Refusal {
	if r := d.needEdge(e); r != nil {
		return r
	}
	a, b := e.A.plus(by), e.B.plus(by)
	return d.moveVertices(map[Point]Point{e.A: a, e.B: b})
}

// plus stays off the map where the sum leaves it.
func (p Point) plus(by Point) Point {
	x, y := int64(p.X)+int64(by.X), int64(p.Y)+int64(by.Y)
	const most = 1<<31 - 1
	return Point{int32(min(max(x, -most), most)), int32(min(max(y, -most), most))}
}

func onTheMap(p Point) bool {
	return abs(int64(p.X)) <= 180*unitsPerDegree && abs(int64(p.Y)) <= 90*unitsPerDegree
}

func (d *draft) needEdge(e edge) *Refusal {
	if !d.index.has(e) && !d.index.has(e.twin()) {
		return refuse(NoSuchEdge, e.A, nil, "no grid has that edge")
	}
	return nil
}

// insertVertex puts a vertex into an edge, for the grids on both sides, wherever it lies. A place on or next to another
// border is put into that one too; a place where there is a vertex makes one with it.
func (d *draft) insertVertex(e edge, at Point) *Refusal {
	if r := d.needEdge(e); r != nil {
		return r
	}
	if at == e.A || at == e.B {
		return nil
	}
	codes := d.index.sides(e)
	before := map[string]int{}
	for _, code := range codes {
		before[code] = visits(d.touch(code), at)
	}
	d.insert(e, at)
	d.weld(at, nil)
	for _, code := range codes {
		if before[code] > 0 || visits(d.lines[code], at) > 1 {
			return refuse(NotSimple, at, []string{code}, "%s would touch itself", code)
		}
	}
	return nil
}

// deleteVertex makes one edge of two. Where more than two borders meet nothing can be deleted: the grids there would leave
// a gap.
func (d *draft) deleteVertex(at Point) *Refusal {
	spokes := d.index.spokes[at]
	if len(spokes) == 0 {
		return refuse(NoSuchVertex, at, nil, "no grid has a vertex there")
	}
	codes := d.index.codesAt(at)
	var ends []Point
	for _, s := range spokes {
		if !slices.Contains(ends, s.to) {
			ends = append(ends, s.to)
		}
	}
	if len(ends) != 2 {
		return refuse(Junction, at, codes, "%d borders meet here: the vertex can be moved, not deleted", len(ends))
	}
	for _, code := range codes {
		var came, goes Point
		var after []edge
		for _, e := range d.touch(code) {
			switch at {
			case e.B:
				came = e.A
			case e.A:
				goes = e.B
			default:
				after = append(after, e)
			}
		}
		d.lines[code] = append(after, edge{came, goes})
	}
	return nil
}
