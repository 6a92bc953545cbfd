package vision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// held is a sighting that waits for a second look, or behind an earlier one of its occupancy that does. It is part of the
// saved memory: what was asked before a restart is asked again after it, and nothing is told before its answer is saved.
type held struct {
	Sighting Sighting  `json:"sighting"`
	Question *Question `json:"question,omitempty"` // Nil only waits behind another.
	InVain   bool      `json:"in_vain,omitempty"`  // It was asked, and nobody answered.

	again time.Time // When to ask again.
}

// asking is one question that is being asked. Ready ends when look holds the answer.
type asking struct {
	key    string
	look   SecondLook
	ready  context.Context
	cancel context.CancelFunc
}

const (
	askAgainAfter = 30 * time.Second
	longestAnswer = 200 // Characters of an answer that are kept.
)

// next waits for a frame. Answers that come meanwhile are taken up at once, and before the end all that are under way.
func (p *Pipeline) next(ctx context.Context) (Frame, error) {
	for {
		if p.asking == nil {
			return p.Next(ctx)
		}
		waiting, cancel := context.WithCancel(ctx)
		stop := context.AfterFunc(p.asking.ready, cancel)
		var frame Frame
		err := waiting.Err()
		if err == nil {
			frame, err = p.Next(waiting)
		}
		if errors.Is(err, io.EOF) {
			<-waiting.Done()
		}
		stop()
		cancel()
		if err == nil || ctx.Err() != nil || p.asking.ready.Err() == nil {
			return frame, err
		}
		if err := p.takeAnswer(ctx); err != nil {
			return Frame{}, err
		}
	}
}

// route sends each new sighting on its way: out, or to wait for a second look where its rule asks for one. It returns the
// pictures that nobody will see.
func (p *Pipeline) route(sightings []Sighting, city City) (dead []string) {
	for _, s := range sightings {
		var question *Question
		if rule, ok := city.Rules.Rule(s.Rule); ok && p.SecondLook != nil && s.Kind != Cleared {
			question = rule.SecondLook
		}
		if question != nil || slices.ContainsFunc(p.memory.Held, func(h held) bool { return h.Sighting.Occupancy == s.Occupancy }) {
			p.memory.Held = append(p.memory.Held, held{Sighting: s, Question: question})
			continue
		}
		dead = append(dead, p.release(s)...)
	}
	return append(dead, p.settle()...)
}

// release puts a sighting into the outbox, unless it only clears what nobody was told of.
func (p *Pipeline) release(s Sighting) (dead []string) {
	if s.Kind != Cleared || !p.memory.Denied[s.Occupancy] {
		p.memory.Outbox = append(p.memory.Outbox, s)
		return nil
	}
	delete(p.memory.Denied, s.Occupancy)
	for _, e := range s.Evidence {
		dead = append(dead, e.SHA256)
	}
	return dead
}

// settle lets go of what need not wait any more: what stands behind nothing that is asked, what was asked in vain until its
// place was clear, and everything when nobody can be asked.
func (p *Pipeline) settle() (dead []string) {
	waits := map[string]bool{}
	for i := 0; i < len(p.memory.Held); {
		h := p.memory.Held[i]
		id := h.Sighting.Occupancy
		switch {
		case waits[id]:
			i++
		case h.Question == nil || p.SecondLook == nil:
			p.memory.Held = slices.Delete(p.memory.Held, i, i+1)
			dead = append(dead, p.release(h.Sighting)...)
		case h.InVain && !p.isAsking(h) && p.clearsLater(id):
			p.memory.Held = slices.Delete(p.memory.Held, i, i+1)
			dead = append(dead, p.deny(h.Sighting, "the place was clear before anybody answered")...)
		default:
			waits[id] = true
			i++
		}
	}
	return dead
}

func (p *Pipeline) isAsking(h held) bool { return p.asking != nil && p.asking.key == h.Sighting.Key }

func (p *Pipeline) clearsLater(occupancy string) bool {
	return slices.ContainsFunc(p.memory.Held, func(h held) bool { return h.Sighting.Occupancy == occupancy && h.Sighting.Kind == Cleared })
}

// ask begins the next question, one at a time for each camera.
func (p *Pipeline) ask(ctx context.Context) {
	if p.asking != nil || p.SecondLook == nil {
		return
	}
	waits := map[string]bool{}
	for _, h := range p.memory.Held {
		if !waits[h.Sighting.Occupancy] && h.Question != nil && !time.Now().Before(h.again) {
			p.beginAsking(ctx, h)
			return
		}
		waits[h.Sighting.Occupancy] = true
	}
}

// beginAsking asks in the background: the camera's frames go on, and so do all others'.
func (p *Pipeline) beginAsking(ctx context.Context, h held) {
	ctx, cancel := context.WithCancel(ctx)
	ready, finish := context.WithCancel(context.Background())
	a := &asking{key: h.Sighting.Key, ready: ready, cancel: cancel}
	p.asking = a
	go func() {
		defer finish()
		a.look = p.answer(ctx, h)
	}()
}

// answer asks the second look about the sighting's newest picture.
func (p *Pipeline) answer(ctx context.Context, h held) SecondLook {
	began := time.Now()
	look := SecondLook{Question: h.Question.Text, Verdict: Unanswered, Model: p.SecondLook.Model()}
	jpeg, err := p.newestPicture(ctx, h.Sighting)
	if err == nil {
		look.Answer, err = p.SecondLook.Look(ctx, h.Question.Text, jpeg)
	}
	look.At, look.TookS = time.Now().UTC().Round(time.Millisecond), time.Since(began).Round(time.Millisecond).Seconds()
	if err != nil {
		look.Reason = err.Error()
		return look
	}
	if look.Verdict = h.Question.verdict(look.Answer); look.Verdict == Unanswered {
		look.Reason = "the answer says neither"
	}
	if letters := []rune(look.Answer); len(letters) > longestAnswer {
		look.Answer = string(letters[:longestAnswer])
	}
	return look
}

func (p *Pipeline) newestPicture(ctx context.Context, s Sighting) ([]byte, error) {
	if len(s.Evidence) == 0 {
		return nil, errors.New("there is no picture")
	}
	blob, err := p.Blobs.Open(ctx, s.Evidence[len(s.Evidence)-1].SHA256)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	defer blob.Close()
	return io.ReadAll(blob)
}

// takeAnswer does what the answer says, saves that, and only then tells anybody.
func (p *Pipeline) takeAnswer(ctx context.Context) error {
	a := p.asking
	a.cancel()
	p.asking = nil
	i := slices.IndexFunc(p.memory.Held, func(h held) bool { return h.Sighting.Key == a.key })
	dead := p.judgeHeld(i, a.look)
	dead = append(dead, p.settle()...)
	if err := p.save(ctx); err != nil {
		return err
	}
	p.forget(ctx, dead)
	if err := p.publish(ctx); err != nil {
		return err
	}
	p.ask(ctx)
	return nil
}

// judgeHeld takes the held sighting at i to where the second look sends it.
func (p *Pipeline) judgeHeld(i int, look SecondLook) (dead []string) {
	h := &p.memory.Held[i]
	s := h.Sighting
	p.Counters.SecondLooks.Add(1)
	p.log().Info("second look", "rule", s.Rule, "kind", s.Kind, "occupancy", s.Occupancy, "verdict", look.Verdict,
		"answer", look.Answer, "reason", look.Reason, "took_s", look.TookS)
	p.looked = append(p.looked, Trace{
		At: s.At, Gate: GateSecondLook, Passed: look.Verdict == Confirmed, FenceID: s.FenceID, Rule: s.Rule, Occupancy: s.Occupancy,
		Class: s.Class, Value: look.TookS, Note: string(look.Verdict) + ": " + look.Answer + look.Reason,
	})
	switch {
	case look.Verdict == Denied:
		p.memory.Held = slices.Delete(p.memory.Held, i, i+1)
		return p.deny(s, "")
	case look.Verdict == Unanswered && h.Question.Silent == SilentHold:
		h.InVain, h.again = true, time.Now().Add(askAgainAfter)
		return nil
	}
	s.Why.SecondLook = &look
	p.memory.Held = slices.Delete(p.memory.Held, i, i+1)
	delete(p.memory.Denied, s.Occupancy)
	return p.release(s)
}

// deny lets a sighting go that nobody is told of. When it was the first of its occupancy, whatever clears that is not told
// either; an escalation is asked about for itself.
func (p *Pipeline) deny(s Sighting, why string) (dead []string) {
	if s.Kind == Raised {
		p.memory.Denied[s.Occupancy] = true
	}
	p.Counters.Denied.Add(1)
	if why != "" {
		p.log().Info("sighting was let go", "rule", s.Rule, "occupancy", s.Occupancy, "why", why)
	}
	if n := len(s.Evidence); n > 0 && s.Evidence[n-1].Kind != EvidenceBegin {
		dead = append(dead, s.Evidence[n-1].SHA256) // The picture of the beginning goes with the occupancy.
	}
	return dead
}

// stopAsking waits for the question that is being asked. It stays held, and is asked again after the restart.
func (p *Pipeline) stopAsking() {
	if p.asking != nil {
		p.asking.cancel()
		<-p.asking.ready.Done()
		p.asking = nil
	}
}
