package geo

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
)

// nearPlaceM is how far a place reaches that the map knows only as a point, in metres.
const nearPlaceM = 50

// PlaceIndex answers which classes of places a spot belongs to. Load swaps it whole; it is safe for many goroutines.
type PlaceIndex struct {
	store   *Store
	current atomic.Pointer[rtree.RTreeG[Place]]
}

// NewPlaceIndex returns an index that knows no place until Load.
func NewPlaceIndex(store *Store) *PlaceIndex {
	x := &PlaceIndex{store: store}
	x.current.Store(&rtree.RTreeG[Place]{})
	return x
}

// Load reads the places again. After an error the index answers as before.
func (x *PlaceIndex) Load(ctx context.Context) error {
	places, err := x.store.Places(ctx)
	if err != nil {
		return err
	}
	next := &rtree.RTreeG[Place]{}
	for _, p := range places {
		bound := p.Geometry.Bound()
		next.Insert(bound.Min, bound.Max, p)
	}
	x.current.Store(next)
	return nil
}

// ClassesAt returns the classes of the places that the point lies in or, where a place is only a point, within 50 m
// of; in the order of the alphabet, each once.
func (x *PlaceIndex) ClassesAt(p orb.Point) []string {
	frame := newLocalFrame(p)
	corner := frame.lonLat(orb.Point{nearPlaceM, nearPlaceM})
	dx, dy := corner[0]-p[0], corner[1]-p[1]
	var classes []string
	x.current.Load().Search([2]float64{p[0] - dx, p[1] - dy}, [2]float64{p[0] + dx, p[1] + dy},
		func(_, _ [2]float64, place Place) bool {
			if place.reaches(p, frame) {
				classes = append(classes, place.Class)
			}
			return true
		})
	slices.Sort(classes)
	return slices.Compact(classes)
}

// reaches reports whether the place is around p, from which frame measures.
func (p Place) reaches(at orb.Point, frame localFrame) bool {
	if area, ok := p.Geometry.(orb.Polygon); ok {
		return ContainsHalfOpen(area, at)
	}
	m := frame.metres(p.Geometry.(orb.Point))
	return m[0]*m[0]+m[1]*m[1] <= nearPlaceM*nearPlaceM
}
