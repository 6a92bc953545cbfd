package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gridwatch/geo"
)

func runImport(ctx context.Context, args []string, out io.Writer) error {
	if len(args) >= 2 {
		switch args[0] {
		case "grids":
			return importGrids(ctx, args[1:], out)
		case "scene":
			return importScene(ctx, args[1], args[2:], out)
		}
	}
	return errors.New(`usage:
  gridwatch import grids FILE --net community|road [--crs EPSG:4326] [--encoding GBK] [--title T] [--from DATE] [--publish]
  gridwatch import scene FILE.yaml     cameras, fences and permits, as configs/demo/cameras.yaml`)
}

// importScene stores cameras, fences and permits; a running service follows within seconds.
func importScene(ctx context.Context, path string, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("import scene", flag.ContinueOnError)
	config := flags.String("config", "", "configuration `FILE`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	cfg, err := loadWithDatabase(*config)
	if err != nil {
		return err
	}
	rules, err := readRules(cfg.Rules)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return err
	}
	scene, err := readScene(text, folder)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	pool, err := geo.Open(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	store := geo.NewStore(pool)
	cameras, err := camerasIn(pool)
	if err != nil {
		return err
	}
	if err := scene.put(ctx, cameras, store, rules); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	fmt.Fprintf(out, "stored %d cameras, %d fences and %d permits\n", len(scene.Cameras), len(scene.Fences), len(scene.Permits))
	return nil
}
