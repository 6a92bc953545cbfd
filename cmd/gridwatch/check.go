package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"gridwatch/geo"
)

func runCheck(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "grids" {
		return errors.New(`usage:
  gridwatch check grids FILE --net community|road [--crs EPSG:4326] [--encoding GBK] [--json]
  gridwatch check grids --edition ID [--json]
It ends with 1 where there are errors; warnings alone are none.`)
	}
	return checkGrids(ctx, args[1:], out)
}

// problemLine is one thing that is wrong with grids, as --json prints it.
type problemLine struct {
	Rule    string      `json:"rule"`
	Text    string      `json:"text"`
	At      *[2]float64 `json:"at"`
	Codes   []string    `json:"codes"`
	Warning bool        `json:"warning"`
}

// checkGrids says what is wrong with the grids of a file, or of an edition of any state. A file needs no database.
func checkGrids(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("check grids", flag.ContinueOnError)
	config := flags.String("config", "", "configuration `FILE`")
	survey := surveyFlags(flags)
	edition := flags.Int64("edition", 0, "an edition's number, instead of a file")
	tolerance := flags.Float64("tolerance", geo.DefaultToleranceM, "how many `METRES` a corner may miss a border by and be told")
	asJSON := flags.Bool("json", false, "print one JSON object")
	path, err := parseWithFile(flags, args)
	if err != nil {
		return err
	}
	if (path == "") == (*edition == 0) {
		return geo.Invalid("check grids", "needs a file or --edition")
	}
	if err := geo.CheckTolerance(*tolerance); err != nil {
		return err
	}
	survey.Path = path
	problems, n, err := problemsOf(ctx, *config, *survey, *edition, *tolerance)
	if err != nil {
		return err
	}
	return printProblems(out, problems, n, *asJSON)
}

// problemsOf looks at the file or the edition. A feature that cannot be read is a problem like the others.
func problemsOf(ctx context.Context, config string, survey geo.Survey, edition int64, toleranceM float64) (problems []geo.Problem, grids int, err error) {
	var read []geo.Grid
	net := survey.Net
	if survey.Path != "" {
		read, _, _, err = geo.ReadSurvey(ctx, survey)
		var invalid *geo.InvalidError
		if errors.As(err, &invalid) {
			return []geo.Problem{{Rule: invalid.Field, Text: invalid.Rule, Codes: []string{}}}, 0, nil
		}
		read = geo.FitGrids(read)
	} else {
		var of geo.Edition
		read, of, err = storedGrids(ctx, config, edition, "")
		net = of.Net
	}
	if err != nil {
		return nil, 0, err
	}
	return geo.CheckGrids(net, read, toleranceM), len(read), nil
}

// storedGrids reads the grids of an edition of any state or, with number 0, of the one that is in force in the net.
func storedGrids(ctx context.Context, config string, edition int64, net geo.Net) ([]geo.Grid, geo.Edition, error) {
	cfg, err := loadWithDatabase(config)
	if err != nil {
		return nil, geo.Edition{}, err
	}
	pool, err := geo.Open(ctx, cfg.DatabaseURL)
	if err != nil {
		return nil, geo.Edition{}, err
	}
	defer pool.Close()
	if edition != 0 {
		return geo.NewStore(pool).GridsOf(ctx, edition)
	}
	return geo.NewStore(pool).Grids(ctx, net, time.Now())
}

// printProblems prints a line for each, and fails where one is an error.
func printProblems(out io.Writer, problems []geo.Problem, grids int, asJSON bool) error {
	lines := make([]problemLine, 0, len(problems))
	wrong := 0
	for _, p := range problems {
		if !p.Warning {
			wrong++
		}
		lines = append(lines, problemLine{p.Rule, p.Text, (*[2]float64)(p.At), append([]string{}, p.Codes...), p.Warning})
	}
	if asJSON {
		text, err := json.MarshalIndent(map[string]any{
			"grids": grids, "errors": wrong, "warnings": len(lines) - wrong, "problems": lines,
		}, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintln(out, string(text))
	} else {
		for _, p := range lines {
			fmt.Fprintln(out, p)
		}
		fmt.Fprintf(out, "%d grids, %d errors, %d warnings\n", grids, wrong, len(lines)-wrong)
	}
	if wrong > 0 {
		return fmt.Errorf("%d errors were found", wrong)
	}
	return nil
}

func (p problemLine) String() string {
	kind := "error"
	if p.Warning {
		kind = "warning"
	}
	line := fmt.Sprintf("%s %s: %s", kind, p.Rule, p.Text)
	if len(p.Codes) > 0 {
		line += " [" + strings.Join(p.Codes, " ") + "]"
	}
	if p.At != nil {
		line += fmt.Sprintf(" at %.7f,%.7f", p.At[0], p.At[1])
	}
	return line
}
