package geo_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// reviewed brings a draft to where it can be published.
func reviewed(t *testing.T, drafts *geo.Drafts, pool *pgxpool.Pool, id int64, by geo.Actor) {
	t.Helper()
	var other geo.Actor
	if err := pool.QueryRow(t.Context(), `
		INSERT INTO people (username, name, role, password) VALUES ('reviewer', '审核员', 'planner', 'x')
		ON CONFLICT (username) DO UPDATE SET name = excluded.name RETURNING id`).Scan(&other.ID); err != nil {
		t.Fatal(err)
	}
	if e, problems, err := drafts.Check(t.Context(), id, by); err != nil || e.State != geo.EditionChecked {
		t.Fatalf("checked: %s, %+v, %v", e.State, problems, err)
	}
	if _, err := drafts.Submit(t.Context(), id, by); err != nil {
		t.Fatal(err)
	}
	if _, err := drafts.Review(t.Context(), id, true, "", other); err != nil {
		t.Fatal(err)
	}
}

// sectionOf is what the corridor of an edition is made from, read anew.
func sectionOf(t *testing.T, pool *pgxpool.Pool, id int64, code string) *geo.Section {
	t.Helper()
	grids, _, err := geo.NewStore(pool).GridsOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range grids {
		if g.Code == code {
			return g.Section
		}
	}
	t.Fatalf("edition %d has no grid %s", id, code)
	return nil
}

func TestPublish_SectionsStayWithTheirCorridors(t *testing.T) {
	drafts, e, by, pool := roadDraft(t)
	ctx := t.Context()
	const code = "370305900900001"
	first, err := drafts.PutRoad(ctx, e.ID, asked(1, code, "小路", geo.Branch, 12, spot(-200, 0), spot(200, 0)), by)
	if err != nil {
		t.Fatal(err)
	}
	if s := sectionOf(t, pool, e.ID, code); s == nil || s.LeftM != 6 {
		t.Fatalf("the draft keeps %+v", s)
	}
	reviewed(t, drafts, pool, e.ID, by)
	if _, err := drafts.Publish(ctx, e.ID, time.Time{}, by); err != nil {
		t.Fatal(err)
	}
	next, err := drafts.Begin(ctx, geo.DraftStart{Net: geo.Road}, by)
	if err != nil || len(next.Changed) != 0 {
		t.Fatalf("%+v, %v", next, err)
	}
	wider := asked(1, code, "小路", geo.Branch, 20, spot(-200, 0), spot(200, 0))
	if _, err := drafts.PutRoad(ctx, next.ID, wider, by); err != nil {
		t.Fatal(err)
	}
	reviewed(t, drafts, pool, next.ID, by)
	if _, err := drafts.Publish(ctx, next.ID, time.Time{}, by); err != nil {
		t.Fatal(err)
	}
	again, err := drafts.Rollback(ctx, next.ID, by)
	if err != nil {
		t.Fatal(err)
	}
	if s := sectionOf(t, pool, again.ID, code); s == nil || s.LeftM != 6 {
		t.Errorf("rolled back, version %d, it is made from %+v", first.Edition.Version, s)
	}
}

// TestPublish_JudgesWhatNobodyChanged alters grids of a reviewed edition behind the engine's back.
func TestPublish_JudgesWhatNobodyChanged(t *testing.T) {
	for name, test := range map[string]struct {
		alter   string
		refused string
	}{
		"an overlap":             {`UPDATE grids SET geom = ST_Multi(ST_MakeEnvelope(118.31, 36.82, 118.33, 36.83, 4326)) WHERE edition = $1 AND code = '370305001001002'`, "overlap: shares"},
		"an overlap within ours": {`INSERT INTO grids SELECT edition, net, '370305001009001', name, kind, street, ST_Multi(ST_MakeEnvelope(118.321, 36.822, 118.322, 36.823, 4326)) FROM grids WHERE edition = $1 AND code = '370305001001002'`, "overlap: shares"},
		"less than a rounding":   {`UPDATE grids SET geom = ST_Multi(ST_MakeEnvelope(118.31, 36.82, 118.3200000001, 36.83, 4326)) WHERE edition = $1 AND code = '370305001001002'`, ""},
		"a gap":                  {`UPDATE grids SET geom = ST_Multi(ST_MakeEnvelope(118.31, 36.82, 118.319, 36.83, 4326)) WHERE edition = $1 AND code = '370305001001002'`, ""},
		"nothing left":           {`DELETE FROM grids WHERE edition = $1`, "grids: there is none"},
	} {
		t.Run(name, func(t *testing.T) {
			drafts, by, pool := threeInARow(t)
			ctx := t.Context()
			e, err := drafts.Begin(ctx, geo.DraftStart{Net: geo.Community}, by)
			if err != nil {
				t.Fatal(err)
			}
			name := "一"
			cmd := coverage.Command{Op: coverage.Describe, Code: "370305001001001", Name: &name}
			if _, err := drafts.Command(ctx, e.ID, geo.Asked{Base: 1, Command: cmd}, by); err != nil {
				t.Fatal(err)
			}
			reviewed(t, drafts, pool, e.ID, by)
			if _, err := pool.Exec(ctx, test.alter, e.ID); err != nil {
				t.Fatal(err)
			}
			_, err = drafts.Publish(ctx, e.ID, time.Time{}, by)
			var invalid *geo.InvalidError
			if test.refused == "" && err != nil || test.refused != "" && (!errors.As(err, &invalid) || !strings.Contains(err.Error(), test.refused)) {
				t.Errorf("%v; want %q", err, test.refused)
			}
		})
	}
}

// threeInARow is a published net of three grids from west to east.
func threeInARow(t *testing.T) (*geo.Drafts, geo.Actor, *pgxpool.Pool) {
	t.Helper()
	store, pool := openStore(t)
	var by geo.Actor
	if err := pool.QueryRow(t.Context(), `
		INSERT INTO people (username, name, role, password) VALUES ('planner', '规划员', 'planner', 'x') RETURNING id`).Scan(&by.ID); err != nil {
		t.Fatal(err)
	}
	var grids []geo.Grid
	for i, code := range []string{"370305001001001", "370305001001002", "370305001001003"} {
		west := 118.30 + 0.01*float64(i)
		ring := orb.Bound{Min: orb.Point{west, 36.82}, Max: orb.Point{west + 0.01, 36.83}}.ToPolygon()
		grids = append(grids, geo.Grid{Net: geo.Community, Code: code, Name: code, Kind: geo.KindCommunity, Boundary: orb.MultiPolygon{ring}})
	}
	if _, err := store.ImportGrids(t.Context(), geo.Community, "三", time.Now().Add(-time.Hour), false, grids); err != nil {
		t.Fatal(err)
	}
	return geo.NewDrafts(pool, geo.NewLocator(store), nothingElse{}), by, pool
}

func TestAcceptMends_TheOuterOutlineMovesOnlyByRight(t *testing.T) {
	drafts, by, _ := threeInARow(t)
	ctx := t.Context()
	e, err := drafts.Begin(ctx, geo.DraftStart{Net: geo.Community}, by)
	if err != nil {
		t.Fatal(err)
	}
	// The corner between the first two was drawn twice, half a metre apart: a notch in the outer border.
	torn := orb.Polygon{{{118.31, 36.82}, {118.32, 36.82}, {118.32, 36.83}, {118.310005, 36.83}, {118.31, 36.82}}}
	replace := coverage.Command{Op: coverage.Replace, Code: "370305001001002", Geometry: &coverage.Geometry{MultiPolygon: orb.MultiPolygon{torn}}}
	entitled := geo.Actor{ID: by.ID, Outline: true}
	if _, err := drafts.Command(ctx, e.ID, geo.Asked{Base: 1, Command: replace}, entitled); err != nil {
		t.Fatal(err)
	}
	mends, _, err := drafts.Mends(ctx, e.ID, geo.DefaultToleranceM)
	if err != nil || len(mends) != 1 {
		t.Fatalf("%+v, %v", mends, err)
	}
	accepted := []geo.Acceptance{{ID: mends[0].ID}}
	before, _, err := drafts.Grids(ctx, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = drafts.AcceptMends(ctx, e.ID, 2, geo.DefaultToleranceM, accepted, by)
	var refusal *coverage.Refusal
	if !errors.As(err, &refusal) || refusal.Rule != coverage.Outline || len(refusal.Codes) == 0 {
		t.Errorf("without the right: %v", err)
	}
	after, _, err := drafts.Grids(ctx, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i := range before {
		if !orb.Equal(before[i].Boundary, after[i].Boundary) {
			t.Errorf("what was refused changed %s", before[i].Code)
		}
	}
	edited, err := drafts.AcceptMends(ctx, e.ID, 2, geo.DefaultToleranceM, accepted, entitled)
	if err != nil || len(edited.Changed) == 0 {
		t.Errorf("with the right: %+v, %v", edited, err)
	}
}
