package geo

import (
	"context"
	"fmt"
	"time"
)

// maxZoom is where tiles end: a tile of zoom 22 is some ten metres wide.
const maxZoom = 22

// tileSQL draws each layer of the map: $1 to $3 are zoom, column and row. The other parameters are numbered alike in all
// layers that have them: $4 is the moment, $5 the scope. Geometry that is too small for its tile is left out.
var tileSQL = map[string]string{
	"outline": tileHead + `
		SELECT code, name, demo, ST_AsMVTGeom(ST_Transform(d.geom, 3857), tile.bounds) AS shape
		FROM districts d, tile WHERE d.geom && tile.area` + tileTail("outline"),
	"community": gridLayer(Community),
	"road":      gridLayer(Road),
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

func gridLayer(net Net) string {
	return tileHead + `
		SELECT g.code, g.name, g.net, g.kind, g.street, e.demo,
			ST_AsMVTGeom(ST_Transform(g.geom, 3857), tile.bounds) AS shape
		FROM editions e JOIN grids g ON g.edition = e.id, tile
		WHERE e.net = '` + string(net) + `' AND e.from_at <= $4 AND (e.until_at IS NULL OR $4 < e.until_at)
			AND g.geom && tile.area AND ($5::text[] IS NULL OR g.net || '/' || g.code = ANY ($5))` + tileTail(string(net))
}

// inScope limits rows to those that touch a grid of the scope.
func inScope(row string) string {
	return `($5::text[] IS NULL OR EXISTS (
			SELECT FROM editions e JOIN grids g ON g.edition = e.id
			WHERE e.from_at <= $4 AND (e.until_at IS NULL OR $4 < e.until_at)
				AND g.net || '/' || g.code = ANY ($5) AND ST_Intersects(g.geom, ` + row + `.geom)))`
}

// Tile draws one layer of the map as a Mapbox vector tile, as of a moment: "outline", "community", "road", "fences" or
// "cameras". A nil scope shows the whole city; otherwise its "net/code" keys are the grids that may be seen, and
// fences and cameras are shown where they touch those. An empty tile has no bytes; ErrNotFound says that there is no
// such layer or no such tile.
func (s *Store) Tile(ctx context.Context, layer string, z, x, y int, at time.Time, scope []string) ([]byte, error) {
	sql, ok := tileSQL[layer]
	if !ok {
		return nil, fmt.Errorf("tile layer %q: %w", layer, ErrNotFound)
	}
	if z < 0 || z > maxZoom || x < 0 || x >= 1<<z || y < 0 || y >= 1<<z {
		return nil, fmt.Errorf("tile %d/%d/%d: %w", z, x, y, ErrNotFound)
	}
	args := []any{z, x, y}
	if layer != "outline" {
		args = append(args, at, scope)
	}
	var tile []byte
	if err := s.pool.QueryRow(ctx, sql, args...).Scan(&tile); err != nil {
		return nil, fmt.Errorf("tile %s/%d/%d/%d: %w", layer, z, x, y, err)
	}
	return tile, nil
}
