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
			d, err := NewDispatch(c.locator, test.rules)
			if err != nil {
				t.Fatal(err)
			}
			community, road := d.Place(test.at, noon)
			got := d.Responsible(test.matter, community, road)
			if (got == nil) != (test.want == nil) || got != nil && got.Key() != *test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
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
	d, err := NewDispatch(nil, DefaultPrecedence())
	if err != nil {
		t.Fatal(err)
	}
	road := &GridRef{Net: geo.Road, Code: roadKey.Code}
	if got := d.Responsible("06011", nil, road); got != road {
		t.Errorf("got %+v", got)
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
		if _, err := NewDispatch(nil, []PrecedenceRule{rule}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
