package capture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gridwatch/vision"
)

// pattern is a live picture of 1280×720 with a key frame each second.
const pattern = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=1280,height=720,framerate=10/1 ! " +
	"openh264enc gop-size=10 ! h264parse ! rtph264pay name=pay0 config-interval=1"

// rtspServer is a real RTSP server of its own process.
type rtspServer struct {
	command *exec.Cmd
	port    string
}

// serveRTSP starts a server with the arguments of rtspserver.py. It lives until the test ends or kill.
func serveRTSP(t *testing.T, args ...string) *rtspServer {
	t.Helper()
	// Debian's own Python: another one that comes first in PATH lacks GStreamer.
	s := &rtspServer{command: exec.Command("/usr/bin/python3", append([]string{"testdata/rtspserver.py"}, args...)...)}
	said := &tail{}
	s.command.Stderr = said
	out, err := s.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.kill()
		t.Fatalf("the RTSP server did not start: %v: %s", err, said)
	}
	s.port = strings.TrimSpace(line)
	return s
}

func (s *rtspServer) kill() {
	s.command.Process.Kill()
	s.command.Wait() // Says "killed"; a second time that it was waited for.
}

func (s *rtspServer) url(login string) string {
	return fmt.Sprintf("rtsp://%s127.0.0.1:%s/live", login, s.port)
}

func TestRTSP_RealClip(t *testing.T) {
	t.Parallel()
	clip := filepath.Join(t.TempDir(), "clip.mp4")
	out, err := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-t", "15", "-i", vtest(t),
		"-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p", clip).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	server := serveRTSP(t, "filesrc location="+clip+" ! qtdemux ! h264parse ! rtph264pay name=pay0 config-interval=1", "0", "admin", "s3cret")
	source := open(t, vision.Camera{ID: "R", FPS: 2, Source: vision.Source{URL: server.url("admin:s3cret@")}}, Options{})
	real := realFrame(t, 3)
	defer real.Close()
	var frames []vision.Frame
	for i := range 5 {
		frame := next(t, source)
		if frame.Image.Size() != image.Pt(768, 576) || frame.CameraID != "R" || frame.Seq != uint64(i+1) {
			t.Errorf("frame %d: %+v of %v", i, frame, frame.Image.Size())
		}
		if got, want := greyOf(frame.Image), greyOf(real); got < want-15 || got > want+15 {
			t.Errorf("frame %d has mean grey %d, the clip %d", i, got, want)
		}
		frames = append(frames, frame)
	}
	blue, red := meanOf(frames[0].Image, 0), meanOf(frames[0].Image, 2)
	wantBlue, wantRed := meanOf(real, 0), meanOf(real, 2)
	if (blue < red) != (wantBlue < wantRed) {
		t.Errorf("blue %d and red %d are changed over: the clip has %d and %d", blue, red, wantBlue, wantRed)
	}
	// Five pictures of two a second span two seconds of the stream's own clock. All at once would be a buffer's content.
	if span := frames[4].At.Sub(frames[0].At); span < time.Second {
		t.Errorf("five frames came within %v", span)
	}
}

// meanOf is the mean of one of the three colours.
func meanOf(img vision.Image, channel int) int {
	sum, pixels := 0, img.BGR()
	for i := channel; i < len(pixels); i += 3 {
		sum += int(pixels[i])
	}
	return sum / (len(pixels) / 3)
}

func TestRTSP_WideStreamIsScaledDown(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0")
	source := open(t, vision.Camera{Source: vision.Source{URL: server.url("")}}, Options{})
	if size := next(t, source).Image.Size(); size != image.Pt(768, 432) {
		t.Errorf("size %v, want 768×432", size)
	}
}

func TestRTSP_Failures(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0", "admin", "s3cret")
	silent, err := net.Listen("tcp", "127.0.0.1:0") // The kernel takes the connection; nobody ever answers.
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	for _, c := range []struct{ name, url, want string }{
		{"wrong password", server.url("admin:wr0ngpass@"), "401 unauthorised: wrong user or password"},
		{"no password", server.url(""), "401 unauthorised"},
		{"no such stream", strings.Replace(server.url("admin:s3cret@"), "/live", "/other", 1), "404 not found"},
		{"nobody there", "rtsp://admin:s3cret@" + free.Addr().String() + "/live", "connection refused"},
		{"a server that is silent", "rtsp://admin:s3cret@" + silent.Addr().String() + "/live", "no picture for 2s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := open(t, vision.Camera{Source: vision.Source{URL: c.url}}, Options{Stall: 2 * time.Second})
			_, err := source.Next(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "wr0ngpass")) {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestRTSP_PasswordIsInNoProcessList(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0", "admin", "s3cret")
	source := open(t, vision.Camera{Source: vision.Source{URL: server.url("admin:s3cret@")}}, Options{})
	next(t, source)
	pid := source.(*rtspReader).child.pid
	for _, file := range []string{"cmdline", "environ"} {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
		if err != nil || len(data) == 0 {
			t.Fatalf("%s: %d bytes, %v", file, len(data), err)
		}
		if bytes.Contains(data, []byte("s3cret")) {
			t.Errorf("%s of ffmpeg holds the password", file)
		}
	}
}

func TestRTSP_KilledServer(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0")
	source := open(t, vision.Camera{FPS: 10, Source: vision.Source{URL: server.url("")}}, Options{Stall: 5 * time.Second})
	next(t, source)
	server.kill()
	var err error
	for err == nil {
		var frame vision.Frame
		if frame, err = source.Next(t.Context()); err == nil {
			frame.Close()
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, ErrBadFrame) {
		t.Errorf("%v counts as a clean end or a bad frame", err)
	}
	if _, again := source.Next(t.Context()); again == nil || again.Error() != err.Error() {
		t.Errorf("asked again: %v, before %v", again, err)
	}
	if pid := source.(*rtspReader).child.pid; alive(pid) {
		t.Errorf("ffmpeg %d still runs", pid)
	}
}

func TestRTSP_CloseEndsTheProcess(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0")
	source := open(t, vision.Camera{Source: vision.Source{URL: server.url("")}}, Options{})
	next(t, source)
	pid := source.(*rtspReader).child.pid
	if !alive(pid) {
		t.Fatalf("ffmpeg %d does not run", pid)
	}
	for range 2 {
		source.Close()
	}
	if alive(pid) {
		t.Errorf("ffmpeg %d still runs", pid)
	}
	if _, err := source.Next(t.Context()); err == nil {
		t.Error("a closed source gave a frame")
	}
}

func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !bytes.Contains(stat, []byte(") Z ")) // A zombie is dead.
}

// orphanURL names the variable that makes the test program open a source, tell ffmpeg's process id and wait to be killed.
const orphanURL = "GRIDWATCH_TEST_ORPHAN_URL"

func becomeOrphanMaker(url string) {
	address, err := parseAddress(url)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	source, err := openRTSP(context.Background(), vision.Camera{FPS: 2}, address, Options{}.withDefaults())
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(source.(*rtspReader).child.pid)
	select {}
}

func TestRTSP_ProcessDiesWithItsParent(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0")
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), orphanURL+"="+server.url(""))
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	defer parent.Wait()
	defer parent.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("the parent said %q", line)
	}
	if !alive(pid) {
		t.Fatalf("ffmpeg %d does not run", pid)
	}
	parent.Process.Kill()
	for deadline := time.Now().Add(5 * time.Second); alive(pid); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("ffmpeg %d outlived its parent", pid)
		}
	}
}

func TestReadPPM(t *testing.T) {
	in := bufio.NewReader(strings.NewReader("P6\n2 1\n255\nRGBrgbP6\n1 1\n255\nxyzP6\n9 9\n255\nshort"))
	first, err := readPPM(in)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if first.Size() != image.Pt(2, 1) || string(first.BGR()) != "BGRbgr" {
		t.Errorf("first is %v %q", first.Size(), first.BGR())
	}
	second, err := readPPM(in)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if string(second.BGR()) != "zyx" {
		t.Errorf("second is %q", second.BGR())
	}
	if _, err := readPPM(in); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a picture: %v", err)
	}
	for _, wrong := range []string{"P5\n1 1\n255\nx", "P6\n1 1\n65535\nxxxxxx", "P6\n-1 -1\n255\nxxx", "P6\n0 9\n255\n", "P6\n99999 99999\n255\nx"} {
		if p, err := readPPM(bufio.NewReader(strings.NewReader(wrong))); err == nil {
			p.Close()
			t.Errorf("%q was taken", wrong)
		}
	}
}

func FuzzReadPPM(f *testing.F) {
	f.Add([]byte("P6\n2 1\n255\nRGBrgb"))
	f.Add([]byte("P6\n99999999999999999999 1\n255\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := OpenMats()
		p, err := readPPM(bufio.NewReader(bytes.NewReader(data)))
		if err == nil {
			if len(p.BGR()) != p.size.X*p.size.Y*3 || len(p.BGR()) > len(data) {
				t.Errorf("%v from %d bytes", p.size, len(data))
			}
			p.Close()
		}
		if OpenMats() != before {
			t.Errorf("a Mat stayed open (error: %v)", err)
		}
	})
}
