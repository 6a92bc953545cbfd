package migrations_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gridwatch/migrations"
	"gridwatch/migrations/dbtest"

	"github.com/jackc/pgx/v5"
)

func TestUp_TwoStartersAtOnceApplyEachFileOnce(t *testing.T) {
	url := dbtest.URL(t)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `DROP SCHEMA public CASCADE; CREATE SCHEMA public`); err != nil {
		t.Fatal(err)
	}
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		applied = map[string]int{}
	)
	for range 2 {
		wg.Go(func() {
			err := migrations.Up(ctx, url, func(file string) {
				mu.Lock()
				defer mu.Unlock()
				applied[file]++
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(applied) == 0 {
		t.Fatal("no migration was applied")
	}
	for file, n := range applied {
		if n != 1 {
			t.Errorf("%s was applied %d times", file, n)
		}
	}
}

func TestSchema_RefusesWhatGoRefuses(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	const edition = `INSERT INTO editions (net, title, from_at) VALUES ('community', 'one', '2026-01-01')`
	if _, err := conn.Exec(ctx, edition); err != nil {
		t.Fatal(err)
	}
	const square = `'SRID=4326;MULTIPOLYGON(((0 0,1 0,1 1,0 1,0 0)))'`
	const bowTie = `'SRID=4326;MULTIPOLYGON(((0 0,1 1,1 0,0 1,0 0)))'`
	insert := func(net, code, name, geom string) string {
		return `INSERT INTO grids (edition, net, code, name, kind, geom) VALUES
			((SELECT id FROM editions), '` + net + `', '` + code + `', '` + name + `', 'community', ` + geom + `)`
	}
	tests := []struct{ name, sql string }{
		{"a code of 14 digits", insert("community", "37030500100500", "a", square)},
		{"an unknown net", insert("rail", "370305001005001", "a", square)},
		{"an empty name", insert("community", "370305001005001", "", square)},
		{"a ring that crosses itself", insert("community", "370305001005001", "a", bowTie)},
		{"a second open edition of a net", `INSERT INTO editions (net, title, from_at) VALUES ('community', 'two', '2026-02-01')`},
		{"a fence on the map and on a frame", `INSERT INTO fences (id, name, rule, geom, frame) VALUES
			('f', 'f', 'fire_lane', 'SRID=4326;POLYGON((0 0,1 0,1 1,0 0))', '[]')`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := conn.Exec(ctx, tt.sql); err == nil {
				t.Error("the database took it")
			}
		})
	}
	if _, err := conn.Exec(ctx, insert("community", "370305001005001", "a", square)); err != nil {
		t.Errorf("a good grid was refused: %v", err)
	}
}

func TestFiles_AreNumberedWithoutGap(t *testing.T) {
	names, err := filepath.Glob("*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for i, name := range names { // Glob sorts.
		if want := fmt.Sprintf("%03d_", i+1); !strings.HasPrefix(name, want) {
			t.Errorf("%s should begin with %s", name, want)
		}
	}
}
