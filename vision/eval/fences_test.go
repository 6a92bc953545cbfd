package eval_test

import (
	"errors"
	"strings"
	"testing"

	"gridwatch/geo"
	"gridwatch/vision/eval"
)

const lane = `{"name":"lane","rule":"fire_lane","polygon":[[0.8,0.1],[0.9,0.1],[0.9,0.2]]`

func TestDecodeFences(t *testing.T) {
	fences, err := eval.DecodeFences([]byte(`{"fences":[` + lane + `,"hours":"06:00-08:30, 22:00–02:00","thresholds":{"raise_s":20}},
		{"name":"always","rule":"debris","polygon":[[0,0],[1,0],[1,1],[0,0]],"hours":null},
		{"name":"weekend","rule":"vending","polygon":[[0,0],[1,0],[1,1]],"hours":{"windows":[{"days":[0,6],"from":"08:00","to":"20:00"}]}}]}`))
	if err != nil || len(fences) != 3 {
		t.Fatal(fences, err)
	}
	f := fences[0]
	if f.Name != "lane" || f.Rule != "fire_lane" || f.ViewID != eval.ViewID || f.Thresholds["raise_s"] != 20 {
		t.Errorf("lane came back as %+v", f)
	}
	if ring := f.Frame[0]; len(ring) != 4 || ring[3] != ring[0] {
		t.Errorf("the ring is not closed: %v", ring)
	}
	if w := f.Hours.Windows; len(w) != 2 || w[0].To != "08:30" || w[1].From != "22:00" {
		t.Errorf("hours came back as %+v", w)
	}
	if len(fences[1].Frame[0]) != 4 || len(fences[1].Hours.Windows) != 0 {
		t.Errorf("a closed ring, always open, came back as %+v", fences[1])
	}
	if w := fences[2].Hours.Windows; len(w) != 1 || len(w[0].Days) != 2 {
		t.Errorf("hours came back as %+v", w)
	}
}

func TestDecodeFences_Refuses(t *testing.T) {
	for name, test := range map[string]struct{ text, says string }{
		"no JSON":        {`fences`, "invalid character"},
		"none":           {`{"fences":[]}`, "there is none"},
		"unknown key":    {`{"fences":[` + lane + `,"colour":"red"}]}`, "colour"},
		"two points":     {`{"fences":[{"name":"a","rule":"debris","polygon":[[0,0],[1,1]]}]}`, "fences[0].polygon: must have three corners"},
		"one number":     {`{"fences":[{"name":"a","rule":"debris","polygon":[[0,0],[1],[1,1]]}]}`, "fences[0].polygon[1]: must be two numbers"},
		"three numbers":  {`{"fences":[{"name":"a","rule":"debris","polygon":[[0,0],[1,0,1],[1,1]]}]}`, "polygon[1]: must be two numbers"},
		"pixels":         {`{"fences":[{"name":"a","rule":"debris","polygon":[[0,0],[640,0],[640,480]]}]}`, "must lie in 0..1"},
		"bow-tie":        {`{"fences":[{"name":"a","rule":"debris","polygon":[[0,0],[1,1],[1,0],[0,1]]}]}`, "fences[0].frame"},
		"no name":        {`{"fences":[{"rule":"debris","polygon":[[0,0],[1,0],[1,1]]}]}`, "fences[0].name: is missing"},
		"no rule":        {`{"fences":[{"name":"a","polygon":[[0,0],[1,0],[1,1]]}]}`, "fences[0].rule: is missing"},
		"twice the name": {`{"fences":[` + lane + `},` + lane + `}]}`, `fences[1].name: "lane" is fences[0] already`},
		"hours":          {`{"fences":[` + lane + `,"hours":"in the morning"}]}`, "hours"},
		"hour 25":        {`{"fences":[` + lane + `,"hours":"25:00-26:00"}]}`, "hours"},
		"more behind":    {`{"fences":[` + lane + `}]} {}`, "more behind"},
	} {
		t.Run(name, func(t *testing.T) {
			if fences, err := eval.DecodeFences([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, %v; want an error with %q", fences, err, test.says)
			}
		})
	}
}

func TestDecodePairs_Refuses(t *testing.T) {
	for _, text := range []string{
		`{"pairs":[{"pixel":[0.1,0.2]}]}`, `{"pairs":[{"pixel":[0.1],"lonlat":[118,36]}]}`, `{"pairs":[{"pixel":[0.1,0.2],"lonlat":[118,36,9]}]}`,
	} {
		var invalid *geo.InvalidError
		if pairs, err := eval.DecodePairs([]byte(text)); !errors.As(err, &invalid) || !strings.HasPrefix(invalid.Field, "pairs[0].") {
			t.Errorf("%s: got %v, %v", text, pairs, err)
		}
	}
}

// What DecodeFences lets through, the kernel can use.
func FuzzDecodeFences(f *testing.F) {
	f.Add([]byte(`{"fences":[` + lane + `,"hours":"06:00-08:30"}]}`))
	f.Add([]byte(`{"fences":[{"name":"a","rule":"debris","polygon":[[0,0],[1e308,0],[1,-1e308]],"hours":{"windows":[{}]}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		fences, err := eval.DecodeFences(text)
		if err != nil {
			return
		}
		for _, fence := range fences {
			if err := fence.Validate(); err != nil {
				t.Errorf("let %+v through: %v", fence, err)
			}
		}
	})
}
