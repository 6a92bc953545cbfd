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
	scheme := "http"
	if cfg.TLS.on() {
		scheme = "https"
	}
	return serve(ctx, cfg, func(address string) { fmt.Fprintf(out, "Gridwatch is at %s://%s\n", scheme, address) })
}

// serve runs everything until ctx ends. ready is called with the address once it listens.
func serve(ctx context.Context, cfg Config, ready func(address string)) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: logLevel()}))
	doors, err := openDoorways(cfg)
	if err != nil {
		return err
	}
	s, err := newService(ctx, cfg, log)
	if err != nil {
		doors.close()
		return err
	}
	defer s.close()
	ready(doors.main.Addr().String())
	if err := s.run(ctx, doors); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// doorways are the addresses that serve listens on.
type doorways struct {
	main  net.Listener
	plain net.Listener // Nil unless the main one speaks TLS and the configuration names it.
}

func openDoorways(cfg Config) (d doorways, err error) {
	if d.main, err = net.Listen("tcp", cfg.Listen); err != nil {
		return doorways{}, fmt.Errorf("listen on %s: %w", cfg.Listen, err)
	}
	if cfg.TLS.Plain == "" {
		return d, nil
	}
	if d.plain, err = net.Listen("tcp", cfg.TLS.Plain); err != nil {
		d.main.Close()
		return doorways{}, fmt.Errorf("listen on %s (tls.plain): %w", cfg.TLS.Plain, err)
	}
	return d, nil
}

func (d doorways) close() {
	d.main.Close()
	if d.plain != nil {
		d.plain.Close()
	}
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
