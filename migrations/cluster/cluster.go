// Package cluster runs a private PostgreSQL with PostGIS: its own data folder and socket, no TCP port, an unprivileged
// user. It never touches a cluster that the machine already has.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Config says where a cluster lives. The zero value of the rest is right for a demonstration.
type Config struct {
	Dir string    // Made when absent. Data that root's child could not reach is placed elsewhere, with a link here.
	Log io.Writer // The server's own log; nil discards it.
	// Forgetful turns fsync off: for tests only, a power cut may lose everything.
	Forgetful bool
}

// Cluster is one running server.
type Cluster struct {
	place place
	stop  func(syscall.Signal)
	done  chan struct{} // Closed when the server process has ended.
	err   error         // Why it ended; read after done.
}

// ErrNotInstalled says which packages are missing.
var ErrNotInstalled = errors.New("cluster: PostgreSQL 15 with PostGIS is not installed (Debian: postgresql-15 postgresql-15-postgis-3)")

const (
	port      = "5432"
	stopGrace = 20 * time.Second

	// A server whose program was killed ends by itself, but may still be writing its last checkpoint when the next starts.
	lockFile         = "postmaster.pid"
	predecessorGrace = 20 * time.Second
)

// Start makes the cluster if it does not exist, starts it and returns when it answers. The server dies with this
// process, whatever way it goes.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	p, err := findPlace(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if err := p.initialise(ctx, bin); err != nil {
		return nil, err
	}
	for began := time.Now(); ; {
		c := &Cluster{place: p, done: make(chan struct{})}
		if err := c.launch(bin, cfg); err != nil {
			return nil, err
		}
		err := c.awaitReady(ctx)
		if err == nil {
			return c, nil
		}
		c.stop(syscall.SIGINT)
		<-c.done
		if !strings.Contains(err.Error(), lockFile) || time.Since(began) > predecessorGrace {
			return nil, err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// binaries returns the folder of the newest server that is installed with PostGIS.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return "", ErrNotInstalled
	}
	newest := found[len(found)-1]
	version := filepath.Base(filepath.Dir(filepath.Dir(newest)))
	if _, err := os.Stat("/usr/share/postgresql/" + version + "/extension/postgis.control"); err != nil {
		return "", ErrNotInstalled
	}
	return filepath.Dir(newest), nil
}

// launch starts the server. The starting thread is kept until the server ends, because the kernel sends the
// parent-death signal when that thread ends, not when the process does.
func (c *Cluster) launch(bin string, cfg Config) error {
	args := []string{"-D", c.place.data, "-k", c.place.socket, "-p", port,
		"-c", "listen_addresses=", "-c", "jit=off", "-c", "unix_socket_permissions=0700", "-c", "max_connections=200",
		"-c", "timezone=UTC"}
	if cfg.Forgetful {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	cmd := exec.Command(filepath.Join(bin, "postgres"), args...)
	cmd.Dir = c.place.data
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT, Credential: c.place.credential}
	tail := &tailWriter{max: 2000}
	cmd.Stderr = tail
	if cfg.Log != nil {
		cmd.Stderr = io.MultiWriter(tail, cfg.Log)
	}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(c.done)
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		if err := cmd.Wait(); err != nil {
			c.err = fmt.Errorf("cluster: server ended: %w: %s", err, strings.TrimSpace(tail.String()))
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("cluster: start server: %w", err)
	}
	c.stop = func(s syscall.Signal) { cmd.Process.Signal(s) }
	return nil
}

func (c *Cluster) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.done:
			return c.err
		case <-ctx.Done():
			return fmt.Errorf("cluster: not ready: %w (last: %v)", ctx.Err(), err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// URL returns the connection string of a database of this cluster.
func (c *Cluster) URL(database string) string {
	q := url.Values{"host": {c.place.socket}, "port": {port}, "user": {c.place.user}}
	return "postgres:///" + database + "?" + q.Encode()
}

// EnsureDatabase makes a database if it does not exist and returns its connection string.
func (c *Cluster) EnsureDatabase(ctx context.Context, name string) (string, error) {
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return "", fmt.Errorf("cluster: connect: %w", err)
	}
	defer conn.Close(ctx)
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&exists); err != nil {
		return "", fmt.Errorf("cluster: database %q: %w", name, err)
	}
	if !exists {
		if _, err := conn.Exec(ctx, `CREATE DATABASE `+pgx.Identifier{name}.Sanitize()); err != nil {
			return "", fmt.Errorf("cluster: create database %q: %w", name, err)
		}
	}
	return c.URL(name), nil
}

// Done is closed when the server has ended, by Stop or by itself.
func (c *Cluster) Done() <-chan struct{} { return c.done }

// Stop ends the server: clients are cut, transactions rolled back, the data folder is left clean.
func (c *Cluster) Stop() error {
	c.stop(syscall.SIGINT)
	select {
	case <-c.done:
	case <-time.After(stopGrace):
		c.stop(syscall.SIGQUIT)
		<-c.done
	}
	return c.err
}
