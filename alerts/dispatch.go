package alerts

import (
	"fmt"
	"path"
	"slices"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// Locator finds the owner of a point in a net as of a moment; geo.Locator is one.
type Locator interface {
	Locate(net geo.Net, p orb.Point, at time.Time) (geo.Grid, geo.Edition, bool)
}

// Places finds the classes of places around a point; geo.PlaceIndex is one.
type Places interface {
	ClassesAt(p orb.Point) []string
}

// Beats find the beat that holds a grid; BeatIndex is one.
type Beats interface {
	BeatOf(grid GridKey) string
}

// PrecedenceRule says which net answers for some matters, everywhere or in some classes of places, always or in some
// hours, in all beats or in some.
type PrecedenceRule struct {
	Matters []string // National codes or patterns of them: "09*".
	Places  []string // Classes of places; empty is everywhere.
	Hours   geo.Hours
	Beats   []string // Of the net's grid at the place; empty is all.
	Net     geo.Net
}

// DefaultPrecedence lets the road net answer for street order (09…) on a road corridor, and the community net for the
// rest.
func DefaultPrecedence() []PrecedenceRule {
	return []PrecedenceRule{
		{Matters: []string{"09*"}, Net: geo.Road},
		{Matters: []string{"*"}, Net: geo.Community},
	}
}

// Dispatch decides which grid answers for a matter at a place. It is safe for many goroutines.
type Dispatch struct {
	locator Locator
	places  Places
	rules   []PrecedenceRule
	// Zone is where the hours of rules and rosters are read; nil is UTC.
	Zone *time.Location
	// Beats is asked by rules that name beats. Nil holds no grid.
	Beats Beats
}

// NewDispatch takes the rules in their order: the first that names the matter, and whose net has a grid at the place,
// decides. Where none does, whichever net has a grid answers, the community net before the road net.
func NewDispatch(locator Locator, places Places, rules []PrecedenceRule) (*Dispatch, error) {
	for _, rule := range rules {
		if err := rule.Net.Validate(); err != nil {
			return nil, fmt.Errorf("precedence: %w", err)
		}
		if len(rule.Matters) == 0 {
			return nil, geo.Invalid("precedence.matters", "must name at least one matter")
		}
		for _, pattern := range rule.Matters {
			if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
				return nil, geo.Invalid("precedence.matters", "%q is not a pattern", pattern)
			}
		}
		if err := rule.Hours.Validate(); err != nil {
			return nil, fmt.Errorf("precedence: %w", err)
		}
	}
	return &Dispatch{locator: locator, places: places, rules: rules}, nil
}

// Precedence returns the rules in their order.
func (d *Dispatch) Precedence() []PrecedenceRule { return slices.Clone(d.rules) }

// Place returns the owner of p in each net as of the moment; nil where there is none.
func (d *Dispatch) Place(p orb.Point, at time.Time) (community, road *GridRef) {
	return locate(d.locator, geo.Community, p, at), locate(d.locator, geo.Road, p, at)
}

// NoRule says that none of the precedence decided: the community net answers before the road net.
const NoRule = -1

// Responsible returns the one of the two owners of p that answers for the matter at a moment, nil when there is neither;
// and which rule of the precedence decided, or NoRule.
func (d *Dispatch) Responsible(matter string, p orb.Point, at time.Time, community, road *GridRef) (*GridRef, int) {
	in := map[geo.Net]*GridRef{geo.Community: community, geo.Road: road}
	for i, rule := range d.rules {
		if grid := in[rule.Net]; grid != nil && rule.Names(matter) && d.applies(rule, p, at, grid) {
			return grid, i
		}
	}
	if community != nil {
		return community, NoRule
	}
	return road, NoRule
}

// applies reports whether the rule is for the hour, the beat and the place.
func (d *Dispatch) applies(rule PrecedenceRule, p orb.Point, at time.Time, grid *GridRef) bool {
	if !rule.Hours.Open(at, d.Zone) {
		return false
	}
	if len(rule.Beats) > 0 && (d.Beats == nil || !slices.Contains(rule.Beats, d.Beats.BeatOf(grid.Key()))) {
		return false
	}
	return len(rule.Places) == 0 || slices.ContainsFunc(d.places.ClassesAt(p), func(class string) bool {
		return slices.Contains(rule.Places, class)
	})
}

// Names reports whether the rule is for the matter.
func (r PrecedenceRule) Names(matter string) bool {
	for _, pattern := range r.Matters {
		if ok, _ := path.Match(pattern, matter); ok { // NewDispatch refused bad patterns.
			return true
		}
	}
	return false
}

func locate(locator Locator, net geo.Net, p orb.Point, at time.Time) *GridRef {
	grid, edition, ok := locator.Locate(net, p, at)
	if !ok {
		return nil
	}
	return &GridRef{
		Net: net, Code: grid.Code, Name: grid.Name, Street: grid.Street, Edition: edition.ID, Demo: edition.Demo,
	}
}

// Key names the grid over editions.
func (g GridRef) Key() GridKey { return GridKey{Net: g.Net, Code: g.Code} }
