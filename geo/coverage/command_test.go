package coverage_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"gridwatch/geo/coverage"
)

func TestDecodeCommand_NamesTheFieldThatIsWrong(t *testing.T) {
	for _, c := range []struct{ text, field string }{
		{``, "command"},
		{`[]`, "command"},
		{`{"op":"merge","codes":["a","b"],"into":"a"} {}`, "command"},
		{`{"op":"move_vertex","from":[1,2],"to":[1,3],"colour":1}`, "command"},
		{`{"op":"move_vertex","from":[1,2,3],"to":"x"}`, "command"},
		{`{"op":"explode"}`, "op"},
		{`{}`, "op"},
		{`{"op":"move_vertex","to":[1,2]}`, "from"},
		{`{"op":"move_vertex","from":[1,2],"to":[36.8,118.3]}`, "to"},
		{`{"op":"move_vertex","from":[181,2],"to":[36.8,18.3]}`, "from"},
		{`{"op":"insert_vertex","edge":[[1,2]],"at":[1,2]}`, "edge"},
		{`{"op":"insert_vertex","edge":[[1,2],[1,3]]}`, "at"},
		{`{"op":"delete_vertex"}`, "at"},
		{`{"op":"move_edge","edge":[[1,2],[1,3]]}`, "by"},
		{`{"op":"split","line":[[1,2],[1,3]],"new":{}}`, "code"},
		{`{"op":"split","code":"1","line":[[1,2]],"new":{}}`, "line"},
		{`{"op":"split","code":"1","line":[[1,2],[1,99]],"new":{}}`, "line[1]"},
		{`{"op":"split","code":"1","line":[[1,2],[1,3]]}`, "new"},
		{`{"op":"split","code":"1","line":[[1,2],[1,3]],"new":{},"keep":[1,91]}`, "keep"},
		{`{"op":"merge","codes":["a"],"into":"a"}`, "codes"},
		{`{"op":"merge","codes":["a","b"]}`, "into"},
		{`{"op":"reshape","code":"1"}`, "line"},
		{`{"op":"assign_hole","at":[1,2]}`, "code"},
		{`{"op":"snap","codes":[],"lines":[[[1,2],[1,3]]],"tolerance_m":1}`, "codes"},
		{`{"op":"snap","codes":["a"],"tolerance_m":1}`, "lines"},
		{`{"op":"snap","codes":["a"],"lines":[[[1,2]]],"tolerance_m":1}`, "lines[0]"},
		{`{"op":"snap","codes":["a"],"lines":[[[1,2],[1,3]]],"tolerance_m":0}`, "tolerance_m"},
		{`{"op":"snap","codes":["a"],"lines":[[[1,2],[1,3]]],"tolerance_m":101}`, "tolerance_m"},
		{`{"op":"create"}`, "grid"},
		{`{"op":"create","grid":{"code":"1"}}`, "grid.geometry"},
		{`{"op":"create","grid":{"code":"1","geometry":{"type":"Point","coordinates":[1,2]}}}`, "command"},
		{`{"op":"create","grid":{"code":"1","geometry":{"type":"MultiPolygon","coordinates":[]}}}`, "grid.geometry"},
		{`{"op":"create","grid":{"code":"1","geometry":{"type":"Polygon","coordinates":[[[1,2],[1,3],[2,3],[2,2]]]}}}`, "grid.geometry"},
		{`{"op":"replace","code":"1","geometry":{"type":"Polygon","coordinates":[[[1,2],[1,2],[1,2]]]}}`, "geometry"},
		{`{"op":"delete"}`, "code"},
		{`{"op":"describe","name":"x"}`, "code"},
	} {
		_, err := coverage.DecodeCommand([]byte(c.text))
		var bad *coverage.CommandError
		if !errors.As(err, &bad) || bad.Field != c.field {
			t.Errorf("%s: %v, want the field %s", c.text, err, c.field)
		}
	}
}

// FuzzDecodeCommand: whatever is read is written and read again the same, and applying it changes the grids whole, or not
// at all with a reason; undone, they are as they were.
func FuzzDecodeCommand(f *testing.F) {
	for _, c := range cases {
		text, err := json.Marshal(command(f, c.command))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		cmd, err := coverage.DecodeCommand(data)
		if err != nil {
			var bad *coverage.CommandError
			if !errors.As(err, &bad) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		text, err := json.Marshal(cmd)
		if err != nil {
			t.Fatal(err)
		}
		again, err := coverage.DecodeCommand(text)
		if err != nil || !reflect.DeepEqual(cmd, again) {
			t.Fatalf("%s is read as %+v, %v", text, again, err)
		}
		for _, grids := range [][]coverage.Grid{nine, island, slanted, doubled} {
			cov := hold(t, grids)
			before := fmt.Sprint(cov.Grids())
			change, err := cov.Apply(cmd, coverage.Options{Outline: len(data)%2 == 0})
			var refusal *coverage.Refusal
			if err != nil && !errors.As(err, &refusal) {
				t.Fatalf("%T: %v", err, err)
			}
			if err == nil {
				if _, err := coverage.New(cov.Grids()); err != nil {
					t.Fatalf("%s leaves what cannot be held: %v", text, err)
				}
				if err := cov.Revert(change); err != nil {
					t.Fatal(err)
				}
			}
			if fmt.Sprint(cov.Grids()) != before {
				t.Fatalf("%s is not undone", text)
			}
		}
	})
}
