package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
)

// surveyFlags are what a person says of a survey file.
func surveyFlags(flags *flag.FlagSet) *geo.Survey {
	survey := &geo.Survey{}
	flags.StringVar((*string)(&survey.Net), "net", "", "the `NET`: community or road")
	flags.StringVar(&survey.CRS, "crs", "", "the coordinate system, where the file does not say it: EPSG:4326, EPSG:4490, EPSG:4491 to 4554, GCJ-02 or BD-09")
	flags.StringVar(&survey.Format, "format", "", "geojson, gpkg, shp, kml or csv; found when left out")
	flags.StringVar(&survey.Encoding, "encoding", "", "of the names, where the file does not say it: UTF-8 or GBK")
	return survey
}

// parseWithFile parses flags around one file, which may come before them or after.
func parseWithFile(flags *flag.FlagSet, args []string) (file string, err error) {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		file, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return "", err
	}
	rest := flags.Args()
	if file == "" && len(rest) > 0 {
		file, rest = rest[0], rest[1:]
	}
	if len(rest) > 0 {
		return "", fmt.Errorf("%s: %q is one argument too many", flags.Name(), rest[0])
	}
	return file, nil
}

// importGrids makes an edition of a survey file, all or nothing. The first edition of a net is published: there is nothing
// to compare it with. A later one is a draft, for its mends, its check and its review; --publish puts it into force at once.
func importGrids(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("import grids", flag.ContinueOnError)
	config := flags.String("config", "", "configuration `FILE`")
	survey := surveyFlags(flags)
	from := flags.String("from", "", "in force from this `DATE` (2026-12-01); now when left out")
	title := flags.String("title", "", "the edition's `TITLE`; the file's name when left out")
	publish := flags.Bool("publish", false, "put it into force also where the net has an edition, without a review")
	demo := flags.Bool("demo", false, "mark as demonstration geometry")
	path, err := parseWithFile(flags, args)
	if err != nil {
		return err
	}
	survey.Path = path
	cfg, err := loadWithDatabase(*config)
	if err != nil {
		return err
	}
	zone, err := cfg.Location()
	if err != nil {
		return err
	}
	var planned time.Time
	if *from != "" {
		if planned, err = time.ParseInLocation(time.DateOnly, *from, zone); err != nil {
			return geo.Invalid("--from", "must be a date like 2026-12-01 (got %q)", *from)
		}
	}
	if *title == "" {
		*title = filepath.Base(path)
	}
	read, format, crs, err := geo.ReadSurvey(ctx, *survey)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	pool, err := geo.Open(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	store := geo.NewStore(pool)
	drafts := geo.NewDrafts(pool, geo.NewLocator(store), alerts.NewEditionRecord(nil)) // Open matters are the running service's.
	grids, err := drafts.Imported(ctx, read, crs)
	if err != nil {
		return fmt.Errorf("%s: nothing was imported: %w", path, err)
	}
	first, err := isFirst(ctx, store, survey.Net)
	if err != nil {
		return err
	}
	if *publish || first {
		if planned.IsZero() {
			planned = time.Now()
		}
		edition, err := drafts.Import(ctx, survey.Net, *title, planned, *demo, grids)
		if err != nil {
			return fmt.Errorf("%s: nothing was imported: %w", path, err)
		}
		fmt.Fprintf(out, "imported %d grids (%s, %s) as edition %d of the %s net, in force from %s\n",
			len(grids), format, crs, edition.ID, edition.Net, edition.From.In(zone).Format(time.DateTime))
		return nil
	}
	edition, err := drafts.Begin(ctx, geo.DraftStart{Net: survey.Net, Title: *title, Planned: planned, Grids: grids, Demo: *demo}, geo.Actor{})
	if err != nil {
		return fmt.Errorf("%s: nothing was imported: %w", path, err)
	}
	mends := geo.FindMends(survey.Net, grids, geo.DefaultToleranceM)
	fmt.Fprintf(out, "imported %d grids (%s, %s) as draft %d of the %s net, which is not in force: %d mends are offered; "+
		"check and review it on the planner's page, or import it with --publish\n",
		len(grids), format, crs, edition.ID, edition.Net, len(mends))
	return nil
}

// isFirst reports whether the net has no published edition yet.
func isFirst(ctx context.Context, store *geo.Store, net geo.Net) (bool, error) {
	editions, err := store.Editions(ctx)
	if err != nil {
		return false, err
	}
	for _, e := range editions {
		if e.Net == net {
			return false, nil
		}
	}
	return true, nil
}
