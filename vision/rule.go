package vision

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"gridwatch/geo"
)

// Scene is the kind of thing that a rule looks for. A new rule takes one of these and brings its own parts and thresholds.
type Scene string

const (
	SceneStanding Scene = "standing" // A thing of the rule's subjects that stands in the fence. Each spot for itself.
	SceneGroup    Scene = "group"    // So many subjects that stand near one another. Each group for itself.
	SceneStall    Scene = "stall"    // People who stay together with goods. Each stall for itself.
	SceneHeap     Scene = "heap"     // A lasting change that people and vehicles have left behind. Each heap for itself.
	SceneInside   Scene = "inside"   // So many subjects in the fence, whether they stand or go. One for the whole fence.
	SceneMoving   Scene = "moving"   // A subject that goes another way than the fence says. One for the whole fence.
)

var allScenes = []Scene{SceneStanding, SceneGroup, SceneStall, SceneHeap, SceneInside, SceneMoving}

// Rule is one line of configs/rules.yaml. A class in it is one that a detector reports, merged (vehicle) or its own (truck).
type Rule struct {
	Key        string
	Name       string // As people say it, for screens.
	NameEn     string
	Matter     string // National code, five digits, or the city's own.
	Measured   string // The row of the evaluation's table that measured it, or Untested.
	Scene      Scene
	Subjects   []string           // Classes that begin an occupancy.
	Keeps      []string           // Classes that a flickering subject may show as: they keep one, but begin none.
	Goods      map[string]float64 // A stall's goods: class and weight.
	Without    []string           // A subject inside the fence counts only while none of these is near it.
	Places     []string           // Classes of place whose cameras it is for; empty is all.
	Hours      geo.Hours          // Of a fence that says none.
	Licensed   bool               // Only who has a permit near by can break it: outside its hours or its area.
	SecondLook *Question          // What a slower model is asked before people are told; nil asks nothing.
	Thresholds Thresholds
}

// Untested says of a rule that no labelled clip measured it.
const Untested = "untested"

// looksAt reports whether the object can count for the rule: what it is about, and people and vehicles, who may attend,
// hide or have brought it.
func (r Rule) looksAt(obj Object) bool {
	return r.weight(obj) > 0 || obj.Class == ClassPerson || obj.Class == ClassVehicle || obj.isOne(r.Subjects) || obj.isOne(r.Without)
}

// isElsewhere reports whether the rule is not for places of a class. A clip's place has none, and is for every rule.
func (r Rule) isElsewhere(place string) bool {
	return place != "" && len(r.Places) > 0 && !slices.Contains(r.Places, place)
}

// isOne reports whether one of the classes is the object's, as merged or as its detector calls it.
func (o Object) isOne(classes []string) bool {
	return slices.Contains(classes, o.Class) || o.Label != "" && slices.Contains(classes, o.Label)
}

// goods is the class of goods that the object counts as, and what it weighs; 0 when it is none.
func (r Rule) goods(obj Object) (class string, weight float64) {
	if w := r.Goods[obj.Class]; w > 0 || obj.Label == "" {
		return obj.Class, w
	}
	return obj.Label, r.Goods[obj.Label]
}

func (r Rule) weight(obj Object) float64 {
	_, weight := r.goods(obj)
	return weight
}

// Uses lists every class that the rule names, in alphabetical order.
func (r Rule) Uses() []string {
	classes := slices.Concat(r.Subjects, r.Keeps, r.Without, slices.Collect(maps.Keys(r.Goods)))
	slices.Sort(classes)
	return slices.Compact(classes)
}

// Begins lists the classes that can begin an occupancy: the subjects, or a stall's goods.
func (r Rule) Begins() []string {
	if r.Scene == SceneStall {
		return slices.Sorted(maps.Keys(r.Goods))
	}
	return r.Subjects
}

// Setting is one threshold with the rule's own value.
type Setting struct {
	Threshold
	Value float64
}

// Settings lists the thresholds that the rule's scene uses, in the order of the file.
func (r Rule) Settings() []Setting {
	var all []Setting
	for _, t := range thresholds {
		if t.usedBy(r.Scene) {
			all = append(all, Setting{Threshold: t, Value: *t.in(&r.Thresholds)})
		}
	}
	return all
}

// Pace tells staying from moving. It is measured once for every tracked thing, so a fence cannot replace it.
type Pace struct {
	PaceS    float64 `yaml:"pace_s"`    // Speed is measured over so long.
	StayMPS  float64 `yaml:"stay_mps"`  // Metres a second; who is slower, stays.
	StaySize float64 `yaml:"stay_size"` // The same in a view without calibration: sizes of its own box a second.

	LeapSize  float64 `yaml:"leap_size"`  // An id that is found so many sizes off its thing's way was given to another thing,
	StartSize float64 `yaml:"start_size"` // and so many more a second since it was seen, one at most: it may have started.
	WayS      float64 `yaml:"way_s"`      // A way is known for so long while its thing is not seen.
}

// Validate names the first key out of range.
func (p Pace) Validate() error {
	for _, f := range []struct {
		key      string
		v        float64
		min, max float64
	}{{"pace_s", p.PaceS, 0.5, 60}, {"stay_mps", p.StayMPS, 0.01, 10}, {"stay_size", p.StaySize, 0.01, 10},
		{"leap_size", p.LeapSize, 0.1, 10}, {"start_size", p.StartSize, 0, 10}, {"way_s", p.WayS, 0, 60}} {
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
	Quality QualityParams
	rules   map[string]Rule
	lacks   string // Of rules from a recording.
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

// CheckPermit reports a rule that the permit would lift and that is none.
func (r Rules) CheckPermit(p geo.Permit) error {
	for i, key := range p.Rules {
		if _, known := r.rules[key]; !known {
			return geo.Invalid(fmt.Sprintf("rules[%d]", i), "there is no rule %q; the rules are %v", key, r.Keys())
		}
	}
	return nil
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
	if err == nil && r.Scene == SceneMoving && !slices.Contains(overridden, headingKey) {
		err = fmt.Errorf("fence %q: %w", f.ID, geo.Invalid("thresholds."+headingKey, "is missing: the fence says which way is right"))
	}
	return th, overridden, err
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
	m := map[string]float64{"pace_s": p.PaceS, "stay_mps": p.StayMPS, "stay_size": p.StaySize,
		"leap_size": p.LeapSize, "start_size": p.StartSize, "way_s": p.WayS}
	for _, t := range thresholds {
		if t.usedBy(scene) {
			m[t.Key] = *t.in(&th)
		}
	}
	return m
}
