package infer

import (
	"errors"
	"fmt"
	"slices"
)

// One function per TensorFlow operator; the table is lowerOps. Those that work on pictures are in ops_picture.go.

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
