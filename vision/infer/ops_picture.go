package infer

import (
	"errors"
	"fmt"
	"slices"
)

// Operators that work on pictures.

func lowerPad(l *lowering, n *tfNode, in []value) ([]value, error) {
	v := in[0]
	pads, err := in[1].list("paddings")
	if err != nil {
		return nil, err
	}
	rank := len(v.axes)
	if v.known != nil || len(pads) != 2*rank {
		return nil, fmt.Errorf("%d paddings for shape %v, want two for each axis", len(pads), v.shape())
	}
	fill := float32(0)
	if len(in) == 3 {
		if in[2].known == nil || len(in[2].known.floats) != 1 {
			return nil, errors.New("want one constant number to pad with")
		}
		fill = in[2].known.floats[0]
	}
	stored := slices.Clone(v.stored)
	arranged := make([]int, 2*rank) // All beginnings, then all ends.
	for i, a := range v.axes {
		before, after := pads[2*i], pads[2*i+1]
		if before < 0 || after < 0 {
			return nil, fmt.Errorf("paddings %v: negative", pads)
		}
		arranged[a], arranged[rank+a] = before, after
		stored[a] += before + after
	}
	padsName, err := l.constant(int64Tensor(n.Name+"/pads", []int{2 * rank}, arranged))
	if err != nil {
		return nil, err
	}
	fillName, err := l.constant(float32Tensor(n.Name+"/fill", nil, []float32{fill}))
	if err != nil {
		return nil, err
	}
	return one(l.emit("Pad", n.output(0), []string{v.name, padsName, fillName}, stored, v.axes))
}

// window is what convolution and pooling share: the picture stored channels first, and where the window goes.
type window struct {
	picture value
	kernel  []int // Height, width; as are the following.
	strides []int
	spread  []int // Dilation.
}

// lowerWindow reads the node's attributes. kernel is nil for a pooling, whose node has it as an attribute.
func (l *lowering) lowerWindow(n *tfNode, v value, kernel []int) (window, error) {
	if format := n.text("data_format"); format != "NHWC" {
		return window{}, fmt.Errorf("data format %q is not supported, only NHWC", format)
	}
	if padding := n.text("padding"); padding != "VALID" {
		return window{}, fmt.Errorf("padding %q is not supported, only VALID", padding)
	}
	picture, err := l.arranged(v, channelsFirst)
	if err != nil {
		return window{}, err
	}
	w := window{picture: picture, kernel: kernel}
	if w.strides, err = n.plane("strides", nil); err != nil {
		return window{}, err
	}
	if kernel == nil {
		if w.kernel, err = n.plane("ksize", nil); err != nil {
			return window{}, err
		}
	}
	w.spread, err = n.plane("dilations", []int{1, 1})
	return w, err
}

// plane gives the height and width of an N,H,W,C list attribute whose other entries must be 1.
func (n *tfNode) plane(attr string, absent []int) ([]int, error) {
	list := n.ints(attr)
	if list == nil && absent != nil {
		return absent, nil
	}
	if len(list) != 4 || list[0] != 1 || list[3] != 1 || list[1] < 1 || list[2] < 1 || max(list[1], list[2]) > 1<<16 {
		return nil, fmt.Errorf("%s %v is not supported, only [1 h w 1]", attr, list)
	}
	return list[1:3], nil
}

// emit writes the operator, whose result has these many channels.
func (w window) emit(l *lowering, op string, n *tfNode, inputs []string, channels int) ([]value, error) {
	stored := []int{w.picture.stored[0], channels, 0, 0}
	for i := range 2 {
		free := w.picture.stored[2+i] - ((w.kernel[i]-1)*w.spread[i] + 1)
		if free < 0 {
			return nil, fmt.Errorf("a window of %v spread by %v does not fit into shape %v", w.kernel, w.spread, w.picture.shape())
		}
		stored[2+i] = free/w.strides[i] + 1
	}
	return one(l.emit(op, n.output(0), inputs, stored, channelsFirst,
		onnxAttr{"kernel_shape", w.kernel}, onnxAttr{"strides", w.strides}, onnxAttr{"dilations", w.spread}))
}

func lowerConv(l *lowering, n *tfNode, in []value) ([]value, error) {
	filter := in[1].known
	if filter == nil || len(filter.floats) == 0 || len(filter.shape) != 4 {
		return nil, fmt.Errorf("filter of shape %v: want constant numbers with axes height, width, in, out", in[1].shape())
	}
	height, width, from, to := filter.shape[0], filter.shape[1], filter.shape[2], filter.shape[3]
	w, err := l.lowerWindow(n, in[0], []int{height, width})
	if err != nil {
		return nil, err
	}
	if channels := w.picture.stored[1]; channels != from {
		return nil, fmt.Errorf("filter of shape %v takes %d channels, the picture has %d", filter.shape, from, channels)
	}
	name, err := l.constant(float32Tensor(n.Name+"/filter", []int{to, from, height, width}, outermostFirst(filter)))
	if err != nil {
		return nil, err
	}
	return w.emit(l, "Conv", n, []string{w.picture.name, name}, to)
}

// outermostFirst reorders a filter from height, width, in, out to out, in, height, width.
func outermostFirst(filter *tfWeights) []float32 {
	plane, from, to := filter.shape[0]*filter.shape[1], filter.shape[2], filter.shape[3]
	out := make([]float32, len(filter.floats))
	for i, v := range filter.floats {
		at, channel, kernel := i/(from*to), i/to%from, i%to
		out[(kernel*from+channel)*plane+at] = v
	}
	return out
}

func lowerMaxPool(l *lowering, n *tfNode, in []value) ([]value, error) {
	w, err := l.lowerWindow(n, in[0], nil)
	if err != nil {
		return nil, err
	}
	return w.emit(l, "MaxPool", n, []string{w.picture.name}, w.picture.stored[1])
}

func lowerResize(l *lowering, n *tfNode, in []value) ([]value, error) {
	size, err := in[1].list("size")
	if err != nil {
		return nil, err
	}
	if len(size) != 2 || size[0] < 1 || size[1] < 1 {
		return nil, fmt.Errorf("size %v: want height and width", size)
	}
	v, err := l.arranged(in[0], channelsFirst)
	if err != nil {
		return nil, err
	}
	mode := "asymmetric"
	if n.Attrs["align_corners"].B {
		mode = "align_corners"
	} else if n.Attrs["half_pixel_centers"].B {
		mode = "half_pixel"
	}
	stored := []int{v.stored[0], v.stored[1], size[0], size[1]}
	sizes, err := l.constant(int64Tensor(n.Name+"/sizes", []int{4}, stored))
	if err != nil {
		return nil, err
	}
	return one(l.emit("Resize", n.output(0), []string{v.name, "", "", sizes}, stored, channelsFirst,
		onnxAttr{"mode", "linear"}, onnxAttr{"coordinate_transformation_mode", mode}))
}
