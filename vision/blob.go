package vision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrNoBlob says that a blob store does not hold what was asked for.
var ErrNoBlob = errors.New("vision: no such blob")

// Blobs keeps pictures by the SHA-256 of their bytes. Safe for many goroutines.
type Blobs interface {
	// Put returns once the bytes are safe. Putting the same bytes again changes nothing.
	Put(ctx context.Context, data []byte) (sha256 string, err error)
	Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, error)
	// Delete forgets a blob; one that is not there is already forgotten.
	Delete(ctx context.Context, sha256 string) error
}

// Folder is a blob store in a folder: ab/ab12…, written beside and renamed, so that a name always has all its bytes.
type Folder struct{ dir string }

var _ Blobs = (*Folder)(nil)

// NewFolder opens the store in dir and makes it where it is missing.
func NewFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("blob folder: %w", err)
	}
	return &Folder{dir: dir}, nil
}

// path refuses everything but 64 lower-case hexadecimal digits, so that no name leaves the folder.
func (f *Folder) path(sha string) (string, error) {
	if len(sha) != 2*sha256.Size || strings.Trim(sha, "0123456789abcdef") != "" {
		return "", fmt.Errorf("blob %q: %w", sha, ErrNoBlob)
	}
	return filepath.Join(f.dir, sha[:2], sha), nil
}

// Put writes data and syncs it to the disk.
func (f *Folder) Put(ctx context.Context, data []byte) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	sha := Sum(data)
	path, err := f.path(sha)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(data)) {
		return sha, nil
	}
	if err := write(path, data); err != nil {
		return "", fmt.Errorf("blob %s: %w", sha, err)
	}
	return sha, nil
}

// Sum is the name of a blob: its SHA-256 in lower-case hexadecimal digits.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// write makes path appear with all of data, or not at all.
func write(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	part, err := os.CreateTemp(dir, ".part-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // Gone already when all went well.
	_, err = part.Write(data)
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return err
	}
	if err := os.Rename(part.Name(), path); err != nil {
		return err
	}
	return syncFolder(dir)
}

// syncFolder makes the new name itself safe.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open returns the bytes of a blob; the caller closes it.
func (f *Folder) Open(ctx context.Context, sha string) (io.ReadSeekCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path, err := f.path(sha)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("blob %s: %w", sha, ErrNoBlob)
	}
	return file, err
}

// Delete removes a blob.
func (f *Folder) Delete(ctx context.Context, sha string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	path, err := f.path(sha)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob %s: %w", sha, err)
	}
	return nil
}

// Each tells every blob of the store with when it was written, in the order of their names, until tell fails.
func (f *Folder) Each(ctx context.Context, tell func(sha256 string, written time.Time) error) error {
	return filepath.WalkDir(f.dir, func(path string, entry fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil || entry.IsDir() {
			return err
		}
		if known, err := f.path(entry.Name()); err != nil || known != path {
			return nil // One that is being written, or a stranger's.
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return tell(entry.Name(), info.ModTime())
	})
}
