package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"syscall"
	"time"

	"gridwatch/vision"
	"gridwatch/vision/capture"
	"gridwatch/vision/eval"

	"golang.org/x/sync/errgroup"
)

// cost is what watching takes, in seconds of one processor core.
type cost struct {
	KeyFrames float64 `json:"key_frames_cpu_s_per_minute"` // To decode the key frames of one stream for a minute.
	Visit     float64 `json:"visit_cpu_s"`                 // To connect, decode one picture and disconnect.
	Look      float64 `json:"look_cpu_s"`                  // Everything that is done with one decoded frame.
}

// looks are the rates for which the machine's room is told.
var looks = []time.Duration{2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second}

// share is the part of a machine that cameras may take: the rest is for the record, the pages and bad hours.
const share = 0.7

// room says how many cameras a machine carries at one rate.
type room struct {
	EveryS    float64 `json:"look_every_s"`
	PerCamera float64 `json:"cpu_s_per_camera_minute"`
	Cameras   int     `json:"cameras"`
	Sum       string  `json:"sum"`
}

// room is the sum for a machine with so many cores.
func (c cost) room(cores int, every time.Duration) room {
	perMinute := 60 / every.Seconds()
	if every < capture.LongInterval {
		return c.sum(cores, every, c.KeyFrames, fmt.Sprintf("key frames %.2f", c.KeyFrames))
	}
	return c.sum(cores, every, perMinute*c.Visit, fmt.Sprintf("%g visits × %.3f", perMinute, c.Visit))
}

// sum is room for a given cost of decoding a minute.
func (c cost) sum(cores int, every time.Duration, decode float64, how string) room {
	perMinute := 60 / every.Seconds()
	budget, each := float64(cores)*60*share, decode+perMinute*c.Look
	r := room{EveryS: every.Seconds(), PerCamera: math.Round(each*1000) / 1000, Cameras: int(budget / each)}
	r.Sum = fmt.Sprintf("%s + %g looks × %.3f = %.2f CPU-s a camera and minute; %d cores × 60 s × %.0f %% = %.0f; %.0f / %.2f = %d cameras",
		how, perMinute, c.Look, each, cores, share*100, budget, budget, each, r.Cameras)
	return r
}

// cpuSeconds is the processor time of this process and of the children that it waited for. On a busy machine it says more
// than a clock.
func cpuSeconds() float64 {
	total := 0.0
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var used syscall.Rusage
		if err := syscall.Getrusage(who, &used); err != nil {
			panic(err) // Both are always there.
		}
		total += time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
	}
	return total
}

// lookCost is the processor time that each frame of a recording takes on its way through everything behind the decoder.
func lookCost(ctx context.Context, detector vision.Detector, path string, fps float64) (float64, error) {
	before := cpuSeconds()
	if err := readAll(ctx, path, fps); err != nil {
		return 0, err
	}
	reading := cpuSeconds() - before
	before = cpuSeconds()
	frames, err := lookAtAll(ctx, detector, path, fps)
	if err != nil {
		return 0, err
	}
	return (cpuSeconds() - before - reading) / float64(frames), nil
}

// lookAtAll takes a recording through a camera's pipeline and returns how many frames it had.
func lookAtAll(ctx context.Context, detector vision.Detector, path string, fps float64) (frames int, err error) {
	rules, err := readRules("")
	if err != nil {
		return 0, err
	}
	city := vision.City{Camera: vision.Camera{ID: "cost", View: vision.View{ID: "cost"}}, Rules: rules}
	sum, err := eval.Runner{Detector: detector}.Run(ctx, eval.Clip{Path: path, Start: time.Now(), FPS: fps, City: city}, eval.Hooks{})
	if err != nil {
		return 0, err
	}
	if sum.Frames == 0 || sum.Unfit > 0 { // An unfit frame is not looked at, and costs next to nothing.
		return 0, fmt.Errorf("%s: %d frames, %d of them unfit", path, sum.Frames, sum.Unfit)
	}
	return sum.Frames, nil
}

// readAll decodes a recording and throws its frames away.
func readAll(ctx context.Context, path string, fps float64) error {
	source, err := capture.Open(ctx, vision.Camera{FPS: fps, Source: vision.Source{URL: path, Fast: true}})
	if err != nil {
		return err
	}
	defer source.Close()
	for {
		frame, err := source.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		frame.Close()
	}
}

// speed is how fast a detector is with so many pictures looked at at once.
type speed struct {
	Input     int     `json:"input"`
	Threads   int     `json:"threads"`
	Millis    float64 `json:"ms_per_picture"` // By the clock, of all threads together.
	CPUMillis float64 `json:"cpu_ms_per_picture"`
}

// detectorSpeed has each picture looked at so many times, each by a thread of its own.
func detectorSpeed(ctx context.Context, detector vision.Detector, pictures []vision.Image, times int) (speed, error) {
	group, ctx := errgroup.WithContext(ctx)
	begun, before := time.Now(), cpuSeconds()
	for _, img := range pictures {
		group.Go(func() error {
			for range times {
				if _, err := detector.Detect(ctx, img); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := group.Wait()
	n := float64(len(pictures) * times)
	return speed{Threads: len(pictures), Millis: time.Since(begun).Seconds() * 1000 / n, CPUMillis: (cpuSeconds() - before) * 1000 / n}, err
}
