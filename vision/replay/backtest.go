package replay

import (
	"context"
	"slices"
	"time"

	"gridwatch/vision"
)

// Trial is one camera's recordings under two cities.
type Trial struct {
	CameraID    string
	From, Until time.Time
	// Before and After make of the city that a step was recorded with the one that is in force now, and the one of the
	// draft. They keep the camera and the pose that the step was seen with.
	Before, After func(vision.City) vision.City
	// Progress is told how many steps were done, now and then; an error of it ends the trial.
	Progress func(steps int) error
}

// Finding is what a trial came to.
type Finding struct {
	Observations int
	Differences  []Difference
}

// progressEvery is after how many steps progress is told.
const progressEvery = 500

// Try takes the recordings of one camera through the kernel twice, in one pass. Each run begins with what the kernel
// remembered when the first chunk began, and goes on from chunk to chunk.
func (l *Library) Try(ctx context.Context, t Trial) (Finding, error) {
	var found Finding
	before, after := run{city: t.Before}, run{city: t.After}
	var pictures []Picture
	err := l.Chunks(ctx, t.CameraID, t.From, t.Until, func(c *ChunkReader) error {
		if found.Observations == 0 {
			before.state, after.state = c.State, c.State
		}
		return c.each(ctx, t.Until, func(s Step) error {
			if s.Picture != "" {
				pictures = append(pictures, Picture{At: s.Observation.At, SHA256: s.Picture})
			}
			before.step(s, t.From)
			after.step(s, t.From)
			if found.Observations++; found.Observations%progressEvery == 0 {
				return t.Progress(progressEvery)
			}
			return nil
		})
	})
	if err != nil {
		return found, err
	}
	found.Differences = Compare(before.sightings, after.sightings)
	for _, d := range found.Differences {
		for _, c := range []*Course{d.Before, d.After} {
			if c != nil {
				c.Pictures = picturesOf(c, pictures)
			}
		}
	}
	return found, t.Progress(found.Observations % progressEvery)
}

// run is the kernel under one of the two cities.
type run struct {
	city      func(vision.City) vision.City
	state     vision.State
	sightings []vision.Sighting

	now vision.City
}

// step takes one step. What is said before from only warms the kernel up.
func (r *run) step(s Step, from time.Time) {
	if s.NewCity {
		r.now = r.city(s.City)
	}
	var sightings []vision.Sighting
	r.state, sightings, _ = vision.Step(r.state, s.Observation, r.now)
	if !s.Observation.At.Before(from) {
		r.sightings = append(r.sightings, sightings...)
	}
}

// pictureWithin is how far from a moment a picture may have been taken and still show it.
const pictureWithin = 2 * time.Minute

// picturesOf are the pictures nearest to each moment of a course: when it began, was raised, escalated and cleared.
func picturesOf(c *Course, pictures []Picture) []string {
	var of []string
	for _, at := range []time.Time{c.since, c.RaisedAt, c.EscalatedAt, c.ClearedAt} {
		if sha := nearest(pictures, at); sha != "" && !slices.Contains(of, sha) {
			of = append(of, sha)
		}
	}
	return of
}

func nearest(pictures []Picture, at time.Time) string {
	best, least := "", pictureWithin
	for _, p := range pictures {
		if away := p.At.Sub(at).Abs(); away < least {
			best, least = p.SHA256, away
		}
	}
	return best
}
