package alerts

import (
	"cmp"
	"slices"
	"time"

	"gridwatch/geo"
)

// UnitKind says what a unit is.
type UnitKind string

const (
	Squad      UnitKind = "squad"
	Station    UnitKind = "station"
	Property   UnitKind = "property"
	Department UnitKind = "department"
)

// UnitKinds lists them all.
var UnitKinds = []UnitKind{Squad, Station, Property, Department}

// Unit is a squad, a station, a property company or a department (单位).
type Unit struct {
	ID     string
	Name   string
	Kind   UnitKind
	Leader string // A username; empty where it has none.
	line   int    // Of the file it was read from; so below.
}

// Post is what somebody of a unit has to hold in its hours (岗位), in a beat or for the unit as a whole.
type Post struct {
	ID    string
	Name  string
	Unit  string
	Beat  string // Empty is none.
	Hours geo.Hours
	line  int
}

// Shift is a person's weekly hours at a post (班次). A window that crosses midnight belongs to the day on which it begins.
type Shift struct {
	ID       string
	Post     string
	Person   string // A username.
	Hours    geo.Hours
	FirstDay Day
	LastDay  Day // Empty is without end.
	line     int
}

// Exception gives the shift that begins on a day to a substitute, or to nobody.
type Exception struct {
	Shift      string
	Day        Day
	Substitute string // A username, or empty.
	Reason     string
	line       int
}

// Leave takes a person's shifts of some days away and gives them to a substitute, if there is one.
type Leave struct {
	Person            string
	FirstDay, LastDay Day
	Substitute        string
	Reason            string
	line              int
}

// Day is a day of the city's calendar, as 2026-11-22. Days compare as texts.
type Day string

const dayForm = "2006-01-02"

func dayOf(t time.Time) Day { return Day(t.Format(dayForm)) }

func (d Day) valid() bool {
	t, err := time.Parse(dayForm, string(d))
	return err == nil && t.Year() >= 2000 && t.Year() < 3000
}

// DutyRoster is who holds which post when (排班).
type DutyRoster struct {
	Units      []Unit
	Posts      []Post
	Shifts     []Shift
	Exceptions []Exception
	Leaves     []Leave
}

// Duty is one person's time at a post.
type Duty struct {
	Post        string
	Shift       string
	Person      string // A username.
	InsteadOf   string // Whose shift it is, where a substitute holds it.
	From, Until time.Time
}

// Hole is a time in which a post should be held and nobody does.
type Hole struct {
	Post        string
	From, Until time.Time
}

// Duties returns everybody's duties that touch the time, as the city's clocks count it, in order of their beginning.
func (r DutyRoster) Duties(from, until time.Time, zone *time.Location) []Duty {
	var duties []Duty
	for _, shift := range r.Shifts {
		for _, span := range spansOf(shift.Hours, from, until, zone) {
			if span.day < shift.FirstDay || shift.LastDay != "" && span.day > shift.LastDay {
				continue
			}
			duty := Duty{Post: shift.Post, Shift: shift.ID, Person: r.holder(shift, span.day), From: span.from, Until: span.until}
			if duty.Person == "" {
				continue
			}
			if duty.Person != shift.Person {
				duty.InsteadOf = shift.Person
			}
			duties = append(duties, duty)
		}
	}
	slices.SortStableFunc(duties, func(a, b Duty) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Post, b.Post), cmp.Compare(a.Person, b.Person))
	})
	return duties
}

// On returns the duties of a moment.
func (r DutyRoster) On(at time.Time, zone *time.Location) []Duty {
	return r.Duties(at, at.Add(1), zone)
}

// holder is who holds the shift that begins on a day; nobody where it is off. What is said of the one day counts before
// what is said of a person's leave. A substitute who is on leave themselves holds nothing.
func (r DutyRoster) holder(shift Shift, day Day) string {
	for _, e := range r.Exceptions {
		if e.Shift == shift.ID && e.Day == day {
			return r.unlessAway(e.Substitute, day)
		}
	}
	if leave, away := r.leave(shift.Person, day); away {
		return r.unlessAway(leave.Substitute, day)
	}
	return shift.Person
}

func (r DutyRoster) unlessAway(person string, day Day) string {
	if _, away := r.leave(person, day); away {
		return ""
	}
	return person
}

func (r DutyRoster) leave(person string, day Day) (Leave, bool) {
	for _, l := range r.Leaves {
		if l.Person == person && l.FirstDay <= day && day <= l.LastDay {
			return l, true
		}
	}
	return Leave{}, false
}

// Holes returns the times between two moments in which a post should be held and nobody does, by post and time.
func (r DutyRoster) Holes(from, until time.Time, zone *time.Location) []Hole {
	duties := r.Duties(from, until, zone)
	var holes []Hole
	for _, post := range r.Posts {
		var open time.Time // Until here the post is seen to.
		hole := func(until time.Time) {
			if n := len(holes); n > 0 && holes[n-1].Post == post.ID && holes[n-1].Until.Equal(open) {
				holes[n-1].Until = until // Over midnight it is one.
				return
			}
			holes = append(holes, Hole{Post: post.ID, From: open, Until: until})
		}
		for _, span := range spansOf(post.Hours, from, until, zone) {
			open = later(span.from, from)
			end := earlier(span.until, until)
			for _, duty := range duties {
				if duty.Post != post.ID || !duty.Until.After(open) || !duty.From.Before(end) {
					continue
				}
				if duty.From.After(open) {
					hole(duty.From)
				}
				open = duty.Until
			}
			if open.Before(end) {
				hole(end)
			}
		}
	}
	return holes
}

// span is one opening of some hours, of the day on which it begins.
type span struct {
	day         Day
	from, until time.Time
}

// spansOf are the openings of hours that touch the time between two moments, in order.
func spansOf(hours geo.Hours, from, until time.Time, zone *time.Location) []span {
	if len(hours.Windows) == 0 {
		hours.Windows = []geo.Window{{From: "00:00", To: "24:00"}}
	}
	if zone == nil {
		zone = time.UTC
	}
	var spans []span
	y, m, d := from.In(zone).Date()
	for day := time.Date(y, m, d-1, 0, 0, 0, 0, zone); day.Before(until); day = day.AddDate(0, 0, 1) {
		for _, w := range hours.Windows {
			begin, end, ok := w.On(day)
			if ok && end.After(from) && begin.Before(until) {
				spans = append(spans, span{day: dayOf(day), from: begin, until: end})
			}
		}
	}
	slices.SortStableFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	return spans
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
