package infer

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// PrepareSize makes the default detector once more, for pictures of size×size instead of the size that it was trained with:
// smaller is cheaper, larger sees what is farther away. It is made of what Prepare put into dir; its file in outDir is returned.
func PrepareSize(ctx context.Context, dir, outDir string, size int) (path string, err error) {
	made, err := convert(ctx, filepath.Join(dir, graphFile), filepath.Join(dir, weightsFile), size)
	if err != nil {
		return "", err
	}
	path = filepath.Join(outDir, fmt.Sprintf("%s-%d.onnx", strings.TrimSuffix(ModelFile, ".onnx"), size))
	return path, writeWhole(path, bytes.NewReader(made), "")
}

// atSize makes the graph take pictures of another size. Convolutions do not mind; what has to change is where the graph
// writes sizes down: in the shapes of its inputs and outputs and in the targets of its resizing.
func (g *tfGraph) atSize(size int) error {
	if size < 64 || size > 2048 || size%strides[2] != 0 {
		return fmt.Errorf("size: %d is not a multiple of %d from 64 to 2048", size, strides[2])
	}
	if len(g.inputs) != 1 || len(g.inputs[0].shape) != 4 || g.inputs[0].shape[2] != g.inputs[0].shape[3] {
		return fmt.Errorf("size: the model does not take one square picture")
	}
	was := g.inputs[0].shape[2]
	g.inputs[0].shape = []int{g.inputs[0].shape[0], g.inputs[0].shape[1], size, size}
	for i, out := range g.outputs {
		if len(out.shape) != 3 {
			return fmt.Errorf("size: output %q has shape %v, want 1×cells×values", out.name, out.shape)
		}
		g.outputs[i].shape = []int{out.shape[0], out.shape[1] * size * size / (was * was), out.shape[2]}
	}
	scaled := map[string]bool{}
	for _, n := range g.nodes {
		if n.Op != "ResizeBilinear" || len(n.Inputs) != 2 || scaled[n.Inputs[1]] {
			continue
		}
		target, ok := g.weights[n.Inputs[1]]
		if !ok {
			return fmt.Errorf("size: node %q resizes to what is computed", n.Name)
		}
		target.ints = slices.Clone(target.ints)
		for i := range target.ints {
			target.ints[i] = target.ints[i] * size / was
		}
		g.weights[n.Inputs[1]] = target
		scaled[n.Inputs[1]] = true
	}
	return nil
}
