package alerts

import (
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func TestDispatch_WhoAnswersWhere(t *testing.T) {
	c := newCity(t)
	own := []PrecedenceRule{{Matters: []string{"06*", "09012"}, Net: geo.Road}}
	tests := []struct {
		name   string
		rules  []PrecedenceRule
		matter string
		at     orb.Point
		want   *GridKey
	}{
		{"street order on a corridor", DefaultPrecedence(), "09012", onRoad, &roadKey},
		{"debris on a corridor", DefaultPrecedence(), "06011", onRoad, &westKey},
		{"street order beside a corridor", DefaultPrecedence(), "09012", inEast, &eastKey},
		{"outside the city", DefaultPrecedence(), "09012", nowhere, nil},
		{"a city's own rules", own, "06011", onRoad, &roadKey},
		{"a matter that no rule names", own, "09006", onRoad, &westKey},
		{"no rules", nil, "09012", onRoad, &westKey},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, err := NewDispatch(c.locator, noPlaces{}, test.rules)
			if err != nil {
				t.Fatal(err)
			}
			community, road := d.Place(test.at, noon)
			got, _ := d.Responsible(test.matter, test.at, noon, community, road)
			if (got == nil) != (test.want == nil) || got != nil && got.Key() != *test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// noPlaces is a city that has drawn none.
type noPlaces struct{}

func (noPlaces) ClassesAt(orb.Point) []string { return nil }

func TestDispatch_APlaceHasItsOwnPrecedence(t *testing.T) {
	c := newCity(t)
	city := geo.NewStore(c.pool)
	around := orb.Polygon{{{118.302, 36.8201}, {118.304, 36.8201}, {118.304, 36.8209}, {118.302, 36.8209}, {118.302, 36.8201}}}
	for _, p := range []geo.Place{
		{ID: "market", Name: "市场", Class: "market", Geometry: around},
		{ID: "school", Name: "学校", Class: "school", Geometry: orb.Point{118.306, 36.8205}},
	} {
		if err := city.PutPlace(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	places := geo.NewPlaceIndex(city)
	if err := places.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	d, err := NewDispatch(c.locator, places, []PrecedenceRule{
		{Matters: []string{"09*"}, Places: []string{"market", "school"}, Net: geo.Community},
		{Matters: []string{"09*"}, Net: geo.Road},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		at   orb.Point
		want geo.Net
		rule int
	}{
		{"in the market", orb.Point{118.303, 36.8205}, geo.Community, 0},
		{"beside the market", orb.Point{118.3045, 36.8205}, geo.Road, 1},
		{"40 m from the school", orb.Point{118.30645, 36.8205}, geo.Community, 0},
		{"60 m from the school", orb.Point{118.3067, 36.8205}, geo.Road, 1},
	} {
		community, road := d.Place(test.at, noon)
		got, rule := d.Responsible("09012", test.at, noon, community, road)
		if got == nil || got.Net != test.want || rule != test.rule {
			t.Errorf("%s: %+v by rule %d, want the %s net by rule %d", test.name, got, rule, test.want, test.rule)
		}
	}
}

func TestDispatch_PlaceNamesTheGridOfItsDay(t *testing.T) {
	c := newCity(t)
	west, road := c.dispatch.Place(onRoad, noon)
	if west == nil || west.Name != "西社区" || west.Street != "辛店街道" || !west.Demo || west.Edition == 0 {
		t.Errorf("community %+v", west)
	}
	if road == nil || road.Name != "南路" || road.Net != geo.Road {
		t.Errorf("road %+v", road)
	}
	if west, road := c.dispatch.Place(onRoad, noon.AddDate(-2, 0, 0)); west != nil || road != nil {
		t.Errorf("before the first edition there is %+v, %+v", west, road)
	}
}

func TestDispatch_OnlyTheRoadAnswersOutsideTheCommunities(t *testing.T) {
	d, err := NewDispatch(nil, noPlaces{}, DefaultPrecedence())
	if err != nil {
		t.Fatal(err)
	}
	road := &GridRef{Net: geo.Road, Code: roadKey.Code}
	if got, rule := d.Responsible("06011", nowhere, noon, nil, road); got != road || rule != NoRule {
		t.Errorf("got %+v by rule %d", got, rule)
	}
}

func TestNewDispatch_RefusesBadRules(t *testing.T) {
	for name, rule := range map[string]PrecedenceRule{
		"no net":        {Matters: []string{"*"}},
		"unknown net":   {Matters: []string{"*"}, Net: "water"},
		"no matter":     {Net: geo.Road},
		"empty matter":  {Matters: []string{""}, Net: geo.Road},
		"not a pattern": {Matters: []string{"[09"}, Net: geo.Road},
	} {
		if _, err := NewDispatch(nil, noPlaces{}, []PrecedenceRule{rule}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
