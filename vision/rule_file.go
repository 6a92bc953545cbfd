package vision

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gridwatch/geo"

	"go.yaml.in/yaml/v3"
)

// rulesFile is the file as it is written.
type rulesFile struct {
	Version    int                 `yaml:"version"`
	Pace       Pace                `yaml:"pace"`
	Quality    QualityParams       `yaml:"quality"`
	Thresholds map[string]float64  `yaml:"thresholds"`
	Rules      map[string]ruleFile `yaml:"rules"`
}

type ruleFile struct {
	Name       string             `yaml:"name"`
	NameEn     string             `yaml:"name_en"`
	Matter     string             `yaml:"matter"`
	Measured   string             `yaml:"measured"`
	Like       string             `yaml:"like"`
	Scene      Scene              `yaml:"scene"`
	Subjects   []string           `yaml:"subjects"`
	Keeps      []string           `yaml:"keeps"`
	Goods      map[string]float64 `yaml:"goods"`
	Without    []string           `yaml:"without"`
	Places     []string           `yaml:"places"`
	Hours      geo.Hours          `yaml:"hours"`
	Licensed   *bool              `yaml:"licensed"`
	SecondLook *Question          `yaml:"second_look"`
	Thresholds map[string]float64 `yaml:"thresholds"`
}

// LoadRules reads configs/rules.yaml. It is strict: an unknown key, a missing threshold, a value out of range is an error
// that names the key.
func LoadRules(text []byte) (Rules, error) {
	file := rulesFile{Quality: DefaultQualityParams()}
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
	if err := file.Quality.Validate(); err != nil {
		return Rules{}, fmt.Errorf("rules: %w", err)
	}
	if len(file.Rules) == 0 {
		return Rules{}, fmt.Errorf("rules: %w", geo.Invalid("rules", "there is none"))
	}
	rules := Rules{Version: file.Version, Pace: file.Pace, Quality: file.Quality, rules: map[string]Rule{}}
	for _, key := range file.keys() {
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

// keys lists the rules that lean on no other first, so that an error names the rule in which it stands.
func (file rulesFile) keys() []string {
	keys := slices.Sorted(maps.Keys(file.Rules))
	slices.SortStableFunc(keys, func(a, b string) int {
		return min(len(file.Rules[a].Like), 1) - min(len(file.Rules[b].Like), 1)
	})
	return keys
}

func (file rulesFile) rule(key string) (Rule, error) {
	if !ruleKey.MatchString(key) {
		return Rule{}, geo.Invalid("key", "must be lower-case letters, digits and _, at most 40")
	}
	in, err := file.resolved(key)
	if err != nil {
		return Rule{}, err
	}
	if err := in.validate(); err != nil {
		return Rule{}, err
	}
	rule := Rule{
		Key: key, Name: in.Name, NameEn: in.NameEn, Matter: in.Matter, Measured: in.Measured, Scene: in.Scene,
		Subjects: in.Subjects, Keeps: in.Keeps, Goods: in.Goods, Without: in.Without, Places: in.Places,
		Hours: in.Hours, Licensed: in.Licensed != nil && *in.Licensed, SecondLook: in.SecondLook,
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

// resolved is the rule as written, with what it leaves to the rule that it is like. Names, matter and measure are its own.
func (file rulesFile) resolved(key string) (ruleFile, error) {
	in, seen := file.Rules[key], []string{key}
	for next := in.Like; next != ""; {
		base, ok := file.Rules[next]
		if !ok || slices.Contains(seen, next) {
			return ruleFile{}, geo.Invalid("like", "must be another rule that is not like this one in turn (got %q)", next)
		}
		in = in.over(base)
		seen, next = append(seen, next), base.Like
	}
	return in, nil
}

// over lays what a rule says over what another one says.
func (in ruleFile) over(base ruleFile) ruleFile {
	in.Scene = cmp.Or(in.Scene, base.Scene)
	for _, list := range []struct{ own, base *[]string }{
		{&in.Subjects, &base.Subjects}, {&in.Keeps, &base.Keeps}, {&in.Without, &base.Without}, {&in.Places, &base.Places},
	} {
		if *list.own == nil {
			*list.own = *list.base
		}
	}
	if in.Goods == nil {
		in.Goods = base.Goods
	}
	if in.Hours.Windows == nil {
		in.Hours = base.Hours
	}
	in.Licensed = cmp.Or(in.Licensed, base.Licensed)
	in.SecondLook = cmp.Or(in.SecondLook, base.SecondLook)
	thresholds := maps.Clone(base.Thresholds)
	if thresholds == nil {
		thresholds = map[string]float64{}
	}
	maps.Copy(thresholds, in.Thresholds)
	in.Thresholds = thresholds
	return in
}

func (in ruleFile) validate() error {
	switch {
	case strings.TrimSpace(in.Name) == "":
		return geo.Invalid("name", "is missing")
	case strings.TrimSpace(in.NameEn) == "":
		return geo.Invalid("name_en", "is missing")
	case !matterCode.MatchString(in.Matter):
		return geo.Invalid("matter", "must be the five digits of a national code, in quotes (got %q)", in.Matter)
	case strings.TrimSpace(in.Measured) == "":
		return geo.Invalid("measured", "must name the row of the evaluation's table that measured it, or be %s", Untested)
	case !slices.Contains(allScenes, in.Scene):
		return geo.Invalid("scene", "must be one of %v (got %q)", allScenes, in.Scene)
	case in.Scene != SceneStall && len(in.Subjects) == 0:
		return geo.Invalid("subjects", "must name a class at least")
	case in.Scene == SceneStall && len(in.Goods) == 0:
		return geo.Invalid("goods", "must name a class at least")
	case len(in.Without) > 0 && in.Scene != SceneInside:
		return geo.Invalid("without", "is for the scene inside only")
	case in.Licensed != nil && *in.Licensed && in.Scene != SceneStall:
		return geo.Invalid("licensed", "is for the scene stall only")
	}
	for _, class := range slices.Sorted(maps.Keys(in.Goods)) {
		if w := in.Goods[class]; !(w > 0 && w <= 10) { // Also refuses NaN.
			return geo.Invalid("goods."+class, "must be a weight above 0, at most 10 (got %v)", w)
		}
	}
	if in.SecondLook != nil {
		if err := in.SecondLook.validate(); err != nil {
			return err
		}
	}
	return in.Hours.Validate()
}
