package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"go.yaml.in/yaml/v3"
)

// scene is a file of cameras with what they watch, as configs/demo/cameras.yaml.
type scene struct {
	Cameras []sceneCamera `yaml:"cameras"`
	Fences  []sceneFence  `yaml:"fences"`
	Permits []scenePermit `yaml:"permits"`
	Places  []scenePlace  `yaml:"places"`
}

type sceneCamera struct {
	ID         string      `yaml:"id"`
	Name       string      `yaml:"name"`
	PlaceClass string      `yaml:"place_class"`
	Position   orb.Point   `yaml:"position"`
	Source     string      `yaml:"source"`
	Loop       bool        `yaml:"loop"`
	Substream  string      `yaml:"substream"`
	Decode     string      `yaml:"decode"`
	FPS        float64     `yaml:"fps"`
	Composed   bool        `yaml:"composed"`
	View       sceneView   `yaml:"view"`
	Views      []sceneView `yaml:"views"` // Of a camera that turns, in place of view.
}

type sceneView struct {
	ID    string      `yaml:"id"`
	Pairs []scenePair `yaml:"pairs"`
}

type scenePair struct {
	Pixel  orb.Point `yaml:"pixel"`
	LonLat orb.Point `yaml:"lonlat"`
}

type sceneFence struct {
	ID         string             `yaml:"id"`
	Name       string             `yaml:"name"`
	Rule       string             `yaml:"rule"`
	Area       []orb.Point        `yaml:"area"`
	View       string             `yaml:"view"`
	Frame      []orb.Point        `yaml:"frame"`
	Hours      sceneHours         `yaml:"hours"`
	Thresholds map[string]float64 `yaml:"thresholds"`
	Demo       bool               `yaml:"demo"`
}

type scenePermit struct {
	ID      string      `yaml:"id"`
	Name    string      `yaml:"name"`
	Holder  string      `yaml:"holder"`
	Rules   []string    `yaml:"rules"`
	Area    []orb.Point `yaml:"area"`
	Hours   sceneHours  `yaml:"hours"`
	From    time.Time   `yaml:"from"`
	Until   time.Time   `yaml:"until"`
	StallM2 float64     `yaml:"stall_m2"`
}

type scenePlace struct {
	ID    string      `yaml:"id"`
	Name  string      `yaml:"name"`
	Class string      `yaml:"class"`
	Point *orb.Point  `yaml:"point"` // Or:
	Area  []orb.Point `yaml:"area"`
	Key   bool        `yaml:"key"`
	Demo  bool        `yaml:"demo"`
}

type sceneHours struct {
	Windows []struct {
		Days []time.Weekday `yaml:"days"`
		From string         `yaml:"from"`
		To   string         `yaml:"to"`
	} `yaml:"windows"`
}

// readScene reads a scene with known keys only. Sources without a scheme are files beside it, in folder.
func readScene(text []byte, folder string) (scene, error) {
	var s scene
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&s); err != nil {
		return scene{}, err
	}
	for i, c := range s.Cameras {
		if len(c.Views) > 0 && (c.View.ID != "" || c.View.Pairs != nil) {
			return scene{}, geo.Invalid(fmt.Sprintf("cameras[%d].view", i), "must be left out where views are listed")
		}
		if !strings.Contains(c.Source, "://") && !filepath.IsAbs(c.Source) {
			s.Cameras[i].Source = filepath.Join(folder, c.Source)
		}
	}
	return s, nil
}

// put stores cameras, fences, permits and places, in place of those with their ids. Fences that the rules do not fit are
// refused before anything is stored.
func (s scene) put(ctx context.Context, cameras *alerts.CameraStore, store *geo.Store, rules vision.Rules) error {
	for _, f := range s.Fences {
		if err := rules.CheckFence(f.fence()); err != nil {
			return err
		}
	}
	for _, c := range s.Cameras {
		if err := cameras.PutCamera(ctx, c.camera()); err != nil {
			return err
		}
	}
	for _, f := range s.Fences {
		if err := store.PutFence(ctx, f.fence()); err != nil {
			return err
		}
	}
	for _, p := range s.Permits {
		if err := store.PutPermit(ctx, p.permit()); err != nil {
			return err
		}
	}
	for _, p := range s.Places {
		if err := store.PutPlace(ctx, p.place()); err != nil {
			return err
		}
	}
	return nil
}

// camerasIn is the store of cameras for who puts some and watches none.
func camerasIn(pool *pgxpool.Pool) (*alerts.CameraStore, error) {
	dispatch, err := alerts.NewDispatch(geo.NewLocator(geo.NewStore(pool)), geo.NewPlaceIndex(geo.NewStore(pool)), nil)
	if err != nil {
		return nil, err
	}
	return alerts.NewCameraStore(pool, dispatch, slog.Default()), nil
}

func (c sceneCamera) camera() vision.Camera {
	camera := vision.Camera{
		ID: c.ID, Name: c.Name, Position: c.Position, PlaceClass: c.PlaceClass, FPS: c.FPS, Composed: c.Composed,
		Source: vision.Source{URL: c.Source, Loop: c.Loop, Substream: c.Substream, Decode: vision.Decode(c.Decode)},
		View:   c.View.view(),
	}
	for _, v := range c.Views {
		camera.Views = append(camera.Views, v.view())
	}
	if len(camera.Views) > 0 {
		camera.View = camera.Views[0]
	}
	return camera
}

func (v sceneView) view() vision.View {
	view := vision.View{ID: v.ID}
	for _, p := range v.Pairs {
		view.Pairs = append(view.Pairs, geo.Pair{Pixel: p.Pixel, LonLat: p.LonLat})
	}
	return view
}

func (f sceneFence) fence() geo.Fence {
	return geo.Fence{
		ID: f.ID, Name: f.Name, Rule: f.Rule, Area: polygon(f.Area), ViewID: f.View, Frame: polygon(f.Frame),
		Hours: f.Hours.hours(), Thresholds: f.Thresholds, Demo: f.Demo,
	}
}

func (p scenePermit) permit() geo.Permit {
	return geo.Permit{
		ID: p.ID, Name: p.Name, Holder: p.Holder, Rules: p.Rules, Area: polygon(p.Area), Hours: p.Hours.hours(),
		From: p.From, Until: p.Until, StallM2: p.StallM2,
	}
}

func (p scenePlace) place() geo.Place {
	place := geo.Place{ID: p.ID, Name: p.Name, Class: p.Class, Geometry: polygon(p.Area), Key: p.Key, Demo: p.Demo}
	if p.Point != nil {
		place.Geometry = *p.Point
	}
	return place
}

func (h sceneHours) hours() geo.Hours {
	var hours geo.Hours
	for _, w := range h.Windows {
		hours.Windows = append(hours.Windows, geo.Window{Days: w.Days, From: w.From, To: w.To})
	}
	return hours
}

// polygon closes a ring of corners; none gives none.
func polygon(corners []orb.Point) orb.Polygon {
	if len(corners) == 0 {
		return nil
	}
	ring := append(orb.Ring{}, corners...)
	if ring[0] != ring[len(ring)-1] {
		ring = append(ring, ring[0])
	}
	return orb.Polygon{ring}
}
