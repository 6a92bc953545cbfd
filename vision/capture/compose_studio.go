package capture

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gridwatch/geo"

	"gocv.io/x/gocv"
)

// Studio makes the scenes by which the rules are measured, out of the real clip: its ground, its light, its people and its
// parked vehicles, with real passers-by before and behind what is added.
type Studio struct {
	hand   *stagehand
	frames [][]byte // Of the real clip, studioFPS a second: BGR.
	crowd  [][]prop // The real people of each frame.
}

// Recipe says what a scene shows and under which conditions.
type Recipe struct {
	Scene      string
	Conditions []string // In the order in which they change the picture.
	Seconds    float64
}

const (
	studioFPS  = 2 // Of the scenes: as many as are looked at.
	studioStep = sceneFPS / studioFPS

	// StudioVersion changes with everything that changes a scene's pictures.
	StudioVersion = "1"

	// RealScene is the real clip as it is.
	RealScene = "real"
)

// scenes are the plays, by name.
var scenes = map[string]func(*stagehand) play{
	RealScene:       func(*stagehand) play { return func(float64) []prop { return nil } },
	"street":        streetPlay,
	"vending":       vendingPlay,
	"lorry":         lorryPlay,
	"id swap":       swapPlay,
	"change places": placesPlay,
	"bus":           busPlay,
	"queue":         queuePlay,
	"returns":       returnsPlay,
	"waits":         waitsPlay,
	"wet":           wetPlay,
	"loads":         loadsPlay,
}

// Scenes lists the scenes that a studio can make.
func Scenes() []string { return slices.Sorted(maps.Keys(scenes)) }

// Conditions lists what a studio can do to the pictures of a scene.
func Conditions() []string { return append(slices.Sorted(maps.Keys(conditions)), gaps) }

// gaps is the condition in which pictures are missing; all others change pictures.
const gaps = "gaps"

// Suffix is that of the recipe's file. Only a Matroska file keeps the times of pictures between which others are missing.
func (r Recipe) Suffix() string {
	if slices.Contains(r.Conditions, gaps) {
		return ".mkv"
	}
	return ".avi"
}

// OpenStudio reads the real clip. A studio keeps 200 MB.
func OpenStudio(ctx context.Context, vtestPath string) (*Studio, error) {
	hand, err := newStagehand(ctx, vtestPath)
	if err != nil {
		return nil, fmt.Errorf("studio: %w", err)
	}
	s := &Studio{hand: hand}
	err = eachClipFrame(ctx, vtestPath, func(n int, _ gocv.Mat, pix []byte) error {
		if n%studioStep != 0 {
			return nil
		}
		people, err := hand.passersBy(pix)
		s.frames, s.crowd = append(s.frames, slices.Clone(pix)), append(s.crowd, people)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("studio: %w", err)
	}
	return s, nil
}

// Film plays a scene. The same recipe gives the same pictures. A scene that does not come to its end leaves no file.
func (s *Studio) Film(ctx context.Context, r Recipe, outPath string) error {
	part := outPath + ".part.avi"
	defer os.Remove(part)
	if err := s.film(ctx, r, part); err != nil {
		return fmt.Errorf("scene %s: %w", r.Scene, err)
	}
	if !slices.Contains(r.Conditions, gaps) {
		return os.Rename(part, outPath)
	}
	if err := leaveOut(ctx, part, outPath); err != nil {
		return fmt.Errorf("scene %s: %w", r.Scene, err)
	}
	return nil
}

func (s *Studio) film(ctx context.Context, r Recipe, path string) (err error) {
	begin, ok := scenes[r.Scene]
	if !ok {
		return geo.Invalid("scene", "must be one of %v, is %q", Scenes(), r.Scene)
	}
	p := begin(s.hand)
	var filters []condition
	for _, name := range r.Conditions {
		if begin, ok := conditions[name]; ok {
			filters = append(filters, begin(s))
		} else if name != gaps {
			return geo.Invalid("conditions", "must be some of %v, one is %q", Conditions(), name)
		}
	}
	out, err := gocv.VideoWriterFileWithAPI(path, gocv.VideoCaptureFFmpeg, "XVID", studioFPS, sceneSize.X, sceneSize.Y, true)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer out.Close()
	if !out.IsOpened() {
		return fmt.Errorf("%s cannot be written", filepath.Base(path))
	}
	mat := gocv.NewMatWithSize(sceneSize.Y, sceneSize.X, gocv.MatTypeCV8UC3)
	defer mat.Close()
	pix, err := mat.DataPtrUint8()
	if err != nil {
		return err
	}
	for n := range int(r.Seconds * studioFPS) {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.play(p, n, pix)
		for _, f := range filters {
			if err := f(n, pix); err != nil {
				return err
			}
		}
		if err := out.Write(mat); err != nil {
			return err
		}
	}
	return nil
}

// play draws frame n of a scene. After its end the real clip goes back to where it came from, so that nobody jumps.
func (s *Studio) play(p play, n int, pix []byte) {
	last := len(s.frames) - 1
	at := n % (2 * last)
	at = min(at, 2*last-at)
	copy(pix, s.frames[at])
	if props := p(float64(n) / studioFPS); len(props) > 0 {
		c := &canvas{pix: pix, seed: uint32(n)}
		c.draw(append(append(props, s.hand.post()), s.crowd[at]...))
	}
}

// left are the seconds of a scene whose pictures never came.
var left = [][2]float64{{15, 20}, {26, 36}, {40, 60}, {95, 155}}

// leaveOut writes a film without some of its pictures; those that stay keep their times.
func leaveOut(ctx context.Context, from, to string) error {
	var missing []string
	for _, span := range left {
		missing = append(missing, "between(t,"+strconv.FormatFloat(span[0]+0.01, 'f', -1, 64)+","+strconv.FormatFloat(span[1]-0.01, 'f', -1, 64)+")")
	}
	part := to + ".part.mkv"
	defer os.Remove(part)
	said, err := exec.CommandContext(ctx, "ffmpeg", "-nostdin", "-v", "error", "-y", "-i", from,
		"-vf", "select='not("+strings.Join(missing, "+")+")'", "-vsync", "vfr", "-c:v", "mpeg4", "-q:v", "2", part).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ffmpeg: %w: %s", err, said)
	}
	return os.Rename(part, to)
}
