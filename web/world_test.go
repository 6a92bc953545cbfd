package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/alerts/bus"
	"gridwatch/configs"
	"gridwatch/geo"
	"gridwatch/migrations/dbtest"
	"gridwatch/vision"
	"gridwatch/vision/replay"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/prometheus/client_golang/prometheus"
)

// world is a whole server with its real rooms behind it, over a city of two communities and a road along both:
//
//	     ┌─────────┬─────────┐
//	road ══════════╪══════════  answers for street order (09…)
//	     │  west   │  east   │
//	     └─────────┴─────────┘
//
// The officers "west" and "east" have the beats of their communities, "road" that of the road.
type world struct {
	t        *testing.T
	url      string
	server   *Server
	registry *prometheus.Registry
	log      *lines
	pool     *pgxpool.Pool
	bus      *bus.Bus
	store    *alerts.Store
	people   *alerts.People
	roster   *alerts.Roster
	city     *geo.Store
	cameras  *alerts.CameraStore
	editions *geo.Drafts
	imports  *geo.Importer
	pictures *vision.Folder

	library   *replay.Library
	backtests *alerts.Backtests
	stays     []Stay // Of the running cameras.
	ladders   alerts.Ladders

	events  *alerts.Subscription
	clients map[string]*client
}

const (
	westCode = "370305001001001"
	eastCode = "370305001002001"
	roadCode = "370305001900001"
)

var (
	westPoint = orb.Point{118.305, 36.822}
	eastPoint = orb.Point{118.315, 36.822}
	roadPoint = orb.Point{118.305, 36.8252} // Also in the western community.
	edition   = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

func square(west, south, east, north float64) orb.Polygon {
	return orb.Polygon{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}}
}

func around(p orb.Point, half float64) orb.Polygon {
	return square(p.Lon()-half, p.Lat()-half, p.Lon()+half, p.Lat()+half)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	w := &world{t: t, log: &lines{}, registry: prometheus.NewRegistry(), clients: map[string]*client{}}
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	pool, err := geo.Open(ctx, dbtest.URL(t))
	w.must(err)
	t.Cleanup(pool.Close)
	w.pool = pool
	w.bus, err = bus.Start(bus.Config{Dir: t.TempDir()})
	w.must(err)
	t.Cleanup(w.bus.Close)
	w.pictures, err = vision.NewFolder(t.TempDir())
	w.must(err)

	w.city, w.people, w.roster = geo.NewStore(pool), alerts.NewPeople(pool), alerts.NewRoster(pool)
	w.drawCity(ctx)
	locator := geo.NewLocator(w.city)
	w.must(locator.Load(ctx))
	places := geo.NewPlaceIndex(w.city)
	w.must(places.Load(ctx))
	dispatch, err := alerts.NewDispatch(locator, places, alerts.DefaultPrecedence())
	w.must(err)
	w.store, w.cameras = alerts.NewStore(pool), alerts.NewCameraStore(pool, dispatch, log)
	w.store.Wake, w.cameras.Wake, w.cameras.Pictures = w.bus.Wake, w.bus.Wake, w.pictures
	w.placeCameras(ctx)
	w.hire(ctx)

	w.editions = geo.NewDrafts(pool, locator, alerts.NewEditionRecord(dispatch))
	w.editions.Wake = w.bus.Wake
	w.imports, err = geo.NewImporter(pool, w.editions, t.TempDir(), log)
	w.must(err)
	woken, err := w.bus.Woken(ctx)
	w.must(err)
	feed := alerts.NewFeed(w.store, w.cameras, woken, log)
	engine := alerts.NewEngine(w.store, dispatch, w.bus, log)
	matters, err := alerts.LoadMatters(configs.Read("matters.yaml"))
	w.must(err)
	classes, err := geo.LoadPlaceClasses(configs.Read("places.yaml"))
	w.must(err)
	rules, err := vision.LoadRules(configs.Read("rules.yaml"))
	w.must(err)
	rulebook := alerts.NewRulebook(pool, rules, log)
	w.library, err = replay.NewLibrary(replay.LibraryConfig{
		Dir: t.TempDir(), Index: alerts.NewRecordings(pool), Keep: 24 * time.Hour, Log: log,
		Small: func(vision.Image) ([]byte, error) { return smallJPEG(), nil },
	})
	w.must(err)
	w.backtests = alerts.NewBacktests(pool, w.city, rulebook, time.UTC)
	backtester := alerts.NewBacktester(w.backtests, w.library, log)
	w.ladders = alerts.Ladders{{Matters: []string{"*"}, Steps: []alerts.LadderStep{
		{After: 5 * time.Minute, To: alerts.ToLeader}, {After: 10 * time.Minute, To: alerts.ToCentre},
	}}}
	w.server, err = New(Config{
		People: w.people, Alerts: w.store, Feed: feed, Cameras: w.cameras, Roster: w.roster, Dispatch: dispatch,
		Routing: alerts.NewRouting(w.roster, dispatch, w.ladders), Repeats: alerts.NewRepeats(pool),
		City: w.city, Tiles: geo.NewTiles(w.city, locator), Pictures: w.pictures, District: District{Code: "370305", Name: "临淄区", Timezone: "Asia/Shanghai"}, Matters: matters, PlaceClasses: classes,
		Rules: rulebook, Recordings: w.library, Backtests: w.backtests, Dwelling: w,
		Editions: w.editions, Imports: w.imports, Impacts: alerts.NewImpacts(pool, dispatch),
		Eyes: testEyes{}, CheckFence: rules.CheckFence, LiveViews: 1,
		Pages: Pages(), Metrics: w.registry, Log: log, Version: "test",
		Ready: map[string]func(context.Context) error{"database": pool.Ping, "bus": w.bus.Check},
	})
	w.must(err)
	front := httptest.NewServer(w.server.Handler())
	w.url = front.URL
	w.events, err = feed.Subscribe(-1, alerts.Scope{City: true, Drafts: true})
	w.must(err)

	var stages sync.WaitGroup
	stages.Go(func() { engine.Run(ctx) })
	stages.Go(func() { feed.Run(ctx) })
	stages.Go(func() { backtester.Run(ctx) })
	stages.Go(func() { w.editions.Run(ctx, log) })
	stages.Go(func() { w.imports.Run(ctx) })
	stages.Go(func() { w.server.Run(ctx) })
	t.Cleanup(func() {
		front.CloseClientConnections()
		cancel()
		stages.Wait()
		front.Close()
	})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) drawCity(ctx context.Context) {
	w.t.Helper()
	whole := square(118.29, 36.81, 118.33, 36.84)
	w.must(w.city.PutDistrict(ctx, geo.District{Code: "370305", Name: "临淄区", Demo: true, Outline: orb.MultiPolygon{whole}}))
	_, err := w.city.ImportGrids(ctx, geo.Community, "示例 2026", edition, true, []geo.Grid{
		{Net: geo.Community, Code: westCode, Name: "西社区", Kind: "community", Street: "闻韶街道",
			Boundary: orb.MultiPolygon{square(118.300, 36.820, 118.310, 36.830)}},
		{Net: geo.Community, Code: eastCode, Name: "东社区", Kind: "community", Street: "闻韶街道",
			Boundary: orb.MultiPolygon{square(118.310, 36.820, 118.320, 36.830)}},
	})
	w.must(err)
	_, err = w.city.ImportGrids(ctx, geo.Road, "示例 2026", edition, true, []geo.Grid{
		{Net: geo.Road, Code: roadCode, Name: "桓公路", Kind: "corridor", Street: "闻韶街道",
			Boundary: orb.MultiPolygon{square(118.300, 36.825, 118.320, 36.8255)}},
	})
	w.must(err)
}

func (w *world) placeCameras(ctx context.Context) {
	w.t.Helper()
	for id, at := range map[string]orb.Point{"west-cam": westPoint, "east-cam": eastPoint} {
		w.must(w.cameras.PutCamera(ctx, vision.Camera{
			ID: id, Name: id, Position: at, PlaceClass: "community_gate", Source: vision.Source{URL: "rtsp://127.0.0.1/" + id},
		}))
	}
	for id, at := range map[string]orb.Point{"west-lane": westPoint, "east-lane": eastPoint} {
		w.must(w.city.PutFence(ctx, geo.Fence{ID: id, Name: id, Rule: "fire_lane", Area: around(at, 0.0002)}))
	}
	w.must(w.city.PutFence(ctx, geo.Fence{ID: "across", Name: "across", Rule: "vending",
		Area: square(118.3049, 36.8245, 118.3051, 36.826)})) // The road crosses it; none of its corners is on the road.
	w.must(w.city.PutFence(ctx, geo.Fence{ID: "east-frame", Name: "east-frame", Rule: "debris", ViewID: "east-cam",
		Frame: orb.Polygon{{{0.1, 0.1}, {0.9, 0.1}, {0.9, 0.9}, {0.1, 0.1}}}}))
}

const worldPassword = "correct horse"

// hire makes one person of each kind. They share one hash, which takes a while to make.
func (w *world) hire(ctx context.Context) {
	w.t.Helper()
	_, err := w.people.Create(ctx, alerts.Person{Username: "operator", Name: "值班员", Role: alerts.Operator}, worldPassword)
	w.must(err)
	for username, role := range map[string]alerts.Role{
		"west": alerts.Officer, "east": alerts.Officer, "road": alerts.Officer, "idle": alerts.Officer,
		"planner": alerts.Planner, "planner2": alerts.Planner, "admin": alerts.Administrator,
	} {
		_, err := w.pool.Exec(ctx, `INSERT INTO people (username, name, role, password)
			SELECT $1, $1, $2, password FROM people WHERE username = 'operator'`, username, role)
		w.must(err)
	}
	for username, grid := range map[string]alerts.GridKey{
		"west": {Net: geo.Community, Code: westCode}, "east": {Net: geo.Community, Code: eastCode},
		"road": {Net: geo.Road, Code: roadCode},
	} {
		w.must(w.roster.PutBeat(ctx, alerts.Beat{
			ID: username, Name: username, Grids: []alerts.GridKey{grid}, Members: []string{username},
		}))
	}
}

// sighting is what the kernel would say of something that lies at a point; its picture is kept already.
func (w *world) sighting(occupancy, camera string, at orb.Point, kind vision.Kind) vision.Sighting {
	w.t.Helper()
	picture := smallJPEG()
	sha, err := w.pictures.Put(w.t.Context(), picture)
	w.must(err)
	since := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	return vision.Sighting{
		Key: occupancy + "/" + string(kind), Kind: kind, Occupancy: occupancy, CameraID: camera, ViewID: camera,
		FenceID: camera + "-fence", FenceName: "3 号消防通道", Rule: "debris", Matter: "06011",
		Since: since, At: since.Add(time.Minute), Position: at, SigmaM: 1.5, Grounded: true,
		Box: vision.Box{X: .1, Y: .1, W: .2, H: .2}, Class: vision.ClassChange, Score: .9, DwellS: 60,
		Why: vision.Why{Rule: "debris", RuleVersion: 1, Thresholds: map[string]float64{"raise_s": 60}, DwellS: 60,
			Tracks: []int64{1}, Permit: "none here", Hours: "always", Model: "test", Frames: 12},
		Evidence: []vision.Evidence{{Kind: vision.EvidenceNow, SHA256: sha, Bytes: int64(len(picture)), At: since}},
	}
}

// raise sends a sighting the whole way and returns the alert that it became.
func (w *world) raise(occupancy, camera string, at orb.Point) alerts.Alert {
	w.t.Helper()
	w.must(w.bus.Publish(w.t.Context(), w.sighting(occupancy, camera, at, vision.Raised)))
	return *w.event(alerts.AlertRaised).Alert
}

// event waits for the next event of the city, which must be of that type. That the city's own editions come into force
// is told at its beginning, and passed over; so is that somebody took an alert, which goes with what they did.
func (w *world) event(want alerts.EventType) alerts.Event {
	w.t.Helper()
	patience := time.After(45 * time.Second) // What the bus hands to a reader that is gone is told again after ten.
	for {
		select {
		case e, open := <-w.events.Events():
			if open && (e.Type == alerts.EditionChanged || e.Type == alerts.AlertTaken) && want != e.Type {
				continue
			}
			if !open || e.Type != want {
				w.t.Fatalf("event %+v (open: %v); want %s", e, open, want)
			}
			return e
		case <-patience:
			w.t.Fatalf("no %s came; log:\n%s", want, w.log.String())
		}
	}
}

// client is a person at a browser.
type client struct {
	w *world
	http.Client
	cookie string // "name=value" of the session; empty when nobody is signed in.
}

// nobody is a client without a session.
func (w *world) nobody() *client {
	jar, _ := cookiejar.New(nil)
	return &client{w: w, Client: http.Client{Jar: jar, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is the client of a person who signed in.
func (w *world) as(username string) *client {
	w.t.Helper()
	if c := w.clients[username]; c != nil {
		return c
	}
	c := w.nobody()
	answer := c.post("/api/session", map[string]string{"username": username, "password": worldPassword})
	if answer.status != http.StatusNoContent || len(answer.cookies) != 1 {
		w.t.Fatalf("login of %s: %d %s", username, answer.status, answer.body)
	}
	c.cookie = answer.cookies[0].Name + "=" + answer.cookies[0].Value
	w.clients[username] = c
	return c
}

// reply is an answer with its body read.
type reply struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    []byte
}

func (c *client) do(method, path string, body io.Reader, headers ...string) reply {
	c.w.t.Helper()
	r, err := http.NewRequestWithContext(c.w.t.Context(), method, c.w.url+path, body)
	c.w.must(err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := c.Do(r)
	c.w.must(err)
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	c.w.must(err)
	return reply{status: answer.StatusCode, header: answer.Header, cookies: answer.Cookies(), body: data}
}

func (c *client) get(path string, headers ...string) reply {
	c.w.t.Helper()
	return c.do("GET", path, nil, headers...)
}

func (c *client) post(path string, body any) reply {
	c.w.t.Helper()
	data, err := json.Marshal(body)
	c.w.must(err)
	return c.do("POST", path, bytes.NewReader(data), "Content-Type", "application/json")
}

// read decodes a reply into a value of its own.
func read[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(r.body, &v); err != nil {
		t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	return v
}

// wantProblem fails unless r is a problem document of that status.
func wantProblem(t *testing.T, r reply, status int) Problem {
	t.Helper()
	if r.status != status || r.header.Get("Content-Type") != problemType {
		t.Fatalf("%d %s %s; want a problem of %d", r.status, r.header.Get("Content-Type"), r.body, status)
	}
	p := read[Problem](t, r)
	if p.Status != status || p.Title != http.StatusText(status) || p.Type != "about:blank" || p.Detail == "" || p.Errors == nil {
		t.Fatalf("problem %s", r.body)
	}
	return p
}

func smallJPEG() []byte {
	picture := image.NewRGBA(image.Rect(0, 0, 16, 9))
	for x := range 16 {
		picture.Set(x, x/2, color.White)
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, picture, nil); err != nil {
		panic(err)
	}
	return data.Bytes()
}

// lines is a log that a test can read.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func alertURL(a alerts.Alert, rest string) string { return fmt.Sprintf("/api/alerts/%d%s", a.ID, rest) }
