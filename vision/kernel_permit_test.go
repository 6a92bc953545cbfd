package vision

import (
	"slices"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// The market is the far half of the lane; its stalls may stand there until 08:10.
func market(t testing.TB) City {
	c := city(t, "licensed_stall")
	c.Permits = []geo.Permit{{
		ID: "m", Name: "morning market", Holder: "Wang", Rules: []string{"licensed_stall"},
		Area:  orb.Polygon{closed([]orb.Point{street(-3, 18), street(3, 18), street(3, 24), street(-3, 24)})},
		Hours: geo.Hours{Windows: []geo.Window{{From: "06:00", To: "08:10"}}},
		From:  streetBegin.Add(-time.Hour), Until: streetBegin.Add(24 * time.Hour),
	}}
	return c
}

func TestStep_LicensedStall(t *testing.T) {
	stallAt := func(y float64) []Detection { return []Detection{person(1, 0.8, y+0.2), table(2, 0, y)} }
	testLives(t, []life{
		{
			name: "inside its hours and its area it is legal, and after its hours it is not",
			city: market,
			acts: []act{show(700, stallAt(20)...)},
			want: []string{"600 licensed_stall raised"},
			gate: GatePermit,
		},
		{
			name: "outside its area it is not legal even in its hours",
			city: market,
			acts: []act{show(310, stallAt(14)...)},
			want: []string{"302 licensed_stall raised"},
		},
		{
			name: "far from any market it is somebody else's stall",
			city: func(t testing.TB) City {
				c := market(t)
				c.Fences[0].Thresholds = map[string]float64{"permit_m": 3}
				return c
			},
			acts: []act{show(700, stallAt(13.5)...)},
			gate: GateLicence,
		},
		{
			name: "where no permit names the rule nobody has a licence",
			city: func(t testing.TB) City {
				c := market(t)
				c.Permits[0].Rules = []string{"vending"}
				return c
			},
			acts: []act{show(700, stallAt(20)...)},
			gate: GateLicence,
		},
		{
			name: "a permit that has run out is none",
			city: func(t testing.TB) City {
				c := market(t)
				c.Permits[0].Until = streetBegin
				return c
			},
			acts: []act{show(700, stallAt(20)...)},
			gate: GateLicence,
		},
	})
}

// The alert says by how much the stall missed its licence.
func TestStep_LicensedStallSaysWhy(t *testing.T) {
	for _, row := range []struct {
		y    float64
		want string
	}{{20, "morning market: outside its hours"}, {14, "morning market: 4 m outside its area"}} {
		_, s, _ := run(play(market(t), show(700, person(1, 0.8, row.y+0.2), table(2, 0, row.y))))
		if len(s) == 0 || s[0].Why.Permit != row.want {
			t.Errorf("at %v m: said %+v, want %q", row.y, s, row.want)
		}
	}
	blind := uncalibrated(t, "licensed_stall")
	blind.Permits = market(t).Permits
	blind.Permits[0].Area = orb.Polygon{closed([]orb.Point{street(-3, 5), street(3, 5), street(3, 24), street(-3, 24)})}
	_, s, traces := run(play(blind, show(400, person(1, 0.8, 20.2), table(2, 0, 20))))
	if len(s) != 1 || s[0].Why.Permit != "morning market: 5 m outside its area (asked at the camera's position)" {
		t.Errorf("without calibration: said %+v", s)
	}
	if slices.ContainsFunc(traces, func(tr Trace) bool { return tr.Gate == GateLicence }) {
		t.Error("the camera stands beside the market")
	}
}
