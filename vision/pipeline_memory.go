package vision

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// memory is what a pipeline carries over a restart.
type memory struct {
	State   State            `json:"state"`
	Tracker json.RawMessage  `json:"tracker,omitempty"`
	Pose    string           `json:"pose,omitempty"`    // The view that the last fit frame showed.
	Trouble string           `json:"trouble,omitempty"` // What was told to be wrong with the camera.
	Begin   map[string]Begin `json:"begin,omitempty"`   // The picture of the beginning, by occupancy.
	Outbox  []Sighting       `json:"outbox,omitempty"`  // Decided, but perhaps not yet published.
	Held    []held           `json:"held,omitempty"`    // Decided, but asked about first.
	Denied  map[string]bool  `json:"denied,omitempty"`  // Occupancies that nobody was told of after a second look.
}

// Begin is the picture that was taken when a candidate had passed its enter delay.
type Begin struct {
	Evidence Evidence `json:"evidence"`
	Told     bool     `json:"told,omitempty"` // A sighting carries it: it is never deleted here.
}

// StateKey and ChangesKey name a camera's entries in the state store.
func StateKey(cameraID string) string   { return "kernel." + cameraID }
func ChangesKey(cameraID string) string { return "changes." + cameraID }

const (
	snapshotEvery = 10 * time.Second
	firstPause    = 100 * time.Millisecond
	longestPause  = 5 * time.Second
	atEndAtMost   = 2 * time.Second
)

// load takes up the memory where it was left. One that cannot be read is worth a word, not a camera: the pipeline begins
// anew.
func (p *Pipeline) load(ctx context.Context) error {
	p.memory = memory{}
	var data, changes []byte
	err := p.insist(ctx, "state was not loaded", func() (err error) {
		if data, err = p.Store.Load(ctx, StateKey(p.CameraID)); err != nil {
			return err
		}
		changes, err = p.Store.Load(ctx, ChangesKey(p.CameraID))
		return err
	})
	if err != nil {
		return err
	}
	if data != nil {
		var m memory
		if err := json.Unmarshal(data, &m); err != nil {
			p.log().Error("saved state is corrupt; beginning anew", "error", err)
		} else {
			p.memory = m
		}
	}
	if p.memory.Tracker != nil {
		if err := p.Tracker.Restore(p.memory.Tracker); err != nil {
			p.log().Error("saved tracks are corrupt; beginning anew", "error", err)
		}
	}
	if p.Changes != nil && changes != nil {
		if err := p.Changes.Restore(changes); err != nil {
			p.log().Error("saved background is corrupt; learning anew", "error", err)
		}
	}
	if p.memory.Begin == nil {
		p.memory.Begin = map[string]Begin{}
	}
	if p.memory.Denied == nil {
		p.memory.Denied = map[string]bool{}
	}
	p.saved = p.memory.State.At
	p.dwelling.Store(&p.memory.State.Occupancies)
	return nil
}

// save writes the memory, and tries until it is written.
func (p *Pipeline) save(ctx context.Context) error {
	data, err := p.encode()
	if err != nil {
		return err
	}
	err = p.insist(ctx, "state was not saved", func() error { return p.Store.Save(ctx, StateKey(p.CameraID), data) })
	if err == nil {
		p.saved = p.memory.State.At
	}
	return err
}

func (p *Pipeline) encode() ([]byte, error) {
	tracker, err := p.Tracker.Snapshot()
	if err != nil {
		return nil, fmt.Errorf("tracker: %w", err)
	}
	p.memory.Tracker = tracker
	data, err := json.Marshal(p.memory)
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	return data, nil
}

// publish sends the outbox in order, each sighting until it is acknowledged. The next save forgets what was sent; until
// then a restart sends it again, which changes nothing.
func (p *Pipeline) publish(ctx context.Context) error {
	for len(p.memory.Outbox) > 0 {
		s := p.memory.Outbox[0]
		err := p.insist(ctx, "sighting was not published", func() error { return p.Sink.Publish(ctx, s) })
		if err != nil {
			return err
		}
		p.memory.Outbox = p.memory.Outbox[1:]
		p.Counters.Sightings.Add(1)
		p.log().Info("sighting", "kind", s.Kind, "rule", s.Rule, "fence", s.FenceID, "occupancy", s.Occupancy, "dwell_s", s.DwellS)
	}
	p.memory.Outbox = nil
	return nil
}

// insist tries do until it succeeds or ctx ends, with pauses that grow.
func (p *Pipeline) insist(ctx context.Context, complaint string, do func() error) error {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := do()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.Counters.Retries.Add(1)
		p.log().Error(complaint, "error", err, "again_in", pause)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// snapshotChanges saves the change finder's background now and then, and when a change began or ended. It may be large
// and can be learned again, so it is tried once.
func (p *Pipeline) snapshotChanges(ctx context.Context, o Observation) {
	if p.Changes == nil {
		return
	}
	open := 0
	for _, obj := range o.Objects {
		if obj.Class == ClassChange {
			open++
		}
	}
	if since := o.At.Sub(p.snapshot); o.Unfit != "" || open == p.changes && since >= 0 && since < snapshotEvery {
		return
	}
	p.snapshot, p.changes = o.At, open
	data, err := p.Changes.Snapshot()
	if err == nil {
		err = p.Store.Save(ctx, ChangesKey(p.CameraID), data)
	}
	if err != nil && ctx.Err() == nil {
		p.log().Warn("background was not saved", "error", err)
	}
}

// saveAtEnd saves once more when Run ends, so that an orderly stop loses not even the last second.
func (p *Pipeline) saveAtEnd(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), atEndAtMost)
	defer cancel()
	data, err := p.encode()
	if err == nil {
		err = p.Store.Save(ctx, StateKey(p.CameraID), data)
	}
	if err != nil {
		p.log().Warn("state was not saved at the end", "error", err)
	}
}
