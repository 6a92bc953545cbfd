package capture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
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
		"-an", "-sn", "-dn", "-fps_mode", "passthrough", "-vf", choose + "," + scale,
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
