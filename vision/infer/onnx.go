package infer

import (
	"encoding/binary"
	"math"
)

// The part of ONNX that the converter writes, and its protocol buffer encoding. Field numbers are those of onnx.proto.
// Everything is written in the order in which it was added, so equal graphs are equal bytes.

const (
	onnxOpset = 13
	onnxIR    = 7 // The file format version that belongs to opset 13.
)

// elemType is a TensorProto.DataType.
type elemType int64

const (
	elemFloat32 elemType = 1
	elemInt64   elemType = 7
)

// onnxGraph is a graph with static shapes.
type onnxGraph struct {
	name         string
	inputs       []onnxPort
	outputs      []onnxPort
	initializers []onnxTensor
	nodes        []onnxNode
}

// onnxPort is an input or output of the graph.
type onnxPort struct {
	name  string
	elem  elemType
	shape []int
}

// onnxTensor is a constant; raw holds its elements little-endian.
type onnxTensor struct {
	name  string
	elem  elemType
	shape []int
	raw   []byte
}

type onnxNode struct {
	op      string
	inputs  []string // An empty name is an input left out.
	outputs []string
	attrs   []onnxAttr
}

// onnxAttr holds an int64, a float32, a string or []int.
type onnxAttr struct {
	name  string
	value any
}

func float32Tensor(name string, shape []int, data []float32) onnxTensor {
	raw := make([]byte, 0, 4*len(data))
	for _, v := range data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return onnxTensor{name, elemFloat32, shape, raw}
}

func int64Tensor(name string, shape []int, data []int) onnxTensor {
	raw := make([]byte, 0, 8*len(data))
	for _, v := range data {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return onnxTensor{name, elemInt64, shape, raw}
}

// encode gives the ModelProto.
func (g onnxGraph) encode() []byte {
	var graph message
	for _, n := range g.nodes {
		graph.bytes(1, n.encode())
	}
	graph.text(2, g.name)
	for _, t := range g.initializers {
		graph.bytes(5, t.encode())
	}
	for _, p := range g.inputs {
		graph.bytes(11, p.encode())
	}
	for _, p := range g.outputs {
		graph.bytes(12, p.encode())
	}

	var opset message
	opset.text(1, "") // The standard operators.
	opset.varint(2, onnxOpset)

	var model message
	model.varint(1, onnxIR)
	model.text(2, "gridwatch")
	model.bytes(7, graph)
	model.bytes(8, opset)
	return model
}

func (n onnxNode) encode() []byte {
	var m message
	for _, in := range n.inputs {
		m.text(1, in)
	}
	for _, out := range n.outputs {
		m.text(2, out)
	}
	m.text(3, n.outputs[0]) // A node is named for its first output.
	m.text(4, n.op)
	for _, a := range n.attrs {
		m.bytes(5, a.encode())
	}
	return m
}

func (a onnxAttr) encode() []byte {
	const typeFloat, typeInt, typeString, typeInts = 1, 2, 3, 7
	var m message
	m.text(1, a.name)
	switch v := a.value.(type) {
	case float32:
		m.fixed32(2, math.Float32bits(v))
		m.varint(20, typeFloat)
	case int64:
		m.varint(3, uint64(v))
		m.varint(20, typeInt)
	case string:
		m.text(4, v)
		m.varint(20, typeString)
	case []int:
		for _, i := range v {
			m.varint(8, uint64(i))
		}
		m.varint(20, typeInts)
	default:
		panic("infer: attribute " + a.name + " has a type that is not written")
	}
	return m
}

func (t onnxTensor) encode() []byte {
	var m message
	for _, d := range t.shape {
		m.varint(1, uint64(d))
	}
	m.varint(2, uint64(t.elem))
	m.text(8, t.name)
	m.bytes(9, t.raw)
	return m
}

func (p onnxPort) encode() []byte {
	var shape message
	for _, d := range p.shape {
		var dim message
		dim.varint(1, uint64(d))
		shape.bytes(1, dim)
	}
	var tensor message
	tensor.varint(1, uint64(p.elem))
	tensor.bytes(2, shape)
	var kind message
	kind.bytes(1, tensor)

	var m message
	m.text(1, p.name)
	m.bytes(2, kind)
	return m
}

// message is a protocol buffer message under construction.
type message []byte

func (m *message) varint(field int, v uint64) {
	m.tag(field, 0)
	*m = binary.AppendUvarint(*m, v)
}

func (m *message) bytes(field int, b []byte) {
	m.tag(field, 2)
	*m = binary.AppendUvarint(*m, uint64(len(b)))
	*m = append(*m, b...)
}

func (m *message) text(field int, s string) { m.bytes(field, []byte(s)) }

func (m *message) fixed32(field int, v uint32) {
	m.tag(field, 5)
	*m = binary.LittleEndian.AppendUint32(*m, v)
}

func (m *message) tag(field, wire int) {
	*m = binary.AppendUvarint(*m, uint64(field)<<3|uint64(wire))
}
