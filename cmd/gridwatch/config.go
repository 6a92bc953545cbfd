package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // A machine without zone files still knows the city's hours.

	"gridwatch/alerts"
	"gridwatch/configs"
	"gridwatch/geo"
	"gridwatch/vision/infer"

	"go.yaml.in/yaml/v3"
)

// Config is the whole program's configuration. configs/gridwatch.yaml shows every key with its default.
type Config struct {
	Listen        string                `yaml:"listen"`
	DataDir       string                `yaml:"data_dir"`
	Timezone      string                `yaml:"timezone"`
	SecureCookies bool                  `yaml:"secure_cookies"`
	BehindProxy   bool                  `yaml:"behind_proxy"`
	Origins       []string              `yaml:"origins"`
	TLS           TLSConfig             `yaml:"tls"`
	District      DistrictConfig        `yaml:"district"`
	NATS          NATSConfig            `yaml:"nats"`
	Detector      DetectorConfig        `yaml:"detector"`
	Detectors     []AddedDetectorConfig `yaml:"detectors"`
	SecondLook    SecondLookConfig      `yaml:"second_look"`
	Rules         string                `yaml:"rules"`
	Matters       string                `yaml:"matters"`
	Places        string                `yaml:"places"`
	Review        ReviewConfig          `yaml:"review"`
	Dispatch      DispatchConfig        `yaml:"dispatch"`
	Ladders       []LadderConfig        `yaml:"ladders"`

	RecordingDays int     `yaml:"recording_days"`
	LookAgainS    float64 `yaml:"look_again_s"`

	CameraFiles string `yaml:"camera_files"`
	LiveViews   int    `yaml:"live_views"`

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

// AddedDetectorConfig is a model of the city's own, for some rules.
type AddedDetectorConfig struct {
	Name     string   `yaml:"name"`
	Kind     string   `yaml:"kind"`
	Model    string   `yaml:"model"`
	Input    int      `yaml:"input"`
	Labels   []string `yaml:"labels"`
	Vehicles []string `yaml:"vehicles"`
	Score    float64  `yaml:"score"`
	NMS      float64  `yaml:"nms"`
	Sessions int      `yaml:"sessions"`
	Rules    []string `yaml:"rules"`
}

// detector is the model, run by the library of the default one.
func (d AddedDetectorConfig) detector(library string) DetectorConfig {
	return DetectorConfig{
		Kind: d.Kind, Model: d.Model, Library: library, Input: d.Input, Labels: d.Labels, Vehicles: d.Vehicles,
		Score: d.Score, NMS: d.NMS, Sessions: max(d.Sessions, 1),
	}
}

// ReviewConfig says when a rule is not trusted at a camera.
type ReviewConfig struct {
	Floor float64 `yaml:"floor"`
	Least int     `yaml:"least"`
}

func (r ReviewConfig) floor() alerts.Floor { return alerts.Floor{Precision: r.Floor, Least: r.Least} }

func (r ReviewConfig) validate() error {
	if err := r.floor().Validate(); err != nil {
		return fmt.Errorf("review.%w", err)
	}
	return nil
}

// SecondLookConfig says which vision model is asked about candidates.
type SecondLookConfig struct {
	URL      string  `yaml:"url"`
	Model    string  `yaml:"model"`
	TimeoutS float64 `yaml:"timeout_s"`
	AtOnce   int     `yaml:"at_once"`

	Key string `yaml:"-"` // From GRIDWATCH_SECOND_LOOK_KEY.
}

// DispatchConfig says which net answers.
type DispatchConfig struct {
	Precedence []PrecedenceConfig `yaml:"precedence"`
}

// PrecedenceConfig is one line of the precedence.
type PrecedenceConfig struct {
	Matters []string  `yaml:"matters"`
	Places  []string  `yaml:"places"`
	Hours   geo.Hours `yaml:"hours"`
	Beats   []string  `yaml:"beats"`
	Net     geo.Net   `yaml:"net"`
}

// LadderConfig says who is told of an alert that nobody takes, for some matters.
type LadderConfig struct {
	Matters []string           `yaml:"matters"`
	Hours   geo.Hours          `yaml:"hours"`
	Steps   []LadderStepConfig `yaml:"steps"`
}

// LadderStepConfig is one rung.
type LadderStepConfig struct {
	AfterMin float64         `yaml:"after_min"`
	To       alerts.LadderTo `yaml:"to"`
}

// ladders are the rungs as they are climbed.
func (c Config) ladders() alerts.Ladders {
	var ladders alerts.Ladders
	for _, l := range c.Ladders {
		ladder := alerts.Ladder{Matters: l.Matters, Hours: l.Hours}
		for _, step := range l.Steps {
			ladder.Steps = append(ladder.Steps, alerts.LadderStep{After: time.Duration(step.AfterMin * float64(time.Minute)), To: step.To})
		}
		ladders = append(ladders, ladder)
	}
	return ladders
}

func (c Config) validLadders() error {
	if err := c.ladders().Validate(); err != nil {
		return fmt.Errorf("ladders%w", err)
	}
	return nil
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
	cfg.SecondLook.Key = getenv("GRIDWATCH_SECOND_LOOK_KEY")
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
	if c.LiveViews < 0 {
		return geo.Invalid("live_views", "must not be negative (got %d)", c.LiveViews)
	}
	if _, err := c.Location(); err != nil {
		return geo.Invalid("timezone", "unknown zone %q", c.Timezone)
	}
	if len(c.District.Code) != 6 || strings.Trim(c.District.Code, "0123456789") != "" {
		return geo.Invalid("district.code", "must be six digits (got %q)", c.District.Code)
	}
	if c.RecordingDays < 1 || c.RecordingDays > 3650 {
		return geo.Invalid("recording_days", "must be 1 to 3650 (got %d)", c.RecordingDays)
	}
	if !(c.LookAgainS >= 0 && c.LookAgainS <= 30) {
		return geo.Invalid("look_again_s", "must be 0 to 30 (got %g)", c.LookAgainS)
	}
	return errors.Join(c.TLS.validate(), c.Detector.validate("detector"), c.validDetectors(), c.SecondLook.validate(), c.Review.validate(), c.Dispatch.validate(), c.validLadders())
}

func (c Config) validDetectors() error {
	names := map[string]bool{}
	for i, d := range c.Detectors {
		field := fmt.Sprintf("detectors[%d]", i)
		switch {
		case strings.TrimSpace(d.Name) == "" || names[d.Name]:
			return geo.Invalid(field+".name", "must be a name that stands once (got %q)", d.Name)
		case d.Model == "":
			return geo.Invalid(field+".model", "must name an ONNX file")
		case len(d.Labels) == 0:
			return geo.Invalid(field+".labels", "must name what the model finds")
		case len(d.Rules) == 0:
			return geo.Invalid(field+".rules", "must name a rule that uses it")
		}
		names[d.Name] = true
		if err := d.detector(c.Detector.Library).validate(field); err != nil {
			return err
		}
	}
	return nil
}

// validate names the first key that is wrong, below field.
func (d DetectorConfig) validate(field string) error {
	switch {
	case !slices.Contains(infer.Kinds(), infer.Kind(d.Kind)):
		return geo.Invalid(field+".kind", "must be one of %q (got %q)", infer.Kinds(), d.Kind)
	case d.Input <= 0 || d.Input%32 != 0:
		return geo.Invalid(field+".input", "must be a positive multiple of 32 (got %d)", d.Input)
	case !(d.Score > 0 && d.Score < 1):
		return geo.Invalid(field+".score", "must lie between 0 and 1 (got %g)", d.Score)
	case !(d.NMS > 0 && d.NMS < 1):
		return geo.Invalid(field+".nms", "must lie between 0 and 1 (got %g)", d.NMS)
	case d.Sessions < 0:
		return geo.Invalid(field+".sessions", "must not be negative (got %d)", d.Sessions)
	}
	return nil
}

func (s SecondLookConfig) validate() error {
	if s.URL == "" {
		return nil
	}
	if !(s.TimeoutS > 0 && s.TimeoutS <= 600) {
		return geo.Invalid("second_look.timeout_s", "must be above 0, at most 600 (got %g)", s.TimeoutS)
	}
	if _, err := openSecondLook(s); err != nil {
		return geo.Invalid("second_look", "%s", err)
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
		if err := p.Hours.Validate(); err != nil {
			return fmt.Errorf("dispatch.precedence[%d].%w", i, err)
		}
	}
	return nil
}

// LookAgain is how long the detector's answer holds where nothing moves and nothing is watched.
func (c Config) LookAgain() time.Duration { return time.Duration(c.LookAgainS * float64(time.Second)) }

// Location is the city's time zone.
func (c Config) Location() (*time.Location, error) { return time.LoadLocation(c.Timezone) }
