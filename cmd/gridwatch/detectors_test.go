package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func withCarts(t *testing.T, detector string) Config {
	t.Helper()
	cfg, err := loadConfig(write(t, "detectors: ["+detector+"]\n"), noEnv)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// A detector of the city's own is held against the rules at the start, and the error names its line.
func TestOpenDetectors_NamesWhatDoesNotFit(t *testing.T) {
	notes := filepath.Join(t.TempDir(), "carts.onnx")
	if err := os.WriteFile(notes, []byte("not a model"), 0o600); err != nil {
		t.Fatal(err)
	}
	models := os.Getenv("GRIDWATCH_MODELS")
	if models == "" {
		t.Fatal("GRIDWATCH_MODELS is not set: want the folder of the detector, which `make test` makes")
	}
	rules, err := readRules(write(t, "rules: {vending: {goods: {cart: 1}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	carts := func(model, rules string) string {
		return "{name: carts, kind: yolov8, model: '" + model + "', input: 416, labels: [cart, tent], score: 0.4, nms: 0.5, rules: [" + rules + "]}"
	}
	for _, row := range []struct{ name, detector, want string }{
		{"a rule that does not exist", carts(notes, "vendig"), `detectors[0].rules: there is no rule "vendig"`},
		{"a rule that uses none of its labels", carts(notes, "fire_lane"), `detectors[0].rules: rule "fire_lane" uses none of the labels`},
		{"a file that is no model", carts(notes, "vending"), "detectors[0] carts: model: " + notes},
		{"a file that is not there", carts(notes+"x", "vending"), "detectors[0] carts: model: want an ONNX file"},
		{"a model of another kind", carts(filepath.Join(models, "nanodet-g.onnx"), "vending"), "detectors[0] carts: model: " + models},
	} {
		t.Run(row.name, func(t *testing.T) {
			cfg := withCarts(t, row.detector)
			cfg.Detector.Model, cfg.Detector.Library = filepath.Join(models, "nanodet-g.onnx"), filepath.Join(models, "libonnxruntime.so")
			cfg.Detector.Sessions = 1
			all, err := openDetectors(cfg, rules, slog.New(slog.DiscardHandler))
			if err == nil {
				all.Close()
				t.Fatal("it opens")
			}
			if !strings.Contains(err.Error(), row.want) {
				t.Errorf("the error is %q, want one that says %q", err, row.want)
			}
		})
	}
}

// A rule of whose subjects no detector reports any is told of; the shipped ones all see something.
func TestBlindRules(t *testing.T) {
	rules, err := readRules(write(t, `
rules:
  smoke: {name: 烟, name_en: Smoke, matter: "06020", measured: untested, scene: standing, subjects: [smoke], thresholds: {raise_s: 30, escalate_s: 60}}
`))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig("", noEnv)
	if err != nil {
		t.Fatal(err)
	}
	if got := blindRules(cfg, rules); !slices.Equal(got, []string{"smoke"}) {
		t.Errorf("blind: %v", got)
	}
	cfg.Detectors = []AddedDetectorConfig{{Name: "smoke", Labels: []string{"smoke"}, Rules: []string{"smoke"}}}
	if got := blindRules(cfg, rules); len(got) != 0 {
		t.Errorf("blind with a detector of smoke: %v", got)
	}
}
