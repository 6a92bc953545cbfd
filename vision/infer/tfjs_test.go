package infer

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// modelBuilder writes TensorFlow.js models.
type modelBuilder struct {
	doc     tfDocument
	weights []byte
}

func newModel() *modelBuilder {
	b := &modelBuilder{}
	b.doc.Format = "graph-model"
	b.doc.Signature.Inputs = map[string]tfSignature{}
	b.doc.Signature.Outputs = map[string]tfSignature{}
	b.doc.Manifest = []tfManifestGroup{{Paths: []string{"model.bin"}}}
	return b
}

func (b *modelBuilder) node(name, op string, attrs map[string]tfAttr, inputs ...string) *modelBuilder {
	b.doc.Topology.Nodes = append(b.doc.Topology.Nodes, tfNode{name, op, inputs, attrs})
	return b
}

func signatureOf(name string, shape []int) tfSignature {
	s := tfSignature{Name: name + ":0", Dtype: "DT_FLOAT"}
	for _, d := range shape {
		s.Shape.Dims = append(s.Shape.Dims, struct {
			Size tfInt `json:"size"`
		}{tfInt(d)})
	}
	return s
}

func (b *modelBuilder) input(name string, shape ...int) *modelBuilder {
	b.doc.Signature.Inputs[name] = signatureOf(name, shape)
	return b.node(name, "Placeholder", nil)
}

func (b *modelBuilder) output(name string, shape ...int) *modelBuilder {
	b.doc.Signature.Outputs[name] = signatureOf(name, shape)
	return b
}

func (b *modelBuilder) constant(name, dtype string, shape []int) *modelBuilder {
	b.doc.Manifest[0].Weights = append(b.doc.Manifest[0].Weights, tfManifestEntry{Name: name, Shape: shape, Dtype: dtype})
	return b.node(name, "Const", nil)
}

func (b *modelBuilder) floats(name string, shape []int, values ...float32) *modelBuilder {
	for _, v := range values {
		b.weights = binary.LittleEndian.AppendUint32(b.weights, math.Float32bits(v))
	}
	return b.constant(name, "float32", shape)
}

func (b *modelBuilder) ints(name string, shape []int, values ...int) *modelBuilder {
	for _, v := range values {
		b.weights = binary.LittleEndian.AppendUint32(b.weights, uint32(v))
	}
	return b.constant(name, "int32", shape)
}

func (b *modelBuilder) document(t testing.TB) []byte {
	t.Helper()
	document, err := json.Marshal(b.doc)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// windowAttrs are the attributes of a convolution or pooling.
func windowAttrs(height, width, strideY, strideX int) map[string]tfAttr {
	list := func(y, x int) (a tfAttr) {
		a.List.I = []tfInt{1, tfInt(y), tfInt(x), 1}
		return a
	}
	text := func(s string) tfAttr { return tfAttr{S: base64.StdEncoding.EncodeToString([]byte(s))} }
	return map[string]tfAttr{
		"padding": text("VALID"), "data_format": text("NHWC"), "strides": list(strideY, strideX), "ksize": list(height, width),
	}
}

// smallModel is a convolution with a bias.
func smallModel() *modelBuilder {
	return newModel().
		input("picture", 1, 2, 2, 1).
		floats("filter", []int{2, 2, 1, 2}, 1, 10, 2, 20, 3, 30, 4, 40).
		floats("offsets", []int{2}, 0.5, -0.5).
		node("conv", "Conv2D", windowAttrs(0, 0, 1, 1), "picture", "filter").
		node("sum", "Add", nil, "conv", "offsets").
		output("sum", 1, 1, 1, 2)
}

func TestParseTFJS_NamesWhatIsWrong(t *testing.T) {
	tests := []struct {
		name  string
		wreck func(b *modelBuilder)
		want  string
	}{
		{"another format", func(b *modelBuilder) { b.doc.Format = "layers-model" }, `format is "layers-model"`},
		{"no nodes", func(b *modelBuilder) { b.doc.Topology.Nodes = nil }, "0 nodes"},
		{"a node twice", func(b *modelBuilder) { b.node("conv", "Sigmoid", nil, "picture") }, `node "conv": stands twice`},
		{"a node without a name", func(b *modelBuilder) { b.node("", "Sigmoid", nil, "picture") }, "node 5: has no name"},
		{"an input from nowhere", func(b *modelBuilder) { b.node("x", "Sigmoid", nil, "ghost") }, `node "x": input "ghost": no such node`},
		{"an output number that is none", func(b *modelBuilder) { b.node("x", "Sigmoid", nil, "conv:-1") }, `node "x": input "conv:-1"`},
		{"a constant without weights", func(b *modelBuilder) { b.node("c", "Const", nil) }, `node "c": its weights are missing`},
		{"weights twice", func(b *modelBuilder) { b.doc.Manifest[0].Weights[1].Name = "filter" }, `weights "filter": stand twice`},
		{"weights cut off", func(b *modelBuilder) { b.weights = b.weights[:len(b.weights)-1] }, `weights "offsets": 7 bytes are left`},
		{"weights left over", func(b *modelBuilder) { b.weights = append(b.weights, 0) }, "1 of 41 bytes are not in the manifest"},
		{"weights of a strange type", func(b *modelBuilder) { b.doc.Manifest[0].Weights[0].Dtype = "string" }, `type "string"`},
		{"weights that are packed", func(b *modelBuilder) { b.doc.Manifest[0].Weights[0].Quantization = &tfQuantization{"uint8"} },
			`weights "filter": quantization of float32 as "uint8"`},
		{"weights of a negative size", func(b *modelBuilder) { b.doc.Manifest[0].Weights[0].Shape = []int{-4, -2} }, `weights "filter": shape [-4 -2]`},
		{"weights of an immense size", func(b *modelBuilder) { b.doc.Manifest[0].Weights[0].Shape = []int{1 << 20, 1 << 20} }, "more than"},
		{"two files of weights", func(b *modelBuilder) { b.doc.Manifest[0].Paths = []string{"a", "b"} }, "one group of one file"},
		{"no inputs", func(b *modelBuilder) { b.doc.Signature.Inputs = nil }, "has no input"},
		{"no outputs", func(b *modelBuilder) { b.doc.Signature.Outputs = nil }, "has no output"},
		{"an output of no node", func(b *modelBuilder) { b.output("ghost", 1) }, `output "ghost": no node "ghost:0"`},
		{"an output of open size", func(b *modelBuilder) { b.output("sum", -1, 2) }, `output "sum": shape [-1 2]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := smallModel()
			test.wreck(b)
			_, err := parseTFJS(b.document(t), b.weights)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want one that says %q", err, test.want)
			}
		})
	}
}

func TestParseTFJS_RefusesOtherDocuments(t *testing.T) {
	for _, document := range []string{"", "null", "[]", "{}", `{"modelTopology":{"node":[{"attr":{"x":{"i":"one"}}}]}}`} {
		if _, err := parseTFJS([]byte(document), nil); err == nil {
			t.Errorf("%q is taken for a model", document)
		}
	}
}

func TestWiden(t *testing.T) {
	tests := []struct {
		half uint16
		want float64
	}{
		{0x0000, 0}, {0x3c00, 1}, {0xc000, -2}, {0x3555, 0.333251953125}, {0x7bff, 65504},
		{0x0400, 0x1p-14},                     // The smallest normal number,
		{0x03ff, 0x1p-14 - 0x1p-24},           // the largest subnormal
		{0x0001, 0x1p-24}, {0x8001, -0x1p-24}, // and the smallest.
		{0x7c00, math.Inf(1)}, {0xfc00, math.Inf(-1)},
	}
	for _, test := range tests {
		if got := widen(test.half); float64(got) != test.want {
			t.Errorf("%#04x is %v, want %v", test.half, got, test.want)
		}
	}
	if got := widen(0x8000); got != 0 || !math.Signbit(float64(got)) {
		t.Errorf("0x8000 is %v, want minus zero", got)
	}
	if got := widen(0x7e00); got == got {
		t.Errorf("0x7e00 is %v, want no number", got)
	}
}

// FuzzParseTFJS feeds the reader and, where it takes the bytes, the lowering: neither may panic.
func FuzzParseTFJS(f *testing.F) {
	for _, b := range []*modelBuilder{smallModel(), everyOp()} {
		f.Add(b.document(f), b.weights)
	}
	f.Add([]byte(`{"format":"graph-model","modelTopology":{"node":[{"name":"a","op":"Add","input":["a","a"]}]},`+
		`"weightsManifest":[{"paths":["x"]}],"signature":{"inputs":{"a":{"name":"a","dtype":"DT_FLOAT"}},"outputs":{"a":{"name":"a","dtype":"DT_FLOAT"}}}}`), []byte{})
	f.Fuzz(func(t *testing.T, document, weights []byte) {
		g, err := parseTFJS(document, weights)
		if err != nil {
			return
		}
		if out, err := lower(g, "fuzz"); err == nil && len(out.encode()) == 0 {
			t.Error("a model was lowered to nothing")
		}
	})
}

func FuzzReadWeights(f *testing.F) {
	b := smallModel()
	manifest, err := json.Marshal(b.doc.Manifest)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(manifest, b.weights)
	f.Add([]byte(`[{"paths":["x"],"weights":[{"name":"h","shape":[2],"dtype":"float32","quantization":{"dtype":"float16"}}]}]`), []byte{0, 0x3c, 0, 0xc0})
	f.Fuzz(func(t *testing.T, manifest, data []byte) {
		var groups []tfManifestGroup
		if json.Unmarshal(manifest, &groups) != nil {
			return
		}
		all, err := readWeights(groups, data)
		if err != nil {
			return
		}
		for name, w := range all {
			if n, err := elements(w.shape); err != nil || n != len(w.floats)+len(w.ints) {
				t.Errorf("weights %q: %d elements for shape %v", name, len(w.floats)+len(w.ints), w.shape)
			}
		}
	})
}
