package capture

import (
	"image"
	"math"
)

// outline is the shape of a parked vehicle of the clip, drawn by eye on the empty plate, in pixels. All are seen from
// behind, so in a scene vehicles come from below and leave upwards.
type outline struct {
	corners   [][2]float64
	footX     float64 // The middle of its rear, on the ground.
	footY     float64
	mirrored  bool    // Only its left half is seen well; the right half is the mirror image.
	mirroredX float64 // The axis.
}

var vanOutline = outline{
	corners: [][2]float64{
		{656.5, 47}, {660, 45}, {668, 44.5}, {709, 44.5}, {713, 47}, {716, 53}, {717, 61}, {722, 66}, {723, 82}, {721, 91},
		{717, 92}, {713, 89}, {704, 92}, {702, 98}, {697, 100.5}, {693, 98}, {690, 94}, {676, 95}, {675, 97}, {664, 97}, {660, 93},
		{653, 90}, {652.5, 84}, {653, 67},
	},
	footX: 680, footY: 97,
}

var carOutline = outline{
	corners: [][2]float64{
		{735, 72}, {738, 60}, {741, 54}, {744, 50.5}, {751.5, 49.5}, {759, 50.5}, {762, 54}, {765, 60}, {768, 72},
		{768, 89}, {766, 94}, {761, 94}, {759, 91.5}, {744, 91.5}, {742, 94}, {737, 93.5}, {735, 88},
	},
	footX: 751.5, footY: 93, mirrored: true, mirroredX: 751.5,
}

// vehicleBody is a vehicle cut out of the plate.
type vehicleBody struct {
	box          image.Rectangle
	pix          []byte
	alpha        []byte
	footX, footY float64
	height       float64 // Of a person of 1.75 m at its place, in pixels.
}

// vehicle cuts a parked vehicle out of the plate.
func (h *stagehand) vehicle(o outline) vehicleBody {
	low, high := image.Pt(sceneSize.X, sceneSize.Y), image.Point{}
	for _, c := range o.corners {
		low = image.Pt(min(low.X, int(c[0])), min(low.Y, int(c[1])))
		high = image.Pt(max(high.X, int(math.Ceil(c[0]))), max(high.Y, int(math.Ceil(c[1]))))
	}
	b := vehicleBody{box: image.Rectangle{Min: low, Max: high}.Inset(-2), footX: o.footX, footY: o.footY}
	b.height, _ = upright(o.footX, o.footY)
	w := b.box.Dx()
	b.pix, b.alpha = make([]byte, 3*w*b.box.Dy()), make([]byte, w*b.box.Dy())
	for k := range b.alpha {
		x, y := b.box.Min.X+k%w, b.box.Min.Y+k/w
		from := x
		if o.mirrored && float64(x) > o.mirroredX {
			from = int(2*o.mirroredX) - x
		}
		from = min(max(from, 0), sceneSize.X-1)
		copy(b.pix[3*k:3*k+3], h.plate[3*(y*sceneSize.X+from):])
		in := 0
		for v := range 4 {
			for u := range 4 {
				if o.has(float64(x)+(float64(u)+0.5)/4, float64(y)+(float64(v)+0.5)/4) {
					in++
				}
			}
		}
		b.alpha[k] = byte(in * 255 / 16)
	}
	return b
}

// has reports whether a point lies in the outline.
func (o outline) has(x, y float64) bool {
	in := false
	for i, a := range o.corners {
		b := o.corners[(i+1)%len(o.corners)]
		if (a[1] <= y) != (b[1] <= y) && x < a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			in = !in
		}
	}
	return in
}

// paintJob is the light of a vehicle's own colour, per channel; 1 leaves it.
type paintJob [3]float64

var (
	asItIs   = paintJob{1, 1, 1}
	blue     = paintJob{1, 0.72, 0.5}
	red      = paintJob{0.42, 0.4, 0.95}
	lorryTan = paintJob{0.62, 0.8, 0.86}
)

// parked is a vehicle at a pixel of the ground.
type parked struct {
	vehicleBody
	x, y  float64 // The middle of its rear on the ground.
	size  float64 // 1 is its own; more is a lorry or a bus.
	paint paintJob
}

func (p parked) scale() float64 {
	height, _ := upright(p.x, p.y)
	return p.size * height / p.height
}

func (p parked) foot() float64 { return p.y }

func (p parked) shadow(c *canvas) {
	w := float64(p.box.Dx()) * p.scale()
	middle := p.x + (float64(p.box.Min.X+p.box.Max.X)/2-p.footX)*p.scale()
	c.darken(middle, p.y-0.06*w, 0.42*w, 0.12*w, 0.62)
}

func (p parked) draw(c *canvas) {
	scale := p.scale()
	left, top := p.x+(float64(p.box.Min.X)-p.footX)*scale, p.y+(float64(p.box.Min.Y)-p.footY)*scale
	for v := int(top); v <= int(top+float64(p.box.Dy())*scale); v++ {
		for u := int(left); u <= int(left+float64(p.box.Dx())*scale); u++ {
			x, y := (float64(u)+0.5-left)/scale-0.5, (float64(v)+0.5-top)/scale-0.5
			b, g, r, a := person{cutout: cutout{box: p.box, pix: p.pix, alpha: p.alpha}}.sample(x, y)
			if a == 0 {
				continue
			}
			n := c.grain(u, v, 2.5)
			c.blend(u, v, b*p.paint[0]+n, g*p.paint[1]+n, r*p.paint[2]+n, a)
		}
	}
}

// drive is the way of a vehicle: pixels of the ground of the clip with their times, in order. It is not there before the
// first and after the last.
type drive struct {
	body  vehicleBody
	size  float64
	paint paintJob
	way   []waypoint
}

type waypoint struct{ t, x, y float64 }

// at is the vehicle at a second: nothing, or one prop.
func (d drive) at(t float64) []prop {
	if t < d.way[0].t || t > d.way[len(d.way)-1].t {
		return nil
	}
	for i := 1; i < len(d.way); i++ {
		a, b := d.way[i-1], d.way[i]
		if t > b.t {
			continue
		}
		part := (t - a.t) / (b.t - a.t)
		// Even metres, not even pixels.
		from, to := onGround(a.x, a.y), onGround(b.x, b.y)
		x, y := project(from.to(to, part))
		return []prop{parked{vehicleBody: d.body, x: x, y: y, size: d.size, paint: d.paint}}
	}
	return nil
}
