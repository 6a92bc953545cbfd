package geo_test

import (
	"errors"
	"testing"

	"gridwatch/geo"
)

func TestReadAsked_NamesWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ name, body, field, rule string }{
		{"no version", `{"op":"delete","code":"370305001001001"}`, "base_version", "version of the draft"},
		{"an unknown field", `{"base_version":1,"op":"delete","code":"370305001001001","force":true}`, "command", "force"},
		{"two commands", `{"base_version":1,"op":"delete","code":"370305001001001"}{}`, "command", "follows"},
		{"no such operation", `{"base_version":1,"op":"explode"}`, "op", "explode"},
		{"nothing to delete", `{"base_version":1,"op":"delete"}`, "code", "missing"},
		{"latitude first", `{"base_version":1,"op":"delete_vertex","at":[36.8,118.3]}`, "at", "longitude and latitude"},
		{"a layer of nothing", `{"base_version":1,"op":"snap","codes":["370305001001001"],"layer":"clouds","tolerance_m":5}`, "layer", "clouds"},
		{"a layer without a snap", `{"base_version":1,"op":"delete","code":"370305001001001","layer":"road"}`, "layer", "snap"},
		{"a snap without a tolerance", `{"base_version":1,"op":"snap","codes":["370305001001001"],"layer":"road"}`, "tolerance_m", "metres"},
		{"not JSON", `{"base_version":`, "command", "unexpected"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := geo.ReadAsked([]byte(test.body))
			wantInvalid(t, err, test.field, test.rule)
		})
	}
	asked, err := geo.ReadAsked([]byte(`{"base_version":3,"op":"snap","codes":["370305001001001"],"layer":"road","tolerance_m":5}`))
	if err != nil || asked.Base != 3 || asked.Layer != "road" || len(asked.Lines) != 0 {
		t.Errorf("%+v, %v", asked, err)
	}
}

func FuzzReadAsked(f *testing.F) {
	for _, body := range []string{
		`{"base_version":1,"op":"move_vertex","from":[118.31,36.82],"to":[118.32,36.82]}`,
		`{"base_version":1,"op":"create","grid":{"code":"370305001001009","name":"a","geometry":{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,1],[1,2]]]}}}`,
		`{"base_version":9,"op":"snap","codes":["1"],"layer":"road","tolerance_m":1e3}`,
		`{"base_version":1,"op":"replace","code":"1","geometry":{"type":"Point","coordinates":null}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		asked, err := geo.ReadAsked(body)
		var invalid *geo.InvalidError
		if err != nil && !errors.As(err, &invalid) {
			t.Errorf("%q: %v does not name the field", body, err)
		}
		if err == nil && (asked.Base < 1 || asked.Layer == "" && asked.Validate() != nil) {
			t.Errorf("%q was read as %+v", body, asked)
		}
	})
}
