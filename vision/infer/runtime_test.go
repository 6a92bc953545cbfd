package infer

import (
	"os"
	"path/filepath"
	"testing"

	ort "github.com/yalue/onnxruntime_go"
)

// models gives the path of a file that `make` prepared.
func models(t testing.TB, file string) string {
	t.Helper()
	dir := os.Getenv("GRIDWATCH_MODELS")
	if dir == "" {
		t.Fatal("GRIDWATCH_MODELS is not set: want the folder with the detector, which `make test` prepares")
	}
	return filepath.Join(dir, file)
}

// run gives the outputs of a model.
func run(t testing.TB, model []byte, input []float32) [][]float32 {
	t.Helper()
	if err := loadLibrary(models(t, LibraryFile)); err != nil {
		t.Fatal(err)
	}
	ins, outs, err := ort.GetInputOutputInfoWithONNXData(model)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSession(model, ins[0], outs)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if len(s.input) != len(input) {
		t.Fatalf("the input has %d numbers, the model takes %d", len(input), len(s.input))
	}
	copy(s.input, input)
	if err := s.run.Run(); err != nil {
		t.Fatal(err)
	}
	return s.outputs
}
