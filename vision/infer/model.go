package infer

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
)

// The default detector. Nothing of it is part of this repository: its files come out of two npm packages at set-up, are
// checked against the checksums below, and stay on the machine that fetched them.
//
//	NanoDet-G 416, COCO    Apache-2.0 (RangiLyu/nanodet), as a TensorFlow.js graph in
//	                       @vladmandic/human 1.8.5 (MIT)
//	ONNX Runtime 1.28.2    MIT (Microsoft), the shared library in sherpa-onnx-linux-x64
//	                       or -arm64 1.13.8 (Apache-2.0)
const (
	LibraryFile = "libonnxruntime.so"
	ModelFile   = "nanodet-g.onnx"
	graphFile   = "nanodet.json" // What ModelFile is made of.
	weightsFile = "nanodet.bin"
)

// sums are the SHA-256 checksums of what is unpacked and of the model that is made of it.
var sums = map[string]string{
	LibraryFile: librarySums[runtime.GOARCH],
	ModelFile:   "76a602c73508f42306e8bc9460a731e517933975f145cd4e84b25e7c69d21322",
	graphFile:   "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
	weightsFile: "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
}

var librarySums = map[string]string{
	"amd64": "4b3607aebd1784b26b6f9b20e4bd974c7ab8287043e4d095cb7d2cb40b5e566e",
	"arm64": "cfc800d4438f15e8d9017521326776ca7117d8783cb847ccccc2fc61ac4d540f",
}

// Shipped returns the checksum of a file of the default detector by its name; ok is false for any other file.
func Shipped(name string) (sha string, ok bool) {
	sha, ok = sums[name]
	return sha, ok
}

// Verify says whether the file at path has the SHA-256 checksum sha, in hexadecimal.
func Verify(path, sha string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sha {
		return fmt.Errorf("%s: SHA-256 is %s, want %s", path, got, sha)
	}
	return nil
}
