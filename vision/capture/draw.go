package capture

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"gridwatch/vision"

	"github.com/paulmach/orb"
	"gocv.io/x/gocv"
)

// Evidence is drawn on a picture of 640 to 1280 pixels width, with a caption bar below it that covers nothing.
const (
	narrowestDrawing = 640
	widestDrawing    = 1280
	drawingQuality   = 88
)

var (
	panel = color.RGBA{R: 0x0B, G: 0x14, B: 0x20}
	paper = color.RGBA{R: 0xE6, G: 0xED, B: 0xF5}
	edge  = color.RGBA{R: 0x0B, G: 0x14, B: 0x20} // Under every line, so that it stands out from snow and from tar.
)

// hues are the colours of the matters, the same as on the map; another rule takes otherHue.
var hues = map[string]color.RGBA{
	"fire_lane": {R: 0xFF, G: 0x5A, B: 0x4F},
	"vending":   {R: 0xFF, G: 0xB0, B: 0x20},
	"debris":    {R: 0xB3, G: 0x8B, B: 0xFF},
}

var otherHue = color.RGBA{R: 0x4F, G: 0xB3, B: 0xFF}

// Draw returns img with marks drawn over it as a JPEG. It neither changes img nor takes it over.
func Draw(img vision.Image, marks vision.Marks) ([]byte, error) {
	if err := checkMarks(marks); err != nil {
		return nil, err
	}
	source, done, err := asPicture(img)
	if err != nil {
		return nil, err
	}
	defer done()
	s, err := newSheet(source, marks.Rule)
	if err != nil {
		return nil, err
	}
	defer s.close()

	s.fence(marks.Fence)
	for _, b := range marks.Boxes {
		if !b.Subject {
			s.box(b)
		}
	}
	for _, b := range marks.Boxes { // Last, so that nothing lies over it.
		if b.Subject {
			s.box(b)
		}
	}
	s.caption(marks.Caption)
	if s.err != nil {
		return nil, fmt.Errorf("capture: draw: %w", s.err)
	}
	drawn := &picture{mat: s.mat, size: image.Pt(s.mat.Cols(), s.mat.Rows())} // s closes the Mat.
	return drawn.encode(drawingQuality)
}

func checkMarks(marks vision.Marks) error {
	for _, p := range marks.Fence {
		if !finite(p[0], p[1]) {
			return errors.New("capture: draw: fence: a coordinate is not finite")
		}
	}
	for _, b := range marks.Boxes {
		if !finite(b.Box.X, b.Box.Y, b.Box.W, b.Box.H) {
			return fmt.Errorf("capture: draw: box %q: a coordinate is not finite", b.Label)
		}
	}
	return nil
}

func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// sheet is the picture that is drawn on, with its caption bar. The first error stays and ends the drawing.
type sheet struct {
	mat  gocv.Mat
	view image.Point // The picture's part of mat.
	bar  int         // Height of the caption bar.
	unit float64     // One pixel of a drawing 768 wide.
	rule string
	hue  color.RGBA
	err  error
}

func newSheet(source *picture, rule string) (*sheet, error) {
	w := min(max(source.size.X, narrowestDrawing), widestDrawing)
	h := max(1, source.size.Y*w/source.size.X)
	how := gocv.InterpolationLinear
	if w < source.size.X {
		how = gocv.InterpolationArea
	}
	p, err := source.resized(w, h, how)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	hue, known := hues[rule]
	if !known {
		hue = otherHue
	}
	unit := float64(w) / 768
	s := &sheet{mat: gocv.NewMat(), view: p.size, bar: int(30 * unit), unit: unit, rule: rule, hue: hue}
	if err := gocv.CopyMakeBorder(p.mat, &s.mat, 0, s.bar, 0, 0, gocv.BorderConstant, panel); err != nil {
		s.close()
		return nil, fmt.Errorf("capture: draw: %w", err)
	}
	return s, nil
}

func (s *sheet) close() { s.mat.Close() }

// do runs step unless an earlier one failed.
func (s *sheet) do(step func() error) {
	if s.err == nil {
		s.err = step()
	}
}

// at turns normalised coordinates into pixels. What lies far outside is brought near, where it is not seen either.
func (s *sheet) at(p orb.Point) orb.Point {
	return orb.Point{
		min(max(p[0], -1), 2) * float64(s.view.X),
		min(max(p[1], -1), 2) * float64(s.view.Y),
	}
}

// fence tints the fence and draws its outline.
func (s *sheet) fence(normalised []orb.Point) {
	if len(normalised) > 1 && normalised[0] == normalised[len(normalised)-1] {
		normalised = normalised[:len(normalised)-1]
	}
	if len(normalised) < 3 {
		return
	}
	points := make([]orb.Point, len(normalised))
	for i, p := range normalised {
		points[i] = s.at(p)
	}
	s.tint(points, s.hue, 0.2)
	s.stroke(points, 3.5*s.unit, edge)
	s.stroke(points, 1.75*s.unit, s.hue)
}

// box draws one box and its label: the subject in the matter's colour, the others quietly.
func (s *sheet) box(b vision.MarkedBox) {
	low := s.at(orb.Point{b.Box.X, b.Box.Y})
	high := s.at(orb.Point{b.Box.X + b.Box.W, b.Box.Y + b.Box.H})
	corners := []orb.Point{low, {high[0], low[1]}, high, {low[0], high[1]}}
	if b.Subject {
		s.stroke(corners, 4.5*s.unit, edge)
		s.stroke(corners, 2.5*s.unit, s.hue)
		s.label(b.Label, low, s.hue, panel)
		return
	}
	s.stroke(corners, 2.5*s.unit, edge)
	s.stroke(corners, 1.1*s.unit, paper)
	s.label(b.Label, low, panel, paper)
}

// label writes text on a plate on top of the box's upper left corner, or inside where there is no room above.
func (s *sheet) label(text string, corner orb.Point, plate, ink color.RGBA) {
	text = ascii(text)
	if text == "" {
		return
	}
	scale, thickness := 0.45*s.unit, int(math.Round(s.unit))
	size, _ := gocv.GetTextSizeWithBaseline(text, gocv.FontHersheyDuplex, scale, thickness)
	margin := int(4 * s.unit)
	w, h := size.X+2*margin, size.Y+2*margin
	x := min(max(int(corner[0]), 0), max(s.view.X-w, 0))
	y := int(corner[1]) - h
	if y < 0 {
		y = max(int(corner[1]), 0)
	}
	y = min(y, max(s.view.Y-h, 0))
	s.do(func() error {
		return gocv.RectangleWithParams(&s.mat, image.Rect(x, y, x+w, y+h), plate, -1, gocv.LineAA, 0)
	})
	s.write(text, image.Pt(x+margin, y+h-margin), scale, thickness, ink)
}

// caption writes the line in the bar below the picture, behind the mark of its matter.
func (s *sheet) caption(text string) {
	middle := orb.Point{float64(s.bar) / 2, float64(s.view.Y) + float64(s.bar)/2}
	s.mark(middle, float64(s.bar)*0.24)
	text = ascii(text)
	scale, thickness := 0.45*s.unit, int(math.Round(s.unit))
	room := s.view.X - s.bar - int(8*s.unit)
	for gocv.GetTextSize(text, gocv.FontHersheyDuplex, scale, thickness).X > room {
		text = strings.TrimSuffix(text, "...")
		text = text[:len(text)-1] + "..."
	}
	size := gocv.GetTextSize("Hg", gocv.FontHersheyDuplex, scale, thickness)
	s.write(text, image.Pt(s.bar, s.view.Y+(s.bar+size.Y)/2), scale, thickness, paper)
}

func (s *sheet) write(text string, origin image.Point, scale float64, thickness int, ink color.RGBA) {
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
