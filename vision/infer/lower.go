package infer

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Lowering turns the TensorFlow graph into ONNX operators. TensorFlow keeps pictures as N,H,W,C and wraps its
// convolutions in transposes; ONNX wants N,C,H,W. So a transpose is not written but remembered in the value it gives, and
// every operator works on the tensor as it is stored. Only where an operator needs another order is a Transpose written.

// value is what one output of a TensorFlow node has become.
type value struct {
	name   string     // The ONNX tensor.
	stored []int      // Its shape.
	axes   []int      // Axis i of the value is axis axes[i] of the stored tensor.
	known  *tfWeights // The elements, where they are known at conversion; then there is no tensor yet.
}

// shape is the value's shape as TensorFlow sees it.
func (v value) shape() []int {
	if v.known != nil {
		return v.known.shape
	}
	shape := make([]int, len(v.axes))
	for i, a := range v.axes {
		shape[i] = v.stored[a]
	}
	return shape
}

var (
	inOrder = [][]int{{}, {0}, {0, 1}, {0, 1, 2}, {0, 1, 2, 3}, {0, 1, 2, 3, 4}, {0, 1, 2, 3, 4, 5}}
	// channelsFirst are the axes of an N,H,W,C value that is stored as N,C,H,W.
	channelsFirst = []int{0, 2, 3, 1}
)

// lowering is the state of one conversion.
type lowering struct {
	graph *tfGraph
	out   onnxGraph
	done  map[string][]value // Outputs of the nodes lowered so far; nil while a node waits for its inputs.
	added map[string]bool    // Names of ONNX tensors.
	moved map[string]bool    // Names of those that are transposes of others.
}

// lowerOp lowers one node to its outputs.
type lowerOp struct {
	inputs int // How many the node must have; -1 leaves it to lower.
	lower  func(l *lowering, n *tfNode, in []value) ([]value, error)
}

var lowerOps = map[string]lowerOp{
	"Add":            {2, lowerAdd},
	"AddV2":          {2, lowerAdd},
	"ConcatV2":       {-1, lowerConcat},
	"Const":          {0, lowerConst},
	"Conv2D":         {2, lowerConv},
	"Identity":       {1, lowerIdentity},
	"LeakyRelu":      {1, lowerLeakyRelu},
	"MaxPool":        {1, lowerMaxPool},
	"Pad":            {2, lowerPad},
	"PadV2":          {3, lowerPad},
	"Placeholder":    {0, lowerPlaceholder},
	"Reshape":        {2, lowerReshape},
	"ResizeBilinear": {2, lowerResize},
	"Sigmoid":        {1, lowerSigmoid},
	"SparseToDense":  {4, lowerSparse},
	"SplitV":         {3, lowerSplit},
	"Transpose":      {2, lowerTranspose},
}

// lower converts the part of g that its outputs depend on.
func lower(g *tfGraph, name string) (onnxGraph, error) {
	l := &lowering{graph: g, done: map[string][]value{}, added: map[string]bool{}, moved: map[string]bool{}}
	l.out.name = name
	for _, in := range g.inputs {
		if op := g.nodes[in.name].Op; op != "Placeholder" {
			return onnxGraph{}, fmt.Errorf("input %q: is a %s, want a Placeholder", in.name, op)
		}
		l.out.inputs = append(l.out.inputs, onnxPort{in.name, elemFloat32, in.shape})
		l.added[in.name] = true
	}
	for _, out := range g.outputs {
		values, err := l.node(out.name)
		if err != nil {
			return onnxGraph{}, err
		}
		v := values[0]
		if v.known != nil || !slices.Equal(v.shape(), out.shape) {
			return onnxGraph{}, fmt.Errorf("output %q: shape is %v, the signature says %v", out.name, v.shape(), out.shape)
		}
		if v, err = l.arranged(v, inOrder[len(v.axes)]); err != nil {
			return onnxGraph{}, err
		}
		if _, err = l.emit("Identity", out.name, []string{v.name}, v.stored, v.axes); err != nil {
			return onnxGraph{}, err
		}
		l.out.outputs = append(l.out.outputs, onnxPort{out.name, elemFloat32, out.shape})
	}
	return l.out, nil
}

// node lowers the named node after everything that it needs.
func (l *lowering) node(name string) ([]value, error) {
	if outputs, begun := l.done[name]; begun {
		if outputs == nil {
			return nil, fmt.Errorf("node %q: needs its own output", name)
		}
		return outputs, nil
	}
	l.done[name] = nil
	n := l.graph.nodes[name]
	op, known := lowerOps[n.Op]
	if !known {
		return nil, fmt.Errorf("node %q: op %q is not supported, only %v", name, n.Op, slices.Sorted(maps.Keys(lowerOps)))
	}
	if op.inputs >= 0 && len(n.Inputs) != op.inputs {
		return nil, fmt.Errorf("node %q: %s has %d inputs, want %d", name, n.Op, len(n.Inputs), op.inputs)
	}
	in := make([]value, len(n.Inputs))
	for i, ref := range n.Inputs {
		from, index, err := splitOutput(ref)
		if err != nil {
			return nil, fmt.Errorf("node %q: input %q: %w", name, ref, err)
		}
		outputs, err := l.node(from)
		if err != nil {
			return nil, err
		}
		if index >= len(outputs) {
			return nil, fmt.Errorf("node %q: input %q: node %q has %d outputs", name, ref, from, len(outputs))
		}
		in[i] = outputs[index]
	}
	outputs, err := op.lower(l, n, in)
	if err != nil {
		return nil, fmt.Errorf("node %q: %s: %w", name, n.Op, err)
	}
	l.done[name] = outputs
	return outputs, nil
}

// emit writes an operator with one output, which is named for it, stored with this shape and seen through axes.
func (l *lowering) emit(op, name string, inputs []string, stored, axes []int, attrs ...onnxAttr) (value, error) {
	if err := l.claim(name); err != nil {
		return value{}, err
	}
	if _, err := elements(stored); err != nil {
		return value{}, err
	}
	l.out.nodes = append(l.out.nodes, onnxNode{op: op, inputs: inputs, outputs: []string{name}, attrs: attrs})
	return value{name: name, stored: stored, axes: axes}, nil
}

// constant adds an initializer and gives its name.
func (l *lowering) constant(t onnxTensor) (string, error) {
	if err := l.claim(t.name); err != nil {
		return "", err
	}
	l.out.initializers = append(l.out.initializers, t)
	return t.name, nil
}

func (l *lowering) claim(name string) error {
	if l.added[name] {
		return fmt.Errorf("tensor name %q is taken", name)
	}
	l.added[name] = true
	return nil
}

// arranged gives v stored so that its axes are as asked, with a Transpose where they are not.
func (l *lowering) arranged(v value, axes []int) (value, error) {
	if v.known != nil {
		return value{}, errors.New("a constant stands where a tensor is needed")
	}
	if len(v.axes) != len(axes) {
		return value{}, fmt.Errorf("shape is %v, want %d axes", v.shape(), len(axes))
	}
	if slices.Equal(v.axes, axes) {
		return v, nil
	}
	// Stored axis axes[i] of the result is the value's axis i, which now is stored axis v.axes[i].
	perm := make([]int, len(axes))
	stored := make([]int, len(axes))
	for i := range axes {
		perm[axes[i]] = v.axes[i]
		stored[axes[i]] = v.stored[v.axes[i]]
	}
	name := fmt.Sprintf("%s/perm%v", v.name, perm)
	if l.moved[name] {
		return value{name: name, stored: stored, axes: axes}, nil
	}
	l.moved[name] = true
	return l.emit("Transpose", name, []string{v.name}, stored, axes, onnxAttr{"perm", perm})
}

// same gives the values stored in one order: that of the first.
func (l *lowering) same(values []value) ([]value, error) {
	arranged := make([]value, len(values))
	for i, v := range values {
		var err error
		if arranged[i], err = l.arranged(v, values[0].axes); err != nil {
			return nil, err
		}
	}
	return arranged, nil
}

// list gives the elements of a constant vector of integers, or of a scalar.
func (v value) list(what string) ([]int, error) {
	if v.known == nil || v.known.floats != nil {
		return nil, fmt.Errorf("%s: want constant integers", what)
	}
	return v.known.ints, nil
}

// axis gives a constant scalar as an axis of a value with this rank; negative counts from the end.
func (v value) axis(what string, rank int) (int, error) {
	ints, err := v.list(what)
	if err != nil {
		return 0, err
	}
	if len(ints) != 1 {
		return 0, fmt.Errorf("%s: %d numbers, want 1", what, len(ints))
	}
	axis := ints[0]
	if axis < 0 {
		axis += rank
	}
	if axis < 0 || axis >= rank {
		return 0, fmt.Errorf("%s: %d is not an axis of %d", what, ints[0], rank)
	}
	return axis, nil
}
