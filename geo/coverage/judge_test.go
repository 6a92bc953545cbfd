package coverage_test

import (
	"context"
	"math"
	"testing"

	"gridwatch/geo"
	"gridwatch/geo/coverage"
	"gridwatch/migrations/dbtest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/encoding/ewkb"
)

// judge is PostGIS, which knows nothing of the engine.
type judge struct {
	t     testing.TB
	pool  *pgxpool.Pool
	first int // Rings of the union of the first state.
}

// newJudge keeps the union of the first state to compare with.
func newJudge(t testing.TB, grids []coverage.Grid) *judge {
	pool, err := geo.Open(context.Background(), dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	j := &judge{t: t, pool: pool}
	j.do(`CREATE TABLE judged (code text, geom geometry(MultiPolygon, 4326))`)
	j.do(`CREATE INDEX ON judged USING gist (geom)`)
	j.fill(grids)
	j.do(`CREATE TABLE beginning AS SELECT ST_Union(geom) AS geom FROM judged`)
	return j
}

func (j *judge) do(sql string, args ...any) {
	j.t.Helper()
	if _, err := j.pool.Exec(context.Background(), sql, args...); err != nil {
		j.t.Fatal(err)
	}
}

func (j *judge) fill(grids []coverage.Grid) {
	j.do(`TRUNCATE judged`)
	batch := &pgx.Batch{}
	for _, g := range grids {
		batch.Queue(`INSERT INTO judged VALUES ($1, ST_Multi(ST_GeomFromEWKB($2)))`, g.Code, ewkb.MustMarshal(g.Orb(), 4326))
	}
	if err := j.pool.SendBatch(context.Background(), batch).Close(); err != nil {
		j.t.Fatal(err)
	}
	j.do(`ANALYZE judged`)
}

// rounding is what PostGIS makes of areas when it computes a union in floating-point numbers: a few square millimetres.
const rounding = 1e-15

// look lets PostGIS judge a state by questions whose right answer is zero.
func (j *judge) look(grids []coverage.Grid) {
	j.t.Helper()
	j.fill(grids)
	for _, q := range []struct{ what, sql string }{
		{"grids that are not valid", `SELECT count(*) FROM judged WHERE NOT ST_IsValid(geom)`},
		{"pairs that share ground", `
			SELECT count(*) FROM judged a JOIN judged b ON a.code < b.code AND a.geom && b.geom
			WHERE ST_Relate(a.geom, b.geom, 'T********')`},
		{"difference of the union from the first one", `
			SELECT ST_Area(ST_SymDifference((SELECT ST_Union(geom) FROM judged), geom)) FROM beginning`},
		{"rings of the union beyond those of the first one", `
			SELECT ST_NRings((SELECT ST_Union(geom) FROM judged)) - ST_NRings(geom) FROM beginning`},
		{"segments that come twice in one direction, or with a twin and on the outline", `
			WITH points AS (
				SELECT code, (d).path[1:2] AS ring, (d).path[3] AS n, (d).geom AS p FROM (SELECT code, ST_DumpPoints(geom) AS d FROM judged) dumped
			), segments AS (
				SELECT a.p AS a, b.p AS b FROM points a JOIN points b ON b.code = a.code AND b.ring = a.ring AND b.n = a.n + 1
			), counted AS (SELECT a, b, count(*) AS n FROM segments GROUP BY a, b)
			SELECT count(*) FROM counted s LEFT JOIN counted t ON t.a = s.b AND t.b = s.a
			WHERE s.n > 1 OR t.n > 1`},
	} {
		var answer float64
		if err := j.pool.QueryRow(context.Background(), q.sql).Scan(&answer); err != nil {
			j.t.Fatalf("%s: %v", q.what, err)
		}
		if math.Abs(answer) > rounding {
			j.t.Errorf("%s: %v, want 0", q.what, answer)
		}
	}
}
