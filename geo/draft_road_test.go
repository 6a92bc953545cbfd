package geo_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// nothingElse is a city in which an edition's life changes nothing outside of it.
type nothingElse struct{}

func (nothingElse) Tell(context.Context, pgx.Tx, geo.EditionNews) error               { return nil }
func (nothingElse) Inherit(context.Context, pgx.Tx, geo.Net, map[string]string) error { return nil }
func (nothingElse) Rehome(context.Context, pgx.Tx, geo.Edition, func(orb.Point) (*geo.Grid, bool)) error {
	return nil
}

// roadDraft is an empty draft of the road net, and who draws it.
func roadDraft(t *testing.T) (*geo.Drafts, geo.Edition, geo.Actor, *pgxpool.Pool) {
	t.Helper()
	store, pool := openStore(t)
	var by geo.Actor
	if err := pool.QueryRow(t.Context(), `
		INSERT INTO people (username, name, role, password) VALUES ('planner', '规划员', 'planner', 'x') RETURNING id`).Scan(&by.ID); err != nil {
		t.Fatal(err)
	}
	drafts := geo.NewDrafts(pool, geo.NewLocator(store), nothingElse{})
	e, err := drafts.Begin(t.Context(), geo.DraftStart{Net: geo.Road, Title: "路网"}, by)
	if err != nil {
		t.Fatal(err)
	}
	return drafts, e, by, pool
}

func asked(version int64, code, name string, class int, widthM float64, line ...orb.Point) geo.RoadAsked {
	return geo.RoadAsked{Base: version, Code: code, Name: name, Street: "辛店街道",
		Section: &geo.Section{Class: class, Line: line, LeftM: widthM / 2, RightM: widthM / 2}}
}

func grounds(t *testing.T, drafts *geo.Drafts, id int64) map[string]orb.MultiPolygon {
	t.Helper()
	grids, _, err := drafts.Grids(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]orb.MultiPolygon{}
	for _, g := range grids {
		found[g.Code] = g.Boundary
	}
	return found
}

func TestARoadThatIsLaidCutsTheLesserOne(t *testing.T) {
	drafts, e, by, pool := roadDraft(t)
	lesser := asked(e.Version, "370305900900", "小路", geo.Branch, 12, spot(-200, 0), spot(200, 0))
	first, err := drafts.PutRoad(t.Context(), e.ID, lesser, by)
	if err != nil {
		t.Fatal(err)
	}
	kept, _, err := drafts.Grids(t.Context(), e.ID)
	if err != nil || len(kept) != 1 || kept[0].Section == nil || kept[0].Section.LeftM != 6 {
		t.Fatalf("stored as %+v, %v", kept, err)
	}
	if len(first.Changed) != 1 || first.Changed[0].Code != "370305900900001" || first.Changed[0].Section.LeftM != 6 {
		t.Fatalf("laid %+v", first.Changed)
	}
	whole := grounds(t, drafts, e.ID)
	second, err := drafts.PutRoad(t.Context(), e.ID, asked(first.Edition.Version, "370305900900", "大路", geo.Arterial, 30, spot(0, -200), spot(0, 200)), by)
	if err != nil {
		t.Fatal(err)
	}
	if len(second.Changed) != 2 {
		t.Errorf("%d corridors changed, want the new one and the one it cuts", len(second.Changed))
	}
	cut := grounds(t, drafts, e.ID)
	judge(t, pool, cut)
	if len(cut["370305900900001"]) != 2 {
		t.Errorf("the lesser road has %d pieces, want 2", len(cut["370305900900001"]))
	}
	if _, err := drafts.Undo(t.Context(), e.ID, 0, by); err != nil {
		t.Fatal(err)
	}
	if back := grounds(t, drafts, e.ID); len(back) != 1 || !back["370305900900001"].Equal(whole["370305900900001"]) {
		t.Errorf("undone, the net is %v", back)
	}

	// The widths can be changed, and the road keeps its code.
	lesser.Base, lesser.Code, lesser.Section.LeftM = second.Edition.Version+1, "370305900900001", 10
	wider, err := drafts.PutRoad(t.Context(), e.ID, lesser, by)
	if err != nil {
		t.Fatal(err)
	}
	if got := groundM2(wider.Changed[0].Boundary); got < 400*16-60 || got > 400*16+60 {
		t.Errorf("400 m of 10 m and 6 m have %.0f m²", got)
	}
}

func square(eastM, northM, halfM float64) orb.Polygon {
	return orb.Polygon{{spot(eastM-halfM, northM-halfM), spot(eastM+halfM, northM-halfM), spot(eastM+halfM, northM+halfM),
		spot(eastM-halfM, northM+halfM), spot(eastM-halfM, northM-halfM)}}
}

func encoded(t *testing.T, asked geo.RoadAsked) []byte {
	t.Helper()
	data, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestGroundThatIsDrawnGoesThroughEveryRoad(t *testing.T) {
	drafts, e, by, pool := roadDraft(t)
	first, err := drafts.PutRoad(t.Context(), e.ID, asked(e.Version, "370305900900", "大路", geo.Expressway, 40, spot(-200, 0), spot(200, 0)), by)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := geo.ReadRoadAsked(encoded(t, geo.RoadAsked{Base: first.Edition.Version, Code: "370305900900", Name: "广场", Ground: square(0, 0, 60)}))
	if err != nil {
		t.Fatal(err)
	}
	second, err := drafts.PutRoad(t.Context(), e.ID, drawn, by)
	if err != nil {
		t.Fatal(err)
	}
	cut := grounds(t, drafts, e.ID)
	judge(t, pool, cut)
	if got := groundM2(cut["370305900900002"]); got < 14_300 || got > 14_500 {
		t.Errorf("a square of 120 m has %.0f m²", got)
	}
	if len(second.Changed) != 2 || len(cut["370305900900001"]) != 2 {
		t.Errorf("%d corridors changed, the road that is cut has %d pieces", len(second.Changed), len(cut["370305900900001"]))
	}
	for _, g := range second.Changed {
		if g.Name == "广场" && g.Section != nil {
			t.Errorf("what was drawn has the section %+v", g.Section)
		}
	}
}

// A corner on a slanted border lies beside it by less than a step: both sides have to bend there.
func TestARoadThatEndsAtDrawnGroundSharesItsCorners(t *testing.T) {
	drafts, e, by, pool := roadDraft(t)
	slanted := orb.Polygon{{spot(0, -300), spot(31.3, -300), spot(47.7, 311.1), spot(12.9, 307.3), spot(0, -300)}}
	drawn, err := drafts.PutRoad(t.Context(), e.ID, geo.RoadAsked{Base: e.Version, Code: "370305900900", Name: "画成的路", Ground: slanted}, by)
	if err != nil {
		t.Fatal(err)
	}
	far, err := drafts.PutRoad(t.Context(), e.ID, asked(drawn.Edition.Version, "370305900900", "远路", geo.Branch, 12, spot(-900, 700), spot(-500, 733)), by)
	if err != nil {
		t.Fatal(err)
	}
	laid, err := drafts.PutRoad(t.Context(), e.ID, asked(far.Edition.Version, "370305900900", "新路", geo.Branch, 18, spot(-210, 3), spot(-66, 57), spot(25, 11)), by)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, pool, grounds(t, drafts, e.ID))
	var changed []string
	for _, g := range laid.Changed {
		changed = append(changed, g.Name)
	}
	if slices.Sort(changed); !slices.Equal(changed, []string{"新路", "画成的路"}) {
		t.Errorf("changed %v, want the new road and the one at which it ends", changed)
	}
}

func TestARoadWithoutACodeIsNumberedInItsStreet(t *testing.T) {
	store, pool := openStore(t)
	if _, err := store.ImportGrids(t.Context(), geo.Community, "社网", january, true, []geo.Grid{{Net: geo.Community, Code: "370305001007001",
		Name: "辛东社区", Kind: geo.KindCommunity, Street: "闻韶街道", Boundary: orb.MultiPolygon{square(0, 0, 500)}}}); err != nil {
		t.Fatal(err)
	}
	locator := geo.NewLocator(store)
	if err := locator.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	var by geo.Actor
	if err := pool.QueryRow(t.Context(), `
		INSERT INTO people (username, name, role, password) VALUES ('planner', '规划员', 'planner', 'x') RETURNING id`).Scan(&by.ID); err != nil {
		t.Fatal(err)
	}
	drafts := geo.NewDrafts(pool, locator, nothingElse{})
	e, err := drafts.Begin(t.Context(), geo.DraftStart{Net: geo.Road}, by)
	if err != nil {
		t.Fatal(err)
	}
	// It ends outside of the community: its middle says where it is.
	unnumbered := geo.RoadAsked{Base: e.Version, Name: "新路",
		Section: &geo.Section{Class: geo.Branch, Line: orb.LineString{spot(-100, 0), spot(100, 0), spot(700, 0)}, LeftM: 5, RightM: 5}}
	for _, want := range []string{"370305001900001", "370305001900002"} {
		laid, err := drafts.PutRoad(t.Context(), e.ID, unnumbered, by)
		if err != nil {
			t.Fatal(err)
		}
		if got := laid.Changed[0]; got.Code != want || got.Street != "闻韶街道" {
			t.Errorf("laid as %s in %q, want %s", got.Code, got.Street, want)
		}
		unnumbered.Base = laid.Edition.Version
		unnumbered.Section.Line = orb.LineString{spot(-100, 200), spot(100, 200)}
	}
}

func TestABorderMovedByHandStaysWhenARoadIsLaid(t *testing.T) {
	drafts, e, by, _ := roadDraft(t)
	first, err := drafts.PutRoad(t.Context(), e.ID, asked(e.Version, "370305900900", "小路", geo.Branch, 12, spot(-200, 0), spot(200, 0)), by)
	if err != nil {
		t.Fatal(err)
	}
	from := first.Changed[0].Boundary[0][0][0]
	to := orb.Point{from[0] - 30*metre, from[1] - 30*metre}
	command := fmt.Sprintf(`{"base_version":%d,"op":"move_vertex","from":[%.7f,%.7f],"to":[%.7f,%.7f]}`,
		first.Edition.Version, from[0], from[1], to[0], to[1])
	moved, err := geo.ReadAsked([]byte(command))
	if err != nil {
		t.Fatal(err)
	}
	second, err := drafts.Command(t.Context(), e.ID, moved, by)
	if err != nil {
		t.Fatal(err)
	}
	drawn := grounds(t, drafts, e.ID)["370305900900001"]
	third, err := drafts.PutRoad(t.Context(), e.ID, asked(second.Edition.Version, "370305900900", "远路", geo.Branch, 12, spot(-200, 500), spot(200, 500)), by)
	if err != nil {
		t.Fatal(err)
	}
	if got := grounds(t, drafts, e.ID)["370305900900001"]; !got.Equal(drawn) {
		t.Errorf("the corridor that was drawn by hand is %v, was %v", got, drawn)
	}
	if len(third.Changed) != 1 {
		t.Errorf("%d corridors changed, want the new one alone", len(third.Changed))
	}
}

func TestRoadsAreRefusedWithTheReason(t *testing.T) {
	drafts, e, by, _ := roadDraft(t)
	good := asked(e.Version, "370305900900", "小路", geo.Branch, 12, spot(-200, 0), spot(200, 0))
	stale := good
	stale.Base += 5
	var conflict *geo.ConflictError
	if _, err := drafts.PutRoad(t.Context(), e.ID, stale, by); !errors.As(err, &conflict) {
		t.Errorf("a stale version: %v", err)
	}
	community, err := drafts.Begin(t.Context(), geo.DraftStart{Net: geo.Community, Planned: time.Now().Add(time.Hour)}, by)
	if err != nil {
		t.Fatal(err)
	}
	var invalid *geo.InvalidError
	if _, err := drafts.PutRoad(t.Context(), community.ID, good, by); !errors.As(err, &invalid) || invalid.Field != "net" {
		t.Errorf("in the community net: %v", err)
	}
	hidden := asked(e.Version, "370305900900", "小路", geo.Branch, 4, spot(-50, 0), spot(50, 0))
	under := *hidden.Section
	under.Class, under.LeftM, under.RightM = geo.Arterial, 20, 20
	laid, err := drafts.PutRoad(t.Context(), e.ID, hidden, by)
	if err != nil {
		t.Fatal(err)
	}
	over := geo.RoadAsked{Base: laid.Edition.Version, Code: "370305900900", Name: "大路", Section: &under}
	var refusal *coverage.Refusal
	if _, err := drafts.PutRoad(t.Context(), e.ID, over, by); !errors.As(err, &refusal) || refusal.Rule != geo.RoadCovered ||
		refusal.At != coverage.PointOf(spot(0, 0)) || refusal.Codes[0] != laid.Changed[0].Code {
		t.Errorf("a road over another as a whole: %v", err)
	}
	if _, err := drafts.Undo(t.Context(), e.ID, 0, by); err != nil {
		t.Fatal(err)
	}
	e.Version += 2
	both := good
	both.Base, both.Ground = e.Version, square(0, 0, 40)
	if _, err := geo.ReadRoadAsked(encoded(t, both)); !errors.As(err, &invalid) || invalid.Field != "section" {
		t.Errorf("a line and a ground: %v", err)
	}
	unnumbered := good
	unnumbered.Base, unnumbered.Code = e.Version, ""
	if _, err := drafts.PutRoad(t.Context(), e.ID, unnumbered, by); !errors.As(err, &invalid) || invalid.Field != "code" {
		t.Errorf("no code, and outside of every community: %v", err)
	}
	tiny := asked(e.Version, "370305900900", "小路", geo.Branch, 1, spot(0, 0), spot(10, 0))
	if _, err := drafts.PutRoad(t.Context(), e.ID, tiny, by); !errors.As(err, &refusal) || refusal.Rule != coverage.TooSmall {
		t.Errorf("ten square metres: %v", err)
	}
	if got := grounds(t, drafts, e.ID); len(got) != 0 {
		t.Errorf("after refusals the net is %v", got)
	}
}

func FuzzReadRoadAsked(f *testing.F) {
	good := []byte(`{"base_version":1,"code":"370305900900","name":"小路","street":"","section":{"class":4,"line":[[118.3,36.8],[118.31,36.8]],"left_m":6,"right_m":6}}`)
	if asked, err := geo.ReadRoadAsked(good); err != nil || asked.Section.Line[1] != (orb.Point{118.31, 36.8}) {
		f.Fatalf("%+v, %v", asked, err)
	}
	f.Add(good)
	f.Add([]byte(`{"base_version":1,"code":"370305900900001","name":"x","section":{"class":1,"line":[[1e999,0],[0,0]],"left_m":6,"right_m":-1}}`))
	f.Add([]byte(`{"section":{"line":[[]]}}`))
	f.Add([]byte(`{"base_version":1,"name":"x","ground":[[[118.3,36.8],[118.31,36.8],[118.31,36.81],[118.3,36.8]]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		asked, err := geo.ReadRoadAsked(data)
		if err != nil {
			return
		}
		if asked.Base < 1 || asked.Name == "" || (asked.Section == nil) == (asked.Ground == nil) ||
			asked.Section != nil && asked.Section.Validate() != nil {
			t.Errorf("%q was read as %+v", data, asked)
		}
	})
}
