package alerts

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gridwatch/geo"
)

// RosterFault is a rule that one line of a duty roster breaks.
type RosterFault struct {
	Line  int // Of the file, from 1; 0 where it is of no line.
	Field string
	Rule  string
}

// RosterFaults are all that is wrong with a duty roster, by line.
type RosterFaults []RosterFault

func (f RosterFaults) Error() string {
	return fmt.Sprintf("line %d, %s: %s", f[0].Line, f[0].Field, f[0].Rule)
}

// rosterCheck collects what is wrong.
type rosterCheck struct {
	faults RosterFaults
	people map[string]int64
	beats  []string
}

func (c *rosterCheck) fault(line int, field, rule string, values ...any) {
	c.faults = append(c.faults, RosterFault{line, field, fmt.Sprintf(rule, values...)})
}

// faults is what is wrong with the roster in a city with these people and beats.
func (d DutyRoster) faults(people map[string]int64, beats []string) RosterFaults {
	c := &rosterCheck{people: people, beats: beats}
	units, posts, shifts := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, u := range d.Units {
		c.id(u.line, u.ID, units)
		c.text(u.line, "name", u.Name)
		if !slices.Contains(UnitKinds, u.Kind) {
			c.fault(u.line, "unit_kind", "must be one of %v", UnitKinds)
		}
		c.person(u.line, "person", u.Leader, true)
	}
	for _, p := range d.Posts {
		c.id(p.line, p.ID, posts)
		c.text(p.line, "name", p.Name)
		c.known(p.line, "unit", p.Unit, units)
		if p.Beat != "" && !slices.Contains(beats, p.Beat) {
			c.fault(p.line, "beat", "there is no beat %q", p.Beat)
		}
		c.hours(p.line, p.Hours)
	}
	for _, s := range d.Shifts {
		c.id(s.line, s.ID, shifts)
		c.known(s.line, "post", s.Post, posts)
		c.person(s.line, "person", s.Person, false)
		c.hours(s.line, s.Hours)
		c.days(s.line, s.FirstDay, s.LastDay, true)
	}
	excepted := map[string]bool{}
	for _, e := range d.Exceptions {
		c.known(e.line, "shift", e.Shift, shifts)
		c.day(e.line, "first_day", e.Day)
		c.person(e.line, "substitute", e.Substitute, true)
		c.note(e.line, e.Reason)
		if key := e.Shift + " " + string(e.Day); excepted[key] {
			c.fault(e.line, "first_day", "stands twice for this shift")
		} else {
			excepted[key] = true
		}
	}
	for _, l := range d.Leaves {
		c.person(l.line, "person", l.Person, false)
		c.days(l.line, l.FirstDay, l.LastDay, false)
		c.person(l.line, "substitute", l.Substitute, true)
		c.note(l.line, l.Reason)
		if l.Substitute != "" && l.Substitute == l.Person {
			c.fault(l.line, "substitute", "must be somebody else")
		}
	}
	slices.SortStableFunc(c.faults, func(a, b RosterFault) int { return a.Line - b.Line })
	return c.faults
}

const maxRosterText = 200

func (c *rosterCheck) id(line int, id string, seen map[string]bool) {
	c.text(line, "id", id)
	if seen[id] {
		c.fault(line, "id", "%q stands twice", id)
	}
	seen[id] = true
}

func (c *rosterCheck) text(line int, field, text string) {
	switch {
	case strings.TrimSpace(text) == "":
		c.fault(line, field, "must not be empty")
	case strings.TrimSpace(text) != text:
		c.fault(line, field, "must not begin or end with a space")
	case !validText(text) || strings.ContainsAny(text, "\r\n") || utf8.RuneCountInString(text) > maxRosterText:
		c.fault(line, field, "must be one line of text of at most %d characters", maxRosterText)
	}
}

func (c *rosterCheck) note(line int, text string) {
	if text != "" {
		c.text(line, "reason", text)
	}
}

func (c *rosterCheck) known(line int, field, id string, known map[string]bool) {
	if !known[id] {
		c.fault(line, field, "there is no %s %q in the roster", field, id)
	}
}

func (c *rosterCheck) person(line int, field, username string, mayBeNone bool) {
	if _, active := c.people[username]; !active && !(mayBeNone && username == "") {
		c.fault(line, field, "%q is not the username of an active person", username)
	}
}

func (c *rosterCheck) hours(line int, hours geo.Hours) {
	if err := hours.Validate(); err != nil {
		c.fault(line, "hours", "%s", err)
	}
}

func (c *rosterCheck) day(line int, field string, day Day) {
	if !day.valid() {
		c.fault(line, field, "must be a day as 2026-11-22")
	}
}

func (c *rosterCheck) days(line int, first, last Day, endless bool) {
	c.day(line, "first_day", first)
	if endless && last == "" {
		return
	}
	c.day(line, "last_day", last)
	if last < first {
		c.fault(line, "last_day", "must not be before first_day")
	}
}
