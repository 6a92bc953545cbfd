package capture

import (
	"fmt"
	"os"
	"testing"

	"gridwatch/vision"
)

// TestMain ends with the leak test: every Mat that any test opened is closed again.
func TestMain(m *testing.M) {
	if url := os.Getenv(orphanURL); url != "" {
		becomeOrphanMaker(url)
	}
	code := m.Run()
	if n := OpenMats(); code == 0 && n > 0 {
		fmt.Fprintf(os.Stderr, "%d Mats are still open after all tests\n", n)
		writeOpenMats(os.Stderr)
		code = 1
	}
	os.Exit(code)
}

func TestOpenMats_CountsPictures(t *testing.T) {
	before := OpenMats()
	if before == -1 {
		t.Fatal("tests of this package need the build tag matprofile, without which no leak is seen")
	}
	img := plain(t, 4, 4, 0)
	if got := OpenMats(); got != before+1 {
		t.Errorf("%d open with one more picture, want %d", got, before+1)
	}
	img.Close()
	if got := OpenMats(); got != before {
		t.Errorf("%d open after closing it, want %d", got, before)
	}
}

// plain returns a picture of one grey, which the caller closes.
func plain(t testing.TB, w, h int, grey byte) vision.Image {
	t.Helper()
	pixels := make([]byte, w*h*3)
	for i := range pixels {
		pixels[i] = grey
	}
	img, err := NewImage(w, h, pixels)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// greyOf is the mean of all bytes of a picture.
func greyOf(img vision.Image) int {
	sum := 0
	for _, b := range img.BGR() {
		sum += int(b)
	}
	return sum / len(img.BGR())
}

// plainJPEG is the JPEG of one grey.
func plainJPEG(t testing.TB, w, h int, grey byte) []byte {
	t.Helper()
	img := plain(t, w, h, grey)
	defer img.Close()
	data, err := Encode(img, 90)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// realFrame returns the frame of the real clip at about the given second, which the caller closes.
func realFrame(t testing.TB, second float64) vision.Image {
	t.Helper()
	source, err := Open(t.Context(), vision.Camera{ID: "real", FPS: 1 / max(second, 0.1), Source: vision.Source{URL: vtest(t), Fast: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	var frame vision.Frame
	for range 2 {
		frame.Close()
		if frame, err = source.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return frame.Image
}
