package vision

import (
	"slices"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func fireLane(t testing.TB) City { return city(t, "fire_lane") }

// traffic lets cars drive through the lane along y without a pause between them, each with its own track.
func traffic(t float64) []Detection {
	const mps, apart = 6.0, 9.0
	var cars []Detection
	for i := range 12 {
		y := 6 + mps*t - apart*float64(i)
		for y < 6 {
			y += 12 * apart
		}
		if y > 6 && y < 45 {
			lap := int64((6 + mps*t - apart*float64(i)) / (12 * apart))
			cars = append(cars, car(100+int64(i)+20*lap, 0, y))
		}
	}
	return cars
}

func TestStep_FireLane(t *testing.T) {
	parked := car(1, 0, 18)
	testLives(t, []life{
		{
			name: "a parked car is raised, escalated and cleared, each once",
			city: fireLane,
			acts: []act{show(200, parked), show(100)},
			want: []string{"50 fire_lane raised", "180 fire_lane escalated", "249 fire_lane cleared"},
		},
		{
			name: "a lasting change of the ground is as good as a car",
			city: fireLane,
			acts: []act{show(60, pile(1, 0, 18))},
			want: []string{"50 fire_lane raised"},
		},
		{
			name: "a car that leaves before its time is nothing",
			city: fireLane,
			acts: []act{show(45, parked), show(120)},
			gate: GateGap,
		},
		{
			name: "passing cars never add up to a stay",
			city: fireLane,
			acts: []act{move(300, traffic)},
			gate: GateMoving,
		},
		{
			name: "twenty seconds of rain change nothing",
			city: fireLane,
			acts: []act{show(30, parked), rain(20), show(20, parked)},
			want: []string{"50 fire_lane raised"},
			gate: GateUnfit,
		},
		{
			name: "a minute without frames changes nothing",
			city: fireLane,
			acts: []act{show(30, parked), dark(60), show(10, parked)},
			want: []string{"90 fire_lane raised"},
		},
		{
			name: "gaps below the grace do not add up",
			city: fireLane,
			acts: []act{show(20, parked), show(25), show(20, parked), show(28), show(20, parked), show(28), show(20, parked)},
			want: []string{"50 fire_lane raised"},
		},
		{
			name: "a stay that nobody was told of does not span an hour without frames",
			city: fireLane,
			acts: []act{show(30, parked), dark(3600), show(51, parked)},
			want: []string{"3680 fire_lane raised"},
			gate: GateGap,
		},
		{
			name: "what was raised lives through an hour without frames",
			city: fireLane,
			acts: []act{show(60, parked), dark(3600), show(60, parked), show(60)},
			want: []string{"50 fire_lane raised", "3660 fire_lane escalated", "3769 fire_lane cleared"},
		},
		{
			name: "one empty frame after an hour without frames clears nothing",
			city: fireLane,
			acts: []act{show(60, parked), dark(3600), show(1), show(10, parked)},
			want: []string{"50 fire_lane raised", "3661 fire_lane escalated"},
		},
		{
			name: "an id swap does not restart the dwell",
			city: fireLane,
			acts: []act{show(25, parked), show(15, car(7, 0, 18)), show(20, car(9, 0, 18))},
			want: []string{"50 fire_lane raised"},
		},
		{
			name: "a raised car that flickers to airplane stays raised",
			city: fireLane,
			acts: []act{show(60, parked), show(70, thing("airplane", 1, 0, 18, 1.9, 1.6)), show(10, parked)},
			want: []string{"50 fire_lane raised"},
		},
		{
			name: "an airplane alone begins nothing",
			city: fireLane,
			acts: []act{show(90, thing("airplane", 1, 0, 18, 1.9, 1.6))},
		},
		{
			name: "what is left where a car stood is another matter than the car",
			city: fireLane,
			acts: []act{show(60, parked), show(240, pile(5, 0, 18))},
			want: []string{"50 fire_lane raised", "229 fire_lane cleared", "280 fire_lane raised"},
		},
		{
			name: "a car that is not recognised for a while is still the car",
			city: fireLane,
			acts: []act{show(60, parked), show(60, pile(5, 0, 18)), show(20, parked)},
			want: []string{"50 fire_lane raised"},
		},
		{
			name: "a change that is recognised later is the same matter",
			city: fireLane,
			acts: []act{show(40, pile(5, 0, 18)), show(20, parked)},
			want: []string{"50 fire_lane raised"},
		},
		{
			name: "a lorry that stands before the car hides it for a while",
			city: fireLane,
			acts: []act{show(60, parked), show(100, lorry(5, 0, 10)), show(10, parked)},
			want: []string{"50 fire_lane raised"},
			gate: GateHidden,
		},
		{
			name: "hidden for too long counts as empty",
			city: fireLane,
			acts: []act{show(60, parked), show(240, lorry(5, 0, 10))},
			want: []string{"50 fire_lane raised", "229 fire_lane cleared"},
		},
		{
			name: "a car beside the lane is outside",
			city: fireLane,
			acts: []act{show(90, car(1, 4.2, 18))},
			gate: GateOutside,
		},
		{
			name: "a car whose foot jitters over the edge stays inside",
			city: fireLane,
			acts: []act{show(5, car(1, 2.8, 18)), show(70, car(1, 3.3, 18))},
			want: []string{"50 fire_lane raised"},
		},
		{
			name: "a car whose foot jitters over the edge of the frame's fence stays inside",
			city: func(t testing.TB) City { return uncalibrated(t, "fire_lane") },
			acts: []act{show(5, car(1, 2.8, 18)), show(70, car(1, 3.15, 18))},
			want: []string{"50 fire_lane raised"},
		},
		{
			name: "a car that rolls out of the lane, by more than the exit allows, is gone from then on",
			city: fireLane,
			acts: []act{show(60, car(1, 2.8, 18)), show(120, car(1, 4.2, 18))},
			want: []string{"50 fire_lane raised", "109 fire_lane cleared"},
		},
		{
			name: "a car that rolls out of the frame's fence, by more than the exit allows, is gone from then on",
			city: func(t testing.TB) City { return uncalibrated(t, "fire_lane") },
			acts: []act{show(60, car(1, 2.9, 18)), show(120, car(1, 3.4, 18))},
			want: []string{"50 fire_lane raised", "109 fire_lane cleared"},
		},
		{
			name: "a car that begins over the edge is outside",
			city: fireLane,
			acts: []act{show(70, car(1, 3.3, 18))},
			gate: GateOutside,
		},
		{
			name: "a car too far away is too small",
			city: func(t testing.TB) City {
				c := fireLane(t)
				c.Fences[0].Area = orb.Polygon{closed([]orb.Point{street(-9, 12), street(9, 12), street(9, 80), street(-9, 80)})}
				return c
			},
			acts: []act{show(90, car(1, 0, 60))},
			gate: GateSize,
		},
		{
			name: "two cars close together are two",
			city: fireLane,
			acts: []act{show(10, parked), show(60, parked, car(2, 2.3, 18)), show(60, parked)},
			want: []string{"50 fire_lane raised", "60 fire_lane raised", "119 fire_lane cleared"},
		},
		{
			name: "one car found twice in a frame is one",
			city: fireLane,
			acts: []act{show(60, parked, lorryBox(parked))},
			want: []string{"50 fire_lane raised"},
			gate: GateDuplicate,
		},
		{
			name: "a car that leaves and one that comes are two stays",
			city: fireLane,
			acts: []act{show(60, parked), show(60), show(60, car(2, 0.3, 18))},
			want: []string{"50 fire_lane raised", "109 fire_lane cleared", "170 fire_lane raised"},
		},
		{
			name: "a fence on the frame of a view without calibration",
			city: func(t testing.TB) City { return uncalibrated(t, "fire_lane") },
			acts: []act{show(200, parked), show(60)},
			want: []string{"50 fire_lane raised", "180 fire_lane escalated", "249 fire_lane cleared"},
		},
		{
			name: "passing cars never add up without calibration either",
			city: func(t testing.TB) City { return uncalibrated(t, "fire_lane") },
			acts: []act{move(300, traffic)},
			gate: GateMoving,
		},
		{
			name: "a fence on the map is of no use to a view without calibration",
			city: func(t testing.TB) City {
				c := fireLane(t)
				c.Camera.View.Ground = nil
				return c
			},
			acts: []act{show(90, parked)},
			gate: GateGround,
		},
	})
}

// lorryBox is the same thing under a second name: a slightly larger box around it.
func lorryBox(d Detection) Detection {
	d.Track, d.Score = d.Track+50, 0.5
	d.Box.X -= 0.004
	d.Box.W += 0.008
	d.Box.H += 0.002
	return d
}

// What the alert says of why is complete, and the score is that of the thing itself.
func TestStep_Why(t *testing.T) {
	c := fireLane(t)
	c.Fences[0].Thresholds = map[string]float64{"raise_s": 20}
	c.Fences[0].Hours = geo.Hours{Windows: []geo.Window{{From: "06:00", To: "22:00"}}}
	c.Permits = []geo.Permit{{Name: "fair", Rules: []string{"fire_lane"}, Area: orb.Polygon{closed(lane)}, Until: streetBegin}}
	proud, shy := car(3, 0, 18), car(1, 0.1, 18)
	proud.Score, shy.Score = 0.95, 0.41
	_, s, _ := run(play(c, show(10, proud), show(15, shy)))
	if len(s) != 1 {
		t.Fatalf("said %v", lines(s))
	}
	why := s[0].Why
	if s[0].Score != 0.41 {
		t.Errorf("score %v is inherited from another look", s[0].Score)
	}
	if why.Thresholds["raise_s"] != 20 || why.Thresholds["gap_s"] != 30 || !slices.Equal(why.Overridden, []string{"raise_s"}) {
		t.Errorf("thresholds %v, overridden %v", why.Thresholds, why.Overridden)
	}
	if _, ok := why.Thresholds["min_goods"]; ok {
		t.Error("a threshold of stalls stands on a fire lane's alert")
	}
	if !slices.Equal(why.Tracks, []int64{3, 1}) || why.Hours != "06:00–22:00" || why.Permit != "fair: outside its dates" ||
		why.Model != "abc scripted" || why.Frames != 41 || why.DwellS != 20 {
		t.Errorf("why %+v", why)
	}
	if !s[0].Grounded || geo.DistanceM(s[0].Position, street(0, 18)) > 0.5 || s[0].SigmaM <= 0 || len(s[0].Area) != 0 {
		t.Errorf("place %v ± %v, grounded %v", s[0].Position, s[0].SigmaM, s[0].Grounded)
	}
}

func TestStep_AChangeIsKnownByItsNameOnceItHasOne(t *testing.T) {
	_, s, _ := run(play(fireLane(t), show(40, pile(5, 0, 18)), show(20, car(1, 0, 18))))
	if len(s) != 1 || s[0].Class != ClassVehicle || !s[0].Since.Equal(streetBegin) {
		t.Errorf("said %+v", s)
	}
}

func TestStep_UncalibratedAlertIsAtTheCamera(t *testing.T) {
	blind := uncalibrated(t, "fire_lane")
	for _, ground := range []orb.Polygon{nil, {closed(lane)}} { // The ground of the fence is told where somebody drew it.
		blind.Fences[0].Area = ground
		_, s, _ := run(play(blind, show(60, car(1, 0, 18))))
		if len(s) != 1 || s[0].Grounded || s[0].Position != streetOrigin || s[0].SigmaM != 0 || !orb.Equal(s[0].Area, ground) {
			t.Fatalf("said %+v", s)
		}
	}
}

// A clock that was set back by an hour takes the state with it: the dwell goes on.
func TestStep_ClockSetBack(t *testing.T) {
	o, c := play(fireLane(t), show(60, car(1, 0, 18)))
	for i := range o[60:] {
		o[60+i].At = o[60+i].At.Add(-time.Hour)
	}
	_, s, traces := run(o, c)
	if len(s) != 1 || s[0].DwellS < 50 || s[0].DwellS > 51 {
		t.Fatalf("said %v", lines(s))
	}
	if !slices.ContainsFunc(traces, func(tr Trace) bool { return tr.Gate == GateClock }) {
		t.Error("nothing tells of the clock")
	}
}

// A frame older than the state changes nothing.
func TestStep_LateFrame(t *testing.T) {
	o, c := play(fireLane(t), show(60, car(1, 0, 18)))
	state, _, _ := run(o, c)
	late := o[0]
	late.At = o[len(o)-1].At
	after, s, traces := Step(state, late, c[0])
	if len(s) != 0 || len(traces) != 1 || traces[0].Gate != GateLate || mustJSON(t, after) != mustJSON(t, state) {
		t.Errorf("a late frame made %v, %v", s, traces)
	}
}

// The same street from another pose of the camera: what is seen there on the ground goes on, and what that pose cannot
// show is neither gone nor forgotten.
func TestStep_AnotherPose(t *testing.T) {
	c := city(t, "fire_lane", "vending")
	o, cs := play(c, show(200, car(1, -1, 20), person(2, 1.8, 14.2), table(3, 1, 14)), show(100))
	for i := range o {
		if i >= 60 && i < 160 { // 30 s to 80 s.
			o[i].ViewID = "other pose"
			o[i].Objects = slices.Clone(o[i].Objects)
			for j := range o[i].Objects {
				o[i].Objects[j].Box.X /= 3
				o[i].Objects[j].Foot = o[i].Objects[j].Box.Foot()
			}
		}
		if i >= 400 { // From 200 s on a pose that shows neither.
			o[i].ViewID = "third pose"
		}
	}
	state, s, _ := run(o, cs)
	want := []string{"50 fire_lane raised", "180 fire_lane escalated", "182 vending raised"}
	if got := lines(s); !slices.Equal(got, want) {
		t.Errorf("said %v, want %v", got, want)
	}
	if len(state.Occupancies) != 2 {
		t.Errorf("open at the end: %+v", state.Occupancies)
	}
}
