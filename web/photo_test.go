package web

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/gif"
	"image/png"
	"strings"
	"testing"

	"gridwatch/geo"
)

func smallPNG(t testing.TB) []byte {
	t.Helper()
	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, 3, 5))); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

// pngOf is the header of a PNG that says it has this size.
func pngOf(width, height uint32) []byte {
	chunk := []byte("IHDR")
	chunk = binary.BigEndian.AppendUint32(chunk, width)
	chunk = binary.BigEndian.AppendUint32(chunk, height)
	chunk = append(chunk, 8, 2, 0, 0, 0)
	data := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	data = append(data, chunk...)
	return binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(chunk))
}

// webpOf is a WebP of one chunk.
func webpOf(chunk string, body []byte) []byte {
	data := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(12+len(body)))
	data = append(data, "WEBP"+chunk...)
	data = binary.LittleEndian.AppendUint32(data, uint32(len(body)))
	return append(data, body...)
}

func TestPhoto_IsWhatItsBytesAre(t *testing.T) {
	// A whole lossy WebP of one pixel, as an encoder wrote it.
	lossy, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		data          []byte
		kind          string
		width, height int
	}{
		"JPEG":          {smallJPEG(), "image/jpeg", 16, 9},
		"PNG":           {smallPNG(t), "image/png", 3, 5},
		"lossy WebP":    {lossy, "image/webp", 1, 1},
		"lossless WebP": {webpOf("VP8L", append([]byte{0x2f, 0x03, 0x40, 0x01, 0x10}, make([]byte, 8)...)), "image/webp", 4, 6},
		"extended WebP": {webpOf("VP8X", []byte{0, 0, 0, 0, 0x7f, 0x07, 0, 0x37, 0x04, 0}), "image/webp", 1920, 1080},
	} {
		kind, width, height, err := pictureOf(test.data)
		if err != nil || kind != test.kind || width != test.width || height != test.height {
			t.Errorf("%s: %s %d×%d, %v", name, kind, width, height, err)
		}
		if p, err := readPhoto(bytes.NewReader(test.data)); err != nil || p.kind != test.kind || !bytes.Equal(p.data, test.data) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

func TestPhoto_Refuses(t *testing.T) {
	var animation bytes.Buffer
	if err := gif.Encode(&animation, image.NewGray(image.Rect(0, 0, 2, 2)), nil); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"nothing":                 {},
		"script":                  []byte("<script>alert(1)</script>"),
		"script behind magic":     append([]byte("\xff\xd8\xff\xe0"), "<script>alert(1)</script>"...),
		"drawing with script":     []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"GIF":                     animation.Bytes(),
		"PNG broken off":          smallPNG(t)[:20],
		"JPEG broken off":         smallJPEG()[:10],
		"WebP broken off":         webpOf("VP8X", make([]byte, 40))[:40],
		"WebP of a strange chunk": webpOf("ANIM", make([]byte, 40)),
		"PNG of no width":         pngOf(0, 10),
		"PNG of a huge side":      pngOf(maxPhotoSide+1, 1),
		"PNG of gigabytes":        pngOf(16_000, 16_000),
		"WebP of gigabytes":       webpOf("VP8X", []byte{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
	} {
		_, err := readPhoto(bytes.NewReader(data))
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "body.photo" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := readPhoto(strings.NewReader(strings.Repeat("x", maxPhotoBytes+1)))
	var p *Problem
	if !errors.As(err, &p) || p.Status != 413 {
		t.Errorf("8 MB and a byte: %v", err)
	}
}

func FuzzPictureOf(f *testing.F) {
	f.Add(smallJPEG())
	f.Add(smallPNG(f))
	f.Add(webpOf("VP8 ", make([]byte, 10)))
	f.Add(webpOf("VP8L", make([]byte, 10)))
	f.Add(webpOf("VP8X", make([]byte, 10)))
	f.Fuzz(func(t *testing.T, data []byte) {
		kind, width, height, err := pictureOf(data)
		if err == nil && (!pictureKinds[kind] || width < 0 || height < 0) {
			t.Fatalf("%s %d×%d", kind, width, height)
		}
	})
}
