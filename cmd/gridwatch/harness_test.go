package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// given returns the environment variable that `make test` sets.
func given(t *testing.T, key string) string {
	t.Helper()
	value := os.Getenv(key)
	if value == "" {
		t.Fatalf("%s is not set: run the tests with `make test`", key)
	}
	return value
}

// process is the real program, started as a user starts it.
type process struct {
	cmd     *exec.Cmd
	address string
	ended   chan struct{}

	mu  sync.Mutex
	log bytes.Buffer
}

var announced = regexp.MustCompile(`is at http://(\S+)`)

// run starts the program on a free port and waits until it says where it is.
func run(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(given(t, "GRIDWATCH_BINARY"), args...), ended: make(chan struct{})}
	p.cmd.Env = append(append(os.Environ(), "GRIDWATCH_ADDR=127.0.0.1:0"), env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT}
	p.cmd.Dir = repository(t)
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			fmt.Fprintln(p, lines.Text())
			if m := announced.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
		p.cmd.Wait()
	}()
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("the program said:\n%s", p.said())
		}
	})
	select {
	case p.address = <-found:
	case <-p.ended:
		t.Fatalf("the program ended:\n%s", p.said())
	case <-time.After(5 * time.Minute):
		t.Fatalf("the program did not start:\n%s", p.said())
	}
	return p
}

// Write takes what the program says.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// stop is Ctrl-C; it may be called again.
func (p *process) stop() {
	p.cmd.Process.Signal(os.Interrupt)
	<-p.ended
}

// kill is kill -9.
func (p *process) kill() {
	p.cmd.Process.Kill()
	<-p.ended
}

// repository is the top folder: tests run in their package's.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// eventually polls another process until done, which is the only way to wait for it.
func eventually(t *testing.T, limit time.Duration, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", limit, what)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (p *process) awaitReady(t *testing.T) {
	t.Helper()
	eventually(t, time.Minute, "readyz says 200", func() bool {
		resp, err := http.Get("http://" + p.address + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// metric sums the samples of a metric whose labels contain the text.
func (p *process) metric(t *testing.T, name, label string) float64 {
	t.Helper()
	resp, err := http.Get("http://" + p.address + "/metrics")
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	sum := 0.0
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		line := lines.Text()
		if !strings.HasPrefix(line, name) || !strings.Contains(line, label) {
			continue
		}
		if value, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64); err == nil {
			sum += value
		}
	}
	return sum
}

// client is a signed-in person with a plain HTTP client.
type client struct {
	t    *testing.T
	base string
	http *http.Client
}

func (p *process) signIn(t *testing.T, username, password string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, base: "http://" + p.address, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	body, err := json.Marshal(map[string]string{"username": username, "password": password})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.http.Post(c.base+"/api/session", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		text, _ := io.ReadAll(resp.Body)
		t.Fatalf("sign in as %s: %s: %s", username, resp.Status, text)
	}
	return c
}

// get decodes the answer to a request that must succeed.
func (c *client) get(path string, into any) {
	c.t.Helper()
	resp, err := c.http.Get(c.base + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		c.t.Fatalf("GET %s: %s: %s", path, resp.Status, text)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		c.t.Fatalf("GET %s: %v", path, err)
	}
}

// socket opens /ws from the event after seq on.
func (c *client) socket(after int64) *websocket.Conn {
	c.t.Helper()
	base, err := url.Parse(c.base)
	if err != nil {
		c.t.Fatal(err)
	}
	dialer := websocket.Dialer{Jar: c.http.Jar}
	conn, _, err := dialer.Dial(fmt.Sprintf("ws://%s/ws?after=%d", base.Host, after), http.Header{"Origin": {c.base}})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { conn.Close() })
	return conn
}

// What tests read of the contract's JSON.
type (
	seenAlert struct {
		ID       int64     `json:"id"`
		Rule     string    `json:"rule"`
		State    string    `json:"state"`
		Since    time.Time `json:"since"`
		RaisedAt time.Time `json:"raised_at"`
		Lon      float64   `json:"lon"`
		Lat      float64   `json:"lat"`
		Matter   struct {
			Code string `json:"code"`
			Name string `json:"name"`
		} `json:"matter"`
		Grid    *struct{ Code, Name, Net string } `json:"grid"`
		Officer *struct {
			ID   int64
			Name string
		} `json:"officer"`
		Camera   struct{ ID, Name string } `json:"camera"`
		Composed bool                      `json:"composed"`
		Events   []struct{ Type string }   `json:"events"`
		Evidence []struct {
			N      int
			SHA256 string `json:"sha256"`
			URL    string `json:"url"`
		} `json:"evidence"`
	}
	seenEvent struct {
		Seq    int64      `json:"seq"`
		Type   string     `json:"type"`
		Alert  *seenAlert `json:"alert"`
		Camera *struct {
			ID     string
			State  string
			Reason string
			Grid   *struct{ Code string }
		} `json:"camera"`
		Edition *struct{ State string } `json:"edition"`
	}
)

// await reads the socket until an event fits.
func await(t *testing.T, conn *websocket.Conn, limit time.Duration, what string, fits func(seenEvent) bool) seenEvent {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(limit))
	for {
		var e seenEvent
		if err := conn.ReadJSON(&e); err != nil {
			t.Fatalf("waiting for %s: %v", what, err)
		}
		if fits(e) {
			return e
		}
	}
}

func (c *client) alerts(query string) []seenAlert {
	c.t.Helper()
	var list struct{ Items []seenAlert }
	c.get("/api/alerts?limit=100&"+query, &list)
	return list.Items
}

// near reports whether two alerts are within three metres, about.
func near(a, b seenAlert) bool {
	const degree = 111_000.0 // Metres of a degree of latitude; one of longitude is less.
	dx, dy := (a.Lon-b.Lon)*degree, (a.Lat-b.Lat)*degree
	return dx*dx+dy*dy < 3*3
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func words(set map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(set)), ", ")
}
