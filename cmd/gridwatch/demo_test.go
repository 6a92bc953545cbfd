package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/migrations/cluster"
)

// demoDir is a folder for one demonstration. The composed scenes are made once for all tests.
func demoDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() { cluster.Remove(filepath.Join(dir, "postgis")) })
	made, err := filepath.Glob(filepath.Join(given(t, "GRIDWATCH_TEST_OUT"), "clips", "*.avi"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "clips"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, clip := range made {
		if err := os.Symlink(clip, filepath.Join(dir, "clips", filepath.Base(clip))); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// keepClips lets the next demonstration use the scenes that this one composed.
func keepClips(t *testing.T, dir string) {
	t.Helper()
	kept := filepath.Join(given(t, "GRIDWATCH_TEST_OUT"), "clips")
	if err := os.MkdirAll(kept, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"vending.avi", "debris.avi"} {
		from := filepath.Join(dir, "clips", name)
		if info, err := os.Lstat(from); err != nil || info.Mode()&os.ModeSymlink != 0 {
			continue
		}
		data, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(kept, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func startDemo(t *testing.T, dir string) *process {
	t.Helper()
	p := run(t, nil, "demo", "--dir", dir, "--models", given(t, "GRIDWATCH_MODELS"), "--clip", given(t, "GRIDWATCH_VTEST"))
	keepClips(t, dir)
	p.awaitReady(t)
	return p
}

func readLogins(t *testing.T, dir string) map[alerts.Role]login {
	t.Helper()
	path := filepath.Join(dir, "logins.json")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("logins.json may be read by others: %v", info.Mode())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var logins []login
	if err := json.Unmarshal(text, &logins); err != nil {
		t.Fatal(err)
	}
	byRole := map[alerts.Role]login{}
	for _, l := range logins {
		byRole[l.Role] = l
	}
	return byRole
}

// The promise of the demonstration: within two minutes each of the three matters has been raised from decoded frames,
// has a grid and an officer, and has reached the officer's socket.
func TestDemo(t *testing.T) {
	dir := demoDir(t)
	p := startDemo(t, dir)
	ready := time.Now()
	logins := readLogins(t, dir)
	officer := p.signIn(t, logins[alerts.Officer].Username, logins[alerts.Officer].Password)
	operator := p.signIn(t, logins[alerts.Operator].Username, logins[alerts.Operator].Password)

	t.Run("each matter reaches the officer's socket within two minutes", func(t *testing.T) {
		conn := officer.socket(0)
		last := int64(0)
		missing := map[string]bool{"fire_lane": true, "vending": true, "debris": true}
		for len(missing) > 0 {
			e := await(t, conn, time.Until(ready.Add(2*time.Minute)), "the matters "+words(missing), func(e seenEvent) bool {
				if e.Seq <= last {
					t.Errorf("event %d came after %d", e.Seq, last)
				}
				last = e.Seq
				return e.Type == "alert.raised"
			})
			if e.Alert.Grid == nil || e.Alert.Officer == nil {
				t.Errorf("alert %d of %s has grid %v and officer %v", e.Alert.ID, e.Alert.Rule, e.Alert.Grid, e.Alert.Officer)
			}
			if want := e.Alert.Camera.ID == "cam-vending" || e.Alert.Camera.ID == "cam-debris"; e.Alert.Composed != want {
				t.Errorf("camera %s: composed is %v", e.Alert.Camera.ID, e.Alert.Composed)
			}
			delete(missing, e.Alert.Rule)
		}
		t.Logf("all three after %v", time.Since(ready).Round(time.Second))
	})

	t.Run("people who only walk through raise nothing", func(t *testing.T) {
		for _, a := range operator.alerts("") {
			if a.Camera.ID == "cam-street" {
				t.Errorf("alert %d: %s", a.ID, a.Rule)
			}
		}
	})

	t.Run("the dead camera is offline and names the grid that lost its eyes", func(t *testing.T) {
		e := await(t, operator.socket(0), time.Minute, "the dead camera", func(e seenEvent) bool {
			return e.Type == "camera.offline" && e.Camera.ID == "cam-dead"
		})
		if e.Camera.Grid == nil || e.Camera.Reason == "" {
			t.Errorf("offline with grid %v and reason %q", e.Camera.Grid, e.Camera.Reason)
		}
		a := await(t, operator.socket(0), time.Minute, "the dead camera's alert", func(e seenEvent) bool {
			return e.Type == "alert.raised" && e.Alert.Camera.ID == "cam-dead"
		}).Alert
		if a.Rule != "camera_offline" || a.Grid == nil || a.Grid.Code != e.Camera.Grid.Code || a.Officer == nil {
			t.Errorf("its alert is %s of grid %v, for %v", a.Rule, a.Grid, a.Officer)
		}
	})

	t.Run("evidence is what its hash says", func(t *testing.T) {
		for _, a := range operator.alerts("state=open") {
			var full seenAlert
			operator.get("/api/alerts/"+itoa(a.ID), &full)
			if len(full.Evidence) < 2 && a.Camera.ID != "cam-dead" {
				t.Errorf("alert %d has %d pictures", a.ID, len(full.Evidence))
			}
			for _, e := range full.Evidence {
				resp, err := operator.http.Get(operator.base + e.URL)
				if err != nil {
					t.Fatal(err)
				}
				data, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil {
					t.Fatal(err)
				}
				if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != e.SHA256 {
					t.Errorf("alert %d, picture %d: %d bytes do not have the recorded hash", a.ID, e.N, len(data))
				}
			}
		}
	})

	t.Run("the pages in a browser", func(t *testing.T) {
		out := given(t, "GRIDWATCH_TEST_OUT")
		script := "e2e"
		if os.Getenv("GRIDWATCH_E2E") == "long" {
			script = "e2e:long"
		}
		cmd := exec.Command("npm", "--prefix", "web/app", "run", "--silent", script, "--",
			"--reporter=default", "--reporter=json", "--outputFile="+filepath.Join(out, "browser.json"))
		cmd.Dir = repository(t)
		cmd.Env = append(os.Environ(), "GRIDWATCH_URL=http://"+p.address, "GRIDWATCH_LOGINS="+filepath.Join(dir, "logins.json"),
			"GRIDWATCH_SHOTS="+filepath.Join(out, "shots"))
		text, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	})

	t.Run("a second start takes under ten seconds and keeps the logins", func(t *testing.T) {
		p.stop()
		begin := time.Now()
		again := startDemo(t, dir)
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		if readLogins(t, dir)[alerts.Officer] != logins[alerts.Officer] {
			t.Error("the officer's login changed")
		}
		again.signIn(t, logins[alerts.Officer].Username, logins[alerts.Officer].Password)
	})
}

// A dwell goes on after kill -9: one alert, not two, and it began before the kill.
func TestDemo_KilledInTheMiddleOfADwell(t *testing.T) {
	dir := demoDir(t)
	p := startDemo(t, dir)
	eventually(t, time.Minute, "the fire lane was watched for six seconds", func() bool {
		return p.metric(t, "gridwatch_camera_frames_total", `camera="cam-fire"`) >= 12
	})
	p.kill()
	killed := time.Now()

	p = startDemo(t, dir)
	l := readLogins(t, dir)[alerts.Operator]
	operator := p.signIn(t, l.Username, l.Password)
	conn := operator.socket(0)
	raised := await(t, conn, 2*time.Minute, "the fire lane's alert", func(e seenEvent) bool {
		return e.Type == "alert.raised" && e.Alert.Camera.ID == "cam-fire"
	})
	if !raised.Alert.Since.Before(killed) {
		t.Errorf("the dwell began anew: since %v, killed at %v", raised.Alert.Since, killed)
	}
	await(t, conn, 2*time.Minute, "its escalation", func(e seenEvent) bool {
		return e.Type == "alert.escalated" && e.Alert.ID == raised.Alert.ID
	})
	var same []int64
	for _, a := range operator.alerts("") {
		if a.Camera.ID == "cam-fire" && near(a, *raised.Alert) {
			same = append(same, a.ID)
		}
	}
	if !slices.Equal(same, []int64{raised.Alert.ID}) {
		t.Errorf("one vehicle has the alerts %v", same)
	}
}
