package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/gorilla/websocket"
)

// tab is a page with an open socket.
type tab struct {
	t *testing.T
	*websocket.Conn
}

// handshake tries to open a socket with the client's cookie and its own Origin, unless headers say otherwise.
func (c *client) handshake(query string, headers ...string) (*websocket.Conn, reply, error) {
	c.w.t.Helper()
	h := http.Header{"Origin": {c.w.url}}
	if c.cookie != "" {
		h.Set("Cookie", c.cookie)
	}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			h.Del(headers[i])
		}
	}
	conn, answer, err := websocket.DefaultDialer.DialContext(c.w.t.Context(), "ws"+strings.TrimPrefix(c.w.url, "http")+"/ws"+query, h)
	if err != nil && answer == nil {
		return nil, reply{}, err
	}
	r := reply{status: answer.StatusCode, header: answer.Header}
	if err != nil {
		r.body = make([]byte, 1024)
		n, _ := answer.Body.Read(r.body)
		r.body = r.body[:n]
	}
	return conn, r, err
}

// open opens a socket.
func (c *client) open(query string) *tab {
	c.w.t.Helper()
	conn, answer, err := c.handshake(query)
	if err != nil {
		c.w.t.Fatalf("socket: %v (%d %s)", err, answer.status, answer.body)
	}
	c.w.t.Cleanup(func() { conn.Close() })
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	return &tab{c.w.t, conn}
}

// next is the next event that the socket tells.
func (k *tab) next() eventView {
	k.t.Helper()
	kind, data, err := k.ReadMessage()
	if err != nil || kind != websocket.TextMessage {
		k.t.Fatalf("message of kind %d: %v", kind, err)
	}
	var e eventView
	if err := json.Unmarshal(data, &e); err != nil {
		k.t.Fatalf("%s: %v", data, err)
	}
	return e
}

// wantClose fails unless the server closes the socket with this code and without telling anything more.
func (k *tab) wantClose(code int) {
	k.t.Helper()
	_, data, err := k.ReadMessage()
	var closed *websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != code {
		k.t.Fatalf("message %.80q, %v; want close code %d", data, err, code)
	}
}

func (k *tab) say(text string) {
	k.t.Helper()
	if err := k.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		k.t.Fatal(err)
	}
}

func TestPush_TellsEveryoneWhatTheirScopeCovers(t *testing.T) {
	w := newWorld(t)
	operator, west, east := w.as("operator").open("?after=0"), w.as("west").open("?after=0"), w.as("east").open("?after=0")
	first := w.raise("occ-west", "west-cam", westPoint)
	second := w.raise("occ-east", "east-cam", eastPoint)
	w.must(w.cameras.SetOffline(t.Context(), "west-cam", time.Now(), "no frames"))

	if e := operator.next(); e.Type != "alert.raised" || e.Alert == nil || e.Alert.ID != first.ID || e.Camera != nil || e.Seq < 1 {
		t.Fatalf("operator: %+v", e)
	}
	if e := operator.next(); e.Alert.ID != second.ID {
		t.Fatalf("operator: %+v", e)
	}
	if e := operator.next(); e.Type != "camera.offline" || e.Camera == nil || e.Camera.ID != "west-cam" || e.Camera.State != "offline" {
		t.Fatalf("operator: %+v", e)
	}
	if e := west.next(); e.Alert == nil || e.Alert.ID != first.ID {
		t.Fatalf("west: %+v", e)
	}
	if e := west.next(); e.Type != "camera.offline" {
		t.Fatalf("west: %+v", e) // And nothing of the east before it.
	}
	if e := west.next(); e.Type != "alert.raised" || e.Alert == nil || e.Alert.Rule != "camera_offline" || e.Alert.Camera.ID != "west-cam" {
		t.Fatalf("west: %+v", e)
	}
	if e := east.next(); e.Alert == nil || e.Alert.ID != second.ID {
		t.Fatalf("east: %+v", e)
	}
}

func TestPush_ResumesAfterANumber(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	var seen []int64
	for i := range 3 {
		w.raise(fmt.Sprint("occ", i), "west-cam", westPoint)
	}
	all := c.open("?after=0")
	for range 3 {
		seen = append(seen, all.next().Seq)
	}
	if !(seen[0] < seen[1] && seen[1] < seen[2]) {
		t.Fatalf("numbers %v do not rise", seen)
	}
	resumed := c.open(fmt.Sprint("?after=", seen[1]))
	if e := resumed.next(); e.Seq != seen[2] {
		t.Fatalf("after %d came %d", seen[1], e.Seq)
	}
	list := read[alertPageView](t, c.get("/api/alerts"))
	if list.Seq != seen[2] || len(list.Items) != 3 {
		t.Fatalf("the list contains %d alerts up to %d", len(list.Items), list.Seq)
	}
	after := c.open(fmt.Sprint("?after=", list.Seq))
	later := w.raise("later", "west-cam", westPoint)
	if e := after.next(); e.Alert == nil || e.Alert.ID != later.ID {
		t.Fatalf("after the list came %+v", e)
	}
}

func TestPush_WritesReceipts(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	west := w.as("west").open("?after=0")
	e := west.next()
	west.say(fmt.Sprintf(`{"type":"delivered","seq":%d}`, e.Seq))
	west.say(fmt.Sprintf(`{"type":"shown","seq":%d}`, e.Seq))
	west.say(`{"type":"end"}`) // Whatever was said before is written once the server closes.
	west.wantClose(closeBadMessage)
	got := read[alertDetailView](t, w.as("operator").get(alertURL(a, "")))
	if len(got.Receipts) != 1 || got.Receipts[0].Person.Name != "west" ||
		got.Receipts[0].DeliveredAt == nil || got.Receipts[0].ShownAt == nil || got.Receipts[0].AcknowledgedAt != nil {
		t.Fatalf("receipts %+v", got.Receipts)
	}
}

func TestPush_ClosesOnRubbish(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	for name, test := range map[string]struct {
		kind int
		data []byte
		code int
	}{
		"no JSON":      {websocket.TextMessage, []byte("hello"), closeBadMessage},
		"empty":        {websocket.TextMessage, nil, closeBadMessage},
		"a command":    {websocket.TextMessage, []byte(`{"type":"acknowledge","seq":1}`), closeBadMessage},
		"no UTF-8":     {websocket.TextMessage, []byte("\xff\xfe"), closeBadMessage},
		"binary":       {websocket.BinaryMessage, []byte(`{"type":"shown","seq":1}`), closeBadMessage},
		"5 KB of JSON": {websocket.TextMessage, []byte(`{"type":"` + strings.Repeat("x", 5<<10) + `"}`), closeTooBig},
		"10 MB":        {websocket.BinaryMessage, make([]byte, 10<<20), closeTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			k := c.open("")
			k.t = t
			go k.WriteMessage(test.kind, test.data) // The server may stop reading in the middle.
			k.wantClose(test.code)
		})
	}
	if got := c.get("/api/me"); got.status != http.StatusOK {
		t.Fatalf("afterwards: %d", got.status)
	}
	// Bytes that are no frames at all end the link; there is nobody to tell a code to.
	k := c.open("")
	k.NetConn().Write([]byte("GET / HTTP/1.1\r\n\r\n\r\n\r\n"))
	if _, _, err := k.ReadMessage(); err == nil {
		t.Fatal("the socket goes on after rubbish")
	}
}

func TestPush_RefusesHandshakes(t *testing.T) {
	w := newWorld(t)
	operator := w.as("operator")
	for name, test := range map[string]struct {
		c       *client
		query   string
		headers []string
		status  int
	}{
		"nobody":               {w.nobody(), "", nil, 401},
		"made-up cookie":       {w.nobody(), "", []string{"Cookie", cookieName + "=" + strings.Repeat("A", 43)}, 401},
		"other origin":         {operator, "", []string{"Origin", "https://evil.example"}, 403},
		"other port":           {operator, "", []string{"Origin", "http://127.0.0.1:1"}, 403},
		"null origin":          {operator, "", []string{"Origin", "null"}, 403},
		"host inside another":  {operator, "", []string{"Origin", w.url + ".evil.example"}, 403},
		"user before the host": {operator, "", []string{"Origin", "http://x@" + strings.TrimPrefix(w.url, "http://")}, 403},
		"browser that hides":   {operator, "", []string{"Origin", "", "Sec-Fetch-Site", "cross-site"}, 403},
		"no number":            {operator, "?after=x", nil, 422},
		"negative":             {operator, "?after=-2", nil, 422},
		"beyond all numbers":   {operator, "?after=99999999999999999999", nil, 422},
	} {
		t.Run(name, func(t *testing.T) {
			conn, answer, err := test.c.handshake(test.query, test.headers...)
			if err == nil {
				conn.Close()
				t.Fatal("the socket opened")
			}
			wantProblem(t, answer, test.status)
		})
	}
	wantProblem(t, operator.get("/ws"), http.StatusBadRequest) // No websocket at all.
	conn, _, err := operator.handshake("", "Origin", "")       // A plain client may have none.
	w.must(err)
	conn.Close()
}

func TestPush_EndsWithTheSession(t *testing.T) {
	w := newWorld(t)
	t.Run("sign out", func(t *testing.T) {
		c := w.as("operator")
		k := c.open("")
		c.do("DELETE", "/api/session", nil)
		k.wantClose(closeSignedOut)
	})
	t.Run("person deactivated", func(t *testing.T) {
		gone, stays := w.as("west").open(""), w.as("east").open("")
		w.must(w.people.Deactivate(t.Context(), "west"))
		w.must(w.server.sweep(t.Context()))
		gone.wantClose(closeSignedOut)
		a := w.raise("occ", "east-cam", eastPoint)
		if e := stays.next(); e.Alert == nil || e.Alert.ID != a.ID {
			t.Fatalf("the other got %+v", e)
		}
	})
	t.Run("other beats", func(t *testing.T) {
		k := w.as("road").open("")
		w.must(w.roster.PutBeat(t.Context(), alerts.Beat{ID: "road", Name: "road",
			Grids: []alerts.GridKey{{Net: geo.Community, Code: westCode}}, Members: []string{"road"}}))
		w.must(w.server.sweep(t.Context()))
		k.wantClose(closeGoingAway)
	})
}

func TestPush_CutsTheSlowAndGoesOn(t *testing.T) {
	w := newWorld(t)
	fast := w.as("operator").open("")
	slow := w.slowSocket()
	defer slow.Close()

	// Long notes fill the kernel's buffers of the one who does not read; the other reads all.
	a := w.raise("occ", "west-cam", westPoint)
	if e := fast.next(); e.Alert.ID != a.ID {
		t.Fatalf("%+v", e)
	}
	for flood := 0; w.metric("gridwatch_sockets_closed_total", "4408") == 0; flood++ {
		if flood == 4000 {
			t.Fatal("the slow one was never cut")
		}
		state := w.cameras.SetOffline
		if flood%2 == 1 {
			state = func(ctx context.Context, id string, _ time.Time, _ string) error {
				return w.cameras.SetOnline(ctx, id, vision.Look{})
			}
		}
		w.must(state(t.Context(), "west-cam", time.Now(), strings.Repeat("灰", 4000)))
		if e := fast.next(); e.Camera == nil {
			t.Fatalf("%+v", e)
		}
		if e := fast.next(); e.Alert == nil || e.Alert.Rule != "camera_offline" {
			t.Fatalf("%+v", e)
		}
	}
}

// slowSocket opens a socket whose client never reads.
func (w *world) slowSocket() *websocket.Conn {
	w.t.Helper()
	dialer := websocket.Dialer{NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetReadBuffer(4 << 10)
		}
		return conn, err
	}}
	h := http.Header{"Origin": {w.url}, "Cookie": {w.as("operator").cookie}}
	conn, _, err := dialer.DialContext(w.t.Context(), "ws"+strings.TrimPrefix(w.url, "http")+"/ws", h)
	w.must(err)
	return conn
}

// metric is the sum of a metric's values, of those with the label value if one is given.
func (w *world) metric(name, label string) (sum float64) {
	w.t.Helper()
	families, err := w.registry.Gather()
	w.must(err)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() == name && (label == "" || m.GetLabel()[0].GetValue() == label) {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return sum
}

func TestPush_BoundsTheSocketsOfASession(t *testing.T) {
	w := newWorld(t)
	c := w.as("operator")
	var last *tab
	for range maxPerSession {
		last = c.open("")
	}
	_, answer, err := c.handshake("")
	if err == nil {
		t.Fatal("one more opened")
	}
	wantProblem(t, answer, http.StatusTooManyRequests)
	w.as("west").open("") // Others are not bounded by it.
	last.say("{}")
	last.wantClose(closeBadMessage)
	last.Close()
	for patience := time.Now().Add(20 * time.Second); ; { // Its place is free once both its goroutines ended.
		if conn, _, err := c.handshake(""); err == nil {
			conn.Close()
			return
		}
		if time.Now().After(patience) {
			t.Fatal("its place never became free")
		}
	}
}

func TestServe_TellsSocketsThatItStops(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	served := make(chan error, 1)
	go func() { served <- w.server.Serve(ctx, listener) }()
	c := w.as("operator")
	w.url = "http://" + listener.Addr().String()
	k := c.open("")
	stop()
	k.wantClose(closeGoingAway)
	k.Close()
	select {
	case err := <-served:
		w.must(err)
	case <-time.After(20 * time.Second):
		t.Fatal("Serve did not end")
	}
	if got := w.metric("gridwatch_sockets", ""); got != 0 {
		t.Fatalf("%v sockets are still open", got)
	}
}
