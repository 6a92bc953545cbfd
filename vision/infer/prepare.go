package infer

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
)

// maxUnpacked bounds how far a package is unpacked in search of a file.
const maxUnpacked = 2 << 30

// Prepare puts the default detector into outDir: LibraryFile out of the npm tarball of sherpa-onnx-linux-x64 (or -arm64),
// the TensorFlow.js graph out of that of @vladmandic/human, and ModelFile made of the graph. Every file is checked
// against its recorded checksum and appears whole or not at all. What is there already and right is left alone; if that
// is everything, the tarballs need not be there.
func Prepare(ctx context.Context, humanTarball, ortTarball, outDir string) error {
	if err := os.MkdirAll(outDir, 0o755); err != nil {
		return err
	}
	if err := unpack(ctx, ortTarball, outDir, "package/"+LibraryFile); err != nil {
		return err
	}
	if err := unpack(ctx, humanTarball, outDir, "package/models/"+graphFile, "package/models/"+weightsFile); err != nil {
		return err
	}
	model := filepath.Join(outDir, ModelFile)
	if Verify(model, sums[ModelFile]) == nil {
		return nil
	}
	made, err := convert(ctx, filepath.Join(outDir, graphFile), filepath.Join(outDir, weightsFile), asTrained)
	if err != nil {
		return err
	}
	if err := writeWhole(model, bytes.NewReader(made), sums[ModelFile]); err != nil {
		return fmt.Errorf("%s: %w", ModelFile, err)
	}
	return nil
}

// unpack writes the named entries of a gzipped tarball into dir, without their folders. It makes the names of the files
// itself, so no entry can lead out of dir.
func unpack(ctx context.Context, tarball, dir string, entries ...string) error {
	missing := map[string]bool{}
	for _, entry := range entries {
		name := path.Base(entry)
		if Verify(filepath.Join(dir, name), sums[name]) != nil {
			missing[entry] = true
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if err := unpackMissing(ctx, tarball, dir, missing); err != nil {
		return fmt.Errorf("%s: %w", tarball, err)
	}
	for _, entry := range entries {
		if missing[entry] {
			return fmt.Errorf("%s: entry %q is missing", tarball, entry)
		}
	}
	return nil
}

// unpackMissing takes the entries out of missing that it found and wrote.
func unpackMissing(ctx context.Context, tarball, dir string, missing map[string]bool) error {
	f, err := os.Open(tarball)
	if err != nil {
		return err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	archive := tar.NewReader(io.LimitReader(unzipped, maxUnpacked))
	for len(missing) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !missing[header.Name] {
			continue
		}
		if header.Typeflag != tar.TypeReg {
			return fmt.Errorf("entry %q is not a file", header.Name)
		}
		name := path.Base(header.Name)
		if err := writeWhole(filepath.Join(dir, name), archive, sums[name]); err != nil {
			return fmt.Errorf("entry %q: %w", header.Name, err)
		}
		delete(missing, header.Name)
	}
	return nil
}
