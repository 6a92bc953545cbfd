package capture

import (
	"errors"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

// folderOf writes files into a new folder.
func folderOf(t *testing.T, files map[string][]byte) string {
	t.Helper()
	folder := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestFolder_InOrderOfNamesPastRubbish(t *testing.T) {
	folder := folderOf(t, map[string][]byte{
		"002.jpg":    plainJPEG(t, 32, 24, 20),
		"001.JPG":    plainJPEG(t, 32, 24, 10),
		"003.jpeg":   []byte("no picture"),
		"004.jpg":    plainJPEG(t, 1600, 900, 40),
		"005.png":    []byte("\x89PNG\r\n\x1a\n and no more"),
		"readme.txt": []byte("left alone"),
		".DS_Store":  []byte("left alone"),
	})
	green := plain(t, 20, 10, 60)
	defer green.Close()
	gocv.IMWrite(filepath.Join(folder, "006.png"), green.(*picture).mat)
	if err := os.Mkdir(filepath.Join(folder, "000.jpg"), 0o700); err != nil {
		t.Fatal(err)
	}

	source := open(t, vision.Camera{ID: "F", FPS: 4, Source: vision.Source{URL: folder, Fast: true}}, Options{Start: noon})
	for i, want := range []struct {
		grey int
		size image.Point
		bad  string
	}{
		{10, image.Pt(32, 24), ""}, {20, image.Pt(32, 24), ""}, {bad: "003.jpeg"}, {40, image.Pt(768, 432), ""}, {bad: "005.png"}, {60, image.Pt(20, 10), ""},
	} {
		frame, err := source.Next(t.Context())
		if want.bad != "" {
			if !errors.Is(err, ErrBadFrame) || !strings.Contains(err.Error(), want.bad) {
				t.Errorf("picture %d: %v, want a bad frame that names %s", i, err, want.bad)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := greyOf(frame.Image); got != want.grey || frame.Image.Size() != want.size || frame.At.Sub(noon) != time.Duration(i)*time.Second/4 {
			t.Errorf("picture %d: grey %d, %v, after %v", i, got, frame.Image.Size(), frame.At.Sub(noon))
		}
		frame.Close()
	}
	if _, err := source.Next(t.Context()); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
}

func TestFolder_LoopAtItsOwnClockShowsWhatCame(t *testing.T) {
	folder := folderOf(t, map[string][]byte{"1.jpg": plainJPEG(t, 8, 8, 10), "2.jpg": plainJPEG(t, 8, 8, 20)})
	third := plainJPEG(t, 8, 8, 30)
	synctest.Test(t, func(t *testing.T) {
		source := open(t, vision.Camera{FPS: 1, Source: vision.Source{URL: folder, Loop: true}}, Options{})
		began := time.Now()
		for i, want := range []int{10, 20, 10, 20, 30, 10} {
			frame := next(t, source)
			if got := greyOf(frame.Image); got != want || time.Since(began) != time.Duration(i)*time.Second || !frame.At.Equal(time.Now()) {
				t.Errorf("picture %d: grey %d at %v, want %d", i, got, time.Since(began), want)
			}
			if i == 1 {
				if err := os.WriteFile(filepath.Join(folder, "3.jpg"), third, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestFolder_WithoutAGoodPicture(t *testing.T) {
	empty := t.TempDir()
	if _, err := Open(t.Context(), vision.Camera{Source: vision.Source{URL: empty}}); err == nil || !strings.Contains(err.Error(), "holds no picture") {
		t.Errorf("an empty folder: %v", err)
	}
	rubbish := folderOf(t, map[string][]byte{"1.jpg": []byte("x"), "2.bmp": []byte("BM"), "3.webp": nil})
	source := open(t, vision.Camera{Source: vision.Source{URL: rubbish, Fast: true, Loop: true}}, Options{})
	for i := range 3 {
		if _, err := source.Next(t.Context()); !errors.Is(err, ErrBadFrame) {
			t.Errorf("picture %d: %v", i, err)
		}
	}
	if _, err := source.Next(t.Context()); err == nil || errors.Is(err, ErrBadFrame) {
		t.Errorf("after a pass without a good picture: %v", err)
	}
}
