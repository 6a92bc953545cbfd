package alerts

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
)

// Draft is a change of rules, fences and permits that was not published, and the recordings that it is tried on.
type Draft struct {
	Cameras     []string // Empty is all.
	From, Until time.Time
	Thresholds  map[string]map[string]float64 // By rule and key.
	Fences      []geo.Fence                   // New ones, and in place of those with their ids.
	Permits     []geo.Permit                  // The same.
}

// Watch is what the city is watched for.
type Watch struct {
	Rules   vision.Rules
	Fences  []geo.Fence
	Permits []geo.Permit
	Zone    *time.Location
}

const (
	longestBacktest = 31 * 24 * time.Hour
	largestDraft    = 100 // Fences, and permits.
)

// Over lays the draft over what is in force. An *InvalidError names the first thing in it that cannot be.
func (d Draft) Over(w Watch) (Watch, error) {
	if len(d.Thresholds)+len(d.Fences)+len(d.Permits) == 0 {
		return Watch{}, geo.Invalid("thresholds", "the draft changes nothing: it needs thresholds, fences or permits")
	}
	if len(d.Fences) > largestDraft || len(d.Permits) > largestDraft {
		return Watch{}, geo.Invalid("fences", "a draft has at most %d fences and %d permits", largestDraft, largestDraft)
	}
	drafted, err := w.Rules.With(w.Rules.Version+min(len(d.Thresholds), 1), d.Thresholds)
	if err != nil {
		return Watch{}, err
	}
	out := Watch{Rules: drafted, Fences: slices.Clone(w.Fences), Permits: slices.Clone(w.Permits), Zone: w.Zone}
	for i, f := range d.Fences {
		err := f.Validate()
		if err == nil {
			err = drafted.CheckFence(f)
		}
		if err != nil {
			return Watch{}, within(fmt.Sprintf("fences[%d].", i), err)
		}
		out.Fences = put(out.Fences, f, func(g geo.Fence) bool { return g.ID == f.ID })
	}
	for i, p := range d.Permits {
		err := p.Validate()
		if err == nil {
			err = drafted.CheckPermit(p)
		}
		if err != nil {
			return Watch{}, within(fmt.Sprintf("permits[%d].", i), err)
		}
		out.Permits = put(out.Permits, p, func(q geo.Permit) bool { return q.ID == p.ID })
	}
	return out, d.fits(w.Rules, out)
}

// fits refuses changed thresholds that a fence's own do not go with.
func (d Draft) fits(now vision.Rules, drafted Watch) error {
	for _, f := range drafted.Fences {
		if d.Thresholds[f.Rule] == nil || now.CheckFence(f) != nil {
			continue
		}
		if err := drafted.Rules.CheckFence(f); err != nil {
			return geo.Invalid("thresholds."+f.Rule, "does not go with the thresholds of fence %q: %s", f.Name, err)
		}
	}
	return nil
}

// put replaces the element that is the same, or adds v.
func put[T any](all []T, v T, same func(T) bool) []T {
	if i := slices.IndexFunc(all, same); i >= 0 {
		all[i] = v
		return all
	}
	return append(all, v)
}

// within puts a prefix before the field of an error.
func within(prefix string, err error) error {
	var invalid *geo.InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	return &geo.InvalidError{Field: prefix + invalid.Field, Rule: invalid.Rule}
}

// validTime refuses a time that no recordings can be from.
func (d Draft) validTime(now time.Time) error {
	switch {
	case d.From.IsZero():
		return geo.Invalid("from", "is missing")
	case !d.Until.After(d.From):
		return geo.Invalid("until", "must be after from")
	case d.Until.Sub(d.From) > longestBacktest:
		return geo.Invalid("until", "must be at most %d days after from", int(longestBacktest.Hours())/24)
	case d.From.After(now):
		return geo.Invalid("from", "must not lie in the future")
	}
	return nil
}

// of is what a camera's kernel is given under w: the camera and its pose stay as the step was seen with.
func (w Watch) of(recorded vision.City) vision.City {
	recorded.Fences, recorded.Permits = recorded.Camera.Fences(w.Fences), recorded.Camera.Permits(w.Permits)
	recorded.Rules, recorded.Zone = w.Rules, w.Zone
	return recorded
}
