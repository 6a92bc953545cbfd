package infer

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gridwatch/configs"
	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/capture"

	"github.com/paulmach/orb"
)

// parasol sees one umbrella in every picture.
type parasol struct{}

func (parasol) Fingerprint() string { return "abc parasol" }
func (parasol) Detect(context.Context, vision.Image) ([]vision.Detection, error) {
	return []vision.Detection{{Class: "umbrella", Score: 0.8, Box: vision.Box{X: 0.4, Y: 0.3, W: 0.2, H: 0.3}}}, nil
}

// street is what outlives a pipeline: its saved state and what it published.
type street struct {
	state map[string][]byte
	sent  []vision.Sighting
	blobs *vision.Folder
	next  int // The number of the next frame.
}

func (s *street) Load(_ context.Context, key string) ([]byte, error) { return s.state[key], nil }
func (s *street) Save(_ context.Context, key string, data []byte) error {
	s.state[key] = append([]byte(nil), data...)
	return nil
}
func (s *street) Publish(_ context.Context, sighting vision.Sighting) error {
	s.sent = append(s.sent, sighting)
	return nil
}

// frame gives twelve pictures, two a second, of a place with something in it.
func (s *street) frame(context.Context) (vision.Frame, error) {
	if s.next == 12 {
		return vision.Frame{}, io.EOF
	}
	s.next++
	bgr := make([]byte, 3*64*48)
	for i := range bgr {
		bgr[i] = byte(i * i / 7)
	}
	img, err := capture.NewImage(64, 48, bgr)
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC).Add(time.Duration(s.next) * 500 * time.Millisecond)
	return vision.Frame{CameraID: "cam", Seq: uint64(s.next), At: at, Image: img}, err
}

// pipeline watches for canopies, which the shipped rules ask about.
func (s *street) pipeline(t *testing.T, endpoint *Endpoint) *vision.Pipeline {
	rules, err := vision.LoadRules(configs.Read("rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	city := vision.City{
		Camera: vision.Camera{ID: "cam", View: vision.View{ID: "view"}}, Rules: rules,
		Fences: []geo.Fence{{
			ID: "f", Name: "square", Rule: "canopy", ViewID: "view", Frame: orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}}},
			Thresholds: map[string]float64{"enter_s": 1, "raise_s": 4},
		}},
	}
	return &vision.Pipeline{
		CameraID: "cam", Next: s.frame, Detector: parasol{}, Tracker: vision.NewTracker(vision.DefaultTrackParams()),
		City: func() vision.City { return city }, Draw: capture.Draw, Blobs: s.blobs, Sink: s, Store: s,
		SecondLook: endpoint, Log: slog.New(slog.DiscardHandler),
	}
}

func newStreet(t *testing.T) *street {
	blobs, err := vision.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &street{state: map[string][]byte{}, blobs: blobs}
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"choices":[{"message":{"role":"assistant","content":"`+text+`"}}]}`)
	}
}

// A candidate of a real rule, drawn and stored, asked about over HTTP: what people are told.
func TestSecondLook_FromTheCandidateToTheAnswer(t *testing.T) {
	for _, row := range []struct {
		name    string
		answer  http.HandlerFunc
		timeout time.Duration
		verdict vision.Verdict // Empty where nobody is told.
		said    string
	}{
		{"yes", says("Yes, a parasol over a table."), time.Minute, vision.Confirmed, "Yes, a parasol"},
		{"no", says("No."), time.Minute, "", ""},
		{"garbage", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }, time.Minute, vision.Unanswered, "not a chat completion"},
		{"neither", says("It is raining."), time.Minute, vision.Unanswered, "It is raining."},
		{"slow", func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body) // Or the server does not notice that the caller went away.
			<-r.Context().Done()
		}, 50 * time.Millisecond, vision.Unanswered, "no answer within 50ms"},
		{"down", nil, time.Minute, vision.Unanswered, "refused"},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := httptest.NewServer(row.answer)
			defer server.Close()
			if row.answer == nil {
				server.Close()
			}
			endpoint, err := NewEndpoint(EndpointConfig{URL: server.URL + "/v1", Model: "vl", Timeout: row.timeout, AtOnce: 1})
			if err != nil {
				t.Fatal(err)
			}
			s := newStreet(t)
			if err := s.pipeline(t, endpoint).Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if row.verdict == "" {
				if len(s.sent) != 0 {
					t.Errorf("told %+v", s.sent)
				}
				return
			}
			if len(s.sent) != 1 || s.sent[0].Kind != vision.Raised || s.sent[0].Rule != "canopy" || s.sent[0].Matter != "09999" {
				t.Fatalf("told %+v", s.sent)
			}
			look := s.sent[0].Why.SecondLook
			if look == nil || look.Verdict != row.verdict || !strings.Contains(look.Answer+look.Reason, row.said) || look.Model != "vl" {
				t.Errorf("after %+v", look)
			}
		})
	}
}

// The process stops while the question is open. The next one asks again, and people are told once.
func TestSecondLook_SurvivesARestart(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if asked.Add(1) == 1 {
			stop()
			<-r.Context().Done()
			return
		}
		says("yes")(w, r)
	}))
	defer server.Close()
	endpoint, err := NewEndpoint(EndpointConfig{URL: server.URL + "/v1", Model: "vl", Timeout: time.Minute, AtOnce: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := newStreet(t)
	if err := s.pipeline(t, endpoint).Run(ctx); err != nil && !errors.Is(err, context.Canceled) || len(s.sent) != 0 {
		t.Fatalf("ended with %v, told %v", err, s.sent)
	}
	if err := s.pipeline(t, endpoint).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if asked.Load() != 2 || len(s.sent) != 1 || s.sent[0].Why.SecondLook.Verdict != vision.Confirmed {
		t.Errorf("asked %d times, told %+v", asked.Load(), s.sent)
	}
}
