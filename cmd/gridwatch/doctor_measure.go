package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"gridwatch/vision"
	"gridwatch/vision/capture"
	"gridwatch/vision/infer"
)

// measurement is what watching costs on this machine.
type measurement struct {
	Decoding map[string]float64 `json:"decoding_cpu_s_per_minute"`
	Detector []speed            `json:"detector"`
	Cost     cost               `json:"cost"`
	Cores    int                `json:"cores"`
	Room     []room             `json:"room"`
}

const (
	clipSeconds = 6
	visitTries  = 3
	// overRTSP is how many times the start from a file a visit by RTSP takes: `make bench`, which has a server, measured it.
	// Once connected, a stream takes what a file takes.
	overRTSP = 2
)

// measure makes a clip as a camera would send it, and decodes and looks at it in each way.
func (c *checkup) measure(ctx context.Context, cfg Config, detector *infer.Pool, out io.Writer) {
	dir, err := os.MkdirTemp("", "gridwatch-doctor-")
	if err != nil {
		c.say("measuring", note, "%v", err)
		return
	}
	defer os.RemoveAll(dir)
	m := &measurement{Decoding: map[string]float64{}, Cores: runtime.NumCPU()}
	clip := filepath.Join(dir, "clip.mp4")
	if err := makeClip(ctx, clip); err != nil {
		c.say("measuring", note, "%v", err)
		return
	}
	fmt.Fprintln(out, "\nDecoding 1080p at 25 frames a second (H.264, 4 Mbit/s, a key frame every 2 s), processor seconds for a minute of it:")
	if err := m.decode(ctx, clip, out); err != nil {
		c.say("decoding", note, "%v", err)
		return
	}
	fmt.Fprintln(out, "\nThe detector, milliseconds a picture:")
	if err := m.detect(ctx, cfg, detector, dir, clip, out); err != nil {
		c.say("detecting", note, "%v", err)
		return
	}
	m.Cost.KeyFrames = m.Decoding["key frames"]
	fmt.Fprintf(out, "\nEverything that is done with one frame: %.3f processor seconds.\n", m.Cost.Look)
	fmt.Fprintln(out, "\nCameras that this machine carries:")
	for _, every := range looks {
		r := m.Cost.room(m.Cores, every)
		m.Room = append(m.Room, r)
		fmt.Fprintf(out, "  one look every %2.0f s: %5d   (%s)\n", r.EveryS, r.Cameras, r.Sum)
	}
	c.Measured = m
}

// makeClip draws a picture that moves everywhere, with noise, and packs it at the rate of a city's camera.
func makeClip(ctx context.Context, path string) error {
	return runFFmpeg(ctx, "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=size=1920x1080:rate=25:duration=%d", clipSeconds), "-vf", "noise=alls=6:allf=t",
		"-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "50", "-sc_threshold", "0",
		"-b:v", "4M", "-maxrate", "4M", "-bufsize", "8M", "-pix_fmt", "yuv420p", path)
}

func runFFmpeg(ctx context.Context, args ...string) error {
	said, err := exec.CommandContext(ctx, "ffmpeg", append([]string{"-nostdin", "-v", "error"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ffmpeg: %w: %s", err, strings.TrimSpace(string(said)))
	}
	return nil
}

// decode measures each way of decoding.
func (m *measurement) decode(ctx context.Context, clip string, out io.Writer) error {
	for _, way := range []struct {
		name      string
		fps       float64
		keysAlone bool
	}{
		{"all frames", 25, false},
		{"all, one in 2 s taken", 0.5, false},
		{"key frames", 0.5, true},
	} {
		before := cpuSeconds()
		if _, err := capture.DecodeClip(ctx, clip, way.fps, way.keysAlone, 0); err != nil {
			return err
		}
		m.Decoding[way.name] = (cpuSeconds() - before) * 60 / clipSeconds
		fmt.Fprintf(out, "  %-22s %5.2f\n", way.name, m.Decoding[way.name])
	}
	before := cpuSeconds()
	for range visitTries {
		if _, err := capture.DecodeClip(ctx, clip, 1, true, 1); err != nil {
			return err
		}
	}
	m.Cost.Visit = (cpuSeconds() - before) / visitTries * overRTSP
	return nil
}

// detect measures the detector of the configuration, at its own size and, where it is the shipped one, at others, and then
// everything that is done with one frame.
func (m *measurement) detect(ctx context.Context, cfg Config, detector *infer.Pool, dir, clip string, out io.Writer) error {
	frames := filepath.Join(dir, "frames")
	if err := os.Mkdir(frames, 0o700); err != nil {
		return err
	}
	if err := runFFmpeg(ctx, "-i", clip, "-vf", "fps=2,scale=768:-2", "-q:v", "3", filepath.Join(frames, "%03d.jpg")); err != nil {
		return err
	}
	first, err := os.ReadFile(filepath.Join(frames, "001.jpg"))
	if err != nil {
		return err
	}
	if err := m.speeds(ctx, detector, cfg.Detector.Input, first, out); err != nil {
		return err
	}
	if filepath.Base(cfg.Detector.Model) == infer.ModelFile {
		if err := m.otherSizes(ctx, cfg.Detector, dir, first, out); err != nil {
			return err
		}
	}
	m.Cost.Look, err = lookCost(ctx, detector, frames, 2)
	return err
}

// otherSizes makes the shipped detector for other sizes of picture, and measures it.
func (m *measurement) otherSizes(ctx context.Context, c DetectorConfig, dir string, jpeg []byte, out io.Writer) error {
	from := filepath.Dir(beside(c.Model))
	for _, size := range []int{256, 320, 512, 640} {
		path, err := infer.PrepareSize(ctx, from, dir, size)
		if err != nil {
			return err
		}
		c.Model, c.Input = path, size
		pool, err := openDetector(c)
		if err != nil {
			return err
		}
		err = m.speeds(ctx, pool, size, jpeg, out)
		pool.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// speeds measures a detector with one picture at a time, and with one for each core.
func (m *measurement) speeds(ctx context.Context, detector vision.Detector, input int, jpeg []byte, out io.Writer) error {
	const times = 6
	for _, threads := range slices.Compact([]int{1, m.Cores}) {
		pictures := make([]vision.Image, threads)
		for i := range pictures {
			img, err := capture.Decode(jpeg)
			if err != nil {
				return err
			}
			defer img.Close()
			pictures[i] = img
		}
		s, err := detectorSpeed(ctx, detector, pictures, times)
		if err != nil {
			return err
		}
		s.Input = input
		m.Detector = append(m.Detector, s)
		fmt.Fprintf(out, "  %d×%d, %2d threads: %6.1f by the clock, %5.1f of one processor\n", input, input, threads, s.Millis, s.CPUMillis)
	}
	return nil
}
