package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two runs over the real clip say the same, byte by byte: the parked van, once, and nothing of those who walk past.
func TestWatch(t *testing.T) {
	clip, models := given(t, "GRIDWATCH_VTEST"), given(t, "GRIDWATCH_MODELS")
	dir := t.TempDir()
	config := writeFile(t, dir, "gridwatch.yaml",
		"detector: {model: "+filepath.Join(models, "nanodet-g.onnx")+", library: "+filepath.Join(models, "libonnxruntime.so")+"}")
	fences := writeFile(t, dir, "fences.json", `{"fences":[
		{"name":"lane","rule":"fire_lane","polygon":[[0.83,0.13],[0.945,0.13],[0.945,0.20],[0.83,0.20]]},
		{"name":"at night","rule":"fire_lane","polygon":[[0.83,0.13],[0.945,0.13],[0.945,0.20],[0.83,0.20]],"hours":"22:00-06:00"},
		{"name":"forecourt","rule":"vending","polygon":[[0,0.28],[0.8,0.22],[1,0.5],[1,0.85],[0.3,0.5],[0,0.43]]}]}`)
	rules := writeFile(t, dir, "rules.yaml", "version: 7\nrules: {fire_lane: {thresholds: {raise_s: 20, escalate_s: 60}}, vending: {thresholds: {raise_s: 20}}}")
	pictures := filepath.Join(dir, "pictures")
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := runWatch(t.Context(), []string{clip, "--config", config, "--fences", fences, "--rules", rules, "--json", "--out", pictures}, out); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() {
		t.Errorf("the second run says\n%s\nthe first said\n%s", &second, &first)
	}
	var got []string
	for line := range strings.Lines(first.String()) {
		var s struct {
			T                         float64
			Kind, Rule, Matter, Fence string
			Box                       []float64
			Score                     float64
			DwellS                    float64 `json:"dwell_s"`
			Why                       struct {
				RuleVersion int `json:"rule_version"`
			}
		}
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		if len(s.Box) != 4 || s.Box[0] < 0.7 || s.Score <= 0.3 || s.Why.RuleVersion != 7 || s.Matter != "09012" {
			t.Errorf("line %s", line)
		}
		if late := s.T - map[string]float64{"raised": 20, "escalated": 60}[s.Kind]; late < 0 || late > 2 || s.DwellS < s.T-2 {
			t.Errorf("%s at %v s after %v s of dwell", s.Kind, s.T, s.DwellS)
		}
		got = append(got, s.Kind+" "+s.Rule+" "+s.Fence)
	}
	if want := "raised fire_lane lane, escalated fire_lane lane"; strings.Join(got, ", ") != want {
		t.Errorf("said %q, want %q", got, want)
	}
	if made, err := filepath.Glob(filepath.Join(pictures, "vtest.avi_00?_fire_lane_*.jpg")); err != nil || len(made) != 4 {
		t.Errorf("pictures %v, %v; want begin and now of both", made, err)
	}
}

func TestWatch_Refuses(t *testing.T) {
	dir := t.TempDir()
	fences := writeFile(t, dir, "fences.json", `{"fences":[{"name":"a","rule":"debris","polygon":[[0,0],[1,0],[1,1]]}]}`)
	unknown := writeFile(t, dir, "unknown.json", `{"fences":[{"name":"a","rule":"parking_on_mars","polygon":[[0,0],[1,0],[1,1]]}]}`)
	line := writeFile(t, dir, "line.json", `{"pairs":[{"pixel":[0.1,0.1],"lonlat":[118.3,36.8]},{"pixel":[0.2,0.2],"lonlat":[118.3001,36.8001]},
		{"pixel":[0.3,0.3],"lonlat":[118.3002,36.8002]},{"pixel":[0.4,0.4],"lonlat":[118.3003,36.8003]}]}`)
	rules := writeFile(t, dir, "rules.yaml", "rules: {debris: {thresholds: {raise_s: -1}}}")
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"no file":          {[]string{"--fences", fences}, "usage"},
		"no fences":        {[]string{"clip.avi"}, "usage"},
		"unknown rule":     {[]string{"clip.avi", "--fences", unknown}, `fences[0].rule: there is no rule "parking_on_mars"`},
		"start":            {[]string{"clip.avi", "--fences", fences, "--start", "yesterday"}, "--start: must be a time"},
		"pairs in a line":  {[]string{"clip.avi", "--fences", fences, "--calibration", line}, "line"},
		"a bad threshold":  {[]string{"clip.avi", "--fences", fences, "--rules", rules}, "thresholds.raise_s"},
		"no such fences":   {[]string{"clip.avi", "--fences", filepath.Join(dir, "none.json")}, "none.json"},
		"an unknown flag":  {[]string{"clip.avi", "--fence", fences}, "flag provided but not defined"},
		"no configuration": {[]string{"clip.avi", "--fences", fences, "--config", filepath.Join(dir, "none.yaml")}, "none.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := runWatch(t.Context(), test.args, &out); err == nil || !strings.Contains(err.Error(), test.says) || out.Len() > 0 {
				t.Errorf("got %v, printed %q; want an error with %q", err, &out, test.says)
			}
		})
	}
}

func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
