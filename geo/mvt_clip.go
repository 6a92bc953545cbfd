package geo

import (
	"cmp"
	"math"
	"slices"
)

// pixel is a point in units of a tile, from its north-western corner: x to the east, y to the south.
type pixel struct{ x, y int }

// buffer is how far a tile draws beyond its edges, so that the borders of a cut shape lie out of sight: eight pixels.
const buffer = extent / 64

// The window of a tile runs between whole units, so that no point ever lies on its frame. A border that crosses it ends
// on the unit outside.
const (
	windowLow, windowHigh = -buffer - 0.5, extent + buffer + 0.5
	edgeLow, edgeHigh     = -buffer - 1, extent + buffer + 1
)

func (p pixel) inWindow() bool {
	return p.x > edgeLow && p.x < edgeHigh && p.y > edgeLow && p.y < edgeHigh
}

// clipper cuts loops, which have the inside of a shape on their right, to the window. It is not safe for two goroutines.
type clipper struct {
	outside []pixel // The loops, one after the other.
	ends    []int   // Where each of them ends.
	points  []pixel // What of them is in sight, path by path.
	paths   []path
	frame   []passage
	loop    []pixel
}

// path is a part of a loop from where it comes into the window to where it leaves.
type path struct {
	from, to      int // Of the points.
	comes, leaves float64
	next          int  // The path that follows along the frame; -1 when this one is used up.
	round         bool // The frame begins between the two.
}

// passage is where a path comes in or leaves. The frame is measured clockwise from its north-western corner.
type passage struct {
	at     float64
	path   int
	leaves bool
}

func (c *clipper) reset() {
	c.outside, c.ends, c.points, c.paths, c.frame = c.outside[:0], c.ends[:0], c.points[:0], c.paths[:0], c.frame[:0]
}

// add takes a loop that has a point outside the window.
func (c *clipper) add(loop []pixel) {
	c.outside = append(c.outside, loop...)
	c.ends = append(c.ends, len(c.outside))
	first := slices.IndexFunc(loop, func(p pixel) bool { return !p.inWindow() })
	a, inA := loop[first], false
	for i := range loop {
		b := loop[(first+i+1)%len(loop)]
		inB := b.inWindow()
		if inA && inB {
			c.points = append(c.points, b)
		} else if inA || inB || mayCross(a, b) {
			comes, leaves, crosses := throughWindow(a, b)
			if inB || !inA && crosses {
				c.begin(comes)
			}
			if inB {
				c.points = append(c.points, b)
			} else if inA || crosses {
				c.end(leaves)
			}
		}
		a, inA = b, inB
	}
}

// mayCross is false for two points beyond the same side.
func mayCross(a, b pixel) bool {
	return max(a.x, b.x) > edgeLow && min(a.x, b.x) < edgeHigh && max(a.y, b.y) > edgeLow && min(a.y, b.y) < edgeHigh
}

func (c *clipper) begin(at mark) {
	c.paths = append(c.paths, path{from: len(c.points), comes: at.along()})
	c.frame = append(c.frame, passage{at: at.along(), path: len(c.paths) - 1})
	c.points = append(c.points, at.pixel())
}

func (c *clipper) end(at mark) {
	c.points = append(c.points, at.pixel())
	last := len(c.paths) - 1
	c.paths[last].to, c.paths[last].leaves = len(c.points), at.along()
	c.frame = append(c.frame, passage{at: at.along(), path: last, leaves: true})
}

// mark is a point of the frame: its side (north, east, south, west) and how far along it from west or north.
type mark struct {
	side int
	at   float64
}

const side = windowHigh - windowLow

// along measures the frame clockwise.
func (m mark) along() float64 {
	if m.side < 2 {
		return float64(m.side)*side + m.at - windowLow
	}
	return float64(m.side)*side + windowHigh - m.at
}

func (m mark) pixel() pixel {
	at := int(math.Round(m.at))
	switch m.side {
	case 0:
		return pixel{at, edgeLow}
	case 1:
		return pixel{edgeHigh, at}
	case 2:
		return pixel{at, edgeHigh}
	}
	return pixel{edgeLow, at}
}

// throughWindow is where the line from a to b, which are not both inside, comes into the window and leaves it. A line
// and the same line backward cross the frame at the same points, since both are reckoned from the same end.
func throughWindow(a, b pixel) (comes, leaves mark, crosses bool) {
	backward := b.x < a.x || b.x == a.x && b.y < a.y
	if backward {
		a, b = b, a
	}
	dx, dy := float64(b.x-a.x), float64(b.y-a.y)
	ax, ay := float64(a.x), float64(a.y)
	from, to := math.Inf(-1), math.Inf(1)
	// x never falls from a to b: the line comes in over the west and leaves over the east.
	if dx > 0 {
		from, comes = (windowLow-ax)/dx, mark{side: 3}
		to, leaves = (windowHigh-ax)/dx, mark{side: 1}
	}
	if dy != 0 {
		north, south := (windowLow-ay)/dy, (windowHigh-ay)/dy
		over, under := 0, 2
		if dy < 0 {
			north, south, over, under = south, north, under, over
		}
		if north > from {
			from, comes = north, mark{side: over}
		}
		if south < to {
			to, leaves = south, mark{side: under}
		}
	}
	for _, m := range []*mark{&comes, &leaves} {
		part := from
		if m == &leaves {
			part = to
		}
		m.at = ax + part*dx
		if m.side%2 == 1 {
			m.at = ay + part*dy
		}
		m.at = min(max(m.at, windowLow), windowHigh)
	}
	crosses = from < to && to >= 0 && from <= 1
	if backward {
		comes, leaves = leaves, comes
	}
	return comes, leaves, crosses
}

// cut gives the loops of what is in sight of those that were added: the paths, joined clockwise along the frame, or the
// whole frame when the window lies inside the shape.
func (c *clipper) cut(give func(loop []pixel)) {
	if len(c.paths) == 0 {
		if len(c.ends) > 0 && c.cornerInside() {
			give(corners[:])
		}
		return
	}
	c.sortFrame()
	c.pair()
	for i := range c.paths {
		if c.paths[i].next >= 0 {
			give(c.follow(i))
		}
	}
}

// corners of the window as tiles draw it, each after its side.
var corners = [4]pixel{{edgeHigh, edgeLow}, {edgeHigh, edgeHigh}, {edgeLow, edgeHigh}, {edgeLow, edgeLow}}

// cornerInside reports whether the window's north-western corner lies inside the shape.
func (c *clipper) cornerInside() bool {
	odd, from := false, 0
	for _, end := range c.ends {
		a := c.outside[end-1]
		for _, b := range c.outside[from:end] {
			if (a.y > edgeLow) != (b.y > edgeLow) &&
				float64(a.x)+(windowLow-float64(a.y))*float64(b.x-a.x)/float64(b.y-a.y) > windowLow {
				odd = !odd
			}
			a = b
		}
		from = end
	}
	return odd
}

// sortFrame orders the crossings along the frame. Where two lines lie on each other, what comes first follows from the
// frame itself: it is inside the shape after a path has left and outside after one has come in, by turns.
func (c *clipper) sortFrame() {
	slices.SortStableFunc(c.frame, func(a, b passage) int { return cmp.Compare(a.at, b.at) })
	const same = 1e-6
	for i := 0; i < len(c.frame); {
		n := 1
		for i+n < len(c.frame) && c.frame[i+n].at-c.frame[i].at < same {
			n++
		}
		if n > 1 {
			inside := i > 0 && c.frame[i-1].leaves || i == 0 && c.cornerInside()
			byTurns(c.frame[i:i+n], inside)
		}
		i += n
	}
}

func byTurns(some []passage, inside bool) {
	for i := range some {
		for k := i; k < len(some); k++ {
			if some[k].leaves != inside {
				some[i], some[k] = some[k], some[i]
				break
			}
		}
		inside = some[i].leaves
	}
}

// pair says for each path which one follows it: the first that comes in after it has left.
func (c *clipper) pair() {
	var left, early []int // Paths that left and have none after them yet; paths that came in before any left.
	for _, x := range c.frame {
		switch last := len(left) - 1; {
		case x.leaves:
			left = append(left, x.path)
		case last < 0:
			early = append(early, x.path)
		default:
			c.paths[left[last]].next = x.path
			left = left[:last]
		}
	}
	for i, path := range early { // Round the corner where the frame begins; as many as are left.
		p := &c.paths[left[len(left)-1-i]]
		p.next, p.round = path, true
	}
}

// follow is the loop of path i and all that follow it, which are used up.
func (c *clipper) follow(i int) []pixel {
	c.loop = c.loop[:0]
	for c.paths[i].next >= 0 {
		p := &c.paths[i]
		c.loop = append(c.loop, c.points[p.from:p.to]...)
		next := p.next
		p.next = -1
		from, to := int(p.leaves/side), int(c.paths[next].comes/side)
		if to < from || to == from && p.round {
			to += len(corners)
		}
		for ; from < to; from++ {
			c.loop = append(c.loop, corners[from%len(corners)])
		}
		i = next
	}
	return c.loop
}
