// Package infer is the detector's runtime: it prepares the default model, loads models into ONNX Runtime, and shares
// their sessions fairly between cameras.
package infer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"gridwatch/vision"
)

// Kind says how a model takes pictures and gives boxes.
type Kind string

// Kinds are all that can be read.
func Kinds() []Kind { return []Kind{NanoDet, YOLOX, YOLOv8} }

const (
	NanoDet Kind = "nanodet"
	YOLOX   Kind = "yolox"
	YOLOv8  Kind = "yolov8"
)

// Config says which model runs and how. The zero value of a field marked so takes a default.
type Config struct {
	Library  string // The ONNX Runtime shared library; one for the whole process.
	Model    string // The ONNX file.
	Kind     Kind
	Input    int      // Width and height of the model's input; 0 takes what the model says.
	Labels   []string // One name for each score of the model; none: COCO.
	Vehicles []string // Labels that become vision.ClassVehicle; none: those of Vehicles that are labels.
	Score    float64  // Boxes below it are not reported.
	NMS      float64  // Of two boxes of one class that overlap by more, only the better one is reported.
	Sessions int      // Pictures that are looked at in the same moment, each on one thread; 0: one for each processor.
}

// Pool runs one model for all cameras. It is safe for many goroutines.
type Pool struct {
	head        head
	classes     classes
	cells       []cell
	input       int
	score, nms  float32
	fingerprint string
	sessions    *turns[*session]
	closing     sync.Once
}

// Open loads the model. The error names the part of the configuration that does not fit and what would.
func Open(c Config) (*Pool, error) {
	if len(c.Labels) == 0 {
		c.Labels = COCO()
	}
	if len(c.Vehicles) == 0 {
		c.Vehicles = slices.DeleteFunc(Vehicles(), func(v string) bool { return !slices.Contains(c.Labels, v) })
	}
	if c.Sessions == 0 {
		c.Sessions = runtime.GOMAXPROCS(0)
	}
	if err := c.validate(); err != nil {
		return nil, err
	}
	return open(c)
}

func (c Config) validate() error {
	if !(c.Score > 0 && c.Score < 1) {
		return fmt.Errorf("score: %v is not between 0 and 1", c.Score)
	}
	if !(c.NMS > 0 && c.NMS <= 1) {
		return fmt.Errorf("nms: %v is not above 0 and at most 1", c.NMS)
	}
	if c.Sessions < 1 || c.Sessions > 256 {
		return fmt.Errorf("sessions: %d is not 1 to 256", c.Sessions)
	}
	for i, label := range c.Labels {
		if strings.TrimSpace(label) == "" || slices.Contains(c.Labels[:i], label) {
			return fmt.Errorf("labels: number %d is %q, want a name that stands once", i+1, label)
		}
	}
	for _, v := range c.Vehicles {
		if !slices.Contains(c.Labels, v) {
			return fmt.Errorf("vehicles: %q is not one of the labels", v)
		}
	}
	return nil
}

func open(c Config) (*Pool, error) {
	model, err := readModelFile(c.Model)
	if err != nil {
		return nil, fmt.Errorf("model: want an ONNX file: %w", err)
	}
	if err := loadLibrary(c.Library); err != nil {
		return nil, err
	}
	ins, outs, err := ort.GetInputOutputInfoWithONNXData(model)
	if err != nil {
		return nil, fmt.Errorf("model: %s: %w", c.Model, err)
	}
	input, err := inputSize(ins, c.Input)
	if err != nil {
		return nil, fmt.Errorf("model: %s: %w", c.Model, err)
	}
	for _, out := range outs {
		if out.OrtValueType != ort.ONNXTypeTensor || out.DataType != ort.TensorElementDataTypeFloat {
			return nil, fmt.Errorf("model: %s: output %q is %v, want a float32 tensor", c.Model, out.Name, &out)
		}
	}
	head, err := newHead(c.Kind, input, len(c.Labels), outs)
	if err != nil {
		return nil, fmt.Errorf("model: %s: %w", c.Model, err)
	}
	var sessions []*session
	for range c.Sessions {
		s, err := newSession(model, ins[0], outs)
		if err != nil {
			for _, s := range sessions {
				s.close()
			}
			return nil, fmt.Errorf("model: %s: %w", c.Model, err)
		}
		s.scores = make([]float32, len(c.Labels))
		sessions = append(sessions, s)
	}
	name := strings.TrimSuffix(filepath.Base(c.Model), filepath.Ext(c.Model))
	return &Pool{
		head:        head,
		classes:     newClasses(c.Labels, c.Vehicles),
		cells:       cellsOf(input),
		input:       input,
		score:       float32(c.Score),
		nms:         float32(c.NMS),
		fingerprint: fmt.Sprintf("sha256:%.6x %s", sha256.Sum256(model), name),
		sessions:    newTurns(sessions),
	}, nil
}

// inputSize checks that the model takes one square picture of three float32 planes, of the configured size if one is.
func inputSize(ins []ort.InputOutputInfo, configured int) (int, error) {
	if len(ins) != 1 {
		return 0, fmt.Errorf("%d inputs, want one", len(ins))
	}
	in := ins[0]
	d := in.Dimensions
	if in.OrtValueType != ort.ONNXTypeTensor || in.DataType != ort.TensorElementDataTypeFloat || len(d) != 4 ||
		d[0] != 1 || d[1] != 3 || d[2] != d[3] || d[2] < int64(strides[2]) || d[2] > 4096 || d[2]%int64(strides[2]) != 0 {
		return 0, fmt.Errorf("input %q is %v, want a float32 tensor 1×3×N×N with N a multiple of %d", in.Name, &in, strides[2])
	}
	if size := int(d[2]); configured == 0 || configured == size {
		return size, nil
	}
	return 0, fmt.Errorf("input %q is %v, the configured input is %d", in.Name, &in, configured)
}

// Fingerprint names the model: "sha256:", the first 12 digits of the file's checksum, and its name.
func (p *Pool) Fingerprint() string { return p.fingerprint }

// Detect finds things in a picture, in turn with all others who have not said which camera they are.
func (p *Pool) Detect(ctx context.Context, img vision.Image) ([]vision.Detection, error) {
	return p.detect(ctx, "", img)
}

// For returns a camera's own view of the pool: cameras with waiting pictures are served in turn.
func (p *Pool) For(cameraID string) vision.Detector { return camera{p, cameraID} }

type camera struct {
	pool *Pool
	id   string
}

func (c camera) Detect(ctx context.Context, img vision.Image) ([]vision.Detection, error) {
	return c.pool.detect(ctx, c.id, img)
}

func (c camera) Fingerprint() string { return c.pool.Fingerprint() }

// Close waits for the pictures that are being looked at and turns away those that wait.
func (p *Pool) Close() error {
	sessions := p.sessions.close()
	p.closing.Do(func() {
		for _, s := range sessions {
			s.close()
		}
	})
	return nil
}

func (p *Pool) detect(ctx context.Context, camera string, img vision.Image) ([]vision.Detection, error) {
	s, err := p.sessions.take(ctx, camera)
	if err != nil {
		return nil, err
	}
	defer p.sessions.give(s)

	size := img.Size()
	if size.X < 1 || size.Y < 1 {
		return nil, errors.New("detector: the picture is empty")
	}
	w, h := p.head.place(size.X, size.Y)
	if err := p.draw(s.input, img, w, h); err != nil {
		return nil, err
	}
	if err := s.run.Run(); err != nil {
		return nil, fmt.Errorf("detector: %s: %w", p.fingerprint, err)
	}
	s.boxes = p.candidates(s)
	return p.detections(suppress(s.boxes, p.nms), float32(w), float32(h)), nil
}

// draw resizes the picture to w×h and writes it to the model's input.
func (p *Pool) draw(input []float32, img vision.Image, w, h int) error {
	resized, err := img.Resized(w, h)
	if err != nil {
		return fmt.Errorf("detector: resize to %d×%d: %w", w, h, err)
	}
	defer resized.Close()
	bgr := resized.BGR()
	if len(bgr) != w*h*3 {
		return fmt.Errorf("detector: resized to %d×%d the picture has %d bytes", w, h, len(bgr))
	}
	draw(input, p.input, bgr, w, h, p.head.colours())
	return nil
}

// candidates lists every class of every cell that is good enough.
func (p *Pool) candidates(s *session) []candidate {
	found := s.boxes[:0]
	for _, c := range p.cells {
		labels, weight := p.head.scores(s.outputs, c, s.scores)
		if slices.Max(labels)*weight < p.score {
			continue
		}
		box := p.head.box(s.outputs, c)
		if !box.sound() {
			continue
		}
		first := len(found)
		for label, score := range labels {
			if score *= weight; score < p.score {
				continue
			}
			box.class, box.label, box.score = p.classes.of[label], label, score
			found = addBest(found, first, box)
		}
	}
	return found
}

// addBest adds a candidate of a cell, or raises the score of the one of the same class that the cell already gave: its
// candidates begin at first.
func addBest(found []candidate, first int, c candidate) []candidate {
	for i := first; i < len(found); i++ {
		if found[i].class == c.class {
			if c.score > found[i].score {
				found[i].label, found[i].score = c.label, c.score
			}
			return found
		}
	}
	return append(found, c)
}

func (p *Pool) detections(boxes []candidate, w, h float32) []vision.Detection {
	found := make([]vision.Detection, 0, len(boxes))
	for _, b := range boxes {
		if box := b.box(w, h); box.W > 0 && box.H > 0 {
			found = append(found, p.classes.detection(b, box))
		}
	}
	return found
}

// round keeps four decimals: more are noise, and they would stand on every alert.
func round(score float32) float64 { return math.Round(float64(score)*1e4) / 1e4 }
