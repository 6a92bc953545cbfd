package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"gridwatch/alerts"
	"gridwatch/alerts/bus"
	"gridwatch/configs"
	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/infer"
	"gridwatch/vision/replay"
	"gridwatch/web"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
)

// service is everything that one process runs:
//
//	watcher ─► latest ─► pipeline (detect, track, kernel) ─► bus ─► engine ─► PostGIS ─► feed ─► sockets
//	(one of each per camera, started by cameras)                      (one each)
type service struct {
	cfg Config
	log *slog.Logger

	pool     *pgxpool.Pool
	pictures *vision.Folder
	bus      *bus.Bus
	detector *infer.Together

	locator  *geo.Locator
	dispatch *alerts.Dispatch
	editions *geo.Drafts
	imports  *geo.Importer
	city     *cityView
	engine   *alerts.Engine
	feed     *alerts.Feed
	climber  *alerts.Climber
	health   *health
	cameras  *cameras
	server   *web.Server

	rulebook   *alerts.Rulebook
	recordings *replay.Library
	backtests  *alerts.Backtests
	backtester *alerts.Backtester
}

// newService opens what the service needs, in the order in which things lean on each other.
func newService(ctx context.Context, cfg Config, log *slog.Logger) (_ *service, err error) {
	s := &service{cfg: cfg, log: log}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	zone, err := cfg.Location()
	if err != nil {
		return nil, err
	}
	rules, err := readRules(cfg.Rules)
	if err != nil {
		return nil, err
	}
	matters, err := readMatters(cfg.Matters)
	if err != nil {
		return nil, err
	}
	places, err := readPlaceClasses(cfg.Places, rules)
	if err != nil {
		return nil, err
	}
	if s.pictures, err = vision.NewFolder(filepath.Join(cfg.DataDir, "pictures")); err != nil {
		return nil, err
	}
	if s.pool, err = geo.Open(ctx, cfg.DatabaseURL); err != nil {
		return nil, err
	}
	if s.bus, err = bus.Start(bus.Config{Dir: filepath.Join(cfg.DataDir, "nats"), URL: cfg.NATS.URL, Log: log}); err != nil {
		return nil, err
	}
	if s.detector, err = openDetectors(cfg, rules, log); err != nil {
		return nil, err
	}
	secondLook, err := openSecondLook(cfg.SecondLook)
	if err != nil {
		return nil, err
	}
	if err := s.openRecord(ctx, zone, rules); err != nil {
		return nil, err
	}
	if err := s.openRecordings(zone); err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	s.cameras = &cameras{
		store: s.cameraStore(), city: s.city, detector: s.detector, secondLook: secondLook, bus: s.bus, pictures: s.pictures, recordings: s.recordings,
		lookAgain: s.cfg.LookAgain(), health: s.health, log: log,
	}
	if s.server, err = s.openDoors(matters, places, registry); err != nil {
		return nil, err
	}
	registerMetrics(registry, s)
	return s, nil
}

// openRecord makes what stands between the bus and the doors: grids, engine, feed.
func (s *service) openRecord(ctx context.Context, zone *time.Location, rules vision.Rules) error {
	store := geo.NewStore(s.pool)
	s.locator = geo.NewLocator(store)
	if err := s.locator.Load(ctx); err != nil {
		return err
	}
	s.rulebook = alerts.NewRulebook(s.pool, rules, s.log)
	s.city = newCityView(store, alerts.NewBeatIndex(s.pool), s.locator, s.rulebook, zone, s.log)
	if err := s.city.load(ctx); err != nil {
		return err
	}
	if err := s.openDispatch(); err != nil {
		return err
	}
	s.editions = geo.NewDrafts(s.pool, s.locator, alerts.NewEditionRecord(s.dispatch))
	s.editions.Wake = s.bus.Wake
	imports, err := geo.NewImporter(s.pool, s.editions, filepath.Join(s.cfg.DataDir, "imports"), s.log)
	if err != nil {
		return err
	}
	s.imports = imports
	woken, err := s.bus.Woken(ctx)
	if err != nil {
		return err
	}
	s.feed = alerts.NewFeed(s.alertStore(), s.cameraStore(), woken, s.log)
	s.engine = alerts.NewEngine(s.alertStore(), s.dispatch, s.bus, s.log)
	s.climber = alerts.NewClimber(s.alertStore(), s.cfg.ladders(), s.log)
	s.health = newHealth(s.cameraStore(), s.log)
	return nil
}

func (s *service) openDispatch() (err error) {
	var precedence []alerts.PrecedenceRule
	for _, p := range s.cfg.Dispatch.Precedence {
		precedence = append(precedence, alerts.PrecedenceRule{
			Matters: p.Matters, Places: p.Places, Hours: p.Hours, Beats: p.Beats, Net: p.Net,
		})
	}
	if s.dispatch, err = alerts.NewDispatch(s.locator, s.city.places, precedence); err != nil {
		return err
	}
	s.dispatch.Zone, s.dispatch.Beats = s.city.zone, s.city.beats
	return nil
}

func (s *service) roster() *alerts.Roster {
	roster := alerts.NewRoster(s.pool)
	roster.Zone = s.city.zone
	return roster
}

func (s *service) alertStore() *alerts.Store {
	store := alerts.NewStore(s.pool)
	store.Wake, store.Floor, store.Zone = s.bus.Wake, s.cfg.Review.floor(), s.city.zone
	return store
}

func (s *service) cameraStore() *alerts.CameraStore {
	store := alerts.NewCameraStore(s.pool, s.dispatch, s.log)
	store.Wake, store.Pictures = s.bus.Wake, s.pictures
	return store
}

func (s *service) openDoors(matters alerts.Matters, places geo.PlaceClasses, registry *prometheus.Registry) (*web.Server, error) {
	authority, err := s.cfg.TLS.authority()
	if err != nil {
		return nil, err
	}
	pair, err := openKeyPair(s.cfg.TLS, s.log)
	if err != nil {
		return nil, err
	}
	var certificate web.Certificate
	if pair != nil {
		certificate = pair.certificate
	}
	return web.New(web.Config{
		Certificate: certificate, Authority: authority,
		People: alerts.NewPeople(s.pool), Alerts: s.alertStore(), Feed: s.feed, Cameras: s.cameraStore(),
		Roster: s.roster(), Dispatch: s.dispatch, Repeats: alerts.NewRepeats(s.pool),
		Routing: alerts.NewRouting(s.roster(), s.dispatch, s.cfg.ladders()), City: geo.NewStore(s.pool), Tiles: geo.NewTiles(geo.NewStore(s.pool), s.locator),
		Editions: s.editions, Imports: s.imports, Impacts: alerts.NewImpacts(s.pool, s.dispatch),
		Eyes: &eyes{cameras: s.cameras, files: s.cfg.CameraFiles}, CheckFence: s.checkFence, Rules: s.rulebook, Recordings: s.recordings, Backtests: s.backtests, Dwelling: s.cameras, LiveViews: s.cfg.liveViews(),
		Pictures: s.pictures, Matters: matters, PlaceClasses: places, Pages: web.Pages(), Metrics: registry, Log: s.log, Version: version(),
		District:      web.District{Code: s.cfg.District.Code, Name: s.cfg.District.Name, Timezone: s.cfg.Timezone},
		SecureCookies: s.cfg.SecureCookies, BehindProxy: s.cfg.BehindProxy, Origins: s.cfg.Origins,
		Ready: map[string]func(context.Context) error{"database": s.pool.Ping, "bus": s.bus.Check},
	})
}

// run starts every stage and waits: the first error stops all.
func (s *service) run(ctx context.Context, doors doorways) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.engine.Run(ctx) })
	group.Go(func() error { return s.feed.Run(ctx) })
	group.Go(func() error { return s.climber.Run(ctx) })
	group.Go(func() error { return s.health.Run(ctx) })
	group.Go(func() error { return s.city.Run(ctx) })
	group.Go(func() error { return s.city.follow(ctx, s.feed) })
	group.Go(func() error { return s.editions.Run(ctx, s.log) })
	group.Go(func() error { return s.imports.Run(ctx) })
	group.Go(func() error { return s.recordings.Run(ctx) })
	group.Go(func() error { return s.backtester.Run(ctx) })
	group.Go(func() error { return s.cameras.Run(ctx) })
	group.Go(func() error { return s.server.Serve(ctx, doors.main) })
	if doors.plain != nil {
		group.Go(func() error { return s.server.ServePlain(ctx, doors.plain, doors.main.Addr()) })
	}
	return group.Wait()
}

// close gives back what newService opened, last first.
func (s *service) close() {
	if s.detector != nil {
		if err := s.detector.Close(); err != nil {
			s.log.Warn("detector did not close", "err", err)
		}
	}
	if s.bus != nil {
		s.bus.Close()
	}
	if s.pool != nil {
		s.pool.Close()
	}
}

// beside is where a file of the project lies: a relative path begins where the program was started, or else at the
// project's folder, when the program is var/bin/gridwatch in it.
func beside(path string) string {
	if _, err := os.Stat(path); err == nil || filepath.IsAbs(path) {
		return path
	}
	program, err := os.Executable()
	if err != nil {
		return path
	}
	near := filepath.Join(filepath.Dir(program), "..", "..", path)
	if _, err := os.Stat(near); err != nil {
		return path
	}
	return near
}

// readRules reads a whole file of rules, or one that says only what differs from the shipped ones.
func readRules(path string) (vision.Rules, error) {
	shipped := configs.Read("rules.yaml")
	if path == "" {
		return vision.LoadRules(shipped)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return vision.Rules{}, err
	}
	if rules, err := vision.LoadRules(text); err == nil {
		return rules, nil
	}
	if text, err = configs.Over(shipped, text); err != nil {
		return vision.Rules{}, fmt.Errorf("%s: %w", path, err)
	}
	rules, err := vision.LoadRules(text)
	if err != nil {
		return vision.Rules{}, fmt.Errorf("%s: %w", path, err)
	}
	return rules, nil
}

func readMatters(path string) (alerts.Matters, error) {
	text, err := readOr(path, "matters.yaml")
	if err != nil {
		return alerts.Matters{}, err
	}
	return alerts.LoadMatters(text)
}

// readPlaceClasses reads the classes of places, which are all that the rules may name.
func readPlaceClasses(path string, rules vision.Rules) (geo.PlaceClasses, error) {
	text, err := readOr(path, "places.yaml")
	if err != nil {
		return geo.PlaceClasses{}, err
	}
	classes, err := geo.LoadPlaceClasses(text)
	if err != nil {
		return geo.PlaceClasses{}, err
	}
	for _, key := range rules.Keys() {
		rule, _ := rules.Rule(key)
		for _, class := range rule.Places {
			if err := classes.Check("rules."+key+".places", class); err != nil {
				return geo.PlaceClasses{}, err
			}
		}
	}
	return classes, nil
}

// readOr reads the file at path, or the shipped one when path is empty.
func readOr(path, shipped string) ([]byte, error) {
	if path == "" {
		return configs.Read(shipped), nil
	}
	return os.ReadFile(path)
}
