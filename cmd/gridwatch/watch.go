package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/eval"
)

// noon is when a clip begins whose beginning nobody knows.
var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.FixedZone("+08", 8*3600))

// runWatch says what recorded clips show, by the same parts that watch a city.
func runWatch(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("watch", flag.ContinueOnError)
	config := flags.String("config", "", "configuration `FILE`")
	fences := flags.String("fences", "", "JSON `FILE` of fences in normalised frame coordinates")
	rules := flags.String("rules", "", "YAML `FILE` whose keys replace those of the shipped rules.yaml")
	calibration := flags.String("calibration", "", "JSON `FILE` of pixel and lonlat pairs; without it nothing is measured in metres")
	start := flags.String("start", noon.Format(time.RFC3339), "`TIME` of the first picture, which the fences' hours are held against")
	fps := flags.Float64("fps", 2, "`FRAMES` a second that are looked at")
	asJSON := flags.Bool("json", false, "print one JSON object a line")
	dir := flags.String("out", "", "`FOLDER` for annotated pictures")
	files, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if len(files) == 0 || *fences == "" {
		return fmt.Errorf("usage: gridwatch watch FILE… --fences FILE.json [--rules FILE.yaml] [--calibration FILE.json] [--start RFC3339] [--json] [--out DIR]")
	}
	cfg, err := loadConfig(*config, os.Getenv)
	if err != nil {
		return err
	}
	if *rules != "" {
		cfg.Rules = *rules
	}
	clip := eval.Clip{FPS: *fps}
	if clip.Start, err = time.Parse(time.RFC3339, *start); err != nil {
		return geo.Invalid("--start", "must be a time like 2026-12-01T08:00:00+08:00 (got %q)", *start)
	}
	if clip.City, err = clipCity(cfg, *fences, *calibration); err != nil {
		return err
	}
	if *dir != "" {
		if err := os.MkdirAll(*dir, 0o755); err != nil {
			return err
		}
	}
	detector, err := openDetectors(cfg, clip.City.Rules, slog.Default())
	if err != nil {
		return err
	}
	defer detector.Close()
	for _, file := range files {
		w := watched{file: file, several: len(files) > 1, json: *asJSON, dir: *dir, out: out}
		clip.Path = file
		runner := eval.Runner{Detector: detector.For(file, func() []string { return rulesOf(clip.City) }), Ahead: runtime.NumCPU(), Pictures: *dir != "", LookAgain: cfg.LookAgain()}
		if err := w.run(ctx, runner, clip); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// clipCity is all that the kernel knows when it looks at a clip.
func clipCity(cfg Config, fences, calibration string) (city vision.City, err error) {
	city.Camera = vision.Camera{ID: eval.ViewID, Name: eval.ViewID, View: vision.View{ID: eval.ViewID}}
	if city.Zone, err = cfg.Location(); err != nil {
		return city, err
	}
	if city.Rules, err = readRules(cfg.Rules); err != nil {
		return city, err
	}
	text, err := os.ReadFile(fences)
	if err != nil {
		return city, err
	}
	if city.Fences, err = eval.DecodeFences(text); err != nil {
		return city, fmt.Errorf("%s: %w", fences, err)
	}
	for i, f := range city.Fences {
		if err := city.Rules.CheckFence(f); err != nil {
			return city, fmt.Errorf("%s: fences[%d].%w", fences, i, err)
		}
	}
	if calibration == "" {
		return city, nil
	}
	if text, err = os.ReadFile(calibration); err != nil {
		return city, err
	}
	view := &city.Camera.View
	if view.Pairs, err = eval.DecodePairs(text); err == nil {
		view.Ground, err = geo.SolveGround(view.Pairs)
	}
	if err != nil {
		return city, fmt.Errorf("%s: %w", calibration, err)
	}
	city.Camera.Position = view.Pairs[0].LonLat
	return city, nil
}

// watched is one clip being watched.
type watched struct {
	file    string
	several bool // Lines name their file.
	json    bool
	dir     string
	out     io.Writer
	said    int
}

// sightingLine is one line of `watch --json`. T is seconds of the clip; the box is in normalised frame coordinates.
type sightingLine struct {
	File   string      `json:"file,omitempty"`
	T      float64     `json:"t"`
	Kind   vision.Kind `json:"kind"`
	Rule   string      `json:"rule"`
	Matter string      `json:"matter"`
	Fence  string      `json:"fence"`
	Box    [4]float64  `json:"box"`
	Score  float64     `json:"score"`
	DwellS float64     `json:"dwell_s"`
	Why    vision.Why  `json:"why"`
}

func (w *watched) run(ctx context.Context, runner eval.Runner, clip eval.Clip) error {
	began, shown := time.Now(), time.Time{}
	sum, err := runner.Run(ctx, clip, eval.Hooks{
		Sighting: w.say,
		Observation: func(_ vision.Observation, t float64) {
			if time.Since(shown) >= time.Second {
				shown = time.Now()
				fmt.Fprintf(os.Stderr, "\r%s: %.0f s of the clip, %.1f times as fast as it was filmed ", w.file, t, t/max(time.Since(began).Seconds(), 1e-3))
			}
		},
	})
	if !shown.IsZero() {
		fmt.Fprintln(os.Stderr)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s: %.1f s, %d frames (%d unfit, %d spared the detector), %d sightings, %.1f frames/s\n",
		w.file, sum.Seconds, sum.Frames, sum.Unfit, sum.Spared, w.said, float64(sum.Frames)/max(time.Since(began).Seconds(), 1e-3))
	return nil
}

// say prints one sighting and keeps its pictures.
func (w *watched) say(s vision.Sighting, t float64, pictures []eval.Picture) error {
	w.said++
	if w.dir != "" {
		if err := w.keep(s, pictures); err != nil {
			return err
		}
	}
	if !w.json {
		_, err := fmt.Fprintf(w.out, "%s %7.1f s  %-9s %-12s %s: %s there for %.0f s\n", w.file, t, s.Kind, s.Rule, s.FenceName, s.Class, s.DwellS)
		return err
	}
	line := sightingLine{
		T: t, Kind: s.Kind, Rule: s.Rule, Matter: s.Matter, Fence: s.FenceName,
		Box: [4]float64{s.Box.X, s.Box.Y, s.Box.W, s.Box.H}, Score: s.Score, DwellS: s.DwellS, Why: s.Why,
	}
	if w.several {
		line.File = w.file
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.out, "%s\n", text)
	return err
}

// keep writes the pictures of a sighting as FILE_NNN_raised_now.jpg.
func (w *watched) keep(s vision.Sighting, pictures []eval.Picture) error {
	for _, p := range pictures {
		name := fmt.Sprintf("%s_%03d_%s_%s_%s.jpg", filepath.Base(w.file), w.said, s.Rule, s.Kind, p.Kind)
		if err := os.WriteFile(filepath.Join(w.dir, name), p.JPEG, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// parseMixed parses flags that may stand before, between and behind other arguments, and returns those.
func parseMixed(flags *flag.FlagSet, args []string) (others []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return others, nil
		}
		others, args = append(others, flags.Arg(0)), flags.Args()[1:]
	}
}
