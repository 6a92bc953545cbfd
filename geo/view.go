package geo

import (
	"math"

	"github.com/paulmach/orb"
)

const (
	// seenSigmaM is how surely a place must be known to count as seen, one standard deviation.
	seenSigmaM = 5
	coneSteps  = 32
	// coneReachM is how far a view's cone is drawn from the nearest ground that it shows.
	coneReachM = 150
)

// Cone is the ground that the frame shows, out to where a place is not known well enough to count as seen. Empty where the
// frame shows no ground.
func (g *Ground) Cone() orb.Polygon {
	var near, far orb.Ring
	for i := range coneSteps + 1 {
		x := float64(i) / coneSteps
		bottom, ok := g.seen(orb.Point{x, 1}, nil)
		if !ok {
			continue
		}
		low, high := 1.0, 0.0 // The farthest seen pixel of this column lies between.
		top := bottom
		if p, ok := g.seen(orb.Point{x, high}, &bottom); ok {
			low, top = high, p
		}
		for low-high > 1e-4 {
			middle := (low + high) / 2
			if p, ok := g.seen(orb.Point{x, middle}, &bottom); ok {
				low, top = middle, p
			} else {
				high = middle
			}
		}
		near, far = append(near, bottom), append(far, top)
	}
	if len(near) < 2 {
		return nil
	}
	ring := near
	for i := len(far) - 1; i >= 0; i-- {
		ring = append(ring, far[i])
	}
	return orb.Polygon{append(ring, ring[0])}
}

// seen places a pixel whose place is known well enough; from, where it is given, is the nearest ground of its column.
func (g *Ground) seen(pixel orb.Point, from *orb.Point) (orb.Point, bool) {
	p, sigma, ok := g.At(pixel)
	if !ok || sigma > seenSigmaM || from != nil && DistanceM(*from, p) > coneReachM {
		return orb.Point{}, false
	}
	return p, true
}

// Sees reports whether the view shows the place, and well enough to count.
func (g *Ground) Sees(p orb.Point) (pixel orb.Point, ok bool) {
	pixel, ok = g.Pixel(p)
	if !ok || !(pixel[0] >= 0 && pixel[0] <= 1 && pixel[1] >= 0 && pixel[1] <= 1) {
		return pixel, false
	}
	_, sigma, ok := g.At(pixel)
	return pixel, ok && sigma <= seenSigmaM
}

// OnFrame draws an area of the map on the frame: one ring for each polygon of it that the frame shows, clipped to the
// frame and to what lies before the camera. Holes are left out.
func (g *Ground) OnFrame(area orb.MultiPolygon) []orb.Ring {
	var rings []orb.Ring
	for _, polygon := range area {
		if len(polygon) == 0 {
			continue
		}
		if ring := g.clip(polygon[0]); len(ring) >= 3 {
			rings = append(rings, ring)
		}
	}
	return rings
}

// clip cuts a ring of the map by the horizon and the four edges of the frame. All five are planes of homogeneous
// coordinates, so what lies behind the camera is never projected.
func (g *Ground) clip(ring orb.Ring) orb.Ring {
	h := g.toPixel
	corners := make([][3]float64, 0, len(ring))
	for i, p := range ring {
		if i == len(ring)-1 && p == ring[0] {
			break
		}
		m := g.frame.metres(p)
		corners = append(corners, [3]float64{
			h[0]*m[0] + h[1]*m[1] + h[2], h[3]*m[0] + h[4]*m[1] + h[5], h[6]*m[0] + h[7]*m[1] + h[8],
		})
	}
	before := 0.0 // How far before the camera counts: a small part of the farthest corner's depth.
	for _, c := range corners {
		before = max(before, math.Abs(c[2])*1e-9)
	}
	for _, plane := range []func(c [3]float64) float64{
		func(c [3]float64) float64 { return c[2] - before },
		func(c [3]float64) float64 { return c[0] },
		func(c [3]float64) float64 { return c[1] },
		func(c [3]float64) float64 { return c[2] - c[0] },
		func(c [3]float64) float64 { return c[2] - c[1] },
	} {
		corners = cut(corners, plane)
	}
	clipped := make(orb.Ring, 0, len(corners))
	for _, c := range corners {
		if c[2] <= 0 {
			continue
		}
		clipped = append(clipped, orb.Point{min(max(c[0]/c[2], 0), 1), min(max(c[1]/c[2], 0), 1)})
	}
	return clipped
}

// cut keeps what lies on the positive side of a plane.
func cut(corners [][3]float64, plane func([3]float64) float64) (kept [][3]float64) {
	for i, b := range corners {
		a := corners[(i+len(corners)-1)%len(corners)]
		da, db := plane(a), plane(b)
		if da < 0 != (db < 0) {
			part := da / (da - db)
			kept = append(kept, [3]float64{a[0] + part*(b[0]-a[0]), a[1] + part*(b[1]-a[1]), a[2] + part*(b[2]-a[2])})
		}
		if db >= 0 {
			kept = append(kept, b)
		}
	}
	return kept
}
