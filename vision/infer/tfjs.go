package infer

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The reader of TensorFlow.js graph models: a JSON document with the graph and a manifest of weights, and one binary
// file with the weights. Both come from outside; nothing in them is trusted before it was checked.

const (
	maxNodes    = 20_000
	maxRank     = 6
	maxElements = 1 << 27 // Of one tensor: half a gigabyte as float32.
)

// tfGraph is a checked graph: node names are unique, every input of a node exists, every Const has its weights.
type tfGraph struct {
	inputs  []tfPort // Sorted by name, as are the outputs.
	outputs []tfPort
	nodes   map[string]*tfNode
	weights map[string]tfWeights
}

// tfPort is an input or output of the model's signature.
type tfPort struct {
	name  string
	shape []int
}

type tfNode struct {
	Name   string            `json:"name"`
	Op     string            `json:"op"`
	Inputs []string          `json:"input"`
	Attrs  map[string]tfAttr `json:"attr"`
}

// tfAttr is an attribute as protocol buffers write it in JSON: 64-bit integers are strings, byte strings base64.
type tfAttr struct {
	B    bool    `json:"b"`
	I    tfInt   `json:"i"`
	F    float32 `json:"f"`
	S    string  `json:"s"`
	List struct {
		I []tfInt `json:"i"`
	} `json:"list"`
}

// tfInt is an integer that stands in JSON as a number or as a string.
type tfInt int

func (i *tfInt) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseInt(strings.Trim(string(data), `"`), 10, 64)
	if err != nil {
		return fmt.Errorf("%.40s is not an integer", data)
	}
	*i = tfInt(n)
	return nil
}

// tfWeights is a constant of the graph: ints or floats holds its elements, in row-major order.
type tfWeights struct {
	shape  []int
	floats []float32
	ints   []int
}

type tfDocument struct {
	Format    string `json:"format"`
	Signature struct {
		Inputs  map[string]tfSignature `json:"inputs"`
		Outputs map[string]tfSignature `json:"outputs"`
	} `json:"signature"`
	Topology struct {
		Nodes []tfNode `json:"node"`
	} `json:"modelTopology"`
	Manifest []tfManifestGroup `json:"weightsManifest"`
}

type tfSignature struct {
	Name  string `json:"name"`
	Dtype string `json:"dtype"`
	Shape struct {
		Dims []struct {
			Size tfInt `json:"size"`
		} `json:"dim"`
	} `json:"tensorShape"`
}

type tfManifestGroup struct {
	Paths   []string          `json:"paths"`
	Weights []tfManifestEntry `json:"weights"`
}

type tfManifestEntry struct {
	Name         string          `json:"name"`
	Shape        []int           `json:"shape"`
	Dtype        string          `json:"dtype"`
	Quantization *tfQuantization `json:"quantization"`
}

type tfQuantization struct {
	Dtype string `json:"dtype"`
}

// parseTFJS reads a graph model whose weights lie in one file.
func parseTFJS(document, weights []byte) (*tfGraph, error) {
	var doc tfDocument
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, fmt.Errorf("graph model: %w", err)
	}
	if doc.Format != "graph-model" {
		return nil, fmt.Errorf("graph model: format is %q, want \"graph-model\"", doc.Format)
	}
	if n := len(doc.Topology.Nodes); n == 0 || n > maxNodes {
		return nil, fmt.Errorf("graph model: %d nodes, want 1 to %d", n, maxNodes)
	}
	g := &tfGraph{nodes: make(map[string]*tfNode, len(doc.Topology.Nodes))}
	var err error
	if g.weights, err = readWeights(doc.Manifest, weights); err != nil {
		return nil, err
	}
	for i := range doc.Topology.Nodes {
		n := &doc.Topology.Nodes[i]
		if n.Name == "" || n.Op == "" {
			return nil, fmt.Errorf("node %d: has no name or no op", i)
		}
		if _, twice := g.nodes[n.Name]; twice {
			return nil, fmt.Errorf("node %q: stands twice in the graph", n.Name)
		}
		g.nodes[n.Name] = n
	}
	for i := range doc.Topology.Nodes {
		if err := g.checkNode(&doc.Topology.Nodes[i]); err != nil {
			return nil, err
		}
	}
	if g.inputs, err = g.readSignature("input", doc.Signature.Inputs); err != nil {
		return nil, err
	}
	if g.outputs, err = g.readSignature("output", doc.Signature.Outputs); err != nil {
		return nil, err
	}
	return g, nil
}

func (g *tfGraph) checkNode(n *tfNode) error {
	for _, in := range n.Inputs {
		from, _, err := splitOutput(in)
		if err != nil {
			return fmt.Errorf("node %q: input %q: %w", n.Name, in, err)
		}
		if g.nodes[from] == nil {
			return fmt.Errorf("node %q: input %q: no such node", n.Name, in)
		}
	}
	if _, ok := g.weights[n.Name]; n.Op == "Const" && !ok {
		return fmt.Errorf("node %q: its weights are missing in the manifest", n.Name)
	}
	return nil
}

func (g *tfGraph) readSignature(kind string, entries map[string]tfSignature) ([]tfPort, error) {
	if len(entries) == 0 {
		return nil, fmt.Errorf("signature: has no %s", kind)
	}
	var ports []tfPort
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		entry := entries[key]
		name, index, err := splitOutput(entry.Name)
		if err != nil || index != 0 || g.nodes[name] == nil {
			return nil, fmt.Errorf("signature: %s %q: no node %q", kind, key, entry.Name)
		}
		if entry.Dtype != "DT_FLOAT" {
			return nil, fmt.Errorf("signature: %s %q: type %q, want DT_FLOAT", kind, key, entry.Dtype)
		}
		port := tfPort{name: name}
		for _, d := range entry.Shape.Dims {
			port.shape = append(port.shape, int(d.Size))
		}
		if n, err := elements(port.shape); err != nil || n == 0 {
			return nil, fmt.Errorf("signature: %s %q: shape %v is not a fixed size", kind, key, port.shape)
		}
		ports = append(ports, port)
	}
	return ports, nil
}

// splitOutput reads "name" or "name:k", the k-th output of a node.
func splitOutput(ref string) (name string, index int, err error) {
	name, suffix, found := strings.Cut(ref, ":")
	if !found {
		return name, 0, nil
	}
	index, err = strconv.Atoi(suffix)
	if err != nil || index < 0 {
		return "", 0, fmt.Errorf("output number %q is not a number", suffix)
	}
	return name, index, nil
}

// output names the k-th output of the node.
func (n *tfNode) output(k int) string { return fmt.Sprintf("%s:%d", n.Name, k) }

// readWeights cuts data into the tensors of the manifest. They follow one another without gaps and use all of it.
func readWeights(manifest []tfManifestGroup, data []byte) (map[string]tfWeights, error) {
	if len(manifest) != 1 || len(manifest[0].Paths) != 1 {
		return nil, fmt.Errorf("weights manifest: want one group of one file")
	}
	rest := data
	all := make(map[string]tfWeights, len(manifest[0].Weights))
	for _, entry := range manifest[0].Weights {
		if _, twice := all[entry.Name]; twice {
			return nil, fmt.Errorf("weights %q: stand twice in the manifest", entry.Name)
		}
		w, size, err := entry.read(rest)
		if err != nil {
			return nil, fmt.Errorf("weights %q: %w", entry.Name, err)
		}
		all[entry.Name] = w
		rest = rest[size:]
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("weights: %d of %d bytes are not in the manifest", len(rest), len(data))
	}
	return all, nil
}

// read decodes the tensor at the beginning of data and says how many bytes it took.
func (e tfManifestEntry) read(data []byte) (w tfWeights, size int, err error) {
	n, err := elements(e.Shape)
	if err != nil {
		return tfWeights{}, 0, err
	}
	stored := e.Dtype
	if e.Quantization != nil {
		if e.Dtype != "float32" || e.Quantization.Dtype != "float16" {
			return tfWeights{}, 0, fmt.Errorf("quantization of %s as %q is not supported", e.Dtype, e.Quantization.Dtype)
		}
		stored = "float16"
	}
	width, known := map[string]int{"float32": 4, "float16": 2, "int32": 4}[stored]
	if !known {
		return tfWeights{}, 0, fmt.Errorf("type %q is not supported", stored)
	}
	size = n * width
	if size > len(data) {
		return tfWeights{}, 0, fmt.Errorf("%d bytes are left in the file, shape %v needs %d", len(data), e.Shape, size)
	}
	w.shape = e.Shape
	if stored == "int32" {
		w.ints = make([]int, 0, n)
	} else {
		w.floats = make([]float32, 0, n)
	}
	for at := 0; at < size; at += width {
		switch stored {
		case "float32":
			w.floats = append(w.floats, math.Float32frombits(binary.LittleEndian.Uint32(data[at:])))
		case "float16":
			w.floats = append(w.floats, widen(binary.LittleEndian.Uint16(data[at:])))
		case "int32":
			w.ints = append(w.ints, int(int32(binary.LittleEndian.Uint32(data[at:]))))
		}
	}
	return w, size, nil
}

// widen turns the bits of a half precision number into the same number in single precision.
func widen(half uint16) float32 {
	sign := uint32(half>>15) << 31
	exponent := uint32(half>>10) & 0x1f
	fraction := uint32(half) & 0x3ff
	switch exponent {
	case 0: // Zero or subnormal: fraction × 2⁻²⁴, which single precision holds exactly.
		magnitude := float32(fraction) * 0x1p-24
		return math.Float32frombits(math.Float32bits(magnitude) | sign)
	case 0x1f: // Infinity or not a number.
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// elements counts the elements of a shape. The empty shape is a scalar.
func elements(shape []int) (int, error) {
	if len(shape) > maxRank {
		return 0, fmt.Errorf("shape %v has more than %d axes", shape, maxRank)
	}
	n := 1
	for _, d := range shape {
		if d < 0 || d > maxElements {
			return 0, fmt.Errorf("shape %v has an axis that is not 0 to %d", shape, maxElements)
		}
		if n *= d; n > maxElements {
			return 0, fmt.Errorf("shape %v has more than %d elements", shape, maxElements)
		}
	}
	return n, nil
}

// text gives a byte-string attribute, "" when the node has none.
func (n *tfNode) text(attr string) string {
	decoded, err := base64.StdEncoding.DecodeString(n.Attrs[attr].S)
	if err != nil {
		return n.Attrs[attr].S
	}
	return string(decoded)
}

// ints gives a list attribute.
func (n *tfNode) ints(attr string) []int {
	var list []int
	for _, i := range n.Attrs[attr].List.I {
		list = append(list, int(i))
	}
	return list
}
