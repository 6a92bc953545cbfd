package web

import (
	"context"
	"errors"
	"math"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/paulmach/orb"
)

type gridQuery struct {
	Net     string    `query:"net" enum:"community,road" doc:"Needed without an edition."`
	At      time.Time `query:"at" doc:"As of this moment; now where it is left out."`
	Edition int64     `query:"edition" minimum:"1" doc:"Of this edition; drafts are for those who make them."`
}

type gridAnswer struct{ Body gridCollectionView }

// listGrids gives the edition of a net that was in force, with who answers now. A city without one has no grids yet.
func (s *Server) listGrids(ctx context.Context, q *gridQuery) (*gridAnswer, error) {
	grids, edition, err := s.gridsAsked(ctx, q)
	if errors.Is(err, geo.ErrNotFound) && q.Edition == 0 {
		return &gridAnswer{gridsOf(nil, nil, nil)}, nil
	}
	if err != nil {
		return nil, err
	}
	teams, err := s.roster.Teams(ctx)
	if err != nil {
		return nil, err
	}
	return &gridAnswer{gridsOf(covered(grids, visitorOf(ctx).Scope), &edition, teams)}, nil
}

// gridsAsked are those of an edition, or of the one that was in force.
func (s *Server) gridsAsked(ctx context.Context, q *gridQuery) ([]geo.Grid, geo.Edition, error) {
	if q.Edition == 0 {
		return s.city.Grids(ctx, geo.Net(q.Net), orNow(q.At))
	}
	if !q.At.IsZero() {
		return nil, geo.Edition{}, geo.Invalid("query.at", "goes without an edition")
	}
	e, err := s.seenEdition(ctx, q.Edition)
	if err == nil && q.Net != "" && string(e.Net) != q.Net {
		err = geo.Invalid("query.net", "edition %d is of the %s net", e.ID, e.Net)
	}
	if err != nil {
		return nil, geo.Edition{}, err
	}
	return s.editions.Grids(ctx, e.ID)
}

// covered are the grids that lie in scope.
func covered(grids []geo.Grid, scope alerts.Scope) []geo.Grid {
	kept := make([]geo.Grid, 0, len(grids))
	for _, g := range grids {
		if scope.Covers(&alerts.GridRef{Net: g.Net, Code: g.Code}) {
			kept = append(kept, g)
		}
	}
	return kept
}

type locateQuery struct {
	Lon    float64   `query:"lon" required:"true" minimum:"-180" maximum:"180" example:"118.3061"`
	Lat    float64   `query:"lat" required:"true" minimum:"-90" maximum:"90" example:"36.8212"`
	At     time.Time `query:"at" doc:"As of this moment; now where it is left out."`
	Matter string    `query:"matter" pattern:"^[0-9]{5}$" doc:"The matter that decides which net answers; street order (09…) where it is left out."`
}

type locateAnswer struct{ Body placeView }

// streetOrder stands for every matter of street order, by which a place answers when nobody names a matter.
const streetOrder = "09000"

// locate says who owns a point. An officer may ask where a grid of theirs lies on it.
func (s *Server) locate(ctx context.Context, q *locateQuery) (*locateAnswer, error) {
	if math.IsNaN(q.Lon) || math.IsNaN(q.Lat) {
		return nil, geo.Invalid("query", "lon and lat must be numbers")
	}
	spot := orb.Point{q.Lon, q.Lat}
	community, road := s.dispatch.Place(spot, orNow(q.At))
	scope := visitorOf(ctx).Scope
	if !scope.Covers(community) && !scope.Covers(road) {
		return nil, errForbidden
	}
	matter := q.Matter
	if matter == "" {
		matter = streetOrder
	}
	answers, rule := s.dispatch.Responsible(matter, spot, orNow(q.At), community, road)
	if answers == nil {
		return &locateAnswer{placeOf(community, road, nil, nil, rule)}, nil
	}
	officer, err := s.roster.Answers(ctx, answers.Key())
	if err != nil {
		return nil, err
	}
	return &locateAnswer{placeOf(community, road, answers, officer, rule)}, nil
}

type cameraAnswer struct{ Body cameraListView }

func (s *Server) listCameras(ctx context.Context, _ *struct{}) (*cameraAnswer, error) {
	cameras, err := s.cameras.Health(ctx, visitorOf(ctx).Scope)
	if err != nil {
		return nil, err
	}
	return &cameraAnswer{camerasOf(cameras)}, nil
}

type fenceAnswer struct{ Body fenceCollectionView }

func (s *Server) listFences(ctx context.Context, _ *struct{}) (*fenceAnswer, error) {
	fences, err := s.city.Fences(ctx)
	if err != nil {
		return nil, err
	}
	if scope := visitorOf(ctx).Scope; !scope.City {
		if fences, err = s.fencesIn(ctx, fences, scope); err != nil {
			return nil, err
		}
	}
	return &fenceAnswer{fencesOf(fences)}, nil
}

// fencesIn are the fences that touch a grid of scope; one on a frame lies where its camera stands.
func (s *Server) fencesIn(ctx context.Context, fences []geo.Fence, scope alerts.Scope) ([]geo.Fence, error) {
	cameras, err := s.cameras.Cameras(ctx)
	if err != nil {
		return nil, err
	}
	standing := map[string]orb.Point{}
	for _, c := range cameras {
		standing[c.View.ID] = c.Position
	}
	now := time.Now()
	inside := func(p orb.Point) bool {
		community, road := s.dispatch.Place(p, now)
		return scope.Covers(community) || scope.Covers(road)
	}
	var kept []geo.Fence
	for _, f := range fences {
		at, known := standing[f.ViewID]
		if f.OnFrame() && known && inside(at) || touches(f.Area, inside) {
			kept = append(kept, f)
		}
	}
	return kept, nil
}

// borderStepM is how closely a fence's border is looked at: a grid that it touches along less than that is not noticed.
const borderStepM = 3

// touches reports whether the border of area has a point that is inside.
func touches(area orb.Polygon, inside func(orb.Point) bool) bool {
	for _, ring := range area {
		for i := 1; i < len(ring); i++ {
			from, to := ring[i-1], ring[i]
			steps := int(math.Ceil(geo.DistanceM(from, to) / borderStepM))
			for k := range max(steps, 1) {
				part := float64(k) / float64(max(steps, 1))
				if inside(orb.Point{from[0] + part*(to[0]-from[0]), from[1] + part*(to[1]-from[1])}) {
					return true
				}
			}
		}
	}
	return false
}

func orNow(t time.Time) time.Time {
	if t.IsZero() {
		return time.Now()
	}
	return t
}
