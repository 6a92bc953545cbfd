package infer

import (
	"errors"
	"fmt"
	"slices"
)

// One function per TensorFlow operator; the table is lowerOps.

func lowerPlaceholder(l *lowering, n *tfNode, _ []value) ([]value, error) {
	for _, in := range l.graph.inputs {
		if in.name == n.Name {
			return []value{{name: in.name, stored: in.shape, axes: inOrder[len(in.shape)]}}, nil
		}
	}
	return nil, errors.New("is not an input of the signature")
}

func lowerConst(l *lowering, n *tfNode, _ []value) ([]value, error) {
	w := l.graph.weights[n.Name]
	return []value{{known: &w}}, nil
}

func lowerIdentity(_ *lowering, _ *tfNode, in []value) ([]value, error) { return in, nil }

func lowerTranspose(_ *lowering, _ *tfNode, in []value) ([]value, error) {
	v := in[0]
	perm, err := in[1].list("perm")
	if err != nil {
		return nil, err
	}
	if v.known != nil || len(perm) != len(v.axes) || !slices.Equal(slices.Sorted(slices.Values(perm)), inOrder[len(perm)]) {
		return nil, fmt.Errorf("perm %v does not fit shape %v", perm, v.shape())
	}
	axes := make([]int, len(perm))
	for i, p := range perm {
		axes[i] = v.axes[p]
	}
	return []value{{name: v.name, stored: v.stored, axes: axes}}, nil
}

func lowerSigmoid(l *lowering, n *tfNode, in []value) ([]value, error) {
	return l.unary("Sigmoid", n, in[0])
}

func lowerLeakyRelu(l *lowering, n *tfNode, in []value) ([]value, error) {
	alpha := float32(0.2) // What TensorFlow takes where the graph says nothing.
	if attr, ok := n.Attrs["alpha"]; ok {
		alpha = attr.F
	}
	return l.unary("LeakyRelu", n, in[0], onnxAttr{"alpha", alpha})
}

func (l *lowering) unary(op string, n *tfNode, v value, attrs ...onnxAttr) ([]value, error) {
	if v.known != nil {
		return nil, errors.New("a constant stands where a tensor is needed")
	}
	return one(l.emit(op, n.output(0), []string{v.name}, v.stored, v.axes, attrs...))
}

// one makes the result of emit the result of an operator.
func one(v value, err error) ([]value, error) { return []value{v}, err }

// lowerAdd adds two tensors of one shape, a bias to the last axis of a tensor, or two integer constants.
func lowerAdd(l *lowering, n *tfNode, in []value) ([]value, error) {
	a, b := in[0], in[1]
	switch {
	case a.known != nil && b.known != nil:
		return addConstants(*a.known, *b.known)
	case a.known == nil && b.known == nil:
		if !slices.Equal(a.shape(), b.shape()) {
			return nil, fmt.Errorf("shapes %v and %v differ", a.shape(), b.shape())
		}
		terms, err := l.same(in)
		if err != nil {
			return nil, err
		}
		return one(l.emit("Add", n.output(0), []string{terms[0].name, terms[1].name}, a.stored, a.axes))
	case a.known != nil:
		a, b = b, a
	}
	rank := len(a.axes)
	if rank == 0 || len(b.known.floats) == 0 || !slices.Equal(b.known.shape, a.shape()[rank-1:]) {
		return nil, fmt.Errorf("a bias of shape %v does not fit shape %v", b.known.shape, a.shape())
	}
	shape := slices.Repeat([]int{1}, rank)
	shape[a.axes[rank-1]] = len(b.known.floats)
	bias, err := l.constant(float32Tensor(n.Name+"/bias", shape, b.known.floats))
	if err != nil {
		return nil, err
	}
	return one(l.emit("Add", n.output(0), []string{a.name, bias}, a.stored, a.axes))
}

func addConstants(a, b tfWeights) ([]value, error) {
	if a.floats != nil || b.floats != nil || !slices.Equal(a.shape, b.shape) {
		return nil, fmt.Errorf("constants of shapes %v and %v: want integers of one shape", a.shape, b.shape)
	}
	sum := tfWeights{shape: a.shape, ints: slices.Clone(a.ints)}
	for i := range sum.ints {
		sum.ints[i] += b.ints[i]
	}
	return []value{{known: &sum}}, nil
}

// lowerSparse folds a sparse vector without entries, which is how TensorFlow writes a vector of one repeated number.
func lowerSparse(_ *lowering, _ *tfNode, in []value) ([]value, error) {
	var lists [4][]int
	for i, what := range []string{"indices", "shape", "values", "default"} {
		var err error
		if lists[i], err = in[i].list(what); err != nil {
			return nil, err
		}
	}
	size, fill := lists[1], lists[3]
	if len(lists[0]) > 0 || len(lists[2]) > 0 || len(size) != 1 || len(fill) != 1 || size[0] < 0 || size[0] > maxRank {
		return nil, fmt.Errorf("want no entries and a vector of at most %d", maxRank)
	}
	dense := tfWeights{shape: size, ints: slices.Repeat(fill, size[0])}
	return []value{{known: &dense}}, nil
}

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

func lowerConcat(l *lowering, n *tfNode, in []value) ([]value, error) {
	if len(in) < 2 {
		return nil, fmt.Errorf("%d inputs, want at least a tensor and the axis", len(in))
	}
	parts, err := l.same(in[:len(in)-1])
	if err != nil {
		return nil, err
	}
	first := parts[0]
	axis, err := in[len(in)-1].axis("axis", len(first.axes))
	if err != nil {
		return nil, err
	}
	axis = first.axes[axis]
	stored := slices.Clone(first.stored)
	stored[axis] = 0
	var names []string
	for _, p := range parts {
		stored[axis] += p.stored[axis]
		for i := range stored {
			if i != axis && p.stored[i] != stored[i] {
				return nil, fmt.Errorf("shapes %v and %v differ outside the axis", first.shape(), p.shape())
			}
		}
		names = append(names, p.name)
	}
	return one(l.emit("Concat", n.output(0), names, stored, first.axes, onnxAttr{"axis", int64(axis)}))
}

func lowerSplit(l *lowering, n *tfNode, in []value) ([]value, error) {
	v := in[0]
	sizes, err := in[1].list("sizes")
	if err != nil {
		return nil, err
	}
	axis, err := in[2].axis("axis", len(v.axes))
	if err != nil {
		return nil, err
	}
	if v.known != nil || len(sizes) == 0 {
		return nil, errors.New("want a tensor and at least one size")
	}
	axis = v.axes[axis]
	var parts []value
	var names []string
	left := v.stored[axis]
	for i, size := range sizes {
		if size < 0 || size > left {
			return nil, fmt.Errorf("sizes %v do not fit the axis of %d", sizes, v.stored[axis])
		}
		left -= size
		name := n.output(i)
		if err := l.claim(name); err != nil {
			return nil, err
		}
		stored := slices.Clone(v.stored)
		stored[axis] = size
		parts = append(parts, value{name: name, stored: stored, axes: v.axes})
		names = append(names, name)
	}
	if left > 0 {
		return nil, fmt.Errorf("sizes %v do not fill the axis of %d", sizes, v.stored[axis])
	}
	sizesName, err := l.constant(int64Tensor(n.Name+"/sizes", []int{len(sizes)}, sizes))
	if err != nil {
		return nil, err
	}
	l.out.nodes = append(l.out.nodes, onnxNode{op: "Split", inputs: []string{v.name, sizesName}, outputs: names,
		attrs: []onnxAttr{{"axis", int64(axis)}}})
	return parts, nil
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

func lowerReshape(l *lowering, n *tfNode, in []value) ([]value, error) {
	size, err := in[1].list("shape")
	if err != nil {
		return nil, err
	}
	if in[0].known != nil {
		return nil, errors.New("a constant stands where a tensor is needed")
	}
	v, err := l.arranged(in[0], inOrder[len(in[0].axes)])
	if err != nil {
		return nil, err
	}
	stored, err := resolveShape(v.stored, size)
	if err != nil {
		return nil, err
	}
	shape, err := l.constant(int64Tensor(n.Name+"/shape", []int{len(stored)}, stored))
	if err != nil {
		return nil, err
	}
	return one(l.emit("Reshape", n.output(0), []string{v.name, shape}, stored, inOrder[len(stored)]))
}

// resolveShape replaces a single -1 in size so that it holds as many elements as from.
func resolveShape(from, size []int) ([]int, error) {
	total, err := elements(from)
	if err != nil {
		return nil, err
	}
	stored := slices.Clone(size)
	open := slices.Index(stored, -1)
	if open >= 0 {
		stored[open] = 1
	}
	n, err := elements(stored)
	if err != nil {
		return nil, err
	}
	if open >= 0 && n > 0 {
		stored[open] = total / n
		n *= stored[open]
	}
	if n != total {
		return nil, fmt.Errorf("shape %v cannot be seen as %v", from, size)
	}
	return stored, nil
}
