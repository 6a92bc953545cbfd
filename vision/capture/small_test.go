package capture

import (
	"bytes"
	"image/jpeg"
	"testing"
)

// A small picture is narrow, keeps its aspect, and leaves the frame as it was.
func TestSmall(t *testing.T) {
	for _, row := range []struct{ w, h, wantW, wantH int }{{1920, 1080, 640, 360}, {704, 576, 640, 523}, {320, 240, 320, 240}, {3000, 1, 640, 1}} {
		img, err := Decode(plainJPEG(t, row.w, row.h, 90))
		if err != nil {
			t.Fatal(err)
		}
		data, err := Small(img)
		if err != nil {
			t.Fatal(err)
		}
		got, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil || got.Width != row.wantW || got.Height != row.wantH {
			t.Errorf("%d×%d became %d×%d, %v", row.w, row.h, got.Width, got.Height, err)
		}
		if size := img.Size(); size.X != row.w || size.Y != row.h {
			t.Errorf("the frame is %v now", size)
		}
		if err := img.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Small(img); err == nil {
			t.Error("a picture of a closed frame")
		}
	}
}
