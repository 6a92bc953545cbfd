package geo

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	sphere "github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/planar"
)

// Classes of roads, from the one that goes through at a junction to the one that gives way (CJJ 37).
const (
	Expressway = 1 // 快速路
	Arterial   = 2 // 主干路
	Secondary  = 3 // 次干路
	Branch     = 4 // 支路
)

const (
	leastReachM   = 0.5 // Of a section to one side.
	mostReachM    = 100.0
	leastCorridor = 1.0 // Square metres: smaller pieces that a junction cuts off are nobody's.
)

// Section is a section of a road (路段): what the corridor of a grid is made from.
type Section struct {
	Code   string         `json:"section_code"` // As the roads' own register has it; may be empty.
	Class  int            `json:"class"`        // Expressway … Branch.
	Line   orb.LineString `json:"line"`
	LeftM  float64        `json:"left_m"`  // How far its ground reaches to the left of the line, in metres,
	RightM float64        `json:"right_m"` // and to the right.
}

// RoadSection is a section with the grid that it is.
type RoadSection struct {
	Grid string // The grid's code.
	Section

	// Ground is its own polygon where it has one: line, class and widths then do not count.
	Ground orb.MultiPolygon
}

// Validate returns the first rule that the section breaks.
func (r Section) Validate() error {
	if err := validText("section_code", r.Code); err != nil {
		return err
	}
	if r.Class < Expressway || r.Class > Branch {
		return Invalid("class", "must be a whole number from %d to %d", Expressway, Branch)
	}
	if len(r.Line) < 2 {
		return Invalid("line", "has at least 2 points, not %d", len(r.Line))
	}
	for i, p := range r.Line {
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			return Invalid(fmt.Sprintf("line[%d]", i), "must be longitude and latitude in degrees, not %v", p)
		}
		if i > 0 && r.Line[i-1] == p {
			return Invalid(fmt.Sprintf("line[%d]", i), "repeats the point before it")
		}
	}
	for side, m := range map[string]float64{"left_m": r.LeftM, "right_m": r.RightM} {
		if !(m >= leastReachM && m <= mostReachM) {
			return Invalid(side, "must be from %g to %g metres, not %g", leastReachM, mostReachM, m)
		}
	}
	return nil
}

// middle is the point halfway along the line.
func (r Section) middle() orb.Point {
	if len(r.Line) == 0 {
		return orb.Point{}
	}
	left := planar.Length(r.Line) / 2
	for i := 1; i < len(r.Line); i++ {
		a, b := r.Line[i-1], r.Line[i]
		length := planar.Distance(a, b)
		if length >= left {
			share := left / length
			return orb.Point{a[0] + share*(b[0]-a[0]), a[1] + share*(b[1]-a[1])}
		}
		left -= length
	}
	return r.Line[len(r.Line)-1]
}

func (r RoadSection) validate() error {
	if !gridCode.MatchString(r.Grid) {
		return Invalid("code", "must have 15 digits, not %q", r.Grid)
	}
	if len(r.Ground) > 0 {
		return validBoundary("ground", r.Ground)
	}
	return r.Section.Validate()
}

// goesThrough orders sections by who keeps the ground of a junction: one with its own ground; the higher class; of one
// class the wider; of one width the smaller code.
func goesThrough(a, b RoadSection) int {
	drawn := func(r RoadSection) int { return min(len(r.Ground), 1) }
	return cmp.Or(cmp.Compare(drawn(b), drawn(a)), cmp.Compare(a.Class, b.Class), cmp.Compare(b.LeftM+b.RightM, a.LeftM+a.RightM), cmp.Compare(a.Grid, b.Grid))
}

// Corridors returns the ground of every section by its code: they share borders and corners, and no two overlap. Where
// sections cross, one keeps the ground of the junction (goesThrough), and the other ends at its edges, in two
// pieces if it goes on behind. Where sections meet end to end, the wedge between them is filled. Coordinates
// are multiples of 1e-7°. A section that others leave nothing of is refused (RoadCovered).
func (s *Store) Corridors(ctx context.Context, sections []RoadSection) (map[string]orb.MultiPolygon, error) {
	if len(sections) == 0 {
		return map[string]orb.MultiPolygon{}, nil
	}
	first := map[string]bool{}
	for _, r := range sections {
		if err := r.validate(); err != nil {
			return nil, under("section "+r.Grid, err)
		}
		if first[r.Grid] {
			return nil, Invalid("section "+r.Grid+": code", "duplicate code")
		}
		first[r.Grid] = true
	}
	sections = slices.SortedFunc(slices.Values(sections), goesThrough)
	claims, err := s.claims(ctx, sections)
	if err != nil {
		return nil, err
	}
	return s.divide(ctx, sections, claims)
}

// claim is ground that a section would have if it were alone, in units of 1e-7°.
type claim struct {
	section int // Index by goesThrough.
	ground  orb.MultiPolygon
	bound   orb.Bound
}

// claims are the strips along the lines, the wedges where lines meet end to end, and the grounds that are drawn.
func (s *Store) claims(ctx context.Context, sections []RoadSection) ([]claim, error) {
	batch := &pgx.Batch{}
	var claims []claim
	take := func(section int, ground orb.MultiPolygon) {
		claims = append(claims, claim{section, ground, ground.Bound()})
	}
	arms := map[orb.Point][]arm{}
	for i, r := range sections {
		if len(r.Ground) > 0 {
			take(i, mapPoints(r.Ground, toUnits))
			continue
		}
		// A plane of its own: a section's strip is the same whatever is laid elsewhere.
		frame := newLocalFrame(r.Line.Bound().Center())
		line := make(orb.LineString, len(r.Line))
		for k, p := range r.Line {
			line[k] = frame.metres(p)
		}
		queueStrip(batch, line, r.LeftM, r.RightM).Query(func(rows pgx.Rows) error {
			strip, err := pgx.CollectExactlyOneRow(rows, scanPlane)
			if err != nil {
				return fmt.Errorf("strip of section %s: %w", r.Grid, err)
			}
			take(i, mapPoints(strip, func(m orb.Point) orb.Point { return toUnits(frame.lonLat(m)) }))
			return nil
		})
		n := len(line)
		first, last := toUnits(r.Line[0]), toUnits(r.Line[n-1])
		arms[first] = append(arms[first], armOf(i, frame, line[0], line[1], r.LeftM, r.RightM))
		arms[last] = append(arms[last], armOf(i, frame, line[n-1], line[n-2], r.RightM, r.LeftM))
	}
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	for at, joined := range arms {
		for _, w := range wedges(at, joined) {
			take(w.section, w.ground)
		}
	}
	return claims, nil
}

// queueStrip asks for the ground from leftM to the left of a line to rightM to its right, in metres.
func queueStrip(batch *pgx.Batch, line orb.LineString, leftM, rightM float64) *pgx.QueuedQuery {
	const corners = "endcap=flat join=mitre mitre_limit=2"
	shape := wkb.MustMarshal(line)
	if leftM == rightM {
		return batch.Queue(`SELECT ST_AsBinary(ST_Multi(ST_Buffer(ST_GeomFromWKB($1), $2, $3)))`, shape, leftM, corners)
	}
	return batch.Queue(`
		SELECT ST_AsBinary(ST_Multi(ST_Union(
			ST_Buffer(ST_GeomFromWKB($1), $2, 'side=left ' || $4),
			ST_Buffer(ST_GeomFromWKB($1), $3, 'side=right ' || $4))))`, shape, leftM, rightM, corners)
}

func scanPlane(row pgx.CollectableRow) (ground orb.MultiPolygon, err error) {
	err = row.Scan(wkb.Scanner(&ground))
	return ground, err
}

// arm is a section as it leaves a place where lines meet end to end.
type arm struct {
	section     int
	angle       float64
	left, right orb.Point // The corners of its strip there, seen along the arm, in units of 1e-7°.
}

func armOf(section int, frame localFrame, from, to orb.Point, leftM, rightM float64) arm {
	dx, dy := to[0]-from[0], to[1]-from[1]
	length := math.Hypot(dx, dy)
	dx, dy = dx/length, dy/length
	return arm{
		section: section, angle: math.Atan2(dy, dx),
		left:  toUnits(frame.lonLat(orb.Point{from[0] - dy*leftM, from[1] + dx*leftM})),
		right: toUnits(frame.lonLat(orb.Point{from[0] + dy*rightM, from[1] - dx*rightM})),
	}
}

// leastWedge is about a hundredth of a square metre, in square units of 1e-7°.
const leastWedge = 100.0

// wedges are the triangles between neighbouring arms, each for the one that goes through. Where the strips overlap
// already they add nothing.
func wedges(at orb.Point, arms []arm) []claim {
	if len(arms) < 2 {
		return nil
	}
	slices.SortFunc(arms, func(a, b arm) int { return cmp.Or(cmp.Compare(a.angle, b.angle), cmp.Compare(a.section, b.section)) })
	var found []claim
	for i, a := range arms {
		b := arms[(i+1)%len(arms)]
		ring := orb.Ring{at, a.left, b.right, at}
		if turn := (a.left[0]-at[0])*(b.right[1]-at[1]) - (b.right[0]-at[0])*(a.left[1]-at[1]); math.Abs(turn)/2 > leastWedge {
			found = append(found, claim{section: min(a.section, b.section), ground: orb.MultiPolygon{{ring}}})
		}
	}
	return found
}

// divide gives every piece of claimed ground to the first that claims it. The pieces are cut on the integer grid of
// 1e-7°, all at once, so that neighbours have the same corners.
func (s *Store) divide(ctx context.Context, sections []RoadSection, claims []claim) (map[string]orb.MultiPolygon, error) {
	slices.SortStableFunc(claims, func(a, b claim) int { return cmp.Compare(a.section, b.section) })
	var borders orb.MultiLineString
	for _, c := range claims {
		for _, poly := range c.ground {
			for _, ring := range poly {
				borders = append(borders, orb.LineString(ring))
			}
		}
	}
	rows, _ := s.pool.Query(ctx, `
		SELECT ST_AsBinary(ST_Multi(piece.geom)), ST_AsBinary(ST_PointOnSurface(piece.geom))
		FROM (SELECT (ST_Dump(ST_Polygonize(ST_UnaryUnion(ST_GeomFromWKB($1), 1)))).geom) piece`, wkb.MustMarshal(borders))
	var piece orb.MultiPolygon
	var inside orb.Point
	owned := make([]orb.MultiPolygon, len(sections))
	_, err := pgx.ForEachRow(rows, []any{wkb.Scanner(&piece), wkb.Scanner(&inside)}, func() error {
		if owner := ownerOf(claims, inside); owner >= 0 {
			owned[owner] = append(owned[owner], piece...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cut the corridors at their junctions: %w", err)
	}
	return s.joined(ctx, sections, owned)
}

func ownerOf(claims []claim, p orb.Point) int {
	for _, c := range claims {
		if !c.bound.Contains(p) {
			continue
		}
		for _, poly := range c.ground {
			if ContainsHalfOpen(poly, p) {
				return c.section
			}
		}
	}
	return -1
}

// joined melts each section's pieces that share borders into one ground, in degrees, without what is too small to be a place.
func (s *Store) joined(ctx context.Context, sections []RoadSection, pieces []orb.MultiPolygon) (map[string]orb.MultiPolygon, error) {
	grounds := map[string]orb.MultiPolygon{}
	batch := &pgx.Batch{}
	for i, r := range sections {
		batch.Queue(`SELECT ST_AsBinary(ST_Multi(ST_UnaryUnion(ST_GeomFromWKB($1), 1)))`, wkb.MustMarshal(pieces[i])).Query(
			func(rows pgx.Rows) error {
				whole, err := pgx.CollectExactlyOneRow(rows, scanPlane)
				if err != nil {
					return fmt.Errorf("corridor of section %s: %w", r.Grid, err)
				}
				for _, poly := range mapPoints(whole, fromUnits) {
					if sphere.Area(poly) >= leastCorridor {
						grounds[r.Grid] = append(grounds[r.Grid], poly)
					}
				}
				if len(grounds[r.Grid]) == 0 {
					return r.covered()
				}
				return nil
			})
	}
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	return grounds, nil
}

// RoadCovered is the rule by which a section is refused that leaves nothing of another, or is left nothing of.
const RoadCovered = "road_covered"

func (r RoadSection) covered() error {
	at := r.middle()
	if len(r.Ground) > 0 {
		at, _ = planar.CentroidArea(r.Ground)
	}
	return &coverage.Refusal{Rule: RoadCovered, Text: "roads that go through leave nothing of section " + r.Grid,
		At: coverage.PointOf(at), Codes: []string{r.Grid}}
}

// toUnits puts a point on the grid on which borders meet: that of the editing engine, about a centimetre wide.
func toUnits(p orb.Point) orb.Point {
	unit := coverage.PointOf(p)
	return orb.Point{float64(unit.X), float64(unit.Y)}
}

func fromUnits(p orb.Point) orb.Point { return coverage.Point{X: int32(p[0]), Y: int32(p[1])}.Orb() }

// mapPoints returns the polygons with every point changed.
func mapPoints(polys orb.MultiPolygon, change func(orb.Point) orb.Point) orb.MultiPolygon {
	changed := make(orb.MultiPolygon, len(polys))
	for i, poly := range polys {
		for _, ring := range poly {
			next := make(orb.Ring, len(ring))
			for k, p := range ring {
				next[k] = change(p)
			}
			changed[i] = append(changed[i], next)
		}
	}
	return changed
}
