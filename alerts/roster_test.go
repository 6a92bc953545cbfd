package alerts

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"gridwatch/geo"
)

func TestRoster_TheFirstActiveMemberAnswers(t *testing.T) {
	c := newCity(t)
	first, second := c.person(t, "zhang", Officer), c.person(t, "an", Officer)
	c.beat(t, "west", westKey, "zhang", "an")
	for _, test := range []struct {
		name string
		grid GridKey
		want *Ref
	}{
		{"the beat's grid", westKey, &first},
		{"a grid without a beat", eastKey, nil},
		{"the same code in the other net", GridKey{geo.Road, westKey.Code}, nil},
	} {
		if got, err := c.roster.Answers(t.Context(), test.grid); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
	if _, err := c.pool.Exec(t.Context(), `UPDATE people SET active = false WHERE id = $1`, first.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := c.roster.Answers(t.Context(), westKey); err != nil || *got != second {
		t.Errorf("after the first left: %+v, %v", got, err)
	}
}

func TestRoster_PutBeatReplaces(t *testing.T) {
	c := newCity(t)
	zhang, an := c.person(t, "zhang", Officer), c.person(t, "an", Officer)
	put := func(b Beat) {
		t.Helper()
		if err := c.roster.PutBeat(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	put(Beat{"a", "甲", []GridKey{westKey, roadKey}, []string{"zhang"}})
	put(Beat{"b", "乙", []GridKey{eastKey}, []string{"an"}})
	put(Beat{"a", "甲队", []GridKey{roadKey, eastKey, eastKey}, []string{"an", "zhang"}}) // Takes b's grid.
	got, err := c.roster.Teams(t.Context())
	want := []Team{
		{"a", "甲队", []BeatGrid{{eastKey, "东社区"}, {roadKey, "南路"}}, []Ref{an, zhang}},
		{"b", "乙", nil, []Ref{an}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	if got, err := c.roster.TeamsOf(t.Context(), zhang.ID); err != nil || !reflect.DeepEqual(got, want[:1]) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestRoster_PutBeatRefusesAllOrNothing(t *testing.T) {
	c := newCity(t)
	c.person(t, "zhang", Officer)
	good := Beat{"a", "甲", []GridKey{westKey}, []string{"zhang"}}
	if err := c.roster.PutBeat(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	before, _ := c.roster.Teams(t.Context())
	for name, b := range map[string]Beat{
		"id":       {"", "甲", nil, nil},
		"name":     {"a", " ", nil, nil},
		"net":      {"a", "乙", []GridKey{{"water", "1"}}, nil},
		"code":     {"a", "乙", []GridKey{{geo.Road, ""}}, nil},
		`"nobody"`: {"a", "乙", []GridKey{eastKey}, []string{"zhang", "nobody"}},
		"twice":    {"a", "乙", nil, []string{"zhang", "zhang"}},
	} {
		err := c.roster.PutBeat(t.Context(), b)
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after, err := c.roster.Teams(t.Context()); err != nil || !reflect.DeepEqual(after, before) {
		t.Errorf("a refused beat left %+v, %v", after, err)
	}
}

func TestRoster_ScopeOfARole(t *testing.T) {
	c := newCity(t)
	officer := c.person(t, "zhang", Officer)
	c.beat(t, "a", westKey, "zhang")
	c.beat(t, "b", roadKey, "zhang")
	idle := c.person(t, "idle", Officer)
	for _, test := range []struct {
		person Ref
		role   Role
		want   Scope
	}{
		{officer, Officer, Scope{Grids: []GridKey{westKey, roadKey}, Person: officer.ID}},
		{idle, Officer, Scope{}},
		{officer, Operator, Scope{City: true}},
		{officer, Planner, Scope{City: true}},
		{officer, Administrator, Scope{City: true}},
	} {
		got, err := c.roster.ScopeOf(t.Context(), test.person.ID, test.role)
		if err != nil || got.City != test.want.City || len(got.Grids) != len(test.want.Grids) || len(got.Grids) > 0 && !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v", test.role, got, err)
		}
	}
	if got, err := c.roster.ScopeOf(t.Context(), officer.ID, "visitor"); err == nil || got.City || got.Grids != nil {
		t.Errorf("an unknown role sees %+v", got)
	}
}
