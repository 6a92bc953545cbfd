package web

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"gridwatch/alerts"
)

// with sends a change with an Idempotency-Key.
func (c *client) with(key, path, body string) reply {
	c.w.t.Helper()
	return c.do("POST", path, strings.NewReader(body), "Content-Type", "application/json", repeatHeader, key)
}

func TestRepeat_GetsTheFirstAnswer(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	west, operator := w.as("west"), w.as("operator")
	first := west.with("k1", alertURL(a, "/acknowledge"), `{"note":"在路上"}`)
	if first.status != http.StatusOK {
		t.Fatalf("%d %s", first.status, first.body)
	}
	if got := west.post(alertURL(a, "/arrive"), struct{}{}); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	again := west.with("k1", alertURL(a, "/acknowledge"), `{"note":"在路上"}`)
	if again.status != first.status || !bytes.Equal(again.body, first.body) || again.header.Get("Content-Type") != first.header.Get("Content-Type") {
		t.Errorf("%d %s\nwant %d %s", again.status, again.body, first.status, first.body)
	}
	p := wantProblem(t, west.with("k1", alertURL(a, "/acknowledge"), `{"note":"到了"}`), http.StatusUnprocessableEntity)
	if len(p.Errors) != 1 || p.Errors[0].Location != "header."+repeatHeader {
		t.Errorf("another body: %+v", p)
	}
	wantProblem(t, west.with("k1", alertURL(a, "/arrive"), `{"note":"在路上"}`), http.StatusUnprocessableEntity)
	refused := operator.with("k1", alertURL(a, "/acknowledge"), `{}`) // The key is the person's own.
	wantProblem(t, refused, http.StatusConflict)
	if again := operator.with("k1", alertURL(a, "/acknowledge"), `{}`); again.status != refused.status || !bytes.Equal(again.body, refused.body) {
		t.Errorf("a refusal again: %d %s", again.status, again.body)
	}
	wantProblem(t, west.with(strings.Repeat("k", 129), alertURL(a, "/arrive"), `{}`), http.StatusUnprocessableEntity)
	wantProblem(t, west.with("two words", alertURL(a, "/arrive"), `{}`), http.StatusUnprocessableEntity)
	wantProblem(t, w.nobody().with("k2", alertURL(a, "/arrive"), `{}`), http.StatusUnauthorized)
}

func TestRepeat_OfTwoAtOnceOneIsDone(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	west := w.as("west")
	answers := make([]reply, 8)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			answers[i] = west.with("same", alertURL(a, "/transfer"), `{"team":"east","reason":"在东侧"}`)
		})
	}
	all.Wait()
	for _, answer := range answers {
		if answer.status != http.StatusOK || !bytes.Equal(answer.body, answers[0].body) {
			t.Errorf("%d %s", answer.status, answer.body)
		}
	}
	events := read[alertDetailView](t, w.as("operator").get(alertURL(a, ""))).Events
	if len(events) != 2 || events[1].Type != string(alerts.AlertTransferred) {
		t.Errorf("events %+v", events)
	}
}

func TestRepeat_OfAFormWithAnotherBoundary(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	send := func(note string) reply {
		body, kind := form(t, formPart{name: "note", data: []byte(note)}, formPart{name: "photo", file: "a.jpg", data: smallJPEG()})
		data, err := io.ReadAll(body)
		w.must(err)
		return w.as("west").do("POST", alertURL(a, "/handle"), bytes.NewReader(data), "Content-Type", kind, repeatHeader, "photo-1")
	}
	first := send("已清走")
	if first.status != http.StatusOK {
		t.Fatalf("%d %s", first.status, first.body)
	}
	if again := send("已清走"); again.status != http.StatusOK || !bytes.Equal(again.body, first.body) {
		t.Errorf("%d %s", again.status, again.body)
	}
	wantProblem(t, send("没清走"), http.StatusUnprocessableEntity)
}
