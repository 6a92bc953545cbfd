package alerts

import (
	"context"
	"math"
	"slices"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// Route is which grid answers for a matter at a place, and why.
type Route struct {
	Community, Road *GridRef   // The owner in each net, or nil.
	Grid            *GridRef   // The one of the two that answers.
	Rule            int        // Of the precedence, or NoRule.
	Near            []*GridRef // Others that would answer within reach of the place.
}

// Route decides for a matter at a place that is known up to reachM metres.
func (d *Dispatch) Route(matter string, p orb.Point, reachM float64, at time.Time) Route {
	var r Route
	r.Community, r.Road = d.Place(p, at)
	r.Grid, r.Rule = d.Responsible(matter, p, at, r.Community, r.Road)
	for _, q := range circle(p, reachM) {
		community, road := d.Place(q, at)
		grid, _ := d.Responsible(matter, q, at, community, road)
		if grid == nil || sameGrid(grid, r.Grid) || slices.ContainsFunc(r.Near, func(n *GridRef) bool { return sameGrid(n, grid) }) {
			continue
		}
		r.Near = append(r.Near, grid)
	}
	return r
}

// circle is a ring of points around p, close enough together that no border of a city's grids slips through unseen.
func circle(p orb.Point, radiusM float64) []orb.Point {
	if !(radiusM > 0) {
		return nil
	}
	const points = 32
	const metresOfDegree = 111_320
	north := radiusM / metresOfDegree
	east := north / max(math.Cos(p.Lat()*math.Pi/180), 0.01)
	ring := make([]orb.Point, points)
	for i := range ring {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / points)
		ring[i] = orb.Point{p.Lon() + east*cos, p.Lat() + north*sin}
	}
	return ring
}

// reachM is how far the alert's true place may lie from its position: nothing where only the camera's place is known.
func (a Alert) reachM() float64 {
	if !a.Grounded {
		return 0
	}
	return a.SigmaM
}

// firstOf is who answers first: an officer, where there is one.
func firstOf(people []Told) *Ref {
	if len(people) == 0 {
		return nil
	}
	first := people[0].Person
	return &first
}

// tell queues the alert for its own people, and offers it to the teams of other grids near it.
func tell(ctx context.Context, tx pgx.Tx, a Alert, own []Told, near []*GridRef, zone *time.Location) error {
	if err := queue(ctx, tx, a.ID, personIDs(own)); err != nil || a.Holder != nil || len(near) == 0 {
		return err
	}
	others, err := neighbours(ctx, tx, near, own, time.Now(), zone)
	if err != nil || len(others) == 0 {
		return err
	}
	return offer(ctx, tx, a.ID, atBorder, personIDs(others))
}

// neighbours are the people of grids near an alert who are not among its own.
func neighbours(ctx context.Context, db querier, near []*GridRef, own []Told, at time.Time, zone *time.Location) ([]Told, error) {
	var others []Told
	known := slices.Clone(personIDs(own))
	for _, grid := range near {
		team, err := toldOf(ctx, db, grid, at, zone)
		if err != nil {
			return nil, err
		}
		for _, t := range team {
			if !slices.Contains(known, t.Person.ID) {
				known, others = append(known, t.Person.ID), append(others, t)
			}
		}
	}
	return others, nil
}

// Trial is what would become of a matter at a place: which rule decides, and who is told.
type Trial struct {
	Route
	Beat   string
	People []Told // First who answers first.
	Near   []Told // Those over a border that is within reach.
	Ladder []Rung // Who is told when none of them takes it.
}

// Rung is a step of the ladder with the people whom it reaches.
type Rung struct {
	LadderStep
	People []Told
}

// Routing tries matters with what dispatches them.
type Routing struct {
	roster   *Roster
	dispatch *Dispatch
	ladders  Ladders
}

// NewRouting returns a routing by the dispatch's rules, the roster's people and the ladders.
func NewRouting(roster *Roster, dispatch *Dispatch, ladders Ladders) *Routing {
	return &Routing{roster, dispatch, ladders}
}

// Try answers who would be told of a matter at a place and a moment. Nothing is told.
func (r *Routing) Try(ctx context.Context, matter string, p orb.Point, reachM float64, at time.Time) (Trial, error) {
	if !matterCode.MatchString(matter) {
		return Trial{}, geo.Invalid("matter", "%q is not a code of five digits", matter)
	}
	if !validPoint(p) {
		return Trial{}, geo.Invalid("lon", "must be a longitude, with a latitude, in degrees")
	}
	t := Trial{Route: r.dispatch.Route(matter, p, reachM, at)}
	if t.Grid == nil {
		return t, nil
	}
	var err error
	if t.Beat, err = beatOf(ctx, r.roster.pool, t.Grid.Key()); err != nil {
		return Trial{}, err
	}
	if t.People, err = toldOf(ctx, r.roster.pool, t.Grid, at, r.dispatch.Zone); err != nil {
		return Trial{}, err
	}
	if t.Near, err = neighbours(ctx, r.roster.pool, t.Route.Near, t.People, at, r.dispatch.Zone); err != nil {
		return Trial{}, err
	}
	for _, step := range r.ladders.For(matter, at, r.dispatch.Zone) {
		people, err := peopleOn(ctx, r.roster.pool, step, t.Beat, at, r.dispatch.Zone)
		if err != nil {
			return Trial{}, err
		}
		t.Ladder = append(t.Ladder, Rung{step, people})
	}
	return t, nil
}
