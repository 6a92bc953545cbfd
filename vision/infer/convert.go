package infer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxModelFile bounds what is read of one model file.
const maxModelFile = 1 << 30

const asTrained = -1

// Convert writes the TensorFlow.js graph model in jsonPath and binPath as ONNX opset 13 to outPath, whole or not at all.
// Equal input gives equal bytes.
func Convert(ctx context.Context, jsonPath, binPath, outPath string) error {
	model, err := convert(ctx, jsonPath, binPath, asTrained)
	if err != nil {
		return err
	}
	return writeWhole(outPath, bytes.NewReader(model), "")
}

// convert keeps the size of picture that the model was trained with where size is asTrained.
func convert(ctx context.Context, jsonPath, binPath string, size int) ([]byte, error) {
	document, err := readModelFile(jsonPath)
	if err != nil {
		return nil, err
	}
	weights, err := readModelFile(binPath)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g, err := parseTFJS(document, weights)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", jsonPath, err)
	}
	if size != asTrained {
		if err := g.atSize(size); err != nil {
			return nil, fmt.Errorf("%s: %w", jsonPath, err)
		}
	}
	name, _, _ := strings.Cut(filepath.Base(jsonPath), ".")
	out, err := lower(g, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", jsonPath, err)
	}
	return out.encode(), nil
}

func readModelFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxModelFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxModelFile {
		return nil, fmt.Errorf("%s: is larger than %d bytes", path, maxModelFile)
	}
	return data, nil
}

// writeWhole writes the file beside its place first, so that a half-written one never has its name; neither has one whose
// checksum is not sha, where sha is given.
func writeWhole(path string, from io.Reader, sha string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	h := sha256.New()
	if _, err = io.Copy(io.MultiWriter(f, h), from); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); sha != "" && got != sha {
		return fmt.Errorf("SHA-256 is %s, want %s", got, sha)
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
