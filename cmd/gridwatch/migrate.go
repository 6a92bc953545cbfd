package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"gridwatch/migrations"
)

func runMigrate(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	path := flags.String("config", "", "configuration `FILE`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	cfg, err := loadWithDatabase(*path)
	if err != nil {
		return err
	}
	count := 0
	if err := migrations.Up(ctx, cfg.DatabaseURL, func(file string) {
		count++
		fmt.Fprintln(out, "applied", file)
	}); err != nil {
		return err
	}
	if count == 0 {
		fmt.Fprintln(out, "the schema is up to date")
	}
	return nil
}
