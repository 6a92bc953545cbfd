package vision

import (
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func TestStep_HoursAndPermits(t *testing.T) {
	parked := car(1, 0, 18)
	hours := func(from, to string) geo.Hours { return geo.Hours{Windows: []geo.Window{{From: from, To: to}}} }
	during := func(h geo.Hours) func(testing.TB) City {
		return func(t testing.TB) City {
			c := fireLane(t)
			c.Fences[0].Hours = h
			return c
		}
	}
	permit := geo.Permit{
		ID: "p", Name: "removal van", Holder: "Li", Rules: []string{"fire_lane"}, Area: orb.Polygon{closed(lane)},
		From: streetBegin.Add(-time.Hour), Until: streetBegin.Add(time.Hour),
	}
	testLives(t, []life{
		{
			name: "what already stood there when the hours begin counts from when it came",
			city: during(hours("08:02", "20:00")),
			acts: []act{show(130, parked)},
			want: []string{"120 fire_lane raised"},
			gate: GateHours,
		},
		{
			name: "outside the hours nothing is raised",
			city: during(hours("09:00", "20:00")),
			acts: []act{show(130, parked)},
			gate: GateHours,
		},
		{
			name: "what was raised lives until clear when the hours end, but is not escalated",
			city: during(hours("07:00", "08:01")),
			acts: []act{show(300, parked), show(60)},
			want: []string{"50 fire_lane raised", "349 fire_lane cleared"},
		},
		{
			name: "a permit in force stops the alert",
			city: func(t testing.TB) City {
				c := fireLane(t)
				c.Permits = []geo.Permit{permit}
				return c
			},
			acts: []act{show(130, parked)},
			gate: GatePermit,
		},
		{
			name: "a permit that is given in the middle clears at once, and one that is taken back counts from the arrival",
			city: fireLane,
			acts: []act{
				show(60, parked),
				edit(func(c *City) { c.Permits = []geo.Permit{permit} }), show(60, parked),
				edit(func(c *City) { c.Permits = nil }), show(61, parked), show(60),
			},
			want: []string{"50 fire_lane raised", "60 fire_lane cleared", "120 fire_lane raised", "180 fire_lane escalated", "230 fire_lane cleared"},
		},
		{
			name: "a fence that is removed clears at once, without a fit frame",
			city: fireLane,
			acts: []act{show(60, parked), edit(func(c *City) { c.Fences = nil }), rain(10)},
			want: []string{"50 fire_lane raised", "60 fire_lane cleared"},
		},
		{
			name: "a fence that is drawn elsewhere clears what it no longer holds",
			city: fireLane,
			acts: []act{show(60, parked), edit(func(c *City) {
				c.Fences[0].Area = orb.Polygon{closed([]orb.Point{street(-3, 12), street(3, 12), street(3, 15), street(-3, 15)})}
			}), show(10, parked)},
			want: []string{"50 fire_lane raised", "60 fire_lane cleared"},
		},
		{
			name: "a fence that becomes another rule's clears, and follows the new rule",
			city: fireLane,
			acts: []act{show(60, parked), edit(func(c *City) { c.Fences[0].Rule = "debris" }), show(10, parked)},
			want: []string{"50 fire_lane raised", "60 fire_lane cleared"},
		},
		{
			name: "a fence's own threshold replaces the rule's",
			city: func(t testing.TB) City {
				c := fireLane(t)
				c.Fences[0].Thresholds = map[string]float64{"raise_s": 10}
				return c
			},
			acts: []act{show(20, parked)},
			want: []string{"10 fire_lane raised"},
		},
		{
			name: "a threshold that does not exist is left out and told",
			city: func(t testing.TB) City {
				c := fireLane(t)
				c.Fences[0].Thresholds = map[string]float64{"raise": 10}
				return c
			},
			acts: []act{show(60, parked)},
			want: []string{"50 fire_lane raised"},
			gate: GateThresholds,
		},
		{
			name: "a fence of an unknown rule is told",
			city: func(t testing.TB) City { return city(t, "parking") },
			acts: []act{show(60, parked)},
			gate: GateRule,
		},
	})
}

func TestStep_LiftedByPermitHasANewID(t *testing.T) {
	permit := geo.Permit{Name: "van", Rules: []string{"fire_lane"}, Area: orb.Polygon{closed(lane)}, Until: streetBegin.Add(time.Hour)}
	_, s, _ := run(play(fireLane(t), show(60, car(1, 0, 18)),
		edit(func(c *City) { c.Permits = []geo.Permit{permit} }), show(1, car(1, 0, 18)),
		edit(func(c *City) { c.Permits = nil }), show(1, car(1, 0, 18))))
	if len(s) != 3 {
		t.Fatalf("said %v", lines(s))
	}
	if s[0].Occupancy != s[1].Occupancy || s[1].Occupancy == s[2].Occupancy || !s[2].Since.Equal(streetBegin) {
		t.Errorf("ids %s %s %s, since %v", s[0].Occupancy, s[1].Occupancy, s[2].Occupancy, s[2].Since)
	}
	if s[1].Why.Ended != "permit van" || s[1].Why.Permit != "van: in force" || s[2].Why.Permit != "none here" {
		t.Errorf("ended %q permits %q %q", s[1].Why.Ended, s[1].Why.Permit, s[2].Why.Permit)
	}
}

// An occupancy that ends with its rule tells no thresholds: none are in force, least of all those of the new rule.
func TestStep_ARuleThatIsGoneHasNoThresholds(t *testing.T) {
	for name, change := range map[string]func(*City){
		"another rule": func(c *City) { c.Fences[0].Rule = "debris" },
		"unknown rule": func(c *City) { c.Fences[0].Rule = "parking" },
		"no fence":     func(c *City) { c.Fences = nil },
	} {
		t.Run(name, func(t *testing.T) {
			_, s, _ := run(play(fireLane(t), show(60, car(1, 0, 18)), edit(change), show(1)))
			if len(s) != 2 || s[1].Kind != Cleared || len(s[1].Why.Thresholds) != 0 || s[1].Why.Hours != "" || s[1].Matter != "09012" {
				t.Errorf("said %+v", s)
			}
		})
	}
}
