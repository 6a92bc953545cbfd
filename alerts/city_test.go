package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/migrations/dbtest"
	"gridwatch/vision"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// testCity is a small city on a real PostGIS:
//
//	36.83 +---------+---------+
//	      |  west   |  east   |     community net
//	36.82 +====road=====+     |     road net, a strip along the southern border
//	   118.30    118.31     118.32
type testCity struct {
	url      string
	pool     *pgxpool.Pool
	locator  *geo.Locator
	dispatch *Dispatch
	store    *Store
	cameras  *CameraStore
	roster   *Roster
	log      *watchedLog
	events   chan struct{} // One hint for each commit that wrote an event.
}

var (
	westKey = GridKey{geo.Community, "370305001001001"}
	eastKey = GridKey{geo.Community, "370305001002001"}
	roadKey = GridKey{geo.Road, "370305001001901"}

	inWest  = orb.Point{118.305, 36.828}
	inEast  = orb.Point{118.315, 36.828}
	onRoad  = orb.Point{118.305, 36.8205} // In west, too.
	nowhere = orb.Point{118.5, 36.9}
)

// noon is a moment at which the test city exists.
var noon = time.Date(2026, 7, 1, 4, 0, 0, 0, time.UTC)

func newCity(t testing.TB) *testCity {
	t.Helper()
	c := &testCity{url: dbtest.URL(t), log: newWatchedLog(), events: make(chan struct{}, 10_000)}
	var err error
	if c.pool, err = geo.Open(t.Context(), c.url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.pool.Close)
	city := geo.NewStore(c.pool)
	importGrids(t, city, geo.Community,
		grid(westKey, "西社区", box(118.30, 36.82, 118.31, 36.83)), grid(eastKey, "东社区", box(118.31, 36.82, 118.32, 36.83)))
	importGrids(t, city, geo.Road, grid(roadKey, "南路", box(118.30, 36.82, 118.314, 36.821)))
	c.locator = geo.NewLocator(city)
	if err := c.locator.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.dispatch, err = NewDispatch(c.locator, noPlaces{}, DefaultPrecedence()); err != nil {
		t.Fatal(err)
	}
	c.store, c.roster = NewStore(c.pool), NewRoster(c.pool)
	c.cameras = NewCameraStore(c.pool, c.dispatch, slog.New(c.log))
	c.store.Wake = func() { c.events <- struct{}{} }
	c.cameras.Wake = c.store.Wake
	return c
}

func importGrids(t testing.TB, city *geo.Store, net geo.Net, grids ...geo.Grid) {
	t.Helper()
	if _, err := city.ImportGrids(t.Context(), net, "test", noon.AddDate(-1, 0, 0), true, grids); err != nil {
		t.Fatal(err)
	}
}

func grid(key GridKey, name string, boundary orb.Polygon) geo.Grid {
	kind := map[geo.Net]string{geo.Community: "community", geo.Road: "corridor"}[key.Net]
	return geo.Grid{
		Net: key.Net, Code: key.Code, Name: name, Kind: kind, Street: "辛店街道", Boundary: orb.MultiPolygon{boundary},
	}
}

func box(west, south, east, north float64) orb.Polygon {
	return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}.ToPolygon()
}

// person makes an account without the cost of a password.
func (c *testCity) person(t testing.TB, username string, role Role) Ref {
	t.Helper()
	ref := Ref{Name: "人 " + username}
	if err := c.pool.QueryRow(t.Context(),
		`INSERT INTO people (username, name, role, password) VALUES ($1, $2, $3, '') RETURNING id`,
		username, ref.Name, role).Scan(&ref.ID); err != nil {
		t.Fatal(err)
	}
	return ref
}

func (c *testCity) beat(t testing.TB, id string, grid GridKey, members ...string) {
	t.Helper()
	if err := c.roster.PutBeat(t.Context(), Beat{ID: id, Name: id, Grids: []GridKey{grid}, Members: members}); err != nil {
		t.Fatal(err)
	}
}

func (c *testCity) camera(t testing.TB, id string, at orb.Point) {
	t.Helper()
	camera := vision.Camera{ID: id, Name: "机 " + id, Position: at, PlaceClass: "street", Source: vision.Source{URL: "file:x"}}
	if err := c.cameras.PutCamera(t.Context(), camera); err != nil {
		t.Fatal(err)
	}
}

// sight takes sightings in, each of which must be new.
func (c *testCity) sight(t testing.TB, sightings ...vision.Sighting) {
	t.Helper()
	for _, s := range sightings {
		if taken, err := c.store.take(t.Context(), s, c.dispatch); err != nil || !taken {
			t.Fatalf("sighting %q: taken %v, %v", s.Key, taken, err)
		}
	}
}

// alertOf returns the full alert of an occupancy, and its events.
func (c *testCity) alertOf(t testing.TB, occupancy string) (Alert, []Event) {
	t.Helper()
	var id int64
	if err := c.pool.QueryRow(t.Context(), `SELECT id FROM alerts WHERE occupancy = $1`, occupancy).Scan(&id); err != nil {
		t.Fatalf("alert of %q: %v", occupancy, err)
	}
	a, events, err := c.store.Alert(t.Context(), id, Scope{City: true})
	if err != nil {
		t.Fatal(err)
	}
	return a, events
}

func (c *testCity) count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	if err := c.pool.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// sighting is a sighting of a fire lane; a raised one at noon, the others minutes later.
func sighting(occupancy string, kind vision.Kind, at orb.Point) vision.Sighting {
	minutes := map[vision.Kind]time.Duration{vision.Raised: 0, vision.Escalated: 2, vision.Cleared: 9}
	evidence := map[vision.Kind]string{vision.Raised: "now", vision.Escalated: "escalated", vision.Cleared: "clear"}
	when := noon.Add(minutes[kind] * time.Minute)
	return vision.Sighting{
		Key: occupancy + "/" + string(kind), Kind: kind, Occupancy: occupancy,
		CameraID: "camera-1", ViewID: "camera-1", FenceID: "fence-1", FenceName: "一号消防通道",
		Rule: "fire_lane", Matter: "09012", Since: noon.Add(-50 * time.Second), At: when,
		Position: at, SigmaM: 0.4, Grounded: true, Class: vision.ClassVehicle, Score: 0.7,
		Why: vision.Why{Rule: "fire_lane", RuleVersion: 1, DwellS: when.Sub(noon).Seconds() + 50, Permit: "none here", Hours: "always"},
		Evidence: []vision.Evidence{
			{Kind: "begin", SHA256: fmt.Sprintf("%064x", 1), Bytes: 100, At: noon.Add(-50 * time.Second)},
			{Kind: evidence[kind], SHA256: fmt.Sprintf("%064x", 2+minutes[kind]), Bytes: 200, At: when},
		},
	}
}

// watchedLog is a log that a test can wait on.
type watchedLog struct {
	mu    sync.Mutex
	lines map[string]chan struct{}
}

func newWatchedLog() *watchedLog { return &watchedLog{lines: make(map[string]chan struct{})} }

// said is closed once the line was logged.
func (l *watchedLog) said(line string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lines[line] == nil {
		l.lines[line] = make(chan struct{})
	}
	return l.lines[line]
}

func (l *watchedLog) Enabled(context.Context, slog.Level) bool { return true }
func (l *watchedLog) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *watchedLog) WithGroup(string) slog.Handler            { return l }
func (l *watchedLog) Handle(_ context.Context, r slog.Record) error {
	said := l.said(r.Message)
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-said:
	default:
		close(said)
	}
	return nil
}
