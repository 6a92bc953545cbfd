package alerts

import (
	"errors"
	"slices"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
)

// occupancies lists the page's alerts by the name of their occupancy.
func occupancies(items []Alert) (names []string) {
	for _, a := range items {
		names = append(names, a.Occupancy)
	}
	return names
}

func TestStore_AlertsChooses(t *testing.T) {
	c := newCity(t)
	officer := c.person(t, "officer", Officer)
	vending := sighting("vending", vision.Raised, inEast)
	vending.Rule, vending.Matter, vending.CameraID, vending.At = "vending", "09006", "camera-2", noon.Add(time.Hour)
	c.sight(t, sighting("raised", vision.Raised, inWest), sighting("escalated", vision.Escalated, onRoad),
		sighting("cleared", vision.Cleared, inWest), vending, sighting("out", vision.Raised, nowhere))
	raised, _ := c.alertOf(t, "raised")
	if _, err := c.store.Acknowledge(t.Context(), raised.ID, officer.ID, Scope{City: true}, ""); err != nil {
		t.Fatal(err)
	}
	city := Scope{City: true}
	tests := []struct {
		name   string
		filter Filter
		scope  Scope
		want   []string
	}{
		{"all, newest first", Filter{}, city, []string{"out", "vending", "cleared", "escalated", "raised"}},
		{"open", Filter{State: "open"}, city, []string{"out", "vending", "escalated", "raised"}},
		{"one state", Filter{State: "cleared"}, city, []string{"cleared"}},
		{"several states", Filter{State: "cleared, escalated"}, city, []string{"cleared", "escalated"}},
		{"a handling", Filter{State: "acknowledged"}, city, []string{"raised"}},
		{"a state or a handling", Filter{State: "escalated,acknowledged"}, city, []string{"escalated", "raised"}},
		{"by code", Filter{Matter: "09006"}, city, []string{"vending"}},
		{"by rule", Filter{Matter: "vending"}, city, []string{"vending"}},
		{"by an unknown matter", Filter{Matter: "x' OR true --"}, city, nil},
		{"since", Filter{Since: noon.Add(time.Minute)}, city, []string{"vending", "cleared", "escalated"}},
		{"since is inclusive", Filter{Since: noon.Add(time.Hour)}, city, []string{"vending"}},
		{"by camera", Filter{CameraID: "camera-2"}, city, []string{"vending"}},
		{"everything at once", Filter{State: "open", Matter: "fire_lane", Since: noon, CameraID: "camera-1", Limit: 1}, city, []string{"out"}},
		{"an officer's beat", Filter{}, Scope{Grids: []GridKey{westKey}}, []string{"cleared", "raised"}},
		{"a beat of two nets", Filter{}, Scope{Grids: []GridKey{eastKey, roadKey}}, []string{"vending", "escalated"}},
		{"a code of the other net", Filter{}, Scope{Grids: []GridKey{{geo.Road, westKey.Code}}}, nil},
		{"no grid at all", Filter{}, Scope{}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			items, _, _, err := c.store.Alerts(t.Context(), test.filter, test.scope)
			if err != nil || !slices.Equal(occupancies(items), test.want) {
				t.Errorf("got %v, %v, want %v", occupancies(items), err, test.want)
			}
			for _, a := range items {
				if !test.scope.Covers(a.Grid) {
					t.Errorf("%s lies in %+v, outside of the scope", a.Occupancy, a.Grid)
				}
			}
		})
	}
}

func TestStore_AlertsInPages(t *testing.T) {
	c := newCity(t)
	var want []string
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		c.sight(t, sighting(name, vision.Raised, inWest))
		want = append([]string{name}, want...)
	}
	for _, limit := range []int{1, 2, 3, 5, 6} {
		var got []string
		cursor := ""
		for page := 0; page == 0 || cursor != ""; page++ {
			items, next, _, err := c.store.Alerts(t.Context(), Filter{Limit: limit, Before: cursor}, Scope{City: true})
			if err != nil || len(items) > limit || len(items) == 0 {
				t.Fatalf("page of %d: %d items, %v", limit, len(items), err)
			}
			got = append(got, occupancies(items)...)
			cursor = next
			c.sight(t, sighting("later"+cursor+string(rune('0'+limit)), vision.Raised, inWest)) // Shifts no page.
		}
		if !slices.Equal(got[len(got)-5:], want) {
			t.Errorf("pages of %d: %v, want %v at the end", limit, got, want)
		}
		if _, err := c.pool.Exec(t.Context(), `DELETE FROM alerts WHERE occupancy LIKE 'later%'`); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStore_AlertsAndItsNumberAreOneMoment(t *testing.T) {
	c := newCity(t)
	if _, _, seq, err := c.store.Alerts(t.Context(), Filter{}, Scope{City: true}); seq != 0 || err != nil {
		t.Errorf("before the first event the number is %d, %v", seq, err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			c.sight(t, sighting(name, vision.Raised, inWest))
		}
	}()
	for writing := true; writing; {
		select {
		case <-done:
			writing = false
		default:
		}
		items, _, seq, err := c.store.Alerts(t.Context(), Filter{}, Scope{City: true})
		if err != nil {
			t.Fatal(err)
		}
		if known := c.count(t, `SELECT count(*) FROM events WHERE seq <= $1`, seq); known != len(items) {
			t.Fatalf("%d alerts with number %d, which is after %d events", len(items), seq, known)
		}
	}
}

func TestStore_AlertsRefusesWhatIsNoFilter(t *testing.T) {
	c := newCity(t)
	for field, filters := range map[string][]Filter{
		"state":  {{State: "gone"}, {State: "open;DROP TABLE alerts"}, {State: "open,RAISED"}},
		"limit":  {{Limit: -1}, {Limit: MaxLimit + 1}},
		"matter": {{Matter: "a\x00"}, {Matter: "\xff"}},
		"camera": {{CameraID: "a\x00"}},
		"cursor": {{Before: "x"}, {Before: "-4"}, {Before: "0"}, {Before: "99999999999999999999"}},
	} {
		for _, f := range filters {
			_, _, _, err := c.store.Alerts(t.Context(), f, Scope{City: true})
			var invalid *geo.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != field {
				t.Errorf("%+v: %v, want an error of %s", f, err, field)
			}
		}
	}
}

func FuzzFilter(f *testing.F) {
	f.Add("open,handled", "17", 5)
	f.Add(",,", "", 0)
	f.Add("raised\x00", "1e3", -1)
	f.Fuzz(func(t *testing.T, state, before string, limit int) {
		c, err := Filter{State: state, Before: before, Limit: limit}.check()
		if err != nil {
			var invalid *geo.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("the error names no field: %v", err)
			}
			return
		}
		if c.limit < 1 || c.limit > MaxLimit || c.before < 1 {
			t.Errorf("%q %q %d became %+v", state, before, limit, c)
		}
	})
}
