package vision

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gridwatch/geo"
)

// evidenceOf is the kind of picture that belongs to a kind of sighting.
var evidenceOf = map[Kind]string{Raised: EvidenceNow, Escalated: EvidenceEscalated, Cleared: EvidenceClear}

// picture stores the frame for every candidate that has just passed its enter delay, and for every sighting, and gives
// each sighting its pictures: the beginning and now. A picture that cannot be had is logged and counted; an alert without
// it is better than none. It returns the blobs of stays that ended without a word to anyone: to be deleted once the state
// no longer names them.
func (p *Pipeline) picture(ctx context.Context, frame Frame, o Observation, city City, sightings []Sighting) (dead []string) {
	for _, occ := range p.memory.State.Occupancies {
		if _, ok := p.memory.Begin[occ.ID]; ok || occ.Phase == PhaseCandidate {
			continue
		}
		if taken, ok := p.take(ctx, frame, o, city, occ, EvidenceBegin); ok {
			p.memory.Begin[occ.ID] = Begin{Evidence: taken}
		}
	}
	for i := range sightings {
		s := &sightings[i]
		if begin, ok := p.memory.Begin[s.Occupancy]; ok {
			begin.Told = true
			p.memory.Begin[s.Occupancy] = begin
			s.Evidence = append(s.Evidence, begin.Evidence)
		}
		subject := Occupancy{ID: s.Occupancy, FenceID: s.FenceID, Rule: s.Rule, Class: s.Class, Score: s.Score, Box: s.Box, Since: s.Since}
		if taken, ok := p.take(ctx, frame, o, city, subject, evidenceOf[s.Kind]); ok {
			s.Evidence = append(s.Evidence, taken)
		}
	}
	open := map[string]bool{}
	for _, occ := range p.memory.State.Occupancies {
		open[occ.ID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(p.memory.Begin)) {
		if open[id] {
			continue
		}
		if begin := p.memory.Begin[id]; !begin.Told {
			dead = append(dead, begin.Evidence.SHA256)
		}
		delete(p.memory.Begin, id)
	}
	return dead
}

// take draws the frame with the fence and the boxes, and stores it.
func (p *Pipeline) take(ctx context.Context, frame Frame, o Observation, city City, occ Occupancy, kind string) (Evidence, bool) {
	jpeg, err := p.Draw(frame.Image, marks(o, city, occ, kind))
	var sha string
	if err == nil {
		sha, err = p.Blobs.Put(ctx, jpeg)
	}
	if err != nil {
		p.Counters.LostPictures.Add(1)
		p.log().Error("picture was not stored", "kind", kind, "occupancy", occ.ID, "error", err)
		return Evidence{}, false
	}
	return Evidence{Kind: kind, SHA256: sha, Bytes: int64(len(jpeg)), At: o.At}, true
}

// marks is what is drawn for one occupancy: its fence, its own box, and what else its rule looks at. What the detector
// takes a cloth on the lawn for is no evidence. The caption holds the occupancy, so that no two have the same picture and
// one can be deleted without the other.
func marks(o Observation, city City, occ Occupancy, kind string) Marks {
	m := Marks{
		Rule: occ.Rule,
		Caption: fmt.Sprintf("%s %s  %s  %.0f s  %s", occ.Rule, kind,
			o.At.In(city.zone()).Format("2006-01-02 15:04:05 -0700"), o.At.Sub(occ.Since).Seconds(), occ.ID),
	}
	if i := slices.IndexFunc(city.Fences, func(f geo.Fence) bool { return f.ID == occ.FenceID }); i >= 0 {
		m.Fence = Outline(city.Fences[i], city.Camera.View)
	}
	rule, _ := city.Rules.Rule(occ.Rule)
	for _, obj := range o.Objects {
		if obj.Box != occ.Box && rule.looksAt(obj) {
			m.Boxes = append(m.Boxes, MarkedBox{Box: obj.Box, Label: obj.Class})
		}
	}
	if kind != EvidenceClear {
		m.Boxes = append(m.Boxes, MarkedBox{Box: occ.Box, Label: strings.TrimSpace(fmt.Sprintf("%s %.2f", occ.Class, occ.Score)), Subject: true})
	}
	return m
}

// forget deletes the pictures of stays that nobody was told of.
func (p *Pipeline) forget(ctx context.Context, dead []string) {
	for _, sha := range dead {
		if err := p.Blobs.Delete(ctx, sha); err != nil {
			p.log().Warn("picture was not deleted", "error", err)
		}
	}
}
