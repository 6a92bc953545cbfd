package vision

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// A change is in force in the rules that With returns, on every sighting of theirs, and nowhere else.
func TestRulesWith(t *testing.T) {
	rules, err := LoadRules(shippedRules(t))
	if err != nil {
		t.Fatal(err)
	}
	changed, err := rules.With(77, map[string]map[string]float64{"fire_lane": {"raise_s": 20, "escalate_s": 60}, "vending": {"near_m": 4}})
	if err != nil {
		t.Fatal(err)
	}
	lane, _ := changed.Rule("fire_lane")
	stall, _ := changed.Rule("vending")
	was, _ := rules.Rule("fire_lane")
	if changed.Version != 77 || lane.Thresholds.RaiseS != 20 || lane.Thresholds.EscalateS != 60 || stall.Thresholds.NearM != 4 {
		t.Errorf("version %d, %+v, near %v m", changed.Version, lane.Thresholds, stall.Thresholds.NearM)
	}
	if was.Thresholds.RaiseS == 20 || rules.Version == 77 {
		t.Error("the change reached the rules that it was made of")
	}
	same, err := rules.With(rules.Version, nil)
	if err != nil || !reflect.DeepEqual(same, rules) {
		t.Errorf("without changes the rules are others, %v", err)
	}
	for _, row := range []struct {
		rule, key string
		value     float64
		field     string
	}{
		{"flying", "raise_s", 20, "thresholds.flying"},
		{"fire_lane", "colour", 1, "thresholds.fire_lane.colour"},
		{"fire_lane", "min_people", 1, "thresholds.fire_lane.min_people"},
		{"fire_lane", "raise_s", 0, "thresholds.fire_lane.raise_s"},
		{"fire_lane", "escalate_s", 2, "thresholds.fire_lane.escalate_s"},
		{"fire_lane", "share_s", 1, "thresholds.fire_lane.share_s"},
	} {
		_, err := rules.With(77, map[string]map[string]float64{row.rule: {row.key: row.value}})
		if err == nil || !strings.HasPrefix(err.Error(), row.field+": ") {
			t.Errorf("%s.%s = %v: error %v, want %s", row.rule, row.key, row.value, err, row.field)
		}
	}
}

// A city that was written down is, to the kernel, the city that it was: all of it but the camera's source.
func TestCity_SurvivesARecording(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	pair := func(x, y, east, north float64) geo.Pair {
		return geo.Pair{Pixel: orb.Point{x, y}, LonLat: orb.Point{118.3 + east/89000, 36.8 + north/111000}}
	}
	pairs := []geo.Pair{pair(0, 1, 0, 0), pair(1, 1, 12, 0), pair(0.9, 0.1, 20, 40), pair(0.1, 0.1, -8, 40)}
	ground, err := geo.SolveGround(pairs)
	if err != nil {
		t.Fatal(err)
	}
	view := View{ID: "v", Pairs: pairs, Ground: ground, Reference: "ab", Masks: []orb.Ring{{{0, 0}, {0.1, 0}, {0, 0.1}, {0, 0}}}}
	plain := View{ID: "w"}
	hours := geo.Hours{Windows: []geo.Window{{Days: []time.Weekday{1, 2}, From: "19:30", To: "24:00"}}}
	rules, err := LoadRules(shippedRules(t))
	if err != nil {
		t.Fatal(err)
	}
	area := orb.Polygon{{{118.3, 36.8}, {118.4, 36.8}, {118.4, 36.9}, {118.3, 36.8}}}
	city := City{
		Camera: Camera{ID: "c", Name: "名", Position: orb.Point{118.3, 36.8}, PlaceClass: "road", FPS: 2, Composed: true,
			Source: Source{URL: "rtsp://user:secret@10.0.0.1/1"}, View: view, Views: []View{view, plain}},
		Fences: []geo.Fence{
			{ID: "a", Name: "a", Rule: "vending", Area: area, Hours: hours, Thresholds: map[string]float64{"raise_s": 20}},
			{ID: "b", Name: "b", Rule: "fire_lane", ViewID: "v", Frame: orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}, Demo: true},
		},
		Permits: []geo.Permit{{ID: "p", Name: "p", Holder: "h", Rules: []string{"vending"}, Area: area, Hours: hours, From: streetBegin, Until: streetBegin.Add(time.Hour)}},
		Rules:   rules, Zone: zone,
	}
	text, err := json.Marshal(city)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "secret") {
		t.Error("the recording holds the camera's password")
	}
	var read City
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	want := city
	want.Camera.Source = Source{}
	if read.Zone.String() != zone.String() {
		t.Errorf("zone %v", read.Zone)
	}
	if want.Zone = read.Zone; !reflect.DeepEqual(read, want) {
		t.Errorf("read\n%+v\nwant\n%+v", read, want)
	}
	if city.Camera.View.Ground == nil || city.Camera.Views[0].Ground == nil || city.Camera.Source.URL == "" {
		t.Error("writing changed the city itself")
	}
	// A field that is new in a City has to be in its record, too.
	var fields []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[City]()) {
		fields = append(fields, f.Name)
	}
	if known := []string{"Camera", "Fences", "Permits", "Rules", "Zone"}; !reflect.DeepEqual(fields, known) {
		t.Errorf("a City has the fields %v, its record knows %v", fields, known)
	}
}
