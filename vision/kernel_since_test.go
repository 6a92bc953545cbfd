package vision

import (
	"testing"
	"time"

	"gridwatch/geo"
)

// reported is a thing that its finder reports at a moment, as having come so many seconds after the scene began.
func reported(d Detection, from, since float64) func(now float64) []Detection {
	d.Since = streetBegin.Add(seconds(since))
	return func(now float64) []Detection {
		if now < from {
			return nil
		}
		return []Detection{d}
	}
}

func sinceOf(t *testing.T, told []Sighting) float64 {
	t.Helper()
	if len(told) == 0 {
		t.Fatal("nobody was told of it")
	}
	return told[0].Since.Sub(streetBegin).Seconds()
}

func TestStep_AStayBeginsWhenItsChangeCame(t *testing.T) {
	c := quickly(t, "debris", true)
	for _, test := range []struct {
		name                string
		from, since, begins float64
	}{
		{"reported late", 20, 8, 8},
		{"at once", 20, 20, 20},
		{"long before the fence was drawn", 100, 2, 100 - latestReport.Seconds()},
		{"from a clock that runs ahead", 20, 500, 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			o, cs := play(c, move(200, reported(pile(1, 0, 18), test.from, test.since)))
			_, told, _ := run(o, cs)
			if since := sinceOf(t, told); since != test.begins {
				t.Errorf("since %v s, want %v", since, test.begins)
			}
			if raised := told[0].At.Sub(streetBegin).Seconds(); raised != max(test.begins+quickRaise, test.from) {
				t.Errorf("raised at %v s", raised)
			}
		})
	}
}

func TestStep_AStayBeginsAfterTheOneBeforeIt(t *testing.T) {
	c := quickly(t, "debris", true)
	first, second := reported(pile(1, 0, 18), 0, 0), reported(pile(2, 0, 18), 96, 80)
	o, cs := play(c, move(200, func(now float64) []Detection {
		if now < 60 {
			return first(now)
		}
		return second(now)
	}))
	_, told, _ := run(o, cs)
	if len(told) != 3 || told[1].Kind != Cleared || told[2].Kind != Raised {
		t.Fatalf("told %v", lines(told))
	}
	if !told[2].Since.Equal(told[1].At) {
		t.Errorf("the second began at %v, before the first ended at %v", told[2].Since, told[1].At)
	}
}

func TestStep_AFenceThatIsDrawnAnewDoesNotCountWhatItsOldSelfDid(t *testing.T) {
	c := quickly(t, "debris", true)
	o, cs := play(c, move(60, reported(pile(1, 0, 18), 0, 0)))
	for i := range cs {
		switch at := o[i].At.Sub(streetBegin).Seconds(); {
		case at >= 41:
			cs[i].Fences = []geo.Fence{c.Fences[0]}
			cs[i].Fences[0].ID = "another"
		case at >= 40:
			cs[i].Fences = nil
		}
	}
	state, told, _ := run(o, cs)
	if len(told) != 0 || len(state.Occupancies) != 1 {
		t.Fatalf("told %v, open %d", lines(told), len(state.Occupancies))
	}
	if since := state.Occupancies[0].Since.Sub(streetBegin); since != 40*time.Second {
		t.Errorf("since %v, want 40 s", since)
	}
}

func TestStep_AStallBeginsWhenItsPeopleCame(t *testing.T) {
	c := quickly(t, "vending", true)
	goods := thing(ClassChange, 1, 0, 18, 2, 1)
	for name, test := range map[string]struct{ people, reported, since, begins float64 }{
		"people first": {0, 30, 18, 18},
		"goods first":  {12, 30, 2, 12},
	} {
		t.Run(name, func(t *testing.T) {
			change := reported(goods, test.reported, test.since)
			o, cs := play(c, move(120, func(now float64) []Detection {
				shown := change(now)
				if now >= test.people {
					shown = append(shown, person(2, 0.8, 18.2))
				}
				return shown
			}))
			_, told, _ := run(o, cs)
			if since := sinceOf(t, told); since != test.begins {
				t.Errorf("since %v s, want %v", since, test.begins)
			}
		})
	}
}
