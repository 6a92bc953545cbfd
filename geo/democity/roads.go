package democity

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

const (
	roadStepM  = 60.0
	roadWaverM = 22.0
	stubM      = 190.0  // What a road overshoots beyond the one it ends on, at most.
	sectionM   = 1300.0 // A section is closed at the first junction after this length,
	longestM   = 3600.0 // and cut where there is no junction for this long.
)

// centreLine is the middle of a road, with the places where it crosses roads of higher rank or ends on them.
type centreLine struct {
	road
	line      []xy
	junctions []xy
}

func centreLines() []centreLine {
	var all []centreLine
	for i, r := range roads {
		c := centreLine{road: r, line: curve(toPlanes(r.points), roadStepM, roadWaverM, uint64(100+i))}
		for _, higher := range all {
			for _, at := range crossings(c.line, higher.line) {
				c.junctions = append(c.junctions, at)
			}
		}
		all = append(all, c)
	}
	return all
}

func crossings(a, b []xy) []xy {
	var points []xy
	for i := 1; i < len(a); i++ {
		for j := 1; j < len(b); j++ {
			if t, _, ok := meet(a[i-1], a[i], b[j-1], b[j]); ok {
				points = append(points, a[i-1].to(a[i], t))
			}
		}
	}
	return points
}

// side is one edge of a road: its points by their place along the middle line. Roads of lower rank that end on it add
// their corners, so that both have the same points.
type side struct {
	vertices []vertex
	plain    []xy // As made, one for each point of the middle line.
}

type vertex struct {
	along float64
	at    orb.Point
}

func newSide(line []xy, offsetM float64) *side {
	s := &side{}
	for i, p := range line {
		before, after := line[max(i-1, 0)], line[min(i+1, len(line)-1)]
		q := p.plus(after.minus(before).unit().leftOf().times(offsetM))
		s.plain = append(s.plain, q)
		s.vertices = append(s.vertices, vertex{float64(i), q.snapped()})
	}
	return s
}

func (s *side) add(v vertex) {
	i, found := slices.BinarySearchFunc(s.vertices, v, func(a, b vertex) int { return cmp.Compare(a.along, b.along) })
	if !found {
		s.vertices = slices.Insert(s.vertices, i, v)
	}
}

// between returns the points from one place to another, in that order.
func (s *side) between(from, to float64) []orb.Point {
	lo, hi := min(from, to), max(from, to)
	var points []orb.Point
	for _, v := range s.vertices {
		if v.along >= lo && v.along <= hi {
			points = append(points, v.at)
		}
	}
	if from > to {
		slices.Reverse(points)
	}
	return points
}

// strip is a road with its two edges and the gaps where roads of higher rank go through.
type strip struct {
	centreLine
	left, right *side
	gaps        []gap
	crossed     []crossing // By roads of lower rank, which do not interrupt it.
}

// crossing is where the middle of another road meets this one.
type crossing struct {
	along float64
	name  string
}

// gap is where a higher road goes through. The strip ends on its near edge and goes on from its far edge.
type gap struct {
	through   string
	near, far mouth
}

// mouth is where the two sides of a strip meet one edge of a higher road.
type mouth struct {
	left, right     float64 // Along the strip's own sides.
	edge            *side   // The higher road's edge.
	onLeft, onRight float64 // Along that edge, where the strip's left and right side meet it.
}

// cap returns the points of the higher road's edge, from the strip's left side to its right one.
func (m mouth) cap() []orb.Point { return m.edge.between(m.onLeft, m.onRight) }

// layRoads makes the strips: the road of higher rank goes through at every crossing, and the other ends at its edges
// with corners that both have. No two strips overlap.
func layRoads(lines []centreLine) ([]*strip, error) {
	var strips []*strip
	for _, c := range lines {
		s := &strip{centreLine: c, left: newSide(c.line, c.widthM/2), right: newSide(c.line, -c.widthM/2)}
		for _, higher := range strips {
			if err := s.give(higher); err != nil {
				return nil, err
			}
		}
		slices.SortFunc(s.gaps, func(a, b gap) int { return cmp.Compare(a.near.left, b.near.left) })
		strips = append(strips, s)
	}
	for _, s := range strips {
		slices.SortFunc(s.crossed, func(a, b crossing) int { return cmp.Compare(a.along, b.along) })
	}
	return strips, nil
}

// give makes way for a higher road.
func (s *strip) give(higher *strip) error {
	mouthOn := func(edge *side) (mouth, bool, error) {
		l, onL, nl := cross(s.left.plain, edge.plain)
		r, onR, nr := cross(s.right.plain, edge.plain)
		if nl == 0 && nr == 0 {
			return mouth{}, false, nil
		}
		if nl != 1 || nr != 1 {
			return mouth{}, false, fmt.Errorf("%s and %s cross %d and %d times: they must cross once", s.name, higher.name, nl, nr)
		}
		return mouth{left: l, right: r, edge: edge, onLeft: onL, onRight: onR}, true, nil
	}
	a, okA, err := mouthOn(higher.left)
	if err != nil {
		return err
	}
	b, okB, err := mouthOn(higher.right)
	if err != nil {
		return err
	}
	if !okA && !okB {
		return nil
	}
	if !okA || !okB {
		return fmt.Errorf("%s ends inside %s: let it overshoot", s.name, higher.name)
	}
	for _, m := range []mouth{a, b} {
		s.left.add(vertex{m.left, pointAlong(s.left.plain, m.left)})
		s.right.add(vertex{m.right, pointAlong(s.right.plain, m.right)})
		m.edge.add(vertex{m.onLeft, pointAlong(s.left.plain, m.left)})
		m.edge.add(vertex{m.onRight, pointAlong(s.right.plain, m.right)})
	}
	if a.left > b.left {
		a, b = b, a
	}
	s.gaps = append(s.gaps, gap{higher.name, a, b})
	middle := (a.onLeft + a.onRight + b.onLeft + b.onRight) / 4
	higher.crossed = append(higher.crossed, crossing{middle, s.name})
	higher.left.add(vertex{middle, pointAlong(higher.left.plain, middle)})
	higher.right.add(vertex{middle, pointAlong(higher.right.plain, middle)})
	return nil
}

// cross finds where two lines cross, along each, and how many times.
func cross(a, b []xy) (onA, onB float64, times int) {
	for i := 1; i < len(a); i++ {
		for j := 1; j < len(b); j++ {
			if t, u, ok := meet(a[i-1], a[i], b[j-1], b[j]); ok {
				onA, onB = float64(i-1)+t, float64(j-1)+u
				times++
			}
		}
	}
	return onA, onB, times
}

func pointAlong(line []xy, along float64) orb.Point {
	i := min(int(along), len(line)-2)
	return line[i].to(line[i+1], along-float64(i)).snapped()
}

// piece is a part of a strip between two ends: a gap, a cut across, or an end of the road.
type piece struct {
	ring     orb.Ring
	lengthM  float64
	middle   xy
	from, to string // The roads at its ends, where there are any.
	cutOff   bool   // It ends at a cut across: the next piece shares that side.
}

// pieces cuts the strip at its gaps, and where it is long between them.
func (s *strip) pieces() []piece {
	var all []piece
	last := float64(len(s.line) - 1)
	start := mouth{left: 0, right: 0}
	from := ""
	for _, g := range append(slices.Clone(s.gaps), gap{near: mouth{left: last, right: last}}) {
		end := g.near
		if s.lengthM(start.left, end.left) > stubM || start.edge != nil && end.edge != nil {
			all = append(all, s.cut(start, end, from, g.through)...)
		}
		start, from = g.far, g.through
	}
	return all
}

// cut divides one stretch: at lower roads that cross it, and at plain kilometres where none does for long.
func (s *strip) cut(start, end mouth, from, to string) []piece {
	ends := []crossing{{start.left, from}}
	for _, c := range s.crossed {
		last := ends[len(ends)-1].along
		if c.along > last && s.lengthM(last, c.along) >= sectionM && s.lengthM(c.along, end.left) >= sectionM/2 {
			ends = append(ends, c)
		}
	}
	ends = append(ends, crossing{end.left, to})
	for i := len(ends) - 1; i > 0; i-- {
		a, b := ends[i-1].along, ends[i].along
		n := int(math.Ceil(s.lengthM(a, b) / longestM))
		for k := n - 1; k > 0; k-- {
			ends = slices.Insert(ends, i, crossing{along: math.Round(a + (b-a)*float64(k)/float64(n))})
		}
	}
	var all []piece
	for i := 1; i < len(ends); i++ {
		a, b := ends[i-1], ends[i]
		p := piece{from: a.name, to: b.name, cutOff: i < len(ends)-1,
			lengthM: s.lengthM(a.along, b.along), middle: s.line[int((a.along+b.along)/2)]}
		first, last := mouth{left: a.along, right: a.along}, mouth{left: b.along, right: b.along}
		if i == 1 {
			first = start
		}
		if !p.cutOff {
			last = end
		}
		p.ring = s.ring(first, last)
		all = append(all, p)
	}
	return all
}

// ring goes up the right side, across the end, down the left side and across the beginning.
func (s *strip) ring(a, b mouth) orb.Ring {
	ring := orb.Ring(s.right.between(a.right, b.right))
	if b.edge != nil {
		across := b.cap()
		slices.Reverse(across)
		ring = append(ring, across...)
	}
	ring = append(ring, s.left.between(b.left, a.left)...)
	if a.edge != nil {
		ring = append(ring, a.cap()...)
	}
	ring = append(ring, ring[0])
	return slices.Compact(ring)
}

func (s *strip) lengthM(from, to float64) float64 {
	var sum float64
	for i := int(from); i < int(to); i++ {
		sum += s.line[i].distance(s.line[i+1])
	}
	return sum
}
