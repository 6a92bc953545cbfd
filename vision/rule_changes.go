package vision

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"gridwatch/geo"
)

// With returns the rules under another version, with thresholds replaced by rule and key. The rules themselves stay as
// they are. An *InvalidError names the first change that cannot be, as thresholds.fire_lane.raise_s.
func (r Rules) With(version int, changes map[string]map[string]float64) (Rules, error) {
	changed := r
	changed.Version, changed.rules = version, maps.Clone(r.rules)
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		rule, ok := changed.rules[key]
		if !ok {
			return Rules{}, geo.Invalid("thresholds."+key, "there is no such rule; the rules are %v", r.Keys())
		}
		rule, err := rule.with(changes[key])
		if err != nil {
			return Rules{}, err
		}
		changed.rules[key] = rule
	}
	return changed, nil
}

// with returns the rule with some of its thresholds replaced.
func (r Rule) with(values map[string]float64) (Rule, error) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		used := slices.ContainsFunc(r.Settings(), func(s Setting) bool { return s.Key == key })
		if err := r.Thresholds.set(key, values[key]); err != nil {
			return Rule{}, ofRule(r.Key, err)
		} else if !used {
			return Rule{}, geo.Invalid(fmt.Sprintf("thresholds.%s.%s", r.Key, key), "the rule does not use it")
		}
	}
	return r, ofRule(r.Key, r.Thresholds.fit())
}

// ofRule makes the field of an error, "thresholds.raise_s", name its rule, too.
func ofRule(key string, err error) error {
	var invalid *geo.InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	return &geo.InvalidError{Field: "thresholds." + key + invalid.Field[len("thresholds"):], Rule: invalid.Rule}
}

// plainRules is Rules without its methods.
type plainRules Rules

// rulesRecord is Rules as a recording keeps them.
type rulesRecord struct {
	plainRules
	Rules map[string]Rule
}

// MarshalJSON writes the rules so that UnmarshalJSON gives back equal ones.
func (r Rules) MarshalJSON() ([]byte, error) {
	return json.Marshal(rulesRecord{plainRules: plainRules(r), Rules: r.rules})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Rules) UnmarshalJSON(text []byte) error {
	var record rulesRecord
	if err := json.Unmarshal(text, &record); err != nil {
		return err
	}
	*r = Rules(record.plainRules)
	r.rules = record.Rules
	var err error
	r.lacks, err = lacks(text)
	return err
}

// Lacks names a number that the kernel needs and that an older program did not record: with these rules it would say what
// it never said. Empty for rules that are whole.
func (r Rules) Lacks() string { return r.lacks }

func lacks(text []byte) (string, error) {
	type numbers map[string]json.RawMessage
	var record struct {
		Pace  numbers
		Rules map[string]struct{ Thresholds numbers }
	}
	if err := json.Unmarshal(text, &record); err != nil {
		return "", err
	}
	if missing := missingOf[Pace](record.Pace); missing != "" {
		return "pace: " + missing, nil
	}
	for _, key := range slices.Sorted(maps.Keys(record.Rules)) {
		if missing := missingOf[Thresholds](record.Rules[key].Thresholds); missing != "" {
			return key + ": " + missing, nil
		}
	}
	return "", nil
}

// missingOf is the first field of T that a record of it has not.
func missingOf[T any](record map[string]json.RawMessage) string {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if _, ok := record[f.Name]; !ok {
			return f.Name
		}
	}
	return ""
}
