package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"gridwatch/configs"
	"gridwatch/vision"
	"gridwatch/vision/eval"
)

// measured is what `gridwatch eval` writes.
type measured struct {
	At      time.Time  `json:"at"`
	Cores   int        `json:"cores"`
	TookS   float64    `json:"took_s"`
	Model   string     `json:"model"`
	Version int        `json:"rules_version"`
	Rows    []eval.Row `json:"rows"`
	Totals  []eval.Row `json:"totals"`
}

// runEval measures the rules on labelled clips and prints the table.
func runEval(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("eval", flag.ContinueOnError)
	models := flags.String("models", "var/models", "`FOLDER` of the detector")
	clip := flags.String("clip", "var/setup/vtest.avi", "the real clip, `FILE`")
	cache := flags.String("cache", "var/eval/clips", "`FOLDER` of the composed scenes; they are made once")
	result := flags.String("out", "var/eval.json", "`FILE` for the figures")
	only := flags.String("only", "", "only clips whose `NAME` and condition contain this")
	clips := flags.String("clips", "", "`FOLDER` of further recordings, each with its labels beside it: NAME.json")
	if err := flags.Parse(args); err != nil {
		return err
	}
	cfg, err := loadConfig("", os.Getenv)
	if err != nil {
		return err
	}
	cfg.Detector.Model, cfg.Detector.Library = filepath.Join(*models, "nanodet-g.onnx"), filepath.Join(*models, "libonnxruntime.so")
	detector, err := openDetector(cfg.Detector)
	if err != nil {
		return err
	}
	defer detector.Close()
	rules, err := vision.LoadRules(configs.Read("rules.yaml"))
	if err != nil {
		return err
	}
	began := time.Now()
	exam := eval.Exam{
		Runner: eval.Runner{Detector: detector.For("eval"), Ahead: runtime.NumCPU(), LookAgain: cfg.LookAgain()}, Rules: rules,
		Real: *clip, Cache: *cache, Folder: *clips, Only: *only,
		Progress: func(what string) { fmt.Fprintf(os.Stderr, "%5.0f s  %s\n", time.Since(began).Seconds(), what) },
	}
	rows, err := exam.Run(ctx)
	if err != nil {
		return err
	}
	totals := eval.Totals(rows)
	if err := eval.Print(out, append(rows, totals...)); err != nil {
		return err
	}
	text, err := json.MarshalIndent(measured{
		At: began.UTC(), Cores: runtime.NumCPU(), TookS: time.Since(began).Seconds(), Model: detector.Fingerprint(), Version: rules.Version,
		Rows: rows, Totals: totals,
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(*result), 0o755); err != nil {
		return err
	}
	return os.WriteFile(*result, append(text, '\n'), 0o644)
}
