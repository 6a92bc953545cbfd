package vision

import (
	"fmt"
	"math"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// stay is something that a rule is told of when it stays, at x, y.
type stay struct {
	rule   string
	things func(id int64, x, y float64) []Detection
}

var stays = []stay{
	{"fire_lane", func(id int64, x, y float64) []Detection { return []Detection{car(id, x, y)} }},
	{"debris", func(id int64, x, y float64) []Detection { return []Detection{pile(id, x, y)} }},
	{"vending", func(id int64, x, y float64) []Detection {
		return []Detection{table(id, x, y), person(id+1, x+0.8, y+0.2)}
	}},
	{"bicycles", func(id int64, x, y float64) []Detection {
		return []Detection{bike(id, x-1, y), bike(id+1, x, y), bike(id+2, x+1, y)}
	}},
}

const (
	quickRaise = 50.0
	quickGap   = 20.0
	reacquireS = 6 // What comes back with another's id needs so long until it is known to stay.
)

// quickly is a city whose rules are told of after a minute, calibrated or not.
func quickly(t testing.TB, rule string, calibrated bool) City {
	c := city(t, rule)
	if !calibrated {
		c = uncalibrated(t, rule)
	}
	c.Fences[0].Thresholds = map[string]float64{
		"raise_s": quickRaise, "escalate_s": 1000, "enter_s": 3, "gap_s": quickGap, "leave_s": 5, "share_s": 60, "min_share": 0.3,
		"alone_s": 5, "goods_share": 0.1, "goods_s": 60,
	}
	if rule != "vending" {
		delete(c.Fences[0].Thresholds, "goods_share")
		delete(c.Fences[0].Thresholds, "goods_s")
	}
	if rule != "debris" {
		delete(c.Fences[0].Thresholds, "alone_s")
	}
	return c
}

// quickCities are the cities of all stays, calibrated and not.
func quickCities(t testing.TB) map[string][2]City {
	cities := map[string][2]City{}
	for _, s := range stays {
		cities[s.rule] = [2]City{quickly(t, s.rule, true), quickly(t, s.rule, false)}
	}
	return cities
}

// Things at different spots of one fence are as many occupancies: each is told of after its own time and cleared for itself,
// whoever else comes and goes.
func TestLaw_EverySpotIsItsOwnOccupancy(t *testing.T) {
	cities := quickCities(t)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(stays).Draw(t, "stay")
		c := cities[s.rule][rapid.IntRange(0, 1).Draw(t, "calibrated")]
		n, apart := 3, 4.5
		if s.rule == "vending" || s.rule == "bicycles" { // What belongs together reaches further.
			n, apart = 2, 10.4
		}
		var acts []struct{ from, until float64 }
		var spots [][]Detection
		for i := range n {
			y := 12.6 + apart*float64(i)
			x := rapid.Float64Range(-1, 1).Draw(t, "x")
			spots = append(spots, s.things(int64(100*(i+1)), x, y))
			from := float64(rapid.IntRange(0, 60).Draw(t, "comes"))
			acts = append(acts, struct{ from, until float64 }{from, from + float64(rapid.IntRange(60, 120).Draw(t, "stays"))})
		}
		o, cs := play(c, move(240, func(now float64) (shown []Detection) {
			for i, a := range acts {
				if now >= a.from && now < a.until {
					shown = append(shown, spots[i]...)
				}
			}
			return shown
		}))
		_, told, _ := run(o, cs)
		lives := map[string][]Sighting{}
		for _, sighting := range told {
			lives[sighting.Occupancy] = append(lives[sighting.Occupancy], sighting)
		}
		if len(lives) != n || len(told) != 2*n {
			t.Fatalf("%d spots: %v", n, lines(told))
		}
		for _, a := range acts {
			count := 0
			for _, life := range lives {
				if math.Abs(life[0].Since.Sub(streetBegin).Seconds()-a.from) < 4 && life[1].Kind == Cleared &&
					math.Abs(life[1].At.Sub(streetBegin).Seconds()-a.until-quickGap-5) < 5 {
					count++
				}
			}
			if count == 0 {
				t.Fatalf("%s: nobody was told of what stood there from %v to %v s: %v", s.rule, a.from, a.until, lines(told))
			}
		}
	})
}

// Whenever the hours begin, or the permit ends, what stood there before counts from its arrival.
func TestLaw_AlreadyThereCounts(t *testing.T) {
	c := city(t, "fire_lane")
	rapid.Check(t, func(t *rapid.T) {
		arrival := rapid.IntRange(0, 100).Draw(t, "arrival")
		minute := rapid.IntRange(1, 4).Draw(t, "opens after minutes")
		opens := fmt.Sprintf("08:%02d", minute)
		mine := c.edited(func(c *City) {
			switch rapid.SampledFrom([]string{"hours", "overnight", "permit's hours", "permit's end"}).Draw(t, "what ends") {
			case "hours":
				c.Fences[0].Hours = geo.Hours{Windows: []geo.Window{{From: opens, To: "20:00"}}}
			case "overnight":
				c.Fences[0].Hours = geo.Hours{Windows: []geo.Window{{From: opens, To: "07:00"}}}
			case "permit's hours":
				c.Permits = []geo.Permit{streetFair(laneplot, geo.Hours{Windows: []geo.Window{{From: "07:00", To: opens}}})}
			case "permit's end":
				permit := streetFair(laneplot, geo.Hours{})
				permit.Until = streetBegin.Add(time.Duration(minute) * time.Minute)
				c.Permits = []geo.Permit{permit}
			}
		})
		o, cs := play(mine, show(float64(arrival)), show(400, car(1, 0, 18)))
		_, s, _ := run(o, cs)
		want := max(float64(arrival)+50, float64(60*minute))
		if len(s) == 0 || s[0].At.Sub(streetBegin).Seconds() != want || s[0].Since.Sub(streetBegin).Seconds() != float64(arrival) {
			t.Fatalf("arrived %d, open %d: said %v since %v", arrival, 60*minute, lines(s), s)
		}
	})
}

// Wherever a thing stands, what is raised lies inside the fence, and what stands clearly outside is never raised.
func TestLaw_NothingIsRaisedOutsideTheFence(t *testing.T) {
	cities := quickCities(t)
	rapid.Check(t, func(t *rapid.T) {
		c := cities["fire_lane"][rapid.IntRange(0, 1).Draw(t, "calibrated")]
		x, y := rapid.Float64Range(-7, 7).Draw(t, "x"), rapid.Float64Range(9, 34).Draw(t, "y")
		o, cs := play(c, show(60, car(1, x, y)))
		_, s, _ := run(o, cs)
		inside := geo.ContainsHalfOpen(orb.Polygon{closed(lane)}, street(x, y))
		if edge := metresToEdge(orb.Polygon{closed(lane)}, street(x, y)); edge > 0.05 && inside != (len(s) == 1) {
			t.Fatalf("a car at %.2f, %.2f, %.2f m from the edge: said %v", x, y, edge, lines(s))
		}
	})
}
