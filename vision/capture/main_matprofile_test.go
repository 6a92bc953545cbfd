//go:build matprofile

package capture

import (
	"io"

	"gocv.io/x/gocv"
)

// writeOpenMats tells where each open Mat was made.
func writeOpenMats(w io.Writer) { gocv.MatProfile.WriteTo(w, 1) }
