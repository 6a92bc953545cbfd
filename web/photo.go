package web

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	_ "image/jpeg" // Registered for image.DecodeConfig.
	_ "image/png"
	"io"

	"gridwatch/geo"
)

const (
	maxPhotoBytes = 8 << 20
	// maxPhotoSide and maxPhotoPixels keep a small file from becoming gigabytes in whoever draws it.
	maxPhotoSide   = 16_384
	maxPhotoPixels = 100_000_000
)

// photo is an officer's picture. Its kind is what the bytes are, whatever the upload called them.
type photo struct {
	data []byte
	kind string
}

// readPhoto reads one picture and looks into its header: a script with a picture's name is refused.
func readPhoto(r io.Reader) (*photo, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxPhotoBytes+1))
	if err != nil {
		return nil, unread(err)
	}
	if len(data) > maxPhotoBytes {
		return nil, problem(413, "The photo is larger than 8 MB.", Fault{"body.photo", "must have at most 8 MB"})
	}
	kind, width, height, err := pictureOf(data)
	if err != nil {
		return nil, geo.Invalid("body.photo", "must be a JPEG, PNG or WebP picture")
	}
	if width < 1 || height < 1 || width > maxPhotoSide || height > maxPhotoSide || width*height > maxPhotoPixels {
		return nil, geo.Invalid("body.photo", "must be at most %d pixels a side and %d in all, not %d×%d",
			maxPhotoSide, maxPhotoPixels, width, height)
	}
	return &photo{data: data, kind: kind}, nil
}

// pictureOf tells a picture's media type and size from its header.
func pictureOf(data []byte) (kind string, width, height int, err error) {
	if width, height, ok := webpSize(data); ok {
		return "image/webp", width, height, nil
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return "", 0, 0, err
	}
	switch format {
	case "jpeg", "png":
		return "image/" + format, config.Width, config.Height, nil
	}
	return "", 0, 0, errors.New("not a kind that pages show") // Another package may have registered more kinds.
}

// webpSize reads the size from a WebP header: RIFF, the length, WEBP, and the first chunk, which is lossy (VP8),
// lossless (VP8L) or extended (VP8X).
func webpSize(data []byte) (width, height int, ok bool) {
	if len(data) < 30 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WEBP" {
		return 0, 0, false
	}
	if int64(binary.LittleEndian.Uint32(data[4:]))+8 > int64(len(data)) {
		return 0, 0, false // It broke off.
	}
	body := data[20:]
	switch string(data[12:16]) {
	case "VP8 ":
		if body[0]&1 != 0 || body[3] != 0x9d || body[4] != 0x01 || body[5] != 0x2a {
			return 0, 0, false // No key frame.
		}
		width = int(binary.LittleEndian.Uint16(body[6:])) & 0x3fff
		height = int(binary.LittleEndian.Uint16(body[8:])) & 0x3fff
	case "VP8L":
		if body[0] != 0x2f {
			return 0, 0, false
		}
		bits := binary.LittleEndian.Uint32(body[1:])
		width, height = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
	case "VP8X":
		width = 1 + int(body[4]) + int(body[5])<<8 + int(body[6])<<16
		height = 1 + int(body[7]) + int(body[8])<<8 + int(body[9])<<16
	default:
		return 0, 0, false
	}
	return width, height, true
}
