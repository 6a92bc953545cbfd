package capture

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// rtspProtocols are what a camera's stream may be read by.
const rtspProtocols = "rtsp,rtp,tcp,udp"

// liveInput reads a camera. Without nobuffer the pictures of the first seconds, by which ffmpeg gets to know the stream, come
// late and all at once.
var liveInput = []string{"-fflags", "nobuffer", "-fpsprobesize", "0", "-protocol_whitelist", "pipe," + rtspProtocols}

// ffmpegArgs asks for fps frames a second as PPMs. Frames are chosen by their own time stamps; unlike the filter fps,
// select never shows one twice after a gap. The stream's URL is not among the arguments, where every user of the machine
// could read its password: it comes by standard input.
func ffmpegArgs(input []string, fps float64, keysAlone bool) []string {
	due, skip := 0.95/fps, "default" // A little early counts as due.
	if keysAlone {
		// A key frame that comes early is better than one that comes late.
		due, skip = 0.7/fps, "nokey"
	}
	// A time stamp that jumped back begins anew.
	choose := fmt.Sprintf("select='isnan(prev_selected_t)+gte(t-prev_selected_t,%.4f)+lt(t,prev_selected_t)'", due)
	scale := fmt.Sprintf("scale=w='min(%d,iw)':h=-2:flags=bilinear", MaxWidth)
	return slices.Concat([]string{"-nostdin", "-hide_banner", "-loglevel", "error"}, input, []string{
		"-f", "concat", "-safe", "0", "-threads", "1", "-skip_frame", skip, "-i", "pipe:0",
		"-an", "-sn", "-dn", "-fps_mode", "passthrough", "-vf", choose + "," + scale,
		"-pix_fmt", "rgb24", "-c:v", "ppm", "-f", "image2pipe", "pipe:1",
	})
}

// ffmpegList is the list of one stream that ffmpeg's concat demuxer reads. parseAddress refused line feeds, and a quote is
// escaped here, so nothing in a URL can become a line of its own. Pictures are asked for by TCP, which loses none, and by
// UDP where a camera refuses that.
func ffmpegList(from address, stall time.Duration) string {
	quoted := strings.ReplaceAll(from.url.String(), "'", "%27")
	return fmt.Sprintf("ffconcat version 1.0\nfile '%s'\n", quoted) +
		fmt.Sprintf("option rtsp_flags prefer_tcp\noption timeout %d\n", stall.Microseconds()) +
		"option fflags nobuffer\noption fpsprobesize 0\n"
}
