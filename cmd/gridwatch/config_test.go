package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridwatch/configs"
	"gridwatch/geo"
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
		{"unknown net", "dispatch: {precedence: [{matters: [\"09*\"], net: rail}]}\n", "dispatch.precedence[0].net"},
		{"no matter", "dispatch: {precedence: [{net: road}]}\n", "dispatch.precedence[0].matters"},
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
