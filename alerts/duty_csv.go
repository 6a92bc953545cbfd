package alerts

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gridwatch/geo"
)

// rosterColumns are the columns of a duty roster's file, whose first line names them. The first says what a line is: a
// unit (person is its leader), a post, a shift, an exception (first_day is its day) or a leave. Columns that a kind does
// not use stay empty.
var rosterColumns = []string{
	"kind", "id", "name", "unit_kind", "unit", "beat", "post", "shift", "person", "hours", "first_day", "last_day", "substitute", "reason",
}

// columnsOf are the columns that each kind of line uses.
var columnsOf = map[string][]string{
	"unit":      {"id", "name", "unit_kind", "person"},
	"post":      {"id", "name", "unit", "beat", "hours"},
	"shift":     {"id", "post", "person", "hours", "first_day", "last_day"},
	"exception": {"shift", "first_day", "substitute", "reason"},
	"leave":     {"person", "first_day", "last_day", "substitute", "reason"},
}

const (
	// MaxRosterBytes is the largest file that is read.
	MaxRosterBytes = 4 << 20
	// mostFaults is how many are told at once.
	mostFaults = 100
)

// ReadDutyRoster reads a roster from CSV in UTF-8, with columns in any order. It fails with RosterFaults. Whether it fits
// the city, PutDutyRoster says.
func ReadDutyRoster(file io.Reader) (DutyRoster, error) {
	text, err := io.ReadAll(io.LimitReader(file, MaxRosterBytes+1))
	if err != nil {
		return DutyRoster{}, err
	}
	if len(text) > MaxRosterBytes {
		return DutyRoster{}, RosterFaults{{Field: "file", Rule: fmt.Sprintf("must have at most %d bytes", MaxRosterBytes)}}
	}
	if !utf8.Valid(text) {
		return DutyRoster{}, RosterFaults{{Field: "file", Rule: "must be text in UTF-8"}}
	}
	r := rosterReader{csv: csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))}
	r.csv.FieldsPerRecord = -1
	r.readAll()
	if len(r.check.faults) > 0 {
		return DutyRoster{}, r.check.faults[:min(len(r.check.faults), mostFaults)]
	}
	return r.roster, nil
}

// rosterReader reads line by line and goes on after one that is wrong.
type rosterReader struct {
	csv     *csv.Reader
	columns []string
	roster  DutyRoster
	check   rosterCheck
}

func (r *rosterReader) readAll() {
	for len(r.check.faults) < mostFaults {
		cells, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			if r.columns == nil {
				r.check.fault(1, "file", "must begin with a line that names the columns")
			}
			return
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			r.check.fault(broken.Line, "file", "is no CSV: %s", broken.Err)
			return
		}
		line, _ := r.csv.FieldPos(0)
		if r.columns == nil {
			if !r.header(line, cells) {
				return
			}
			continue
		}
		r.line(line, cells)
	}
}

func (r *rosterReader) header(line int, cells []string) bool {
	for _, name := range cells {
		name = strings.TrimSpace(name)
		if !slices.Contains(rosterColumns, name) || slices.Contains(r.columns, name) {
			r.check.fault(line, "file", "%q is no column, or stands twice: there are %s", name, strings.Join(rosterColumns, ", "))
			return false
		}
		r.columns = append(r.columns, name)
	}
	if !slices.Contains(r.columns, "kind") {
		r.check.fault(line, "file", "must have a column kind")
		return false
	}
	return true
}

func (r *rosterReader) line(line int, cells []string) {
	if len(cells) != len(r.columns) {
		r.check.fault(line, "file", "has %d cells, and the first line names %d columns", len(cells), len(r.columns))
		return
	}
	of := map[string]string{}
	for i, name := range r.columns {
		of[name] = strings.TrimSpace(cells[i])
	}
	kind := of["kind"]
	used, known := columnsOf[kind]
	if !known {
		r.check.fault(line, "kind", "must be unit, post, shift, exception or leave")
		return
	}
	for _, name := range r.columns {
		if name != "kind" && of[name] != "" && !slices.Contains(used, name) {
			r.check.fault(line, name, "must be empty: %s has none", kind)
		}
	}
	hours, rule := readHours(of["hours"])
	if rule != "" {
		r.check.fault(line, "hours", "%s", rule)
	}
	first, last := Day(of["first_day"]), Day(of["last_day"])
	d := &r.roster
	switch kind {
	case "unit":
		d.Units = append(d.Units, Unit{ID: of["id"], Name: of["name"], Kind: UnitKind(of["unit_kind"]), Leader: of["person"], line: line})
	case "post":
		d.Posts = append(d.Posts, Post{ID: of["id"], Name: of["name"], Unit: of["unit"], Beat: of["beat"], Hours: hours, line: line})
	case "shift":
		d.Shifts = append(d.Shifts, Shift{ID: of["id"], Post: of["post"], Person: of["person"], Hours: hours, FirstDay: first, LastDay: last, line: line})
	case "exception":
		d.Exceptions = append(d.Exceptions, Exception{Shift: of["shift"], Day: first, Substitute: of["substitute"], Reason: of["reason"], line: line})
	case "leave":
		d.Leaves = append(d.Leaves, Leave{Person: of["person"], FirstDay: first, LastDay: last, Substitute: of["substitute"], Reason: of["reason"], line: line})
	}
}

// readHours reads weekly hours as people write them: "12345 08:00-18:00; 67 22:00-06:00", with 1 for Monday and 7 for
// Sunday; without days it is every day, and nothing at all is always. rule says what is wrong.
func readHours(text string) (hours geo.Hours, rule string) {
	if text == "" {
		return geo.Hours{}, ""
	}
	for part := range strings.SplitSeq(text, ";") {
		words := strings.Fields(part)
		var w geo.Window
		if len(words) == 2 {
			for _, digit := range words[0] {
				if digit < '1' || digit > '7' {
					return geo.Hours{}, `days are digits from 1 (Monday) to 7 (Sunday), as "12345 08:00-18:00"`
				}
				w.Days = append(w.Days, time.Weekday((digit-'0')%7))
			}
			words = words[1:]
		}
		from, to, ok := "", "", false
		if len(words) == 1 {
			from, to, ok = strings.Cut(words[0], "-")
		}
		if !ok {
			return geo.Hours{}, `must be windows as "12345 08:00-18:00; 67 22:00-06:00"`
		}
		w.From, w.To = from, to
		hours.Windows = append(hours.Windows, w)
	}
	if err := hours.Validate(); err != nil {
		return geo.Hours{}, err.Error()
	}
	return hours, ""
}

// writtenHours is what readHours reads.
func writtenHours(hours geo.Hours) string {
	var parts []string
	for _, w := range hours.Windows {
		days := ""
		for _, d := range w.Days {
			days += string(rune('1' + (d+6)%7))
		}
		parts = append(parts, strings.TrimSpace(days+" "+w.From+"-"+w.To))
	}
	return strings.Join(parts, "; ")
}

// WriteCSV writes the roster as ReadDutyRoster reads it.
func (d DutyRoster) WriteCSV(to io.Writer) error {
	out := csv.NewWriter(to)
	out.Write(rosterColumns)
	write := func(kind string, cells map[string]string) {
		line := make([]string, len(rosterColumns))
		for i, name := range rosterColumns {
			line[i] = cells[name]
		}
		line[0] = kind
		out.Write(line)
	}
	for _, u := range d.Units {
		write("unit", map[string]string{"id": u.ID, "name": u.Name, "unit_kind": string(u.Kind), "person": u.Leader})
	}
	for _, p := range d.Posts {
		write("post", map[string]string{"id": p.ID, "name": p.Name, "unit": p.Unit, "beat": p.Beat, "hours": writtenHours(p.Hours)})
	}
	for _, s := range d.Shifts {
		write("shift", map[string]string{"id": s.ID, "post": s.Post, "person": s.Person, "hours": writtenHours(s.Hours),
			"first_day": string(s.FirstDay), "last_day": string(s.LastDay)})
	}
	for _, e := range d.Exceptions {
		write("exception", map[string]string{"shift": e.Shift, "first_day": string(e.Day), "substitute": e.Substitute, "reason": e.Reason})
	}
	for _, l := range d.Leaves {
		write("leave", map[string]string{"person": l.Person, "first_day": string(l.FirstDay), "last_day": string(l.LastDay),
			"substitute": l.Substitute, "reason": l.Reason})
	}
	out.Flush()
	return out.Error()
}
