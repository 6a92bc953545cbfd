package geo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// PlaceClass is a class of places (点位大类), as configs/places.yaml lists them.
type PlaceClass struct {
	Key    string `yaml:"key"`
	Name   string `yaml:"name"`
	NameEn string `yaml:"name_en"`
}

// PlaceClasses is the catalogue of a city. The zero value is empty. It is immutable and safe for many goroutines.
type PlaceClasses struct{ list []PlaceClass }

var placeClassKey = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// LoadPlaceClasses reads a catalogue in YAML, strictly: a key it does not know is an error, and so is a class twice.
func LoadPlaceClasses(text []byte) (PlaceClasses, error) {
	var file struct {
		Classes []PlaceClass `yaml:"classes"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return PlaceClasses{}, fmt.Errorf("places: %w", err)
	}
	if err := decoder.Decode(new(struct{})); !errors.Is(err, io.EOF) {
		return PlaceClasses{}, Invalid("places", "must be one document")
	}
	if len(file.Classes) == 0 {
		return PlaceClasses{}, Invalid("classes", "must not be empty")
	}
	seen := map[string]bool{}
	for i, c := range file.Classes {
		if err := c.validate(fmt.Sprintf("classes[%d]", i)); err != nil {
			return PlaceClasses{}, err
		}
		if seen[c.Key] {
			return PlaceClasses{}, Invalid("classes", "%q stands twice", c.Key)
		}
		seen[c.Key] = true
	}
	return PlaceClasses{list: file.Classes}, nil
}

func (c PlaceClass) validate(field string) error {
	if !placeClassKey.MatchString(c.Key) {
		return Invalid(field+".key", "%q is not small letters, digits and underscores", c.Key)
	}
	if strings.TrimSpace(c.Name) == "" || strings.TrimSpace(c.NameEn) == "" {
		return Invalid(field+".name", "class %q needs a name and a name_en", c.Key)
	}
	return nil
}

// All returns the catalogue in the order of its file.
func (c PlaceClasses) All() []PlaceClass { return append([]PlaceClass(nil), c.list...) }

// Check refuses a class that the city does not have, and names those that it has. The field is where it was found.
func (c PlaceClasses) Check(field, key string) error {
	keys := make([]string, len(c.list))
	for i, class := range c.list {
		if class.Key == key {
			return nil
		}
		keys[i] = class.Key
	}
	return Invalid(field, "there is no class of places %q: there are %s", key, strings.Join(keys, ", "))
}
