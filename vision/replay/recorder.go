package replay

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gridwatch/vision"
)

const (
	largestChunk = 16 << 20 // Bytes before compression: a crowd does not make a chunk that nobody can read.

	// Small pictures of one camera: so far apart at least, and so many in a chunk. Those that show a change of phase may
	// use all, those of new candidates, who mostly pass by, half.
	pictureEveryS    = 5
	picturesOfChunk  = 40
	begunOfChunk     = picturesOfChunk / 2
	partSuffix       = ".part"  // A chunk that is being written.
	finishedSuffix   = ".chunk" // One that waits to be stored.
	recordingsFolder = "open"
)

// Recorder writes the recordings of one camera's pipeline. Each step is in the file system before Record returns, so what
// a process that is killed loses is no recorded step. Not safe for two goroutines.
type Recorder struct {
	library *Library
	dir     string

	file     *os.File
	writer   chunkWriter
	from, at time.Time // Of the first and the last step.
	bytes    int

	pictured time.Time // When the last small picture was taken.
	pictures int       // In this chunk.
}

var _ vision.Recorder = (*Recorder)(nil)

// Record adds one step.
func (r *Recorder) Record(ctx context.Context, s vision.Recorded) error {
	if at := s.Observation.At; r.file != nil && (at.Before(r.at) || at.Sub(r.from) >= longestChunk || r.bytes >= largestChunk) {
		if err := r.Close(); err != nil {
			return err
		}
	}
	picture, pictureErr := r.picture(ctx, s)
	var size image.Point
	if s.Image != nil {
		size = s.Image.Size()
	}
	text, err := r.writer.lines(s.Before, Step{Observation: s.Observation, City: s.City, Frame: size, Looked: s.Looked, Picture: picture})
	if err != nil {
		return err
	}
	if r.file == nil {
		if err := r.begin(s.Observation.At); err != nil {
			r.writer = chunkWriter{}
			return err
		}
	}
	n, err := r.file.Write(text)
	if r.bytes += n; err != nil {
		return errors.Join(fmt.Errorf("recording: %w", err), r.Close()) // What is half written ends its chunk.
	}
	r.at = s.Observation.At
	return pictureErr
}

// begin opens the file of a new chunk.
func (r *Recorder) begin(at time.Time) (err error) {
	if err := os.MkdirAll(r.dir, 0o750); err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	r.file, err = os.CreateTemp(r.dir, fmt.Sprintf("%020d-*%s", max(at.UnixNano(), 0), partSuffix))
	if err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	r.from, r.at, r.bytes, r.pictures = at, at, 0, 0
	return nil
}

// Close ends the chunk that is being written, if there is one; Record begins another.
func (r *Recorder) Close() error {
	if r.file == nil {
		return nil
	}
	name := r.file.Name()
	err := r.file.Close()
	r.file, r.writer = nil, chunkWriter{}
	err = errors.Join(err, os.Rename(name, name[:len(name)-len(partSuffix)]+finishedSuffix))
	r.library.wake()
	if err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	return nil
}

// picture keeps a small picture of the frame when a candidate has begun or an occupancy changed its phase, so that what
// would have been raised under other thresholds has pictures, too.
func (r *Recorder) picture(ctx context.Context, s vision.Recorded) (string, error) {
	begun, changed := newsOf(s.Before, s.After)
	most := picturesOfChunk
	if begun && !changed {
		most = begunOfChunk
	}
	since := s.Observation.At.Sub(r.pictured).Seconds()
	if !begun && !changed || s.Image == nil || s.Observation.Unfit != "" || since >= 0 && since < pictureEveryS || r.file != nil && r.pictures >= most {
		return "", nil
	}
	jpeg, err := r.library.small(s.Image)
	var sha string
	if err == nil {
		sha, err = r.library.blobs.Put(ctx, jpeg)
	}
	if err != nil {
		return "", fmt.Errorf("recording: small picture: %w", err)
	}
	r.pictured = s.Observation.At
	r.pictures++
	return sha, nil
}

// newsOf reports whether a candidate has begun, and whether an occupancy changed its phase or ended after it was more than
// a candidate.
func newsOf(before, after vision.State) (begun, changed bool) {
	for _, now := range after.Occupancies {
		i := slices.IndexFunc(before.Occupancies, func(o vision.Occupancy) bool { return o.ID == now.ID })
		begun = begun || i < 0
		changed = changed || i >= 0 && before.Occupancies[i].Phase != now.Phase
	}
	for _, was := range before.Occupancies {
		gone := !slices.ContainsFunc(after.Occupancies, func(o vision.Occupancy) bool { return o.ID == was.ID })
		changed = changed || gone && was.Phase != vision.PhaseCandidate
	}
	return begun, changed
}

// folder is where the unfinished chunks of a camera lie. A camera's id may hold anything, a file's name may not.
func (l *Library) folder(cameraID string) string {
	return filepath.Join(l.dir, recordingsFolder, vision.Sum([]byte(cameraID))[:32])
}
