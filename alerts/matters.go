package alerts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"gridwatch/geo"

	"go.yaml.in/yaml/v3"
)

// Matter is a class of problem by its national code (事项).
type Matter struct {
	Code     string `yaml:"code"`
	Name     string `yaml:"name"`
	NameEn   string `yaml:"name_en"`
	Rule     string `yaml:"rule"`     // The family of rules that finds it; empty while none does.
	Standard string `yaml:"standard"` // Where code and name come from.
	Source   Source `yaml:"source"`   // How sure that is.
}

// Source grades where a matter's code comes from.
type Source string

const (
	Primary   Source = "primary"   // Read in the standard itself.
	Secondary Source = "secondary" // Read in a document that quotes the standard.
	Local     Source = "local"     // The city's own extension.
)

// Matters is the catalogue of a city. The zero value is empty. It is immutable and safe for many goroutines.
type Matters struct {
	list   []Matter
	byCode map[string]Matter
}

// LoadMatters reads a catalogue in YAML, strictly: a key it does not know is an error, and so is a code twice.
func LoadMatters(data []byte) (Matters, error) {
	var file struct {
		Matters []Matter `yaml:"matters"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return Matters{}, fmt.Errorf("matters: %w", err)
	}
	if err := decoder.Decode(new(struct{})); !errors.Is(err, io.EOF) {
		return Matters{}, geo.Invalid("matters", "must be one document")
	}
	if len(file.Matters) == 0 {
		return Matters{}, geo.Invalid("matters", "must not be empty")
	}
	m := Matters{list: file.Matters, byCode: make(map[string]Matter, len(file.Matters))}
	for _, matter := range file.Matters {
		if err := matter.Validate(); err != nil {
			return Matters{}, fmt.Errorf("matter %q: %w", matter.Code, err)
		}
		if _, twice := m.byCode[matter.Code]; twice {
			return Matters{}, geo.Invalid("matters", "code %q stands twice", matter.Code)
		}
		m.byCode[matter.Code] = matter
	}
	return m, nil
}

// Validate returns the first rule that m breaks.
func (m Matter) Validate() error {
	if !matterCode.MatchString(m.Code) {
		return geo.Invalid("code", "%q is not five digits; a code in YAML needs quotes", m.Code)
	}
	for _, field := range []struct{ name, value string }{
		{"name", m.Name}, {"name_en", m.NameEn}, {"standard", m.Standard},
	} {
		if strings.TrimSpace(field.value) == "" {
			return geo.Invalid(field.name, "must not be empty")
		}
	}
	if m.Source != Primary && m.Source != Secondary && m.Source != Local {
		return geo.Invalid("source", "%q is not one of %s, %s, %s", m.Source, Primary, Secondary, Local)
	}
	return nil
}

// All returns the catalogue in the order of its file.
func (m Matters) All() []Matter { return append([]Matter(nil), m.list...) }

// Find returns the matter with that code. For a code that the catalogue does not have it returns one whose names are the
// code, so that an alert of it can still be told, and false.
func (m Matters) Find(code string) (Matter, bool) {
	matter, ok := m.byCode[code]
	if !ok {
		return Matter{Code: code, Name: code, NameEn: code}, false
	}
	return matter, true
}
