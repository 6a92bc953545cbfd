package geo

import (
	"errors"
	"io"
)

// ReadGrids reads grids of a net from a GeoJSON FeatureCollection whose coordinates are in the stated system.
func ReadGrids(r io.Reader, net Net, crs string) ([]Grid, error) {
	return nil, errors.ErrUnsupported
}
