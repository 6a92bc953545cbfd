package web

import (
	"encoding/json"
	"fmt"
	"testing"

	"gridwatch/alerts"
)

func TestReadMessage(t *testing.T) {
	for text, want := range map[string]message{
		`{"type":"delivered","seq":7}`:         {"delivered", 7},
		` {"seq": 9000000000, "type":"shown"}`: {"shown", 9_000_000_000},
	} {
		if got, err := readMessage([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for name, text := range map[string]string{
		"nothing":         ``,
		"no JSON":         `hello`,
		"list":            `[]`,
		"null":            `null`,
		"other type":      `{"type":"acknowledge","seq":7}`,
		"no type":         `{"seq":7}`,
		"no number":       `{"type":"shown"}`,
		"zero":            `{"type":"shown","seq":0}`,
		"negative":        `{"type":"shown","seq":-1}`,
		"fraction":        `{"type":"shown","seq":1.5}`,
		"number as text":  `{"type":"shown","seq":"1"}`,
		"too large":       `{"type":"shown","seq":99999999999999999999}`,
		"unknown field":   `{"type":"shown","seq":1,"admin":true}`,
		"two values":      `{"type":"shown","seq":1}{"type":"shown","seq":2}`,
		"rubbish after":   `{"type":"shown","seq":1}x`,
		"broken off":      `{"type":"shown","seq":`,
		"type as a thing": `{"type":{},"seq":1}`,
	} {
		if got, err := readMessage([]byte(text)); err == nil {
			t.Errorf("%s: %s is read as %+v", name, text, got)
		}
	}
}

func FuzzReadMessage(f *testing.F) {
	f.Add([]byte(`{"type":"delivered","seq":7}`))
	f.Add([]byte(`{"type":"shown","seq":1}{}`))
	f.Add([]byte("\xff\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := readMessage(data)
		if err != nil {
			return
		}
		if m.Seq < 1 || m.Type != "delivered" && m.Type != "shown" {
			t.Fatalf("%q is read as %+v", data, m)
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := readMessage(text); err != nil || again != m {
			t.Fatalf("%+v is written and read as %+v (%v)", m, again, err)
		}
	})
}

func TestMessages_AreEncodedOnceAndNotKeptForever(t *testing.T) {
	m := newMessages(alerts.Matters{})
	camera := &alerts.CameraHealth{CameraRef: alerts.CameraRef{ID: "cam"}}
	event := func(seq int64) alerts.Event {
		return alerts.Event{Seq: seq, Type: alerts.CameraOffline, Camera: camera}
	}
	first, err := m.of(event(1))
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := m.of(event(1)); again != first {
		t.Fatal("one event was encoded twice")
	}
	for seq := int64(2); seq <= 3*keptMessages; seq++ {
		if _, err := m.of(event(seq)); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.kept) != keptMessages {
		t.Fatalf("%d messages are kept", len(m.kept))
	}
	if again, _ := m.of(event(1)); again == first {
		t.Fatal("the first is still kept")
	}
	for seq := int64(3*keptMessages - 100); seq <= 3*keptMessages; seq++ {
		if m.kept[seq] == nil {
			t.Fatal(fmt.Sprint("event ", seq, " is not kept"))
		}
	}
}
