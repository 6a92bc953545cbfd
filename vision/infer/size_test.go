package infer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridwatch/vision"
)

// sized makes the default detector for pictures of another size.
func sized(t testing.TB, size int) string {
	t.Helper()
	path, err := PrepareSize(t.Context(), models(t, ""), t.TempDir(), size)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrepareSize_StillSeesTheVan(t *testing.T) {
	all := frames(t, 0.2)
	for _, size := range []int{320, 640} {
		c := config(t)
		c.Model, c.Input = sized(t, size), size
		p := openPool(t, c)
		seen := 0
		for _, img := range all {
			found, err := p.Detect(t.Context(), img)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range found {
				if d.Class == vision.ClassVehicle && overlaps(d.Box, vanAt) {
					seen++
					break
				}
			}
		}
		if t.Logf("%d: van in %d of %d frames", size, seen, len(all)); seen < len(all)*9/10 {
			t.Errorf("%d: van in %d of %d frames", size, seen, len(all))
		}
	}
}

func TestPrepareSize_TheTrainedSizeChangesNothing(t *testing.T) {
	converted, err := os.ReadFile(sized(t, 416))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(models(t, ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	if string(converted) != string(whole) {
		t.Error("a size of 416 is another model than the model of 416")
	}
}

func TestPrepareSize_RefusesWhatNoModelTakes(t *testing.T) {
	dir := t.TempDir()
	for _, size := range []int{-32, 0, 32, 417, 4096} {
		if path, err := PrepareSize(t.Context(), models(t, ""), dir, size); err == nil || !strings.Contains(err.Error(), "multiple of 32") {
			t.Errorf("%d: %q, %v", size, path, err)
		}
	}
	if made, err := filepath.Glob(filepath.Join(dir, "*.onnx")); err != nil || len(made) > 0 {
		t.Errorf("written: %q, %v", made, err)
	}
}

func TestOpen_AnotherModelThanConfigured(t *testing.T) {
	whole, err := os.ReadFile(models(t, ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.onnx")
	if err := os.WriteFile(cut, whole[:len(whole)*2/3], 0o600); err != nil {
		t.Fatal(err)
	}
	small := sized(t, 320)
	for _, test := range []struct {
		name  string
		spoil func(*Config)
		want  string
	}{
		{"a model of another size than configured", func(c *Config) { c.Model, c.Input = small, 416 }, "the configured input is 416"},
		{"a model that is cut off", func(c *Config) { c.Model = cut }, cut},
		{"a file that is no model", func(c *Config) { c.Model = models(t, weightsFile) }, weightsFile},
		{"a folder", func(c *Config) { c.Model = t.TempDir() }, "is a directory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := config(t)
			test.spoil(&c)
			p, err := Open(c)
			if err == nil {
				p.Close()
				t.Fatal("it was taken")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want %q", err, test.want)
			}
		})
	}
}
