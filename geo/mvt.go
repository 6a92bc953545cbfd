package geo

import "encoding/binary"

// mvtLayer is a layer of a Mapbox vector tile (version 2.1) that is being written.
type mvtLayer struct {
	features []byte
	values   []byte
	known    map[int32]uint32 // Values that are written, by the number that the sheet gives them.

	geometry []byte
	tags     []byte
	at       pixel // Where the pen is.
}

func (l *mvtLayer) reset() {
	l.features, l.values = l.features[:0], l.values[:0]
	if l.known == nil {
		l.known = map[int32]uint32{}
	}
	clear(l.known)
}

// Fields of the protobuf messages and how each begins: number<<3 | 2 for bytes, | 0 for a number.
const (
	mvtLayerField = 3<<3 | 2
	mvtName       = 1<<3 | 2
	mvtFeature    = 2<<3 | 2
	mvtKey        = 3<<3 | 2
	mvtValueField = 4<<3 | 2
	mvtExtent     = 5 << 3
	mvtVersion    = 15 << 3
	mvtTags       = 2<<3 | 2
	mvtType       = 3 << 3
	mvtGeometry   = 4<<3 | 2
	mvtString     = 1<<3 | 2
	mvtUint       = 5 << 3
	mvtBool       = 7 << 3

	mvtPolygon = 3
)

// Commands of a geometry.
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// feature writes the loops of a shape as one polygon: each outer loop, then its holes. A shape of which nothing is in
// sight is left out.
func (l *mvtLayer) feature(b *brush, tags []int32, values []mvtValue) {
	l.geometry, l.at = l.geometry[:0], pixel{}
	for i, outer := range b.loops {
		if outer.area <= 0 {
			continue
		}
		l.ring(b.points[outer.from:outer.to])
		for _, hole := range b.loops {
			if hole.area < 0 && hole.outer == i {
				l.ring(b.points[hole.from:hole.to])
			}
		}
	}
	if len(l.geometry) == 0 {
		return
	}
	l.tags = l.tags[:0]
	for key, value := range tags {
		l.tags = binary.AppendUvarint(l.tags, uint64(key))
		l.tags = binary.AppendUvarint(l.tags, uint64(l.value(value, values)))
	}
	size := sizeOfBytes(len(l.tags)) + 2 + sizeOfBytes(len(l.geometry))
	l.features = append(l.features, mvtFeature)
	l.features = binary.AppendUvarint(l.features, uint64(size))
	l.features = appendBytes(l.features, mvtTags, l.tags)
	l.features = append(l.features, mvtType, mvtPolygon)
	l.features = appendBytes(l.features, mvtGeometry, l.geometry)
}

func (l *mvtLayer) ring(points []pixel) {
	l.command(moveTo, 1)
	l.move(points[0])
	l.command(lineTo, len(points)-1)
	for _, p := range points[1:] {
		l.move(p)
	}
	l.command(closePath, 1)
}

func (l *mvtLayer) command(command, times int) {
	l.geometry = binary.AppendUvarint(l.geometry, uint64(times<<3|command))
}

func (l *mvtLayer) move(to pixel) {
	l.geometry = binary.AppendVarint(l.geometry, int64(to.x-l.at.x)) // Varint is zigzag, as the format wants it.
	l.geometry = binary.AppendVarint(l.geometry, int64(to.y-l.at.y))
	l.at = to
}

// mvtValue is a value of a property: a string, a bool or a count.
type mvtValue any

// value returns the number that this layer has for a value, which is written once.
func (l *mvtLayer) value(n int32, values []mvtValue) uint32 {
	number, known := l.known[n]
	if !known {
		number = uint32(len(l.known))
		l.known[n] = number
		l.values = appendValue(l.values, values[n])
	}
	return number
}

func appendValue(to []byte, value mvtValue) []byte {
	switch v := value.(type) {
	case string:
		to = append(to, mvtValueField)
		to = binary.AppendUvarint(to, uint64(sizeOfBytes(len(v))))
		return appendBytes(to, mvtString, v)
	case bool:
		to = append(to, mvtValueField, 2, mvtBool, 0)
		if v {
			to[len(to)-1] = 1
		}
		return to
	default:
		number := binary.AppendUvarint([]byte{mvtUint}, uint64(v.(int)))
		return appendBytes(to, mvtValueField, number)
	}
}

// tile is the whole tile: no bytes when the layer has no feature.
func (l *mvtLayer) tile(name string, keys []string) []byte {
	if len(l.features) == 0 {
		return nil
	}
	layer := make([]byte, 0, len(l.features)+len(l.values)+256)
	layer = append(layer, mvtVersion, 2)
	layer = appendBytes(layer, mvtName, name)
	layer = append(layer, l.features...)
	for _, key := range keys {
		layer = appendBytes(layer, mvtKey, key)
	}
	layer = append(layer, l.values...)
	layer = append(layer, mvtExtent)
	layer = binary.AppendUvarint(layer, extent)
	return appendBytes(make([]byte, 0, len(layer)+8), mvtLayerField, layer)
}

func appendBytes[T string | []byte](to []byte, field byte, data T) []byte {
	to = append(to, field)
	to = binary.AppendUvarint(to, uint64(len(data)))
	return append(to, data...)
}

// sizeOfBytes is what appendBytes adds for so many.
func sizeOfBytes(n int) int {
	size := 2 + n
	for n >= 0x80 {
		size++
		n >>= 7
	}
	return size
}
