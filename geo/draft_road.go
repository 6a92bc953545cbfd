package geo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	sphere "github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/planar"
)

// RoadAsked asks for a section of the road net: a new one, or another line, class or widths for one that is there. It is
// made from a Section, or has the Ground that somebody drew.
type RoadAsked struct {
	Base    int64       `json:"base_version"`
	Code    string      `json:"code"` // 15 digits; the 12 of a community, for the next free code there; or empty, for that of a road of its street.
	Name    string      `json:"name"`
	Street  string      `json:"street"` // Empty is the street that its middle lies in.
	Section *Section    `json:"section,omitempty"`
	Ground  orb.Polygon `json:"ground,omitempty"`
}

// roadCommunity stands for the community in the codes of roads: they run through several of their street's.
const roadCommunity = "900"

// ReadRoadAsked reads what somebody asks for, strictly.
func ReadRoadAsked(data []byte) (RoadAsked, error) {
	var asked RoadAsked
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return RoadAsked{}, Invalid("road", "%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return RoadAsked{}, Invalid("road", "something follows it")
	}
	return asked, asked.validate()
}

func (a RoadAsked) validate() error {
	if a.Base < 1 {
		return Invalid("base_version", "must be the version of the draft that the section was drawn on")
	}
	if a.Code != "" && !gridCode.MatchString(a.Code) && !communityCode(a.Code) {
		return Invalid("code", "must have 15 digits, 12 for the next free code of a community, or none, not %q", a.Code)
	}
	if strings.TrimSpace(a.Name) == "" {
		return Invalid("name", "is missing")
	}
	if err := validText("name", a.Name); err != nil {
		return err
	}
	if err := validText("street", a.Street); err != nil {
		return err
	}
	if (a.Section == nil) == (len(a.Ground) == 0) {
		return Invalid("section", "must be given, or else the ground that was drawn")
	}
	if a.Section == nil {
		return validBoundary("ground", orb.MultiPolygon{a.Ground})
	}
	if err := a.Section.Validate(); err != nil {
		return under("section", err)
	}
	return nil
}

// middle is a point on the line, or in the middle of the ground.
func (a RoadAsked) middle() orb.Point {
	if a.Section == nil {
		centre, _ := planar.CentroidArea(a.Ground)
		return centre
	}
	return a.Section.middle()
}

func communityCode(code string) bool { return len(code) == 12 && gridCode.MatchString(code+"000") }

// numbered is what is asked with the code and the street that nobody said.
func (d *Drafts) numbered(ctx context.Context, tx pgx.Tx, asked RoadAsked) (RoadAsked, error) {
	if home, _, ok := d.locator.Locate(Community, asked.middle(), time.Now()); ok {
		asked.Street = cmp.Or(asked.Street, home.Street)
		asked.Code = cmp.Or(asked.Code, home.Code[:streetDigits]+roadCommunity)
	}
	if asked.Code == "" {
		return asked, Invalid("code", "must be given: the road's middle lies in no community")
	}
	if !communityCode(asked.Code) {
		return asked, nil
	}
	next, err := nextCode(ctx, tx, Road, asked.Code)
	asked.Code = next
	return asked, err
}

// PutRoad lays a section of a road net's draft and makes the corridors of all sections anew, as one step that can be
// undone. A corridor whose border was moved by hand since, or that has no line, keeps the ground it has.
func (d *Drafts) PutRoad(ctx context.Context, id int64, asked RoadAsked, by Actor) (Edited, error) {
	return d.change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, o *opened) (step, error) {
		if o.edition.Net != Road {
			return step{}, Invalid("net", "a section belongs to the road net, the edition is of the %s net", o.edition.Net)
		}
		if asked.Base != o.edition.Version {
			return step{}, &ConflictError{Version: o.edition.Version}
		}
		asked, err := d.numbered(ctx, tx, asked)
		if err != nil {
			return step{}, err
		}
		change, err := d.lay(ctx, tx, o, asked, by)
		return step{op: opRoad, command: asked, change: change, standing: "done"}, err
	})
}

// lay lays a section whose code is known.
func (d *Drafts) lay(ctx context.Context, tx pgx.Tx, o *opened, asked RoadAsked, by Actor) (coverage.Change, error) {
	grids, err := o.laid(ctx, d.store.In(tx), asked)
	if err != nil {
		return coverage.Change{}, err
	}
	if err := refuseUsedCode(ctx, tx, o, asked.Code); err != nil {
		return coverage.Change{}, err
	}
	return o.cover.Put(shapesOf(grids), o.options(by))
}

// laid are the corridors that the section changes, its own first of all.
func (o *opened) laid(ctx context.Context, store *Store, asked RoadAsked) ([]Grid, error) {
	held := map[string]Grid{}
	for _, shape := range o.cover.Grids() {
		held[shape.Code] = gridOf(shape, Road, o.edition.ID)
	}
	sections, err := store.sectionsOf(ctx, held, asked.Code)
	if err != nil {
		return nil, err
	}
	asks := held[asked.Code]
	asks.Net, asks.Code, asks.Kind, asks.Section = Road, asked.Code, KindCorridor, asked.Section
	asks.Name, asks.Street = strings.TrimSpace(asked.Name), asked.Street
	held[asked.Code] = asks
	own := RoadSection{Grid: asked.Code}
	if asked.Section != nil {
		own.Section = *asked.Section
	} else {
		own.Ground = coverage.GridOf(asked.Code, "", "", "", orb.MultiPolygon{asked.Ground}).Orb()
	}
	sections = append(sections, own)
	grounds, err := store.Corridors(ctx, sections)
	if err != nil {
		return nil, err
	}
	var laid []Grid
	for _, code := range slices.Sorted(maps.Keys(grounds)) {
		g := held[code]
		if code == asked.Code || !sameCorners(g.Boundary, grounds[code]) {
			g.Boundary = grounds[code]
			laid = append(laid, g)
		}
	}
	return laid, nil
}

// sectionsOf are the sections of a draft's corridors but one. A corridor that is not as its line would make it has its own
// ground.
func (s *Store) sectionsOf(ctx context.Context, grids map[string]Grid, but string) ([]RoadSection, error) {
	var sections []RoadSection
	for code, g := range grids {
		r := RoadSection{Grid: code, Ground: g.Boundary}
		if g.Section != nil {
			r = RoadSection{Grid: code, Section: *g.Section}
		}
		sections = append(sections, r)
	}
	asMade, err := s.Corridors(ctx, sections)
	if err != nil {
		return nil, err
	}
	for i, r := range sections {
		if drawn := grids[r.Grid].Boundary; !sameGround(drawn, asMade[r.Grid]) {
			sections[i].Ground = drawn
		}
	}
	return slices.DeleteFunc(sections, func(r RoadSection) bool { return r.Grid == but }), nil
}

// sameCorners reports whether two grounds have the same corners, wherever their rings begin. A corner that a neighbour
// gets on a border is one of the border's too.
func sameCorners(a, b orb.MultiPolygon) bool {
	corners := map[orb.Point]bool{}
	eachSegment(a, func(p, _ orb.Point) { corners[p] = true })
	n := 0
	seen := map[orb.Point]bool{}
	eachSegment(b, func(p, _ orb.Point) {
		if !seen[p] && corners[p] {
			n++
		}
		seen[p] = true
	})
	return n == len(corners) && len(seen) == len(corners)
}

// sameGround reports whether two grounds differ by no more than rounding does: the same points, or nearly the same area
// in the same bounds.
func sameGround(a, b orb.MultiPolygon) bool {
	const nearM2, nearDegrees = 0.5, 5e-7
	if a.Equal(b) {
		return true
	}
	if len(a) != len(b) {
		return false
	}
	p, q := a.Bound(), b.Bound()
	for axis := range 2 {
		if math.Abs(p.Min[axis]-q.Min[axis]) > nearDegrees || math.Abs(p.Max[axis]-q.Max[axis]) > nearDegrees {
			return false
		}
	}
	return math.Abs(sphere.Area(a)-sphere.Area(b)) <= nearM2
}

// text is a section as the editing engine carries it; empty for none.
func (r *Section) text() string {
	if r == nil {
		return ""
	}
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // A section that was validated has finite numbers.
	}
	return string(text)
}

// sectionOf is the inverse of text.
func sectionOf(text string) *Section {
	if text == "" {
		return nil
	}
	var r Section
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		panic(err) // It was written by text.
	}
	return &r
}
