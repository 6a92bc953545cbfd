package capture

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"

	"gridwatch/geo"

	"gocv.io/x/gocv"
)

// sceneSize and sceneFPS are those of the real clip, and of the scenes made from it.
var sceneSize = image.Pt(768, 576)

const sceneFPS = 10

// Compose makes a demonstration scene from the real clip vtest.avi and writes it as an MPEG-4 AVI. Ground, light,
// passers-by and the people of the scene are real, cut out of other moments of the clip; the thing they bring is drawn.
// Kinds are "vending", a stall on a handcart, and "debris", a heap that is tipped and later cleared. The same clip
// gives the same scene. Whoever shows it has to say that it is composed.
func Compose(ctx context.Context, kind, vtestPath, outPath string, progress func(done, total int)) error {
	play, ok := map[string]func(*stagehand) play{"vending": vendingPlay, "debris": debrisPlay}[kind]
	if !ok {
		return geo.Invalid("kind", `must be "vending" or "debris", is %q`, kind)
	}
	hand, err := newStagehand(ctx, vtestPath)
	if err != nil {
		return fmt.Errorf("compose %s: %w", kind, err)
	}
	if err := hand.perform(ctx, play(hand), vtestPath, outPath, progress); err != nil {
		return fmt.Errorf("compose %s: %w", kind, err)
	}
	return nil
}

// play says what is added to the real frame at a second of the scene.
type play func(second float64) []prop

// prop is one thing of a frame. Props are drawn from far to near, real passers-by among them.
type prop interface {
	foot() float64 // Where it stands: the lower it is in the frame, the nearer to the camera. Pixels.
	shadow(c *canvas)
	draw(c *canvas)
}

// stagehand knows the empty scene and the people that can be cut out of the clip.
type stagehand struct {
	plate  []byte // The clip without people: BGR.
	people map[string][]cutout
	frames int
}

// perform plays the scene over the real clip, frame by frame. A scene that does not come to its end leaves no file.
func (h *stagehand) perform(ctx context.Context, p play, vtestPath, outPath string, progress func(done, total int)) (err error) {
	out, err := gocv.VideoWriterFileWithAPI(outPath, gocv.VideoCaptureFFmpeg, "XVID", sceneFPS, sceneSize.X, sceneSize.Y, true)
	if err != nil {
		return fmt.Errorf("%s: %w", outPath, err)
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			os.Remove(outPath)
		}
	}()
	if !out.IsOpened() {
		return fmt.Errorf("%s cannot be written", outPath)
	}
	return eachClipFrame(ctx, vtestPath, func(n int, mat gocv.Mat, pix []byte) error {
		if props := p(float64(n) / sceneFPS); len(props) > 0 {
			others, err := h.passersBy(pix)
			if err != nil {
				return err
			}
			c := &canvas{pix: pix, seed: uint32(n)}
			c.draw(append(props, others...))
		}
		if err := out.Write(mat); err != nil {
			return fmt.Errorf("%s: %w", outPath, err)
		}
		if progress != nil {
			progress(n+1, h.frames)
		}
		return nil
	})
}

// eachClipFrame calls f with every frame of the clip; pix is the Mat's own memory and may be drawn on.
func eachClipFrame(ctx context.Context, path string, f func(n int, mat gocv.Mat, pix []byte) error) error {
	video, err := gocv.VideoCaptureFileWithAPI(path, gocv.VideoCaptureFFmpeg)
	if err != nil {
		video.Close()
		return fmt.Errorf("%s: %w", path, err)
	}
	defer video.Close()
	mat := gocv.NewMat()
	defer mat.Close()
	n := 0
	for ; video.Read(&mat); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if mat.Cols() != sceneSize.X || mat.Rows() != sceneSize.Y || mat.Type() != gocv.MatTypeCV8UC3 {
			return fmt.Errorf("%s is not the clip that the scenes are made from: %d×%d pixels", path, mat.Cols(), mat.Rows())
		}
		pix, err := mat.DataPtrUint8()
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := f(n, mat, pix); err != nil {
			return err
		}
	}
	if n < clipFrames {
		return fmt.Errorf("%s is not the clip that the scenes are made from: %d frames", path, n)
	}
	return nil
}
