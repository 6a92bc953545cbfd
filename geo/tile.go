package geo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// maxZoom is where tiles end: a tile of zoom 22 is some ten metres wide.
const maxZoom = 22

// tileSQL draws the layers that are no grids: $1 to $3 are zoom, column and row. The other parameters are numbered alike
// in all layers that have them: $4 is the moment, $5 the scope. Geometry that is too small for its tile is left out.
var tileSQL = map[string]string{
	"outline": tileHead + `
		SELECT code, name, demo, ST_AsMVTGeom(ST_Transform(d.geom, 3857), tile.bounds) AS shape
		FROM districts d, tile WHERE d.geom && tile.area` + tileTail("outline"),
	"fences": tileHead + `
		SELECT f.id, f.name, f.rule, f.demo, ST_AsMVTGeom(ST_Transform(f.geom, 3857), tile.bounds) AS shape
		FROM fences f, tile WHERE f.geom && tile.area AND ` + inScope("f") + tileTail("fences"),
	"cameras": tileHead + `
		SELECT c.id, c.name, c.state, c.composed, ST_AsMVTGeom(ST_Transform(c.geom, 3857), tile.bounds) AS shape
		FROM cameras c, tile WHERE c.geom && tile.area AND ` + inScope("c") + tileTail("cameras"),
}

// tileHead has the tile's square, and the same in degrees with a margin: neighbours draw over their common edge.
const tileHead = `
	WITH tile AS (
		SELECT bounds, ST_Transform(ST_Expand(bounds, (ST_XMax(bounds) - ST_XMin(bounds)) / 64), 4326) AS area
		FROM ST_TileEnvelope($1, $2, $3) AS bounds
	), drawn AS (`

func tileTail(layer string) string {
	return `)
	SELECT coalesce(ST_AsMVT(drawn, '` + layer + `', 4096, 'shape'), '') FROM drawn WHERE shape IS NOT NULL`
}

// inScope limits rows to those that touch a grid of the scope.
func inScope(row string) string {
	return "($5::text[] IS NULL OR " + touchesScope(row+".geom", "$5", "$4") + ")"
}

// touchesScope is SQL for a geometry that touches a grid of a scope, "net/code", as the grids are at a moment.
func touchesScope(geom, scope, at string) string {
	return `EXISTS (
		SELECT FROM editions scope_e JOIN grids scope_g ON scope_g.edition = scope_e.id
		WHERE scope_e.from_at <= ` + at + ` AND (scope_e.until_at IS NULL OR ` + at + ` < scope_e.until_at)
			AND scope_g.net || '/' || scope_g.code = ANY (` + scope + `) AND ST_Intersects(scope_g.geom, ` + geom + `))`
}

// Tiles draws the city's map in squares: the grids from memory, by the charts of a locator's editions, and what changes
// from hour to hour by PostGIS.
type Tiles struct {
	store   *Store
	locator *Locator
}

// NewTiles draws what the store has. The locator, which is of the same store, is loaded when it lacks an edition.
func NewTiles(store *Store, locator *Locator) *Tiles {
	return &Tiles{store: store, locator: locator}
}

// Tile draws one layer of the map as a Mapbox vector tile, as of a moment: "outline", "community", "road", "fences" or
// "cameras". A nil scope shows the whole city; otherwise its "net/code" keys are the grids that may be seen, and
// fences and cameras are shown where they touch those. An empty tile has no bytes; ErrNotFound says that there is no
// such layer or no such tile.
func (t *Tiles) Tile(ctx context.Context, layer string, z, x, y int, at time.Time, scope []string) ([]byte, error) {
	if z < 0 || z > maxZoom || x < 0 || x >= 1<<z || y < 0 || y >= 1<<z {
		return nil, fmt.Errorf("tile %d/%d/%d: %w", z, x, y, ErrNotFound)
	}
	if net := Net(layer); slices.Contains(Nets, net) {
		chart, err := t.chart(ctx, net, at)
		if chart == nil || err != nil {
			return nil, err
		}
		return chart.Tile(z, x, y, seenOf(net, scope)), nil
	}
	sql, ok := tileSQL[layer]
	if !ok {
		return nil, fmt.Errorf("tile layer %q: %w", layer, ErrNotFound)
	}
	args := []any{z, x, y}
	if layer != "outline" {
		args = append(args, at, scope)
	}
	var tile []byte
	if err := t.store.pool.QueryRow(ctx, sql, args...).Scan(&tile); err != nil {
		return nil, fmt.Errorf("tile %s/%d/%d/%d: %w", layer, z, x, y, err)
	}
	return tile, nil
}

// seenOf are the codes of a net's grids in a scope; nil for the scope that is the whole city.
func seenOf(net Net, scope []string) map[string]bool {
	if scope == nil {
		return nil
	}
	codes := map[string]bool{}
	for _, key := range scope {
		if code, ours := strings.CutPrefix(key, string(net)+"/"); ours {
			codes[code] = true
		}
	}
	return codes
}

// chart is that of the edition in force at the moment, nil where there is none.
func (t *Tiles) chart(ctx context.Context, net Net, at time.Time) (*Chart, error) {
	edition, err := t.Edition(ctx, net, at)
	if edition == 0 || err != nil {
		return nil, err
	}
	e, known := t.locator.edition(edition)
	if !known {
		if err := t.locator.Load(ctx); err != nil {
			return nil, err
		}
		if e, known = t.locator.edition(edition); !known {
			return nil, fmt.Errorf("edition %d: %w", edition, ErrNotFound)
		}
	}
	return e.chart(), nil
}

// Edition returns the number of the edition of a net that was in force at the moment, 0 where none was. It asks the
// database, so that a tile is never older than the word that it changed.
func (t *Tiles) Edition(ctx context.Context, net Net, at time.Time) (edition int64, err error) {
	err = t.store.pool.QueryRow(ctx, `
		SELECT coalesce((SELECT id FROM editions
			WHERE net = $1 AND from_at <= $2 AND (until_at IS NULL OR $2 < until_at)), 0)`, net, at).Scan(&edition)
	if err != nil {
		return 0, fmt.Errorf("edition of the %s net: %w", net, err)
	}
	return edition, nil
}

// Bound is the box around the city: its districts and the grids in force. It is empty while there is nothing.
func (t *Tiles) Bound(ctx context.Context) (orb.Bound, error) {
	var bound orb.Bound
	err := t.store.pool.QueryRow(ctx, `
		SELECT coalesce(ST_XMin(e), 0), coalesce(ST_YMin(e), 0), coalesce(ST_XMax(e), 0), coalesce(ST_YMax(e), 0)
		FROM (SELECT ST_Extent(geom) AS e FROM districts) d`).
		Scan(&bound.Min[0], &bound.Min[1], &bound.Max[0], &bound.Max[1])
	if err != nil {
		return orb.Bound{}, fmt.Errorf("bound of the districts: %w", err)
	}
	for _, e := range t.locator.inForce(time.Now()) {
		if bound == (orb.Bound{}) {
			bound = e.index.bound
		}
		bound = bound.Union(e.index.bound)
	}
	return bound, nil
}
