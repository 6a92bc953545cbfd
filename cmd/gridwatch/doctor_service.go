package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gridwatch/migrations"
	"gridwatch/vision/infer"

	"github.com/jackc/pgx/v5"
)

// The doctor's look at what serve is given: files, address, database, detectors.

// files reads what the configuration names.
func (c *checkup) files(cfg Config) {
	rules, err := readRules(cfg.Rules)
	if err != nil {
		c.say("rules", fail, "%s: %v", orWord(cfg.Rules, "shipped"), err)
	} else {
		c.say("rules", well, "%s: version %d, %d rules", orWord(cfg.Rules, "shipped"), rules.Version, len(rules.Keys()))
	}
	if _, err := readPlaceClasses(cfg.Places, rules); err != nil {
		c.say("places", fail, "%s: %v", orWord(cfg.Places, "shipped"), err)
	} else {
		c.say("places", well, "%s", orWord(cfg.Places, "shipped"))
	}
	if _, err := readMatters(cfg.Matters); err != nil {
		c.say("matters", fail, "%s: %v", orWord(cfg.Matters, "shipped"), err)
	} else {
		c.say("matters", well, "%s", orWord(cfg.Matters, "shipped"))
	}
}

// certificate looks at what HTTPS is served with.
func (c *checkup) certificate(cfg Config, now time.Time) {
	if !cfg.TLS.on() {
		c.say("https", note, "off: phones can neither install the page nor keep it without a signal; `gridwatch ca` makes what is missing")
		return
	}
	pair, err := openKeyPair(cfg.TLS, slog.New(slog.DiscardHandler))
	if err != nil {
		c.say("https", fail, "%v", err)
		return
	}
	if _, err := cfg.TLS.authority(); err != nil {
		c.say("https", fail, "%v", err)
		return
	}
	leaf := pair.pair.Leaf
	names := strings.Join(slices.Concat(leaf.DNSNames, texts(leaf.IPAddresses)), ", ")
	switch left := leaf.NotAfter.Sub(now); {
	case left <= 0:
		c.say("https", fail, "the certificate for %s ended on %s", names, leaf.NotAfter.Format(time.DateOnly))
	case left < 30*24*time.Hour:
		c.say("https", note, "the certificate for %s ends on %s: `gridwatch ca` renews it", names, leaf.NotAfter.Format(time.DateOnly))
	default:
		c.say("https", well, "the certificate is for %s, until %s", names, leaf.NotAfter.Format(time.DateOnly))
	}
}

func texts(ips []net.IP) (all []string) {
	for _, ip := range ips {
		all = append(all, ip.String())
	}
	return all
}

// address tries to listen, unless Gridwatch itself listens there already.
func (c *checkup) address(ctx context.Context, cfg Config) {
	listener, err := net.Listen("tcp", cfg.Listen)
	if err == nil {
		listener.Close()
		c.say("listen", well, "%s is free", cfg.Listen)
		return
	}
	asking, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	scheme := "http://"
	if cfg.TLS.on() {
		scheme = "https://"
	}
	anyone := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // It is only asked whether it lives.
	if request, err := http.NewRequestWithContext(asking, http.MethodGet, scheme+cfg.Listen+"/healthz", nil); err == nil {
		if answer, err := anyone.Do(request); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				c.say("listen", note, "%s: Gridwatch, or something like it, runs there", cfg.Listen)
				return
			}
		}
	}
	c.say("listen", fail, "%v", err)
}

// database asks what it is, and whether its schema is that of this program.
func (c *checkup) database(ctx context.Context, cfg Config) {
	if cfg.DatabaseURL == "" {
		c.say("database", fail, "DATABASE_URL must name the PostGIS database, as postgres://user@host/gridwatch")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, cfg.DatabaseURL)
	if err != nil {
		c.say("database", fail, "%v", err)
		return
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var version, postgis string
	var theirs time.Time
	before := time.Now()
	err = conn.QueryRow(ctx, `SELECT current_setting('server_version'), clock_timestamp(),
		coalesce((SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'postgis'), '')`).Scan(&version, &theirs, &postgis)
	took := time.Since(before)
	if err != nil {
		c.say("database", fail, "%v", err)
		return
	}
	if postgis == "" {
		c.say("database", fail, "PostgreSQL %s has no PostGIS", version)
		return
	}
	c.say("database", well, "PostgreSQL %s, PostGIS %s, answers in %.1f ms", version, postgis, took.Seconds()*1000)
	if apart := theirs.Sub(before.Add(took / 2)); math.Abs(apart.Seconds()) > 2 {
		c.say("clocks", note, "the database's clock is %v away from this machine's", apart.Round(100*time.Millisecond))
	}
	pending, err := migrations.Pending(ctx, cfg.DatabaseURL)
	switch {
	case err != nil:
		c.say("schema", fail, "%v", err)
	case len(pending) > 0:
		c.say("schema", note, "serve will apply %d files, %s first", len(pending), pending[0])
	default:
		c.say("schema", well, "up to date")
	}
}

// detectors opens every model of the configuration and returns the first, which the caller closes, or nil.
func (c *checkup) detectors(cfg Config) *infer.Pool {
	c.checksum("runtime", cfg.Detector.Library)
	c.checksum("model", cfg.Detector.Model)
	main, err := openDetector(cfg.Detector)
	if err != nil {
		c.say("detector", fail, "%v; `gridwatch models` makes the shipped one", err)
		return nil
	}
	c.say("detector", well, "%s", main.Fingerprint())
	for _, d := range cfg.Detectors {
		pool, err := openDetector(d.detector(cfg.Detector.Library))
		if err != nil {
			c.say("detector", fail, "%s: %v", d.Name, err)
			continue
		}
		c.say("detector", well, "%s: %s", d.Name, pool.Fingerprint())
		pool.Close()
	}
	return main
}

// checksum says whether a file is the shipped one. Another one is the city's own decision.
func (c *checkup) checksum(name, path string) {
	path = beside(path)
	f, err := os.Open(path)
	if err != nil {
		c.say(name, fail, "%v", err)
		return
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		c.say(name, fail, "%s: %v", path, err)
		return
	}
	sum := hex.EncodeToString(h.Sum(nil))
	if shipped, known := infer.Shipped(filepath.Base(path)); known && sum != shipped {
		c.say(name, note, "%s: SHA-256 %.12s… is not that of the shipped file of this name, %.12s…", path, sum, shipped)
		return
	}
	c.say(name, well, "%s: SHA-256 %.12s…", path, sum)
}
