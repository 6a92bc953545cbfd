package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// errUnwell is what doctor ends with when something would stop serve; what it is was written out.
var errUnwell = errors.New("serve would not run here")

// state is how grave a finding is.
type state string

const (
	well state = "ok"
	note state = "note" // Serve runs, and somebody should know.
	fail state = "FAIL" // Serve would stop, or could not do its work.
)

// finding is one line of the doctor's.
type finding struct {
	Name  string `json:"name"`
	State state  `json:"state"`
	Says  string `json:"says"`
}

// checkup is all that the doctor found.
type checkup struct {
	Findings []finding    `json:"findings"`
	Measured *measurement `json:"measured,omitempty"`
}

func (c *checkup) say(name string, s state, format string, args ...any) {
	says := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ") // One line, whatever an error brings.
	c.Findings = append(c.Findings, finding{Name: name, State: s, Says: says})
}

// stops reports whether anything found would stop serve.
func (c *checkup) stops() bool {
	for _, f := range c.Findings {
		if f.State == fail {
			return true
		}
	}
	return false
}

// runDoctor looks at the machine and the configuration, and measures what watching costs here.
func runDoctor(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	path := flags.String("config", "", "configuration `FILE`")
	asJSON := flags.Bool("json", false, "write one JSON object instead of lines")
	if err := flags.Parse(args); err != nil {
		return err
	}
	told := out
	if *asJSON {
		told = io.Discard
	}
	c := &checkup{}
	c.look(ctx, *path, os.Getenv, told)
	if *asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(c); err != nil {
			return err
		}
	}
	if c.stops() {
		return errUnwell
	}
	return ctx.Err()
}

// look writes each finding as soon as it is there: the measuring takes half a minute.
func (c *checkup) look(ctx context.Context, path string, getenv func(string) string, out io.Writer) {
	told := 0
	tell := func() {
		for _, f := range c.Findings[told:] {
			fmt.Fprintf(out, "%-5s %-14s %s\n", f.State, f.Name, f.Says)
		}
		told = len(c.Findings)
	}
	c.processor()
	c.clock()
	cfg, err := loadConfig(path, getenv)
	if err != nil {
		c.say("configuration", fail, "%v", err)
		tell()
		return
	}
	c.say("configuration", well, "%s", orWord(path, "defaults"))
	c.files(cfg)
	c.certificate(cfg, time.Now())
	c.address(ctx, cfg)
	tell()
	c.database(ctx, cfg)
	tell()
	c.disk(cfg.DataDir)
	tell()
	decoder := c.decoder(ctx)
	detector := c.detectors(cfg)
	if detector != nil {
		defer detector.Close()
	}
	tell()
	if decoder && detector != nil {
		c.measure(ctx, cfg, detector, out)
		tell()
	}
}

// orWord is text, or a word for none.
func orWord(text, none string) string {
	if text == "" {
		return none
	}
	return text
}
