package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridwatch/migrations"
	"gridwatch/migrations/cluster"
)

// doctorConfig is a configuration that serve would take.
func doctorConfig(t *testing.T, more string) string {
	return write(t, fmt.Sprintf("data_dir: %s\ndetector: {model: %s, library: %s}\n%s", t.TempDir(),
		filepath.Join(given(t, "GRIDWATCH_MODELS"), "nanodet-g.onnx"), filepath.Join(given(t, "GRIDWATCH_MODELS"), "libonnxruntime.so"), more))
}

func TestDoctor_SaysWhatAMachineCarries(t *testing.T) {
	dir := t.TempDir()
	t.Cleanup(func() { cluster.Remove(filepath.Join(dir, "postgis")) })
	url, err := startCluster(t, dir).EnsureDatabase(t.Context(), "gridwatch")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DATABASE_URL", url)
	var out bytes.Buffer
	if err := runDoctor(t.Context(), []string{"--json", "--config", doctorConfig(t, "listen: 127.0.0.1:0")}, &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	var found checkup
	if err := json.Unmarshal(out.Bytes(), &found); err != nil {
		t.Fatal(err)
	}
	if f := found.named("schema"); f.State != note || !strings.Contains(f.Says, "001_city.sql first") {
		t.Errorf("an empty database: %+v", f)
	}
	m := found.Measured
	if m == nil || len(m.Room) != len(looks) {
		t.Fatalf("measured %+v\n%s", m, out.String())
	}
	if all, keys := m.Decoding["all frames"], m.Decoding["key frames"]; keys <= 0 || all < 3*keys {
		t.Errorf("key frames cost %.2f, all frames %.2f", keys, all)
	}
	for i, r := range m.Room {
		if r.Cameras < 1 || i > 0 && r.Cameras <= m.Room[i-1].Cameras {
			t.Errorf("rarer looks carry no more cameras: %+v", m.Room)
		}
	}
	smallest, largest := m.Detector[0], m.Detector[0]
	for _, s := range m.Detector {
		if s.Input < smallest.Input {
			smallest = s
		}
		if s.Input > largest.Input {
			largest = s
		}
	}
	if smallest.CPUMillis <= 0 || smallest.CPUMillis >= largest.CPUMillis {
		t.Errorf("%d×%d takes %.1f ms, %d×%d %.1f ms", smallest.Input, smallest.Input, smallest.CPUMillis, largest.Input, largest.Input, largest.CPUMillis)
	}

	if err := migrations.Up(t.Context(), url, func(string) {}); err != nil {
		t.Fatal(err)
	}
	var again checkup
	again.database(t.Context(), Config{DatabaseURL: url})
	if f := again.named("schema"); f.State != well {
		t.Errorf("after the migrations: %+v", f)
	}
}

// named is the first finding of that name.
func (c *checkup) named(name string) finding {
	for _, f := range c.Findings {
		if f.Name == name {
			return f
		}
	}
	return finding{}
}

func TestDoctor_NamesWhatWouldStopServe(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	running := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer running.Close()
	for _, test := range []struct {
		name, config, finding string
		want                  state
		says                  string
	}{
		{"a key that is not known", "lisen: x", "configuration", fail, "lisen"},
		{"no database", "listen: 127.0.0.1:0", "database", fail, "DATABASE_URL"},
		{"rules that are not there", "listen: 127.0.0.1:0\nrules: /no/rules.yaml", "rules", fail, "/no/rules.yaml"},
		{"an address that is taken", "listen: " + busy.Addr().String(), "listen", fail, "address already in use"},
		{"Gridwatch itself runs there", "listen: " + running.Listener.Addr().String(), "listen", note, "runs there"},
		{"a folder that cannot be", "data_dir: /proc/no", "data_dir", fail, "/proc/no"},
		{"no model", "detector: {model: /no/model.onnx}", "detector", fail, "gridwatch models"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("DATABASE_URL", "")
			if !strings.Contains(test.config, "detector") { // Or each case would be measured too.
				test.config += "\ndetector: {model: /no/model.onnx}"
			}
			if !strings.Contains(test.config, "data_dir") {
				test.config += "\ndata_dir: " + t.TempDir()
			}
			var out bytes.Buffer
			if err := runDoctor(t.Context(), []string{"--config", write(t, test.config)}, &out); !errors.Is(err, errUnwell) {
				t.Errorf("doctor ended with %v", err)
			}
			for line := range strings.Lines(out.String()) {
				if words := strings.Fields(line); len(words) > 1 && words[1] == test.finding {
					if words[0] != string(test.want) || !strings.Contains(line, test.says) {
						t.Errorf("got %q, want %s and %q", line, test.want, test.says)
					}
					return
				}
			}
			t.Errorf("nothing about %s in:\n%s", test.finding, out.String())
		})
	}
}

func TestDoctor_AnotherFileOfAShippedName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nanodet-g.onnx")
	if err := os.WriteFile(path, []byte("not the model"), 0o600); err != nil {
		t.Fatal(err)
	}
	var c checkup
	c.checksum("model", path)
	c.checksum("model", write(t, "a city's own"))
	if c.Findings[0].State != note || c.Findings[1].State != well {
		t.Errorf("%+v", c.Findings)
	}
}
