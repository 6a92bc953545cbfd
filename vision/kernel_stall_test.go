package vision

import (
	"slices"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func vending(t testing.TB) City { return city(t, "vending") }

// walkers cross the lane one behind the other at 1.2 m/s, so that somebody is always beside the middle.
func walkers(t float64) []Detection {
	var people []Detection
	for i := range 10 {
		way := 1.2*t + 2.4*float64(i)
		lap := int64(way / 24)
		people = append(people, person(200+int64(i)+20*lap, way-24*float64(lap)-12, 17.5))
	}
	return people
}

func with(things func(float64) []Detection, more ...Detection) func(float64) []Detection {
	return func(t float64) []Detection { return append(things(t), more...) }
}

func TestStep_Vending(t *testing.T) {
	seller, stand := person(1, 0.8, 18.2), table(2, 0, 18)
	weak := func(class string, track int64, x float64) Detection { return thing(class, track, x, 17, 0.5, 0.4) }
	market := geo.Permit{
		ID: "m", Name: "night market", Holder: "Wang", Rules: []string{"vending"}, Area: orb.Polygon{closed(lane)},
		From: streetBegin.Add(-time.Hour), Until: streetBegin.Add(24 * time.Hour),
	}
	testLives(t, []life{
		{
			name: "a seller with a table is raised and escalated, and cleared when both are gone",
			city: vending,
			acts: []act{show(610, seller, stand), show(100)},
			want: []string{"182 vending raised", "602 vending escalated", "699 vending cleared"},
		},
		{
			name: "a lasting change beside staying people is a stall",
			city: vending,
			acts: []act{show(190, seller, pile(2, 0, 18))},
			want: []string{"182 vending raised"},
		},
		{
			name: "people who walk through never add up, goods or not",
			city: vending,
			acts: []act{move(400, with(walkers, stand))},
			gate: GatePeople,
		},
		{
			name: "people who walk through are nothing without goods",
			city: vending,
			acts: []act{move(400, walkers)},
		},
		{
			name: "somebody who stands without goods is nothing",
			city: vending,
			acts: []act{show(400, seller, person(3, 1.4, 18))},
		},
		{
			name: "goods without anybody are nothing",
			city: vending,
			acts: []act{show(400, stand)},
			gate: GatePeople,
		},
		{
			name: "bags on the ground beside people are not goods enough",
			city: vending,
			acts: []act{show(400, seller, weak("handbag", 5, 0), weak("backpack", 6, 0.5))},
			gate: GateGoods,
		},
		{
			name: "what people carry is not goods",
			city: vending,
			acts: []act{show(400, seller, person(3, 1.6, 18.2),
				thing("handbag", 5, 0.8, 18.3, 0.3, 0.6), thing("backpack", 6, 0.8, 18.3, 0.4, 1.2),
				thing("suitcase", 7, 1.6, 18.3, 0.3, 0.6), thing("bottle", 8, 1.6, 18.3, 0.1, 0.9))},
			gate: GateCarried,
		},
		{
			name: "a table that flashes up now and then is the detector's mistake",
			city: vending,
			acts: []act{move(400, func(t float64) []Detection {
				if int(2*t)%50 == 0 {
					return []Detection{seller, stand}
				}
				return []Detection{seller}
			})},
			gate: GateGoods,
		},
		{
			name: "people of whom the detector is not sure are nobody",
			city: vending,
			acts: []act{move(400, func(float64) []Detection {
				unsure := seller
				unsure.Score = 0.3
				return []Detection{unsure, stand}
			})},
			gate: GatePeople,
		},
		{
			name: "an umbrella found one time in three, with a chair, is enough",
			city: vending,
			acts: []act{move(200, func(t float64) []Detection {
				things := []Detection{seller, weak("chair", 5, 0.2)}
				if int(2*t)%3 == 0 {
					things = append(things, thing("umbrella", 6, 0, 18, 2, 2.2))
				}
				return things
			})},
			want: []string{"182 vending raised"},
		},
		{
			name: "sellers who take turns are one stall",
			city: vending,
			acts: []act{show(60, seller, stand), show(60, person(11, -0.9, 18), stand), show(70, person(12, 0.3, 16.8), stand)},
			want: []string{"182 vending raised"},
		},
		{
			name: "a seller who goes for change is still there",
			city: vending,
			acts: []act{show(190, seller, stand), show(50, stand), show(30, person(7, 0.8, 18), stand)},
			want: []string{"182 vending raised"},
			gate: GatePeople,
		},
		{
			name: "goods that nobody comes back to are no longer vending",
			city: vending,
			acts: []act{show(190, seller, stand), show(120, stand)},
			want: []string{"182 vending raised", "279 vending cleared"},
		},
		{
			name: "two stalls apart are two",
			city: vending,
			acts: []act{show(190, person(1, -1.8, 14.2), table(2, -2, 14), person(3, 2.2, 22), table(4, 2, 22))},
			want: []string{"182 vending raised", "182 vending raised"},
		},
		{
			name: "a stall in its permit's place and hours is legal",
			city: func(t testing.TB) City {
				c := vending(t)
				c.Permits = []geo.Permit{market}
				return c
			},
			acts: []act{show(400, seller, stand)},
			gate: GatePermit,
		},
		{
			name: "a stall outside its permit's hours is not",
			city: func(t testing.TB) City {
				c := vending(t)
				m := market
				m.Hours = geo.Hours{Windows: []geo.Window{{From: "18:00", To: "23:00"}}}
				c.Permits = []geo.Permit{m}
				return c
			},
			acts: []act{show(190, seller, stand)},
			want: []string{"182 vending raised"},
		},
		{
			name: "a permit for another matter is of no use",
			city: func(t testing.TB) City {
				c := vending(t)
				m := market
				m.Rules = []string{"fire_lane"}
				c.Permits = []geo.Permit{m}
				return c
			},
			acts: []act{show(190, seller, stand)},
			want: []string{"182 vending raised"},
		},
		{
			name: "a permit for another place is of no use",
			city: func(t testing.TB) City {
				c := vending(t)
				m := market
				m.Area = orb.Polygon{closed([]orb.Point{street(10, 12), street(13, 12), street(13, 24), street(10, 24)})}
				c.Permits = []geo.Permit{m}
				return c
			},
			acts: []act{show(190, seller, stand)},
			want: []string{"182 vending raised"},
		},
		{
			name: "a parked car that the ground remembers is not goods",
			city: vending,
			acts: []act{show(300, seller, car(5, 0, 18), pile(2, 0, 18))},
		},
		{
			name: "without calibration a stall is a stall",
			city: func(t testing.TB) City { return uncalibrated(t, "vending") },
			acts: []act{show(190, seller, stand)},
			want: []string{"182 vending raised"},
		},
		{
			name: "without calibration walkers never add up either",
			city: func(t testing.TB) City { return uncalibrated(t, "vending") },
			acts: []act{move(400, with(walkers, stand))},
			gate: GatePeople,
		},
	})
}

func TestStep_VendingWhy(t *testing.T) {
	_, s, _ := run(play(vending(t), show(190, person(1, 0.8, 18.2), person(4, -0.8, 17.8), table(2, 0, 18), pile(1, 0.2, 18))))
	if len(s) != 1 {
		t.Fatalf("said %v", lines(s))
	}
	why := s[0].Why
	if why.People != 2 || !slices.Equal(slices.Sorted(slices.Values(why.Goods)), []string{"change", "dining table"}) || !slices.Contains(why.Tracks, 4) {
		t.Errorf("people %d goods %v tracks %v", why.People, why.Goods, why.Tracks)
	}
}

func debris(t testing.TB) City { return city(t, "debris") }

func TestStep_Debris(t *testing.T) {
	heap := pile(1, 0, 18)
	testLives(t, []life{
		{
			name: "a heap that a lorry left is raised when it has lain there long enough, and cleared when it is taken away",
			city: debris,
			acts: []act{show(30, lorry(5, 0, 16)), show(620, heap), show(100)},
			want: []string{"630 debris raised", "739 debris cleared"},
		},
		{
			name: "while somebody works at it, it is not left behind",
			city: debris,
			acts: []act{show(700, heap, person(5, 0.5, 17.5)), show(90, heap)},
			want: []string{"759 debris raised"},
			gate: GateAttended,
		},
		{
			name: "people who only pass do not make it theirs",
			city: debris,
			acts: []act{move(620, with(walkers, heap))},
			want: []string{"600 debris raised"},
		},
		{
			name: "people whose tracks are new at every look do not make it theirs either",
			city: debris,
			acts: []act{move(620, func(t float64) []Detection { return []Detection{heap, person(100+int64(2*t), 0.5, 17.5)} })},
			want: []string{"600 debris raised"},
		},
		{
			name: "a parked car that the detector finds now and then is not a heap",
			city: debris,
			acts: []act{move(900, func(t float64) []Detection {
				if int(t)%20 == 0 {
					return []Detection{heap, car(3, 0, 18)}
				}
				return []Detection{heap}
			})},
			gate: GateAttended,
		},
		{
			name: "what is too small is not debris",
			city: debris,
			acts: []act{show(700, thing(ClassChange, 1, 0, 18, 0.4, 0.3))},
			gate: GateSize,
		},
		{
			name: "a heap that grows, all at once at last, is one heap",
			city: debris,
			acts: []act{move(620, func(t float64) []Detection {
				grown := 0.8 + min(t/100, 2)
				if t >= 300 {
					grown = 6
				}
				return []Detection{thing(ClassChange, 1, 0, 18-grown/2, grown, grown/2)}
			})},
			want: []string{"600 debris raised"},
		},
		{
			name: "a stall's goods are a stall while people are there, and debris when they are left behind",
			city: func(t testing.TB) City { return city(t, "debris", "vending") },
			acts: []act{show(700, heap, person(5, 0.5, 17.5)), show(100, heap)},
			want: []string{"182 vending raised", "602 vending escalated", "759 debris raised", "789 vending cleared"},
		},
	})
}

func TestStep_DebrisWitness(t *testing.T) {
	for _, row := range []struct {
		name string
		acts []act
		want string
	}{
		{"a lorry", []act{show(30, lorry(5, 0, 16)), show(15), show(620, pile(1, 0, 18))}, "vehicle"},
		{"a lorry and its driver", []act{show(30, lorry(5, 0, 16), person(6, 1.5, 17)), show(620, pile(1, 0, 18))}, "vehicle+person"},
		{"a lorry too long ago", []act{show(30, lorry(5, 0, 16)), show(150), show(620, pile(1, 0, 18))}, ""},
		{"a lorry elsewhere", []act{show(30, lorry(5, 8, 24)), show(620, pile(1, 0, 18))}, ""},
		{"people who passed", []act{move(30, walkers), show(620, pile(1, 0, 18))}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, s, _ := run(play(debris(t), row.acts...))
			if len(s) != 1 || s[0].Why.Witness != row.want {
				t.Errorf("said %v, want witness %q: %+v", lines(s), row.want, s)
			}
		})
	}
}
