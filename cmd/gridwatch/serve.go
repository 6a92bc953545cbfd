package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"

	"gridwatch/migrations"
)

func runServe(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	path := flags.String("config", "", "configuration `FILE`; every key and its default is in configs/gridwatch.yaml")
	if err := flags.Parse(args); err != nil {
		return err
	}
	cfg, err := loadWithDatabase(*path)
	if err != nil {
		return err
	}
	if err := migrations.Up(ctx, cfg.DatabaseURL, func(file string) { slog.Info("migration applied", "file", file) }); err != nil {
		return err
	}
	return serve(ctx, cfg, func(address string) { fmt.Fprintf(out, "Gridwatch is at http://%s\n", address) })
}

// serve runs everything until ctx ends. ready is called with the address once it listens.
func serve(ctx context.Context, cfg Config, ready func(address string)) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: logLevel()}))
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", cfg.Listen, err)
	}
	s, err := newService(ctx, cfg, log)
	if err != nil {
		listener.Close()
		return err
	}
	defer s.close()
	ready(listener.Addr().String())
	if err := s.run(ctx, listener); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// logLevel is warnings, unless GRIDWATCH_LOG asks for more.
func logLevel() slog.Level {
	level := slog.LevelWarn
	if text := os.Getenv("GRIDWATCH_LOG"); text != "" {
		if err := level.UnmarshalText([]byte(text)); err != nil {
			level = slog.LevelInfo
		}
	}
	return level
}
