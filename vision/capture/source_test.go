package capture

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
)

func TestParseAddress_KnowsTheKinds(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "with space.avi")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		source string
		want   sourceKind
	}{
		{"rtsp://admin:s3cret@10.0.0.1:554/Streaming/Channels/101", kindRTSP},
		{"RTSP://10.0.0.1/live", kindRTSP},
		{"http://10.0.0.1/video.mjpg?fps=5", kindHTTP},
		{"https://[::1]:8443/snapshot.jpg", kindHTTP},
		{file, kindFile},
		{"file://" + strings.ReplaceAll(file, " ", "%20"), kindFile},
		{folder, kindFolder},
	} {
		got, err := parseAddress(c.source)
		if err != nil || got.kind != c.want {
			t.Errorf("%s is %q, %v; want %q", c.source, got.kind, err, c.want)
		}
	}
}

func TestParseAddress_RefusesWithoutTellingThePassword(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.avi")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, source, want string }{
		{"nothing", "", "is empty"},
		{"another scheme", "ftp://u:s3cret@10.0.0.1/a.avi", "scheme must be"},
		{"a scheme of ffmpeg", "concat:///etc/passwd", "scheme must be"},
		{"a second line", "rtsp://10.0.0.1/live'\nfile '/etc/passwd", "control character"},
		{"a zero byte", "clip.avi\x00.jpg", "control character"},
		{"no host", "rtsp:///live", "no host"},
		{"an unescaped # in the password", "rtsp://u:s3cret#1@10.0.0.1/live", "write # as %23"},
		{"an unescaped % in the password", "rtsp://u:s3cret%zz@10.0.0.1/live", "write # as %23"},
		{"a file on another machine", "file://server/share/a.avi", "another machine"},
		{"too long", "http://10.0.0.1/" + strings.Repeat("a", 3000), "longer than"},
		{"a file that is not there", "/no/such/s.avi", "no such file"},
		{"a path that looks like an option", "-i", "no such file"},
		{"a pipe, which would wait for ever", pipe, "neither a file nor a folder"},
		{"a device", "/dev/zero", "neither a file nor a folder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parseAddress(c.source)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestOpen_ChecksTheRate(t *testing.T) {
	for _, fps := range []float64{-1, 61, math.NaN(), math.Inf(1)} {
		_, err := Open(t.Context(), vision.Camera{FPS: fps, Source: vision.Source{URL: t.TempDir()}})
		if invalid := new(geo.InvalidError); !errors.As(err, &invalid) || invalid.Field != "camera.fps" {
			t.Errorf("%v frames a second: %v", fps, err)
		}
	}
}

func TestAddress_ScrubHidesEverySpelling(t *testing.T) {
	a, err := parseAddress("rtsp://admin:p%40ss%20w0rd@10.0.0.1:554/user=guest&password=hunter2?token=t0ken")
	if err != nil {
		t.Fatal(err)
	}
	said := "[rtsp @ 0x55] rtsp://admin:p%40ss%20w0rd@10.0.0.1:554/user=guest&password=hunter2?token=t0ken: timed out; " +
		"Impossible to open '" + a.url.String() + "'; user admin, p@ss w0rd, p%40ss+w0rd; GET /user=guest&password=hunter2?token=t0ken"
	got := a.scrub(said)
	for _, secret := range []string{"admin", "p@ss", "p%40ss", "hunter2", "t0ken"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is still in: %s", secret, got)
		}
	}
	for _, useful := range []string{"rtsp://10.0.0.1:554", "timed out", "Impossible to open"} {
		if !strings.Contains(got, useful) {
			t.Errorf("%q is lost in: %s", useful, got)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("rtsp://admin:s3cret@10.0.0.1/live?x='y'")
	f.Add("http://[::1]:80/a b")
	f.Add("file:///etc/hostname")
	f.Add("rtsp://a'b:c%0Ad@h/%27%0A")
	f.Fuzz(func(t *testing.T, source string) {
		a, err := parseAddress(source)
		if err != nil || a.kind != kindRTSP {
			return
		}
		list := ffmpegList(a, time.Second)
		if strings.Count(list, "\n") != 6 || strings.Count(list, "'") != 2 {
			t.Errorf("%q became the list %q", source, list)
		}
	})
}
