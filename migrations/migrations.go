// Package migrations holds the schema: numbered SQL files, embedded, forward only, one transaction each.
package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"

	_ "github.com/jackc/pgx/v5/stdlib" // The database/sql driver that goose needs.
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var files embed.FS

// Up brings the database at url to the newest version and tells each file it applied. Two starters at once are safe:
// a session lock makes one wait for the other.
func Up(ctx context.Context, url string, applied func(file string)) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return fmt.Errorf("migrations: open database: %w", err)
	}
	defer db.Close()
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("migrations: locker: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	for _, r := range results {
		applied(r.Source.Path)
	}
	return nil
}

// Pending lists the files that Up would apply to the database at url. It changes nothing there.
func Pending(ctx context.Context, url string) ([]string, error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return nil, fmt.Errorf("migrations: open database: %w", err)
	}
	defer db.Close()
	var begun bool
	if err := db.QueryRowContext(ctx, `SELECT to_regclass('goose_db_version') IS NOT NULL`).Scan(&begun); err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	if !begun { // To ask goose would make its table.
		return fs.Glob(files, "*.sql")
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	all, err := provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	var pending []string
	for _, m := range all {
		if m.State == goose.StatePending {
			pending = append(pending, m.Source.Path)
		}
	}
	return pending, nil
}

// Fingerprint changes whenever a migration file does.
func Fingerprint() string {
	sum := sha256.New()
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		panic(err) // The pattern is a constant.
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // The file is embedded.
		}
		fmt.Fprintf(sum, "%s\x00%d\x00", name, len(text))
		sum.Write(text)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
