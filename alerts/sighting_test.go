package alerts

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

func encode(t testing.TB, s vision.Sighting) []byte {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDecodeSighting_TakesWhatTheKernelSays(t *testing.T) {
	want := sighting("fence-1/spot-3", vision.Escalated, inWest)
	want.Area = box(118.30, 36.82, 118.31, 36.83)
	want.Why.Tracks = []int64{3, 9}
	got, err := decodeSighting(encode(t, want))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDecodeSighting_LeavesUnknownKeysAlone(t *testing.T) {
	data := strings.Replace(string(encode(t, sighting("o", vision.Raised, inWest))), "{", `{"from_a_newer_sender":[1],`, 1)
	if _, err := decodeSighting([]byte(data)); err != nil {
		t.Error(err)
	}
}

func TestDecodeSighting_NamesTheFieldAndTheRule(t *testing.T) {
	tests := []struct {
		name, field string
		spoil       func(*vision.Sighting)
	}{
		{"no occupancy", "occupancy", func(s *vision.Sighting) { s.Occupancy = "" }},
		{"no camera", "camera", func(s *vision.Sighting) { s.CameraID = "" }},
		{"no fence", "fence", func(s *vision.Sighting) { s.FenceID = "" }},
		{"no rule", "rule", func(s *vision.Sighting) { s.Rule = "" }},
		{"unknown kind", "kind", func(s *vision.Sighting) { s.Kind = "vanished" }},
		{"key of another", "key", func(s *vision.Sighting) { s.Key = "other/raised" }},
		{"matter of four digits", "matter", func(s *vision.Sighting) { s.Matter = "9012" }},
		{"no time", "at", func(s *vision.Sighting) { s.At = time.Time{} }},
		{"no beginning", "at", func(s *vision.Sighting) { s.Since = time.Time{} }},
		{"before it began", "at", func(s *vision.Sighting) { s.At = s.Since.Add(-time.Second) }},
		{"beyond the date line", "position", func(s *vision.Sighting) { s.Position[0] = 180.1 }},
		{"latitude and longitude exchanged", "position", func(s *vision.Sighting) { s.Position = orb.Point{36.8, 118.3} }},
		{"negative sigma", "sigma_m", func(s *vision.Sighting) { s.SigmaM = -1 }},
		{"open area", "area", func(s *vision.Sighting) { s.Area = orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}} }},
		{"area of two points", "area", func(s *vision.Sighting) { s.Area = orb.Polygon{{{0, 0}, {1, 0}, {0, 0}}} }},
		{"area off the map", "area", func(s *vision.Sighting) { s.Area = box(0, 0, 200, 1) }},
		{"evidence of an officer", "evidence.kind", func(s *vision.Sighting) { s.Evidence[0].Kind = "photo" }},
		{"evidence without a hash", "evidence.sha256", func(s *vision.Sighting) { s.Evidence[0].SHA256 = "" }},
		{"evidence with a path for a hash", "evidence.sha256", func(s *vision.Sighting) { s.Evidence[0].SHA256 = "../../etc/passwd" }},
		{"evidence of negative size", "evidence.bytes", func(s *vision.Sighting) { s.Evidence[0].Bytes = -1 }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := sighting("o", vision.Raised, inWest)
			test.spoil(&s)
			_, err := decodeSighting(encode(t, s))
			var invalid *geo.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != test.field {
				t.Errorf("got %v, want an error of %s", err, test.field)
			}
		})
	}
}

func FuzzDecodeSighting(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte(`{}`))
	f.Add([]byte(`[1,2`))
	f.Add([]byte(`{"position":[1e999,0]}`))
	f.Add([]byte(`{"area":[[]],"position":[1]}`))
	s := sighting("o", vision.Cleared, inWest)
	s.Area = box(0, 0, 1, 1)
	f.Add(encode(f, s))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := decodeSighting(data)
		if err != nil {
			var invalid *geo.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("the error names no field: %v", err)
			}
			return
		}
		a := alertFrom(s) // What was accepted makes an alert that the record takes.
		if a.Occupancy == "" || a.State == "" || math.IsNaN(a.Position[0]) || a.RaisedAt.Before(a.Since) {
			t.Errorf("%q became %+v", data, a)
		}
		again, err := decodeSighting(encode(t, s))
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("not the same after a round trip: %v\n%+v\n%+v", err, s, again)
		}
	})
}
