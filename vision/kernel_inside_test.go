package vision

import (
	"slices"
	"testing"

	"gridwatch/geo"
)

// drive is a vehicle that goes along y, mps metres a second, and begins again with a new track when it has left the lane.
func drive(mps float64) func(t float64) []Detection {
	return func(t float64) []Detection {
		const way = 30.0
		speed := max(mps, -mps)
		lap := int64(speed * t / way)
		y := 10 + speed*t - way*float64(lap)
		if mps < 0 {
			y = 50 - y
		}
		return []Detection{car(10+lap, 0, y)}
	}
}

// oneWay is the lane with a way in which traffic goes: away from the camera is north.
func oneWay(heading float64) func(testing.TB) City {
	return func(t testing.TB) City {
		c := city(t, "wrong_way")
		c.Fences[0].Thresholds = map[string]float64{headingKey: heading}
		return c
	}
}

func truck(track int64, x, y float64) Detection {
	d := lorry(track, x, y)
	d.Label = "truck"
	return d
}

func TestStep_WrongWay(t *testing.T) {
	testLives(t, []life{
		{
			name: "a car against the way is raised, and the place is clear when it is gone",
			city: oneWay(180),
			acts: []act{move(7, drive(2)), show(30)},
			want: []string{"4 wrong_way raised", "26 wrong_way cleared"},
		},
		{
			name: "a car that goes the right way is nothing",
			city: oneWay(0),
			acts: []act{move(60, drive(2))},
			gate: GateHeading,
		},
		{
			name: "a car that crosses is not against the way",
			city: oneWay(90),
			acts: []act{move(60, drive(2))},
			gate: GateHeading,
		},
		{
			name: "the way is north where it is a little west of it",
			city: oneWay(350),
			acts: []act{move(60, drive(2))},
			gate: GateHeading,
		},
		{
			name: "a car that stands is not on its way",
			city: oneWay(180),
			acts: []act{show(60, car(1, 0, 18))},
			gate: GateHeading,
		},
		{
			name: "one car after the other is one matter while they come",
			city: oneWay(0),
			acts: []act{move(50, drive(-3)), show(30)},
			want: []string{"7 wrong_way raised", "69 wrong_way cleared"},
		},
		{
			name: "a fence that does not say its way finds nothing",
			city: func(t testing.TB) City { return city(t, "wrong_way") },
			acts: []act{move(60, drive(-3))},
			gate: GateThresholds,
		},
		{
			name: "a way on the frame: away from the camera is upwards",
			city: func(t testing.TB) City {
				c := uncalibrated(t, "wrong_way")
				c.Fences[0].Thresholds = map[string]float64{headingKey: 180}
				return c
			},
			acts: []act{move(7, drive(2))},
			want: []string{"4 wrong_way raised"},
		},
	})
}

func TestStep_Inside(t *testing.T) {
	dog := thing("dog", 1, 0, 16, 0.8, 0.6)
	water := func(t testing.TB) City { return city(t, "water_edge") }
	stray := func(t testing.TB) City { return city(t, "stray_dog") }
	lorries := func(t testing.TB) City { return city(t, "lorry_hours") } // The script begins at 08:00.
	crowd := func(t testing.TB) City { return city(t, "crowd") }
	testLives(t, []life{
		{
			name: "somebody who walks along the water is raised, however they go",
			city: water,
			acts: []act{move(65, walkers), show(60)},
			want: []string{"10 water_edge raised", "60 water_edge escalated", "94 water_edge cleared"},
		},
		{
			name: "a second person at the water adds nothing",
			city: water,
			acts: []act{show(30, person(1, 0, 16)), show(20, person(1, 0, 16), person(2, 2, 20)), show(20, person(2, 2, 20))},
			want: []string{"10 water_edge raised", "60 water_edge escalated"},
		},
		{
			name: "somebody who only passes is nothing",
			city: water,
			acts: []act{show(6, person(1, 0, 16)), show(60)},
			gate: GateGap,
		},
		{
			name: "a dog by itself",
			city: stray,
			acts: []act{show(70, dog)},
			want: []string{"60 stray_dog raised"},
		},
		{
			name: "a dog with its owner, whom the detector hardly sees",
			city: stray,
			acts: []act{move(120, func(float64) []Detection {
				owner := person(2, 1.5, 17)
				owner.Score = 0.31
				return []Detection{dog, owner}
			})},
			gate: GateCompany,
		},
		{
			name: "a dog whose owner stands at the other end of the street",
			city: stray,
			acts: []act{show(70, dog, person(2, 0, 40))},
			want: []string{"60 stray_dog raised"},
		},
		{
			name: "a dog to which its owner comes back in time",
			city: stray,
			acts: []act{show(40, dog), show(120, dog, person(2, 1, 16))},
			gate: GateCompany,
		},
		{
			name: "a lorry in the hours of the rule, standing or not",
			city: lorries,
			acts: []act{show(10, truck(1, 0, 18)), show(40)},
			want: []string{"4 lorry_hours raised", "39 lorry_hours cleared"},
		},
		{
			name: "a car is no lorry",
			city: lorries,
			acts: []act{show(60, car(1, 0, 18))},
			gate: GateClass,
		},
		{
			name: "a lorry that is taken for a car for a while is still the lorry",
			city: lorries,
			acts: []act{show(10, truck(1, 0, 18)), show(60, lorry(1, 0, 18)), show(40)},
			want: []string{"4 lorry_hours raised", "99 lorry_hours cleared"},
		},
		{
			name: "a lorry outside the hours of the rule",
			city: func(t testing.TB) City {
				c := lorries(t)
				c.Zone = nil // It is midnight in Greenwich.
				return c
			},
			acts: []act{show(60, truck(1, 0, 18))},
			gate: GateHours,
		},
		{
			name: "the fence's own hours stand before the rule's",
			city: func(t testing.TB) City {
				c := lorries(t)
				c.Fences[0].Hours = geo.Hours{Windows: []geo.Window{{From: "22:00", To: "06:00"}}}
				return c
			},
			acts: []act{show(60, truck(1, 0, 18))},
			gate: GateHours,
		},
		{
			name: "fourteen people are no crowd",
			city: crowd,
			acts: []act{show(90, people(14)...)},
			gate: GateCount,
		},
		{
			name: "fifteen are",
			city: crowd,
			acts: []act{show(90, people(15)...), show(60)},
			want: []string{"60 crowd raised", "139 crowd cleared"},
		},
	})
}

// people are so many in rows of four.
func people(n int) []Detection {
	var all []Detection
	for i := range n {
		all = append(all, person(int64(i+1), -2.4+1.6*float64(i%4), 13+2*float64(i/4)))
	}
	return all
}

// An alert of a crowd counts it; its place is the middle of the people.
func TestStep_CrowdIsCounted(t *testing.T) {
	_, s, _ := run(play(city(t, "crowd"), show(70, people(16)...)))
	if len(s) != 1 || s[0].Why.Count != 16 || len(s[0].Why.Tracks) != tracksOfOccupancy || s[0].Class != ClassPerson {
		t.Fatalf("said %+v", s)
	}
	if off := geo.DistanceM(s[0].Position, street(0, 16)); off > 1 {
		t.Errorf("the crowd is %.1f m from its middle", off)
	}
}

// A rule for some classes of place is silent elsewhere, and what it had told of ends when the place is another: that which
// the fence lies in, or else the camera's.
func TestStep_Places(t *testing.T) {
	scooter := thing("motorcycle", 1, 0, 13, 1.8, 1.1)
	at := func(place string) act { return edit(func(c *City) { c.Camera.PlaceClass = place }) }
	fenceIn := func(place string) act {
		return edit(func(c *City) {
			c.Fences = slices.Clone(c.Fences)
			c.Fences[0].PlaceClass = place
		})
	}
	testLives(t, []life{
		{
			name: "a motorcycle in the street is no motorcycle in a lobby",
			city: func(t testing.TB) City { return city(t, "motorcycle_indoors") },
			acts: []act{at("main_road"), show(60, scooter)},
			gate: GatePlace,
		},
		{
			name: "in a lobby it is, until the camera hangs elsewhere",
			city: func(t testing.TB) City { return city(t, "motorcycle_indoors") },
			acts: []act{at("lobby"), show(60, scooter), at("main_road"), show(60, scooter)},
			want: []string{"30 motorcycle_indoors raised", "60 motorcycle_indoors cleared"},
		},
		{
			name: "a street camera that looks into a lobby",
			city: func(t testing.TB) City { return city(t, "motorcycle_indoors") },
			acts: []act{at("main_road"), fenceIn("lobby"), show(60, scooter), fenceIn(""), show(60, scooter)},
			want: []string{"30 motorcycle_indoors raised", "60 motorcycle_indoors cleared"},
		},
		{
			name: "a lobby's camera that looks out into the street",
			city: func(t testing.TB) City { return city(t, "motorcycle_indoors") },
			acts: []act{at("lobby"), fenceIn("main_road"), show(60, scooter)},
			gate: GatePlace,
		},
	})
	_, s, _ := run(play(city(t, "motorcycle_indoors"), at("lobby"), show(60, scooter), at("main_road"), show(1)))
	if len(s) != 2 || s[1].Why.Ended != "the rule is not for this class of place" {
		t.Errorf("said %+v", s)
	}
}

// What stands, and by the detector's own word: a rule for lorries takes no cars.
func TestStep_ARuleMayAskForTheDetectorsOwnWord(t *testing.T) {
	c := city(t, "fire_lane_object")
	rule := c.Rules.rules["fire_lane_object"]
	rule.Subjects = []string{"truck"}
	c.Rules.rules["fire_lane_object"] = rule
	_, s, _ := run(play(c, show(70, car(1, -1.5, 14), truck(2, 1, 20))))
	if len(s) != 1 || !slices.Equal(s[0].Why.Tracks, []int64{2}) {
		t.Errorf("said %+v", s)
	}
}

// Groups, crowds, ways and licences survive a restart between any two steps.
func TestStep_EverySceneSurvivesARestart(t *testing.T) {
	c := city(t, "bicycles", "crowd", "water_edge", "stray_dog", "wrong_way", "lorry_hours", "licensed_stall")
	for i := range c.Fences {
		c.Fences[i].Thresholds = map[string]float64{"raise_s": 6, "escalate_s": 20}
		if c.Fences[i].Rule == "wrong_way" {
			c.Fences[i].Thresholds[headingKey] = 180
		}
	}
	c.Permits = market(t).Permits
	o, cs := play(c,
		move(25, with(drive(2), append(row(4, 100, -2, 22), thing("dog", 1, 2, 14, 0.8, 0.6), truck(2, -2, 20))...)),
		show(20, append(people(16), table(90, 0, 14))...), show(40))
	_, straight, _ := run(o, cs)
	told := map[string]bool{}
	for _, s := range straight {
		told[s.Rule] = true
	}
	if len(told) != len(c.Fences) {
		t.Fatalf("only %v were told", lines(straight))
	}
	var state State
	var resumed []Sighting
	for i := range o {
		again, err := DecodeState([]byte(mustJSON(t, state)))
		if err != nil {
			t.Fatal(err)
		}
		var s []Sighting
		state, s, _ = Step(again, o[i], cs[i])
		resumed = append(resumed, s...)
	}
	if mustJSON(t, resumed) != mustJSON(t, straight) {
		t.Errorf("said\n%v\nafter restarts\n%v", lines(straight), lines(resumed))
	}
}
