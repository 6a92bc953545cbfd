package capture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

// maxPixels bounds what one picture may unpack to: 48 megapixels are 144 MB.
const maxPixels = 48 << 20

var errClosed = errors.New("capture: image is closed")

// picture is a vision.Image in OpenCV's memory.
type picture struct {
	mat    gocv.Mat // CV_8UC3, continuous.
	size   image.Point
	closed bool
}

// newPicture takes mat over: it is closed with the picture, and at once if it is not an 8-bit BGR picture.
func newPicture(mat gocv.Mat) (*picture, error) {
	if mat.Empty() || mat.Type() != gocv.MatTypeCV8UC3 || !mat.IsContinuous() {
		mat.Close()
		return nil, errors.New("capture: not an 8-bit BGR picture")
	}
	return &picture{mat: mat, size: image.Pt(mat.Cols(), mat.Rows())}, nil
}

// NewImage copies w×h pixels, 8-bit BGR without padding, into an image that the caller owns.
func NewImage(w, h int, bgr []byte) (vision.Image, error) {
	if err := checkSize(w, h); err != nil {
		return nil, err
	}
	if len(bgr) != w*h*3 {
		return nil, fmt.Errorf("capture: %d×%d pixels are %d bytes, not %d", w, h, w*h*3, len(bgr))
	}
	p, err := newPicture(gocv.NewMatWithSize(h, w, gocv.MatTypeCV8UC3))
	if err != nil {
		return nil, err
	}
	copy(p.BGR(), bgr)
	return p, nil
}

// Decode unpacks a JPEG into an image that the caller owns. Bytes that are no JPEG, a cut-off JPEG and one of more than
// 48 megapixels are errors.
func Decode(data []byte) (vision.Image, error) {
	p, err := decode(data)
	if err != nil {
		return nil, err // Not p: a nil *picture in the interface would not be nil.
	}
	return p, nil
}

func decode(data []byte) (*picture, error) {
	if len(data) == 0 {
		return nil, errors.New("capture: no JPEG: no bytes")
	}
	if !bytes.HasPrefix(data, []byte{0xFF, 0xD8}) {
		return nil, fmt.Errorf("capture: no JPEG: it begins with % x", data[:min(4, len(data))])
	}
	header, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("capture: no JPEG: %w", err)
	}
	if err := checkSize(header.Width, header.Height); err != nil {
		return nil, err
	}
	// Cameras fill up with zeros behind the end marker; OpenCV takes a picture without the marker and greys what is missing.
	if !bytes.HasSuffix(bytes.TrimRight(data, "\x00\r\n"), []byte{0xFF, 0xD9}) {
		return nil, errors.New("capture: no JPEG: it is cut off before its end")
	}
	mat := gocv.NewMat()
	if err := gocv.IMDecodeIntoMat(data, gocv.IMReadColor, &mat); err != nil {
		mat.Close()
		return nil, fmt.Errorf("capture: no JPEG: %w", err)
	}
	p, err := newPicture(mat)
	if err != nil {
		return nil, errors.New("capture: no JPEG: its picture data cannot be read")
	}
	return p, nil
}

func checkSize(w, h int) error {
	if w < 1 || h < 1 || w > maxPixels/h {
		return fmt.Errorf("capture: a picture of %d×%d pixels is not taken", w, h)
	}
	return nil
}

// Size returns width and height in pixels. It stays known after Close.
func (p *picture) Size() image.Point { return p.size }

// BGR returns the pixels without copying them; nil after Close.
func (p *picture) BGR() []byte {
	if p.closed {
		return nil
	}
	data, err := p.mat.DataPtrUint8()
	if err != nil {
		return nil // A picture's Mat is continuous: newPicture saw to it.
	}
	return data
}

// Resized returns a new image of w×h pixels, which the caller owns.
func (p *picture) Resized(w, h int) (vision.Image, error) {
	r, err := p.resized(w, h, gocv.InterpolationLinear)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (p *picture) resized(w, h int, how gocv.InterpolationFlags) (*picture, error) {
	if p.closed {
		return nil, errClosed
	}
	if err := checkSize(w, h); err != nil {
		return nil, err
	}
	mat := gocv.NewMat()
	if err := gocv.Resize(p.mat, &mat, image.Pt(w, h), 0, 0, how); err != nil {
		mat.Close()
		return nil, fmt.Errorf("capture: resize to %d×%d: %w", w, h, err)
	}
	return newPicture(mat)
}

// Close gives the pixels back. Closing twice is harmless.
func (p *picture) Close() error {
	if p.closed {
		return nil
	}
	p.closed = true
	return p.mat.Close()
}

// narrowed returns p, or, if p is wider than limit, closes it and returns it scaled down with its aspect kept.
func (p *picture) narrowed(limit int) (*picture, error) {
	if p.size.X <= limit {
		return p, nil
	}
	defer p.Close()
	return p.resized(limit, max(1, p.size.Y*limit/p.size.X), gocv.InterpolationArea)
}

// encode packs p as a JPEG of the given quality, 1 to 100.
func (p *picture) encode(quality int) ([]byte, error) {
	if p.closed {
		return nil, errClosed
	}
	buffer, err := gocv.IMEncodeWithParams(gocv.JPEGFileExt, p.mat, []int{gocv.IMWriteJpegQuality, quality})
	defer buffer.Close()
	if err != nil {
		return nil, fmt.Errorf("capture: encode JPEG: %w", err)
	}
	return bytes.Clone(buffer.GetBytes()), nil
}

// asPicture returns img itself if it is this package's own, else a copy; done gives the copy back and leaves img alone.
func asPicture(img vision.Image) (p *picture, done func(), err error) {
	if own, ok := img.(*picture); ok {
		if own.closed {
			return nil, nil, errClosed
		}
		return own, func() {}, nil
	}
	size := img.Size()
	copied, err := NewImage(size.X, size.Y, img.BGR())
	if err != nil {
		return nil, nil, err
	}
	p = copied.(*picture)
	return p, func() { p.Close() }, nil
}

// Encode packs img as a JPEG of the given quality, 1 to 100. It does not take img over.
func Encode(img vision.Image, quality int) ([]byte, error) {
	p, done, err := asPicture(img)
	if err != nil {
		return nil, err
	}
	defer done()
	return p.encode(quality)
}
