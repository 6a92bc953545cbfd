package vision

import (
	"math"
	"slices"
)

// Why a frame may neither raise nor clear. A frame whose Unfit is empty is fit.
const (
	UnfitEmpty       = "empty"       // There is no picture in it.
	UnfitDark        = "dark"        // Nothing can be seen for want of light.
	UnfitOverexposed = "overexposed" // Most of it is plain white.
	UnfitBlurred     = "blurred"     // Out of focus, fog, a wet dome.
	UnfitCovered     = "covered"     // Something is before the lens.
	UnfitFrozen      = "frozen"      // The stream runs, and the picture is always the same.
	UnfitRain        = "rain"        // Streaks all over it.
	UnfitSnow        = "snow"        // Flakes all over it.
	UnfitMoved       = "moved"       // The camera does not look where its view's reference does.
	UnfitOffView     = "off_view"    // The camera shows none of its known views.
	UnfitDetector    = "detector"    // A part of the pipeline failed on it.
)

// Unfits lists every reason.
func Unfits() []string {
	return []string{UnfitEmpty, UnfitDark, UnfitOverexposed, UnfitBlurred, UnfitCovered, UnfitFrozen, UnfitRain, UnfitSnow,
		UnfitMoved, UnfitOffView, UnfitDetector}
}

// Quality is what was measured of one frame. Lengths are shares of the picture's width, brightness is 0 to 255.
type Quality struct {
	Light    float64 `json:"light"`    // Mean brightness.
	Contrast float64 `json:"contrast"` // Standard deviation of brightness.
	Dark     float64 `json:"dark"`     // Share of pixels that are darker than quality.dark_level.
	Bright   float64 `json:"bright"`   // Share of pixels that are brighter than quality.bright_level.
	Blur     float64 `json:"blur"`     // Share of its edges that another blur leaves: near 1 is blurred already.
	Lost     float64 `json:"lost"`     // Share of the reference's detail that is not there.
	Streaks  float64 `json:"streaks"`  // Share of plain ground under thin, bright, passing marks.
	StillS   float64 `json:"still_s"`  // Seconds for which the picture has been the same, byte for byte or nearly.
	Infrared bool    `json:"infrared"` // Without colour: a night camera. Not bad by itself.
	Pose     Pose    `json:"pose,omitempty"`
	Shift    float64 `json:"shift,omitempty"`    // How far the picture's middle lies from the reference's.
	TurnDeg  float64 `json:"turn_deg,omitempty"` // How far it is turned about its middle, degrees.
	Zoom     float64 `json:"zoom,omitempty"`     // Its scale against the reference's; 1 is the same.
}

// Rounded keeps three digits behind the point: nobody reads more, and observations are kept for weeks.
func (q Quality) Rounded() Quality {
	for _, v := range []*float64{&q.Light, &q.Contrast, &q.Dark, &q.Bright, &q.Blur, &q.Lost, &q.Streaks, &q.StillS, &q.Shift,
		&q.TurnDeg, &q.Zoom} {
		*v = math.Round(*v*1000) / 1000
	}
	return q
}

// Pose says how the frame lies on a view's reference picture. Empty is unknown, which is not moved: night, fog and a lorry
// before the lens leave nothing to compare.
type Pose string

const (
	PoseAt    Pose = "at"    // As the reference.
	PoseMoved Pose = "moved" // The reference's scene, elsewhere in the picture.
	PoseLost  Pose = "lost"  // Another scene, in the same light, for long.
)

// QualityGate says of each frame of one camera whether it may speak, and which of the camera's poses it shows. It follows
// the camera through time. Not safe for two goroutines.
type QualityGate interface {
	// Look judges the frame by the city's rules, against the camera's views. It does not take the frame over.
	Look(f Frame, c City) (Judgement, error)
	// Picture packs what may stand for a view: the whole picture, with nothing drawn over it.
	Picture(img Image) (jpeg []byte, err error)
	Close() error
}

// Judgement is what a gate says of one frame.
type Judgement struct {
	Unfit   string // Empty when the frame is fit.
	Quality Quality
	ViewID  string   // The pose that the frame shows; empty where it shows none.
	Learned *Learned // A picture that shall stand for a view from now on; nil mostly.
	Sketch  Sketch   // What the gate looked at, valid until it looks again.
}

// Learned is a view's first reference picture.
type Learned struct {
	ViewID string
	JPEG   []byte
}

// Pose returns the camera's view of that id, and a view that shows nothing where there is none.
func (c Camera) Pose(viewID string) View {
	views := c.Poses()
	if i := slices.IndexFunc(views, func(v View) bool { return v.ID == viewID }); i >= 0 {
		return views[i]
	}
	return View{}
}

// Poses are all views of the camera: Views, or View alone where nobody listed them.
func (c Camera) Poses() []View {
	if len(c.Views) == 0 {
		return []View{c.View}
	}
	return c.Views
}

const (
	samplesAcross = 48  // The picture is judged by so many pixels squared.
	leastContrast = 3.0 // Standard deviation of brightness, of 255: a covered lens, a grey frame of a broken stream.
)

// unfit is the judgement of a pipeline without a gate: a picture without contrast shows nothing, so it cannot show that a
// place is clear.
func unfit(img Image) string {
	size, pixels := img.Size(), img.BGR()
	if size.X <= 0 || size.Y <= 0 || len(pixels) < 3*size.X*size.Y {
		return UnfitEmpty
	}
	var n, sum, squares float64
	for i := range samplesAcross {
		for j := range samplesAcross {
			at := 3 * (size.Y*i/samplesAcross*size.X + size.X*j/samplesAcross)
			light := 0.114*float64(pixels[at]) + 0.587*float64(pixels[at+1]) + 0.299*float64(pixels[at+2])
			n, sum, squares = n+1, sum+light, squares+light*light
		}
	}
	if math.Sqrt(max(squares/n-sum*sum/n/n, 0)) < leastContrast {
		return UnfitCovered
	}
	return ""
}
