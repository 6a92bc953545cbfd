package vision

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// scenario is one observation with the city that held then.
type scenario struct {
	o Observation
	c City
}

// plot is a rectangle of the street, in metres.
type plot struct{ west, east, near, far float64 }

var (
	laneplot = plot{-3, 3, 12, 24}
	westPlot = plot{-3, 0, 12, 24} // Borders on the eastern one.
	eastPlot = plot{0, 3, 12, 24}
	nearPlot = plot{-3, 3, 12, 17.5}
)

func (p plot) area() orb.Polygon {
	return orb.Polygon{closed([]orb.Point{street(p.west, p.near), street(p.east, p.near), street(p.east, p.far), street(p.west, p.far)})}
}

// beyond is how many metres a point of the street lies outside the plot; 0 inside.
func (p plot) beyond(at orb.Point) float64 {
	x := geo.DistanceM(streetOrigin, orb.Point{at[0], streetOrigin[1]}) * math.Copysign(1, at[0]-streetOrigin[0])
	y := geo.DistanceM(streetOrigin, orb.Point{streetOrigin[0], at[1]})
	return math.Hypot(max(p.west-x, x-p.east, 0), max(p.near-y, y-p.far, 0))
}

// frameplot is the fence on the frame of the generated worlds, in normalised coordinates.
var frameplot = plot{0.3, 0.7, 0.5, 0.8}

func (p plot) frame() orb.Polygon {
	return orb.Polygon{closed([]orb.Point{{p.west, p.near}, {p.east, p.near}, {p.east, p.far}, {p.west, p.far}})}
}

func (p plot) beyondFrame(foot orb.Point) float64 {
	return math.Hypot(max(p.west-foot[0], foot[0]-p.east, 0), max(p.near-foot[1], foot[1]-p.far, 0))
}

// crowdedCity is a camera with two poses, one of them calibrated, and fences of every scene: whole, halved, on the frame. Its
// thresholds are short enough that much is told in a minute.
func crowdedCity(t testing.TB) City {
	c := city(t)
	c.Camera.Views = []View{c.Camera.View, {ID: "other"}}
	quick := func(more map[string]float64) map[string]float64 {
		th := map[string]float64{"raise_s": 8, "escalate_s": 20, "enter_s": 2, "gap_s": 4, "leave_s": 3, "share_s": 60}
		for key, value := range more {
			th[key] = value
		}
		return th
	}
	add := func(id, rule string, on plot, more map[string]float64) {
		c.Fences = append(c.Fences, geo.Fence{ID: id, Name: "fence " + id, Rule: rule, Area: on.area(), Thresholds: quick(more)})
	}
	add("lane", "fire_lane", laneplot, nil)
	add("west", "fire_lane", westPlot, nil)
	add("east", "fire_lane", eastPlot, nil)
	add("stalls", "vending", laneplot, nil)
	add("heaps", "debris", laneplot, map[string]float64{"alone_s": 3})
	add("bikes", "bicycles", laneplot, nil)
	add("crowd", "crowd", laneplot, map[string]float64{"min_count": 2})
	add("way", "wrong_way", laneplot, map[string]float64{headingKey: 180, "raise_s": 1, "enter_s": 0})
	for _, view := range []string{"view", "other"} {
		c.Fences = append(c.Fences, geo.Fence{
			ID: "frame of " + view, Name: "frame", Rule: "fire_lane", ViewID: view, Frame: frameplot.frame(), Thresholds: quick(nil),
		})
	}
	return c
}

// plots are where the fences of crowdedCity lie on the map, before they are edited.
var plots = map[string]plot{
	"lane": laneplot, "west": westPlot, "east": eastPlot, "stalls": laneplot, "heaps": laneplot, "bikes": laneplot,
	"crowd": laneplot, "way": laneplot,
}

// edits are what administrators do to crowdedCity in the middle. Each begins from the whole city.
var edits = []func(*City){
	func(*City) {},
	func(c *City) { c.Fences = c.Fences[1:] },
	func(c *City) { c.Fences = nil },
	func(c *City) { c.Fences[0].Area = nearPlot.area() },
	func(c *City) { c.Fences[0].Rule, c.Fences[0].Thresholds = "debris", nil },
	func(c *City) { c.Fences[0].Rule = "nothing" },
	func(c *City) { c.Fences[0].Thresholds = map[string]float64{"raise_s": 1, "nonsense": 2} },
	func(c *City) {
		for i := range c.Fences {
			c.Fences[i].Hours = geo.Hours{Windows: []geo.Window{{From: "08:01", To: "08:02"}}}
		}
	},
	func(c *City) { c.Permits = []geo.Permit{streetFair(laneplot, geo.Hours{})} },
	func(c *City) { c.Permits = []geo.Permit{streetFair(westPlot, geo.Hours{})} },
	func(c *City) {
		c.Permits = []geo.Permit{streetFair(laneplot, geo.Hours{Windows: []geo.Window{{From: "08:00", To: "08:01"}}})}
	},
	func(c *City) { c.Camera.Views = []View{{ID: "view"}, {ID: "other"}} }, // Not calibrated any more.
}

func streetFair(on plot, hours geo.Hours) geo.Permit {
	return geo.Permit{
		ID: "fair", Name: "fair", Rules: []string{"fire_lane", "vending"}, Area: on.area(), Hours: hours,
		From: streetBegin.Add(-time.Hour), Until: streetBegin.Add(24 * time.Hour),
	}
}

// edited is the city after an edit, sharing nothing with what it was.
func (c City) edited(change func(*City)) City {
	c.Fences, c.Permits = slices.Clone(c.Fences), slices.Clone(c.Permits)
	change(&c)
	return c
}

// actor is something in the street: there at a moment, if it is there at all.
type actor func(t float64) Detection

func stands(d Detection) actor { return func(float64) Detection { return d } }

// passes drives up and down the street past x.
func passes(class string, track int64, x, mps, wide, high float64) actor {
	return func(t float64) Detection {
		lap := math.Floor(mps * t / 30)
		return thing(class, track+int64(lap), x, 8+mps*t-30*lap, wide, high)
	}
}

var cast = []actor{
	stands(car(1, 0, 18)), stands(car(2, 2.2, 18)), stands(car(3, -2, 22)), stands(lorry(4, 0, 9)), stands(person(5, 0.8, 18.2)),
	stands(person(6, -2, 15)), stands(table(7, 0.2, 17.8)), stands(pile(8, -2, 15)), stands(pile(9, 1.8, 20)),
	stands(thing("airplane", 10, 0, 18, 1.9, 1.6)), stands(person(11, 8, 20)), stands(thing("handbag", 12, 0.8, 18, 0.4, 0.3)),
	stands(bike(13, -1.5, 16)), stands(bike(14, -0.5, 16)), stands(bike(15, 0.5, 16)),
	func(t float64) Detection { return car(16, 2.5+math.Mod(t/10, 2), 20) }, // Creeps out of the lane, too slowly to move.
	passes(ClassVehicle, 1000, 0, 6, 1.9, 1.6), passes(ClassVehicle, 2000, 4.5, 9, 2.5, 3.2), passes(ClassPerson, 3000, -1, 1.2, 0.6, 1.7),
}

// anything draws a street where everything happens: things come and go at random, jitter, change their track ids and
// scores, drive by and hide each other; frames are unfit or missing, the camera turns; fences and permits are edited.
func anything(t testing.TB) *rapid.Generator[[]scenario] {
	whole := crowdedCity(t)
	return rapid.Custom(func(t *rapid.T) []scenario {
		on := make([]bool, len(cast))
		for range rapid.IntRange(0, 5).Draw(t, "already there") {
			on[rapid.IntRange(0, len(cast)-1).Draw(t, "who")] = true
		}
		c, at, view := whole, streetBegin, "view"
		luck := luckOf(t)
		var out []scenario
		for i := range rapid.IntRange(1, 45).Draw(t, "looks") {
			for range rapid.IntRange(0, 2).Draw(t, "changes") {
				on[rapid.IntRange(0, len(cast)-1).Draw(t, "who")] = rapid.Bool().Draw(t, "there")
			}
			o := Observation{CameraID: "cam", ViewID: view, Seq: uint64(i), At: at, Model: "m"}
			o.Objects = Place(seenNow(luck, on, at), c.Camera.Pose(view))
			switch rapid.IntRange(0, 30).Draw(t, "event") {
			case 0:
				o.Unfit = "rain"
			case 1, 2, 3:
				c = whole.edited(rapid.SampledFrom(edits).Draw(t, "edit"))
			case 4:
				at = at.Add(seconds(rapid.Float64Range(0, 1000).Draw(t, "dark")))
			case 5:
				view = rapid.SampledFrom([]string{"view", "view", "other", "lost"}).Draw(t, "turns")
			}
			out = append(out, scenario{o, c})
			at = at.Add(seconds(rapid.Float64Range(0.2, 3).Draw(t, "pause")))
		}
		return out
	})
}

// luckOf is a source of chance for what need not be drawn one by one, which is slow. Its numbers are even, where drawn ones
// are mostly small.
func luckOf(t *rapid.T) *rand.Rand { return rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "luck"), 1)) }

// seenNow is what a detector that is not always sure finds of the actors, with jitter and swapped ids.
func seenNow(luck *rand.Rand, on []bool, at time.Time) (found []Detection) {
	for i, acts := range cast {
		if !on[i] {
			continue
		}
		d := acts(at.Sub(streetBegin).Seconds())
		d.Box.X += 0.008*luck.Float64() - 0.004
		d.Box.Y += 0.008*luck.Float64() - 0.004
		d.Score = 0.2 + 0.8*luck.Float64()
		d.Track += int64(100_000 * luck.IntN(2))
		if d.Class == ClassChange {
			d.Since = at.Add(seconds(10 - 60*luck.Float64()))
		}
		found = append(found, d)
	}
	return found
}
