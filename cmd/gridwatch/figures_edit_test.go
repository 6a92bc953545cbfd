//go:build figures

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
)

// figureEdit runs the real program and moves corners of the demonstration's communities: how long it takes until another
// planner has the draft's grids, and from publishing until another screen has the tile that changed. Drawing it is the
// browser's and not in it.
func figureEdit(t *testing.T) map[string]any {
	dir, url, pool := measuredCity(t)
	for _, name := range []string{"planner", "reviewer"} {
		who := alerts.Person{Username: name, Name: name, Role: alerts.Planner}
		if _, err := alerts.NewPeople(pool).Create(t.Context(), who, outagePassword); err != nil {
			t.Fatal(err)
		}
	}
	p := run(t, []string{"DATABASE_URL=" + url}, "serve", "--config", serveConfig(t, dir))
	p.awaitReady(t)
	e := &editing{
		planner: p.signIn(t, "planner", outagePassword), reviewer: p.signIn(t, "reviewer", outagePassword),
		operator: p.signIn(t, "operator", outagePassword),
	}
	const edits = 12
	var saved, published []float64
	corners := e.corners()
	for i := range edits {
		toPlanner, toScreen := e.edit(t, corners[(i*len(corners)/edits):])
		saved, published = append(saved, toPlanner.Seconds()), append(published, toScreen.Seconds())
	}
	return map[string]any{
		"edits": edits, "draft_to_other_planner_p50_ms": millis(median(saved)), "draft_to_other_planner_max_ms": millis(quantile(saved, 1)),
		"publish_to_other_screen_p50_ms": millis(median(published)), "publish_to_other_screen_max_ms": millis(quantile(published, 1)),
	}
}

// editing is three people at the same boundaries.
type editing struct{ planner, reviewer, operator *client }

// corners are corners of communities, one of each, of those that the planner sees.
func (e *editing) corners() (corners []orb.Point) {
	var grids geojson.FeatureCollection
	e.planner.get("/api/grids?net=community", &grids)
	for _, f := range grids.Features {
		ring := f.Geometry.(orb.MultiPolygon)[0][0]
		for i := 0; i < len(ring); i += max(1, len(ring)/8) {
			corners = append(corners, ring[i])
		}
	}
	return corners
}

// edit moves the first of the corners that may be moved, by half a metre, and publishes that.
func (e *editing) edit(t *testing.T, corners []orb.Point) (toPlanner, toScreen time.Duration) {
	var draft struct{ ID, Version int64 }
	if status := e.planner.post("/api/editions", map[string]any{"net": "community"}, &draft); status != http.StatusCreated {
		t.Fatalf("begin a draft: %d", status)
	}
	edition := fmt.Sprintf("/api/editions/%d/", draft.ID)
	listening, watching := e.reviewer.socket(-1), e.operator.socket(-1)
	var at orb.Point
	began := time.Now()
	for _, at = range corners {
		began = time.Now()
		command := map[string]any{"base_version": draft.Version, "op": "move_vertex", "from": at, "to": orb.Point{at[0] + 5e-6, at[1]}}
		if e.planner.post(edition+"commands", command, &draft) == http.StatusOK {
			break
		}
	}
	await(t, listening, time.Minute, "word of the draft", isEdition(geo.EditionDraft))
	var grids geojson.FeatureCollection
	e.reviewer.get(fmt.Sprintf("/api/grids?net=community&edition=%d", draft.ID), &grids)
	toPlanner = time.Since(began)

	tile := maptile.At(at, 16)
	address := fmt.Sprintf("/tiles/community/16/%d/%d.mvt", tile.X, tile.Y)
	_, tag := e.operator.tile(address, "")
	for _, step := range []struct {
		who  *client
		door string
		body map[string]any
	}{{e.planner, "check", nil}, {e.planner, "submit", nil}, {e.reviewer, "review", map[string]any{"accept": true, "note": ""}}} {
		if status := step.who.post(edition+step.door, step.body, nil); status != http.StatusOK {
			t.Fatalf("%s: %d", step.door, status)
		}
	}
	began = time.Now()
	if status := e.planner.post(edition+"publish", nil, nil); status != http.StatusOK {
		t.Fatalf("publish: %d", status)
	}
	await(t, watching, time.Minute, "word of the new edition", isEdition(geo.EditionPublished))
	if status, _ := e.operator.tile(address, tag); status != http.StatusOK {
		t.Fatalf("the tile that changed: %d", status)
	}
	return toPlanner, time.Since(began)
}

func isEdition(state geo.EditionState) func(seenEvent) bool {
	return func(e seenEvent) bool { return e.Edition != nil && e.Edition.State == string(state) }
}

// post answers with the status, and decodes an answer that is wanted and good.
func (c *client) post(path string, body, into any) int {
	c.t.Helper()
	if body == nil {
		body = map[string]any{}
	}
	data, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := c.http.Post(c.base+path, "application/json", bytes.NewReader(data))
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if into != nil && resp.StatusCode < http.StatusBadRequest {
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			c.t.Fatalf("POST %s: %v", path, err)
		}
	}
	return resp.StatusCode
}

// tile asks for a tile that the caller may have already.
func (c *client) tile(path, tag string) (status int, newTag string) {
	c.t.Helper()
	r, err := http.NewRequest("GET", c.base+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("If-None-Match", tag)
	resp, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("ETag")
}
