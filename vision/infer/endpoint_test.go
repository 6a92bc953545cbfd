package infer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func endpointAt(t *testing.T, url string) *Endpoint {
	t.Helper()
	e, err := NewEndpoint(EndpointConfig{URL: url + "/v1/", Model: "vl", Key: "secret", Timeout: time.Minute, AtOnce: 1})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// What goes over the wire is a chat completion with the question and the picture.
func TestEndpoint_AsksAsOpenAIDoes(t *testing.T) {
	var got chatRequest
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "POST" || r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer secret" {
			t.Errorf("asked with %s %s %v", r.Method, r.URL, r.Header)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.Write([]byte(`{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":" Yes, rubble.\n"},"finish_reason":"stop"}]}`))
	}))
	defer server.Close()
	answer, err := endpointAt(t, server.URL).Look(t.Context(), "Rubble?", []byte("jpeg"))
	if err != nil || answer != "Yes, rubble." {
		t.Errorf("answer %q, %v", answer, err)
	}
	if got.Model != "vl" || len(got.Messages) != 1 || got.Messages[0].Role != "user" || len(got.Messages[0].Content) != 2 {
		t.Fatalf("asked %+v", got)
	}
	text, image := got.Messages[0].Content[0], got.Messages[0].Content[1]
	if text.Type != "text" || text.Text != "Rubble?" || image.Type != "image_url" {
		t.Errorf("asked %+v", got.Messages[0].Content)
	}
	data, ok := strings.CutPrefix(image.ImageURL.URL, "data:image/jpeg;base64,")
	if jpeg, err := base64.StdEncoding.DecodeString(data); !ok || err != nil || string(jpeg) != "jpeg" {
		t.Errorf("the picture is %q", image.ImageURL.URL)
	}
}

func TestEndpoint_SaysWhatWentWrong(t *testing.T) {
	for _, row := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"refused", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, "401"},
		{"not JSON", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) }, "not a chat completion"},
		{"no choices", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("{}")) }, "no text"},
		{"redirected", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://elsewhere.example/", 307) }, "redirects"},
		{"broken off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := httptest.NewServer(row.answer)
			defer server.Close()
			if _, err := endpointAt(t, server.URL).Look(t.Context(), "?", nil); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want one that says %q", err, row.want)
			}
		})
	}
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	if _, err := endpointAt(t, server.URL).Look(t.Context(), "?", nil); err == nil {
		t.Error("nobody is there, and nothing is said")
	}
}

// Who does not answer in time has not answered; who waits for a turn waits no longer than that either.
func TestEndpoint_TimeIsUp(t *testing.T) {
	asked, done := make(chan struct{}, 2), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}))
	defer server.Close()
	defer close(done)
	e := endpointAt(t, server.URL)
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := e.Look(ctx, "?", nil); first <- err }()
	<-asked // It has the only turn now.
	hasty := &Endpoint{config: e.config, turns: e.turns, client: e.client}
	hasty.config.Timeout = time.Millisecond
	if _, err := hasty.Look(t.Context(), "?", nil); err == nil || err.Error() != "no answer within 1ms" {
		t.Errorf("waiting for a turn ended with %v", err)
	}
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first ended with %v", err)
	}
	if _, err := hasty.Look(t.Context(), "?", nil); err == nil || err.Error() != "no answer within 1ms" {
		t.Errorf("a slow answer ended with %v", err)
	}
}

func TestNewEndpoint_NamesWhatIsWrong(t *testing.T) {
	good := EndpointConfig{URL: "http://10.0.0.5:8000/v1", Model: "vl", Timeout: time.Second, AtOnce: 1}
	for want, wreck := range map[string]func(*EndpointConfig){
		"url":     func(c *EndpointConfig) { c.URL = "10.0.0.5:8000" },
		"model":   func(c *EndpointConfig) { c.Model = "" },
		"timeout": func(c *EndpointConfig) { c.Timeout = 0 },
		"at_once": func(c *EndpointConfig) { c.AtOnce = 0 },
	} {
		c := good
		wreck(&c)
		if _, err := NewEndpoint(c); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want one that names %s", err, want)
		}
	}
	if _, err := NewEndpoint(good); err != nil {
		t.Error(err)
	}
}

// Whatever a service sends: a text that is not empty, or an error.
func FuzzDecodeReply(f *testing.F) {
	f.Add([]byte(`{"choices":[{"message":{"content":"yes"}}]}`))
	f.Add([]byte(`{"choices":[{"message":{"content":null}}]}`))
	f.Add([]byte(`{"choices":{}}`))
	f.Fuzz(func(t *testing.T, reply []byte) {
		if text, err := decodeReply(reply); (err == nil) == (strings.TrimSpace(text) == "") {
			t.Errorf("%q, %v", text, err)
		}
	})
}
