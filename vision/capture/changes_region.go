package capture

import (
	"fmt"
	"image"
	"math"

	"gocv.io/x/gocv"
)

// region is a set of pixels of the small picture.
type region struct {
	box  image.Rectangle
	mask []bool // Row by row over box.
	area int
}

// has reports whether the pixel lies in the region; points outside of the box do not.
func (r region) has(x, y int) bool {
	return image.Pt(x, y).In(r.box) && r.mask[(y-r.box.Min.Y)*r.box.Dx()+x-r.box.Min.X]
}

// each calls f with the index of every pixel of the region in a picture of the given size.
func (r region) each(size image.Point, f func(i int)) {
	w := r.box.Dx()
	for k, in := range r.mask {
		if in {
			f((r.box.Min.Y+k/w)*size.X + r.box.Min.X + k%w)
		}
	}
}

// near reports whether a pixel of r lies within reach of one of o, reach measured along rows and columns.
func (r region) near(o region, reach int) bool {
	common := r.box.Inset(-reach).Intersect(o.box)
	for y := common.Min.Y; y < common.Max.Y; y++ {
		for x := common.Min.X; x < common.Max.X; x++ {
			if !o.has(x, y) {
				continue
			}
			for dy := -reach; dy <= reach; dy++ {
				for dx := -reach; dx <= reach; dx++ {
					if r.has(x+dx, y+dy) {
						return true
					}
				}
			}
		}
	}
	return false
}

// union is the pixels of both.
func (r region) union(o region) region {
	u := region{box: r.box.Union(o.box)}
	u.mask = make([]bool, u.box.Dx()*u.box.Dy())
	k := 0
	for y := u.box.Min.Y; y < u.box.Max.Y; y++ {
		for x := u.box.Min.X; x < u.box.Max.X; x++ {
			if r.has(x, y) || o.has(x, y) {
				u.mask[k] = true
				u.area++
			}
			k++
		}
	}
	return u
}

const (
	thinnest = 5 // Narrower blobs are swaying tape, wires, or edges of a picture that shook.
	closeGap = 9 // Gaps up to this many pixels do not split a blob: a heap has patches of the road's own grey.
)

// blobs are the connected regions that have stood still long enough, together with the parts of them that are half way
// there. Each holds at least the smallest area of ripe pixels.
func (g *ground) blobs() ([]region, error) {
	smallest := int(math.Ceil(g.params.MinArea * float64(len(g.stillS))))
	full, half := float32(g.params.ReportS), float32(g.params.ReportS/2)
	ripe := 0
	for _, s := range g.stillS {
		if s >= full {
			ripe++
		}
	}
	if ripe < smallest {
		return nil, nil
	}
	still := gocv.NewMatWithSize(g.size.Y, g.size.X, gocv.MatTypeCV8UC1)
	defer still.Close()
	pix, err := still.DataPtrUint8()
	if err != nil {
		return nil, fmt.Errorf("change finder: %w", err)
	}
	for i, s := range g.stillS {
		pix[i] = 0
		if s >= half {
			pix[i] = 255
		}
	}
	for _, m := range []struct {
		how  gocv.MorphType
		size int
	}{{gocv.MorphOpen, thinnest}, {gocv.MorphClose, closeGap}} {
		kernel := gocv.GetStructuringElement(gocv.MorphEllipse, image.Pt(m.size, m.size))
		err := gocv.MorphologyEx(still, &still, m.how, kernel)
		kernel.Close()
		if err != nil {
			return nil, fmt.Errorf("change finder: %w", err)
		}
	}
	var found []region
	for i, v := range pix {
		if v == 0 {
			continue
		}
		members := flood(pix, g.size, i)
		ripe := 0
		for _, m := range members {
			if g.stillS[m] >= full {
				ripe++
			}
		}
		if ripe >= smallest {
			found = append(found, regionOf(members, g.size))
		}
	}
	return found, nil
}

// flood lists the pixels connected to start, corners included, and clears them in pix.
func flood(pix []byte, size image.Point, start int) []int {
	members := []int{start}
	pix[start] = 0
	for k := 0; k < len(members); k++ {
		x, y := members[k]%size.X, members[k]/size.X
		for v := max(y-1, 0); v <= min(y+1, size.Y-1); v++ {
			for u := max(x-1, 0); u <= min(x+1, size.X-1); u++ {
				if i := v*size.X + u; pix[i] != 0 {
					pix[i] = 0
					members = append(members, i)
				}
			}
		}
	}
	return members
}

func regionOf(members []int, size image.Point) region {
	var box image.Rectangle
	for _, i := range members {
		p := image.Pt(i%size.X, i/size.X)
		box = box.Union(image.Rectangle{Min: p, Max: p.Add(image.Pt(1, 1))})
	}
	r := region{box: box, area: len(members), mask: make([]bool, box.Dx()*box.Dy())}
	for _, i := range members {
		r.mask[(i/size.X-box.Min.Y)*box.Dx()+i%size.X-box.Min.X] = true
	}
	return r
}
