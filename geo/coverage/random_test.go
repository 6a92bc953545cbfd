package coverage_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gridwatch/geo"
	"gridwatch/geo/coverage"

	"github.com/paulmach/orb"
)

// planner is a hand that edits at random: mostly what a person could mean, sometimes what nobody could.
type planner struct {
	t     testing.TB
	rng   *rand.Rand
	cov   *coverage.Coverage
	codes []string // Of the grids there are.
	start int      // How many grids there were at first.
}

func newPlanner(t testing.TB, grids []geo.Grid, seed uint64) *planner {
	list := make([]coverage.Grid, len(grids))
	for i, g := range grids {
		list[i] = coverage.GridOf(g.Code, g.Name, g.Kind, g.Street, g.Boundary)
	}
	cov, err := coverage.New(list)
	if err != nil {
		t.Fatal(err)
	}
	p := &planner{t: t, rng: rand.New(rand.NewPCG(seed, 7)), cov: cov, start: len(grids)}
	for _, g := range cov.Grids() {
		p.codes = append(p.codes, g.Code)
	}
	return p
}

func (p *planner) grid() coverage.Grid {
	g, _ := p.cov.Grid(p.codes[p.rng.IntN(len(p.codes))])
	return g
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// ring is a random ring of the grid, without its closing point.
func (p *planner) ring(g coverage.Grid) []coverage.Point {
	ring := pick(p.rng, pick(p.rng, g.Boundary))
	return ring[:len(ring)-1]
}

// edge is a random edge of the grid.
func (p *planner) edge(g coverage.Grid) (a, b coverage.Point) {
	ring := p.ring(g)
	i := p.rng.IntN(len(ring))
	return ring[i], ring[(i+1)%len(ring)]
}

// beside is a point at a distance of up to a share of the edge's length from its middle.
func (p *planner) beside(a, b coverage.Point, share float64) coverage.Point {
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	along, aside := 0.5+share*(p.rng.Float64()-0.5), share*(p.rng.Float64()-0.5)
	return coverage.Point{X: a.X + int32(along*dx-aside*dy), Y: a.Y + int32(along*dy+aside*dx)}
}

func position(p coverage.Point) *orb.Point {
	q := p.Orb()
	return &q
}

func line(points ...coverage.Point) []orb.Point {
	degrees := make([]orb.Point, len(points))
	for i, p := range points {
		degrees[i] = p.Orb()
	}
	return degrees
}

// neighbours are the codes of the grids that have a border with the grid.
func (p *planner) neighbours(g coverage.Grid) []string {
	twins := map[[2]coverage.Point]bool{}
	eachSegment(g, func(a, b coverage.Point) { twins[[2]coverage.Point{b, a}] = true })
	var codes []string
	for _, code := range p.codes {
		other, _ := p.cov.Grid(code)
		beside := false
		eachSegment(other, func(a, b coverage.Point) { beside = beside || twins[[2]coverage.Point{a, b}] })
		if beside && code != g.Code {
			codes = append(codes, code)
		}
	}
	return codes
}

func eachSegment(g coverage.Grid, visit func(a, b coverage.Point)) {
	for _, poly := range g.Boundary {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				visit(ring[i-1], ring[i])
			}
		}
	}
}

// next makes the next command up, by what it is called in the statistics of the run.
func (p *planner) next() coverage.Command {
	g := p.grid()
	a, b := p.edge(g)
	weights := []struct {
		op   coverage.Op
		many int
	}{
		{coverage.MoveVertex, 30}, {coverage.InsertVertex, 12}, {coverage.DeleteVertex, 12}, {coverage.MoveEdge, 6},
		{coverage.Split, 5}, {coverage.Merge, 5}, {coverage.Reshape, 16}, {coverage.Snap, 4}, {coverage.Replace, 3},
		{coverage.Describe, 2}, {coverage.Delete, 2},
	}
	if len(p.codes) > p.start+p.start/10 {
		weights[5].many *= 4
	} else if len(p.codes) < p.start-p.start/10 {
		weights[4].many *= 4
	}
	total := 0
	for _, w := range weights {
		total += w.many
	}
	n := p.rng.IntN(total)
	for _, w := range weights {
		if n -= w.many; n < 0 {
			return p.make(w.op, g, a, b)
		}
	}
	panic("unreachable")
}

func (p *planner) make(op coverage.Op, g coverage.Grid, a, b coverage.Point) coverage.Command {
	cmd := coverage.Command{Op: op}
	switch op {
	case coverage.MoveVertex:
		cmd.From, cmd.To = position(a), position(p.beside(a, b, pick(p.rng, []float64{0.3, 1, 1, 4})))
		if p.rng.IntN(20) == 0 {
			cmd.To = position(pick(p.rng, p.ring(g))) // Onto another vertex.
		}
	case coverage.InsertVertex:
		cmd.Edge, cmd.At = line(a, b), position(p.beside(a, b, pick(p.rng, []float64{0, 0.5, 1})))
	case coverage.DeleteVertex:
		cmd.At = position(a)
	case coverage.MoveEdge:
		d := p.beside(coverage.Point{}, coverage.Point{X: (b.X - a.X) / 2, Y: (b.Y - a.Y) / 2}, 1)
		cmd.Edge, cmd.By = line(a, b), position(d)
	case coverage.Split:
		ring := p.ring(g)
		i := p.rng.IntN(len(ring))
		c, d := ring[(i+len(ring)/2)%len(ring)], ring[(i+len(ring)/2+1)%len(ring)]
		from, to := p.beside(a, b, 1), p.beside(c, d, 1)
		// From beyond the one side to beyond the other, with a bend.
		out := func(p, q coverage.Point) coverage.Point {
			return coverage.Point{X: p.X + (p.X-q.X)/4, Y: p.Y + (p.Y-q.Y)/4}
		}
		cmd.Code, cmd.Line = g.Code, line(out(from, to), p.beside(from, to, 0.2), out(to, from))
		cmd.New = &coverage.NewGrid{Code: p.cov.NextCode(g.Code), Name: "新 " + g.Name, Kind: g.Kind, Street: g.Street}
	case coverage.Merge:
		other := pick(p.rng, append(p.neighbours(g), p.grid().Code))
		cmd.Codes, cmd.Into = []string{g.Code, other}, g.Code
	case coverage.Reshape:
		ring := p.ring(g)
		i, n := p.rng.IntN(len(ring)), 1+p.rng.IntN(min(8, len(ring)-2))
		from, to := ring[i], ring[(i+n)%len(ring)]
		cmd.Code = g.Code
		if p.rng.IntN(2) == 0 {
			from, to = p.beside(from, to, 0.3), p.beside(to, from, 0.3)
		}
		cmd.Line = line(from, p.beside(from, to, 1), p.beside(from, to, 1), to)
		if p.rng.IntN(2) == 0 {
			cmd.Line = line(from, p.beside(from, to, 1), to)
		}
	case coverage.Snap:
		cmd.Codes, cmd.ToleranceM = []string{g.Code}, 1+40*p.rng.Float64()
		cmd.Lines = [][]orb.Point{line(p.beside(a, b, 2), p.beside(a, b, 1), p.beside(a, b, 2))}
	case coverage.Replace: // By itself with one corner drawn in: a gap opens.
		shape := g.Orb()
		ring := shape[0][0]
		i := 1 + p.rng.IntN(len(ring)-2)
		ring[i] = p.beside(coverage.PointOf(ring[i]), coverage.PointOf(ring[0]), 0.1).Orb()
		cmd.Code, cmd.Geometry = g.Code, &coverage.Geometry{MultiPolygon: shape}
	case coverage.Describe:
		name := fmt.Sprintf("网格 %d", p.rng.IntN(1000))
		cmd.Code, cmd.Name, cmd.NewCode = g.Code, &name, p.cov.NextCode(g.Code)
	case coverage.Delete:
		cmd.Code = g.Code
	}
	return cmd
}

// follow keeps the list of codes after a change.
func (p *planner) follow(change coverage.Change) {
	for _, g := range change.Before {
		if i, there := slices.BinarySearch(p.codes, g.Code); there {
			p.codes = slices.Delete(p.codes, i, i+1)
		}
	}
	for _, g := range change.After {
		if i, there := slices.BinarySearch(p.codes, g.Code); !there {
			p.codes = slices.Insert(p.codes, i, g.Code)
		}
	}
}

// doubledArea is twice the area in square units, exactly.
func doubledArea(grids []coverage.Grid) (total int64) {
	for _, g := range grids {
		for _, poly := range g.Boundary {
			for _, ring := range poly {
				for i := 1; i < len(ring); i++ {
					ax, ay := int64(ring[i-1].X-ring[0].X), int64(ring[i-1].Y-ring[0].Y)
					bx, by := int64(ring[i].X-ring[0].X), int64(ring[i].Y-ring[0].Y)
					total += ax*by - ay*bx
				}
			}
		}
	}
	return total
}
