package capture

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridwatch/vision"
)

func TestTry_SaysWhatAFileIs(t *testing.T) {
	trial, err := Try(t.Context(), vision.Source{URL: vtest(t)})
	if err != nil {
		t.Fatal(err)
	}
	if trial.Width != 768 || trial.Height != 576 || trial.FPS != 10 || trial.Codec == "" || trial.Look.Size.X != 768 {
		t.Errorf("%s %d×%d at %v a second, look of %v", trial.Codec, trial.Width, trial.Height, trial.FPS, trial.Look.Size)
	}
	img, err := Decode(trial.Look.JPEG)
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
}

func TestTry_SaysWhatAStreamIs(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0", "admin", "s3cret")
	trial, err := Try(t.Context(), vision.Source{URL: server.url("admin:s3cret@")})
	if err != nil {
		t.Fatal(err)
	}
	if trial.Codec != "h264" || trial.Width != 1280 || trial.Height != 720 || trial.Look.Size.X != MaxWidth {
		t.Errorf("%s %d×%d, look of %v", trial.Codec, trial.Width, trial.Height, trial.Look.Size)
	}
}

func TestTry_SaysWhyNot(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0", "admin", "s3cret")
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	closed.Close()
	text := filepath.Join(t.TempDir(), "clip.avi")
	if err := os.WriteFile(text, []byte("no clip"), 0o600); err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{
		server.url("admin:wr0ngpass@"):             "401",
		"rtsp://admin:wr0ngpass@" + nobody + "/x":  "refused",
		"http://admin:wr0ngpass@" + nobody + "/x":  "refused",
		"gopher://admin:wr0ngpass@127.0.0.1/x":     "scheme",
		text:                                       "cannot be read",
		"/nowhere/wr0ngpass-is-a-name-here/no.avi": "no such file",
	} {
		_, err := Try(t.Context(), vision.Source{URL: source})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", source, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "admin") {
			t.Errorf("%s: the error tells the login: %v", source, err)
		}
	}
}

func FuzzReadProbe(f *testing.F) {
	f.Add([]byte(`{"streams":[{"codec_name":"h264","width":1280,"height":720,"avg_frame_rate":"10/1"}]}`))
	f.Add([]byte(`{"streams":[{"width":-1,"height":9,"avg_frame_rate":"0/0"}]}`))
	f.Fuzz(func(t *testing.T, said []byte) {
		s, err := readProbe(said)
		if err != nil {
			return
		}
		if rate := s.rate(); s.Width <= 0 || s.Height <= 0 || !(rate >= 0 && rate <= 1000) {
			t.Errorf("%+v at %v", s, rate)
		}
	})
}
