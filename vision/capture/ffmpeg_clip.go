package capture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// DecodeClip decodes a recording as fast as it goes with the process that decodes a camera's stream, and returns how many
// frames came; most limits them unless it is 0. It is there to learn what decoding costs on this machine.
func DecodeClip(ctx context.Context, path string, fps float64, keysAlone bool, most int) (frames int, err error) {
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return 0, errors.New("ffmpeg is not installed")
	}
	if path, err = filepath.Abs(path); err != nil {
		return 0, err
	}
	list := fmt.Sprintf("ffconcat version 1.0\nfile 'file:%s'\n", strings.ReplaceAll(path, "'", `'\''`))
	c, err := startChild(program, ffmpegArgs([]string{"-protocol_whitelist", "pipe,file"}, fps, keysAlone), list)
	if err != nil {
		return 0, fmt.Errorf("ffmpeg: %w", err)
	}
	defer c.end()
	defer context.AfterFunc(ctx, func() { c.stdout.SetReadDeadline(time.Unix(1, 0)) })()
	in := bufio.NewReaderSize(c.stdout, 64<<10)
	for most == 0 || frames < most {
		p, err := readPPM(in)
		if errors.Is(err, io.EOF) && frames > 0 {
			return frames, nil
		}
		if ctx.Err() != nil {
			return frames, ctx.Err()
		}
		if err != nil {
			c.end() // Then all is said.
			return frames, fmt.Errorf("%s: %w: %s", filepath.Base(path), err, c.said)
		}
		p.Close()
		frames++
	}
	return frames, nil
}
