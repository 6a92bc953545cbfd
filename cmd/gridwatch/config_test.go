package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridwatch/configs"
	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/eval"
	"gridwatch/vision/infer"
)

func noEnv(string) string { return "" }

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gridwatch.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadConfig_FileOverDefaultsAndEnvironmentOverFile(t *testing.T) {
	path := write(t, "listen: 127.0.0.1:9000\ndetector: {score: 0.5}\n")
	cfg, err := loadConfig(path, func(key string) string {
		return map[string]string{"GRIDWATCH_ADDR": "127.0.0.1:0", "DATABASE_URL": "postgres:///city"}[key]
	})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Listen != "127.0.0.1:0" || cfg.DatabaseURL != "postgres:///city" {
		t.Errorf("the environment lost: listen %q, database %q", cfg.Listen, cfg.DatabaseURL)
	}
	if cfg.Detector.Score != 0.5 || cfg.Detector.Input != 416 {
		t.Errorf("a section in the file must replace its own keys only: %+v", cfg.Detector)
	}
}

const cartsDetector = "{name: carts, kind: yolov8, model: carts.onnx, input: 640, labels: [cart], score: 0.4, nms: 0.5, rules: [vending]}"

func TestLoadConfig_NamesTheKeyThatIsWrong(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"unknown key", "lisen: 127.0.0.1:1\n", "lisen"},
		{"not YAML", "listen: [\n", "yaml"},
		{"no port", "listen: here\n", "listen"},
		{"unknown zone", "timezone: Asia/Atlantis\n", "timezone"},
		{"short district", "district: {code: \"3703\"}\n", "district.code"},
		{"unknown detector", "detector: {kind: magic}\n", "detector.kind"},
		{"odd input", "detector: {input: 417}\n", "detector.input"},
		{"score of one", "detector: {score: 1}\n", "detector.score"},
		{"a long hold", "look_again_s: 31\n", "look_again_s"},
		{"floor of two", "review: {floor: 2}\n", "review.floor"},
		{"nobody's verdict", "review: {least: 0}\n", "review.least"},
		{"a detector without a name", "detectors: [{kind: yolox}]\n", "detectors[0].name"},
		{"a detector without labels", "detectors: [{name: carts, kind: yolox, model: carts.onnx}]\n", "detectors[0].labels"},
		{"a detector for nothing", "detectors: [{name: carts, kind: yolox, model: carts.onnx, labels: [cart]}]\n", "detectors[0].rules"},
		{"a detector of no kind", "detectors: [{name: carts, kind: ssd, model: carts.onnx, labels: [cart], rules: [vending]}]\n", "detectors[0].kind"},
		{"two detectors of one name", "detectors: [" + cartsDetector + ", " + cartsDetector + "]\n", "detectors[1].name"},
		{"a second look without a model", "second_look: {url: 'http://127.0.0.1/v1'}\n", "second_look: model"},
		{"a second look that never ends", "second_look: {url: 'http://127.0.0.1/v1', model: vl, timeout_s: 0}\n", "second_look.timeout_s"},
		{"a second look that is nowhere", "second_look: {url: '127.0.0.1', model: vl}\n", "second_look: url"},
		{"unknown net", "dispatch: {precedence: [{matters: [\"09*\"], net: rail}]}\n", "dispatch.precedence[0].net"},
		{"no matter", "dispatch: {precedence: [{net: road}]}\n", "dispatch.precedence[0].matters"},
		{"hours that are none", "dispatch: {precedence: [{matters: [\"*\"], net: road, hours: {windows: [{from: 25:00, to: 08:00}]}}]}\n", "dispatch.precedence[0].hours.windows[0].from"},
		{"a ladder for nothing", "ladders: [{steps: [{after_min: 5, to: centre}]}]\n", "ladders[0].matters"},
		{"a ladder that goes down", "ladders: [{matters: [\"*\"], steps: [{after_min: 5, to: leader}, {after_min: 5, to: centre}]}]\n", "ladders[0].steps[1].after_min"},
		{"a rung to nobody", "ladders: [{matters: [\"*\"], steps: [{after_min: 5, to: mayor}]}]\n", "ladders[0].steps[0].to"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := loadConfig(write(t, tt.text), noEnv)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error that names %s", err, tt.want)
			}
		})
	}
}

func FuzzDecodeConfig(f *testing.F) {
	f.Add([]byte("listen: 127.0.0.1:9000\n"))
	f.Add([]byte("detector: {score: nan}\ndispatch: {precedence: [{}]}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var cfg Config
		if decodeConfig(text, &cfg) != nil {
			return
		}
		var invalid *geo.InvalidError
		if err := cfg.Validate(); err != nil && !errors.As(err, &invalid) {
			t.Errorf("an error that names no key: %v", err)
		}
	})
}

// Every shipped file loads.
func TestConfigs_ShippedFilesLoad(t *testing.T) {
	if _, err := loadConfig("", noEnv); err != nil {
		t.Error(err)
	}
	if _, err := readMatters(""); err != nil {
		t.Error(err)
	}
	rules, err := readRules("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readPlaceClasses("", rules); err != nil {
		t.Error(err)
	}
	matters, err := readMatters("")
	if err != nil {
		t.Fatal(err)
	}
	seen := append(infer.COCO(), vision.ClassVehicle, vision.ClassChange)
	for _, key := range rules.Keys() {
		rule, _ := rules.Rule(key)
		if _, ok := matters.Find(rule.Matter); !ok {
			t.Errorf("%s finds matter %s, which is not in the catalogue", key, rule.Matter)
		}
		for _, class := range rule.Uses() {
			if !slices.Contains(seen, class) {
				t.Errorf("%s needs %q, which nothing here can see", key, class)
			}
		}
	}
	labels, err := eval.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	measured := []string{vision.Untested}
	for _, l := range labels {
		for _, f := range l.Fences {
			measured = append(measured, f.Rule)
		}
	}
	for _, key := range rules.Keys() {
		if rule, _ := rules.Rule(key); !slices.Contains(measured, rule.Measured) {
			t.Errorf("%s says that row %q of the table measured it; no labelled clip has that rule", key, rule.Measured)
		}
	}
	for _, matter := range matters.All() {
		if _, ok := rules.Rule(matter.Rule); matter.Rule != "" && !ok {
			t.Errorf("matter %s is found by rule %q, which does not exist", matter.Code, matter.Rule)
		}
	}
	scene, err := readScene(configs.Read("demo/cameras.yaml"), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range scene.Fences {
		if err := rules.CheckFence(f.fence()); err != nil {
			t.Error(err)
		}
	}
}
