package capture

import (
	"context"
	"errors"
)

// Compose writes a demonstration scene of the given kind.
func Compose(ctx context.Context, kind, vtestPath, outPath string, progress func(done, total int)) error {
	return errors.New("capture: not composed yet")
}
