package capture

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDecodeClip_TakesWhatAStreamWouldGive(t *testing.T) {
	clip := filepath.Join(t.TempDir(), "it's a clip.mp4")
	encode(t, clip, "-t", "8", "-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-sc_threshold", "0") // 10 a second.
	for _, c := range []struct {
		name      string
		fps       float64
		keysAlone bool
		most      int
		want      int
	}{
		{"every frame", 60, false, 0, 80},
		{"one a second", 1, false, 0, 8},
		{"key frames", 1, true, 0, 4},
		{"every second key frame", 0.25, true, 0, 2},
		{"the first one", 60, true, 1, 1},
	} {
		if got, err := DecodeClip(t.Context(), clip, c.fps, c.keysAlone, c.most); err != nil || got != c.want {
			t.Errorf("%s: %d frames, %v; want %d", c.name, got, err, c.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := DecodeClip(ended, clip, 60, false, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("after its end: %v", err)
	}
}

func TestDecodeClip_SaysWhyNot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no.mp4")
	if err := os.WriteFile(path, []byte("this is no video"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := DecodeClip(t.Context(), path, 1, true, 0); err == nil || !strings.Contains(err.Error(), "Invalid data") {
		t.Errorf("got %v", err)
	}
}
