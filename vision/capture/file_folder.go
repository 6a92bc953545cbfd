package capture

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

// pictureSuffixes are the files of a folder that count as pictures; whatever else lies there is left alone.
var pictureSuffixes = []string{".jpg", ".jpeg", ".png", ".bmp", ".webp"}

// maxFileBytes bounds a picture file of a folder.
const maxFileBytes = 64 << 20

// folderReader shows the pictures of a folder in the order of their names, each for one interval.
type folderReader struct {
	cam   vision.Camera
	path  string
	clock clock
	every time.Duration
	seq   uint64

	names  []string // Of this pass.
	next   int
	good   bool // This pass had a picture that could be decoded.
	shown  int  // Pictures of all passes, which gives the next one its position.
	closed bool
}

func openFolder(cam vision.Camera, path string, o Options) (Reader, error) {
	r := &folderReader{cam: cam, path: path, clock: newClock(o, cam.Source.Fast), every: interval(cam.FPS)}
	if err := r.list(); err != nil {
		return nil, err
	}
	return r, nil
}

// list begins a pass. The folder is read anew, so that pictures which came meanwhile are shown too.
func (r *folderReader) list() error {
	entries, err := os.ReadDir(r.path) // Sorted by name.
	if err != nil {
		return fmt.Errorf("folder of pictures: %w", err)
	}
	r.names, r.next, r.good = nil, 0, false
	for _, e := range entries {
		if e.Type().IsRegular() && slices.Contains(pictureSuffixes, strings.ToLower(filepath.Ext(e.Name()))) {
			r.names = append(r.names, e.Name())
		}
	}
	if len(r.names) == 0 {
		return fmt.Errorf("folder %s holds no picture (%s)", r.path, strings.Join(pictureSuffixes, ", "))
	}
	return nil
}

// Next returns the next picture at its time.
func (r *folderReader) Next(ctx context.Context) (vision.Frame, error) {
	if r.closed {
		return vision.Frame{}, errClosed
	}
	if r.next == len(r.names) {
		switch {
		case !r.good:
			return vision.Frame{}, fmt.Errorf("folder %s holds no picture that can be decoded", r.path)
		case !r.cam.Source.Loop:
			return vision.Frame{}, io.EOF
		}
		if err := r.list(); err != nil {
			return vision.Frame{}, err
		}
	}
	at, err := r.clock.wait(ctx, time.Duration(r.shown)*r.every)
	if err != nil {
		return vision.Frame{}, err
	}
	name := r.names[r.next]
	r.next++
	r.shown++
	p, err := readPicture(filepath.Join(r.path, name))
	if err != nil {
		return vision.Frame{}, fmt.Errorf("%s: %w: %w", name, ErrBadFrame, err)
	}
	r.good = true
	r.seq++
	return vision.Frame{CameraID: r.cam.ID, Seq: r.seq, At: at, Image: p}, nil
}

// readPicture decodes a picture file. A JPEG is looked at as strictly as one from outside; the other kinds are OpenCV's.
func readPicture(path string) (*picture, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFileBytes {
		return nil, fmt.Errorf("capture: a picture file of %d MB is not taken", info.Size()>>20)
	}
	var p *picture
	if suffix := strings.ToLower(filepath.Ext(path)); suffix == ".jpg" || suffix == ".jpeg" {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		p, err = decode(data)
		if err != nil {
			return nil, err
		}
	} else if p, err = newPicture(gocv.IMRead(path, gocv.IMReadColor)); err != nil {
		return nil, err
	}
	return p.narrowed(MaxWidth)
}

// Close ends the reading.
func (r *folderReader) Close() error {
	r.closed = true
	return nil
}
