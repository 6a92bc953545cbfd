package alerts

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// Impact is what an edition moves against the one that it follows.
type Impact struct {
	Edition geo.Edition
	Grids   []GridImpact
	Cameras []Move
	Places  []Move
	Fences  []Move // By a point inside.
	Alerts  []Move // Open ones.
	Beats   []BeatImpact
	People  []OfficerImpact
	Ground  []geo.Handover
}

// GridImpact is one grid that differs.
type GridImpact struct {
	Code, Name                string
	Change                    string // "changed", "new" or "removed".
	BeforeAreaM2, AfterAreaM2 float64
}

// Move is something that another grid of the net owns afterwards.
type Move struct {
	ID       string
	Name     string
	Position orb.Point
	From, To *GridRef // Nil is no grid.
}

// BeatImpact is a beat's load: its alerts of the last days, and its ground in the net, under the old and the new
// boundaries. New grids count for the beat whose ground they take.
type BeatImpact struct {
	ID, Name                  string
	BeforeAlerts, AfterAlerts int
	BeforeAreaM2, AfterAreaM2 float64
	BeforeGrids, AfterGrids   int
}

// OfficerImpact is somebody whose grids are not the same afterwards.
type OfficerImpact struct {
	Ref
	BeforeGrids, AfterGrids int
}

// Impacts works out what editions move.
type Impacts struct {
	pool     *pgxpool.Pool
	city     *geo.Store
	dispatch *Dispatch
}

// NewImpacts returns what is moved in pool's database, by whose dispatch a matter's two grids answer.
func NewImpacts(pool *pgxpool.Pool, dispatch *Dispatch) *Impacts {
	return &Impacts{pool: pool, city: geo.NewStore(pool), dispatch: dispatch}
}

// Impact compares an edition of any state with the one that it follows. The load is that of the days before now.
func (s *Impacts) Impact(ctx context.Context, edition int64, days int, now time.Time) (Impact, error) {
	c, err := s.compare(ctx, edition)
	if err != nil {
		return Impact{}, err
	}
	impact := Impact{Edition: c.edition, Grids: c.grids()}
	for what, query := range map[*[]Move]string{
		&impact.Cameras: `SELECT id, name, geom FROM cameras ORDER BY id`,
		&impact.Places:  `SELECT id, name, ST_PointOnSurface(geom) FROM places ORDER BY id`,
		&impact.Fences:  `SELECT id, name, ST_PointOnSurface(geom) FROM fences WHERE geom IS NOT NULL ORDER BY id`,
		&impact.Alerts: `SELECT id::text, coalesce(nullif(fence_name, ''), rule), geom FROM alerts
			WHERE state <> 'cleared' AND joined IS NULL ORDER BY id DESC`,
	} {
		if *what, err = s.moves(ctx, c, query); err != nil {
			return Impact{}, err
		}
	}
	if impact.Ground, err = s.city.MovedGround(ctx, c.edition); err != nil {
		return Impact{}, err
	}
	teams, err := NewRoster(s.pool).Teams(ctx)
	if err != nil {
		return Impact{}, err
	}
	impact.Beats, impact.People = c.beats(teams)
	return impact, s.load(ctx, c, impact.Beats, now.AddDate(0, 0, -days))
}

// comparison is the city under the old and the new boundaries of a net.
type comparison struct {
	edition       geo.Edition
	before, after *geo.Index
	areas         [2]map[string]float64 // Before and after, by code.
	names         map[string]string     // Of grids by code; the newer word counts.
	heirs         map[string]string     // Old codes of new grids.
	beat          map[string]int        // Of a grid of the net by code: its place in the list of beats.
	otherBeat     map[GridKey]int       // Of the grids of the other net.
}

func (s *Impacts) compare(ctx context.Context, id int64) (*comparison, error) {
	after, edition, err := s.city.GridsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	var before []geo.Grid
	if edition.Replaces != 0 {
		if before, _, err = s.city.GridsOf(ctx, edition.Replaces); err != nil {
			return nil, err
		}
	}
	c := &comparison{edition: edition, names: map[string]string{}}
	for _, g := range slices.Concat(before, after) {
		c.names[g.Code] = g.Name
	}
	if c.before, err = geo.NewIndex(before); err != nil {
		return nil, err
	}
	if c.after, err = geo.NewIndex(after); err != nil {
		return nil, err
	}
	for i, e := range []int64{edition.Replaces, id} {
		if c.areas[i], err = s.city.GridAreas(ctx, e); err != nil {
			return nil, err
		}
	}
	c.heirs, err = s.city.Heirs(ctx, edition)
	return c, err
}

// grids are those that differ.
func (c *comparison) grids() []GridImpact {
	grids := []GridImpact{}
	for _, code := range c.edition.Changed {
		before, was := c.areas[0][code]
		after, is := c.areas[1][code]
		g := GridImpact{Code: code, Name: c.names[code], Change: "changed", BeforeAreaM2: before, AfterAreaM2: after}
		if !was {
			g.Change = "new"
		} else if !is {
			g.Change = "removed"
		}
		grids = append(grids, g)
	}
	return grids
}

// owners are the grids that own a point before and after.
func (c *comparison) owners(at orb.Point) (before, after *GridRef) {
	return refAt(c.before, at, c.edition.Replaces), refAt(c.after, at, c.edition.ID)
}

func refAt(index *geo.Index, at orb.Point, edition int64) *GridRef {
	grid, ok := index.Locate(at)
	if !ok {
		return nil
	}
	return &GridRef{Net: grid.Net, Code: grid.Code, Name: grid.Name, Street: grid.Street, Edition: edition}
}

// moves are those that a query names, with a point, whose owner is another afterwards.
func (s *Impacts) moves(ctx context.Context, c *comparison, query string) ([]Move, error) {
	rows, _ := s.pool.Query(ctx, query)
	moves := []Move{}
	var m Move
	_, err := pgx.ForEachRow(rows, []any{&m.ID, &m.Name, &m.Position}, func() error {
		m.From, m.To = c.owners(m.Position)
		if !sameGrid(m.From, m.To) {
			moves = append(moves, m)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("what edition %d moves: %w", c.edition.ID, err)
	}
	return moves, nil
}

// beats sums up the grids of each beat, and says whose are not the same afterwards.
func (c *comparison) beats(teams []Team) ([]BeatImpact, []OfficerImpact) {
	c.beat, c.otherBeat = map[string]int{}, map[GridKey]int{}
	beats := make([]BeatImpact, len(teams))
	for i, team := range teams {
		beats[i] = BeatImpact{ID: team.ID, Name: team.Name}
		for _, g := range team.Grids {
			if g.Net == c.edition.Net {
				c.beat[g.Code] = i
			} else {
				c.otherBeat[g.GridKey] = i
			}
		}
	}
	for code, old := range c.heirs {
		if _, has := c.beat[code]; !has {
			if i, has := c.beat[old]; has {
				c.beat[code] = i
			}
		}
	}
	differ := map[int]bool{}
	for _, code := range c.edition.Changed {
		if i, has := c.beat[code]; has {
			differ[i] = true
		}
	}
	for code, i := range c.beat {
		if m2, was := c.areas[0][code]; was {
			beats[i].BeforeGrids++
			beats[i].BeforeAreaM2 += m2
		}
		if m2, is := c.areas[1][code]; is {
			beats[i].AfterGrids++
			beats[i].AfterAreaM2 += m2
		}
	}
	return beats, officersOf(teams, beats, differ)
}

// officersOf are the members of beats that differ, with the grids of all their beats.
func officersOf(teams []Team, beats []BeatImpact, differ map[int]bool) []OfficerImpact {
	people := map[int64]*OfficerImpact{}
	for i := range differ {
		for _, member := range teams[i].Members {
			people[member.ID] = &OfficerImpact{Ref: member}
		}
	}
	for i, team := range teams {
		for _, member := range team.Members {
			if p := people[member.ID]; p != nil {
				p.BeforeGrids += beats[i].BeforeGrids
				p.AfterGrids += beats[i].AfterGrids
			}
		}
	}
	officers := []OfficerImpact{}
	for _, id := range slices.Sorted(maps.Keys(people)) {
		officers = append(officers, *people[id])
	}
	return officers
}

// load counts for each beat the alerts since a moment that it would have answered for under either boundaries.
func (s *Impacts) load(ctx context.Context, c *comparison, beats []BeatImpact, since time.Time) error {
	rows, _ := s.pool.Query(ctx, `
		SELECT geom, matter, raised_at, community_code, road_code FROM alerts WHERE raised_at >= $1 AND joined IS NULL`, since)
	var at orb.Point
	var matter string
	var raised time.Time
	var community, road *string
	_, err := pgx.ForEachRow(rows, []any{&at, &matter, &raised, &community, &road}, func() error {
		before, after := c.owners(at)
		other := gridIn(geo.Road, road)
		if c.edition.Net == geo.Road {
			other = gridIn(geo.Community, community)
		}
		if i, has := c.answering(s.dispatch, matter, at, raised, before, other); has {
			beats[i].BeforeAlerts++
		}
		if i, has := c.answering(s.dispatch, matter, at, raised, after, other); has {
			beats[i].AfterAlerts++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("load of the beats: %w", err)
	}
	return nil
}

func gridIn(net geo.Net, code *string) *GridRef {
	if code == nil {
		return nil
	}
	return &GridRef{Net: net, Code: *code}
}

// answering is the beat that answers for a matter which the one grid owns in the edition's net and the other in the other.
func (c *comparison) answering(dispatch *Dispatch, matter string, at orb.Point, raised time.Time, own, other *GridRef) (int, bool) {
	community, road := own, other
	if c.edition.Net == geo.Road {
		community, road = other, own
	}
	grid, _ := dispatch.Responsible(matter, at, raised, community, road)
	if grid == nil {
		return 0, false
	}
	if grid.Net == c.edition.Net {
		i, has := c.beat[grid.Code]
		return i, has
	}
	i, has := c.otherBeat[grid.Key()]
	return i, has
}
