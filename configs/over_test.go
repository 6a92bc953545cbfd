package configs

import (
	"reflect"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestOver(t *testing.T) {
	const shipped = "version: 1\nrules:\n  lane:\n    raise_s: 50 # s.\n    keeps: [boat, train]\n  heap: {raise_s: 600}\n"
	for name, test := range map[string]struct{ text, want string }{
		"nothing":          {"", "version: 1\nrules: {lane: {raise_s: 50, keeps: [boat, train]}, heap: {raise_s: 600}}"},
		"one key":          {"rules: {lane: {raise_s: 20}}", "version: 1\nrules: {lane: {raise_s: 20, keeps: [boat, train]}, heap: {raise_s: 600}}"},
		"a list is whole":  {"rules: {lane: {keeps: [bus]}}", "version: 1\nrules: {lane: {raise_s: 50, keeps: [bus]}, heap: {raise_s: 600}}"},
		"a key of its own": {"rules: {queue: {raise_s: 5}}", "version: 1\nrules: {lane: {raise_s: 50, keeps: [boat, train]}, heap: {raise_s: 600}, queue: {raise_s: 5}}"},
		"a mapping ends":   {"rules: {lane: 3}", "version: 1\nrules: {lane: 3, heap: {raise_s: 600}}"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Over([]byte(shipped), []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := decode(t, got), decode(t, []byte(test.want)); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	for _, text := range []string{"- a list", "a: 1\na: 2", "a: [", "just words"} {
		if got, err := Over([]byte(shipped), []byte(text)); err == nil {
			t.Errorf("%q was taken: %s", text, got)
		}
	}
}

func decode(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
