package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The doctor's look at the machine: processor, clock, disk, decoder.

// processor names the instructions that the detector's runtime gains from.
func (c *checkup) processor() {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		c.say("processor", note, "%v", err)
		return
	}
	model, flags := cpuLine(string(text), "model name"), strings.Fields(cpuLine(string(text), "flags")+" "+cpuLine(string(text), "Features"))
	var has []string
	for _, f := range []string{"avx2", "fma", "avx512f", "avx512_vnni", "asimd", "asimddp"} {
		if slices.Contains(flags, f) {
			has = append(has, f)
		}
	}
	says := fmt.Sprintf("%d cores, %s %s, %s", runtime.NumCPU(), runtime.GOARCH, orWord(model, "unnamed"), orWord(strings.Join(has, " "), "no vector instructions"))
	if runtime.GOARCH == "amd64" && !slices.Contains(has, "avx2") {
		c.say("processor", note, "%s: without avx2 the detector takes several times as long", says)
		return
	}
	c.say("processor", well, "%s", says)
}

// cpuLine is the first value of a key of /proc/cpuinfo.
func cpuLine(text, key string) string {
	for line := range strings.Lines(text) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// clock asks the kernel whether somebody keeps the clock right. Sightings carry its time, and evidence with it.
func (c *checkup) clock() {
	const unsynchronised = 0x40 // STA_UNSYNC of adjtimex(2).
	var t syscall.Timex
	if _, err := syscall.Adjtimex(&t); err != nil {
		c.say("clock", note, "the kernel does not say whether it is kept right: %v", err)
		return
	}
	if t.Status&unsynchronised != 0 {
		c.say("clock", note, "%s, and no NTP service keeps it right", time.Now().UTC().Format(time.DateTime+" UTC"))
		return
	}
	c.say("clock", well, "%s, kept right by NTP", time.Now().UTC().Format(time.DateTime+" UTC"))
}

const (
	leastFree  = 1 << 30  // Bytes below which serve is not worth starting.
	enoughFree = 20 << 30 // Bytes below which pictures fill the disk soon.
	slowSync   = 20 * time.Millisecond
)

// disk tries the folder in which pictures and messages are kept.
func (c *checkup) disk(dir string) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		c.say("data_dir", fail, "%v", err)
		return
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		c.say("data_dir", fail, "%s: %v", dir, err)
		return
	}
	free := fs.Bavail * uint64(fs.Bsize)
	grave := well
	switch {
	case free < leastFree:
		grave = fail
	case free < enoughFree:
		grave = note
	}
	c.say("data_dir", grave, "%s: %.1f GB free", dir, float64(free)/1e9)
	if grave == fail {
		return
	}
	perSecond, sync, err := tryDisk(dir)
	switch {
	case err != nil:
		c.say("disk", fail, "%s: %v", dir, err)
	case sync > slowSync:
		c.say("disk", note, "writes %.0f MB/s; a safe write takes %.1f ms: at most %.0f sightings a second", perSecond/1e6, sync.Seconds()*1000, 1/sync.Seconds())
	default:
		c.say("disk", well, "writes %.0f MB/s; a safe write takes %.1f ms", perSecond/1e6, sync.Seconds()*1000)
	}
}

// tryDisk writes a file of 32 MB in one go, and then small ones each of which is to be safe before the next: the middle of
// their times is returned.
func tryDisk(dir string) (perSecond float64, sync time.Duration, err error) {
	const size, times = 32 << 20, 15
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	begun := time.Now()
	if err := writeSafely(f, make([]byte, size)); err != nil {
		return 0, 0, err
	}
	perSecond = size / time.Since(begun).Seconds()
	var took []time.Duration
	for range times {
		begun := time.Now()
		if err := writeSafely(f, make([]byte, 4096)); err != nil {
			return 0, 0, err
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	return perSecond, took[times/2], nil
}

func writeSafely(f *os.File, data []byte) error {
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

// decoder reports whether ffmpeg is there. Without it recordings and HTTP cameras are watched, and RTSP ones are not.
func (c *checkup) decoder(ctx context.Context) bool {
	out, err := exec.CommandContext(ctx, "ffmpeg", "-hide_banner", "-version").Output()
	if err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			err = errors.New("not installed")
		}
		c.say("ffmpeg", note, "%v: RTSP cameras cannot be watched", err)
		return false
	}
	first, _, _ := strings.Cut(string(out), "\n")
	path, _ := exec.LookPath("ffmpeg") // It just ran.
	c.say("ffmpeg", well, "%s (%s)", strings.TrimPrefix(strings.SplitN(first, " Copyright", 2)[0], "ffmpeg version "), filepath.Clean(path))
	return true
}
