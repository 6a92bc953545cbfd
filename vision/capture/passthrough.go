package capture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"gridwatch/vision"
)

// Passthrough is a camera's H.264 as the camera made it, copied and not decoded.
type Passthrough struct {
	child *child
	in    *bufio.Reader
	from  address
	stall time.Duration
}

// OpenPassthrough starts the copy. Only an RTSP stream of H.264 has one, and none with masks: they would have to be
// drawn into it.
func OpenPassthrough(cam vision.Camera) (*Passthrough, error) {
	if len(cam.Masks()) > 0 {
		return nil, fmt.Errorf("%w: the camera has privacy masks", vision.ErrNoPassthrough)
	}
	from, err := parseAddress(cam.Source.URL)
	if err != nil {
		return nil, err
	}
	if from.kind != kindRTSP {
		return nil, fmt.Errorf("%w: it does not come by RTSP", vision.ErrNoPassthrough)
	}
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return nil, errors.New("rtsp needs ffmpeg, which is not installed")
	}
	o := Options{}.withDefaults()
	c, err := startChild(program, []string{
		"-nostdin", "-hide_banner", "-loglevel", "error", "-fflags", "nobuffer", "-fpsprobesize", "0",
		"-protocol_whitelist", "pipe," + rtspProtocols, "-f", "concat", "-safe", "0", "-i", "pipe:0",
		"-an", "-sn", "-dn", "-map", "0:v:0", "-c:v", "copy",
		// A browser that comes in the middle needs the parameter sets before every key frame.
		"-bsf:v", "h264_mp4toannexb,dump_extra=freq=keyframe,h264_metadata=aud=insert",
		"-flush_packets", "1", "-f", "h264", "pipe:1",
	}, ffmpegList(from, o.Stall))
	if err != nil {
		return nil, fmt.Errorf("ffmpeg: %w", err)
	}
	return &Passthrough{child: c, in: bufio.NewReaderSize(c.stdout, 64<<10), from: from, stall: o.Stall}, nil
}

// maxUnit bounds one coded picture.
const maxUnit = 8 << 20

// Next waits for the next coded picture with its parameter sets, in Annex B form. Its end is known when the next one
// begins.
func (p *Passthrough) Next(ctx context.Context) ([]byte, error) {
	p.child.stdout.SetReadDeadline(time.Now().Add(p.stall))
	stop := context.AfterFunc(ctx, func() { p.child.stdout.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	unit, err := nextUnit(p.in)
	if err == nil {
		return unit, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, p.explain(err)
}

// delimiter is the access unit delimiter that ffmpeg puts before every picture, without its last byte.
var delimiter = []byte{0, 0, 0, 1, 9}

// nextUnit reads up to the next delimiter.
func nextUnit(in *bufio.Reader) ([]byte, error) {
	var unit []byte
	for {
		part, err := in.ReadSlice(9)
		unit = append(unit, part...)
		if len(unit) > maxUnit {
			return nil, fmt.Errorf("a picture of more than %d MB", maxUnit>>20)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !bytes.HasSuffix(unit, delimiter) {
			continue
		}
		picture := bytes.TrimPrefix(bytes.TrimSuffix(unit, delimiter), delimiter)
		if len(picture) > 0 { // Else it was the very first delimiter.
			return append(bytes.Clone(delimiter), picture...), nil
		}
	}
}

func (p *Passthrough) explain(err error) error {
	p.child.end()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("no picture for %v", p.stall)
	}
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("ffmpeg: %w", err)
	}
	said := p.child.said.String()
	if strings.Contains(said, "not supported") || strings.Contains(said, "Invalid data") || strings.Contains(said, "bitstream filter") {
		return fmt.Errorf("%w: it is not H.264", vision.ErrNoPassthrough)
	}
	return errors.New("camera's stream broke off: " + p.from.scrub(said))
}

// Close ends the copy.
func (p *Passthrough) Close() error {
	p.child.end()
	return nil
}
