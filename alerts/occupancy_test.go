package alerts

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// metres is a point so many metres east and north of inWest.
func metres(east, north float64) orb.Point {
	return orb.Point{
		inWest[0] + east/geo.DistanceM(inWest, orb.Point{inWest[0] + 1, inWest[1]}),
		inWest[1] + north/geo.DistanceM(inWest, orb.Point{inWest[0], inWest[1] + 1}),
	}
}

// seenBy is a sighting of what a camera saw at a place, so many seconds after noon.
func seenBy(camera, occupancy string, kind vision.Kind, at orb.Point, sigma, seconds float64) vision.Sighting {
	s := sighting(occupancy, kind, at)
	s.CameraID, s.ViewID, s.SigmaM = camera, camera, sigma
	s.At = noon.Add(time.Duration(seconds * float64(time.Second)))
	s.Evidence[0].SHA256 = fmt.Sprintf("%064x", fnv(s.Occupancy)) // Every camera has its own pictures.
	s.Evidence[1].SHA256 = fmt.Sprintf("%064x", fnv(s.Key))
	return s
}

func fnv(text string) uint64 {
	hash := uint64(14695981039346656037)
	for _, b := range []byte(text) {
		hash = (hash ^ uint64(b)) * 1099511628211
	}
	return hash
}

// crowdedStreet draws what up to four cameras say of things on a short strip of a street, so that some are near enough to be
// one and some are not: each occupancy with its sightings, in the order of their times.
func crowdedStreet() *rapid.Generator[[][]vision.Sighting] {
	return rapid.Custom(func(t *rapid.T) (lives [][]vision.Sighting) {
		for i := range rapid.IntRange(1, 7).Draw(t, "occupancies") {
			camera := fmt.Sprintf("camera-%d", rapid.IntRange(1, 4).Draw(t, "camera"))
			at := metres(rapid.Float64Range(0, 9).Draw(t, "east"), rapid.Float64Range(0, 1).Draw(t, "north"))
			sigma := rapid.SampledFrom([]float64{0.3, 0.6, 1, 1.5, 5}).Draw(t, "sigma")
			raised := float64(rapid.IntRange(0, 20).Draw(t, "raised"))
			occupancy := fmt.Sprintf("o-%d", i)
			life := []vision.Sighting{seenBy(camera, occupancy, vision.Raised, at, sigma, raised)}
			if rapid.Bool().Draw(t, "graver") {
				life = append(life, seenBy(camera, occupancy, vision.Escalated, at, sigma, raised+3))
			}
			if rapid.Bool().Draw(t, "over") {
				life = append(life, seenBy(camera, occupancy, vision.Cleared, at, sigma, raised+float64(rapid.IntRange(4, 12).Draw(t, "stays"))))
			}
			if rapid.IntRange(0, 9).Draw(t, "calibrated") == 0 {
				for j := range life {
					life[j].Grounded, life[j].SigmaM = false, 0
				}
			}
			lives = append(lives, life)
		}
		return lives
	})
}

func occupanciesOf(lives [][]vision.Sighting) (set []Occupancy) {
	for _, life := range lives {
		set = append(set, occupancyFrom(life...))
	}
	return set
}

// Which cameras tell of one thing does not depend on the order in which they are asked.
func TestLaw_GroupsDoNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := occupanciesOf(crowdedStreet().Draw(t, "street"))
		want := groupOccupancies(set)
		if got := groupOccupancies(rapid.Permutation(set).Draw(t, "order")); !reflect.DeepEqual(got, want) {
			t.Fatalf("groups\n%v\nin another order\n%v", ids(want), ids(got))
		}
	})
}

// In every group all are near each other by their sigmas, no camera tells two of them apart at one moment, and nobody whose
// place is not known well is with another.
func TestLaw_NothingIsMergedByGuess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := occupanciesOf(crowdedStreet().Draw(t, "street"))
		for _, group := range groupOccupancies(set) {
			for i, a := range group {
				if len(group) > 1 && (!a.Grounded || a.SigmaM > 2) {
					t.Fatalf("%s was merged without a place: %v", a.ID, ids([][]Occupancy{group}))
				}
				for _, b := range group[i+1:] {
					if d, least := geo.DistanceM(a.Position, b.Position), 3*math.Hypot(a.SigmaM, b.SigmaM); d > least+1e-9 {
						t.Fatalf("%s and %s are %.2f m apart, their sigmas allow %.2f", a.ID, b.ID, d, least)
					}
					aOver, bOver := a.ClearedAt, b.ClearedAt
					together := (aOver.IsZero() || aOver.After(b.RaisedAt)) && (bOver.IsZero() || bOver.After(a.RaisedAt))
					if a.CameraID == b.CameraID && together {
						t.Fatalf("one camera sees %s and %s at once", a.ID, b.ID)
					}
				}
			}
		}
	})
}

// What several cameras see of things that stand well apart is one group for each thing, as long as each position errs by
// no more than its sigma says.
func TestLaw_CamerasThatSeeOneThingMakeOneOccupancy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var set []Occupancy
		things := rapid.IntRange(1, 3).Draw(t, "things")
		for thing := range things {
			for camera := range rapid.IntRange(1, 4).Draw(t, "cameras") {
				sigma := rapid.Float64Range(0.2, 2).Draw(t, "sigma")
				off, turn := rapid.Float64Range(0, sigma).Draw(t, "off"), rapid.Float64Range(0, 2*math.Pi).Draw(t, "turn")
				at := metres(20*float64(thing)+off*math.Sin(turn), off*math.Cos(turn))
				raised := rapid.Float64Range(0, 30).Draw(t, "raised")
				set = append(set, occupancyFrom(
					seenBy(fmt.Sprintf("camera-%d", camera), fmt.Sprintf("thing-%d-%d", thing, camera), vision.Raised, at, sigma, raised)))
			}
		}
		groups := groupOccupancies(rapid.Permutation(set).Draw(t, "order"))
		if len(groups) != things {
			t.Fatalf("%d things, groups %v", things, ids(groups))
		}
		for _, group := range groups {
			for _, o := range group {
				if o.ID[:7] != group[0].ID[:7] {
					t.Fatalf("two things in one group: %v", ids(groups))
				}
			}
		}
	})
}

func ids(groups [][]Occupancy) (out [][]string) {
	for _, group := range groups {
		var names []string
		for _, o := range group {
			names = append(names, o.ID)
		}
		out = append(out, names)
	}
	return out
}

// record is what people see of a city, without what may differ between two lives of it: numbers, and by whom first.
type record struct {
	Occupancy, Camera    string
	Also                 []string
	State                State
	RaisedAt             time.Time
	EscalatedAt, Cleared time.Time
	Position             orb.Point
	Pictures             int
}

func (c *testCity) record(t failer) (all []record) {
	t.Helper()
	items, _, _, err := c.store.Alerts(context.Background(), Filter{Limit: 1000}, Scope{City: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range items {
		r := record{
			Occupancy: a.Occupancy, Camera: a.Camera.ID, State: a.State, RaisedAt: a.RaisedAt, EscalatedAt: a.EscalatedAt,
			Cleared: a.ClearedAt, Position: a.Position, Pictures: a.EvidenceCount,
		}
		for _, w := range a.Also {
			r.Also = append(r.Also, w.Occupancy)
		}
		all = append(all, r)
	}
	slices.SortFunc(all, record.compare)
	return all
}

func (r record) compare(s record) int { return cmp.Compare(r.Occupancy, s.Occupancy) }

// wantRecord is what all sightings together make, told in the order of their times.
func wantRecord(lives [][]vision.Sighting) (all []record) {
	for _, group := range groupOccupancies(occupanciesOf(lives)) {
		a := Alert{}.of(group)
		r := record{
			Occupancy: a.Occupancy, Camera: a.Camera.ID, State: a.State, RaisedAt: a.RaisedAt, EscalatedAt: a.EscalatedAt,
			Cleared: a.ClearedAt, Position: a.Position,
		}
		for _, o := range group[1:] {
			r.Also = append(r.Also, o.ID)
		}
		for _, life := range lives {
			if slices.ContainsFunc(group, func(o Occupancy) bool { return o.ID == life[0].Occupancy }) {
				pictures := map[string]bool{}
				for _, s := range life {
					for _, e := range s.Evidence {
						pictures[e.Kind+e.SHA256] = true
					}
				}
				r.Pictures += len(pictures)
			}
		}
		all = append(all, r)
	}
	slices.SortFunc(all, record.compare)
	return all
}

// In whatever order the sightings of several cameras arrive, and however often each is told, the alerts are the same.
func TestLaw_TheRecordDoesNotDependOnArrival(t *testing.T) {
	c := newCity(t)
	rapid.Check(t, func(t *rapid.T) {
		lives := crowdedStreet().Draw(t, "street")
		told := slices.Concat(lives...)
		told = append(told, rapid.SliceOfN(rapid.SampledFrom(told), 0, 4).Draw(t, "again")...)
		c.takeAll(t, rapid.Permutation(told).Draw(t, "arrival"))
		if got, want := c.record(t), wantRecord(lives); !reflect.DeepEqual(got, want) {
			t.Fatalf("the record is\n%+v\nwant\n%+v", got, want)
		}
		c.wipe(t)
	})
}

// failer is what a test and a property have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
}

func (c *testCity) takeAll(t failer, sightings []vision.Sighting) {
	t.Helper()
	for _, s := range sightings {
		if _, err := c.store.take(context.Background(), s, c.dispatch); err != nil {
			t.Fatal(err)
		}
	}
}

// wipe forgets every alert.
func (c *testCity) wipe(t failer) {
	t.Helper()
	for len(c.events) > 0 {
		<-c.events
	}
	if _, err := c.pool.Exec(context.Background(), `TRUNCATE alerts CASCADE`); err != nil {
		t.Fatal(err)
	}
}

// Engines that take the sightings of many cameras at once make of them what one makes.
func TestTake_ManyAtOnceMakeOneAlertOfOneThing(t *testing.T) {
	c := newCity(t)
	var lives [][]vision.Sighting
	for thing := range 3 {
		for camera := range 4 {
			at := metres(30*float64(thing)+0.2*float64(camera), 0)
			name, occupancy := fmt.Sprintf("camera-%d", camera), fmt.Sprintf("o-%d-%d", thing, camera)
			lives = append(lives, []vision.Sighting{
				seenBy(name, occupancy, vision.Raised, at, 0.5, float64(camera)),
				seenBy(name, occupancy, vision.Escalated, at, 0.5, 20+float64(camera)),
				seenBy(name, occupancy, vision.Cleared, at, 0.5, 60+float64(camera)),
			})
		}
	}
	for round := range 5 {
		var takers sync.WaitGroup
		for _, life := range lives {
			takers.Go(func() {
				for i := range life {
					if _, err := c.store.take(context.Background(), life[(i+round)%len(life)], c.dispatch); err != nil {
						t.Error(err)
					}
				}
			})
		}
		takers.Wait()
		if got, want := c.record(t), wantRecord(lives); !reflect.DeepEqual(got, want) || len(got) != 3 {
			t.Fatalf("round %d: the record is\n%+v\nwant\n%+v", round, got, want)
		}
		c.wipe(t)
	}
}
