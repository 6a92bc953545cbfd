package capture

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"testing"
)

func TestNewImage_CopiesThePixels(t *testing.T) {
	pixels := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}
	img, err := NewImage(3, 2, pixels)
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	want := bytes.Clone(pixels)
	pixels[0] = 99
	if img.Size() != image.Pt(3, 2) || !bytes.Equal(img.BGR(), want) {
		t.Errorf("got %v %v, want 3×2 %v", img.Size(), img.BGR(), want)
	}
}

func TestNewImage_RefusesWhatDoesNotFit(t *testing.T) {
	for _, c := range []struct {
		name string
		w, h int
		n    int
	}{
		{"too few bytes", 2, 2, 11},
		{"too many bytes", 2, 2, 13},
		{"no bytes", 2, 2, 0},
		{"no width", 0, 2, 0},
		{"negative sides, whose product would fit", -2, -2, 12},
		{"sides whose product overflows", 1 << 32, 1 << 32, 0},
		{"more than 48 megapixels", 1 << 14, 1 << 13, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if img, err := NewImage(c.w, c.h, make([]byte, c.n)); err == nil {
				img.Close()
				t.Error("was taken")
			}
		})
	}
}

func TestImage_CloseTwiceAndUseAfter(t *testing.T) {
	img := plain(t, 8, 4, 7)
	for range 2 {
		if err := img.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if img.BGR() != nil {
		t.Error("pixels of a closed image are shown")
	}
	if img.Size() != image.Pt(8, 4) {
		t.Errorf("size is %v", img.Size())
	}
	if _, err := img.Resized(2, 2); err == nil {
		t.Error("a closed image was resized")
	}
	if _, err := Encode(img, 90); err == nil {
		t.Error("a closed image was encoded")
	}
}

func TestImage_ResizedIsAnother(t *testing.T) {
	img := plain(t, 64, 48, 80)
	defer img.Close()
	small, err := img.Resized(16, 9)
	if err != nil {
		t.Fatal(err)
	}
	defer small.Close()
	small.BGR()[0] = 255
	if small.Size() != image.Pt(16, 9) || len(small.BGR()) != 16*9*3 || img.BGR()[0] != 80 {
		t.Errorf("small %v with %d bytes; first byte of the large one %d", small.Size(), len(small.BGR()), img.BGR()[0])
	}
	for _, side := range []int{0, -1, 1 << 30} {
		if wrong, err := img.Resized(side, 9); err == nil {
			wrong.Close()
			t.Errorf("resized to %d×9", side)
		}
	}
}

func TestDecode_GivesBackARealFrame(t *testing.T) {
	img := realFrame(t, 5)
	defer img.Close()
	data, err := Encode(img, 95)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(append(data, 0, 0, '\r', '\n')) // Some cameras fill up behind the end.
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	if back.Size() != image.Pt(768, 576) {
		t.Fatalf("size %v", back.Size())
	}
	difference := 0
	for i, b := range img.BGR() {
		difference += max(int(b), int(back.BGR()[i])) - min(int(b), int(back.BGR()[i]))
	}
	if mean := float64(difference) / float64(len(img.BGR())); mean > 4 {
		t.Errorf("a byte differs by %.1f on average", mean)
	}
}

func TestDecode_MakesGreyColour(t *testing.T) {
	var data bytes.Buffer
	if err := jpeg.Encode(&data, image.NewGray(image.Rect(0, 0, 10, 6)), nil); err != nil {
		t.Fatal(err)
	}
	img, err := Decode(data.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	if len(img.BGR()) != 10*6*3 {
		t.Errorf("%d bytes", len(img.BGR()))
	}
}

func TestDecode_RefusesWhatIsNoJPEG(t *testing.T) {
	good := plainJPEG(t, 32, 32, 100)
	huge := bytes.Clone(good)
	frame := bytes.Index(huge, []byte{0xFF, 0xC0}) // Start of frame: height and width follow at 5 and 7.
	copy(huge[frame+5:], []byte{0xFF, 0xDC, 0xFF, 0xDC})
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "no bytes"},
		{"a page of HTML", []byte("<html>404</html>"), "begins with 3c 68 74 6d"},
		{"a PNG", []byte("\x89PNG\r\n\x1a\n"), "begins with"},
		{"the two first bytes only", good[:2], "no JPEG"},
		{"rubbish behind the two first bytes", append([]byte{0xFF, 0xD8}, bytes.Repeat([]byte{7}, 500)...), "no JPEG"},
		{"a picture that claims 4 gigapixels", huge, "65500×65500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			img, err := Decode(c.data)
			if err == nil {
				img.Close()
				t.Fatal("was decoded")
			}
			if !strings.Contains(err.Error(), c.want) || img != nil {
				t.Errorf("%v with %v, want %q", img, err, c.want)
			}
		})
	}
}

func TestDecode_RefusesEveryCut(t *testing.T) {
	real := realFrame(t, 5)
	defer real.Close()
	good, err := Encode(real, 80)
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(good)-1; n += 1 + len(good)/97 {
		if img, err := Decode(good[:n]); err == nil {
			img.Close()
			t.Errorf("the first %d of %d bytes were taken for a picture", n, len(good))
		}
	}
}

func FuzzDecode(f *testing.F) {
	good := plainJPEG(f, 16, 16, 50)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xD9})
	f.Fuzz(func(t *testing.T, data []byte) {
		before := OpenMats()
		img, err := Decode(data)
		if err == nil {
			if size := img.Size(); len(img.BGR()) != size.X*size.Y*3 {
				t.Errorf("%v has %d bytes", size, len(img.BGR()))
			}
			img.Close()
		}
		if OpenMats() != before {
			t.Errorf("a Mat stayed open (error: %v)", err)
		}
	})
}
