package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/gorilla/websocket"
)

// Close codes. A client comes back after every one of them but 4401, which sends its person to sign in, and 4400, which
// is a fault of the client.
const (
	closeBadMessage = 4400                         // What the client sent is no message of ours.
	closeSignedOut  = 4401                         // The session ended.
	closeTooSlow    = 4408                         // The client reads slower than things happen. It resumes from its last number.
	closeGoingAway  = websocket.CloseGoingAway     // 1001: the server stops, or the person's beats changed.
	closeTooBig     = websocket.CloseMessageTooBig // 1009: a message of more than 4 KB.
	clientLeft      = 0                            // No frame of ours: the client closed, or its link broke.
)

const pushText = "One JSON text message an event: `{\"seq\",\"type\",\"at\",\"alert\"|\"camera\"}`. The client may say " +
	"`{\"type\":\"delivered\",\"seq\":N}` and `{\"type\":\"shown\",\"seq\":N}`, and nothing else. The Origin must be this " +
	"server's. Close codes: 4400 bad message (do not come back), 4401 signed out (sign in), 4408 too slow (come back with " +
	"after), 1001 going away (come back), 1009 message over 4 KB."

// Times and sizes of a socket. A phone that lost its link is noticed after pongTime, or when a write has waited for
// writeTime; the send buffer is small, so that writes wait instead of piling up in the kernel.
const (
	writeTime     = 5 * time.Second
	pingEvery     = 25 * time.Second
	pongTime      = 60 * time.Second
	messageBytes  = 4 << 10
	sendBuffer    = 64 << 10
	sweepEvery    = 30 * time.Second
	maxSockets    = 20_000
	maxPerSession = 20
)

var errFull = errors.New("web: no more sockets")

// socket is one client's way to the feed. Its reader and its writer are two goroutines; the writer owns its end.
type socket struct {
	conn *websocket.Conn
	who  visitor
	on   string // The device.
	feed *alerts.Subscription
	end  chan ending   // Holds the first reason to close.
	gone chan struct{} // Closed when the reader ended.
}

// ending is why a socket closes, as its client is told.
type ending struct {
	code   int
	reason string
}

// close asks the writer to end the socket. Only the first reason counts.
func (k *socket) close(code int, reason string) {
	select {
	case k.end <- ending{code, reason}:
	default:
	}
}

// push opens a socket: everything is checked before the handshake, so that a refusal is an ordinary problem.
func (s *Server) push(w http.ResponseWriter, r *http.Request) error {
	if !s.sameOrigin(r) {
		return errCrossOrigin
	}
	after, err := readAfter(r)
	if err != nil {
		return err
	}
	who := visitorOf(r.Context())
	device, err := s.people.Device(r.Context(), who.token)
	if err != nil {
		return err
	}
	if err := s.sockets.reserve(who.token); err != nil {
		return err
	}
	feed, err := s.feed.Subscribe(after, who.Scope)
	if err != nil {
		s.sockets.release(who.token)
		return err
	}
	k := &socket{who: who, on: device, feed: feed, end: make(chan ending, 1), gone: make(chan struct{})}
	s.sockets.add(k) // Before the client knows: whatever ends its session from now on ends the socket.
	if k.conn, err = s.upgrader().Upgrade(w, r, nil); err != nil {
		feed.Close()
		s.sockets.remove(k, clientLeft)
		s.sockets.release(who.token)
		s.log.LogAttrs(r.Context(), slog.LevelDebug, "no websocket", slog.Any("err", err))
		return nil // The upgrader has answered.
	}
	go s.read(k) // Not in this goroutine: it holds net/http's buffers, which a quiet socket does not need.
	go s.write(k)
	return nil
}

func readAfter(r *http.Request) (int64, error) {
	text := r.URL.Query().Get("after")
	if text == "" {
		return -1, nil
	}
	after, err := strconv.ParseInt(text, 10, 64)
	if err != nil || after < -1 {
		return 0, geo.Invalid("query.after", "must be the number of an event, or -1 for none")
	}
	return after, nil
}

func (s *Server) upgrader() *websocket.Upgrader {
	return &websocket.Upgrader{
		HandshakeTimeout: writeTime,
		ReadBufferSize:   512,
		WriteBufferSize:  1024,
		WriteBufferPool:  &s.sockets.buffers,
		CheckOrigin:      func(*http.Request) bool { return true }, // push did.
		Error: func(w http.ResponseWriter, r *http.Request, status int, reason error) {
			writeProblem(w, problem(status, reason.Error()))
		},
	}
}

// read takes what the client says until it leaves or says something else. Receipts are written one by one, so a client
// that floods waits for itself.
func (s *Server) read(k *socket) {
	defer close(k.gone)
	k.conn.SetReadLimit(messageBytes)
	k.conn.SetReadDeadline(time.Now().Add(pongTime))
	k.conn.SetPongHandler(func(string) error { return k.conn.SetReadDeadline(time.Now().Add(pongTime)) })
	for {
		kind, data, err := k.conn.ReadMessage()
		if errors.Is(err, websocket.ErrReadLimit) {
			k.close(closeTooBig, "message too big")
			return
		}
		if err != nil {
			k.close(clientLeft, "")
			return
		}
		said, err := readMessage(data)
		if kind != websocket.TextMessage || err != nil {
			k.close(closeBadMessage, "bad message")
			return
		}
		s.receipt(k, said)
	}
}

// receipt writes down how far an event came. One that cannot be written is only late: the alert's next step says as much.
func (s *Server) receipt(k *socket, said message) {
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	mark := s.alerts.MarkDelivered
	if said.Type == "shown" {
		mark = s.alerts.MarkShown
	}
	if err := mark(ctx, said.Seq, k.who.ID, k.on); err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "receipt is not written", slog.String("type", said.Type),
			slog.Int64("seq", said.Seq), slog.Int64("person", k.who.ID), slog.Any("err", err))
		return
	}
	s.metrics.receipts.WithLabelValues(said.Type).Inc()
}

// write sends events and pings until there is a reason to end, tells the client that reason, and lets the socket go.
func (s *Server) write(k *socket) {
	setSendBuffer(k.conn)
	why := s.send(k)
	if why.code != clientLeft {
		frame := websocket.FormatCloseMessage(why.code, why.reason)
		k.conn.WriteControl(websocket.CloseMessage, frame, time.Now().Add(time.Second))
	}
	k.feed.Close()
	s.sockets.remove(k, why.code)
	linger(k)
	s.sockets.release(k.who.token)
}

// send is the writer's loop.
func (s *Server) send(k *socket) ending {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case why := <-k.end:
			return why
		case <-k.feed.Done():
			return endOf(k.feed.Err())
		case e, open := <-k.feed.Events():
			if !open {
				return endOf(k.feed.Err())
			}
			if err := s.sendEvent(k, e); err != nil {
				return brokenWrite(err)
			}
		case <-ping.C:
			if err := k.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime)); err != nil {
				return brokenWrite(err)
			}
		}
	}
}

func (s *Server) sendEvent(k *socket, e alerts.Event) error {
	frame, err := s.messages.of(e)
	if err != nil {
		return err
	}
	k.conn.SetWriteDeadline(time.Now().Add(writeTime))
	if err := k.conn.WritePreparedMessage(frame); err != nil {
		return err
	}
	s.metrics.pushed.Inc()
	return nil
}

// endOf is what the end of a subscription means to its client.
func endOf(err error) ending {
	if errors.Is(err, alerts.ErrSlow) {
		return ending{closeTooSlow, "too slow"}
	}
	return ending{closeGoingAway, "going away"}
}

// brokenWrite tells a client that takes nothing any more from one that left.
func brokenWrite(err error) ending {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return ending{closeTooSlow, "too slow"}
	}
	return ending{code: clientLeft}
}

// lingerTime and lingerBytes bound how long a socket that is over is still listened to.
const (
	lingerTime  = time.Second
	lingerBytes = 16 << 20
)

// linger gives the client a moment to read the close frame: closing while bytes of its own lie unread would make the
// kernel throw the frame away.
func linger(k *socket) {
	raw := k.conn.NetConn()
	if half, ok := raw.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
	patience := time.AfterFunc(lingerTime, func() { k.conn.Close() })
	defer patience.Stop()
	<-k.gone
	io.CopyN(io.Discard, raw, lingerBytes)
	k.conn.Close()
}

func setSendBuffer(conn *websocket.Conn) {
	raw := conn.NetConn()
	if tls, ok := raw.(interface{ NetConn() net.Conn }); ok {
		raw = tls.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		tcp.SetWriteBuffer(sendBuffer)
	}
}
