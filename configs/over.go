package configs

import (
	"errors"

	"go.yaml.in/yaml/v3"
)

// Over lays a city's file over the shipped one: a mapping replaces key by key, anything else as a whole. What the file
// does not name stays as shipped.
func Over(shipped, text []byte) ([]byte, error) {
	var keys map[string]any
	if err := yaml.Unmarshal(text, &keys); err != nil { // Nodes alone would let a key stand twice.
		return nil, err
	}
	if len(keys) == 0 {
		return shipped, nil
	}
	var below, above yaml.Node
	if err := errors.Join(yaml.Unmarshal(shipped, &below), yaml.Unmarshal(text, &above)); err != nil {
		return nil, err
	}
	lay(below.Content[0], above.Content[0])
	return yaml.Marshal(&below)
}

// lay puts the keys of above into below.
func lay(below, above *yaml.Node) {
	for i := 0; i+1 < len(above.Content); i += 2 {
		key, value := above.Content[i], above.Content[i+1]
		old := valueOf(below, key.Value)
		switch {
		case old == nil:
			below.Content = append(below.Content, key, value)
		case old.Kind == yaml.MappingNode && value.Kind == yaml.MappingNode:
			lay(old, value)
		default:
			*old = *value
		}
	}
}

// valueOf is the value of a key; nil where there is none.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}
