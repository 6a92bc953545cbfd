// Package democity draws the demonstration city: 45 communities and 9 town sections as a coverage of Linzi's real
// outline, and road corridors, all made up, with real names. The same input gives the same city to the last bit on
// processors of one kind; the result is kept in configs/demo/linzi and a test holds the two together.
package democity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// City is the demonstration city.
type City struct {
	District    geo.District
	Communities []geo.Grid // By code; the town sections are among them.
	Roads       []geo.Grid // By code.
}

// Village is a community or village with its 12-digit code and the code of its street.
type Village struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Street string `json:"streetCode"`
}

// short is the name as people say it, without the committee that governs it: 辛东社区, 西高村.
func (v Village) short() string {
	return committees.Replace(v.Name)
}

var committees = strings.NewReplacer("居民委员会", "", "居委会", "", "村民委员会", "村", "村委会", "村")

// Build draws the city into an outline, with the names of its streets and villages.
func Build(outline orb.Ring, streets []geo.Street, villages []Village) (*City, error) {
	ring := clean(outline)
	district := geo.District{Code: "370305", Name: "临淄区", Outline: orb.MultiPolygon{{ring}}, Demo: true}
	if err := district.Validate(); err != nil {
		return nil, fmt.Errorf("outline: %w", err)
	}
	lines := centreLines()
	communities, err := drawCommunities(ring, lines, streets, villages)
	if err != nil {
		return nil, fmt.Errorf("communities: %w", err)
	}
	corridors, err := drawRoads(lines, communities)
	if err != nil {
		return nil, fmt.Errorf("roads: %w", err)
	}
	return &City{district, communities, corridors}, nil
}

// clean drops points that repeat the one before them, and spikes: points where the outline turns back on itself.
func clean(outline orb.Ring) orb.Ring {
	points := slices.Compact(slices.Clone(outline[:len(outline)-1]))
	for {
		n := len(points)
		kept := points[:0:0]
		for i, p := range points {
			before, after := toPlane(points[(i+n-1)%n]), toPlane(points[(i+1)%n])
			in, out := toPlane(p).minus(before), after.minus(toPlane(p))
			if p == points[(i+n-1)%n] || in.dot(out) < -0.995*in.length()*out.length() {
				kept = append(kept, points[i+1:]...)
				break
			}
			kept = append(kept, p)
		}
		points = kept
		if len(points) == n {
			break
		}
	}
	ring := orb.Ring(append(points, points[0]))
	if ring.Orientation() != orb.CCW {
		ring.Reverse()
	}
	return ring
}

// drawCommunities grows streets over the district and communities over the streets, and turns their borders into rings.
func drawCommunities(outline orb.Ring, lines []centreLine, streets []geo.Street, villages []Village) ([]geo.Grid, error) {
	var barriers [][]xy
	for _, l := range lines {
		barriers = append(barriers, l.line)
	}
	for i, r := range rivers {
		barriers = append(barriers, curve(toPlanes(r), roadStepM, 150, uint64(200+i)))
	}
	rim := toPlanes(outline)
	f := newField(rim, barriers)
	const firstStreet = 1000 // Owners from here on are streets, below them grids.
	var sources []source
	for i, s := range plan {
		sources = append(sources, source{toPlane(s.seed), int16(firstStreet + i), s.speed})
	}
	f.grow(free, sources)
	f.tidy()

	var grids []geo.Grid
	for i, s := range plan {
		members, err := s.grids(streets, villages)
		if err != nil {
			return nil, err
		}
		sources = nil
		for k, seed := range f.seeds(int16(firstStreet+i), len(members), s) {
			sources = append(sources, source{seed, int16(len(grids) + k), 1})
		}
		f.grow(int16(firstStreet+i), sources)
		grids = append(grids, members...)
	}
	f.tidy()

	arcs, err := f.arcs()
	if err != nil {
		return nil, err
	}
	if err := shape(arcs, rim[:len(rim)-1], lines, f); err != nil {
		return nil, err
	}
	rings, err := faces(arcs, outline, len(grids))
	if err != nil {
		return nil, err
	}
	for i := range grids {
		grids[i].Boundary = orb.MultiPolygon{{rings[i]}}
	}
	slices.SortFunc(grids, func(a, b geo.Grid) int { return cmp.Compare(a.Code, b.Code) })
	return grids, nil
}

// grids names what a street or town is divided into, without boundaries. The code is that of the community and the
// sequence 001; a town's sections have community 000, the town as a whole.
func (s street) grids(streets []geo.Street, villages []Village) ([]geo.Grid, error) {
	at := slices.IndexFunc(streets, func(named geo.Street) bool { return named.Code == s.code })
	if at < 0 {
		return nil, fmt.Errorf("street %s has no name", s.code)
	}
	grid := geo.Grid{Net: geo.Community, Kind: geo.KindSection, Street: streets[at].Name}
	var grids []geo.Grid
	for i, name := range s.sections {
		grid.Code, grid.Name = fmt.Sprintf("%s000%03d", s.code, i+1), name
		grids = append(grids, grid)
	}
	if len(grids) > 0 {
		return grids, nil
	}
	grid.Kind = geo.KindCommunity
	for _, v := range villages {
		name := v.short()
		if v.Street == s.code && (strings.HasSuffix(name, "社区") || extraVillages[name] || slices.Contains(s.villages, name)) {
			grid.Code, grid.Name = v.Code+"001", name
			grids = append(grids, grid)
		}
	}
	return grids, nil
}

// seeds places the grids of a street: communities from the town's centre outwards, sections from north to south.
func (f *field) seeds(owner int16, n int, s street) []xy {
	centre := toPlane(townCentre)
	if len(s.sections) > 0 {
		seeds := f.spread(owner, n, xy{}, false, 7)
		slices.SortFunc(seeds, func(a, b xy) int { return cmp.Compare(b.y, a.y) })
		return seeds
	}
	seeds := f.spread(owner, n, centre, true, 7)
	slices.SortFunc(seeds, func(a, b xy) int { return cmp.Compare(a.distance(centre), b.distance(centre)) })
	return seeds
}

// drawRoads cuts the roads into sections and names them.
func drawRoads(lines []centreLine, communities []geo.Grid) ([]geo.Grid, error) {
	index, err := geo.NewIndex(communities)
	if err != nil {
		return nil, err
	}
	strips, err := layRoads(lines)
	if err != nil {
		return nil, err
	}
	var grids []geo.Grid
	sequence := map[string]int{}
	for _, s := range strips {
		for _, section := range s.sections() {
			home, ok := index.Locate(section.middle().snapped())
			if !ok {
				return nil, fmt.Errorf("%s lies outside the district", section.name)
			}
			prefix := home.Code[:9]
			sequence[prefix]++
			grid := geo.Grid{Net: geo.Road, Code: fmt.Sprintf("%s900%03d", prefix, sequence[prefix]),
				Name: section.name, Kind: geo.KindCorridor, Street: home.Street}
			for _, p := range section.pieces {
				grid.Boundary = append(grid.Boundary, orb.Polygon{p.ring})
			}
			grids = append(grids, grid)
		}
	}
	slices.SortFunc(grids, func(a, b geo.Grid) int { return cmp.Compare(a.Code, b.Code) })
	return grids, nil
}

// section is one grid of the road net: a few pieces of one road, between two junctions.
type section struct {
	name   string
	pieces []piece
}

func (s section) middle() xy { return s.pieces[len(s.pieces)/2].middle }

// sections groups a road's pieces. Pieces that meet at a plain cut never come into one section: they share a side.
func (s *strip) sections() []section {
	var all []section
	var open []piece
	var length float64
	pieces := s.pieces()
	for i, p := range pieces {
		open = append(open, p)
		length += p.lengthM
		if i < len(pieces)-1 && (p.cutOff || length >= sectionM) {
			all = append(all, section{pieces: open})
			open, length = nil, 0
		}
	}
	if n := len(all); n > 0 && length < sectionM/3 && !all[n-1].pieces[len(all[n-1].pieces)-1].cutOff {
		all[n-1].pieces = append(all[n-1].pieces, open...)
	} else {
		all = append(all, section{pieces: open})
	}
	var chainage float64 // Kilometres from the road's beginning, as on its stones.
	for i := range all {
		parts := all[i].pieces
		begin := mark(parts[0].from, chainage)
		for _, p := range parts {
			chainage += p.lengthM
		}
		all[i].name = fmt.Sprintf("%s（%s—%s）", s.name, begin, mark(parts[len(parts)-1].to, chainage))
	}
	return all
}

// mark names an end of a section: the road that crosses there, or the kilometre.
func mark(road string, chainageM float64) string {
	if road != "" {
		return road
	}
	return fmt.Sprintf("K%.1f", chainageM/1000)
}
