package capture

import (
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"gridwatch/vision"

	"github.com/paulmach/orb"
	"gocv.io/x/gocv"
)

// boxes draws all boxes and their labels: the subject in the matter's colour and over everything, the others quietly. The
// subject's labels choose their places first.
func (s *sheet) boxes(all []vision.MarkedBox) {
	var subjects, others []vision.MarkedBox
	for _, b := range all {
		if b.Subject {
			subjects = append(subjects, b)
		} else {
			others = append(others, b)
		}
	}
	for _, b := range subjects { // No label may cover what the picture is about.
		low, high := s.corners(b.Box)
		s.taken = append(s.taken, image.Rect(int(low[0]), int(low[1]), int(high[0]), int(high[1])).Inset(-s.margin()/2))
	}
	places := map[bool][]image.Rectangle{}
	for _, b := range slices.Concat(subjects, others) {
		low, high := s.corners(b.Box)
		places[b.Subject] = append(places[b.Subject], s.place(ascii(b.Label), low, high))
	}
	for i, b := range others {
		s.frame(b.Box, 2.5, 1.1, paper)
		s.label(ascii(b.Label), places[false][i], panel, paper)
	}
	for i, b := range subjects {
		s.frame(b.Box, 4.5, 2.5, s.hue)
		s.label(ascii(b.Label), places[true][i], s.hue, panel)
	}
}

func (s *sheet) corners(b vision.Box) (low, high orb.Point) {
	return s.at(orb.Point{b.X, b.Y}), s.at(orb.Point{b.X + b.W, b.Y + b.H})
}

// frame draws a box with lines of the given width over a darker edge.
func (s *sheet) frame(b vision.Box, edgeWidth, width float64, c color.RGBA) {
	low, high := s.corners(b)
	ring := []orb.Point{low, {high[0], low[1]}, high, {low[0], high[1]}}
	s.stroke(ring, edgeWidth*s.unit, edge)
	s.stroke(ring, width*s.unit, c)
}

// place finds room for a label: above its box, below it or inside, where no other label and no subject lies; if there is none,
// the first of these that is in the picture.
func (s *sheet) place(text string, low, high orb.Point) image.Rectangle {
	if text == "" {
		return image.Rectangle{}
	}
	size := s.lettering(text).Add(image.Pt(2*s.margin(), 2*s.margin()))
	left, right := int(low[0]), int(high[0])-size.X
	top, bottom := int(low[1]), int(high[1])
	gap := s.margin() / 2
	var fallback image.Rectangle
	for _, corner := range []image.Point{
		{left, top - size.Y - gap}, {right, top - size.Y - gap}, {left, bottom + gap}, {right, bottom + gap},
		{left, top - 2*size.Y}, {left, bottom + size.Y}, {left, top}, {left, bottom - size.Y},
	} {
		corner.X = min(max(corner.X, 0), max(s.view.X-size.X, 0))
		plate := image.Rectangle{Min: corner, Max: corner.Add(size)}
		if corner.Y < 0 || plate.Max.Y > s.view.Y {
			continue
		}
		if !slices.ContainsFunc(s.taken, plate.Overlaps) {
			s.taken = append(s.taken, plate)
			return plate
		}
		if fallback.Empty() {
			fallback = plate
		}
	}
	return fallback
}

// label writes text on a plate. A plate without a place, of a box outside the picture, is not drawn.
func (s *sheet) label(text string, plate image.Rectangle, fill, ink color.RGBA) {
	if plate.Empty() {
		return
	}
	s.do(func() error { return gocv.RectangleWithParams(&s.mat, plate, fill, -1, gocv.LineAA, 0) })
	s.write(text, image.Pt(plate.Min.X+s.margin(), plate.Max.Y-s.margin()), ink)
}

func (s *sheet) margin() int { return int(4 * s.unit) }

// letters are the scale and line width of all writing.
func (s *sheet) letters() (scale float64, thickness int) {
	return 0.48 * s.unit, int(math.Round(s.unit))
}

// lettering is the size of text in pixels, without what hangs below the line.
func (s *sheet) lettering(text string) image.Point {
	scale, thickness := s.letters()
	return gocv.GetTextSize(text, gocv.FontHersheyDuplex, scale, thickness)
}

func (s *sheet) write(text string, origin image.Point, ink color.RGBA) {
	scale, thickness := s.letters()
	s.do(func() error {
		return gocv.PutTextWithParams(&s.mat, text, origin, gocv.FontHersheyDuplex, scale, ink, thickness, gocv.LineAA, false)
	})
}

// ascii keeps what OpenCV's letters can write; anything else becomes a question mark.
func ascii(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7E {
			return '?'
		}
		return r
	}, text)
}
