package vision

import (
	"bufio"
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gridwatch/geo"
)

func shippedRules(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("../configs/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestLoadRules_Shipped(t *testing.T) {
	rules, err := LoadRules(shippedRules(t))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]struct {
		matter          string
		scene           Scene
		raise, escalate float64
	}{
		"fire_lane": {"09012", SceneStanding, 50, 180},
		"vending":   {"09006", SceneStall, 180, 600},
		"debris":    {"06011", SceneHeap, 600, 3600},
	} {
		rule, ok := rules.Rule(key)
		th := rule.Thresholds
		if !ok || rule.Matter != want.matter || rule.Scene != want.scene || th.RaiseS != want.raise || th.EscalateS != want.escalate {
			t.Errorf("%s: %+v", key, rule)
		}
	}
	if _, ok := rules.Rule("parking"); ok {
		t.Error("a rule that is not in the file")
	}
	if n := len(rules.Keys()); n < 25 {
		t.Errorf("%d rules", n)
	}
}

// A rule takes from the one that it is like what it does not say itself, and nothing the other way.
func TestLoadRules_Like(t *testing.T) {
	rules := testRules(t)
	vending, _ := rules.Rule("vending")
	market, _ := rules.Rule("licensed_stall")
	if market.Scene != SceneStall || !market.Licensed || market.Goods["dining table"] != 1 || market.SecondLook != vending.SecondLook {
		t.Errorf("the market's stall is %+v", market)
	}
	if market.Thresholds.RaiseS != 300 || market.Thresholds.GapS != vending.Thresholds.GapS || vending.Thresholds.RaiseS != 180 || vending.Licensed {
		t.Errorf("the market's thresholds are %+v", market.Thresholds)
	}
	bins, _ := rules.Rule("bin_surrounded") // Like rubbish bags, which are like debris.
	if bins.Scene != SceneHeap || !slices.Contains(bins.Subjects, "handbag") || bins.Thresholds.AloneS != 60 || bins.Thresholds.MinHeight != 0.02 {
		t.Errorf("the bins' rule is %+v", bins)
	}
}

// What a scene uses is what the rules page shows and what an alert tells: each once, with the rule's own value.
func TestRule_Settings(t *testing.T) {
	rule, _ := testRules(t).Rule("shared_bikes")
	values := map[string]float64{}
	for _, s := range rule.Settings() {
		values[s.Key] = s.Value
	}
	if values["min_count"] != 10 || values["raise_s"] != 600 || values["gap_s"] != 60 {
		t.Errorf("settings %v", values)
	}
	if _, ok := values["goods_s"]; ok {
		t.Error("a group of bicycles has goods")
	}
}

func TestRule_Uses(t *testing.T) {
	rule, _ := testRules(t).Rule("stray_dog")
	if got := rule.Uses(); !slices.Equal(got, []string{"dog", "person"}) {
		t.Errorf("uses %v", got)
	}
}

// Every threshold of the shipped file stands there with its unit and what it means.
func TestLoadRules_EveryThresholdIsExplained(t *testing.T) {
	line := regexp.MustCompile(`^\s+(\w+): [0-9.]+\s+# (\S+)\. (.+)$`)
	explained := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(shippedRules(t)))
	for lines.Scan() {
		if m := line.FindStringSubmatch(lines.Text()); m != nil {
			explained[m[1]] = m[2]
		}
	}
	for _, th := range AllThresholds() {
		if explained[th.Key] != th.Unit {
			t.Errorf("%s is explained with unit %q, want %q", th.Key, explained[th.Key], th.Unit)
		}
		if th.Doc == "" || !(th.Min < th.Max) {
			t.Errorf("%s: no text, or no range", th.Key)
		}
	}
}

// Each way to write the file wrongly is an error that names the key.
func TestLoadRules_NamesWhatIsWrong(t *testing.T) {
	for _, row := range []struct{ name, from, to, want string }{
		{"unknown key", "version: 3", "version: 3\nversoin: 2", "versoin"},
		{"no version", "version: 3\n", "", "version"},
		{"unknown threshold", "enter_s: 3 ", "enter: 3 ", "thresholds.enter"},
		{"missing threshold", "  gap_s: 30 ", "  # gap_s: 30 ", "rules.crowd.thresholds.gap_s: is missing"},
		{"out of range", "min_score: 0.35", "min_score: 35", "thresholds.min_score"},
		{"not a number", "min_score: 0.35", "min_score: .nan", "thresholds.min_score"},
		{"a word", "min_score: 0.35", "min_score: high", "high"},
		{"pace out of range", "pace_s: 4 ", "pace_s: 0 ", "pace.pace_s"},
		{"matter as number", `"09012"`, "9012", "rules.fire_lane.matter"},
		{"unknown scene", "scene: heap", "scene: pile", "rules.debris.scene"},
		{"no subjects", "    subjects: [change]\n", "", "rules.debris.subjects"},
		{"weight of nothing", "bowl: 0.5", "bowl: 0", "rules.vending.goods.bowl"},
		{"escalates before it raises", "escalate_s: 180", "escalate_s: 20", "rules.fire_lane.thresholds.escalate_s"},
		{"the grace is longer than the window", "gap_s: 60 ", "gap_s: 120 ", "thresholds.share_s"},
		{"not YAML", "version: 3", "{", "rules"},
		{"key in capitals", "  canopy:", "  Canopy:", "rules.Canopy.key"},
		{"no name", "    name_en: Umbrella or canopy put up\n", "", "rules.canopy.name_en"},
		{"no measure", "    measured: fire_lane\n", "", "rules.fire_lane.measured"},
		{"like nothing", "like: rubbish_bags", "like: rubbish", "rules.bin_surrounded.like"},
		{"like one another", "    scene: group\n", "    like: shared_bikes\n", "like: must be another rule"},
		{"company of what stands", "    subjects: [umbrella]", "    subjects: [umbrella]\n    without: [person]", "rules.canopy.without"},
		{"a licence for a car", "    subjects: [umbrella]", "    subjects: [umbrella]\n    licensed: true", "rules.canopy.licensed"},
		{"a day without hours", `{from: "07:00", to: "09:00"}`, `{from: "7 am", to: "09:00"}`, "rules.lorry_hours.hours"},
		{"a question of nothing", "question: Does the marked box show a parasol", "question: ''\n#", "rules.canopy.second_look.question"},
		{"silence of another kind", "    thresholds: {raise_s: 600, escalate_s: 3600, enter_s: 20", "      silent: drop\n    thresholds: {raise_s: 600, escalate_s: 3600, enter_s: 20", "rules.canopy.second_look.silent"},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := strings.Replace(string(shippedRules(t)), row.from, row.to, 1)
			if text == string(shippedRules(t)) {
				t.Fatalf("%q is not in the file", row.from)
			}
			_, err := LoadRules([]byte(text))
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want one that names %q", err, row.want)
			}
		})
	}
	if _, err := LoadRules(nil); err == nil {
		t.Error("an empty file is taken")
	}
}

func TestRules_CheckFence(t *testing.T) {
	rules := testRules(t)
	for _, row := range []struct {
		name  string
		fence geo.Fence
		want  string
	}{
		{"a rule that exists", geo.Fence{Rule: "vending", Thresholds: map[string]float64{"raise_s": 20}}, ""},
		{"a rule that does not", geo.Fence{Rule: "parking"}, "parking"},
		{"a threshold that does not exist", geo.Fence{Rule: "vending", Thresholds: map[string]float64{"raise": 20}}, "thresholds.raise"},
		{"out of range", geo.Fence{Rule: "vending", Thresholds: map[string]float64{"raise_s": -1}}, "thresholds.raise_s"},
		{"a way that is not said", geo.Fence{Rule: "wrong_way"}, "thresholds.heading_deg"},
		{"a way that is said", geo.Fence{Rule: "wrong_way", Thresholds: map[string]float64{"heading_deg": 90}}, ""},
		{"against each other", geo.Fence{Rule: "vending", Thresholds: map[string]float64{"raise_s": 700}}, "thresholds.escalate_s"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := rules.CheckFence(row.fence)
			if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want %q", err, row.want)
			}
		})
	}
}

// Whatever the bytes: rules that hold together, or an error.
func FuzzLoadRules(f *testing.F) {
	f.Add(shippedRules(f))
	f.Add([]byte("version: 1\nrules: {a: {matter: '09012', scene: heap, subjects: [change]}}"))
	f.Add([]byte("version: 1\npace: {pace_s: 1e999}\nthresholds: {raise_s: .nan}"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rules, err := LoadRules(text)
		if err != nil {
			return
		}
		for _, key := range rules.Keys() {
			rule, _ := rules.Rule(key)
			if err := rule.Thresholds.fit(); err != nil {
				t.Errorf("%s: %v", key, err)
			}
			Step(State{}, Observation{At: streetBegin, Objects: []Object{{Class: "change", Box: Box{W: 1, H: 1}}}}, City{
				Rules: rules, Fences: []geo.Fence{{ID: "f", Rule: key}},
			})
		}
	})
}
