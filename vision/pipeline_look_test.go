package vision

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// other stands for somebody else's model: what it answers to a picture of that kind ("now", "escalated").
type other func(ctx context.Context, kind string) (string, error)

func (o other) Model() string { return "vl" }

func (o other) Look(ctx context.Context, _ string, jpeg []byte) (string, error) {
	var m Marks // That is what the tests' drawing makes.
	if err := json.Unmarshal(jpeg, &m); err != nil {
		return "", err
	}
	return o(ctx, strings.Fields(m.Caption)[1])
}

func always(answer string) other {
	return func(context.Context, string) (string, error) { return answer, nil }
}

// asks is a fire lane whose rule asks for a second look.
func asks(t testing.TB, silent Silent) City {
	c := fireLane(t)
	rule := c.Rules.rules["fire_lane"]
	rule.SecondLook = &Question{Text: "A car in the lane?", Silent: silent}
	c.Rules.rules["fire_lane"] = rule
	return c
}

// pictures counts what the blob store holds.
func (w *world) pictures(t *testing.T) (n int) {
	t.Helper()
	err := filepath.WalkDir(w.blobs.dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPipeline_SecondLook(t *testing.T) {
	for _, row := range []struct {
		name     string
		silent   Silent
		look     other
		want     []Kind
		verdict  Verdict // Of all that were sent and asked about.
		reason   string
		pictures int // Left at the end: the beginning, and one for each that was sent.
	}{
		{name: "yes", look: always("Yes, a car."), want: []Kind{Raised, Escalated, Cleared}, verdict: Confirmed, pictures: 4},
		{name: "yes in Chinese", look: always("是的。"), want: []Kind{Raised, Escalated, Cleared}, verdict: Confirmed, pictures: 4},
		{name: "no", look: always("**No**, the lane is free.")},
		{name: "no, but it is still there at the escalation", look: func(_ context.Context, kind string) (string, error) {
			return map[string]string{EvidenceNow: "no", EvidenceEscalated: "yes"}[kind], nil
		}, want: []Kind{Escalated, Cleared}, verdict: Confirmed, pictures: 3},
		{name: "yes, but no case", look: func(_ context.Context, kind string) (string, error) {
			return map[string]string{EvidenceNow: "yes", EvidenceEscalated: "no"}[kind], nil
		}, want: []Kind{Raised, Cleared}, verdict: Confirmed, pictures: 3},
		{name: "neither", look: always("Not sure."), want: []Kind{Raised, Escalated, Cleared}, verdict: Unanswered, reason: "neither", pictures: 4},
		{name: "down", look: func(context.Context, string) (string, error) { return "", errDown },
			want: []Kind{Raised, Escalated, Cleared}, verdict: Unanswered, reason: "down", pictures: 4},
		{name: "down, and the rule holds", silent: SilentHold, look: func(context.Context, string) (string, error) { return "", errDown }},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, w := asks(t, row.silent), newWorld(t)
			all := parkedAWhile(c)
			frames := slices.Clone(all)
			p := w.pipeline(c, &frames)
			p.SecondLook = row.look
			if err := p.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			checkClosed(t, all)
			if got := w.kinds(); !slices.Equal(got, row.want) {
				t.Fatalf("sent %v, want %v", got, row.want)
			}
			for _, s := range w.sent {
				look := s.Why.SecondLook
				if s.Kind == Cleared {
					if look != nil {
						t.Errorf("it was asked about what is clear: %+v", look)
					}
					continue
				}
				if look == nil || look.Verdict != row.verdict || look.Question != "A car in the lane?" || look.Model != "vl" || !strings.Contains(look.Reason, row.reason) {
					t.Errorf("%s after the second look %+v", s.Kind, look)
				}
			}
			if n := w.pictures(t); n != row.pictures {
				t.Errorf("%d pictures are left, want %d", n, row.pictures)
			}
			if len(p.memory.Held) != 0 || len(p.memory.Denied) != 0 {
				t.Errorf("left behind: held %+v, denied %v", p.memory.Held, p.memory.Denied)
			}
		})
	}
}

// paced gives the frames at their own times, as a camera does, and then nothing.
func paced(frames []Frame) func(context.Context) (Frame, error) {
	return func(ctx context.Context) (Frame, error) {
		if len(frames) == 0 {
			<-ctx.Done()
			return Frame{}, ctx.Err()
		}
		select {
		case <-ctx.Done():
			return Frame{}, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
		f := frames[0]
		frames = frames[1:]
		return f, nil
	}
}

// While the second look takes its time the camera's frames go on; the answer is taken up as soon as it is there, even when
// no frame comes any more.
func TestPipeline_SecondLookHoldsNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w := asks(t, SilentRaise), newWorld(t)
		p := w.pipeline(c, new([]Frame))
		p.Next = paced(film(c, show(60, car(1, 0, 18)))) // Raised at 50 s; the camera is silent from 60 s on.
		var framesWhileAsked int64
		p.SecondLook = other(func(ctx context.Context, _ string) (string, error) {
			before := p.Counters.Frames.Load()
			time.Sleep(20 * time.Second)
			framesWhileAsked = p.Counters.Frames.Load() - before
			return "yes", nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 75*time.Second)
		defer cancel()
		if err := p.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if framesWhileAsked < 18 {
			t.Errorf("%d frames while it was asked, want all of them", framesWhileAsked)
		}
		if len(w.sent) != 1 || w.sent[0].Why.SecondLook.TookS != 20 || w.sent[0].At.Sub(streetBegin).Seconds() != 50 {
			t.Errorf("sent %+v", w.sent)
		}
	})
}

// A rule that holds is asked again until somebody answers.
func TestPipeline_SecondLookIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w := asks(t, SilentHold), newWorld(t)
		p := w.pipeline(c, new([]Frame))
		p.Next = paced(film(c, show(150, car(1, 0, 18))))
		asked := 0
		p.SecondLook = other(func(context.Context, string) (string, error) {
			if asked++; asked < 3 {
				return "", errDown
			}
			return "yes", nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 140*time.Second)
		defer cancel()
		if err := p.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if asked != 3 || len(w.sent) != 1 || w.sent[0].Kind != Raised || w.sent[0].Why.SecondLook.Verdict != Confirmed {
			t.Errorf("asked %d times, sent %+v", asked, w.sent)
		}
	})
}

// The process dies before or after anything it does, with a question open or not: each sighting that was confirmed is told
// once, in order, and none that was denied.
func TestPipeline_SecondLookDiesAnywhereAndGoesOn(t *testing.T) {
	for _, row := range []struct {
		answer string
		want   []Kind
	}{{"yes", []Kind{Raised, Escalated, Cleared}}, {"no", nil}} {
		c := asks(t, SilentRaise)
		c.Fences[0].Thresholds = map[string]float64{"raise_s": 3, "escalate_s": 5, "enter_s": 1, "gap_s": 1, "leave_s": 1}
		for n := 1; ; n++ {
			w, count, where := newWorld(t), 0, ""
			w.around = func(what string) error {
				if count++; count == n {
					where = what
					panic(died{what})
				}
				return nil
			}
			frames := film(c, show(1), show(7, car(1, 0, 18)), show(4))
			looked := w.pipeline(c, &frames)
			looked.SecondLook = always(row.answer)
			runPipelineUntilDead(t, looked)
			if where == "" {
				break
			}
			w.around = func(string) error { return nil }
			again := w.pipeline(c, &frames)
			again.SecondLook = always(row.answer)
			if err := again.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			var kinds []Kind
			for _, key := range w.keys() {
				_, kind, _ := strings.Cut(key, "/")
				kinds = append(kinds, Kind(kind))
			}
			if !slices.Equal(kinds, row.want) || len(w.sent) > 2*len(row.want) {
				t.Fatalf("died %s (%d), answered %q: sent %v", where, n, row.answer, w.kinds())
			}
			if len(again.memory.Held) != 0 {
				t.Fatalf("died %s (%d): held %+v", where, n, again.memory.Held)
			}
		}
	}
}

func runPipelineUntilDead(t *testing.T, p *Pipeline) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(died); !ok {
				panic(r)
			}
		}
	}()
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What is asked when the pipeline is stopped is asked again by the next one; and one that has nobody to ask tells it as it is.
func TestPipeline_SecondLookAfterAStop(t *testing.T) {
	for _, row := range []struct {
		name    string
		look    Looker
		verdict Verdict
	}{{"asked again", always("yes"), Confirmed}, {"nobody to ask any more", nil, ""}} {
		t.Run(row.name, func(t *testing.T) {
			c, w := asks(t, SilentRaise), newWorld(t)
			ctx, stop := context.WithCancel(t.Context())
			frames := film(c, show(60, car(1, 0, 18)))
			p := w.pipeline(c, &frames)
			var begun atomic.Bool
			p.SecondLook = other(func(ctx context.Context, _ string) (string, error) {
				begun.Store(true)
				stop()
				<-ctx.Done()
				return "", ctx.Err()
			})
			if err := p.Run(ctx); err != nil && !errors.Is(err, context.Canceled) || !begun.Load() || len(w.sent) != 0 {
				t.Fatalf("ended with %v, sent %v", err, w.sent)
			}
			frames = nil
			next := w.pipeline(c, &frames)
			next.SecondLook = row.look
			if err := next.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(w.sent) != 1 || w.sent[0].Kind != Raised {
				t.Fatalf("sent %+v", w.sent)
			}
			if look := w.sent[0].Why.SecondLook; (look == nil) != (row.verdict == "") || look != nil && look.Verdict != row.verdict {
				t.Errorf("told after %+v", look)
			}
		})
	}
}

func TestQuestion_Verdict(t *testing.T) {
	chosen := Question{Confirms: []string{"occupied"}, Denies: []string{"free"}}
	for _, row := range []struct {
		q      Question
		answer string
		want   Verdict
	}{
		{Question{}, "Yes", Confirmed},
		{Question{}, " \n- yes: two bags", Confirmed},
		{Question{}, "YES.", Confirmed},
		{Question{}, "是，路边有渣土", Confirmed},
		{Question{}, "No.", Denied},
		{Question{}, "不是", Denied},
		{Question{}, "Nothing can be seen", Unanswered},
		{Question{}, "yesterday", Unanswered},
		{Question{}, "", Unanswered},
		{Question{}, "!!!", Unanswered},
		{chosen, "Occupied by a van", Confirmed},
		{chosen, "free", Denied},
		{chosen, "yes", Unanswered},
	} {
		if got := row.q.verdict(row.answer); got != row.want {
			t.Errorf("%q is %s, want %s", row.answer, got, row.want)
		}
	}
}
