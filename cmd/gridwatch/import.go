package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"gridwatch/geo"
)

func runImport(ctx context.Context, args []string, out io.Writer) error {
	if len(args) >= 2 {
		switch args[0] {
		case "grids":
			return importGrids(ctx, args[1], args[2:], out)
		case "scene":
			return importScene(ctx, args[1], args[2:], out)
		}
	}
	return errors.New(`usage:
  gridwatch import grids FILE.geojson --net community|road --crs EPSG:4326
  gridwatch import scene FILE.yaml     cameras, fences and permits, as configs/demo/cameras.yaml`)
}

// importGrids loads the grids of one net as a new edition, all or nothing.
func importGrids(ctx context.Context, path string, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("import grids", flag.ContinueOnError)
	config := flags.String("config", "", "configuration `FILE`")
	net := flags.String("net", "", "the `NET`: community or road")
	crs := flags.String("crs", "", "the coordinate system of the file: EPSG:4326, EPSG:4490, GCJ-02 or BD-09")
	from := flags.String("from", "", "in force from this `DATE` (2026-12-01); now when left out")
	title := flags.String("title", "", "the edition's `TITLE`; the file's name when left out")
	demo := flags.Bool("demo", false, "mark as demonstration geometry")
	if err := flags.Parse(args); err != nil {
		return err
	}
	cfg, err := loadWithDatabase(*config)
	if err != nil {
		return err
	}
	location, err := cfg.Location()
	if err != nil {
		return err
	}
	start := time.Now()
	if *from != "" {
		if start, err = time.ParseInLocation(time.DateOnly, *from, location); err != nil {
			return geo.Invalid("--from", "must be a date like 2026-12-01 (got %q)", *from)
		}
	}
	if *title == "" {
		*title = filepath.Base(path)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	grids, err := geo.ReadGrids(file, geo.Net(*net), *crs)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	pool, err := geo.Open(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	edition, err := geo.NewStore(pool).ImportGrids(ctx, geo.Net(*net), *title, start, *demo, grids)
	if err != nil {
		return fmt.Errorf("%s: nothing was imported: %w", path, err)
	}
	fmt.Fprintf(out, "imported %d grids as edition %d of the %s net, in force from %s\n",
		len(grids), edition.ID, edition.Net, edition.From.In(location).Format(time.DateTime))
	return nil
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
