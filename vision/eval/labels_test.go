package eval

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridwatch/configs"
	"gridwatch/vision"
)

func TestShipped_EveryLabelFitsTheRules(t *testing.T) {
	rules, err := vision.LoadRules(configs.Read("rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	raised, silent := map[string]int{}, map[string]int{}
	for _, l := range all {
		if _, err := l.city(rules); err != nil {
			t.Errorf("%s: %v", l.Name, err)
		}
		for _, e := range l.Events {
			if e.Raised {
				raised[e.Rule]++
			} else {
				silent[e.Rule]++
			}
		}
	}
	for _, rule := range []string{"fire_lane", "vending", "debris"} {
		if raised[rule] == 0 || silent[rule] == 0 {
			t.Errorf("%s has %d labels of something and %d of nothing", rule, raised[rule], silent[rule])
		}
	}
}

const goodLabels = `{
  "about": "a car", "scene": "lorry", "composed": true, "seconds": 100, "conditions": ["day", "rain+jpeg"],
  "fences": [{"name": "lane", "rule": "fire_lane", "polygon": [[0, 0], [1, 0], [1, 1]]}],
  "labels": [{"fence": "lane", "rule": "fire_lane", "from": 10, "until": 90, "box": [0.1, 0.2, 0.3, 0.4], "expect": "raised", "raise_at": 70}]
}`

func TestDecodeLabels(t *testing.T) {
	l, err := DecodeLabels("good", []byte(goodLabels))
	if err != nil {
		t.Fatal(err)
	}
	e := l.Events[0]
	if l.Name != "good" || l.Seconds != 100 || len(l.Fences) != 1 || e.From != 10 || e.Until != 90 || !e.Raised || e.RaiseAt != 70 ||
		e.Box != (vision.Box{X: 0.1, Y: 0.2, W: 0.3, H: 0.4}) {
		t.Errorf("read %+v", l)
	}
	open, err := DecodeLabels("open", []byte(strings.ReplaceAll(strings.ReplaceAll(goodLabels, `"until": 90, `, ""), `, "raise_at": 70`, "")))
	if err != nil {
		t.Fatal(err)
	}
	if e := open.Events[0]; !math.IsInf(e.Until, 1) || !math.IsNaN(e.RaiseAt) {
		t.Errorf("a thing that stays is %+v", e)
	}
}

func TestDecodeLabels_RefusesWhatCannotBeMeant(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"a missing label", `"labels": [{"fence": "lane"`, `"labels": [], "more": [{"fence": "lane"`, "more"},
		{"no labels at all", goodLabels[strings.Index(goodLabels, `"labels"`):], `"labels": []}`, `labels: say nothing of fence "lane"`},
		{"no from", `"from": 10, `, ``, "labels[0].from: is missing"},
		{"no box", `, "box": [0.1, 0.2, 0.3, 0.4]`, ``, "labels[0].box: must be x, y, width and height (got 0 numbers)"},
		{"a box of three", `0.3, 0.4]`, `0.3]`, "labels[0].box"},
		{"a box outside", `[0.1, 0.2, 0.3, 0.4]`, `[0.8, 0.2, 0.3, 0.4]`, "labels[0].box"},
		{"an unknown fence", `"fence": "lane"`, `"fence": "yard"`, `labels[0].fence: there is no fence "yard"`},
		{"another rule than the fence's", `{"fence": "lane", "rule": "fire_lane"`, `{"fence": "lane", "rule": "debris"`, "labels[0].rule"},
		{"an expectation that is none", `"raised"`, `"perhaps"`, "labels[0].expect"},
		{"an end before the beginning", `"until": 90`, `"until": 5`, "labels[0].until"},
		{"beyond the clip", `"from": 10, "until": 90`, `"from": 200`, "labels[0].from"},
		{"raised before it came", `"raise_at": 70`, `"raise_at": 7`, "labels[0].raise_at"},
		{"a text where a number belongs", `"from": 10`, `"from": "10"`, "from"},
		{"an unknown field", `"about"`, `"abuot"`, "abuot"},
		{"an unknown scene", `"lorry"`, `"parade"`, "scene"},
		{"a scene and a file", `"scene"`, `"file": "a.mp4", "scene"`, "scene"},
		{"a file somewhere else", `"scene": "lorry"`, `"file": "../a.mp4"`, "file"},
		{"a condition of a recording", `"scene": "lorry"`, `"file": "a.mp4"`, "conditions[1]"},
		{"an unknown condition", `"rain+jpeg"`, `"rain+hail"`, "conditions[1]"},
		{"a condition twice", `"rain+jpeg"`, `"day"`, "conditions[1]"},
		{"not said whether it is composed", `"composed": true, `, ``, "composed"},
		{"no length", `"seconds": 100, `, ``, "seconds"},
		{"a fence of two points", `[0, 0], [1, 0], [1, 1]`, `[0, 0], [1, 0]`, "fences[0].polygon"},
		{"a permit without a map", `"labels"`, `"permits": [{"name": "p", "rules": ["vending"], "polygon": [[0, 0], [1, 0], [1, 1]]}], "labels"`, "permits"},
		{"pairs in a line", `"labels"`, `"pairs": [{"pixel": [0.1, 0.5], "lonlat": [118, 36]}, {"pixel": [0.2, 0.5], "lonlat": [118.1, 36]}, {"pixel": [0.3, 0.5], "lonlat": [118.2, 36]}, {"pixel": [0.4, 0.5], "lonlat": [118.3, 36]}], "labels"`, "pairs"},
	} {
		if !strings.Contains(goodLabels, c.old) {
			t.Fatalf("%s: there is no %q to replace", c.name, c.old)
		}
		_, err := DecodeLabels("bad", []byte(strings.Replace(goodLabels, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error that says %q", c.name, err, c.want)
		}
	}
}

func TestReadLabels_NamesTheFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.json"), []byte(`{"about": 3}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readLabels(os.DirFS(dir), "."); err == nil || !strings.Contains(err.Error(), "mine.json") {
		t.Errorf("%v, want an error that names the file", err)
	}
}

// Whatever the bytes, labels that are read can be used.
func FuzzDecodeLabels(f *testing.F) {
	f.Add([]byte(goodLabels))
	all, err := shipped.ReadDir("labels")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range all {
		text, err := shipped.ReadFile("labels/" + file.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := DecodeLabels("fuzz", text)
		if err != nil {
			return
		}
		if !json.Valid(text) || len(l.Events) < 1 || len(l.Fences) < 1 || !(l.Seconds > 0) {
			t.Fatalf("took %q for labels", text)
		}
		for _, e := range l.Events {
			if !(e.From >= 0 && e.From < e.Until) || !(e.Box.W > 0 && e.Box.H > 0) {
				t.Errorf("label %+v", e)
			}
		}
	})
}
