package capture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"gridwatch/vision"

	"gocv.io/x/gocv"
)

// rtspReader reads a camera through an ffmpeg process, which keeps what a camera can do to a decoder out of this one. The
// process samples, scales and writes one PPM a frame, so that the size travels with the pixels.
type rtspReader struct {
	cam   vision.Camera
	from  address
	stall time.Duration
	seq   uint64

	child  *child
	frames *bufio.Reader
	failed error
}

func openRTSP(ctx context.Context, cam vision.Camera, from address, o Options) (Reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return nil, errors.New("rtsp needs ffmpeg, which is not installed")
	}
	c, err := startChild(program, ffmpegArgs(cam.FPS), ffmpegList(from, o.Stall))
	if err != nil {
		return nil, fmt.Errorf("ffmpeg: %w", err)
	}
	return &rtspReader{cam: cam, from: from, stall: o.Stall, child: c, frames: bufio.NewReaderSize(c.stdout, 64<<10)}, nil
}

// ffmpegArgs asks for fps frames a second as PPMs. Frames are chosen by their own time stamps; unlike the filter fps,
// select never shows one twice after a gap. The stream's URL is not among the arguments, where every user of the machine
// could read its password: it comes by standard input. Without nobuffer the pictures of the first seconds, by which ffmpeg
// gets to know the stream, come late and all at once.
func ffmpegArgs(fps float64) []string {
	// A little early counts as due; a time stamp that jumped back begins anew.
	choose := fmt.Sprintf("select='isnan(prev_selected_t)+gte(t-prev_selected_t,%.4f)+lt(t,prev_selected_t)'", 0.95/fps)
	scale := fmt.Sprintf("scale=w='min(%d,iw)':h=-2:flags=bilinear", MaxWidth)
	return []string{
		"-nostdin", "-hide_banner", "-loglevel", "error",
		"-fflags", "nobuffer", "-fpsprobesize", "0",
		"-protocol_whitelist", "pipe,rtsp,rtp,tcp", "-f", "concat", "-safe", "0", "-threads", "1", "-i", "pipe:0",
		"-an", "-sn", "-dn", "-vsync", "passthrough", "-vf", choose + "," + scale,
		"-pix_fmt", "rgb24", "-c:v", "ppm", "-f", "image2pipe", "pipe:1",
	}
}

// ffmpegList is the list of one stream that ffmpeg's concat demuxer reads. parseAddress refused line feeds, and a quote is
// escaped here, so nothing in a URL can become a line of its own.
func ffmpegList(from address, stall time.Duration) string {
	quoted := strings.ReplaceAll(from.url.String(), "'", "%27")
	return fmt.Sprintf("ffconcat version 1.0\nfile '%s'\n", quoted) +
		fmt.Sprintf("option rtsp_transport tcp\noption timeout %d\n", stall.Microseconds()) +
		"option fflags nobuffer\noption fpsprobesize 0\n"
}

// Next returns the next frame, with the time it arrived.
func (r *rtspReader) Next(ctx context.Context) (vision.Frame, error) {
	if r.failed != nil {
		return vision.Frame{}, r.failed
	}
	r.child.stdout.SetReadDeadline(time.Now().Add(r.stall))
	stop := context.AfterFunc(ctx, func() { r.child.stdout.SetReadDeadline(time.Unix(1, 0)) })
	p, err := readPPM(r.frames)
	stop()
	if err != nil {
		r.failed = r.explain(ctx, err)
		return vision.Frame{}, r.failed
	}
	r.seq++
	return vision.Frame{CameraID: r.cam.ID, Seq: r.seq, At: time.Now(), Image: p}, nil
}

// explain says why no frame came. The process is ended by it: half a picture may lie in the pipe.
func (r *rtspReader) explain(ctx context.Context, err error) error {
	r.child.end()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("no picture for %v", r.stall)
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("ffmpeg: %w", err)
	}
	said := r.child.said.String()
	for _, known := range []struct{ text, reason string }{
		{"401 Unauthorized", "401 unauthorised: wrong user or password"},
		{"403 Forbidden", "403 forbidden: this user may not watch"},
		{"404 Not Found", "404 not found: the camera has no such stream"},
		{"Connection refused", "connection refused"},
		{"No route to host", "no route to the camera"},
		{"Connection timed out", "connection timed out"},
		{"Name or service not known", "the camera's name is not known"},
	} {
		if strings.Contains(said, known.text) {
			return errors.New(known.reason)
		}
	}
	if said == "" {
		return errors.New("camera ended the stream")
	}
	return errors.New("camera's stream broke off: " + r.from.scrub(said))
}

// Close ends the process.
func (r *rtspReader) Close() error {
	if r.failed == nil {
		r.failed = errClosed
	}
	r.child.end()
	return nil
}

// readPPM reads one binary PPM of ffmpeg's making.
func readPPM(in *bufio.Reader) (*picture, error) {
	var w, h, depth int
	if _, err := in.Peek(1); err != nil {
		return nil, err // The end between two frames.
	}
	if n, err := fmt.Fscanf(in, "P6\n%d %d\n%d\n", &w, &h, &depth); err != nil || n != 3 || depth != 255 {
		return nil, fmt.Errorf("no PPM header: %w", err)
	}
	if err := checkSize(w, h); err != nil {
		return nil, err
	}
	p, err := newPicture(gocv.NewMatWithSize(h, w, gocv.MatTypeCV8UC3))
	if err != nil {
		return nil, err
	}
	if _, err = io.ReadFull(in, p.BGR()); err == nil {
		err = gocv.CvtColor(p.mat, &p.mat, gocv.ColorRGBToBGR)
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// child is a process that does not outlive this one.
type child struct {
	stdout *os.File // Read end; takes deadlines.
	said   *tail
	pid    int
	kill   func()
	done   chan struct{} // Closed when the process is gone and all it said is in said.
	once   sync.Once
}

func startChild(program string, args []string, input string) (*child, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c := &child{stdout: read, said: &tail{}, done: make(chan struct{})}
	command := exec.Command(program, args...)
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), write, c.said
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"} // Nothing that is secret here is secret there.
	// An own group, so that Ctrl-C reaches it through us; killed when the thread that started it dies.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	c.kill = func() { command.Process.Kill() }

	started := make(chan error)
	go func() {
		runtime.LockOSThread() // The signal comes when the thread dies, not the process; so the thread stays until the end.
		defer runtime.UnlockOSThread()
		err := command.Start()
		write.Close()
		started <- err
		if err == nil {
			command.Wait() // How it ended is in what it said.
			close(c.done)
		}
	}()
	if err := <-started; err != nil {
		read.Close()
		return nil, err
	}
	c.pid = command.Process.Pid
	return c, nil
}

// end kills the process and waits until it is gone.
func (c *child) end() {
	c.once.Do(func() {
		c.kill()
		<-c.done
		c.stdout.Close()
	})
}

// tail keeps the last bytes that were written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

const tailBytes = 2 << 10

func (t *tail) Write(data []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, data...)
	if over := len(t.kept) - tailBytes; over > 0 {
		t.kept = append([]byte(nil), t.kept[over:]...)
	}
	return len(data), nil
}

// String returns the last three lines, joined.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.kept)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}
