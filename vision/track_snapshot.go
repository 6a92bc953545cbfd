package vision

import (
	"encoding/json"
	"fmt"
	"time"
)

// trackerState is what a Tracker carries over a restart.
type trackerState struct {
	Next   int64      `json:"next"` // The id of the next track.
	At     time.Time  `json:"at"`   // The newest frame.
	Tracks []followed `json:"tracks"`
}

// Snapshot gives the tracks for Restore.
func (t *Tracker) Snapshot() ([]byte, error) { return json.Marshal(t.state) }

// Restore goes on where a snapshot was taken. If data is not a snapshot it changes nothing.
func (t *Tracker) Restore(data []byte) error {
	var s trackerState
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("tracker snapshot: %w", err)
	}
	if err := s.validate(); err != nil {
		return fmt.Errorf("tracker snapshot: %w", err)
	}
	t.state = s
	return nil
}

// Forget ends every track: the picture shows another place now. Ids go on.
func (t *Tracker) Forget() { t.state.Tracks = nil }

func (s trackerState) validate() error {
	if s.Next < 1 {
		return fmt.Errorf("next: %d is not an id", s.Next)
	}
	ids := make(map[int64]bool, len(s.Tracks))
	for _, f := range s.Tracks {
		if f.ID < 1 || f.ID >= s.Next || ids[f.ID] {
			return fmt.Errorf("id: %d is not between 1 and next, or stands twice", f.ID)
		}
		ids[f.ID] = true
		if !f.Box.sound() {
			return fmt.Errorf("track %d: box: %v is not a box of a frame", f.ID, f.Box)
		}
		if f.Kin != kin(f.Kin) {
			return fmt.Errorf("track %d: kin: %q is not known", f.ID, f.Kin)
		}
	}
	return nil
}
