package infer

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// library is the one ONNX Runtime of the process. It stays loaded until the process ends: unloading it while a thread of
// its own still runs is not safe.
var library struct {
	sync.Mutex
	path string
}

// loadLibrary loads ONNX Runtime from path, once.
func loadLibrary(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("library: want the ONNX Runtime shared library: %w", err)
	}
	library.Lock()
	defer library.Unlock()
	switch library.path {
	case path:
		return nil
	case "":
	default:
		return fmt.Errorf("library: %s: this process already uses %s", path, library.path)
	}
	ort.SetSharedLibraryPath(path)
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		return fmt.Errorf("library: %s: %w", path, err)
	}
	library.path = path
	return nil
}

// session is one copy of the model with its own input and output memory. Not safe for two goroutines.
type session struct {
	run     *ort.AdvancedSession
	tensors []*ort.Tensor[float32]
	pins    runtime.Pinner // ONNX Runtime keeps the addresses of the tensors' Go memory.
	input   []float32
	outputs [][]float32
	boxes   []candidate // Reused between frames.
	scores  []float32   // Of one cell, one for each label.
}

// newSession loads the model for one thread.
func newSession(model []byte, in ort.InputOutputInfo, outs []ort.InputOutputInfo) (s *session, err error) {
	s = &session{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	tensor := func(shape ort.Shape) (*ort.Tensor[float32], error) {
		t, err := ort.NewEmptyTensor[float32](shape)
		if err == nil {
			s.tensors = append(s.tensors, t)
			s.pins.Pin(&t.GetData()[0])
		}
		return t, err
	}
	input, err := tensor(in.Dimensions)
	if err != nil {
		return nil, err
	}
	s.input = input.GetData()
	var names []string
	var outputs []ort.Value
	for _, out := range outs {
		t, err := tensor(out.Dimensions)
		if err != nil {
			return nil, err
		}
		names = append(names, out.Name)
		outputs = append(outputs, t)
		s.outputs = append(s.outputs, t.GetData())
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	if err = options.SetIntraOpNumThreads(1); err != nil {
		return nil, err
	}
	if err = options.SetInterOpNumThreads(1); err != nil {
		return nil, err
	}
	if err = options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"); err != nil {
		return nil, err
	}
	s.run, err = ort.NewAdvancedSessionWithONNXData(model, []string{in.Name}, names, []ort.Value{input}, outputs, options)
	return s, err
}

func (s *session) close() {
	if s.run != nil {
		s.run.Destroy()
	}
	for _, t := range s.tensors {
		t.Destroy()
	}
	s.pins.Unpin()
}
