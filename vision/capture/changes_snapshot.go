package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"time"

	"gocv.io/x/gocv"
)

// A snapshot, little endian:
//
//	"GWCH" version(1)  width(2) height(2)  next id(8)  ground(picture)  count(2)
//	count times: id(8)  since(8)  x(2) y(2) width(2) height(2)  mask(picture)  before(picture)  after(picture)
//
// Since is Unix nanoseconds. A picture is its length(4) and a PNG. Pictures of an open change cover its box and its ring.
const (
	snapshotMagic   = "GWCH"
	snapshotVersion = 2
	maxSnapshot     = 8 << 20
	maxOpen         = 64 // Open changes of one view.
)

// snapshot is what survives a restart.
type snapshot struct {
	size   image.Point
	nextID int64
	empty  []byte
	open   []*change
}

// Snapshot packs the ground and the open changes. It is empty while nothing is learned, and well below a megabyte at
// 640×360. Evidence for things that are not yet changes is left out: it gathers again in seconds.
func (c *Changes) Snapshot() ([]byte, error) {
	if c.ground == nil || !c.ground.known {
		return nil, nil
	}
	return snapshot{size: c.size, nextID: c.nextID, empty: c.ground.emptyPix, open: c.open}.encode()
}

// Restore goes on from a snapshot: what lay there is the same change as before, and is not learned as ground. Bytes
// that are no snapshot are an error and change nothing; no bytes are the snapshot of a finder that had learned nothing:
// what this one knows it forgets. Ids go on.
func (c *Changes) Restore(data []byte) error {
	if len(data) == 0 {
		c.forget()
		return nil
	}
	s, err := decodeSnapshot(data)
	if err != nil {
		return fmt.Errorf("change finder: snapshot: %w", err)
	}
	if err := c.begin(s.size); err != nil {
		return err
	}
	c.open, c.nextID = s.open, max(c.nextID, s.nextID)
	copy(c.ground.emptyPix, s.empty)
	c.ground.known = true
	c.ground.own(c.open)
	return c.ground.restart()
}

func (s snapshot) encode() ([]byte, error) {
	e := encoder{}
	e.data = append(e.data, snapshotMagic...)
	e.data = append(e.data, snapshotVersion)
	e.uint16(s.size.X, s.size.Y)
	e.int64(s.nextID)
	e.picture(s.empty, s.size, gocv.MatTypeCV8UC3)
	e.uint16(len(s.open))
	for _, ch := range s.open {
		e.int64(ch.id)
		e.int64(ch.since.UnixNano())
		e.uint16(ch.box.Min.X, ch.box.Min.Y, ch.box.Dx(), ch.box.Dy())
		mask := make([]byte, len(ch.mask))
		for i, in := range ch.mask {
			if in {
				mask[i] = 255
			}
		}
		e.picture(mask, ch.box.Size(), gocv.MatTypeCV8UC1)
		e.picture(ch.before, ch.patch.Size(), gocv.MatTypeCV8UC3)
		e.picture(ch.after, ch.patch.Size(), gocv.MatTypeCV8UC3)
	}
	return e.data, e.err
}

// encoder appends to data until the first error.
type encoder struct {
	data []byte
	err  error
}

func (e *encoder) uint16(values ...int) {
	for _, v := range values {
		e.data = binary.LittleEndian.AppendUint16(e.data, uint16(v))
	}
}

func (e *encoder) int64(v int64) { e.data = binary.LittleEndian.AppendUint64(e.data, uint64(v)) }

func (e *encoder) picture(pix []byte, size image.Point, kind gocv.MatType) {
	if e.err != nil {
		return
	}
	m, err := gocv.NewMatFromBytes(size.Y, size.X, kind, pix)
	if err != nil {
		e.err = fmt.Errorf("snapshot: %w", err)
		return
	}
	defer m.Close()
	packed, err := gocv.IMEncodeWithParams(gocv.PNGFileExt, m, []int{gocv.IMWritePngCompression, 4})
	if err != nil {
		e.err = fmt.Errorf("snapshot: %w", err)
		return
	}
	defer packed.Close()
	e.data = binary.LittleEndian.AppendUint32(e.data, uint32(packed.Len()))
	e.data = append(e.data, packed.GetBytes()...)
}

var errShort = errors.New("ends too early")

func decodeSnapshot(data []byte) (snapshot, error) {
	if len(data) > maxSnapshot {
		return snapshot{}, fmt.Errorf("is %d bytes, the most is %d", len(data), maxSnapshot)
	}
	d := decoder{data: data}
	if magic := d.take(len(snapshotMagic)); string(magic) != snapshotMagic {
		return snapshot{}, errors.New("is not one: it begins otherwise")
	}
	if version := d.take(1); version == nil || version[0] != snapshotVersion {
		return snapshot{}, fmt.Errorf("has version %v, this program reads %d", version, snapshotVersion)
	}
	s := snapshot{size: d.point(), nextID: d.int64()}
	if d.err == nil && (s.size.X < 16 || s.size.Y < 16 || s.size.X*s.size.Y > 640*360) {
		return snapshot{}, fmt.Errorf("has a picture of %d×%d pixels", s.size.X, s.size.Y)
	}
	s.empty = d.colours(s.size)
	count := d.uint16()
	if count > maxOpen {
		return snapshot{}, fmt.Errorf("has %d changes, the most is %d", count, maxOpen)
	}
	for range count {
		if d.err != nil {
			break
		}
		s.open = append(s.open, d.change(s.size))
	}
	if d.err == nil && len(d.data) > 0 {
		d.err = fmt.Errorf("has %d bytes too many", len(d.data))
	}
	if d.err != nil {
		return snapshot{}, d.err
	}
	for _, ch := range s.open {
		if ch.id < 1 || ch.id >= s.nextID {
			return snapshot{}, fmt.Errorf("has a change with id %d, the next is %d", ch.id, s.nextID)
		}
	}
	return s, nil
}

// decoder takes from data until the first error.
type decoder struct {
	data []byte
	err  error
}

func (d *decoder) take(n int) []byte {
	if d.err == nil && n > len(d.data) {
		d.err = errShort
	}
	if d.err != nil {
		return nil
	}
	head := d.data[:n]
	d.data = d.data[n:]
	return head
}

func (d *decoder) uint16() int {
	if b := d.take(2); b != nil {
		return int(binary.LittleEndian.Uint16(b))
	}
	return 0
}

func (d *decoder) point() image.Point {
	x := d.uint16()
	return image.Pt(x, d.uint16())
}

func (d *decoder) int64() int64 {
	if b := d.take(8); b != nil {
		return int64(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// change reads one open change of a picture of the given size.
func (d *decoder) change(size image.Point) *change {
	ch := &change{id: d.int64(), since: time.Unix(0, d.int64()).UTC(), openedS: math.Inf(-1)}
	min, extent := d.point(), d.point()
	ch.box = image.Rectangle{Min: min, Max: min.Add(extent)}
	if d.err == nil && (ch.box.Empty() || !ch.box.In(image.Rectangle{Max: size})) {
		d.err = fmt.Errorf("has a change at %v of %v", ch.box, size)
	}
	if mask := d.picture(extent); mask != nil {
		ch.mask = make([]bool, extent.X*extent.Y)
		for i := range ch.mask {
			if ch.mask[i] = mask.RGBAAt(i%extent.X, i/extent.X).R > 127; ch.mask[i] {
				ch.area++
			}
		}
		if ch.area == 0 {
			d.err = errors.New("has a change without pixels")
		}
	}
	ch.patch = ch.box.Inset(-ringWidth).Intersect(image.Rectangle{Max: size})
	ch.before, ch.after = d.colours(ch.patch.Size()), d.colours(ch.patch.Size())
	if d.err == nil {
		ch.rate()
	}
	return ch
}

// colours reads a picture of exactly the given size as BGR.
func (d *decoder) colours(size image.Point) []byte {
	img := d.picture(size)
	if img == nil {
		return nil
	}
	out := make([]byte, 0, 3*size.X*size.Y)
	for i := 0; i < len(img.Pix); i += 4 {
		out = append(out, img.Pix[i+2], img.Pix[i+1], img.Pix[i])
	}
	return out
}

func (d *decoder) picture(size image.Point) *image.RGBA {
	b := d.take(4)
	if b == nil {
		return nil
	}
	packed := d.take(int(binary.LittleEndian.Uint32(b)))
	if packed == nil {
		return nil
	}
	header, err := png.DecodeConfig(bytes.NewReader(packed)) // Before a small file unpacks to gigabytes.
	if err == nil && (header.Width != size.X || header.Height != size.Y) {
		err = fmt.Errorf("has a picture of %d×%d where %d×%d belongs", header.Width, header.Height, size.X, size.Y)
	}
	var img image.Image
	if err == nil {
		img, err = png.Decode(bytes.NewReader(packed))
	}
	if err != nil {
		d.err = err
		return nil
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out
}
