package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gridwatch/configs"
	"gridwatch/vision"
)

// vocabulary is every word of the rooms behind that the pages say in people's languages. Their tests read it, so that no
// gate, reason or threshold is without a sentence.
type vocabulary struct {
	Gates      []string       `json:"gates"`
	Phases     []string       `json:"phases"`
	Scenes     []string       `json:"scenes"`
	Unfit      []string       `json:"unfit"`
	Classes    []string       `json:"classes"`
	Events     []string       `json:"events"`
	Thresholds []namedMeasure `json:"thresholds"`
}

type namedMeasure struct {
	Key  string `json:"key"`
	Unit string `json:"unit"`
}

func vocabularyOf(t *testing.T) vocabulary {
	t.Helper()
	words := wordsOf(t, "../vision", "Gate", "Phase", "Scene")
	v := vocabulary{Gates: words["Gate"], Phases: words["Phase"], Scenes: words["Scene"], Unfit: vision.Unfits()}
	v.Events = wordsOf(t, "../alerts", "EventType")["EventType"]
	slices.Sort(v.Unfit)
	v.Classes = classesOf(t)
	for _, threshold := range vision.AllThresholds() {
		v.Thresholds = append(v.Thresholds, namedMeasure{threshold.Key, threshold.Unit})
	}
	return v
}

// classesOf returns every class that a rule of the file looks for, sorted.
func classesOf(t *testing.T) []string {
	t.Helper()
	rules, err := vision.LoadRules(configs.Read("rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	classes := map[string]bool{}
	for _, key := range rules.Keys() {
		rule, _ := rules.Rule(key)
		for _, class := range slices.Concat(rule.Subjects, slices.Collect(maps.Keys(rule.Goods))) {
			classes[class] = true
		}
	}
	return slices.Sorted(maps.Keys(classes))
}

// wordsOf returns the constants of the named string types, sorted, as the room's source says them.
func wordsOf(t *testing.T, room string, types ...string) map[string][]string {
	t.Helper()
	words := map[string][]string{}
	keep := func(spec *ast.ValueSpec) {
		of, ok := spec.Type.(*ast.Ident)
		if !ok || !slices.Contains(types, of.Name) {
			return
		}
		for _, value := range spec.Values {
			literal, ok := value.(*ast.BasicLit)
			if !ok {
				t.Fatalf("%s: a constant of %s is not a plain string", room, of.Name)
			}
			word, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			words[of.Name] = append(words[of.Name], word)
		}
	}
	sources, err := filepath.Glob(filepath.Join(room, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				keep(spec)
			}
			return true
		})
	}
	for _, name := range types {
		if len(words[name]) == 0 {
			t.Fatalf("%s has no constants of %s", room, name)
		}
		slices.Sort(words[name])
	}
	return words
}
