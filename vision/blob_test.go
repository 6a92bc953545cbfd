package vision

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestFolder_KeepsBytesByTheirHash(t *testing.T) {
	dir := t.TempDir()
	f, err := NewFolder(filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	want := []byte("a picture")
	sum := sha256.Sum256(want)
	var all sync.WaitGroup
	for range 8 { // At once: the same bytes are one blob.
		all.Go(func() {
			if sha, err := f.Put(t.Context(), want); err != nil || sha != hex.EncodeToString(sum[:]) {
				t.Errorf("put %q, %v", sha, err)
			}
		})
	}
	all.Wait()
	sha := hex.EncodeToString(sum[:])
	r, err := f.Open(t.Context(), sha)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %q, %v", got, err)
	}
	files := 0
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files++
		}
		return err
	})
	if files != 1 {
		t.Errorf("%d files lie in the folder", files)
	}
	for range 2 { // Deleting twice is deleting once.
		if err := f.Delete(t.Context(), sha); err != nil {
			t.Error(err)
		}
	}
	if _, err := f.Open(t.Context(), sha); !errors.Is(err, ErrNoBlob) {
		t.Errorf("opened a deleted blob: %v", err)
	}
}

// A half-written file of the right name is written again.
func TestFolder_MendsAShortFile(t *testing.T) {
	f, err := NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sha, err := f.Put(t.Context(), []byte("whole"))
	if err != nil {
		t.Fatal(err)
	}
	path, _ := f.path(sha)
	if err := os.WriteFile(path, []byte("wh"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Put(t.Context(), []byte("whole")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "whole" {
		t.Errorf("the folder holds %q", got)
	}
}

func FuzzFolder_NoNameLeavesTheFolder(f *testing.F) {
	for _, name := range []string{"", "..", "../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("a", 63) + "/", strings.Repeat("a", 64)} {
		f.Add(name)
	}
	folder, err := NewFolder(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if _, err := folder.Open(t.Context(), name); !errors.Is(err, ErrNoBlob) {
			t.Errorf("opened %q: %v", name, err)
		}
		if path, err := folder.path(name); err == nil && filepath.Dir(filepath.Dir(path)) != filepath.Clean(folder.dir) {
			t.Errorf("%q leads to %s", name, path)
		}
	})
}

// Each tells of every blob and of nothing else that lies in the folder.
func TestFolder_Each(t *testing.T) {
	dir := t.TempDir()
	folder, err := NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, text := range []string{"one", "two", "three"} {
		sha, err := folder.Put(t.Context(), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		want[sha] = true
	}
	sha := Sum([]byte("stray"))
	for _, name := range []string{".part-1", "notes.txt", sha} { // A blob's name in the wrong place is none.
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]bool{}
	begin := time.Now().Add(-time.Minute)
	err = folder.Each(t.Context(), func(sha string, written time.Time) error {
		got[sha] = written.After(begin)
		return nil
	})
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	stop := errors.New("stop")
	if err := folder.Each(t.Context(), func(string, time.Time) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}
