//go:build matprofile

package capture

import "gocv.io/x/gocv"

// OpenMats returns how many Mats of OpenCV are open now; -1 in a build without the tag matprofile.
func OpenMats() int { return gocv.MatProfile.Count() }
