package replay

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"reflect"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
)

// A chunk is some minutes of one camera, complete by itself. It is JSON lines, gzip when it is finished:
//
//	{"state":…,"city":…}             what the kernel remembered before the first step, and the city as it saw it
//	{"o":…,"things":[…]}             one step: the observation; its things as [class, track, score, x, y, w, h, label, since]
//	{"city":…,"o":…}                 … from here on the city is another
//
// A thing whose place is not what its box and the view make of it is written in full. So a replay of a chunk gives the
// kernel, to the last bit, what it was given.

// Step is one step of a recording.
type Step struct {
	Observation vision.Observation
	City        vision.City    // As the kernel saw it.
	NewCity     bool           // It is another than that of the step before.
	Frame       image.Point    // Size of the frame in pixels.
	Looked      []vision.Trace // What second looks said since the step before.
	Picture     string         // SHA-256 of the small picture that was kept of the frame, empty when none was.
}

// chunkLine is one line of a chunk.
type chunkLine struct {
	State       *vision.State       `json:"state,omitempty"`
	City        json.RawMessage     `json:"city,omitempty"`
	Frame       *[2]int             `json:"frame,omitempty"` // Where it differs from the line before.
	Model       *string             `json:"model,omitempty"` // The same.
	Observation *vision.Observation `json:"o,omitempty"`     // Without its camera, model and objects.
	Things      []thing             `json:"things,omitempty"`
	Looked      []vision.Trace      `json:"looked,omitempty"`
	Picture     string              `json:"picture,omitempty"`
}

// thing is an object of an observation: short when its place follows from its box.
type thing struct {
	short vision.Detection
	full  *vision.Object
}

// MarshalJSON writes a short thing as an array, a full one as an object.
func (t thing) MarshalJSON() ([]byte, error) {
	if t.full != nil {
		return json.Marshal(t.full)
	}
	d := t.short
	fields := []any{d.Class, d.Track, d.Score, d.Box.X, d.Box.Y, d.Box.W, d.Box.H}
	if d.Label != "" || !d.Since.IsZero() {
		fields = append(fields, d.Label)
	}
	if !d.Since.IsZero() {
		fields = append(fields, d.Since)
	}
	return json.Marshal(fields)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *thing) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '{' {
		t.full = new(vision.Object)
		return strictly(text, t.full)
	}
	var fields []json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	d := &t.short
	into := []any{&d.Class, &d.Track, &d.Score, &d.Box.X, &d.Box.Y, &d.Box.W, &d.Box.H, &d.Label, &d.Since}
	if least := len(into) - 2; len(fields) < least || len(fields) > len(into) {
		return geo.Invalid("things", "has %d fields, not %d to %d", len(fields), least, len(into))
	}
	for i, field := range fields {
		if err := json.Unmarshal(field, into[i]); err != nil {
			return err
		}
	}
	return nil
}

// object is the thing with its place.
func (t thing) object(v vision.View) vision.Object {
	if t.full != nil {
		return *t.full
	}
	return vision.Place([]vision.Detection{t.short}, v)[0]
}

// thingOf writes an object as short as can be.
func thingOf(o vision.Object, v vision.View) thing {
	t := thing{short: vision.Detection{Class: o.Class, Track: o.Track, Score: o.Score, Box: o.Box, Label: o.Label, Since: o.Since}}
	if t.object(v) != o {
		t.full = &o
	}
	return t
}

func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return errors.New("more than one value")
	}
	return nil
}

// chunkWriter writes the lines of one chunk. What a line leaves out is as in the line before.
type chunkWriter struct {
	city  vision.City
	frame image.Point
	model string
	begun bool
}

// lines returns what to write for one step: the header, too, when it is the first.
func (w *chunkWriter) lines(before vision.State, s Step) ([]byte, error) {
	o := s.Observation
	line := chunkLine{Observation: &o, Looked: s.Looked, Picture: s.Picture}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	if !w.begun || !reflect.DeepEqual(w.city, s.City) {
		city, err := json.Marshal(s.City)
		if err != nil {
			return nil, fmt.Errorf("recording: city: %w", err)
		}
		line.City = city
	}
	if !w.begun {
		if err := encoder.Encode(chunkLine{State: &before, City: line.City}); err != nil {
			return nil, fmt.Errorf("recording: state: %w", err)
		}
		line.City = nil
	}
	if !w.begun || w.frame != s.Frame {
		line.Frame = &[2]int{s.Frame.X, s.Frame.Y}
	}
	if !w.begun || w.model != o.Model {
		model := o.Model
		line.Model = &model
	}
	for _, object := range o.Objects {
		if object.Validate() == nil { // The kernel does not use what cannot be meant, and JSON has no word for NaN.
			line.Things = append(line.Things, thingOf(object, s.City.Camera.View))
		}
	}
	o.CameraID, o.Model, o.Objects = "", "", nil
	if err := encoder.Encode(line); err != nil {
		return nil, fmt.Errorf("recording: observation %d: %w", o.Seq, err)
	}
	w.city, w.frame, w.model, w.begun = s.City, s.Frame, s.Observation.Model, true
	return out.Bytes(), nil
}

// longestChunkLine holds the largest state that a kernel may have.
const longestChunkLine = 8 << 20

// ChunkReader reads a chunk. Not safe for two goroutines.
type ChunkReader struct {
	State vision.State // Before the first step.

	text *bufio.Reader
	line int
	step Step // As far as lines leave out what does not change.
}

// OpenChunk reads the header of a chunk, plain or gzip.
func OpenChunk(r io.Reader) (*ChunkReader, error) {
	text := bufio.NewReaderSize(r, 64<<10)
	if magic, _ := text.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		zip, err := gzip.NewReader(text)
		if err != nil {
			return nil, fmt.Errorf("chunk: %w", err)
		}
		text = bufio.NewReaderSize(zip, 64<<10)
	}
	c := &ChunkReader{text: text}
	header, err := c.next()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("chunk: %w", geo.Invalid("line 1", "is missing"))
	}
	if err == nil && (header.State == nil || header.City == nil || header.Observation != nil) {
		err = geo.Invalid("header", "must hold state and city alone")
	}
	if err == nil {
		c.State, err = *header.State, json.Unmarshal(header.City, &c.step.City)
	}
	if err == nil && c.step.City.Camera.ID == "" {
		err = geo.Invalid("city.camera", "is missing")
	}
	if err != nil {
		return nil, c.wrong(err)
	}
	return c, nil
}

// CameraID names the chunk's camera.
func (c *ChunkReader) CameraID() string { return c.step.City.Camera.ID }

// Next returns the next step, and io.EOF after the last. A last line without its end was being written when its writer
// died: it is left out.
func (c *ChunkReader) Next() (Step, error) {
	line, err := c.next()
	if errors.Is(err, io.EOF) {
		return Step{}, io.EOF
	}
	if err == nil {
		err = c.follow(line)
	}
	if err != nil {
		return Step{}, c.wrong(err)
	}
	return c.step, nil
}

// each tells the steps that are left, until the first error or the first step after until.
func (c *ChunkReader) each(ctx context.Context, until time.Time, tell func(Step) error) error {
	for {
		s, err := c.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if s.Observation.At.After(until) {
			return nil
		}
		if err := tell(s); err != nil {
			return err
		}
	}
}

func (c *ChunkReader) wrong(err error) error { return fmt.Errorf("chunk: line %d: %w", c.line, err) }

// next reads one line.
func (c *ChunkReader) next() (chunkLine, error) {
	c.line++
	var text []byte
	for {
		part, err := c.text.ReadSlice('\n')
		text = append(text, part...)
		if len(text) > longestChunkLine {
			return chunkLine{}, geo.Invalid("line", "is longer than %d bytes", longestChunkLine)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return chunkLine{}, err
		}
	}
	var line chunkLine
	err := strictly(text, &line)
	if errors.Is(err, io.EOF) {
		err = geo.Invalid("line", "is empty")
	}
	return line, err
}

// follow makes the step that a line tells.
func (c *ChunkReader) follow(line chunkLine) error {
	if line.Observation == nil || line.State != nil {
		return geo.Invalid("o", "is missing")
	}
	s := &c.step
	camera := s.City.Camera.ID
	if line.City != nil {
		s.City = vision.City{}
		if err := json.Unmarshal(line.City, &s.City); err != nil {
			return fmt.Errorf("city: %w", err)
		}
		if s.City.Camera.ID != camera {
			return geo.Invalid("city.camera", "is %q, the chunk's is %q", s.City.Camera.ID, camera)
		}
	}
	model := s.Observation.Model
	if line.Model != nil {
		model = *line.Model
	}
	if line.Frame != nil {
		s.Frame = image.Pt(line.Frame[0], line.Frame[1])
	}
	s.Observation, s.Looked, s.Picture = *line.Observation, line.Looked, line.Picture
	s.NewCity = line.City != nil || c.line == 2
	s.Observation.CameraID, s.Observation.Model, s.Observation.Objects = camera, model, nil
	for _, t := range line.Things {
		s.Observation.Objects = append(s.Observation.Objects, t.object(s.City.Camera.View))
	}
	return checkObservation(s.Observation)
}

// checkObservation returns the first thing that no camera can have shown.
func checkObservation(o vision.Observation) error {
	if year := o.At.Year(); o.At.IsZero() || year < 1970 || year > 9000 {
		return geo.Invalid("at", "must be a time from 1970 on")
	}
	for i, obj := range o.Objects {
		if err := obj.Validate(); err != nil {
			return fmt.Errorf("objects[%d].%w", i, err)
		}
	}
	return nil
}

// longestChunk is how much of a camera's time is in one chunk.
const longestChunk = 10 * time.Minute
