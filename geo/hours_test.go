package geo_test

import (
	"testing"
	"time"

	"gridwatch/geo"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// at is a moment of the week that begins on Sunday, 1 November 2026.
func at(day time.Weekday, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-11-01 "+clock, shanghai)
	if err != nil {
		panic(err)
	}
	return t.AddDate(0, 0, int(day))
}

func TestHours_Open(t *testing.T) {
	market := geo.Window{From: "06:00", To: "09:00"}
	weekend := []time.Weekday{time.Saturday, time.Sunday}
	for _, test := range []struct {
		name    string
		windows []geo.Window
		at      time.Time
		want    bool
	}{
		{"no windows is always", nil, at(time.Monday, "03:00:00"), true},
		{"inside", []geo.Window{market}, at(time.Monday, "07:00:00"), true},
		{"first second", []geo.Window{market}, at(time.Monday, "06:00:00"), true},
		{"before the first second", []geo.Window{market}, at(time.Monday, "05:59:59"), false},
		{"last second", []geo.Window{market}, at(time.Monday, "08:59:59"), true},
		{"after the last second", []geo.Window{market}, at(time.Monday, "09:00:00"), false},
		{"second window", []geo.Window{market, {From: "19:30", To: "24:00"}}, at(time.Monday, "23:59:59"), true},
		{"24:00 ends with the day", []geo.Window{{From: "19:30", To: "24:00"}}, at(time.Tuesday, "00:00:00"), false},
		{"day of the week", []geo.Window{{Days: weekend, From: "06:00", To: "09:00"}}, at(time.Saturday, "07:00:00"), true},
		{"other day", []geo.Window{{Days: weekend, From: "06:00", To: "09:00"}}, at(time.Friday, "07:00:00"), false},

		{"over midnight, evening", []geo.Window{{Days: []time.Weekday{time.Friday}, From: "22:00", To: "06:00"}}, at(time.Friday, "23:00:00"), true},
		{"over midnight, morning after", []geo.Window{{Days: []time.Weekday{time.Friday}, From: "22:00", To: "06:00"}}, at(time.Saturday, "05:59:59"), true},
		{"over midnight, ended", []geo.Window{{Days: []time.Weekday{time.Friday}, From: "22:00", To: "06:00"}}, at(time.Saturday, "06:00:00"), false},
		{"over midnight, morning before", []geo.Window{{Days: []time.Weekday{time.Friday}, From: "22:00", To: "06:00"}}, at(time.Friday, "03:00:00"), false},
		{"over midnight, evening after", []geo.Window{{Days: []time.Weekday{time.Friday}, From: "22:00", To: "06:00"}}, at(time.Saturday, "23:00:00"), false},
		{"over the end of the week", []geo.Window{{Days: []time.Weekday{time.Saturday}, From: "22:00", To: "02:00"}}, at(time.Sunday, "01:00:00"), true},
		{"to midnight by 00:00", []geo.Window{{Days: []time.Weekday{time.Friday}, From: "22:00", To: "00:00"}}, at(time.Saturday, "00:00:00"), false},
		{"a whole day from noon", []geo.Window{{Days: []time.Weekday{time.Friday}, From: "12:00", To: "12:00"}}, at(time.Saturday, "11:59:59"), true},
		{"a whole day from noon, ended", []geo.Window{{Days: []time.Weekday{time.Friday}, From: "12:00", To: "12:00"}}, at(time.Saturday, "12:00:00"), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			hours := geo.Hours{Windows: test.windows}
			if err := hours.Validate(); err != nil {
				t.Fatal(err)
			}
			if got := hours.Open(test.at.UTC(), shanghai); got != test.want {
				t.Errorf("open at %s: %v", test.at.Format("Monday 15:04:05"), got)
			}
		})
	}
}

func TestHours_AreInTheCitysZone(t *testing.T) {
	morning := geo.Hours{Windows: []geo.Window{{Days: []time.Weekday{time.Monday}, From: "06:00", To: "09:00"}}}
	sunday := time.Date(2026, 11, 1, 23, 0, 0, 0, time.UTC) // Monday 07:00 in Shanghai.
	if !morning.Open(sunday, shanghai) {
		t.Error("closed in Shanghai")
	}
	if morning.Open(sunday, nil) {
		t.Error("open in UTC")
	}
}

func TestHours_WindowSaysWhichIsOpen(t *testing.T) {
	night := geo.Window{From: "19:30", To: "24:00"}
	hours := geo.Hours{Windows: []geo.Window{{From: "06:00", To: "09:00"}, night}}
	if w, ok := hours.Window(at(time.Monday, "20:00:00"), shanghai); !ok || w.String() != "19:30–24:00" {
		t.Errorf("got %v, %v", w, ok)
	}
	if w, ok := (geo.Hours{}).Window(at(time.Monday, "20:00:00"), shanghai); !ok || w.String() != "always" {
		t.Errorf("got %v, %v", w, ok)
	}
}

func TestHours_Validate(t *testing.T) {
	for _, test := range []struct {
		name        string
		window      geo.Window
		field, rule string
	}{
		{"no from", geo.Window{To: "09:00"}, "hours.windows[0].from", "HH:MM"},
		{"one digit", geo.Window{From: "6:00", To: "09:00"}, "hours.windows[0].from", `"6:00"`},
		{"from 24:00", geo.Window{From: "24:00", To: "09:00"}, "hours.windows[0].from", "23:59"},
		{"past midnight", geo.Window{From: "06:00", To: "24:01"}, "hours.windows[0].to", "24:00"},
		{"words", geo.Window{From: "06:00", To: "later"}, "hours.windows[0].to", "HH:MM"},
		{"eighth day", geo.Window{Days: []time.Weekday{7}, From: "06:00", To: "09:00"}, "hours.windows[0].days[0]", "0 to 6"},
		{"day twice", geo.Window{Days: []time.Weekday{1, 1}, From: "06:00", To: "09:00"}, "hours.windows[0].days[1]", "once"},
	} {
		t.Run(test.name, func(t *testing.T) {
			hours := geo.Hours{Windows: []geo.Window{test.window}}
			wantInvalid(t, hours.Validate(), test.field, test.rule)
			hours.Open(at(time.Monday, "07:00:00"), shanghai) // Closed or open, but no panic.
		})
	}
}

func TestPermit_OpenInItsDatesAndHours(t *testing.T) {
	permit := geo.Permit{From: at(time.Monday, "00:00:00"), Until: at(time.Wednesday, "00:00:00"),
		Hours: geo.Hours{Windows: []geo.Window{{From: "06:00", To: "09:00"}}}}
	for when, want := range map[time.Time]bool{
		at(time.Sunday, "07:00:00"): false, at(time.Monday, "07:00:00"): true, at(time.Monday, "10:00:00"): false,
		at(time.Tuesday, "08:59:59"): true, at(time.Wednesday, "07:00:00"): false,
	} {
		if got := permit.Open(when, shanghai); got != want {
			t.Errorf("%s: %v", when, got)
		}
	}
}
