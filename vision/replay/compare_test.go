package replay

import (
	"testing"
	"time"

	"gridwatch/vision"

	"github.com/paulmach/orb"
)

var compareStart = time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)

// told makes the sightings of one occupancy: raised, escalated and cleared after so many seconds; 0 is never.
func told(id string, x, since, raised, escalated, cleared float64) (all []vision.Sighting) {
	at := func(s float64) time.Time { return compareStart.Add(time.Duration(s * float64(time.Second))) }
	for _, word := range []struct {
		kind vision.Kind
		at   float64
	}{{vision.Raised, raised}, {vision.Escalated, escalated}, {vision.Cleared, cleared}} {
		if word.at > 0 {
			all = append(all, vision.Sighting{
				Key: id + "/" + string(word.kind), Kind: word.kind, Occupancy: id, CameraID: "cam", ViewID: "view", FenceID: "lane", FenceName: "巷", Rule: "fire_lane",
				Since: at(since), At: at(word.at), Box: vision.Box{X: x, Y: 0.5, W: 0.1, H: 0.1},
				Why: vision.Why{Thresholds: map[string]float64{"match_iou": 0.5, "match_m": 1.5, "match_size": 0.35}},
			})
		}
	}
	return all
}

func join(sets ...[]vision.Sighting) (all []vision.Sighting) {
	for _, s := range sets {
		all = append(all, s...)
	}
	return all
}

func TestCompare(t *testing.T) {
	grounded := func(s []vision.Sighting, lon, lat float64) []vision.Sighting {
		for i := range s {
			s[i].Grounded, s[i].Position, s[i].ViewID = true, orb.Point{lon, lat}, s[i].Occupancy // Each from another pose.
		}
		return s
	}
	for _, row := range []struct {
		name          string
		before, after []vision.Sighting
		want          []Change
	}{
		{"nothing", nil, nil, nil},
		{"same", told("a", 0.1, 0, 50, 180, 300), told("a", 0.1, 0, 50, 180, 300), []Change{Same}},
		{"new", nil, told("a", 0.1, 0, 50, 0, 0), []Change{New}},
		{"missed", told("a", 0.1, 0, 50, 0, 0), nil, []Change{Missed}},
		{"raised earlier", told("a", 0.1, 0, 50, 0, 0), told("a", 0.1, 0, 30, 0, 0), []Change{Earlier}},
		{"raised later", told("a", 0.1, 0, 50, 0, 0), told("a", 0.1, 0, 70, 0, 0), []Change{Later}},
		{"escalated earlier", told("a", 0.1, 0, 50, 180, 0), told("a", 0.1, 0, 50, 90, 0), []Change{Earlier}},
		{"not escalated any more", told("a", 0.1, 0, 50, 180, 0), told("a", 0.1, 0, 50, 0, 0), []Change{Later}},
		{"escalated at all", told("a", 0.1, 0, 50, 0, 300), told("a", 0.1, 0, 50, 180, 300), []Change{Earlier}},
		{"cleared later", told("a", 0.1, 0, 50, 0, 300), told("a", 0.1, 0, 50, 0, 330), []Change{ClearedDifferently}},
		{"not cleared", told("a", 0.1, 0, 50, 0, 300), told("a", 0.1, 0, 50, 0, 0), []Change{ClearedDifferently}},
		{"raised before the time", told("a", 0.1, 0, 0, 0, 300), told("a", 0.1, 0, 0, 0, 300), nil},
		{"… and cleared differently", told("a", 0.1, 0, 0, 0, 300), told("a", 0.1, 0, 0, 0, 330), []Change{ClearedDifferently}},
		{"another beginning at the spot", told("a", 0.1, 0, 50, 0, 300), told("b", 0.12, 5, 50, 0, 300), []Change{Same}},
		{"another spot", told("a", 0.1, 0, 50, 0, 300), told("b", 0.5, 5, 50, 0, 300), []Change{Missed, New}},
		{"the spot at another time", told("a", 0.1, 0, 50, 0, 300), told("b", 0.1, 400, 450, 0, 0), []Change{Missed, New}},
		{"the nearer of two", told("a", 0.1, 100, 150, 0, 500), join(told("b", 0.1, 0, 50, 0, 120), told("c", 0.1, 110, 160, 0, 500)), []Change{New, Later}},
		{"its own before another's", join(told("a", 0.1, 0, 50, 0, 0), told("b", 0.1, 10, 60, 0, 0)), told("b", 0.1, 10, 60, 0, 0), []Change{Missed, Same}},
		{"on the ground", grounded(told("a", 0.1, 0, 50, 0, 0), 118.3, 36.8), grounded(told("b", 0.8, 2, 50, 0, 0), 118.30001, 36.8), []Change{Same}},
		{"elsewhere on the ground", grounded(told("a", 0.1, 0, 50, 0, 0), 118.3, 36.8), grounded(told("b", 0.1, 2, 51, 0, 0), 118.3001, 36.8), []Change{Missed, New}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []Change
			for _, d := range Compare(row.before, row.after) {
				got = append(got, d.Change)
				if (d.Before == nil) != (d.Change == New) || (d.After == nil) != (d.Change == Missed) || d.FenceName != "巷" || d.CameraID != "cam" {
					t.Errorf("%+v", d)
				}
			}
			if len(got) != len(row.want) {
				t.Fatalf("%v, want %v", got, row.want)
			}
			for i, want := range row.want {
				if got[i] != want {
					t.Errorf("%v, want %v", got, row.want)
				}
			}
		})
	}
}
