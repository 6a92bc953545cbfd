package eval

import (
	"math"
	"slices"
	"testing"

	"gridwatch/vision"
)

// at is a label of something in the fence "lane", 0.1 wide and high, at x.
func at(x, from, until float64) Event {
	return Event{Fence: "lane", Rule: "fire_lane", From: from, Until: until, Box: vision.Box{X: x, Y: 0.5, W: 0.1, H: 0.1}, Raised: true, RaiseAt: math.NaN()}
}

// raised is a sighting there.
func raised(id string, x, t float64) Said {
	return Said{Occupancy: id, Fence: "lane", Rule: "fire_lane", RaisedAt: t, Box: vision.Box{X: x, Y: 0.5, W: 0.1, H: 0.1}}
}

func TestMatch(t *testing.T) {
	elsewhere, another := raised("a", 0.2, 60), raised("a", 0.2, 60)
	elsewhere.Fence, another.Rule = "yard", "vending"
	nothing := at(0.2, 0, 100)
	nothing.Raised = false
	for _, c := range []struct {
		name    string
		events  []Event
		said    []Said
		matched []string // For each label the sighting that is about it, and its repeats.
		wrong   []string
	}{
		{"one for one", []Event{at(0.2, 10, 100)}, []Said{raised("a", 0.21, 60)}, []string{"a"}, nil},
		{"a label of which nothing is said", []Event{at(0.2, 10, 100)}, nil, []string{""}, nil},
		{"what is said of nothing is false", nil, []Said{raised("a", 0.2, 60)}, nil, []string{"a"}},
		{"what is said where nothing should be is false", []Event{nothing}, []Said{raised("a", 0.2, 60)}, []string{""}, []string{"a"}},
		{"a second one about the same event is a repeat", []Event{at(0.2, 10, 100)}, []Said{raised("b", 0.2, 80), raised("a", 0.2, 60)}, []string{"a b"}, nil},
		{"two things beside each other", []Event{at(0.2, 0, 100), at(0.27, 0, 100)}, []Said{raised("right", 0.27, 50), raised("left", 0.2, 50)}, []string{"left", "right"}, nil},
		{"another place in the same fence", []Event{at(0.2, 0, 100)}, []Said{raised("a", 0.6, 50)}, []string{""}, []string{"a"}},
		{"another fence, another rule", []Event{at(0.2, 0, 100)}, []Said{elsewhere, another}, []string{""}, []string{"a", "a"}},
		{"before it came", []Event{at(0.2, 40, 100)}, []Said{raised("a", 0.2, 39)}, []string{""}, []string{"a"}},
		{"within the grace after it left", []Event{at(0.2, 0, 50)}, []Said{raised("a", 0.2, 70)}, []string{"a"}, nil},
		{"long after it left", []Event{at(0.2, 0, 50)}, []Said{raised("a", 0.2, 71)}, []string{""}, []string{"a"}},
		{"the same spot, one after another", []Event{at(0.2, 0, 50), at(0.2, 100, 200)}, []Said{raised("a", 0.2, 45), raised("b", 0.2, 150)}, []string{"a", "b"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			outcomes, wrong := Match(c.events, c.said, func(string) float64 { return 20 })
			var matched, falsely []string
			for _, o := range outcomes {
				ids := ""
				if o.Said != nil {
					ids = o.Said.Occupancy
				}
				for _, r := range o.Repeats {
					ids += " " + r.Occupancy
				}
				matched = append(matched, ids)
			}
			for _, s := range wrong {
				falsely = append(falsely, s.Occupancy)
			}
			if !slices.Equal(matched, c.matched) || !slices.Equal(falsely, c.wrong) {
				t.Errorf("matched %q, wrong %q; want %q, %q", matched, falsely, c.matched, c.wrong)
			}
		})
	}
}

func TestOutcome_TimesAreHeldAgainstTheLabel(t *testing.T) {
	cleared := func(t float64) *Said { return &Said{RaisedAt: 62, ClearedAt: &t} }
	for _, c := range []struct {
		name        string
		said        *Said
		due, inTime bool
	}{
		{"in time", cleared(150), true, true},
		{"as late as may be", cleared(100 + 50 + slackS), true, true},
		{"too late", cleared(100 + 50 + slackS + 0.5), true, false},
		{"while it was still there", cleared(99), true, false},
		{"never", &Said{RaisedAt: 62}, true, false},
		{"nothing was raised", nil, false, false},
	} {
		o := Outcome{Event: at(0.2, 10, 100), Said: c.said}
		if due, inTime := o.cleared(50, 200); due != c.due || inTime != c.inTime {
			t.Errorf("%s: due %t, in time %t; want %t, %t", c.name, due, inTime, c.due, c.inTime)
		}
	}
	open := Outcome{Event: at(0.2, 10, 100), Said: &Said{RaisedAt: 62}}
	if due, _ := open.cleared(50, 157); due {
		t.Error("a clear is asked for that the clip is too short for")
	}
	if got := open.raiseError(50); got != 2 {
		t.Errorf("raised %v s too late, want 2", got)
	}
	if open.RaiseAt = 70; open.raiseError(50) != -8 {
		t.Errorf("raised %v s too late, want 8 too early", open.raiseError(50))
	}
}

func TestHear_OneOccupancyIsOneThing(t *testing.T) {
	var all []Said
	for i, kind := range []vision.Kind{vision.Raised, vision.Escalated, vision.Cleared} {
		all = hear(all, vision.Sighting{Kind: kind, Occupancy: "a", FenceID: "lane", Rule: "fire_lane"}, float64(10*(i+1)))
	}
	if len(all) != 1 || all[0].RaisedAt != 10 || *all[0].EscalatedAt != 20 || *all[0].ClearedAt != 30 {
		t.Errorf("heard %+v", all)
	}
}

func TestRows_AddUp(t *testing.T) {
	l := Labels{Name: "clip", Composed: true}
	end := 150.0
	events := []Event{at(0.2, 10, 100), at(0.6, 10, math.Inf(1))}
	first := raised("a", 0.2, 62)
	first.ClearedAt = &end
	said := []Said{first, raised("again", 0.2, 90), raised("nowhere", 0.9, 70)}
	fences := map[string]delays{"lane": {raiseS: 50, lateS: 50}}
	outcomes, wrong := Match(events, said, func(string) float64 { return 50 })
	got := rows(l, Day, outcomes, wrong, fences, 300, 25)
	if len(got) != 1 {
		t.Fatalf("%d rows, want 1", len(got))
	}
	r := got[0]
	if r.Events != 2 || r.Found != 1 || r.False != 1 || r.Repeats != 1 || r.Clears != 1 || r.InTime != 1 || len(r.Missed) != 1 || r.RaiseError[0] != 2 {
		t.Errorf("row %+v", r)
	}
	if p, _ := r.Precision(); p != 0.5 {
		t.Errorf("precision %v, want 0.5", p)
	}
	if q, _ := r.Recall(); q != 0.5 {
		t.Errorf("recall %v, want 0.5", q)
	}
	total := Totals([]Row{r, r})
	if len(total) != 1 || total[0].Events != 4 || total[0].False != 2 || total[0].Repeats != 2 || total[0].FPS != 25 {
		t.Errorf("totals %+v", total)
	}
	if _, ok := (Row{}).Precision(); ok {
		t.Error("nothing raised has a precision")
	}
}
