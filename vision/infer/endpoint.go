package infer

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gridwatch/vision"
)

// EndpointConfig says where a vision model answers in the way of OpenAI's chat completions, as vLLM, Ollama, llama.cpp and
// others serve it on a city's own network.
type EndpointConfig struct {
	URL     string        // Its base, as http://10.0.0.5:8000/v1.
	Model   string        // The model's name there.
	Key     string        // Sent as a bearer token; empty sends none.
	Timeout time.Duration // An answer that takes longer is none, waiting for one's turn included.
	AtOnce  int           // So many questions are asked at once, of all cameras together.
}

// Endpoint asks such a model. It is safe for many goroutines.
type Endpoint struct {
	config EndpointConfig
	turns  chan struct{}
	client *http.Client
}

var _ vision.Looker = (*Endpoint)(nil)

// NewEndpoint checks the configuration; it does not ask whether somebody is there.
func NewEndpoint(c EndpointConfig) (*Endpoint, error) {
	base, err := url.Parse(c.URL)
	switch {
	case err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "":
		return nil, fmt.Errorf("url: %q is not http://HOST/v1", c.URL)
	case c.Model == "":
		return nil, errors.New("model: is missing")
	case c.Timeout <= 0:
		return nil, fmt.Errorf("timeout: %v is not above 0", c.Timeout)
	case c.AtOnce < 1:
		return nil, fmt.Errorf("at_once: %d is not 1 or more", c.AtOnce)
	}
	return &Endpoint{config: c, turns: make(chan struct{}, c.AtOnce), client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("it redirects, which is not followed: the key and the picture are for this address")
		},
	}}, nil
}

// Model names the model and where it answers.
func (e *Endpoint) Model() string { return e.config.Model }

// Look asks about the picture. An answer that is late is an error, and so is one that is not an answer.
func (e *Endpoint) Look(ctx context.Context, question string, jpeg []byte) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, e.config.Timeout, fmt.Errorf("no answer within %v", e.config.Timeout))
	defer cancel()
	select {
	case e.turns <- struct{}{}:
		defer func() { <-e.turns }()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	answer, err := e.ask(ctx, question, jpeg)
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	return answer, err
}

// The parts of OpenAI's chat completions that are used.
type (
	chatRequest struct {
		Model       string        `json:"model"`
		Messages    []chatMessage `json:"messages"`
		MaxTokens   int           `json:"max_tokens"`
		Temperature float64       `json:"temperature"`
	}
	chatMessage struct {
		Role    string     `json:"role"`
		Content []chatPart `json:"content"`
	}
	chatPart struct {
		Type     string     `json:"type"`
		Text     string     `json:"text,omitempty"`
		ImageURL *chatImage `json:"image_url,omitempty"`
	}
	chatImage struct {
		URL string `json:"url"`
	}
)

const (
	longestReply = 1 << 20 // Bytes.
	maxTokens    = 256
)

func (e *Endpoint) ask(ctx context.Context, question string, jpeg []byte) (string, error) {
	picture := "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(jpeg)
	body, err := json.Marshal(chatRequest{
		Model: e.config.Model, MaxTokens: maxTokens,
		Messages: []chatMessage{{Role: "user", Content: []chatPart{
			{Type: "text", Text: question}, {Type: "image_url", ImageURL: &chatImage{URL: picture}},
		}}},
	})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(e.config.URL, "/")+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	if e.config.Key != "" {
		request.Header.Set("Authorization", "Bearer "+e.config.Key)
	}
	response, err := e.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(response.Body, longestReply))
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("it answered %s", response.Status)
	}
	return decodeReply(reply)
}

// decodeReply takes the answer's text out of a reply.
func decodeReply(reply []byte) (string, error) {
	var r struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(reply, &r); err != nil {
		return "", fmt.Errorf("the reply is not a chat completion: %w", err)
	}
	if len(r.Choices) == 0 || strings.TrimSpace(r.Choices[0].Message.Content) == "" {
		return "", errors.New("the reply is not a chat completion: it has no text")
	}
	return strings.TrimSpace(r.Choices[0].Message.Content), nil
}
