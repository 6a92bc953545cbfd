package vision

import (
	"image"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// whiteImage is a picture in plain memory.
type whiteImage struct {
	w, h   int
	pixels []byte
}

func newWhiteImage(w, h int) *whiteImage {
	img := &whiteImage{w: w, h: h, pixels: make([]byte, 3*w*h)}
	for i := range img.pixels {
		img.pixels[i] = 255
	}
	return img
}

func (i *whiteImage) Size() image.Point               { return image.Pt(i.w, i.h) }
func (i *whiteImage) BGR() []byte                     { return i.pixels }
func (i *whiteImage) Resized(int, int) (Image, error) { panic("not asked for") }
func (i *whiteImage) Close() error                    { i.pixels = nil; return nil }
func (i *whiteImage) black(x, y int) bool {
	at := 3 * (y*i.w + x)
	return i.pixels[at] == 0 && i.pixels[at+1] == 0 && i.pixels[at+2] == 0
}

func TestBlacken_CoversWhatTheMaskCovers(t *testing.T) {
	for _, test := range []struct {
		name string
		mask orb.Ring
	}{
		{"a box", orb.Ring{{0.2, 0.2}, {0.6, 0.2}, {0.6, 0.7}, {0.2, 0.7}}},
		{"a box that is closed", orb.Ring{{0.2, 0.2}, {0.6, 0.2}, {0.6, 0.7}, {0.2, 0.7}, {0.2, 0.2}}},
		{"the other way round", orb.Ring{{0.2, 0.7}, {0.6, 0.7}, {0.6, 0.2}, {0.2, 0.2}}},
		{"a slanting triangle", orb.Ring{{0.05, 0.9}, {0.5, 0.03}, {0.97, 0.6}}},
		{"a notch", orb.Ring{{0.1, 0.1}, {0.9, 0.1}, {0.9, 0.9}, {0.5, 0.4}, {0.1, 0.9}}},
		{"the whole frame", orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 1}}},
		{"thinner than a pixel", orb.Ring{{0.1, 0.5}, {0.9, 0.5001}, {0.9, 0.5002}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			img := newWhiteImage(101, 67)
			Blacken(img, []orb.Ring{test.mask})
			closed := append(append(orb.Ring{}, test.mask...), test.mask[0])
			near := closed.Bound().Pad(2.5 / 67)
			black := 0
			for y := range img.h {
				for x := range img.w {
					middle := orb.Point{(float64(x) + 0.5) / 101, (float64(y) + 0.5) / 67}
					if planar.RingContains(closed, middle) && !img.black(x, y) {
						t.Fatalf("pixel %d,%d lies inside and is not black", x, y)
					}
					if img.black(x, y) {
						black++
						if !near.Contains(middle) {
							t.Fatalf("pixel %d,%d is black, far from the mask", x, y)
						}
					}
				}
			}
			if black == 0 {
				t.Error("nothing is black")
			}
		})
	}
}

func TestBlacken_AStarHasNoHole(t *testing.T) {
	img := newWhiteImage(100, 100)
	Blacken(img, []orb.Ring{{{0.5, 0}, {0.8, 1}, {0, 0.35}, {1, 0.35}, {0.2, 1}}})
	if !img.black(50, 50) {
		t.Error("the middle of the star can be seen")
	}
	if img.black(5, 5) || img.black(95, 95) {
		t.Error("the corners are black")
	}
}

func TestBlacken_AClosedPictureIsLeftAlone(t *testing.T) {
	img := newWhiteImage(10, 10)
	img.Close()
	Blacken(img, []orb.Ring{{{0, 0}, {1, 0}, {1, 1}}})
}
