package vision

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwatch/configs"

	"github.com/paulmach/orb"
	"go.yaml.in/yaml/v3"
)

// closedScene is a picture whose memory was given back.
type closedScene struct{ scene }

func (*closedScene) BGR() []byte { return nil }

func TestUnfit_WithoutAGate(t *testing.T) {
	for _, row := range []struct {
		name string
		img  Image
		want string
	}{{"a picture", &scene{}, ""}, {"a black one", &scene{black: true}, UnfitCovered}, {"a closed one", &closedScene{}, UnfitEmpty}} {
		if why := unfit(row.img); why != row.want {
			t.Errorf("%s: %q, want %q", row.name, why, row.want)
		}
	}
}

// TestQualityParams_TheFileSaysThemAll holds the shipped file against the defaults in the code, key by key.
func TestQualityParams_TheFileSaysThemAll(t *testing.T) {
	rules, err := LoadRules(configs.Read("rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if rules.Quality != DefaultQualityParams() {
		t.Errorf("the file says %+v, the code %+v", rules.Quality, DefaultQualityParams())
	}
	var file struct {
		Quality map[string]float64 `yaml:"quality"`
	}
	if err := yaml.Unmarshal(configs.Read("rules.yaml"), &file); err != nil {
		t.Fatal(err)
	}
	written, err := yaml.Marshal(DefaultQualityParams())
	if err != nil {
		t.Fatal(err)
	}
	var known map[string]float64
	if err := yaml.Unmarshal(written, &known); err != nil {
		t.Fatal(err)
	}
	for key := range known {
		if _, ok := file.Quality[key]; !ok {
			t.Errorf("quality.%s is not in the file", key)
		}
	}
}

func TestQualityParams_NamesWhatIsWrong(t *testing.T) {
	for line, want := range map[string]string{
		"quality: {dark_share: 2}":       "quality.dark_share",
		"quality: {frozen_s: .nan}":      "quality.frozen_s",
		"quality: {moved_shift: 0}":      "quality.moved_shift",
		"quality: {frozen_seconds: 10}":  "frozen_seconds",
		"quality: {hold_looks: -1}":      "quality.hold_looks",
		"quality: {day_sun_deg: noon}":   "noon",
		"quality: {blur_share: 0.6} # k": "",
	} {
		text := strings.Replace(string(configs.Read("rules.yaml")), "\nquality:", "\n"+line+"\nwas:", 1)
		text = text[:strings.Index(text, "\nwas:")] + text[strings.Index(text, "\n# For every rule"):]
		_, err := LoadRules([]byte(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestSunDeg(t *testing.T) {
	linzi, greenwich := orb.Point{118.3, 36.8}, orb.Point{0, 51.48}
	for _, row := range []struct {
		name     string
		at       orb.Point
		when     string
		min, max float64
	}{
		{"Linzi, noon of midsummer", linzi, "2026-06-21T04:10:00Z", 76, 77.2}, // 90 - 36.8 + 23.4
		{"Linzi, noon of midwinter", linzi, "2026-12-21T04:05:00Z", 29.2, 30.4},
		{"Linzi, midnight", linzi, "2026-11-22T16:00:00Z", -90, -60},
		{"Linzi, sunrise of the equinox", linzi, "2026-03-20T22:15:00Z", -2, 2},
		{"Greenwich, noon of the equinox", greenwich, "2026-03-20T12:07:00Z", 37.9, 39.2},
	} {
		when, err := time.Parse(time.RFC3339, row.when)
		if err != nil {
			t.Fatal(err)
		}
		if got := sunDeg(row.at, when); got < row.min || got > row.max {
			t.Errorf("%s: %.1f°, want %v to %v", row.name, got, row.min, row.max)
		}
	}
}

func TestTroubleOf_NightAndWeatherAreNotTheCamerasFault(t *testing.T) {
	noon, midnight := time.Date(2026, 6, 21, 4, 0, 0, 0, time.UTC), time.Date(2026, 6, 21, 16, 0, 0, 0, time.UTC)
	c, p := Camera{Position: orb.Point{118.3, 36.8}}, DefaultQualityParams()
	for _, row := range []struct {
		unfit string
		light float64
		at    time.Time
		want  string
	}{
		{"", 100, noon, ""}, {UnfitDark, 4, noon, UnfitDark}, {UnfitDark, 4, midnight, ""},
		{UnfitCovered, 10, midnight, ""}, {UnfitCovered, 90, midnight, UnfitCovered}, {UnfitCovered, 10, noon, UnfitCovered},
		{UnfitRain, 100, noon, ""}, {UnfitSnow, 100, noon, ""}, {UnfitDetector, 100, noon, ""},
		{UnfitMoved, 10, midnight, UnfitMoved}, {UnfitFrozen, 10, midnight, UnfitFrozen},
	} {
		if got := troubleOf(Judgement{Unfit: row.unfit, Quality: Quality{Light: row.light}}, c, row.at, p); got != row.want {
			t.Errorf("%s of light %v at %v: %q, want %q", row.unfit, row.light, row.at, got, row.want)
		}
	}
}

// TestLookout_HoldsBeforeItSpeaks shows codes one second apart: a letter is a look.
func TestLookout_HoldsBeforeItSpeaks(t *testing.T) {
	p := DefaultQualityParams()
	p.HoldS, p.HoldLooks, p.ClearLooks = 3, 3, 2
	codes := map[rune]string{'.': "", 'm': UnfitMoved, 'c': UnfitCovered}
	for looks, want := range map[string]string{ // Which look said what, counted from one.
		"......":         "2:",
		"mmmmm":          "4:moved",
		"..mm..mmm...":   "2:", // Never for long enough.
		"..mmmmmm..":     "2: 6:moved 10:",
		"..mmmm.mm.mm..": "2: 6:moved 14:", // It ends when it is away for two looks.
		"..mmmmcccc..":   "2: 6:moved 10:covered 12:",
	} {
		var l lookout
		var told []string
		for i, look := range looks {
			at := streetBegin.Add(time.Duration(i) * time.Second)
			if l.see(codes[look], at, p) {
				told = append(told, fmt.Sprintf("%d:%s", i+1, l.code))
				if first := strings.IndexRune(looks, look); l.code != "" && !l.since.Equal(streetBegin.Add(time.Duration(first)*time.Second)) {
					t.Errorf("%s: %s since %v", looks, l.code, l.since)
				}
			}
		}
		if got := strings.Join(told, " "); got != want {
			t.Errorf("%s: told %q, want %q", looks, got, want)
		}
	}
}
