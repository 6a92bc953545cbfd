package geo

import (
	"fmt"
	"time"
)

// Hours are weekly opening windows in the city's time zone. The zero value is always open.
type Hours struct {
	Windows []Window `json:"windows,omitempty"`
}

// Window is one opening on some days. To at or before From crosses midnight and belongs to the day it began.
type Window struct {
	Days []time.Weekday `json:"days,omitempty"` // Empty is every day; 0 is Sunday.
	From string         `json:"from"`           // "HH:MM".
	To   string         `json:"to"`             // "HH:MM"; "24:00" is allowed.
}

const minutesOfDay = 24 * 60

// Open reports whether some window is open at t in the city's time zone; a nil loc is UTC. A window is open from
// its first minute on, until just before To.
func (h Hours) Open(t time.Time, loc *time.Location) bool {
	_, ok := h.Window(t, loc)
	return ok
}

// Window returns the window that is open at t. Hours without windows answer with the zero window: always.
func (h Hours) Window(t time.Time, loc *time.Location) (Window, bool) {
	if len(h.Windows) == 0 {
		return Window{}, true
	}
	if loc == nil {
		loc = time.UTC
	}
	t = t.In(loc)
	minute := t.Hour()*60 + t.Minute()
	for _, w := range h.Windows {
		if w.open(t.Weekday(), minute) {
			return w, true
		}
	}
	return Window{}, false
}

func (w Window) open(today time.Weekday, minute int) bool {
	from, errFrom := clock(w.From)
	to, errTo := clock(w.To)
	if errFrom != nil || errTo != nil {
		return false
	}
	if from < to {
		return w.on(today) && from <= minute && minute < to
	}
	yesterday := (today + 6) % 7
	return w.on(today) && from <= minute || w.on(yesterday) && minute < to
}

// on reports whether the window begins on day.
func (w Window) on(day time.Weekday) bool {
	for _, d := range w.Days {
		if d == day {
			return true
		}
	}
	return len(w.Days) == 0
}

// On returns when the window that begins on a day opens and closes, by the clocks of the day's zone; false where none does.
func (w Window) On(day time.Time) (from, to time.Time, ok bool) {
	begin, errFrom := clock(w.From)
	end, errTo := clock(w.To)
	if errFrom != nil || errTo != nil || !w.on(day.Weekday()) {
		return time.Time{}, time.Time{}, false
	}
	if end <= begin {
		end += minutesOfDay
	}
	y, m, d := day.Date()
	moment := func(minutes int) time.Time { return time.Date(y, m, d, 0, minutes, 0, 0, day.Location()) }
	return moment(begin), moment(end), true
}

// String is the window as people read it: "19:30–24:00", with the days by number where it has some.
func (w Window) String() string {
	if w.From == "" && w.To == "" {
		return "always"
	}
	if len(w.Days) == 0 {
		return w.From + "–" + w.To
	}
	return fmt.Sprintf("%s–%s on %v", w.From, w.To, w.Days)
}

// Validate returns the first window that cannot be meant.
func (h Hours) Validate() error {
	for i, w := range h.Windows {
		field := fmt.Sprintf("hours.windows[%d]", i)
		from, err := clock(w.From)
		if err != nil || from == minutesOfDay {
			return Invalid(field+".from", "must be HH:MM from 00:00 to 23:59, not %q", w.From)
		}
		if _, err := clock(w.To); err != nil {
			return Invalid(field+".to", "must be HH:MM from 00:00 to 24:00, not %q", w.To)
		}
		seen := map[time.Weekday]bool{}
		for j, day := range w.Days {
			if day < time.Sunday || day > time.Saturday || seen[day] {
				return Invalid(fmt.Sprintf("%s.days[%d]", field, j), "must be a weekday 0 to 6, once, not %d", day)
			}
			seen[day] = true
		}
	}
	return nil
}

// clock reads "HH:MM" as minutes of the day, "24:00" included.
func clock(text string) (int, error) {
	if text == "24:00" {
		return minutesOfDay, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, fmt.Errorf("%q is not HH:MM", text)
	}
	return t.Hour()*60 + t.Minute(), nil
}
