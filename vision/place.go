package vision

import (
	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// Place gives each detection its foot point and, in a calibrated view, its place on the ground.
func Place(detections []Detection, v View) []Object {
	objects := make([]Object, 0, len(detections))
	for _, d := range detections {
		obj := Object{Class: d.Class, Label: d.Label, Track: d.Track, Score: d.Score, Box: d.Box, Foot: d.Box.Foot(), Since: d.Since}
		if v.Ground != nil {
			obj.place(v.Ground)
		}
		objects = append(objects, obj)
	}
	return objects
}

// place puts the object on the ground. One whose foot is above the horizon has no place there.
func (o *Object) place(g *geo.Ground) {
	position, sigma, ok := g.At(o.Foot)
	if !ok {
		return
	}
	o.Grounded, o.Position, o.SigmaM = true, position, sigma
	left, _, okLeft := g.At(orb.Point{o.Box.X, o.Foot[1]})
	right, _, okRight := g.At(orb.Point{o.Box.X + o.Box.W, o.Foot[1]})
	if !okLeft || !okRight {
		return
	}
	o.WidthM = geo.DistanceM(left, right)
	depth := o.WidthM // A thing that stands up reaches far over the ground behind it: take it as no deeper than wide.
	if back, _, ok := g.At(orb.Point{o.Foot[0], o.Box.Y}); ok {
		depth = min(depth, geo.DistanceM(position, back))
	}
	o.AreaM2 = o.WidthM * depth
}

// Outline is the fence's outer ring in normalised frame coordinates of a view; nil where the view cannot show it.
func Outline(f geo.Fence, v View) []orb.Point {
	if f.OnFrame() {
		if f.ViewID != v.ID {
			return nil
		}
		return append([]orb.Point(nil), f.Frame[0]...)
	}
	if v.Ground == nil || len(f.Area) == 0 {
		return nil
	}
	var outline []orb.Point
	for _, p := range f.Area[0] {
		if pixel, ok := v.Ground.Pixel(p); ok {
			outline = append(outline, pixel)
		}
	}
	return outline
}
