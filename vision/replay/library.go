package replay

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gridwatch/vision"
)

// Recording is one stored chunk.
type Recording struct {
	CameraID     string
	From, Until  time.Time // Of its first and last observation.
	Observations int
	SHA256       string // Of the blob.
	Bytes        int64
	Pictures     []Picture
}

// Picture is a small picture of a recording.
type Picture struct {
	At     time.Time
	SHA256 string
}

// Index knows which chunks there are. It is what alerts.Recordings does.
type Index interface {
	// Put adds a recording; one that is known already changes nothing.
	Put(ctx context.Context, r Recording) error
	// Overlapping are the recordings of a camera that hold something of that time, oldest first.
	Overlapping(ctx context.Context, cameraID string, from, until time.Time) ([]Recording, error)
	// Forget removes the recordings that ended before, some at a time, and returns the blobs that nothing names any more.
	Forget(ctx context.Context, before time.Time) (blobs []string, err error)
	// Unknown are those of the blobs that nothing names.
	Unknown(ctx context.Context, blobs []string) ([]string, error)
}

// Library keeps the recordings of all cameras: the chunks that are being written as files, finished ones as blobs with a
// row each in the index. Safe for many goroutines.
//
//	Recorder ─► open/….part ─► open/….chunk ─► blob ─► row ─► (after Keep) neither
type Library struct {
	dir   string
	blobs *vision.Folder
	index Index
	keep  time.Duration
	small func(vision.Image) ([]byte, error)
	log   *slog.Logger
	news  chan struct{} // Capacity 1: a chunk was finished.
}

// LibraryConfig is what a library is made of.
type LibraryConfig struct {
	Dir   string // Of its own.
	Index Index
	Keep  time.Duration                      // How long recordings are kept.
	Small func(vision.Image) ([]byte, error) // Makes a small JPEG.
	Log   *slog.Logger
}

// NewLibrary opens the library in c.Dir. What a process that was killed left behind there is stored by Run.
func NewLibrary(c LibraryConfig) (*Library, error) {
	blobs, err := vision.NewFolder(filepath.Join(c.Dir, "blobs"))
	if err != nil {
		return nil, err
	}
	l := &Library{dir: c.Dir, blobs: blobs, index: c.Index, keep: c.Keep, small: c.Small, log: c.Log, news: make(chan struct{}, 1)}
	parts, err := filepath.Glob(filepath.Join(c.Dir, recordingsFolder, "*", "*"+partSuffix))
	for _, name := range parts {
		err = errors.Join(err, os.Rename(name, strings.TrimSuffix(name, partSuffix)+finishedSuffix))
	}
	if err != nil {
		return nil, fmt.Errorf("recordings: %w", err)
	}
	return l, nil
}

// Recorder returns a recorder for one run of a camera's pipeline. Its owner closes it after the run.
func (l *Library) Recorder(cameraID string) *Recorder {
	return &Recorder{library: l, dir: l.folder(cameraID)}
}

// Picture opens a small picture; the caller closes it.
func (l *Library) Picture(ctx context.Context, sha string) (io.ReadSeekCloser, error) {
	return l.blobs.Open(ctx, sha)
}

func (l *Library) wake() {
	select {
	case l.news <- struct{}{}:
	default:
	}
}

const (
	storeEvery = 15 * time.Second // Chunks whose storing failed are tried again.
	sweepEvery = time.Hour
)

// Run stores finished chunks and removes what is too old, until ctx ends.
func (l *Library) Run(ctx context.Context) error {
	store, sweep := time.NewTicker(storeEvery), time.NewTicker(sweepEvery)
	defer store.Stop()
	defer sweep.Stop()
	for due := true; ; {
		if err := l.StoreFinished(ctx); err != nil && ctx.Err() == nil {
			l.log.Warn("recordings were not stored, trying again", "err", err)
		} else if due && ctx.Err() == nil {
			if err := l.Sweep(ctx, time.Now()); err != nil && ctx.Err() == nil {
				l.log.Warn("old recordings were not removed, trying again later", "err", err)
			}
		}
		due = false
		select {
		case <-ctx.Done():
			return nil
		case <-l.news:
		case <-store.C:
		case <-sweep.C:
			due = true
		}
	}
}

// StoreFinished makes a blob and a row of every finished chunk. A process that is killed in between does it again.
func (l *Library) StoreFinished(ctx context.Context) error {
	finished, err := filepath.Glob(filepath.Join(l.dir, recordingsFolder, "*", "*"+finishedSuffix))
	for _, name := range finished {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if bad := l.storeOne(ctx, name); bad != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", filepath.Base(name), bad))
		}
	}
	return err
}

func (l *Library) storeOne(ctx context.Context, name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1] // The writer may have died in the middle of a line.
	r, err := survey(text)
	if err != nil {
		l.log.Error("a recording cannot be read and is lost", "file", name, "err", err)
		return os.Remove(name)
	}
	if r.Observations == 0 {
		return os.Remove(name)
	}
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	if _, err := zip.Write(text); err != nil {
		return err
	}
	if err := zip.Close(); err != nil {
		return err
	}
	if r.SHA256, err = l.blobs.Put(ctx, zipped.Bytes()); err != nil {
		return err
	}
	r.Bytes = int64(zipped.Len())
	if err := l.index.Put(ctx, r); err != nil {
		return err
	}
	return os.Remove(name)
}

// survey says what a chunk holds, without taking up its objects. A line that is none is where the chunk ends.
func survey(text []byte) (Recording, error) {
	chunk, err := OpenChunk(bytes.NewReader(text))
	if err != nil {
		return Recording{}, err
	}
	r := Recording{CameraID: chunk.CameraID()}
	_, steps, _ := bytes.Cut(text, []byte("\n"))
	for line := range bytes.Lines(steps) {
		var step struct {
			O       struct{ At time.Time }
			Picture string
		}
		if json.Unmarshal(line, &step) != nil || step.O.At.IsZero() {
			break
		}
		at := step.O.At.UTC().Truncate(time.Microsecond) // As a database keeps it.
		if r.Observations == 0 {
			r.From = at
		}
		r.Until = at.Add(time.Microsecond)
		r.Observations++
		if step.Picture != "" {
			r.Pictures = append(r.Pictures, Picture{At: at, SHA256: step.Picture})
		}
	}
	return r, nil
}

const (
	orphanAge   = 24 * time.Hour // A picture is put before the row that names it: younger ones are nobody's yet.
	orphanBatch = 500
)

// Sweep removes recordings that ended before now minus Keep, and blobs that nothing names. Rows go first: a process that
// is killed in between leaves a blob without a row, never a row without its blob.
func (l *Library) Sweep(ctx context.Context, now time.Time) error {
	for {
		blobs, err := l.index.Forget(ctx, now.Add(-l.keep))
		if err != nil {
			return err
		}
		if len(blobs) == 0 {
			break
		}
		for _, sha := range blobs {
			if err := l.blobs.Delete(ctx, sha); err != nil {
				return err
			}
		}
	}
	return l.sweepOrphans(ctx, now)
}

func (l *Library) sweepOrphans(ctx context.Context, now time.Time) error {
	if waiting, err := filepath.Glob(filepath.Join(l.dir, recordingsFolder, "*", "*"+finishedSuffix)); err != nil || len(waiting) > 0 {
		return err // They name pictures that have no row yet.
	}
	var old []string
	remove := func() error {
		unknown, err := l.index.Unknown(ctx, old)
		for _, sha := range unknown {
			err = errors.Join(err, l.blobs.Delete(ctx, sha))
		}
		old = old[:0]
		return err
	}
	err := l.blobs.Each(ctx, func(sha string, written time.Time) error {
		if now.Sub(written) < orphanAge {
			return nil
		}
		if old = append(old, sha); len(old) < orphanBatch {
			return nil
		}
		return remove()
	})
	if err != nil {
		return err
	}
	return remove()
}

// Chunks gives each chunk of a camera that holds something of that time, in their order, the one that is being written
// last. It ends at the first error of each.
func (l *Library) Chunks(ctx context.Context, cameraID string, from, until time.Time, each func(*ChunkReader) error) error {
	open, err := filepath.Glob(filepath.Join(l.folder(cameraID), "*"))
	if err != nil {
		return fmt.Errorf("recordings of camera %q: %w", cameraID, err)
	}
	texts := make([][]byte, 0, len(open)) // Read before the index is asked: a chunk that is stored meanwhile is in one of both.
	slices.Sort(open)
	for _, name := range open {
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) { // Finished or stored a moment ago.
			text, err = os.ReadFile(strings.TrimSuffix(name, partSuffix) + finishedSuffix)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("recordings of camera %q: %w", cameraID, err)
		}
		texts = append(texts, text)
	}
	stored, err := l.index.Overlapping(ctx, cameraID, from, until)
	if err != nil {
		return err
	}
	for _, r := range stored {
		if err := l.openBlob(ctx, r.SHA256, each); err != nil {
			return fmt.Errorf("recording of %s: %w", r.From.Format(time.RFC3339), err)
		}
	}
	for _, text := range texts {
		r, err := survey(text)
		known := slices.ContainsFunc(stored, func(s Recording) bool { return s.From.Equal(r.From) })
		if err != nil || known || r.Observations == 0 || r.Until.Before(from) || r.From.After(until) {
			continue
		}
		chunk, err := OpenChunk(bytes.NewReader(text))
		if err == nil {
			err = each(chunk)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *Library) openBlob(ctx context.Context, sha string, each func(*ChunkReader) error) error {
	file, err := l.blobs.Open(ctx, sha)
	if err != nil {
		return err
	}
	defer file.Close()
	chunk, err := OpenChunk(file)
	if err != nil {
		return err
	}
	return each(chunk)
}
