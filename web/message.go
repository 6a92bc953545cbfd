package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"gridwatch/alerts"

	"github.com/gorilla/websocket"
)

// message is what a client may say over its socket.
type message struct {
	Type string `json:"type"`
	Seq  int64  `json:"seq"`
}

var errMessage = errors.New("web: not a message of a client")

// readMessage reads a client's message: one JSON object with a known type, a number, and nothing else.
func readMessage(data []byte) (message, error) {
	var m message
	if err := decodeStrictly(data, &m); err != nil {
		return message{}, fmt.Errorf("%w: %w", errMessage, err)
	}
	if m.Type != "delivered" && m.Type != "shown" || m.Seq < 1 {
		return message{}, errMessage
	}
	return m, nil
}

// eventView is what the socket says.
type eventView struct {
	Seq    int64       `json:"seq"`
	Type   string      `json:"type"`
	At     time.Time   `json:"at"`
	Alert  *AlertView  `json:"alert,omitempty"`
	Holder *personView `json:"holder,omitempty"` // Of an alert that was taken: who did, whatever became of it since.
	Camera *cameraView `json:"camera,omitempty"`
	Trust  *trustView  `json:"trust,omitempty"`

	Edition *alerts.EditionNews `json:"edition,omitempty"`
	Rehomed *rehomedView        `json:"rehomed,omitempty"`
}

// rehomedView says which grids an alert went from and to, because another edition came into force.
type rehomedView struct {
	Net  string       `json:"net"`
	From *gridRefView `json:"from"`
	To   *gridRefView `json:"to"`
}

// trustView says how far a rule is trusted at a camera now, and by which of the last verdicts.
type trustView struct {
	Rule       string `json:"rule"`
	Camera     string `json:"camera"`
	ReviewOnly bool   `json:"review_only"`
	True       int    `json:"true"`
	False      int    `json:"false"`
}

func eventOf(e alerts.Event, matters alerts.Matters) eventView {
	view := eventView{Seq: e.Seq, Type: string(e.Type), At: e.At.UTC()}
	if e.Alert != nil {
		alert := alertOf(*e.Alert, matters)
		view.Alert = &alert
	}
	if e.Type == alerts.AlertTaken {
		view.Holder = personOf(e.Person)
	}
	if e.Camera != nil {
		camera := cameraOf(*e.Camera)
		view.Camera = &camera
	}
	if t := e.Trust; t != nil {
		view.Trust = &trustView{Rule: t.Rule, Camera: t.CameraID, ReviewOnly: t.ReviewOnly, True: t.Right, False: t.Wrong}
	}
	view.Edition = e.Edition
	if r := e.Rehomed; r != nil {
		view.Rehomed = &rehomedView{Net: string(r.Net), From: gridRefOf(r.From), To: gridRefOf(r.To)}
	}
	return view
}

// keptMessages is how many events stay encoded: about what the feed keeps for all.
const keptMessages = 256

// messages encodes each event once for all sockets: what an event says does not depend on who reads it. An event that
// is read again later says what it said the first time, and the events after it say what changed since.
type messages struct {
	matters alerts.Matters

	mu    sync.Mutex
	kept  map[int64]*websocket.PreparedMessage
	order [keptMessages]int64 // Ring of the kept numbers.
	next  int
}

func newMessages(matters alerts.Matters) *messages {
	return &messages{matters: matters, kept: map[int64]*websocket.PreparedMessage{}}
}

func (m *messages) of(e alerts.Event) (*websocket.PreparedMessage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if frame, known := m.kept[e.Seq]; known {
		return frame, nil
	}
	data, err := json.Marshal(eventOf(e, m.matters))
	if err != nil {
		return nil, fmt.Errorf("event %d: %w", e.Seq, err)
	}
	frame, err := websocket.NewPreparedMessage(websocket.TextMessage, data)
	if err != nil {
		return nil, fmt.Errorf("event %d: %w", e.Seq, err)
	}
	delete(m.kept, m.order[m.next])
	m.order[m.next], m.next = e.Seq, (m.next+1)%keptMessages
	m.kept[e.Seq] = frame
	return frame, nil
}
