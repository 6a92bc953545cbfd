// Command gridwatch is the whole program: it watches cameras, keeps the record of alerts and serves the three pages.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is one subcommand. run returns what went wrong in words for a person.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, args []string, out io.Writer) error
}

var commands = []command{
	{"serve", "watch the cameras and serve the pages", runServe},
	{"demo", "serve with a demonstration city and a private PostGIS", runDemo},
	{"watch", "say what recorded clips show: watch FILE… --fences FILE.json --json", runWatch},
	{"migrate", "bring the database to the newest schema", runMigrate},
	{"import", "load grids from survey files, or cameras and fences from YAML", runImport},
	{"export", "write grids as GeoJSON, GeoPackage, shapefile, KML or CSV", runExport},
	{"check", "say what is wrong with the grids of a file or of an edition", runCheck},
	{"ca", "make a certificate for phones, by a private authority: ca HOST…", runCA},
	{"user", "add a person: user add USERNAME --role operator --name NAME", runUser},
	{"models", "make the detector from its npm packages", runModels},
	{"doctor", "check this machine and configuration, and say how many cameras it carries", runDoctor},
	{"eval", "measure the rules on labelled clips", runEval},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := dispatch(ctx, os.Args[1:], os.Stdout)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		usage(os.Stderr)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "gridwatch:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage")

func dispatch(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(ctx, args[1:], out)
		}
	}
	return errUsage
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "gridwatch 网格哨\n\nUsage: gridwatch COMMAND [FLAGS]")
	fmt.Fprintln(w)
	for _, c := range commands {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.summary)
	}
	fmt.Fprintln(w, "\n`gridwatch COMMAND -h` lists a command's flags.")
}
