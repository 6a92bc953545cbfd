package vision

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"

	"gridwatch/geo"

	"go.yaml.in/yaml/v3"
)

// Scene is the kind of thing that a rule looks for. A new rule takes one of these and brings its own thresholds.
type Scene string

const (
	SceneStanding Scene = "standing" // A thing of the rule's subjects that stands in the fence.
	SceneStall    Scene = "stall"    // People who stay together with goods.
	SceneHeap     Scene = "heap"     // A lasting change that people and vehicles have left behind.
)

// Rule is one line of configs/rules.yaml.
type Rule struct {
	Key        string
	Matter     string // National code, five digits.
	Scene      Scene
	Subjects   []string           // Classes that begin an occupancy.
	Keeps      []string           // Classes that a flickering subject may show as: they keep one, but begin none.
	Goods      map[string]float64 // A stall's goods: class and weight.
	Thresholds Thresholds
}

// looksAt reports whether the class can count for the rule: what it is about, and people and vehicles, who may attend,
// hide or have brought it.
func (r Rule) looksAt(class string) bool {
	_, goods := r.Goods[class]
	return goods || class == ClassPerson || class == ClassVehicle || slices.Contains(r.Subjects, class)
}

// Pace tells staying from moving. It is measured once for every tracked thing, so a fence cannot replace it.
type Pace struct {
	PaceS    float64 `yaml:"pace_s"`    // Speed is measured over so long.
	StayMPS  float64 `yaml:"stay_mps"`  // Metres a second; who is slower, stays.
	StaySize float64 `yaml:"stay_size"` // The same in a view without calibration: sizes of its own box a second.
}

// Validate names the first key out of range.
func (p Pace) Validate() error {
	for _, f := range []struct {
		key      string
		v        float64
		min, max float64
	}{{"pace_s", p.PaceS, 0.5, 60}, {"stay_mps", p.StayMPS, 0.01, 10}, {"stay_size", p.StaySize, 0.01, 10}} {
		if !(f.v >= f.min && f.v <= f.max) { // Also refuses NaN.
			return geo.Invalid("pace."+f.key, "must be %v to %v (got %v)", f.min, f.max, f.v)
		}
	}
	return nil
}

// Rules are all rules of one version of the file.
type Rules struct {
	Version int
	Pace    Pace
	rules   map[string]Rule
}

// Rule returns the rule of key.
func (r Rules) Rule(key string) (Rule, bool) {
	rule, ok := r.rules[key]
	return rule, ok
}

// Keys lists the rules in alphabetical order.
func (r Rules) Keys() []string { return slices.Sorted(maps.Keys(r.rules)) }

// CheckFence reports what the rules cannot take of a fence: an unknown rule, an unknown threshold, a value out of range.
func (r Rules) CheckFence(f geo.Fence) error {
	rule, ok := r.rules[f.Rule]
	if !ok {
		return geo.Invalid("rule", "there is no rule %q; the rules are %v", f.Rule, r.Keys())
	}
	_, _, err := rule.For(f)
	return err
}

// For returns the thresholds in force inside f, and the keys that f replaced. What f says wrongly is left out and
// returned as an error; the thresholds hold all the same.
func (r Rule) For(f geo.Fence) (th Thresholds, overridden []string, err error) {
	th = r.Thresholds
	for _, key := range slices.Sorted(maps.Keys(f.Thresholds)) {
		if bad := th.set(key, f.Thresholds[key]); bad != nil {
			if err == nil {
				err = fmt.Errorf("fence %q: %w", f.ID, bad)
			}
			continue
		}
		overridden = append(overridden, key)
	}
	if err == nil {
		if err = th.fit(); err != nil {
			err = fmt.Errorf("fence %q: %w", f.ID, err)
		}
	}
	return th, overridden, err
}

// rulesFile is the file as it is written.
type rulesFile struct {
	Version    int                 `yaml:"version"`
	Pace       Pace                `yaml:"pace"`
	Thresholds map[string]float64  `yaml:"thresholds"`
	Rules      map[string]ruleFile `yaml:"rules"`
}

type ruleFile struct {
	Matter     string             `yaml:"matter"`
	Scene      Scene              `yaml:"scene"`
	Subjects   []string           `yaml:"subjects"`
	Keeps      []string           `yaml:"keeps"`
	Goods      map[string]float64 `yaml:"goods"`
	Thresholds map[string]float64 `yaml:"thresholds"`
}

// LoadRules reads configs/rules.yaml. It is strict: an unknown key, a missing threshold, a value out of range is an error
// that names the key.
func LoadRules(text []byte) (Rules, error) {
	var file rulesFile
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return Rules{}, fmt.Errorf("rules: %w", err)
	}
	if file.Version < 1 {
		return Rules{}, fmt.Errorf("rules: %w", geo.Invalid("version", "must be a number from 1 on that grows with every change"))
	}
	if err := file.Pace.Validate(); err != nil {
		return Rules{}, fmt.Errorf("rules: %w", err)
	}
	if len(file.Rules) == 0 {
		return Rules{}, fmt.Errorf("rules: %w", geo.Invalid("rules", "there is none"))
	}
	rules := Rules{Version: file.Version, Pace: file.Pace, rules: map[string]Rule{}}
	for _, key := range slices.Sorted(maps.Keys(file.Rules)) {
		rule, err := file.rule(key)
		if err != nil {
			return Rules{}, fmt.Errorf("rules: rules.%s.%w", key, err)
		}
		rules.rules[key] = rule
	}
	return rules, nil
}

var (
	ruleKey    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	matterCode = regexp.MustCompile(`^[0-9]{5}$`)
)

func (file rulesFile) rule(key string) (Rule, error) {
	in := file.Rules[key]
	rule := Rule{Key: key, Matter: in.Matter, Scene: in.Scene, Subjects: in.Subjects, Keeps: in.Keeps, Goods: in.Goods}
	switch {
	case !ruleKey.MatchString(key):
		return Rule{}, geo.Invalid("key", "must be lower-case letters, digits and _, at most 40")
	case !matterCode.MatchString(in.Matter):
		return Rule{}, geo.Invalid("matter", "must be the five digits of a national code, in quotes (got %q)", in.Matter)
	case !slices.Contains([]Scene{SceneStanding, SceneStall, SceneHeap}, in.Scene):
		return Rule{}, geo.Invalid("scene", "must be standing, stall or heap (got %q)", in.Scene)
	case in.Scene != SceneStall && len(in.Subjects) == 0:
		return Rule{}, geo.Invalid("subjects", "must name a class at least")
	case in.Scene == SceneStall && len(in.Goods) == 0:
		return Rule{}, geo.Invalid("goods", "must name a class at least")
	}
	for _, class := range slices.Sorted(maps.Keys(in.Goods)) {
		if w := in.Goods[class]; !(w > 0 && w <= 10) { // Also refuses NaN.
			return Rule{}, geo.Invalid("goods."+class, "must be a weight above 0, at most 10 (got %v)", w)
		}
	}
	for _, set := range []map[string]float64{file.Thresholds, in.Thresholds} {
		for _, name := range slices.Sorted(maps.Keys(set)) {
			if err := rule.Thresholds.set(name, set[name]); err != nil {
				return Rule{}, err
			}
		}
	}
	for _, t := range thresholds {
		_, common := file.Thresholds[t.Key]
		_, own := in.Thresholds[t.Key]
		if !common && !own && t.usedBy(rule.Scene) {
			return Rule{}, geo.Invalid("thresholds."+t.Key, "is missing")
		}
	}
	return rule, rule.Thresholds.fit()
}

// fit holds the thresholds against each other.
func (th Thresholds) fit() error {
	if th.EscalateS <= th.RaiseS {
		return geo.Invalid("thresholds.escalate_s", "must be longer than raise_s (%v)", th.RaiseS)
	}
	if least := th.GapS / (coversWindow * (1 - th.MinShare)); !(th.ShareS >= least) {
		return geo.Invalid("thresholds.share_s", "must be %.0f or more, so that one gap of gap_s leaves min_share in the window", math.Ceil(least))
	}
	return nil
}

// set replaces one threshold.
func (th *Thresholds) set(key string, value float64) error {
	i := slices.IndexFunc(thresholds, func(t Threshold) bool { return t.Key == key })
	if i < 0 {
		return geo.Invalid("thresholds."+key, "there is no such threshold")
	}
	t := thresholds[i]
	if math.IsNaN(value) || value < t.Min || value > t.Max {
		return geo.Invalid("thresholds."+key, "must be %v to %v %s (got %v)", t.Min, t.Max, t.Unit, value)
	}
	*t.in(th) = value
	return nil
}

// inForce lists the thresholds that a scene uses, and the pace, by key.
func (th Thresholds) inForce(scene Scene, p Pace) map[string]float64 {
	m := map[string]float64{"pace_s": p.PaceS, "stay_mps": p.StayMPS, "stay_size": p.StaySize}
	for _, t := range thresholds {
		if t.usedBy(scene) {
			m[t.Key] = *t.in(&th)
		}
	}
	return m
}
