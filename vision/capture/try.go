package capture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"gridwatch/vision"
)

const (
	trialTime = 9 * time.Second // For the first picture.
	probeTime = 6 * time.Second // For the facts about the stream, after it.
)

// Try opens a source, waits for its first picture and asks what it is. Its error says why not, without the password.
func Try(ctx context.Context, source vision.Source) (vision.Trial, error) {
	from, err := parseAddress(source.URL)
	if err != nil {
		return vision.Trial{}, err
	}
	looking, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	look, err := LookOnce(looking, vision.Camera{ID: "trial", Source: source}, Options{Stall: trialTime * 3 / 4})
	if err != nil {
		if looking.Err() != nil && ctx.Err() == nil {
			err = fmt.Errorf("no picture for %v", trialTime)
		}
		return vision.Trial{}, err
	}
	t := vision.Trial{Look: look, Width: look.Size.X, Height: look.Size.Y, Codec: "jpeg"}
	if from.kind == kindFile || from.kind == kindRTSP {
		t.Codec = ""
		probing, cancel := context.WithTimeout(ctx, probeTime)
		defer cancel()
		if s, err := probe(probing, from); err == nil { // The picture is there: not to know more is no failure.
			t.Codec, t.FPS, t.Width, t.Height = s.Codec, s.rate(), s.Width, s.Height
		}
	}
	return t, nil
}

// videoStream is what ffprobe says of one.
type videoStream struct {
	Codec  string `json:"codec_name"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Rate   string `json:"avg_frame_rate"` // "10/1"; "0/0" where it is not known.
}

// rate is the stream's frames a second, to two digits; 0 where it says none.
func (s videoStream) rate() float64 {
	over, under, _ := strings.Cut(s.Rate, "/")
	a, _ := strconv.ParseFloat(over, 64)
	b, _ := strconv.ParseFloat(under, 64)
	if fps := a / b; fps > 0 && fps <= 1000 {
		return math.Round(fps*100) / 100
	}
	return 0
}

const maxProbe = 64 << 10

// probe asks ffprobe for the source's first video stream.
func probe(ctx context.Context, from address) (videoStream, error) {
	program, err := exec.LookPath("ffprobe")
	if err != nil {
		return videoStream{}, err
	}
	args := []string{"-hide_banner", "-loglevel", "error", "-select_streams", "v:0",
		"-show_entries", "stream=codec_name,width,height,avg_frame_rate", "-of", "json"}
	list := ""
	if from.kind == kindRTSP {
		args = append(args, "-protocol_whitelist", "pipe,"+rtspProtocols, "-f", "concat", "-safe", "0", "-i", "pipe:0")
		list = ffmpegList(from, probeTime)
	} else {
		args = append(args, "-protocol_whitelist", "file", "-i", from.path)
	}
	c, err := startChild(program, args, list)
	if err != nil {
		return videoStream{}, err
	}
	defer c.end()
	stop := context.AfterFunc(ctx, func() { c.stdout.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	said, err := io.ReadAll(io.LimitReader(c.stdout, maxProbe))
	if err != nil {
		return videoStream{}, err
	}
	return readProbe(said)
}

func readProbe(said []byte) (videoStream, error) {
	var answer struct {
		Streams []videoStream `json:"streams"`
	}
	if err := json.Unmarshal(said, &answer); err != nil {
		return videoStream{}, fmt.Errorf("ffprobe: %w", err)
	}
	if len(answer.Streams) == 0 || answer.Streams[0].Width <= 0 || answer.Streams[0].Height <= 0 {
		return videoStream{}, errors.New("ffprobe: no video stream")
	}
	return answer.Streams[0], nil
}
