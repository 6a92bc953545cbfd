package coverage

import (
	"math/big"
)

// edge is a directed border segment: the grid that owns it lies on its left.
type edge struct{ A, B Point }

func (e edge) twin() edge { return edge{e.B, e.A} }

// undirected is the edge from its smaller end.
func (e edge) undirected() edge {
	if e.B.Compare(e.A) < 0 {
		return e.twin()
	}
	return e
}

func (e edge) compare(f edge) int {
	if c := e.A.Compare(f.A); c != 0 {
		return c
	}
	return e.B.Compare(f.B)
}

func (e edge) box() box { return box{}.with(e.A).with(e.B) }

// spot is a point in half units, so that the middle of an edge is one. Products of its differences may need 128 bits.
type spot struct{ x, y int64 }

func (p Point) spot() spot { return spot{2 * int64(p.X), 2 * int64(p.Y)} }

// middle is the exact middle of the edge.
func (e edge) middle() spot {
	return spot{int64(e.A.X) + int64(e.B.X), int64(e.A.Y) + int64(e.B.Y)}
}

// fits is the bound under which a sum of two products cannot leave int64.
const fits = 1 << 30

func small(v int64) bool { return -fits < v && v < fits }

// turn is +1 when c lies left of the line from a to b, -1 when right of it, 0 when exactly on it.
func turn(a, b, c Point) int { return turnSpots(a.spot(), b.spot(), c.spot()) }

func turnSpots(a, b, c spot) int {
	ux, uy, vx, vy := b.x-a.x, b.y-a.y, c.x-a.x, c.y-a.y
	if small(ux) && small(uy) && small(vx) && small(vy) {
		return sign(ux*vy - uy*vx)
	}
	return bigCross(ux, uy, vx, vy).Sign()
}

func sign(v int64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

func bigCross(ux, uy, vx, vy int64) *big.Int {
	left := new(big.Int).Mul(big.NewInt(ux), big.NewInt(vy))
	return left.Sub(left, new(big.Int).Mul(big.NewInt(uy), big.NewInt(vx)))
}

func bigDot(ux, uy, vx, vy int64) *big.Int { return bigCross(ux, uy, -vy, vx) }

func minus(p, q Point) (x, y int64) { return int64(p.X) - int64(q.X), int64(p.Y) - int64(q.Y) }

// within reports whether p is in the box of the edge, ends and rim included.
func (e edge) within(p Point) bool {
	return min(e.A.X, e.B.X) <= p.X && p.X <= max(e.A.X, e.B.X) && min(e.A.Y, e.B.Y) <= p.Y && p.Y <= max(e.A.Y, e.B.Y)
}

// holds reports whether p lies exactly on the edge, and is none of its ends.
func (e edge) holds(p Point) bool {
	return e.within(p) && p != e.A && p != e.B && turn(e.A, e.B, p) == 0
}

// near reports whether p lies between the ends of the edge and so close to it as a point of the edge does that was rounded
// to units: twice the cross product is at most |dx|+|dy|. Such a point is taken to be on the border.
func (e edge) near(p Point) bool {
	ux, uy := minus(e.B, e.A)
	vx, vy := minus(p, e.A)
	if small(ux) && small(uy) && small(vx) && small(vy) {
		along := ux*vx + uy*vy
		return 2*abs(ux*vy-uy*vx) <= abs(ux)+abs(uy) && along > 0 && along < ux*ux+uy*uy
	}
	along := bigDot(ux, uy, vx, vy)
	aside := bigCross(ux, uy, vx, vy)
	return aside.Abs(aside).Lsh(aside, 1).Cmp(big.NewInt(abs(ux)+abs(uy))) <= 0 &&
		along.Sign() > 0 && along.Cmp(bigDot(ux, uy, ux, uy)) < 0
}

func abs(v int64) int64 { return max(v, -v) }

// crossing is the point of e where the line through f crosses it, rounded to units, halves upwards. The edges must cross
// properly. It is worked out on the undirected edges, so that neighbours agree.
func crossing(e, f edge) Point {
	e, f = e.undirected(), f.undirected()
	above, below := crossingRatio(e, f)
	dx, dy := minus(e.B, e.A)
	return Point{e.A.X + int32(share(dx, above, below)), e.A.Y + int32(share(dy, above, below))}
}

// latticeCrossing is the unit point that lies exactly on e and is nearest to where f crosses it.
func latticeCrossing(e, f edge) Point {
	e, f = e.undirected(), f.undirected()
	above, below := crossingRatio(e, f)
	return e.step(share(e.steps(), above, below))
}

// latticeNearest is the unit point that lies exactly on e and is nearest to p, which is near it.
func latticeNearest(e edge, p Point) Point {
	e = e.undirected()
	ux, uy := minus(e.B, e.A)
	vx, vy := minus(p, e.A)
	return e.step(share(e.steps(), bigDot(ux, uy, vx, vy), bigDot(ux, uy, ux, uy)))
}

// steps is the number of equal steps between unit points that the edge has.
func (e edge) steps() int64 {
	dx, dy := minus(e.B, e.A)
	a, b := abs(dx), abs(dy)
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (e edge) step(k int64) Point {
	dx, dy := minus(e.B, e.A)
	n := e.steps()
	return Point{e.A.X + int32(dx/n*k), e.A.Y + int32(dy/n*k)}
}

// crossingRatio says how far along e, as a fraction above/below with below > 0, the line through f crosses it.
func crossingRatio(e, f edge) (above, below *big.Int) {
	fx, fy := minus(f.B, f.A)
	ax, ay := minus(e.A, f.A)
	bx, by := minus(e.B, f.A)
	above = bigCross(fx, fy, ax, ay)
	below = new(big.Int).Sub(above, bigCross(fx, fy, bx, by))
	if below.Sign() < 0 {
		above.Neg(above)
		below.Neg(below)
	}
	return above, below
}

// share is d·above/below rounded to the nearest integer, halves upwards; below is positive.
func share(d int64, above, below *big.Int) int64 {
	n := new(big.Int).Mul(big.NewInt(2*d), above)
	n.Add(n, below)
	return n.Div(n, new(big.Int).Lsh(below, 1)).Int64() // Div rounds down, as the divisor is positive.
}

// compareAround orders the directions from v to p and from v to q counter-clockwise, beginning in the east.
func compareAround(v, p, q Point) int {
	if hp, hq := lowerHalf(v, p), lowerHalf(v, q); hp != hq {
		if hq {
			return -1
		}
		return 1
	}
	return -turn(v, p, q)
}

func lowerHalf(v, p Point) bool { return p.Y < v.Y || p.Y == v.Y && p.X < v.X }

// box is a bounding box; the zero box is empty.
type box struct {
	lo, hi Point
	some   bool
}

func (b box) with(p Point) box {
	if !b.some {
		return box{p, p, true}
	}
	return box{Point{min(b.lo.X, p.X), min(b.lo.Y, p.Y)}, Point{max(b.hi.X, p.X), max(b.hi.Y, p.Y)}, true}
}

func (b box) meets(c box) bool {
	return b.some && c.some && b.lo.X <= c.hi.X && c.lo.X <= b.hi.X && b.lo.Y <= c.hi.Y && c.lo.Y <= b.hi.Y
}

func (b box) covers(c box) bool {
	return b.some && c.some && b.lo.X <= c.lo.X && c.hi.X <= b.hi.X && b.lo.Y <= c.lo.Y && c.hi.Y <= b.hi.Y
}

// wider is the box with one unit more on each side: what is near an edge is in it.
func (b box) wider() box {
	return box{Point{b.lo.X - 1, b.lo.Y - 1}, Point{b.hi.X + 1, b.hi.Y + 1}, b.some}
}

func boxOf(edges []edge) box {
	var b box
	for _, e := range edges {
		b = b.with(e.A)
	}
	return b
}

// inside reports whether the spot lies inside the closed rings that the edges make: the ray to the east crosses an odd
// number of them. For a spot on an edge the answer means nothing.
func inside(edges []edge, s spot) bool {
	odd := false
	for _, e := range edges {
		ay, by := 2*int64(e.A.Y), 2*int64(e.B.Y)
		if (ay > s.y) == (by > s.y) {
			continue
		}
		if ax, bx := 2*int64(e.A.X), 2*int64(e.B.X); ax <= s.x && bx <= s.x {
			continue
		} else if ax > s.x && bx > s.x {
			odd = !odd
			continue
		}
		if e.A.Y > e.B.Y {
			e = e.twin()
		}
		if turnSpots(e.A.spot(), e.B.spot(), s) > 0 {
			odd = !odd
		}
	}
	return odd
}

// doubledArea is twice the area of the closed rings that the edges make, in square units: positive where they turn
// counter-clockwise.
func doubledArea(edges []edge) int64 {
	var total int64
	if len(edges) == 0 {
		return 0
	}
	from := edges[0].A
	for _, e := range edges {
		ax, ay := minus(e.A, from)
		bx, by := minus(e.B, from)
		total += ax*by - ay*bx
	}
	return total
}
