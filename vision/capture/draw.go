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
	s.boxes(marks.Boxes)
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
	mat   gocv.Mat
	view  image.Point // The picture's part of mat.
	bar   int         // Height of the caption bar.
	unit  float64     // One pixel of a drawing 768 wide.
	rule  string
	hue   color.RGBA
	taken []image.Rectangle // Places of labels.
	err   error
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

// caption writes the line in the bar below the picture, behind the mark of its matter.
func (s *sheet) caption(text string) {
	middle := orb.Point{float64(s.bar) / 2, float64(s.view.Y) + float64(s.bar)/2}
	s.mark(middle, float64(s.bar)*0.24)
	text = ascii(text)
	room := s.view.X - s.bar - int(8*s.unit)
	for s.lettering(text).X > room {
		text = strings.TrimSuffix(text, "...")
		text = text[:len(text)-1] + "..."
	}
	s.write(text, image.Pt(s.bar, s.view.Y+(s.bar+s.lettering("Hg").Y)/2), paper)
}
