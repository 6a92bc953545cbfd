package cluster_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gridwatch/migrations/cluster"

	"github.com/jackc/pgx/v5"
)

// TestMain lets the test binary play the parent that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("CLUSTER_TEST_PARENT"); dir != "" {
		playParent(dir)
	}
	os.Exit(m.Run())
}

func playParent(dir string) {
	c, err := cluster.Start(context.Background(), cluster.Config{Dir: dir, Forgetful: true})
	if err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	os.Stdout.WriteString(c.URL("postgres") + "\n")
	select {}
}

func start(t *testing.T, dir string) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Start(t.Context(), cluster.Config{Dir: dir, Forgetful: true})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func stop(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
}

func exec1(t *testing.T, url, sql string) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var text string
	if err := conn.QueryRow(ctx, sql).Scan(&text); err != nil && !errors.Is(err, pgx.ErrNoRows) {
		t.Fatal(err)
	}
	return text
}

func TestCluster_KeepsItsDataOverARestart(t *testing.T) {
	dir := t.TempDir()
	t.Cleanup(func() { cluster.Remove(dir) })
	c := start(t, dir)
	url, err := c.EnsureDatabase(t.Context(), "city")
	if err != nil {
		t.Fatal(err)
	}
	exec1(t, url, `CREATE EXTENSION postgis`)
	exec1(t, url, `CREATE TABLE kept AS SELECT 'yes'::text AS word`)
	stop(t, c)
	c = start(t, dir)
	defer stop(t, c)
	if url, err = c.EnsureDatabase(t.Context(), "city"); err != nil {
		t.Fatal(err)
	}
	if got := exec1(t, url, `SELECT word FROM kept`); got != "yes" {
		t.Errorf("after the restart the table says %q", got)
	}
	if got := exec1(t, url, `SHOW listen_addresses`); got != "" {
		t.Errorf("the server listens on %q", got)
	}
}

// A checkout in root's home is closed to the server's user.
func TestCluster_StartsUnderAFolderThatOthersMayNotEnter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "closed", "var")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	c := start(t, dir)
	if got := exec1(t, c.URL("postgres"), `SELECT current_user::text`); got == "root" {
		t.Errorf("the server runs as %s", got)
	}
	stop(t, c)
	target, linkErr := os.Readlink(filepath.Join(dir, "data"))
	if err := cluster.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if linkErr == nil {
		if _, err := os.Stat(target); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("Remove left %s", target)
		}
	}
}

func TestCluster_DiesWithItsParent(t *testing.T) {
	dir := t.TempDir()
	t.Cleanup(func() { cluster.Remove(dir) })
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "CLUSTER_TEST_PARENT="+dir)
	parent.Stderr = os.Stderr
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(exec1(t, strings.TrimSpace(line),
		`SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)`))
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	parent.Wait()
	stop(t, start(t, dir)) // The next one waits for it to end.
	deadline := time.Now().Add(30 * time.Second)
	for syscall.Kill(pid, 0) == nil && !isZombie(pid) {
		if time.Now().After(deadline) {
			t.Fatal("the server outlived its parent by 30 s")
		}
		time.Sleep(20 * time.Millisecond) // Polling another process: there is nothing to wait on.
	}
}

func isZombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}
