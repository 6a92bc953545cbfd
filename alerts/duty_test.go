package alerts

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// clock is a moment of the week that begins on Monday, 16 November 2026.
func clock(day int, hhmm string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-15 "+hhmm, shanghai)
	if err != nil {
		panic(err)
	}
	return t.AddDate(0, 0, day)
}

func hours(text string) geo.Hours {
	h, rule := readHours(text)
	if rule != "" {
		panic(rule)
	}
	return h
}

// dayAndNight is a post that is held round the clock: wang by day, li by night, nobody on Sundays by day.
func dayAndNight() DutyRoster {
	return DutyRoster{
		Units: []Unit{{ID: "squad", Name: "一中队", Kind: Squad}},
		Posts: []Post{{ID: "post", Name: "岗", Unit: "squad", Beat: "west"}},
		Shifts: []Shift{
			{ID: "day", Post: "post", Person: "wang", Hours: hours("123456 08:00-20:00"), FirstDay: "2026-11-01"},
			{ID: "night", Post: "post", Person: "li", Hours: hours("20:00-08:00"), FirstDay: "2026-11-01", LastDay: "2026-11-20"},
		},
	}
}

func TestDuty_OfAMoment(t *testing.T) {
	plain, swapped, away, both := dayAndNight(), dayAndNight(), dayAndNight(), dayAndNight()
	swapped.Exceptions = []Exception{{Shift: "night", Day: "2026-11-16", Substitute: "zhao"}, {Shift: "day", Day: "2026-11-17"}}
	away.Leaves = []Leave{{Person: "li", FirstDay: "2026-11-16", LastDay: "2026-11-17", Substitute: "zhao"}}
	both.Leaves = append(away.Leaves, Leave{Person: "zhao", FirstDay: "2026-11-17", LastDay: "2026-11-17"})
	tests := []struct {
		name   string
		roster DutyRoster
		at     time.Time
		want   string // Person, and whose shift it is.
	}{
		{"by day", plain, clock(1, "08:00"), "wang"},
		{"just before the day begins", plain, clock(1, "07:59"), "li"},
		{"before midnight", plain, clock(1, "23:59"), "li"},
		{"after midnight", plain, clock(2, "00:00"), "li"},
		{"Sunday by day", plain, clock(7, "12:00"), ""},
		{"the last night, after midnight", plain, clock(6, "03:00"), "li"},
		{"the night after the last", plain, clock(6, "21:00"), ""},
		{"a night that is a substitute's", swapped, clock(1, "22:00"), "zhao for li"},
		{"its end on the next day", swapped, clock(2, "07:00"), "zhao for li"},
		{"the night after is li's again", swapped, clock(2, "22:00"), "li"},
		{"a day that is nobody's", swapped, clock(2, "12:00"), ""},
		{"leave", away, clock(2, "23:00"), "zhao for li"},
		{"leave ends with the shift that began in it", away, clock(3, "06:00"), "zhao for li"},
		{"after leave", away, clock(3, "21:00"), "li"},
		{"the substitute is away too", both, clock(2, "23:00"), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var on []string
			for _, d := range test.roster.On(test.at, shanghai) {
				who := d.Person
				if d.InsteadOf != "" {
					who += " for " + d.InsteadOf
				}
				on = append(on, who)
			}
			if got := strings.Join(on, ", "); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestDuty_Holes(t *testing.T) {
	gap := dayAndNight()
	gap.Shifts[1].Hours = hours("20:00-24:00") // Nobody from midnight to eight.
	gap.Shifts[1].LastDay = ""
	late := dayAndNight()
	late.Posts[0].Hours = hours("12345 09:00-21:00")
	late.Shifts[1].LastDay = "2026-11-17"
	over := dayAndNight()
	over.Shifts = append(over.Shifts, Shift{ID: "long", Post: "post", Person: "qian", Hours: hours("7 08:00-20:00"), FirstDay: "2026-11-01"})
	type hole [2]time.Time
	tests := []struct {
		name        string
		roster      DutyRoster
		from, until time.Time
		want        []hole
	}{
		{"none", dayAndNight(), clock(1, "00:00"), clock(3, "00:00"), nil},
		{"at midnight", gap, clock(1, "00:00"), clock(3, "00:00"),
			[]hole{{clock(1, "00:00"), clock(1, "08:00")}, {clock(2, "00:00"), clock(2, "08:00")}}},
		{"Sunday, after the last night, to the end as one", dayAndNight(), clock(6, "19:00"), clock(8, "09:00"),
			[]hole{{clock(6, "20:00"), clock(8, "08:00")}}},
		{"only in the post's hours", late, clock(2, "00:00"), clock(4, "00:00"), []hole{{clock(3, "20:00"), clock(3, "21:00")}}},
		{"what begins before is cut", gap, clock(1, "05:00"), clock(1, "06:00"), []hole{{clock(1, "05:00"), clock(1, "06:00")}}},
		{"filled by another", over, clock(7, "00:00"), clock(7, "08:00"), []hole{{clock(7, "00:00"), clock(7, "08:00")}}},
		{"nobody at all", DutyRoster{Posts: gap.Posts}, clock(1, "10:00"), clock(3, "10:00"), []hole{{clock(1, "10:00"), clock(3, "10:00")}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []hole
			for _, h := range test.roster.Holes(test.from, test.until, shanghai) {
				got = append(got, hole{h.From, h.Until})
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("\ngot  %v\nwant %v", got, test.want)
			}
		})
	}
}

const rosterFile = `kind,id,name,unit_kind,unit,beat,post,shift,person,hours,first_day,last_day,substitute,reason
unit,squad,一中队,squad,,,,,wang,,,,,
post,post,"西区, 白班",,squad,west,,,,12345 08:00-18:00; 67 22:00-06:00,,,,
shift,day,,,,,post,,wang,12345 08:00-18:00,2026-11-01,,,
exception,,,,,,,day,,,2026-11-16,,li,换班
leave,,,,,,,,wang,,2026-12-01,2026-12-05,li,年假
`

func TestDutyCSV_GoesThereAndBack(t *testing.T) {
	for name, file := range map[string]string{
		"as written": rosterFile, "with a byte order mark": "\ufeff" + rosterFile, "with CRLF": strings.ReplaceAll(rosterFile, "\n", "\r\n"),
	} {
		roster, err := ReadDutyRoster(strings.NewReader(file))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var out bytes.Buffer
		if err := roster.WriteCSV(&out); err != nil || out.String() != rosterFile {
			t.Errorf("%s: %v\n%s", name, err, out.String())
		}
	}
}

func TestDutyCSV_FaultsNameLineFieldAndRule(t *testing.T) {
	c := newCity(t)
	c.person(t, "wang", Officer)
	c.person(t, "li", Officer)
	c.beat(t, "west", westKey, "wang")
	if err := c.putRoster(t, rosterFile); err != nil {
		t.Fatal(err)
	}
	header := strings.SplitAfter(rosterFile, "\n")[0]
	tests := []struct {
		name, file string
		want       RosterFault // Of Rule a part.
	}{
		{"nothing", "", RosterFault{1, "file", "columns"}},
		{"unknown column", "kind,colour\n", RosterFault{1, "file", `"colour"`}},
		{"column twice", "kind,id,id\n", RosterFault{1, "file", `"id"`}},
		{"no kind", "id,name\n", RosterFault{1, "file", "kind"}},
		{"a cell too few", "kind,id\nunit\n", RosterFault{2, "file", "1 cells"}},
		{"a quote that does not end", "kind,id\nunit,\"x\n", RosterFault{2, "file", "CSV"}},
		{"no text", "kind\n\xff\n", RosterFault{0, "file", "UTF-8"}},
		{"unknown kind", "kind,id\nteam,x\n", RosterFault{2, "kind", "unit, post"}},
		{"a cell that the kind has not", "kind,id,name,unit_kind,hours\nunit,u,n,squad,08:00-09:00\n", RosterFault{2, "hours", "empty"}},
		{"hours", strings.Replace(rosterFile, "12345 08:00-18:00,2026", "8 08:00-18:00,2026", 1), RosterFault{4, "hours", "1 (Monday)"}},
		{"hours of 25", strings.Replace(rosterFile, "12345 08:00-18:00,2026", "25:00-26:00,2026", 1), RosterFault{4, "hours", "HH:MM"}},
		{"no day", strings.Replace(rosterFile, "2026-11-16", "2026-11-31", 1), RosterFault{5, "first_day", "day"}},
		{"days the other way round", strings.Replace(rosterFile, "2026-12-05", "2026-11-05", 1), RosterFault{6, "last_day", "before"}},
		{"unknown person", strings.Replace(rosterFile, "post,,wang", "post,,wong", 1), RosterFault{4, "person", `"wong"`}},
		{"unknown substitute", strings.Replace(rosterFile, "li,换班", "lee,换班", 1), RosterFault{5, "substitute", `"lee"`}},
		{"unknown beat", strings.Replace(rosterFile, "squad,west", "squad,north", 1), RosterFault{3, "beat", `"north"`}},
		{"unknown unit", strings.Replace(rosterFile, ",squad,west", ",squat,west", 1), RosterFault{3, "unit", `"squat"`}},
		{"unknown unit kind", strings.Replace(rosterFile, "一中队,squad", "一中队,army", 1), RosterFault{2, "unit_kind", "squad"}},
		{"an id twice", rosterFile + "unit,squad,二中队,squad,,,,,,,,,,\n", RosterFault{7, "id", "twice"}},
		{"a day twice", rosterFile + "exception,,,,,,,day,,,2026-11-16,,,\n", RosterFault{7, "first_day", "twice"}},
		{"one's own substitute", strings.Replace(rosterFile, "li,年假", "wang,年假", 1), RosterFault{6, "substitute", "else"}},
		{"a shift without post", header + "shift,day,,,,,,,wang,,2026-11-01,,,\n", RosterFault{2, "post", "no post"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := c.putRoster(t, test.file)
			var faults RosterFaults
			if !errors.As(err, &faults) {
				t.Fatalf("%v", err)
			}
			if f := faults[0]; f.Line != test.want.Line || f.Field != test.want.Field || !strings.Contains(f.Rule, test.want.Rule) {
				t.Errorf("%+v, want %+v", f, test.want)
			}
		})
	}
	kept, err := c.roster.DutyRoster(t.Context())
	var out bytes.Buffer
	if err := errors.Join(err, kept.WriteCSV(&out)); err != nil || out.String() != rosterFile {
		t.Errorf("after refused files: %v\n%s", err, out.String())
	}
}

// putRoster takes a file as it comes from outside.
func (c *testCity) putRoster(t *testing.T, file string) error {
	t.Helper()
	roster, err := ReadDutyRoster(strings.NewReader(file))
	if err != nil {
		return err
	}
	return c.roster.PutDutyRoster(t.Context(), roster)
}

func FuzzReadDutyRoster(f *testing.F) {
	f.Add([]byte(rosterFile))
	f.Add([]byte("kind,id\nunit,\"x\n"))
	f.Add([]byte("\ufeffkind\n;;;\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		roster, err := ReadDutyRoster(bytes.NewReader(file))
		var faults RosterFaults
		if err != nil {
			if !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatalf("%v", err)
			}
			return
		}
		roster.faults(nil, nil) // Does not panic.
		roster.Holes(clock(1, "00:00"), clock(8, "00:00"), shanghai)
		var out bytes.Buffer
		if err := roster.WriteCSV(&out); err != nil {
			t.Fatal(err)
		}
		again, err := ReadDutyRoster(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, out.String())
		}
		var twice bytes.Buffer
		if err := again.WriteCSV(&twice); err != nil || !bytes.Equal(out.Bytes(), twice.Bytes()) {
			t.Fatalf("%v\n%s\n%s", err, out.String(), twice.String())
		}
	})
}

func TestRoster_TellsThoseOnDuty(t *testing.T) {
	c := newCity(t)
	c.roster.Zone, c.dispatch.Zone = shanghai, shanghai
	wang, li := c.person(t, "wang", Officer), c.person(t, "li", Officer)
	manager := c.person(t, "wuye", PropertyManager)
	c.beat(t, "west", westKey, "wang", "li", "wuye")
	told := func(at time.Time) (people []Ref) {
		t.Helper()
		all, err := c.roster.Told(t.Context(), "west", at)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			people = append(people, one.Person)
		}
		return people
	}
	if got := told(clock(1, "12:00")); !reflect.DeepEqual(got, []Ref{wang, li, manager}) {
		t.Errorf("without a roster: %+v", got)
	}
	file := strings.SplitAfter(rosterFile, "\n")[0] + `unit,squad,一中队,squad,,,,,,,,,,
unit,estate,物业,property,,,,,,,,,,
post,officer,岗,,squad,west,,,,,,,,
post,manager,岗,,estate,west,,,,,,,,
shift,m,,,,,manager,,wuye,08:00-18:00,2026-01-01,,,
shift,d,,,,,officer,,li,08:00-18:00,2026-01-01,,,
`
	if err := c.putRoster(t, file); err != nil {
		t.Fatal(err)
	}
	if got := told(clock(1, "12:00")); !reflect.DeepEqual(got, []Ref{li, manager}) {
		t.Errorf("on duty, the officer first: %+v", got)
	}
	if got := told(clock(1, "22:00")); !reflect.DeepEqual(got, []Ref{wang, li, manager}) {
		t.Errorf("in a hole all members are told, but %+v", got)
	}
	if _, err := c.pool.Exec(t.Context(), `UPDATE people SET active = false WHERE id = $1`, li.ID); err != nil {
		t.Fatal(err)
	}
	sheet, err := c.roster.DutySheet(t.Context(), clock(1, "12:00"), clock(1, "13:00"))
	if err != nil || len(sheet.Duties) != 1 || len(sheet.Holes) != 1 || sheet.Holes[0].Post != "officer" {
		t.Errorf("without li: %+v, %+v, %v", sheet.Duties, sheet.Holes, err)
	}
}
