// Package dbtest gives each test a fresh, migrated database on a real PostGIS.
package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/url"
	"os"
	"testing"

	"gridwatch/migrations"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Env names the environment variable with the connection string of a server on which tests may make databases.
const Env = "GRIDWATCH_TEST_DATABASE_URL"

// templateLock keeps test packages that start together from migrating the same template twice.
const templateLock = 0x67726964

// URL makes a database for this test and drops it afterwards. It fails the test when no server is given.
func URL(t testing.TB) string {
	t.Helper()
	admin := os.Getenv(Env)
	if admin == "" {
		t.Fatalf("%s is not set: run the tests with `make test`", Env)
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		t.Fatalf("connect to the test server: %v", err)
	}
	defer conn.Close(ctx)
	template := "gridwatch_" + migrations.Fingerprint()
	if err := ensureTemplate(ctx, conn, admin, template); err != nil {
		t.Fatalf("template database: %v", err)
	}
	name := "t_" + randomName()
	if _, err := conn.Exec(ctx, `CREATE DATABASE `+name+` TEMPLATE `+template); err != nil {
		t.Fatalf("create test database: %v", err)
	}
	t.Cleanup(func() { drop(t, admin, name) })
	return named(t, admin, name)
}

// ensureTemplate makes the migrated template once; the lock is held by the session until it is released.
func ensureTemplate(ctx context.Context, conn *pgx.Conn, admin, template string) error {
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, templateLock); err != nil {
		return err
	}
	defer conn.Exec(ctx, `SELECT pg_advisory_unlock($1)`, templateLock)
	var ready bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)`,
		template).Scan(&ready); err != nil || ready {
		return err
	}
	if _, err := conn.Exec(ctx, `DROP DATABASE IF EXISTS `+template); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `CREATE DATABASE `+template); err != nil {
		return err
	}
	at, err := withDatabase(admin, template)
	if err != nil {
		return err
	}
	if err := migrations.Up(ctx, at, func(string) {}); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `ALTER DATABASE `+template+` IS_TEMPLATE true`)
	return err
}

func drop(t testing.TB, admin, name string) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		t.Logf("drop %s: %v", name, err)
		return
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`)
	var pgErr *pgconn.PgError
	if err != nil && !errors.As(err, &pgErr) {
		t.Logf("drop %s: %v", name, err)
	}
}

func named(t testing.TB, admin, name string) string {
	t.Helper()
	at, err := withDatabase(admin, name)
	if err != nil {
		t.Fatalf("%s: %v", Env, err)
	}
	return at
}

func withDatabase(admin, name string) (string, error) {
	u, err := url.Parse(admin)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func randomName() string {
	var b [6]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
