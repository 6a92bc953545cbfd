package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"time"

	"gridwatch/alerts"
	"gridwatch/configs"
	"gridwatch/geo"

	"github.com/jackc/pgx/v5/pgxpool"
)

// demoFrom is when the demonstration's boundaries came into force.
var demoFrom = time.Date(2025, 1, 1, 0, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))

// demoCity loads the demonstration into a database.
type demoCity struct {
	pool    *pgxpool.Pool
	officer string // Username of the officer with a login.
	scene   scene
}

func newDemoCity(pool *pgxpool.Pool, clips, officer string) (*demoCity, error) {
	scene, err := readScene(configs.Read("demo/cameras.yaml"), clips)
	if err != nil {
		return nil, fmt.Errorf("configs/demo/cameras.yaml: %w", err)
	}
	return &demoCity{pool: pool, officer: officer, scene: scene}, nil
}

// load puts the whole city into the database. It may be repeated: what is there is replaced, editions are kept.
func (d *demoCity) load(ctx context.Context) error {
	store := geo.NewStore(d.pool)
	if err := d.loadGround(ctx, store); err != nil {
		return err
	}
	if err := d.loadBeats(ctx, store); err != nil {
		return err
	}
	cameras, err := camerasIn(d.pool)
	if err != nil {
		return err
	}
	rules, err := readRules("")
	if err != nil {
		return err
	}
	return d.scene.put(ctx, cameras, store, rules)
}

func (d *demoCity) loadGround(ctx context.Context, store *geo.Store) error {
	district, err := geo.ReadDistrict(bytes.NewReader(configs.Read("demo/linzi/district.geojson")), "EPSG:4326")
	if err != nil {
		return fmt.Errorf("demonstration outline: %w", err)
	}
	if err := store.PutDistrict(ctx, district); err != nil {
		return err
	}
	streets, err := demoStreets()
	if err != nil {
		return err
	}
	if err := store.PutStreets(ctx, streets); err != nil {
		return err
	}
	for _, net := range geo.Nets {
		_, _, err := store.Grids(ctx, net, time.Now())
		if err == nil {
			continue // Loaded by an earlier start.
		}
		if !errors.Is(err, geo.ErrNotFound) {
			return err
		}
		grids, err := demoGrids(net)
		if err != nil {
			return err
		}
		if _, err := store.ImportGrids(ctx, net, "演示版", demoFrom, true, grids); err != nil {
			return fmt.Errorf("demonstration grids: %w", err)
		}
	}
	return nil
}

func demoGrids(net geo.Net) ([]geo.Grid, error) {
	name := path.Join("demo/linzi", string(net)+".geojson")
	grids, err := geo.ReadGrids(bytes.NewReader(configs.Read(name)), net, "EPSG:4326")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return grids, nil
}

func demoStreets() ([]geo.Street, error) {
	var rows []struct {
		Code string `json:"code"`
		Name string `json:"name"`
	}
	if err := json.Unmarshal(configs.Read("demo/linzi/streets.json"), &rows); err != nil {
		return nil, fmt.Errorf("demo/linzi/streets.json: %w", err)
	}
	streets := make([]geo.Street, len(rows))
	for i, r := range rows {
		streets[i] = geo.Street{Code: r.Code, Name: r.Name}
	}
	return streets, nil
}

// demoNames are the officers who answer without a login, one for each street or town in turn.
var demoNames = []string{"李志强", "张海燕", "刘建军", "陈晓东", "杨丽华", "赵国庆", "黄永胜", "周文静", "吴立新", "徐春梅", "孙振华", "马晓峰"}

// loadBeats makes one beat of each street or town. The officer with a login answers first where the cameras are.
func (d *demoCity) loadBeats(ctx context.Context, store *geo.Store) error {
	beats := map[string]*alerts.Beat{}
	var order []string
	watched := map[string]bool{}
	for _, net := range geo.Nets {
		grids, _, err := store.Grids(ctx, net, time.Now())
		if err != nil {
			return err
		}
		index, err := geo.NewIndex(grids)
		if err != nil {
			return err
		}
		for _, g := range grids {
			street := g.Code[:9]
			if beats[street] == nil {
				beats[street] = &alerts.Beat{ID: "beat-" + street, Name: g.Street + "责任网格"}
				order = append(order, street)
			}
			beats[street].Grids = append(beats[street].Grids, alerts.GridKey{Net: net, Code: g.Code})
		}
		for _, c := range d.scene.Cameras {
			if g, ok := index.Locate(c.Position); ok {
				watched[g.Code[:9]] = true
			}
		}
	}
	people, roster := alerts.NewPeople(d.pool), alerts.NewRoster(d.pool)
	for i, street := range order {
		username, name := "officer-"+street, demoNames[i%len(demoNames)]
		if err := ensurePerson(ctx, people, alerts.Person{Username: username, Name: name, Role: alerts.Officer}); err != nil {
			return err
		}
		beats[street].Members = []string{username}
		if watched[street] {
			beats[street].Members = []string{d.officer, username}
		}
		if err := roster.PutBeat(ctx, *beats[street]); err != nil {
			return err
		}
	}
	return nil
}

// ensurePerson makes an account that nobody can sign in to.
func ensurePerson(ctx context.Context, people *alerts.People, p alerts.Person) error {
	_, err := people.Person(ctx, p.Username)
	if errors.Is(err, geo.ErrNotFound) {
		_, err = people.Create(ctx, p, randomPassword())
	}
	return err
}
