package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
	_ "time/tzdata" // A machine without zone files still knows the city's hours.

	"gridwatch/configs"
	"gridwatch/geo"

	"go.yaml.in/yaml/v3"
)

// Config is the whole program's configuration. configs/gridwatch.yaml shows every key with its default.
type Config struct {
	Listen        string         `yaml:"listen"`
	DataDir       string         `yaml:"data_dir"`
	Timezone      string         `yaml:"timezone"`
	SecureCookies bool           `yaml:"secure_cookies"`
	BehindProxy   bool           `yaml:"behind_proxy"`
	Origins       []string       `yaml:"origins"`
	District      DistrictConfig `yaml:"district"`
	NATS          NATSConfig     `yaml:"nats"`
	Detector      DetectorConfig `yaml:"detector"`
	Rules         string         `yaml:"rules"`
	Matters       string         `yaml:"matters"`
	Dispatch      DispatchConfig `yaml:"dispatch"`

	DatabaseURL string `yaml:"-"` // From DATABASE_URL.
}

// DistrictConfig names the city's district.
type DistrictConfig struct {
	Code string `yaml:"code"`
	Name string `yaml:"name"`
}

// NATSConfig says where messages live.
type NATSConfig struct {
	URL string `yaml:"url"`
}

// DetectorConfig chooses a model.
type DetectorConfig struct {
	Kind     string   `yaml:"kind"`
	Model    string   `yaml:"model"`
	Library  string   `yaml:"library"`
	Input    int      `yaml:"input"`
	Labels   []string `yaml:"labels"`
	Vehicles []string `yaml:"vehicles"`
	Score    float64  `yaml:"score"`
	NMS      float64  `yaml:"nms"`
	Sessions int      `yaml:"sessions"`
}

// DispatchConfig says which net answers.
type DispatchConfig struct {
	Precedence []PrecedenceConfig `yaml:"precedence"`
}

// PrecedenceConfig is one line of the precedence.
type PrecedenceConfig struct {
	Matters []string `yaml:"matters"`
	Net     geo.Net  `yaml:"net"`
}

// loadConfig reads the defaults, then the file at path (if any), then the environment, and validates.
func loadConfig(path string, getenv func(string) string) (Config, error) {
	var cfg Config
	if err := decodeConfig(configs.Read("gridwatch.yaml"), &cfg); err != nil {
		panic(err) // The shipped file is tested.
	}
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return Config{}, fmt.Errorf("configuration: %w", err)
		}
		if err := decodeConfig(text, &cfg); err != nil {
			return Config{}, fmt.Errorf("configuration %s: %w", path, err)
		}
	}
	cfg.DatabaseURL = getenv("DATABASE_URL")
	if addr := getenv("GRIDWATCH_ADDR"); addr != "" {
		cfg.Listen = addr
	}
	if err := cfg.Validate(); err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	return cfg, nil
}

// loadWithDatabase is loadConfig for commands that work on a database.
func loadWithDatabase(path string) (Config, error) {
	cfg, err := loadConfig(path, os.Getenv)
	if err == nil && cfg.DatabaseURL == "" {
		err = geo.Invalid("DATABASE_URL", "must name the PostGIS database, as postgres://user@host/gridwatch")
	}
	return cfg, err
}

// decodeConfig lays the keys of text over cfg.
func decodeConfig(text []byte, cfg *Config) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(cfg); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// Validate names the first key that is wrong.
func (c Config) Validate() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return geo.Invalid("listen", "must be host:port, as 127.0.0.1:8080 (got %q)", c.Listen)
	}
	if c.DataDir == "" {
		return geo.Invalid("data_dir", "must name a folder")
	}
	if _, err := c.Location(); err != nil {
		return geo.Invalid("timezone", "unknown zone %q", c.Timezone)
	}
	if len(c.District.Code) != 6 || strings.Trim(c.District.Code, "0123456789") != "" {
		return geo.Invalid("district.code", "must be six digits (got %q)", c.District.Code)
	}
	return errors.Join(c.Detector.validate(), c.Dispatch.validate())
}

func (d DetectorConfig) validate() error {
	switch {
	case d.Kind != "nanodet" && d.Kind != "yolox":
		return geo.Invalid("detector.kind", "must be nanodet or yolox (got %q)", d.Kind)
	case d.Input <= 0 || d.Input%32 != 0:
		return geo.Invalid("detector.input", "must be a positive multiple of 32 (got %d)", d.Input)
	case !(d.Score > 0 && d.Score < 1):
		return geo.Invalid("detector.score", "must lie between 0 and 1 (got %g)", d.Score)
	case !(d.NMS > 0 && d.NMS < 1):
		return geo.Invalid("detector.nms", "must lie between 0 and 1 (got %g)", d.NMS)
	case d.Sessions < 0:
		return geo.Invalid("detector.sessions", "must not be negative (got %d)", d.Sessions)
	}
	return nil
}

func (d DispatchConfig) validate() error {
	for i, p := range d.Precedence {
		if p.Net != geo.Community && p.Net != geo.Road {
			return geo.Invalid(fmt.Sprintf("dispatch.precedence[%d].net", i), "must be community or road (got %q)", p.Net)
		}
		if len(p.Matters) == 0 {
			return geo.Invalid(fmt.Sprintf("dispatch.precedence[%d].matters", i), "must name at least one matter")
		}
	}
	return nil
}

// Location is the city's time zone.
func (c Config) Location() (*time.Location, error) { return time.LoadLocation(c.Timezone) }
