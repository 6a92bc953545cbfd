//go:build !matprofile

package capture

// OpenMats returns how many Mats of OpenCV are open now; -1 in a build without the tag matprofile.
func OpenMats() int { return -1 }
