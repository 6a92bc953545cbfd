package geo

import "time"

// Edition is all boundaries of a net in force from a date (版次).
type Edition struct {
	ID    int64
	Net   Net
	Title string
	From  time.Time
	Until time.Time // Zero while no later edition is published.
	Demo  bool      // Demonstration geometry: every screen that shows it says so.
	Grids int       // How many grids it has.
}

// InForce reports whether the edition holds at the moment: from From on, until just before Until.
func (e Edition) InForce(at time.Time) bool {
	return !at.Before(e.From) && (e.Until.IsZero() || at.Before(e.Until))
}
