package replay_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"gridwatch/vision"
	"gridwatch/vision/replay"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// recording opens a recording of testdata.
func recording(t testing.TB, name string) *replay.Reader {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name+".jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	r, err := replay.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// record stores observations as a recording of testdata.
func record(t *testing.T, name string, observations []vision.Observation) {
	t.Helper()
	if err := os.WriteFile(filepath.Join("testdata", name+".jsonl.gz"), zipped(t, observations), 0o644); err != nil {
		t.Fatal(err)
	}
}

type fataler interface{ Fatal(...any) }

func zipped(t fataler, observations []vision.Observation) []byte {
	var file bytes.Buffer
	w := replay.NewWriter(&file)
	for _, o := range observations {
		if err := w.Write(o); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// bare are sightings without their pictures, which a replay does not have.
func bare(sightings []vision.Sighting) []vision.Sighting {
	var out []vision.Sighting
	for _, s := range sightings {
		s.Evidence = nil
		out = append(out, s)
	}
	return out
}

func lines(sightings []vision.Sighting) []string {
	var out []string
	for _, s := range sightings {
		out = append(out, fmt.Sprintf("%.1f s: %s %s %s", s.At.Sub(clipStart).Seconds(), s.FenceID, s.Rule, s.Kind))
	}
	return out
}

// Each recording says what its golden file says, to the last digit of the reason. Run with -update to write them anew.
func TestRun_Golden(t *testing.T) {
	for _, row := range []struct {
		name, recording string
		edit            func(*vision.City)
	}{
		{"vtest", "vtest", func(*vision.City) {}},
		{"vtest-sooner", "vtest", func(c *vision.City) { // A back-test: the same day under other thresholds.
			c.Fences[0].Thresholds = map[string]float64{"raise_s": 20, "escalate_s": 40}
		}},
		{"vtest-no-lane", "vtest", func(c *vision.City) { c.Fences = c.Fences[1:] }},
	} {
		t.Run(row.name, func(t *testing.T) {
			city := clipCity(t)
			row.edit(&city)
			result, err := replay.Run(recording(t, row.recording), city)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(result.Sightings, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", row.name+".golden.json")
			if *update {
				if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(bytes.TrimSpace(want), got) {
				t.Errorf("%s says otherwise:\n%s", path, got)
			}
			if result.Observations != 159 || result.Stopped[vision.GateMoving] == 0 && result.Stopped[vision.GateClass] == 0 {
				t.Errorf("%d observations, stopped %v", result.Observations, result.Stopped)
			}
		})
	}
}

func TestRun_RefusesAnotherCamera(t *testing.T) {
	city := clipCity(t)
	city.Camera.ID = "other"
	if _, err := replay.Run(recording(t, "vtest"), city); err == nil || !strings.Contains(err.Error(), "line 1: camera") {
		t.Errorf("error %v", err)
	}
}

// What was written comes back the same, plain or zipped.
func TestReader_GivesBackWhatWasWritten(t *testing.T) {
	share := rapid.Float64Range(0, 1)
	object := rapid.Custom(func(t *rapid.T) vision.Object {
		return vision.Object{
			Class: rapid.SampledFrom([]string{"vehicle", "person", "change", "dining table"}).Draw(t, "class"),
			Track: rapid.Int64().Draw(t, "track"), Score: share.Draw(t, "score"),
			Box:  vision.Box{X: share.Draw(t, "x"), Y: share.Draw(t, "y"), W: 0.01 + share.Draw(t, "w")/2, H: 0.01 + share.Draw(t, "h")/2},
			Foot: orb.Point{share.Draw(t, "foot x"), share.Draw(t, "foot y")}, Grounded: true,
			Position: orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")}, SigmaM: share.Draw(t, "sigma"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		var want []vision.Observation
		for i := range rapid.IntRange(0, 5).Draw(t, "observations") {
			want = append(want, vision.Observation{
				CameraID: "cam", ViewID: "view", Seq: uint64(i), At: clipStart.Add(time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "at"))),
				Objects: rapid.SliceOfN(object, 1, 4).Draw(t, "objects"), Unfit: rapid.SampledFrom([]string{"", "雨"}).Draw(t, "unfit"),
			})
		}
		file := zipped(t, want)
		zip, err := gzip.NewReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(zip)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range [][]byte{file, plain} {
			got, err := readAll(text)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("read %+v, %v; want %+v", got, err, want)
			}
		}
	})
}

func readAll(text []byte) ([]vision.Observation, error) {
	r, err := replay.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	var all []vision.Observation
	for {
		o, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, o)
	}
}

const goodLine = `{"camera":"cam","view":"view","seq":1,"at":"2026-11-20T01:00:00Z","objects":[{"class":"vehicle","track":1,"score":0.7,"box":{"x":0.1,"y":0.1,"w":0.2,"h":0.2},"foot":[0.2,0.3],"grounded":false}],"model":"m"}`

func TestReader_NamesWhatIsWrong(t *testing.T) {
	whole := zipped(t, []vision.Observation{{CameraID: "cam", At: clipStart}})
	for _, row := range []struct{ name, text, want string }{
		{"not JSON", goodLine + "\nrubbish\n", "line 2"},
		{"unknown field", `{"camera":"cam","at":"2026-11-20T01:00:00Z","colour":1}`, "colour"},
		{"two on a line", goodLine + goodLine, "more than one"},
		{"no camera", `{"at":"2026-11-20T01:00:00Z"}`, "line 1: camera"},
		{"no time", `{"camera":"cam"}`, "line 1: at"},
		{"box of no size", strings.Replace(goodLine, `"w":0.2`, `"w":0`, 1), "objects[0].box"},
		{"score", strings.Replace(goodLine, `0.7`, `7`, 1), "objects[0].score"},
		{"endless line", strings.Repeat("x", 2<<20), "too long"},
		{"cut off", string(whole[:len(whole)-9]), "unexpected EOF"},
		{"broken gzip", "\x1f\x8bnothing at all in here", "gzip"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := readAll([]byte(row.text)); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want one that says %q", err, row.want)
			}
		})
	}
}

// Whatever the bytes: observations that the kernel takes and whose state can be saved, or an error.
func FuzzReader(f *testing.F) {
	f.Add([]byte(goodLine))
	f.Add([]byte(goodLine + "\n\n" + strings.Replace(goodLine, "01:00:00", "01:00:10", 1)))
	f.Add(zipped(f, []vision.Observation{{CameraID: "cam", At: clipStart}}))
	f.Add([]byte("\x1f\x8b"))
	f.Add([]byte(strings.Replace(goodLine, `"x":0.1`, `"x":1e308`, 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		city := clipCity(t)
		city.Camera.ID = "cam"
		r, err := replay.NewReader(bytes.NewReader(text))
		if err != nil {
			return
		}
		result, _ := replay.Run(r, city)
		if _, err := json.Marshal(result.State); err != nil {
			t.Error(err)
		}
	})
}
