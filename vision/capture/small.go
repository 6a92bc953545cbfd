package capture

import (
	"fmt"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

// Small pictures tell what was there, not whose number plate it was.
const (
	widestSmall  = 640
	smallQuality = 60
)

// Small returns img as a JPEG of at most 640 pixels width. It neither changes img nor takes it over.
func Small(img vision.Image) ([]byte, error) {
	source, done, err := asPicture(img)
	if err != nil {
		return nil, err
	}
	defer done()
	if source.size.X <= widestSmall {
		return source.encode(smallQuality)
	}
	narrow, err := source.resized(widestSmall, max(1, source.size.Y*widestSmall/source.size.X), gocv.InterpolationArea)
	if err != nil {
		return nil, fmt.Errorf("capture: small picture: %w", err)
	}
	defer narrow.Close()
	return narrow.encode(smallQuality)
}
