//go:build figures

package main

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gridwatch/vision"
	"gridwatch/vision/capture"
	"gridwatch/vision/infer"
)

// watchedFor is how long each way of decoding is measured.
const watchedFor = 24 * time.Second

// figureDetector measures the default detector at other sizes of its picture, with one thread and with one per core.
func figureDetector(t *testing.T) map[string]any {
	var all []speed
	for _, size := range []int{256, 320, 416, 512, 640} {
		path, err := infer.PrepareSize(t.Context(), given(t, "GRIDWATCH_MODELS"), t.TempDir(), size)
		if err != nil {
			t.Fatal(err)
		}
		pool := openSized(t, path, size)
		frames := clipFrames(t)
		var pictures []vision.Image
		for i := range runtime.NumCPU() {
			pictures = append(pictures, frames[i].Image)
		}
		for threads := 1; threads <= len(pictures); threads *= 2 {
			s, err := detectorSpeed(t.Context(), pool, pictures[:threads], 40/threads)
			if err != nil {
				t.Fatal(err)
			}
			s.Input, s.Millis, s.CPUMillis = size, round(s.Millis), round(s.CPUMillis)
			all = append(all, s)
		}
		for _, f := range frames {
			f.Close()
		}
		pool.Close()
	}
	return map[string]any{"model": "nanodet-g", "speeds": all}
}

func openSized(t *testing.T, model string, size int) *infer.Pool {
	pool, err := infer.Open(infer.Config{
		Library: filepath.Join(given(t, "GRIDWATCH_MODELS"), infer.LibraryFile), Model: model,
		Kind: infer.NanoDet, Input: size, Score: 0.3, NMS: 0.5,
	})
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

// figureCost measures what watching one camera takes in each way, by processor time, and sums up what a city needs.
func figureCost(t *testing.T) map[string]any {
	clip := cityClip(t)
	url := serveClip(t, clip)
	visit, snapshot := cpuOfVisits(t, url), cpuOfVisits(t, serveSnapshot(t, clip))
	minute := func(fps float64, decode vision.Decode) float64 {
		return 60 * cpuOfWatching(t, vision.Camera{FPS: fps, Source: vision.Source{URL: url, Decode: decode}}, visit)
	}
	full, sampled, keys := minute(25, vision.DecodeAll), minute(0.5, vision.DecodeAll), minute(0.5, vision.DecodeKeyFrames)
	pool := openSized(t, filepath.Join(given(t, "GRIDWATCH_MODELS"), infer.ModelFile), 416)
	defer pool.Close()
	look, err := lookCost(t.Context(), pool, given(t, "GRIDWATCH_VTEST"), 1)
	if err != nil {
		t.Fatal(err)
	}
	c := cost{KeyFrames: keys, Visit: visit, Look: look}
	var byStream, bySnapshot []room
	for _, every := range looks {
		asked := 60 / every.Seconds()
		byStream = append(byStream, c.room(16, every))
		bySnapshot = append(bySnapshot, c.sum(16, every, asked*snapshot, fmt.Sprintf("%g snapshots × %.3f", asked, snapshot)))
	}
	return map[string]any{
		"stream": "1920×1080, 25 frames a second, H.264 4 Mbit/s, a key frame every 2 s, by RTSP",
		"cpu_s_per_camera_minute": map[string]float64{
			"full decode, every frame handed on": round(full), "sampled decode, one frame in 2 s": round(sampled),
			"key frames, one in 2 s": round(keys), "key frames of a file": round(cpuOfFile(t, clip)), "one RTSP picture a minute": round(visit), "one HTTP picture a minute": round(snapshot),
		},
		"look_cpu_s":                           round(look),
		"16_cores":                             map[string]any{"by_stream": byStream, "by_http_snapshots": bySnapshot},
		"machines_of_16_cores_for_1600_places": map[string]any{"by_stream": machines(byStream), "by_http_snapshots": machines(bySnapshot)},
	}
}

// machines is how many machines 1,600 places need at each rate.
func machines(rooms []room) map[string]int {
	need := map[string]int{}
	for _, r := range rooms {
		need[time.Duration(r.EveryS*float64(time.Second)).String()] = (1600 + r.Cameras - 1) / r.Cameras
	}
	return need
}

// cpuOfWatching is the processor time of a second of reading the camera, without that of connecting to it.
func cpuOfWatching(t *testing.T, cam vision.Camera, connecting float64) float64 {
	before := cpuSeconds()
	source, err := capture.Open(t.Context(), cam)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	var begun time.Time
	for begun.IsZero() || time.Since(begun) < watchedFor {
		frame, err := source.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		frame.Close()
		if begun.IsZero() {
			begun = time.Now()
		}
	}
	source.Close() // Then the process was waited for, and its time counts.
	return (cpuSeconds() - before - connecting) / time.Since(begun).Seconds()
}

// cpuOfVisits is the processor time of connecting, taking one picture and disconnecting.
func cpuOfVisits(t *testing.T, url string) float64 {
	const visits = 8
	before := cpuSeconds()
	for range visits {
		source, err := capture.Open(t.Context(), vision.Camera{FPS: 1 / capture.LongInterval.Seconds(), Source: vision.Source{URL: url}})
		if err != nil {
			t.Fatal(err)
		}
		frame, err := source.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		frame.Close()
		source.Close()
	}
	return (cpuSeconds() - before) / visits
}

// cpuOfFile is the processor time of decoding the key frames of a minute of a file: what doctor can measure anywhere.
func cpuOfFile(t *testing.T, clip string) float64 {
	before := cpuSeconds()
	if _, err := capture.DecodeClip(t.Context(), clip, 0.5, true, 0); err != nil {
		t.Fatal(err)
	}
	return (cpuSeconds() - before) * 60 / 31.8 // The real clip's 79.5 s at two and a half times their pace.
}

// cityClip is the real clip as a city's camera would send it: its 10 frames a second shown 25 times a second, enlarged.
func cityClip(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "city.mp4")
	ffmpeg(t, "-i", given(t, "GRIDWATCH_VTEST"), "-vf", "setpts=0.4*PTS,scale=1920:1080,noise=alls=4:allf=t", "-r", "25",
		"-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", "50", "-sc_threshold", "0", "-b:v", "4M", "-maxrate", "4M", "-bufsize", "8M",
		"-pix_fmt", "yuv420p", path)
	return path
}

func ffmpeg(t *testing.T, args ...string) {
	if out, err := exec.Command("ffmpeg", append([]string{"-nostdin", "-v", "error"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
}

// serveClip is the RTSP server of capture's tests.
func serveClip(t *testing.T, clip string) (url string) {
	server := exec.Command("/usr/bin/python3", filepath.Join(repository(t), "vision/capture/testdata/rtspserver.py"),
		"filesrc location="+clip+" ! qtdemux ! h264parse ! rtph264pay name=pay0 config-interval=1", "0")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "rtsp://127.0.0.1:" + strings.TrimSpace(port) + "/live"
}

// serveSnapshot is a camera that answers with one picture of 1920×1080.
func serveSnapshot(t *testing.T, clip string) (url string) {
	path := filepath.Join(t.TempDir(), "snapshot.jpg")
	ffmpeg(t, "-i", clip, "-frames:v", "1", "-q:v", "4", path)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) }))
	t.Cleanup(server.Close)
	return server.URL
}
