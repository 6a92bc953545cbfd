// Package web is the doors: pages, JSON, pictures, tiles and sockets. It decides what JSON says and who may see what;
// the rooms behind it know no HTTP.
package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/geo/coverage"
	"gridwatch/vision"
	"gridwatch/vision/replay"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
)

// What this room asks of the others. Each is what one type of theirs does.
type (
	// People is alerts.People.
	People interface {
		Login(ctx context.Context, username, password string) (token string, person alerts.Person, err error)
		Session(ctx context.Context, token string) (alerts.Person, error)
		Ended(ctx context.Context, tokens []string) ([]string, error)
		Logout(ctx context.Context, token string) error
		NameDevice(ctx context.Context, token, name, kind string) error
		Device(ctx context.Context, token string) (string, error)
	}
	// Repeats is alerts.Repeats.
	Repeats interface {
		Begin(ctx context.Context, person int64, key string, request []byte) (*alerts.Answered, error)
		End(ctx context.Context, person int64, key string, a alerts.Answered) error
		Forget(ctx context.Context, person int64, key string) error
	}
	// Routing is alerts.Routing.
	Routing interface {
		Try(ctx context.Context, matter string, p orb.Point, reachM float64, at time.Time) (alerts.Trial, error)
	}
	// Alerts is alerts.Store.
	Alerts interface {
		Alerts(ctx context.Context, f alerts.Filter, scope alerts.Scope) (items []alerts.Alert, next string, seq int64, err error)
		Alert(ctx context.Context, id int64, scope alerts.Scope) (alerts.Alert, []alerts.Event, error)
		Acknowledge(ctx context.Context, id, personID int64, scope alerts.Scope, note string) (alerts.Alert, error)
		Arrive(ctx context.Context, id, personID int64, scope alerts.Scope, note string) (alerts.Alert, error)
		Handle(ctx context.Context, id, personID int64, scope alerts.Scope, note string, photo *alerts.Photo) (alerts.Alert, error)
		Judge(ctx context.Context, id, personID int64, scope alerts.Scope, word alerts.VerdictWord, note string) (alerts.Alert, error)
		Precision(ctx context.Context, since time.Time, zone string) ([]alerts.Precision, alerts.Floor, error)
		ResetTrust(ctx context.Context, rule, camera string, personID int64) error
		Evidence(ctx context.Context, id int64, n int, scope alerts.Scope) (alerts.Evidence, error)
		RecordView(ctx context.Context, id int64, n int, personID int64) error
		Transfer(ctx context.Context, id, personID int64, scope alerts.Scope, to alerts.Handover) (alerts.Alert, error)
		Merge(ctx context.Context, id, personID int64, scope alerts.Scope, into int64, note string) error
		Unmerge(ctx context.Context, id, personID int64, scope alerts.Scope, note string) (alerts.Alert, error)
		Silence(ctx context.Context, id, personID int64, scope alerts.Scope, until time.Time, reason string) (alerts.Alert, error)
		MarkDelivered(ctx context.Context, seq, personID int64, device string) error
		MarkShown(ctx context.Context, seq, personID int64, device string) error
		AlertsOf(ctx context.Context, occupancies []string) (map[string]int64, error)
		Mutes(ctx context.Context, camera string, ruleOf map[string]string) (map[string][]alerts.Mute, error)
	}
	// Feed is alerts.Feed.
	Feed interface {
		Subscribe(after int64, scope alerts.Scope) (*alerts.Subscription, error)
	}
	// Cameras is alerts.CameraStore.
	Cameras interface {
		Cameras(ctx context.Context) ([]vision.Camera, error)
		Health(ctx context.Context, scope alerts.Scope) ([]alerts.CameraHealth, error)
		Camera(ctx context.Context, id string) (vision.Camera, error)
		PutCamera(ctx context.Context, c vision.Camera) error
		DeleteCamera(ctx context.Context, id string) error
		AcceptReference(ctx context.Context, id string, a alerts.Acceptance, scope alerts.Scope) (alerts.CameraHealth, error)
		AddView(ctx context.Context, id, sha256 string, personID int64) (viewID string, err error)
		Picture(ctx context.Context, id, sha256 string, scope alerts.Scope) error
		RecordPictureView(ctx context.Context, id, sha256 string, personID int64) error
	}
	// Roster is alerts.Roster.
	Roster interface {
		ScopeOf(ctx context.Context, personID int64, role alerts.Role) (alerts.Scope, error)
		Answers(ctx context.Context, grid alerts.GridKey) (*alerts.Ref, error)
		Teams(ctx context.Context) ([]alerts.Team, error)
		TeamsOf(ctx context.Context, personID int64) ([]alerts.Team, error)
		Colours(ctx context.Context) (map[string]int, error)
		Officers(ctx context.Context) ([]alerts.Person, error)
		ChangeBeat(ctx context.Context, b alerts.BeatChange) error
		DeleteBeat(ctx context.Context, id string) error
		DutySheet(ctx context.Context, from, until time.Time) (alerts.DutySheet, error)
		DutyRoster(ctx context.Context) (alerts.DutyRoster, error)
		PutDutyRoster(ctx context.Context, d alerts.DutyRoster) error
	}
	// Dispatch is alerts.Dispatch.
	Dispatch interface {
		Place(p orb.Point, at time.Time) (community, road *alerts.GridRef)
		Responsible(matter string, p orb.Point, at time.Time, community, road *alerts.GridRef) (*alerts.GridRef, int)
		Precedence() []alerts.PrecedenceRule
	}
	// City is geo.Store.
	City interface {
		Grids(ctx context.Context, net geo.Net, at time.Time) ([]geo.Grid, geo.Edition, error)
		Editions(ctx context.Context) ([]geo.Edition, error)
		Fences(ctx context.Context) ([]geo.Fence, error)
		PutFence(ctx context.Context, f geo.Fence) error
		DeleteFence(ctx context.Context, id string) error
		Permits(ctx context.Context) ([]geo.Permit, error)
		PutPermit(ctx context.Context, p geo.Permit) error
		Places(ctx context.Context) ([]geo.Place, error)
		PutPlace(ctx context.Context, p geo.Place) error
		DeletePlace(ctx context.Context, id string) error
		DeletePermit(ctx context.Context, id string) error
		Features(ctx context.Context, set geo.FeatureSet, q geo.FeatureQuery, limit int) ([]geo.Feature, error)
		CountFeatures(ctx context.Context, set geo.FeatureSet, q geo.FeatureQuery) (int, error)
		FeatureExtent(ctx context.Context, set geo.FeatureSet, q geo.FeatureQuery) (geo.FeatureExtent, error)
	}
	// Tiles is geo.Tiles.
	Tiles interface {
		Tile(ctx context.Context, layer string, z, x, y int, at time.Time, scope []string) ([]byte, error)
		Edition(ctx context.Context, net geo.Net, at time.Time) (int64, error)
		Bound(ctx context.Context) (orb.Bound, error)
	}
	// Editions is geo.Drafts.
	Editions interface {
		Begin(ctx context.Context, start geo.DraftStart, by geo.Actor) (geo.Edition, error)
		Edition(ctx context.Context, id int64) (geo.Edition, error)
		Editions(ctx context.Context) ([]geo.Edition, error)
		Grids(ctx context.Context, id int64) ([]geo.Grid, geo.Edition, error)
		Command(ctx context.Context, id int64, asked geo.Asked, by geo.Actor) (geo.Edited, error)
		PutRoad(ctx context.Context, id int64, asked geo.RoadAsked, by geo.Actor) (geo.Edited, error)
		Revise(ctx context.Context, id, base int64, cmds []coverage.Command, by geo.Actor) (geo.Edited, error)
		DraftGrid(ctx context.Context, edition int64, net geo.Net, code string) (geo.DraftGrid, error)
		Undo(ctx context.Context, id, base int64, by geo.Actor) (geo.Edited, error)
		Redo(ctx context.Context, id, base int64, by geo.Actor) (geo.Edited, error)
		Check(ctx context.Context, id int64, by geo.Actor) (geo.Edition, []geo.Problem, error)
		Submit(ctx context.Context, id int64, by geo.Actor) (geo.Edition, error)
		Review(ctx context.Context, id int64, accept bool, note string, by geo.Actor) (geo.Edition, error)
		Publish(ctx context.Context, id int64, from time.Time, by geo.Actor) (geo.Edition, error)
		Rollback(ctx context.Context, id int64, by geo.Actor) (geo.Edition, error)
		PullBack(ctx context.Context, id int64, by geo.Actor) (geo.Edition, error)
		Rebase(ctx context.Context, id int64, leaveOut []int64, by geo.Actor) (geo.Edition, error)
		Discard(ctx context.Context, id int64, by geo.Actor) (geo.Edition, error)
		Log(ctx context.Context, id int64) ([]geo.LogEntry, error)
		Mends(ctx context.Context, id int64, toleranceM float64) ([]geo.Mend, geo.Edition, error)
		AcceptMends(ctx context.Context, id, base int64, toleranceM float64, accepted []geo.Acceptance, by geo.Actor) (geo.Edited, error)
	}
	// Impacts is alerts.Impacts.
	Impacts interface {
		Impact(ctx context.Context, edition int64, days int, now time.Time) (alerts.Impact, error)
	}
	// Imports is geo.Importer.
	Imports interface {
		Begin(ctx context.Context, file io.Reader, about geo.Survey, start geo.DraftStart, by geo.Actor) (geo.Import, error)
		Import(ctx context.Context, id int64) (geo.Import, error)
		Imports(ctx context.Context) ([]geo.Import, error)
	}
	// Rules is alerts.Rulebook.
	Rules interface {
		File() vision.Rules
		InForce(ctx context.Context) (vision.Rules, error)
	}
	// Recordings is replay.Library.
	Recordings interface {
		Explain(ctx context.Context, cameraID string, from, until time.Time) (replay.Explanation, error)
		Picture(ctx context.Context, sha256 string) (io.ReadSeekCloser, error)
	}
	// Backtests is alerts.Backtests.
	Backtests interface {
		Begin(ctx context.Context, d alerts.Draft, personID int64) (alerts.Backtest, error)
		Backtest(ctx context.Context, id int64) (alerts.Backtest, error)
		Backtests(ctx context.Context) ([]alerts.Backtest, error)
		Publish(ctx context.Context, id, personID int64) (alerts.Backtest, error)
		Discard(ctx context.Context, id, personID int64) (alerts.Backtest, error)
		RecordView(ctx context.Context, id int64, sha256 string, personID int64) error
	}
	// Dwelling is the running cameras.
	Dwelling interface {
		Dwelling(cameraID string) []Stay
	}
	// Pictures is vision.Folder, the blob store.
	Pictures interface {
		Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, error)
		Put(ctx context.Context, data []byte) (sha256 string, err error)
	}
)

// District is the area that this program watches, as people name it.
type District struct {
	Code     string
	Name     string
	Timezone string // IANA name.
}

// Config is everything that a server is made of. All of it is needed, except where a field says otherwise.
type Config struct {
	People   People
	Alerts   Alerts
	Feed     Feed
	Cameras  Cameras
	Roster   Roster
	Dispatch Dispatch
	Routing  Routing
	Repeats  Repeats
	City     City
	Tiles    Tiles
	Pictures Pictures
	Eyes     Eyes
	Editions Editions
	Imports  Imports
	Impacts  Impacts

	Rules      Rules
	Recordings Recordings
	Backtests  Backtests
	Dwelling   Dwelling

	// CheckFence says what the rules cannot take of a fence.
	CheckFence func(geo.Fence) error
	// LiveViews is how many may be open at once.
	LiveViews int

	District     District
	Matters      alerts.Matters
	PlaceClasses geo.PlaceClasses
	Pages        fs.FS // Pages() of this package.
	Metrics      *prometheus.Registry
	Log          *slog.Logger
	Version      string
	// Ready are the checks of /readyz by name. Each gets a context that ends after two seconds. May be empty.
	Ready map[string]func(context.Context) error

	Certificate Certificate       // Of the HTTPS that Serve speaks; nil speaks plain HTTP.
	Authority   *x509.Certificate // Signed it, and phones are to trust it; may be nil.

	SecureCookies bool     // People reach the server over HTTPS only.
	BehindProxy   bool     // A proxy of ours writes X-Forwarded-For and X-Forwarded-Proto.
	Origins       []string // Other origins that may call, "https://city.example"; may be empty.
}

// Server is the doors. It is safe for many goroutines.
type Server struct {
	people   People
	alerts   Alerts
	feed     Feed
	cameras  Cameras
	roster   Roster
	dispatch Dispatch
	routing  Routing
	repeats  Repeats
	city     City
	tiles    Tiles
	pictures Pictures
	eyes     Eyes
	editions Editions
	imports  Imports
	impacts  Impacts

	rules      Rules
	recordings Recordings
	backtests  Backtests
	dwelling   Dwelling

	checkFence func(geo.Fence) error
	lives      *lives
	trials     chan struct{} // Holds one for each source that is being tried.

	district     District
	matters      alerts.Matters
	placeClasses geo.PlaceClasses
	pages        map[string]page
	registry     *prometheus.Registry
	metrics      *metrics
	log          *slog.Logger
	version      string
	ready        map[string]func(context.Context) error

	certificate  Certificate
	authority    *x509.Certificate
	secureCookie bool
	behindProxy  bool
	origins      []string
	crossOrigin  *http.CrossOriginProtection

	byName    *throttle // Logins of one username from one network.
	byNetwork *throttle // Logins from one network.
	basics    *basicSessions
	sockets   *sockets
	messages  *messages

	api      huma.API
	mux      *http.ServeMux
	document []byte // The OpenAPI document, and
	ogcDoc   []byte // that of /ogc.
	handler  http.Handler
}

// New makes the doors of c. Nothing runs before Serve.
func New(c Config) (*Server, error) {
	pages, err := loadPages(c.Pages)
	if err != nil {
		return nil, err
	}
	s := &Server{
		people: c.People, alerts: c.Alerts, feed: c.Feed, cameras: c.Cameras, roster: c.Roster, dispatch: c.Dispatch,
		routing: c.Routing, repeats: c.Repeats,
		city: c.City, tiles: c.Tiles, pictures: c.Pictures,
		editions: c.Editions, imports: c.Imports, impacts: c.Impacts,
		eyes: c.Eyes, checkFence: c.CheckFence, lives: newLives(c.LiveViews), trials: make(chan struct{}, trialsAtOnce),
		rules: c.Rules, recordings: c.Recordings, backtests: c.Backtests, dwelling: c.Dwelling,
		district: c.District, matters: c.Matters, placeClasses: c.PlaceClasses, pages: pages, registry: c.Metrics, metrics: newMetrics(c.Metrics),
		log: c.Log, version: c.Version, ready: c.Ready,
		certificate: c.Certificate, authority: c.Authority,
		secureCookie: c.SecureCookies, behindProxy: c.BehindProxy, origins: c.Origins,
		crossOrigin: http.NewCrossOriginProtection(),
		byName:      newThrottle(5, time.Minute, 20_000),
		byNetwork:   newThrottle(60, 5*time.Second, 20_000),
		basics:      newBasicSessions(),
		mux:         http.NewServeMux(),
	}
	for _, origin := range c.Origins {
		if err := s.crossOrigin.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("origin %q: %w", origin, err)
		}
	}
	s.crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, problemOf(errCrossOrigin))
	}))
	s.sockets = newSockets(s.metrics)
	s.messages = newMessages(s.matters)
	s.api = newAPI(s.mux, c.Version)
	s.routes()
	if s.document, err = json.Marshal(s.api.OpenAPI()); err != nil {
		return nil, fmt.Errorf("describe the doors: %w", err)
	}
	if s.ogcDoc, err = describeOGC(c.Version); err != nil {
		return nil, fmt.Errorf("describe /ogc: %w", err)
	}
	s.pageRoutes(s.mux)
	s.handler = s.guard(s.mux)
	return s, nil
}

// Handler is every door with its guards. Sockets that it opens live until Run ends them.
func (s *Server) Handler() http.Handler { return s.handler }

// Times and sizes that no request may exceed. A photo of 8 MB over a poor phone link takes about a minute.
const (
	headerTime   = 5 * time.Second
	requestTime  = 2 * time.Minute
	idleTime     = 2 * time.Minute
	headerBytes  = 32 << 10
	shutdownTime = 5 * time.Second
	// answerTime is how long the database and the other rooms may take for one answer.
	answerTime = 15 * time.Second
)

// Serve answers on listener until ctx ends, then lets requests finish for a moment and closes the sockets.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := s.newHTTP(s.handler)
	serve := server.Serve
	if s.certificate != nil {
		server.TLSConfig = &tls.Config{GetCertificate: s.certificate, MinVersion: tls.VersionTLS12}
		serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.Run(ctx) })
	group.Go(func() error { return serveUntil(ctx, server, func() error { return serve(listener) }) })
	return group.Wait()
}

// newHTTP is a server of a handler that nobody can hold open for long.
func (s *Server) newHTTP(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       requestTime,
		WriteTimeout:      requestTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug), // Mostly broken TLS of strangers.
	}
}

// serveUntil serves until ctx ends, and lets requests finish for a moment.
func serveUntil(ctx context.Context, server *http.Server, serve func() error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := serve(); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		if err := server.Shutdown(last); err != nil {
			return server.Close() // Whoever is still asking is cut.
		}
		return nil
	})
	return group.Wait()
}

// Run keeps the sockets honest until ctx ends: it closes those whose sessions ended or whose beats changed, and at the
// end all of them.
func (s *Server) Run(ctx context.Context) error {
	defer s.sockets.closeAll()
	defer s.lives.closeAll()
	every := time.NewTicker(sweepEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
			if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
				s.log.LogAttrs(ctx, slog.LevelWarn, "sessions of open sockets could not be checked", slog.Any("err", err))
			}
		}
	}
}
