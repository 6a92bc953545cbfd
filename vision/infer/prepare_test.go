package infer

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tarball writes a gzipped tarball and gives its path.
func tarball(t *testing.T, entries ...tar.Header) string {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	for _, header := range entries {
		header.Mode = 0o600
		if err := archive.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write(make([]byte, header.Size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "package.tgz")
	if err := os.WriteFile(path, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrepare_NamesWhatIsWrong(t *testing.T) {
	entry := "package/" + LibraryFile
	good := tarball(t, tar.Header{Name: entry, Size: 4096})
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.tgz")
	if err := os.WriteFile(cut, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, tarball, want string }{
		{"no tarball", filepath.Join(t.TempDir(), "none.tgz"), "no such file"},
		{"something else", models(t, graphFile), "invalid header"},
		{"a tarball that is cut off", cut, "unexpected EOF"},
		{"an empty tarball", tarball(t), `entry "` + entry + `" is missing`},
		{"the file in another folder", tarball(t, tar.Header{Name: "../" + entry, Size: 1}), "is missing"},
		{"a link in place of the file", tarball(t, tar.Header{Name: entry, Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}), "is not a file"},
		{"another file of that name", good, "SHA-256 is "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "models")
			err := Prepare(t.Context(), test.tarball, test.tarball, out)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.tarball) {
				t.Errorf("the error is %v, want the tarball and %q", err, test.want)
			}
			if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v (%v)", left, err)
			}
		})
	}
}

func TestPrepare_NeedsNothingWhenAllIsThere(t *testing.T) {
	dir := models(t, "")
	before := map[string]os.FileInfo{}
	for name := range sums {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		before[name] = info
	}
	if err := Prepare(t.Context(), "no tarball", "no tarball", dir); err != nil {
		t.Fatal(err)
	}
	for name := range sums {
		after, err := os.Stat(filepath.Join(dir, name))
		if err != nil || !os.SameFile(before[name], after) {
			t.Errorf("%s was written again (%v)", name, err)
		}
	}
}

func TestPrepare_MakesADamagedModelAgain(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{LibraryFile, graphFile, weightsFile} {
		if err := os.Symlink(models(t, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	model := filepath.Join(dir, ModelFile)
	if err := os.WriteFile(model, []byte("half a model"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Prepare(t.Context(), "no tarball", "no tarball", dir); err != nil {
		t.Fatal(err)
	}
	if err := Verify(model, sums[ModelFile]); err != nil {
		t.Error(err)
	}
}

func TestPrepare_StopsWhenItIsTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := tarball(t, tar.Header{Name: "package/other", Size: 1})
	if err := Prepare(ctx, path, path, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want that of the context", err)
	}
}
