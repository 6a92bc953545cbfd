package geo

import (
	"context"
	"errors"
	"time"
)

// Tile draws one layer of the map as a Mapbox vector tile, as of a moment: "outline", "community", "road", "fences" or
// "cameras". A nil scope shows the whole city; otherwise its "net/code" keys are the grids that may be seen, and
// fences and cameras are shown where they touch those. An empty tile has no bytes.
func (s *Store) Tile(ctx context.Context, layer string, z, x, y int, at time.Time, scope []string) ([]byte, error) {
	return nil, errors.ErrUnsupported
}
