package geo

import (
	"errors"
	"fmt"
)

// ErrNotFound says that no row or object has the asked-for key.
var ErrNotFound = errors.New("geo: not found")

// InvalidError names what a person can mend: the field (or the feature) and the rule that it broke.
type InvalidError struct {
	Field string
	Rule  string
}

func (e *InvalidError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Rule) }

// Invalid is shorthand for an *InvalidError with a formatted rule.
func Invalid(field, rule string, args ...any) error {
	return &InvalidError{Field: field, Rule: fmt.Sprintf(rule, args...)}
}
