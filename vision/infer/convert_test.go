package infer

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lowered gives the ONNX bytes of a model.
func lowered(b *modelBuilder, t testing.TB) ([]byte, error) {
	t.Helper()
	g, err := parseTFJS(b.document(t), b.weights)
	if err != nil {
		t.Fatal(err)
	}
	out, err := lower(g, "test")
	if err != nil {
		return nil, err
	}
	return out.encode(), nil
}

// count is 1, 2, 3… as far as shape goes.
func count(n int) []float32 {
	list := make([]float32, n)
	for i := range list {
		list[i] = float32(i + 1)
	}
	return list
}

func TestLower_Computes(t *testing.T) {
	alpha := map[string]tfAttr{"alpha": {F: 0.1}}
	half := map[string]tfAttr{"half_pixel_centers": {B: true}}
	tests := []struct {
		name  string
		model *modelBuilder
		input []float32
		want  []float32
	}{
		{"a convolution with a bias", smallModel(), []float32{1, 2, 3, 4}, []float32{30.5, 299.5}},
		{"a convolution with strides, of two channels",
			newModel().input("in", 1, 3, 3, 2).
				floats("f", []int{1, 1, 2, 1}, 1, 100).
				node("out", "Conv2D", windowAttrs(0, 0, 2, 2), "in", "f").output("out", 1, 2, 2, 1),
			count(18), []float32{201, 605, 1413, 1817}},
		{"a convolution between transposes, as models trained elsewhere have it",
			newModel().input("in", 1, 2, 2, 2). // N, C, H, W.
								ints("to", []int{4}, 0, 2, 3, 1).ints("from", []int{4}, 0, 3, 1, 2).
								floats("f", []int{1, 1, 2, 3}, 1, 0, 2, 0, 1, 3).
								node("a", "Transpose", nil, "in", "to").
								node("b", "Conv2D", windowAttrs(0, 0, 1, 1), "a", "f").
								node("out", "Transpose", nil, "b", "from").output("out", 1, 3, 2, 2),
			count(8), []float32{1, 2, 3, 4, 5, 6, 7, 8, 17, 22, 27, 32}},
		{"a transpose that is asked for",
			newModel().input("in", 2, 3).ints("p", []int{2}, 1, 0).
				node("out", "Transpose", nil, "in", "p").output("out", 3, 2),
			count(6), []float32{1, 4, 2, 5, 3, 6}},
		{"one tensor in two orders",
			newModel().input("in", 2, 2).ints("p", []int{2}, 1, 0).
				node("t", "Transpose", nil, "in", "p").
				node("out", "Add", nil, "in", "t").output("out", 2, 2),
			count(4), []float32{2, 5, 5, 8}},
		{"padding of each side",
			newModel().input("in", 1, 2).ints("p", []int{2, 2}, 1, 0, 0, 2).
				node("out", "Pad", nil, "in", "p").output("out", 2, 4),
			count(2), []float32{0, 0, 0, 0, 1, 2, 0, 0}},
		{"padding of a transposed tensor, with a number",
			newModel().input("in", 1, 2).ints("t", []int{2}, 1, 0).ints("p", []int{2, 2}, 1, 0, 0, 1).floats("with", nil, 9).
				node("a", "Transpose", nil, "in", "t").
				node("out", "PadV2", nil, "a", "p", "with").output("out", 3, 2),
			count(2), []float32{9, 9, 1, 9, 2, 9}},
		{"the largest of a window",
			newModel().input("in", 1, 3, 3, 1).
				node("out", "MaxPool", windowAttrs(2, 2, 1, 1), "in").output("out", 1, 2, 2, 1),
			[]float32{1, 9, 2, 3, 4, 5, 8, 7, 6}, []float32{9, 9, 8, 7}},
		{"a leaky rectifier",
			newModel().input("in", 3).node("out", "LeakyRelu", alpha, "in").output("out", 3),
			[]float32{-10, 0, 10}, []float32{-1, 0, 10}},
		{"a sigmoid",
			newModel().input("in", 2).node("out", "Sigmoid", nil, "in").output("out", 2),
			[]float32{0, float32(math.Log(3))}, []float32{0.5, 0.75}},
		{"parts put together along an axis that counts from the end",
			newModel().input("in", 2, 1).ints("axis", nil, -1).
				node("a", "Sigmoid", nil, "in").
				node("out", "ConcatV2", nil, "in", "a", "in", "axis").output("out", 2, 3),
			[]float32{0, 0}, []float32{0, 0.5, 0, 0, 0.5, 0}},
		{"a part of a transposed tensor",
			newModel().input("in", 3, 2).ints("p", []int{2}, 1, 0).ints("sizes", []int{2}, 1, 2).ints("axis", nil, 1).
				node("t", "Transpose", nil, "in", "p").
				node("s", "SplitV", nil, "t", "sizes", "axis").
				node("out", "Identity", nil, "s:1").output("out", 2, 2),
			count(6), []float32{3, 5, 4, 6}},
		{"a larger picture",
			newModel().input("in", 1, 1, 2, 1).ints("size", []int{2}, 1, 4).
				node("out", "ResizeBilinear", half, "in", "size").output("out", 1, 1, 4, 1),
			[]float32{0, 4}, []float32{0, 1, 3, 4}},
		{"a shape with one open axis, of a transposed tensor",
			newModel().input("in", 2, 3).ints("p", []int{2}, 1, 0).ints("shape", []int{3}, 1, -1, 3).
				node("t", "Transpose", nil, "in", "p").
				node("out", "Reshape", nil, "t", "shape").output("out", 1, 2, 3),
			count(6), []float32{1, 4, 2, 5, 3, 6}},
		{"a shape that is computed from constants",
			newModel().input("in", 6).
				ints("none", []int{0, 1}).ints("length", []int{1}, 2).ints("values", []int{0}).ints("zero", nil, 0).
				ints("shape", []int{2}, 3, -1).
				node("zeros", "SparseToDense", nil, "none", "length", "values", "zero").
				node("sum", "AddV2", nil, "shape", "zeros").
				node("out", "Reshape", nil, "in", "sum").output("out", 3, 2),
			count(6), count(6)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			model, err := lowered(test.model, t)
			if err != nil {
				t.Fatal(err)
			}
			got := run(t, model, test.input)
			if len(got) != 1 || !slices.EqualFunc(got[0], test.want, near) {
				t.Errorf("the result is %v, want %v", got, test.want)
			}
		})
	}
}

func near(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-5 }

func TestLower_NamesWhatIsWrong(t *testing.T) {
	same := windowAttrs(0, 0, 1, 1)
	same["padding"] = tfAttr{S: "U0FNRQ=="} // SAME
	tests := []struct {
		name  string
		wreck func(b *modelBuilder)
		want  string
	}{
		{"an operator that is not known", func(b *modelBuilder) { b.node("x", "Softplus", nil, "conv").output("x", 1, 1, 1, 2) },
			`node "x": op "Softplus" is not supported`},
		{"an input too many", func(b *modelBuilder) { b.node("x", "Sigmoid", nil, "conv", "conv").output("x", 1) },
			`node "x": Sigmoid has 2 inputs, want 1`},
		{"a circle", func(b *modelBuilder) {
			b.node("x", "Sigmoid", nil, "y").node("y", "Sigmoid", nil, "x").output("x", 1)
		}, `node "x": needs its own output`},
		{"an output number too high", func(b *modelBuilder) { b.node("x", "Sigmoid", nil, "conv:1").output("x", 1) },
			`node "conv" has 1 outputs`},
		{"another shape than the signature says", func(b *modelBuilder) { b.output("sum", 1, 1, 2, 2) },
			`output "sum": shape is [1 1 1 2], the signature says [1 1 2 2]`},
		{"a filter for other channels", func(b *modelBuilder) {
			b.floats("f", []int{1, 1, 2, 1}, 1, 2).node("x", "Conv2D", windowAttrs(0, 0, 1, 1), "picture", "f").output("x", 1)
		}, `node "x": Conv2D: filter of shape [1 1 2 1] takes 2 channels, the picture has 1`},
		{"a filter that is larger than the picture", func(b *modelBuilder) {
			b.floats("f", []int{3, 1, 1, 1}, 1, 2, 3).node("x", "Conv2D", windowAttrs(0, 0, 1, 1), "picture", "f").output("x", 1)
		}, `node "x": Conv2D: a window of [3 1]`},
		{"padding that is not supported", func(b *modelBuilder) {
			b.node("x", "Conv2D", same, "picture", "filter").output("x", 1)
		}, `padding "SAME" is not supported`},
		{"a bias of another length", func(b *modelBuilder) { b.node("x", "Add", nil, "picture", "offsets").output("x", 1) },
			`node "x": Add: a bias of shape [2] does not fit shape [1 2 2 1]`},
		{"a sum of different shapes", func(b *modelBuilder) { b.node("x", "Add", nil, "picture", "conv").output("x", 1) },
			`node "x": Add: shapes [1 2 2 1] and [1 1 1 2] differ`},
		{"a transpose that names an axis twice", func(b *modelBuilder) {
			b.ints("p", []int{4}, 0, 1, 1, 3).node("x", "Transpose", nil, "picture", "p").output("x", 1)
		}, `node "x": Transpose: perm [0 1 1 3]`},
		{"a reshape to another size", func(b *modelBuilder) {
			b.ints("s", []int{1}, 5).node("x", "Reshape", nil, "picture", "s").output("x", 1)
		}, `node "x": Reshape: shape [1 2 2 1] cannot be seen as [5]`},
		{"parts that do not fill the axis", func(b *modelBuilder) {
			b.ints("s", []int{1}, 1).ints("axis", nil, 1).node("x", "SplitV", nil, "picture", "s", "axis").output("x", 1)
		}, `node "x": SplitV: sizes [1] do not fill the axis of 2`},
		{"an axis that is not there", func(b *modelBuilder) {
			b.ints("axis", nil, 4).node("x", "ConcatV2", nil, "picture", "axis").output("x", 1)
		}, `node "x": ConcatV2: axis: 4 is not an axis of 4`},
		{"a size that is computed", func(b *modelBuilder) { b.node("x", "Reshape", nil, "picture", "conv").output("x", 1) },
			`node "x": Reshape: shape: want constant integers`},
		{"too few paddings", func(b *modelBuilder) {
			b.ints("p", []int{1, 2}, 1, 1).node("x", "Pad", nil, "picture", "p").output("x", 1)
		}, `node "x": Pad: 2 paddings for shape [1 2 2 1]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := smallModel()
			test.wreck(b)
			_, err := lowered(b, t)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want one that says %q", err, test.want)
			}
		})
	}
}

// everyOp uses each operator of the table; the fuzz test begins with it.
func everyOp() *modelBuilder {
	return newModel().
		input("picture", 1, 4, 4, 1).
		floats("filter", []int{1, 1, 1, 2}, 1, 2).floats("bias", []int{2}, 0.5, 0.25).floats("one", nil, 1).
		ints("pads", []int{4, 2}, 0, 0, 1, 1, 1, 1, 0, 0).ints("perm", []int{4}, 0, 3, 1, 2).ints("size", []int{2}, 2, 2).
		ints("axis", nil, 1).ints("sizes", []int{2}, 1, 3).ints("shape", []int{2}, 1, -1).
		ints("none", []int{0, 1}).ints("values", []int{0}).ints("length", []int{1}, 2).ints("zero", nil, 0).
		node("pad", "Pad", nil, "picture", "pads").
		node("conv", "Conv2D", windowAttrs(0, 0, 2, 2), "pad", "filter").
		node("sum", "AddV2", nil, "conv", "bias").
		node("relu", "LeakyRelu", nil, "sum").
		node("more", "PadV2", nil, "relu", "pads", "one").
		node("pool", "MaxPool", windowAttrs(2, 2, 1, 1), "more").
		node("small", "ResizeBilinear", nil, "pool", "size").
		node("turned", "Transpose", nil, "small", "perm").
		node("joined", "ConcatV2", nil, "turned", "turned", "axis").
		node("split", "SplitV", nil, "joined", "sizes", "axis").
		node("zeros", "SparseToDense", nil, "none", "length", "values", "zero").
		node("flat", "Add", nil, "shape", "zeros").
		node("line", "Reshape", nil, "split:1", "flat").
		node("squashed", "Sigmoid", nil, "line").
		node("out", "Identity", nil, "squashed").output("out", 1, 12)
}

func TestLower_KnowsEveryOpOfTheTable(t *testing.T) {
	b := everyOp()
	used := map[string]bool{}
	for _, n := range b.doc.Topology.Nodes {
		used[n.Op] = true
	}
	for op := range lowerOps {
		if !used[op] {
			t.Errorf("no node of the model is a %s", op)
		}
	}
	model, err := lowered(b, t)
	if err != nil {
		t.Fatal(err)
	}
	if got := run(t, model, count(16)); len(got[0]) != 12 {
		t.Errorf("the result has %d numbers, want 12", len(got[0]))
	}
}

func TestConvert_TheDefaultDetectorIsTheOneRecorded(t *testing.T) {
	out := filepath.Join(t.TempDir(), ModelFile)
	if err := Convert(t.Context(), models(t, graphFile), models(t, weightsFile), out); err != nil {
		t.Fatal(err)
	}
	if err := Verify(out, sums[ModelFile]); err != nil {
		t.Error(err)
	}
	if err := Verify(models(t, ModelFile), sums[ModelFile]); err != nil {
		t.Error(err)
	}
}

func TestConvert_IsTheSameEveryTime(t *testing.T) {
	first, err := lowered(everyOp(), t)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		again, err := lowered(everyOp(), t)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Fatal("two conversions of one model differ")
		}
	}
}

func TestConvert_LeavesNothingBehindWhenItFails(t *testing.T) {
	dir := t.TempDir()
	document, weights := filepath.Join(dir, "model.json"), filepath.Join(dir, "model.bin")
	b := smallModel().output("sum", 9)
	if err := os.WriteFile(document, b.document(t), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(weights, b.weights, 0o600); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	err := Convert(t.Context(), document, weights, filepath.Join(out, "model.onnx"))
	if err == nil || !strings.Contains(err.Error(), document) || !strings.Contains(err.Error(), `output "sum"`) {
		t.Errorf("the error is %v, want the file and the output", err)
	}
	if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}
