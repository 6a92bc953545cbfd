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

func runExport(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "grids" {
		return errors.New(`usage:
  gridwatch export grids --net community|road --format geojson|gpkg|shp|kml|csv [--crs EPSG:4490] [--encoding GBK] OUT
  gridwatch export grids --edition ID --format … OUT
A shapefile is a zip of its parts. OUT may be - for standard output.`)
	}
	return exportGrids(ctx, args[1:], out)
}

// exportGrids writes the edition of a net that is in force, or any edition, as a file.
func exportGrids(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("export grids", flag.ContinueOnError)
	config := flags.String("config", "", "configuration `FILE`")
	net := flags.String("net", "", "the `NET` whose edition in force is written: community or road")
	edition := flags.Int64("edition", 0, "an edition's number, of any state, instead of --net")
	format := flags.String("format", "", "geojson, gpkg, shp, kml or csv")
	crs := flags.String("crs", "", "the coordinate system; EPSG:4490 when left out, EPSG:4326 for KML")
	encoding := flags.String("encoding", "", "of the names in a shapefile: UTF-8 or GBK")
	path, err := parseWithFile(flags, args)
	if err != nil {
		return err
	}
	if path == "" {
		return geo.Invalid("OUT", "is missing")
	}
	if (*net == "") == (*edition == 0) {
		return geo.Invalid("export grids", "needs --net or --edition")
	}
	as, err := geo.ParseExport(*format, *crs, *encoding)
	if err != nil {
		return err
	}
	grids, of, err := storedGrids(ctx, *config, *edition, geo.Net(*net))
	if err != nil {
		return err
	}
	if path == "-" {
		return as.Write(ctx, out, grids)
	}
	if err := writeWhole(ctx, path, as, grids); err != nil {
		return err
	}
	fmt.Fprintf(out, "exported %d grids of edition %d of the %s net (%s, %s)\n", len(grids), of.ID, of.Net, as.Format, as.CRS)
	return nil
}

// writeWhole puts the file in its place when all of it is written.
func writeWhole(ctx context.Context, path string, as geo.Export, grids []geo.Grid) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".gridwatch-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := as.Write(ctx, file, grids); err != nil {
		return err
	}
	if err := errors.Join(file.Chmod(0o644), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
