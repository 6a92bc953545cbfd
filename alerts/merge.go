package alerts

import (
	"slices"
	"time"
)

// of returns the alert as its occupancies, in the order in which they were raised, make it. What people did stays.
//
// It is led by the occupancy that was raised first: place, camera and class are its. It is as grave as the gravest of
// them, and cleared when all of them are: a camera that is offline has not said that the place is clear, so the alert
// stays open until it is back and says so. Better a word too late than a lane forgotten.
func (a Alert) of(occupancies []Occupancy) Alert {
	lead := occupancies[0]
	a.Occupancy, a.Rule, a.Matter = lead.ID, lead.Rule, lead.Matter
	a.Since, a.RaisedAt = lead.Since, lead.RaisedAt
	a.Position, a.SigmaM, a.Grounded, a.Area = lead.Position, lead.SigmaM, lead.Grounded, lead.Area
	a.Camera.ID, a.FenceID, a.FenceName = lead.CameraID, lead.FenceID, lead.FenceName
	a.Composed, a.Class, a.Score, a.Why = lead.Composed, lead.Class, lead.Score, lead.Why
	a.State, a.EscalatedAt, a.ClearedAt = StateRaised, lead.EscalatedAt, lead.ClearedAt
	if a.Handling == "" {
		a.Handling = New
	}
	clear, reviewed := true, true
	for _, o := range occupancies {
		if o.Since.Before(a.Since) {
			a.Since = o.Since
		}
		if !o.EscalatedAt.IsZero() && (a.EscalatedAt.IsZero() || o.EscalatedAt.Before(a.EscalatedAt)) {
			a.EscalatedAt, a.Why = o.EscalatedAt, o.Why // The reason of the graver word stands.
		}
		if o.ClearedAt.After(a.ClearedAt) {
			a.ClearedAt = o.ClearedAt
		}
		clear = clear && !o.ClearedAt.IsZero()
		reviewed = reviewed && o.ReviewOnly
	}
	switch {
	case clear:
		a.State = StateCleared
	case !a.EscalatedAt.IsZero():
		a.State = StateEscalated
	}
	if !clear {
		a.ClearedAt = time.Time{}
	}
	a.ReviewOnly = reviewed && (a.ID == 0 || a.ReviewOnly) // What was told to officers is not taken back.
	return a
}

// isOf reports whether the alert, as it was read, is made of these occupancies.
func (a Alert) isOf(occupancies []Occupancy) bool {
	return len(occupancies) == 1+len(a.Also) && !slices.ContainsFunc(occupancies, func(o Occupancy) bool {
		return o.ID != a.Occupancy && !slices.ContainsFunc(a.Also, func(w Witness) bool { return w.Occupancy == o.ID })
	})
}
