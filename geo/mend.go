package geo

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strconv"

	"gridwatch/geo/coverage"

	"github.com/paulmach/orb"
)

// MendKind is a kind of fault along borders that were drawn twice.
type MendKind string

const (
	MendGap      MendKind = "gap"       // Ground between grids that no grid owns; offered to one of those around it.
	MendSliver   MendKind = "sliver"    // A gap, or a part of a grid with others, less than a metre wide.
	MendOverlap  MendKind = "overlap"   // Ground that several grids own; offered to one of them.
	MendNearMiss MendKind = "near_miss" // A corner next to a neighbour's border; offered to be moved onto it.
)

// Mends are offered for what is not wider than a tolerance; wider faults are for a person to draw.
const (
	DefaultToleranceM = 2.0
	leastToleranceM   = 0.01
	mostToleranceM    = 10.0
	sliverM           = 1.0
)

// CheckTolerance refuses a tolerance that mends nothing, or would redraw the city.
func CheckTolerance(m float64) error {
	if !(m >= leastToleranceM && m <= mostToleranceM) {
		return Invalid("tolerance_m", "must be from %v to %v metres", leastToleranceM, mostToleranceM)
	}
	return nil
}

// Mend is one fault and what is offered to mend it. Nothing is mended until a person accepts it.
type Mend struct {
	ID     string // The same as long as the ground there is the same.
	Kind   MendKind
	AreaM2 float64
	WidthM float64 // On average; of a near miss how far the corner moves.
	At     orb.Point
	Codes  []string     // Of the grids concerned; the one that gets the ground, or keeps it, comes first.
	Ground orb.Geometry // A polygon; of a near miss the line along which the corner moves.
}

// Into is the code of the grid that gets the ground.
func (m Mend) Into() string { return m.Codes[0] }

// mending is a coverage with its mends, and how each is done.
type mending struct {
	net        Net
	toleranceM float64
	plane      *plane
	index      map[stretch]int // Of the plane's lines.
	offers     []offer
}

type offer struct {
	Mend
	face face
	move *nearMiss // Instead of a face.
}

// FindMends lists what can be mended in the grids of a net, by place.
func FindMends(net Net, grids []Grid, toleranceM float64) []Mend {
	found := findMends(net, oriented(shapesOf(grids)), toleranceM)
	mends := make([]Mend, len(found.offers))
	for i, o := range found.offers {
		mends[i] = o.Mend
	}
	return mends
}

// oriented turns outer rings counter-clockwise and holes clockwise.
func oriented(shapes []coverage.Grid) []coverage.Grid {
	for _, shape := range shapes {
		for _, polygon := range shape.Boundary {
			for k, ring := range polygon {
				if walk := walkAlong(ring); len(walk) > 0 && (walkArea(walk) > 0) != (k == 0) {
					slices.Reverse(ring)
				}
			}
		}
	}
	return shapes
}

func findMends(net Net, shapes []coverage.Grid, toleranceM float64) *mending {
	const unitM = 0.011 // About; a unit of longitude is less.
	m := &mending{net: net, toleranceM: toleranceM, plane: newPlane(shapes, 2*toleranceM/unitM), index: map[stretch]int{}}
	for i, line := range m.plane.lines {
		m.index[line.stretch] = i
	}
	mended := map[coverage.Point]bool{} // Corners of ground that is offered.
	for _, f := range m.plane.faces() {
		if len(f.grids) == 0 && net == Road {
			continue // Between corridors lies the rest of the city.
		}
		if o, ok := m.offerGround(f); ok {
			m.offers = append(m.offers, o)
			for _, walk := range f.walks {
				for _, s := range walk {
					mended[s.a] = true
				}
			}
		}
	}
	if net == Community {
		m.offers = append(m.offers, m.nearMisses(mended)...)
	}
	slices.SortFunc(m.offers, func(a, b offer) int {
		return cmp.Or(cmp.Compare(a.At[0], b.At[0]), cmp.Compare(a.At[1], b.At[1]), cmp.Compare(a.ID, b.ID))
	})
	return m
}

// offerGround offers a gap or an overlap to a grid, if it is not too wide.
func (m *mending) offerGround(f face) (offer, bool) {
	m2, around := measure(f.walks)
	width := 2 * m2 / around
	if width > m.toleranceM {
		return offer{}, false
	}
	o := offer{face: f, Mend: Mend{
		Kind: MendOverlap, AreaM2: m2, WidthM: width, At: orb.Point{f.inside[0] / 1e7, f.inside[1] / 1e7}, Ground: f.polygon(),
	}}
	var grids []int32
	switch len(f.grids) {
	case 0:
		grids = m.neighbours(f)
		o.Kind = MendGap
		if width < sliverM {
			o.Kind = MendSliver
		}
	case 1:
		if grids = m.neighbours(f); len(grids) == 0 {
			return offer{}, false
		}
		grids = append(grids, f.grids[0])
		o.Kind = MendSliver
	default:
		grids = m.keepers(f)
	}
	for _, grid := range grids {
		o.Codes = append(o.Codes, m.plane.shapes[grid].Code)
	}
	o.ID = o.id(f.corners())
	return o, len(o.Codes) > 0
}

// sides are the grids on the left and on the right of a stretch.
func (m *mending) sides(s stretch) (left, right []int32) {
	ordered, forward := s.ordered()
	i, known := m.index[ordered]
	if !known {
		return nil, nil
	}
	if line := m.plane.lines[i]; forward {
		return line.left, line.right
	} else {
		return line.right, line.left
	}
}

// neighbours are the grids around a gap, the one with the longest common border first.
func (m *mending) neighbours(f face) []int32 {
	lengths := map[int32]float64{}
	for _, walk := range f.walks {
		for _, s := range walk {
			_, right := m.sides(s)
			for _, grid := range right {
				lengths[grid] += s.length()
			}
		}
	}
	return m.byLength(lengths)
}

// keepers are the owners of an overlap, the one first whose other ground surrounds it most.
func (m *mending) keepers(f face) []int32 {
	lengths := map[int32]float64{}
	for _, grid := range f.grids {
		lengths[grid] = 0
	}
	for _, walk := range f.walks {
		for _, s := range walk {
			left, _ := m.sides(s)
			for _, grid := range f.grids {
				if !slices.Contains(left, grid) { // Its ground goes on there.
					lengths[grid] += s.length()
				}
			}
		}
	}
	return m.byLength(lengths)
}

func (m *mending) byLength(lengths map[int32]float64) []int32 {
	var grids []int32
	for grid := range lengths {
		grids = append(grids, grid)
	}
	slices.SortFunc(grids, func(a, b int32) int {
		return cmp.Or(cmp.Compare(lengths[b], lengths[a]), cmp.Compare(m.plane.shapes[a].Code, m.plane.shapes[b].Code))
	})
	return grids
}

func (f face) corners() []coverage.Point {
	var corners []coverage.Point
	for _, walk := range f.walks {
		for _, s := range walk {
			corners = append(corners, s.a)
		}
	}
	return corners
}

func (f face) polygon() orb.Polygon {
	var polygon orb.Polygon
	for _, walk := range f.walks {
		var ring orb.Ring
		for _, s := range walk {
			ring = append(ring, s.a.Orb())
		}
		polygon = append(polygon, append(ring, ring[0]))
	}
	return polygon
}

// id is made of what the mend is and where.
func (m Mend) id(corners []coverage.Point) string {
	corners = slices.Clone(corners)
	slices.SortFunc(corners, coverage.Point.Compare)
	hash := fnv.New64a()
	hash.Write([]byte(m.Kind))
	for _, code := range slices.Sorted(slices.Values(m.Codes)) {
		hash.Write([]byte(code))
	}
	for _, p := range corners {
		binary.Write(hash, binary.BigEndian, p)
	}
	return strconv.FormatUint(hash.Sum64(), 36)
}
