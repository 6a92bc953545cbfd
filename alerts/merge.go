package alerts

import "gridwatch/vision"

// Merge returns the alert as it is once s is known too. The zero alert becomes the alert of s alone. Sightings of one
// occupancy may come in any order: the result is the same, and nothing goes back to an earlier state.
func (a Alert) Merge(s vision.Sighting) Alert {
	first := a.Occupancy == ""
	if first || s.At.Before(a.RaisedAt) || s.Kind == vision.Raised && s.At.Equal(a.RaisedAt) {
		a = a.begunBy(s)
	}
	switch s.Kind {
	case vision.Escalated:
		a.EscalatedAt = s.At
		a.Why = s.Why // The reason of the graver word stands.
	case vision.Cleared:
		a.ClearedAt = s.At
	}
	switch {
	case !a.ClearedAt.IsZero():
		a.State = StateCleared
	case !a.EscalatedAt.IsZero():
		a.State = StateEscalated
	default:
		a.State = StateRaised
	}
	return a
}

// begunBy takes from the earliest sighting where it was, what it was and when it was raised.
func (a Alert) begunBy(s vision.Sighting) Alert {
	a.Occupancy = s.Occupancy
	a.Rule, a.Matter = s.Rule, s.Matter
	a.Since, a.RaisedAt = s.Since, s.At
	a.Position, a.SigmaM, a.Grounded, a.Area = s.Position, s.SigmaM, s.Grounded, s.Area
	a.Camera.ID, a.FenceID, a.FenceName = s.CameraID, s.FenceID, s.FenceName
	a.Composed, a.Class, a.Score = s.Composed, s.Class, s.Score
	if a.EscalatedAt.IsZero() {
		a.Why = s.Why
	}
	if a.Handling == "" {
		a.Handling = New
	}
	return a
}
