// Package replay keeps observations in files and takes them through the same kernel again: for tests on recorded tracks,
// and to try a changed rule or fence on last week before it is published.
//
// A recording is one observation a line as JSON, in the order of their times, plain or gzip.
package replay

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"gridwatch/geo"
	"gridwatch/vision"
)

// longestLine holds some thousands of objects; a longer line is no observation.
const longestLine = 1 << 20

// Writer writes a gzip recording. Not safe for two goroutines.
type Writer struct {
	zip *gzip.Writer
}

// NewWriter begins a recording on w, which stays the caller's.
func NewWriter(w io.Writer) *Writer { return &Writer{zip: gzip.NewWriter(w)} }

// Write adds one observation.
func (w *Writer) Write(o vision.Observation) error {
	line, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("recording: observation %d: %w", o.Seq, err)
	}
	_, err = w.zip.Write(append(line, '\n'))
	return err
}

// Close writes what is left. It does not close what lies below.
func (w *Writer) Close() error { return w.zip.Close() }

// Reader reads a recording. Not safe for two goroutines.
type Reader struct {
	lines *bufio.Scanner
	line  int
}

// NewReader looks at the first bytes of r to tell gzip from plain lines.
func NewReader(r io.Reader) (*Reader, error) {
	plain := bufio.NewReader(r)
	var text io.Reader = plain
	if magic, _ := plain.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		zip, err := gzip.NewReader(plain)
		if err != nil {
			return nil, fmt.Errorf("recording: %w", err)
		}
		text = zip
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, 0, 64<<10), longestLine)
	return &Reader{lines: lines}, nil
}

// Next returns the next observation, and io.EOF after the last. An error names the line and what is wrong with it.
func (r *Reader) Next() (vision.Observation, error) {
	for r.lines.Scan() {
		r.line++
		text := bytes.TrimSpace(r.lines.Bytes())
		if len(text) == 0 {
			continue
		}
		o, err := decode(text)
		if err != nil {
			return vision.Observation{}, fmt.Errorf("recording: line %d: %w", r.line, err)
		}
		return o, nil
	}
	if err := r.lines.Err(); err != nil {
		return vision.Observation{}, fmt.Errorf("recording: after line %d: %w", r.line, err)
	}
	return vision.Observation{}, io.EOF
}

func decode(text []byte) (vision.Observation, error) {
	var o vision.Observation
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&o); err != nil {
		return o, err
	}
	if decoder.More() {
		return o, errors.New("more than one observation")
	}
	if o.CameraID == "" {
		return o, geo.Invalid("camera", "is missing")
	}
	return o, checkObservation(o)
}

// Result is what a recording made the kernel say.
type Result struct {
	Observations int
	Sightings    []vision.Sighting
	Stopped      map[vision.Gate]int // How often each gate stopped a candidate.
	State        vision.State
}

// Run takes a whole recording through the kernel from a fresh state. Recordings that share nothing but time (several
// cameras) are not for one Run: the kernel's state is one camera's.
func Run(r *Reader, city vision.City) (Result, error) {
	result := Result{Stopped: map[vision.Gate]int{}}
	for {
		o, err := r.Next()
		if errors.Is(err, io.EOF) {
			return result, nil
		}
		if err != nil {
			return result, err
		}
		if o.CameraID != city.Camera.ID {
			return result, fmt.Errorf("recording: line %d: %w", r.line, geo.Invalid("camera", "is %q, the city's is %q", o.CameraID, city.Camera.ID))
		}
		var sightings []vision.Sighting
		var traces []vision.Trace
		result.State, sightings, traces = vision.Step(result.State, o, city)
		result.Observations++
		result.Sightings = append(result.Sightings, sightings...)
		for _, t := range traces {
			if !t.Passed {
				result.Stopped[t.Gate]++
			}
		}
	}
}
