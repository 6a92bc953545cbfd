package capture

import (
	"image"
	"image/color"
	"math"

	"github.com/paulmach/orb"
	"gocv.io/x/gocv"
)

// fraction bits of the coordinates that OpenCV takes: a sixteenth of a pixel.
const fraction = 4

func fixed(p orb.Point) image.Point {
	return image.Pt(int(math.Round(p[0]*(1<<fraction))), int(math.Round(p[1]*(1<<fraction))))
}

// fill fills one polygon with smooth edges.
func (s *sheet) fill(points []orb.Point, c color.RGBA) {
	s.do(func() error { return fillPolygon(&s.mat, points, c) })
}

func fillPolygon(mat *gocv.Mat, points []orb.Point, c color.RGBA) error {
	ring := make([]image.Point, len(points))
	for i, p := range points {
		ring[i] = fixed(p)
	}
	vector := gocv.NewPointsVectorFromPoints([][]image.Point{ring})
	defer vector.Close()
	return gocv.FillPolyWithParams(mat, vector, c, gocv.LineAA, fraction, image.Point{})
}

// tint lays c over a polygon so that the picture shines through. Nothing outside the picture is touched.
func (s *sheet) tint(points []orb.Point, c color.RGBA, alpha float64) {
	s.do(func() error {
		view := s.mat.Region(image.Rectangle{Max: s.view})
		defer view.Close()
		over := view.Clone()
		defer over.Close()
		if err := fillPolygon(&over, points, c); err != nil {
			return err
		}
		return gocv.AddWeighted(over, alpha, view, 1-alpha, 0, &view)
	})
}

// stroke draws a closed line. OpenCV's own Polylines has no smooth edges, so each side is a thin filled polygon and each
// corner a disc.
func (s *sheet) stroke(points []orb.Point, width float64, c color.RGBA) {
	s.do(func() error {
		view := s.mat.Region(image.Rectangle{Max: s.view}) // The caption bar is not drawn over.
		defer view.Close()
		for i, a := range points {
			b := points[(i+1)%len(points)]
			if err := drawSide(&view, a, b, width, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func drawSide(mat *gocv.Mat, a, b orb.Point, width float64, c color.RGBA) error {
	along := orb.Point{b[0] - a[0], b[1] - a[1]}
	length := math.Hypot(along[0], along[1])
	radius := int(math.Round(width / 2 * (1 << fraction)))
	if err := gocv.CircleWithParams(mat, fixed(a), radius, c, -1, gocv.LineAA, fraction); err != nil || length == 0 {
		return err
	}
	half := orb.Point{-along[1] / length * width / 2, along[0] / length * width / 2}
	return fillPolygon(mat, []orb.Point{
		{a[0] + half[0], a[1] + half[1]},
		{b[0] + half[0], b[1] + half[1]},
		{b[0] - half[0], b[1] - half[1]},
		{a[0] - half[0], a[1] - half[1]},
	}, c)
}

// mark draws the matter's sign, which tells the matters apart without colour too: triangle, disc, square, diamond.
func (s *sheet) mark(middle orb.Point, r float64) {
	x, y := middle[0], middle[1]
	switch s.rule {
	case "fire_lane":
		s.fill([]orb.Point{{x, y - r}, {x + r*1.1, y + r*0.9}, {x - r*1.1, y + r*0.9}}, s.hue)
	case "vending":
		s.do(func() error {
			return gocv.CircleWithParams(&s.mat, fixed(middle), int(r*(1<<fraction)), s.hue, -1, gocv.LineAA, fraction)
		})
	case "debris":
		s.fill([]orb.Point{{x - r, y - r}, {x + r, y - r}, {x + r, y + r}, {x - r, y + r}}, s.hue)
	default:
		s.fill([]orb.Point{{x, y - r*1.2}, {x + r*1.2, y}, {x, y + r*1.2}, {x - r*1.2, y}}, s.hue)
	}
}
